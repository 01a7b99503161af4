"""A no is for good: a field that this bot changed and a person changed afterwards is hers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from capitalise.normalise.page import Prepared
from capitalise.pages.revisions import Revision
from capitalise.plans.run_ids import run_of
from capitalise.wikitext.calls import find_calls

__all__ = ["refused"]


def refused(history: Sequence[Revision], prepared: Prepared) -> dict[str, Revision]:
    """The fields, by label, that are left alone from now on, and the revision in which somebody said so.

    `history` is the page's, oldest first. It counts whatever a person did to the field after a run: taken back, in part,
    with other words added, under another name. Runs are known by their id, so that an account's successor obeys too.
    """
    ours: set[str] = set()
    said: dict[str, Revision] = {}
    for before, after in pairwise(history):
        changed = set(_changed(before.text or "", after.text or "", prepared))
        if run_of(after.comment) is not None:
            ours |= changed
        else:
            said |= dict.fromkeys(changed & ours, after)
    return said


def _changed(old: str, new: str, prepared: Prepared) -> Iterator[str]:
    """The labels of the fields whose values an edit changed, on whichever call of their template."""
    before, after = _values(old, prepared), _values(new, prepared)
    for template, name in before.keys() | after.keys():
        if before[template, name] != after[template, name]:
            field = prepared.templates[template].fields.get(name)
            yield field.label if field else name


def _values(text: str, prepared: Prepared) -> dict[tuple[str, str], Counter[str]]:
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for call in find_calls(text, prepared.tags) if prepared.pattern.search(text) else ():
        template = prepared.of(call)
        key = next((name for name, one in prepared.templates.items() if one is template), "")
        for name, value in call.values().items() if key else ():
            found[key, name][value] += 1
    return found
