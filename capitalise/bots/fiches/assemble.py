"""A plan being drawn up: the verdicts on each row become changes on either side, conflicts and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from capitalise.bots.fiches.allowed import refusals
from capitalise.bots.fiches.fields import RowMerge
from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.bots.fiches.form_save import page_doubts, save_doubts
from capitalise.bots.fiches.matching import Match, Snapshot
from capitalise.bots.fiches.page import cell_doubts, cells_of, new_page, raw_value, spelled_cell, with_cells
from capitalise.bots.fiches.rows import DECIDE, PAGE, REVISION, TITLE, Row, Rows
from capitalise.bots.fiches.settings import FicheSettings
from capitalise.bots.fiches.status import folded
from capitalise.bots.fiches.waiting import READONLY, WAITING, in_place_of_words, unasked
from capitalise.bots.fiches.writers import in_place_of, text_by, text_writers
from capitalise.errors import Skip
from capitalise.forms.checked import Spelled
from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import who
from capitalise.plans.decisions import Asked, Number, Ref, cell_mark, mark_of, write_questions, write_rest
from capitalise.plans.merge import EMPTY, Outcome
from capitalise.plans.model import Conflict, Finding, PageChange, RowRef, SheetChange, from_sheets, sheet_names
from capitalise.wikitext.attribution import with_source
from capitalise.wikitext.canonical import canonical, digest
from capitalise.wikitext.effects import effects

__all__ = ["Draft"]


class Draft:
    """What one plan holds so far. `add` takes the rows of one page after those of the other."""

    def __init__(
        self,
        settings: FicheSettings,
        reader: Reader,
        form: FicheForm,
        snapshot: Snapshot,
        sheets: Sequence[Rows],
        findings: list[Finding],
        looked: int = 0,
        created: datetime = datetime.min,
        renamed: Callable[[FicheField, str], str] | None = None,
    ) -> None:
        self.settings, self.reader, self.form, self.snapshot = settings, reader, form, snapshot
        self.sheets = {rows.table.path: rows for rows in sheets}
        self.account, self.looked, self.created = reader.account(), looked, created
        self.renamed = renamed
        self.findings = findings
        self.changes: list[PageChange] = []
        self.cells: list[SheetChange] = []
        self.conflicts: list[Conflict] = []
        self.pages: dict[str, Mapping[str, str]] = {}  # the cells of each page as they will be

    # -- one page -----------------------------------------------------------------------------

    def add(self, group: Sequence[RowMerge]) -> None:
        """The rows of one page, one a sheet, their rivalries settled."""
        if group[0].match.head and self.titles_wait([merged.match for merged in group]):
            return
        values: dict[str, str] = {}
        for merged in group:
            values |= self.writable(merged)
            self.report(merged)
        values = self.kept_by_the_form(group[0].match, values) if values else values
        mine = [merged for merged in group if not merged.match.row.readonly]
        edited = self.edit(group, values, tuple(merged.match.row.at for merged in mine))
        if group[0].match.head or edited:
            self.pages[group[0].match.title] = {**group[0].cells, **(values if edited else {})}
        for merged in mine:
            self.row(merged, values if edited else {}, edited=edited)

    def row(self, merged: RowMerge, values: Mapping[str, str], *, edited: bool) -> None:
        """What changes in the row itself; `values` are those of the edit whose number it gets, if any."""
        row = merged.match.row
        for one in merged.fields(self.form, Outcome.TO_SHEET):
            self.cell(row, one.name, merged.verdicts[one.name].value)
        for name in merged.spelled:
            if name in values or merged.verdicts[name].outcome is Outcome.IN_STEP:
                self.cell(row, name, row.cells[name])
        # a text that is written counts for the cell it was read from:
        for name in set(values) & set(row.cells) - merged.spelled:
            typed = row.typed.get(name, "")
            self.cells.append(SheetChange(row.at, self.heading(name, row), typed, typed))
        self.bookkeeping(merged, values, edited=edited)
        self.comments(merged)

    def titles_wait(self, matches: Sequence[Match]) -> bool:
        """Deal with the titles of one page's rows; where several sheets rename it, they must agree."""
        renamed = [m for m in matches if m.renamed_in_sheet and m.title == m.row.page]
        if len({m.row.title for m in renamed}) > 1:
            for match in renamed:
                why = N_("two sheets give this page different new titles; agree on one of them")
                self.find("renamed-differently", why, match, TITLE)
            return True
        if renamed:
            self.move(renamed)
        waits = [self.moved_on_wiki(match) for match in matches if match not in renamed]
        return bool(renamed) or any(waits)

    def moved_on_wiki(self, match: Match) -> bool:
        """Take over a title that changed on the wiki; True where the row goes no further in this plan."""
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
            if row.page and not row.readonly:
                self.cell(row, TITLE, match.title)
        return False

    def move(self, matches: Sequence[Match]) -> None:
        """Plan a rename on which the rows of a page agree; their fields follow once it is done."""
        match, row = matches[0], matches[0].row
        if self.snapshot.head(row.title).revision:
            why = N_("cannot be renamed “%(title)s”: that page exists", title=row.title)
            self.find("rename-target-exists", why, match, TITLE)
        elif "move" not in self.account.rights:
            why = N_("the row says “%(title)s”, and this account may not rename pages", title=row.title)
            self.find("cannot-rename", why, match, TITLE)
        else:
            what = N_("Renamed as in the sheet %(sheet)s", sheet=sheet_names([row.at]))
            text, summary = self.text(match), self.summary(what, row.writer)
            rows = tuple(m.row.at for m in matches)
            self.changes.append(
                PageChange(self.settings.wiki, match.title, match.head, text, text, summary, (TITLE,), row.title, rows)
            )
            for renamed in matches:
                self.cell(renamed.row, PAGE, row.title)

    def spell(self, field: FicheField, cell: str, *, in_step: bool, news: bool) -> str:
        """A cell as it is called from now on where it is `in_step` with its page, and, where it is `news`, as the form writes it."""
        cell = self.renamed(field, cell) if self.renamed and in_step else cell
        found = spelled_cell(cell, field, self.form) if news else Spelled(cell)
        allowed = not self.settings.alone or set(found.rules) <= self.settings.switched_on
        return found.value if allowed else cell

    def writable(self, merged: RowMerge) -> dict[str, str]:
        """The cells that go to the wiki; those that cannot become findings."""
        values, match = {}, merged.match
        for one in merged.fields(self.form, Outcome.TO_WIKI):
            value = merged.verdicts[one.name].value
            kept = refusals(one, value, match.title, self.cells_of_pages(), self.account, new=not match.head)
            doubts = [*kept, *cell_doubts(value, one, self.form, self.raw(merged, one))]
            for doubt in doubts:
                self.find(doubt.rule, doubt.message, match, one.label, " ; ".join(doubt.candidates))
            if not doubts:
                values[one.name] = value
        if not match.head and values:
            self.complete(merged, values)
        return values

    def complete(self, merged: RowMerge, values: dict[str, str]) -> None:
        """On a page that is to be created, the form's defaults for fields without a column; mandatory fields that stay empty are said."""
        for one in self.form.fields:
            if one.name not in merged.match.row.cells and one.default:
                values[one.name] = one.default_at(self.created, self.form.language)
            if one.schema and one.schema.mandatory and not values.get(one.name):
                why = N_("the form wants this field filled: nobody can save the page there without it")
                self.find("mandatory", why, merged.match, one.label)

    def cells_of_pages(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The cells of every page, as they will be as far as that is known already."""
        for title, head in self.snapshot.listing.items():
            revision = self.snapshot.revisions.get(head)
            with suppress(Skip):
                if title not in self.pages and revision:
                    yield title, cells_of(revision, self.form)
        yield from self.pages.items()

    def raw(self, merged: RowMerge, field: FicheField) -> str:
        return raw_value(self.text(merged.match), field, self.form) if merged.match.head else ""

    def text(self, match: Match) -> str:
        return self.snapshot.revisions[match.head].text or ""

    def made(self, match: Match, values: Mapping[str, str]) -> str:
        """The page with these values. Raises Skip."""
        if match.head:
            return with_cells(self.text(match), self.form, values)
        row = match.row
        return with_source(new_page(self.form, values), row.source, row.writer, self.settings.language)

    def kept_by_the_form(self, match: Match, values: Mapping[str, str]) -> dict[str, str]:
        """Those of some values that the form's next save would keep on this page; the others are found."""
        doubts: dict[str, Message] = {}
        with suppress(Skip):  # said where the page is made
            old = self.text(match) if match.head else ""
            doubts = save_doubts(self.made(match, values), old, self.form, values, self.created)
        for one in self.form.fields:
            if one.name in doubts:
                self.find("form-save", doubts[one.name], match, one.label)
        return {name: value for name, value in values.items() if name not in doubts}

    def edit(self, group: Sequence[RowMerge], values: Mapping[str, str], rows: tuple[RowRef, ...]) -> bool:
        """Plan the edit or creation, whose number the `rows` get; False where there is none."""
        match = group[0].match
        if match.head and not values:
            return False
        old = self.text(match) if match.head else ""
        try:
            if not match.head and any(_words_left(merged, values, self.form) for merged in group):
                raise Skip(N_("the page is not created before what is said of this row is mended"))
            typed = (one.match.row.typed.get(name, "").strip() for one in group for name in values)
            if not match.head and not any(typed):
                raise Skip(N_("the row is empty but for its title; fill it in for the page to be created"))
            if not match.head and self.reader.deleted_among([match.title]):
                raise Skip(N_("a page of this title was deleted on the wiki; it is not created again"))
            new = self.made(match, values)
        except Skip as skip:
            self.find("cannot-edit" if match.head else "cannot-create", skip.message, match)
            return False
        labels = tuple(f.label for f in self.form.fields if f.name in values)
        rows_ = [m.match.row for m in group if m.fields(self.form, Outcome.TO_WIKI)] or [match.row]
        summary = self.summary(
            from_sheets([row.at for row in rows_], labels if match.head else ()), text_writers(group, values)
        ) + self.chosen(group, values)
        shown = tuple((f.label, group[0].cells[f.name], values[f.name]) for f in self.form.fields if f.name in values)
        self.changes.append(
            PageChange(self.settings.wiki, match.title, match.head, old, new, summary, labels, rows=rows, values=shown)
        )
        self.tell_effects(match, shown)
        for doubt in page_doubts(new, self.form, self.created):
            self.find(doubt.rule, doubt.message, match, suggestion=" ; ".join(doubt.candidates))
        return True

    def chosen(self, group: Sequence[RowMerge], values: Mapping[str, str]) -> str:
        """Whose text gives way, where somebody decided so."""
        users = {
            merged.writers.get(name) or head.user: None
            for merged in group
            for name in merged.decided & set(values)
            if merged.cells[name] and (head := self.snapshot.revisions.get(merged.match.head))
        }
        return in_place_of([user for user in users if user != self.account.name], self.settings.language)

    def tell_effects(self, match: Match, shown: Iterable[tuple[str, str, str]]) -> None:
        """What cells would do beside being read, that the page's did not do before; and words that are none, in the place of some."""
        for label, before, after in shown:
            if folded(after) in self.settings.placeholders and folded(before) not in ("", *self.settings.placeholders):
                self.find("placeholder", in_place_of_words(label, after), match, label)
            if more := [one for one in effects(after, self.form.tags) if one not in effects(before, self.form.tags)]:
                why = N_(
                    "once written, “%(field)s” also puts the page into a category or stores a property: %(what)s; if only "
                    "words are meant, write <nowiki> around it",
                    field=label,
                    what=", ".join(more),
                )
                self.find("more-than-words", why, match, label)

    def report(self, merged: RowMerge) -> None:
        """What waits for a person, as conflicts and findings."""
        match = merged.match
        head = self.snapshot.revisions.get(match.head)
        for one in merged.fields(self.form, Outcome.DECIDE, Outcome.OUTDATED):
            base, rival = merged.verdicts[one.name].base, merged.rivals.get(one.name)
            if rival and any(c.rival == match.row.at and c.field == one.label for c in self.conflicts):
                continue  # asked already, from the other sheet's row
            self.conflicts.append(
                Conflict(
                    self.settings.wiki,
                    match.title,
                    one.label,
                    base.revision if base else 0,
                    match.row.cells[one.name],
                    rival.cells[one.name] if rival else merged.cells[one.name],
                    "" if rival or not head else merged.writers.get(one.name) or head.user,
                    match.row.at,
                    match.head,
                    rival.at if rival else None,
                    match.row.readonly,
                )
            )
        for one in merged.waiting(self.form):
            if found := WAITING.get(merged.verdicts[one.name].outcome):
                message = READONLY if match.row.readonly else replace(found[1], values={"field": one.label})
                self.find(found[0], message, match, one.label, merged.cells[one.name])
        self.report_decisions(merged)

    def comments(self, merged: RowMerge) -> None:
        """Beside each cell that waits, what the other side says; written only with a row that changes anyway."""
        row = merged.match.row
        waiting = merged.waiting(self.form)
        if not waiting or not any(c.at == row.at and c.old != c.new for c in self.cells):
            return
        head = self.snapshot.revisions.get(merged.match.head)
        for one in waiting:
            rival = merged.rivals.get(one.name)
            writer = merged.writers.get(one.name) or (head.user if head else "")
            side = N_("wiki, %(user)s, %(when)s", user=who(writer), when=head.timestamp) if head else N_("wiki")
            side = N_("%(sheet)s, row %(row)d", sheet=rival.at.sheet, row=rival.at.row) if rival else side
            text = rival.cells[one.name] if rival else merged.cells[one.name]
            typed = row.typed.get(one.name, "")
            comment = render(
                N_(
                    "%(who)s:\n%(text)s\n→ write into “à décider”: feuille, or wiki",
                    who=side,
                    text=text[:2000] or EMPTY,
                ),
                self.settings.language,
            )
            self.cells.append(SheetChange(row.at, self.heading(one.name, row), typed, typed, comment=comment))

    def report_decisions(self, merged: RowMerge) -> None:
        """What stands in "à décider" and decides nothing."""
        match = merged.match
        answers, waiting = match.row.answers, merged.waiting(self.form)
        alone = answers.documents.get("") if waiting else None  # an import's word, where the question is the bot's
        for entry in [*self.undecided(merged), *([alone.written] if alone else [])]:
            why = (
                N_(
                    "“%(entry)s” is not understood and decides nothing; write for example: %(field)s: wiki",
                    entry=entry,
                    field=waiting[0].label,
                )
                if waiting
                else N_("nothing waits in this row: “%(entry)s” decides nothing; empty the cell", entry=entry)
            )
            self.find("decision-not-understood", why, match, DECIDE)
        for one in merged.fields(self.form, Outcome.IN_STEP):
            if one.name in answers.entries and answers.entries[one.name].decision:
                why = N_("nothing waits for “%(field)s”; the decision is taken out of the cell", field=one.label)
                self.find("decision-without-question", why, match, DECIDE)

    def undecided(self, merged: RowMerge) -> list[str]:
        """What stands in "à décider", is no answer to anything, and stays there as written."""
        row = merged.match.row
        bare = [row.typed[DECIDE].strip()] if unasked(merged) else []
        return [*row.answers.unknown, *bare]

    def bookkeeping(self, merged: RowMerge, values: Mapping[str, str], *, edited: bool) -> None:
        """The row's own columns: the page's title, its revision, and what waits."""
        match = merged.match
        left = [one for one in merged.fields(self.form, Outcome.LEFT) if one.name in match.row.questions]
        labels = [field.label for field in [*merged.waiting(self.form), *left]]
        answered = left and match.row.answers.decides  # of a field that is left: it stays as written
        if (match.head or edited or merged.rivals) and not answered:
            others = [*match.row.answers.imported, *self.undecided(merged)]
            asked = write_questions(labels, others, language=self.settings.language)
            self.cell(match.row, DECIDE, asked)
        if not (match.head or edited):
            return
        self.cell(match.row, PAGE, match.title)
        fields = self.asked(merged, values)
        if edited:
            mark = f"#{mark_of(digest(canonical(self.changes[-1].new)))}"
            self.cells.append(
                SheetChange(
                    match.row.at,
                    self.heading(REVISION, match.row),
                    match.row.typed.get(REVISION, ""),
                    None,
                    mark + write_rest(fields, self.looked),
                )
            )
        else:
            before, now = match.row.number, Number(self.ref(match.head), fields, self.looked)
            if before is None or replace(now, seen=before.seen) != before:
                self.cell(match.row, REVISION, str(now))

    def asked(self, merged: RowMerge, values: Mapping[str, str]) -> dict[str, Asked]:
        """The fields that are not in step with the row's new number: those that wait or are left, those without a column that
        the wiki changed, and those of which the edit says something else than the row."""
        row, base = merged.match.row, merged.match.base
        waiting = {f.name: self.question(merged, f) for f in merged.waiting(self.form)}
        hidden = {
            f.name: Asked(row.asked[f.name].base if f.name in row.asked else self.ref(base.id if base else 0))
            for f in self.form.fields
            if (f.name not in row.cells and (f.name in row.asked or self.changed(merged, f)))
            or (f.name in values and not _says(merged, f, values))
        }
        left = {
            f.name: row.asked.get(f.name) or Asked(Ref(base.revision, base.mark) if base else Ref())
            for f in merged.fields(self.form, Outcome.LEFT, Outcome.TO_WIKI)
            for base in [merged.verdicts[f.name].base]
            if merged.verdicts[f.name].outcome is Outcome.LEFT
            or f.name not in values  # refused: the wiki's word stays the newer one
        }
        return {**hidden, **waiting, **left}

    def changed(self, merged: RowMerge, field: FicheField) -> bool:
        """Whether the page's value is another one than in the row's base, as far as that can be read."""
        base = merged.match.base
        try:
            before = cells_of(base, self.form)[field.name] if base else ""
        except Skip:
            return True
        return before != merged.cells[field.name]

    def question(self, merged: RowMerge, field: FicheField) -> Asked:
        """A field that waits, with what people are shown of it: once, as long as that stays what the page says."""
        verdict, before = merged.verdicts[field.name], merged.match.row.asked.get(field.name)
        base = verdict.base
        same = before and before.shown and merged.seen.get(field.name) == merged.cells[field.name]
        shown = before.shown if before and same else self.ref(merged.match.head)
        kind = "=" if field.name in merged.rivals else "!" if verdict.outcome is Outcome.REVERTED else "?"
        cell = before.cell if before and same and before.kind == kind else cell_mark(merged.match.row.cells[field.name])
        return Asked(Ref(base.revision, base.mark) if base else Ref(), shown, kind, cell)

    def ref(self, number: int) -> Ref:
        """A revision with the mark of its text."""
        found = self.snapshot.revisions.get(number)
        return Ref(number, mark_of(found.sha1) if found else "")

    # -- small things -------------------------------------------------------------------------

    def heading(self, use: str, row: Row) -> str:
        return self.sheets[row.at.sheet].columns.get(use, use)

    def cell(self, row: Row, use: str, new: str | None) -> None:
        old = row.typed.get(use, "")
        if old != new:
            self.cells.append(SheetChange(row.at, self.heading(use, row), old, new))

    def find(self, rule: str, message: Message, match: Match, field: str = "", suggestion: str = "") -> None:
        self.findings.append(
            Finding(rule, message, self.settings.wiki, match.title, field=field, suggestion=suggestion, at=match.row.at)
        )

    def summary(self, what: Message, writer: str = "") -> str:
        """What is done, and whose text it is where the sheet or a proposal says so."""
        words = [what, text_by(writer)] if writer else [what]
        return " ".join(render(one, self.settings.language) for one in words)


def _words_left(merged: RowMerge, values: Mapping[str, str], form: FicheForm) -> bool:
    """Whether some of a new page's words could not be written."""
    return any(f.name not in values for f in merged.fields(form, Outcome.TO_WIKI))


def _says(merged: RowMerge, field: FicheField, values: Mapping[str, str]) -> bool:
    """Whether the row has this field, and says of it what the edit says."""
    return field.name in merged.match.row.cells and merged.verdicts[field.name].value == values[field.name]
