"""Items as they are shown: the riskiest first, what is word for word the same edit together. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from capitalise.messages import Message
from capitalise.pages.titles import sort_key
from capitalise.plans.diff import text_diff
from capitalise.review.items import Item, Sort
from capitalise.review.words import same_letters

__all__ = ["MOST", "SAMPLES", "Entry", "entries_of"]

MOST = 30  # items that one answer is for
SAMPLES = 5  # of an edit that is the same on more pages


@dataclass(frozen=True)
class Entry:
    """Items that one answer is for: one, several of the `same` edit, or several that differ by capitals, blanks and punctuation only, or are
    rows that a sheet gets, each of which is shown. `doubts` say why an item stands alone."""

    items: tuple[Item, ...]
    rank: int
    same: bool = True
    doubts: tuple[Message, ...] = ()
    whole: int = 0  # how many items the edit has in all

    @property
    def key(self) -> str:
        return self.items[0].key

    @property
    def first(self) -> Item:
        return self.items[0]

    @property
    def is_group(self) -> bool:
        return len(self.items) > 1


def entries_of(
    items: Iterable[Item],
    doubts: Callable[[Item], tuple[Message, ...]],
    is_alone: Callable[[Item], bool] = lambda item: False,
) -> list[Entry]:
    """What is decided about together, the riskiest first: decisions, what somebody has to look at, pages that come or move, texts, and what readers
    hardly see. What fails a check is never together with anything, nor what somebody said something about (`is_alone`)."""
    alone: list[Entry] = []
    edits: dict[tuple[object, ...], list[Item]] = {}
    for item in items:
        found = doubts(item)
        if found or item.sort in (Sort.DECISION, Sort.CREATION, Sort.MOVE) or is_alone(item):
            alone.append(Entry((item,), 0 if is_alone(item) else _rank(item, found), doubts=found))
        else:
            edits.setdefault(_edit(item), []).append(item)
    together = [entry for some in edits.values() if len(some) > 1 for entry in _parts(some, same=True)]
    singles = [some[0] for some in edits.values() if len(some) == 1]
    return sorted(
        [*alone, *together, *_spellings(singles)], key=lambda entry: (entry.rank, sort_key(entry.first.title))
    )


def _edit(item: Item) -> tuple[object, ...]:
    """What makes two changes the same."""
    values: object = item.values
    if item.sort is Sort.PAGE and item.change and not item.values:
        values = tuple((one.kind, one.text) for one in text_diff(item.change.old, item.change.new, 0))
    titled = item.title if item.sort is Sort.ROW or item.follows else ""
    return (item.bot, item.sort, item.wiki, item.field, values, item.proposed, titled)


def _spellings(items: Sequence[Item]) -> Iterator[Entry]:
    """Single changes: those of a field that nobody but a careful reader sees together, and rows that a sheet gets."""

    def place(item: Item) -> tuple[str, str, str]:
        fields = item.sort in (Sort.FIELD, Sort.CELL) and same_letters(item.before, item.after)
        seen = item.sort is not Sort.ROW and not fields
        return (item.bot, item.sort.value, item.key if seen else f"{item.field}\0")

    for _place, some in groupby(sorted(items, key=place), key=place):
        yield from _parts(list(some), same=False)


def _parts(items: Sequence[Item], *, same: bool) -> Iterator[Entry]:
    inorder = sorted(items, key=lambda item: sort_key(item.title))
    for start in range(0, len(inorder), MOST):
        some = tuple(inorder[start : start + MOST])
        yield Entry(some, _rank(some[0], ()), same, whole=len(items))


def _rank(item: Item, doubts: Sequence[Message]) -> int:
    if item.sort is Sort.DECISION:
        return 0
    if doubts:
        return 1
    if item.sort in (Sort.CREATION, Sort.MOVE):
        return 2
    hardly = item.follows or item.sort is Sort.ROW or same_letters(item.before, item.after)
    return 4 if hardly else 3
