"""A change as lines to show: what goes and what comes, with the words that differ marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff

__all__ = ["Piece", "text_diff", "word_diff"]


@dataclass(frozen=True)
class Piece:
    """A run of text; `kind` is " " (kept), "-" (goes) or "+" (comes)."""

    kind: str
    text: str


#: Pairs of equal pieces that are compared at most, in a few tenths of a second; beyond, the whole middle goes and comes.
MOST_PAIRS = 200_000


def text_diff(old: str, new: str, context: int = 1) -> Iterator[Piece]:
    """The lines that differ, each with its sign, and `context` lines around them; “…” stands for what is left out in between."""
    before, after = (text.split("\n") if text else [] for text in (old, new))
    start, end = _alike(before, after)
    gone, come = before[start : len(before) - end], after[start : len(after) - end]
    around = before[max(0, start - context) : start], before[len(before) - end : len(before) - end + context]
    if _too_much(gone, come):
        pieces = ((" ", around[0]), ("-", gone), ("+", come), (" ", around[1]))
        yield from (Piece(kind, line) for kind, lines in pieces for line in lines)
        return
    old_lines, new_lines = ([*around[0], *middle, *around[1]] for middle in (gone, come))
    for number, line in enumerate(unified_diff(old_lines, new_lines, n=context, lineterm="")):
        if number > 2 and line.startswith("@@"):
            yield Piece(" ", "…")
        elif number > 2:
            yield Piece(line[0], line[1:])


def word_diff(old: str, new: str) -> Iterator[Piece]:
    """Both texts in one, word by word."""
    a, b = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    start, end = _alike(a, b)
    gone, come = a[start : len(a) - end], b[start : len(b) - end]
    middle = [("-", gone), ("+", come)] if _too_much(gone, come) else _compared(gone, come)
    for kind, words in ((" ", a[:start]), *middle, (" ", a[len(a) - end :])):
        if words:
            yield Piece(kind, "".join(words))


def _compared(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    for operation, i, i2, j, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if operation == "equal":
            yield " ", a[i:i2]
        else:
            yield from (("-", a[i:i2]), ("+", b[j:j2]))


def _too_much(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether comparing would take too long: difflib looks at each piece that stands in both as often as it stands there."""
    mine, theirs = Counter(a), Counter(b)
    return sum(count * theirs[piece] for piece, count in mine.items()) > MOST_PAIRS


def _alike(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """How many pieces are the same at the beginning, and at the end."""
    most = min(len(a), len(b))
    start = next((i for i in range(most) if a[i] != b[i]), most)
    end = next((i for i in range(most - start) if a[-1 - i] != b[-1 - i]), most - start)
    return start, end
