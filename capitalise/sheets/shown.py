"""What a text document shows: without text that its author hid, and without the contents that the program made from its headings.

DOCX: ECMA-376 part 1, § 17.3.2.41 (vanish), § 17.5.2.9 (docPartGallery). ODT: OpenDocument 1.3 part 3, § 20.379 (text:display),
§ 8.3 (text:table-of-content).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from capitalise.errors import SheetError
from capitalise.messages import N_

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["document_parts", "packed", "parsed", "shown_document", "take_out", "written"]

MOST_UNPACKED = 256 * 1024 * 1024
MOST_XML = 64 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_DOCX_BOXES = (f"{_W}txbxContent",)
_DOCX_FIELDS = tuple(f"{_W}{name}" for name in ("fldSimple", "customXml", "bdo", "dir", "smartTag"))
_ODT_BOXES = (f"{_DRAW}text-box", f"{_DRAW}custom-shape")
_ODT_FIELDS = tuple(
    f"{_TEXT}{name}"
    for name in (
        *(
            "date",
            "time",
            "author-name",
            "author-initials",
            "placeholder",
            "variable-set",
            "variable-get",
            "user-field-get",
        ),
        *(
            "drop-down",
            "meta",
            "meta-field",
            "title",
            "subject",
            "description",
            "creator",
            "sequence",
            "expression",
            "text-input",
        ),
        *(
            "database-display",
            "chapter",
            "file-name",
            "creation-date",
            "modification-date",
            "print-date",
            "ruby-base",
            "ruby",
        ),
    )
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OFF = ("0", "false", "off")
_CONTENTS = re.compile(r"(?:toc|tm)\s?(?:\d|heading)?|en-?t[eê]te de table des mati[eè]res", re.IGNORECASE)


def shown_document(data: bytes, name: str) -> tuple[bytes, int]:
    """A DOCX or ODT file less what nobody sees, and how many hidden pieces with words went. Raises SheetError for what is no such
    file, or too large."""
    docx = name.lower().endswith(".docx")
    with document_parts(data, name) as parts:
        parts.update(_laid_open(parts, docx))
        changed, hidden = (_clean_docx if docx else _clean_odt)(parts)
        return packed({**parts, **changed}), hidden


@contextmanager
def document_parts(data: bytes, name: str) -> Iterator[dict[str, bytes]]:
    """The files packed in a DOCX or ODT, to work on. Raises SheetError for what is no such file, lacks a part, or is too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = [part.file_size for part in archive.infolist()]
            if sum(sizes) > MOST_UNPACKED or max(sizes, default=0) > MOST_XML:
                raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=name, most=MOST_UNPACKED >> 20))
            parts = {part.filename: archive.read(part) for part in archive.infolist()}
        yield parts
    except (zipfile.BadZipFile, KeyError, SyntaxError, RuntimeError, NotImplementedError) as error:
        raise SheetError(N_("%(file)s cannot be read as a document of its kind.", file=name)) from error


def _laid_open(parts: dict[str, bytes], docx: bool) -> dict[str, bytes]:
    """The text with what stands in boxes behind the paragraph that they hang on, and what fields show as words: pandoc reads one
    and not the other."""
    name = "word/document.xml" if docx else "content.xml"
    tree = parsed(parts[name])
    boxes, paragraphs, fields = (
        (_DOCX_BOXES, f"{_W}p", _DOCX_FIELDS) if docx else (_ODT_BOXES, f"{_TEXT}p", _ODT_FIELDS)
    )
    for old in [one for one in tree.iter(_FALLBACK) if one.getprevious() is not None]:
        take_out(old)  # the same box for programs of 2007
    for field in [one for one in tree.iter(*fields) if one.getparent() is not None]:
        _open_up(field)
    for box in [one for one in tree.iter(*boxes) if one.getparent() is not None]:
        around = next(iter(reversed(list(box.iterancestors(paragraphs)))), None)
        if around is not None and around.getparent() is not None:
            for paragraph in reversed(list(box.iterchildren(paragraphs))):
                around.addnext(paragraph)
            take_out(box)
    for table in [
        one for one in tree.iter(f"{_TABLE}table") if any(True for _item in one.iterancestors(f"{_TEXT}list-item"))
    ]:
        _as_lines(table)
    return {name: written(tree)}


def _as_lines(table: _Element) -> None:
    """A table inside a list of an ODT, which pandoc would drop: a paragraph for each row."""
    own = [row for row in table.iter(f"{_TABLE}table-row") if next(row.iterancestors(f"{_TABLE}table")) is table]
    for row in reversed(own):
        cells = [
            " ".join(" ".join("".join(_texts(line)) for line in cell.iter(f"{_TEXT}p", f"{_TEXT}h")).split())
            for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
        ]
        if any(cells):
            line = table.makeelement(f"{_TEXT}p", {})
            line.text = " | ".join(cells)
            table.addnext(line)
    take_out(table)


def _open_up(field: _Element) -> None:
    """What a field holds in its place."""
    parent = field.getparent()
    if parent is None:
        return
    place, text = parent.index(field), field.text or ""
    before = parent[place - 1] if place else None
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    children = list(field)
    for child in reversed(children):
        parent.insert(place, child)
    parent.index(field)
    take_out(field)


def packed(parts: dict[str, bytes]) -> bytes:
    """The files as one again."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _clean_docx(parts: dict[str, bytes]) -> tuple[dict[str, bytes], int]:
    hidden_styles, contents = _docx_styles(parts)

    def hides(element: _Element) -> bool:
        if element.tag == f"{_W}sdt":
            gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
            return gallery is not None and gallery.get(f"{_W}val") == "Table of Contents"
        if element.tag == f"{_W}p":
            return _named(element, "pPr", "pStyle") in contents
        return element.tag == f"{_W}r" and _vanishes(element, hidden_styles)

    names = [name for name in parts if re.fullmatch(r"word/(?:document|footnotes|endnotes)\.xml", name)]
    return _without(parts, names, hides, lambda element: element.tag == f"{_W}r")


def _docx_styles(parts: dict[str, bytes]) -> tuple[set[str], set[str]]:
    """The ids of the styles that hide, and of those of a table of contents."""
    hidden, contents, based = set[str](), {"TOC1", "TOC2", "TOC3", "TM1", "TM2", "TM3", "TOCHeading"}, dict[str, str]()
    for style in parsed(parts["word/styles.xml"]).iter(f"{_W}style") if "word/styles.xml" in parts else ():
        number, name = style.get(f"{_W}styleId", ""), style.find(f"{_W}name")
        vanish = style.find(f"{_W}rPr/{_W}vanish")
        if vanish is not None and vanish.get(f"{_W}val") not in _OFF:
            hidden.add(number)
        elif vanish is None and (under := style.find(f"{_W}basedOn")) is not None:
            based[number] = under.get(f"{_W}val", "")
        if name is not None and _CONTENTS.fullmatch(name.get(f"{_W}val", "")):
            contents.add(number)
    return _with_heirs(hidden, based), contents


def _with_heirs(hidden: set[str], based: dict[str, str]) -> set[str]:
    """The styles that hide, and those that are made from them."""
    while more := {style for style, under in based.items() if under in hidden} - hidden:
        hidden |= more
    return hidden


def _vanishes(run: _Element, styles: set[str]) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    if vanish is not None:
        return vanish.get(f"{_W}val") not in _OFF
    paragraph = next(run.iterancestors(f"{_W}p"), None)
    own = _named(run, "rPr", "rStyle") in styles
    return own or (paragraph is not None and _named(paragraph, "pPr", "pStyle") in styles)


def _named(element: _Element, properties: str, style: str) -> str:
    found = element.find(f"{_W}{properties}/{_W}{style}")
    return found.get(f"{_W}val", "") if found is not None else ""


def _clean_odt(parts: dict[str, bytes]) -> tuple[dict[str, bytes], int]:
    styles = {
        style.get(f"{_STYLE}name")
        for name in ("content.xml", "styles.xml")
        if name in parts
        for style in parsed(parts[name]).iter(f"{_STYLE}style")
        for properties in style.iter(f"{_STYLE}text-properties")
        if properties.get(f"{_TEXT}display") == "none"
    }
    kinds = {f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph"}
    words = {f"{_TEXT}span", f"{_TEXT}p", f"{_TEXT}h"}

    def hidden(element: _Element) -> bool:
        return element.tag in kinds or (element.tag in words and element.get(f"{_TEXT}style-name") in styles)

    def hides(element: _Element) -> bool:
        return element.tag == f"{_TEXT}table-of-content" or hidden(element)

    return _without(parts, ["content.xml"], hides, hidden)


def _without(
    parts: dict[str, bytes], names: list[str], hides: Callable[[_Element], bool], counts: Callable[[_Element], bool]
) -> tuple[dict[str, bytes], int]:
    """The XML of some parts less the elements that hide, and how many of these count and hold words."""
    from lxml import etree

    changed, hidden = {}, 0
    for name in names:
        tree = parsed(parts[name])
        out = [element for element in tree.iter(etree.Element) if hides(element)]
        hidden += sum(counts(element) and bool("".join(_texts(element)).strip()) for element in out)
        for element in out:
            take_out(element)
        if out:
            changed[name] = written(tree)
    return changed, hidden


def _texts(element: _Element) -> Iterator[str]:
    yield from map(str, element.itertext())


def take_out(element: _Element) -> None:
    """Without the text that follows it, which is its parent's."""
    parent, tail = element.getparent(), element.tail or ""
    if parent is None:
        return
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def parsed(data: bytes) -> _Element:
    """A part's tree; nothing outside of it is asked for."""
    from lxml import etree  # only where a document is read

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def written(tree: _Element) -> bytes:
    """A tree as a part."""
    from lxml import etree

    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
