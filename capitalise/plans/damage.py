"""A sheet in which one column was sorted alone: refused, since every row would be another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

__all__ = ["sorted_alone"]

_FEWEST = 4


def sorted_alone(changed: Mapping[int, tuple[str, str]]) -> bool:
    """Whether the changed cells of a column mostly hold what other changed rows held before.

    `changed` maps a row to its old and its new value. Three changed cells or fewer prove nothing.
    """
    old = Counter(before for before, _after in changed.values() if before)
    new = Counter(after for _before, after in changed.values() if after)
    return len(changed) >= _FEWEST and (old & new).total() * 3 > len(changed) * 2
