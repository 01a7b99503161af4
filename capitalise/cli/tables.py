"""Columns for people: as wide as their words, the last one folded to the terminal."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

__all__ = ["columns", "wide"]


def columns(rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[list[str]]:
    """The lines of each row, the cells of all rows under each other. A terminal narrower than 60 is not folded to."""
    last = len(rows[0]) - 1
    widths = [min(max(wide(row[n]) for row in rows), 36) for n in range(last)]
    room = max(shutil.get_terminal_size((100, 24)).columns, 60) - sum(widths) - 2 * last - len(indent)
    for row in rows:
        folded = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, [*widths, max(room, 20)], strict=True)]
        lines = []
        for line in range(max(map(len, folded))):
            cells = [part[line] if line < len(part) else "" for part in folded]
            padded = [cell + " " * (width - wide(cell)) for cell, width in zip(cells, [*widths, 0], strict=True)]
            lines.append((indent + "  ".join(padded)).rstrip())
        yield lines


def wide(text: str) -> int:
    """How many columns of a terminal a text takes."""
    shown = (c for c in text if not unicodedata.combining(c))
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)
