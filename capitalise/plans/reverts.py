"""A revert is an answer: an edit of ours that a person took back is not made again by any bot.

An edit that the run itself took back, because the wiki had merged it badly, is no answer: it never was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from capitalise.pages.revisions import Revision
from capitalise.plans.run_ids import run_of

__all__ = ["taken_back", "without_mishaps"]


def taken_back(history: Sequence[Revision], account: str, part: Callable[[str], str]) -> Revision | None:
    """The last revision of a history, oldest first, if people took our last edits of a `part` of its text back.

    They did where the part no longer reads as after our last edit but as at some time before it: a rollback undoes
    several edits at once (RollbackPage.php).
    """
    ours = next((n for n in reversed(range(len(history))) if _ours(history[n], account)), 0)
    if not ours or ours == len(history) - 1:
        return None
    now, after = part(history[-1].text or ""), part(history[ours].text or "")
    earlier = {part(revision.text or "") for revision in history[:ours]}
    return history[-1] if now != after and now in earlier else None


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
