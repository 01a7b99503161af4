"""Runs found again from the wiki itself: the account's contributions, by the run id in their summaries.

Nothing is kept on a laptop, so any machine sees the same runs. A gap in the numbers is an edit that
was deleted or hidden since, or that never reached the wiki; it is said, not guessed at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from capitalise.pages.revisions import Revision
from capitalise.plans.run_ids import run_of, undone_run

__all__ = ["PastRun", "find_runs", "taken_back"]


@dataclass(frozen=True)
class PastRun:
    """One run: its revisions by number in the run (a rename makes two), and the numbers that are missing."""

    id: str
    edits: tuple[tuple[int, Revision], ...]
    gaps: tuple[int, ...]

    @property
    def takes_back(self) -> str:
        """The id of the run that this one took back, "" for none."""
        return next(filter(None, (undone_run(revision.comment) for _number, revision in self.edits)), "")

    @property
    def started(self) -> datetime:
        return min(revision.timestamp for _number, revision in self.edits)


def taken_back(runs: Iterable[PastRun]) -> dict[str, int]:
    """How many edits of a run its undo made, by the run's id; an undo that was taken back itself counts no more."""
    found: dict[str, int] = {}
    for run in sorted(runs, key=lambda one: one.started, reverse=True):
        if run.takes_back and run.id not in found:
            found[run.takes_back] = found.get(run.takes_back, 0) + len(run.edits)
    return found


def find_runs(contributions: Iterable[Revision]) -> list[PastRun]:
    """The runs among an account's contributions, newest first."""
    runs: dict[str, list[tuple[int, Revision]]] = {}
    for revision in contributions:
        if found := run_of(revision.comment):
            runs.setdefault(found[0], []).append((found[1], revision))
    past = [_past(run, edits) for run, edits in runs.items()]
    return sorted(past, key=lambda run: run.started, reverse=True)


def _past(run: str, edits: list[tuple[int, Revision]]) -> PastRun:
    edits.sort(key=lambda edit: (edit[0], edit[1].id))
    numbers = {number for number, _revision in edits}
    return PastRun(run, tuple(edits), tuple(sorted(set(range(1, max(numbers))) - numbers)))
