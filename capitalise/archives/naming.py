"""Which page of a wiki a saved file or an address of its archive is.

Archives are made by crawlers: `wiki/Titre`, `wiki/Titre.html`, `index.php@title=Titre&oldid=12.html`, `index.php?title=Titre`, and any of
these percent-encoded once more. A title never holds `%41` (MediaWikiTitleCodec.php, `getTitleInvalidRegex`), so that decoding until
nothing is left to decode is safe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from capitalise.pages.titles import normal_title, title_problem

__all__ = ["Named", "decoded", "is_none", "named"]

_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_SCRIPT = re.compile(r"(?:^|/)index\.php5?(?:[@?]|$)")
_ENDING = re.compile(r"\.html?$", re.IGNORECASE)
#: What a wiki's server keeps beside its pages.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_PAGES = re.compile(
    r"(?:w/|mediawiki/)?(?:skins|resources|extensions|images|thumb|load\.php|api\.php|opensearch_desc\.php|rest\.php|thumb\.php|robots\.txt)(?:[/@?]|$)"
)


@dataclass(frozen=True)
class Named:
    """The page of a file: its title, the number of an old revision (0: the current one), what is done with it ("" to read it, `history`, or
    any other `action` of MediaWiki's)."""

    title: str
    oldid: int = 0
    action: str = ""


def decoded(text: str) -> str:
    """A name with all its percent signs resolved, however often it was encoded."""
    for _again in range(5):
        if not _ENCODED.search(text):
            break
        text = unquote(text)
    return text


def named(path: str) -> Named | None:
    """The page that a path below the archive's root is, or an address; None for what is no page: a style, a picture, a script."""
    path = urlsplit(path).path + (f"?{urlsplit(path).query}" if urlsplit(path).query else "") if "://" in path else path
    path = re.sub(r"^(?:\.{0,2}/)+", "", path.partition("#")[0])
    if _CONTROL.search(decoded(path)) or re.search(r"(?:^|/)\.\.?(?:/|$)", decoded(path)) or _NO_PAGES.match(path):
        return None
    script = _SCRIPT.search(decoded(path).replace("&amp;", "&"))
    if script:
        return _by_query(path)
    path = re.sub(r"(?<=[^/])/index\.html?$", "", path)  # a page as a folder of its own
    path = _ENDING.sub("", re.sub(r"\?[\w.-]*=.*$", "", path))  # a title may end in `?`
    inside = re.search(r"(?:^|/)wiki/(.+)$", path)
    return _named(decoded(inside[1] if inside else path))


def is_none(path: str) -> bool:
    """Whether a path is nobody's page: what a server keeps beside them, a script's answer, a special page."""
    title = decoded(path).rpartition("/")[2]
    return bool(
        _NO_PAGES.match(path) or _SCRIPT.search(decoded(path)) or title.partition(":")[0].casefold() in _SPECIAL
    )


def _by_query(path: str) -> Named | None:
    """`index.php@title=Titre&oldid=12.html`. The parts are told apart before they are decoded: a title may hold `&`."""
    for _again in range(5):
        if _SCRIPT.search(path) and "title=" in path:
            break
        path = unquote(path)
    query = _ENDING.sub("", re.split(r"index\.php5?[@?]?", path, maxsplit=1)[-1].replace("&amp;", "&"))
    values = {key: some[-1] for key, some in parse_qs(query, keep_blank_values=True).items()}
    number = values.get("oldid", "")
    found = _named(decoded(values.get("title", "")))
    if found is None or "diff" in values or values.get("redlink"):
        return None
    action = values.get("action", "")
    return Named(found.title, int(number) if number.isdecimal() else 0, "" if action == "view" else action)


#: Pages that a wiki makes at every call (`Special:` in the languages of the network and its neighbours): nobody wrote them.
_SPECIAL = ("special", "spécial", "spezial", "especial", "speciale", "speciaal", "specjalna")


def _named(title: str) -> Named | None:
    title = normal_title(title)
    if title.partition(":")[0].casefold() in _SPECIAL and ":" in title:
        return None
    return None if not title or title_problem(title) else Named(title)
