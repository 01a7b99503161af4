"""Fields that name pages: one spelling for each, redirects followed, missing ones found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from capitalise.forms.rules.choices import nearest
from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.schema import SchemaField
from capitalise.messages import N_
from capitalise.pages.titles import normal_title, title_problem

__all__ = ["final_target", "from_address", "page_name", "target_of", "titles_meant"]

MOST_LETTERS = 40  # of a title in a list of them
_LINK = re.compile(r"\[\[:?([^\[\]|{}]+)\]\]")


def from_address(value: str, _field: SchemaField, world: World) -> str:
    """An address of this wiki, or of one it has a prefix for, as a page's name."""
    if not re.match(r"https?://", value, re.IGNORECASE):
        return value
    if title := _title_at(value, world.address):
        return normal_title(title) if world.capital else title
    named = ((prefix, _title_at(value, pattern)) for prefix, pattern in world.interwiki.items())
    return next((f"{prefix}:{title}" for prefix, title in named if title), value)


def _title_at(value: str, pattern: str) -> str:
    """The title in an address by a wiki's pattern; "" for other addresses and for those with a query or a fragment."""
    start, mark, end = pattern.partition("$1")
    bare = re.sub(r"^https?:", "", value, flags=re.IGNORECASE)
    start = re.sub(r"^https?:", "", start)
    if not mark or len(start) < 4 or not bare.startswith(start) or not bare.endswith(end) or re.search(r"[?#]", bare):
        return ""
    title = unquote(bare[len(start) : len(bare) - len(end)], errors="replace").replace("_", " ").strip()
    return title if title and not title.startswith(":") and not title_problem(title) else ""


def page_name(value: str, field: SchemaField, world: World) -> str | Doubt:
    """As the wiki writes it: no brackets where the template has its own, spaces for `_`, a capital first letter."""
    link = _LINK.fullmatch(value)
    if link and field.parameter.in_link:
        value = link[1]
    title = target_of(value)
    if not title or value.lstrip().startswith(":") or _foreign(title, world.prefixes):
        return value
    problem = title_problem(title)
    if problem:
        return Doubt("page-name", problem)
    return title if world.capital else value.strip()[:1] + title[1:]


def target_of(value: str) -> str:
    """The title that a value names, "" for wikitext, addresses and words with a `|`."""
    if re.search(r"[\[\]{}<>|]|://", value) or not value.strip():
        return ""
    return normal_title(value)


def titles_meant(value: str, address: str) -> Iterator[str]:
    """The titles that a value names, as it stands and as the rules make it: without its brackets, from an address of the wiki."""
    link = _LINK.fullmatch(value.strip())
    for one in (value, link[1] if link else "", _title_at(value.strip(), address)):
        if title := target_of(one):
            yield title


def final_target(value: str, field: SchemaField, world: World) -> str | Doubt:
    """The page that a redirect leads to; a page that does not exist is a doubt, with those that look like it."""
    title = target_of(value)
    head = world.heads.get(title)
    if not title or head is None or head.invalid:
        return value
    if head.redirect and head.redirect != head.title:
        return value if head.section else head.redirect  # a part of another page is not that page
    if head.revision:
        return value
    near = nearest(title, field.values or world.titles.get(field.name, ()))
    if several := _several(title):
        why = N_("“%(value)s” names several pages, the field holds one", value=value)
        return value if field.several else Doubt("redirect", why, several)
    if not near and not field.source.source[0] and not field.only_existing:
        return value  # a page that nobody wrote yet is no mistake
    return Doubt("redirect", N_("there is no page “%(title)s”", title=title), tuple(near))


def _several(title: str) -> tuple[str, ...]:
    """The titles that a list in the place of one names: short ones between commas, semicolons or “et”."""
    parts = [part.strip() for part in re.split(r"[,;]| et ", title)]
    return tuple(parts) if len(parts) > 1 and all(0 < len(part) <= MOST_LETTERS for part in parts) else ()


def _foreign(title: str, prefixes: frozenset[str]) -> bool:
    prefix, colon, _rest = title.partition(":")
    return bool(colon) and prefix.strip().casefold() in prefixes
