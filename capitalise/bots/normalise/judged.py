"""Pages by the rules, some at a time: pure, so that it can be done anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from capitalise.bots.normalise.page import Prepared, Result, names_in, normalise_page, targets_in
from capitalise.errors import Skip
from capitalise.forms.rules.outcome import World
from capitalise.messages import N_, Message
from capitalise.pages.revisions import Head
from capitalise.wikitext.canonical import canonical, expanded_on_save

__all__ = ["Judged", "Pages", "judge_pages", "named_in"]


@dataclass(frozen=True)
class Judged:
    """A page by all rules, and by those that may write; or why it is left alone (`skip`). `names`: its values in which people write names,
    with the labels of their fields."""

    whole: Result
    written: Result
    names: tuple[tuple[str, str], ...] = ()
    skip: Message | None = None


def named_in(prepared: Prepared, address: str, texts: Sequence[str]) -> set[str]:
    """The titles that the page fields of some pages name. `address` is that of the wiki's pages."""
    return {title for text in texts for _field, title in targets_in(text, prepared, address)}


@dataclass(frozen=True)
class Pages:
    """The texts of some pages, each with its fields that are left `apart` (by label), and what the wiki holds under the titles they name."""

    texts: tuple[str, ...]
    apart: tuple[frozenset[str], ...]
    heads: Mapping[str, Head]


def judge_pages(
    prepared: Prepared, world: World, on: frozenset[str], every: frozenset[str], pages: Pages
) -> list[Judged]:
    """Some pages by the rules `on` that may write, and by `every` rule."""
    known = replace(world, heads=pages.heads)
    both = zip(pages.texts, pages.apart, strict=True)
    return [_judge(text, apart, prepared, known, on, every) for text, apart in both]


def _judge(
    text: str, apart: frozenset[str], prepared: Prepared, world: World, on: frozenset[str], every: frozenset[str]
) -> Judged:
    names = tuple(names_in(text, prepared))
    try:
        if canonical(text) != text:
            raise Skip(N_("the page holds characters that the wiki would change on saving; save it once by hand"))
        whole = normalise_page(text, prepared, world, every, apart)
        written = normalise_page(text, prepared, world, on, apart) if on else Result(text)
        if written.text != text and (sign := expanded_on_save(written.text, prepared.tags)):
            raise Skip(N_("the wiki would replace “%(text)s” on saving; put <nowiki> around it", text=sign))
    except Skip as skip:
        return Judged(Result(text), Result(text), names, skip.message)
    return Judged(whole, written, names)
