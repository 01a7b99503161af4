"""A sheet in which a column was sorted alone, two were exchanged, or a block stands beside its place: refused, since every row
would be another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

__all__ = ["exchanged", "moved_down", "sorted_alone"]

_FEWEST = 4
_A_TEXT = 8  # characters: no choice among a few
FEWEST = 2  # rows, or cells of a row: one may be put right by hand
Cells = Mapping[str, str]


def sorted_alone(changed: Mapping[int, tuple[str, str]]) -> bool:
    """Whether the changed cells of a column mostly hold what other changed rows held before; where few rows have a text, whether
    there are three and none of them is new.

    `changed` maps a row to its old and its new value. Two texts that changed places may have been put right by hand.
    """
    old = Counter(before for before, _after in changed.values() if before)
    new = Counter(after for _before, after in changed.values() if after)
    moved = old & new
    mostly = len(changed) >= _FEWEST and moved.total() * 3 > len(changed) * 2
    no_new = len(moved) >= _FEWEST - 1 and moved == new and all(len(text) >= _A_TEXT for text in moved)
    return mostly or no_new


def exchanged(rows: Mapping[int, tuple[Cells, Cells]]) -> tuple[str, str] | None:
    """Two columns of which the first holds what the second one's was, in at least two rows and in half of those that have
    something there; `rows` are by line, each with its values as they were and as they are. One row may be put right by hand."""
    counts: Counter[tuple[str, str]] = Counter()
    there: Counter[str] = Counter()
    for was, now in rows.values():
        there.update(name for name, text in was.items() if text.strip())
        counts.update(
            (name, other)
            for name, text in now.items()
            for other, before in was.items()
            if other != name and text.strip() and text == before != was.get(name)
        )
    found = (pair for pair, count in counts.most_common() if count >= FEWEST and 2 * count >= there[pair[1]])
    return next(found, None)


def moved_down(rows: Mapping[int, tuple[Cells, Cells]]) -> list[int]:
    """The lines of which two changed cells or more hold what one other line held, a text of its own among them: a block that was
    pasted beside its place. None where that is one line only."""
    held: dict[tuple[str, str], set[int]] = {}
    for line, (was, _now) in rows.items():
        for cell in was.items():
            held.setdefault(cell, set()).add(line)

    def from_another(line: int, was: Cells, now: Cells) -> bool:
        changed = [cell for cell in now.items() if cell[1].strip() and cell[1] != was.get(cell[0])]
        votes = Counter(other for cell in changed for other in held.get(cell, set()) - {line})
        own = {next(iter(held[cell])) for cell in changed if len(held.get(cell, ())) == 1}
        return any(count >= FEWEST and other in own for other, count in votes.items())

    moved = [line for line, (was, now) in rows.items() if from_another(line, was, now)]
    return moved if len(moved) >= FEWEST else []
