"""One link and what the wikis say: what is wrong with it, and what to write instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rapidfuzz import fuzz

from capitalise.crosslinks.addresses import Place, Site, address_of, edit_address, same_anchor
from capitalise.crosslinks.facts import Facts
from capitalise.crosslinks.quotes import Quote
from capitalise.messages import N_, Message
from capitalise.pages.titles import sort_key
from capitalise.plans.model import Finding, RowRef

__all__ = ["check_quote", "rewritten"]

NEAR = 80.0  # of 100, by letters alone


def check_quote(quote: Quote, facts: Facts, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """What is wrong with a link, and where to mend it; nothing for one outside the known wikis."""
    where = edit_address(sites[quote.wiki], quote.title, quote.link.number) if quote.wiki else ""
    yield from (replace(finding, address=where) for finding in _checked(quote, facts, sites))


def _checked(quote: Quote, facts: Facts, sites: Mapping[str, Site]) -> Iterator[Finding]:
    place = quote.place
    if place is None or not quote.names_page:
        return
    if place.oldid:
        why = N_("the link leads to one old version of “%(title)s”; is that meant?", title=place.title)
        yield _finding(quote, "permalink", why)
        return
    head = facts.heads.get((place.wiki, place.title))
    if head is None:
        return
    if head.invalid:
        yield _finding(
            quote,
            "invalid-target",
            N_("no page can be called “%(title)s” (%(why)s)", title=place.title, why=head.invalid),
        )
    elif not head.revision:
        yield from _missing(quote, place, facts, sites)
    else:
        target = Place(place.wiki, head.redirect or place.title, place.section)
        if head.redirect and head.redirect != place.title:
            why = N_("“%(title)s” is a redirect to “%(target)s”", title=place.title, target=head.redirect)
            yield _finding(quote, "redirect-target", why, rewritten(quote, target, sites))
        yield from _section(quote, place, facts)
        yield from _form(quote, target, sites)


def _missing(quote: Quote, place: Place, facts: Facts, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """Moved, deleted, or never there: the log first, then the wiki's own titles."""
    log = facts.logs.get((place.wiki, place.title), ())
    moved = next((entry for entry in log if entry.kind == "move" and entry.target), None)
    if moved:
        why = N_("“%(title)s” was renamed “%(target)s”", title=place.title, target=moved.target)
        yield _finding(
            quote, "moved-target", why, rewritten(quote, Place(place.wiki, moved.target, place.section), sites), 100.0
        )
        return
    near = sorted(((_score(place.title, title), title) for title in facts.near(place.wiki, place.title)), reverse=True)
    near = [one for one in near if one[0] >= NEAR]
    single = len(near) == 1 or (len(near) > 1 and near[0][0] > near[1][0] + 5)
    suggestion = rewritten(quote, Place(place.wiki, near[0][1], place.section), sites) if near and single else ""
    score = near[0][0] if near and single else None
    if log:
        why = N_(
            "“%(title)s” was deleted on %(when)s by %(user)s: %(comment)s",
            title=place.title,
            when=f"{log[0].at:%Y-%m-%d}",
            user=log[0].user,
            comment=log[0].comment or "–",
        )
        yield _finding(quote, "deleted-target", why, suggestion, score)
    else:
        why = N_("there is no page “%(title)s” on “%(wiki)s”", title=place.title, wiki=place.wiki)
        yield _finding(quote, "missing-target", why, suggestion, score)


def _section(quote: Quote, place: Place, facts: Facts) -> Iterator[Finding]:
    anchors = facts.anchors.get((place.wiki, place.title))
    if not place.section or anchors is None or place.section.casefold() in ("top", "toc", "haut"):
        return
    if not any(same_anchor(place.section, anchor) for anchor in anchors):
        near = max(anchors, key=lambda anchor: _score(place.section, anchor), default="")
        shown = near if near and _score(place.section, near) >= NEAR else ""
        why = N_("the page “%(title)s” has no section “%(section)s”", title=place.title, section=place.section)
        yield _finding(quote, "missing-section", why, shown)


def _form(quote: Quote, target: Place, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """An address where the wiki has a link for it, a mobile or http address."""
    place = quote.place
    if place is None or quote.link.kind not in ("external", "bare") or place.page_id or "diff" in place.ways:
        return
    prefix = prefix_to(quote.wiki, place.wiki, sites) if quote.wiki else None  # a document has addresses only
    if prefix is not None and quote.link.kind == "external":
        yield _finding(
            quote,
            "external-link",
            N_("a link inside the wikis is written as an address"),
            _as_link(quote, target, prefix),
        )
    elif place.ways & {"mobile", "http"}:
        why = (
            N_("the address is that of the mobile site")
            if "mobile" in place.ways
            else N_("the address begins with http://")
        )
        yield _finding(quote, "old-address", why, rewritten(quote, target, sites))


def prefix_to(wiki: str, other: str, sites: Mapping[str, Site]) -> str | None:
    """The shortest prefix by which a wiki's pages name another one's; "" for its own, None where it has none."""
    if wiki == other:
        return ""
    home, there = sites[wiki], sites[other]
    host = re.sub(r"^(?:https?:)?//", "", there.server)
    fitting = [prefix for prefix, url in home.interwiki.items() if host and f"//{host}{there.article}" in url]
    return min(fitting, key=len, default=None)


def _as_link(quote: Quote, target: Place, prefix: str) -> str:
    section = f"#{target.section}" if target.section else ""
    name = f"{prefix}:{target.title}" if prefix else target.title
    return f"[[{name}{section}|{quote.link.label}]]" if quote.link.label else f"[[{name}{section}]]"


def rewritten(quote: Quote, target: Place, sites: Mapping[str, Site]) -> str:
    """The link as it was written, leading to another page of the same wiki."""
    if quote.link.kind in ("external", "bare"):
        return quote.written.replace(quote.link.target, address_of(sites[target.wiki], target.title, target.section), 1)
    named, sign, section = quote.link.target.partition("#")
    prefix = _prefix(named, quote, sites)
    return quote.written.replace(quote.link.target, f"{prefix}{target.title}{sign}{section}", 1)


def _prefix(named: str, quote: Quote, sites: Mapping[str, Site]) -> str:
    """Everything before the title: colons and prefixes of wikis."""
    site, at = sites[quote.wiki], 0
    while found := re.match(r"\s*:?\s*([^:]+?)\s*:", named[at:]):
        word = found[1].replace("_", " ").casefold()
        if word in site.namespaces or (word not in site.interwiki and word != site.key):
            break
        at += found.end()
        url = site.interwiki.get(word, "")
        site = next((one for one in sites.values() if url and re.sub(r"^(?:https?:)?//", "", one.server) in url), site)
    colon = re.match(r"\s*:", named[at:])
    return named[: at + colon.end()] if colon and at == 0 else named[:at]


def _score(title: str, other: str) -> float:
    """How alike two titles are, by letters alone, of 100."""
    return round(fuzz.ratio(sort_key(title), sort_key(other)), 1)


def _finding(quote: Quote, rule: str, why: Message, suggestion: str = "", score: float | None = None) -> Finding:
    return Finding(
        rule,
        N_("%(why)s: %(written)s", why=why, written=" ".join(quote.written.split())),
        quote.wiki,
        quote.title if quote.wiki else "",
        quote.link.section,
        quote.link.line,
        suggestion=suggestion,
        score=score,
        at=None if quote.wiki else RowRef(quote.title, quote.link.line, ""),
    )
