"""Editions and the pages that they make, each as the text of its regions. Of what the wikis hold now only matters which pages are
there, and which were deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from capitalise.bots.roumics.checks import check_editions, check_event, is_serious
from capitalise.bots.roumics.edition import BuiltPage, Edition, Fill, RoumicsSettings, Write
from capitalise.bots.roumics.event import Event
from capitalise.bots.roumics.pictures import pictures_on_wiki
from capitalise.bots.roumics.sections import SESSION_SECTIONS
from capitalise.bots.roumics.session_notes import accounts_of, finding_at, held_back, without_private
from capitalise.bots.roumics.values import Account, Accounts, Surroundings, event_values, index_values, session_values
from capitalise.messages import N_, NP_, THE_TOML, Message, render
from capitalise.notes.private import private
from capitalise.pages.addresses import site_of
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Head
from capitalise.pages.titles import normal_title, title_problem
from capitalise.plans.model import Finding
from capitalise.wikitext.canonical import canonical

__all__ = ["Built", "build_pages"]


@dataclass(frozen=True)
class Built:
    """Every page, what the wikis hold under their titles, by wiki, and what was met on the way; `gone` are titles that
    people deleted, by wiki; the pages whose titles `waits` has stay as they are until somebody decides."""

    pages: Sequence[BuiltPage]
    heads: Mapping[str, Mapping[str, Head]]
    gone: Mapping[str, frozenset[str]]
    findings: Sequence[Finding]
    notes: Sequence[Message]
    waits: frozenset[str] = frozenset()


def build_pages(
    settings: RoumicsSettings, reader_of: Callable[[str], Reader], editions: Sequence[Edition], fill: Fill, write: Write
) -> Built:
    """Every page of the editions, whatever the wikis hold now."""
    findings = list(check_editions([edition.event for edition in editions]))
    editions = [_public(settings, edition, findings) for edition in editions]
    events = [edition.event for edition in editions]
    reports = reader_of(settings.wiki)
    heads = {settings.wiki: reports.heads(_asked(settings, events))}
    there = {title for title, head in heads[settings.wiki].items() if head.revision}
    annexes = _annexes(settings, events)
    sites = {**settings.sites, settings.wiki: site_of(reports)}
    if annexes:
        sites[settings.annex_wiki] = site_of(reader_of(settings.annex_wiki))
    accounts: dict[tuple[str, str], Account] = {}
    for edition in editions:
        some, met = accounts_of(settings, edition, sites[settings.wiki], sites, write)
        accounts |= some
        findings += met
    gone = {settings.wiki: _deleted(reports, heads[settings.wiki], _made(settings, events, accounts))}
    accounts = _still_wanted(settings, events, accounts, gone[settings.wiki], findings)
    around = Surroundings(
        sites[settings.wiki],
        sites[settings.wiki],
        sites,
        frozenset((there | _made(settings, events, accounts)) - gone[settings.wiki]),
        frozenset(name for name in settings.templates if f"Template:{name}" in there),
        _pictures(editions, reports),
        settings.index,
        events,
        accounts,
        gone[settings.wiki],
    )
    unsure = {event.key for event in events if event.ready and _lost(settings, event, accounts, there, findings)}
    pages = [
        page
        for event in events
        if event.ready
        for page in _of_event(settings, event, around, fill, event.key in unsure)
    ]
    if settings.index and events:
        filled = fill("roumics/index.wiki.jinja", index_values(events, around))
        pages.append(BuiltPage(settings.wiki, normal_title(settings.index), {"editions": _clean(filled)}))
    if annexes:
        reader = reader_of(settings.annex_wiki)
        heads[reader.key] = reader.heads([*annexes.values(), *(f"Template:{t}" for t in settings.templates)])
        gone[reader.key] = _deleted(reader, heads[reader.key], annexes.values())
        sure = {key: title for key, title in annexes.items() if key not in unsure}
        pages += _annex_pages(settings, events, sure, replace(around, home=sites[settings.annex_wiki]), fill)
    pages = _one_each(pages, findings)
    return Built(pages, heads, gone, findings, _notes(settings, events, accounts, gone[settings.wiki]))


def _one_each(pages: Iterable[BuiltPage], findings: list[Finding]) -> list[BuiltPage]:
    """The first page of each title; of the others it is said that nothing is made of them."""
    found: dict[tuple[str, str], BuiltPage] = {}
    for page in pages:
        if found.setdefault((page.wiki, page.title), page) is not page:
            why = N_(
                "two pages of the reports have this one title; only the first is made: give the other another title"
            )
            findings.append(Finding("same-page", why, page.wiki, page.title))
    return list(found.values())


def _public(settings: RoumicsSettings, edition: Edition, findings: list[Finding]) -> Edition:
    """An edition without what is held back of its own words; what cannot be published as it was typed is found."""
    if not edition.event.ready:
        return edition
    event, held = without_private(edition.event, edition.decisions)
    findings += held_back(settings, edition, event.title, held)
    if missing := len(edition.event.sessions) - len(event.sessions):
        why = NP_(
            "%(count)d session is not in the programme: its title is held back until somebody decides about it",
            "%(count)d sessions are not in the programme: their titles are held back until somebody decides about them",
            missing,
        )
        findings.append(finding_at(settings, event.title, None, "held-back", why))
    for finding in check_event(edition.event, edition.files.__contains__):
        if is_serious(finding):
            findings.append(_told(settings, event, finding))
    return replace(edition, event=event)


def _told(settings: RoumicsSettings, event: Event, finding: Finding) -> Finding:
    """A finding about the folder as one about the report; it quotes nothing private."""
    quiet = N_("what is typed here cannot be used (run: capitalise roumics check %(edition)s)", edition=event.key)
    message = quiet if private(render(finding.message, settings.language)) else finding.message
    section = "" if private(finding.title) else finding.title
    return replace(finding, message=message, wiki=settings.wiki, title=event.title, section=section)


def _made(settings: RoumicsSettings, events: Iterable[Event], accounts: Accounts) -> set[str]:
    """The titles of the reports' pages that are made."""
    pages = {event.page_of(one) for event in events for one in event.sessions if (event.key, one.at) in accounts}
    return pages | {event.title for event in events if event.ready} | ({settings.index} - {""})


def _deleted(reader: Reader, heads: Mapping[str, Head], titles: Iterable[str]) -> frozenset[str]:
    """Those of some titles that people deleted."""
    absent = {heads[title].title: title for title in titles if title in heads and not heads[title].revision}
    return frozenset(absent[title] for title in reader.deleted_among(absent)) if absent else frozenset()


def _still_wanted(
    settings: RoumicsSettings,
    events: Iterable[Event],
    accounts: dict[tuple[str, str], Account],
    gone: frozenset[str],
    findings: list[Finding],
) -> dict[tuple[str, str], Account]:
    """The accounts less those whose page people deleted: nor is anything of them on another page."""
    for event in events:
        for session in event.sessions:
            if (event.key, session.at) in accounts and event.page_of(session) in gone:
                del accounts[event.key, session.at]
                why = N_(
                    "the page was deleted on the wiki: it is not made again, and nothing of its notes stands on the report"
                )
                findings.append(finding_at(settings, event.page_of(session), session, "deleted", why))
    return accounts


def _annexes(settings: RoumicsSettings, events: Iterable[Event]) -> dict[str, str]:
    """The titles of the annexes by edition, where their wiki may be written to."""
    may = settings.annex_wiki in settings.writable
    return {event.key: normal_title(event.annex) for event in events if event.annex and event.ready and may}


def _pictures(editions: Sequence[Edition], reader: Reader) -> dict[tuple[str, str], str]:
    """The pictures that the wiki has, under the name that it gives to pages of files."""
    there = pictures_on_wiki(editions, reader)
    heads = reader.heads(there.values()) if there else {}
    return {place: heads[title].title or title for place, title in there.items()}


def _asked(settings: RoumicsSettings, events: Iterable[Event]) -> list[str]:
    """Every title whose being there matters: pages, templates, pictures."""
    titles = [settings.index, *(f"Template:{name}" for name in settings.templates)]
    for event in events:
        pages = (event.page_of(one) for one in event.sessions if one.title)
        titles += [event.title, *pages]
    return [title for title in dict.fromkeys(titles) if title and title_problem(title) is None]


# -- what is built --------------------------------------------------------------------------------


def _lost(
    settings: RoumicsSettings, event: Event, accounts: Accounts, there: set[str], findings: list[Finding]
) -> bool:
    """Whether notes that became a page once cannot be read here any more: what was decided in them is not known."""
    written = {event.page_of(one) for one in event.sessions if (event.key, one.at) in accounts}
    lost = [one for one in event.sessions if one.noted and event.page_of(one) in there - written]
    for session in lost:
        why = N_(
            "its notes cannot be read in the folder (any more): its page, and the decisions on the report, stay as they are"
        )
        findings.append(finding_at(settings, event.page_of(session), session, "notes", why))
    return bool(lost)


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
            more = {**values, **session_values(event, session, around)}
            own = {name: _clean(fill(f"roumics/{name}.wiki.jinja", more)) for name in SESSION_SECTIONS}
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


def _notes(
    settings: RoumicsSettings, events: Sequence[Event], accounts: Accounts, gone: frozenset[str]
) -> list[Message]:
    """What is not there yet, counted."""
    said: list[Message] = []
    for event in (event for event in events if event.ready):
        noted = [one for one in event.sessions if one.noted and event.page_of(one) not in gone]
        waiting = [one for one in noted if (event.key, one.at) not in accounts]
        if waiting:
            said.append(
                NP_(
                    "%(title)s: %(count)d account is still to come.",
                    "%(title)s: %(count)d accounts are still to come.",
                    len(waiting),
                    title=event.title,
                )
            )
        if event.annex and settings.annex_wiki not in settings.writable:
            why = N_("capitalise.toml says write = false for “%(wiki)s”", wiki=settings.annex_wiki)
            why = why if settings.annex_wiki else N_("%(toml)s names no “annex_wiki”", toml=THE_TOML)
            said.append(N_("%(title)s: its annex is not written: %(why)s.", title=event.title, why=why))
    return said
