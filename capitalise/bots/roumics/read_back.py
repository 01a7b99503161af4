"""A report that somebody wrote by hand, in the network's layout, read back into an edition; what is not understood is listed.

17–18 novembre 2017, Roubaix
== Programme ==  === Vendredi 17 novembre ===  ==== Matin ====
09h30 - 12h00 : [[ROUMICS 2017 - Un atelier|Un atelier]]
* Name, role
* [[ROUMICS 2017 - Un atelier|Compte-rendu]]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from capitalise.bots.roumics.event import WEEKDAYS, Event, Resource, Session, read_day, read_speakers, read_time
from capitalise.pages.addresses import without_entities
from capitalise.pages.titles import normal_title, sort_key
from capitalise.wikitext.preprocessor import preprocess, walk

__all__ = ["PageRead", "read_dates", "read_page"]

_TIME = r"\d{1,2}\s?(?:[hH:]\s?(?:\d{2})?|heures?)"
_SLOT = re.compile(rf"^[*:;#\s]*({_TIME})(?:\s*(?:-|–|—|à|/|>)\s*({_TIME}))?\s*[:.–—-]?\s*(.*)$")
_HEADING = re.compile(r"^(={1,6})\s*(.+?)\s*\1\s*$")
_LINK = re.compile(r"\[\[:?([^\[\]|]+)(?:\|([^\[\]]*))?\]\]")
_EXTERNAL = re.compile(r"\[(https?://[^\s\]]+)(?:\s+([^\]]*))?\]")
_ROOM = re.compile(
    r"^(.*\S)\s*\(([^()]*(?:salle|amphi|hall|cour|jardin|étage|auditorium|atelier)[^()]*)\)$", re.IGNORECASE
)
_WEEKDAY = r"(?:(?:lun|mar|mercre|jeu|vendre|same)di\s+|dimanche\s+)?"
_DAYS = re.compile(
    rf"(?:l[ea]s?|du)?\s*{_WEEKDAY}(\d{{1,2}})(?:er)?(?:\s+([^\W\d]{{3,}}))?(?:\s+(\d{{4}}))?\s*(?P<joint>-|–|—|et|au|&)\s*(?:le\s+)?"
    rf"{_WEEKDAY}(\d{{1,2}})(?:er)?\s+([^\W\d]{{3,}})\s+(\d{{4}})",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?:le\s+)?(?:[^\W\d]+di\s+|dimanche\s+)?(\d{1,2})(?:er)?\s+([^\W\d]{3,})\s+(\d{4})", re.IGNORECASE)
_HALF_DAYS = ("matin", "matinee", "apres midi", "midi", "soir", "soiree", "journee")


@dataclass(frozen=True)
class PageRead:
    """What was understood; `left` are the lines that were not, with their numbers."""

    event: Event
    left: tuple[tuple[int, str], ...] = ()


@dataclass
class _State:
    event: Event
    sessions: list[Session] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)
    section: str = ""
    day: date | None = None


def read_page(key: str, title: str, text: str) -> PageRead:
    """The edition that a page tells. The bot's own marks are no text."""
    state = _State(Event(key, normal_title(title), built=False))
    for number, line in enumerate(_without_comments(text).split("\n"), start=1):
        if line.strip() and not _understood(state, line.strip()):
            state.left.append((number, line.strip()))
    return PageRead(replace(state.event, sessions=tuple(state.sessions)), tuple(state.left))


def _without_comments(text: str) -> str:
    for node in sorted((n for n in walk(preprocess(text)) if n.kind == "comment"), key=lambda n: -n.start):
        text = text[: node.start] + "\n" * text.count("\n", node.start, node.end) + text[node.end :]
    return text


def _understood(state: _State, line: str) -> bool:
    if heading := _HEADING.match(line):
        return _heading(state, _shown(heading[2]))
    if state.section == "programme" or (not state.section and _SLOT.match(_plain(line))):
        return _in_programme(state, line)
    if state.section == "thanks":
        state.event = replace(state.event, thanks=f"{state.event.thanks}\n\n{_shown(line)}".strip())
        return not _LINK.search(line) and "{" not in line
    if state.section == "resources":
        return _resource(state, line)
    return not state.section and _at_top(state, line)


def _heading(state: _State, words: str) -> bool:
    key = sort_key(words)
    years = [day.year for day in state.event.dates] or [int(y) for y in re.findall(r"\b(\d{4})\b", state.event.title)]
    if day := read_day(words, years) or _day_among(words, state.event.dates):
        state.section, state.day = "programme", day
    elif key in _HALF_DAYS or key.startswith("programme"):
        state.section = "programme"
    elif key.startswith("remerciement"):
        state.section = "thanks"
    elif key.startswith("ressource"):
        state.section = "resources"
    else:
        state.section = "other"
        return False
    return True


def _day_among(words: str, days: Sequence[date]) -> date | None:
    """`Vendredi 17` or `Vendredi`: the one day of the edition that it can be."""
    named = re.fullmatch(r"(?:(\w+)\s*)?(?:(\d{1,2})(?:er)?)?", words.strip())
    if not named or not any(named.groups()):
        return None
    weekday = sort_key(named[1] or "")
    fitting = [
        day
        for day in days
        if (not named[2] or day.day == int(named[2])) and (not weekday or sort_key(WEEKDAYS[day.weekday()]) == weekday)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _at_top(state: _State, line: str) -> bool:
    words = _shown(line)
    dates, rest = read_dates(words)
    if dates and not state.event.dates:
        state.event = replace(state.event, dates=dates, place=rest)
        return True
    bold = re.fullmatch(r"'''(.+?)'''(?:\s*\((\d+)(?:re|er|e|ème)\s+édition\))?", line)
    if bold and not state.event.theme:
        state.event = replace(state.event, theme=_shown(bold[1]), number=int(bold[2] or 0))
        return True
    if people := re.fullmatch(r"(\d[\d\s\u202f]*) (?:participant\w*|personnes).*", words):
        state.event = replace(state.event, participants=int(re.sub(r"\D", "", people[1])))
        return True
    if (theme := re.search(r"\bTh[èe]me\s*:\s*([^.;]{3,200})", words)) and not state.event.theme:
        state.event = replace(state.event, theme=theme[1].strip(" «»\u00a0"))
    if (some := re.search(r"\b(\d{1,5}) (?:participant\w*|personnes)\b", words)) and not state.event.participants:
        state.event = replace(state.event, participants=int(some[1]))
    if partners := re.fullmatch(r"Partenaires : (.+?)\.?", words):
        state.event = replace(state.event, partners=tuple(partners[1].split(", ")))
        return True
    return False


def _in_programme(state: _State, line: str) -> bool:
    found = _SLOT.match(_plain(line))
    start = read_time(found[1]) if found else None
    if found and start and (not found[2] or read_time(found[2])):
        return _session(state, found, line)
    account = sort_key(_shown(line)).startswith("compte rendu")
    return bool(state.sessions) and (line.startswith("*") or account) and _below(state, line.lstrip("*#: ").strip())


def _session(state: _State, found: re.Match[str], line: str) -> bool:
    link = _LINK.search(line)
    words, room = _shown(found[3]), ""
    if with_room := _ROOM.match(words):
        words, room = with_room[1], with_room[2]
    page = normal_title(link[1]) if link else ""
    usual = normal_title(f"{state.event.title} - {words}")
    start, end = read_time(found[1]), read_time(found[2]) if found[2] else None
    state.sessions.append(Session(words, state.day, start, end, room, page="" if page == usual else page))
    return bool(words)


def _below(state: _State, words: str) -> bool:
    """A bullet below a session: its account, its pad, or somebody who speaks."""
    session = state.sessions[-1]
    link, external = _LINK.fullmatch(words), _EXTERNAL.fullmatch(words)
    if "compte" in sort_key(_shown(words)) and "rendu" in sort_key(_shown(words)):
        if link and normal_title(link[1]) != state.event.page_of(session):
            state.sessions[-1] = replace(session, page=normal_title(link[1]))
        if external:
            state.sessions[-1] = replace(session, pad=external[1])
        return bool(link or external) or "venir" in words
    if external:
        state.sessions[-1] = replace(session, pad=session.pad or external[1])
        return not session.pad
    speakers = read_speakers(_shown(words).replace(";", ","))
    if not speakers or len(words) > 300:
        return False
    state.sessions[-1] = replace(session, speakers=(*session.speakers, *speakers))
    return True


def _resource(state: _State, line: str) -> bool:
    found = _EXTERNAL.search(line)
    if not found or not line.startswith("*"):
        return False
    rest = _shown(_EXTERNAL.sub("", line).lstrip("* "))
    kind = re.match(r"\(([^()]*)\)", rest)
    parts = [part.strip() for part in rest[kind.end() if kind else 0 :].split(",") if part.strip()]
    author, licence = [*parts, "", ""][:2]
    one = Resource(_shown(found[2] or found[1]), found[1], kind[1] if kind else "", author, licence)
    state.event = replace(state.event, resources=(*state.event.resources, one))
    return len(parts) <= 2


def _plain(line: str) -> str:
    return line.replace("'''", "").replace("''", "")


def _shown(text: str) -> str:
    """The words that readers see of a line without templates."""
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    text = _EXTERNAL.sub(lambda found: found[2] or found[1], text)
    return " ".join(without_entities(_plain(re.sub(r"<br\s*/?>", " ", text))).split())


def read_dates(words: str) -> tuple[tuple[date, ...], str]:
    """The days that a line begins with, and what stands behind them (the place)."""
    for pattern, reader in ((_DAYS, _from_to), (_DAY, _one)):
        found = pattern.match(words.strip())
        days = reader(found) if found else ()
        if found and days:
            return days, words.strip()[found.end() :].strip(" ,–-.:")
    return (), words


def _from_to(found: re.Match[str]) -> tuple[date, ...]:
    """Two days, or all those between them where the words say so (`du 17 au 19`)."""
    last = read_day(f"{found[5]} {found[6]} {found[7]}")
    first = read_day(f"{found[1]} {found[2] or found[6]} {found[3] or found[7]}")
    if not (first and last and first <= last):
        return ()
    if found["joint"].casefold() in ("et", "&"):
        return tuple(dict.fromkeys((first, last)))
    if last - first >= timedelta(days=15):
        return ()
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def _one(found: re.Match[str]) -> tuple[date, ...]:
    day = read_day(f"{found[1]} {found[2]} {found[3]}")
    return (day,) if day else ()
