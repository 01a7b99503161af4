"""Files that a command line names to be written: never one that the workspace reads, never somebody's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from capitalise.errors import SettingsError
from capitalise.exports.written import refuse_to_replace, write_output
from capitalise.messages import N_, Message
from capitalise.sheets.file import ENDINGS
from capitalise.sheets.names import is_address
from capitalise.workspace.opened import Bot
from capitalise.workspace.workspace import Workspace

__all__ = ["refuse_outputs", "write"]


def refuse_outputs(workspace: Workspace, paths: Mapping[str, Path | None]) -> None:
    """Raises SettingsError, before anything is done, for a file that may not be written, that is named twice, or that is
    called what it is not; `paths` are by the ending that such a file has."""
    given = [path for path in paths.values() if path]
    for ending, path in paths.items():
        if path and path.suffix.lower() in (*ENDINGS, ".html", ".json") and path.suffix.lower() != ending:
            raise SettingsError(N_("%(file)s: what is saved there is a file %(ending)s.", file=path, ending=ending))
        if path and path.name.endswith("~"):
            raise SettingsError(N_("%(file)s is the name of a copy: choose another name.", file=path))
        if path and not path.parent.is_dir():
            raise SettingsError(N_("There is no folder %(dir)s: make it first.", dir=path.parent))
    if len({path.resolve() for path in given}) < len(given):
        raise SettingsError(N_("%(file)s is named for two things: choose two names.", file=given[-1]))
    for path in given:
        if used := next(_uses(workspace, path.resolve()), None):
            raise SettingsError(
                N_("%(file)s would be written over %(used)s: choose another name.", file=path, used=used)
            )
        refuse_to_replace(workspace.folder, path)


def write(workspace: Workspace, path: Path, data: bytes) -> None:
    """Write one of them. Raises SettingsError."""
    write_output(workspace.folder, path, data)


def _uses(workspace: Workspace, path: Path) -> Iterator[Message]:
    """What the workspace reads a file as."""
    folder = workspace.folder.resolve()
    if any(path.is_relative_to(folder / name) for name in ("capitalise.toml", "bots", "templates")):
        yield N_("a file of the settings")
    for wiki in workspace.settings.wikis.values():
        place = wiki.folder or wiki.dump
        if place and path.is_relative_to((folder / place).resolve()):
            yield N_("a file of the wiki “%(key)s”", key=wiki.key)
    for bot in workspace.built_in_bots():
        yield from _uses_of(bot, folder, workspace.more_sheets, path)


def _uses_of(bot: Bot, folder: Path, sheets: tuple[str, ...], path: Path) -> Iterator[Message]:
    read = bot.kind.reads(bot.options)
    if any(_stands_for(folder, name, path) for name in (*bot.sheets.names, *sheets, *read)):
        yield N_("a file that the bot “%(bot)s” reads", bot=bot.name)
    if any((folder / name).is_dir() and path.is_relative_to((folder / name).resolve()) for name in read):
        yield N_("the folder that the bot “%(bot)s” reads", bot=bot.name)


def _stands_for(folder: Path, name: str, path: Path) -> bool:
    """Whether a name or pattern of the settings stands for a file, be it there or not."""
    if is_address(name):
        return False
    inside = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""
    return path == (folder / name).resolve() or bool(inside and fnmatchcase(inside.casefold(), name.casefold()))
