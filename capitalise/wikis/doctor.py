"""What `doctor` looks at on one MediaWiki: a line each, with what to do where something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from capitalise.errors import Busy, CapitaliseError, Refused, Unclear
from capitalise.messages import N_, Message
from capitalise.plans.model import Check
from capitalise.wikis.mediawiki import MediaWiki

__all__ = ["check_wiki", "form_names", "grant_names", "page_of_passwords", "special_page"]

MOST_SKEW = 120  # seconds
_WANTED = {"edit": True, "createpage": True, "move": False, "bot": False, "apihighlimits": False, "delete": False}


def check_wiki(wiki: MediaWiki, *, write: bool, interval: float = 0.0) -> Iterator[Check]:
    """The checks of a wiki that could be opened. `write` False leaves out those about writing."""
    general = wiki.general
    yield Check(True, N_("%(what)s, “%(site)s”", what=general.get("generator", "?"), site=general.get("sitename", "?")))
    yield _extensions(wiki)
    yield _form_namespace(wiki)
    skew = abs(wiki.skew.total_seconds())
    yield Check(
        skew < MOST_SKEW,
        N_("the clocks differ by %(seconds)d s", seconds=skew),
        None if skew < MOST_SKEW else N_("set this machine's clock (the wiki's own time is used all the same)"),
    )
    account = wiki.account()
    if not account.id:
        hint = N_("capitalise login %(key)s", key=wiki.key) if write else None
        yield Check(False if write else None, N_("nobody is logged in: pages can be read, not written"), hint)
        return
    yield Check(True, N_("logged in as %(user)s", user=account.name))
    yield from _password(wiki)
    if wiki.block and write:
        yield _blocked(wiki)
        return
    yield from _rights(wiki) if write else ()
    yield from _writing(wiki) if write else ()


def _password(wiki: MediaWiki) -> Iterator[Check]:
    """A bot password can do what was ticked and no more, and can be taken away alone."""
    account = wiki.api.credentials
    if account and not account.token and "@" not in account.user:
        yield Check(
            False,
            N_(
                "“%(user)s” logs in with the account's own password, not with a bot password (Name@label)",
                user=account.user,
            ),
            N_(
                "make one on %(address)s and type: capitalise login %(key)s",
                address=special_page(wiki, "BotPasswords"),
                key=wiki.key,
            ),
        )


def _blocked(wiki: MediaWiki) -> Check:
    """By whom, why, until when; and whether it is the account, or the machine's address."""
    block = wiki.block
    target = _block_target(wiki) if "blockid" in block else ""
    ends = str(block.get("blockexpiry", "infinity"))
    values = {
        "by": block.get("blockedby", "?"),
        "why": " ".join(str(block.get("blockreason", "")).split())[:200] or "–",
        "until": N_("for ever") if ends.startswith("infinit") else N_("until %(day)s", day=ends[:10]),
    }
    if target and target != wiki.account().name:
        return Check(
            False,
            N_(
                "the address of this machine is blocked (%(target)s), not your account: blocked by %(by)s %(until)s: %(why)s",
                target=target,
                **values,
            ),
            N_("ask an administrator of the wiki to exempt the account (ipblock-exempt), or run from another network"),
        )
    if block.get("blockpartial"):
        why = N_("the account is blocked on some pages by %(by)s %(until)s: %(why)s", **values)
        return Check(None, why, N_("the wiki names the pages on Special:BlockList; the bot leaves them alone"))
    return Check(
        False,
        N_("the account is blocked by %(by)s %(until)s: %(why)s", **values),
        N_(
            "write to %(by)s on the wiki, with what was wrong and what you changed; nothing is written before",
            by=values["by"],
        ),
    )


def _extensions(wiki: MediaWiki) -> Check:
    answer = next(wiki.api.query(meta="siteinfo", siprop="extensions"))
    versions = {e["name"]: e.get("version", "?") for e in answer["extensions"] if "name" in e}
    names = {"SemanticMediaWiki": "Semantic MediaWiki", "PageForms": "Page Forms", "ParserFunctions": "ParserFunctions"}
    found = [f"{shown} {versions[name]}" for name, shown in names.items() if name in versions]
    found += [f"{shown} {versions[shown]}" for shown in names.values() if shown in versions and shown not in names]
    missing = [shown for name, shown in names.items() if name not in versions and shown not in versions]
    return Check(
        None if missing else True,
        N_(
            "extensions: %(found)s; not there: %(missing)s",
            found=", ".join(dict.fromkeys(found)) or "–",
            missing=", ".join(missing) or "–",
        ),
    )


def _form_namespace(wiki: MediaWiki) -> Check:
    name = next((ns["name"] for ns in wiki.namespaces.values() if ns.get("canonical") == "Form"), "")
    if name:
        return Check(True, N_("forms are in the namespace “%(name)s:”", name=name))
    return Check(None, N_("no namespace for forms: “form” in a bot's TOML can be a file of the workspace"))


def _rights(wiki: MediaWiki) -> Iterator[Check]:
    rights = wiki.account().rights
    for right, must in _WANTED.items():
        if right in rights:
            continue
        hint = (
            N_("tick it for the bot password (Special:BotPasswords), or ask an administrator of the wiki")
            if must or right in ("bot", "apihighlimits")
            else None
        )
        yield Check(False if must else None, N_("the account lacks the right “%(right)s”", right=right), hint)
    has = [right for right in _WANTED if right in rights]
    yield Check(True, N_("rights: %(rights)s", rights=", ".join(has) or "–"))


def _writing(wiki: MediaWiki) -> Iterator[Check]:
    """Whether an edit would be accepted, tried by saving the account's own page as it is."""
    try:
        wiki.check_writable()
        yield Check(True, N_("edits can be tied to a base revision (baserevid)"))
        page = f"{wiki.namespace(2)}:{wiki.account().name}"
        if _save_unchanged(wiki, page):
            yield Check(True, N_("an edit that changes nothing was accepted (%(page)s)", page=page))
        else:
            hint = N_("create that page, with a word about who runs this account, so that writing can be tried here")
            yield Check(None, N_("writing was not tried: “%(page)s” does not exist", page=page), hint)
    except Refused as refused:
        yield _refused(wiki, refused)
    except CapitaliseError as error:
        yield Check(False, error.message)
    except (Busy, Unclear):
        yield Check(None, N_("the wiki is busy: whether an edit is accepted could not be tried; start again later"))


def _refused(wiki: MediaWiki, refused: Refused) -> Check:
    target = _block_target(wiki) if "blocked" in refused.code else ""
    if target and target != wiki.account().name:
        return Check(
            False,
            N_(
                "the address of this machine is blocked (%(target)s), not your account: reading works, writing does not",
                target=target,
            ),
            N_("ask an administrator of the wiki to exempt the account (ipblock-exempt), or run from another network"),
        )
    return Check(False, refused.message, N_("ask an administrator of the wiki") if target else None)


def form_names(wiki: MediaWiki) -> list[str]:
    """The names of the wiki's forms, without their namespace."""
    numbers = [n for n, ns in wiki.namespaces.items() if ns.get("canonical") == "Form"]
    answers = (
        answer
        for number in numbers
        for answer in wiki.api.query(list="allpages", apnamespace=number, aplimit="max", apfilterredir="nonredirects")
    )
    return [page["title"].partition(":")[2] for answer in answers for page in answer["allpages"]]


def special_page(wiki: MediaWiki, name: str) -> str:
    """The address of a special page, by its canonical name."""
    path = str(wiki.general["articlepath"]).replace("$1", f"{wiki.namespace(-1)}:{name}")
    server = str(wiki.general["server"])
    return ("https:" if server.startswith("//") else "") + server + path


#: Rights of a bot password, and what MediaWiki calls them (languages/i18n, grant-*).
_GRANTS = {
    "edit": ("grant-editpage", N_("Edit existing pages")),
    "create": ("grant-createeditmovepage", N_("Create, edit, and move pages")),
    "many": ("grant-highvolume", N_("High-volume (bot) access")),
}


def grant_names(wiki: MediaWiki | None, language: str) -> dict[str, Message | str]:
    """What the boxes are called that a bot password needs, as the wiki shows them in a language."""
    found: dict[str, Message | str] = {name: usual for name, (_key, usual) in _GRANTS.items()}
    if wiki:
        keys = {key: name for name, (key, _usual) in _GRANTS.items()}
        with suppress(CapitaliseError):
            answer = next(wiki.api.query(meta="allmessages", ammessages="|".join(keys), amlang=language))
            said = {keys[one["name"]]: str(one["content"]) for one in answer["allmessages"] if one.get("content")}
            found |= said
    return found


def page_of_passwords(api: str) -> str:
    """Where bot passwords are made on a wiki that says nothing about itself yet."""
    return f"{api.removesuffix('api.php')}index.php?title=Special:BotPasswords"


def _block_target(wiki: MediaWiki) -> str:
    """Whom the block is for that stops us: an account, an address or a range; "" where there is none."""
    user = next(wiki.api.query(meta="userinfo", uiprop="blockinfo"))["userinfo"]
    if "blockid" not in user:
        return ""
    blocks = next(wiki.api.query(list="blocks", bkids=user["blockid"], bkprop="user"))["blocks"]
    return str(blocks[0].get("user", "")) if blocks else "?"


def _save_unchanged(wiki: MediaWiki, title: str) -> bool:
    """Save a page as it is, which makes no revision; False where it does not exist. Raises Refused."""
    head = wiki.heads([title])[title]
    revision = wiki.revisions([head.revision]).get(head.revision) if head.revision else None
    if revision is None:
        return False
    wiki.api.write(
        action="edit", title=title, text=revision.text, baserevid=head.revision, nocreate=True, watchlist="nochange"
    )
    return True
