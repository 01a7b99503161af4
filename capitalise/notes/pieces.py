"""A document's tree as a row of pieces, in its order: headings, items of lists, paragraphs, rows of tables, each with its words.

What is a heading for people is often none for the program: a short paragraph that is all bold, a line with a number typed before it. The
words are given plain, to compare, and as wikitext, to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from capitalise.notes.tree import Block, Inline, split_lines, string, text_of
from capitalise.wikitext.plain import prose_text

__all__ = ["LINE", "NUMBERED", "SHORT", "Piece", "pieces_of"]

SHORT = 120  # letters of a line that can be a heading
LINE = 60  # of one that nothing but its place shows as one
#: A number typed before a heading: `2.`, `II -`, `3.1)`, `3.1`, `Étape 4 :`.
NUMBERED = re.compile(
    r"(?:[ÉE]tape\s+)?(?:[0-9]{1,2}(?:\.[0-9]{1,2})+\s|(?:[0-9]{1,2}(?:\.[0-9]{1,2})*|[IVX]{1,4})\s*[-–—.):]+)\s*(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """`kind` is "heading", "item", "text" or "row"; `level` that of the heading (7 for one in bold, 8 for one with a number typed before it), or the
    depth of the list, 0 for text. `plain` is what people read, on one line; `text` the same as wikitext, lines kept. `number` counts from 1.
    Of one that says two things, `head` is what stands in bold at its start, else before its first colon or in the first of two cells, and `rest`
    what follows, as wikitext; `colon` whether a colon parts them. Both are "" where it does not."""

    number: int
    kind: str
    level: int
    plain: str
    text: str
    head: str = ""
    rest: str = ""
    colon: bool = False

    @property
    def titled(self) -> bool:
        """Whether this may name something: a heading, an item, a line that is no sentence."""
        return self.kind in ("heading", "item") or (self.kind == "text" and _is_line(self.plain))


def _is_line(plain: str) -> bool:
    return len(plain) <= LINE and not re.search(r"[.!?…;,]$", plain)


def pieces_of(blocks: Sequence[Block]) -> list[Piece]:
    """Every piece of a document that holds words."""
    found: list[Piece] = []
    for kind, level, lines in _walk(blocks, 0):
        text = "\n".join(filter(None, (inline_wikitext(line).strip() for line in lines)))
        plain = " ".join(" ".join(text_of(line) for line in lines).split())
        numbered = kind == "text" and not level and NUMBERED.match(plain) and _is_line(plain)
        look = ("heading", 8) if numbered else (kind, level)
        if plain:
            head, rest, colon = _parted(lines, kind)
            found.append(Piece(len(found) + 1, *look, plain, text, head, rest, colon))
    return found


def _parted(lines: Sequence[Sequence[Inline]], kind: str) -> tuple[str, str, bool]:
    """The head of a piece, what follows as wikitext, and whether a colon parts them."""
    found = _at_bar(lines[0]) if kind == "row" else _at_bold(lines[0]) or _at_colon(lines[0])
    if found is None:
        return "", "", False
    head, rest = found
    words = "\n".join([inline_wikitext(rest).strip(" \u00a0"), *map(inline_wikitext, lines[1:])]).strip()
    colon = kind != "row" and (head.rstrip().endswith(":") or text_of(lines[0])[len(head) :].lstrip().startswith(":"))
    return head.strip(" :\u00a0"), words.removeprefix(":").lstrip(" \u00a0") if colon else words, colon


def _at_bar(line: Sequence[Inline]) -> tuple[str, Sequence[Inline]] | None:
    bars = [number for number, one in enumerate(line) if one == BAR]
    return (text_of(line[: bars[0]]), line[bars[0] + 1 :]) if len(bars) == 1 else None


def _at_bold(line: Sequence[Inline]) -> tuple[str, Sequence[Inline]] | None:
    if not line or line[0]["t"] not in ("Strong", "Underline") or not text_of(line[1:]).strip():
        return None
    return text_of(line[:1]), line[1:]


def _at_colon(line: Sequence[Inline]) -> tuple[str, Sequence[Inline]] | None:
    """At the first colon that stands in the line's own words, no link's or emphasis' one before it."""
    for number, one in enumerate(line):
        if one["t"] == "Str" and ":" in one["c"]:
            before, _colon, after = one["c"].partition(":")
            rest = [string(after), *line[number + 1 :]] if after else line[number + 1 :]
            head = text_of(line[:number]) + before
            return (head + ":", rest) if text_of(rest).strip() and not after.startswith("//") else None
        if one["t"] not in ("Str", "Space") and ":" in text_of([one]):
            return None
    return None


def _walk(blocks: Sequence[Block], depth: int) -> Iterator[tuple[str, int, list[list[Inline]]]]:
    for block in blocks:
        kind, content = block["t"], block.get("c")
        if kind == "Header":
            yield "heading", content[0], [content[2]]
        elif kind in ("Para", "Plain"):
            yield from _paragraph(content, depth)
        elif kind == "BulletList":
            yield from _items(content, depth)
        elif kind == "OrderedList":
            yield from _items(content[1], depth)
        elif kind == "LineBlock":
            yield "text", depth, content
        elif kind in ("BlockQuote", "Div", "Figure"):
            yield from _walk(content if kind == "BlockQuote" else content[-1], depth)
        elif kind == "DefinitionList":
            for term, texts in content:
                yield "item", depth + 1, [term]
                yield from (one for text in texts for one in _walk(text, depth + 1))
        elif kind == "Table":
            yield from (("row", depth, [row]) for row in _rows(content))
        elif kind in ("CodeBlock", "RawBlock"):
            yield "text", depth, [[{"t": "Str", "c": line}] for line in str(content[1]).split("\n")]


def _paragraph(content: Sequence[Inline], depth: int) -> Iterator[tuple[str, int, list[list[Inline]]]]:
    """A paragraph; one that is short and all bold is a heading for whoever wrote it."""
    words = [one for one in content if one["t"] not in ("Space", "SoftBreak", "LineBreak")]
    bold = bool(words) and all(one["t"] in ("Strong", "Underline") for one in words)
    heading = bold and not depth and len(text_of(content)) <= SHORT
    yield ("heading", 7, split_lines(content)) if heading else ("text", depth, split_lines(content))


def _items(items: Sequence[Sequence[Block]], depth: int) -> Iterator[tuple[str, int, list[list[Inline]]]]:
    """The first line of an item is the item; what follows stands in it."""
    for item in items:
        first, rest = (item[:1], item[1:]) if item and item[0]["t"] in ("Para", "Plain") else ([], item)
        for block in first:
            line, *more = split_lines(block["c"])
            yield "item", depth + 1, [line]
            if more:
                yield "text", depth + 2, more
        yield from _walk(rest, depth + 1)


#: What stands between two cells of a row.
BAR: Inline = {"t": "Str", "c": " | "}


def _rows(table: Sequence[Any]) -> Iterator[list[Inline]]:
    """The rows of a table, a line each, cells apart; its caption before them."""
    _attributes, caption, _columns, head, bodies, foot = table
    if told := _flat(caption[1]):
        yield told
    rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
    for row in rows:
        cells = [_flat(cell[4]) for cell in row[1]]
        if any(text_of(cell).strip() for cell in cells):
            yield [one for number, cell in enumerate(cells) for one in ([BAR, *cell] if number else cell)]


def _flat(blocks: Sequence[Block]) -> list[Inline]:
    """The words of a cell on one line."""
    lines = [line for _kind, _level, some in _walk(blocks, 0) for line in some]
    return [one for number, line in enumerate(lines) for one in ([{"t": "Space"}, *line] if number else line)]


_TAGS = {"Strikeout": "s", "Superscript": "sup", "Subscript": "sub"}


def inline_wikitext(content: Sequence[Inline]) -> str:
    """A line as wikitext: emphasis and links kept, everything else as it reads."""
    return "".join([_written(one, first=number == 0) for number, one in enumerate(content)])


def _written(one: Inline, *, first: bool) -> str:
    kind, content = one["t"], one.get("c")
    if kind == "Space":
        return " "
    if kind == "Str" and content.isalnum():
        return str(content)  # nearly all of them
    if kind in ("Strong", "Emph"):
        marks = "'''" if kind == "Strong" else "''"
        inside = inline_wikitext(content)
        return f"{marks}{inside}{marks}" if inside.strip() else inside
    if kind == "Link":
        words, address = text_of(content[1]), content[2][0]
        shown = inline_wikitext(content[1])
        web = re.fullmatch(r"https?://[^\s\[\]<>\"{}|]+", address)
        return shown if not web else address if words.strip() in ("", address) else f"[{address} {shown}]"
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>{inline_wikitext(content)}</{_TAGS[kind]}>"
    if kind in ("Span", "Cite", "Quoted", "Underline", "SmallCaps"):
        return inline_wikitext(content[1] if kind in ("Span", "Cite", "Quoted") else content)
    if one == BAR:
        return " | "
    return (
        " "
        if kind in ("Space", "SoftBreak")
        else "\n"
        if kind == "LineBreak"
        else str(prose_text(text_of([one]), first=first))
    )
