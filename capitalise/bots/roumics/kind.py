"""The kind `roumics`: the reports of a yearly event, made from a folder for each edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capitalise.bots.kind import Kind, Task
from capitalise.bots.roumics.settings import Roumics, read_roumics
from capitalise.errors import SettingsError, SheetError
from capitalise.messages import N_, Message
from capitalise.pages.addresses import Site
from capitalise.plans.model import PageChange, Plan

if TYPE_CHECKING:
    from capitalise.bots.roumics.edition import Edition, RoumicsSettings

__all__ = ["KIND", "filler", "no_edition", "read_editions", "settings_of"]


def plan(roumics: Roumics, task: Task) -> Plan:
    from capitalise.bots.roumics.folder import read_published, read_taken
    from capitalise.bots.roumics.planner import plan_roumics
    from capitalise.sheets.pandoc import tree_to_wikitext

    folder = task.folder / roumics.folder
    editions, broken = _sound_editions(folder)
    words = [one for one in read_taken(folder) if not _is_of(one.layers[-1].name, broken)]
    made = plan_roumics(
        settings_of(roumics, task),
        task.reader_of,
        editions,
        words,
        task.run,
        task.created,
        task.request.pages,
        filler(task),
        tree_to_wikitext,
        broken=broken,
        published=read_published(folder),
    )
    nothing = not (made.seen or made.findings or folder.is_dir())
    return replace(made, notes=(*made.notes, no_edition(folder))) if nothing else made


def no_edition(folder: Path) -> Message:
    return N_("There is no edition in %(folder)s yet; to begin one: capitalise roumics new 2027", folder=folder)


def filler(task: Task) -> Callable[[str, Mapping[str, Any]], str]:
    """The templates of the reports, each read once."""
    from capitalise.exports.templates import wikitext_filler

    return wikitext_filler(task.folder, task.language)


def settings_of(roumics: Roumics, task: Task) -> RoumicsSettings:
    """What the planner needs to know; the other wikis' pages are where MediaWiki usually puts them."""
    from capitalise.bots.roumics.edition import RoumicsSettings

    servers = {
        key: address.partition("/w/api.php")[0].removesuffix("/api.php")
        for key, address in task.addresses.items()
        if address.endswith("api.php")
    }
    return RoumicsSettings(
        task.bot,
        task.wiki,
        roumics.index_page,
        roumics.annex_wiki,
        roumics.sections,
        roumics.templates,
        {key: Site(key, server) for key, server in servers.items()},
        task.writable,
        task.language,
    )


def _sound_editions(folder: Path) -> tuple[list[Edition], dict[str, Message]]:
    """The editions that can be read, and by key what is wrong with the others: each stops only itself."""
    from capitalise.bots.roumics.folder import edition_keys

    found: list[Edition] = []
    broken: dict[str, Message] = {}
    for key in edition_keys(folder):
        try:
            found += read_editions(folder, [key])
        except (SettingsError, SheetError) as error:
            broken[key] = error.message
    return sorted(found, key=_by_day), broken


def _is_of(file: str, keys: Iterable[str]) -> bool:
    return file.partition("/")[0] in keys


def _by_day(edition: Edition) -> tuple[object, str]:
    return edition.event.first, edition.event.key


def read_editions(folder: Path, keys: Sequence[str] = ()) -> list[Edition]:
    """All editions of a folder, or those of some `keys`, in the order of their days. Raises SettingsError, SheetError."""
    from capitalise.bots.roumics.folder import edition_keys, read_edition
    from capitalise.sheets.pandoc import read_notes

    there = edition_keys(folder)
    for key in keys:
        if key not in there:
            raise SettingsError(
                N_(
                    "There is no edition “%(key)s” in %(folder)s. There is: %(there)s. A new one: capitalise roumics new %(key)s",
                    key=key,
                    folder=folder,
                    there=", ".join(there) or "–",
                )
            )
    editions = [read_edition(folder / key, read_notes) for key in (keys or there)]
    return sorted(editions, key=_by_day)


def after(roumics: Roumics, folder: Path, bot: str, saved: Sequence[PageChange]) -> None:
    """Remember what was published from this folder."""
    from capitalise.bots.roumics.folder import write_published

    write_published(folder / roumics.folder, bot, saved)


KIND = Kind(
    Roumics,
    plan,
    read_roumics,
    reads=lambda roumics: [roumics.folder],
    after=after,
    menu=N_("see which pages of the event reports would be written (%(bot)s; nothing is written)", bot=""),
)
