"""The pages of the TOML, their links, and what is wrong with them, as the findings of a plan. Reads, never writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from capitalise.crosslinks.addresses import Site
from capitalise.crosslinks.checks import check_quote
from capitalise.crosslinks.facts import gather
from capitalise.crosslinks.matrix import grid_of, matrix_of, reciprocity
from capitalise.crosslinks.quotes import Quote, document_quotes, quotes_of
from capitalise.crosslinks.report import report_values
from capitalise.crosslinks.sets import PageSet
from capitalise.errors import SettingsError
from capitalise.messages import N_, NP_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.titles import normal_title, sort_key
from capitalise.plans.model import Plan
from capitalise.plans.regions import with_region_page
from capitalise.sheets.documents import DocumentLink

__all__ = ["CrosslinkSettings", "plan_crosslinks", "site_of"]


@dataclass(frozen=True)
class CrosslinkSettings:
    """What the planner needs of a bot's TOML. `hosts` are further names of each wiki's server, by key;
    `documents` the links of files, by their name. The report is written on `report_page` of `wiki`, in its `language`."""

    bot: str
    sets: tuple[PageSet, ...]
    hosts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    documents: Mapping[str, Sequence[DocumentLink]] = field(default_factory=dict)
    wiki: str = ""
    report_page: str = ""
    language: str = "fr"


def plan_crosslinks(
    settings: CrosslinkSettings,
    reader_of: Callable[[str], Reader],
    run: str,
    created: datetime,
    pages: Sequence[str] = (),
    rendered: Callable[[Mapping[str, Any]], str] | None = None,
) -> Plan:
    """Every finding about the links of some pages, and about pages that do not know of each other. `pages` narrows the
    first to some titles; `rendered` fills the report's template. Raises SettingsError for a set without pages, WikiError."""
    wikis = list(dict.fromkeys(one.wiki for one in settings.sets))
    sites = {key: site_of(reader_of(key), settings.hosts.get(key, ())) for key in wikis}
    roles: dict[tuple[str, str], str] = {}
    quotes: list[Quote] = []
    for one in settings.sets:
        reader = reader_of(one.wiki)
        listing = _listing(one, reader)
        roles |= {(one.wiki, title): one.role for title in listing}
        tags = reader.extension_tags()
        for revision in reader.revisions(listing.values()).values():
            quotes += quotes_of(revision, sites[one.wiki], sites, tags)
    quotes.sort(key=lambda quote: (quote.wiki, sort_key(quote.title), quote.link.start))
    for name, links in settings.documents.items():
        quotes += document_quotes(name, links, sites)
    facts = gather(quotes, reader_of)
    wanted = {normal_title(page) for page in pages}
    _refuse_unknown(wanted, {title for _wiki, title in roles})
    shown = [quote for quote in quotes if not wanted or quote.title in wanted]
    findings = [finding for quote in shown for finding in check_quote(quote, facts, sites)]
    matrix = matrix_of(quotes, roles, facts)
    if not wanted:
        findings += reciprocity(matrix)
    plan = Plan(
        settings.bot,
        run,
        created,
        findings=tuple(findings),
        notes=tuple(_notes(shown, roles)),
        seen=len(roles),
        grid=grid_of(matrix),
    )
    if not rendered or not settings.report_page or wanted:
        return plan
    inside = rendered(report_values(plan, matrix, sites, settings.language)).strip()
    return _with_report(plan, settings, reader_of(settings.wiki), inside)


def _with_report(plan: Plan, settings: CrosslinkSettings, reader: Reader, inside: str) -> Plan:
    """The report between its marks; written only where its words changed."""
    label = render(N_("report"), settings.language)
    return with_region_page(plan, reader, settings.report_page, "rapport", label, inside)


def site_of(reader: Reader, hosts: Sequence[str] = ()) -> Site:
    """A wiki as its links see it, from what it says of itself."""
    address = reader.address()
    parts = urlsplit(address if "://" in address else f"https:{address}") if address else None
    server = address[: address.index(parts.path)] if parts and parts.path else ""
    return Site(
        reader.key,
        server,
        address[len(server) :],  # `?title=$1` of some wikis included
        reader.script(),
        frozenset(hosts),
        reader.namespace_names(),
        {prefix.casefold(): url for prefix, url in reader.interwiki().items()},
    )


def _listing(one: PageSet, reader: Reader) -> Mapping[str, int]:
    if one.page:
        listing = reader.under(normal_title(one.page))
    elif one.titles:
        heads = reader.heads([normal_title(title) for title in one.titles])
        listing = {head.title: head.revision for head in heads.values() if head.revision}
    else:
        listing = reader.members(one.template, one.category)
    if not listing:
        what = one.page or one.category or one.template or ", ".join(one.titles)
        raise SettingsError(
            N_(
                "The wiki “%(wiki)s” has no pages for “%(what)s”: see [[pages]] in the bot's TOML.",
                wiki=one.wiki,
                what=what,
            )
        )
    return listing


def _refuse_unknown(wanted: set[str], known: set[str]) -> None:
    for title in sorted(wanted - known):
        raise SettingsError(N_("“%(title)s” is none of the bot's pages.", title=title))


def _notes(quotes: Sequence[Quote], roles: Mapping[tuple[str, str], str]) -> list[Message]:
    """How much was read, and who quotes whom how often."""
    outside = sum(quote.place is None for quote in quotes)
    pages = len({(quote.wiki, quote.title) for quote in quotes})
    notes = [
        NP_(
            "%(count)d link read on %(pages)d pages, %(outside)d of them lead elsewhere and were not checked.",
            "%(count)d links read on %(pages)d pages, %(outside)d of them lead elsewhere and were not checked.",
            len(quotes),
            pages=pages,
            outside=outside,
        )
    ]
    between = Counter(
        (quote.wiki, quote.place.wiki)
        for quote in quotes
        if quote.wiki and quote.place and quote.place.wiki != quote.wiki
    )
    notes += [
        NP_("%(from_)s → %(to)s: %(count)d link", "%(from_)s → %(to)s: %(count)d links", count, from_=one, to=other)
        for (one, other), count in sorted(between.items())
    ]
    return notes
