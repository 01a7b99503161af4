"""What a MediaWiki answers, as the nouns of `pages`; and what its refusals mean for a run."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from capitalise.errors import Refused, Skip, Stale, Stop
from capitalise.messages import N_
from capitalise.pages.revisions import Edit, FileInfo, Head, Revision
from capitalise.wikis.api import Answer
from capitalise.wikitext.canonical import digest

__all__ = [
    "FULL",
    "HEAD",
    "MARK",
    "as_sent",
    "as_skip_or_stop",
    "batches",
    "contribution_of",
    "failure_of",
    "file_info",
    "head_of",
    "redirected",
    "revisions_of",
    "time_of",
    "upload_refused",
]

_STALE = {"editconflict", "articleexists", "missingtitle", "pagedeleted", "nosuchrevid"}
_STOP = {"permissiondenied", "writeapidenied", "noapiwrite", "readonly", "readapidenied", "blocked", "autoblocked"}
_STOP_FAMILIES = ("mwoauth-", "globalblocking-", "wikimedia-globalblocking-", "centralauth-")

#: Values of `rvprop`: a revision with its text, and what a head needs.
FULL = "ids|timestamp|user|comment|sha1|content"
HEAD = "ids|sha1|timestamp|user"
MARK = "ids|sha1"


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    items = list(items)
    return (items[i : i + size] for i in range(0, len(items), size))


def file_info(info: Answer) -> FileInfo:
    """What `prop=imageinfo` says of a file, its texts without their HTML."""
    said = {name: _words(str(one.get("value", ""))) for name, one in (info.get("extmetadata") or {}).items()}
    return FileInfo(
        info.get("thumburl") or info.get("url", ""),
        info.get("sha1", ""),
        said.get("Artist", "") or info.get("user", ""),
        said.get("LicenseShortName", ""),
        info.get("descriptionurl", ""),
    )


def _words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())[:200]


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def as_sent(item: Answer) -> str:
    """A title as it was asked for: one that is not in NFC comes back percent-encoded (ApiPageSet.php)."""
    return unquote(item["from"]) if item.get("fromencoded") else str(item["from"])


def head_of(page: Answer) -> Head:
    if page.get("special"):
        return Head(page["title"], 0, invalid="special page")
    if page.get("invalid"):
        return Head(page.get("title", ""), 0, invalid=page.get("invalidreason", "?"))
    redirect = page["title"] if page.get("redirect") else ""
    last: Answer = next(iter(page.get("revisions", ())), {})
    number = 0 if page.get("missing") else page["lastrevid"]
    at = time_of(last["timestamp"]) if "timestamp" in last else None
    return Head(page["title"], number, redirect, sha1=last.get("sha1", ""), user=last.get("user", ""), at=at)


def redirected(head: Head, targets: Mapping[str, tuple[str, str]]) -> Head:
    """A redirect with where it leads to: title and section."""
    target, section = targets.get(head.title, (head.title, ""))
    return replace(head, redirect=target, section=section)


def revisions_of(answer: Answer) -> Iterator[Revision]:
    """The revisions of an answer. A wiki that says no sha1 must not make all texts one: then it is that of the text."""
    for page in answer.get("pages", ()):
        for r in page.get("revisions", ()):
            text = r.get("slots", {}).get("main", {}).get("content")
            yield Revision(
                r["revid"],
                r.get("parentid", 0),
                page["title"],
                r.get("user", ""),
                r.get("comment", ""),
                time_of(r["timestamp"]),
                r.get("sha1") or (digest(text) if text is not None else ""),
                text,
            )


def contribution_of(item: Answer) -> Revision:
    """An item of `list=usercontribs`: a revision without its text."""
    return Revision(
        item["revid"],
        item.get("parentid", 0),
        item["title"],
        item["user"],
        item.get("comment", ""),
        time_of(item["timestamp"]),
        "",
    )


def as_skip_or_stop(refused: Refused, edit: Edit) -> Exception:
    """What an error code means for the run (facts: MediaWiki's ApiMessageTrait)."""
    if refused.code in _STALE:
        return Stale(N_("the page changed since the plan was made: run again"))
    if edit.move_to and refused.code == "permissiondenied":
        return Skip(N_("this account may not rename pages: %(why)s", why=refused.message))
    if refused.code in _STOP or refused.code.startswith(_STOP_FAMILIES):
        return Stop(N_("The wiki refuses this account: %(why)s", why=refused.message))
    return Skip(N_("the wiki refuses: %(why)s", why=refused.message))


def upload_refused(answer: Mapping[str, Any]) -> Exception:
    """`result: Warning` comes with HTTP 200: a file that is there already, by its bytes or its name."""
    warnings = answer.get("warnings", {})
    same = warnings.get("duplicate") or []
    if same:
        return Skip(N_("the wiki has this very picture as “%(name)s”", name=str(same[0]).replace("_", " ")))
    if "exists" in warnings or "exists-normalized" in warnings:
        return Skip(N_("the wiki has another file of this name; give yours another one"))
    if "was-deleted" in warnings or "duplicate-archive" in warnings or "duplicateversions" in warnings:
        return Skip(N_("a file like this was deleted on the wiki; it is not sent again"))
    if warnings:
        return Skip(N_("the wiki refuses: %(why)s", why=", ".join(warnings)))
    return failure_of(answer)


def failure_of(answer: Mapping[str, Any]) -> Exception:
    """`result: Failure` comes with HTTP 200."""
    if "captcha" in answer:
        return Stop(N_("The wiki asks for a captcha: this account needs the right “skipcaptcha”."))
    return Skip(N_("the wiki refuses: %(why)s", why=str(answer.get("info") or answer.get("code") or answer)[:200]))
