"""A session that has another title in the folder than its page has on the wiki: one page, about which somebody is asked, not two.

The page is known by its account: what the bot built of the same notes. The answer is an ordinary act, and so it is given once:
the page is moved on the wiki, or a title is typed into the column `page`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from capitalise.bots.roumics.build import Built, build_pages
from capitalise.bots.roumics.edition import Edition, Fill, RoumicsSettings, Write
from capitalise.bots.roumics.orphans import texts_left
from capitalise.messages import N_
from capitalise.pages.ports import Reader
from capitalise.plans.model import Finding
from capitalise.wikitext.regions import region_of

__all__ = ["build_as_there"]

ALIKE = 80  # of 100, by rapidfuzz's ratio: notes that went on a little are the same notes
ACCOUNT = "compte-rendu"


def build_as_there(
    settings: RoumicsSettings, reader_of: Callable[[str], Reader], editions: Sequence[Edition], fill: Fill, write: Write
) -> Built:
    """Every page of the editions. That of a session which was renamed in the folder keeps the title it has on the wiki, and waits."""
    built = build_pages(settings, reader_of, editions, fill, write)
    moved = _renamed(settings, reader_of(settings.wiki), editions, built)
    if not moved:
        return built
    again = build_pages(settings, reader_of, [_with_titles(one, moved) for one in editions], fill, write)
    asked = [_asked(settings, old, new) for new, old in moved.items()]
    return replace(again, findings=[*again.findings, *asked], waits=frozenset(moved.values()))


def _renamed(settings: RoumicsSettings, reader: Reader, editions: Sequence[Edition], built: Built) -> dict[str, str]:
    """The titles that pages would get, each with the one that its page has: where exactly one page's account is like it."""
    heads = built.heads[settings.wiki]
    named = {one.event.page_of(s) for one in editions for s in one.event.sessions if s.title and not s.page}
    new = {
        page.title: page.regions[ACCOUNT]
        for page in built.pages
        if page.title in named and page.regions.get(ACCOUNT) and not heads[page.title].revision
    }
    if not new:
        return {}
    texts = texts_left(settings, reader, [one.event for one in editions], built)
    accounts = {title: region_of(text, f"{settings.bot}-{ACCOUNT}") for title, text in texts.items()}
    old = {title: region.inside for title, region in accounts.items() if region and region.inside.strip()}
    return _pairs(new, old)


def _pairs(new: Mapping[str, str], old: Mapping[str, str]) -> dict[str, str]:
    """Each of some new titles with the one old title whose text is like its own, where no other text of either side is."""
    from rapidfuzz import fuzz

    alike = [(a, b) for a, one in new.items() for b, other in old.items() if fuzz.ratio(one, other) >= ALIKE]
    once = [pair for pair in alike if all(other is pair or not {*other} & {*pair} for other in alike)]
    return dict(once)


def _with_titles(edition: Edition, moved: Mapping[str, str]) -> Edition:
    event = edition.event
    sessions = [
        replace(one, page=moved[title]) if one.title and (title := event.page_of(one)) in moved else one
        for one in event.sessions
    ]
    return replace(edition, event=replace(event, sessions=tuple(sessions)))


def _asked(settings: RoumicsSettings, old: str, new: str) -> Finding:
    why = N_(
        "in the folder this session has another title. If the page is to be called “%(new)s”, move it there on the wiki; if its title "
        "is to stay, write “%(old)s” into the column “page”; if it is another session, write “%(new)s” there. Until then the "
        "page stays as it is, and no second one is made",
        new=new,
        old=old,
    )
    return Finding("renamed", why, settings.wiki, old)
