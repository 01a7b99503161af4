"""Pieces of a saved page: its blocks, lines and cells, taken apart and put together again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import lxml.html
from lxml import etree

from capitalise.archives.links import REFERENCE

__all__ = [
    "BOXES",
    "FILLER",
    "HEADINGS",
    "blocks_of",
    "boxed",
    "document_of",
    "filled",
    "grid_of",
    "is_leaf",
    "is_navigation",
    "joined",
    "lines_of",
    "plain",
    "real_cells",
    "trimmed",
    "without_colon",
]

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BOXES = ("div", "section", "center", "article", "main", "fieldset", "details", "aside", "header")
BLOCKS = (*HEADINGS, *BOXES, "table", "dl", "ul", "ol", "p", "pre", "blockquote", "hr", "figure", "form")
FILLER = "data-x-filler"  # a place into which a cell from beside or above reaches
MOST_COLUMNS = 100  # into which spans reach


def document_of(text: str) -> Any:
    """The tree of a file's HTML; None for one that holds none: it is empty, or a comment and nothing else."""
    try:
        return lxml.html.document_fromstring(text, parser=lxml.html.HTMLParser(huge_tree=True))
    except etree.LxmlError:
        return None


def plain(element: Any) -> str:
    """The words of an element on one line, without the marks of its footnotes."""
    marks = {one for one in element.iter("a") if one.get("href", "").startswith(REFERENCE)}
    return " ".join("".join(_texts(element, marks)).split())


def _texts(element: Any, without: set[Any]) -> Iterator[str]:
    """The pieces of text in an element, but for those inside some others; nothing here recurses."""
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and one.text and one not in without and isinstance(one.tag, str):
            yield one.text
        elif event == "end" and one.tail and one is not element:
            yield one.tail


def is_leaf(box: Any) -> bool:
    return not any(child.tag in BLOCKS for child in box)


def is_navigation(element: Any) -> bool:
    """Whether a table is nearly all links: it leads elsewhere and says nothing."""
    linked = sum(len(plain(a)) for a in element.iter("a"))
    return element.tag == "table" and linked * 2 > len(plain(element))


def grid_of(table: Any) -> list[list[Any]]:
    """The rows of a table with a cell in each place: where one from above reaches down, an empty one."""
    grid: list[list[Any]] = []
    down: dict[int, int] = {}  # column → rows that a cell still reaches into
    for row in table.xpath("./tr | ./tbody/tr | ./thead/tr | ./tfoot/tr"):
        line: list[Any] = []
        for cell in (one for one in row if one.tag in ("th", "td")):
            while down.get(len(line), 0):
                down[len(line)] -= 1
                line.append(lxml.html.Element("td", {FILLER: ""}))
            high, wide = _span(cell, "rowspan"), _span(cell, "colspan")
            for number in range(max(1, min(wide, MOST_COLUMNS - len(line)))):
                down[len(line)] = high - 1
                line.append(lxml.html.Element(cell.tag, {FILLER: ""}) if number else cell)
        grid.append(line)
    return grid


def _span(cell: Any, name: str) -> int:
    said = cell.get(name, "1")
    return max(1, min(int(said), 1000)) if said.isdecimal() else 1


def real_cells(row: Sequence[Any]) -> list[Any]:
    return [cell for cell in row if FILLER not in cell.attrib]


def blocks_of(box: Any) -> Iterator[Any]:
    """The blocks of an element, taken out of it; words that stand between blocks as paragraphs of their own."""
    loose: list[Any] = [box.text] if box.text else []
    for child in list(box):
        tail, child.tail = child.tail, None
        if child.tag in BLOCKS:
            yield from _paragraphs(loose)
            loose = []
            yield child
        elif isinstance(child.tag, str):
            loose.append(child)
        if tail:
            loose.append(tail)
    yield from _paragraphs(loose)


def _paragraphs(tokens: Sequence[Any]) -> Iterator[Any]:
    if any(not isinstance(one, str) or one.strip() for one in tokens):
        yield filled("p", trimmed(tokens))


def boxed(tag: str, element: Any) -> Any:
    made = deepcopy(element)
    made.tag, made.tail = tag, None
    return made


def filled(tag: str, tokens: Sequence[Any]) -> Any:
    """An element of texts and elements."""
    made = lxml.html.Element(tag)
    last = None
    for one in tokens:
        if not isinstance(one, str):
            made.append(one)
            last = one
        elif last is not None:
            last.tail = (last.tail or "") + one
        else:
            made.text = (made.text or "") + one
    return made


def lines_of(element: Any) -> list[tuple[Any, list[Any]]]:
    """An element's line as (what parts it from the line before, its texts and elements): `<br>` and the ends of lines part."""
    lines: list[tuple[Any, list[Any]]] = [(None, [])]

    def put(text: str | None) -> None:
        for number, piece in enumerate((text or "").split("\n")):
            if number:
                lines.append(("\n", []))
            if piece:
                lines[-1][1].append(piece)

    element = deepcopy(element)
    put(element.text)
    for child in list(element):
        tail = child.tail
        if child.tag == "br":
            lines.append(("br", []))
            tail = (tail or "").removeprefix("\n")
        elif isinstance(child.tag, str):
            child.tail = None
            lines[-1][1].append(child)
        put(tail)
    return lines


def joined(lines: Sequence[tuple[Any, list[Any]]]) -> Any:
    """Lines as a paragraph, parted as they were."""
    tokens: list[Any] = []
    for number, (joint, line) in enumerate(lines):
        if number:
            tokens.append(lxml.html.Element("br") if joint == "br" else "\n")
        tokens += line
    return filled("p", trimmed(tokens))


def trimmed(tokens: Sequence[Any]) -> list[Any]:
    """Texts and elements without blanks at the start."""
    kept = list(tokens)
    while kept and isinstance(kept[0], str) and not kept[0].strip():
        kept.pop(0)
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    return kept


def without_colon(tokens: Sequence[Any]) -> list[Any]:
    kept = trimmed(tokens)
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].removeprefix(":")
    return trimmed(kept)
