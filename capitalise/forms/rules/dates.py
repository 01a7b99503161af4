"""Dates as people write them in French and English, and as Page Forms writes them since December 2023 (T274153).

A whole date becomes `AAAA-MM-JJ`; one without a day stays one without a day, as the form's three boxes write it
(`mars 2024`, `2024`). Semantic MediaWiki reads `03/04/2024` as 4 March and `25/03/2024` as 25 March in French, so that
two small numbers are a doubt and never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from capitalise.forms.rules.choices import ACCENTS
from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.schema import SchemaField
from capitalise.messages import N_, Message
from capitalise.messages.times import MONTHS

__all__ = ["MONTHS", "written_date"]

LONGEST = 60  # letters of anything that is a date
_SHORT = {
    **dict.fromkeys(("janv", "jan"), 1),
    **dict.fromkeys(("fevr", "fev", "feb"), 2),
    "avr": 4,
    "apr": 4,
    **dict.fromkeys(("juil", "jul"), 7),
    "jun": 6,
    "aug": 8,
    **dict.fromkeys(("sept", "sep"), 9),
    "oct": 10,
    "nov": 11,
    **dict.fromkeys(("dec",), 12),
}
_DAYS = {
    **{name: n for n, name in enumerate(["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"])},
    **{
        name: n for n, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
    },
}
_YEAR = r"(?P<y>[12][0-9]{3})"
_FORMS = [
    re.compile(rf"{_YEAR}(?P<s>[-/.])(?P<m>[0-9][0-9]?)(?P=s)(?P<d>[0-9][0-9]?)"),
    re.compile(rf"(?:(?P<w>[a-z]+),? )?(?P<d>[0-9][0-9]?)(?:er|st|nd|rd|th|e)? (?P<n>[a-z]+)\.?,? {_YEAR}"),
    re.compile(rf"(?:(?P<w>[a-z]+),? )?(?P<n>[a-z]+)\.? (?P<d>[0-9][0-9]?)(?:st|nd|rd|th)?,? {_YEAR}"),
    re.compile(rf"(?P<n>[a-z]+)\.? {_YEAR}"),
    re.compile(rf"{_YEAR}(?P<s>[-/])(?P<m>[0-9][0-9]?)"),
    re.compile(rf"(?P<m>[0-9][0-9]?)[-/]{_YEAR}"),
    re.compile(_YEAR),
]
_NUMERIC = re.compile(rf"(?P<a>[0-9][0-9]?)(?P<s>[-/.])(?P<b>[0-9][0-9]?)(?P=s){_YEAR}")
_RANGE = re.compile(
    r"[0-9][^a-z]*\b(?:au|et|to|a)\b.*[0-9]|[0-9]\s*[–—]\s*[0-9]|[0-9]/[0-9].*\s-\s.*[0-9]/[0-9]|^(?:du|from|entre)\b|[0-9][0-9]? - [0-9][0-9]? [a-z]"
)


def written_date(value: str, field: SchemaField, world: World) -> str | Doubt:
    """The date as the form writes it; a doubt for whatever could be two days, or none."""
    plain = _folded(value)
    if not plain:
        return value
    if len(plain) > LONGEST:
        return Doubt("date", N_("“%(value)s” cannot be read as a date", value=f"{value[:LONGEST]}…"))
    if numeric := _NUMERIC.fullmatch(plain):
        return _numeric(value, numeric)
    if _RANGE.search(plain) and not any(form.fullmatch(plain) for form in _FORMS):
        return Doubt("date", N_("“%(value)s” is more than one date: the field holds one", value=value))
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _read(value, found.groupdict(), field, world)
    return Doubt("date", N_("“%(value)s” cannot be read as a date", value=value))


def _numeric(value: str, found: re.Match[str]) -> str | Doubt:
    """Two small numbers and a year: certain only where one of them can be no month, or both are the same."""
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    possible = dict.fromkeys(
        iso for day, month in ((first, second), (second, first)) if (iso := _iso(year, month, day))
    )
    if len(possible) == 1:
        return next(iter(possible))
    if not possible:
        return Doubt("date", N_("there is no such day: “%(value)s”", value=value))
    return Doubt("date", N_("“%(value)s” can be two days", value=value), tuple(possible))


def _read(value: str, parts: dict[str, str | None], field: SchemaField, world: World) -> str | Doubt:
    year = int(parts["y"] or 0)
    name = parts.get("n")
    month = int(parts.get("m") or 0) or (_month(name) if name else 0)
    if name and not month:
        return Doubt("date", N_("“%(value)s” cannot be read as a date", value=value))
    if not parts.get("d"):
        if field.input == "datepicker":
            return Doubt("date", N_("the form's calendar holds whole days only, and deletes “%(value)s”", value=value))
        if not month:
            return str(year)
        if not 1 <= month <= 12:
            return Doubt("date", _no_such_day(value))
        if parts.get("s") and (parts["s"] == "/" or month > year % 100):
            return Doubt("date", N_("“%(value)s” can be a month or two years", value=value))
        return f"{MONTHS.get(world.language, MONTHS['fr'])[month - 1]} {year}"
    iso = _iso(year, month, int(parts["d"] or 0))
    if not iso:
        return Doubt("date", _no_such_day(value))
    weekday = parts.get("w")
    if weekday and _DAYS.get(weekday) != date.fromisoformat(iso).weekday():
        return Doubt("date", N_("the day of the week is not that date's: “%(value)s”", value=value), (iso,))
    return iso


def _no_such_day(value: str) -> Message:
    return N_("there is no such day: “%(value)s”", value=value)


def _month(name: str) -> int:
    for names in MONTHS.values():
        folded = [_folded(one) for one in names]
        if name in folded:
            return folded.index(name) + 1
    return _SHORT.get(name, 0)


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _folded(value: str) -> str:
    """Small letters without accents, single spaces, "le" left out."""
    letters = unicodedata.normalize("NFD", value.casefold())
    plain = " ".join("".join(c for c in letters if c not in ACCENTS).split())
    return re.sub(r"^le ", "", plain)
