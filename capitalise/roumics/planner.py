"""Editions, the pages they make, and what becomes of these on each wiki. Reads, never writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from capitalise.errors import SettingsError
from capitalise.messages import N_, NP_, Message, render
from capitalise.pages.addresses import Site, site_of
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Head, Revision
from capitalise.pages.titles import normal_title, title_problem
from capitalise.plans.model import Conflict, Finding, PageChange, Plan
from capitalise.plans.regions import Part, RegionPage, plan_parts
from capitalise.roumics.checks import check_editions, place_of
from capitalise.roumics.event import Event, Session
from capitalise.roumics.notes import Notes, clean_notes
from capitalise.roumics.sections import SESSION_SECTIONS, USUAL_SECTIONS
from capitalise.roumics.taken import Layer, Taken, laid_over
from capitalise.roumics.values import Account, Surroundings, event_values, index_values, session_values
from capitalise.wikitext.canonical import canonical, expanded_on_save

__all__ = ["Built", "BuiltPage", "Edition", "RoumicsSettings", "build_pages", "plan_roumics"]

Page = tuple[str, str]
Fill = Callable[[str, Mapping[str, Any]], str]
Write = Callable[[Sequence[Any], dict[str, Any]], str]


@dataclass(frozen=True)
class RoumicsSettings:
    """What the planner needs of a bot's TOML. `sites` are the other wikis that links may lead to; `templates` the names of
    those that are used where a wiki has them; only `writable` wikis are planned for."""

    bot: str
    wiki: str
    index: str = ""
    annex_wiki: str = ""
    sections: tuple[str, ...] = USUAL_SECTIONS
    templates: tuple[str, ...] = ("Navigation ROUMICS",)
    sites: Mapping[str, Site] = field(default_factory=dict)
    writable: frozenset[str] = frozenset()
    language: str = "fr"


@dataclass(frozen=True)
class Edition:
    """An edition and what its folder holds: the trees of its notes by session (its title's page), or why there are none; what
    people decided about private lines; what was taken back from the wiki."""

    event: Event
    notes: Mapping[str, dict[str, Any] | Message] = field(default_factory=dict)
    decisions: Mapping[str, bool] = field(default_factory=dict)
    taken: Sequence[Taken] = ()


@dataclass(frozen=True)
class BuiltPage:
    """A page as it is built: the text of each region, by name; `edition` is the key of the one that it belongs to."""

    wiki: str
    title: str
    regions: Mapping[str, str]
    edition: str = ""


def plan_roumics(
    settings: RoumicsSettings,
    reader_of: Callable[[str], Reader],
    editions: Sequence[Edition],
    run: str,
    created: datetime,
    pages: Sequence[str],
    fill: Fill,
    write: Write,
    *,
    edition: str = "",
) -> Plan:
    """The plan for the pages of all editions, of one `edition` by its key, or for some `pages` by title. `fill` fills a template, `write` makes wikitext of
    pandoc's blocks. Raises SettingsError, SheetError, WikiError."""
    plan = Plan(settings.bot, run, created)
    if settings.wiki not in settings.writable:
        why = N_("The wiki “%(key)s” is read only for us: capitalise.toml says write = false.", key=settings.wiki)
        raise SettingsError(why)
    built = build_pages(settings, reader_of, editions, fill, write)
    wanted = set(map(normal_title, pages))
    known = {page.title for page in built.pages}
    for title in sorted(wanted - known):
        raise SettingsError(N_("“%(title)s” is none of the bot's pages.", title=title))
    mine = [page for page in built.pages if not edition or page.edition == edition]
    chosen = [page for page in mine if not wanted or page.title in wanted]
    taken = {(t.wiki, t.title, t.region): t.layers for one in editions for t in one.taken}
    for wiki in dict.fromkeys(page.wiki for page in chosen):
        there = [page for page in chosen if page.wiki == wiki]
        plan = _with_pages(plan, settings, reader_of(wiki), there, built.heads[wiki], taken)
    titles = {page.title for page in chosen}
    narrowed = bool(wanted or edition)
    findings = [f for f in built.findings if not narrowed or f.title in titles]
    notes = [*built.notes, *plan.notes]
    if plan.conflicts:
        notes.append(N_("To bring what people wrote between the marks into the folder: capitalise roumics pull"))
    return replace(plan, findings=(*plan.findings, *findings), notes=tuple(notes), seen=len(chosen))


@dataclass(frozen=True)
class Built:
    """Every page, what the wikis hold under their titles, by wiki, and what was met on the way."""

    pages: Sequence[BuiltPage]
    heads: Mapping[str, Mapping[str, Head]]
    findings: Sequence[Finding]
    notes: Sequence[Message]


def build_pages(
    settings: RoumicsSettings, reader_of: Callable[[str], Reader], editions: Sequence[Edition], fill: Fill, write: Write
) -> Built:
    """Every page of the editions, whatever the wikis hold now."""
    events = [edition.event for edition in editions]
    findings = list(check_editions(events))
    reports = reader_of(settings.wiki)
    site = site_of(reports)
    sites = {**settings.sites, settings.wiki: site}
    annexes = _annexes(settings, events)
    if annexes:
        sites[settings.annex_wiki] = site_of(reader_of(settings.annex_wiki))
    accounts: dict[tuple[str, str], Account] = {}
    for edition in editions:
        accounts |= _accounts(settings, edition, site, sites, write, findings)
    heads = {settings.wiki: reports.heads(_asked(settings, events))}
    there = {title for title, head in heads[settings.wiki].items() if head.revision}
    planned = {e.title for e in events if e.built} | {title for _key, title in accounts} | ({settings.index} - {""})
    around = Surroundings(
        site,
        site,
        sites,
        frozenset(there | planned),
        frozenset(name for name in settings.templates if f"Template:{name}" in there),
        frozenset(title.removeprefix("File:") for title in there if title.startswith("File:")),
        settings.index,
        events,
        accounts,
    )
    pages = [page for event in events if event.built for page in _of_event(settings, event, around, fill)]
    if settings.index and events:
        filled = fill("roumics/index.wiki.jinja", index_values(events, around))
        pages.append(BuiltPage(settings.wiki, normal_title(settings.index), {"editions": _clean(filled)}))
    if annexes:
        reader = reader_of(settings.annex_wiki)
        heads[settings.annex_wiki] = reader.heads([*annexes.values(), *(f"Template:{t}" for t in settings.templates)])
        pages += _annex_pages(settings, events, annexes, replace(around, home=sites[settings.annex_wiki]), fill)
    pages = list({(page.wiki, page.title): page for page in reversed(pages)}.values())[::-1]  # one title, one page
    return Built(pages, heads, findings, _notes(settings, editions, accounts))


def _annexes(settings: RoumicsSettings, events: Iterable[Event]) -> dict[str, str]:
    """The titles of the annexes by edition, where their wiki may be written to."""
    may = settings.annex_wiki in settings.writable
    return {event.key: normal_title(event.annex) for event in events if event.annex and event.built and may}


def _asked(settings: RoumicsSettings, events: Iterable[Event]) -> list[str]:
    """Every title whose being there matters: pages, templates, pictures."""
    titles = [settings.index, *(f"Template:{name}" for name in settings.templates)]
    for event in events:
        pages = (event.page_of(one) for one in event.sessions if one.title)
        files = (f"File:{normal_title(photo.file.rpartition('/')[2])}" for photo in event.photos)
        titles += [event.title, *pages, *files]
    return [title for title in dict.fromkeys(titles) if title and title_problem(title) is None]


# -- what is built --------------------------------------------------------------------------------


def _of_event(settings: RoumicsSettings, event: Event, around: Surroundings, fill: Fill) -> list[BuiltPage]:
    values = event_values(event, around)
    report = {name: _clean(fill(f"roumics/{name}.wiki.jinja", values)) for name in settings.sections}
    pages = [BuiltPage(settings.wiki, event.title, report, event.key)]
    for session in event.sessions:
        if around.account(event, session):
            values = session_values(event, session, around)
            own = {name: _clean(fill(f"roumics/{name}.wiki.jinja", values)) for name in SESSION_SECTIONS}
            pages.append(BuiltPage(settings.wiki, event.page_of(session), own, event.key))
    return pages


def _annex_pages(
    settings: RoumicsSettings, events: Iterable[Event], annexes: Mapping[str, str], around: Surroundings, fill: Fill
) -> list[BuiltPage]:
    return [
        BuiltPage(
            settings.annex_wiki,
            annexes[event.key],
            {"annexe": _clean(fill("roumics/annexe.wiki.jinja", event_values(event, around)))},
            event.key,
        )
        for event in events
        if event.key in annexes
    ]


def _clean(text: str) -> str:
    """Without the empty lines that a template's conditions leave."""
    lines = [line.rstrip() for line in canonical(text).strip().split("\n")]
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return "\n".join(kept)


def _accounts(
    settings: RoumicsSettings,
    edition: Edition,
    site: Site,
    sites: Mapping[str, Site],
    write: Write,
    findings: list[Finding],
) -> dict[tuple[str, str], Account]:
    """The notes of an edition's sessions, ready for their pages; what was met on the way is found."""
    event, found = edition.event, {}
    for session in event.sessions if event.built else ():
        title = event.page_of(session)
        tree = edition.notes.get(title)
        if tree is None or title_problem(title) or not session.title:
            if problem := title_problem(title) if session.title and session.noted else None:
                why = N_(
                    "its page cannot have this title (%(why)s): write another one into the column “page”", why=problem
                )
                findings.append(_finding(settings, title, session, "bad-title", why))
            continue
        if (event.key, title) in found:
            why = N_("several sessions have notes for this one page: write another title into the column “page”")
            findings.append(_finding(settings, title, session, "same-page", why))
            continue
        if isinstance(tree, Message):
            findings.append(_finding(settings, title, session, "notes", tree))
            continue
        notes = clean_notes(tree["blocks"], session.title, site, sites, edition.decisions)
        text = write(notes.blocks, tree)
        if left := expanded_on_save(text):
            why = N_(
                "the notes hold “%(text)s”, which the wiki would replace on saving; write it in another way", text=left
            )
            findings.append(_finding(settings, title, session, "notes", why))
            continue
        findings += _met(settings, edition, session, title, notes)
        found[event.key, title] = Account(text, tuple(notes.outcomes))
    return found


def _met(settings: RoumicsSettings, edition: Edition, session: Session, title: str, notes: Notes) -> Iterable[Finding]:
    """Private lines that nobody has decided about, pictures that are not listed, links that are none."""
    listed = {photo.file.rpartition("/")[2] for photo in edition.event.photos}
    for held in notes.held:
        if held.waits:
            why = N_(
                "held back (%(why)s): “%(line)s”; decide with: capitalise roumics allow %(edition)s",
                why=held.why,
                line=_short(held.line),
                edition=edition.event.key,
            )
            yield _finding(settings, title, session, "held-back", why)
    for image in dict.fromkeys(notes.images):
        if image not in listed:
            why = N_(
                "the notes show the picture “%(name)s”: list it under [[photos]] with author and licence",
                name=_short(image),
            )
            yield _finding(settings, title, session, "picture", why)
    for target in notes.no_links:
        why = N_("“%(text)s” is no link (https://…)", text=_short(target))
        yield _finding(settings, title, session, "no-link", why)


def _finding(settings: RoumicsSettings, title: str, session: Session, rule: str, why: Message) -> Finding:
    return Finding(rule, why, settings.wiki, title, at=place_of(session.at))


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _notes(
    settings: RoumicsSettings, editions: Sequence[Edition], accounts: Mapping[tuple[str, str], Account]
) -> list[Message]:
    """What is not there yet, counted."""
    said: list[Message] = []
    for edition in editions:
        event = edition.event
        waiting = [
            one
            for one in event.sessions
            if event.built and one.noted and (event.key, event.page_of(one)) not in accounts
        ]
        if waiting:
            said.append(
                NP_(
                    "%(title)s: %(count)d account is still to come.",
                    "%(title)s: %(count)d accounts are still to come.",
                    len(waiting),
                    title=event.title,
                )
            )
        if event.annex and event.built and settings.annex_wiki and settings.annex_wiki not in settings.writable:
            said.append(
                N_(
                    "%(title)s: its annex is not written: capitalise.toml says write = false for “%(wiki)s”.",
                    title=event.title,
                    wiki=settings.annex_wiki,
                )
            )
    return said


# -- what becomes of it on a wiki -----------------------------------------------------------------


def _with_pages(
    plan: Plan,
    settings: RoumicsSettings,
    reader: Reader,
    pages: Sequence[BuiltPage],
    heads: Mapping[str, Head],
    taken: Mapping[tuple[str, str, str], Sequence[Layer]],
) -> Plan:
    """The plan with the pages of one wiki. A page's history is read only where somebody else has edited it and it would change."""
    there = {page.title: heads[page.title] for page in pages if page.title in heads}
    revisions = reader.revisions([head.revision for head in there.values() if head.revision])
    now = {head_title: revisions.get(head.revision) for head_title, head in there.items()}
    absent = {
        there[page.title].title: page.title for page in pages if page.title in there and not there[page.title].revision
    }
    gone = {absent[title] for title in reader.deleted_among(absent)} if absent else set()
    alone: frozenset[str] | None = None
    account, what = reader.account().name, render(N_("report"), settings.language)
    for page in pages:
        head = there.get(page.title)
        if head and (problem := _unfit(head, page)):
            plan = replace(plan, findings=(*plan.findings, problem))
            continue
        current = now.get(page.title)
        parts, others = _parts(settings, page, taken)
        summary = f"{plan.bot} : {what}"
        region = RegionPage(page.wiki, page.title, "", "", [current] if current else [], page.title in gone)
        change, more = plan_parts(region, parts, account, summary)
        if change and current and alone is None:
            alone = _ours_alone(reader, [r for r in now.values() if r])
        if change and current and page.title not in (alone or ()):
            region = replace(region, history=reader.history(page.title))
            change, more = plan_parts(region, parts, account, summary)
        plan = _with(plan, change, [*others, *more], page)
    return plan


def _unfit(head: Head, page: BuiltPage) -> Finding | None:
    """A title that the wiki takes for something else, or whose page was renamed."""
    if head.invalid:
        why = N_("the wiki accepts no such title (%(why)s)", why=head.invalid)
        return Finding("bad-title", why, page.wiki, page.title)
    if head.redirect:
        why = N_(
            "it was renamed: write “%(title)s” into the column “page” (or “title” of event.toml)", title=head.redirect
        )
        return Finding("renamed", why, page.wiki, page.title)
    return None


def _ours_alone(reader: Reader, current: Sequence[Revision]) -> frozenset[str]:
    """The pages that nobody but this account ever edited: every revision's parent is one of ours, back to the creation."""
    account = reader.account().name
    mine = [one for one in current if one.user == account]
    if not mine:
        return frozenset()
    parents = {one.id: one.parent for one in reader.contributions()}

    def alone(number: int) -> bool:
        while number:
            if number not in parents:
                return False
            number = parents[number]
        return True

    return frozenset(one.title for one in mine if alone(one.id))


def _parts(
    settings: RoumicsSettings, page: BuiltPage, taken: Mapping[tuple[str, str, str], Sequence[Layer]]
) -> tuple[list[Part], list[Conflict | Finding]]:
    """What each region is to hold, with what people wrote there laid over it."""
    parts: list[Part] = []
    others: list[Conflict | Finding] = []
    for name, inside in page.regions.items():
        layers = taken.get((page.wiki, page.title, name), ())
        text, clash = laid_over(inside, layers)
        if clash:
            others.append(Conflict(page.wiki, page.title, f"{name} ({clash.name})", 0, inside, clash.words))
        else:
            words = frozenset(layer.words for layer in layers)
            parts.append(Part(f"{settings.bot}-{name}", name, text, words))
    return parts, others


def _with(plan: Plan, change: PageChange | None, others: Sequence[Conflict | Finding], page: BuiltPage) -> Plan:
    conflicts = tuple(one for one in others if isinstance(one, Conflict))
    findings = tuple(one for one in others if isinstance(one, Finding))
    return replace(
        plan,
        pages=(*plan.pages, change) if change else plan.pages,
        conflicts=plan.conflicts + conflicts,
        findings=plan.findings + findings,
    )
