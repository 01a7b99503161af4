"""The pages of a bot's sets and their links, read some hundred pages at a time: what is held does not grow with the texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from capitalise.bots.crosslinks.quotes import Quote, document_quotes, made_quotes, quotes_of
from capitalise.bots.crosslinks.settings import RoleSet
from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.pages.addresses import Site
from capitalise.pages.answers import recalled
from capitalise.pages.page_sets import listing_of as pages_of
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Expanded, KeptAnswer, Revision
from capitalise.pages.titles import sort_key
from capitalise.sheets.documents import DocumentLink
from capitalise.wikitext.calls import find_calls

__all__ = ["Reading", "listing_of"]

CHUNK = 500  # pages
MOST_HELD = 100_000  # links of small sets, kept rather than read again

Page = tuple[str, str]


@dataclass
class Reading:
    """Every link of some pages (title → revision by wiki) and documents, again each time it is gone through."""

    listings: Mapping[str, Mapping[str, int]]
    documents: Mapping[str, Sequence[DocumentLink]]
    sites: Mapping[str, Site]
    reader_of: Callable[[str], Reader]

    def __post_init__(self) -> None:
        self._held: list[Quote] | None = None

    def __iter__(self) -> Iterator[Quote]:
        if self._held is None:
            quotes = self._read()
            some = list(islice(quotes, MOST_HELD))
            if len(some) < MOST_HELD:
                self._held = some
            yield from some
            yield from quotes
        else:
            yield from self._held

    def _read(self) -> Iterator[Quote]:
        for wiki in sorted(self.listings):
            reader, listing = self.reader_of(wiki), self.listings[wiki]
            titles = sorted(listing, key=sort_key)
            for start in range(0, len(titles), CHUNK):
                numbers = [listing[title] for title in titles[start : start + CHUNK]]
                revisions = sorted(reader.revisions(numbers).values(), key=lambda r: sort_key(r.title))
                yield from self._of(reader, revisions)
        for name, links in self.documents.items():
            yield from document_quotes(name, links, self.sites)

    def _of(self, reader: Reader, revisions: Sequence[Revision]) -> Iterator[Quote]:
        """The links that are written on some pages, then those that their templates make."""
        site, tags = self.sites[reader.key], reader.extension_tags()
        expanded = _expanded(reader, [r for r in revisions if "{{" in (r.text or "")])
        for revision in revisions:
            written = list(quotes_of(revision, site, self.sites, tags))
            made = list(made_quotes(revision.title, expanded.get(revision.title, ()), site, self.sites))
            shown = {quote.leads_to for quote in made} if revision.title in expanded else None
            perhaps = (
                _perhaps(revision.text or "", tags) if shown is not None and "{{#" in (revision.text or "") else []
            )
            for quote in written:
                at = quote.link.start
                if shown is None or quote.leads_to in shown or not any(a < at < b for a, b in perhaps):
                    yield quote
            known = {quote.leads_to for quote in written}
            yield from (quote for quote in made if quote.leads_to not in known)


def _perhaps(text: str, tags: frozenset[str]) -> list[tuple[int, int]]:
    """The parser functions of a page, of whose words readers may see a part (`{{#if:`)."""
    return [(call.start, call.end) for call in find_calls(text, tags) if call.name.startswith("#")]


def _expanded(reader: Reader, revisions: Sequence[Revision]) -> dict[str, Sequence[str]]:
    """Where the links of pages lead with their templates expanded, by title."""
    titles = {f"{r.id} {r.title}": r.title for r in revisions}  # of this revision only

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
                "The wiki “%(wiki)s” has no pages for “%(what)s”: see [[pages]] in the bot's TOML.",
                wiki=one.wiki,
                what=one.pages.what,
            )
        )
    return found
