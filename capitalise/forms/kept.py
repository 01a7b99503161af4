"""What a form's input makes of a value that stands on a page, when somebody opens the form and saves it with nothing changed.

Recorded on Page Forms 5.9.1 with its scripts, wiki in French (tests/data/page-forms): dropdowns and their like delete what is not
exactly in their list; a date's boxes hold what `date_parse` of PHP understands; lists are taken apart and joined again.
"""

from __future__ import annotations

import re
from datetime import datetime

from capitalise.forms.inputs import CHECKED_DATES, CLOSED, LISTS, SORTED
from capitalise.forms.rules.dates import MONTHS
from capitalise.forms.schema import SchemaField

__all__ = ["NEVER_OPENS", "kept_value", "same_after_save"]

#: In the place of a value that makes the form impossible to open.
NEVER_OPENS = "\0"

_YES = {"oui", "yes", "true", "vrai", "1"}
_WORDS = {"fr": ("Oui", "Non")}
_TIME = r"(?:(?:[T ]|, )(?P<H>[0-9]{1,2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2}))?(?P<z>.*))?"
_ISO = re.compile(rf"(?P<y>[0-9]{{4}})-(?P<m>[0-9]{{1,2}})-(?P<d>[0-9]{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(?P<d>[0-9]{{1,2}})[-.](?P<m>[0-9]{{1,2}})[-.](?P<y>[0-9]{{4}}){_TIME}")
_YEAR_MONTH = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})")
_DAY_MONTH = re.compile(rf"(?P<d>[0-9]{{1,2}}) (?P<n>[^\W\d]+) (?P<y>[0-9]{{4}}){_TIME}")
_MONTH_DAY = re.compile(rf"(?P<n>[^\W\d]+) (?P<d>[0-9]{{1,2}}), (?P<y>[0-9]{{4}}){_TIME}")
_MONTH = re.compile(r"(?P<n>[^\W\d]+) (?P<y>[0-9]{4})")
Date = tuple[int, int, int, tuple[int, int, int]]


def kept_value(value: str, field: SchemaField, now: datetime | None = None, language: str = "fr") -> str:
    """The value after a save at the time `now` (None: an empty one is not looked at): "" where it is deleted, NEVER_OPENS where the form
    shows an error instead of itself."""
    if field.input == "checkbox":
        yes, no = _WORDS.get(language, ("Yes", "No"))
        return yes if value.casefold() in _YES else no
    if (
        now
        and not value
        and field.source.option("default") == "now"
        and field.input not in ("text", "textarea", "datepicker")
    ):
        return _now(field, now)
    unread = field.unread and field.input in CLOSED
    if not value or unread or field.restricted is not None or field.input == "hidden":
        return value
    if field.input in LISTS or (field.input in CLOSED and field.several):
        return _kept_list(value, field)
    if field.input in CLOSED:
        found = _listed(value, field)
        first = field.values[:1] if field.input == "dropdown" and field.source.has("mandatory") else ()
        return found or "".join(first)
    if field.input in CHECKED_DATES:
        kept = _kept_date(value, language)
        return kept if field.input != "datepicker" or _is_day(kept) else ""
    if field.input.startswith(("datetime", "start datetime", "end datetime")):
        return _kept_moment(value, field, language)
    return value


def same_after_save(before: str, after: str, field: SchemaField, language: str) -> bool:
    """Whether a save in the form makes `after` of `before`, and no word less nor more of it."""
    both = [re.findall(r"\w+", one.casefold()) for one in (before, after)]
    return bool(both[0]) and sorted(both[0]) == sorted(both[1]) and kept_value(before, field, None, language) == after


def _listed(value: str, field: SchemaField) -> str:
    """The value of the list that is meant: itself, or the one that the form shows so."""
    if value in field.values:
        return value
    return next((key for key in field.values if field.shown.get(key) == value), "")


def _kept_list(value: str, field: SchemaField) -> str:
    items = [item.strip() for item in value.split(field.delimiter)]
    if field.input == "tokens":
        found = [_listed(item, field) or item for item in items if item and not re.search(r"[\[\]\n]", item)]
    else:
        found = [key for item in items if (key := _listed(item, field))]
    found = list(dict.fromkeys(found))
    if field.input in SORTED:
        found.sort(key=field.values.index)
    return (field.delimiter if field.input == "tree" else f"{field.delimiter} ").join(found)


# -- dates ----------------------------------------------------------------------------------------


def _now(field: SchemaField, now: datetime) -> str:
    return f"{now:%Y-%m-%d %I:%M:%S %p}" if field.input.startswith("datetime") else f"{now:%Y-%m-%d}"


def _kept_date(value: str, language: str) -> str:
    """What the three boxes hold (PFDateInput::parseDate), written again (getStringFromPassedInArray)."""
    if value.isdecimal():
        return value if value.strip("0") else ""
    parsed = _parsed(value, language)
    if not parsed:
        return ""
    year, month, day, _time = parsed
    if not month:
        return f"{year}"
    return f"{year:04}-{month:02}-{day:02}" if day >= 0 else f"{MONTHS.get(language, MONTHS['en'])[month - 1]} {year}"


def _parsed(value: str, language: str) -> Date | None:
    """Year, month, day (-1 for none) and time as PHP reads them, None where it does not."""
    text = value.replace("/", "-")
    if found := _YEAR_MONTH.fullmatch(text):
        return _date(found, int(found["m"]), day=False)
    if found := _MONTH.fullmatch(text):
        month = _month(found["n"], language)
        return _date(found, month, day=False) if month else None
    for form in (_ISO, _DAY_FIRST):
        if found := form.fullmatch(text):
            return _date(found, int(found["m"]))
    for form in (_DAY_MONTH, _MONTH_DAY):
        if (found := form.fullmatch(text)) and (month := _month(found["n"], language)):
            unread = found["n"].casefold() == "mars" and not found["H"] and form is _DAY_MONTH
            return None if unread else _date(found, month)  # “5 mars 2024” is half understood as English
    return None


def _date(found: re.Match[str], month: int, *, day: bool = True) -> Date | None:
    if not 0 <= month <= 12:
        return None
    parts = found.groupdict()
    time = (int(parts.get("H") or 0), int(parts.get("M") or 0), int(parts.get("S") or 0))
    late = time[0] < 12 and str(parts.get("z") or "").strip().upper().startswith("PM")
    return int(parts["y"]), month, int(parts["d"]) if day else -1, (time[0] + 12 * late, *time[1:])


def _month(name: str, language: str) -> int:
    for names in (MONTHS.get(language, []), MONTHS["en"]):
        for number, one in enumerate(names, 1):
            if name == one or name[:1].lower() + name[1:] == one or (name.lower() == one.lower() and name.isascii()):
                return number
    return 0


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2024-03-05")


def _kept_moment(value: str, field: SchemaField, language: str) -> str:
    """A day and a time; some dates that the boxes understand break the rest of the input."""
    picker = field.input == "datetimepicker"
    half_read = re.fullmatch(r"[0-9]{1,2} mars [0-9]{4}", value)
    if half_read or value.isdecimal():
        return (NEVER_OPENS if picker else "") if half_read else ("" if picker else value)
    parsed = _parsed(value, language)
    words = re.findall(r"[^\W\d_]{3,}", value)
    if not parsed or parsed[2] < 0 or not (picker or all(word in MONTHS["en"] for word in words)):
        return "" if picker else NEVER_OPENS
    year, month, day, time = parsed
    try:
        moment = datetime(year, month, day, *time)
    except ValueError:
        return ""
    if picker:
        return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
    zone = _ZONES.search(value) if field.source.has("include timezone") else None
    return f"{moment:%Y-%m-%d %I:%M:%S %p}" + (f" {zone[0]}" if zone else "")


_ZONES = re.compile(r"(?:Z|[+-][0-9]{4})$")
