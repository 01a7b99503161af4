"""`columns`: which heading of a sheet is which field of the form."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
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

LONGEST = 30  # characters of a cell that is shown


@click.command(help=_("Say which heading of BOT's sheets is which field; kept in the bot's TOML, under [columns]."))
@bot_argument
@click.option("--yes", is_flag=True, help=_("Accept every proposal."))
@click.pass_obj
def columns(folder: Path, bot: str, yes: bool) -> None:
    from capitalise.starter.columns import accept_columns

    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    found = _open(workspace, with_sheet(workspace.bot(bot)))
    unsettled = [one for one in found if one.missing and one.headings]
    if not unsettled:
        _say_settled(screen, found)
        return
    accepted: dict[str, str] = {}
    for sheet in unsettled:
        screen.line(sheet.sheet, bold=True)
        said = _likely(sheet, yes) if yes or not at_terminal() else _chosen(screen, sheet)
        accepted |= {heading: label for heading, label in said.items() if label or heading not in accepted}
    if not accepted:
        likely = any(sheet.likely for sheet in unsettled) and not yes
        why = N_("Nothing was written. To accept all of them: --yes") if likely else N_("Nothing was written.")
        screen.say(why)
        sys.exit(WAITING)
    path = workspace.folder / "bots" / f"{bot}.toml"
    if not yes:
        _say_accepted(screen, accepted)
        if not says_yes(screen, N_("Write this into %(file)s? [y/N]", file=path.relative_to(workspace.folder))):
            screen.say(N_("Nothing was written."))
            sys.exit(WAITING)
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
        free = {number: h for number, h in enumerate(sheet.headings, start=1) if h not in accepted}
        alike = [heading for wanted, heading in sheet.likely if wanted == label and heading in free.values()]
        if alike and says_yes(screen, N_("  “%(heading)s” → %(label)s? [y/N]", heading=alike[0], label=label)):
            accepted[alike[0]] = label
            continue
        for number, heading in free.items():
            screen.line(f"    {number}  {heading}" + _sample(sheet.samples.get(heading, ())))
        question = screen.text(N_("  Which column is “%(label)s”? (number; Return: none)", label=label))
        if number := asked_number(screen, question, free):
            accepted[free[number]] = label
        elif alike:
            accepted[alike[0]] = ""  # it is a column of their own: not to be proposed again
    return accepted


def _sample(words: Sequence[str]) -> str:
    """The first cells of a column, so that one knows it again."""
    short = [one if len(one) <= LONGEST else one[: LONGEST - 1] + "…" for one in words]
    return f"  ({' | '.join(short)})" if short else ""


def _say_accepted(screen: Screen, accepted: Mapping[str, str]) -> None:
    screen.line()
    for heading, label in accepted.items():
        said = N_("  “%(heading)s” → %(label)s", heading=heading, label=label)
        screen.say(said if label else N_("  “%(heading)s”: a column of your own", heading=heading))


def _say_settled(screen: Screen, found: Sequence[OpenColumns]) -> None:
    """Nothing to ask: all fields have a column, or some have none and no heading is left for them; or there is no sheet yet."""
    if not found:
        screen.say(N_("There is no sheet yet: the bot's first run makes it."))
    for sheet in found:
        if sheet.missing:
            names = ", ".join(sheet.missing)
            why = N_(
                "%(sheet)s: no column for %(fields)s, and no heading that could be it. Add a column of that name, or leave it so.",
                sheet=sheet.sheet,
                fields=names,
            )
            screen.say(why)
        else:
            screen.say(N_("%(sheet)s: every field has its column.", sheet=sheet.sheet))


def _open(workspace: Workspace, bot: Bot) -> list[OpenColumns]:
    """What each sheet leaves open: fields without a column, and headings for nothing."""
    form = form_of(bot.options, task_for(workspace, bot))
    return [open_columns(table, form, bot.options.columns) for table in workspace.tables(bot)]
