"""What the bot made once and makes no more: the page of a session that is called otherwise now, a part that was taken out of
`sections`. Nothing is done to them, since people's words may stand there; they are named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from os.path import commonprefix

from capitalise.messages import N_, Message
from capitalise.pages.ports import Reader
from capitalise.plans.model import Finding
from capitalise.roumics.build import Built
from capitalise.roumics.edition import RoumicsSettings
from capitalise.roumics.event import Event
from capitalise.roumics.sections import SECTIONS, SESSION_SECTIONS
from capitalise.wikitext.regions import region_names, region_of

__all__ = ["pages_left", "parts_left"]


def pages_left(settings: RoumicsSettings, reader: Reader, events: Sequence[Event], built: Built) -> list[Finding]:
    """The pages that hold the bot's marks and that no session leads to: one list of titles for each first word of the editions'."""
    ours = {page.title for page in built.pages} | {event.title for event in events}
    ours |= {event.page_of(session) for event in events for session in event.sessions}
    ours |= {head.redirect for head in built.heads[settings.wiki].values()}
    by_hand = tuple(f"{event.title} - " for event in events if not event.built)
    named = {title: number for start in _beginnings(events) for title, number in reader.starting(start).items()}
    asked = [number for title, number in named.items() if title not in ours and not title.startswith(by_hand)]
    pages = ((one.title, one.text or "") for one in reader.revisions(asked).values())
    return [
        Finding("left", _why(settings.bot, text, parts), reader.key, title)
        for title, text in sorted(pages)
        if (parts := _parts(settings.bot, text, SESSION_SECTIONS))
    ]


def _beginnings(events: Iterable[Event]) -> list[str]:
    """What the titles have in common that share their first word."""
    by_word: dict[str, list[str]] = defaultdict(list)
    for event in events:
        by_word[event.title.partition(" ")[0]].append(event.title)
    return [commonprefix(titles) for titles in by_word.values()]  # noqa: RUF071  # by characters, as wanted


def _parts(bot: str, text: str, sections: Iterable[str]) -> list[str]:
    """Those of some sections whose marks stand in a text."""
    there = region_names(text)
    return [name for name in dict.fromkeys(sections) if f"{bot}-{name}" in there]


def _why(bot: str, text: str, parts: Sequence[str]) -> Message:
    regions = {name: region_of(text, f"{bot}-{name}") for name in parts}
    words = [name for name, region in regions.items() if region is None or region.touched]
    if words:
        return N_(
            "no session in the folder leads to this page any more (another title, or taken out?), and people wrote between "
            "its marks (%(parts)s): rename the page on the wiki as the session is called now, or save their words elsewhere",
            parts=", ".join(words),
        )
    return N_(
        "no session in the folder leads to this page any more (another title, or taken out?): rename the page on the wiki as "
        "the session is called now, or have it deleted"
    )


def parts_left(settings: RoumicsSettings, wiki: str, title: str, text: str) -> list[Finding]:
    """The parts of a report's page that the settings do not name any more."""
    why = N_(
        "the bot does not make this part any more (“sections” does not name it): what stands between its marks stays"
    )
    dropped = [name for name in SECTIONS if name not in settings.sections]
    return [Finding("left", why, wiki, title, field=name) for name in _parts(settings.bot, text, dropped)]
