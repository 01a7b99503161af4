"""A MediaWiki as it was when it was last looked at, answered from the cache: for reading offline, never for writing.

What the cache does not hold is not there: histories and older revisions that nobody read. `now()` is the time of then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime

from capitalise.errors import WikiError
from capitalise.messages import N_
from capitalise.pages.revisions import Account, Head, Revision
from capitalise.wikis.cache import CellMemo, RevisionCache
from capitalise.wikis.serverless import Secluded

__all__ = ["RememberedWiki", "remember_definition", "remember_listing", "remember_site"]


def remember_site(cache: RevisionCache, account: str, tags: Iterable[str], now: datetime) -> None:
    """Keep what a wiki says of itself at the start of a session."""
    cache.learn("site", json.dumps({"account": account, "tags": sorted(tags), "now": now.isoformat()}))


def remember_listing(cache: RevisionCache, template: str, category: str, listing: Mapping[str, int]) -> None:
    """Keep which pages there are."""
    cache.learn(f"listing {template}|{category}", json.dumps(listing, ensure_ascii=False))


def remember_definition(cache: RevisionCache, kind: str, name: str, revision: int) -> None:
    """Keep which revision a form, template or property is at; its text is among the revisions."""
    cache.learn(f"{kind} {name}", str(revision))


class RememberedWiki(Secluded):
    """Reader over a cache. Raises WikiError where nothing was ever kept."""

    def __init__(self, key: str, cache: RevisionCache) -> None:
        self._key, self.cache = key, cache
        site = cache.fact("site")
        if not site:
            raise WikiError(
                N_("Nothing is known of the wiki “%(key)s” on this machine yet: look once while it answers.", key=key)
            )
        self._site = json.loads(site)
        self._listed: dict[str, int] = {}

    @property
    def key(self) -> str:
        return self._key

    def account(self) -> Account:
        return Account(0, self._site["account"])

    def now(self) -> datetime:
        return datetime.fromisoformat(self._site["now"])

    def extension_tags(self) -> frozenset[str]:
        return frozenset(self._site["tags"])

    def parser_functions(self) -> frozenset[str]:
        return frozenset()

    def members(self, template: str, category: str) -> Mapping[str, int]:
        kept = self.cache.fact(f"listing {template}|{category}")
        if not kept:
            raise WikiError(
                N_(
                    "Nothing is known of these pages of “%(key)s” on this machine yet: look once while the wiki answers.",
                    key=self.key,
                )
            )
        listing: dict[str, int] = json.loads(kept)
        self._listed |= listing
        return listing

    def offered(self, kind: str, name: str) -> Sequence[str] | None:
        kept = self.cache.fact(f"offered {kind} {name}")
        return json.loads(kept) if kept else None

    def heads(self, titles: Iterable[str]) -> Mapping[str, Head]:
        titles = list(titles)
        found = self.revisions(self._listed[title] for title in titles if title in self._listed)
        by_title = {r.title: r for r in found.values()}
        return {title: _head(title, by_title.get(title)) for title in titles}

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        return self.cache.revisions(ids)

    def history(self, title: str, back_to: int = 0) -> Sequence[Revision]:
        return ()

    def first_revision(self, title: str) -> int:
        return 0

    def deleted_among(self, titles: Iterable[str]) -> frozenset[str]:
        return frozenset()

    def definitions(self, kind: str, names: Sequence[str]) -> Mapping[str, Revision]:
        numbers = {name: int(self.cache.fact(f"{kind} {name}") or 0) for name in names}
        found = self.cache.revisions([number for number in numbers.values() if number])
        return {name: found[number] for name, number in numbers.items() if number in found}

    def bots(self, users: Iterable[str]) -> frozenset[str]:
        return frozenset({self._site["account"]})

    def rendered(self, title: str, text: str) -> str:
        return ""

    def cells_cache(self, form: str) -> MutableMapping[str, dict[str, str]]:
        return CellMemo(self.cache, form)

    def contributions(self, since: datetime | None = None) -> Sequence[Revision]:
        return ()


def _head(title: str, revision: Revision | None) -> Head:
    if revision is None:
        return Head(title, 0)
    return Head(title, revision.id, sha1=revision.sha1, user=revision.user, at=revision.timestamp)
