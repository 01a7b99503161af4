"""What every sheet is read as: headings and rows of text, and what in it is no plain text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from capitalise.messages import N_, Message

__all__ = [
    "TITLES",
    "Comments",
    "Table",
    "column_name",
    "comment_author",
    "first_difference",
    "heading_key",
    "title_column",
    "unfit",
]

#: Headings of the column that holds the pages' titles, by `heading_key`.
TITLES = ("titre", "title", "titre de la page", "page title")

#: Characters that a cell of an XLSX file holds at most (ECMA-376; openpyxl cuts the rest without a word).
XLSX_CHARACTERS = 32_767


@dataclass(frozen=True)
class Table:
    """`rows` are as long as `header`; the first of them is line 2 of the sheet. `path` is how people name the file.

    `odd` says, by (line, column number from 0), which cells are no plain text, and why; `hidden` counts hidden
    rows; `format` is "csv", "ods" or "xlsx"; a `readonly` one can be read only. `drops` names what a writing leaves out, nobody's
    words in it.
    """

    path: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    odd: Mapping[tuple[int, int], Message] = field(default_factory=dict)
    hidden: int = 0
    format: str = "csv"
    readonly: bool = False
    drops: tuple[Message, ...] = ()

    def same_cells(self, other: Table) -> bool:
        return self.header == other.header and self.rows == other.rows


def first_difference(wanted: Table, there: Table, odd: Mapping[tuple[int, int], Message]) -> str:
    """The first cell (`D2`) that is not as wanted, "" for none. A number is compared as it is stored, not as it is written out; a
    cell that is no plain text (`odd`: a formula, whose result the next program works out anew) only where it was one before."""
    if wanted.header != there.header or len(wanted.rows) != len(there.rows):
        return "A1"
    for line, (row, other) in enumerate(zip(wanted.rows, there.rows, strict=True), start=2):
        for column, (cell, found) in enumerate(zip(row, other, strict=True)):
            if (
                cell != found
                and not _same_number(cell, found)
                and not {(line, column)} <= odd.keys() & there.odd.keys()
            ):
                return f"{column_name(column)}{line}"
    return ""


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def column_name(number: int) -> str:
    """A, B, … Z, AA for 0, 1, …"""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass(frozen=True)
class Comments:
    """Comments to write, by (row, column) from 0, and the rows from which this tool's older ones go."""

    texts: Mapping[tuple[int, int], str] = field(default_factory=dict)
    rows: frozenset[int] = frozenset()


def comment_author(text: str) -> str:
    """Who signs a comment of this tool: its name, with a mark of the text, so that a word added to it shows."""
    return f"capitalise {hashlib.sha256(text.encode()).hexdigest()[:8]}"


def heading_key(heading: str) -> str:
    """A heading as it is compared: without case, accents, colons and repeated spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", heading.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\s_:*’']+", " ", bare).strip()


def title_column(header: Sequence[str], heading: str = "") -> int:
    """The number of the column of titles: `heading` if given, else the one named so, else the first one."""
    if heading and heading in header:
        return list(header).index(heading)
    return next((i for i, heading in enumerate(header) if heading_key(heading) in TITLES), 0)


def unfit(text: str, kind: str) -> Message | None:
    """Why a cell of this format ("csv", "ods", "xlsx") cannot hold a text, or None."""
    if kind == "xlsx" and (size := len(text.encode("utf-16-le")) // 2) > XLSX_CHARACTERS:
        return N_(
            "this text has %(size)d characters, an XLSX cell holds %(most)d; save the sheet as ODS",
            size=size,
            most=XLSX_CHARACTERS,
        )
    if kind == "ods" and "\t" in text:
        return N_("this text holds a tab, which LibreOffice drops from a cell; replace it on the wiki")
    return None
