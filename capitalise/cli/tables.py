"""Columns for people: as wide as their words, the last one folded to the terminal."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

__all__ = ["WIDEST", "columns", "flowing", "terminal_width", "wide", "width_of"]

WIDEST = 36  # of a column; longer words are folded
NARROWEST = 20  # of the last column


def terminal_width() -> int:
    """In columns; a terminal narrower than 60 is not folded to."""
    return max(shutil.get_terminal_size((100, 24)).columns, 60)


def columns(rows: Sequence[Sequence[str]], indent: str = "  ", widest: int = WIDEST) -> Iterator[list[str]]:
    """The lines of each row, the cells of all rows under each other."""
    widths = _widths(rows, widest)[:-1]
    room = terminal_width() - sum(widths) - 2 * len(widths) - len(indent)
    for row in rows:
        folded = [
            textwrap.wrap(cell, width) or [""] for cell, width in zip(row, [*widths, max(room, NARROWEST)], strict=True)
        ]
        lines = []
        for line in range(max(map(len, folded))):
            cells = [part[line] if line < len(part) else "" for part in folded]
            padded = [cell + " " * (width - wide(cell)) for cell, width in zip(cells, [*widths, 0], strict=True)]
            lines.append((indent + "  ".join(padded)).rstrip())
        yield lines


def width_of(rows: Sequence[Sequence[str]], indent: str = "  ") -> int:
    """How many columns of a terminal a table takes before its last column has to be folded."""
    widths = _widths(rows, WIDEST)
    return len(indent) + sum(widths) + 2 * (len(widths) - 1)


def _widths(rows: Sequence[Sequence[str]], widest: int) -> list[int]:
    return [min(max(1, *(wide(cell) for cell in column)), widest) for column in zip(*rows, strict=True)]


def flowing(words: Sequence[str], between: str) -> Iterator[str]:
    """Pieces one after the other, each whole, in lines of the terminal's width."""
    line = ""
    for word in words:
        if line and wide(line + between + word) > terminal_width():
            yield line
            line = ""
        line += (between if line else "") + word
    if line:
        yield from textwrap.wrap(line, terminal_width())


def wide(text: str) -> int:
    """How many columns of a terminal a text takes."""
    shown = (c for c in text if not unicodedata.combining(c))
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)
