"""The pages of the TOML, their links, what is wrong with them, and what is written where `--fix` was said. Reads, never
writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from capitalise.bots.crosslinks.checks import check_quote
from capitalise.bots.crosslinks.facts import Facts, gather
from capitalise.bots.crosslinks.matrix import Quoted, grid_of, matrix_of, reciprocity
from capitalise.bots.crosslinks.outside import OutsideLinks
from capitalise.bots.crosslinks.quotes import Quote, with_title
from capitalise.bots.crosslinks.reading import Reading, listing_of
from capitalise.bots.crosslinks.repair import refused, repaired, stood_before
from capitalise.bots.crosslinks.report import dated, report_values
from capitalise.bots.crosslinks.settings import RoleSet
from capitalise.errors import SettingsError, WikiError
from capitalise.messages import N_, NP_, Message, render
from capitalise.pages.addresses import Site, desktop, machine_of, site_of
from capitalise.pages.link_status import OutsideAnswer
from capitalise.pages.page_sets import spelled
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import sort_key
from capitalise.plans.model import Finding, PageChange, Plan, RowRef
from capitalise.plans.regions import with_region_page
from capitalise.plans.report import REGION, report_in
from capitalise.sheets.documents import DocumentLink
from capitalise.spread import Mapped, here

__all__ = ["CrosslinkSettings", "plan_crosslinks"]

Page = tuple[str, str]
SETTLED = timedelta(days=7)
Ask = Callable[[Sequence[str]], Mapping[str, OutsideAnswer]]


@dataclass(frozen=True)
class CrosslinkSettings:
    """What the planner needs of a bot's TOML. `others` are the workspace's further wikis, by the names of their machines;
    `documents` the links of files, by their name, or why one cannot be read. The report is written on `report_page` of `wiki`, in its `language`;
    links are mended by the rules `fix` on the wikis `writable`, but for those to `copies`: what a dump says may be long past."""

    bot: str
    sets: tuple[RoleSet, ...]
    others: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, Sequence[DocumentLink] | Message] = field(default_factory=dict)
    wiki: str = ""
    report_page: str = ""
    language: str = "fr"
    fix: tuple[str, ...] = ()
    writable: frozenset[str] = frozenset()
    copies: frozenset[str] = frozenset()


def plan_crosslinks(
    settings: CrosslinkSettings,
    reader_of: Callable[[str], Reader],
    run: str,
    created: datetime,
    pages: Sequence[str] = (),
    rendered: Callable[[Mapping[str, Any]], str] | None = None,
    outside: Ask | None = None,
    mapped: Mapped = here,
) -> Plan:
    """Every finding about the links of some pages, and about pages that do not know of each other. `pages` narrows the
    first to some titles; `rendered` fills the report's template; `outside` asks addresses of other sites; pages are read through
    `mapped`. Raises
    SettingsError for a set without pages, WikiError."""
    roles, listings, unlisted = _listed(settings, reader_of)
    reading, sites, notes = _read(settings, reader_of, listings, mapped)
    notes = [*unlisted, *notes]
    facts = gather(reading, reader_of, roles)
    wanted = {title for page in pages for title in _known_as(page, reader_of, listings)}
    home = reader_of(settings.wiki)
    history = home.history(settings.report_page) if settings.report_page else ()
    report = report_in(history, settings.bot, home.account().name)
    asked = OutsideLinks(outside, report, created.date(), settings.others)
    asked.ask(quote for quote in reading if not wanted or quote.title in wanted)
    work, quoted = _Work(sites, facts, asked, created), Quoted(roles, facts)
    for quote in (with_title(quote, facts.ids) for quote in reading):
        quoted.add(quote)
        if not wanted or quote.title in wanted:
            work.add(quote)
    matrix = matrix_of(quoted, sites)
    about_pages = () if wanted else (*_unread(settings), *reciprocity(matrix))
    findings = sorted([*work.findings(), *about_pages], key=_order)
    notes += [*work.notes(settings), *asked.notes(), *(() if wanted else _between(quoted.between))]
    changes, mended = _repairs(settings, reader_of, listings, work)
    plan = Plan(
        settings.bot,
        run,
        created,
        pages=tuple(changes),
        findings=tuple(findings),
        notes=tuple(notes),
        seen=len(roles),
        grid=grid_of(matrix),
    )
    if not rendered or not settings.report_page or wanted:
        return plan
    left = replace(plan, findings=tuple(one for one in findings if id(one) not in mended))

    values = partial(report_values, left, asked.failing(), sites, settings.language)
    inside = dated(lambda date: rendered(values(date)), report, f"{created:%Y-%m-%d}")
    return _with_report(plan, settings, home, history, inside)


def _with_report(
    plan: Plan, settings: CrosslinkSettings, home: Reader, history: Sequence[Revision], inside: str
) -> Plan:
    """The plan with the report between its marks, where that may be written."""
    if settings.wiki not in settings.writable:
        why = N_("The report is not written: capitalise.toml says write = false for “%(wiki)s”.", wiki=settings.wiki)
        return replace(plan, notes=(*plan.notes, why))
    label = render(N_("report"), settings.language)
    return with_region_page(plan, home, settings.report_page, REGION, label, inside, history=history)


def _unread(settings: CrosslinkSettings) -> Iterator[Finding]:
    """The documents that cannot be read."""
    for name, why in settings.documents.items():
        if isinstance(why, Message):
            yield Finding("unreadable-file", why, at=RowRef(name, 0, ""))


# -- what is read ---------------------------------------------------------------------------------


def _listed(
    settings: CrosslinkSettings, reader_of: Callable[[str], Reader]
) -> tuple[dict[Page, str], dict[str, dict[str, int]], list[Message]]:
    """The role of each page, and by wiki the revision of each; the bot's report is none of its pages. A wiki that does not
    answer is named, as long as another does."""
    roles: dict[Page, str] = {}
    listings: dict[str, dict[str, int]] = defaultdict(dict)
    silent: dict[str, WikiError] = {}
    for one in settings.sets:
        if one.wiki in silent:
            continue
        try:
            reader = reader_of(one.wiki)
        except WikiError as error:
            silent[one.wiki] = error
            continue
        listing = listing_of(one, reader, settings.report_page if one.wiki == settings.wiki else "")
        roles |= {(one.wiki, title): one.role for title in listing}
        listings[one.wiki] |= listing
    if silent and not listings:
        raise next(iter(silent.values()))
    notes = [
        N_("the pages of “%(wiki)s” were not read: %(why)s", wiki=key, why=error.message)
        for key, error in silent.items()
    ]
    return roles, listings, notes


def _read(
    settings: CrosslinkSettings,
    reader_of: Callable[[str], Reader],
    listings: Mapping[str, Mapping[str, int]],
    mapped: Mapped,
) -> tuple[Reading, dict[str, Site], list[Message]]:
    """The links of the pages. A wiki of the workspace that a link leads to is asked about its pages too, if it answers."""
    sites = {key: site_of(reader_of(key)) for key in listings}
    notes: list[Message] = []
    others = {host: key for host, key in settings.others.items() if key not in sites}
    while True:
        documents = {name: links for name, links in settings.documents.items() if not isinstance(links, Message)}
        reading = Reading(listings, documents, sites, reader_of, mapped)
        hosts = {desktop(machine_of(quote.address)) for quote in reading if quote.address} if others else set()
        new = {others[host] for host in hosts & set(others)}
        if not new:
            return reading, sites, notes
        for key in sorted(new):
            try:
                sites[key] = site_of(reader_of(key))
            except WikiError as error:
                notes.append(N_("the links to “%(wiki)s” were not checked: %(why)s", wiki=key, why=error.message))
        others = {host: key for host, key in others.items() if key not in new}


def _known_as(page: str, reader_of: Callable[[str], Reader], listings: Mapping[str, Mapping[str, int]]) -> set[str]:
    """The bot's pages that somebody meant by a title, as their wikis spell it. Raises SettingsError where there is none."""
    meant = {title for key, one in listings.items() for title in spelled(reader_of(key), [page], one) if title in one}
    if not meant:
        raise SettingsError(N_("“%(title)s” is none of the bot's pages.", title=page))
    return meant


# -- what is found --------------------------------------------------------------------------------


class _Work:
    """Links on their way into findings."""

    def __init__(self, sites: Mapping[str, Site], facts: Facts, asked: OutsideLinks, now: datetime) -> None:
        self.sites, self.facts, self.asked, self.now = sites, facts, asked, now
        self.written: list[tuple[Quote, Finding]] = []
        self.made: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
        self.links, self.unsure = Counter[str](), 0
        self.pages: set[Page] = set()

    def add(self, quote: Quote) -> None:
        self.links["made" if quote.made else "outside" if quote.place is None else "inside"] += 1
        self.pages.add((quote.wiki, quote.title))
        self.unsure += self._is_unsure(quote)
        found = check_quote(quote, self.facts, self.sites) if quote.place else self.asked.check(quote, self.sites)
        for finding in found:
            if quote.made:
                self.made[finding.rule, *quote.leads_to].append(finding)
            else:
                self.written.append((quote, finding))

    def _is_unsure(self, quote: Quote) -> bool:
        place = quote.place
        if place is None or not place.section:
            return False
        return self.facts.anchors.get((place.wiki, place.title), frozenset()) is None

    def settled(self, quote: Quote, finding: Finding) -> bool:
        """Whether a rename is sure and has stood for a while: one that is taken back tomorrow must not have spread."""
        moved = self.facts.moves.get(quote.leads_to) if finding.rule == "moved-target" else None
        return moved is None or (moved.sure and self.now - moved.at >= SETTLED)

    def stood(self, history: Sequence[Revision], quote: Quote, finding: Finding) -> bool:
        """Whether a link is older than the rename that broke it."""
        moved = self.facts.moves.get(quote.leads_to) if finding.rule == "moved-target" else None
        return moved is None or stood_before(history, quote, moved.at)

    def findings(self) -> Iterator[Finding]:
        """In the order of the pages; what a template makes on many pages is said once."""
        yield from (finding for _quote, finding in self.written)
        for same in self.made.values():
            more = NP_(
                "%(message)s, here and on %(count)d page more",
                "%(message)s, here and on %(count)d pages more",
                len(same) - 1,
                message=same[0].message,
            )
            yield replace(same[0], message=more) if len(same) > 1 else same[0]

    def notes(self, settings: CrosslinkSettings) -> Iterator[Message]:
        """How much was read, and what is not mended for being on a wiki that is read only for us."""
        yield NP_(
            "%(count)d link read on %(pages)d pages, %(made)d of them made by templates; %(outside)d lead to other sites.",
            "%(count)d links read on %(pages)d pages, %(made)d of them made by templates; %(outside)d lead to other sites.",
            self.links.total(),
            pages=len(self.pages),
            made=self.links["made"],
            outside=self.links["outside"],
        )
        shut = Counter(
            q.wiki for q, f in self.written if f.rule in settings.fix and q.wiki not in settings.writable and q.wiki
        )
        for wiki, count in shut.items():
            yield NP_(
                "%(count)d link of “%(wiki)s” is not mended: capitalise.toml says write = false.",
                "%(count)d links of “%(wiki)s” are not mended: capitalise.toml says write = false.",
                count,
                wiki=wiki,
            )
        if self.unsure:
            yield NP_(
                "%(count)d section was not checked: templates make the headings of its page, and nobody here can expand them.",
                "%(count)d sections were not checked: templates make the headings of their pages, and nobody here can expand them.",
                self.unsure,
            )


def _between(counts: Mapping[tuple[str, str], int]) -> Iterator[Message]:
    for (one, other), count in sorted(counts.items()):
        yield NP_(
            "%(from_)s → %(to)s: %(count)d link", "%(from_)s → %(to)s: %(count)d links", count, from_=one, to=other
        )


# -- what is written ------------------------------------------------------------------------------


def _repairs(
    settings: CrosslinkSettings,
    reader_of: Callable[[str], Reader],
    listings: Mapping[str, Mapping[str, int]],
    work: _Work,
) -> tuple[list[PageChange], set[int]]:
    """The pages whose links are mended, on the wikis that may be written to, and which findings that mends (by identity)."""
    by_page: dict[Page, list[tuple[Quote, Finding]]] = defaultdict(list)
    for quote, finding in work.written if settings.fix else ():
        judged = quote.place is None or quote.place.wiki not in settings.copies
        if quote.wiki in settings.writable and judged and finding.rule in settings.fix and work.settled(quote, finding):
            by_page[quote.wiki, quote.title].append((quote, finding))
    changes: list[PageChange] = []
    mended: set[int] = set()
    for wiki in dict.fromkeys(wiki for wiki, _title in by_page):
        reader = reader_of(wiki)
        found = {title: some for (key, title), some in by_page.items() if key == wiki}
        revisions = reader.revisions(listings[wiki][title] for title in found)
        ours = {one.title: one.id for one in reader.contributions()}  # the oldest last
        for revision in sorted(revisions.values(), key=lambda r: r.title):
            history = reader.history(revision.title, ours.get(revision.title, 0))
            some = [pair for pair in found[revision.title] if work.stood(history, *pair)]
            tags = reader.extension_tags()
            change, done = repaired(revision, some, settings.fix, refused(history), tags, settings.language)
            changes += [change] if change else []
            mended |= {id(finding) for finding in done}
    return changes, mended


def _order(finding: Finding) -> tuple[str, ...]:
    """By page, those of a wiki before those of a document."""
    return (finding.wiki or "~", sort_key(finding.title), finding.title, finding.at.sheet if finding.at else "")
