"""Texts as lines: which ones they hold, and two changes of one text made one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from merge3 import Merge3

__all__ = ["counted_lines", "lines_of", "merged_lines", "moved_lines"]


def lines_of(text: str) -> frozenset[str]:
    """The lines of a text that hold anything."""
    return frozenset(filter(str.strip, text.split("\n")))


def counted_lines(text: str) -> Counter[str]:
    """The same with how often each is there: a line that stands twice and a line that stands once are two texts."""
    return Counter(filter(str.strip, text.split("\n")))


def merged_lines(base: str, one: str, other: str) -> str | None:
    """Two changes of one text, line by line; None where both change the same lines."""
    if base in (one, other) or one == other:
        return other if base == one else one
    groups = list(Merge3(base.split("\n"), one.split("\n"), other.split("\n")).merge_groups())
    if any(group[0] == "conflict" for group in groups):
        return None
    return "\n".join(line for group in groups for line in group[1])


def moved_lines(base: str, one: str, other: str) -> str | None:
    """As `merged_lines`, where `one` also moved lines to another place: what `other` did to a line follows it. None where a line that
    `other` touched, or wrote below, is not exactly once in the base and in `one`."""
    was, lines, is_ = base.split("\n"), one.split("\n"), other.split("\n")
    changes = [c for c in SequenceMatcher(None, was, is_, autojunk=False).get_opcodes() if c[0] != "equal"]
    for _, start, end, left, right in reversed(changes):
        anchor = was[start:end] if end > start else was[start - 1 : start]
        if not any(map(str.strip, anchor)) or len(_places(was, anchor)) != 1:
            return None
        places = _places(lines, anchor)
        if len(places) != 1:
            return None
        at = places[0] if end > start else places[0] + 1
        lines[at : at + end - start] = is_[left:right]
    return "\n".join(lines)


def _places(lines: Sequence[str], some: Sequence[str]) -> list[int]:
    return [n for n in range(len(lines) - len(some) + 1) if lines[n : n + len(some)] == some]
