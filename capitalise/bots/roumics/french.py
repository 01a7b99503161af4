"""Dates, times and ordinals as French writes them; the names come from the Unicode locale data (Babel).

A no-break space stands where a line may not end: between a number and its unit (Lexique des règles typographiques en usage
à l'Imprimerie nationale, « Heures », « Nombres »).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from itertools import groupby

from babel.dates import format_date, get_month_names

__all__ = ["date_range", "day_name", "half_day", "ordinal", "slot", "spoken_time"]

NBSP = "\u00a0"


def day_name(day: date) -> str:
    """`Vendredi 17 novembre 2017`."""
    named = format_date(day, "EEEE", locale="fr")
    return f"{named.capitalize()} {_day(day)} {_month(day)} {day.year}"


def date_range(days: Sequence[date]) -> str:
    """`le 16 septembre 2016`, `les 17 et 18 novembre 2017`, `du 12 au 14 mai 2017`; days apart are listed."""
    runs = _runs(sorted(set(days)))
    if not runs:
        return ""
    if len(runs) == 1 and runs[0][0] == runs[0][-1]:
        return f"le {_dated(runs[0][0])}"
    if len(runs) == 1 and len(runs[0]) == 2 and _same_month(runs[0]):
        first, last = runs[0]
        return f"les {_day(first)} et {_dated(last)}"
    if len(runs) == 1:
        return _from_to(runs[0])
    until = runs[-1][-1].year
    several = [
        _from_to(run) if len(run) > 1 else f"le {_dated(run[0], year=run is runs[-1] or run[0].year != until)}"
        for run in runs
    ]
    return f"{', '.join(several[:-1])} et {several[-1]}"


def _runs(days: Sequence[date]) -> list[list[date]]:
    """Days that follow each other, together."""
    numbered = groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0])
    return [[day for _number, day in group] for _key, group in numbered]


def _from_to(run: Sequence[date]) -> str:
    first, last = run[0], run[-1]
    begin = _day(first) if _same_month((first, last)) else _dated(first, year=first.year != last.year)
    return f"du {begin} au {_dated(last)}"


def _same_month(days: Sequence[date]) -> bool:
    return len({(day.year, day.month) for day in days}) == 1


def _dated(day: date, *, year: bool = True) -> str:
    return f"{_day(day)} {_month(day)}" + (f" {day.year}" if year else "")


def _day(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def _month(day: date) -> str:
    return str(get_month_names("wide", locale="fr")[day.month])


def spoken_time(moment: time) -> str:
    """`9 h 30`, `14 h`."""
    minutes = f"{NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def slot(start: time | None, end: time | None) -> str:
    """`09h30 - 11h00`, as the network writes its programmes; what is not known stays out."""
    return " - ".join(f"{moment:%Hh%M}" for moment in (start, end) if moment) if start else ""


def half_day(start: time | None) -> str:
    """The part of the day by its first hour; the shared lunch ends the morning."""
    if start is None:
        return ""
    return "Matin" if start.hour < 13 else "Après-midi" if start.hour < 18 else "Soirée"


def ordinal(count: int, *, feminine: bool = True) -> str:
    """`1re`, `12e`."""
    return ("1re" if feminine else "1er") if count == 1 else f"{count}e"
