"""Several values in one field: taken apart where that is certain, joined as Page Forms joins them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from capitalise.forms.rules.choices import same_choice
from capitalise.forms.rules.outcome import Doubt
from capitalise.forms.schema import Kind, SchemaField
from capitalise.messages import N_

__all__ = ["in_order", "joined", "split", "split_otherwise", "without_doubles"]

#: Where other delimiters may be part of a value: addresses, entities, and what is read as wikitext.
_HELD = re.compile(r"://|\bwww\.|\.[a-z]{2,}/|&[#\w]+;|\[\[|\{\{|<")
_ORDINARY = (";", "\n")
_ONLY_IF_LISTED = (",", "/", " et ", " and ", " & ")


def split(value: str, field: SchemaField) -> list[str]:
    """The items, as #arraymap takes them apart: trimmed, empty ones dropped (PFArrayMap.php)."""
    return [item.strip() for item in value.split(field.delimiter) if item.strip()]


def joined(items: Sequence[str], field: SchemaField) -> str:
    """As Page Forms joins the parts of an input: delimiter and space (PFFormPrinter::getStringFromPassedInArray). Behind
    white space no other is written: a line that starts with a space is a block of its own."""
    return (f"{field.delimiter} " if field.delimiter.strip() else field.delimiter).join(items)


def split_otherwise(items: Sequence[str], field: SchemaField) -> list[str] | Doubt:
    """The items taken apart at other delimiters too, where nobody could mean anything else."""
    taken: list[str] = []
    for item in items:
        found = _parts(item, field)
        if found is None or (len(items) > 1 and len(found) > 1 and not _all_listed(found, field)):
            return Doubt("list-delimiter", N_("where does one value end? “%(value)s”", value=item))
        taken += found
    return taken


def _parts(item: str, field: SchemaField) -> list[str] | None:
    """The parts of one item, itself where it is one; None where that cannot be known."""
    if (field.values and same_choice(item, field.values)) or _HELD.search(item):
        return [item]
    plain = _without_bullets(item)
    if field.values:
        return _listed_parts(plain, field) or [item]
    marks = "".join(mark for mark in _ORDINARY if mark != field.delimiter)
    parts = [part.strip() for part in re.split(f"[{marks}]", plain) if part.strip()]
    if len(parts) < 2 or field.kind not in (Kind.TEXT, Kind.PAGE):
        return [item]
    return parts if field.source.several and all(_is_short(part) for part in parts) else None


def _without_bullets(item: str) -> str:
    """Lines that all start with a bullet and a space, without it: a sign before a word or number means something."""
    lines = item.split("\n")
    bulleted = len(lines) > 1 and all(re.match(r"[*•-][ \t]+\S", line) for line in lines)
    return "\n".join(line[1:].strip() for line in lines) if bulleted else item


def _is_short(part: str) -> bool:
    """Whether this is a value by itself, and no half of a sentence."""
    joins = re.match(r"(?:ou|et|mais|puis|donc|or|and|but|then)\b", part, re.IGNORECASE)
    return (
        len(part) <= 30 and part.count(" ") < 3 and not joins and not re.search(r"[.!?…]$|[0-9]$|^[^\w*]|^[0-9]", part)
    )


MOST_LETTERS = 2000  # of an item that may be several values


def _listed_parts(part: str, field: SchemaField) -> list[str]:
    """The form's values in `part`, whatever stands between them; none where anything else stands there too."""
    if same_choice(part, field.values):
        return [part]
    if len(part) > MOST_LETTERS:
        return []
    if re.search(r"[0-9]\s*[/,&]\s*[0-9]", part):
        return []  # a fraction, a decimal
    for mark in (*_ORDINARY, *_ONLY_IF_LISTED):
        parts = [one.strip() for one in part.split(mark) if one.strip()]
        found = [_listed_parts(one, field) for one in parts] if len(parts) > 1 else []
        if found and all(found):
            return [value for some in found for value in some]
    return []


def _all_listed(parts: Sequence[str], field: SchemaField) -> bool:
    return bool(parts) and all(same_choice(part, field.values) for part in parts)


def without_doubles(items: Sequence[str], _field: SchemaField) -> list[str]:
    """Each item once, where it stood first."""
    return list(dict.fromkeys(items))


def in_order(items: Sequence[str], field: SchemaField) -> list[str]:
    """The form's order, where all items are the form's."""
    ranks = {value: rank for rank, value in enumerate(field.values)}
    return sorted(items, key=lambda item: ranks[item]) if all(item in ranks for item in items) else list(items)
