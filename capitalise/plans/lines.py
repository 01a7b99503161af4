"""Texts as lines: which ones they hold, and two changes of one text made one."""

from __future__ import annotations

from merge3 import Merge3

__all__ = ["lines_of", "merged_lines"]


def lines_of(text: str) -> frozenset[str]:
    """The lines of a text that hold anything."""
    return frozenset(filter(str.strip, text.split("\n")))


def merged_lines(base: str, one: str, other: str) -> str | None:
    """Two changes of one text, line by line; None where both change the same lines."""
    if base in (one, other) or one == other:
        return other if base == one else one
    groups = list(Merge3(base.split("\n"), one.split("\n"), other.split("\n")).merge_groups())
    if any(group[0] == "conflict" for group in groups):
        return None
    return "\n".join(line for group in groups for line in group[1])
