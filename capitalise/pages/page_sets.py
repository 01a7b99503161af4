"""Which pages are meant: one vocabulary for every kind of bot and for the command line."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches

from capitalise.messages import N_, Message
from capitalise.pages.ports import Reader
from capitalise.pages.titles import normal_title

__all__ = ["PageSet", "listing_of", "spelled", "with_nearest"]


#: What people write before a category's name; it is named without.
_NAMESPACE = re.compile(r"^\s*(?:category|catégorie)\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class PageSet:
    """Some pages of one wiki: a `page` with its subpages, a `category`, those that use a `template`, those whose titles begin with
    `prefix`, those that a `search` finds, that a `query` of Semantic MediaWiki names, or that have a link `linking_to` a page,
    or some `titles`. Where several are given, a page must be in each."""

    page: str = ""
    category: str = ""
    template: str = ""
    prefix: str = ""
    search: str = ""
    query: str = ""
    linking_to: str = ""
    titles: tuple[str, ...] = ()

    @property
    def ways(self) -> Mapping[str, str]:
        """What is given, as it is typed."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in said.items() if value}

    @property
    def what(self) -> str:
        """The pages as a TOML says them; "" for none."""
        return ", ".join(
            f"titles = {text}" if name == "titles" else f'{name} = "{text}"' for name, text in self.ways.items()
        )


def listing_of(reader: Reader, pages: PageSet) -> dict[str, int]:
    """Title → current revision of the pages of a set. Raises WikiError."""
    found: dict[str, int] | None = None
    for name in pages.ways:
        some = _listed(reader, pages, name)
        found = dict(some) if found is None else {title: n for title, n in found.items() if title in some}
    return found or {}


def spelled(reader: Reader, titles: Iterable[str], listing: Container[str]) -> set[str]:
    """Titles that somebody typed, as the wiki spells them; it is asked about those that are not in a listing."""
    typed = {normal_title(title, capital=reader.capital_links()) for title in titles}
    strange = sorted(title for title in typed if title not in listing)
    heads = reader.heads(strange) if strange else {}
    return {heads[title].title if title in heads and not heads[title].invalid else title for title in typed}


def with_nearest(why: Message, title: str, there: Iterable[str]) -> Message:
    """A sentence about a title that is not there, with the nearest one that is, if any is near."""
    near = get_close_matches(title, sorted(there), 1)
    return N_("%(why)s The nearest title: %(near)s.", why=why, near=near[0]) if near else why


def _listed(reader: Reader, pages: PageSet, way: str) -> Mapping[str, int]:
    if way == "page":
        title = normal_title(pages.page)
        return {t: n for t, n in reader.prefixed(title).items() if t == title or t.startswith(f"{title}/")}
    if way == "prefix":
        return reader.prefixed(normal_title(pages.prefix))
    if way == "search":
        return reader.search(pages.search)
    if way == "linking_to":
        return reader.linking(normal_title(pages.linking_to))
    if way in ("titles", "query"):
        titles = pages.titles if way == "titles" else reader.query_smw(pages.query) or ()
        heads = reader.heads([normal_title(title) for title in titles])
        return {head.title: head.revision for head in heads.values() if head.revision}
    if way == "category":
        return reader.members("", _NAMESPACE.sub("", pages.category))
    return reader.members(pages.template, "")
