"""A MediaWiki over its Action API (1.35 and later), batched: few, large requests.

Facts this relies on, each seen on a real server: `baserevid` alone detects conflicts with everybody,
our own account included (ApiEditPage.php; with `basetimestamp` self-conflicts are hidden); creations
need `starttimestamp` or a page deleted since is silently recreated; answers rename titles
(`normalized`), and a revision's page is named as it is called now.
"""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from capitalise import __version__
from capitalise.clock import Clock
from capitalise.errors import Refused, Stale, Stop, Unclear, WikiError
from capitalise.messages import N_, Message
from capitalise.pages.revisions import Account, Edit, FileInfo, Head, Preflight, Receipt, Revision
from capitalise.wikis.api import Answer, Api
from capitalise.wikis.cache import CellMemo, RevisionCache, cache_of
from capitalise.wikis.credentials import Credentials, find_credentials, find_http_password, private_folder
from capitalise.wikis.elsewhere import MEMBERS_ONLY, api_of, members_only
from capitalise.wikis.invalidation import Kept
from capitalise.wikis.offline import remember_definition, remember_listing, remember_site
from capitalise.wikis.parsing import (
    FULL,
    HEAD,
    MARK,
    as_sent,
    as_skip_or_stop,
    batches,
    contribution_of,
    failure_of,
    file_info,
    head_of,
    redirected,
    revisions_of,
    time_of,
    upload_refused,
)
from capitalise.wikis.progress import told_along
from capitalise.wikis.queries import Surroundings
from capitalise.wikis.restored import notice_restored

__all__ = ["MediaWiki", "open_mediawiki"]


def open_mediawiki(
    key: str,
    address: str,
    contact: str,
    clock: Clock,
    told: Callable[[Message], None] = lambda message: None,
    credentials: Credentials | None = None,
    *,
    as_bot: bool = False,
    http_user: str = "",
) -> MediaWiki:
    """The wiki as the account that is given, or that `find_credentials` finds, with its kept session; `address` is any of its addresses. `http_user` is who
    we are for the web server before it."""
    http_password = (http_user, find_http_password(key)) if http_user else None
    address = api_of(address, f"capitalise/{__version__} ({contact}; bot)", http_password)
    credentials = credentials or find_credentials(key)
    name = hashlib.sha256(f"{address} {credentials.user}".encode()).hexdigest()[:16] if credentials else ""
    cookies = private_folder() / f"session-{key}-{name}.json" if credentials else None
    return MediaWiki(
        key, Api(address, contact, clock, credentials, cookies, told, as_bot, http_password), cache_of(address)
    )


class MediaWiki(Surroundings):
    """A Store. Opening it asks the wiki who it is and who we are: one request where the session still lives.

    With it come the current revisions of the forms and templates that earlier starts needed.
    """

    def __init__(self, key: str, api: Api, cache: RevisionCache | None = None) -> None:
        self._key, self.api, self.cache = key, api, cache or RevisionCache(":memory:")
        self.kept = Kept(self.cache, api)
        # revisions that a listing called current, with their pages and the sha1 of their texts
        self.listings: dict[str, dict[int, tuple[str, str]]] = {}
        answer = self._first_answer()
        user = answer["userinfo"]
        self.block: Answer = {name: said for name, said in user.items() if name.startswith("block")}
        if user["id"]:
            api.user, api.token = user["name"], answer["tokens"]["csrftoken"]
        self._account = Account(
            user["id"], user["name"], frozenset(user.get("rights", ())), frozenset(user.get("groups", ()))
        )
        self.general: Answer = answer["general"]
        self.namespaces: dict[str, Answer] = answer["namespaces"]
        self._tags = frozenset(tag.strip("<>").lower() for tag in answer.get("extensiontags", ()))
        self._functions = frozenset(answer.get("functionhooks", ()))
        api.as_bot = api.as_bot or "bot" in self._account.rights  # a flag that goes in the middle of a run ends it
        self._knows_baserevid = False
        remember_site(self.cache, self._account.name, self._tags, self.now())

    def _first_answer(self) -> Answer:
        """As the account, where there is one. A wiki that only its members may read tells others nothing, not even its login token along with
        the rest (`readapidenied`, ApiMain::checkExecutePermissions): there we log in first."""
        api = self.api
        try:
            answer = self._introduce()
        except Refused as refused:
            if refused.code != MEMBERS_ONLY:
                raise
            if not api.credentials:
                raise members_only(api.address, self._key) from refused
            api.login()
            return self._introduce()
        if not answer["userinfo"]["id"] and api.credentials:
            api.login(answer["tokens"]["logintoken"])
            answer = self._introduce()
        return answer

    def _introduce(self) -> Answer:
        """Site, user and token in one request, asserted by nobody: it is how we learn who we are."""
        self.api.user = ""
        asked = self.cache.asked()
        answer = self.api.call(
            action="query",
            meta="siteinfo|userinfo|tokens",
            siprop="general|namespaces|extensiontags|functionhooks",
            uiprop="rights|groups|blockinfo",
            type="csrf|login",
            curtimestamp=True,
            list="recentchanges",
            rctype="edit|new",
            rcprop="ids|title|timestamp",
            rclimit=1,
            titles="|".join(asked) or None,
            prop="info|revisions" if asked else None,
            rvprop=MARK if asked else None,
        )
        self._skew = time_of(answer["curtimestamp"]) - self.api.clock.now()
        query: Answer = answer["query"]
        notice_restored(self.cache, self.api, self._key, query.get("recentchanges", ()))
        found = [head_of(page) for page in query.get("pages", ()) if not page.get("invalid")]
        self._asked = {head.title: head for head in found}
        return query

    # -- reading ------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        return self._key

    def account(self) -> Account:
        return self._account

    def now(self) -> datetime:
        return self.api.clock.now() + self._skew

    def extension_tags(self) -> frozenset[str]:
        return self._tags

    def parser_functions(self) -> frozenset[str]:
        return self._functions

    def members(self, template: str, category: str) -> Mapping[str, int]:
        if category:
            source = {
                "generator": "categorymembers",
                "gcmtitle": f"{self.namespace(14)}:{category}",
                "gcmtype": "page",
                "gcmlimit": "max",
            }
        else:
            source = {
                "generator": "embeddedin",
                "geititle": f"{self.namespace(10)}:{template}",
                "geilimit": "max",
                "geinamespace": self._content(),
                "geifilterredir": "nonredirects",
            }
        listing = self.listed(**source)
        remember_listing(self.cache, template, category, listing)
        return listing

    def heads(self, titles: Iterable[str]) -> Mapping[str, Head]:
        return self._heads(titles)[0]

    def _heads(self, titles: Iterable[str], **more: object) -> tuple[dict[str, Head], Answer]:
        """With what else was asked for, of the last answer."""
        heads: dict[str, Head] = {}
        answer: Answer = {}
        for some in batches(dict.fromkeys(titles), self.batch):
            for answer in self.api.query(prop="info|revisions", rvprop=HEAD, titles="|".join(some), **more):
                renamed = {as_sent(item): item["to"] for item in answer.get("normalized", ())}
                pages = {page["title"]: head_of(page) for page in answer.get("pages", ())}
                pages |= {i["title"]: Head(i["title"], 0, invalid=i["iw"]) for i in answer.get("interwiki", ())}
                heads |= {t: pages[renamed.get(t, t)] for t in some if renamed.get(t, t) in pages}
        self.listings["heads"] = {head.revision: (head.title, head.sha1) for head in heads.values() if head.revision}
        redirects = [title for title, head in heads.items() if head.redirect]
        targets = self._targets(redirects) if redirects else {}
        return {t: redirected(h, targets) if h.redirect else h for t, h in heads.items()}, answer

    def preflight(self, titles: Iterable[str], stop_page: str) -> Preflight:
        stop = stop_page or self.stop_page()
        heads, answer = self._heads([stop, *islice(titles, self.batch - 1)], meta="userinfo", uiprop="hasmsg")
        if stop not in heads or heads[stop].invalid:
            raise Stop(N_("The stop page “%(page)s” cannot be read on “%(wiki)s”.", page=stop, wiki=self.key))
        said = heads[stop].revision
        revision = self.revisions([said]).get(said) if said else None
        if said and revision is None:
            raise Stop(N_("The stop page “%(page)s” cannot be read on “%(wiki)s”.", page=stop, wiki=self.key))
        return Preflight(
            heads,
            revision if revision and (revision.text or "").strip() else None,
            bool(answer["userinfo"].get("messages")),
        )

    def stop_page(self) -> str:
        return f"{self.namespace(2)}:{self._account.name}/Stop"

    def talk(self) -> Sequence[Revision]:
        return self.history(f"{self.namespace(3)}:{self._account.name}")

    def read_messages(self) -> None:
        self.api.post(action="clearhasmsg")

    def _targets(self, titles: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Where redirects lead to: title and section."""
        answers = (
            a
            for some in batches(titles, self.batch)
            for a in self.api.query(prop="info", titles="|".join(some), redirects=True)
        )
        found = [item for answer in answers for item in answer.get("redirects", ())]
        elsewhere = {item["from"]: f"{item['tointerwiki']}:" for item in found if "tointerwiki" in item}
        return {i["from"]: (elsewhere.get(i["from"], "") + i["to"], i.get("tofragment", "")) for i in found}

    def file_hashes(self, titles: Iterable[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for some in batches(titles, self.batch):
            for answer in self.api.query(prop="imageinfo", iiprop="sha1", titles="|".join(some)):
                hashes = {p["title"]: p["imageinfo"][0]["sha1"] for p in answer.get("pages", ()) if p.get("imageinfo")}
                asked = {item["to"]: item["from"] for item in answer.get("normalized", ())}
                found |= {asked.get(title, title): sha1 for title, sha1 in hashes.items()}
        return found

    def pictures(self, titles: Iterable[str], width: int) -> Mapping[str, FileInfo]:
        """Author and licence are what the wiki's CommonMetadata says of a file (Extension:CommonsMetadata), where it has that."""
        found: dict[str, FileInfo] = {}
        for some in batches(dict.fromkeys(titles), self.batch):
            parameters = {"prop": "imageinfo", "iiprop": "sha1|url|user|extmetadata", "iiurlwidth": width}
            for answer in self.api.query(**parameters, titles="|".join(some)):
                asked = {item["to"]: item["from"] for item in answer.get("normalized", ())}
                pages = {p["title"]: p["imageinfo"][0] for p in answer.get("pages", ()) if p.get("imageinfo")}
                found |= {asked.get(title, title): file_info(info) for title, info in pages.items()}
        return found

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        """Texts that are kept here are not asked for again where the wiki has them still: a number is no proof of a text, since
        a wiki that was restored gives numbers again. Whose page an older one is now, and whether it may still be shown, is asked."""
        wanted = dict.fromkeys(ids)
        kept = self.cache.revisions(wanted)
        current = ChainMap(*self.listings.values())  # a page may have been renamed since
        found = {
            i: replace(r, title=current[i][0]) for i, r in kept.items() if i in current and current[i][1] == r.sha1
        }
        found |= self._confirmed({i: r for i, r in kept.items() if i not in found})
        new = [i for i in wanted if i not in found]
        for some in told_along(batches(new, self.batch), len(new), self.api.clock, self.api.patience.told):
            answers = self.api.query(prop="revisions", revids="|".join(map(str, some)), rvprop=FULL, rvslots="main")
            fresh = {r.id: r for answer in answers for r in revisions_of(answer) if r.text is not None}
            self.cache.keep(fresh.values())
            found |= fresh
        return found

    def _confirmed(self, kept: Mapping[int, Revision]) -> dict[int, Revision]:
        """Kept texts of revisions that the wiki still shows, under the titles of their pages now."""
        found: dict[int, Revision] = {}
        for some in batches(kept, self.batch):
            answers = self.api.query(
                prop="revisions", revids="|".join(map(str, some)), rvprop=FULL.removesuffix("|content")
            )
            now = {r.id: r for answer in answers for r in revisions_of(answer)}
            found |= {i: replace(r, text=kept[i].text) for i, r in now.items() if r.sha1 and r.sha1 == kept[i].sha1}
        return found

    def history(self, title: str, back_to: int = 0) -> Sequence[Revision]:
        found: list[Revision] = []
        for answer in self.api.query(prop="revisions", titles=title, rvprop=FULL, rvslots="main", rvlimit=50):
            found += revisions_of(answer)
            if not found or not back_to or found[-1].id < back_to or len(found) >= 500:
                break
        return found[::-1]

    def definitions(self, kind: str, names: Sequence[str]) -> Mapping[str, Revision]:
        prefixes = [self.namespace(10)] if kind == "template" else self._prefixes(kind)
        titles = {f"{prefix}:{name}": name for name in names for prefix in reversed(prefixes)}
        found = {name: r for title, name in titles.items() if (r := self._known(title))}
        if all(
            title in self._asked and (not self._asked[title].revision or titles[title] in found) for title in titles
        ):
            return found
        self.cache.will_ask(titles)
        for some in batches(titles, 50):
            for answer in self.api.query(prop="info|revisions", titles="|".join(some), rvprop=FULL, rvslots="main"):
                renamed = {item["to"]: item["from"] for item in answer.get("normalized", ())}
                revisions = list(revisions_of(answer))
                self._asked |= {head.title: head for head in map(head_of, answer.get("pages", ()))}
                self.cache.keep(revisions)
                found |= {titles[renamed.get(r.title, r.title)]: r for r in revisions}
        for name, revision in found.items():
            remember_definition(self.cache, kind, name, revision.id)
        return found

    def _known(self, title: str) -> Revision | None:
        """A page whose current revision came with the first answer, and whose text is kept."""
        head = self._asked.get(title)
        kept = self.cache.revisions([head.revision]).get(head.revision) if head and head.revision else None
        return kept if head and kept and kept.sha1 == head.sha1 else None

    def cells_cache(self, form: str) -> MutableMapping[str, dict[str, str]]:
        return CellMemo(self.cache, form)

    def contributions(self, since: datetime | None = None) -> Sequence[Revision]:
        """By the account's id: an old name answers zero contributions without an error."""
        if not self._account.id:
            return []
        answers = self.api.query(
            list="usercontribs",
            ucuserids=self._account.id,
            uclimit="max",
            ucprop="ids|title|comment|timestamp",
            ucend=since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else None,
        )
        return [contribution_of(c) for answer in answers for c in answer["usercontribs"]]

    @property
    def skew(self) -> timedelta:
        """How far the server's clock is ahead of ours."""
        return self._skew

    # -- writing ------------------------------------------------------------------------------

    def commit(self, edit: Edit) -> Receipt:
        waited = self.api.patience.spent
        self.check_writable()
        try:
            if edit.data:
                return self._upload(edit, waited)
            return self._move(edit, waited) if edit.move_to else self._edit(edit, waited)
        except Refused as refused:
            if refused.code.startswith("abusefilter-warning"):
                self.api.forget_session()
            raise as_skip_or_stop(refused, edit) from refused
        except Unclear:  # what was lost may have been a filter's warning
            self.api.forget_session()
            raise

    def _edit(self, edit: Edit, waited: float) -> Receipt:
        guard: dict[str, object] = (
            {"baserevid": edit.base, "nocreate": True}
            if edit.base
            else {"createonly": True, "starttimestamp": edit.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        )
        answer = self.api.write(
            waited,
            action="edit",
            title=edit.title,
            text=edit.text,
            summary=edit.summary,
            watchlist="nochange",
            md5=hashlib.md5(edit.text.encode(), usedforsecurity=False).hexdigest(),
            bot="bot" in self._account.rights,
            **guard,
        )["edit"]
        if answer.get("result") != "Success":
            raise failure_of(answer)
        return Receipt(answer["title"], 0 if answer.get("nochange") else answer["newrevid"])

    def _move(self, edit: Edit, waited: float) -> Receipt:
        """Rename, leaving a redirect. MediaWiki has no base for moves: the head is compared just before."""
        if self.heads([edit.title])[edit.title].revision != edit.base:
            raise Stale(N_("the page changed since the plan was made"))
        self.api.write(
            waited,
            action="move",
            **{"from": edit.title},
            to=edit.move_to,
            reason=edit.summary,
            movetalk=True,
            watchlist="nochange",
        )
        return Receipt(edit.move_to, self.heads([edit.move_to])[edit.move_to].revision)

    def _upload(self, edit: Edit, waited: float) -> Receipt:
        """Send a file in one piece. What the wiki warns of (a file of that name or with these bytes, a name that was deleted)
        is a no: nothing is sent a second time to override it (ApiUpload.php)."""
        name = edit.title.partition(":")[2]
        answer = self.api.write(
            waited,
            (name, edit.data),
            action="upload",
            filename=name,
            text=edit.text,
            comment=edit.summary,
            watchlist="nochange",
        )["upload"]
        if answer.get("result") != "Success":
            raise upload_refused(answer)
        return Receipt(edit.title, self.heads([edit.title])[edit.title].revision)

    def refuse_without_account(self) -> None:
        if not self._account.id:
            raise Stop(
                N_(
                    "There is no account for the wiki “%(key)s”: type “capitalise login %(key)s”, or set "
                    "CAPITALISE_%(name)s_USER and CAPITALISE_%(name)s_PASSWORD.",
                    key=self._key,
                    name=self._key.upper(),
                )
            )

    def check_writable(self) -> None:
        """Before the first edit: an account, and a wiki whose `action=edit` knows `baserevid`."""
        if self._knows_baserevid:
            return
        self.refuse_without_account()
        version = f"edit of {self.general.get('generator', '')} {self.general.get('git-hash', '')}"
        names = set(self.cache.fact(version).split())
        if not names:
            answer = self.api.call(action="paraminfo", modules="edit")
            names = {p["name"] for module in answer["paraminfo"]["modules"] for p in module["parameters"]}
            self.cache.learn(version, " ".join(sorted(names)))
        if not {"baserevid", "md5"} <= names:
            raise WikiError(
                N_(
                    "The wiki “%(key)s” is too old to be written to safely (its edits know no “baserevid”).",
                    key=self._key,
                )
            )
        self._knows_baserevid = True

    def namespace(self, number: int) -> str:
        """The wiki's own name of a namespace."""
        name: str = self.namespaces[str(number)]["name"]
        return name
