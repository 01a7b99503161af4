"""A wikitable and a sheet into one plan. Reads, never writes.

Rows are found by their key, wherever they stand on either side; each cell is merged by the table of plans/merge.py, its base being the
page's text at the revision that the row was last in step with. On the page only the characters of the cells in question change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import pairwise

from capitalise.bots.kind import Task
from capitalise.bots.table.settings import TableSettings
from capitalise.bots.table.sheet_side import SheetRow, SheetSide, headings, read_sheet
from capitalise.bots.table.wiki_side import Side, key_of, read_side, side_of
from capitalise.bots.table.written import Written
from capitalise.errors import SettingsError, SheetError
from capitalise.messages import N_, Message, render
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import normal_title
from capitalise.plans.decisions import (
    DECIDE,
    REVISION,
    Asked,
    Number,
    Ref,
    cell_mark,
    mark_of,
    write_questions,
    write_rest,
)
from capitalise.plans.merge import Base, Decision, Outcome, Step, Verdict, merge
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef, SheetChange, SheetLook, from_sheets
from capitalise.plans.reverts import without_imported, without_mishaps
from capitalise.plans.run_ids import run_of
from capitalise.sheets.sorted_alone import sorted_alone
from capitalise.sheets.table import Table
from capitalise.wikitext.canonical import canonical, digest

__all__ = ["plan_table", "read_page"]

_WAITS = {
    Outcome.EMPTIED_IN_SHEET: (
        "emptied-in-sheet",
        N_("“%(field)s” was emptied in the sheet; to empty it on the wiki too, write (vide)"),
    ),
    Outcome.EMPTIED_ON_WIKI: ("emptied-on-wiki", N_("“%(field)s” was emptied on the wiki; decide in “à décider”")),
    Outcome.REVERTED: (
        "reverted",
        N_("“%(field)s”: somebody took the sheet's text back on the wiki; decide in “à décider”"),
    ),
}


def plan_table(settings: TableSettings, task: Task) -> Plan:
    """What would bring the table and the sheet into step. Raises SettingsError, SheetError, WikiError."""
    for page in task.request.pages:
        if normal_title(page) != settings.page:
            raise SettingsError(N_("“%(title)s” is none of the bot's pages.", title=page))
    revision, side = read_page(settings, task)
    tables = list(task.tables())
    key = next(label for label in side.labels if not settings.key or key_of(label) == key_of(settings.key))
    made = (
        []
        if tables
        else [Table(settings.sheet, headings(side.labels), (), format=settings.sheet.rpartition(".")[2].lower())]
    )
    sheet = read_sheet([*tables, *made][0], side.labels, key)
    work = _Work(settings, task, revision, side, sheet, key)
    work.add_rows()
    if made and work.cells:
        work.cells += [SheetChange(RowRef(sheet.path, 0, ""), heading, "", "") for heading in made[0].header]
    looks = tuple(_look(table, task.language) for table in made)
    return task.plan(
        1,
        [*sheet.findings, *work.findings],
        work.changes(),
        cells=tuple(work.cells),
        conflicts=tuple(work.conflicts),
        looks=looks,
    )


def read_page(settings: TableSettings, task: Task) -> tuple[Revision, Side]:
    """The page as it is, and its table. Raises SettingsError where there is no such page or table."""
    revision = _page(settings, task)
    side = read_side(revision.text or "", settings.number, settings.key, task.reader.extension_tags())
    if side is None:
        raise SettingsError(
            N_("The page “%(title)s” has no table number %(number)d.", title=settings.page, number=settings.number)
        )
    return revision, side


def _page(settings: TableSettings, task: Task) -> Revision:
    head = task.reader.heads([settings.page])[settings.page]
    found = task.reader.revisions([head.revision]).get(head.revision) if head.revision else None
    if found is None or head.redirect:
        raise SettingsError(N_("There is no page “%(title)s” on “%(wiki)s”.", title=settings.page, wiki=task.wiki))
    return found


def _look(table: Table, language: str) -> SheetLook:
    answers = (DECIDE, tuple(decision.value for decision in (Decision.SHEET, Decision.WIKI)))
    refusal = render(N_("This column is kept by capitalise."), language)
    return SheetLook(table.path, (answers,), (DECIDE, REVISION), (REVISION,), refusal, open=(DECIDE,))


@dataclass
class _Work:
    """Both sides on their way into a plan."""

    settings: TableSettings
    task: Task
    revision: Revision
    side: Side
    sheet: SheetSide
    key: str
    cells: list[SheetChange] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    wanted: list[tuple[SheetRow, dict[str, str]]] = field(default_factory=list)  # texts for cells of the wiki, by row
    new: list[SheetRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        tags, settings = self.task.reader.extension_tags(), self.settings
        read = partial(read_side, number=settings.number, key=settings.key, tags=tags)
        self.page = Written(self.revision.text or "", self.side, read)

    # -- what earlier revisions say ---------------------------------------------------------------

    @cached_property
    def known(self) -> Mapping[int, tuple[Revision, Side]]:
        """The revisions that the sheet's rows go on from, and the table in each."""
        wanted = {ref.revision for row in self.sheet.rows.values() for ref in row.number.refs if ref.revision}
        found = self.task.reader.revisions(sorted(wanted - {self.revision.id})) if wanted else {}
        there = {**found, self.revision.id: self.revision}
        same = {number: one for number, one in there.items() if one.title == self.revision.title}
        return {number: (one, side) for number, one in same.items() if (side := self._side(one))}

    @cached_property
    def history(self) -> Sequence[tuple[Revision, Side, bool]]:
        """The page's past, oldest first, with the table in each revision, and whether a run of ours saved it."""
        account = self.task.reader.account().name
        whole = without_mishaps(self.task.reader.history(self.revision.title), account)
        local = without_imported(whole)
        return [
            (one, side, one.user == account and run_of(one.comment) is not None and one.id in local)
            for one in whole
            if (side := self._side(one))
        ]

    def _side(self, revision: Revision) -> Side | None:
        if revision.id == self.revision.id:
            return self.side
        return side_of(revision, self.settings.number, self.settings.key, self.task.reader.extension_tags())

    def at(self, ref: Ref) -> tuple[Revision, Side] | None:
        """The table at a revision, where that is the one that the sheet means: its mark is that of its text."""
        found = self.known.get(ref.revision)
        return found if found and ref.mark in ("", mark_of(found[0].sha1)) else None

    # -- rows -------------------------------------------------------------------------------------

    def add_rows(self) -> None:
        verdicts = {name: self.merged(row) for name, row in self.sheet.rows.items() if name in self.side.rows}
        self.refuse_damaged(verdicts)
        for name, row in self.sheet.rows.items():
            if name in verdicts:
                self.add(row, verdicts[name])
            elif name not in {key_of(one) for one in (*self.side.twice, *self.side.spanned)}:
                self.add_new(row)
        for words in self.side.spanned:
            why = N_(
                "the row “%(row)s” has joined cells, too few of them, or a table inside: it is left alone", row=words
            )
            self.findings.append(self.task.found("spans", why, self.revision))
        for words in self.side.twice:
            why = N_("the row “%(row)s” stands in the table twice: it is left alone", row=words)
            self.findings.append(self.task.found("double-row", why, self.revision))
        for name, cells in self.side.values.items():
            if name not in self.sheet.rows and not any(
                one.at and key_of(one.at.title) == name for one in self.sheet.findings
            ):
                self.add_to_sheet(cells)

    def merged(self, row: SheetRow) -> dict[str, Verdict]:
        """A verdict on each cell of a row that both sides have."""
        return {label: self.verdict(row, label, cell) for label, cell in row.cells.items() if label != self.key}

    def verdict(self, row: SheetRow, label: str, cell: str) -> Verdict:
        asked, now = row.number.fields.get(label), self.side.value(row.key, label) or ""
        base = self.base(row, label)
        moved = cell != now and (base is None or base.value != now)
        seen = self.shown(row, label)
        decision = self.decision(row, label)
        if (
            decision is Decision.WIKI
            and asked
            and asked.cell not in ("", cell_mark(cell))
            and not self.preferred(row, label)
        ):
            seen = None  # the sheet's text came after the question: nobody said that it may go
        return merge(
            cell,
            now,
            base,
            self.trail(row.key, label) if moved else (),
            decision,
            now if self.preferred(row, label) else seen,
            told=bool(asked and asked.kind == "!" and asked.shown),
            asked_at=asked.shown.revision if asked and asked.shown else 0,
            numbered=bool(row.number.ref.revision),
        )

    def base(self, row: SheetRow, label: str) -> Base | None:
        ref = row.number.fields[label].base if label in row.number.fields else row.number.ref
        found = self.at(ref)
        value = found[1].value(row.key, label) if found else None
        return Base(found[0].id, value, mark_of(found[0].sha1)) if found and value is not None else None

    def shown(self, row: SheetRow, label: str) -> str | None:
        asked = row.number.fields.get(label)
        found = self.at(asked.shown) if asked and asked.shown else None
        return found[1].value(row.key, label) if found else None

    def trail(self, name: str, label: str) -> list[Step]:
        return [
            Step(one.id, value, ours, mark_of(one.sha1))
            for one, side, ours in self.history
            if (value := side.value(name, label)) is not None
        ]

    def preferred(self, row: SheetRow, label: str) -> Decision | None:
        names = (_field(row, label), label)
        asked = self.task.request.prefers
        return next((one.decision for one in asked if one.is_for(self.settings.page, row.at.sheet, names)), None)

    def decision(self, row: SheetRow, label: str) -> Decision | None:
        questions = [name for name, one in row.number.fields.items() if one.shown]
        entry = row.answers.entries.get(label)
        said = self.preferred(row, label) or (entry.decision if entry else None)
        if said is None and questions == [label]:
            said = row.answers.bare
        return said if said in (Decision.SHEET, Decision.WIKI) else None

    def refuse_damaged(self, verdicts: Mapping[str, Mapping[str, Verdict]]) -> None:
        """Stop before a column that was sorted alone puts every text into somebody else's row."""
        columns: dict[str, dict[int, tuple[str, str]]] = {}
        for name, some in verdicts.items():
            row = self.sheet.rows[name]
            for label, one in some.items():
                if one.base and row.cells[label] != one.base.value:
                    columns.setdefault(label, {})[row.at.row] = (one.base.value, row.cells[label])
        for label, changed in columns.items():
            if sorted_alone(changed):
                raise SheetError(
                    N_(
                        "%(file)s looks damaged: the column “%(column)s” seems to have been sorted or moved alone (%(rows)d rows "
                        "hold other rows' text, the first is row %(first)d). Nothing was done: undo that in the sheet.",
                        file=self.sheet.path,
                        column=label,
                        rows=len(changed),
                        first=min(changed),
                    )
                )

    # -- what becomes of a row --------------------------------------------------------------------

    def add(self, row: SheetRow, verdicts: Mapping[str, Verdict]) -> None:
        texts = {label: one.value for label, one in verdicts.items() if one.outcome is Outcome.TO_WIKI}
        texts = {} if self.sheet.readonly else self.writable(row, texts)
        if texts:
            self.wanted.append((row, texts))
        for label, one in verdicts.items():
            if one.outcome is Outcome.TO_SHEET:
                self.cell(row, label, one.value)
            elif one.outcome.waits:
                self.wait(row, label, one)
        waiting = [label for label, one in verdicts.items() if one.outcome.waits]
        others = [*row.answers.imported, *row.answers.unknown]
        self.cell(row, DECIDE, write_questions(waiting, others, language=self.task.language))
        left = [label for label, one in verdicts.items() if one.outcome is Outcome.TO_WIKI and label not in texts]
        fields = {label: self.question(row, label, verdicts[label]) for label in waiting}
        fields |= {label: Asked(_ref(verdicts[label].base)) for label in left}
        self.number(row, fields, edited=bool(texts))

    def writable(self, row: SheetRow, texts: Mapping[str, str]) -> dict[str, str]:
        """The texts that a cell can hold and that mean there what they mean in the sheet; the page gets them."""
        good = {}
        for label, text in texts.items():
            found = self.page.with_text(row.key, label, text)
            if isinstance(found, Message):
                self.findings.append(self.problem("unwritable", found, row, label))
            else:
                self.page, good[label] = found, text
        return good

    def problem(self, rule: str, why: Message, row: SheetRow, label: str = "") -> Finding:
        return Finding(rule, why, self.task.wiki, self.settings.page, field=label, at=row.at)

    def wait(self, row: SheetRow, label: str, one: Verdict) -> None:
        now = self.side.value(row.key, label) or ""
        if one.outcome in _WAITS:
            rule, why = _WAITS[one.outcome]
            why = replace(why, values={"field": label})
            self.findings.append(Finding(rule, why, self.task.wiki, self.settings.page, field=label, at=row.at))
        base = one.base.revision if one.base else 0
        if one.outcome in (Outcome.DECIDE, Outcome.OUTDATED):
            self.conflicts.append(
                Conflict(
                    self.task.wiki,
                    self.settings.page,
                    _field(row, label),
                    base,
                    row.cells[label],
                    now,
                    self.writer(row.key, label),
                    row.at,
                    self.revision.id,
                    readonly=self.sheet.readonly,
                )
            )

    def writer(self, name: str, label: str) -> str:
        """Who made a cell what it is."""
        values = [(one.user, side.value(name, label)) for one, side, _ours in self.history]
        changed = [user for (_u, old), (user, new) in pairwise(values) if old != new]
        return changed[-1] if changed else self.revision.user

    def question(self, row: SheetRow, label: str, one: Verdict) -> Asked:
        before, now = row.number.fields.get(label), self.side.value(row.key, label)
        same = bool(before and before.shown) and self.shown(row, label) == now
        kind = "!" if one.outcome is Outcome.REVERTED else "?"
        shown = before.shown if before and same else self.ref
        mark = before.cell if before and same and before.kind == kind else cell_mark(row.cells[label])
        return Asked(_ref(one.base), shown, kind, mark)

    @property
    def ref(self) -> Ref:
        return Ref(self.revision.id, mark_of(self.revision.sha1))

    def number(self, row: SheetRow, fields: Mapping[str, Asked], *, edited: bool) -> None:
        """The row's own number: of the revision to come where the row is written there, else of this one where anything changes."""
        changed = any(one.at == row.at and one.old != one.new for one in self.cells)
        if edited:
            self.cells.append(
                SheetChange(row.at, self.heading(REVISION), self.typed(row, REVISION), None, write_rest(fields, 0))
            )
        elif changed or dict(fields) != dict(row.number.fields) or not row.number.ref.revision:
            self.cell(row, REVISION, str(Number(self.ref, fields)))

    def add_new(self, row: SheetRow) -> None:
        """A row of the sheet that the table has not: a new one, or one that somebody took out there."""
        if row.number.ref.revision:
            why = N_(
                "this row stood in the table of “%(page)s” and does not any more (or has another name there): take it out of the sheet, or "
                "empty “revision” to write it again",
                page=self.settings.page,
            )
            self.findings.append(Finding("row-gone", why, self.task.wiki, self.settings.page, at=row.at))
        elif not self.sheet.readonly:
            self.new.append(row)

    def add_to_sheet(self, cells: Sequence[str]) -> None:
        texts = dict(zip(self.side.labels, cells, strict=True))
        at = RowRef(self.sheet.path, 0, texts[self.key])
        values = {
            **{label: text for label, text in texts.items() if label in self.sheet.columns},
            REVISION: str(Number(self.ref)),
        }
        self.cells += [SheetChange(at, self.heading(label), "", text) for label, text in values.items()]

    def cell(self, row: SheetRow, label: str, text: str) -> None:
        before = self.typed(row, label)
        if text != (row.cells.get(label, before) if label not in (DECIDE, REVISION) else before):
            self.cells.append(SheetChange(row.at, self.heading(label), before, text))

    def typed(self, row: SheetRow, label: str) -> str:
        return row.typed.get(self.heading(label), "")

    def heading(self, label: str) -> str:
        return self.sheet.columns.get(label, label)

    # -- the page ---------------------------------------------------------------------------------

    def changes(self) -> list[PageChange]:
        """The page with its cells and new rows; the rows' numbers are those of the revision to come."""
        written = self.page
        for row in self.new:
            cells = tuple(row.cells.get(label, "") for label in self.side.labels)
            found = written.with_row(cells)
            if isinstance(found, Message):
                self.findings.append(self.problem("unwritable", found, row))
                continue
            written = found
            self.wanted.append((row, {label: text for label, text in row.cells.items() if text}))
            number = SheetChange(row.at, self.heading(REVISION), self.typed(row, REVISION), None, "")
            self.cells.append(number)
        if not self.wanted:
            return []
        mark, ours = f"#{mark_of(digest(canonical(written.text)))}", {row.at for row, _texts in self.wanted}
        self.cells = [
            replace(one, after=mark + one.after) if one.new is None and one.at in ours else one for one in self.cells
        ]
        fields = tuple(dict.fromkeys(label for _row, texts in self.wanted for label in texts))
        summary = render(from_sheets([row.at for row, _texts in self.wanted], fields), self.task.language)
        values = [
            (_field(row, label), self.side.value(row.key, label) or "", new)
            for row, texts in self.wanted
            for label, new in texts.items()
        ]
        change = PageChange(
            self.task.wiki,
            self.settings.page,
            self.revision.id,
            self.revision.text or "",
            written.text,
            summary,
            fields,
            rows=tuple(row.at for row, _texts in self.wanted),
            values=tuple(values),
        )
        return [change]


def _field(row: SheetRow, label: str) -> str:
    return f"{row.at.title} · {label}"


def _ref(base: Base | None) -> Ref:
    return Ref(base.revision, base.mark) if base else Ref()
