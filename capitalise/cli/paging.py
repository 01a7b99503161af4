"""Long texts on a terminal, a screen at a time."""

from __future__ import annotations

import os
import re
import shutil
import sys

import click

__all__ = ["show"]


def show(text: str, keys: str) -> None:
    """A text with colours: through the person's pager where there is a person and it is longer than the screen. `keys` says which keys go
    on, for people who never met `less` (its manual, PROMPTS: these characters stand for themselves behind a backslash)."""
    long = text.count("\n") >= shutil.get_terminal_size().lines
    if not (long and sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(text, nl=False)
        return
    prompt = re.sub(
        r"[?:.%\\$]", r"\\\g<0>", keys.replace("\N{NO-BREAK SPACE}", " ")
    )  # less 590 shows ^@ before that one
    os.environ.setdefault("LESS", f"-RX -P{prompt}")
    click.echo_via_pager(text)
