"""A value before it is written: as the form writes it where only one spelling is right, and what is wrong with it otherwise.

The rules are the normaliser's own (`forms/rules`); what the form and Semantic MediaWiki will make of a value is asked of `kept` and `stored`.
Nothing here guesses: a value with two possible meanings, or with a nearest one that is not certain, is a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from capitalise.forms.inputs import CHECKED_DATES, LISTS, SORTED
from capitalise.forms.kept import NEVER_OPENS, kept_value
from capitalise.forms.rules.amounts import written_number
from capitalise.forms.rules.choices import nearest
from capitalise.forms.rules.dates import written_date
from capitalise.forms.rules.lists import split
from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.schema import Kind, SchemaField
from capitalise.forms.stored import storage_doubts
from capitalise.forms.values import normalise_value
from capitalise.messages import N_
from capitalise.pages.revisions import Account

__all__ = ["Spelled", "may_fill", "spelled", "unlisted", "value_doubts"]

_EMAIL = re.compile(r"[^\s@,;:]+@[^\s@,;]+\.[^\s@,;]+")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: [AP]M)?")
MOST_PATTERN = 200  # letters of a pattern that a form gives, and of a value that it is held against
MOST_REPEATS = 3  # in a pattern
_WILD = re.compile(r"\)\s*[*+{?]|\\[1-9bBk]|\(\?")  # repeated groups, references, looks around
MOST_NAMED = 12  # values of a form that a sentence lists


@dataclass(frozen=True)
class Spelled:
    """A value as the form writes it, and the rules that made it so (none: it is what it was)."""

    value: str
    rules: tuple[str, ...] = ()


def spelled(value: str, field: SchemaField, world: World) -> Spelled:
    """The one right spelling of a value that the form spells otherwise: `cc by-sa` → `CC BY-SA`, `oui` → `Oui`, `a;b` → `a, b`."""
    if field.input.startswith("datetime") and _MOMENT.fullmatch(value):
        kept = kept_value(value, field, language=world.language)
        return Spelled(value if kept == NEVER_OPENS else kept, ("date",) if kept not in (value, NEVER_OPENS) else ())
    if not value or field.disputed or field.kind in (Kind.OTHER, Kind.CALLS):
        return Spelled(value)
    found = normalise_value(value, field, world, _rules(field))
    if found.doubts:
        return Spelled(value)
    kept = kept_value(found.value, field, language=world.language)
    if kept != found.value and _same(kept, found.value, field):
        return Spelled(kept, (*found.rules, "list-spacing" if field.several else "date"))
    return Spelled(found.value, found.rules)


def _rules(field: SchemaField) -> frozenset[str]:
    """Those that leave no doubt for a field of this kind: words of people's own are never touched."""
    rules = {"choice"} if field.values else set[str]()
    if field.input == "checkbox":
        rules.add("boolean")
    if field.several and field.values and field.closed:
        rules |= {"list-delimiter"}
    if field.input in LISTS and field.values:
        rules |= {"list-double", "list-spacing"}
    return frozenset(rules | ({"list-order"} if field.input in SORTED else set()))


def _same(kept: str, value: str, field: SchemaField) -> bool:
    """Whether a save would change the layout only: the same items, the same figures in the same order."""
    if field.several:
        return split(kept, field) == split(value, field)
    figures = [[int(one) for one in re.findall(r"[0-9]+", text)] for text in (kept, value)]
    whole = re.fullmatch(r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}", value)
    return field.input in CHECKED_DATES and bool(whole) and figures[0] == figures[1]


def value_doubts(value: str, raw: str, field: SchemaField, language: str = "fr") -> Iterator[Doubt]:
    """What is wrong with a value (`raw` as it would stand on the page): what the form would delete, refuse or change, what Semantic
    MediaWiki would not store as it is meant. Each with the nearest right value, where there is one."""
    if not value:
        if field.mandatory:
            yield Doubt("mandatory", N_("the form wants this field filled: without it nobody can save the page there"))
        return
    if unknown := _unknown(value, field, language):
        yield unlisted(unknown, field.values)
        return
    doubts = [*_unkept(value, field, language), *_refused(value, field), *storage_doubts(raw, field, language)]
    near = _nearest(value, field, language) if doubts and not doubts[0].candidates else ()
    yield from (replace(one, candidates=one.candidates or near) for one in doubts[:1])
    yield from _limits(value, field)


def may_fill(field: SchemaField, account: Account) -> bool:
    """Whether an account may fill a field (PFFormField: `restricted`)."""
    if field.restricted is None:
        return True
    return (
        bool(set(field.restricted) & account.groups) if field.restricted else "editrestrictedfields" in account.rights
    )


def _unknown(value: str, field: SchemaField, language: str) -> str:
    """The first part of a value that a closed list does not have."""
    if not field.closed or field.kind == Kind.CALLS:
        return ""
    items = split(value, field) if field.several else [value]
    return next((item for item in items if item not in field.values and not _amount_of(item, field, language)), "")


def _amount_of(item: str, field: SchemaField, language: str) -> bool:
    """Whether a number is one of the list, written otherwise, where no form looks at its spelling."""
    return field.input == "text" and not any(storage_doubts(item, field, language))


def unlisted(unknown: str, allowed: Sequence[str]) -> Doubt:
    """A value that a closed list does not have, with the nearest one."""
    begins = [one for one in allowed if one.casefold().startswith(unknown.casefold())]
    near = [*begins[:1], *nearest(unknown, allowed)][:1]
    some = allowed[:MOST_NAMED]
    values = " ; ".join(some) + (" ; …" if len(allowed) > len(some) else "")
    if near:
        why = N_(
            "“%(value)s” is not one of the form's values; did you mean “%(near)s”? They are: %(values)s",
            value=unknown,
            near=near[0],
            values=values,
        )
    else:
        why = N_("“%(value)s” is not one of the form's values, which are: %(values)s", value=unknown, values=values)
    return Doubt("unknown-value", why, tuple(near))


def _unkept(value: str, field: SchemaField, language: str) -> Iterator[Doubt]:
    """What the next save in the form would make of the value."""
    if field.kind == Kind.CALLS:
        return
    kept = kept_value(value, field, language=language)
    if kept in (value, value.strip()):
        return
    if kept == NEVER_OPENS:
        why = N_("the form could not be opened any more: it does not understand the date “%(value)s”", value=value)
    elif kept and field.several:
        why = N_("the form would make “%(kept)s” of it at its next save", kept=kept)
    elif kept:
        why = N_("“%(value)s”: the form would make “%(kept)s” of it at its next save", value=value, kept=kept)
    else:
        why = N_("“%(value)s”: the form does not understand it and would delete it at its next save", value=value)
    yield Doubt("form-save", why)


def _nearest(value: str, field: SchemaField, language: str) -> tuple[str, ...]:
    """What a date or a number was probably meant to be."""
    world = World(language)
    dates = field.kind == Kind.DATE or field.input.endswith(("date", "datetime", "picker"))
    rule = written_date if dates else written_number if field.kind == Kind.NUMBER else None
    found = rule(value, field, world) if rule else value
    if isinstance(found, Doubt):
        return found.candidates
    whole = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", found)
    return (found,) if found != value and (whole or field.input != "datepicker") else ()


def _refused(value: str, field: SchemaField) -> Iterator[Doubt]:
    """What the form's own scripts refuse, so that nobody could save the page there (libs/PageForms.js)."""
    pattern = _pattern(field)
    if pattern and len(value) <= MOST_PATTERN and not pattern.search(value):
        said = field.source.option("message") or pattern.pattern
        yield Doubt("form-refuses", N_("the form refuses “%(value)s”: %(why)s", value=value, why=said))
    by_type = not field.source.input and not field.several
    if by_type and field.stored.type == "_ema" and not _EMAIL.fullmatch(value[:320]):
        near = (value.removeprefix("mailto:"),) if value.startswith("mailto:") else ()
        why = N_("the form refuses “%(value)s”: it wants one e-mail address", value=value[:320])
        yield Doubt("form-refuses", why, near)


def _pattern(field: SchemaField) -> re.Pattern[str] | None:
    """The pattern of an input of the type `regexp` (mw:Extension:Page Forms Inputs), where Python reads it as browsers do, and in no time: one
    with repeated groups may take for ever."""
    found = re.fullmatch(r"/(.*)/([a-z]*)", field.source.option("regexp"))
    if field.input != "regexp" or field.source.has("inverse") or not found or len(found[1]) > MOST_PATTERN:
        return None
    text = found[1].replace(field.source.option("or char") or "!", "|")
    if _WILD.search(text) or len(re.findall(r"[*+{]", text)) > MOST_REPEATS:
        return None
    try:
        return re.compile(text, re.ASCII | (re.IGNORECASE if "i" in found[2] else re.NOFLAG))
    except re.error:
        return None


def _limits(value: str, field: SchemaField) -> Iterator[Doubt]:
    most = field.most_characters
    if most and len(value) > most:
        why = N_("%(length)d characters, the form allows %(most)d: shorten it", length=len(value), most=most)
        yield Doubt("limit", why)
    most = field.most_values
    if most and (count := len(split(value, field))) > most:
        yield Doubt("limit", N_("%(count)d values, the form allows %(most)d: take some out", count=count, most=most))
