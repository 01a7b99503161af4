"""A wikitable as it is written: its rows and cells where they stand, and one of its cells written anew.

Line by line as MediaWiki reads it (Parser::handleTables): `{|`, `|+`, `|-`, `|`, `!` and `|}` mean something at the beginning of a line,
`||` and `!!` within one. What templates, comments and `<nowiki>` hold is not looked into. Every character keeps its place: a cell that
is written anew changes nothing beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from capitalise.errors import Skip
from capitalise.messages import N_
from capitalise.wikitext.preprocessor import CORE_TAGS, preprocess, walk

__all__ = ["Cell", "TableRow", "Wikitable", "find_tables", "with_cell", "with_row"]

MOST_CELLS = 50_000


@dataclass(frozen=True)
class Cell:
    """A cell's `text` without the blanks around it, where that stands, and its attributes as written."""

    text: str
    start: int
    end: int
    attributes: str = ""
    heading: bool = False

    @property
    def spans(self) -> bool:
        """Whether it reaches over several rows or columns."""
        return bool(re.search(r"\b(?:row|col)span\s*=\s*[\"']?\s*0*(?:[2-9]|1\d)", self.attributes, re.IGNORECASE))


@dataclass(frozen=True)
class TableRow:
    """The cells of a row; `end` is where it ends, `whole` whether each of its cells stands under one heading."""

    cells: tuple[Cell, ...]
    end: int
    whole: bool = True


@dataclass(frozen=True)
class Wikitable:
    """A table of a page: the texts of its headings (its first row of cells), and the rows below them."""

    start: int
    end: int
    header: TableRow
    rows: tuple[TableRow, ...] = field(default_factory=tuple)

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(cell.text for cell in self.header.cells)


def find_tables(text: str, tags: Iterable[str] = CORE_TAGS) -> list[Wikitable]:
    """The tables of a page that stand in no other table, in their order; one without an end is none."""
    shown = _masked(text, frozenset(tags))
    found: list[Wikitable] = []
    depth, start, at = 0, 0, 0
    lines: list[tuple[int, str, int]] = []
    for line in shown.splitlines(keepends=True):
        bare, opens = line.strip(" \t\n"), re.match(r"[ \t:]*\{\|", line)
        depth += bool(opens)
        if opens and depth == 1:
            start, lines = at, []
        elif depth == 1 and bare.startswith("|}"):
            depth = 0
            found += _table(text, start, at, lines, shown)
        elif depth:
            lines.append((at, line, depth))
            depth -= bare.startswith("|}")
        at += len(line)
    return found


def _masked(text: str, tags: frozenset[str]) -> str:
    """The text with `x` for what templates and tags hold, and blanks for comments; lines stay where they are."""
    spans = [
        (node.start, node.end, " " if node.kind == "comment" else "x")
        for node in walk(preprocess(text, tags))
        if node.kind in ("template", "argument", "comment", "tag")
    ]
    pieces, at = [], 0
    for start, end, sign in sorted(spans):
        if start >= at:
            pieces += [text[at:start], re.sub(r"[^\n]", sign, text[start:end]) if sign == " " else sign * (end - start)]
            at = end
    return "".join([*pieces, text[at:]])


def _table(text: str, start: int, end: int, lines: list[tuple[int, str, int]], shown: str) -> Iterator[Wikitable]:
    rows: list[list[Cell]] = [[]]
    ends, nested = [start], [False]
    for at, line, depth in lines:
        bare = line.strip(" \t\n")
        first = at + (len(line) - len(line.lstrip(" \t")))
        if depth > 1:
            nested[-1] = True
            _go_on(rows[-1], at + len(line.rstrip("\n")), text)
        elif bare.startswith("|-"):
            rows.append([])
            ends.append(at + len(line))
            nested.append(False)
            continue
        elif bare.startswith("|+"):
            pass
        elif bare[:1] in ("|", "!"):
            rows[-1] += _cells(text, shown, first, at + len(line.rstrip("\n")), bare[0])
        elif rows[-1]:
            _go_on(rows[-1], at + len(line.rstrip("\n")), text)
        ends[-1] = at + len(line)
        if sum(map(len, rows)) > MOST_CELLS:
            return
    made = [(row, at, inside) for row, at, inside in zip(rows, ends, nested, strict=True) if row]
    if made:
        yield _with_spans(start, end, made)


def _with_spans(start: int, end: int, made: list[tuple[list[Cell], int, bool]]) -> Wikitable:
    """Rows that a span of theirs, or of a row above, puts out of place are not whole."""
    width, reached, rows = len(made[0][0]), 0, []
    for number, (cells, at, inside) in enumerate(made):
        spans = any(cell.spans or cell.text.count("[[") != cell.text.count("]]") for cell in cells)
        rows.append(TableRow(tuple(cells), at, not (spans or inside or number < reached or len(cells) != width)))
        reached = max([reached, *(number + _rows_of(cell) for cell in cells)])
    return Wikitable(start, end, rows[0], tuple(rows[1:]))


def _rows_of(cell: Cell) -> int:
    found = re.search(r"\browspan\s*=\s*[\"']?\s*(\d{1,4})", cell.attributes, re.IGNORECASE)
    return int(found[1]) if found else 1


def _go_on(cells: list[Cell], end: int, text: str) -> None:
    """The last cell goes on to the end of a further line."""
    if cells:
        cells[-1] = _cell(text, cells[-1].start, end, cells[-1])


def _cell(text: str, start: int, end: int, like: Cell) -> Cell:
    inside = text[start:end]
    content = inside.strip()
    begin = start + (len(inside) - len(inside.lstrip())) if content else start
    return replace(like, text=content, start=begin, end=begin + len(content))


def _cells(text: str, shown: str, start: int, end: int, sign: str) -> Iterator[Cell]:
    """The cells of a line that begins with `|` or `!`."""
    line = shown[start + 1 : end]
    if sign == "!":
        line = line.replace("!!", "||")
    at = start + 1
    for piece in line.split("||"):
        attributes, bar, _content = piece.partition("|")
        given = bool(bar) and "[[" not in attributes and "-{" not in attributes
        begin = at + (len(attributes) + 1 if given else 0)
        like = Cell("", begin, begin, text[at : begin - 1] if given else "", sign == "!")
        yield _cell(text, begin, at + len(piece), like)
        at += len(piece) + 2


# -- written anew ---------------------------------------------------------------------------------


def with_cell(text: str, cell: Cell, new: str) -> str:
    """The text of a page with another text in one cell. Raises Skip where that would be no cell's text."""
    return text[: cell.start] + _spelt(new, text[: cell.start]) + text[cell.end :]


def with_row(text: str, table: Wikitable, cells: Iterable[str]) -> str:
    """The text of a page with a row more at the end of a table, written as its last row is. Raises Skip."""
    last = table.rows[-1] if table.rows else table.header
    ours = [_spelt(cell, "| ") for cell in cells]
    between = [text[one.end : other.start] for one, other in zip(last.cells, last.cells[1:], strict=False)]
    one_line = bool(between) and all("\n" not in piece and "||" in piece for piece in between)
    body = (
        "| " + " || ".join(ours)
        if one_line and not any("\n" in cell for cell in ours)
        else "\n".join(f"| {cell}" for cell in ours)
    )
    at = table.end
    return f"{text[:at]}|-\n{body}\n{text[at:]}"


def _spelt(new: str, before: str) -> str:
    """A cell's text as it can stand there: a pipe outside links and templates is spelt, a list begins on a line of its own."""
    masked = _masked(new, CORE_TAGS)
    if re.search(r"(?m)^\s*(?:\{\||\|\}|\|-|\||!)", masked) or "!!" in masked:
        raise Skip(N_("a line of it begins as a table's cell does; write it on the wiki"))
    pieces, at, depth = [], 0, 0
    for found in re.finditer(r"\[\[|\]\]|\|", masked):
        if found[0] == "|":
            pieces += [
                new[at : found.start()],
                "|" if depth and masked[found.start() : found.start() + 2] != "||" else "&#124;",
            ]
            at = found.end()
        else:
            depth = max(0, depth + (1 if found[0] == "[[" else -1))
    made = "".join([*pieces, new[at:]])
    lists = made[:1] in tuple("*#:;") or "\n" in made
    if lists and not before.endswith("\n"):
        return f"\n{made}"
    return f" {made}" if made[:1] in tuple("-+}") and before[-1:] in tuple("|!") else made
