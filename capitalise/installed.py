"""What to type where a package is missing, for the way in which capitalise is installed here."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from capitalise.messages import N_, Message

__all__ = ["missing"]


def missing(what: Message, packages: str) -> Message:
    """`what` needs some `packages` (a name, or an extra: `capitalise[print]`), and how they come: into pipx's own environment, else into
    that of the Python that runs."""
    inside_pipx = "pipx" in Path(sys.prefix).parts
    install = "pipx inject capitalise" if inside_pipx else f"{shlex.quote(sys.executable)} -m pip install"
    return N_("%(what)s needs one more package: %(command)s", what=what, command=f"{install} {shlex.quote(packages)}")
