"""What was really saved: the new revision's parent and text, judged.

MediaWiki merges concurrent edits on its own and does not say so: of 37 merged edits 29 reported
`oldrevid` = base. Truth is the parent and the sha1 of the saved revision, read back.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum

from capitalise.pages.revisions import Revision
from capitalise.wikitext.calls import Call, find_calls
from capitalise.wikitext.canonical import digest

__all__ = ["Truth", "judge", "merge_is_sound"]


class Truth(Enum):
    """What became of an edit that the wiki called a success."""

    SAVED = "saved as planned"
    MERGED = "merged by the wiki with somebody's edit; nothing was lost"
    SWALLOWED = "somebody's edit was overwritten"
    BROKEN = "the wiki's merge doubled, lost or changed a value"
    UNKNOWN = "the revision cannot be read back"


def judge(base: str, ours: str, saved: Revision | None, theirs: Revision | None, *, direct: bool) -> Truth:
    """`base` and `ours` are the plan's texts. `direct`: nothing but null revisions stands between the
    base and the saved revision, else `theirs` is the saved revision's parent."""
    if saved is None:
        return Truth.UNKNOWN
    unchanged = saved.sha1 == digest(ours)
    if direct:
        return Truth.SAVED if unchanged else Truth.BROKEN
    if theirs is None or theirs.text is None or saved.text is None:
        return Truth.UNKNOWN
    if unchanged:
        return Truth.SAVED if theirs.text == base else Truth.SWALLOWED
    return Truth.MERGED if merge_is_sound(base, ours, theirs.text, saved.text) else Truth.BROKEN


def merge_is_sound(base: str, ours: str, theirs: str, merged: str) -> bool:
    """Whether every value of every call is the changed one of its side, and none stands twice."""
    calls = [find_calls(text) for text in (base, ours, theirs, merged)]
    if len({tuple(call.name for call in each) for each in calls}) != 1:
        return False
    return all(_sound(*same) for same in zip(*calls, strict=True))


def _sound(base: Call, ours: Call, theirs: Call, merged: Call) -> bool:
    names = Counter(parameter.name for parameter in merged.parameters)
    old, mine, other, new = (call.values() for call in (base, ours, theirs, merged))
    doubled = any(times > 1 for times in names.values())
    return not doubled and all(
        new.get(name, "") == (mine if mine.get(name, "") != old.get(name, "") else other).get(name, "")
        for name in {*old, *mine, *other, *new}
    )
