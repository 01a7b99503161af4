"""What a MediaWiki says of itself and of its neighbours: addresses, prefixes, logs, lists of titles, who is a bot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from capitalise.pages.revisions import Account, LogEntry
from capitalise.wikis.answers import batches, time_of
from capitalise.wikis.api import Answer, Api
from capitalise.wikis.semantic import ask_titles, values_in_use

__all__ = ["Surroundings"]

_LOGGED = {"move": "move", "delete": "delete"}


class Surroundings:
    """The part of a MediaWiki's `Reader` that is about more than its pages' texts."""

    api: Api
    general: Answer
    namespaces: dict[str, Answer]
    _account: Account
    _functions: frozenset[str]

    def asked(self, query: str) -> Sequence[str] | None:
        return ask_titles(self.api.call, query) if "ask" in self._functions else None

    def values_in_use(self, name: str) -> Sequence[str]:
        return values_in_use(self.api.call, name) if "ask" in self._functions else ()

    def address(self) -> str:
        return str(self.general.get("server", "")) + str(self.general.get("articlepath", ""))

    def script(self) -> str:
        return str(self.general.get("script", "/index.php"))

    def capital_links(self) -> bool:
        return self.general.get("case") != "case-sensitive"

    def interwiki(self) -> Mapping[str, str]:
        answer = self.api.call(action="query", meta="siteinfo", siprop="interwikimap")
        return {one["prefix"]: one["url"] for one in answer["query"].get("interwikimap", ())}

    def namespace_names(self) -> frozenset[str]:
        answer = self.api.call(action="query", meta="siteinfo", siprop="namespacealiases")
        aliases = [one["alias"] for one in answer["query"].get("namespacealiases", ())]
        own = [ns.get(key, "") for ns in self.namespaces.values() for key in ("name", "canonical")]
        return frozenset(name.casefold() for name in (*own, *aliases) if name)

    def bots(self, users: Iterable[str]) -> frozenset[str]:
        answers = (
            self.api.call(action="query", list="users", ususers="|".join(some), usprop="groups")
            for some in batches(dict.fromkeys(users), 50)
        )
        listed = [user for answer in answers for user in answer["query"]["users"]]
        return frozenset(u["name"] for u in listed if "bot" in u.get("groups", ()) or u["name"] == self._account.name)

    def under(self, title: str) -> Mapping[str, int]:
        space, name = self._split(title)
        answers = self.api.query(
            prop="info",
            generator="allpages",
            gapnamespace=space,
            gapprefix=name,
            gapfilterredir="nonredirects",
            gaplimit="max",
        )
        pages = [page for answer in answers for page in answer.get("pages", ()) if "lastrevid" in page]
        return {p["title"]: p["lastrevid"] for p in pages if p["title"] == title or p["title"].startswith(f"{title}/")}

    def titles(self, beginning: str) -> Sequence[str]:
        space, name = self._split(beginning)
        answers = self.api.query(
            list="allpages", apnamespace=space, apprefix=name, apfilterredir="nonredirects", aplimit="max"
        )
        return [page["title"] for answer in answers for page in answer["allpages"]]

    def log_of(self, title: str) -> Sequence[LogEntry]:
        answer = self.api.call(action="query", list="logevents", letitle=title, lelimit=20)
        return [
            LogEntry(
                _LOGGED[one["type"]],
                time_of(one["timestamp"]),
                one.get("user", ""),
                one.get("comment", ""),
                one.get("params", {}).get("target_title", ""),
            )
            for one in answer["query"]["logevents"]
            if one.get("type") in _LOGGED and one.get("action") != "restore"
        ]

    def _split(self, title: str) -> tuple[int, str]:
        """A title's namespace by number, and the rest."""
        prefix, colon, name = title.partition(":")
        for number, ns in self.namespaces.items():
            if (
                colon
                and number != "0"
                and prefix.strip().casefold() in (ns["name"].casefold(), ns.get("canonical", "").casefold())
            ):
                return int(number), name.strip()
        return 0, title
