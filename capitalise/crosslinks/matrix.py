"""Who quotes whom: research pages and chapters that do not know of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from capitalise.crosslinks.facts import Facts
from capitalise.crosslinks.quotes import Quote
from capitalise.messages import N_
from capitalise.plans.model import Finding, Grid

__all__ = ["Matrix", "grid_of", "matrix_of", "reciprocity"]

Page = tuple[str, str]


@dataclass(frozen=True)
class Matrix:
    """`counts` of links from a page to a page; `pages` by role ("research", "book", "quotes")."""

    counts: Mapping[tuple[Page, Page], int]
    pages: Mapping[str, tuple[Page, ...]]

    def between(self, one: Page, other: Page) -> int:
        """Links in either direction."""
        return self.counts.get((one, other), 0) + self.counts.get((other, one), 0)


def matrix_of(quotes: Iterable[Quote], roles: Mapping[Page, str], facts: Facts) -> Matrix:
    """Links between the pages that have a role; redirects count as the page they lead to."""
    counts: Counter[tuple[Page, Page]] = Counter()
    for quote in quotes:
        if quote.place and quote.place.title:
            head = facts.heads.get((quote.place.wiki, quote.place.title))
            target = (quote.place.wiki, head.redirect if head and head.redirect else quote.place.title)
            if target in roles and target != (quote.wiki, quote.title):
                counts[(quote.wiki, quote.title), target] += 1
    return Matrix(
        counts,
        {role: tuple(page for page, its in roles.items() if its == role) for role in ("research", "book", "quotes")},
    )


def grid_of(matrix: Matrix) -> Grid | None:
    """Research pages by chapters, links in either direction; None where there is only one of the two."""
    rows, columns = matrix.pages["research"], matrix.pages["book"]
    counts = tuple(tuple(matrix.between(row, column) for column in columns) for row in rows)
    return Grid(rows, columns, counts) if rows and columns else None


def reciprocity(matrix: Matrix) -> Iterator[Finding]:
    """Chapters without research, research that the book does not quote, pages that quote one of them or neither."""
    research, book = matrix.pages["research"], matrix.pages["book"]
    for chapter in book if research else ():
        if not any(matrix.between(chapter, page) for page in research):
            yield Finding("unbacked-chapter", N_("no research page and this chapter quote each other"), *chapter)
    for page in research if book else ():
        if not any(matrix.counts.get((chapter, page)) for chapter in book):
            yield Finding("unquoted-research", N_("the book never quotes this research page"), *page)
    for page in matrix.pages["quotes"]:
        to_research = any(matrix.counts.get((page, one)) for one in research)
        to_book = any(matrix.counts.get((page, one)) for one in book)
        if to_research != to_book:
            missing = N_("the book") if to_research else N_("the research")
            yield Finding(
                "one-sided", N_("the page quotes only one of the two: it lacks %(what)s", what=missing), *page
            )
