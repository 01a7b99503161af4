"""A revert is an answer: an edit of ours that a person took back, or undid with `capitalise undo`, is not made again by any bot.

An edit that the run itself took back, because the wiki had merged it badly, is no answer: it never was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from capitalise.pages.revisions import Revision
from capitalise.plans.lines import counted_lines, merged_lines
from capitalise.plans.run_ids import run_of, undone_run

__all__ = ["TakenOut", "made_before", "taken_back", "undone", "without_imported", "without_mishaps", "without_undone"]

Part = Callable[[str], str]


@dataclass(frozen=True)
class TakenOut:
    """What `undo` did to a part of a page: the `run` that it undid, the part's text before and after; `before` is None where a
    hidden revision keeps it."""

    run: str
    before: str | None
    after: str

    @property
    def added(self) -> Counter[str]:
        """What the run had put in, as far as it tells anything: lines that stand nowhere else; of equal ones (`|-` of a table) only where
        nothing else was put in, how many more."""
        return _telling(self.before or "", self.after)

    @property
    def gone(self) -> Counter[str]:
        """What the run had taken out, in the same way."""
        return _telling(self.after, self.before or "")

    def stands(self, old: str, new: str) -> bool:
        """Whether a run that made `new` of `old` left the lines in question alone."""
        put, took = counted_lines(new) - counted_lines(old), counted_lines(old) - counted_lines(new)
        return (
            self.before is not None
            and not self._meets(self.added, put, self.after)
            and not self._meets(self.gone, took, self.before)
        )

    @staticmethod
    def _meets(lines: Counter[str], moved: Counter[str], other: str) -> bool:
        """Whether lines are among those that were moved: one that stands nowhere else says it alone, equal ones only all together."""
        alone = not lines & counted_lines(other)
        return bool(lines & moved) if alone else bool(lines) and lines <= moved

    def restored(self, now: str) -> bool:
        """Whether a part reads again as the run had made it."""
        made, there = counted_lines(self.before or ""), counted_lines(now)
        known = self.before is not None and bool(self.added or self.gone)
        return (
            known
            and all(there[line] >= made[line] for line in self.added)
            and all(there[line] <= made[line] for line in self.gone)
        )


def _telling(one: str, other: str) -> Counter[str]:
    """The lines that `one` has and `other` has not, or where there are none, those of which it has more."""
    more = counted_lines(one) - counted_lines(other)
    alone = Counter({line: count for line, count in more.items() if not counted_lines(other)[line]})
    return alone or more


def undone(history: Sequence[Revision], account: str, part: Part) -> list[TakenOut]:
    """What undos took out of a part and nobody has decided otherwise about since, by a history, oldest first: a run that wrote
    those lines anew, somebody who put them in again or left the part empty, an undo of the undo."""
    out: dict[str, TakenOut] = {}
    undos: set[str] = set()
    emptied = False
    for before, after in pairwise(history):
        old, new = (None if one.text is None else part(one.text) for one in (before, after))
        if old == new and new is not None:
            continue
        run = run_of(after.comment) if after.user == account else None
        emptied = run is None and new == ""
        if run and not (of := undone_run(after.comment)):
            out = {key: one for key, one in out.items() if one.stands(old or "", new or "")}
        elif run:
            undos.add(run[0])
            out.pop(of, None)
            out |= {} if of in undos else {run[0]: TakenOut(of, old, new or "")}
    now = part(history[-1].text or "") if history else ""
    return [] if emptied else [one for one in out.values() if not one.restored(now)]


def without_undone(out: Sequence[TakenOut], now: str, new: str) -> tuple[str, str]:
    """What may be written into a part that reads `now`, of the text `new`, and the run of which something is left out ("" for
    none). An undo is a change of what the run had written, and is merged with what the new text changes of it, line by line;
    where both change the same lines, the new text is written if it brings nothing back, and nothing otherwise."""
    text, left = new, ""
    for one in out:
        if one.before is None:
            return now, one.run
        merged = merged_lines(one.before, text, one.after)
        if merged is None:
            if one.added & counted_lines(text) - counted_lines(now):
                return now, one.run
            continue
        text, left = merged, one.run if merged != text else left
    return text, left


def taken_back(history: Sequence[Revision], account: str, part: Part) -> Revision | None:
    """The revision of a history, oldest first, in which people took our last edits of a `part` of its text back, if any.

    They did where the part no longer reads as after our last edit but as at some time before it: a rollback undoes
    several edits at once (RollbackPage.php). An undo says nothing of it, nor what people did after one.
    """
    parts = [part(revision.text or "") for revision in history]
    changed = [n for n in range(1, len(parts)) if parts[n] != parts[n - 1]]  # other parts say nothing of this one
    undos = {n for n in changed if _ours(history[n], account) and undone_run(history[n].comment)}
    ours = next((n for n in reversed(changed) if _ours(history[n], account) and n not in undos), 0)
    until = min((n for n in undos if n > ours), default=len(parts))
    last = next((n for n in reversed(changed) if n < until), 0)
    if not ours or parts[last] == parts[ours] or parts[last] not in parts[:ours]:
        return None
    return history[last]


def made_before(history: Sequence[Revision], account: str, old: str, new: str) -> Revision | None:
    """The revision of a history, oldest first, in which a run of ours made the same change as `new` would make of the page as it is (`old`),
    if any: the same line put in that somebody took out since, or taken out that somebody put back."""
    now = counted_lines(old)
    come, gone = counted_lines(new) - now, now - counted_lines(new)
    for before, after in reversed(list(pairwise(history))):
        if not _ours(after, account) or undone_run(after.comment):
            continue
        was, became = counted_lines(before.text or ""), counted_lines(after.text or "")
        taken_out = [line for line in come & (became - was) if now[line] < became[line]]
        put_back = [line for line in gone & (was - became) if now[line] > became[line]]
        if taken_out or put_back:
            return after
    return None


def without_mishaps(history: Sequence[Revision], account: str) -> list[Revision]:
    """A history, oldest first, less the edits of ours that the same run took back at once, and their taking back."""
    kept: list[Revision] = []
    for revision in history:
        if len(kept) > 1 and _mends(revision, kept[-1], kept[-2], account):
            kept.pop()
        else:
            kept.append(revision)
    return kept


def without_imported(history: Sequence[Revision]) -> frozenset[int]:
    """The revisions of a history, in the page's order, that were saved on this wiki: what is imported keeps its old time and
    gets a new number, so that a smaller one follows it (WikiRevision.php). Its account of our name is another wiki's."""
    local: set[int] = set()
    least = max((one.id for one in history), default=0) + 1
    for revision in reversed(history):
        if revision.id < least:
            local.add(revision.id)
            least = revision.id
    return frozenset(local)


def _mends(revision: Revision, mishap: Revision, before: Revision, account: str) -> bool:
    runs = [run_of(one.comment) if _ours(one, account) else None for one in (mishap, revision)]
    same_run = runs[0] is not None and runs[1] is not None and runs[0][0] == runs[1][0]
    return same_run and revision.sha1 == before.sha1 != mishap.sha1


def _ours(revision: Revision, account: str) -> bool:
    return revision.user == account and run_of(revision.comment) is not None
