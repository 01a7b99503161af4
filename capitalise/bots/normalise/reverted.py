"""A no is for good: a field that this bot changed and a person changed afterwards is hers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from capitalise.bots.normalise.catalogue import ALL
from capitalise.bots.normalise.page import Prepared
from capitalise.forms.kept import kept_value, same_after_save
from capitalise.forms.schema import SchemaField
from capitalise.pages.revisions import Revision
from capitalise.plans.reverts import without_mishaps
from capitalise.plans.run_ids import run_of
from capitalise.wikitext.calls import find_calls

__all__ = ["refused"]


def refused(history: Sequence[Revision], account: str, prepared: Prepared, language: str = "fr") -> dict[str, Revision]:
    """The fields, by label, that are left alone from now on, and the revision in which somebody said so.

    `history` is the page's, oldest first. It counts whatever a person did to the field after a run: taken back, in part,
    with other words added, under another name; by `capitalise undo`; through a sheet. Only what this bot's own runs did,
    known by account, run id and rule, is not a person's.
    """
    ours: dict[str, Counter[str]] = {}
    said: dict[str, Revision] = {}
    values = Values()
    for revision in without_mishaps(history, account):
        now = _values(revision.text or "", prepared)
        for key in values.keys() | now.keys():
            if values[key] == now[key]:
                continue
            label = _label(key, prepared)
            if is_ours(revision, account):
                ours.setdefault(label, values[key])
            elif label in ours and not _only_saved(values[key], now[key], ours[label], prepared.field(*key), language):
                said[label] = revision
        values = now
    return said


def _only_saved(
    old: Counter[str], new: Counter[str], before: Counter[str], field: SchemaField | None, language: str
) -> bool:
    """Whether a save in the form alone makes new values of the old ones, and not those that stood there before the bot came: the same
    words, spelled or put in order otherwise."""
    if field is None or new == before:
        return False
    gone, came = sorted((old - new).elements()), sorted((new - old).elements())
    kept = {value: kept_value(value, field, None, language) for value in gone}
    same = all(same_after_save(value, kept[value], field, language) for value in gone)
    return same and sorted(kept[value] for value in gone) == came


def is_ours(revision: Revision, account: str) -> bool:
    """Whether a run of a bot of this kind made an edit; other bots of the account write what people typed."""
    return revision.user == account and run_of(revision.comment) is not None and bool(_RULE.search(revision.comment))


#: The rule at the end of a summary's own words (planner.py).
_RULE = re.compile(rf"#(?:{'|'.join(sorted(ALL))})(?:\||\))")
Key = tuple[str, str]


class Values(dict[Key, Counter[str]]):
    """How often each value of a template's parameter stands on a page."""

    def __missing__(self, key: Key) -> Counter[str]:
        return Counter()


def _label(key: Key, prepared: Prepared) -> str:
    field = prepared.field(*key)
    return field.label if field else key[1]


def _values(text: str, prepared: Prepared) -> Values:
    found = Values()
    for call in find_calls(text, prepared.tags) if prepared.pattern.search(text) else ():
        template = prepared.of(call)
        key = next((name for name, one in prepared.templates.items() if one is template), "")
        for name, value in call.values().items() if key else ():
            found[key, name] = found[key, name] + Counter([value])
    return found
