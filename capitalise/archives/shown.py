"""What a page shows as label and value: how a template shows what a form filled, in any of the layouts that wikis have for it. Pure.

Tables with labels in their first cells or in a row of headings, definition lists, headings, lines that begin with a label in bold or before
a colon. Which words are a label is for the caller to say. Nothing is lost: each piece of the content is a title, a label, part of a value, or
part of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import lxml.html

__all__ = ["INSIDE", "TITLE", "Entry", "LabelOf", "lines_of", "plain", "read_shown", "trimmed"]

#: Says what a label names, "" for no label. `colon`: whether a colon follows it.
LabelOf = Callable[[str, bool], str]
#: The key of a label that names the entry itself; what stands in a key between a field and a part of it.
TITLE = "title"
INSIDE = "\x1f"
LONGEST = 60  # letters of a label
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BOXES = ("div", "section", "center", "article", "main", "fieldset", "details", "aside", "header")
_BLOCKS = (*_HEADINGS, *_BOXES, "table", "dl", "ul", "ol", "p", "pre", "blockquote", "hr", "figure", "form")
_STRONG = ("b", "strong", "u", "th", "dt")


@dataclass
class Entry:
    """Something with a title ("" for the page itself), its values in their order, each a key and elements, and what belongs to none."""

    title: str = ""
    values: list[tuple[str, list[Any]]] = field(default_factory=list)
    rest: list[Any] = field(default_factory=list)


def plain(element: Any) -> str:
    """The words of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def read_shown(content: Any, label_of: LabelOf) -> list[Entry]:
    """The entries of a page's content, the page's own first."""
    reading = _Reading(label_of)
    reading.walk(content)
    return reading.entries


class _Reading:
    """A walk through the content: the entry, the label whose value is being read, and how deep the heading was that began either."""

    def __init__(self, label_of: LabelOf) -> None:
        self.label_of = label_of
        self.entries = [Entry()]
        self.key, self.level, self.entered = "", 0, 0

    @property
    def entry(self) -> Entry:
        return self.entries[-1]

    # -- what is found ------------------------------------------------------------------------

    def start(self, key: str, level: int = 0) -> None:
        """A label: what follows is its value. A title of an entry that has one is a value like any other."""
        self.key, self.level = key, level
        self.entry.values.append((key, []))

    def enter(self, title: str, level: int = 0) -> None:
        self.entries.append(Entry(title))
        self.key, self.level, self.entered = "", 0, level

    def add(self, element: Any) -> None:
        """A piece of the value that is being read, or of the rest."""
        if not plain(element) and not element.xpath(".//a | .//img"):
            return
        into = self.entry.values[-1][1] if self.key and self.entry.values else self.entry.rest
        into.append(element)

    # -- the walk -----------------------------------------------------------------------------

    def walk(self, box: Any) -> None:
        for element in _blocks_of(box):
            self.block(element)

    def block(self, element: Any) -> None:
        if element.tag in _HEADINGS:
            self.heading(element)
        elif element.tag == "table":
            self.table(element)
        elif element.tag == "dl":
            self.definitions(element)
        elif element.tag in ("ul", "ol"):
            self.listed(element)
        elif element.tag == "p":
            self.paragraph(element)
        elif element.tag in _BOXES and self.has_labels(element):
            self.walk(element)
        else:
            self.add(element)

    def has_labels(self, box: Any) -> bool:
        """Whether anything inside may be a label: cells, terms, headings, what is bold, or words before a colon."""
        found = box.xpath(".//th | .//td | .//dt | .//h2 | .//h3 | .//h4 | .//h5 | .//b | .//strong")
        return any(self.names(plain(one)) for one in found) or bool(re.search(r"\w\s*:", plain(box)))

    def names(self, words: str, *, colon: bool = False) -> str:
        """What some words name as a label."""
        words = words.strip()
        if not words or len(words) > LONGEST:
            return ""
        words = re.sub(r"\s*\((?:s|x|es|e)\)", "", words)  # `Outil(s)`
        return self.label_of(words.rstrip(" :\u00a0"), colon or words.endswith(":"))

    def heading(self, element: Any) -> None:
        level, words = int(element.tag[1]), plain(element)
        if key := self.names(words):
            self.start(key, level)
        elif self.key and self.level and level > self.level:
            self.add(element)  # a heading inside a value
        elif words:
            self.enter(words, level)

    def definitions(self, element: Any) -> None:
        """A list of terms and texts; a text without a label of its own goes where the last one went."""
        if not any(self.names(plain(one)) for one in element.iterchildren("dt")):
            self.add(element)
            return
        for one in element:
            if one.tag == "dt" and (key := self.names(plain(one))):
                self.start(key)
            elif one.tag == "dt":
                self.add(_box("p", one))
            elif one.tag == "dd":
                for block in _blocks_of(one):
                    self.add(block)

    def listed(self, element: Any) -> None:
        """A list, each item of which begins with a label, or a list that is part of a value."""
        items = [one for one in element if one.tag == "li"]
        if not items or not all(self.leading(lines_of(one)[0][1]) for one in items):
            self.add(element)
            return
        for one in items:
            for block in _blocks_of(one):
                self.block(block)

    def paragraph(self, element: Any) -> None:
        """A paragraph's lines, each of which may begin with a label."""
        kept: list[tuple[Any, list[Any]]] = []
        for joint, tokens in lines_of(element):
            found = self.leading(tokens)
            if found is None:
                kept.append((joint, tokens))
                continue
            self.keep(kept)
            key, rest = found
            kept = [(None, rest)] if rest else []
            self.start(key)
        self.keep(kept)

    def keep(self, lines: Sequence[tuple[Any, list[Any]]]) -> None:
        if lines:
            self.add(_joined(lines))

    def leading(self, tokens: Sequence[Any]) -> tuple[str, list[Any]] | None:
        """The label that a line begins with, and what follows it."""
        tokens = trimmed(tokens)
        if not tokens:
            return None
        first, rest = tokens[0], list(tokens[1:])
        if not isinstance(first, str):
            if first.tag not in (*_STRONG, "i", "em", "span", "small", "big", "font") or not rest:
                key = self.names(plain(first)) if first.tag in _STRONG and plain(first).endswith(":") else ""
                return (key, []) if key else None
            colon = plain(first).endswith(":") or (isinstance(rest[0], str) and rest[0].lstrip().startswith(":"))
            key = self.names(plain(first), colon=colon) if colon or first.tag in _STRONG else ""
            return (key, _without_colon(rest)) if key else None
        head, sign, after = first.partition(":")
        if sign and not after.startswith("//") and (key := self.names(head, colon=True)):
            return key, _without_colon([after, *rest])
        return None

    # -- tables -------------------------------------------------------------------------------

    def table(self, element: Any) -> None:
        rows = [_cells(row) for row in element.xpath("./tr | ./tbody/tr | ./thead/tr | ./tfoot/tr")]
        columns = self.columns(rows)
        held = {key.partition(INSIDE)[0] for key in columns or () if key and key != TITLE}
        if columns and len(held) == 1 and any(INSIDE in key for key in columns):
            self.parts(element, held.pop())
        elif columns is not None:
            self.query(element, rows, columns)
        elif any(len(row) == 2 and self.names(plain(row[0])) for row in rows) or self.stacked(rows):
            self.pairs(element, rows)
        else:
            self.add(element)

    def columns(self, rows: Sequence[Sequence[Any]]) -> list[str] | None:
        """The keys of a table's columns where its first row is one of headings, at least two of them labels, or one beside a title."""
        if not rows or len(rows[0]) < 2 or not all(cell.tag == "th" for cell in rows[0]):
            return None
        keys = [self.names(plain(cell), colon=True) for cell in rows[0]]
        named = [key for key in keys if key and key != TITLE]
        return keys if len(named) > 1 or (named and len(keys) > len(named)) else None

    def parts(self, table: Any, key: str) -> None:
        """A table of parts (a tool a row) is one value of the field that holds them."""
        if self.key != key:
            self.start(key)
        self.add(table)

    def query(self, table: Any, rows: Sequence[Sequence[Any]], keys: Sequence[str]) -> None:
        """A row an entry: the first column that is no label is its title."""
        self.caption(table)
        at = next((n for n, key in enumerate(keys) if key in ("", TITLE)), None)
        for row in rows[1:]:
            title = plain(row[at]) if at is not None and at < len(row) else ""
            if title:
                self.enter(title)
            for number, cell in enumerate(row):
                key = keys[number] if number < len(keys) else ""
                if number == at and title:
                    continue
                self.key = ""
                if key:
                    self.start(key)
                self.inside(cell)
        self.enter("")
        self.key = ""

    def stacked(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether labels stand above their values, each in a row of its own."""
        return any(len(row) == 1 and row[0].tag == "th" and self.names(plain(row[0])) for row in rows[:-1])

    def pairs(self, table: Any, rows: Sequence[Sequence[Any]]) -> None:
        """A row a value: its label in the first cell, or in the row above."""
        self.caption(table)
        self.key = ""
        for row in rows:
            key = self.names(plain(row[0])) if row and len(row) <= 2 else ""
            if key and len(row) == 2:
                self.start(key)
                self.inside(row[1])
                self.key = ""
            elif key and row[0].tag == "th":
                self.start(key)
            else:
                for cell in row:
                    self.inside(cell)
                self.key = ""
        self.key = ""

    def caption(self, table: Any) -> None:
        for one in table.xpath("./caption"):
            self.key = ""
            self.add(_box("p", one))

    def inside(self, cell: Any) -> None:
        for block in _blocks_of(cell):
            self.add(block)


# -- pieces of HTML -------------------------------------------------------------------------------


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("th", "td")]


def _blocks_of(box: Any) -> Iterator[Any]:
    """The blocks of an element, copied; words that stand between blocks as paragraphs of their own."""
    loose: list[Any] = [box.text] if box.text else []
    for child in box:
        if child.tag in _BLOCKS:
            yield from _paragraphs(loose)
            loose = []
            copied = deepcopy(child)
            copied.tail = None
            yield copied
        elif isinstance(child.tag, str):
            copied = deepcopy(child)
            copied.tail = None
            loose.append(copied)
        if child.tail:
            loose.append(child.tail)
    yield from _paragraphs(loose)


def _paragraphs(tokens: Sequence[Any]) -> Iterator[Any]:
    if any(not isinstance(one, str) or one.strip() for one in tokens):
        yield _filled("p", trimmed(tokens))


def _box(tag: str, element: Any) -> Any:
    made = deepcopy(element)
    made.tag, made.tail = tag, None
    return made


def _filled(tag: str, tokens: Sequence[Any]) -> Any:
    """An element of texts and elements."""
    made = lxml.html.Element(tag)
    for one in tokens:
        if not isinstance(one, str):
            made.append(one)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + one
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

    put(element.text)
    for child in element:
        tail = child.tail
        if child.tag == "br":
            lines.append(("br", []))
            tail = (tail or "").removeprefix("\n")
        elif isinstance(child.tag, str):
            copied = deepcopy(child)
            copied.tail = None
            lines[-1][1].append(copied)
        put(tail)
    return lines


def _joined(lines: Sequence[tuple[Any, list[Any]]]) -> Any:
    """Lines as a paragraph, parted as they were."""
    tokens: list[Any] = []
    for number, (joint, line) in enumerate(lines):
        if number:
            tokens.append(lxml.html.Element("br") if joint == "br" else "\n")
        tokens += line
    return _filled("p", trimmed(tokens))


def trimmed(tokens: Sequence[Any]) -> list[Any]:
    """Texts and elements without blanks at the start."""
    kept = list(tokens)
    while kept and isinstance(kept[0], str) and not kept[0].strip():
        kept.pop(0)
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    return kept


def _without_colon(tokens: Sequence[Any]) -> list[Any]:
    kept = trimmed(tokens)
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].removeprefix(":")
    return trimmed(kept)
