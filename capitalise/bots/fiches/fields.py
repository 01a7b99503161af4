"""The fields of one row merged with its page: verdicts, and what they ask for on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.bots.fiches.matching import Match, Snapshot
from capitalise.bots.fiches.page import cells_of
from capitalise.bots.fiches.rows import Row
from capitalise.errors import Skip
from capitalise.forms.kept import same_after_save
from capitalise.pages.revisions import Revision
from capitalise.plans.decisions import Asked, Prefer, Ref, cell_mark, mark_of
from capitalise.plans.merge import Base, Decision, Outcome, Step, Verdict, merge
from capitalise.plans.reverts import without_imported, without_mishaps
from capitalise.plans.run_ids import run_of

__all__ = ["RowMerge", "merge_row", "needs_history"]


class Spell(Protocol):
    """What a cell is to say: as it is called from now on where it is `in_step` with its page, and as the form writes it where it is `news`."""

    def __call__(self, field: FicheField, cell: str, *, in_step: bool, news: bool) -> str: ...


@dataclass(frozen=True)
class RowMerge:
    """A row, its page's cells now (empty where there is no page), and a verdict on each field that has a column.

    `decided` are the fields for which a person said "feuille", `proposers` who proposed what was decided, `own` those that somebody wrote in a
    review, `seen` the wiki's values that people were shown; `rivals` holds, by field, the row of another
    sheet that says something else; `writers` who wrote the page's value, as far as its history was read. The cells of `spelled`
    were typed otherwise than the form writes them: the row has them as they will be.
    """

    match: Match
    cells: Mapping[str, str]
    verdicts: Mapping[str, Verdict]
    decided: frozenset[str] = frozenset()
    proposers: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    seen: Mapping[str, str | None] = field(default_factory=dict)
    rivals: Mapping[str, Row] = field(default_factory=dict)
    writers: Mapping[str, str] = field(default_factory=dict)
    spelled: frozenset[str] = frozenset()

    def waiting(self, form: FicheForm) -> list[FicheField]:
        return self.fields(form, *(outcome for outcome in Outcome if outcome.waits))

    def fields(self, form: FicheForm, *outcomes: Outcome) -> list[FicheField]:
        return [f for f in form.fields if f.name in self.verdicts and self.verdicts[f.name].outcome in outcomes]


def merge_row(
    match: Match,
    form: FicheForm,
    snapshot: Snapshot,
    account: str = "",
    history: Sequence[Revision] = (),
    prefers: Sequence[Prefer] = (),
    spell: Spell | None = None,
    now: datetime = datetime.min,
) -> RowMerge:
    """Every field of a row merged; what `spell` makes of a cell that is news is what the row says, unless people are to decide about
    it. Raises Skip where the page cannot be read as this form's."""
    cells = _cells(snapshot.revisions.get(match.head), form) if match.head else dict.fromkeys(form.order, "")
    based = _readable(match.base, form)
    said = match.row.cells
    written = _as_the_form_writes(match, form, cells, based or {}, spell, now)
    whole = without_mishaps(history, account)
    local = without_imported(whole)
    steps = [
        (r, c, r.user == account and run_of(r.comment) is not None and r.id in local)
        for r in whole
        if (c := _readable(r, form)) is not None
    ]
    verdicts: dict[str, Verdict] = {}
    writers: dict[str, str] = {}
    proposers: dict[str, str] = {}
    own: set[str] = set()
    seen: dict[str, str | None] = {}
    decided = set()
    for one in form.fields:
        if one.name not in match.row.cells:
            continue
        writers[one.name] = _writer([(r, c[one.name]) for r, c, _ours in steps])
        trail = [Step(r.id, c[one.name], ours, mark_of(r.sha1)) for r, c, ours in steps]
        here = next(
            (prefer for prefer in prefers if prefer.is_for(match.title, match.row.at.sheet, (one.name, one.label))),
            None,
        )
        question = match.row.asked.get(one.name, Asked(Ref()))
        shown = seen[one.name] = _shown(match, one, form, snapshot, based)
        if here:
            shown = cells[one.name] if here.seen is None else here.seen
        elsewhere = any(p.sheet and p.page == match.title and p.field in (one.name, one.label) for p in prefers)
        decision = here.decision if here else None if elsewhere else _answer(match.row, one)
        stale = here is not None and not _was_shown(here, match, one, written.get(one.name), spell)
        if here and here.text is not None and not stale:
            written[one.name] = here.text
            own.add(one.name)
        if here and here.by:
            proposers[one.name] = here.by
        cell = written.get(one.name, said[one.name])
        if decision is Decision.WIKI and not here and question.cell not in ("", cell_mark(said[one.name])):
            shown = None  # the sheet's text came after the question: nobody said that it may go
        base = _base(match, one, form, snapshot, based)
        verdict = merge(
            cell,
            cells[one.name],
            _before_a_save(base, cell, cells[one.name], one, trail, form.language),
            trail,
            decision,
            shown,
            told=question.kind == "!" and bool(question.shown),
            asked_at=question.shown.revision if question.shown else 0,
            numbered=bool(match.row.revision),
        )
        verdict = _not_offered(verdict, cell, one)
        if stale and verdict.outcome is not Outcome.IN_STEP:
            verdict = replace(verdict, outcome=Outcome.LEFT)  # somebody typed since: it is looked at again
        if verdict.outcome.waits:
            written.pop(one.name, None)  # what people decide about is what they typed
        elif spell and verdict.outcome is Outcome.TO_WIKI and verdict.value == said[one.name] and cell:
            written[one.name] = spell(one, cell, in_step=False, news=True)
            verdict = replace(verdict, value=written[one.name])
        verdicts[one.name] = verdict
        if decision is Decision.SHEET and verdict.outcome is Outcome.TO_WIKI:
            decided.add(one.name)
    match = replace(match, row=replace(match.row, cells={**said, **written}))
    spelled = frozenset(name for name, cell in written.items() if said[name] != cell)
    return RowMerge(
        match, cells, verdicts, frozenset(decided), proposers, frozenset(own), seen, writers=writers, spelled=spelled
    )


def _was_shown(prefer: Prefer, match: Match, field: FicheField, written: str | None, spell: Spell | None) -> bool:
    """Whether the row still says what somebody saw who decided, its page is the one they saw, and nobody answered in “à décider” meanwhile."""
    said, typed = match.row.cells[field.name], match.row.typed.get(field.name, "")
    if prefer.revision and prefer.revision != match.head:
        return False
    if prefer.cell is None:
        return True
    spelled = spell(field, said, in_step=False, news=True) if spell and said else said
    answer = _answer(match.row, field)
    return prefer.cell in (said, typed, written, spelled) and answer in (None, prefer.decision)


def _as_the_form_writes(
    match: Match,
    form: FicheForm,
    cells: Mapping[str, str],
    based: Mapping[str, str],
    spell: Spell | None,
    now: datetime,
) -> dict[str, str]:
    """The cells that somebody typed, spelled as the form writes them, and, for a page that is to be created, the form's defaults in empty
    ones. A cell that says what the page or the row's base says is left as it is, and one that people were asked about."""
    said = match.row.cells
    if not spell:
        return {}
    written = {}
    for one in form.fields:
        cell = said.get(one.name, "")
        if cell and one.name not in match.row.asked:
            in_step = not match.head or cell == cells[one.name]
            news = cell not in (cells[one.name], based.get(one.name))
            written[one.name] = spell(one, cell, in_step=in_step, news=news)
        elif not match.head and one.name in said and not cell and one.default and match.row.filled(form):
            written[one.name] = one.default_at(now, form.language)
    return written


def _writer(values: Sequence[tuple[Revision, str]]) -> str:
    """Who made a value what it is, in a history that is oldest first; "" where it does not go back to that."""
    for (_before, old), (revision, new) in reversed(list(pairwise(values))):
        if old != new:
            return revision.user
    return ""


def needs_history(merged: RowMerge) -> bool:
    """Whether the page moved on since a field's base and the field differs: its past may hold the answer."""
    head = merged.match.head
    return bool(head) and any(
        verdict.outcome is not Outcome.IN_STEP and (verdict.base is None or verdict.base.revision != head)
        for verdict in merged.verdicts.values()
    )


def _cells(revision: Revision | None, form: FicheForm) -> dict[str, str]:
    return cells_of(revision, form)


def _readable(revision: Revision | None, form: FicheForm) -> dict[str, str] | None:
    try:
        return _cells(revision, form) if revision else None
    except Skip:
        return None


def _base(
    match: Match, field: FicheField, form: FicheForm, snapshot: Snapshot, row_base: Mapping[str, str] | None
) -> Base | None:
    """The field's own base where it has one, else the row's; none that is not this page's."""
    if field.name in match.row.asked:
        own = snapshot.at(match.row.asked[field.name].base, match.title)
        cells = _readable(own, form)
        return Base(own.id, cells[field.name], mark_of(own.sha1)) if own and cells else None
    base = match.base
    return Base(base.id, row_base[field.name], mark_of(base.sha1)) if base and row_base else None


def _not_offered(verdict: Verdict, sheet: str, field: FicheField) -> Verdict:
    """Where a renamed value was taken back, the sheet's is none that anybody could insist on: the form does not offer it any more."""
    items = [sheet] if not field.several else [one.strip() for one in sheet.split(field.delimiter)]
    strange = field.closed and not field.instances and any(one and one not in field.values for one in items)
    back = verdict.outcome is Outcome.REVERTED and strange and verdict.value in field.values
    return replace(verdict, outcome=Outcome.TO_SHEET) if back else verdict


def _before_a_save(
    base: Base | None, sheet: str, wiki: str, field: FicheField, trail: Sequence[Step], language: str
) -> Base | None:
    """The base in the spelling of the page, where only a save in the form spelled it so since: a sheet that has news is no question then."""
    if base is None or sheet in (base.value, wiki) or not field.schema or field.instances:
        return base
    again = any(step.value == wiki for step in trail if step.revision < base.revision)
    only_spelled = same_after_save(base.value, wiki, field.schema, language)
    return replace(base, value=wiki) if only_spelled and not again else base


def _shown(
    match: Match, field: FicheField, form: FicheForm, snapshot: Snapshot, row_base: Mapping[str, str] | None
) -> str | None:
    """The wiki's value that people were shown when they were asked about a field; None where they were not. Sheets from
    before say no more than that they were asked at the row's number."""
    if not match.head:
        return ""
    asked = match.row.asked.get(field.name)
    if asked is None:
        return None
    if asked.shown is None:
        old = not match.row.ref.mark
        return row_base[field.name] if row_base and old else None
    cells = _readable(snapshot.at(asked.shown, match.title), form)
    return cells[field.name] if cells else None


def _answer(row: Row, field: FicheField) -> Decision | None:
    """What a person decided about a field in its row: by its label, or in one word where nothing else waits there."""
    entry = row.answers.entries.get(field.name)
    asked = row.asked.get(field.name)
    if entry and asked and entry.revision not in (None, asked.base.revision):
        return None  # another row's entry, from an older sheet
    decision = entry.decision if entry else None
    if decision is None and field.name in row.questions and len(row.questions) == 1:
        decision = row.answers.bare
    allowed = (Decision.SHEET,) if asked and asked.kind == "=" else (Decision.SHEET, Decision.WIKI)
    return decision if decision in allowed else None
