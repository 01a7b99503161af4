"""A whole plan carried out: the pages first, then what was really saved, then the sheet.

The order is what makes a crash harmless: a row gets its new number only after its page was saved, and
a page saved without its number is recognised as ours by the next plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count
from typing import Protocol

from capitalise.clock import Clock
from capitalise.errors import CapitaliseError, Skip, Stale, StoppedByPerson, Unexpected
from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Store
from capitalise.pages.revisions import Edit, Receipt, Revision
from capitalise.plans.model import Finding, PageChange, Plan, RowRef, SheetChange, SheetLook
from capitalise.plans.run_ids import summary_with
from capitalise.runs.etiquette import Etiquette, denies
from capitalise.runs.verify import Truth, judge
from capitalise.runs.writer import Writer
from capitalise.wikitext.canonical import canonical, digest

__all__ = ["PageOutcome", "RunReport", "Sheet", "Status", "apply_plan"]


class Sheet(Protocol):
    """A sheet that can be written to, cell by cell, each compared with what the plan saw."""

    def refuse_if_open(self) -> None: ...

    def rehearse(self, changes: Sequence[SheetChange], look: SheetLook | None = None) -> frozenset[RowRef]: ...

    def commit(
        self, changes: Sequence[SheetChange], look: SheetLook | None = None
    ) -> list[tuple[SheetChange, Message]]: ...


class Status(Enum):
    """What became of one page change."""

    DONE = "done"
    MERGED = "merged"
    STALE = "stale"
    SKIPPED = "skipped"
    UNDONE = "undone"
    NOT_REACHED = "not reached"

    @property
    def saved(self) -> bool:
        return self in (Status.DONE, Status.MERGED)


@dataclass(frozen=True)
class PageOutcome:
    """A page change, what became of it, and the revision it made (0: none)."""

    change: PageChange
    number: int
    status: Status
    revision: int = 0
    reason: Message | None = None


@dataclass(frozen=True)
class RunReport:
    """What a run did. `error` is what ended it early, if anything did; `last` the last number it used."""

    pages: tuple[PageOutcome, ...]
    cells: int
    findings: tuple[Finding, ...]
    error: CapitaliseError | None = None
    last: int = 0

    @property
    def written(self) -> int:
        """Pages that were saved."""
        return sum(outcome.status.saved for outcome in self.pages)

    @property
    def left(self) -> int:
        """Pages that stayed as they were, or were put back."""
        return len(self.pages) - self.written

    @property
    def refused(self) -> list[PageOutcome]:
        """The pages that could not be saved, or were put back."""
        return [one for one in self.pages if not one.status.saved and one.status is not Status.NOT_REACHED]

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at what this run could not do."""
        return bool(self.refused or self.findings)


def apply_plan(
    plan: Plan,
    stores: Mapping[str, Store],
    sheets: Mapping[str, Sheet],
    clock: Clock,
    etiquettes: Mapping[str, Etiquette] | None = None,
    first: int = 1,
    shown: Callable[[PageOutcome], None] = lambda outcome: None,
    stopping: Callable[[], bool] = lambda: False,
) -> RunReport:
    """Carry out a plan, on each wiki by its etiquette. Numbers in summaries start at `first`; `stopping` is asked
    before every edit.

    Errors that end the run are in the report, so that what was done before them is known. Raises
    SheetError before anything is done.
    """
    moved_on = _rehearsed(plan, sheets)
    manners = etiquettes or {}
    writers = {key: Writer(store, clock, manners.get(key), stopping) for key, store in stores.items()}
    outcomes, error = _edit_pages(plan, writers, first, shown, moved_on)
    findings: list[Finding] = []
    cells = 0
    numbers = count(first + len(plan.pages))
    try:
        _verify(
            outcomes,
            findings,
            writers,
            lambda what, by: summary_with(what, plan.run, next(numbers), by.etiquette.signature),
        )
        cells, refused = _write_sheets(plan, outcomes, sheets)
        findings += refused
    except CapitaliseError as failure:  # rows without their new number: the next plan recognises our edits
        error = error or failure
    except Exception as bug:
        error = error or Unexpected(bug)
    return RunReport(tuple(outcomes), cells, tuple(findings), error, next(numbers) - 1)


def _rehearsed(plan: Plan, sheets: Mapping[str, Sheet]) -> frozenset[RowRef]:
    """The rows that say something else than when the plan was made: their pages are left alone. Raises SheetError for a sheet
    that is open, or cannot be written without harm, before any page is touched."""
    moved_on: set[RowRef] = set()
    for name in {change.at.sheet for change in plan.cells}:
        sheets[name].refuse_if_open()
        look = next((one for one in plan.looks if one.sheet == name), None)
        moved_on |= sheets[name].rehearse([c for c in plan.cells if c.at.sheet == name], look)
    return frozenset(moved_on)


def _edits(plan: Plan, first: int, writers: Mapping[str, Writer]) -> list[Edit]:
    return [
        Edit(
            c.title,
            c.base,
            canonical(c.new),
            summary_with(c.summary, plan.run, n, writers[c.wiki].etiquette.signature),
            plan.created,
            c.move_to,
            digest(c.old) if c.base else "",
            c.data,
        )
        for n, c in enumerate(plan.pages, start=first)
    ]


def _edit_pages(
    plan: Plan,
    writers: Mapping[str, Writer],
    first: int,
    shown: Callable[[PageOutcome], None],
    moved_on: frozenset[RowRef],
) -> tuple[list[PageOutcome], CapitaliseError | None]:
    coming = list(zip(plan.pages, _edits(plan, first, writers), strict=True))
    outcomes: list[PageOutcome] = []
    error: CapitaliseError | None = None
    for index, (change, edit) in enumerate(coming):
        outcome = PageOutcome(change, first + index, Status.NOT_REACHED)
        if error is None:
            try:
                writer = writers[change.wiki]
                if moved_on & {*change.rows}:
                    raise Stale(N_("its row changed in the sheet since the plan was made"))
                if change.base and (why := denies(change.old, writer.store.account().name)):
                    raise Skip(why)
                receipt = writer.commit(edit, [e for c, e in coming[index + 1 :] if c.wiki == change.wiki])
                outcome = replace(outcome, status=Status.DONE, revision=receipt.revision)
                coming[index + 1 :] = [(c, _after_ours(e, edit, receipt)) for c, e in coming[index + 1 :]]
            except Stale as stale:
                outcome = replace(outcome, status=Status.STALE, reason=stale.message)
            except Skip as skip:
                outcome = replace(outcome, status=Status.SKIPPED, reason=skip.message)
            except CapitaliseError as failure:
                error = failure
            except Exception as bug:  # what was saved before it is read back all the same
                error = Unexpected(bug)
            except KeyboardInterrupt:
                error = StoppedByPerson(N_("Stopped. What was done is recorded; run the same command again to go on."))
        outcomes.append(outcome)
        try:
            shown(outcome)
        except Exception as bug:  # nobody reads on, the log's disk is full: what was saved is read back all the same
            error = error or Unexpected(bug)
    return outcomes, error


def _after_ours(edit: Edit, saved: Edit, receipt: Receipt) -> Edit:
    """A later edit of the page that was just saved (a rename after a change of text) goes on from there."""
    if edit.title != saved.title or not receipt.revision:
        return edit
    return replace(edit, base=receipt.revision, base_sha1=digest(saved.text))


# -- reading back -----------------------------------------------------------------------------


def _verify(
    outcomes: list[PageOutcome],
    findings: list[Finding],
    writers: Mapping[str, Writer],
    numbered: Callable[[str, Writer], str],
) -> None:
    """Read back every saved revision in one go per wiki, and take back what the wiki's merge broke: outcomes are
    replaced, findings added.

    `numbered` gives a summary who signs for it on this wiki, the run's id and its next number.
    """
    for wiki, writer in writers.items():
        mine = [o for o in outcomes if o.change.wiki == wiki and o.status is Status.DONE and o.revision]
        mine = [o for o in mine if not o.change.move_to]
        saved = writer.store.revisions([o.revision for o in mine]) if mine else {}
        parents = [r.parent for o in mine if (r := saved.get(o.revision)) and r.parent != o.change.base]
        theirs = writer.store.revisions(parents) if parents else {}
        for outcome in mine:
            truth = _truth(outcome, saved, theirs, writer.store)
            if truth is not Truth.SAVED:
                parent = theirs.get(saved[outcome.revision].parent) if outcome.revision in saved else None
                before = parent.text if parent else outcome.change.old
                moved = next((o for o in outcomes if _renames(o, outcome.change)), None)
                judged, finding = _after(truth, outcome, moved, writer, before, numbered)
                outcomes[outcomes.index(outcome)] = judged
                findings.append(finding)


def _renames(outcome: PageOutcome, change: PageChange) -> bool:
    """Whether the page of a change was renamed by the same run."""
    same = (outcome.change.wiki, outcome.change.title) == (change.wiki, change.title)
    return same and bool(outcome.change.move_to) and outcome.status is Status.DONE


def _truth(outcome: PageOutcome, saved: Mapping[int, Revision], theirs: Mapping[int, Revision], store: Store) -> Truth:
    change, revision = outcome.change, saved.get(outcome.revision)
    parent = revision.parent if revision else 0
    direct = parent == change.base or store.null_revisions(change.title, change.base, parent)
    return judge(change.old, canonical(change.new), revision, theirs.get(parent), direct=direct)


_SAYS = {
    Truth.MERGED: N_("the wiki merged this edit with somebody else's made at the same moment; both are there"),
    Truth.SWALLOWED: N_("somebody saved this page at the same moment; this edit was taken back so that theirs stands"),
    Truth.BROKEN: N_("the wiki stored this edit otherwise than planned; it was taken back"),
    Truth.UNKNOWN: N_("the saved revision cannot be read back; look at the page's history"),
}


def _after(
    truth: Truth,
    outcome: PageOutcome,
    moved: PageOutcome | None,
    writer: Writer,
    theirs: str | None,
    numbered: Callable[[str, Writer], str],
) -> tuple[PageOutcome, Finding]:
    change, status, message = outcome.change, Status.MERGED, _SAYS[truth]
    if truth is Truth.BROKEN and not change.base:
        message = N_("the wiki stored this new page otherwise than planned; look at it")
    elif truth in (Truth.SWALLOWED, Truth.BROKEN):
        status = Status.UNDONE
        try:
            what = render(N_("taken back: %(summary)s", summary=change.summary), writer.etiquette.language)
            summary = numbered(what, writer)
            title, base = (moved.change.move_to, moved.revision) if moved else (change.title, outcome.revision)
            writer.take_back(Edit(title, base, theirs or "", summary, writer.store.now()))
        except (Skip, CapitaliseError) as failure:
            message = N_(
                "this edit broke the page and could not be taken back (%(why)s); mend it by hand", why=failure.message
            )
    elif truth is Truth.UNKNOWN:
        status = Status.SKIPPED
    finding = Finding(f"save-{truth.name.lower()}", message, change.wiki, change.title)
    return replace(outcome, status=status, reason=message), finding


# -- the sheet --------------------------------------------------------------------------------


def _write_sheets(
    plan: Plan, outcomes: Sequence[PageOutcome], sheets: Mapping[str, Sheet]
) -> tuple[int, list[Finding]]:
    """Write the cells of rows whose page is saved as planned, or has no change.

    Not of those that the wiki merged with somebody's edit: the row's other cells have not seen that yet.
    """
    saved = {at: o for o in outcomes for at in o.change.rows}
    written, findings = 0, []
    for name, sheet in sheets.items():
        cells = [
            replace(c, new=f"{saved[c.at].revision or saved[c.at].change.base}{c.after}") if c.new is None else c
            for c in plan.cells
            if c.at.sheet == name and (c.at not in saved or saved[c.at].status is Status.DONE)
        ]
        look = next((one for one in plan.looks if one.sheet == name), None)
        refused = sheet.commit(cells, look) if cells else []
        written += sum(c.old != c.new for c in cells) - len(refused)
        findings += [
            Finding("cell-changed", message, title=c.at.title, field=c.field, at=c.at) for c, message in refused
        ]
    return written, findings
