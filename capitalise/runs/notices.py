"""What somebody is told of a bot that runs by itself, once: that it fails, that it works again, what has waited too long, and a digest.

Pure: from what was told before and what this night brought to what is told now, and what is remembered of it. A notice that could
not be sent is not remembered, so that the next night sends it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from capitalise.errors import CapitaliseError
from capitalise.messages import N_, NP_, Message
from capitalise.plans.model import Conflict, Finding

__all__ = ["Night", "Notice", "Told", "after_sending", "notices", "waiting_key"]

MOST_LINES = 30


@dataclass(frozen=True)
class Night:
    """What a run brought: what ended it, if anything did; what waits for people, by `waiting_key`; the pages it wrote."""

    at: datetime
    failed: CapitaliseError | None = None
    waiting: Mapping[str, Message] = field(default_factory=dict)
    written: int = 0


@dataclass(frozen=True)
class Told:
    """What is remembered of a bot between its runs. `failed` is the sentence of the failure that was told, `since` when it was; `first` says when each
    thing that waits was first seen, `told` which of them somebody knows of; `written` and `digest`: pages since the last digest, and when that was."""

    failed: str = ""
    since: datetime | None = None
    first: Mapping[str, datetime] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    written: int = 0
    digest: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """Something to tell: a subject, and lines. `changes` are the fields of Told that are true once it was sent."""

    kind: str
    subject: Message
    lines: tuple[Message, ...]
    changes: Mapping[str, object]


def waiting_key(one: Conflict | Finding) -> str:
    """The same thing that waits has the same key, and two other texts in the same field another one."""
    said = (one.ours, one.theirs) if isinstance(one, Conflict) else (one.rule, one.message.text)
    return hashlib.sha1("\0".join((one.wiki, one.title, one.field, *said)).encode(), usedforsecurity=False).hexdigest()[
        :12
    ]


def notices(told: Told, night: Night, bot: str, after: timedelta, every: timedelta) -> tuple[list[Notice], Told]:
    """What is to be told now, and what is remembered whether or not it can be sent. `after` is how long a thing may wait, `every` how
    often a digest comes (0: never)."""
    if night.failed:
        return _failure(told, night, night.failed, bot), told
    first = {key: told.first.get(key, night.at) for key in night.waiting}
    kept = replace(
        told,
        first=first,
        told=told.told & set(first),
        written=told.written + night.written,
        digest=told.digest or night.at,
    )
    found = [*_recovery(kept, bot), *_overdue(kept, night, bot, after), *_digest(kept, night, bot, every)]
    return found, kept


def after_sending(told: Told, notice: Notice) -> Told:
    """What is remembered once a notice was sent."""
    return replace(told, **notice.changes)  # type: ignore[arg-type]


def _failure(told: Told, night: Night, error: CapitaliseError, bot: str) -> list[Notice]:
    said = f"{type(error).__name__} {error.message.text}"  # not what stands in it: the same trouble names another page each night
    if said == told.failed:
        return []
    subject = N_("The bot “%(bot)s” has stopped", bot=bot)
    changes = {"failed": said, "since": told.since or night.at}
    return [Notice("failed", subject, (error.message, _ONCE), changes)]


_ONCE = N_("This is said once; another word comes when it works again, or fails otherwise.")


def _recovery(told: Told, bot: str) -> Iterable[Notice]:
    if told.failed and told.since:
        subject = N_("The bot “%(bot)s” works again", bot=bot)
        yield Notice(
            "works", subject, (N_("It had stopped %(when)s.", when=told.since),), {"failed": "", "since": None}
        )


def _overdue(told: Told, night: Night, bot: str, after: timedelta) -> Iterable[Notice]:
    due = [key for key, at in told.first.items() if night.at - at >= after and key not in told.told]
    if due:
        subject = NP_(
            "The bot “%(bot)s”: %(count)d thing waits for somebody",
            "The bot “%(bot)s”: %(count)d things wait for somebody",
            len(due),
            bot=bot,
        )
        yield Notice(
            "waits", subject, (*_lines(night.waiting[key] for key in due), _look(bot)), {"told": told.told | set(due)}
        )


def _digest(told: Told, night: Night, bot: str, every: timedelta) -> Iterable[Notice]:
    if every and told.digest and night.at - told.digest >= every:
        subject = N_("The bot “%(bot)s” since %(when)s", bot=bot, when=told.digest)
        wrote = NP_("%(count)d page written.", "%(count)d pages written.", told.written)
        waits = NP_("%(count)d thing waits for somebody.", "%(count)d things wait for somebody.", len(night.waiting))
        lines = (wrote, waits, *_lines(night.waiting.values()), *([_look(bot)] if night.waiting else []))
        yield Notice("digest", subject, lines, {"written": 0, "digest": night.at})


def _lines(messages: Iterable[Message]) -> list[Message]:
    all_ = list(messages)
    more = len(all_) - MOST_LINES
    return all_[:MOST_LINES] + ([NP_("… and %(count)d more", "… and %(count)d more", more)] if more > 0 else [])


def _look(bot: str) -> Message:
    return N_("To see all of it: capitalise plan %(bot)s", bot=bot)
