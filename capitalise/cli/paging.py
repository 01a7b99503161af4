"""Long texts on a terminal, a screen at a time."""

from __future__ import annotations

import os
import re
import shutil
import sys

import click

__all__ = ["show"]


def show(text: str, keys: str, end: str) -> None:
    """A text with colours: through the person's pager where there is a person and it is longer than the screen. `keys` and `end` say which
    keys go on, for people who never met `less` (its manual, PROMPTS: `?e` asks whether the end is shown; what it would read otherwise stands
    behind a backslash)."""
    long = text.count("\n") >= shutil.get_terminal_size().lines
    if not (long and sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(text, nl=False)
        return
    own = os.environ.get("LESS", "")
    os.environ["LESS"] = f"{own} -RXK -P?e{_plain(end)}:{_plain(keys)}.".strip()
    click.echo_via_pager(text)


def _plain(prompt: str) -> str:
    """less 590 shows ^@ before a no-break space."""
    return re.sub(r"[?:.%\\$]", r"\\\g<0>", prompt.replace("\N{NO-BREAK SPACE}", " "))
