"""The rows of a table as a kit that can be exported: a row is a page of it, a column a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from capitalise.bots.kind import Task
from capitalise.bots.table.planner import read_page
from capitalise.bots.table.settings import TableSettings
from capitalise.bots.table.wiki_side import Side
from capitalise.errors import SettingsError
from capitalise.exports.cleaned import clean_html, text_of
from capitalise.exports.model import Chapter, Fiche, Kit, Roles, Words
from capitalise.exports.wikitext_html import to_html
from capitalise.messages import N_, THE_TOML, Message
from capitalise.pages.addresses import address_of, site_of
from capitalise.pages.revisions import BY_HAND, Revision
from capitalise.pages.titles import sort_key
from capitalise.plans.run_ids import run_of

__all__ = ["kit_of"]

NOTHING = Words("")


def kit_of(settings: TableSettings, task: Task) -> Kit:
    """Raises SettingsError for a page without such a table, or a role that no column has."""
    revision, side = read_page(settings, task)
    work = _Work(task, revision, side, settings.export)
    rows = [dict(zip(side.labels, cells, strict=True)) for cells in side.values.values()]
    found = [work.fiche(cells) for cells in rows]
    return Kit(
        "",
        task.language,
        tuple(_chapters(found)),
        address=work.address(revision.title),
        taken=revision.timestamp,
        fields=tuple((label, label, "text") for label in work.printed),
        people=tuple(sorted({name for name, _at in work.edits}, key=sort_key)),
        left_out=tuple(label for label in side.labels if label not in work.printed),
        notes=(*work.notes, *_unread(revision.title, side)),
    )


def _chapters(found: Sequence[Fiche]) -> list[Chapter]:
    names = sorted({one.chapters for one in found}, key=lambda some: (not some, sort_key("".join(some))))
    return [Chapter("".join(some), tuple(one for one in found if one.chapters == some)) for some in names]


def _unread(title: str, side: Side) -> list[Message]:
    """The rows that are no page of the kit."""
    why = N_("it has joined cells, a table inside, or stands in the table twice")
    return [
        N_("“%(title)s” is left out: %(why)s", title=f"{title}, {row}", why=why) for row in (*side.spanned, *side.twice)
    ]


@dataclass
class _Work:
    """A table on its way into a kit."""

    task: Task
    revision: Revision
    side: Side
    roles: Roles
    notes: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site, roles = site_of(self.task.reader), self.roles
        self.title = self.side.labels[self.side.column]
        self.chapter, self.question, self.themes, self.shape = map(
            self.column, (roles.chapter, roles.question, roles.themes, roles.shape)
        )
        left_out = set(map(self.column, roles.leave_out))
        self.printed = [label for label in self.side.labels if label not in left_out]
        used = {self.title, self.chapter, self.question, self.themes, self.shape}
        left = [label for label in self.printed if label not in used]
        self.body = [label for label in map(self.column, roles.body) if label] or left[:1]
        self.sections = [label for label in left if label not in self.body]
        self.edits = self.people()

    def column(self, name: str) -> str:
        """The column of a heading, "" for "". Raises SettingsError where there is none."""
        found = next((label for label in self.side.labels if name and label.casefold() == name.casefold()), "")
        if name and not found:
            there = ", ".join(self.side.labels)
            why = N_(
                "[export] in %(toml)s: there is no field “%(field)s”. There is: %(there)s.",
                field=name,
                there=there,
                toml=THE_TOML,
            )
            raise SettingsError(why)
        return found

    def people(self) -> tuple[tuple[str, datetime], ...]:
        """Who wrote on the page and when, bots left out."""
        history = [one for one in self.task.reader.history(self.revision.title, 1) if not run_of(one.comment)]
        people = {one.user for one in history} - {BY_HAND}
        people -= self.task.reader.bots(people) if people else frozenset()
        return tuple((one.user, one.timestamp) for one in history if one.user in people)

    def address(self, title: str) -> str:
        return address_of(self.site, title) if self.task.reader.address() else ""

    def missing(self, what: str) -> None:
        why = N_("“%(title)s”: %(what)s is not shown as the wiki shows it", title=self.revision.title, what=what)
        if why not in self.notes:
            self.notes.append(why)

    def words(self, label: str, cell: str) -> Words:
        html = clean_html(to_html(cell, self.address, self.missing)) if cell.strip() else ""
        return Words(label, html, text_of(html))

    def fiche(self, cells: Mapping[str, str]) -> Fiche:
        words = {"": NOTHING, **{label: self.words(label, cell) for label, cell in cells.items()}}
        themes = words[self.themes].text.split(",")
        return Fiche(
            words[self.title].text,
            tuple(filter(None, [words[self.chapter].text])),
            tuple(words[label] for label in self.body),
            words[self.question],
            sections=tuple(words[label] for label in self.sections),
            themes=tuple(one.strip() for one in themes if one.strip()),
            shape=words[self.shape].text,
            values=tuple((label, words[label].text) for label in self.printed),
            page=self.address(self.revision.title),
            revision=self.revision.id,
            changed=self.revision.timestamp,
            edits=self.edits,
        )
