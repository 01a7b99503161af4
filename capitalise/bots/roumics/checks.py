"""What is missing for a report that can be published, and what cannot be as it was typed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from capitalise.bots.roumics.event import Event, Session
from capitalise.bots.roumics.rows import COLUMNS
from capitalise.messages import N_, Message
from capitalise.pages.titles import nearly_same, sort_key, title_problem
from capitalise.plans.model import Finding, RowRef

__all__ = ["check_editions", "check_event", "is_link", "is_serious", "place_of"]

#: What cannot be published as it was typed; the others are questions.
_SERIOUS = {
    *("unreadable", "no-title", "bad-title", "no-time", "backwards", "same-page", "no-file", "no-link", "other-day"),
    *("no-meaning", "no-date"),
}

HERE = ZoneInfo("Europe/Paris")


def check_event(event: Event, there: Callable[[str], bool]) -> list[Finding]:
    """Everything that somebody should look at; `there` says whether a file is in the edition's folder."""
    found = [*_of_event(event), *(f for one in event.sessions for f in _of_session(event, one, there))]
    return [*found, *_overlaps(event), *_names(event), *_same_pages(event), *_of_pictures(event, there)]


def check_editions(events: Sequence[Event]) -> Iterator[Finding]:
    """Two editions with one number, or with one page."""
    for one, other in combinations(events, 2):
        if one.number and one.number == other.number:
            yield _said(
                one.key,
                "same-number",
                N_(
                    "“%(one)s” and “%(other)s” are both edition %(number)d",
                    one=one.title,
                    other=other.title,
                    number=one.number,
                ),
            )
        if one.title == other.title:
            yield _said(
                one.key,
                "same-page",
                N_(
                    "the folders %(one)s and %(other)s are both “%(title)s”",
                    one=one.key,
                    other=other.key,
                    title=one.title,
                ),
            )


def is_serious(finding: Finding) -> bool:
    """Whether it concerns what a page would say, and not only what somebody might have meant."""
    return finding.rule in _SERIOUS


def place_of(at: str) -> RowRef | None:
    """`event.ods, 3` as the row of a sheet."""
    name, _comma, line = at.rpartition(", ")
    return RowRef(name, int(line), "") if name and line.isdigit() else None


def _said(title: str, rule: str, message: Message, session: Session | None = None, field: str = "") -> Finding:
    return Finding(rule, message, title=title, field=field, at=place_of(session.at) if session else None)


def _of_event(event: Event) -> Iterator[Finding]:
    if not event.days:
        yield _said(event.title, "no-date", N_("no date: “dates” in event.toml"))
    if event.unread:
        why = N_(
            "the columns “%(names)s” are not read; there is: %(there)s",
            names=", ".join(event.unread),
            there=", ".join(COLUMNS),
        )
        yield _said(event.title, "no-meaning", why)
    if not event.place:
        yield _said(event.title, "no-place", N_("no place: “place” in event.toml"))
    if not event.theme:
        yield _said(event.title, "no-theme", N_("no theme: “theme” in event.toml"))
    if not event.sessions:
        yield _said(event.title, "no-session", N_("no session: fill event.ods, a row for each"))
    for resource in event.resources:
        if not is_link(resource.address):
            yield _said(
                resource.title,
                "no-link",
                N_("“%(text)s” is no link (https://…)", text=resource.address),
                field="resources",
            )


def is_link(text: str) -> bool:
    """Whether a text is the address of something on the web."""
    try:
        parts = urlsplit(text.strip())
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text.strip())
    except ValueError:
        return False


def _of_session(event: Event, session: Session, there: Callable[[str], bool]) -> Iterator[Finding]:
    title = session.title or event.title
    for heading, text in session.problems:
        why = N_("“%(text)s” cannot be read; write a day as 17/11/2017, a time as 9h30", text=text)
        yield _said(title, "unreadable", why, session, heading)
    typed = {heading for heading, _text in session.problems}
    if not session.title:
        yield _said(title, "no-title", N_("a session without a title"), session, "titre")
    elif problem := title_problem(event.page_of(session)):
        why = N_("its page cannot have this title (%(why)s): write another one into the column “page”", why=problem)
        yield _said(title, "bad-title", why, session, "page")
    for heading, value in (("jour", session.day), ("début", session.start), ("fin", session.end)):
        if value is None and heading not in typed:
            yield _said(title, "no-time", N_("a session without “%(what)s”", what=heading), session, heading)
    if session.day and event.dates and session.day not in event.dates:
        yield _said(
            title, "other-day", N_("a session on a day that “dates” in event.toml does not name"), session, "jour"
        )
    yield from _clock(session, title)
    if session.pad and not is_link(session.pad):
        yield _said(title, "no-link", N_("“%(text)s” is no link (https://…)", text=session.pad), session, "pad")
    if session.notes and not there(session.notes):
        yield _said(
            title, "no-file", N_("there is no file “%(file)s” in the folder", file=session.notes), session, "notes"
        )


def _clock(session: Session, title: str) -> Iterator[Finding]:
    """Past midnight, and in the hour that a change of time skips or repeats."""
    if session.start and session.start == session.end:
        yield _said(title, "no-length", N_("it ends when it begins"), session, "fin")
    elif session.start and session.end and session.end < session.start:
        if session.start.hour >= 17 and session.end.hour <= 6:
            yield _said(
                title, "midnight", N_("it goes past midnight: its end is read as on the next day"), session, "fin"
            )
        else:
            yield _said(title, "backwards", N_("it ends before it begins"), session, "fin")
    for heading, moment in zip(("début", "fin"), session.span or (), strict=False):
        if _shifted(moment):
            yield _said(
                title,
                "time-change",
                N_("the clocks change at this hour: is it meant before or after?"),
                session,
                heading,
            )


def _shifted(moment: datetime) -> bool:
    """Whether the clock on the wall shows this hour never, or twice (in Europe/Paris)."""
    first, second = (moment.replace(tzinfo=HERE, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first != second


def _overlaps(event: Event) -> Iterator[Finding]:
    spans = [(one, one.span) for one in event.sessions if one.span and one.room]
    for (one, mine), (other, its) in combinations(spans, 2):
        if mine and its and sort_key(one.room) == sort_key(other.room) and mine[0] < its[1] and its[0] < mine[1]:
            why = N_(
                "“%(one)s” and “%(other)s” are in “%(room)s” at the same time",
                one=one.title,
                other=other.title,
                room=one.room,
            )
            yield _said(other.title, "overlap", why, other, "salle")


def _names(event: Event) -> Iterator[Finding]:
    """Somebody who is named in two ways: by case, accents or one letter, or first name and name the other way round."""
    names = list(dict.fromkeys(s.name for one in event.sessions for s in one.speakers))
    for index, name in enumerate(names):
        turned = next((o for o in names[:index] if sorted(sort_key(o).split()) == sorted(sort_key(name).split())), None)
        if like := turned or nearly_same(name, names[:index]):
            where = next(one for one in event.sessions if name in {s.name for s in one.speakers})
            why = N_("“%(one)s” and “%(other)s”: the same person?", one=like, other=name)
            yield _said(where.title, "two-names", why, where, "intervenants")


def _same_pages(event: Event) -> Iterator[Finding]:
    counted = Counter(event.page_of(one) for one in event.sessions if one.noted and one.title)
    for title, count in counted.items():
        if count > 1:
            why = N_(
                "%(count)d sessions have notes for this one page: write another title into the column “page”",
                count=count,
            )
            yield _said(title, "same-page", why, field="page")


def _of_pictures(event: Event, there: Callable[[str], bool]) -> Iterator[Finding]:
    for photo in event.photos:
        for key, value in (("author", photo.author), ("licence", photo.licence)):
            if not value:
                yield _said(
                    photo.file, f"no-{key}", N_("a photo without “%(what)s” is not shown", what=key), field="photos"
                )
        if not there(photo.file) and "/" in photo.file:
            yield _said(
                photo.file, "no-file", N_("there is no file “%(file)s” in the folder", file=photo.file), field="photos"
            )
