"""What people wrote between the bot's marks, found for the folder: with what the bot had written there, from the page's history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from capitalise.errors import Skip
from capitalise.messages import N_
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding
from capitalise.roumics.build import Built, BuiltPage, Edition
from capitalise.roumics.taken import Layer, Taken, laid_over
from capitalise.wikitext.regions import find_region

__all__ = ["Pulled", "words_on_wiki"]


@dataclass(frozen=True)
class Pulled:
    """New words of people in one region, for the folder of an edition ("" for the page of all)."""

    edition: str
    taken: Taken
    user: str = ""


def words_on_wiki(
    bot: str, reader_of: Callable[[str], Reader], editions: Sequence[Edition], built: Built
) -> tuple[list[Pulled], list[Finding]]:
    """Every region whose words a person changed and that the folders do not hold yet, and those that cannot be taken."""
    known = {(t.wiki, t.title, t.region): t.layers for edition in editions for t in edition.taken}
    found: list[Pulled] = []
    findings: list[Finding] = []
    for wiki in dict.fromkeys(page.wiki for page in built.pages):
        reader = reader_of(wiki)
        heads = {page.title: built.heads[wiki].get(page.title) for page in built.pages if page.wiki == wiki}
        revisions = reader.revisions([head.revision for head in heads.values() if head and head.revision])
        for page in (page for page in built.pages if page.wiki == wiki):
            head = heads[page.title]
            if head and head.revision in revisions:
                for one in _of_page(bot, reader, page, revisions[head.revision], known):
                    if isinstance(one, Finding):
                        findings.append(one)
                    else:
                        found.append(one)
    return found, findings


def _of_page(
    bot: str, reader: Reader, page: BuiltPage, now: Revision, known: dict[tuple[str, str, str], tuple[Layer, ...]]
) -> Iterator[Pulled | Finding]:
    history: Sequence[Revision] | None = None
    for name, inside in page.regions.items():
        region = _touched(now.text or "", f"{bot}-{name}")
        layers = known.get((page.wiki, page.title, name), ())
        if region is None or region in (layer.words for layer in layers) or region == laid_over(inside, layers)[0]:
            continue
        history = reader.history(page.title) if history is None else history
        base = _before(history, f"{bot}-{name}")
        if base is None:
            why = N_("what the bot had written there is not in the page's history any more: copy the words by hand")
            yield Finding("pull", why, page.wiki, page.title, field=name)
            continue
        yield Pulled(page.edition, Taken(page.wiki, page.title, name, (Layer(base, region),)), now.user)


def _touched(text: str, name: str) -> str | None:
    """What a person made of a region, None where it is as the bot left it."""
    try:
        region = find_region(text, name)
    except Skip:
        return None
    return region.inside if region and region.touched else None


def _before(history: Sequence[Revision], name: str) -> str | None:
    """What the bot wrote last: the latest version whose mark fits its words."""
    for revision in reversed(history):
        try:
            region = find_region(revision.text or "", name)
        except Skip:
            continue
        if region and region.inside and not region.touched:
            return region.inside
    return None
