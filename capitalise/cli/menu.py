"""`capitalise` alone, at a terminal: what do you want to do?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from capitalise.cli.options import asked_number
from capitalise.cli.show import Screen
from capitalise.errors import SettingsError
from capitalise.messages import N_, Message
from capitalise.workspace.workspace import Workspace

__all__ = ["ask"]

Choice = tuple[Message, list[str]]


def ask(folder: Path, language: str) -> Sequence[str]:
    """The command that a person chose, as they could have typed it; empty for none."""
    screen = Screen(language)
    try:
        opened = Workspace.open(folder)
    except SettingsError as error:
        if (folder / "capitalise.toml").exists():
            raise
        screen.say(error.message)
        return _chosen(screen, [(N_("try it with a sample kit, in the folder “kit”"), ["init", "kit", "--sample"])])
    bots = [opened.of(one) for one in opened.settings.bots.values() if opened.knows(one.kind)]
    bot = _bot(screen, [one.name for one in bots if one.sheets.names])
    work: list[Choice] = [
        (N_("see what is filled and what is missing, step by step"), ["status", bot]),
        (N_("see what would change (nothing is written)"), ["plan", bot]),
        (N_("prepare a page to print, for a meeting (a-decider.html)"), ["plan", bot, "--html", "a-decider.html"]),
        (N_("write: show, ask, then write"), ["run", bot]),
        (N_("see what was written"), ["history"]),
        (N_("take the last run back: show, ask, then write"), ["undo"]),
    ]
    check = (N_("check the settings, the wikis and the sheets"), ["doctor"])
    more: list[Choice] = [
        (replace(one.kind.menu, values={"bot": one.name}), ["plan", one.name]) for one in bots if one.kind.menu
    ]
    return _chosen(screen, [*(work if bot else ()), *more, check])


def _bot(screen: Screen, names: Sequence[str]) -> str:
    names = sorted(names)
    if len(names) < 2:
        return names[0] if names else ""
    for number, name in enumerate(names, start=1):
        screen.line(f"  {number}  {name}")
    return names[click.prompt(screen.text(N_("Which bot?")), prompt_suffix=" ", type=click.IntRange(1, len(names))) - 1]


def _chosen(screen: Screen, choices: Sequence[Choice]) -> Sequence[str]:
    screen.say(N_("What do you want to do?"), bold=True)
    for number, (text, _command) in enumerate(choices, start=1):
        screen.line(f"  {number}  {screen.text(text)}")
    screen.line("  ⏎  " + screen.text(N_("nothing: leave")))
    number = asked_number(screen, ">", range(1, len(choices) + 1))
    if not number:
        return []
    command = choices[number - 1][1]
    screen.line("$ capitalise " + " ".join(command), dim=True)
    return command
