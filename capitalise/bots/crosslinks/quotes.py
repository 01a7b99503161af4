"""The links of some pages, each with the page that it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from capitalise.messages import Message
from capitalise.pages.addresses import (
    Place,
    Site,
    edit_address,
    place_of_address,
    place_of_link,
    whole_target,
    without_entities,
)
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding, RowRef
from capitalise.sheets.documents import DocumentLink
from capitalise.wikitext.links import Link, find_links

__all__ = ["Quote", "document_quotes", "finding_on", "made_quotes", "opens", "quotes_of", "with_title"]


_NO_LINK = re.compile(r"[\s_]*(?:catégorie|category|fichier|file|image)\s*:", re.IGNORECASE)
_SPECIAL = re.compile(r"^(?:spécial|special|média|media):", re.IGNORECASE)


@dataclass(frozen=True)
class Quote:
    """A link on the page `title` of `wiki`, or in the document `title` where `wiki` is "".

    `place` is the page of a known wiki that it means; None for one outside, whose `address` it then has. `written` is the
    link's text as it stands there, or what a template makes of it (`made`).
    """

    wiki: str
    title: str
    link: Link
    place: Place | None
    written: str
    address: str = ""

    @property
    def made(self) -> bool:
        """Whether a template makes it, so that it is not written on this page."""
        return self.link.kind == "made"

    @property
    def names_page(self) -> bool:
        """Whether a page of a known wiki is meant: no special page, no category that the page is in, no picture it shows."""
        if self.place is None or not self.place.title or _SPECIAL.match(self.place.title):
            return False
        return not (self.link.kind == "wiki" and _NO_LINK.match(self.link.target))

    @property
    def leads_to(self) -> tuple[str, str]:
        """Wiki and title, or "" and the address: what tells links to one target from others."""
        return (
            (self.place.wiki, self.place.title) if self.place else ("", unquote(re.sub("^https?:", "", self.address)))
        )


def quotes_of(revision: Revision, site: Site, sites: Mapping[str, Site], tags: frozenset[str]) -> Iterator[Quote]:
    """Every link of a page, in its order; links to a section of the page itself name the page."""
    text = revision.text or ""
    for link in find_links(text, tags):
        if "{{" in link.target or (site.semantic and link.kind == "wiki" and "::" in link.target):
            continue  # a template's words, a property of Semantic MediaWiki: where it leads is among the expanded links
        if link.kind in ("wiki", "image"):
            found = place_of_link(whole_target(link.target, revision.title, site), site, sites)
        else:
            found = place_of_address(link.target, sites) or link.target
        quote = _quote(site.key, revision.title, link, found, text[link.start : link.end])
        if quote.place and quote.place.wiki == site.key and not quote.place.title and quote.place.section:
            quote = replace(quote, place=replace(quote.place, title=revision.title))
        yield quote


def made_quotes(title: str, targets: Sequence[str], site: Site, sites: Mapping[str, Site]) -> Iterator[Quote]:
    """The links of a page as it is expanded, one for each place they lead to."""
    known: set[tuple[str, str]] = set()
    for target in targets:
        link = Link("made", target, "", 0, 0)
        if target.startswith("[["):
            found = place_of_link(target[2:-2], site, sites)
        else:
            found = place_of_address(target, sites) or target
        quote = _quote(site.key, title, link, found, target)
        if quote.leads_to not in known:
            known.add(quote.leads_to)
            yield quote


def document_quotes(name: str, links: Iterable[DocumentLink], sites: Mapping[str, Site]) -> Iterator[Quote]:
    """The addresses of a document."""
    for one in links:
        link = Link("external" if one.label else "bare", one.address, one.label, 0, 0, one.line)
        yield _quote("", name, link, place_of_address(one.address, sites) or one.address, one.address)


def opens(quote: Quote, sites: Mapping[str, Site]) -> str:
    """The address that opens the section of a link for editing; "" for a document, and for what a template makes."""
    if not quote.wiki or quote.made:
        return ""
    return edit_address(sites[quote.wiki], quote.title, quote.link.number)


def finding_on(quote: Quote, rule: str, message: Message) -> Finding:
    """A finding about a link: where it stands, on a page or in a document."""
    link, page = quote.link, quote.title if quote.wiki else ""
    at = None if quote.wiki else RowRef(quote.title, link.line, "")
    return Finding(rule, message, quote.wiki, page, link.section, link.line, at=at)


def with_title(quote: Quote, titles: Mapping[tuple[str, int], str]) -> Quote:
    """A link by a page's number (`?curid=`) with the title that the page has."""
    place = quote.place
    if place is None or place.title or not place.page_id:
        return quote
    return replace(quote, place=replace(place, title=titles.get((place.wiki, place.page_id), "")))


def _quote(wiki: str, title: str, link: Link, found: Place | str | None, written: str) -> Quote:
    place = found if isinstance(found, Place) else None
    return Quote(wiki, title, link, place, written, without_entities(found) if isinstance(found, str) else "")
