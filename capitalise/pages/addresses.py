"""Which page of which wiki an address or a link means, however it was written.

Known of each wiki: its hosts, where its pages and its index.php are, its namespaces and its own interwiki map (`b:` on
Wikiversity is Wikibooks in the same language). Seen in the wild, and read: mobile hosts, hosts with a dot at their end,
`http` and `//`, `index.php?title=`, `?curid=`, `?oldid=`, `index.php/Title`, percent-encoding in UTF-8, in Latin-1 and twice,
`+` and `_`, section anchors in both of MediaWiki's encodings, the addresses of a static archive, chains of prefixes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, parse_qs, quote, unquote, unquote_to_bytes, urlsplit

from capitalise.pages.ports import Reader
from capitalise.pages.titles import normal_title

__all__ = [
    "Place",
    "Site",
    "address_of",
    "address_to",
    "desktop",
    "edit_address",
    "machine_of",
    "place_of_address",
    "place_of_link",
    "prefix_to",
    "same_anchor",
    "server_of",
    "site_of",
    "undotted",
    "whole_target",
    "without_entities",
]

MOST_HOPS = 5  # of interwiki prefixes


@dataclass(frozen=True)
class Site:
    """One wiki as links see it: `server` is where it answers now, `article` the path of its pages with $1, `script` that
    of index.php; `namespaces` are all names that its prefixes go by, in small letters, `interwiki` the addresses behind
    its other ones. `hosts` are further names of the same server; `subpages` are the namespaces ("" for the first) in which
    `[[/Name]]` is a subpage; `capital`: titles begin with a capital letter; `semantic`: `[[property::page]]` may be a property."""

    key: str
    server: str
    article: str = "/wiki/$1"
    script: str = "/w/index.php"
    hosts: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    interwiki: Mapping[str, str] = field(default_factory=dict)
    subpages: frozenset[str] = frozenset()
    capital: bool = True
    semantic: bool = False

    def title(self, text: str) -> str:
        """One spelling for each title: the first letter is a capital unless the wiki says otherwise."""
        title = normal_title(text)
        return title if self.capital else text.strip(" _")[:1] + title[1:]

    def is_at(self, host: str) -> bool:
        return host == machine_of(self.server) or host in self.hosts


@dataclass(frozen=True)
class Place:
    """A page of a wiki that is known: `wiki` is its key. `page_id` and `oldid` where the address names these instead of,
    or besides, a title. `ways` are the oddities of how it was written: "mobile", "http", "permalink", "latin-1", "twice",
    "archive", "index.php", "diff", "query" (it asks for more than to read the page)."""

    wiki: str
    title: str
    section: str = ""
    page_id: int = 0
    oldid: int = 0
    ways: frozenset[str] = frozenset()


def place_of_link(target: str, site: Site, sites: Mapping[str, Site]) -> Place | str | None:
    """Where `[[target]]` on a page of `site` leads: a page, the address outside that its prefix makes, or None for no link."""
    title, _sign, section = without_entities(target).partition("#")
    title = unquote(title) if re.search(r"%[0-9a-fA-F]{2}", title) else title
    section = _readable(section)
    if title.strip(" _").startswith("::"):
        return None
    for _hop in range(MOST_HOPS):
        title = title.replace("_", " ").strip().lstrip(":").strip()
        prefix, colon, rest = title.partition(":")
        word = prefix.strip().casefold()
        if not colon or word in site.namespaces:
            break
        if not word:
            title = rest
            continue
        pattern = site.interwiki.get(word)
        if pattern is None and not site.interwiki and re.match(r"[a-z][a-z-]*\s*:", title):
            return None  # a copy of a wiki does not say its prefixes
        if pattern is None:
            break
        found = place_of_address(pattern.replace("$1", ""), sites, bare=True)
        if not isinstance(found, Place):
            return pattern.replace("$1", rest.strip().replace(" ", "_"))
        site, title = sites[found.wiki], rest
    if not title:
        return Place(site.key, "", section) if section else None
    return Place(site.key, site.title(title), section)


def without_entities(text: str) -> str:
    """`&amp;` and its like as the signs that they stand for, as MediaWiki takes them (Sanitizer::decodeCharReferences)."""
    return re.sub(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w+);", lambda found: html.unescape(found[0]), text)


def whole_target(target: str, page: str, site: Site) -> str:
    """The target of a link on a page of `site`: comments taken out, `/Name` and `../Name` made whole (Linker::normalizeSubpageLink)."""
    target = re.sub(r"<!--.*?-->", "", target, flags=re.DOTALL).strip()
    prefix, colon, _name = page.partition(":")
    space = prefix.casefold() if colon and prefix.casefold() in site.namespaces else ""
    if space not in site.subpages:
        return target
    if target.startswith("/"):
        return f"{page}/{target.strip('/')}"
    name, ups = _without_ups(target)
    parts = page.split("/")
    if not 0 < ups < len(parts):
        return target
    return "/".join([*parts[:-ups], *filter(None, [name.strip("/")])])


def _without_ups(target: str) -> tuple[str, int]:
    """A target without the `../` that it begins with, and how many they were."""
    ups = re.match(r"(?:\.\./)*", target)
    count = len(ups[0]) // 3 if ups else 0
    return target[3 * count :], count


def place_of_address(address: str, sites: Mapping[str, Site], *, bare: bool = False) -> Place | None:
    """The page that an address of a known wiki means; None for other addresses, and for pages that are no pages (a skin's
    file, the API). `bare`: only which wiki it is."""
    try:
        address = without_entities(address)
        parts = urlsplit(address if "://" in address else f"https:{address}")
        host = _machine(parts)
    except ValueError:
        return None
    ways = {"http"} if parts.scheme.lower() == "http" else set()
    plain = desktop(host)
    ways |= {"mobile"} if plain != host else set()
    site = next((site for site in sites.values() if site.is_at(plain) or site.is_at(host)), None)
    if site is None:
        return None
    if bare:
        return Place(site.key, "")
    found = _page(site, parts.path, parts.query)
    if found is None:
        return None
    section = _readable(parts.fragment)
    if ":" in found.title:
        led = place_of_link(found.title, site, sites)
        found = replace(found, wiki=led.wiki, title=led.title) if isinstance(led, Place) else found
    return replace(found, section=section, ways=found.ways | ways)


def _page(site: Site, path: str, query: str) -> Place | None:
    """What path and query name, the way the address of a page, of index.php or of an archive is made."""
    archived = re.fullmatch(r"/(?:w/)?index\.php@(.*?)(?:\.html)?", path)
    if archived:
        path, query = site.script, archived[1]
    given = {key: values[-1] for key, values in parse_qs(query, keep_blank_values=True, encoding="latin-1").items()}
    numbers = {
        key: int(given[key]) for key in ("curid", "oldid", "diff") if re.fullmatch(r"[0-9]{1,12}", given.get(key, ""))
    }
    ways = {"archive"} if archived else set()
    ways |= {"permalink"} if "oldid" in numbers else set()
    ways |= {"diff"} if "diff" in given else set()
    ways |= {"query"} if given.keys() - {"title", "curid", "oldid", "diff"} else set()
    start = site.article.partition("$1")[0]
    scripts = {site.script, "/index.php", "/w/index.php"}
    script = next((one for one in scripts if path == one or path.startswith(f"{one}/")), "")
    if script:
        ways |= {"index.php"}
        raw = re.search(r"(?:^|&)title=([^&]*)", query)
        named = raw[1].replace("+", " ") if raw else path[len(script) + 1 :]
    elif start and path.startswith(start):
        raw = re.search(r"(?:^|&)title=([^&]*)", query)
        named = path[len(start) :] or (raw[1].replace("+", " ") if raw else "")
    else:
        return None
    title, how = _decoded(named.removesuffix(".html") if archived else named)
    if not title and not numbers:
        return None
    return Place(
        site.key,
        site.title(title) if title else "",
        "",
        numbers.get("curid", 0),
        numbers.get("oldid", 0),
        frozenset(ways | how),
    )


def _decoded(words: str) -> tuple[str, set[str]]:
    """Percent-encoding undone: UTF-8, else Latin-1; and undone again where it was done twice."""
    how: set[str] = set()
    for _time in range(2):
        data = unquote_to_bytes(words)
        try:
            found = data.decode("utf-8")
        except UnicodeDecodeError:
            found = data.decode("latin-1")
            how.add("latin-1")
        if not re.search(r"%[0-9a-fA-F]{2}", found):
            return found, how
        words = found
        how.add("twice")
    return words, how


def address_of(site: Site, title: str, section: str = "") -> str:
    """The address of a page as MediaWiki writes it (`wfUrlencode`)."""
    named = _encoded(title)
    anchor = f"#{quote(section.replace(' ', '_'), safe=':')}" if section else ""
    return site.server + site.article.replace("$1", named) + anchor


def address_to(pattern: str, title: str) -> str:
    """The address of a page by its wiki's pattern (with `$1`; "" where it has none), to stand in a mail or on a page: signs that a sentence
    may end with are encoded."""
    return pattern.replace("$1", quote(title.replace(" ", "_"), safe="/:"))


def _encoded(title: str) -> str:
    return quote(title.replace(" ", "_"), safe=";@$!*(),/~:")


def edit_address(site: Site, title: str, section: int) -> str:
    """The address that opens a section for editing (0: what stands above the first heading)."""
    return f"{site.server}{site.script}?title={_encoded(title)}&action=edit&section={section}" if site.script else ""


def server_of(address: str) -> str:
    """What stands before the path in the address of a wiki's pages; "" for none."""
    parts = urlsplit(address if "://" in address else f"https:{address}") if address else None
    return address[: address.index(parts.path)] if parts and parts.path else ""


def site_of(reader: Reader) -> Site:
    """A wiki as its links see it, from what it says of itself."""
    address = reader.address()
    server = server_of(address)
    return Site(
        reader.key,
        server,
        address[len(server) :],  # `?title=$1` of some wikis included
        reader.script(),
        namespaces=reader.namespace_names(),
        interwiki={prefix.casefold(): url for prefix, url in reader.interwiki().items()},
        subpages=reader.subpages(),
        capital=reader.capital_links(),
        semantic=not server or "ask" in reader.parser_functions(),
    )


def prefix_to(wiki: str, other: str, sites: Mapping[str, Site]) -> str | None:
    """The shortest prefix by which a wiki's pages name another one's; "" for its own, None where it has none."""
    if wiki == other:
        return ""
    home, there = sites[wiki], sites[other]
    host = re.sub(r"^(?:https?:)?//", "", there.server)
    fitting = [prefix for prefix, url in home.interwiki.items() if host and f"//{host}{there.article}" in url]
    return min(fitting, key=len, default=None)


# -- sections -------------------------------------------------------------------------------------


def _readable(fragment: str) -> str:
    """A section as words: percent-encoding undone, `_` as space."""
    return _decoded(fragment)[0].replace("_", " ").strip()


def same_anchor(section: str, anchor: str) -> bool:
    """Whether what a link names is a heading's anchor, in HTML5's form or in the one with dots (Sanitizer::escapeIdInternal)."""
    mine, its = (re.sub(r"[\s_\u180e]+", "_", text) for text in (section, anchor))
    return mine == its or mine == _dotted(its)


_DOTTED = re.compile(r"(?:\.[0-9A-F]{2}){2,}")


def undotted(section: str) -> str:
    """A section as it reads where it is written as old wikis encoded it (`D.C3.A9finir`); what is no such encoding stays, `v1.20` too."""

    def letters(found: re.Match[str]) -> str:
        try:
            text = bytes.fromhex(found[0].replace(".", "")).decode("utf-8")
        except UnicodeDecodeError:
            return found[0]
        return text if not text.isascii() and text.isprintable() else found[0]

    return _DOTTED.sub(letters, section)


def _dotted(anchor: str) -> str:
    """`Impl.C3.A9mentation`: the encoding of anchors before HTML5, which links of old still use."""
    return quote(anchor, safe=":").replace("%", ".").replace("~", ".7E")


def desktop(host: str) -> str:
    """The name of a wiki's machine without the mark of the mobile site."""
    return re.sub(r"^([\w-]+)\.m\.|^m\.", lambda found: f"{found[1]}." if found[1] else "", host)


def machine_of(address: str) -> str:
    """The name of the machine in an address, in small letters, with its port where that is unusual; "" for none."""
    try:
        return _machine(urlsplit(address if "://" in address else f"https:{address}"))
    except ValueError:
        return ""


def _machine(parts: SplitResult) -> str:
    """Host and port in small letters, the usual ports and a dot at the end left out. Raises ValueError."""
    host = (parts.hostname or "").rstrip(".").lower()
    return f"{host}:{parts.port}" if parts.port not in (None, 80, 443) else host
