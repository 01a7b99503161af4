"""The nouns of the bot: its settings, an edition with what its folder holds, a page as it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from capitalise.bots.roumics.event import Event
from capitalise.bots.roumics.sections import USUAL_SECTIONS
from capitalise.messages import Message
from capitalise.pages.addresses import Site

__all__ = ["BuiltPage", "Edition", "Fill", "RoumicsSettings", "Write"]

Fill = Callable[[str, Mapping[str, Any]], str]
Write = Callable[[Sequence[Any], dict[str, Any]], str]


@dataclass(frozen=True)
class RoumicsSettings:
    """What the planner needs of a bot's TOML. `sites` are the other wikis that links may lead to; `templates` the names of
    those that are used where a wiki has them; only `writable` wikis are planned for."""

    bot: str
    wiki: str
    index: str = ""
    annex_wiki: str = ""
    sections: tuple[str, ...] = USUAL_SECTIONS
    templates: tuple[str, ...] = ("Navigation ROUMICS",)
    sites: Mapping[str, Site] = field(default_factory=dict)
    writable: frozenset[str] = frozenset()
    language: str = "fr"


@dataclass(frozen=True)
class Edition:
    """An edition and what its folder holds: the trees of its notes by session (its `at`), or why there are none; what people
    decided about private lines; the sha1 of each file that it names and has."""

    event: Event
    notes: Mapping[str, dict[str, Any] | Message] = field(default_factory=dict)
    decisions: Mapping[str, bool] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BuiltPage:
    """A page as it is built: the text of each region, by name; `edition` is the key of the one that it belongs to."""

    wiki: str
    title: str
    regions: Mapping[str, str]
    edition: str = ""
