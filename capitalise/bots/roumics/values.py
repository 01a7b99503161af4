"""What the templates are filled with: an edition in words, its links as its wiki writes them; and the numbers of all editions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from capitalise.bots.roumics.checks import is_link
from capitalise.bots.roumics.event import Event, Resource, Session
from capitalise.bots.roumics.french import date_range, day_name, half_day, ordinal, slot, spoken_time
from capitalise.notes.outcomes import Outcome
from capitalise.pages.addresses import Site
from capitalise.pages.titles import normal_title
from capitalise.wikitext.linking import external_link, link_between, page_at
from capitalise.wikitext.plain import Wikitext, plain_text

__all__ = ["Account", "Accounts", "Surroundings", "event_values", "figures", "index_values", "session_values", "totals"]


@dataclass(frozen=True)
class Account:
    """The notes of a session ready for a page: wikitext, and what was decided in it."""

    text: str
    outcomes: tuple[Outcome, ...] = ()


#: By the edition's key and the session's place in it.
Accounts = Mapping[tuple[str, str], Account]


@dataclass(frozen=True)
class Surroundings:
    """For which wiki a page is written (`home`), where the reports are (`reports`), every wiki that is known, and which pages
    there are, or will be, on `reports`. `templates` are those that `home` has; `index` is the page of all editions."""

    home: Site
    reports: Site
    sites: Mapping[str, Site]
    pages: frozenset[str]
    templates: frozenset[str] = frozenset()
    files: Mapping[tuple[str, str], str] = field(default_factory=dict)  # the titles of pictures, by edition and file
    index: str = ""
    editions: Sequence[Event] = ()
    accounts: Accounts = field(default_factory=dict)
    gone: frozenset[str] = frozenset()  # pages that people deleted

    def link(self, title: str, label: str = "") -> Wikitext:
        """A link to a page among the reports, or only its words where there is none."""
        if title not in self.pages:
            return plain_text(label or title)
        return link_between(self.home, self.reports, title, label)

    def account(self, event: Event, session: Session) -> Account | None:
        return self.accounts.get((event.key, session.at))


def event_values(event: Event, around: Surroundings) -> dict[str, Any]:
    """An edition for the templates of its report."""
    before, after = _neighbours(event, around.editions)
    return {
        "title": event.title,
        "edition": ordinal(event.number) if event.number else "",
        "theme": event.theme,
        "dates": date_range(event.days),
        "place": event.place,
        "introduction": _paragraphs(event.introduction),
        "participants": event.participants,
        "partners": event.partners,
        "thanks": _paragraphs(event.thanks),
        "days": _days(event, around),
        "outcomes": _outcomes(event, around),
        "resources": [_resource(one, around) for one in event.resources if is_link(one.address)],
        "photos": _photos(event, around),
        "related": [_related(wiki, title, around) for wiki, title in event.related if wiki in around.sites],
        "previous": around.link(before.title) if before else "",
        "next": around.link(after.title) if after else "",
        "index": around.link(around.index) if around.index else "",
        "report": around.link(event.title),
        "templates": around.templates,
        "titles": {
            "previous": before.title if before else "",
            "next": after.title if after else "",
            "index": around.index,
        },
    }


def session_values(event: Event, session: Session, around: Surroundings) -> dict[str, Any]:
    """What the templates of a session's own page need besides what its edition says."""
    account = around.account(event, session)
    return {
        "session": _session(event, session, around),
        "day": day_name(session.day) if session.day else "",
        "notes": Wikitext(account.text) if account else Wikitext(""),
        "outcomes": [_outcome(one, "") for one in account.outcomes] if account else [],
    }


def _neighbours(event: Event, editions: Sequence[Event]) -> tuple[Event | None, Event | None]:
    at = next((n for n, one in enumerate(editions) if one.key == event.key), 0)
    return (editions[at - 1] if at else None), (editions[at + 1] if at + 1 < len(editions) else None)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _days(event: Event, around: Surroundings) -> list[dict[str, Any]]:
    """The programme by day and half day, in its order."""
    ordered = sorted(event.sessions, key=lambda one: (one.day is None, one.day, one.start is None, one.start or 0))
    days = []
    for day, some in groupby(ordered, key=lambda one: one.day):
        parts = [
            {"name": name, "sessions": [_session(event, one, around) for one in part]}
            for name, part in groupby(some, key=lambda one: half_day(one.start))
        ]
        days.append({"name": day_name(day) if day else "", "parts": parts})
    return days


def _session(event: Event, session: Session, around: Surroundings) -> dict[str, Any]:
    page = event.page_of(session)
    others = {event.page_of(one) for one in event.sessions if around.account(event, one)} - {""}
    somebody_elses = session.noted and page in others and around.account(event, session) is None
    written = page in around.pages and not somebody_elses
    return {
        "slot": slot(session.start, session.end),
        "start": spoken_time(session.start) if session.start else "",
        "end": spoken_time(session.end) if session.end else "",
        "title": session.title,
        "room": session.room,
        "speakers": [{"name": one.name, "role": one.role} for one in session.speakers],
        "link": around.link(page, session.title) if written else plain_text(session.title),
        "account": around.link(page, "Compte-rendu") if written else "",
        "coming": session.noted and not written and page not in around.gone,
    }


def _outcomes(event: Event, around: Surroundings) -> list[dict[str, Any]]:
    found = []
    for session in event.sessions:
        account = around.account(event, session)
        link = around.link(event.page_of(session), session.title)
        found += [_outcome(one, link) for one in (account.outcomes if account else ())]
    return found


def _outcome(one: Outcome, link: str) -> dict[str, Any]:
    return {"kind": one.kind, "what": one.what, "who": one.who, "when": one.when, "done": one.done, "session": link}


def _resource(one: Resource, around: Surroundings) -> dict[str, Any]:
    if place := page_at(one.address, around.sites):
        link = link_between(around.home, around.sites[place.wiki], place.title, one.title or place.title, place.section)
    else:
        link = external_link(one.address, one.title or one.address)
    return {"link": link, "kind": one.kind, "author": one.author, "licence": one.licence}


def _photos(event: Event, around: Surroundings) -> list[dict[str, Any]]:
    """Only those that may be shown: with author and licence. `shown` is whether the wiki has the file."""
    complete = [one for one in event.photos if one.author and one.licence]
    names = [(one, normal_title(one.file.rpartition("/")[2])) for one in complete]
    shown = {one: around.files.get((event.key, one.file), "") for one in complete}
    return [
        {
            "file": Wikitext(shown[one]),
            "name": name,
            "shown": bool(shown[one]) and not set(shown[one]) & set("[]{}|<>#"),
            "caption": one.caption,
            "author": one.author,
            "licence": one.licence,
        }
        for one, name in names
    ]


def _related(wiki: str, title: str, around: Surroundings) -> Wikitext:
    return link_between(around.home, around.sites[wiki], title)


# -- all editions ---------------------------------------------------------------------------------


def figures(event: Event) -> dict[str, Any]:
    """An edition in numbers, for JSON and the index page."""
    return {
        "edition": event.key,
        "title": event.title,
        "number": event.number or None,
        "theme": event.theme,
        "dates": [day.isoformat() for day in event.days],
        "place": event.place,
        "participants": event.participants or None,
        "sessions": len(event.sessions),
        "workshops": sum(one.noted for one in event.sessions),
        "speakers": len(event.speakers),
        "partners": list(event.partners),
    }


def totals(events: Sequence[Event]) -> dict[str, int]:
    """The numbers of several editions together; somebody who spoke at two counts once."""
    return {
        "editions": len(events),
        "participants": sum(one.participants for one in events),
        "speakers": len({speaker.name for one in events for speaker in one.speakers}),
        "workshops": sum(session.noted for one in events for session in one.sessions),
        "partners": len({partner for one in events for partner in one.partners}),
    }


def index_values(events: Sequence[Event], around: Surroundings) -> dict[str, Any]:
    """All editions for the index page, the latest first."""
    rows = [
        {
            **figures(one),
            "ordinal": ordinal(one.number) if one.number else "",
            "link": around.link(one.title),
            "when": date_range(one.days),
        }
        for one in reversed(events)
    ]
    has = {name: any(one[name] for one in rows) for row in rows for name in row}
    return {"editions": rows, "totals": totals(events), "has": has, "templates": around.templates}
