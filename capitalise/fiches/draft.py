"""A plan being drawn up: the verdicts on each row become changes on either side, conflicts and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from capitalise.errors import Skip
from capitalise.fiches.fields import RowMerge
from capitalise.fiches.form import FicheField, FicheForm
from capitalise.fiches.matching import Match, Snapshot
from capitalise.fiches.page import cell_problem, new_page, raw_value, read_cells, with_cells
from capitalise.fiches.rows import DECIDE, PAGE, REVISION, TITLE, Row, Rows
from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader
from capitalise.plans.decisions import Waiting, write_bases, write_waiting
from capitalise.plans.merge import Outcome
from capitalise.plans.model import Conflict, Finding, PageChange, SheetChange

__all__ = ["Draft", "FicheSettings"]


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


class Draft:
    """What one plan holds so far. `add` takes one row after the other."""

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
                raise Skip(N_("the page is not created before what is said of this row is mended"))
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
                    match.head,
                )
            )
        for field in merged.waiting(self.form):
            if found := _WAITING.get(merged.verdicts[field.name].outcome):
                entry = write_waiting({field.label: _marker(merged, field)})
                message = replace(found[1], values={"entry": entry})
                self.find(found[0], message, match, field.label, merged.cells[field.name])
        self.report_decisions(merged)

    def report_decisions(self, merged: RowMerge) -> None:
        """What stands in "à décider" and decides nothing."""
        match = merged.match
        waiting = {f.label: _marker(merged, f) for f in merged.waiting(self.form)}
        example = write_waiting(dict(list(waiting.items())[:1])) + " feuille"
        for entry in match.row.not_understood:
            why = (
                N_(
                    "“%(entry)s” is not understood and decides nothing; write for example: %(example)s",
                    entry=entry,
                    example=example,
                )
                if waiting
                else N_("nothing waits in this row: “%(entry)s” decides nothing; empty the cell", entry=entry)
            )
            self.find("decision-not-understood", why, match, DECIDE)
        for field in merged.fields(self.form, Outcome.IN_STEP):
            if field.name in match.row.waiting and match.row.waiting[field.name].decision:
                why = N_("nothing waits for “%(field)s”; the decision is taken out of the cell", field=field.label)
                self.find("decision-without-question", why, match, DECIDE)

    def bookkeeping(self, merged: RowMerge, *, edited: bool) -> None:
        """The row's own columns: the page's title, its revision, and what waits."""
        match = merged.match
        if not (match.head or edited):
            return
        waiting = {f.label: _marker(merged, f) for f in merged.waiting(self.form)}
        self.cell(match.row, DECIDE, write_waiting(waiting, match.row.not_understood))
        self.cell(match.row, PAGE, match.title)
        after = write_bases(self.bases(merged))
        if edited:
            self.cells.append(
                SheetChange(match.row.at, self.heading(REVISION), match.row.typed.get(REVISION, ""), None, after)
            )
        else:
            self.cell(match.row, REVISION, f"{match.head}{after}")

    def bases(self, merged: RowMerge) -> dict[str, int]:
        """The fields that are not in step with the row's new number: those that wait, and those without a column
        that the wiki changed."""
        row = merged.match.row
        waiting = {f.name: _marker(merged, f).revision or 0 for f in merged.waiting(self.form)}
        base = merged.match.base
        hidden = {
            f.name: row.bases.get(f.name, base.id if base else 0)
            for f in self.form.fields
            if f.name not in row.cells and (f.name in row.bases or self.changed(merged, f))
        }
        return {**hidden, **waiting}

    def changed(self, merged: RowMerge, field: FicheField) -> bool:
        """Whether the page's value is another one than in the row's base, as far as that can be read."""
        base = merged.match.base
        try:
            before = read_cells(base.text or "", self.form)[field.name] if base else ""
        except Skip:
            return True
        return before != merged.cells[field.name]

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


def _marker(merged: RowMerge, field: FicheField) -> Waiting:
    """What "à décider" says of a field that waits."""
    verdict = merged.verdicts[field.name]
    return Waiting(verdict.base.revision if verdict.base else 0, reverted=verdict.outcome is Outcome.REVERTED)


def _words_left(merged: RowMerge, values: Mapping[str, str], form: FicheForm) -> bool:
    """Whether some of a new page's words could not be written."""
    return any(f.name not in values for f in merged.fields(form, Outcome.TO_WIKI))


_WAITING = {
    Outcome.OUTDATED: (
        "decision-outdated",
        N_("the wiki changed since you decided; read its new text, and write “%(entry)s feuille” or “%(entry)s wiki”"),
    ),
    Outcome.EMPTIED_IN_SHEET: (
        "emptied-in-sheet",
        N_(
            "the cell is empty, the wiki has text; write (vide) in the cell to empty the field on purpose, or “%(entry)s "
            "wiki” in “à décider” to get the text back"
        ),
    ),
    Outcome.EMPTIED_ON_WIKI: (
        "emptied-on-wiki",
        N_(
            "emptied on the wiki; the sheet keeps its text until you write “%(entry)s wiki” or “%(entry)s feuille” in “à décider”"
        ),
    ),
    Outcome.REVERTED: (
        "reverted",
        N_(
            "taken back on the wiki; it is not made again unless you change the cell. To take theirs, write “%(entry)s "
            "wiki” in “à décider”; to insist, “%(entry)s feuille”"
        ),
    ),
}
