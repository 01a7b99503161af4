"""What a page shows as label and value: how a template shows what a form filled, in any of the layouts that wikis have for it. Pure.

Tables with labels in their first cells or in a row of headings, definition lists, headings, lines that begin with a label in bold or before
a colon. Which words are a label is for the caller to say. Nothing is lost: each piece of the content is a title, a label, part of a value, or
part of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from capitalise.archives.elements import (
    BOXES,
    FILLER,
    HEADINGS,
    blocks_of,
    boxed,
    grid_of,
    is_leaf,
    is_navigation,
    joined,
    lines_of,
    plain,
    real_cells,
    trimmed,
    without_colon,
)

__all__ = ["INSIDE", "TITLE", "Entry", "LabelOf", "read_shown"]

#: Says what a label names, "" for no label. The second word is whether it stands where only labels stand (a heading of a table, words before a
#: colon), so that a few words around the field's own may be forgiven.
LabelOf = Callable[[str, bool], str]
#: The key of a label that names the entry itself; what stands in a key between a field and a part of it.
TITLE = "title"
INSIDE = "\x1f"
LONGEST = 60  # letters of a label
LONGEST_TITLE = 120
MOST_LINES = 2_000  # of a paragraph in which labels are looked for
MOST_UNKNOWN = 6  # words of what may be a label that nobody knows
_STRONG = ("b", "strong", "u", "th", "dt")


@dataclass
class Entry:
    """Something with a title ("" for the page itself), its values in their order, each a key and elements; running words that belong to none
    (`rest`), and what stands `beside`: captions, navigation, cells without a label. The page's own entry has what stands where labels do and is
    none that anybody knows (`unknown`), and labels that are only like a field's, with its key (`guessed`)."""

    title: str = ""
    values: list[tuple[str, list[Any]]] = field(default_factory=list)
    rest: list[Any] = field(default_factory=list)
    beside: list[Any] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    guessed: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)


def read_shown(content: Any, label_of: LabelOf) -> list[Entry]:
    """The entries of a page's content, the page's own first."""
    reading = _Reading(label_of)
    reading.walk(deepcopy(content))
    first = reading.entries[0]
    first.unknown, first.guessed, first.labels = reading.unknown, reading.guessed, reading.labels
    return reading.entries


class _Reading:
    """A walk through the content: the entry, the label whose value is being read, and how deep the heading was that began either."""

    def __init__(self, label_of: LabelOf) -> None:
        self.label_of = label_of
        self.entries = [Entry()]
        self.key, self.level, self.entered = "", 0, 0
        self.unknown: list[str] = []
        self.guessed: dict[str, str] = {}
        self.labels: list[str] = []  # the words of every label that was read as one

    @property
    def entry(self) -> Entry:
        return self.entries[-1]

    # -- what is found ------------------------------------------------------------------------

    def start(self, key: str, level: int = 0) -> None:
        """A label: what follows is its value."""
        self.key, self.level = key, level
        self.entry.values.append((key, []))

    def enter(self, title: str, level: int = 0) -> None:
        self.entries.append(Entry(title))
        self.key, self.level, self.entered = "", 0, level

    def add(self, element: Any) -> None:
        """A piece of the value that is being read, or of the rest."""
        if not plain(element) and not element.xpath(".//a | .//img | descendant-or-self::span[@class]"):
            return
        if not self.key:
            (self.entry.beside if is_navigation(element) else self.entry.rest).append(element)
        elif element.tag == "blockquote" and not self.entry.values[-1][1]:
            self.entry.values[-1][1].extend(blocks_of(element))  # a template's way to set a value apart
        else:
            self.entry.values[-1][1].append(element)

    # -- the walk -----------------------------------------------------------------------------

    def walk(self, box: Any) -> None:
        for element in blocks_of(box):
            self.block(element)

    def block(self, element: Any) -> None:
        if element.tag in HEADINGS:
            self.heading(element)
        elif element.tag == "table":
            self.table(element)
        elif element.tag == "dl":
            self.definitions(element)
        elif element.tag in ("ul", "ol"):
            self.listed(element)
        elif element.tag == "p":
            self.paragraph(element)
        elif element.tag in BOXES and is_leaf(element) and (key := self.names(plain(element), sure=True)):
            self.start(key)
        elif element.tag in BOXES and not is_leaf(element):
            self.walk(element)  # a box means nothing of its own
        elif element.tag in BOXES:
            self.puzzled(plain(element))
            self.paragraph(element)
        else:
            self.add(element)

    def names(self, words: str, *, sure: bool = False) -> str:
        """What some words name as a label; `sure`: only labels stand in such a place."""
        said = words = words.strip()
        if not words or len(words) > LONGEST:
            return ""
        words = re.sub(r"\s*\((?:s|x|es|e)\)", "", words)  # `Outil(s)`
        bare = words.rstrip(" :?.…\u00a0")
        if key := self.label_of(bare, False):
            self.labels.append(said)
            return key
        sure = (sure or words.endswith(":")) and not re.search(r"[0-9@/]", bare)
        key = self.label_of(bare, True) if sure else ""
        if key:
            self.guessed[words] = key
            self.labels.append(said)
        return key

    def puzzled(self, words: str) -> None:
        if 0 < len(words.split()) <= MOST_UNKNOWN and len(words) <= LONGEST:
            self.unknown.append(words.strip(" :\u00a0"))

    def heading(self, element: Any) -> None:
        level, words = int(element.tag[1]), plain(element)
        if key := self.names(words):
            self.start(key, level)
        elif self.key and level > (self.level or max(self.entered, 3)):
            self.add(element)  # a heading inside a value
        elif words:
            self.puzzled(words)
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
                self.puzzled(plain(one))
                self.add(boxed("p", one))
            elif one.tag == "dd":
                for block in blocks_of(one):
                    self.add(block)

    def listed(self, element: Any) -> None:
        """A list, each item of which begins with a label, or a list that is part of a value."""
        items = [one for one in element if one.tag == "li"]
        if not items or not all(self.leading(lines_of(one)[0][1]) for one in items):
            self.add(element)
            return
        for one in items:
            for block in blocks_of(one):
                self.block(block)

    def paragraph(self, element: Any) -> None:
        """A paragraph's lines, each of which may begin with a label, or be one."""
        if key := self.names(plain(element)):
            self.start(key)
            return
        kept: list[tuple[Any, list[Any]]] = []
        if len(element.findall("br")) + "".join(element.itertext()).count("\n") > MOST_LINES:
            self.add(element)
            return
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
            self.add(joined(lines))

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
            key = self.names(plain(first), sure=colon) if colon or first.tag in _STRONG else ""
            return (key, without_colon(rest)) if key else None
        head, sign, after = first.partition(":")
        if sign and not after.startswith("//") and (key := self.names(head, sure=True)):
            return key, without_colon([after, *rest])
        head, dash, after = first.partition(" — ")
        return (key, trimmed([after, *rest])) if dash and (key := self.names(head)) else None

    # -- tables -------------------------------------------------------------------------------

    def table(self, element: Any) -> None:
        """A table row by row: headings for the rows below, labels beside their values, or a part of a value."""
        rows = grid_of(element)
        kinds = [self.kind(row) for row in rows]
        held = {key.partition(INSIDE)[0] for keys in kinds for key in keys if key and key != TITLE}
        if not held:
            self.add(element)
        elif len(held) == 1 and any(INSIDE in key for keys in kinds for key in keys):
            self.parts(element, held.pop())
        else:
            self.rows(element, rows, kinds)

    def kind(self, row: Sequence[Any]) -> list[str]:
        """The keys of a row's cells where it is one of labels: all of them headings, or each label before its value."""
        real = real_cells(row)
        heads = [self.names(plain(cell), sure=cell.tag == "th") for cell in real]
        named = [key for key in heads if key and key != TITLE]
        if real and all(cell.tag == "th" for cell in real):
            enough = len(named) > 1 or (named and (len(real) == 1 or len(real) > len(named)))
            return self.across(row, heads) if enough else []
        pairs = len(real) % 2 == 0 and all(heads[::2])
        return [key for n, key in enumerate(heads) if n % 2 == 0] if pairs and real else []

    def across(self, row: Sequence[Any], heads: Sequence[str]) -> list[str]:
        """The key of each column: a heading that reaches over several names them all."""
        left = list(heads)
        keys: list[str] = []
        for cell in row:
            keys.append((keys[-1] if keys else "") if FILLER in cell.attrib else left.pop(0))
        return keys

    def parts(self, table: Any, key: str) -> None:
        """A table of parts (a tool a row) is one value of the field that holds them."""
        if self.key != key:
            self.start(key)
        self.add(table)

    def rows(self, table: Any, rows: Sequence[Sequence[Any]], kinds: Sequence[Sequence[str]]) -> None:
        for one in table.xpath("./caption"):
            self.entry.beside.append(boxed("p", one))
        keys: Sequence[str] = []
        queried = False
        for row, mine in zip(rows, kinds, strict=True):
            self.key = ""
            for cell in real_cells(row):
                if cell.tag == "th" and not self.names(plain(cell), sure=True):
                    self.puzzled(plain(cell))
            if mine and all(cell.tag == "th" for cell in real_cells(row)):
                keys = mine
            elif mine:
                for label, cell in zip(mine, real_cells(row)[1::2], strict=True):
                    self.valued(label, cell)
            elif keys and len(row) <= len(keys):
                queried = self.under(keys, row) or queried
            else:
                self.entry.beside += [block for cell in row for block in blocks_of(cell) if plain(block)]
        self.key = ""
        if queried:
            self.enter("")

    def under(self, keys: Sequence[str], row: Sequence[Any]) -> bool:
        """A row below headings: its values; in the first column without a label, the title of an entry of its own."""
        at = next((n for n, key in enumerate(keys) if key in ("", TITLE)), None)
        title = plain(row[at]) if at is not None and at < len(row) else ""
        if title and len(title) <= LONGEST_TITLE:
            self.enter(title)
        for number, (key, cell) in enumerate(zip(keys, row, strict=False)):
            if FILLER in cell.attrib:
                continue
            if key and key != TITLE:
                self.valued(key, cell)
            elif number != at or len(title) > LONGEST_TITLE:
                self.entry.rest += [block for block in blocks_of(cell) if plain(block)]
        return 0 < len(title) <= LONGEST_TITLE

    def valued(self, key: str, cell: Any) -> None:
        self.start(key)
        for block in blocks_of(cell):
            self.add(block)
        self.key = ""
