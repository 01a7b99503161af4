"""A MediaWiki over its Action API (1.35 and later), batched: few, large requests.

Facts this relies on, each seen on a real server: `baserevid` alone detects conflicts with everybody,
our own account included (ApiEditPage.php; with `basetimestamp` self-conflicts are hidden); creations
need `starttimestamp` or a page deleted since is silently recreated; answers rename titles
(`normalized`), and a revision's page is named as it is called now.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from capitalise.clock import Clock
from capitalise.errors import Refused, Skip, Stale, Stop, WikiError
from capitalise.messages import N_, Message
from capitalise.pages.revisions import Account, Edit, Head, Receipt, Revision
from capitalise.wikis.api import Answer, Api
from capitalise.wikis.credentials import Credentials, find_credentials, private_folder

__all__ = ["MediaWiki", "open_mediawiki"]

_STALE = {"editconflict", "articleexists", "missingtitle", "pagedeleted", "nosuchrevid"}
_STOP = {"permissiondenied", "writeapidenied", "mwoauth-invalid-authorization", "noapiwrite", "readonly"}


def open_mediawiki(
    key: str,
    address: str,
    contact: str,
    clock: Clock,
    told: Callable[[Message], None] = lambda message: None,
    credentials: Credentials | None = None,
    *,
    as_bot: bool = False,
) -> MediaWiki:
    """The wiki as the account that is given, or that `find_credentials` finds, with its kept session."""
    credentials = credentials or find_credentials(key)
    name = hashlib.sha256(f"{address} {credentials.user}".encode()).hexdigest()[:16] if credentials else ""
    cookies = private_folder() / f"session-{key}-{name}.json" if credentials else None
    return MediaWiki(key, Api(address, contact, clock, credentials, cookies, told, as_bot))


class MediaWiki:
    """A Store. Opening it asks the wiki who it is and who we are: one request where the session still lives."""

    def __init__(self, key: str, api: Api) -> None:
        self._key, self.api = key, api
        answer = self._introduce()
        if not answer["userinfo"]["id"] and api.credentials:
            api.login()
            answer = self._introduce()
        user = answer["userinfo"]
        if user["id"]:
            api.user, api.token = user["name"], answer["tokens"]["csrftoken"]
        self._account = Account(user["id"], user["name"], frozenset(user.get("rights", ())))
        self.general: Answer = answer["general"]
        self.namespaces: dict[str, Answer] = answer["namespaces"]
        self._tags = frozenset(tag.strip("<>").lower() for tag in answer.get("extensiontags", ()))
        self._knows_baserevid = False

    def _introduce(self) -> Answer:
        """Site, user and token in one request, asserted by nobody: it is how we learn who we are."""
        self.api.user = ""
        answer = self.api.call(
            action="query",
            meta="siteinfo|userinfo|tokens",
            siprop="general|namespaces|extensiontags",
            uiprop="rights|blockinfo",
            type="csrf",
            curtimestamp=True,
        )
        self._skew = _time(answer["curtimestamp"]) - self.api.clock.now()
        query: Answer = answer["query"]
        return query

    # -- reading ------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        return self._key

    @property
    def batch(self) -> int:
        """Titles or ids a request (ApiBase::LIMIT_SML1, LIMIT_SML2)."""
        return 500 if "apihighlimits" in self._account.rights else 50

    def account(self) -> Account:
        return self._account

    def now(self) -> datetime:
        return self.api.clock.now() + self._skew

    def extension_tags(self) -> frozenset[str]:
        return self._tags

    def members(self, template: str, category: str) -> Mapping[str, int]:
        if category:
            source = {
                "generator": "categorymembers",
                "gcmtitle": f"{self._namespace(14)}:{category}",
                "gcmtype": "page",
                "gcmlimit": "max",
            }
        else:
            content = "|".join(number for number, ns in self.namespaces.items() if ns.get("content"))
            source = {
                "generator": "embeddedin",
                "geititle": f"{self._namespace(10)}:{template}",
                "geilimit": "max",
                "geinamespace": content,
                "geifilterredir": "nonredirects",
            }
        answers = self.api.query(prop="info", **source)
        return {
            page["title"]: page["lastrevid"]
            for answer in answers
            for page in answer.get("pages", ())
            if "lastrevid" in page
        }

    def heads(self, titles: Iterable[str]) -> Mapping[str, Head]:
        heads: dict[str, Head] = {}
        for some in _batches(dict.fromkeys(titles), self.batch):
            for answer in self.api.query(prop="info|revisions", rvprop="ids|sha1", titles="|".join(some)):
                renamed = {item["from"]: item["to"] for item in answer.get("normalized", ())}
                pages = {page["title"]: _head(page) for page in answer.get("pages", ())}
                pages |= {i["title"]: Head(i["title"], 0, invalid=i["iw"]) for i in answer.get("interwiki", ())}
                heads |= {t: pages[renamed.get(t, t)] for t in some if renamed.get(t, t) in pages}
        redirects = [title for title, head in heads.items() if head.redirect]
        targets = self._targets(redirects) if redirects else {}
        return {
            t: Head(h.title, h.revision, targets.get(h.title, h.title)) if h.redirect else h for t, h in heads.items()
        }

    def _targets(self, titles: Iterable[str]) -> dict[str, str]:
        answers = (
            a
            for some in _batches(titles, self.batch)
            for a in self.api.query(prop="info", titles="|".join(some), redirects=True)
        )
        return {item["from"]: item["to"] for answer in answers for item in answer.get("redirects", ())}

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        found: dict[int, Revision] = {}
        for some in _batches(dict.fromkeys(ids), self.batch):
            answers = self.api.query(prop="revisions", revids="|".join(map(str, some)), rvprop=_FULL, rvslots="main")
            found |= {r.id: r for answer in answers for r in _revisions(answer) if r.text is not None}
        return found

    def history(self, title: str, back_to: int = 0) -> Sequence[Revision]:
        found: list[Revision] = []
        for answer in self.api.query(prop="revisions", titles=title, rvprop=_FULL, rvslots="main", rvlimit=50):
            found += _revisions(answer)
            if not back_to or found[-1].id < back_to or len(found) >= 500:
                break
        return found[::-1]

    def first_revision(self, title: str) -> int:
        answer = next(self.api.query(prop="revisions", titles=title, rvprop="ids", rvlimit=1, rvdir="newer"))
        return next((r["revid"] for page in answer["pages"] for r in page.get("revisions", ())), 0)

    def deleted_before(self, title: str) -> bool:
        answer = next(self.api.query(list="logevents", leaction="delete/delete", letitle=title, lelimit=1))
        return bool(answer["logevents"])

    def definitions(self, kind: str, names: Sequence[str]) -> Mapping[str, Revision]:
        prefixes = [self._namespace(10)] if kind == "template" else self._form_prefixes()
        titles = {f"{prefix}:{name}": name for name in names for prefix in reversed(prefixes)}
        found: dict[str, Revision] = {}
        for some in _batches(titles, 50):
            for answer in self.api.query(prop="revisions", titles="|".join(some), rvprop=_FULL, rvslots="main"):
                renamed = {item["to"]: item["from"] for item in answer.get("normalized", ())}
                found |= {titles[renamed.get(r.title, r.title)]: r for r in _revisions(answer)}
        return found

    def _form_prefixes(self) -> list[str]:
        """The form namespace by what the wiki says of itself; on a wiki without one, the two names pages go by."""
        own = [ns["name"] for ns in self.namespaces.values() if ns.get("canonical") == "Form"]
        return own or ["Formulaire", "Form"]

    def rendered(self, title: str, text: str) -> str:
        """By `action=parse`; addresses in it are made whole, so that pictures show."""
        answer = self.api.call(
            action="parse", title=title, text=text, prop="text", contentmodel="wikitext", disablelimitreport=True
        )
        base: str = self.general.get("server", "")
        base = "https:" + base if base.startswith("//") else base
        return f'<base href="{html.escape(base)}">{answer["parse"]["text"]}'

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
        return [
            Revision(
                c["revid"], c.get("parentid", 0), c["title"], c["user"], c.get("comment", ""), _time(c["timestamp"]), ""
            )
            for answer in answers
            for c in answer["usercontribs"]
        ]

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
        return {after, until} <= set(texts) and len(set(texts.values())) == 1

    @property
    def skew(self) -> timedelta:
        """How far the server's clock is ahead of ours."""
        return self._skew

    def own_page(self) -> str:
        """The account's user page."""
        return f"{self._namespace(2)}:{self._account.name}"

    def special_page(self, name: str) -> str:
        """The address of a special page, by its canonical name."""
        path = str(self.general["articlepath"]).replace("$1", f"{self._namespace(-1)}:{name}")
        server = str(self.general["server"])
        return ("https:" if server.startswith("//") else "") + server + path

    def forms(self) -> list[str]:
        """The names of the wiki's forms, without their namespace."""
        numbers = [n for n, ns in self.namespaces.items() if ns.get("canonical") == "Form"]
        answers = (
            a
            for n in numbers
            for a in self.api.query(list="allpages", apnamespace=n, aplimit="max", apfilterredir="nonredirects")
        )
        return [page["title"].partition(":")[2] for answer in answers for page in answer["allpages"]]

    def block_target(self) -> str:
        """Whom the block is for that stops us: an account, an address or a range; "" where there is none."""
        user = next(self.api.query(meta="userinfo", uiprop="blockinfo"))["userinfo"]
        if "blockid" not in user:
            return ""
        blocks = next(self.api.query(list="blocks", bkids=user["blockid"], bkprop="user"))["blocks"]
        return str(blocks[0].get("user", "")) if blocks else "?"

    # -- writing ------------------------------------------------------------------------------

    def save_unchanged(self, title: str) -> bool:
        """Save a page as it is, which makes no revision; False where it does not exist. Raises Refused."""
        head = self.heads([title])[title]
        revision = self.revisions([head.revision]).get(head.revision) if head.revision else None
        if revision is None:
            return False
        self.api.write(
            action="edit", title=title, text=revision.text, baserevid=head.revision, nocreate=True, watchlist="nochange"
        )
        return True

    def commit(self, edit: Edit) -> Receipt:
        self.check_writable()
        try:
            return self._move(edit) if edit.move_to else self._edit(edit)
        except Refused as refused:
            raise _as_skip_or_stop(refused) from refused

    def _edit(self, edit: Edit) -> Receipt:
        guard: dict[str, object] = (
            {"baserevid": edit.base, "nocreate": True}
            if edit.base
            else {"createonly": True, "starttimestamp": edit.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        )
        answer = self.api.write(
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
            raise _failure(answer)
        return Receipt(answer["title"], 0 if answer.get("nochange") else answer["newrevid"])

    def _move(self, edit: Edit) -> Receipt:
        """Rename, leaving a redirect. MediaWiki has no base for moves: the head is compared just before."""
        if self.heads([edit.title])[edit.title].revision != edit.base:
            raise Stale(N_("the page changed since the plan was made"))
        self.api.write(
            action="move",
            **{"from": edit.title},
            to=edit.move_to,
            reason=edit.summary,
            movetalk=True,
            watchlist="nochange",
        )
        return Receipt(edit.move_to, self.heads([edit.move_to])[edit.move_to].revision)

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
        answer = self.api.call(action="paraminfo", modules="edit")
        names = {p["name"] for module in answer["paraminfo"]["modules"] for p in module["parameters"]}
        if not {"baserevid", "md5"} <= names:
            raise WikiError(
                N_(
                    "The wiki “%(key)s” is too old to be written to safely (its edits know no “baserevid”).",
                    key=self._key,
                )
            )
        self._knows_baserevid = True

    def _namespace(self, number: int) -> str:
        name: str = self.namespaces[str(number)]["name"]
        return name


_FULL = "ids|timestamp|user|comment|sha1|content"


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    items = list(items)
    return (items[i : i + size] for i in range(0, len(items), size))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _head(page: Answer) -> Head:
    if page.get("invalid"):
        return Head(page.get("title", ""), 0, invalid=page.get("invalidreason", "?"))
    redirect = page["title"] if page.get("redirect") else ""
    sha1 = next((r.get("sha1", "") for r in page.get("revisions", ())), "")
    return Head(page["title"], 0 if page.get("missing") else page["lastrevid"], redirect, sha1=sha1)


def _revisions(answer: Answer) -> Iterator[Revision]:
    for page in answer.get("pages", ()):
        for r in page.get("revisions", ()):
            yield Revision(
                r["revid"],
                r.get("parentid", 0),
                page["title"],
                r.get("user", ""),
                r.get("comment", ""),
                _time(r["timestamp"]),
                r.get("sha1", ""),
                r.get("slots", {}).get("main", {}).get("content"),
            )


def _as_skip_or_stop(refused: Refused) -> Exception:
    """What an error code means for the run (facts: MediaWiki's ApiMessageTrait)."""
    if refused.code in _STALE:
        return Stale(N_("the page changed since the plan was made"))
    if refused.code in _STOP or refused.code in ("blocked", "autoblocked"):
        return Stop(N_("The wiki refuses this account: %(why)s", why=refused.message))
    return Skip(N_("the wiki refuses: %(why)s", why=refused.message))


def _failure(answer: Mapping[str, Any]) -> Exception:
    """`result: Failure` comes with HTTP 200."""
    if "captcha" in answer:
        return Stop(N_("The wiki asks for a captcha: this account needs the right “skipcaptcha”."))
    return Skip(N_("the wiki refuses: %(why)s", why=str(answer.get("info") or answer.get("code") or answer)[:200]))
