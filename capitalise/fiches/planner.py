"""All rows and all pages into one plan. Reads, never writes.

The way of a row: `rows` read it, `matching` found its page, `fields` gave a verdict on each field;
here the verdicts become changes on either side, conflicts and findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from capitalise.errors import SettingsError, SheetError, Skip
from capitalise.fiches.fields import Prefer, RowMerge, merge_row, needs_history
from capitalise.fiches.form import FicheField, FicheForm, load_form
from capitalise.fiches.matching import Match, Snapshot, match_rows, take_snapshot
from capitalise.fiches.page import cell_problem, new_page, raw_value, read_cells, with_cells
from capitalise.fiches.rows import DECIDE, PAGE, REVISION, TITLE, Row, Rows, headings, read_rows
from capitalise.messages import N_, NP_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.titles import normal_title, sort_key
from capitalise.plans.damage import sorted_alone
from capitalise.plans.decisions import Waiting, write_waiting
from capitalise.plans.merge import Outcome
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef, SheetChange
from capitalise.sheets.table import Table

__all__ = ["FicheSettings", "plan_fiches"]


@dataclass(frozen=True)
class FicheSettings:
    """One bot of kind `fiches`. `form_text` is set where the form is a file of the workspace."""

    bot: str
    wiki: str
    form: str
    sheet: str
    template: str = ""
    category: str = ""
    form_text: str | None = None
    language: str = "fr"


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
    table = table or Table(settings.sheet, headings(form), ())
    rows = read_rows(table, form)
    snapshot = take_snapshot(reader, rows.rows, form.template, settings.category)
    matches, findings = match_rows(settings.wiki, rows.rows, snapshot)
    maker = _Maker(settings, reader, form, snapshot, rows, [*rows.findings, *findings])
    wanted = {normal_title(page) for page in pages}
    _refuse_unknown(wanted, prefer, rows, snapshot, form)
    merged = maker.merged([m for m in matches if not wanted or {m.title, m.row.title} & wanted], prefer)
    if not wanted:
        _refuse_damaged(merged, form, table.path)
    for row in merged:
        maker.add(row)
    maker.add_missing_rows(wanted)
    return maker.plan(run, created, wanted)


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


class _Maker:
    """Collects what one plan holds while rows are gone through."""

    def __init__(
        self,
        settings: FicheSettings,
        reader: Reader,
        form: FicheForm,
        snapshot: Snapshot,
        rows: Rows,
        findings: list[Finding],
    ) -> None:
        self.settings, self.reader, self.form, self.snapshot, self.rows = settings, reader, form, snapshot, rows
        self.account = reader.account()
        self.findings = findings
        self.changes: list[PageChange] = []
        self.cells: list[SheetChange] = []
        self.conflicts: list[Conflict] = []

    # -- merging ------------------------------------------------------------------------------

    def merged(self, matches: Iterable[Match], prefer: Prefer | None) -> list[RowMerge]:
        """A verdict on every field of every row, the history of a page read only where it may matter."""
        merged = []
        for match in matches:
            try:
                row = merge_row(match, self.form, self.snapshot, self.account.name, (), prefer)
                if needs_history(row):
                    history = self.reader.history(match.title, match.base.id if match.base else 0)
                    row = merge_row(match, self.form, self.snapshot, self.account.name, history, prefer)
                merged.append(row)
            except Skip as skip:
                self.find("unreadable-page", skip.message, match)
        return merged

    # -- one row ------------------------------------------------------------------------------

    def add(self, merged: RowMerge) -> None:
        match = merged.match
        if match.head and self.title_waits(match):
            return
        values = self.writable(merged)
        self.report(merged)
        edited = self.edit(merged, values)
        for field in merged.fields(self.form, Outcome.TO_SHEET):
            self.cell(match.row, field.name, merged.verdicts[field.name].value)
        self.bookkeeping(merged, edited=edited)
        self.guard(match.row)

    def title_waits(self, match: Match) -> bool:
        """Deal with a title that differs on one side; True where the row goes no further in this plan."""
        row = match.row
        if match.title not in (row.title, row.page):  # moved on the wiki
            if match.renamed_in_sheet:
                self.find(
                    "renamed-twice",
                    N_(
                        "renamed “%(ours)s” in the sheet and “%(theirs)s” on the wiki; write the title to keep in the row",
                        ours=row.title,
                        theirs=match.title,
                    ),
                    match,
                    TITLE,
                )
                return True
            if row.page:
                self.cell(row, TITLE, match.title)
        elif match.renamed_in_sheet and match.title == row.page:
            self.move(match)
            return True
        return False

    def move(self, match: Match) -> None:
        """Plan a rename; the row's fields follow once it is done."""
        row = match.row
        if self.snapshot.head(row.title).revision:
            why = N_("cannot be renamed “%(title)s”: that page exists", title=row.title)
            self.find("rename-target-exists", why, match, TITLE)
        elif "move" not in self.account.rights:
            why = N_("the row says “%(title)s”, and this account may not rename pages", title=row.title)
            self.find("cannot-rename", why, match, TITLE)
        else:
            text, summary = self.text(match), self.summary(N_("renamed"))
            self.changes.append(
                PageChange(
                    self.settings.wiki, match.title, match.head, text, text, summary, (TITLE,), row.title, (row.at,)
                )
            )
            self.cell(row, PAGE, row.title)

    def writable(self, merged: RowMerge) -> dict[str, str]:
        """The cells that go to the wiki; those that cannot become findings."""
        values = {}
        for field in merged.fields(self.form, Outcome.TO_WIKI):
            value = merged.verdicts[field.name].value
            if problem := cell_problem(value, field, self.form, self.raw(merged, field)):
                self.find(*problem, merged.match, field.label)
            else:
                values[field.name] = value
        return values

    def raw(self, merged: RowMerge, field: FicheField) -> str:
        return raw_value(self.text(merged.match), field, self.form) if merged.match.head else ""

    def text(self, match: Match) -> str:
        return self.snapshot.revisions[match.head].text or ""

    def edit(self, merged: RowMerge, values: Mapping[str, str]) -> bool:
        """Plan the edit or creation; False where there is none."""
        match = merged.match
        if match.head and not values:
            return False
        old = self.text(match) if match.head else ""
        try:
            if not match.head and _words_left(merged, values, self.form):
                return False  # half a page is no page: it is created when the findings are mended
            if not match.head and not values:
                raise Skip(N_("the row is empty but for its title; fill it in for the page to be created"))
            if not match.head and self.reader.deleted_before(match.title):
                raise Skip(N_("a page of this title was deleted on the wiki; it is not created again"))
            new = with_cells(old, self.form, values) if match.head else new_page(self.form, values)
        except Skip as skip:
            self.find("cannot-edit" if match.head else "cannot-create", skip.message, match)
            return False
        labels = tuple(f.label for f in self.form.fields if f.name in values)
        what = N_("%(fields)s", fields=", ".join(labels)) if match.head else N_("new page")
        self.changes.append(
            PageChange(
                self.settings.wiki, match.title, match.head, old, new, self.summary(what), labels, rows=(match.row.at,)
            )
        )
        return True

    def report(self, merged: RowMerge) -> None:
        """What waits for a person, as conflicts and findings."""
        match = merged.match
        head = self.snapshot.revisions.get(match.head)
        for field in merged.fields(self.form, Outcome.DECIDE, Outcome.OUTDATED):
            base = merged.verdicts[field.name].base
            self.conflicts.append(
                Conflict(
                    self.settings.wiki,
                    match.title,
                    field.label,
                    base.revision if base else 0,
                    match.row.cells[field.name],
                    merged.cells[field.name],
                    head.user if head else "",
                    match.row.at,
                    _marker(merged, field).revision or 0,
                )
            )
        for outcome, (rule, message) in _WAITING.items():
            for field in merged.fields(self.form, outcome):
                self.find(rule, message, match, field.label, merged.cells[field.name])
        for entry in match.row.not_understood:
            self.find(
                "decision-not-understood",
                N_(
                    "“%(entry)s” is not understood and decides nothing; write for example: %(example)s",
                    entry=entry,
                    example=f"{self.form.fields[0].label}@{match.head} feuille",
                ),
                match,
                DECIDE,
            )

    def bookkeeping(self, merged: RowMerge, *, edited: bool) -> None:
        """The row's own columns: the page's title, its revision, and what waits."""
        match = merged.match
        if not (match.head or edited):
            return
        waiting = {f.label: _marker(merged, f) for f in merged.waiting(self.form)}
        self.cell(match.row, DECIDE, write_waiting(waiting, match.row.not_understood))
        self.cell(match.row, PAGE, match.title)
        if waiting or self.behind(merged):
            return  # the row goes on from where it was, whatever becomes of the column "à décider"
        self.cell(match.row, REVISION, None if edited else str(match.head))

    def behind(self, merged: RowMerge) -> bool:
        """Whether a field without a column changed on the wiki: the row is not in step with that."""
        match = merged.match
        if not match.base or match.base.text is None:
            return False
        try:
            base = read_cells(match.base.text, self.form)
        except Skip:
            return True
        return any(base[f.name] != merged.cells[f.name] for f in self.form.fields if f.name not in match.row.cells)

    # -- pages without a row ------------------------------------------------------------------

    def add_missing_rows(self, wanted: set[str]) -> None:
        """New pages become new rows; a page that an earlier run must have known lost its row on purpose."""
        rows = self.rows.rows
        taken = {*self.rows.left_alone, *(t for row in rows for t in (row.page, row.title))}
        taken |= {r.title for row in rows if (r := self.snapshot.revisions.get(row.revision))}
        newest = max((row.revision for row in rows), default=0)
        for title in sorted(set(self.snapshot.listing) - taken, key=sort_key):
            if wanted and title not in wanted:
                continue
            head = self.snapshot.listing[title]
            if head <= newest or self.reader.first_revision(title) <= newest:
                self.findings.append(
                    Finding(
                        "row-missing",
                        N_(
                            "the page has no row (the row was deleted, or the page filled in this form only later); to have it "
                            "back, write its title in a new row"
                        ),
                        self.settings.wiki,
                        title,
                    )
                )
            else:
                self.new_row(title, head)

    def new_row(self, title: str, head: int) -> None:
        at = RowRef(self.settings.sheet, 0, title)
        try:
            cells = read_cells(self.snapshot.revisions[head].text or "", self.form)
        except Skip as skip:
            self.findings.append(Finding("unreadable-page", skip.message, self.settings.wiki, title))
            return
        shown = {TITLE: title, **cells, PAGE: title, REVISION: str(head)}
        for use, heading in self.rows.columns.items():
            self.cells.append(SheetChange(at, heading, "", shown.get(use, "")))
        for use in (PAGE, REVISION):  # a sheet made by hand lacks them
            if use not in self.rows.columns:
                self.cells.append(SheetChange(at, use, "", shown[use]))

    def guard(self, row: Row) -> None:
        """Let the row's number be compared before any of its cells is written: an old plan then writes none."""
        mine = [c for c in self.cells if c.at == row.at]
        if mine and REVISION in self.rows.columns and self.heading(REVISION) not in {c.field for c in mine}:
            typed = row.typed.get(REVISION, "")
            self.cells.append(SheetChange(row.at, self.heading(REVISION), typed, typed))

    # -- small things -------------------------------------------------------------------------

    def heading(self, use: str) -> str:
        return self.rows.columns.get(use, use)

    def cell(self, row: Row, use: str, new: str | None) -> None:
        old = row.typed.get(use, "")
        if old != new:
            self.cells.append(SheetChange(row.at, self.heading(use), old, new))

    def find(self, rule: str, message: Message, match: Match, field: str = "", suggestion: str = "") -> None:
        self.findings.append(
            Finding(rule, message, self.settings.wiki, match.title, field=field, suggestion=suggestion, at=match.row.at)
        )

    def summary(self, what: Message) -> str:
        message = N_("%(bot)s: %(what)s (sheet %(sheet)s)", bot=self.settings.bot, what=what, sheet=self.settings.sheet)
        return render(message, self.settings.language)

    def plan(self, run: str, created: datetime, wanted: set[str]) -> Plan:
        notes = []
        if self.rows.blank:
            notes.append(NP_("%(count)d blank row skipped", "%(count)d blank rows skipped", self.rows.blank))
        if self.form.left_out:
            notes.append(
                N_(
                    "no column for: %(templates)s (filled several times a page, in no field)",
                    templates=", ".join(self.form.left_out),
                )
            )
        found = self.findings
        if wanted:
            found = [f for f in found if not f.title or {f.title, f.at.title if f.at else ""} & wanted]
        plan = Plan(
            self.settings.bot,
            run,
            created,
            tuple(self.changes),
            tuple(self.cells),
            tuple(self.conflicts),
            tuple(found),
            tuple(notes),
        )
        return replace(plan, pages=tuple(sorted(plan.pages, key=lambda change: sort_key(change.title))))


def _marker(merged: RowMerge, field: FicheField) -> Waiting:
    """What "à décider" says of a field: the revision shown, the one it names already if its text is still right."""
    entry = merged.match.row.waiting.get(field.name)
    shown = entry.revision if entry and merged.seen[field.name] == merged.cells[field.name] else None
    reverted = merged.verdicts[field.name].outcome is Outcome.REVERTED
    return Waiting(merged.match.head if shown is None else shown, reverted=reverted)


def _words_left(merged: RowMerge, values: Mapping[str, str], form: FicheForm) -> bool:
    """Whether some of a new page's words could not be written."""
    return any(f.name not in values for f in merged.fields(form, Outcome.TO_WIKI))


_WAITING = {
    Outcome.EMPTIED_IN_SHEET: (
        "emptied-in-sheet",
        N_(
            "the cell is empty, the wiki has text; write (vide) in the cell to empty the field on purpose, or “wiki” beside "
            "its name in “à décider” to get the text back"
        ),
    ),
    Outcome.EMPTIED_ON_WIKI: (
        "emptied-on-wiki",
        N_(
            "emptied on the wiki; the sheet keeps its text until you write “wiki” or “feuille” beside its name in “à décider”"
        ),
    ),
    Outcome.REVERTED: (
        "reverted",
        N_(
            "reverted on the wiki: somebody took this bot's edit back; it is not made again unless you change the cell, or "
            "write “wiki” (take theirs) or “feuille” (insist) beside the field's name in “à décider”"
        ),
    ),
}
