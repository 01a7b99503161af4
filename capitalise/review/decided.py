"""What was answered, as a plan: made anew by the bot where it can leave single fields alone, and held against what was shown; else the part of the plan
that was accepted. What nobody saw is never in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from capitalise.bots.kind import Request
from capitalise.plans.decisions import Prefer
from capitalise.plans.merge import Decision
from capitalise.plans.model import PageChange, Plan, SheetChange
from capitalise.review.items import Item, Sort, name_of, own_cell
from capitalise.review.journal import Answer, Choice
from capitalise.review.words import same_letters

__all__ = ["Chosen", "chosen", "prefer_of", "request_of", "subset"]

Answers = Mapping[str, Answer]
_SIDES = {Choice.SHEET: Decision.SHEET, Choice.WIKI: Decision.WIKI, Choice.TEXT: Decision.SHEET}


@dataclass(frozen=True)
class Chosen:
    """The plan of what was chosen, and the titles at which it came out otherwise than it was shown: they wait."""

    plan: Plan
    otherwise: tuple[str, ...] = ()


def request_of(items: Iterable[Item], answers: Answers, before: Request, *, by_field: bool) -> Request:
    """What to ask the bot for: the decisions, and, of a bot that leaves single fields alone, what stays as it is because nobody said yes to it."""
    there = list(items)
    prefers = [prefer_of(item, answers[item.key]) for item in there if _decides(item, answers)]
    yes = {item.place for item in there if _wanted(item, answers)}
    leaves = {item.place for item in there if not _wanted(item, answers)} - yes if by_field else set()
    settled = {(one.page, one.field) for one in prefers}
    earlier = [one for one in before.prefers if (one.page, one.field) not in settled]
    proposed = any(item.proposed and _wanted(item, answers) for item in there)
    return replace(before, prefers=[*prefers, *earlier], leaves=before.leaves | leaves, proposed=proposed, limit=None)


def chosen(plan: Plan, items: Iterable[Item], answers: Answers) -> Chosen:
    """A plan that the bot made anew, less every title at which it holds what nobody accepted."""
    wanted = [item for item in items if _wanted(item, answers)]
    allowed = _Allowed(wanted, answers)
    strange = {one.title for one in plan.pages if not allowed.page(one)}
    strange |= {one.at.title for one in plan.cells if not allowed.cell(one)}
    rows = {at for one in plan.pages if one.title in strange for at in one.rows}
    rows |= {one.at for one in plan.cells if one.at.title in strange}
    strange |= {one.title for one in plan.pages if rows & set(one.rows)}
    visible = {one.at.title for one in plan.cells if not own_cell(one)} | {one.title for one in plan.pages}
    # a question that nobody asked for:
    rows |= {one.at for one in plan.cells if one.at.title and one.at.title not in visible}
    missing = {item.title for item in wanted if not _came(item, plan)}
    kept = _kept(
        plan, lambda one: one.title not in strange, lambda one: one.at.title not in strange and one.at not in rows
    )
    return Chosen(kept, tuple(sorted((strange & {item.title for item in wanted}) | missing)))


def subset(plan: Plan, items: Iterable[Item], answers: Answers) -> Plan:
    """The part of a plan that was accepted, as it stands there; `items` are all of it."""
    items_ = list(items)
    wanted = [item for item in items_ if _wanted(item, answers)]
    changes = {id(item.change) for item in wanted if item.change}
    rows = {at for item in wanted if item.change for at in item.change.rows}
    cells = {
        (item.at, label, before, after) for item in wanted if not item.change for label, before, after in item.values
    }
    left = {(item.at, *value) for item in items_ if not item.change and item not in wanted for value in item.values}
    touched = {item.at for item in wanted if not item.change}

    def cell(one: SheetChange) -> bool:
        shown = (one.at, one.field, one.old, one.new or "") in cells
        ours = one.at in rows and (one.at, one.field, one.old, one.new or "") not in left
        return shown or ours or (one.at in touched and own_cell(one)) or not one.at.title

    pages = tuple(one for one in (*plan.pages, *plan.proposals) if id(one) in changes)
    kept = tuple(one for one in plan.cells if cell(one))
    any_row = any(one.at.title for one in kept)
    return replace(plan, pages=pages, proposals=(), cells=kept if any_row else (), conflicts=(), findings=())


def _came(item: Item, plan: Plan) -> bool:
    """Whether a plan does what was accepted."""
    pages = [one for one in plan.pages if one.title == item.title]
    names = {name_of(one, value[0]) for one in pages for value in one.values}
    cells = [one for one in plan.cells if one.at.title == item.title and not own_cell(one)]
    if item.sort not in (Sort.FIELD, Sort.CELL, Sort.DECISION):
        return bool(pages or cells)
    # a column may go by another name:
    texts = {text for _label, before, after in item.values for text in (before, after)}
    return item.name in names or any(one.field == item.name or one.new in texts for one in cells)


def _kept(plan: Plan, page: Callable[[PageChange], bool], cell: Callable[[SheetChange], bool]) -> Plan:
    pages, cells = tuple(filter(page, plan.pages)), tuple(filter(cell, plan.cells))
    return replace(plan, pages=pages, cells=cells, proposals=(), conflicts=(), findings=())


class _Allowed:
    """What a plan may hold: what was accepted as it was shown, and what follows from decisions."""

    def __init__(self, wanted: Sequence[Item], answers: Answers) -> None:
        self.values = {(item.title, *value) for item in wanted for value in item.values}
        self.decided = {(item.title, item.name) for item in wanted if _decides(item, answers)}
        self.fields = {(item.title, item.name) for item in wanted if item.sort is Sort.FIELD} | self.decided
        self.whole = {item.title: item for item in wanted if item.sort in (Sort.PAGE, Sort.CREATION, Sort.MOVE)}
        self.rows = {item.title for item in wanted if item.sort is Sort.ROW}
        texts = [(item.title, text) for item in wanted for _l, before, after in item.values for text in (before, after)]
        self.texts = {(title, text.strip()) for title, text in texts}

    def page(self, change: PageChange) -> bool:
        item = self.whole.get(change.title)
        if change.move_to:
            return bool(item and item.change and item.change.move_to == change.move_to)
        if item and item.change and not change.move_to:
            same = item.change.old == change.old and (item.follows or item.change.new == change.new)
            return same or (item.change.old == change.old and self._values(change))
        return bool(change.values) and self._values(change)

    def _values(self, change: PageChange) -> bool:
        return bool(change.values) and all(
            (change.title, *value) in self.values or (change.title, name_of(change, value[0])) in self.decided
            for value in change.values
        )

    def cell(self, one: SheetChange) -> bool:
        title = one.at.title
        if own_cell(one) or not title:
            return True
        said = (title, one.field, one.old, one.new or "")
        if not one.at.row:
            return said in self.values or (title in self.whole and title not in self.rows)
        creation = title in self.whole and self.whole[title].sort is Sort.CREATION
        spelled = (title, (one.new or "").strip()) in self.texts and same_letters(one.old, one.new or "")
        return creation or said in self.values or (title, one.field) in self.fields or spelled


def _wanted(item: Item, answers: Answers) -> bool:
    answer = answers.get(item.key)
    return bool(answer and answer.choice.writes)


def _decides(item: Item, answers: Answers) -> bool:
    answer = answers.get(item.key)
    return bool(answer and answer.choice in _SIDES)


def prefer_of(item: Item, answer: Answer) -> Prefer:
    """A decision for one field, with the wiki's text that was shown beside it."""
    conflict, text = item.conflict, answer.text if answer.choice is Choice.TEXT else None
    sheet = item.at.sheet if item.at else ""
    if conflict and conflict.rival:
        theirs = answer.choice is Choice.WIKI
        other, shown = (conflict.rival, conflict.theirs) if theirs else (conflict.at, conflict.ours)
        there = other.sheet if other else ""
        return Prefer(
            item.title, item.name, Decision.SHEET, there, by=answer.by, cell=shown, revision=conflict.revision
        )
    wiki, cell = _shown(item)
    return Prefer(item.title, item.name, _SIDES[answer.choice], sheet, wiki, text, answer.by, cell)


def _shown(item: Item) -> tuple[str, str]:
    """What the wiki and the sheet said when somebody looked."""
    if item.conflict:
        return item.conflict.theirs, item.conflict.ours
    return (
        (item.after, item.before) if item.sort is Sort.CELL else (item.before, "" if item.is_addition else item.after)
    )
