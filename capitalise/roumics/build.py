"""Editions and the pages that they make, each as the text of its regions. Whatever the wikis hold now matters only for links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from capitalise.messages import N_, NP_, Message, render
from capitalise.pages.addresses import Site, site_of
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Head
from capitalise.pages.titles import normal_title, title_problem
from capitalise.plans.model import Finding
from capitalise.roumics.checks import check_editions, place_of
from capitalise.roumics.event import Event, Session
from capitalise.roumics.notes import Notes, clean_notes
from capitalise.roumics.sections import SESSION_SECTIONS, USUAL_SECTIONS
from capitalise.roumics.taken import Taken
from capitalise.roumics.values import Account, Surroundings, event_values, index_values, session_values
from capitalise.wikitext.canonical import canonical, expanded_on_save

__all__ = ["Built", "BuiltPage", "Edition", "Fill", "RoumicsSettings", "Write", "build_pages"]

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
        {
            title.removeprefix("File:"): heads[settings.wiki][title].title
            for title in there
            if title.startswith("File:")
        },
        settings.index,
        events,
        accounts,
    )
    unsure = {event.key for event in events if event.built and _gone(settings, event, accounts, there, findings)}
    pages = [
        page
        for event in events
        if event.built
        for page in _of_event(settings, event, around, fill, event.key in unsure)
    ]
    if settings.index and events:
        filled = fill("roumics/index.wiki.jinja", index_values(events, around))
        pages.append(BuiltPage(settings.wiki, normal_title(settings.index), {"editions": _clean(filled)}))
    if annexes:
        reader = reader_of(settings.annex_wiki)
        heads[settings.annex_wiki] = reader.heads([*annexes.values(), *(f"Template:{t}" for t in settings.templates)])
        sure = {key: title for key, title in annexes.items() if key not in unsure}
        pages += _annex_pages(settings, events, sure, replace(around, home=sites[settings.annex_wiki]), fill)
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


def _gone(
    settings: RoumicsSettings,
    event: Event,
    accounts: Mapping[tuple[str, str], Account],
    there: set[str],
    findings: list[Finding],
) -> bool:
    """Whether notes that became a page once cannot be read here any more: what was decided in them is not known."""
    gone = [
        one
        for one in event.sessions
        if one.noted and event.page_of(one) in there and (event.key, event.page_of(one)) not in accounts
    ]
    for session in gone:
        why = N_(
            "its notes cannot be read in the folder (any more): its page, and the decisions on the report, stay as they are"
        )
        findings.append(_finding(settings, event.page_of(session), session, "notes", why))
    return bool(gone)


def _of_event(
    settings: RoumicsSettings, event: Event, around: Surroundings, fill: Fill, unsure: bool
) -> list[BuiltPage]:
    """The pages of an edition; `unsure` about its decisions, those are left out."""
    values = event_values(event, around)
    names = [name for name in settings.sections if not (unsure and name == "suites")]
    report = {name: _clean(fill(f"roumics/{name}.wiki.jinja", values)) for name in names}
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
    waiting = [one for one in notes.held if one.waits]
    if waiting:  # never the words themselves: findings stand on public pages and in logs
        reasons = Counter(render(one.why, settings.language) for one in waiting)
        yield _finding(
            settings,
            title,
            session,
            "held-back",
            NP_(
                "%(count)d line of the notes is held back (%(why)s); decide with: capitalise roumics allow %(edition)s",
                "%(count)d lines of the notes are held back (%(why)s); decide with: capitalise roumics allow %(edition)s",
                len(waiting),
                why=", ".join(reasons),
                edition=edition.event.key,
            ),
        )
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
        if event.annex and event.built and settings.annex_wiki not in settings.writable:
            why = N_("capitalise.toml says write = false for “%(wiki)s”", wiki=settings.annex_wiki)
            why = why if settings.annex_wiki else N_("the bot's TOML names no “annex_wiki”")
            said.append(N_("%(title)s: its annex is not written: %(why)s.", title=event.title, why=why))
    return said
