"""Answers of a MediaWiki that are kept on this machine until the wiki's recent changes touch them.

One request in a session says what changed since the last one (`list=recentchanges`): what nothing touched is not asked for
again. Changes older than `LONGEST` are not asked about: then everything is.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from capitalise.pages.revisions import KeptAnswer
from capitalise.wikis.api import Answer, Api
from capitalise.wikis.cache import RevisionCache

__all__ = ["Kept"]

LONGEST = timedelta(days=14)  # MediaWiki keeps recent changes for 30 or 90 days ($wgRCMaxAge)
OVERLAP = timedelta(minutes=5)  # an edit may reach the table some moments after it was saved: these are looked at twice
MOST_SEEN = 5_000  # changes of the overlap that are known not to be new
MOST_CHANGES = 20  # requests; beyond, asking everything again is cheaper than reading on


@dataclass
class _Changes:
    """What recent changes touched: the pages, and those of them that came or went."""

    titles: set[str] = field(default_factory=set)
    moved: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    def add(self, change: Answer) -> None:
        titles = list(_titles(change))
        self.titles.update(titles)
        self.moved += titles if change["type"] != "edit" else []

    def leaves(self, answer: KeptAnswer) -> bool:
        """Whether an answer still holds."""
        if not self.titles.isdisjoint(answer.titles):
            return False
        return not (answer.beginning and any(title.startswith(answer.beginning) for title in self.moved))


class Kept:
    """The answers in one wiki's cache."""

    def __init__(self, cache: RevisionCache, api: Api) -> None:
        self.cache, self.api = cache, api
        self._held: dict[str, dict[str, str]] | None = None
        self._session = ""

    def cached_answers(self, kind: str, names: Iterable[str], now: datetime) -> Mapping[str, str]:
        if self._held is None:
            self._forget_changed(now)
            self._held = {}
        if kind not in self._held:
            self._held[kind] = self.cache.answers(kind)
        held = self._held[kind]
        return {name: held[name] for name in names if name in held}

    def cache_answers(self, kind: str, answers: Mapping[str, KeptAnswer]) -> None:
        """Nothing where another session began meanwhile: what it knows to have changed may be what this one read before."""
        self.cache.keep_answers(kind, answers, only_if=("changes since", self._session))
        if self._held is not None and kind in self._held:
            self._held[kind] |= {name: answer.text for name, answer in answers.items()}

    def _forget_changed(self, now: datetime) -> None:
        """Drop what changed since the last session, and begin to count from now."""
        fact = self.cache.fact("changes since")
        since, seen, *_session = json.loads(fact) if fact else ((now - OVERLAP).isoformat(), [])
        changes = self._changes(datetime.fromisoformat(since), set(seen)) if _recent(since, now) else None
        self.cache.forget_answers(changes.leaves if changes and fact else lambda answer: False)
        ids = changes.ids if changes else []
        self._session = json.dumps([(now - OVERLAP).isoformat(), ids, secrets.token_hex(4)])
        self.cache.learn("changes since", self._session)

    def _changes(self, since: datetime, seen: set[int]) -> _Changes | None:
        """None where there are too many, or where the wiki hides which page one was about."""
        found = _Changes()
        answers = self.api.query(
            list="recentchanges",
            rcstart=since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            rcdir="newer",
            rctype="edit|new|log",
            rcprop="title|ids|loginfo",
            rclimit="max",
        )
        for number, answer in enumerate(answers):
            for change in answer["recentchanges"]:
                if number >= MOST_CHANGES or "title" not in change:
                    return None
                found.ids.append(change["rcid"])
                if change["rcid"] not in seen:
                    found.add(change)
        del found.ids[:-MOST_SEEN]
        return found


def _recent(since: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(since) < LONGEST


def _titles(change: Answer) -> Iterator[str]:
    """The pages that a change is about: a move's and a merge's other one too."""
    yield change["title"]
    yield from (v for k, v in change.get("logparams", {}).items() if k.endswith("_title") and isinstance(v, str))
