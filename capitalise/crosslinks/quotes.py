"""The links of some pages, each with the page that it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from capitalise.crosslinks.addresses import Place, Site, place_of_address, place_of_link
from capitalise.pages.revisions import Revision
from capitalise.sheets.documents import DocumentLink
from capitalise.wikitext.links import Link, find_links

__all__ = ["Quote", "document_quotes", "quotes_of"]


_NO_LINK = re.compile(r"\s*(?:catégorie|category|fichier|file|image)\s*:", re.IGNORECASE)
_SPECIAL = re.compile(r"^(?:spécial|special|média|media):", re.IGNORECASE)


@dataclass(frozen=True)
class Quote:
    """A link on the page `title` of `wiki`, or in the document `title` where `wiki` is "". `place` is the page of a known wiki that it means, None for one outside;
    `written` is its text, as it stands there."""

    wiki: str
    title: str
    link: Link
    place: Place | None
    written: str

    @property
    def names_page(self) -> bool:
        """Whether a page of a known wiki is meant: no special page, no category that the page is in, no picture it shows."""
        if self.place is None or not self.place.title or _SPECIAL.match(self.place.title):
            return False
        return not (self.link.kind == "wiki" and _NO_LINK.match(self.link.target))


def quotes_of(revision: Revision, site: Site, sites: Mapping[str, Site], tags: frozenset[str]) -> Iterator[Quote]:
    """Every link of a page, in its order; links to a section of the page itself name the page."""
    text = revision.text or ""
    for link in find_links(text, tags):
        if link.kind in ("wiki", "image"):
            found = place_of_link(link.target, site, sites)
            place = found if isinstance(found, Place) else None
        else:
            place = place_of_address(link.target, sites)
        if place and place.wiki == site.key and not place.title and place.section:
            place = Place(place.wiki, revision.title, place.section, ways=place.ways)
        yield Quote(site.key, revision.title, link, place, text[link.start : link.end])


def document_quotes(name: str, links: Iterable[DocumentLink], sites: Mapping[str, Site]) -> Iterator[Quote]:
    """The addresses of a document."""
    for one in links:
        link = Link("external" if one.label else "bare", one.address, one.label, 0, 0, one.line)
        yield Quote("", name, link, place_of_address(one.address, sites), one.address)
