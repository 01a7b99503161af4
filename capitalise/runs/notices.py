"""What somebody is told of a bot that runs by itself, once: that it fails, that it works again, what has waited too long, and a digest.

Pure: from what was told before and what this night brought to what is told now, and what is remembered of it. A notice that could
not be sent is not remembered, so that the next night sends it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from capitalise.errors import CapitaliseError, Refused, Unexpected
from capitalise.messages import N_, NP_, Message
from capitalise.plans.model import Conflict, Finding, Plan
from capitalise.runs.apply import RunReport

__all__ = ["Night", "Notice", "Told", "Waits", "after_sending", "night_of", "notices"]

MOST_LINES = 30
REST = timedelta(hours=20)  # between two words on failing and working again, however often a bot does both


@dataclass(frozen=True)
class Waits:
    """Something that waits for a person: the whole of it, and what of it may stand on a page of the wiki ("" for nothing)."""

    why: Message
    page: str = ""


@dataclass(frozen=True)
class Night:
    """What a run brought: what ended it, if anything did; what waits for people, by key; the pages it wrote."""

    at: datetime
    failed: CapitaliseError | None = None
    waiting: Mapping[str, Waits] = field(default_factory=dict)
    written: int = 0


@dataclass(frozen=True)
class Told:
    """What is remembered of a bot between its runs. `failed` are the failures that were told since it last worked, `since` when the first of them
    was, `last` when anything was said of them; `first` says when each thing that waits was first seen, `told` which of them somebody knows of;
    `written` and `digest`: pages since the last digest, and when that was."""

    failed: frozenset[str] = frozenset()
    since: datetime | None = None
    last: datetime | None = None
    first: Mapping[str, datetime] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    written: int = 0
    digest: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """Something to tell: a subject, and lines for a mail; `public` are those for a page of the wiki. `changes` are the fields of Told that
    are true once it was sent."""

    kind: str
    subject: Message
    lines: tuple[Message, ...]
    public: tuple[Message, ...]
    changes: Mapping[str, object]


def night_of(plan: Plan, report: RunReport | None, wiki: str, at: datetime) -> Night:
    """What a run brought that came to its end. What waits on other wikis than `wiki` is not for its pages."""
    findings = (*plan.findings, *(report.findings if report else ()), *_refused(report))
    found: tuple[Conflict | Finding, ...] = (*plan.conflicts, *findings)
    waiting: dict[str, Waits] = {}
    times = Counter[str]()
    for one in found:
        key = _key(one)
        times[key] += 1  # two rows without a title are two things
        waiting[f"{key}-{times[key]}"] = Waits(_line(one), _page(one) if one.wiki == wiki else "")
    return Night(at, None, waiting, report.written if report else 0)


def _refused(report: RunReport | None) -> Iterable[Finding]:
    """The pages that were planned and are not written, as findings."""
    left, unsaid = report.refused if report else [], N_("the page was not written")
    return [Finding("skipped", one.reason or unsaid, one.change.wiki, one.change.title) for one in left]


def _key(one: Conflict | Finding) -> str:
    """The same for the same question, whatever its texts are by now: numbers and days in its words do not count."""
    said: list[str] = []
    if isinstance(one, Finding):
        named = [str(value) for value in one.message.values.values() if isinstance(value, str)]
        said = [one.rule, one.message.text, *named]
    place = one.at.sheet if one.at else ""
    parts = "\0".join((one.wiki, one.title, one.field, place, *said))
    return hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()[:12]


def _page(one: Conflict | Finding) -> str:
    return ", ".join(filter(None, (one.title, one.field))) if one.title else ""


def _line(one: Conflict | Finding) -> Message:
    why = N_("the sheet and the wiki say different things") if isinstance(one, Conflict) else one.message
    title = one.title or (one.at.title or one.at.sheet if one.at else "")
    if one.field:
        return N_("%(title)s, %(field)s: %(why)s", title=title, field=one.field, why=why)
    return N_("%(title)s: %(why)s", title=title, why=why) if title else why


# -- what is told -----------------------------------------------------------------------------


def notices(told: Told, night: Night, bot: str, after: timedelta, every: timedelta) -> tuple[list[Notice], Told]:
    """What is to be told now, and what is remembered whether or not it can be sent. `after` is how long a thing may wait, `every` how
    often a digest comes (0: never). A time that lies in the future, by a clock that was wrong, is now."""
    kept = replace(
        told,
        last=min(told.last, night.at) if told.last else None,
        digest=min(told.digest or night.at, night.at),
        written=told.written + night.written,
    )
    if night.failed:
        return _failure(kept, night, night.failed, bot), kept
    first = {key: min(told.first.get(key, night.at), night.at) for key in night.waiting}
    kept = replace(kept, first=first, told=told.told & set(first))
    found = [*_recovery(kept, night, bot), *_overdue(kept, night, bot, after), *_digest(kept, night, bot, every)]
    return found, kept


def after_sending(told: Told, notice: Notice) -> Told:
    """What is remembered once a notice was sent."""
    return replace(told, **notice.changes)  # type: ignore[arg-type]


def _rests(told: Told, night: Night) -> bool:
    return bool(told.last and night.at - told.last < REST)


def _failure(told: Told, night: Night, error: CapitaliseError, bot: str) -> list[Notice]:
    said = _trouble(error)
    if said in told.failed or _rests(told, night):
        return []
    subject = N_("The bot “%(bot)s” has stopped", bot=bot)
    once = N_("This is said once; another word comes when it works again, or fails otherwise.")
    why = N_("Why stands in the log of the machine that it runs on, and in the mail to those who get one.")
    changes = {"failed": told.failed | {said}, "since": told.since or night.at, "last": night.at}
    return [Notice("failed", subject, (error.message, once), (why, once), changes)]


def _trouble(error: CapitaliseError) -> str:
    """What kind of failure it is: not what stands in it, since the same trouble names another page each night."""
    more = error.code if isinstance(error, Refused) else ""
    if isinstance(error, Unexpected):
        more = type(error.__cause__).__name__
    return f"{type(error).__name__} {more} {error.message.text}"


def _recovery(told: Told, night: Night, bot: str) -> Iterable[Notice]:
    if told.failed and told.since and not _rests(told, night):
        lines = (N_("It had stopped %(when)s.", when=told.since),)
        changes = {"failed": frozenset[str](), "since": None, "last": night.at}
        yield Notice("works", N_("The bot “%(bot)s” works again", bot=bot), lines, lines, changes)


def _overdue(told: Told, night: Night, bot: str, after: timedelta) -> Iterable[Notice]:
    due = [key for key, at in told.first.items() if night.at - at >= after and key not in told.told]
    if due:
        subject = NP_(
            "The bot “%(bot)s”: %(count)d thing waits for somebody",
            "The bot “%(bot)s”: %(count)d things wait for somebody",
            len(due),
            bot=bot,
        )
        some = [night.waiting[key] for key in due]
        yield Notice(
            "waits", subject, (*_lines(some), _look(bot)), (*_pages(some), _look(bot)), {"told": told.told | set(due)}
        )


def _digest(told: Told, night: Night, bot: str, every: timedelta) -> Iterable[Notice]:
    if every and told.digest and night.at - told.digest >= every:
        subject = N_("The bot “%(bot)s” since %(when)s", bot=bot, when=told.digest)
        wrote = NP_("%(count)d page written.", "%(count)d pages written.", told.written)
        waits = NP_("%(count)d thing waits for somebody.", "%(count)d things wait for somebody.", len(night.waiting))
        some, more = list(night.waiting.values()), [_look(bot)] if night.waiting else []
        lines, public = (wrote, waits, *_lines(some), *more), (wrote, waits, *_pages(some), *more)
        yield Notice("digest", subject, lines, public, {"written": 0, "digest": night.at})


def _lines(some: Iterable[Waits]) -> list[Message]:
    return _cut([one.why for one in some])


def _pages(some: Iterable[Waits]) -> list[Message]:
    """Each page once, by its title: what is wrong may quote a sheet that is nobody's on the wiki."""
    titles = dict.fromkeys(one.page for one in some if one.page)
    return _cut([N_("%(title)s", title=title) for title in titles])


def _cut(lines: list[Message]) -> list[Message]:
    more = len(lines) - MOST_LINES
    return lines[:MOST_LINES] + ([NP_("… and %(count)d more", "… and %(count)d more", more)] if more > 0 else [])


def _look(bot: str) -> Message:
    return N_("To see all of it: capitalise plan %(bot)s", bot=bot)
