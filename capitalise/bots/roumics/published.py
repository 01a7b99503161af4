"""What a folder published, as marks of each region's text: what another laptop published since then is not ours to roll back.

A colleague's folder that has more than this one writes under the same account; by the page alone its words look like the bot's
own. So the folder remembers what was written from it (or from a copy that was synchronised with it): whatever else stands there
is asked about, and taken over by `roumics pull`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from capitalise.plans.model import PageChange
from capitalise.wikitext.canonical import digest
from capitalise.wikitext.regions import region_names, region_of

__all__ = ["Published", "is_foreign", "with_changes"]

Published = Mapping[str, Sequence[str]]  # by wiki, page and region: marks of the texts, the oldest first
MOST = 50


def is_foreign(published: Published, wiki: str, title: str, region: str, inside: str) -> bool:
    """Whether a region holds what was never written from this folder, though something was."""
    marks = published.get(_place(wiki, title, region), ())
    return bool(marks) and _mark(inside) not in marks


def with_changes(published: Published, bot: str, changes: Iterable[PageChange]) -> dict[str, list[str]]:
    """With what pages hold once they are saved, and held before where that was known."""
    found = {place: list(marks) for place, marks in published.items()}
    for change in changes:
        for name in region_names(change.new):
            region = region_of(change.new, name)
            if region and name.startswith(f"{bot}-"):
                place, mark = _place(change.wiki, change.title, name.removeprefix(f"{bot}-")), _mark(region.inside)
                found[place] = [*(one for one in found.get(place, ()) if one != mark), mark][-MOST:]
    return found


def _place(wiki: str, title: str, region: str) -> str:
    return f"{wiki} | {title} | {region}"


def _mark(inside: str) -> str:
    return digest(inside.strip())[:12]
