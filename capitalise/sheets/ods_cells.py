"""Rows and cells of an ODS file's `content.xml`: found by number, written as typed strings.

A row or cell that stands for several (`number-rows-repeated`, `number-columns-repeated`) is split where one
of them is written. Nothing else of the file is touched. (OpenDocument 1.3, part 3, chapters 9 and 19.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from urllib.parse import unquote

from lxml.etree import SubElement, _Element

from capitalise.sheets.table import comment_author

__all__ = [
    "NS",
    "cell_at",
    "cells",
    "first_rows",
    "hidden_link",
    "q",
    "rows",
    "set_note",
    "set_text",
    "shown",
]

NS = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
XLINK = "http://www.w3.org/1999/xlink"


def q(name: str) -> str:
    """`table:formula` as lxml names it."""
    prefix, _colon, local = name.partition(":")
    return f"{{{NS[prefix]}}}{local}"


ROW, CELL, COVERED = q("table:table-row"), q("table:table-cell"), q("table:covered-table-cell")
_ROWS, _COLUMNS = q("table:number-rows-repeated"), q("table:number-columns-repeated")
_VALUES = [
    q(f"office:{n}")
    for n in ("value-type", "value", "date-value", "time-value", "boolean-value", "string-value", "currency")
]
_VALUES += [q("table:formula"), q("calcext:value-type")]


def rows(table: _Element) -> Iterator[tuple[int, int, _Element]]:
    """Each row element with the number of its first row (from 0) and how many rows it stands for."""
    yield from _counted(table.iter(ROW), _ROWS)


def cells(row: _Element) -> Iterator[tuple[int, int, _Element]]:
    """Each cell element of a row with its first column (from 0) and how many columns it stands for."""
    yield from _counted((c for c in row if c.tag in (CELL, COVERED)), _COLUMNS)


def _counted(elements: Iterator[_Element], attribute: str) -> Iterator[tuple[int, int, _Element]]:
    at = 0
    for element in elements:
        times = int(element.get(attribute, "1"))
        yield at, times, element
        at += times


def first_rows(table: _Element, count: int) -> list[_Element]:
    """The elements of the first rows, each alone, made where there is none yet."""
    found: list[_Element] = []
    for start, times, row in list(rows(table)):
        wanted = min(start + times, count) - start
        for number in range(wanted):
            here = row if number == 0 else found[-1].getnext()
            assert here is not None  # `_alone` put the rest of the repeated row behind the one before
            found.append(_alone(here, 0, times - number, _ROWS))
        if len(found) >= count:
            return found
    while len(found) < count:
        new = table.makeelement(ROW, {})
        if found:
            found[-1].addnext(new)
        else:
            table.append(new)
        found.append(new)
    return found


def cell_at(row: _Element, number: int) -> _Element:
    """The element of one cell alone, made where there is none yet."""
    end = 0
    for start, times, cell in list(cells(row)):
        if start <= number < start + times:
            return _alone(cell, number - start, times, _COLUMNS)
        end = start + times
    for _missing in range(number - end + 1):
        new = SubElement(row, CELL)
    return new


def _alone(element: _Element, before: int, times: int, attribute: str) -> _Element:
    """Split an element that stands for `times`, so that the one after `before` others stands for itself."""
    if attribute in element.attrib:
        del element.attrib[attribute]
    for many, add in ((before, element.addprevious), (times - before - 1, element.addnext)):
        if many:
            other = deepcopy(element)
            other.tail = None
            if many > 1:
                other.set(attribute, str(many))
            add(other)
    return element


def shown(cell: _Element) -> str:
    """The text that people see in a cell: its paragraphs, without comments and drawings."""
    return "\n".join("".join(_pieces(paragraph)) for paragraph in cell.findall("text:p", NS))


def _pieces(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == q("text:s"):
            yield " " * int(child.get(q("text:c"), "1"))
        elif child.tag in (q("text:span"), q("text:a")):
            yield from _pieces(child)
        elif isinstance(child.tag, str):
            yield {q("text:tab"): "\t", q("text:line-break"): "\n"}.get(child.tag, "")
        yield child.tail or ""


def hidden_link(cell: _Element) -> bool:
    """Whether a word of the cell leads to an address that the cell does not show."""
    links = ((a.get(f"{{{XLINK}}}href", ""), "".join(_pieces(a))) for a in cell.iter(q("text:a")))
    return any(_bare(address) != _bare(text) for address, text in links)


def _bare(address: str) -> str:
    return re.sub(r"^(https?://|mailto:)|/$", "", unquote(address.strip()))


def set_text(cell: _Element, text: str) -> None:
    """Make the cell hold `text` as a string, one paragraph a line; its style and comment stay."""
    for name in _VALUES:
        if name in cell.attrib:
            del cell.attrib[name]
    for paragraph in cell.findall("text:p", NS):
        cell.remove(paragraph)
    if not text:
        return
    cell.set(q("office:value-type"), "string")
    cell.set(q("calcext:value-type"), "string")
    _paragraphs(cell, text)


def set_note(cell: _Element, text: str) -> None:
    """Make `text` the cell's comment, or take this tool's away. One that a person wrote, or wrote into, stays."""
    old = cell.find("office:annotation", NS)
    if old is not None:
        if old.findtext("dc:creator", "", NS) != comment_author(shown(old)):
            return
        cell.remove(old)
    if text:
        note = cell.makeelement(q("office:annotation"), {})
        cell.insert(0, note)
        SubElement(note, q("dc:creator")).text = comment_author(text)
        _paragraphs(note, text)


def _paragraphs(parent: _Element, text: str) -> None:
    for line in text.split("\n"):
        _write_line(SubElement(parent, q("text:p")), line)


def _write_line(paragraph: _Element, line: str) -> None:
    """Spaces that XML would fold are written as `text:s`."""
    last: _Element | None = None
    for piece in re.split(r"(^ +| {2,}| +$)", line):
        if piece and not piece.strip(" "):
            last = SubElement(paragraph, q("text:s"), {q("text:c"): str(len(piece))})
        elif last is None:
            paragraph.text = (paragraph.text or "") + piece
        else:
            last.tail = (last.tail or "") + piece
