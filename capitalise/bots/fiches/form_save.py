"""What a save in the form would do to a page that a plan writes: said before anything is written there.

The form reads a page in its own way and writes all of it anew (`forms/saves.py`). Where it reads otherwise than the wiki, or where
words would go, come twice or move, an edit is no reason to be silent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.page import read_cells
from capitalise.errors import Skip
from capitalise.forms.rules.outcome import Doubt
from capitalise.forms.saves import FormCall, NeverOpens, first_call, saved_page
from capitalise.messages import N_, Message
from capitalise.plans.merge import EMPTY
from capitalise.wikitext.calls import Call, find_calls, same_template
from capitalise.wikitext.hidden import COMMENTS, without

__all__ = ["page_doubts", "save_doubts"]

_EMPTY = re.compile(r"\|[^|={}\[\]\n]*=\s*(?=\||\}\})")  # a parameter without a value: its name is nobody's word
MOST_WORDS = 12  # that a sentence shows


def save_doubts(new: str, old: str, form: FicheForm, values: Mapping[str, str], now: datetime) -> dict[str, Message]:
    """Which of the cells `values` a save in the form would not leave alone on the page `new`, and why; `old` is the page as it stands, "" for
    none."""
    try:
        changed = _changed(new, form, values, now)
    except (NeverOpens, Skip):
        why = N_("with this the form could not be opened on the page any more, or would take it apart otherwise")
        return dict.fromkeys(values, why) if old and _opens(old, form, now) else {}  # else it is said of the page
    return {
        name: N_(
            "on this page the form would make “%(after)s” of it at its next save (it hides the field, or reads the page otherwise)",
            after=after[:80] or EMPTY,
        )
        for name, after in changed.items()
    }


def _changed(text: str, form: FicheForm, values: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What a save makes of those cells that it changes. Raises NeverOpens, and Skip where the page could not be read afterwards."""
    if not form.schema:
        return {}
    after = read_cells(saved_page(text, form.schema, now, form.language), form)
    return {name: after[name] for name, value in values.items() if after[name] != value}


def _opens(text: str, form: FicheForm, now: datetime) -> bool:
    try:
        _changed(text, form, {}, now)
    except (NeverOpens, Skip):
        return False
    return True


def page_doubts(text: str, form: FicheForm, now: datetime) -> Iterator[Doubt]:
    """What a save in the form would do to a page beside its values: nothing where it leaves all words where they are."""
    if not form.schema:
        return
    try:
        yield from _read_otherwise(text, form)
        saved = saved_page(text, form.schema, now, form.language)
    except NeverOpens:
        why = N_(
            "the form cannot be opened on this page: brackets without their pair, or a date that it does not understand"
        )
        yield Doubt("form-save", why)
        return
    before, after = (Counter(re.findall(r"\w+", _EMPTY.sub("", one))) for one in (text, saved))
    if lost := list((before - after).elements()):
        yield Doubt("form-save", N_("the next save in the form deletes from this page: %(words)s", words=_some(lost)))
    if came := [word for word in (after - before).elements() if word in before]:
        yield Doubt("form-save", N_("the next save in the form doubles on this page: %(words)s", words=_some(came)))
    if moved := _before_calls(text, form):
        why = N_("the next save in the form moves these words behind its calls: %(words)s", words=_some(moved.split()))
        yield Doubt("form-save", why)


def _read_otherwise(text: str, form: FicheForm) -> Iterator[Doubt]:
    """Where the form finds other calls or values than the wiki's readers do. Raises NeverOpens."""
    calls = find_calls(text, form.tags)
    for template in form.templates:
        mine = next((c for c in calls if same_template(c.name, template) and not c.inside), None)
        theirs = first_call(text, template)
        if mine and theirs is None:
            written = text[mine.start : mine.end].split("|", maxsplit=1)[0].strip()
            why = N_("the form does not find “%(call)s”, and adds an empty second call at its next save", call=written)
            yield Doubt("form-reads-otherwise", why, (f"{{{{{template}",))
        elif theirs and (mine is None or theirs.start != mine.start):
            why = N_("the form takes “%(call)s” in a comment or a tag for the page's call", call=f"{{{{{template}")
            yield Doubt("form-reads-otherwise", why)
        elif mine and theirs and (names := _cut(mine, theirs)):
            why = N_(
                "the form cuts “%(fields)s” at a “|” or a brace that the wiki reads otherwise; what stands behind it would be lost",
                fields=", ".join(names),
            )
            yield Doubt("form-reads-otherwise", why)


def _cut(mine: Call, theirs: FormCall) -> list[str]:
    """The parameters of which the form reads another value. Unnamed ones count from a line break in the form."""
    values = mine.values()
    return [name for name, value in values.items() if value and theirs.values.get(name, "") != value]


def _before_calls(text: str, form: FicheForm) -> str:
    """The words that readers see before the last of the form's calls on a page: not those of other calls, tags or comments."""
    calls = [c for c in find_calls(text, form.tags) if not c.inside]
    last = max((n for n, c in enumerate(calls) if any(same_template(c.name, t) for t in form.templates)), default=-1)
    words, at = "", 0
    for call in calls[: last + 1]:
        words += text[at : call.start]
        at = call.end
    return re.sub(r"</?\w+>", "", without(words, COMMENTS)).strip()


def _some(words: list[str]) -> str:
    return " ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
