"""`columns`: which heading of a sheet is which field of the form."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from capitalise.bots.fiches.kind import form_of
from capitalise.bots.fiches.rows import OpenColumns, open_columns
from capitalise.cli.fiches.bots import with_sheet
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import asked_number, at_terminal, bot_argument, open_workspace, says_yes, teller
from capitalise.cli.show import Screen
from capitalise.errors import WAITING
from capitalise.messages import N_
from capitalise.workspace.opened import Bot
from capitalise.workspace.planning import task_for
from capitalise.workspace.workspace import Workspace

__all__ = ["columns"]


@click.command(help=_("Say which heading of BOT's sheets is which field; kept in the bot's TOML, under [columns]."))
@bot_argument
@click.option("--yes", is_flag=True, help=_("Accept every proposal."))
@click.pass_obj
def columns(folder: Path, bot: str, yes: bool) -> None:
    from capitalise.starter.columns import accept_columns

    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    unsettled = _unsettled(workspace, with_sheet(workspace.bot(bot)))
    if not unsettled:
        screen.say(N_("Every field has its column, or no heading is left for the others."))
        return
    accepted: dict[str, str] = {}
    for sheet in unsettled:
        screen.line(sheet.sheet, bold=True)
        accepted |= _likely(sheet, yes) if yes or not at_terminal() else _chosen(screen, sheet)
    if not accepted:
        screen.say(N_("Nothing was written. To accept all of them: --yes"))
        sys.exit(WAITING)
    path = workspace.folder / "bots" / f"{bot}.toml"
    accept_columns(path, accepted)
    screen.say(N_("Written into %(file)s, under [columns].", file=path))


def _likely(sheet: OpenColumns, yes: bool) -> dict[str, str]:
    """Nobody to ask: what is alike is shown, and taken with --yes."""
    for label, heading in sheet.likely:
        Screen(LANGUAGE).say(N_("  “%(heading)s” → %(label)s", heading=heading, label=label))
    return {heading: label for label, heading in sheet.likely} if yes else {}


def _chosen(screen: Screen, sheet: OpenColumns) -> dict[str, str]:
    """For each field without a column, the heading that a person chooses."""
    accepted: dict[str, str] = {}
    for label in sheet.missing:
        free = [h for h in sheet.headings if h not in accepted]
        alike = [heading for wanted, heading in sheet.likely if wanted == label and heading in free]
        if alike and says_yes(screen, N_("  “%(heading)s” → %(label)s? [y/N]", heading=alike[0], label=label)):
            accepted[alike[0]] = label
            continue
        for number, heading in enumerate(free, start=1):
            screen.line(f"    {number}  {heading}")
        question = screen.text(N_("  Which column is “%(label)s”? (number; Return: none)", label=label))
        if number := asked_number(screen, question, len(free)):
            accepted[free[number - 1]] = label
        elif alike:
            accepted[alike[0]] = ""  # it is a column of their own: not to be proposed again
    return accepted


def _unsettled(workspace: Workspace, bot: Bot) -> list[OpenColumns]:
    """What each sheet leaves open: fields without a column, and headings for nothing."""
    form = form_of(bot.options, task_for(workspace, bot))
    found = [open_columns(table, form, bot.options.columns) for table in workspace.tables(bot)]
    return [one for one in found if one.missing and one.headings]
