"""A revert is an answer: an edit of ours that a person took back, or undid with `capitalise undo`, is not made again by any bot.

An edit that the run itself took back, because the wiki had merged it badly, is no answer: it never was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from capitalise.pages.revisions import Revision
from capitalise.plans.run_ids import run_of, undone_run

__all__ = ["TakenOut", "brings_back", "taken_back", "undone", "without_mishaps"]

Part = Callable[[str], str]


@dataclass(frozen=True)
class TakenOut:
    """What `undo` took out of a part of a page: the lines that the run had `added` and those that it had `removed`; both None
    where a hidden revision keeps them."""

    run: str
    added: frozenset[str] | None
    removed: frozenset[str] | None


def undone(history: Sequence[Revision], account: str, part: Part) -> list[TakenOut]:
    """What undos took out of a part and nobody has decided otherwise about since, by a history, oldest first: a run that wrote
    something else, somebody who put it in again, emptied the part, or undid the undo."""
    out: dict[str, TakenOut] = {}
    for before, after in pairwise(history):
        old, new = (None if one.text is None else part(one.text) for one in (before, after))
        if old == new and new is not None:
            continue
        run = run_of(after.comment) if after.user == account else None
        if run is None:
            out = {key: one for key, one in out.items() if new != "" and not _restored(one, new)}
        elif not (of := undone_run(after.comment)):
            out = {}
        elif out.pop(of, None) is None:
            out[run[0]] = TakenOut(of, *(_difference(old, new) if None not in (old, new) else (None, None)))
    return list(out.values())


def brings_back(out: Iterable[TakenOut], now: str, new: str) -> str:
    """The undone run whose work a change of a part from `now` to `new` would do again, and nothing else; else ""."""
    out = list(out)
    hidden = next((one.run for one in out if one.added is None), "")
    added, removed = _difference(new, now)
    was_added = {line for one in out for line in one.added or ()}
    was_removed = {line for one in out for line in one.removed or ()}
    again = added <= was_added and removed <= was_removed and bool(added or removed or not (was_added or was_removed))
    return hidden or (out[-1].run if out and again else "")


def _difference(one: str | None, other: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """The lines of one text that the other has not, and the reverse."""
    lines, others = (frozenset(filter(str.strip, (text or "").split("\n"))) for text in (one, other))
    return lines - others, others - lines


def _restored(out: TakenOut, new: str | None) -> bool:
    lines = frozenset((new or "").split("\n"))
    if out.added is None or out.removed is None or new is None:
        return False
    return out.added <= lines if out.added else not out.removed & lines


def taken_back(history: Sequence[Revision], account: str, part: Part) -> Revision | None:
    """The revision of a history, oldest first, in which people took our last edits of a `part` of its text back, if any.

    They did where the part no longer reads as after our last edit but as at some time before it: a rollback undoes
    several edits at once (RollbackPage.php). What was before the last `undo` is what `undone` is about.
    """
    parts = [part(revision.text or "") for revision in history]
    changed = [n for n in range(1, len(parts)) if parts[n] != parts[n - 1]]  # other parts say nothing of this one
    undo = next((n for n in reversed(changed) if _ours(history[n], account) and undone_run(history[n].comment)), 0)
    history, parts = history[undo:], parts[undo:]
    changed = [n - undo for n in changed if n > undo]
    ours = next((n for n in reversed(changed) if _ours(history[n], account)), 0)
    if not ours or parts[-1] == parts[ours] or parts[-1] not in parts[:ours]:
        return None
    return history[changed[-1]]


def without_mishaps(history: Sequence[Revision], account: str) -> list[Revision]:
    """A history, oldest first, less the edits of ours that the same run took back at once, and their taking back."""
    kept: list[Revision] = []
    for revision in history:
        if len(kept) > 1 and _mends(revision, kept[-1], kept[-2], account):
            kept.pop()
        else:
            kept.append(revision)
    return kept


def _mends(revision: Revision, mishap: Revision, before: Revision, account: str) -> bool:
    runs = [run_of(one.comment) if _ours(one, account) else None for one in (mishap, revision)]
    same_run = runs[0] is not None and runs[1] is not None and runs[0][0] == runs[1][0]
    return same_run and revision.sha1 == before.sha1 != mishap.sha1


def _ours(revision: Revision, account: str) -> bool:
    return revision.user == account and run_of(revision.comment) is not None
