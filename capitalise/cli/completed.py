"""What the shell completes, and what a missing argument lists: read from the files of the workspace, nothing is asked of a wiki and no code runs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from capitalise.cli.main import _
from capitalise.errors import SettingsError
from capitalise.settings import bot_files, find_workspace

__all__ = ["bot_names", "edition_files", "listed", "table_of", "wiki_argument", "wiki_keys", "workspace_folder"]


def workspace_folder(context: click.Context) -> Path | None:
    """The workspace that a command is typed for, if there is one."""
    with suppress(SettingsError):
        return find_workspace(Path(context.find_root().params.get("folder") or Path()).absolute())
    return None


def table_of(path: Path) -> dict[str, Any]:
    """A TOML as it stands; nothing for one that cannot be read."""
    with suppress(OSError, ValueError, RecursionError):
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    return {}


def bot_names(context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
    """The bots of the workspace."""
    folder = workspace_folder(context)
    return _beginning((path.stem for path in bot_files(folder)) if folder else (), start)


def wiki_keys(context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
    """The wikis of the workspace, by their keys."""
    folder = workspace_folder(context)
    wikis = table_of(folder / "capitalise.toml").get("wikis") if folder else None
    return _beginning(wikis if isinstance(wikis, dict) else (), start)


def edition_files(context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
    """The editions of exports."""
    folder = workspace_folder(context)
    return _beginning((path.stem for path in (folder / "exports").glob("*.toml")) if folder else (), start)


def _beginning(names: Iterable[str], start: str) -> list[str]:
    return sorted(name for name in names if name.startswith(start))


Names = Callable[[click.Context, click.Parameter, str], list[str]]


def listed(names: Names, question: Callable[[str], str]) -> Callable[..., str | None]:
    """For an argument that somebody left out: a question that names what there is."""

    def named(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        if value is None and not context.resilient_parsing:
            raise click.UsageError(question(", ".join(names(context, parameter, "")) or "–"), context)
        return value

    return named


def wiki_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """WIKI, by its key in capitalise.toml."""
    asks = listed(wiki_keys, lambda there: _("Which wiki? There is: %(there)s.") % {"there": there})
    return click.argument("wiki", metavar="WIKI", required=False, shell_complete=wiki_keys, callback=asks)(command)
