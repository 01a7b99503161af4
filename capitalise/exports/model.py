"""What every export is made from: a kit with its chapters, entries and who wrote them, as frozen values.

Nothing here knows a kit's words, nor a wiki: which field is the body, the list or the question is said by whoever fills this in.
HTML in it is clean already (`exports/cleaned.py`): nothing in it runs, and its addresses are the web's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate

from capitalise.messages import Message

__all__ = ["Chapter", "Edition", "Fiche", "Kit", "Picture", "Roles", "Tool", "Words", "narrowed", "numbered"]


@dataclass(frozen=True)
class Roles:
    """Which fields of a form are what, by name or label. `chapter` sorts the entries, `body` defines them, `list` holds their tools,
    `question` what a group is asked, `themes` what the index is made of, `shape` the game on the table, `leads` the answers to the question, each with the page
    that it leads to; `leave_out` is not printed.
    All others are sections under their labels, in the form's order."""

    chapter: str = ""
    body: tuple[str, ...] = ()
    list: str = ""
    question: str = ""
    themes: str = ""
    shape: str = ""
    leads: str = ""
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """One way of exporting a bot's pages, as a file of `exports/` says it. `chapters` and `fields` narrow and order what is in it,
    `depth` 1 lists only chapters in the contents; `foreword` is wikitext; `cover` is a picture of the workspace, `cover_alt` what it shows;
    `shape` is the game on the table; `formats` are what `export --all` makes."""

    name: str = ""
    bot: str = ""
    title: str = ""
    version: str = ""
    audience: str = ""
    publisher: str = ""
    licence: str = ""
    foreword: str = ""
    cover: str = ""
    cover_alt: str = ""
    shape: str = ""
    path: str = ""
    depth: int = 2
    chapters: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("booklet",)


@dataclass(frozen=True)
class Words:
    """What stands in a field: its label, its HTML, and its words alone. Both are empty where the field is."""

    label: str
    html: str = ""
    text: str = ""


@dataclass(frozen=True)
class Tool:
    """An item of a fiche's list: a name, an address ("" for none), a short sentence (HTML), and the words of both."""

    name: str
    address: str = ""
    html: str = ""
    text: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture of a fiche: what it shows in words, who made it under which licence, the address of its own page; where it is to be had
    (`source`) and its sha1. `data` is itself as an address (`data:`), "" until it was fetched."""

    alt: str
    author: str = ""
    licence: str = ""
    page: str = ""
    source: str = ""
    sha1: str = ""
    data: str = ""


@dataclass(frozen=True)
class Fiche:
    """One page of the kit. `chapters` are the names of those that it belongs to, the first being where it is printed.

    `body` and `sections` hold every field that the form has, empty ones too; `values` are all of them as a program reads them, by
    field name. `page` and `form` are addresses ("" where there is no server); `edits` are people (bots left out) and when they wrote, oldest first; `created` is None where the history does not reach back so far; `number` is its
    place in the whole kit, from 1.
    """

    title: str
    chapters: tuple[str, ...] = ()
    body: tuple[Words, ...] = ()
    question: Words = Words("")
    tools: tuple[Tool, ...] = ()
    sections: tuple[Words, ...] = ()
    themes: tuple[str, ...] = ()
    shape: str = ""
    pictures: tuple[Picture, ...] = ()
    leads: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, object], ...] = ()
    page: str = ""
    form: str = ""
    revision: int = 0
    changed: datetime | None = None
    edits: tuple[tuple[str, datetime], ...] = ()
    created: datetime | None = None
    number: int = 0
    tools_label: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """Who wrote it, in the order in which they came."""
        return tuple(dict.fromkeys(name for name, _at in self.edits))

    @property
    def empty(self) -> tuple[str, ...]:
        """The labels of the fields that hold nothing."""
        found = [one.label for one in (*self.body, *self.sections, self.question) if one.label and not one.text]
        return (*found, self.tools_label) if self.tools_label and not self.tools else tuple(found)


@dataclass(frozen=True)
class Chapter:
    """A step of the path: its name as the wiki says it (`1 - Qualifier …`), what its own page says, and its entries in their order."""

    name: str
    entries: tuple[Fiche, ...] = ()
    html: str = ""
    page: str = ""
    place: int = 0

    @property
    def number(self) -> str:
        """The digits that its name begins with, "" for none."""
        head = self.name.split(maxsplit=1)[0] if self.name.strip() else ""
        return head.rstrip(".-–:)") if head.rstrip(".-–:)").isdigit() else ""

    @property
    def title(self) -> str:
        """Its name without that number."""
        return self.name[self.name.find(self.number) + len(self.number) :].lstrip(" .-–:)\u00a0") or self.name


@dataclass(frozen=True)
class Kit:
    """The whole: `version`, `audience`, `licence`, `publisher` and `foreword` (HTML) are what the edition says; `fields` are the form's, as (name,
    label, type); `people` wrote it (bots left out); `taken` is when its newest page was saved; `left_out` are labels of fields that are in none of it; `notes` say
    what could not be shown as it is on the wiki."""

    title: str
    language: str = "fr"
    chapters: tuple[Chapter, ...] = ()
    version: str = ""
    audience: str = ""
    licence: str = ""
    publisher: str = ""
    foreword: str = ""
    address: str = ""
    taken: datetime | None = None
    fields: tuple[tuple[str, str, str], ...] = ()
    people: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[Message, ...] = field(default=())

    def __iter__(self) -> Iterator[Fiche]:
        """Each fiche once, in the order in which they are printed."""
        return (fiche for chapter in self.chapters for fiche in chapter.entries)

    def __len__(self) -> int:
        return sum(len(chapter.entries) for chapter in self.chapters)


def numbered(kit: Kit) -> Kit:
    """The kit with the places of its chapters and pages in it."""
    first = [0, *accumulate(len(one.entries) for one in kit.chapters)]
    chapters = (
        replace(one, place=n, entries=tuple(replace(f, number=m) for m, f in enumerate(one.entries, first[n] + 1)))
        for n, one in enumerate(kit.chapters)
    )
    return replace(kit, chapters=tuple(chapters))


def narrowed(kit: Kit, chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> Kit:
    """The kit with some chapters (by name, number or title) and some entries (by title) only; empty sequences narrow nothing."""
    wanted = {one.strip().casefold() for one in chapters}
    some = [
        one
        for one in kit.chapters
        if not wanted or wanted & {one.name.casefold(), one.number, one.title.casefold()} - {""}
    ]
    if titles:
        some = [replace(one, entries=tuple(f for f in one.entries if f.title in titles)) for one in some]
        some = [one for one in some if one.entries]
    return replace(kit, chapters=tuple(some))
