"""ODS files: cells read by calamine, and changed in the file's own XML.

Only the table's cells are written, everything else of the file stays byte for byte: other tabs, widths,
colours, charts, macros. (odfpy loads and saves whole documents; tried on a file of LibreOffice 7.4 it dropped
scripts and unused styles and took the version back to 1.2.)
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy

from lxml import etree
from lxml.etree import _Element

from capitalise.errors import SheetError
from capitalise.messages import N_, Message
from capitalise.plans.model import SheetLook
from capitalise.sheets.ods_cells import (
    COVERED,
    NS,
    cell_at,
    cells,
    first_rows,
    hidden_link,
    q,
    rows,
    set_note,
    set_text,
    shown,
)
from capitalise.sheets.ods_new import new_document
from capitalise.sheets.office import read_table, refuse_bad_file, refuse_huge
from capitalise.sheets.table import Comments, Table, column_name

__all__ = ["read", "with_tab", "write"]

ROW_STYLE = "capitalise-row"


def read(data: bytes, name: str, tab: str = "", title_heading: str = "") -> Table:
    """The table of an ODS file. Raises SheetError."""
    refuse_bad_file(data, name)
    content = _content(data, name)
    for table in content.iter(q("table:table")):
        refuse_huge(_written(table), name)
    return read_table(data, name, "ods", tab, title_heading, lambda found, read: _odd(_table(content, found), read))[0]


def write(new: Table, before: bytes | None, tab: str, title_heading: str, look: SheetLook, comments: Comments) -> bytes:
    """The file with the cells of `new`; `before` None makes a new one."""
    if before is None:
        before = new_document(new, look)
        tab = ""
    content = _content(before, new.path)
    old, found = read_table(before, new.path, "ods", tab, title_heading, lambda found, read: ({}, 0))
    table = _table(content, found)
    lines = first_rows(table, len(new.rows) + 1)
    _let_grow(content, _write_cells(lines, old, new))
    for (row, column), text in {**_commented(lines, comments, len(new.header)), **comments.texts}.items():
        set_note(cell_at(lines[row + 1], column), text)
    _grow_filter(content, found, len(new.rows) + 1, len(new.header))
    return _packed(before, etree.tostring(content, xml_declaration=True, encoding="UTF-8"))


def with_tab(data: bytes, tab: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A file of ours with one more tab behind the others."""
    table = Table(f"{tab}.ods", tuple(header), tuple(map(tuple, rows)), format="ods")
    made = write(table, None, "", table.header[0], SheetLook(table.path), Comments())
    content, more = _content(data, tab), next(_content(made, tab).iter(q("table:table")))
    more.set(q("table:name"), tab)
    for cell in more.iter(q("table:table-cell")):
        cell.attrib.pop(q("table:content-validation-name"), "")
    tables = list(content.iter(q("table:table")))
    tables[-1].addnext(more)
    return _packed(data, etree.tostring(content, xml_declaration=True, encoding="UTF-8"))


def _write_cells(lines: Sequence[_Element], old: Table, new: Table) -> list[_Element]:
    """Write what differs; the rows in which something does."""
    written = []
    before = [old.header, *old.rows]
    for number, line in enumerate([new.header, *new.rows]):
        known = before[number] if number < len(before) else ()
        changed = [i for i, text in enumerate(line) if text != (known[i] if i < len(known) else "")]
        if not changed:
            continue
        row = lines[number]
        written.append(row)
        if number >= len(before) and number > 1:
            _like(row, lines[number - 1], len(line))
        for column in changed:
            cell = cell_at(row, column)
            if column >= len(known) and column and not cell.get(q("table:style-name")):
                _styled(cell, cell_at(row, column - 1))
            set_text(cell, line[column])
    return written


def _let_grow(content: _Element, written: Sequence[_Element]) -> None:
    """A row whose height follows its text gets no height from before: the text would be cut off in view."""
    styles = {s.get(q("style:name")): s for s in content.iter(q("style:style"))}
    for row in written:
        style = styles.get(row.get(q("table:style-name")))
        sized = style.find("style:table-row-properties", NS) if style is not None else None
        if style is None or sized is None or sized.get(q("style:use-optimal-row-height")) != "true":
            continue
        if sized.get(q("style:row-height")):
            if ROW_STYLE not in styles:
                styles[ROW_STYLE] = _without_height(style)
                style.addnext(styles[ROW_STYLE])
            row.set(q("table:style-name"), ROW_STYLE)


def _without_height(style: _Element) -> _Element:
    free = deepcopy(style)
    free.set(q("style:name"), ROW_STYLE)
    for properties in free.findall("style:table-row-properties", NS):
        del properties.attrib[q("style:row-height")]
    return free


def _like(row: _Element, above: _Element, width: int) -> None:
    """A new row looks like the one above it, drop-downs included."""
    if style := above.get(q("table:style-name")):
        row.set(q("table:style-name"), style)
    for column in range(width):
        _styled(cell_at(row, column), cell_at(above, column))


def _styled(cell: _Element, like: _Element) -> None:
    for name in ("table:style-name", "table:content-validation-name"):
        if value := like.get(q(name)):
            cell.set(q(name), value)


def _commented(lines: Sequence[_Element], comments: Comments, width: int) -> dict[tuple[int, int], str]:
    """The cells of the written rows that have a comment now, with none."""
    noted = {}
    for row in comments.rows:
        for start, times, cell in cells(lines[row + 1]):
            if start < width and times == 1 and cell.find("office:annotation", NS) is not None:
                noted[row, start] = ""
    return noted


def _grow_filter(content: _Element, tab: str, last_line: int, width: int) -> None:
    """An autofilter over the headings reaches over the whole table, so that a sort carries whole rows."""
    for area in content.iter(q("table:database-range")):
        first, _colon, last = area.get(q("table:target-range-address"), "").rpartition(":")
        sheet, _dot, corner = last.rpartition(".")
        line, column = (("".join(filter(kind, corner))) for kind in (str.isdigit, str.isalpha))
        mine = sheet.strip("$").strip("'").replace("''", "'") == tab and re.search(r"[A-Z]\$?1$", first)
        if mine and line:
            wider = max(column, column_name(width - 1), key=lambda name: (len(name), name))
            area.set(q("table:target-range-address"), f"{first}:{sheet}.{wider}{max(int(line), last_line)}")


def _odd(table: _Element, read: Sequence[Sequence[str]]) -> tuple[Mapping[tuple[int, int], Message], int]:
    """Cells by (line, column) that are no plain text, or are shown otherwise than they were `read`; and how many
    rows with text are hidden."""
    odd: dict[tuple[int, int], Message] = {}
    hidden = 0
    for first, times, row in rows(table):
        used = any(len(cell) for cell in row)
        if used and first and row.get(q("table:visibility"), "visible") != "visible":
            hidden += times
        for column, many, cell in cells(row) if used else ():
            line = read[first] if first < len(read) else ()
            if why := _oddity(cell, line[column] if column < len(line) else ""):
                odd |= {
                    (first + i + 1, column + j): why for i in range(min(times, 1000)) for j in range(min(many, 1000))
                }
    return odd, hidden


def _oddity(cell: _Element, read: str) -> Message | None:
    """Why what people see in a cell is not surely what `read` says (a percentage, a date, a link, a drawing)."""
    spans = [cell.get(q(f"table:number-{what}-spanned"), "1") for what in ("columns", "rows")]
    if cell.tag == COVERED or spans != ["1", "1"]:
        return N_("is merged with other cells")
    if cell.get(q("table:formula")):
        return N_("holds a formula")
    if (seen := shown(cell)) != read:
        return N_("is shown as “%(shown)s” and stored as “%(stored)s”", shown=seen[:60], stored=read[:60])
    return N_("holds a link that its text does not show") if hidden_link(cell) else None


def _written(table: _Element) -> Iterator[tuple[int, int, int]]:
    """For `refuse_huge`: a few bytes may stand for a million cells with text."""
    for first, times, row in rows(table):
        for column, many, cell in cells(row):
            if len(cell):
                yield first + times, column + many, times * many


def _table(content: _Element, tab: str) -> _Element:
    return next(t for t in content.iter(q("table:table")) if t.get(q("table:name")) == tab)


def _content(data: bytes, name: str) -> _Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return etree.fromstring(archive.read("content.xml"), parser)
    except (KeyError, etree.XMLSyntaxError) as error:
        raise SheetError(N_("%(file)s cannot be read as a sheet (%(why)s).", file=name, why="content.xml")) from error


def _packed(before: bytes, content: bytes) -> bytes:
    """The file with another `content.xml`, every other part as it was, in its order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            copy = deepcopy(part)
            new.writestr(copy, content if part.filename == "content.xml" else old.read(part), part.compress_type)
    return out.getvalue()
