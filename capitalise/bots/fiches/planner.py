"""All rows and all pages into one plan. Reads, never writes.

The way of a row: `rows` read it, `matching` found its page, `fields` gives a verdict on each field, and
`draft` turns the verdicts into changes, conflicts and findings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from capitalise.bots.fiches.assemble import Draft
from capitalise.bots.fiches.duplicates import by_page
from capitalise.bots.fiches.fields import RowMerge, merge_row, needs_history
from capitalise.bots.fiches.form import FicheField, FicheForm, load_form
from capitalise.bots.fiches.gone_values import gone_values
from capitalise.bots.fiches.matching import Match, Snapshot, match_rows, take_snapshot
from capitalise.bots.fiches.new_rows import add_missing_rows, last_look
from capitalise.bots.fiches.overview import add_overview
from capitalise.bots.fiches.page import cells_of
from capitalise.bots.fiches.rows import DECIDE, OWN, PAGE, REVISION, TITLE, Row, Rows, headings, read_rows
from capitalise.bots.fiches.settings import FicheSettings
from capitalise.errors import SettingsError, SheetError, Skip
from capitalise.messages import N_, NP_, Message, render
from capitalise.pages.page_sets import with_nearest
from capitalise.pages.ports import Reader
from capitalise.pages.titles import normal_title, sort_key
from capitalise.plans.decisions import Number, Prefer, Ref, mark_of
from capitalise.plans.merge import Decision, Outcome
from capitalise.plans.model import Finding, Plan, RowRef, SheetChange, SheetLook
from capitalise.sheets.sorted_alone import exchanged, moved_down, sorted_alone
from capitalise.sheets.table import Table

__all__ = ["FicheSettings", "plan_fiches"]


def plan_fiches(
    settings: FicheSettings,
    reader: Reader,
    tables: Sequence[Table],
    run: str,
    created: datetime,
    pages: Sequence[str] = (),
    prefers: Sequence[Prefer] = (),
    rendered: Callable[[Mapping[str, Any]], str] | None = None,
    renamed: Callable[[FicheField, str], str] | None = None,
    left: Callable[..., bool] | None = None,
    *,
    fixed: frozenset[str] = frozenset(),
    partial: bool = False,
) -> Plan:
    """What would bring the sheets and the wiki's pages into step. `settings.sheet` is made where it is not in `tables`.

    `pages` narrows the plan to some titles; `rendered` fills the overview's template; `renamed` says what the cells of a field are called from now on;
    `left` which pages (a title) and fields of them (by one of some names) stay as they are on both sides, `fixed` are titles by
    which such fields are named for good; `partial`: not all of the plan is
    carried out. Raises SettingsError, SheetError, WikiError.
    """
    form = load_form(reader, settings.form, settings.template, settings.form_text, settings.language)
    made = _made(settings, form, tables)
    capital = reader.capital_links()
    read = [read_rows(table, form, settings.columns, capital=capital) for table in [*made, *tables]]
    more = [normal_title(settings.overview)] if settings.overview and not pages else []
    named = [normal_title(page, capital=capital) for page in pages]
    all_rows = [row for sheet in read for row in sheet.rows]
    snapshot = take_snapshot(reader, all_rows, form.template, settings.category, [*more, *named])
    sheets = [_as_spelled(sheet, snapshot) for sheet in read]
    rows = [row for sheet in sheets for row in sheet.rows]
    matches, findings = match_rows(settings.wiki, rows, snapshot)
    wanted = set(map(snapshot.spelled, named))
    looked = max([*snapshot.listing.values(), last_look(rows)], default=0)
    if wanted:
        looked = last_look(rows)
    elif partial or (left and any(left(title) for title in snapshot.listing)):
        looked = last_look(rows) or 1  # some pages get no row this time: they are no pages that lost theirs
    draft = Draft(settings, reader, form, snapshot, sheets, [*_stand_out(sheets), *findings], looked, created, renamed)
    _refuse_unknown(wanted, prefers, rows, snapshot, form)
    merged = _merged(draft, [m for m in matches if not wanted or {m.title, m.row.title} & wanted], prefers)
    merged = _without_left(merged, draft, left, fixed) if left else merged
    for table in tables if not wanted else ():
        changed = [one for one in merged if one.match.row.at.sheet == table.path]
        _refuse_exchanged(changed, [m.row for m in matches if m.row.at.sheet == table.path], form, table.path)
        _refuse_damaged(changed, form, table.path)
    for group in by_page(merged, form):
        draft.add(group)
    add_missing_rows(draft, wanted, left or (lambda title: False))
    if rendered:
        for title in more:
            add_overview(draft, title, _all_pages(draft), rendered, insist=settings.overview_static)
    if not wanted:
        planned = frozenset((c.title, label) for c in draft.changes for label, _before, _after in c.values)
        draft.findings += gone_values(_all_pages(draft), form, settings.bot, settings.wiki, planned)
    for table in made if not draft.cells else ():
        draft.cells += [SheetChange(RowRef(table.path, 0, ""), heading, "", "") for heading in table.header]
    return replace(_plan(draft, run, created, wanted), looks=tuple(_look(table, draft) for table in made))


def _as_spelled(rows: Rows, snapshot: Snapshot) -> Rows:
    """Rows with their titles as the wiki spells them: `aide:lire` is the page `Aide:Lire`, whoever typed it."""
    again = (
        replace(row, title=snapshot.spelled(row.title), page=snapshot.spelled(row.page) if row.page else "")
        for row in rows.rows
    )
    return replace(rows, rows=tuple(again))


def _stand_out(sheets: Sequence[Rows]) -> list[Finding]:
    """What stood out while reading; a field needs a column in one of the sheets only."""
    there = {use for sheet in sheets for use in sheet.columns}
    return [
        finding
        for sheet in sheets
        for finding in sheet.findings
        if finding.rule != "missing-column" or finding.suggestion not in there
    ]


def _made(settings: FicheSettings, form: FicheForm, tables: Sequence[Table]) -> list[Table]:
    """The sheet that the settings name and that does not exist yet."""
    if not settings.sheet or settings.sheet in {table.path for table in tables}:
        return []
    return [Table(settings.sheet, headings(form), (), format=settings.sheet.rpartition(".")[2].lower())]


def _all_pages(draft: Draft) -> dict[str, Mapping[str, str]]:
    """The cells of every page of the listing, as they will be."""
    pages = dict(draft.pages)
    for title, head in draft.snapshot.listing.items():
        revision = draft.snapshot.revisions.get(head)
        if title not in pages and revision:
            with suppress(Skip):  # said already: the page's row is left alone
                pages[title] = cells_of(revision, draft.form)
    moved = {c.title: c.move_to for c in draft.changes if c.move_to}
    return {moved.get(title, title): cells for title, cells in pages.items()}


def _look(table: Table, draft: Draft) -> SheetLook:
    """How a new sheet looks: values to pick from, the tool's columns grey."""
    fields = [f for f in draft.form.fields if f.values and not f.several]
    choices = tuple((f.label, f.values) for f in fields)
    answers = (DECIDE, tuple(decision.value for decision in Decision))
    refusal = render(N_("This column is kept by capitalise."), draft.settings.language)
    return SheetLook(
        table.path,
        (*choices, answers),
        OWN,
        (PAGE, REVISION),
        refusal,
        open=(DECIDE, *(f.label for f in fields if not f.closed)),
    )


def _refuse_unknown(
    wanted: set[str], prefers: Sequence[Prefer], rows: Iterable[Row], snapshot: Snapshot, form: FicheForm
) -> None:
    """A page or field that is neither in the sheet nor on the wiki was mistyped."""
    known = {*snapshot.listing, *(t for row in rows for t in (row.title, row.page))}
    for title in sorted(wanted - known):
        why = N_("There is no page “%(title)s”, in the sheet or on the wiki.", title=title)
        raise SettingsError(with_nearest(why, title, known))
    for prefer in prefers:
        if not any(prefer.field in (f.name, f.label) for f in form.fields):
            there = ", ".join(f.label for f in form.fields)
            raise SettingsError(
                N_("There is no field “%(field)s”. There is: %(there)s.", field=prefer.field, there=there)
            )


def _refuse_damaged(merged: Iterable[RowMerge], form: FicheForm, path: str) -> None:
    """Stop before a column that was sorted alone puts every text on somebody else's page."""
    merged = list(merged)
    columns: dict[str, dict[int, tuple[str, str]]] = {}
    for row in merged:
        at = row.match.row.at.row
        if row.match.renamed_in_sheet:
            columns.setdefault(TITLE, {})[at] = (row.match.row.page, row.match.row.title)
        for field in form.fields:
            verdict = row.verdicts.get(field.name)
            cell = row.match.row.cells.get(field.name, "")
            if verdict and verdict.base and cell != verdict.base.value:
                columns.setdefault(field.label, {})[at] = (verdict.base.value, cell)
    for label, changed in columns.items():
        if sorted_alone(changed):
            raise SheetError(
                N_(
                    "%(file)s looks damaged: the column “%(column)s” seems to have been sorted or moved alone (%(rows)d rows "
                    "hold other rows' text, the first is row %(first)d). Nothing was done. Undo that in the sheet, or use "
                    "--page for one page at a time if it is right.",
                    file=path,
                    column=label,
                    rows=len(changed),
                    first=min(changed),
                )
            )


def _refuse_exchanged(merged: Sequence[RowMerge], all_rows: Sequence[Row], form: FicheForm, path: str) -> None:
    """Stop before words go into other fields: headings or labels exchanged, a block pasted beside its place. Rows that nobody
    touched say what they said."""
    rows = {row.at.row: (row.cells, row.cells) for row in all_rows if row.revision} | {
        row.match.row.at.row: (
            {name: verdict.base.value for name, verdict in row.verdicts.items() if verdict.base},
            row.match.row.cells,
        )
        for row in merged
        if row.match.base
    }
    labels = {field.name: field.label for field in form.fields}
    if pair := exchanged(rows):
        raise SheetError(
            N_(
                "%(file)s looks damaged: the column “%(one)s” holds what the column “%(other)s” held. Nothing was done. Were two "
                "headings exchanged, in the sheet or in the wiki's form? Put them back, or move the texts with them.",
                file=path,
                one=labels[pair[0]],
                other=labels[pair[1]],
            )
        )
    if moved := moved_down(rows):
        raise SheetError(
            N_(
                "%(file)s looks damaged: %(rows)d rows hold what other rows held, the first is row %(first)d (was a block pasted a "
                "row too low?). Nothing was done. Undo that in the sheet, or use --page for one page at a time if it is right.",
                file=path,
                rows=len(moved),
                first=min(moved),
            )
        )


def _merged(draft: Draft, matches: Iterable[Match], prefers: Sequence[Prefer]) -> list[RowMerge]:
    """A verdict on every field of every row, the history of a page read only where it may matter."""
    merged = []
    for match in matches:
        if not prefers and not draft.renamed and _untouched(match, draft):
            continue
        try:
            row = merge_row(
                match, draft.form, draft.snapshot, draft.account.name, (), prefers, draft.spell, draft.created
            )
            if needs_history(row):
                history = draft.reader.history(match.title, _since(match))
                row = merge_row(
                    match, draft.form, draft.snapshot, draft.account.name, history, prefers, draft.spell, draft.created
                )
            merged.append(row)
        except Skip as skip:
            draft.find("unreadable-page", skip.message, match)
    return merged


def _without_left(
    merged: Iterable[RowMerge], draft: Draft, left: Callable[..., bool], fixed: Collection[str]
) -> list[RowMerge]:
    """The rows of which something is to be done, the fields left out that stay as they are: they go on from their own base. A page whose fields
    are left alone by its title is not called otherwise before that is said by its new one."""
    merged = [one for one in merged if not _named_otherwise(one, draft, fixed)]
    marked = [_with_left(one, draft, left) for one in merged]
    whole = {one.match.title for one in marked if _stays(one, draft, left)}
    return [one for one in marked if one.match.title not in whole]


def _named_otherwise(merged: RowMerge, draft: Draft, fixed: Collection[str]) -> bool:
    match = merged.match
    names = {match.title, match.row.title} - {match.row.page, ""}
    if not match.row.page or match.row.page not in fixed or not names:
        return False
    why = N_(
        "this page has another title now (%(titles)s), and “skip” in the bot's file names it by the old one, “%(old)s”: write the new one there first",
        titles=", ".join(sorted(names)),
        old=match.row.page,
    )
    draft.find("skip-renamed", why, match, TITLE)
    return True


def _with_left(merged: RowMerge, draft: Draft, left: Callable[..., bool]) -> RowMerge:
    row = merged.match.row
    verdicts = {
        one.name: replace(merged.verdicts[one.name], outcome=Outcome.LEFT)
        for one in draft.form.fields
        if one.name in merged.verdicts
        and merged.verdicts[one.name].outcome is not Outcome.IN_STEP
        and any(left(title, one.name, one.label, draft.heading(one.name, row)) for title in _titles(merged))
    }
    return replace(merged, verdicts={**merged.verdicts, **verdicts}, spelled=merged.spelled - set(verdicts))


def _stays(merged: RowMerge, draft: Draft, left: Callable[..., bool]) -> bool:
    match, outcomes = merged.match, {one.outcome for one in merged.verdicts.values()}
    if any(map(left, _titles(merged))):
        return True
    if Outcome.LEFT not in outcomes:
        return False
    return bool(outcomes <= {Outcome.LEFT, Outcome.IN_STEP} and not match.renamed_in_sheet and match.head)


def _titles(merged: RowMerge) -> set[str]:
    """What a page is and was called: it may be left under any of its names."""
    return {merged.match.title, merged.match.row.title, merged.match.row.page} - {""}


def _since(match: Match) -> int:
    """The oldest revision that a field of a row goes on from; 0 for none."""
    refs = match.row.number.refs if match.row.number else []
    return min((ref.revision for ref in refs if ref.revision), default=0) if match.base else 0


def _untouched(match: Match, draft: Draft) -> bool:
    """Whether nobody did anything: the row says word for word what its page says, and stands at its revision."""
    row = match.row
    revision = draft.snapshot.revisions.get(match.head)
    if not match.head or not revision:
        return False
    number = Number(Ref(match.head, mark_of(revision.sha1)), {}, row.number.seen if row.number else 0)
    if (row.number, row.typed.get(PAGE)) != (number, match.title):
        return False
    if row.readonly or row.title != match.title or row.typed.get(DECIDE):
        return False
    cells = draft.form.memo.get(revision.sha1) if revision else None
    return cells is not None and all(cells[name] == cell for name, cell in row.cells.items())


def _plan(draft: Draft, run: str, created: datetime, wanted: set[str]) -> Plan:
    notes: list[Message] = []
    if blank := sum(sheet.blank for sheet in draft.sheets.values()):
        notes.append(NP_("%(count)d blank row skipped", "%(count)d blank rows skipped", blank))
    if hidden := sum(sheet.table.hidden for sheet in draft.sheets.values()):
        notes.append(
            NP_(
                "%(count)d hidden row (a filter is on?) is used like the others",
                "%(count)d hidden rows (a filter is on?) are used like the others",
                hidden,
            )
        )
    for sheet in draft.sheets.values():
        if any(change.at.sheet == sheet.table.path for change in draft.cells):
            path = sheet.table.path
            notes += [N_("writing into %(file)s leaves out %(what)s", file=path, what=one) for one in sheet.table.drops]
    found = draft.findings
    if wanted:
        found = [f for f in found if not f.title or {f.title, f.at.title if f.at else ""} & wanted]
    own = {sheet.columns.get(use, use) for sheet in draft.sheets.values() for use in OWN}
    return Plan(
        draft.settings.bot,
        run,
        created,
        tuple(sorted(draft.changes, key=lambda change: sort_key(change.title))),
        tuple(draft.cells),
        tuple(draft.conflicts),
        tuple(found),
        tuple(notes),
        seen=len(draft.snapshot.listing),
        replaced=len(
            {c.at for c in draft.cells if c.old.strip() and c.new not in (None, c.old) and c.field not in own}
        ),
    )
