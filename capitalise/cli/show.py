"""Plans, runs and errors as people read them: what, where, what to do next."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import click

from capitalise.bots.kind import IN_STEP
from capitalise.cli import paging
from capitalise.cli.rules import SUGGESTING, rule_name
from capitalise.cli.started import as_started
from capitalise.messages import N_, NP_, Message, render
from capitalise.plans.decisions import DECIDE, PAGE, REVISION
from capitalise.plans.diff import Piece, text_diff, word_diff
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef, SheetChange
from capitalise.plans.since import Since
from capitalise.runs.apply import PageOutcome, RunReport, Status
from capitalise.runs.history import PastRun, taken_back

if TYPE_CHECKING:
    from capitalise.plans.model import Check
from capitalise.messages.times import moment
from capitalise.pages.revisions import who

__all__ = ["Screen", "shown_cells"]

_COLOURS = {"-": "red", "+": "green", " ": None}
MOST_LINES = 12
FEW = 10  # pages: of more, how far a run is
SAMPLES = 3  # pages that are named of edits that are the same on more
Values = tuple[tuple[str, str, str], ...]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BOOKKEEPING = {DECIDE, PAGE, REVISION}


class Screen:
    """Where a command writes: results to standard output, progress and errors to standard error."""

    def __init__(self, language: str, rules: Mapping[str, Message] | None = None) -> None:
        """`rules` are those of the findings of a kind of bot, in words."""
        self.language, self.command, self.rules = language, as_started(), rules or {}
        self._held: list[str] | None = None  # lines of what may be long, until all are there
        self._expected = self._done = 0
        self._begun = 0.0
        self.cut = False  # whether some lines of a page were not shown
        self.nothing = IN_STEP
        self.saved_whole = False  # whether every line stands in a file that was asked for
        self.typed = ""  # the options that narrow the plan, as they were typed

    def say(self, message: Message, *, error: bool = False, **style: Any) -> None:
        if error:
            click.secho(self.text(message), err=True, **style)
        else:
            self.line(self.text(message), **style)

    def line(self, text: str = "", **style: Any) -> None:
        self._put(click.style(_clean(text), **style))

    def _put(self, styled: str) -> None:
        if self._held is None:
            click.echo(styled)
        else:
            self._held.append(styled)

    @contextmanager
    def paged(self) -> Iterator[None]:
        """What is written in between, a screen at a time where it is long."""
        held: list[str] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
            keys = self.text(N_("Space: more; q: go on")), self.text(N_("(end) q: go on"))
            paging.show("".join(f"{line}\n" for line in held), *keys)

    def text(self, message: Message) -> str:
        return _clean(render(message, self.language, self.command))

    # -- plans --------------------------------------------------------------------------------

    def plan(self, plan: Plan, *, whole: bool = False) -> None:
        """Everything a plan holds, and a line that counts it. `whole`: every line of every text, each summary, and what is answered
        in the tool's columns: who applies a plan that somebody else made sees all that it writes. The count stands below, whatever
        somebody did in the pager."""
        with self.paged():
            self._details(plan, whole=whole)
        self.line()
        self.line(self.count(plan), bold=True)
        if self.cut and not self.saved_whole:
            why = N_(
                "Not every line of these pages is shown above. All of them: capitalise plan %(bot)s%(options)s --html plan.html",
                bot=plan.bot,
                options=self.typed,
            )
            self.say(why, fg="yellow")

    def _details(self, plan: Plan, *, whole: bool) -> None:
        self._section(N_("To write on the wiki"), len(plan.pages))
        equal = {} if whole else _equal_edits(plan.pages)
        self._equal(equal)
        for number, change in enumerate(plan.pages, start=1):
            if change.values in equal:
                continue
            self._page(number, change, MOST_LINES if not (change.fields or whole or plan.bot == "undo") else 0)
            if whole:
                self.line("      " + self.text(N_("summary: %(text)s", text=change.summary)), dim=True)
        visible = [c for c in plan.cells if not c.at.title or c.old != c.new] if whole else shown_cells(plan)
        rows = _rows(plan)
        self._section(N_("To write in the sheet"), len(rows))
        self._cells(visible)
        quiet = rows - {(c.at.sheet, c.at.row, c.at.title) for c in visible}
        if quiet:
            self.line(
                "  "
                + self.text(
                    NP_(
                        "%(count)d row: nothing changes in your cells (the tool's tracking only)",
                        "%(count)d rows: nothing changes in your cells (the tool's tracking only)",
                        len(quiet),
                    )
                ),
                dim=True,
            )
        self._section(N_("Proposed: written once the rule is switched on"), len(plan.proposals))
        equal = {} if whole else _equal_edits(plan.proposals)
        self._equal(equal)
        for number, change in enumerate(plan.proposals, start=1):
            if change.values not in equal:
                self._values(number, change)
        touched = all(conflict.at is None for conflict in plan.conflicts)
        title = N_("To be decided: the sheet and the wiki say different things")
        self._section(N_("To be decided: somebody wrote where a bot writes") if touched else title, len(plan.conflicts))
        for conflict in plan.conflicts:
            self.conflict(conflict)
        self.findings(plan.findings)
        for note in plan.notes:
            self.say(note, dim=True)

    def since(self, since: Since) -> None:
        """What an earlier report did not hold, and what it held and is no more."""
        self._section(N_("New since then"), len(since.new))
        for finding in since.new:
            self.line(f"  {self._place(finding)} : {self.text(finding.message)}", fg="yellow")
        self._section(N_("Gone since then"), len(since.gone))
        for page, words in since.gone:
            self.line(f"  {page} : {words}", fg="green")
        self.line()
        self.say(
            N_(
                "Since then: %(new)d new, %(gone)d gone, %(still)d still there.",
                new=len(since.new),
                gone=len(since.gone),
                still=since.still,
            ),
            bold=True,
        )

    def count(self, plan: Plan) -> str:
        waiting = plan.conflicts or plan.findings or plan.proposals
        if plan.empty and not waiting:
            return self.text(N_("Nothing to do now.") if plan.notes else self.nothing)
        rows = len(_rows(plan))
        counts = [
            NP_("%(count)d page to write", "%(count)d pages to write", len(plan.pages)),
            NP_("%(count)d row to write", "%(count)d rows to write", rows),
            NP_("%(count)d page with proposals", "%(count)d pages with proposals", len(plan.proposals)),
            NP_("%(count)d to decide", "%(count)d to decide", len(plan.conflicts)),
            NP_("%(count)d to look at", "%(count)d to look at", len(plan.findings)),
        ]
        return ", ".join(self.text(one) for one in counts if one.count) + "."

    def findings(self, findings: Iterable[Finding]) -> None:
        findings = list(findings)
        self._section(N_("To look at"), len(findings))
        for address, near_by in groupby(findings, key=lambda finding: finding.address):
            for place, some in groupby(near_by, key=self._place):
                self.line(f"  {place}")
                for finding in some:
                    said, rule = self.text(finding.message), self.text(rule_name(finding.rule, self.rules))
                    self.line(f"      {said}{self._suggested(finding, said)}  [{rule}]", fg="yellow")
            if address:
                self.line(f"      {address}", dim=True)
        counts = Counter(self.text(rule_name(finding.rule, self.rules)) for finding in findings)
        if len(findings) > MOST_LINES:
            self.line("  " + ", ".join(f"{rule} {count}" for rule, count in counts.most_common()), dim=True)

    def _section(self, title: Message, count: int) -> None:
        if count:
            self.line()
            self.line(f"{self.text(title)} ({count})", bold=True)

    def _page(self, number: int, change: PageChange, most: int) -> None:
        """A change as a diff; of a table that a bot makes, the first `most` lines."""
        if change.move_to:
            what = self.text(N_("rename to “%(title)s”", title=change.move_to))
        elif not change.base:
            what = self.text(N_("new page"))
        else:
            what = ", ".join(change.fields)
        self.line(f"  #{number} {change.title}" + (f" : {what}" if what else ""), fg="cyan")
        pieces = list(text_diff(change.old, change.new))
        shown = pieces[:most] if most else pieces
        self.pieces(iter(shown))
        if len(shown) < len(pieces):
            more = NP_("… and %(count)d line more", "… and %(count)d lines more", len(pieces) - len(shown))
            self.line("      " + self.text(more), dim=True)
            self.cut = True

    def _equal(self, equal: Mapping[Values, Sequence[PageChange]]) -> None:
        """Edits that are the same on many pages: once, with the first of the pages."""
        for values, changes in equal.items():
            for label, before, after in values:
                self.line(f"  {len(changes)} × {label}", fg="cyan")
                self.pieces(text_diff(before, after))
            titles = ", ".join(change.title for change in changes[:SAMPLES])
            more = NP_("… and %(count)d page more", "… and %(count)d pages more", len(changes) - SAMPLES)
            self.line(f"      {titles} {self.text(more)}", dim=True)
            self.cut = True

    def _values(self, number: int, change: PageChange) -> None:
        """A change value by value."""
        self.line(f"  #{number} {change.title}", fg="cyan")
        for label, before, after in change.values:
            self.line(f"    {label}")
            self.pieces(text_diff(before, after))

    def _cells(self, cells: Iterable[SheetChange]) -> None:
        for at, group in groupby(cells, key=lambda c: c.at):
            if at.row:
                self.line(f"  {self._row(at)} : {at.title}", fg="cyan")
                for change in group:
                    self.line(f"    {change.field}")
                    self.pieces(text_diff(change.old, change.new or ""))
            else:
                cells = list(group)
                filled = [c.field for c in cells if c.new and c.new != at.title]
                new = self.text(N_("new row") if at.title else N_("new sheet, with its headings"))
                shown = f"{at.title}  ({', '.join(filled)})" if at.title else " | ".join(c.field for c in cells)
                self.line(f"  {at.sheet}, {new} : {shown}", fg="cyan")

    def conflict(self, conflict: Conflict, *, hint: bool = True) -> None:
        if not conflict.at:
            self._touched(conflict)
            return
        where = self._row(conflict.at) if conflict.at else ""
        self.line(f"  {conflict.title} : {conflict.field}" + (f"  ({where})" if where else ""), fg="cyan")
        wiki = N_("wiki, %(user)s", user=who(conflict.user))
        if conflict.rival:
            wiki = N_("%(sheet)s, row %(row)d", sheet=conflict.rival.sheet, row=conflict.rival.row)
        for name, text in ((N_("sheet"), conflict.ours), (wiki, conflict.theirs)):
            self.line(f"    {self.text(name)} :", dim=True)
            for line in text.split("\n") or [""]:
                self.line(f"      {line}")
        if not hint:
            return
        if conflict.rival:
            self.say(
                N_(
                    "    → write “%(field)s: feuille” into “à décider” of the row whose text is to stay, and run again",
                    field=conflict.field,
                ),
                fg="yellow",
            )
            return
        if conflict.readonly:
            self.say(
                N_("    → this sheet can only be read: change it there, or on the wiki, or decide with --prefer"),
                fg="yellow",
            )
            return
        self.line(
            "    → "
            + self.text(
                N_(
                    "in the column “à décider”, write “%(field)s: feuille” or “%(field)s: wiki”, and run again",
                    field=conflict.field,
                )
            ),
            fg="yellow",
        )

    def _touched(self, conflict: Conflict) -> None:
        """Words that a person wrote where a bot keeps a table, as a diff to what it would be."""
        self.line(f"  {conflict.title} : {conflict.field}", fg="cyan")
        self.pieces(text_diff(conflict.theirs, conflict.ours))
        self.say(N_("    (-: what somebody wrote on the page; +: what the bot would write)"), dim=True)
        hint = N_("    → put these words elsewhere on the page, empty what stands between the marks, and run again")
        if not conflict.base:  # between two files: nothing on the page helps
            hint = N_("    → write into “words” of that file what it shall be")
        self.say(hint, fg="yellow")

    def pieces(self, pieces: Iterator[Piece]) -> None:
        """Lines that go and come."""
        lines = list(pieces)
        skip = False
        for piece, following in pairwise([*lines, Piece(" ", "")]):
            if skip:
                skip = False
            elif piece.kind == "-" and following.kind == "+":
                self._pair(piece.text, following.text)
                skip = True
            else:
                self._one(piece)

    def _one(self, piece: Piece) -> None:
        self.line(f"      {piece.kind} {piece.text}", fg=_COLOURS[piece.kind], dim=piece.kind == " ")

    def _pair(self, old: str, new: str) -> None:
        """A line that goes and the one that takes its place, the words that differ underlined."""
        words = list(word_diff(old, new))
        for kind in "-+":
            shown = "".join(
                click.style(_clean(word.text), fg=_COLOURS[kind], bold=word.kind == kind, underline=word.kind == kind)
                for word in words
                if word.kind in (" ", kind)
            )
            self._put(click.style(f"      {kind} ", fg=_COLOURS[kind]) + shown)

    def _suggested(self, finding: Finding, said: str) -> str:
        """What a rule of the bot's kind would write, where its sentence does not say so."""
        shows = finding.rule in self.rules or finding.rule in SUGGESTING
        new = shows and finding.suggestion and finding.suggestion not in said
        return f" → {finding.suggestion}" if new else ""

    def _place(self, finding: Finding) -> str:
        told = finding.line and not finding.at and (finding.section or finding.rule in self.rules)
        line = self.text(N_("line %(line)d", line=finding.line)) if told else ""
        parts = [self._at(finding), finding.title, finding.section, line, finding.field]
        return " : ".join(part for part in parts if part)

    def _at(self, finding: Finding) -> str:
        """The row of a sheet, or the line or paragraph of a document, whose findings count them."""
        at = finding.at
        if not at or not at.row or at.row != finding.line:
            return self._row(at) if at else ""
        in_paragraphs = at.sheet.lower().endswith((".odt", ".docx"))
        where = N_("paragraph %(number)d", number=at.row) if in_paragraphs else N_("line %(line)d", line=at.row)
        return f"{at.sheet}, {self.text(where)}"

    def _row(self, at: RowRef) -> str:
        return f"{at.sheet}, " + self.text(N_("row %(row)d", row=at.row)) if at.row else at.sheet

    # -- runs ---------------------------------------------------------------------------------

    def expects(self, pages: int) -> None:
        """How many lines of a run will come, from now on."""
        self._expected, self._done, self._begun = pages, 0, time.monotonic()

    def _far(self) -> str:
        """How far a run of many pages is, and how long it will take."""
        self._done += 1
        left = (time.monotonic() - self._begun) * (self._expected - self._done) / self._done
        if self._expected <= FEW or self._done >= self._expected:
            return ""
        if left < 60:
            return f"  ({self._done}/{self._expected})"
        minutes = NP_("%(count)d minute left", "%(count)d minutes left", round(left / 60))
        return f"  ({self._done}/{self._expected}, {self.text(minutes)})"

    def outcome(self, outcome: PageOutcome) -> None:
        """A line as an edit ends."""
        mark, colour = ("✓", "green") if outcome.status.saved else ("·", "yellow")
        reason = f" – {self.text(outcome.reason)}" if outcome.reason else ""
        title = outcome.change.title + (f" → {outcome.change.move_to}" if outcome.change.move_to else "")
        if outcome.status is not Status.NOT_REACHED:
            sys.stdout.flush()  # the plan stands before what is done, in a pipe too
            far = click.style(self._far(), dim=True)
            click.echo(click.style(f"  {mark} #{outcome.number} {_clean(title)}{reason}", fg=colour) + far, err=True)

    def report(self, run: str, report: RunReport) -> None:
        """What a run did, and how to take it back."""
        self.findings(report.findings)
        left, saved = report.left, report.written
        parts = [
            NP_("%(count)d page written", "%(count)d pages written", saved),
            NP_("%(count)d cell written", "%(count)d cells written", report.cells),
            NP_("%(count)d page left as it was", "%(count)d pages left as they were", left),
        ]
        said = [self.text(one) for one in parts if one.count] or [self.text(N_("nothing was written"))]
        self.line()
        name = self.text(N_("Run %(run)s:", run=run)) + " " if report.pages else ""
        self.line(name + ", ".join(said) + ".", bold=True)
        if saved:
            self.line(self.text(N_("To take it back:\n  capitalise undo %(run)s", run=run)))

    def check(self, place: str, check: Check) -> None:
        """A line of `doctor`, and what to do where it is red."""
        mark, colour = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "yellow")}[check.good]
        self.line(f"{mark} {place}  {self.text(check.message)}", fg=colour)
        if check.hint:
            self.line(f"    → {self.text(check.hint)}")

    def history(self, wiki: str, runs: Sequence[PastRun]) -> None:
        back = taken_back(runs)
        for past in runs:
            edits = NP_("%(count)d edit", "%(count)d edits", len({number for number, _revision in past.edits}))
            said = [f"{past.id}  {wiki}  {self.text(edits)}"]
            said += [self.text(N_("took %(run)s back", run=past.takes_back))] if past.takes_back else []
            taken = back.get(past.id, 0)
            part = N_("taken back in part (%(count)d of %(all)d)", count=taken, all=len(past.edits))
            said += [self.text(N_("taken back") if taken >= len(past.edits) else part)] if taken else []
            self.line("  ".join(said), bold=True)
            for number, revision in past.edits:
                when = moment(revision.timestamp, self.language)
                self.line(f"  #{number}  {when}  {revision.title}  ({revision.id})")
            if past.gaps:
                self.line(
                    "  "
                    + self.text(
                        N_(
                            "no trace of %(numbers)s (left as they were, or deleted or hidden since)",
                            numbers=", ".join(f"#{n}" for n in past.gaps),
                        )
                    ),
                    fg="yellow",
                )


def _equal_edits(changes: Iterable[PageChange]) -> dict[Values, list[PageChange]]:
    """The changes of which more than SAMPLES say word for word the same, by what they say."""
    found: dict[Values, list[PageChange]] = {}
    for change in changes:
        if change.values and change.base and not change.move_to:
            found.setdefault(change.values, []).append(change)
    return {values: some for values, some in found.items() if len(some) > SAMPLES}


def shown_cells(plan: Plan) -> list[SheetChange]:
    """What people want to read: not the tool's own columns, not the guards, but the headings of a new sheet."""
    return [c for c in plan.cells if not c.at.title or (c.field.casefold() not in _BOOKKEEPING and c.old != c.new)]


def _rows(plan: Plan) -> set[tuple[str, int, str]]:
    """The rows in which some cell changes."""
    return {(c.at.sheet, c.at.row, c.at.title) for c in plan.cells if c.old != c.new or not c.at.row}


def _clean(text: str) -> str:
    """Without characters that would steer the terminal."""
    return _CONTROL.sub("�", text)
