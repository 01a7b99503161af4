"""The notes of an edition's sessions ready for their pages, what was met on the way, and what of the edition itself is private."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace

from capitalise.bots.roumics.checks import place_of
from capitalise.bots.roumics.edition import Edition, RoumicsSettings, Write
from capitalise.bots.roumics.event import Event, Session
from capitalise.bots.roumics.values import Account
from capitalise.messages import N_, NP_, Message, render
from capitalise.notes.attendance import Line, attendance
from capitalise.notes.clean import Notes, clean_notes
from capitalise.notes.names import names_people
from capitalise.notes.private import Held, held_line
from capitalise.notes.tree import LEFT_OUT
from capitalise.pages.addresses import Site
from capitalise.pages.titles import title_problem
from capitalise.plans.model import Finding
from capitalise.wikitext.canonical import expanded_on_save

__all__ = ["accounts_of", "finding_at", "held_lines", "without_private"]


def accounts_of(
    settings: RoumicsSettings, edition: Edition, site: Site, sites: Mapping[str, Site], write: Write
) -> tuple[dict[tuple[str, str], Account], list[Finding]]:
    """The accounts by edition and session, and what somebody should look at. Of two sessions with notes for one page only the first
    has one."""
    found: dict[tuple[str, str], Account] = {}
    findings: list[Finding] = []
    titles: set[str] = set()
    for session in edition.event.sessions if edition.event.ready else ():
        title, tree = edition.event.page_of(session), edition.notes.get(session.at)
        if not session.noted or not session.title or tree is None:
            continue
        problem = _problem(title, tree, titles) or _other_namespace(title, site)
        if problem or isinstance(tree, Message):
            findings.append(finding_at(settings, title, session, "notes", problem or N_("%(why)s", why=tree)))
            continue
        titles.add(title)
        notes = clean_notes(tree["blocks"], session.title, site, sites, edition.decisions)
        text = write(notes.blocks, tree)
        findings += _met(settings, edition, session, title, notes)
        findings += [
            finding_at(settings, title, session, "left-out", N_("not published of these notes: %(what)s", what=what))
            for what in tree.get(LEFT_OUT, ())
        ]
        if wrong := _unfit(text):
            findings.append(finding_at(settings, title, session, "notes", wrong))
            continue
        found[edition.event.key, session.at] = Account(text, tuple(notes.outcomes))
    return found, findings


def _problem(title: str, tree: object, titles: set[str]) -> Message | None:
    if isinstance(tree, Message):
        return tree
    if problem := title_problem(title):
        return N_("its page cannot have this title (%(why)s): write another one into the column “page”", why=problem)
    if title in titles:
        return N_("several sessions have notes for this one page: write another title into the column “page”")
    return None


def _other_namespace(title: str, site: Site) -> Message | None:
    prefix, colon, _rest = title.partition(":")
    if colon and prefix.strip().casefold() in site.namespaces:
        return N_(
            "its page would stand among other pages (“%(prefix)s:”): write another title into the column “page”",
            prefix=prefix,
        )
    return None


def _unfit(text: str) -> Message | None:
    if not text.strip():
        return N_("its notes are empty, or every line of them is held back")
    if left := expanded_on_save(text):
        return N_(
            "the notes hold “%(text)s”, which the wiki would replace on saving; write it in another way", text=left
        )
    return None


def _met(settings: RoumicsSettings, edition: Edition, session: Session, title: str, notes: Notes) -> Iterator[Finding]:
    """Private lines that nobody has decided about, pictures that are not listed, links that are none."""
    yield from held_back(settings, edition, title, notes.held, session)
    listed = {photo.file.rpartition("/")[2] for photo in edition.event.photos}
    images = [image for image in dict.fromkeys(notes.images) if image not in listed]
    if images:
        why = NP_(
            "the notes show %(count)d picture (%(names)s), which the page only names; to show it, put it into the folder and list it "
            "under [[photos]] with author and licence",
            "the notes show %(count)d pictures (%(names)s), which the page only names; to show them, put them into the folder and "
            "list them under [[photos]] with author and licence",
            len(images),
            names=_short(", ".join(images)),
        )
        yield finding_at(settings, title, session, "picture", why)
    for target in notes.no_links:
        why = N_("“%(text)s” is no link (https://…)", text=_short(target))
        yield finding_at(settings, title, session, "no-link", why)


def held_back(
    settings: RoumicsSettings, edition: Edition, title: str, held: Sequence[Held], session: Session | None = None
) -> Iterator[Finding]:
    """Never the words themselves: findings stand on public pages and in logs."""
    waiting = [one for one in held if one.waits]
    if waiting:
        why = NP_(
            "%(count)d line is held back (%(why)s); decide with: capitalise roumics allow %(edition)s",
            "%(count)d lines are held back (%(why)s); decide with: capitalise roumics allow %(edition)s",
            len(waiting),
            why=", ".join(Counter(render(one.why, settings.language) for one in waiting)),
            edition=edition.event.key,
        )
        yield finding_at(settings, title, session, "held-back", why)


def finding_at(settings: RoumicsSettings, title: str, session: Session | None, rule: str, why: Message) -> Finding:
    return Finding(rule, why, settings.wiki, title, at=place_of(session.at) if session else None)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


# -- what the edition itself says -----------------------------------------------------------------


def without_private(event: Event, decisions: Mapping[str, bool]) -> tuple[Event, list[Held]]:
    """An edition without the speakers, paragraphs and captions that are held back, and these."""
    held: list[Held] = []

    def kept(line: str, *, people: bool = False, venue: bool = False) -> bool:
        one = held_line(line, decisions, about_people=people, venue=venue) if line.strip() else None
        held.extend([one] if one else ())
        return one is None

    def place(text: str) -> str:
        return text if kept(text, venue=True) else ""

    sessions = [
        replace(
            one,
            room=place(one.room),
            speakers=tuple(s for s in one.speakers if kept(f"{s.name}, {s.role}" if s.role else s.name)),
        )
        for one in event.sessions
        if kept(f"{one.title} {one.page}".strip())
    ]
    event = replace(
        event,
        theme=event.theme if kept(event.theme) else "",
        place=place(event.place),
        introduction=_paragraphs(event.introduction, kept),
        thanks=_paragraphs(event.thanks, kept),
        partners=tuple(one for one in event.partners if kept(one)),
        sessions=tuple(sessions),
        photos=tuple(one for one in event.photos if kept(" ".join(filter(None, astuple(one))))),
        resources=tuple(one for one in event.resources if kept(" ".join(filter(None, astuple(one))))),
        related=tuple(one for one in event.related if kept(one[1])),
        built=event.built and kept(event.title),
    )
    return event, held


def _paragraphs(text: str, kept: Callable[..., bool]) -> str:
    """The paragraphs that may be published; each is judged as the one line that it becomes, and stays out where one of its lines
    says who was there."""
    paragraphs = [one for one in re.split(r"\n\s*\n", text) if one.strip()]
    lines = [Line(line, block=n) for n, one in enumerate(paragraphs) for line in one.strip().split("\n")]
    people = {line.block for line, held in zip(lines, attendance(lines), strict=True) if held}
    people |= {n for n, one in enumerate(paragraphs) if names_people(" ".join(one.split()))}
    return "\n\n".join(one for n, one in enumerate(paragraphs) if kept(" ".join(one.split()), people=n in people))


def held_lines(edition: Edition) -> list[tuple[str, Held]]:
    """Every line of an edition that waits for a decision, with the page that it would stand on."""
    home = Site("", "")
    found = [(edition.event.title, one) for one in without_private(edition.event, edition.decisions)[1]]
    for session in edition.event.sessions:
        tree = edition.notes.get(session.at)
        if isinstance(tree, dict):
            notes = clean_notes(tree["blocks"], session.title, home, {}, edition.decisions)
            found += [(edition.event.page_of(session), one) for one in notes.held]
    return [(title, one) for title, one in found if one.waits]
