"""The pages of a bot's sets and their links, read some hundred pages at a time: what is held in memory does not grow with them."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO
from weakref import finalize

from capitalise.bots.crosslinks.quotes import Quote, document_quotes, made_quotes, quotes_of
from capitalise.bots.crosslinks.settings import RoleSet
from capitalise.errors import SettingsError
from capitalise.messages import N_, THE_TOML
from capitalise.pages.addresses import Site
from capitalise.pages.answers import recalled
from capitalise.pages.page_sets import listing_of as pages_of
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Expanded, KeptAnswer, Revision
from capitalise.pages.titles import sort_key
from capitalise.sheets.documents import DocumentLink
from capitalise.spread import Mapped, here
from capitalise.wikitext.calls import find_calls

__all__ = ["Reading", "listing_of"]

CHUNK = 500  # pages
MOST_IN_MEMORY = 8 * 1024 * 1024  # bytes of links

Page = tuple[str, str]


Chunk = tuple[str, "list[PageLinks]", Mapping[str, Sequence[str]]]


@dataclass
class Reading:
    """Every link of some pages (title → revision by wiki) and documents, again each time it is gone through: the pages are read the first time
    only, their links are kept in memory or, where they are many, in a file that goes when this does."""

    listings: Mapping[str, Mapping[str, int]]
    documents: Mapping[str, Sequence[DocumentLink]]
    sites: Mapping[str, Site]
    reader_of: Callable[[str], Reader]
    mapped: Mapped = here

    def __post_init__(self) -> None:
        self._kept: IO[bytes] | None = None  # once everything was read
        self._chunks = 0

    def __iter__(self) -> Iterator[Quote]:
        for wiki, pages, expanded in self._again() if self._kept else self._read():
            yield from self._of(self.sites[wiki], pages, expanded)
        for name, links in self.documents.items():
            yield from document_quotes(name, links, self.sites)

    def _read(self) -> Iterator[Chunk]:
        kept, chunks = SpooledTemporaryFile(MOST_IN_MEMORY), 0  # noqa: SIM115 it goes when this does
        finalize(self, kept.close)
        for wiki in sorted(self.listings):
            reader = self.reader_of(wiki)
            read = partial(read_pages, self.sites[wiki], self.sites, reader.extension_tags())
            for packed in self.mapped(read, _revisions(reader, self.listings[wiki])):
                pages = unpacked(packed)
                expanded = _expanded(reader, [page for page in pages if page.calls])
                pickle.dump((wiki, packed, expanded), kept)
                chunks += 1
                yield wiki, pages, expanded
        self._kept, self._chunks = kept, chunks

    def _again(self) -> Iterator[Chunk]:
        assert self._kept
        at = 0  # of this going through: there may be another
        for _chunk in range(self._chunks):
            self._kept.seek(at)
            wiki, packed, expanded = pickle.load(self._kept)  # noqa: S301 written above, in a file that nobody else opens
            at = self._kept.tell()
            yield wiki, unpacked(packed), expanded

    def _of(self, site: Site, pages: Sequence[PageLinks], expanded: Mapping[str, Sequence[str]]) -> Iterator[Quote]:
        """The links that are written on some pages, then those that their templates make."""
        for page in pages:
            made = list(made_quotes(page.title, expanded.get(page.title, ()), site, self.sites))
            shown = {quote.leads_to for quote in made} if page.title in expanded else None
            for quote in page.written:
                at = quote.link.start
                if shown is None or quote.leads_to in shown or not any(a < at < b for a, b in page.perhaps):
                    yield quote
            known = {quote.leads_to for quote in page.written} if made else ()
            yield from (quote for quote in made if quote.leads_to not in known)


@dataclass(frozen=True)
class PageLinks:
    """The links that are `written` on a page's revision `id`, whether it `calls` templates, and the places of whose words readers may see
    a part only."""

    id: int
    title: str
    written: tuple[Quote, ...]
    calls: bool = False
    perhaps: tuple[tuple[int, int], ...] = ()


def read_pages(site: Site, sites: Mapping[str, Site], tags: frozenset[str], revisions: Sequence[Revision]) -> bytes:
    """The links of some pages, packed: a tenth of what they are otherwise. Pure, so that it can be done anywhere."""
    pages = [
        PageLinks(
            one.id,
            one.title,
            tuple(quotes_of(one, site, sites, tags)),
            "{{" in (one.text or ""),
            tuple(_perhaps(one.text or "", tags)) if "{{#" in (one.text or "") else (),
        )
        for one in revisions
    ]
    return zlib.compress(pickle.dumps(pages, pickle.HIGHEST_PROTOCOL), 1)


def unpacked(packed: bytes) -> list[PageLinks]:
    """What `read_pages` packed."""
    pages: list[PageLinks] = pickle.loads(zlib.decompress(packed))  # noqa: S301 packed above
    return pages


def _revisions(reader: Reader, listing: Mapping[str, int]) -> Iterator[list[Revision]]:
    """The pages with their texts, some hundred at a time, in the order of their titles."""
    titles = sorted(listing, key=sort_key)
    for start in range(0, len(titles), CHUNK):
        numbers = [listing[title] for title in titles[start : start + CHUNK]]
        yield sorted(reader.revisions(numbers).values(), key=lambda r: sort_key(r.title))


def _perhaps(text: str, tags: frozenset[str]) -> list[tuple[int, int]]:
    """The parser functions of a page, of whose words readers may see a part (`{{#if:`)."""
    return [(call.start, call.end) for call in find_calls(text, tags) if call.name.startswith("#")]


def _expanded(reader: Reader, pages: Sequence[PageLinks]) -> dict[str, Sequence[str]]:
    """Where the links of pages lead with their templates expanded, by title."""
    titles = {f"{one.id} {one.title}": one.title for one in pages}  # of this revision only

    def ask(names: list[str]) -> Mapping[str, Expanded]:
        found = reader.expanded_links([titles[name] for name in names])
        return {name: found[titles[name]] for name in names if titles[name] in found}

    def kept(name: str, expanded: Expanded) -> KeptAnswer:
        return KeptAnswer(json.dumps([expanded.links]), (titles[name], *expanded.transcluded))

    found = recalled(reader, "expanded", titles, ask, kept, lambda data: Expanded(*data))
    return {titles[name]: expanded.links for name, expanded in found.items()}


def listing_of(one: RoleSet, reader: Reader, but: str) -> Mapping[str, int]:
    """Title → revision of a set's pages, the page `but` left out. Raises SettingsError where there are none."""
    found = pages_of(reader, one.pages)
    found.pop(but, None)
    if not found:
        raise SettingsError(
            N_(
                "The wiki “%(wiki)s” has no pages for “%(what)s”: see [[pages]] in %(toml)s.",
                wiki=one.wiki,
                what=one.pages.what,
                toml=THE_TOML,
            )
        )
    return found
