"""A change as lines to show: what goes and what comes, with the words that differ marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff

__all__ = ["Piece", "text_diff", "word_diff"]


@dataclass(frozen=True)
class Piece:
    """A run of text; `kind` is " " (kept), "-" (goes) or "+" (comes)."""

    kind: str
    text: str


def text_diff(old: str, new: str, context: int = 1) -> Iterator[Piece]:
    """The lines that differ, each with its sign, and `context` lines around them."""
    before, after = (text.split("\n") if text else [] for text in (old, new))
    lines = unified_diff(before, after, n=context, lineterm="")
    for number, line in enumerate(lines):
        if number >= 2 and not line.startswith("@@"):
            yield Piece(line[0], line[1:])


def word_diff(old: str, new: str) -> Iterator[Piece]:
    """Both texts in one, word by word."""
    a, b = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    for operation, i, i2, j, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if operation == "equal":
            yield Piece(" ", "".join(a[i:i2]))
            continue
        if i < i2:
            yield Piece("-", "".join(a[i:i2]))
        if j < j2:
            yield Piece("+", "".join(b[j:j2]))
