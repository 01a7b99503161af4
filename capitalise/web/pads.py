"""Notes fetched from where they were taken: the address as it stands in the browser is enough.

Google documents, Etherpad (`/p/…`), HedgeDoc and CodiMD, shares of a Nextcloud, and any address that answers with a Markdown,
text, DOCX or ODT file. (Etherpad: wiki page "URI Paths"; HedgeDoc: lib/web/note/router.js; Nextcloud: apps/files_sharing,
appinfo/routes.php.) Redirects are followed on the same machine only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3

from capitalise.errors import SheetError
from capitalise.messages import N_, Message
from capitalise.sheets.pandoc import MOST_BYTES
from capitalise.web.guarded import Elsewhere, PrivateHost, TooLarge, fetch, host_of, what_went_wrong

__all__ = ["Pad", "export_addresses", "fetch_pad"]

_GOOGLE = ("docs.google.com", "drive.google.com")


@dataclass(frozen=True)
class Pad:
    """Notes as they came: the ending says what they are (".md", ".txt", ".docx", ".odt")."""

    data: bytes
    ending: str


def export_addresses(address: str) -> Iterator[str]:
    """Where the text behind an address of the browser may be, the likeliest first. Raises SheetError for an encrypted pad."""
    parts = urlsplit(address)
    host, path, base = (parts.hostname or "").lower(), parts.path.rstrip("/"), f"{parts.scheme}://{parts.netloc}"
    if "cryptpad" in host or re.match(r"/(?:1|2|3)/[\w-]+/(?:view|edit|embed)", parts.fragment):
        why = N_(
            "%(address)s is an encrypted pad: only a browser can open it. In the pad: File, Export, as Markdown or text; put that "
            "file into the folder, and its name into the column “notes”.",
            address=address,
        )
        raise SheetError(why)
    if host in _GOOGLE and (found := re.match(r"/document/(?:u/\d+/)?d/([\w-]+)", path)):
        if found[1] == "e":
            yield address
        else:
            yield f"https://docs.google.com/document/d/{found[1]}/export?format=docx"
    elif found := re.match(r"(.*/p/[^/]+)(?:/timeslider|/export/\w+)?$", path):
        yield f"{base}{found[1]}/export/txt"
    elif re.search(r"/s/[\w-]+$", path):  # a Nextcloud's share, or a note that HedgeDoc published
        yield f"{base}{path}/download"
    elif found := re.fullmatch(r"/([\w-]{4,})(?:/(?:edit|publish|slide|both|view))?", path):  # HedgeDoc, or a file
        yield f"{base}/{found[1]}/download"
        yield address
    else:
        yield address


def fetch_pad(address: str, agent: str, *, private: bool = False) -> Pad:
    """The notes behind an address. Raises SheetError with what to do by hand where they cannot be had."""
    error: SheetError | None = None
    for candidate in export_addresses(address):
        try:
            return _fetched(candidate, address, agent, private=private)
        except SheetError as failure:
            error = error or failure
    raise error or SheetError(_by_hand(address))


def _fetched(candidate: str, address: str, agent: str, *, private: bool) -> Pad:
    try:
        answer = fetch(candidate, agent, private=private, most_bytes=MOST_BYTES, follows=_same_house)
    except TooLarge as error:
        raise SheetError(
            N_("%(file)s is larger than %(most)d MB.", file=address, most=(MOST_BYTES + 1) >> 20)
        ) from error
    except Elsewhere as error:
        raise SheetError(_leads_away(address, str(error))) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        cause = what_went_wrong(error)
        if isinstance(cause, PrivateHost):
            raise SheetError(_private(address)) from error
        name = "HTTP 3xx …" if isinstance(error, requests.TooManyRedirects) else type(cause).__name__
        raise SheetError(N_("%(address)s cannot be fetched (%(why)s).", address=address, why=name)) from error
    if answer.address != candidate and _asks_to_log_in(answer.address):
        raise SheetError(_by_hand(address))
    if answer.status in (404, 410):
        raise SheetError(
            N_("%(address)s: there is no such pad any more (HTTP %(code)d).", address=address, code=answer.status)
        )
    if answer.status in (401, 403):
        raise SheetError(_by_hand(address))
    if not answer.ok:
        raise SheetError(N_("%(address)s cannot be fetched (%(why)s).", address=address, why=f"HTTP {answer.status}"))
    named = f"{answer.headers.get('Content-Disposition', '')} {urlsplit(candidate).path}"
    return _judged(answer.data, answer.headers.get("Content-Type", ""), named, address)


def _asks_to_log_in(address: str) -> bool:
    login = re.search(r"/(?:login|signin|auth|ServiceLogin)\b", urlsplit(address).path, re.IGNORECASE)
    return "accounts." in host_of(address) or bool(login)


def _leads_away(address: str, target: str) -> Message:
    if _asks_to_log_in(target):
        return _by_hand(address)
    return N_(
        "%(address)s leads to another machine (%(host)s): if that is right, write its address instead.",
        address=address,
        host=host_of(target),
    )


def _same_house(host: str, before: str) -> bool:
    google = before.endswith((".google.com", ".googleusercontent.com")) and host.endswith(
        (".google.com", ".googleusercontent.com")
    )
    return google or host.removeprefix("www.") == before.removeprefix("www.")


def _judged(data: bytes, kind: str, named: str, address: str) -> Pad:
    """What came, by its own first bytes."""
    if data.startswith(b"PK\x03\x04"):
        if b"opendocument.text" in data[:200]:
            return Pad(data, ".odt")
        if b"word/" in data:
            return Pad(data, ".docx")
        raise SheetError(
            N_(
                "%(address)s answers with a packed folder or another kind of file: share the one file of notes.",
                address=address,
            )
        )
    if data.startswith(b"%PDF"):
        raise SheetError(N_("%(address)s is a PDF: notes are Markdown, text, DOCX or ODT.", address=address))
    start = data[:2000].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")) or ("html" in kind and start.startswith(b"<")):
        raise SheetError(_by_hand(address))
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(N_("%(file)s is not UTF-8 text: save it as UTF-8.", file=address)) from error
    return Pad(data, ".md" if re.search(r"\.(?:md|markdown)\b|markdown|/download\b", f"{named} {kind}") else ".txt")


def _by_hand(address: str) -> Message:
    return N_(
        "%(address)s answers with a web page (to log in, perhaps), not with notes. Let everybody who has the link read it; or export "
        "it by hand as Markdown, text, DOCX or ODT, put that file into the folder, and its name into the column “notes”.",
        address=address,
    )


def _private(address: str) -> Message:
    return N_(
        "%(address)s is on a private network; to fetch notes from there, write pads_private = true into the bot's TOML.",
        address=address,
    )
