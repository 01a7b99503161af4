"""All rows and all pages into one plan. Reads, never writes.

The way of a row: `rows` read it, `matching` found its page, `fields` gives a verdict on each field, and
`draft` turns the verdicts into changes, conflicts and findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches

from capitalise.errors import SettingsError, SheetError, Skip
from capitalise.fiches.draft import Draft, FicheSettings
from capitalise.fiches.fields import Prefer, RowMerge, merge_row, needs_history
from capitalise.fiches.form import FicheForm, load_form
from capitalise.fiches.matching import Match, Snapshot, match_rows, take_snapshot
from capitalise.fiches.new_rows import add_missing_rows
from capitalise.fiches.rows import TITLE, Rows, headings, read_rows
from capitalise.messages import N_, NP_, Message
from capitalise.pages.ports import Reader
from capitalise.pages.titles import normal_title, sort_key
from capitalise.plans.damage import sorted_alone
from capitalise.plans.model import Plan, RowRef, SheetChange
from capitalise.sheets.table import Table

__all__ = ["FicheSettings", "plan_fiches"]


def plan_fiches(
    settings: FicheSettings,
    reader: Reader,
    table: Table | None,
    run: str,
    created: datetime,
    pages: Sequence[str] = (),
    prefer: Prefer | None = None,
) -> Plan:
    """What would bring the sheet and the wiki's pages into step. `table` None: there is no sheet yet.

    `pages` narrows the plan to some titles. Raises SettingsError, SheetError, WikiError.
    """
    form = load_form(reader, settings.form, settings.template, settings.form_text)
    new_sheet = table is None
    table = table or Table(settings.sheet, headings(form), ())
    rows = read_rows(table, form)
    snapshot = take_snapshot(reader, rows.rows, form.template, settings.category)
    matches, findings = match_rows(settings.wiki, rows.rows, snapshot)
    draft = Draft(settings, reader, form, snapshot, rows, [*rows.findings, *findings])
    wanted = {normal_title(page) for page in pages}
    _refuse_unknown(wanted, prefer, rows, snapshot, form)
    merged = _merged(draft, [m for m in matches if not wanted or {m.title, m.row.title} & wanted], prefer)
    if not wanted:
        _refuse_damaged(merged, form, table.path)
    for row in merged:
        draft.add(row)
    add_missing_rows(draft, wanted)
    if new_sheet and not draft.cells:
        draft.cells += [SheetChange(RowRef(table.path, 0, ""), heading, "", "") for heading in table.header]
    return _plan(draft, run, created, wanted)


def _refuse_unknown(wanted: set[str], prefer: Prefer | None, rows: Rows, snapshot: Snapshot, form: FicheForm) -> None:
    """A page or field that is neither in the sheet nor on the wiki was mistyped."""
    known = {*snapshot.listing, *(t for row in rows.rows for t in (row.title, row.page))}
    for title in sorted(wanted - known):
        near = get_close_matches(title, sorted(known), 1)
        raise SettingsError(
            N_(
                "There is no page “%(title)s”, in the sheet or on the wiki. The nearest title: %(near)s.",
                title=title,
                near=near[0] if near else "–",
            )
        )
    if prefer and not any(prefer.field in (f.name, f.label) for f in form.fields):
        fields = ", ".join(f.label for f in form.fields)
        raise SettingsError(N_("There is no field “%(field)s”. There is: %(there)s.", field=prefer.field, there=fields))


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


def _merged(draft: Draft, matches: Iterable[Match], prefer: Prefer | None) -> list[RowMerge]:
    """A verdict on every field of every row, the history of a page read only where it may matter."""
    merged = []
    for match in matches:
        try:
            row = merge_row(match, draft.form, draft.snapshot, draft.account.name, (), prefer)
            if needs_history(row):
                history = draft.reader.history(match.title, match.base.id if match.base else 0)
                row = merge_row(match, draft.form, draft.snapshot, draft.account.name, history, prefer)
            merged.append(row)
        except Skip as skip:
            draft.find("unreadable-page", skip.message, match)
    return merged


def _plan(draft: Draft, run: str, created: datetime, wanted: set[str]) -> Plan:
    notes: list[Message] = []
    if draft.rows.blank:
        notes.append(NP_("%(count)d blank row skipped", "%(count)d blank rows skipped", draft.rows.blank))
    if draft.form.left_out:
        notes.append(
            N_(
                "no column for: %(templates)s (filled several times a page, in no field)",
                templates=", ".join(draft.form.left_out),
            )
        )
    found = draft.findings
    if wanted:
        found = [f for f in found if not f.title or {f.title, f.at.title if f.at else ""} & wanted]
    return Plan(
        draft.settings.bot,
        run,
        created,
        tuple(sorted(draft.changes, key=lambda change: sort_key(change.title))),
        tuple(draft.cells),
        tuple(draft.conflicts),
        tuple(found),
        tuple(notes),
    )
