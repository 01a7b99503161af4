"""A plan as the single things that somebody decides about. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from capitalise.plans.decisions import DECIDE, PAGE, REVISION
from capitalise.plans.model import Conflict, PageChange, Plan, RowRef, SheetChange
from capitalise.review.words import same_letters

__all__ = ["Item", "Sort", "decision_item", "items_of", "name_of", "own_cell"]


class Sort(Enum):
    """What an item is: two texts to choose from, a page that comes or gets another title, a field of a page, a page as a whole, a row that
    a sheet gets, a cell of one that is there."""

    DECISION = "decision"
    CREATION = "creation"
    MOVE = "move"
    FIELD = "field"
    PAGE = "page"
    ROW = "row"
    CELL = "cell"


Values = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Item:
    """One thing to decide. `key` stands for all that is shown of it: other words are another item. `field` is the label that people read, `name`
    the field's without what a bot adds to it; `values` are label, before and after of all it holds. `follows`: a page that the bot makes of
    the others, whose words follow what is decided about them."""

    key: str
    bot: str
    sort: Sort
    wiki: str
    title: str
    field: str = ""
    name: str = ""
    values: Values = ()
    base: int = 0
    change: PageChange | None = None
    conflict: Conflict | None = None
    at: RowRef | None = None
    proposed: bool = False
    follows: bool = False

    @property
    def before(self) -> str:
        return "\n".join(before for _label, before, _after in self.values)

    @property
    def after(self) -> str:
        return "\n".join(after for _label, _before, after in self.values)

    @property
    def place(self) -> str:
        """What `skip` and `Request.leaves` call it."""
        return f"{self.title}#{self.name}" if self.name else self.title

    @property
    def editable(self) -> bool:
        """Whether somebody can write a text of their own instead: where a row takes it too."""
        if self.conflict:
            return bool(self.conflict.at) and not self.conflict.rival and not self.conflict.readonly
        return self.sort is Sort.CELL or (self.sort is Sort.FIELD and bool(self.change is None or self.change.rows))

    @property
    def sided(self) -> bool:
        """Whether one side can be taken for both: the sheet's for a text that came from the wiki, the wiki's for one that goes there."""
        return bool(self.conflict and self.conflict.at) or (self.editable and not self.is_addition)

    @property
    def is_addition(self) -> bool:
        """Whether it is words for a field that is empty on both sides."""
        return self.sort is Sort.FIELD and self.change is None


def items_of(plan: Plan, *, by_field: bool, saved: bool = False) -> list[Item]:
    """What somebody decides about in a plan, in its order: fields of pages where its bot can leave single ones alone (`by_field`), else pages. In a
    `saved` plan no page is one that the bot makes of the others: somebody's hands may have been in it."""
    pages = [(change, False) for change in plan.pages] + [(change, True) for change in plan.proposals]
    return [
        *(decision_item(plan, one) for one in plan.conflicts),
        *(item for one, new in pages for item in _of_page(plan, one, by_field=by_field, proposed=new, saved=saved)),
        *_of_sheets(plan),
    ]


def own_cell(cell: SheetChange) -> bool:
    """Whether a cell is the tool's own, or one that says only what a row must still say."""
    return cell.field.casefold() in (DECIDE, PAGE, REVISION) or cell.old == cell.new


def name_of(change: PageChange, label: str) -> str:
    """The field that a label means, without the rules that a bot names behind it."""
    if label in change.fields:
        return label
    return max((one for one in change.fields if label.startswith(f"{one} (")), key=len, default=label)


def decision_item(plan: Plan, one: Conflict) -> Item:
    """A conflict as something to decide about."""
    values = ((one.field, one.theirs, one.ours),)
    shown = (one.at.sheet if one.at else "", one.rival.sheet if one.rival else "")
    return Item(
        _key(plan.bot, Sort.DECISION, one.wiki, one.title, values, *shown),
        plan.bot,
        Sort.DECISION,
        one.wiki,
        one.title,
        one.field,
        one.field,
        values,
        one.revision,
        conflict=one,
        at=one.at,
    )


def _of_page(plan: Plan, change: PageChange, *, by_field: bool, proposed: bool, saved: bool) -> Iterator[Item]:
    def item(sort: Sort, values: Values, label: str = "", *, follows: bool = False) -> Item:
        shown = (change.move_to, change.old, "" if follows else change.new) if sort is not Sort.FIELD else ()
        name = name_of(change, label) if label else ""
        key = _key(plan.bot, sort, change.wiki, change.title, values, *shown)
        common = (key, plan.bot, sort, change.wiki, change.title, label, name, values, change.base, change)
        return Item(*common, at=change.rows[0] if change.rows else None, proposed=proposed, follows=follows)

    if change.move_to:
        yield item(Sort.MOVE, ((change.title, change.title, change.move_to),))
    elif not change.base:
        yield item(Sort.CREATION, change.values or ((change.title, "", change.new),))
    elif by_field and change.values:
        yield from (item(Sort.FIELD, (value,), value[0]) for value in change.values)
    else:
        yield item(Sort.PAGE, change.values, follows=by_field and not (saved or change.rows))


def _of_sheets(plan: Plan) -> Iterator[Item]:
    """Rows and cells that change for readers of the sheet; a cell that a page's change brings in step goes with that."""
    written = {(at, label, after) for one in plan.pages for at in one.rows for label, _before, after in one.values}
    texts = {(at, after) for at, _label, after in written}

    def goes_along(cell: SheetChange) -> bool:
        spelled = (cell.at, cell.new) in texts and same_letters(cell.old, cell.new or "")  # a column by another name
        return (cell.at, cell.field, cell.new) in written or spelled

    shown = [c for c in plan.cells if c.at.title and not own_cell(c) and not goes_along(c)]
    for at, cells in groupby(shown, key=lambda cell: cell.at):
        some = list(cells)
        if at.row:
            yield from (_cell(plan, at, [one], Sort.CELL, one.field) for one in some)
        else:
            yield _cell(plan, at, some, Sort.ROW)


def _cell(plan: Plan, at: RowRef, cells: Iterable[SheetChange], sort: Sort, field: str = "") -> Item:
    values = tuple((one.field, one.old, one.new or "") for one in cells)
    key = _key(plan.bot, sort, at.sheet, at.title, values)
    return Item(key, plan.bot, sort, "", at.title, field, field, values, at=at)


def _key(bot: str, sort: Sort, *parts: object) -> str:
    return hashlib.sha256(json.dumps([bot, sort.value, *parts]).encode()).hexdigest()[:20]
