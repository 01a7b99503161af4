"""A no is for good: what this bot changed once and somebody changed back, in whole or in part, is not changed again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from capitalise.messages import N_, Message
from capitalise.normalise.page import Prepared
from capitalise.normalise.structure import Change
from capitalise.pages.revisions import Revision
from capitalise.plans.diff import word_diff
from capitalise.plans.run_ids import run_of
from capitalise.wikitext.calls import Call, find_calls

__all__ = ["refused"]

Pair = tuple[str, str, str]


def refused(history: Sequence[Revision], account: str, changes: Sequence[Change], prepared: Prepared) -> Message | None:
    """Why some changes are not made, by the page's history, oldest first; None where nobody ever undid them.

    A change is refused where a run of this account replaced the same words of the same field by the same words before,
    and they stand there again. Words are compared, not only whole values: of two that the bot changed, a person may
    have kept one.
    """
    wanted = {pair for c in changes for pair in _pairs(c.label, c.before, c.after)}
    for before, after in pairwise(history):
        if after.user == account and run_of(after.comment):
            done = _done(before.text or "", after.text or "", prepared)
            if wanted & {pair for label, old, new in done for pair in _pairs(label, old, new)}:
                return N_(
                    "the bot made this change before (%(when)s), and it is gone again: it is not made a second time",
                    when=f"{after.timestamp:%Y-%m-%d}",
                )
    return None


def _pairs(label: str, old: str, new: str) -> Iterator[Pair]:
    """The whole value, and what goes and what comes in its place, piece by piece; signs alone say too little."""
    yield label, old, new
    gone = came = ""
    for piece in [*word_diff(old, new), None]:
        if piece is None or piece.kind == " ":
            if any(c.isalnum() for c in gone + came):
                yield label, gone.strip(), came.strip()
            gone = came = ""
        elif piece.kind == "-":
            gone += piece.text
        else:
            came += piece.text


def _done(old: str, new: str, prepared: Prepared) -> Iterator[Pair]:
    """What an edit changed, by field: values, and names that were mended. Calls are paired by their template."""
    before, after = _by_template(old, prepared), _by_template(new, prepared)
    for name in before.keys() & after.keys():
        template = prepared.templates[name]
        for one, other in zip(before[name], after[name], strict=False):
            mine, its = one.values(), other.values()
            for key in mine.keys() | its.keys():
                field = template.fields.get(key)
                label = field.label if field else key
                if key in mine and key in its:
                    if mine[key] != its[key]:
                        yield label, mine[key], its[key]
                elif key in its:
                    yield from (
                        (label, f"|{gone}=", f"|{key}=") for gone in mine.keys() - its.keys() if mine[gone] == its[key]
                    )


def _by_template(text: str, prepared: Prepared) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = defaultdict(list)
    for call in find_calls(text, prepared.tags) if prepared.pattern.search(text) else ():
        template = prepared.of(call)
        key = next((name for name, one in prepared.templates.items() if one is template), "")
        if key:
            found[key].append(call)
    return found
