"""A link from one wiki to a page of the same or another, as the first one writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from capitalise.pages.addresses import Place, Site, address_of, place_of_address, prefix_to
from capitalise.pages.titles import title_problem
from capitalise.wikitext.plain import Wikitext, plain_text

__all__ = ["external_link", "link_between", "page_at", "safe_address"]


def link_between(home: Site, there: Site, title: str, label: str = "", section: str = "") -> Wikitext:
    """`[[Title|label]]` on its own wiki, `[[:b:Title|label]]` where `home` has a prefix for the other, else by its address; only
    the words where it has none (a wiki in a folder)."""
    label = label or title
    shown = label if label == "…" else plain_text(label)
    prefix = prefix_to(home.key, there.key, {home.key: home, there.key: there})
    if prefix is None:
        return external_link(address_of(there, title, section), label) if there.server else Wikitext(shown)
    anchor = f"#{section}" if section else ""
    if title_problem(title) or re.search(r"[\[\]{}|<>\n]|~~~|__", anchor):
        return Wikitext(shown)
    colon = ":" if prefix or ":" in title or title.startswith(("/", ".")) else ""
    target = f"{colon}{prefix}{':' if prefix else ''}{title}{anchor}"
    return Wikitext(f"[[{target}]]" if target == shown else f"[[{target}|{shown}]]")


def page_at(address: str, sites: Mapping[str, Site]) -> Place | None:
    """The page that an address of a known wiki shows, as it is now; None for its older versions, for what is asked of it, and for
    other addresses."""
    place = place_of_address(address, sites)
    return place if place and place.title and not place.ways & {"diff", "query", "permalink"} else None


def external_link(address: str, label: str) -> Wikitext:
    """`[https://… label]`."""
    bare = safe_address(address.strip())
    return Wikitext(f"[{bare} {plain_text(label) or plain_text(bare)}]")


def safe_address(address: str) -> str:
    """An address with no sign in it that would end it, or that is a switch (`__NOTOC__`)."""
    quoted = quote(address, safe="%/:=&?#+!$,;@()*-._~")
    quoted = re.sub(r"&(?=(?:lt|gt|quot|nbsp|amp|#\w+);)", "%26", quoted)  # MediaWiki would read these as signs
    return re.sub(r"__+|~~~+", lambda found: "".join(f"%{ord(c):02X}" for c in found[0]), quoted)
