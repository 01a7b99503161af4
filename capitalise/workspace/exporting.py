"""A kit in a format: the bot's pages, what the edition says of them, and the file that is made."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from capitalise.errors import SettingsError
from capitalise.exports.cleaned import clean_html
from capitalise.exports.formats import FORMATS, Wanted
from capitalise.exports.model import Edition, Fiche, Kit, Words, narrowed, numbered
from capitalise.exports.parts import unprintable
from capitalise.exports.pdf import HOW_TO_PRINT, printer_missing
from capitalise.exports.wikitext_html import to_html
from capitalise.messages import N_, Message, render
from capitalise.pages.addresses import machine_of
from capitalise.pages.page_sets import with_nearest
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import sort_key
from capitalise.settings.editions import read_editions
from capitalise.workspace.opened import Opened
from capitalise.workspace.pictures import fetched_picture
from capitalise.workspace.planning import task_for

__all__ = ["Export", "edition_of", "exported", "kit_for"]


_PARTS = {"fold": N_("to-fold"), "draft": N_("draft")}


@dataclass(frozen=True)
class Export:
    """What was made: the file that it is for, its bytes, how many pages of the kit are in it, and what is to be said of it."""

    path: Path
    data: bytes
    pages: int
    notes: tuple[Message, ...] = ()


def edition_of(opened: Opened, name: str = "", bot: str = "") -> Edition:
    """The edition of a name, the only one, or that of a bot. Raises SettingsError where it is not clear which."""
    editions = read_editions(opened.folder, sorted(opened.settings.bots))
    if name:
        if name not in editions:
            why = N_(
                "There is no edition “%(name)s” in exports/. There is: %(there)s.",
                name=name,
                there=", ".join(editions) or "–",
            )
            raise SettingsError(why)
        return _with_bot(opened, editions[name], bot)
    fitting = [one for one in editions.values() if not bot or one.bot in ("", bot)]
    if len(fitting) > 1:
        raise SettingsError(
            N_("There are several editions (%(there)s): say which with --edition.", there=", ".join(editions))
        )
    return _with_bot(opened, fitting[0] if fitting else Edition(bot or _only_bot(opened)), bot)


def _with_bot(opened: Opened, edition: Edition, bot: str) -> Edition:
    return replace(edition, bot=bot or edition.bot or _only_bot(opened))


def _only_bot(opened: Opened) -> str:
    """The bot whose pages can be exported, where there is one. Raises SettingsError."""
    able = [one.name for one in opened.built_in_bots() if one.kind.kit]
    if len(able) != 1:
        there = ", ".join(able) or "–"
        raise SettingsError(
            N_(
                "Say whose pages are exported, with --bot or “bot” in exports/NAME.toml. There is: %(there)s.",
                there=there,
            )
        )
    return able[0]


def kit_for(opened: Opened, edition: Edition) -> Kit:
    """The pages of the edition's bot as the edition says them. Raises SettingsError, WikiError."""
    bot = opened.bot(edition.bot)
    if bot.kind.kit is None:
        raise SettingsError(N_("The pages of the bot “%(bot)s” cannot be exported.", bot=bot.name))
    kit: Kit = bot.kind.kit(bot.options, task_for(opened, bot))
    foreword = clean_html(to_html(edition.foreword, lambda title: "", lambda what: None)) if edition.foreword else ""
    kit = replace(
        kit,
        title=edition.title or bot.name,
        version=edition.version,
        audience=edition.audience,
        publisher=edition.publisher,
        licence=edition.licence,
        foreword=foreword,
    )
    kit = numbered(_with_fields(kit, edition.fields))
    return narrowed(kit, _known_chapters(kit, edition.chapters))


def _known_chapters(kit: Kit, names: Sequence[str]) -> Sequence[str]:
    """Chapters by name, number or title. Raises SettingsError for one that the kit has not."""
    there = {key for one in kit.chapters for key in (one.name.casefold(), one.number, one.title.casefold())} - {""}
    for name in names:
        if name.strip().casefold() not in there:
            known = ", ".join(one.name for one in kit.chapters if one.name)
            raise SettingsError(N_("There is no chapter “%(name)s”. There is: %(there)s.", name=name, there=known))
    return names


def _known_titles(kit: Kit, titles: Sequence[str]) -> list[str]:
    """Titles as the kit spells them. Raises SettingsError for one that it has not, with the nearest."""
    there = {sort_key(one.title): one.title for one in kit}
    for title in titles:
        if sort_key(title) not in there:
            why = N_("“%(title)s” is none of the bot's pages.", title=title)
            raise SettingsError(with_nearest(why, title, there.values()))
    return [there[sort_key(title)] for title in titles]


def _with_fields(kit: Kit, labels: Sequence[str]) -> Kit:
    """The kit with some of its sections, lists and questions only, in this order. Raises SettingsError for one that it has not."""
    if not labels:
        return kit
    there = {
        label
        for one in kit
        for label in (*(words.label for words in one.sections), one.tools_label, one.question.label)
    } - {""}
    for label in labels:
        if label.casefold() not in map(str.casefold, there):
            names = ", ".join(sorted(there))
            raise SettingsError(
                N_("“fields”: there is no field “%(field)s”. There is: %(there)s.", field=label, there=names)
            )
    wanted = [label.casefold() for label in labels]

    def some(fiche: Fiche) -> Fiche:
        known = {one.label.casefold(): one for one in fiche.sections}
        tools = fiche.tools_label.casefold() in wanted
        return replace(
            fiche,
            sections=tuple(known[label] for label in wanted if label in known),
            tools=fiche.tools if tools else (),
            tools_label=fiche.tools_label if tools else "",
            question=fiche.question if fiche.question.label.casefold() in wanted else Words(""),
        )

    return replace(kit, chapters=tuple(replace(one, entries=tuple(map(some, one.entries))) for one in kit.chapters))


def exported(
    opened: Opened,
    edition: Edition,
    format: str,
    path: Path | None = None,
    *,
    whole: Kit | None = None,
    chapters: Sequence[str] = (),
    titles: Sequence[str] = (),
    since: datetime | None = None,
    **more: Any,
) -> Export:
    """One file of an edition; `whole` is its kit, where that was read already, `more` are further fields of Wanted. Raises SettingsError, WikiError."""
    made = FORMATS[format]
    if format == "path" and edition.path and (chapters or titles):
        raise SettingsError(
            N_("The questions of %(file)s are about the whole kit: leave out --step and --page.", file=edition.path)
        )
    whole = kit_for(opened, edition) if whole is None else whole
    kit = narrowed(whole, _known_chapters(whole, chapters), _known_titles(whole, titles))
    if not len(kit):
        raise SettingsError(N_("There is nothing to export: no page of “%(bot)s” is in it.", bot=edition.bot))
    part = [*chapters, *titles, *(name for name in _PARTS if more.get(name) is True)]
    part += [f"{since:%Y-%m-%d}"] if since and format == "booklet" else []
    part += [str(more["paper"])] if more.get("paper", "a3") != "a3" else []
    path = path or _usual(opened, edition, format, kit.language, part)
    notes = _notes(whole, kit, pages=made.pages)
    if path.suffix.lower() not in made.endings:
        raise SettingsError(
            N_("%(file)s: what is saved there is a file %(ending)s.", file=path, ending=made.endings[0])
        )
    if path.suffix.lower() == ".pdf" and (why := printer_missing()):
        path = path.with_suffix(".html")
        notes.append(replace(HOW_TO_PRINT, values={"why": why, "file": path}))
    if made.pictures:
        kit, missing = _with_pictures(opened, edition, kit)
        notes += missing
    revisions = _revisions(opened, edition, kit) if made.pages else ()
    wanted = Wanted(opened.folder, edition, format, path.suffix.lower(), since=since, revisions=revisions, **more)
    module = importlib.import_module(f"capitalise.exports.{made.module}")
    if path.suffix.lower() == ".pdf" and (signs := unprintable(kit)):
        notes.append(
            N_(
                "Look whether these signs are printed, they are not in the font that comes along: %(signs)s",
                signs=signs,
            )
        )
    data = module.make(kit, wanted)
    more_notes = module.notes(kit, wanted) if hasattr(module, "notes") else []
    return Export(path, data, len(kit), (*notes, *more_notes))


def _notes(whole: Kit, kit: Kit, *, pages: bool) -> list[Message]:
    """What is to be said of the pages that are exported; a wiki page is exported as it is."""
    if pages and whole.left_out:
        fields = ", ".join(whole.left_out)
        return [N_("The pages are exported whole, with the fields that “leave_out” names: %(fields)s.", fields=fields)]
    others = {one.title for one in whole} - {one.title for one in kit}
    return [] if pages else [one for one in kit.notes if one.values.get("title") not in others]


def _with_pictures(opened: Opened, edition: Edition, kit: Kit) -> tuple[Kit, list[Message]]:
    """The kit with its pictures fetched, each once; those that cannot be had are left out and named."""
    home = machine_of(opened.wiki(opened.bot(edition.bot).wiki).api)
    missing: list[Message] = []

    def had(fiche: Fiche) -> Fiche:
        found = [fetched_picture(one, opened.settings.agent, home, missing) for one in fiche.pictures]
        return replace(fiche, pictures=tuple(one for one in found if one))

    return replace(
        kit, chapters=tuple(replace(one, entries=tuple(map(had, one.entries))) for one in kit.chapters)
    ), missing


def _revisions(opened: Opened, edition: Edition, kit: Kit) -> list[Revision]:
    """The pages of a kit as they are on the wiki, with the form and the templates that they need."""
    bot = opened.bot(edition.bot)
    task = task_for(opened, bot)
    own = task.reader.revisions([one.revision for one in kit])
    found = [*bot.kind.sources(bot.options, task), *(own[one.revision] for one in kit if one.revision in own)]
    return list({one.id: one for one in found}.values())


def _usual(opened: Opened, edition: Edition, format: str, language: str, part: Sequence[str]) -> Path:
    """A name for each way of making it: a part of the kit does not take the whole one's place."""
    word, endings = FORMATS[format].word, FORMATS[format].endings
    parts = [render(_PARTS[one], language) if one in _PARTS else _slug(one) for one in part]
    name = "-".join(filter(None, (edition.name or edition.bot, render(word, language) if word else "", *parts)))
    return opened.folder / "exports" / f"{name}{endings[0]}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", sort_key(text)).strip("-")[:40]
