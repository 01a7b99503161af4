"""What a MediaWiki says of itself and of its neighbours: addresses, prefixes, logs, lists of titles, who is a bot; how it shows a text."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice

from capitalise.pages.revisions import Absence, Account, Expanded, KeptAnswer, LogEntry, Shown
from capitalise.wikis.api import Answer, Api
from capitalise.wikis.invalidation import Kept
from capitalise.wikis.parsing import MARK, batches, head_of, time_of
from capitalise.wikis.semantic import ask_titles, ask_values, conditions_of, values_in_use

__all__ = ["Surroundings"]

_LOGGED = {"move": "move", "delete": "delete", "create": "create"}


MOST_LISTINGS = 20  # answers with titles that begin alike
MOST_CATEGORIES = 100  # categories that are looked into for one list of a form
SEPARATOR = "\n⁂capitalise⁂\n"  # between texts that are expanded in one request
FEW = 3  # titles that the log is asked for one by one

#: Namespaces by their canonical name, and what pages are called where a wiki has no such namespace.
_PREFIXES = {"form": ("Form", ["Formulaire", "Form"]), "property": ("Property", ["Attribut", "Property"])}


class Surroundings:
    """The part of a MediaWiki's `Reader` that is about more than its pages' texts."""

    api: Api
    general: Answer
    namespaces: dict[str, Answer]
    kept: Kept
    listings: dict[str, dict[int, tuple[str, str]]]
    _account: Account
    _functions: frozenset[str]

    def prefixes(self) -> Mapping[str, str]:
        """By the canonical names that Page Forms and Semantic MediaWiki give their namespaces in every language."""
        own = {ns.get("canonical"): ns["name"] for ns in self.namespaces.values()}
        kinds = {"form": "Form", "template": "Template", "property": "Property", "category": "Category"}
        return {kind: own[canonical] for kind, canonical in kinds.items() if canonical in own}

    def _prefixes(self, kind: str) -> list[str]:
        """The namespace of forms or properties by what the wiki says of itself; on a wiki without one, the names that
        pages go by."""
        canonical, names = _PREFIXES[kind]
        return [ns["name"] for ns in self.namespaces.values() if ns.get("canonical") == canonical] or names

    def query_smw(self, query: str) -> Sequence[str] | None:
        return ask_titles(self.api.call, query) if "ask" in self._functions else None

    def offered(self, kind: str, name: str) -> Sequence[str] | None:
        found = self._offered(kind, name)
        if found is not None:
            self.kept.cache.learn(f"offered {kind} {name}", json.dumps(found, ensure_ascii=False))
        return found

    def _offered(self, kind: str, name: str) -> Sequence[str] | None:
        if kind == "category":
            return self._in_category(name)
        if kind == "namespace":
            space, _rest = self._split(f"{name}:x")
            pages = self.listed(generator="allpages", gapnamespace=space, gapfilterredir="nonredirects", gaplimit="max")
            return [title.partition(":")[2] if space else title for title in pages]
        if "ask" not in self._functions:
            return None
        if kind == "property":
            return values_in_use(self.api.call, name)
        return ask_titles(self.api.call, conditions_of(name) if kind == "query" else f"[[Concept:{name}]]")

    def _in_category(self, name: str) -> list[str]:
        """The pages of a category and of those inside it."""
        spaces = {int(number) for number, space in self.namespaces.items() if space.get("content")}
        seen, wanted, found = {name}, [name], dict[str, None]()
        while wanted and len(seen) <= MOST_CATEGORIES:
            title = f"{self.namespaces['14']['name']}:{wanted.pop()}"
            asked = {"list": "categorymembers", "cmtitle": title, "cmprop": "title", "cmtype": "page|subcat"}
            members = [one for a in self.api.query(**asked, cmlimit="max") for one in a.get("categorymembers", ())]
            found |= {one["title"]: None for one in members if one["ns"] in spaces}
            below = [one["title"].partition(":")[2] for one in members if one["ns"] == 14]
            wanted += [one for one in below if one not in seen]
            seen |= set(below)
        return list(found)

    def mapped(self, kind: str, name: str, values: Sequence[str]) -> Mapping[str, str]:
        if kind == "template":
            calls = SEPARATOR.join(f"{{{{{name}|1={value}}}}}" for value in values)
            answer = self.api.call(action="expandtemplates", text=calls, prop="wikitext")
            made = str(answer["expandtemplates"].get("wikitext", "")).split(SEPARATOR)
            return dict(zip(values, map(str.strip, made), strict=False)) if len(made) == len(values) else {}
        return ask_values(self.api.call, values, name) if "ask" in self._functions else {}

    def address(self) -> str:
        return str(self.general.get("server", "")) + str(self.general.get("articlepath", ""))

    def script(self) -> str:
        return str(self.general.get("script", "/index.php"))

    def capital_links(self) -> bool:
        return self.general.get("case") != "case-sensitive"

    def interwiki(self) -> Mapping[str, str]:
        return {one["prefix"]: one["url"] for one in self._names().get("interwikimap", ())}

    def _names(self) -> Answer:
        """The prefixes of other wikis and of namespaces: asked once a day."""
        fact, today = self.kept.cache.fact("names"), f"{self.now():%Y-%m-%d}"
        if fact.startswith(today):
            return json.loads(fact.removeprefix(today))  # type: ignore[no-any-return]
        answer = self.api.call(action="query", meta="siteinfo", siprop="interwikimap|namespacealiases")
        self.kept.cache.learn("names", today + json.dumps(answer["query"]))
        return answer["query"]  # type: ignore[no-any-return]

    def now(self) -> datetime:
        raise NotImplementedError

    def namespace_names(self) -> frozenset[str]:
        aliases = [one["alias"] for one in self._names().get("namespacealiases", ())]
        own = [ns.get(key, "") for ns in self.namespaces.values() for key in ("name", "canonical")]
        return frozenset(name.casefold() for name in (*own, *aliases) if name)

    def bots(self, users: Iterable[str]) -> frozenset[str]:
        answers = (
            self.api.call(action="query", list="users", ususers="|".join(some), usprop="groups")
            for some in batches(dict.fromkeys(users), 50)
        )
        listed = [user for answer in answers for user in answer["query"]["users"]]
        return frozenset(u["name"] for u in listed if "bot" in u.get("groups", ()) or u["name"] == self._account.name)

    def listed(self, **source: object) -> Mapping[str, int]:
        """The pages that a generator of the API gives, now: title → current revision."""
        answers = self.api.query(prop="info|revisions", rvprop=MARK, **source)
        heads = [head_of(page) for answer in answers for page in answer.get("pages", ()) if "lastrevid" in page]
        self.listings[repr(source)] = {head.revision: (head.title, head.sha1) for head in heads}
        return {head.title: head.revision for head in heads}

    def prefixed(self, beginning: str) -> Mapping[str, int]:
        space, name = self._split(beginning)
        return self.listed(
            generator="allpages", gapnamespace=space, gapprefix=name, gapfilterredir="nonredirects", gaplimit="max"
        )

    def search(self, words: str) -> Mapping[str, int]:
        """In texts: MediaWiki's own search looks at titles only where nothing is said (ApiQuerySearch.php). In all namespaces of
        content: it would look at the first one."""
        limit = 500  # pages in one request; a search that finds more is none
        how = {"srwhat": "text", "srnamespace": self._content(), "srlimit": limit, "srprop": "", "srinfo": ""}
        answer = self.api.call(action="query", list="search", srsearch=words, **how)
        found = [page["title"] for page in answer["query"]["search"]]
        listings = (self.listed(titles="|".join(some)) for some in batches(found, 50))
        return {title: revision for listing in listings for title, revision in listing.items()}

    def linking(self, title: str) -> Mapping[str, int]:
        return self.listed(generator="backlinks", gbltitle=title, gblfilterredir="nonredirects", gbllimit="max")

    def _content(self) -> str:
        """The numbers of the namespaces that hold content, as the API takes them."""
        return "|".join(number for number, space in self.namespaces.items() if space.get("content"))

    def titles_of(self, ids: Iterable[int]) -> Mapping[int, str]:
        answers = (
            answer
            for some in batches(dict.fromkeys(ids), 50)
            for answer in self.api.query(prop="info", pageids="|".join(map(str, some)))
        )
        pages = (page for answer in answers for page in answer.get("pages", ()))
        return {page["pageid"]: page["title"] for page in pages if "lastrevid" in page}

    def expanded_links(self, titles: Iterable[str]) -> Mapping[str, Expanded]:
        """By `prop=links|iwlinks|extlinks|templates`. A page that `#ifexist` asks about is among the links, though none shows."""
        links: dict[str, list[str]] = {}
        transcluded: dict[str, list[str]] = {}
        limits = dict.fromkeys(("pllimit", "iwlimit", "ellimit", "tllimit"), "max")
        for some in batches(dict.fromkeys(titles), self.batch):
            answers = self.api.query(prop="links|iwlinks|extlinks|templates", titles="|".join(some), **limits)
            for page in (page for answer in answers for page in answer.get("pages", ())):
                mine = links.setdefault(page["title"], [])
                mine += [f"[[:{one['title']}]]" for one in page.get("links", ())]
                mine += [f"[[:{one['prefix']}:{one['title']}]]" for one in page.get("iwlinks", ())]
                mine += [str(one["url"]) for one in page.get("extlinks", ())]
                transcluded.setdefault(page["title"], []).extend(one["title"] for one in page.get("templates", ()))
        return {title: Expanded(some, transcluded[title]) for title, some in links.items()}

    @property
    def batch(self) -> int:
        """Titles or ids a request (ApiBase::LIMIT_SML1, LIMIT_SML2)."""
        return 500 if "apihighlimits" in self._account.rights else 50

    def html_of(self, title: str, text: str | None = None) -> Shown | None:
        what = {"page": title} if text is None else {"title": title, "text": text, "contentmodel": "wikitext"}
        answer = self.api.call(action="parse", **what, prop="text|templates", disablelimitreport=True)["parse"]
        return Shown(answer["text"], [one["title"] for one in answer.get("templates", ())])

    def subpages(self) -> frozenset[str]:
        return frozenset(ns["name"].casefold() for ns in self.namespaces.values() if ns.get("subpages"))

    def cached_answers(self, kind: str, names: Iterable[str]) -> Mapping[str, str]:
        return self.kept.cached_answers(kind, names, self.now())

    def cache_answers(self, kind: str, answers: Mapping[str, KeptAnswer]) -> None:
        self.kept.cache_answers(kind, answers)

    def deleted_among(self, titles: Iterable[str]) -> frozenset[str]:
        """A page that was moved away and left no redirect is gone from here as well. The log is asked title by title (it takes
        no list), or read whole where there are many of them and it is short."""
        wanted = dict.fromkeys(titles)
        asked = ({"leaction": "delete/delete"}, {"letype": "move"})
        if len(wanted) > FEW and (logged := self._logged(asked)) is not None:
            return logged & frozenset(wanted)
        return frozenset(
            title
            for title in wanted
            if any(
                next(self.api.query(list="logevents", letitle=title, lelimit=1, **one))["logevents"] for one in asked
            )
        )

    def _logged(self, kinds: Iterable[Mapping[str, str]]) -> frozenset[str] | None:
        """Every title in the log of some kinds, None where it is longer than an answer."""
        found: set[str] = set()
        for kind in kinds:
            answers = self.api.query(list="logevents", lelimit="max", leprop="title|type", **kind)
            found |= {entry["title"] for entry in next(answers)["logevents"] if "title" in entry}
            if next(answers, None) is not None:
                return None
        return frozenset(found)

    def titles_beginning(self, beginning: str) -> Sequence[str]:
        space, name = self._split(beginning)
        asked = {"apnamespace": space, "apprefix": name, "apfilterredir": "nonredirects", "aplimit": "max"}
        answers = self.api.query(list="allpages", **asked)
        return [page["title"] for answer in islice(answers, MOST_LISTINGS) for page in answer["allpages"]]

    def absence(self, title: str) -> Absence:
        answer = self.api.call(action="query", list="logevents", letitle=title, lelimit=20)
        log = [
            LogEntry(
                _LOGGED[one["type"]],
                time_of(one["timestamp"]),
                one.get("user", ""),
                one.get("comment", ""),
                one.get("params", {}).get("target_title", ""),
            )
            for one in answer["query"]["logevents"]
            if one.get("type") in _LOGGED and one.get("action") not in ("restore", "revision", "event")
        ]
        return Absence(log)

    def first_revision(self, title: str) -> int:
        answer = next(self.api.query(prop="revisions", titles=title, rvprop="ids", rvlimit=1, rvdir="newer"))
        return next((r["revid"] for page in answer["pages"] for r in page.get("revisions", ())), 0)

    def null_revisions(self, title: str, after: int, until: int) -> bool:
        if after in (0, until):
            return after == until
        answers = self.api.query(
            prop="revisions", titles=title, rvprop="ids|sha1", rvlimit="max", rvstartid=until, rvendid=after
        )
        texts = {
            r["revid"]: r.get("sha1")
            for answer in answers
            for page in answer["pages"]
            for r in page.get("revisions", ())
        }
        return {after, until} <= set(texts) and len(set(texts.values())) == 1 and None not in texts.values()

    def rendered(self, title: str, text: str) -> str:
        """By `action=parse`; addresses in it are made whole, so that pictures show."""
        answer = self.api.call(
            action="parse", title=title, text=text, prop="text", contentmodel="wikitext", disablelimitreport=True
        )
        base: str = self.general.get("server", "")
        base = "https:" + base if base.startswith("//") else base
        return f'<base href="{html.escape(base)}">{answer["parse"]["text"]}'

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
