"""What the bot made once and makes no more: a page that is called otherwise now, a part that was taken out of `sections`. Nothing is
done to them, since people's words may stand there; they are named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from os.path import commonprefix

from capitalise.bots.roumics.build import Built
from capitalise.bots.roumics.edition import RoumicsSettings
from capitalise.bots.roumics.event import Event
from capitalise.bots.roumics.sections import SECTIONS, SESSION_SECTIONS
from capitalise.messages import N_, Message
from capitalise.pages.ports import Reader
from capitalise.plans.model import Finding
from capitalise.wikitext.regions import region_names, region_of

__all__ = ["pages_left", "parts_left", "texts_left"]


MOST = 500  # pages whose texts are read


def pages_left(
    settings: RoumicsSettings, reader: Reader, events: Sequence[Event], built: Built, kept: Collection[str]
) -> list[Finding]:
    """The pages that nothing in the folder leads to; of those in `kept` the folder holds people's words."""
    return [
        Finding("left", _why(settings.bot, text, _own_parts(settings, text), title in kept), reader.key, title)
        for title, text in sorted(texts_left(settings, reader, events, built).items())
    ]


def texts_left(settings: RoumicsSettings, reader: Reader, events: Sequence[Event], built: Built) -> dict[str, str]:
    """The texts, by title, of the pages that hold the bot's marks, whose titles begin as those of editions do, and that nothing in
    the folder leads to. Where too many titles begin so, only those that go on from an edition's."""
    asked = built.heads[settings.wiki].values()
    ours = {page.title for page in built.pages} | {one.title for one in asked} | {one.redirect for one in asked}
    by_hand = tuple(f"{event.title} - " for event in events if not event.built)
    named = {title: number for start in _beginnings(events) for title, number in reader.prefixed(start).items()}
    others = {title: n for title, n in named.items() if title not in ours and not title.startswith(by_hand)}
    if len(others) > MOST:
        editions = tuple(event.title for event in events)
        others = {title: n for title, n in others.items() if title.startswith(editions)}
    pages = reader.revisions(list(others.values())[:MOST]).values()
    return {one.title: one.text for one in pages if one.text and _own_parts(settings, one.text)}


def _own_parts(settings: RoumicsSettings, text: str) -> list[str]:
    return _parts(settings.bot, text, (*SECTIONS, *SESSION_SECTIONS))


def _beginnings(events: Iterable[Event]) -> list[str]:
    """What the titles have in common that share their first word, but for the year: another edition may have been there."""
    by_word: dict[str, list[str]] = defaultdict(list)
    for event in events:
        by_word[event.title.partition(" ")[0]].append(event.title)
    shared = (commonprefix(titles) for titles in by_word.values())  # noqa: RUF071  # by characters, as wanted
    return [re.sub(r"\d+$", "", start) or start for start in shared]


def _parts(bot: str, text: str, sections: Iterable[str]) -> list[str]:
    """Those of some sections whose first marks stand in a text."""
    there = region_names(text)
    return [name for name in dict.fromkeys(sections) if f"{bot}-{name}" in there]


def _why(bot: str, text: str, parts: Sequence[str], kept: bool) -> Message:
    regions = {name: region_of(text, f"{bot}-{name}") for name in parts}
    words = [name for name, region in regions.items() if region is None or region.touched]
    if kept or words or _outside(bot, text, parts):
        return N_(
            "nothing in the folder leads to this page any more (another title, or taken out?), and people wrote on it%(parts)s: "
            "rename it on the wiki as it is called in the folder now, or save their words elsewhere",
            parts=N_(", also between the bot's marks (%(names)s)", names=", ".join(words)) if words else "",
        )
    return N_(
        "nothing in the folder leads to this page any more (another title, or taken out?), and nobody but the bot wrote on it: "
        "rename it on the wiki as it is called in the folder now, or have it deleted"
    )


def _outside(bot: str, text: str, parts: Iterable[str]) -> str:
    """What stands beside the regions."""
    for name in parts:
        if region := region_of(text, f"{bot}-{name}"):
            text = text[: region.start] + text[region.end :]
    return text.strip()


def parts_left(settings: RoumicsSettings, wiki: str, title: str, text: str) -> list[Finding]:
    """The parts of a report's page that the settings do not name any more."""
    why = N_(
        "the bot does not make this part any more (“sections” does not name it): what stands between its marks stays"
    )
    dropped = [name for name in SECTIONS if name not in settings.sections]
    return [Finding("left", why, wiki, title, field=name) for name in _parts(settings.bot, text, dropped)]
