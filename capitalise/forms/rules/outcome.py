"""What a rule may look at, and what it may say: a value, or a doubt for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from capitalise.forms.schema import SchemaField
from capitalise.messages import Message
from capitalise.pages.revisions import Head
from capitalise.wikitext.preprocessor import CORE_TAGS

__all__ = ["Doubt", "Step", "World"]


@dataclass(frozen=True)
class Doubt:
    """A value that no rule may change: why, and what it may have been meant to be."""

    rule: str
    message: Message
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """What is known of the wiki. `language` is that of its contents; `heads` what it holds under the titles that the
    pages name, `titles` those that exist, by field name; `address` its pages' address with $1 for the title, and
    `interwiki` those of the workspace's other wikis by prefix. `lines` says how many lines a field is asked to have; `tags`
    are the wiki's extension tags, `prefixes` all that lead to other sites, `capital` whether titles begin with one."""

    language: str = "fr"
    heads: Mapping[str, Head] = field(default_factory=dict)
    titles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    address: str = ""
    interwiki: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    tags: frozenset[str] = CORE_TAGS
    prefixes: frozenset[str] = frozenset()
    capital: bool = True


#: A rule's function. The value it was given means that there is nothing to do.
Step = Callable[[str, SchemaField, World], str | Doubt]
