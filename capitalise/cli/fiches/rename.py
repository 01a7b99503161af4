"""`forms rename-value`: a value of a closed list under another name, in the form, on the pages and in the sheets."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from capitalise.bots.fiches.kind import settings_of
from capitalise.bots.fiches.rename_value import plan_rename
from capitalise.cli.fiches.bots import with_sheet
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import agreed, as_json, bot_argument, open_workspace, stopper, teller, yes_option
from capitalise.cli.plan_run import finish
from capitalise.cli.show import Screen
from capitalise.workspace.planning import task_for
from capitalise.workspace.running import Watch, refuse_early

__all__ = ["rename_value"]


@click.command(
    "rename-value",
    help=_(
        "Call the value OLD of BOT's field FIELD NEW: in the form, on the property's page, on the pages and in the sheets, in one run. Shows the plan, asks, writes."
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
    task = task_for(workspace, chosen)
    settings = settings_of(chosen.options, task)
    made = plan_rename(settings, task.reader, task.tables(), task.run, task.created, field, old, new)
    screen = Screen(LANGUAGE)
    if not json_:
        screen.plan(made)
    refuse_early(workspace, made)
    if not agreed(screen, yes):
        sys.exit(0)
    screen.expects(len(made.pages))
    report = workspace.apply(made, Watch(screen.outcome, stopper(screen)))
    finish(screen, made, made, report, json_)
