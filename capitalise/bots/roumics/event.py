"""An edition as its folder tells it: frozen values, and dates and times as people type them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from capitalise.pages.titles import normal_title

__all__ = [
    "WEEKDAYS",
    "Event",
    "Photo",
    "Resource",
    "Session",
    "Speaker",
    "read_day",
    "read_speakers",
    "read_time",
    "usual_title",
]

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)


@dataclass(frozen=True)
class Speaker:
    """Somebody who speaks, and as what."""

    name: str
    role: str = ""


@dataclass(frozen=True)
class Session:
    """A slot of the programme. `pad` is the address of its notes, `notes` the name of their file in the folder; `page` the
    title of its page where that is not the usual one. `at` is where it was read, as "event.ods, 3"; `problems` are cells that
    could not be read, as (heading, text)."""

    title: str
    day: date | None = None
    start: time | None = None
    end: time | None = None
    room: str = ""
    speakers: tuple[Speaker, ...] = ()
    pad: str = ""
    notes: str = ""
    page: str = ""
    at: str = ""
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def noted(self) -> bool:
        """Whether notes of it are said to be somewhere."""
        return bool(self.pad or self.notes)

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """From when until when, by the clock on the wall; one that ends before it begins ends on the next day."""
        if not (self.day and self.start and self.end):
            return None
        begin, until = datetime.combine(self.day, self.start), datetime.combine(self.day, self.end)
        return begin, until if until > begin else until + timedelta(days=1)


@dataclass(frozen=True)
class Resource:
    """Something to read or to look at: slides, a video, a page."""

    title: str
    address: str
    kind: str = ""
    author: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Photo:
    """A picture (or slides) in the folder or on a wiki."""

    file: str
    caption: str = ""
    author: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Event:
    """One edition. `key` is its folder's name; `related` are pages of the wikis as (wiki, title); `annex` is the title of its
    page on the wiki of annexes; one that is not `built` is only listed: people write its page by hand. `unread` are headings of
    its sheet that mean nothing here."""

    key: str
    title: str
    number: int = 0
    theme: str = ""
    dates: tuple[date, ...] = ()
    place: str = ""
    introduction: str = ""
    participants: int = 0
    partners: tuple[str, ...] = ()
    thanks: str = ""
    sessions: tuple[Session, ...] = ()
    resources: tuple[Resource, ...] = ()
    photos: tuple[Photo, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    annex: str = ""
    built: bool = True
    unread: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether there is anything to make pages of, and they are ours to make."""
        return self.built and bool(self.sessions or self.introduction.strip() or self.resources)

    @property
    def first(self) -> date:
        """By which editions are ordered: the first day, or the year in the folder's name."""
        year = re.search(r"\d{4}", self.key)
        return self.days[0] if self.days else date(int(year[0]) or 1, 1, 1) if year else date.max

    @property
    def days(self) -> tuple[date, ...]:
        """Every day that is said, in order."""
        return tuple(sorted({*self.dates, *(one.day for one in self.sessions if one.day)}))

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """Everybody once, by name, with the first role that is said."""
        found: dict[str, Speaker] = {}
        for speaker in (speaker for session in self.sessions for speaker in session.speakers):
            if not found.get(speaker.name, Speaker("")).role:
                found[speaker.name] = speaker
        return tuple(found.values())

    def page_of(self, session: Session) -> str:
        """The title of the page of a session's account: flat, beside the report's."""
        return normal_title(session.page or f"{self.title} - {session.title}")


def read_time(text: str) -> time | None:
    """`9h`, `9 h 30`, `09:30`, `09:30:00`; None for anything else. `24h` is midnight."""
    bare = re.sub(r"^\d{4}-\d{2}-\d{2}[ T]", "", _spaced(text))  # a cell with a day and a time
    found = re.fullmatch(r"(\d{1,2})\s*(?:[hH:]|heures?)\s*(\d{2})?(?:\s*(?:min|mn|:00))?", bare)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if (hour, minute) == (24, 0):
        return time(0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_day(text: str, years: Sequence[int] = ()) -> date | None:
    """`2017-11-17`, `17/11/2017`, `17 novembre 2017`, `vendredi 17 novembre`: without a year that of the edition, if it has
    one only; None for anything else."""
    plain = _plain(text)
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t]00:00(?::00)?)?", plain):
        return _date(*map(int, found.groups()))
    if found := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?", plain):
        return _date(_year(found[3], years), int(found[2]), int(found[1]))
    named = re.fullmatch(r"([a-z]+di|dimanche)?,? ?(?:le )?(\d{1,2})(?:er)? ([a-z]{3,})\.?(?: (\d{4}))?", plain)
    if not named:
        return None
    month = next((number for number, name in enumerate(MONTHS, 1) if name.startswith(named[3])), 0)
    day = _date(_year(named[4], years), month, int(named[2])) if month else None
    return None if day and named[1] and WEEKDAYS[day.weekday()] != named[1] else day


def _year(said: str | None, years: Sequence[int]) -> int:
    if said:
        return int(said) + (2000 if len(said) == 2 else 0)
    return years[0] if len(set(years)) == 1 else 0


def usual_title(key: str) -> str:
    """The title of an edition that nobody gave one, by its folder's name: “2028”, or “ROUMICS 2028”."""
    return key if key.casefold().startswith("roumics") else f"ROUMICS {key}"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year else None
    except ValueError:
        return None


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", _spaced(text).casefold())
    return "".join(c for c in bare if not unicodedata.combining(c))


def read_speakers(text: str) -> tuple[Speaker, ...]:
    """`Name, role`, one a line or after a semicolon."""
    lines = (line.strip(" \t•*-") for line in re.split(r"[\n;]+", text))
    pairs = (line.partition(",") for line in lines if line)
    return tuple(Speaker(name.strip(), role.strip()) for name, _comma, role in pairs if name.strip())
