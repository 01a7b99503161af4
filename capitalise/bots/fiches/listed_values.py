"""The steps of a kit in a sheet of their own: in its order, and with what each was called before.

A column holds the words as the form has them (its heading is the field's, or “valeur”); “numéro” puts a number before them (`3 - …`),
“ordre” sorts them, “avant” says what they were called, several names between semicolons. Where a value is gone and another is new, people are
asked once which is which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from capitalise.bots.fiches.form import FicheField
from capitalise.errors import SheetError
from capitalise.messages import N_
from capitalise.sheets.table import Table, heading_key

__all__ = ["Match", "listed_values", "match_values"]

_WORDS = ("valeur", "value", "mots", "words", "nom", "name")
_NUMBER = ("numero", "number", "no", "n°")
_ORDER = ("ordre", "order", "rang")
_BEFORE = ("avant", "before", "ancien nom", "ancien")


@dataclass(frozen=True)
class Match:
    """What a list says of the form's values: `names` that are said (old → new), `likely` ones, which people confirm, values that are `gone`
    and nobody says what they are called now, and values that two new ones claim (`split`). `strange` are names of before that the form does
    not have: pages may."""

    values: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    likely: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    strange: tuple[str, ...] = ()


def listed_values(table: Table, wanted: FicheField) -> list[tuple[str, tuple[str, ...]]]:
    """The values of a list in its order, each with its names of before. Raises SheetError where there is no column of values."""
    keys = [heading_key(heading) for heading in table.header]
    words = _column(keys, (heading_key(wanted.label), heading_key(wanted.name), *_WORDS))
    if words is None:
        why = N_(
            "%(file)s has no column “%(column)s”: the values stand in it, one a row.",
            file=table.path,
            column=wanted.label,
        )
        raise SheetError(why)
    number, order, before = (_column(keys, names) for names in (_NUMBER, _ORDER, _BEFORE))
    rows = [row for row in table.rows if row[words].strip()]
    if order is not None:
        rows.sort(key=lambda row: _place(row[order]))
    return [(_value(row, words, number), _names(row, before)) for row in rows]


def _column(keys: Sequence[str], names: Sequence[str]) -> int | None:
    return next((keys.index(name) for name in names if name in keys), None)


def _place(text: str) -> float:
    found = re.search(r"[0-9]+(?:[.,][0-9]+)?", text)
    return float(found[0].replace(",", ".")) if found else float("inf")


def _value(row: Sequence[str], words: int, number: int | None) -> str:
    text = " ".join(row[words].split())
    before = row[number].strip() if number is not None else ""
    return f"{before} - {text}" if before and not re.match(rf"{re.escape(before)}(?!\w)", text) else text


def _names(row: Sequence[str], before: int | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in row[before].split(";") if one.strip()) if before is not None else ()


def match_values(old: Sequence[str], wanted: Sequence[tuple[str, tuple[str, ...]]]) -> Match:
    """The values of a form held against a list. A value that is gone is likely the new one with its number, else the one in its place."""
    values = tuple(dict.fromkeys(value for value, _before in wanted))
    claims = {name: tuple(value for value, before in wanted if name in before) for name in old}
    names = {name: some[0] for name, some in claims.items() if len(some) == 1 and some[0] != name}
    strange = {name: value for value, before in wanted for name in before if name not in old and name not in values}
    split = {name: some for name, some in claims.items() if len(some) > 1}
    gone = [name for name in old if name not in values and name not in names and name not in split]
    fresh = [value for value in values if value not in old and value not in names.values()]
    likely = {
        name: value for name in gone for value in fresh if _numbered(name) and _numbered(name) == _numbered(value)
    }
    rest = [name for name in gone if name not in likely]
    free = [value for value in fresh if value not in likely.values()]
    likely |= dict(zip(rest, free, strict=True)) if len(rest) == len(free) else {}
    left = tuple(name for name in gone if name not in likely)
    return Match(values, names | strange, likely, left, split, tuple(strange))


def _numbered(value: str) -> str:
    found = re.match(r"[0-9]+(?=\s*[-–.:)])", value)
    return found[0] if found else ""
