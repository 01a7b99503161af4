"""How the reader started the program, so that what a line says to type can be pasted as it stands."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import click

from capitalise.messages import COMMAND

__all__ = ["as_started", "program_as_started"]


#: Commands that name the folder themselves.
_MAKING = ("init", "demo")


def as_started() -> str:
    """`capitalise` where that is what the shell finds, else its path, with the workspace that was named."""
    program = program_as_started()
    context = click.get_current_context(silent=True)
    root = context.find_root() if context else None
    folder = root.params.get("folder") if root and root.invoked_subcommand not in _MAKING else None
    return program if folder in (None, Path()) else f"{program} -C {shlex.quote(str(folder))}"


def program_as_started() -> str:
    started = sys.argv[0]
    path = Path(started)
    if path.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m capitalise"
    found = shutil.which(COMMAND)
    if path.stem != COMMAND or (found and Path(found).resolve() == path.resolve()):
        return COMMAND
    return shlex.quote(started)
