"""Days and hours as people say them: “29 novembre, 11 h 37” in this machine's time."""

from __future__ import annotations

from datetime import date, datetime

__all__ = ["MONTHS", "day", "moment"]

#: Their names by language, as Page Forms writes them too.
MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def day(of: date, language: str) -> str:
    """“29 novembre 2026”."""
    number = "1er" if language == "fr" and of.day == 1 else str(of.day)
    return f"{number} {MONTHS[language][of.month - 1]} {of.year}"


def moment(at: datetime, language: str, *, year: bool = False) -> str:
    """“29 novembre, 11 h 37”, with the year where it is not this one, or asked for; a time that says where it is valid is told in
    this machine's."""
    here = at.astimezone() if at.tzinfo else at
    hour = f"{here.hour} h {here.minute:02}" if language == "fr" else f"{here:%H:%M}"
    shown = day(here.date(), language)
    this_year = here.year == datetime.now().astimezone().year and not year
    return f"{shown.rpartition(' ')[0] if this_year else shown}, {hour}"
