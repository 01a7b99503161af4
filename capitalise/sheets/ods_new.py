"""A new ODS file: headings that stay in view, wrapped text, drop-downs, an autofilter, the tool's columns grey.

The tool's columns refuse typing by a validity rule. A sheet protection would do more harm: LibreOffice and
Excel then refuse to sort whole rows, and a column sorted alone is what must not happen.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from capitalise.plans.model import SheetLook
from capitalise.sheets.table import Table, column_name

__all__ = ["new_document"]

TAB = "Feuille1"
SPARE_ROWS = 200  # empty rows below the table that have its drop-downs
_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACES = (
    " ".join(
        f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{u}:1.0"'
        for p, u in {
            "office": "office",
            "table": "table",
            "text": "text",
            "style": "style",
            "number": "datastyle",
            "fo": "xsl-fo-compatible",
            "config": "config",
            "manifest": "manifest",
        }.items()
    )
    + ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_WIDTHS = {"narrow": "3.2cm", "wide": "8cm"}
_STYLES = """<office:automatic-styles>
<number:text-style style:name="N1"><number:text-content/></number:text-style>
{columns}
<style:style style:name="sheet" style:family="table" style:master-page-name="Default"><style:table-properties table:display="true"/></style:style>
<style:style style:name="row" style:family="table-row"><style:table-row-properties style:use-optimal-row-height="true"/></style:style>
<style:style style:name="head" style:family="table-cell" style:data-style-name="N1"><style:table-cell-properties fo:background-color="#dce6f2" fo:wrap-option="wrap" style:vertical-align="middle"/><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="text" style:family="table-cell" style:data-style-name="N1"><style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/></style:style>
<style:style style:name="grey" style:family="table-cell" style:data-style-name="N1"><style:table-cell-properties fo:background-color="#e6e6e6" fo:wrap-option="wrap" style:vertical-align="top"/><style:text-properties fo:color="#595959"/></style:style>
</office:automatic-styles>"""
#: On paper: A4 lying down, all columns beside each other, the headings on each page (they are header rows already).
_PAGES = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-styles {_NAMESPACES} office:version="1.3"><office:automatic-styles><style:page-layout style:name="paper"><style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin="1cm" style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Default" style:page-layout-name="paper"/></office:master-styles></office:document-styles>"""
_SETTINGS = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-settings {_NAMESPACES} office:version="1.3"><office:settings><config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views"><config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1</config:config-item><config:config-item-map-named config:name="Tables"><config:config-item-map-entry config:name="{TAB}"><config:config-item config:name="HorizontalSplitMode" config:type="short">2</config:config-item><config:config-item config:name="HorizontalSplitPosition" config:type="int">1</config:config-item><config:config-item config:name="VerticalSplitMode" config:type="short">2</config:config-item><config:config-item config:name="VerticalSplitPosition" config:type="int">1</config:config-item><config:config-item config:name="ActiveSplitRange" config:type="short">3</config:config-item><config:config-item config:name="PositionRight" config:type="int">1</config:config-item><config:config-item config:name="PositionBottom" config:type="int">1</config:config-item></config:config-item-map-entry></config:config-item-map-named><config:config-item config:name="ActiveTable" config:type="string">{TAB}</config:config-item></config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>"""
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest {_NAMESPACES} manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_MIME}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/></manifest:manifest>"""


def new_document(table: Table, look: SheetLook) -> bytes:
    """A file with the headings of `table` and empty rows for it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _MIME, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("settings.xml", _SETTINGS)
        archive.writestr("styles.xml", _PAGES)
        archive.writestr("content.xml", _content(table, look))
    return out.getvalue()


def _content(table: Table, look: SheetLook) -> str:
    header = table.header
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table-column"><style:table-column-properties style:column-width="{width}"/></style:style>'
        for name, width in _WIDTHS.items()
    )
    columns = "".join(
        f'<table:table-column table:style-name="{"narrow" if h in (*look.grey, *look.narrow) else "wide"}" table:default-cell-style-name="{_style(h, look)}"/>'
        for h in header
    )
    head = "".join(
        f'<table:table-cell table:style-name="head" office:value-type="string"><text:p>{escape(h)}</text:p></table:table-cell>'
        for h in header
    )
    first = "".join(f'<table:table-cell table:style-name="{_style(h, look)}"{_validity(h, look)}/>' for h in header)
    last = f"{column_name(len(header) - 1)}{len(table.rows) + 1}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {_NAMESPACES} office:version="1.3">{_STYLES.format(columns=styles)}<office:body><office:spreadsheet>
<table:content-validations>{_validities(header, look)}</table:content-validations>
<table:table table:name="{TAB}" table:style-name="sheet">{columns}<table:table-header-rows><table:table-row table:style-name="row">{head}</table:table-row></table:table-header-rows><table:table-row table:style-name="row" table:number-rows-repeated="{len(table.rows) + SPARE_ROWS}">{first}</table:table-row></table:table>
<table:database-ranges><table:database-range table:name="__Anonymous_Sheet_DB__0" table:target-range-address="{TAB}.A1:{TAB}.{last}" table:display-filter-buttons="true"/></table:database-ranges>
</office:spreadsheet></office:body></office:document-content>"""


def _style(heading: str, look: SheetLook) -> str:
    return "grey" if heading in look.grey else "text"


def _validity(heading: str, look: SheetLook) -> str:
    if heading in look.locked:
        return ' table:content-validation-name="locked"'
    number = next((i for i, (name, _values) in enumerate(look.choices) if name == heading), -1)
    return f' table:content-validation-name="choice{number}"' if number >= 0 else ""


def _validities(header: Sequence[str], look: SheetLook) -> str:
    choices = "".join(
        _validation(f"choice{i}", f"of:cell-content-is-in-list({_listed(values)})", "", strict=heading not in look.open)
        for i, (heading, values) in enumerate(look.choices)
    )
    locked = (
        _validation("locked", "of:cell-content-text-length()=0", look.refusal) if set(look.locked) & set(header) else ""
    )
    return choices + locked


def _validation(name: str, condition: str, says: str, *, strict: bool = True) -> str:
    shown = ' table:display-list="unsorted"' if "is-in-list" in condition else ""
    text = f"<text:p>{escape(says)}</text:p>" if says else ""
    return (
        f'<table:content-validation table:name="{name}" table:condition={quoteattr(condition)} table:allow-empty-cell="true"'
        f'{shown} table:base-cell-address="{TAB}.A2"><table:error-message table:display="{str(strict).lower()}"'
        f' table:message-type="stop">{text}</table:error-message></table:content-validation>'
    )


def _listed(values: Sequence[str]) -> str:
    return ";".join('"' + value.replace('"', '""') + '"' for value in values)
