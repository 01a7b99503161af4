"""What a kind of bot is made of, what its planner is handed, and where kinds are found.

A kind is one value: its settings, a function that plans, and what else it wants to say of itself. Everything else (plan, apply,
run, undo, pages to read, unattended runs) takes any kind's plan. Nothing here writes, and nothing knows a kind by its name
but the table of those that are built in.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from capitalise.errors import SettingsError
from capitalise.exports.model import Kit
from capitalise.messages import N_, Message, render
from capitalise.pages.addresses import machine_of
from capitalise.pages.link_status import OutsideAnswer
from capitalise.pages.page_sets import PageSet, listing_of, spelled, with_nearest
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import normal_title, sort_key
from capitalise.plans.decisions import Prefer
from capitalise.plans.model import Check, Finding, PageChange, Plan
from capitalise.plans.regions import with_region_page
from capitalise.plans.report import REGION, REPORT, report_values, section_address
from capitalise.plans.reverts import made_before
from capitalise.sheets.table import Table
from capitalise.spread import Mapped, here
from capitalise.toml import TomlReader
from capitalise.wikitext.redirects import redirect_of

__all__ = [
    "KINDS",
    "AskOutside",
    "Facts",
    "Fill",
    "Kind",
    "Request",
    "Sheets",
    "Task",
    "WriterField",
    "WriterPage",
    "built_in",
]

S = TypeVar("S")
Fill = Callable[[str, Mapping[str, Any]], str]

EVERYTHING = PageSet()  # nothing is narrowed

#: The kinds that are built in, each with the module that holds its `KIND`: imported when a TOML names it.
KINDS = {
    "fiches": "capitalise.bots.fiches.kind",
    "ingredients": "capitalise.bots.fiches.kind",
    "normalise": "capitalise.bots.normalise.kind",
    "crosslinks": "capitalise.bots.crosslinks.kind",
    "roumics": "capitalise.bots.roumics.kind",
    "table": "capitalise.bots.table.kind",
    "decision": "capitalise.bots.decision.kind",
}


IN_STEP = N_("Nothing to do: everything is in step.")


class AskOutside(Protocol):
    """Asks for addresses of other sites: at most so many `minutes`, on networks of one's own only where `private`."""

    def __call__(self, addresses: Sequence[str], *, minutes: float, private: bool) -> Mapping[str, OutsideAnswer]: ...


class Sheets(NamedTuple):
    """The sheets of a bot: files of the workspace, patterns (`feuilles/*.ods`) or addresses of published ones; the `tab` that is read in
    them ("" for the first), and the heading of the column with the titles, where it is not the usual one."""

    names: Sequence[str] = ()
    tab: str = ""
    title: str = ""


@dataclass(frozen=True)
class Request:
    """What a plan is asked for: some `pages` by title, at most `limit` pages, further `sheets` to read, what is settled
    already, whether what can be mended is to be (`fix`), pages that the bot's own are narrowed to, and whether nobody looks at the
    plan before it is carried out (`alone`). `leaves` are pages (`Title`) and fields of pages (`Title#Field`) that stay as they are on
    both sides, those of the bot's own `skip` among them; `proposed`: what the bot only proposes is planned too, since somebody looked at it."""

    pages: Sequence[str] = ()
    limit: int | None = None
    sheets: Sequence[str] = ()
    prefers: Sequence[Prefer] = ()
    fix: bool = False
    within: PageSet = EVERYTHING
    alone: bool = False
    leaves: frozenset[str] = frozenset()
    proposed: bool = False
    skip: frozenset[str] = frozenset()

    def left(self, title: str, *names: str) -> bool:
        """Whether a page, or a field of it (by one of its `names`), is to stay as it is."""
        return title in self.leaves or any(f"{title}#{name}" in self.leaves for name in names)


@dataclass(frozen=True)
class Facts:
    """What a form says of the fields of a kind's pages: by label, the only right `values` and what separates several ("" for one); `group` says
    from a page's text to which step it belongs ("" for none)."""

    values: Mapping[str, tuple[frozenset[str], str]] = field(default_factory=dict)
    group: Callable[[str], str] = lambda text: ""


@dataclass(frozen=True)
class Task:
    """What a planner is handed; nothing in it writes.

    `bot` and `run` are names, `wiki` the key of the bot's wiki, `created` that wiki's time, `language` its language (pages are
    written in it). `reader_of` opens a wiki of the workspace by its key. Of these, `writable` are those that may be written
    to, `copies` those that are dumps, `addresses` where each is. `tables` reads the bot's sheets. `folder` is the
    workspace. `fill` fills a template of the workspace by its name. `home` says the bot's own page on the wiki ("" where
    nobody is logged in), `whom` whom to tell what is wrong, as wikitext. `ask_outside` is None where nobody may be asked; `rules` are the kind's. `switched_on` are
    the rules that some bot may write by on this wiki. `mapped` does one pure thing to many (as `map`), on as many processes as were asked for.
    """

    bot: str
    wiki: str
    run: str
    created: datetime
    language: str
    folder: Path
    reader_of: Callable[[str], Reader]
    tables: Callable[[], Sequence[Table]] = tuple
    request: Request = Request()
    writable: frozenset[str] = frozenset()
    copies: frozenset[str] = frozenset()
    addresses: Mapping[str, str] = field(default_factory=dict)
    fill: Fill = lambda name, values: ""
    home: Callable[[], str] = str
    whom: Callable[[], str] = str
    ask_outside: AskOutside | None = None
    rules: Mapping[str, Message] = field(default_factory=dict)
    switched_on: frozenset[str] = frozenset()
    mapped: Mapped = here

    @property
    def reader(self) -> Reader:
        """The bot's own wiki."""
        return self.reader_of(self.wiki)

    @property
    def machines(self) -> Mapping[str, str]:
        """The wikis of the workspace by the names of their machines."""
        return {machine_of(address): key for key, address in self.addresses.items()}

    def pages_of(self, pages: PageSet | Mapping[str, int]) -> list[Revision]:
        """The pages of a set (or a listing: title → revision) with their texts, in the order of their titles, redirects left out, narrowed to
        those that were asked for. Raises SettingsError for a set without pages and for a page that is none of them, WikiError."""
        listing = listing_of(self.reader, pages) if isinstance(pages, PageSet) else pages
        if isinstance(pages, PageSet) and not listing:
            why = N_("The wiki “%(wiki)s” has no pages for “%(what)s”.", wiki=self.wiki, what=pages.what)
            raise SettingsError(why if pages.what else N_("No pages are named: the settings of the bot say none."))
        asked = spelled(self.reader, self.request.pages, listing)
        _refuse_unknown(asked, listing)
        wanted = [title for title in listing if not asked or title in asked]
        found = self.reader.revisions([listing[title] for title in sorted(wanted, key=sort_key)]).values()
        there = (one for one in found if one.text is not None and not redirect_of(one.text)[0])
        return sorted(there, key=lambda one: sort_key(one.title))

    def changes(self, pages: Iterable[tuple[Revision, str]], words: Message) -> tuple[list[PageChange], list[Finding]]:
        """The changes that make each of some pages its new text, with `words` in the summary. A change that a run made before and
        somebody took back is a finding instead, and a new text that is the old one is nothing."""
        edited = [(page, new) for page, new in pages if new != page.text]
        account, summary = self.reader.account().name, render(words, self.language)
        known = {one.title for one in self.reader.contributions()} if edited else set()
        changes, refused = [], []
        for page, new in edited:
            history = self.reader.history(page.title) if page.title in known else ()
            if made_before(history, account, page.text or "", new):
                why = N_("somebody took this change back: %(words)s; it is not made again", words=words)
                refused.append(self.found("reverted", why, page))
            else:
                changes.append(PageChange(self.wiki, page.title, page.id, page.text or "", new, summary))
        return changes, refused

    def found(self, rule: str, why: Message, on: Revision, **more: Any) -> Finding:
        """A finding about a page, with the address that opens its section (`section`, `line` …: the fields of Finding)."""
        finding = Finding(rule, why, self.wiki, on.title, **more)
        address = finding.address or section_address(self.reader, on, finding.section)
        return replace(finding, address=address)

    def plan(self, seen: int, findings: Sequence[Finding] = (), pages: Sequence[PageChange] = (), **more: Any) -> Plan:
        """A plan of this bot and run. `seen` is how many pages it looked at; `more` are further fields of Plan."""
        return Plan(self.bot, self.run, self.created, pages=tuple(pages), findings=tuple(findings), seen=seen, **more)

    def with_report(self, plan: Plan, title: str, text: str = "") -> Plan:
        """The plan with a report on a page of the wiki, between the bot's marks: `text`, or the plan's findings by page. The same
        plan where no page is named, some pages only were asked for, or the wiki is read only."""
        if not title or self.request.pages:
            return plan
        if self.wiki not in self.writable:
            why = N_("The report is not written: capitalise.toml says write = false for “%(wiki)s”.", wiki=self.wiki)
            return replace(plan, notes=(*plan.notes, why))
        inside = text or self.fill(REPORT, report_values(plan.findings, self.rules, self.language))
        label = render(N_("report"), self.language)
        return with_region_page(plan, self.reader, normal_title(title), REGION, label, inside.strip())


def _refuse_unknown(asked: set[str], listing: Mapping[str, int]) -> None:
    """Raises SettingsError for a page that the bot does not look after, with the nearest title."""
    for title in sorted(asked - set(listing)):
        raise SettingsError(with_nearest(N_("“%(title)s” is none of the bot's pages.", title=title), title, listing))


def _no_sheets(_settings: Any) -> Sheets:
    return Sheets()


def _no_files(_settings: Any) -> Sequence[str]:
    return ()


def _no_checks(_settings: Any, _task: Task) -> Iterator[Check]:
    return iter(())


def _no_report(_settings: Any, _task: Task) -> str:
    return ""


@dataclass(frozen=True)
class WriterField:
    """A field as the sheet says it and as the wiki does."""

    label: str
    sheet: str
    wiki: str


@dataclass(frozen=True)
class WriterPage:
    """A page of somebody's, at a revision (0: there is none yet): where its form opens, and where its wikitext is edited ("" for nowhere)."""

    title: str
    revision: int
    form: str
    edit: str
    fields: tuple[WriterField, ...]


def _no_writers(_settings: Any, _task: Task, _column: str) -> Mapping[str, Sequence[WriterPage]]:
    raise SettingsError(N_("This bot has no sheet that names writers: --static is not for it."))


def _no_facts(_settings: Any, _task: Task) -> Facts:
    return Facts()


def _anything(_settings: Any, _task: Task, _change: PageChange) -> bool:
    return True


def _no_sources(_settings: Any, _task: Task) -> Sequence[Revision]:
    return ()


def _nothing(_settings: Any, _folder: Path, _bot: str, _saved: Sequence[PageChange]) -> None:
    pass


@dataclass(frozen=True)
class Kind(Generic[S]):
    """A kind of bot. `settings` is a frozen dataclass: its fields are the keys of the bot's TOML, one without a default is a must;
    `read` reads them where fields alone do not say it. `plan` says what a bot would do.

    `sheets` names the bot's sheets, `reads` what else it reads in the workspace (files, patterns, folders). `rules` are its findings'
    rules in words. `checks` are doctor's. `fixes` says whether `--fix` means anything, `report` the title of its report page.
    `menu` is its line in `capitalise` alone, `nothing` what is said of a plan without anything in it. `allows` says whether a saved plan's change is one that it could have planned; `after`
    is called with what was saved. `kit` gives its pages as a kit to export, `sources` the pages that they need on another wiki (forms, templates). `by_field` says that its planner leaves
    single fields alone where `Request.leaves` says so; `facts` is what the form says of its fields, `writers` are the pages of
    each writer, named by a column of its sheet.
    """

    settings: type[S]
    plan: Callable[[S, Task], Plan]
    read: Callable[[TomlReader, Sequence[str]], S] | None = None
    sheets: Callable[[S], Sheets] = _no_sheets
    reads: Callable[[S], Sequence[str]] = _no_files
    rules: Mapping[str, Message] = field(default_factory=dict)
    checks: Callable[[S, Task], Iterator[Check]] = _no_checks
    fixes: bool = False
    report: Callable[[S, Task], str] = _no_report
    menu: Message | None = None
    nothing: Message = IN_STEP
    allows: Callable[[S, Task, PageChange], bool] = _anything
    after: Callable[[S, Path, str, Sequence[PageChange]], None] = _nothing
    kit: Callable[[S, Task], Kit] | None = None
    sources: Callable[[S, Task], Sequence[Revision]] = _no_sources
    by_field: bool = False
    facts: Callable[[S, Task], Facts] = _no_facts
    writers: Callable[[S, Task, str], Mapping[str, Sequence[WriterPage]]] = _no_writers


def built_in(name: str) -> Kind[Any] | None:
    """A kind of KINDS, or None."""
    if name not in KINDS:
        return None
    kind: Kind[Any] = importlib.import_module(KINDS[name]).KIND
    return kind
