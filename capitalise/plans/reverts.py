"""A revert is an answer: an edit of ours that a person took back is not made again by any bot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from capitalise.pages.revisions import Revision
from capitalise.plans.run_ids import run_of

__all__ = ["taken_back"]


def taken_back(history: Sequence[Revision], account: str, part: Callable[[str], str]) -> Revision | None:
    """The last revision of a history, oldest first, if people took our last edit of a `part` of its text back.

    They did where the part reads as before that edit, and no longer as after it.
    """
    ours = next((n for n in reversed(range(len(history))) if _ours(history[n], account)), 0)
    if not ours or ours == len(history) - 1:
        return None
    before, after, now = (part(history[n].text or "") for n in (ours - 1, ours, len(history) - 1))
    return history[-1] if now == before != after else None


def _ours(revision: Revision, account: str) -> bool:
    return revision.user == account and run_of(revision.comment) is not None
