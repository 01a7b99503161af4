"""`forms rename-value` and `forms values`: the values of a closed list under other names, in the form, on the pages and in the sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.kind import form_of, settings_of
from capitalise.bots.fiches.listed_values import Match, listed_values, match_values
from capitalise.bots.fiches.rename_value import field_named, plan_rename, rename_of
from capitalise.cli.fiches.bots import with_sheet
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import (
    as_json,
    asked_number,
    at_terminal,
    bot_argument,
    open_workspace,
    says_yes,
    teller,
    yes_option,
)
from capitalise.cli.plan_run import carried_out, finish
from capitalise.cli.show import Screen
from capitalise.errors import SettingsError, SheetError
from capitalise.forms.rules.choices import nearest
from capitalise.messages import N_
from capitalise.sheets.file import SheetFile
from capitalise.sheets.table import Table
from capitalise.workspace.opened import Bot
from capitalise.workspace.planning import task_for
from capitalise.workspace.workspace import Workspace

__all__ = ["rename_value", "values"]


@click.command(
    "rename-value",
    help=_(
        "Call the value OLD of BOT's field FIELD NEW: in the form, on the property's page, on the pages and in the sheets, in one run. "
        "Shows the plan, asks, writes."
    ),
)
@bot_argument
@click.argument("field")
@click.argument("old")
@click.argument("new")
@yes_option
@as_json
@click.pass_obj
def rename_value(folder: Path, bot: str, field: str, old: str, new: str, yes: bool, json_: bool) -> None:
    workspace = open_workspace(folder, teller(), asks=not yes)
    chosen = with_sheet(workspace.bot(bot))
    _rename(workspace, chosen, field, {old: new}, (), yes, json_)


@click.command(
    "values",
    help=_(
        "Bring the values of BOT's field FIELD to the list in FILE, a sheet of their own: its order, and under “avant” what they were called. "
        "Asks once which is which, shows the plan, asks, writes."
    ),
)
@bot_argument
@click.argument("field")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--tab", default="", metavar=_("NAME"), help=_("The tab of the sheet that holds the list."))
@yes_option
@as_json
@click.pass_obj
def values(folder: Path, bot: str, field: str, file: Path, tab: str, yes: bool, json_: bool) -> None:
    workspace = open_workspace(folder, teller(), asks=not yes)
    chosen = with_sheet(workspace.bot(bot))
    wanted = field_named(form_of(chosen.options, task_for(workspace, chosen)), field)
    table = _read(file, tab)
    screen = Screen(LANGUAGE)
    match = match_values(wanted.values, listed_values(table, wanted))
    _refuse_mistyped(match, wanted.values)
    names = {**match.names, **_settled(screen, match, yes=yes)}
    if match.values == wanted.values and not names:
        screen.say(N_("The form offers these values already, in this order."))
        return
    _rename(workspace, chosen, field, names, match.values, yes, json_)


def _refuse_mistyped(match: Match, values: Sequence[str]) -> None:
    """Raises SettingsError for a name of before that is nearly one of the form's, which the list has no more."""
    open_ = [*match.likely, *match.gone]
    for name in match.strange:
        if near := nearest(name, open_, 1):
            why = N_(
                "“%(name)s” in the column “avant” is none of the form's values; did you mean “%(near)s”?",
                name=name,
                near=near[0],
            )
            raise SettingsError(why)


def _read(file: Path, tab: str) -> Table:
    """Raises SheetError, with the option that says which tab."""
    try:
        table = SheetFile(file, str(file), tab).read()
    except SheetError as error:
        why = N_("%(why)s (Here: --tab and the tab's name.)", why=error.message)
        raise SheetError(why) from error
    if table is None:
        raise SheetError(N_("There is no sheet %(file)s.", file=file))
    return table


def _settled(screen: Screen, match: Match, *, yes: bool) -> dict[str, str]:
    """What people say of values that are gone: asked once each. Raises SettingsError where nobody is there to say it."""
    open_ = [*match.likely, *match.gone, *match.split]
    if open_ and (yes or not at_terminal()):
        why = N_(
            "Which value is which? %(open)s stand in the list no more: say in a column “avant” what each value was called.",
            open=", ".join(f"“{one}”" for one in open_),
        )
        raise SettingsError(why)
    found = {old: new for old, new in match.likely.items() if _is_called(screen, old, new)}
    for old in [one for one in open_ if one not in found]:
        if chosen := _chosen(screen, old, match.split.get(old, match.values)):
            found[old] = chosen
    return found


def _is_called(screen: Screen, old: str, new: str) -> bool:
    return says_yes(screen, N_("  Is “%(old)s” called “%(new)s” from now on? [y/N]", old=old, new=new))


def _chosen(screen: Screen, old: str, values: Sequence[str]) -> str:
    """The value that takes another one's pages; "" for none: its pages keep it, and the plan says so."""
    for number, value in enumerate(values, 1):
        screen.line(f"    {number}  {value}")
    question = screen.text(N_("  Which value do the pages of “%(old)s” get? (number; Return: none)", old=old))
    number = asked_number(screen, question, range(1, len(values) + 1))
    return values[number - 1] if number else ""


def _rename(
    workspace: Workspace, bot: Bot, label: str, names: Mapping[str, str], values: Sequence[str], yes: bool, json_: bool
) -> None:
    task = task_for(workspace, bot)
    form: FicheForm = form_of(bot.options, task)
    rename = rename_of(form, label, names, values)
    made = plan_rename(settings_of(bot.options, task), task.reader, task.tables(), task.run, task.created, rename, form)
    screen = Screen(LANGUAGE)
    if not json_:
        screen.plan(made)
    finish(screen, made, made, carried_out(workspace, screen, made, yes=yes, json_=json_), json_)
