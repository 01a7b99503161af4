"""Who quotes whom: research pages and chapters that do not know of each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from capitalise.bots.crosslinks.facts import Facts
from capitalise.bots.crosslinks.quotes import Quote, opens
from capitalise.messages import N_
from capitalise.pages.addresses import Site
from capitalise.plans.model import Finding, Grid, GridLink

__all__ = ["Matrix", "Quoted", "grid_of", "matrix_of", "reciprocity"]

Page = tuple[str, str]


class Quoted:
    """Links between pages of one role and of another, counted one by one; redirects count as the page they lead to.
    `between` counts links from wiki to wiki."""

    def __init__(self, roles: Mapping[Page, str], facts: Facts) -> None:
        self.roles, self.facts = roles, facts
        self.links: dict[tuple[Page, Page], list[Quote]] = defaultdict(list)
        self.between: Counter[tuple[str, str]] = Counter()

    def add(self, quote: Quote) -> None:
        if quote.place is None:
            return
        if quote.wiki and quote.place.wiki != quote.wiki:
            self.between[quote.wiki, quote.place.wiki] += 1
        head = self.facts.heads.get((quote.place.wiki, quote.place.title))
        target = (quote.place.wiki, head.redirect if head and head.redirect else quote.place.title)
        page = (quote.wiki, quote.title)
        if self.roles.get(target) != self.roles.get(page) and target in self.roles and page in self.roles:
            self.links[page, target].append(quote)


@dataclass(frozen=True)
class Matrix:
    """`links` from a page to a page; `pages` by role ("research", "book", "quotes")."""

    links: Mapping[tuple[Page, Page], Sequence[GridLink]]
    pages: Mapping[str, tuple[Page, ...]]

    def between(self, one: Page, other: Page) -> tuple[GridLink, ...]:
        """Links in either direction."""
        return (*self.links.get((one, other), ()), *self.links.get((other, one), ()))

    def any(self, page: Page, role: str) -> bool:
        """Whether a page quotes any of those with a role."""
        return any(self.links.get((page, one)) for one in self.pages[role])


def matrix_of(quoted: Quoted, sites: Mapping[str, Site]) -> Matrix:
    pages = {
        role: tuple(page for page, its in quoted.roles.items() if its == role)
        for role in ("research", "book", "quotes")
    }
    return Matrix({pair: [_link(one, sites) for one in some] for pair, some in quoted.links.items()}, pages)


def _link(quote: Quote, sites: Mapping[str, Site]) -> GridLink:
    link = quote.link
    return GridLink(quote.wiki, quote.title, link.section, link.line, quote.written, opens(quote, sites))


def grid_of(matrix: Matrix) -> Grid | None:
    """Research pages by chapters, links in either direction; None where there is only one of the two."""
    rows, columns = matrix.pages["research"], matrix.pages["book"]
    cells = tuple(tuple(matrix.between(row, column) for column in columns) for row in rows)
    return Grid(rows, columns, cells) if rows and columns else None


def reciprocity(matrix: Matrix) -> Iterator[Finding]:
    """Chapters without research, research that the book does not quote, pages that quote one of them or neither."""
    research, book = matrix.pages["research"], matrix.pages["book"]
    for chapter in book if research else ():
        if not any(matrix.between(chapter, page) for page in research):
            yield Finding("unbacked-chapter", N_("no research page and this chapter quote each other"), *chapter)
    for page in research if book else ():
        if not any(matrix.links.get((chapter, page)) for chapter in book):
            yield Finding("unquoted-research", N_("the book never quotes this research page"), *page)
    for page in matrix.pages["quotes"] if research and book else ():
        to_research, to_book = matrix.any(page, "research"), matrix.any(page, "book")
        if not to_research and not to_book:
            yield Finding("quotes-neither", N_("the page quotes neither the research nor the book"), *page)
        elif to_research != to_book:
            missing = N_("the book") if to_research else N_("the research")
            yield Finding(
                "one-sided", N_("the page quotes only one of the two: it lacks %(what)s", what=missing), *page
            )
