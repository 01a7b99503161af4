"""Find template calls exactly where MediaWiki finds them.

First station of the wikitext room: text in, a tree of spans out. This follows the algorithm of
`Preprocessor_Hash::buildDomTreeArrayFromText` (MediaWiki 1.39, includes/parser, GPL-2.0-or-later)
branch for branch, because "almost as MediaWiki reads it" is how a bot cuts somebody's sentence at a
table's pipe. Only offsets are kept: whoever edits replaces spans of the original text, so every
byte outside a span survives by construction.

What decides rendering but not where a call ends (heading levels, white space around comments) is
left out. Nothing here recurses: depth costs memory in proportion, never the stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = ["CORE_TAGS", "Node", "Part", "preprocess", "walk"]

#: Extension tags of MediaWiki itself and of what stands on nearly every wiki; the inside of each is
#: opaque. A living wiki says its own list (`siprop=extensiontags`).
CORE_TAGS = frozenset(
    [
        "nowiki",
        "pre",
        "gallery",
        "indicator",
        "langconvert",
        "ref",
        "references",
        "poem",
        "syntaxhighlight",
        "source",
        "math",
        "ce",
        "chem",
        "inputbox",
        "imagemap",
        "categorytree",
        "templatedata",
        "section",
        "timeline",
        "score",
        "templatestyles",
    ]
)

#: What may mean something wherever it stands, and what closes each construct; single braces and brackets never do.
_SPECIAL = r"\{\{|\[\[|-\{|\n(?==)"
_CLOSING = {"}": r"\}\}", "]": r"\]\]", "}-": r"\}-", "\n": r"\n"}
_IGNORED_TAGS = ("noinclude", "/noinclude", "onlyinclude", "/onlyinclude")
_MAY_LACK_END_TAG = ("includeonly", "noinclude", "onlyinclude")
_LENGTHS = {"{": (3, 2), "[": (2,), "-{": (2,)}
_CLOSE = {"{": "}", "[": "]", "-{": "}-"}


@dataclass(slots=True)
class Part:
    """One pipe-separated part of a construct: `text[start:end]`, `equals` the offset of its first `=`."""

    start: int
    end: int = -1
    equals: int | None = None
    children: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    """A construct at `text[start:end]`.

    `kind` is `template`, `argument` (`{{{…}}}`), `link` (`[[…]]` or `-{…}-`), `tag` (an extension
    tag with its content), `comment` or `ignored` (include tags). Only the first three have parts.
    """

    kind: str
    start: int
    end: int
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class _Piece:
    """A construct whose closing has not been met. `inner` is the offset just after its opening."""

    open: str
    close: str
    count: int
    inner: int
    parts: list[Part]
    prefix: bool = False  # a "-" before "{{" that may yet turn out to be "-{"

    finds_pipe: bool = field(init=False)

    def __post_init__(self) -> None:
        self.finds_pipe = self.open not in ("\n", "[")

    @property
    def finds_equals(self) -> bool:
        return self.finds_pipe and len(self.parts) > 1 and self.parts[-1].equals is None


def preprocess(text: str, tags: Iterable[str] = CORE_TAGS) -> list[Node]:
    """The constructs of `text`, a page read as itself (not transcluded), in document order.

    `tags` are the wiki's extension tags, lower case. Linear in the length of the text but for
    unclosed extension tags, each name of which is searched for once.
    """
    return _Reader(text, tags).read()


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes below `nodes`, in document order, a node before what it holds."""
    stack = [iter(nodes)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        yield node
        stack.append(child for part in node.parts for child in part.children)


def _run(text: str, char: str, start: int, most: int | None = None) -> int:
    """How many times `char` stands from `start` on."""
    found = _RUNS[char].match(text, start)
    count = found.end() - start if found else 0
    return count if most is None else min(count, most)


_RUNS = {char: re.compile(re.escape(char) + "+") for char in "={}[]-"}
Search = Callable[[str, int], re.Match[str] | None]


@lru_cache(maxsize=64)
def _names(tags: frozenset[str]) -> str:
    return "|".join(sorted(map(re.escape, {*tags, "includeonly", *_IGNORED_TAGS}), reverse=True))


@lru_cache(maxsize=512)
def _search(names: str, close: str, *, pipe: bool, equals: bool) -> Search:
    """What to stop at inside a construct that `close` ends, and where pipes and equals signs count."""
    parts = [_SPECIAL, rf"<(?=!--|(?i:{names}))", _CLOSING.get(close, ""), r"\|" if pipe else "", "=" if equals else ""]
    return re.compile("|".join(filter(None, parts))).search


class _Reader:
    """The state of one pass over one text."""

    def __init__(self, text: str, tags: Iterable[str]) -> None:
        self.text = text
        self.at = 0
        self.root = Part(0)
        self.stack: list[_Piece] = []
        self.names = _names(frozenset(tags))
        self.element = re.compile(rf"({self.names})(?:[ \t\n\v\f\r]|/>|>)|(!--)", re.IGNORECASE)
        self.no_more_gt = False
        self.never_closed: set[str] = set()
        self.searches: dict[str, tuple[Search, Search]] = {}
        self.outside = _search(self.names, "", pipe=False, equals=False)

    # -- where we are -------------------------------------------------------------------------

    @property
    def part(self) -> Part:
        return self.stack[-1].parts[-1] if self.stack else self.root

    def add(self, nodes: Iterable[Node]) -> None:
        self.part.children.extend(nodes)

    def next_special(self) -> bool:
        """Move to the next character that may mean something; False at the end of the text."""
        search = self.outside
        if self.stack:
            top = self.stack[-1]
            both = self.searches.get(top.open) or self.patterns(top)
            search = both[top.finds_equals]
        found = search(self.text, self.at)
        self.at = found.start() if found else len(self.text)
        return found is not None

    def patterns(self, piece: _Piece) -> tuple[Search, Search]:
        """What to stop at inside a construct, without and with equals signs."""
        without, and_equals = (
            _search(self.names, piece.close, pipe=piece.finds_pipe, equals=equals) for equals in (False, True)
        )
        self.searches[piece.open] = without, and_equals
        return without, and_equals

    # -- the loop -----------------------------------------------------------------------------

    def read(self) -> list[Node]:
        self.line_start()
        while self.next_special():
            self.step()
        while self.stack:  # whatever was never closed is text; what it holds still counts
            self.give_up(self.stack.pop())
        return self.root.children

    def step(self) -> None:
        char, two = self.text[self.at], self.text[self.at : self.at + 2]
        top = self.stack[-1] if self.stack else None
        if char == "|":
            assert top
            self.part.end = self.at
            self.at += 1
            top.parts.append(Part(self.at))
        elif char == "=":
            self.part.equals = self.at
            self.at += 1
        elif char == "<":
            self.angle()
        elif char == "\n":
            if top and top.open == "\n":
                self.give_up(self.stack.pop())  # the line ends, and with it the heading
            else:
                self.at += 1
                self.line_start()
        elif top and top.close in (two, char):
            self.close(top, top.close)
        elif two in _LENGTHS:
            self.open(two)
        elif char in _LENGTHS:
            self.open(char)
        else:
            self.at += 1

    def give_up(self, piece: _Piece) -> None:
        self.add(child for part in piece.parts for child in part.children)

    def line_start(self) -> None:
        """A line that starts with `=` is a possible heading: inside it no pipe separates."""
        count = _run(self.text, "=", self.at, 6)
        if count == 0 or (count == 1 and self.stack and self.stack[-1].finds_equals):
            return
        self.at += count
        self.stack.append(_Piece("\n", "\n", count, self.at, [Part(self.at)]))

    # -- tags and comments --------------------------------------------------------------------

    def angle(self) -> None:
        found = self.element.match(self.text, self.at + 1)
        if not found:
            self.at += 1
        elif found[2]:
            end = self.text.find("-->", self.at + 4)
            self.leaf("comment", len(self.text) if end < 0 else end + 3)
        else:
            self.tag(found[1])

    def leaf(self, kind: str, end: int) -> None:
        self.add([Node(kind, self.at, end)])
        self.at = end

    def tag(self, name: str) -> None:
        gt = -1 if self.no_more_gt else self.text.find(">", self.at + 1 + len(name))
        if gt < 0:
            self.no_more_gt = True
            self.at += 1
        elif name.lower() in _IGNORED_TAGS:
            self.leaf("ignored", gt + 1)
        elif self.text[gt - 1] == "/":
            self.element_end(name, gt + 1)
        else:
            self.element_end(name, self.closing_tag(name, gt + 1), otherwise=gt + 1)

    def element_end(self, name: str, end: int | None, otherwise: int = 0) -> None:
        if end is None:  # no closing tag: the opening one is text
            self.at = otherwise
        else:
            self.leaf("ignored" if name.lower() == "includeonly" else "tag", end)

    def closing_tag(self, name: str, start: int) -> int | None:
        if name not in self.never_closed:
            close = re.compile(rf"</{re.escape(name)}[ \t\n\v\f\r]*>", re.IGNORECASE)
            if found := close.search(self.text, start):
                return found.end()
        if name in _MAY_LACK_END_TAG:
            return len(self.text)
        self.never_closed.add(name)
        return None

    # -- braces and brackets ------------------------------------------------------------------

    def open(self, opening: str) -> None:
        if len(opening) > 1:
            count = _run(self.text, opening[-1], self.at + 1) + 1
        else:
            count = _run(self.text, opening, self.at)
        prefix = False
        if opening == "-{" and count > 2:  # "-{{" : the rightmost wins
            prefix, opening = True, "{"
            self.at += 1
            count -= 1
        self.at += count
        if count >= 2:
            self.stack.append(_Piece(opening, _CLOSE[opening], count, self.at, [Part(self.at)], prefix))

    def close(self, piece: _Piece, closing: str) -> None:
        count = 2 if len(closing) > 1 else _run(self.text, closing, self.at, piece.count)
        length = next((n for n in _LENGTHS[piece.open] if n <= count), 0)
        if not length:
            self.at += count
            return
        piece.parts[-1].end = self.at
        self.at += length
        kind = {"{": "template" if length == 2 else "argument"}.get(piece.open, "link")
        node = Node(kind, piece.inner - length, self.at, piece.parts)
        self.stack.pop()
        self.reopen(piece, length, node.start)
        self.add([node])

    def reopen(self, piece: _Piece, used: int, inner: int) -> None:
        """Opening characters that are left over go on waiting for their own closing."""
        left = piece.count - used
        if left >= 2:
            self.stack.append(_Piece(piece.open, piece.close, left, inner, [Part(inner)], piece.prefix))
        elif left == 1 and piece.open == "{" and piece.prefix:
            self.stack.append(_Piece("-{", "}-", 2, inner, [Part(inner)]))
