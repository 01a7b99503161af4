"""A revert is an answer: an edit of ours that a person took back is not made again by any bot.

An edit that the run itself took back, because the wiki had merged it badly, is no answer: it never was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from capitalise.pages.revisions import Revision
from capitalise.plans.run_ids import run_of

__all__ = ["taken_back", "without_mishaps"]


def taken_back(history: Sequence[Revision], account: str, part: Callable[[str], str]) -> Revision | None:
    """The revision of a history, oldest first, in which people took our last edits of a `part` of its text back, if any.

    They did where the part no longer reads as after our last edit but as at some time before it: a rollback undoes
    several edits at once (RollbackPage.php).
    """
    parts = [part(revision.text or "") for revision in history]
    changed = [
        n for n in range(1, len(parts)) if parts[n] != parts[n - 1]
    ]  # edits of other parts say nothing of this one
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
