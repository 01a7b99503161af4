"""EDITION: the folders of the bots of this kind, for the shell, and for whoever left it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from capitalise.cli.completed import listed, table_of, workspace_folder
from capitalise.cli.main import _
from capitalise.settings import bot_files

__all__ = ["edition_argument", "edition_names"]


def edition_names(context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
    """The folders in which an event.toml stands."""
    folder = workspace_folder(context)
    tables = [table_of(path) for path in bot_files(folder)] if folder else []
    places = [folder / str(one.get("folder", "roumics")) for one in tables if folder and one.get("kind") == "roumics"]
    found = {path.parent.name for place in places for path in place.glob("*/event.toml")}
    return sorted(name for name in found if name.startswith(start))


def edition_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """EDITION, by the name of its folder."""
    asks = listed(edition_names, lambda there: _("Which edition? There is: %(there)s.") % {"there": there})
    return click.argument("edition", required=False, shell_complete=edition_names, callback=asks)(command)
