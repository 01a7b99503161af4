"""What stands where a wiki's API should answer: pages of a web server, of a network, of a check for robots; and where the API is, from any address
that somebody copied out of a browser."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from capitalise.errors import MembersOnly, SettingsError, WikiError
from capitalise.messages import N_, Message
from capitalise.wikis.cache import cache_of

__all__ = ["MEMBERS_ONLY", "api_of", "find_api", "known_api", "members_only", "what_answers"]

MOST_BYTES = 2 * 1024 * 1024  # of a page that names its API
_TITLE = re.compile(r"<title[^>]*>(.{0,300}?)</title>", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(r"<(script|style|head)\b.{0,200000}?</\1\s*>|<!--.{0,20000}?-->", re.IGNORECASE | re.DOTALL)
_EDIT_URI = re.compile(r"<link\b[^>]*>", re.IGNORECASE)


def what_answers(response: requests.Response, wiki: str) -> Message:
    """One sentence: what stands there (status, title, its own words), and whom to ask."""
    page = response.content[:200_000].decode("utf-8", "replace")
    said = _title(page) or _words(page) or response.headers.get("Content-Type", "?")
    return N_(
        "%(wiki)s: something else than the wiki's API answers: “%(said)s” (HTTP %(code)d). %(whom)s",
        wiki=wiki,
        said=said,
        code=response.status_code,
        whom=_WHOM.get(response.status_code, _PAGE if response.status_code == 200 else _SERVER),
    )


_PAGE = N_(
    "This is a page for browsers: a check for robots, a network that wants you to log in first, a wrong address, or a wiki that is kept as a "
    "read-only archive. Open the address in a browser to see which; where the wiki lives elsewhere, change “api” in capitalise.toml."
)
_SERVER = N_("Ask whoever runs the server, or this network.")
_WHOM: dict[int, Message] = {
    401: N_(
        'The web server wants a password of its own: write http_user = "…" into the wiki\'s table in capitalise.toml, and type “capitalise login” again.'
    ),
    403: N_(
        "The web server, or what stands before it, refuses programs: ask whoever runs it to let “capitalise” pass."
    ),
    404: N_("The address is wrong, or the wiki moved: change “api” in capitalise.toml."),
    406: N_(
        "The web server, or what stands before it, refuses this text: ask whoever runs it (it is often “mod_security”)."
    ),
    407: N_("A proxy of this network wants a password: ask whoever runs the network."),
    410: N_("The wiki is gone from there: change “api” in capitalise.toml."),
    413: N_("The web server takes no request this large: ask whoever runs it."),
    511: N_("This network wants you to log in first: open any page in a browser."),
}


def _title(page: str) -> str:
    found = _TITLE.search(page)
    return _short(html.unescape(found[1])) if found else ""


def _words(page: str) -> str:
    """The first words that somebody would read."""
    return _short(html.unescape(re.sub(r"<[^<>]{0,2000}>", " ", _UNSEEN.sub(" ", page))))


def _short(text: str, most: int = 120) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


MEMBERS_ONLY = "readapidenied"  # ApiMain::checkExecutePermissions


def members_only(wiki: str, key: str) -> MembersOnly:
    """What is to be done where only a wiki's members may read it."""
    why = N_(
        "Only its members may read this wiki (%(wiki)s): type “capitalise login %(key)s” first, or set CAPITALISE_%(upper)s_USER and "
        "CAPITALISE_%(upper)s_PASSWORD.",
        wiki=wiki,
        key=key,
        upper=key.upper(),
    )
    return MembersOnly(why, MEMBERS_ONLY)


# -- any address of a wiki ---------------------------------------------------------------------------


def api_of(address: str, agent: str, auth: tuple[str, str] | None = None) -> str:
    """The API of a wiki by any of its addresses: asked for once, and kept. Raises SettingsError, WikiError."""
    if urlsplit(address).path.endswith("api.php"):
        return address
    cache = cache_of(f"api of {address}")
    found = cache.fact("api")
    if not found:
        found = find_api(address, agent, auth)
        cache.learn("api", found)
    return found


def known_api(address: str) -> str:
    """The API of an address, as far as it was asked for before: nobody is asked now."""
    return (
        address if urlsplit(address).path.endswith("api.php") else cache_of(f"api of {address}").fact("api") or address
    )


def _unreached(address: str, error: requests.RequestException) -> Message:
    """Why no answer came, as far as a person can do something about it."""
    if isinstance(error, requests.exceptions.SSLError) and address.startswith("https:"):
        return N_(
            "%(wiki)s has no valid certificate: is the address right? Perhaps it is one of http://.", wiki=address
        )
    if isinstance(error, requests.Timeout):
        return N_("%(wiki)s did not answer in time: try again later.", wiki=address)
    return N_("%(wiki)s does not answer: is the address right, and is there a network?", wiki=address)


def find_api(address: str, agent: str, auth: tuple[str, str] | None = None) -> str:
    """A page of a MediaWiki names its API in `<link rel="EditURI">` (OutputPage::getHeadLinksArray). Raises SettingsError where it names none, WikiError."""
    address = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(address)
    except ValueError as error:  # a bracket without its pair
        raise SettingsError(N_("“%(wiki)s” is not an address.", wiki=address)) from error
    if parts.path.endswith("api.php"):
        return address
    name: Any = (auth[0].encode(), auth[1].encode()) if auth else None  # UTF-8 (RFC 7617)
    try:
        with requests.get(address, timeout=(10, 30), headers={"User-Agent": agent}, auth=name, stream=True) as answer:
            data = answer.raw.read(MOST_BYTES, decode_content=True)
            place = answer.url
            answer._content = data
    except requests.RequestException as error:
        raise WikiError(_unreached(address, error)) from error
    links = _EDIT_URI.findall(data.decode("utf-8", "replace"))
    found = next(
        (href[1] for one in links if 'rel="EditURI"' in one and (href := re.search(r'href="([^"?]+)', one))), ""
    )
    if not found and answer.status_code >= 400:
        raise WikiError(what_answers(answer, address))
    if not found:
        raise SettingsError(
            N_(
                "%(wiki)s names no API: give the address that ends in api.php (see its page Special:Version).",
                wiki=address,
            )
        )
    return urljoin(place, html.unescape(found))
