"""What people wrote between the bot's marks, brought back into the folder: layers that every later build lays over its own words.

A layer holds what the bot had written and what people made of it. The next build is merged with it line by line, as two
people's changes of one text; what people wrote on a line, or below it, follows it to another day. Where both changed the same
lines, somebody has to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from capitalise.bots.roumics.build import Built
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.lines import lines_of, merged_lines, moved_lines
from capitalise.wikitext.canonical import digest
from capitalise.wikitext.regions import Region

__all__ = ["Layer", "Taken", "followed", "laid_over", "strays"]


@dataclass(frozen=True)
class Layer:
    """`base` is what the bot had written, `words` what people made of it, as somebody may have settled it since in the file
    `name`; `pulled` is the sha1 of what stood on the wiki, `revision` the page's when it was taken."""

    base: str
    words: str
    name: str = ""
    pulled: str = ""
    revision: int = 0

    def free(self, region: Region, last: Revision | None, account: str) -> bool:
        """Whether a bot that knows of this layer, the last one, may write over a region: where the bot made it what it is, or
        people did so before they were asked for these very words. What somebody put back since is that person's."""
        if last is not None:
            return last.user == account or (last.id <= self.revision and self.is_from(region.inside))
        return self.is_from(region.inside) or not region.touched

    @property
    def stem(self) -> str:
        """The name of its file without folder and ending: it begins with the day."""
        return self.name.rpartition("/")[2].removesuffix(".toml")

    @property
    def added(self) -> frozenset[str]:
        """The lines that people put in."""
        return lines_of(self.words) - lines_of(self.base)

    @property
    def removed(self) -> frozenset[str]:
        """The lines that people took out."""
        return lines_of(self.base) - lines_of(self.words)

    def is_from(self, text: str) -> bool:
        """Whether a region still holds what this layer was taken from."""
        return digest(text) == (self.pulled or digest(self.words))


@dataclass(frozen=True)
class Taken:
    """The words of one region of one page, the oldest layer first."""

    wiki: str
    title: str
    region: str
    layers: tuple[Layer, ...] = ()


def strays(words: Sequence[Taken], built: Built) -> list[Taken]:
    """The words for parts of pages that are not made."""
    made = _made(built)
    return [one for one in words if (one.wiki, one.title, one.region) not in made]


def _made(built: Built) -> set[tuple[str, str, str]]:
    return {(page.wiki, page.title, name) for page in built.pages for name in page.regions}


def followed(words: Sequence[Taken], built: Built, reader_of: Callable[[str], Reader]) -> list[Taken]:
    """The words with the titles that their pages have now: the revision that they were taken from says where it belongs."""
    made = _made(built)
    layers: dict[tuple[str, str, str], list[Layer]] = defaultdict(list)
    asked: dict[str, set[int]] = defaultdict(set)
    for one in words:
        asked[one.wiki] |= {layer.revision for layer in one.layers if layer.revision}
    now = {wiki: reader_of(wiki).revisions(sorted(ids)) for wiki, ids in asked.items() if wiki in built.heads}
    for one in words:
        for layer in one.layers:
            revision = now.get(one.wiki, {}).get(layer.revision)
            there = (one.wiki, revision.title if revision else "", one.region)
            layers[there if there in made else (one.wiki, one.title, one.region)].append(layer)
    # in the order of their days, whatever folder they are in
    return [Taken(*place, tuple(sorted(some, key=lambda one: one.stem))) for place, some in layers.items()]


def laid_over(built: str, layers: Sequence[Layer]) -> tuple[str, Layer | None]:
    """What was built with people's words in it, and the first layer that cannot be laid over it, if any."""
    for layer in layers:
        merged = merged_lines(layer.base, built, layer.words)
        if merged is None and (merged := moved_lines(layer.base, built, layer.words)) is None:
            return built, layer
        built = merged
    return built, None
