"""What people wrote between the bot's marks, found for the folder: with what the bot had written there, from the page's history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from capitalise.bots.roumics.build import Built
from capitalise.bots.roumics.edition import BuiltPage
from capitalise.bots.roumics.published import Published, is_foreign
from capitalise.bots.roumics.pulled import Layer, Taken, followed, laid_over
from capitalise.errors import Skip
from capitalise.messages import N_
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding
from capitalise.plans.regions import last_change
from capitalise.wikitext.canonical import digest
from capitalise.wikitext.regions import find_region, region_of

__all__ = ["Pulled", "words_on_wiki"]


@dataclass(frozen=True)
class Pulled:
    """New words of people in one region, for the folder of an edition ("" for the page of all: the folder of all editions)."""

    edition: str
    taken: Taken
    user: str = ""


def words_on_wiki(
    bot: str, reader_of: Callable[[str], Reader], taken: Sequence[Taken], built: Built, published: Published
) -> tuple[list[Pulled], list[Finding]]:
    """Every region whose words a person changed and that the folders do not hold yet (`taken` is what they hold), and those that cannot be taken."""
    known = {(t.wiki, t.title, t.region): t.layers for t in followed(taken, built, reader_of)}
    found: list[Pulled] = []
    findings: list[Finding] = []
    for wiki in dict.fromkeys(page.wiki for page in built.pages):
        reader = reader_of(wiki)
        heads = {page.title: built.heads[wiki].get(page.title) for page in built.pages if page.wiki == wiki}
        revisions = reader.revisions([head.revision for head in heads.values() if head and head.revision])
        for page in (page for page in built.pages if page.wiki == wiki):
            head = heads[page.title]
            if head and head.revision in revisions:
                for one in _of_page(bot, reader, page, revisions[head.revision], known, published):
                    if isinstance(one, Finding):
                        findings.append(one)
                    else:
                        found.append(one)
    return found, findings


def _of_page(
    bot: str,
    reader: Reader,
    page: BuiltPage,
    now: Revision,
    known: dict[tuple[str, str, str], tuple[Layer, ...]],
    published: Published,
) -> Iterator[Pulled | Finding]:
    account = reader.account().name
    history: Sequence[Revision] = ()
    for name, inside in page.regions.items():
        layers = known.get((page.wiki, page.title, name), ())
        try:
            region = find_region(now.text or "", f"{bot}-{name}")
        except Skip as skip:
            yield Finding("region", skip.message, page.wiki, page.title, field=name)
            continue
        foreign = region and not region.touched and is_foreign(published, page.wiki, page.title, name, region.inside)
        if region is None or not region.inside or not (region.touched or layers or foreign):
            continue
        history = history or reader.history(page.title)
        if layers and not foreign and layers[-1].free(region, last_change(history, f"{bot}-{name}"), account):
            continue
        if region.inside == laid_over(inside, layers)[0]:
            continue
        base = _before(history, f"{bot}-{name}", layers, account)
        if foreign:
            base = _from_here(history, f"{bot}-{name}", page, name, published)
        if base is None:
            why = N_("what the bot had written there is not in the page's history any more: copy the words by hand")
            yield Finding("pull", why, page.wiki, page.title, field=name)
            continue
        layer = Layer(base, region.inside, pulled=digest(region.inside), revision=now.id)
        yield Pulled(page.edition, Taken(page.wiki, page.title, name, (layer,)), now.user)


def _from_here(
    history: Sequence[Revision], region_name: str, page: BuiltPage, name: str, published: Published
) -> str | None:
    """The latest text of a region that was written from this folder."""
    regions = (region_of(revision.text or "", region_name) for revision in reversed(history))
    mine = (one.inside for one in regions if one and not is_foreign(published, page.wiki, page.title, name, one.inside))
    return next(mine, None)


def _before(history: Sequence[Revision], name: str, layers: Sequence[Layer], account: str) -> str | None:
    """What these words were made from: the latest version that the last layer was taken from, or that the bot wrote. People who
    put the bot's earlier words back are no bot."""
    regions = [region_of(revision.text or "", name) for revision in history]
    for number in reversed(range(len(history))):
        region, before = regions[number], regions[number - 1] if number else None
        if region is None:
            continue
        if layers and layers[-1].is_from(region.inside) and history[number].id <= layers[-1].revision:
            return layers[-1].words
        if not region.inside:  # whoever left it so
            return ""
        changed = before is None or before.inside != region.inside
        if not region.touched and changed and history[number].user == account:
            return region.inside
    return None
