"""The rows of a table as a kit that can be exported: a row is a page of it, a column a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from capitalise.bots.kind import Task
from capitalise.bots.table.planner import read_page
from capitalise.bots.table.settings import TableSettings
from capitalise.bots.table.wiki_side import Side
from capitalise.errors import SettingsError
from capitalise.exports.cleaned import clean_html, text_of
from capitalise.exports.model import Chapter, Fiche, Kit, Words
from capitalise.exports.wikitext_html import to_html
from capitalise.messages import N_, Message
from capitalise.pages.addresses import address_of, site_of
from capitalise.pages.revisions import BY_HAND
from capitalise.pages.titles import sort_key
from capitalise.plans.run_ids import run_of

__all__ = ["kit_of"]


def kit_of(settings: TableSettings, task: Task) -> Kit:
    """Raises SettingsError for a page without such a table, or a role that no column has."""
    revision, side = read_page(settings, task)
    known = partial(_column, side)
    roles = settings.export
    chapter, question = known(roles.chapter), known(roles.question)
    bodies = [name for name in map(known, roles.body) if name]
    used = {
        side.labels[side.column],
        chapter,
        question,
        *map(known, (roles.themes, roles.shape)),
        *map(known, roles.leave_out),
    }
    left = [label for label in side.labels if label not in used]
    bodies = bodies or left[:1]
    notes: list[Message] = []
    shown = _shower(task, revision.title, notes)
    history = [one for one in task.reader.history(revision.title, 1) if not run_of(one.comment)]
    people = {one.user for one in history} - task.reader.bots({one.user for one in history}) - {BY_HAND}
    edits = tuple((one.user, one.timestamp) for one in history if one.user in people)
    site = site_of(task.reader)
    page = address_of(site, revision.title) if task.reader.address() else ""

    def fiche(cells: Mapping[str, str]) -> Fiche:
        words = {label: shown(label, cell) for label, cell in cells.items()}
        return Fiche(
            words[side.labels[side.column]].text,
            (words[chapter].text,) if chapter and words[chapter].text else (),
            tuple(words[label] for label in bodies),
            words[question] if question else Words(""),
            sections=tuple(words[label] for label in left if label not in bodies),
            themes=tuple(one.strip() for one in words[known(roles.themes)].text.split(",")) if roles.themes else (),
            shape=words[known(roles.shape)].text if roles.shape else "",
            values=tuple((label, one.text) for label, one in words.items()),
            page=page,
            revision=revision.id,
            changed=revision.timestamp,
            edits=edits,
        )

    rows = [dict(zip(side.labels, cells, strict=True)) for cells in side.values.values()]
    found = [fiche(cells) for cells in rows]
    names = sorted({name for one in found for name in one.chapters}, key=sort_key)
    chapters = [Chapter(name, tuple(one for one in found if one.chapters == (name,))) for name in names]
    homeless = tuple(one for one in found if not one.chapters)
    return Kit(
        "",
        task.language,
        (*chapters, *([Chapter("", homeless)] if homeless else [])),
        address=page,
        taken=revision.timestamp,
        fields=tuple((label, label, "text") for label in side.labels),
        people=tuple(sorted(people, key=sort_key)),
        notes=tuple(notes),
    )


def _column(side: Side, name: str) -> str:
    """The column of a heading, "" for "". Raises SettingsError where there is none."""
    found = next((label for label in side.labels if name and label.casefold() == name.casefold()), "")
    if name and not found:
        raise SettingsError(
            N_("There is no field “%(field)s”. There is: %(there)s.", field=name, there=", ".join(side.labels))
        )
    return found


def _shower(task: Task, title: str, notes: list[Message]) -> Callable[[str, str], Words]:
    """Turns a cell into words; what is not rendered is said once."""
    site, seen = site_of(task.reader), set[str]()

    def address(target: str) -> str:
        return address_of(site, target) if task.reader.address() else ""

    def missing(what: str) -> None:
        if what not in seen:
            notes.append(N_("“%(title)s”: %(what)s is not shown as the wiki shows it", title=title, what=what))
        seen.add(what)

    def show(label: str, cell: str) -> Words:
        html = clean_html(to_html(cell, address, missing)) if cell.strip() else ""
        return Words(label, html, text_of(html))

    return show
