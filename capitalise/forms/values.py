"""One value of one field through the rules of its kind, in one order. Pure; the same value a second time changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from capitalise.forms.rules.addresses import mended_scheme, plain_address, untracked
from capitalise.forms.rules.amounts import written_email, written_number, yes_or_no
from capitalise.forms.rules.choices import listed, not_listed, without_typo
from capitalise.forms.rules.dates import written_date
from capitalise.forms.rules.lists import in_order, joined, split, split_otherwise, without_doubles
from capitalise.forms.rules.outcome import Doubt, Step, World
from capitalise.forms.rules.targets import final_target, from_address, page_name
from capitalise.forms.rules.texts import bare_ends, composed, single_spaces, visible
from capitalise.forms.schema import Kind, SchemaField
from capitalise.messages import N_

__all__ = ["Outcome", "needs_rules", "normalise_value"]


@dataclass(frozen=True)
class Outcome:
    """The value as it was meant, the rules that changed it, and what is left to a person."""

    value: str
    rules: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


_TEXT: tuple[tuple[str, Step], ...] = (
    ("nfc", composed),
    ("invisible", visible),
    ("ends", bare_ends),
    ("spaces", single_spaces),
)
_STEPS: dict[Kind, tuple[tuple[str, Step], ...]] = {
    Kind.CHOICE: (("choice", listed), ("typo", without_typo)),
    Kind.DATE: (("date", written_date),),
    Kind.NUMBER: (("number", written_number),),
    Kind.BOOLEAN: (("boolean", yes_or_no),),
    Kind.EMAIL: (("email", written_email),),
    Kind.URL: (("url-typo", mended_scheme), ("url", plain_address), ("url-tracking", untracked)),
    Kind.PAGE: (("url-page", from_address), ("page-name", page_name), ("redirect", final_target)),
}
#: Without any of this no rule for texts has anything to do.
_SUSPECT = re.compile(r"[^\x00-\x7f]|[ \t]{2}|\t|[ \t]\n|&|<br", re.IGNORECASE)
#: What is read as something else than the characters that stand there.
_CONSTRUCT = re.compile(r"\[\[|\{\{|<[!/a-zA-Z]|&#?\w+;|~~~|'''?|__|\[https?:")


def normalise_value(value: str, field: SchemaField, world: World, on: frozenset[str]) -> Outcome:
    """`value` (trimmed, as between two pipes) with the rules `on`. Kinds OTHER and CALLS are left as they are."""
    if field.kind in (Kind.OTHER, Kind.CALLS) or not value:
        return Outcome(value)
    text = _text(value, field, world, on)
    if text.rules and field.closed and "choice" in on:
        text = replace(text, rules=("choice",))  # a form deletes what stands in its list with two blanks
    if not text.value or field.disputed:
        return text
    if _is_wikitext(text.value, field):
        items = split(text.value, field) if field.several else [text.value]
        strange = field.closed and not all(item in field.values for item in items)
        return replace(text, doubts=(*text.doubts, not_listed(text.value, field))) if strange else text
    if field.several:
        return _joined(text, _list(text.value, field, world, on))
    return _joined(text, _through(text.value, _STEPS.get(field.kind, ()), field, world, on))


def needs_rules(value: str, field: SchemaField) -> bool:
    """Whether any rule could have something to say: most texts hold nothing that is anybody's business."""
    return bool(value) and (field.kind != Kind.TEXT or field.several or _SUSPECT.search(value) is not None)


def _text(value: str, field: SchemaField, world: World, on: frozenset[str]) -> Outcome:
    """The rules for texts, again while one makes room for another."""
    text = Outcome(value)
    while _SUSPECT.search(text.value):
        again = _through(text.value, _TEXT, field, world, on)
        if again.value == text.value:
            break
        text = Outcome(again.value, tuple(dict.fromkeys((*text.rules, *again.rules))))
    return text


def _is_wikitext(value: str, field: SchemaField) -> bool:
    if field.kind == Kind.TEXT and not field.several:
        return True
    plain = "{{" not in value and "<" not in value
    read = field.kind == Kind.PAGE or (field.kind == Kind.URL and not field.several)  # their rules know links
    return bool(_CONSTRUCT.search(value)) and not (read and plain)


def _through(
    value: str, steps: Sequence[tuple[str, Step]], field: SchemaField, world: World, on: frozenset[str]
) -> Outcome:
    rules: list[str] = []
    doubts: list[Doubt] = []
    for rule, step in steps:
        found = step(value, field, world) if rule in on else value
        if isinstance(found, Doubt):
            doubts.append(found)
        elif found != value:
            value = found
            rules.append(rule)
    return Outcome(value, tuple(rules), tuple(doubts))


def _joined(first: Outcome, second: Outcome) -> Outcome:
    return Outcome(second.value, (*first.rules, *second.rules), (*first.doubts, *second.doubts))


def _list(value: str, field: SchemaField, world: World, on: frozenset[str]) -> Outcome:
    """A list item by item. With a doubt about where items end, nothing is done at all."""
    rules: list[str] = []
    items = split(value, field)
    if not items:
        return Outcome(value)
    if not field.values and (len(items) < value.count(field.delimiter) + 1 or "://" in value):
        return Outcome(value)  # empty places may count; an address may hold the delimiter
    if re.search(rf"[0-9]{re.escape(field.delimiter)}[0-9]", value) and not all(one in field.values for one in items):
        return Outcome(value, (), (Doubt("list-delimiter", N_("where does one value end? “%(value)s”", value=value)),))
    if "list-delimiter" in on:
        found = split_otherwise(items, field)
        if isinstance(found, Doubt):
            return Outcome(value, (), (found,))
        rules += ["list-delimiter"] if found != items else []
        items = found
    steps = [_through(item, _STEPS.get(field.kind, ()), field, world, on) for item in items]
    if any(field.delimiter in one.value for one in steps):
        return Outcome(
            value,
            (),
            (Doubt("list-delimiter", N_("a value holds the list's own delimiter “%(sign)s”", sign=field.delimiter)),),
        )
    rules += dict.fromkeys(rule for one in steps for rule in one.rules)
    items = [one.value for one in steps]
    of_the_form = field.values or field.kind == Kind.PAGE  # a list of anything may be a row of figures
    for rule, change in (("list-double", without_doubles), ("list-order", in_order)) if of_the_form else ():
        changed = change(items, field) if rule in on else items
        rules += [rule] if changed != items else []
        items = changed
    doubts = tuple(doubt for one in steps for doubt in one.doubts)
    if not of_the_form and len(set(items)) < len(items) and "list-double" in on:
        once = joined(without_doubles(items, field), field)
        doubts += (Doubt("list-double", N_("a value stands twice in this list"), (once,)),)
    whole = joined(items, field) if rules or "list-spacing" in on else value
    if whole != value and not rules:
        rules.append("list-spacing")
    return Outcome(whole, tuple(rules), doubts)
