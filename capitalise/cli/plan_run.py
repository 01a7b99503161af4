"""`plan`, `run`, `apply`: what would change, and its writing."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from capitalise.bots.kind import Request
from capitalise.cli.decide import ask_decisions, earlier_decisions, keys_of
from capitalise.cli.log import FORMATS, Log
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import (
    Narrow,
    agreed,
    as_json,
    at_terminal,
    bot_argument,
    narrowing,
    open_workspace,
    stopper,
    teller,
    yes_option,
)
from capitalise.cli.outputs import refuse_outputs, write
from capitalise.cli.rules import rule_name
from capitalise.cli.show import Screen, shown_cells
from capitalise.errors import WAITING, CapitaliseError
from capitalise.messages import N_, NP_
from capitalise.plans.model import Plan
from capitalise.plans.serial import plan_to_dict, plan_to_json, read_plan, since_to_dict
from capitalise.review.session import open_journal
from capitalise.runs.apply import RunReport
from capitalise.settings import Unattended
from capitalise.spread import Mapped, here, on_dask, on_processes
from capitalise.workspace.manners import seconds
from capitalise.workspace.opened import Bot
from capitalise.workspace.running import Watch, bot_of, refuse_early, refuse_foreign
from capitalise.workspace.since import since_then
from capitalise.workspace.unattended import refused_early, run_alone
from capitalise.workspace.workspace import Workspace

__all__ = ["apply", "carried_out", "finish", "plan", "run"]

PENDING = 4
TRIAL_PAGES, TRIAL_SECONDS = 30, 60.0
MOST_RENDERED = 50  # one request each


@click.command(help=_("Show what BOT would change on each side. Writes nothing but the files you ask for."))
@bot_argument
@narrowing
@click.option(
    "-o", "output", type=click.Path(path_type=Path, dir_okay=False), help=_("Save the plan in this file, for “apply”.")
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Save the plan as a page to read or print, with what waits for a decision."),
)
@click.option(
    "--csv",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Save what there is to look at as a table for a spreadsheet."),
)
@click.option(
    "--since",
    metavar="FILE",
    help=_("What is new and what is gone since a plan that “-o” saved; “report”: since the report on the wiki."),
)
@click.option("--check", is_flag=True, help=_("Exit with code 4 where something is to be written."))
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help=_("Go through the pages on so many processes, where a bot reads them one by one (large dumps)."),
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help=_("Read the pages on the workers of a Dask scheduler that is there already; their texts are sent there."),
)
@as_json
@click.pass_obj
def plan(
    folder: Path,
    bot: str,
    narrow: Narrow,
    output: Path | None,
    html: Path | None,
    csv: Path | None,
    since: str | None,
    check: bool,
    jobs: int,
    dask: str | None,
    json_: bool,
) -> None:
    workspace = open_workspace(folder, teller(), narrow.sheets)
    refuse_outputs(workspace, {".json": output, ".html": html, ".csv": csv})
    chosen = workspace.bot(bot)
    with _spread(jobs, dask) as workspace.mapped:
        made = workspace.plan(chosen, narrow.request)
    changed = since_then(workspace, chosen, made, since, narrow.request, LANGUAGE) if since else None
    made = workspace.checked(made)
    screen = Screen(LANGUAGE, chosen.kind.rules)
    screen.typed, screen.nothing = _typed(narrow), chosen.kind.nothing
    if output:
        write(workspace, output, plan_to_json(made, LANGUAGE).encode())
    if html:
        from capitalise.exports.plan_page import links_page, plan_page

        if made.grid:
            shown = links_page(made, chosen.kind.rules, LANGUAGE, changed.new if changed else ())
        else:
            shown = plan_page(made, shown_cells(made), workspace.rendered(made, MOST_RENDERED), LANGUAGE)
        write(workspace, html, shown.encode())
    if csv:
        from capitalise.exports.findings_csv import findings_csv

        write(workspace, csv, findings_csv(made.findings, partial(rule_name, rules=chosen.kind.rules), LANGUAGE))
    if json_:
        since_data = since_to_dict(changed, LANGUAGE) if changed else {}
        click.echo(json.dumps({**plan_to_dict(made, LANGUAGE), **since_data}, ensure_ascii=False, indent=1))
    else:
        screen.saved_whole = bool(html)
        screen.plan(made)
        if changed:
            screen.since(changed)
        if html:
            screen.say(N_("To read in a browser: %(file)s", file=html))
        for path in filter(None, (output, csv)):
            screen.say(N_("Saved: %(file)s", file=path))
        if not made.empty:
            screen.say(
                N_("Next:\n  capitalise apply %(file)s", file=output)
                if output
                else N_("Next:\n  capitalise run %(bot)s%(options)s", bot=bot, options=_typed(narrow))
            )
    sys.exit(PENDING if check and not made.empty else _code(made))


@click.command(help=_("Carry out a plan that “plan -o FILE” saved and you have read."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@yes_option
@as_json
@click.pass_obj
def apply(folder: Path, file: Path, yes: bool, json_: bool) -> None:
    saved = read_plan(file.read_bytes(), str(file))
    workspace = open_workspace(folder, teller(), asks=not yes)
    bot = bot_of(workspace, saved)
    screen = Screen(LANGUAGE, bot.kind.rules if bot else {})
    if not json_:
        screen.plan(saved, whole=True)
    refuse_foreign(workspace, saved)
    refuse_early(workspace, saved)
    tell_time(workspace, screen, saved)
    if saved.empty or not agreed(screen, yes):
        sys.exit(_code(saved))
    screen.expects(len(saved.pages))
    report = workspace.apply(saved, Watch(screen.outcome, stopper(screen)))
    finish(screen, saved, saved, report, json_)


@click.command(help=_("Plan and carry out in one go: shows the plan, asks, writes."))
@bot_argument
@narrowing
@yes_option
@click.option("--trial", is_flag=True, help=_("A bot's first days on a wiki: at most 30 pages, one a minute."))
@click.option("--log-format", type=click.Choice(FORMATS), help=_("Print a line for each edit, for a log."))
@as_json
@click.pass_obj
def run(folder: Path, bot: str, narrow: Narrow, yes: bool, trial: bool, log_format: str | None, json_: bool) -> None:
    workspace = open_workspace(folder, teller(), narrow.sheets, asks=not yes)
    screen = Screen(LANGUAGE)
    request = narrow.request
    if trial:
        request = replace(request, limit=min(request.limit or TRIAL_PAGES, TRIAL_PAGES))
        workspace.least_interval = TRIAL_SECONDS
    if workspace.settings.bot(bot).unattended and (yes or not at_terminal()):
        _alone(workspace, bot, request, Log(log_format or ("json" if json_ else "text"), bot), stopper(screen))
    chosen = workspace.bot(bot)
    made, settled = workspace.plan(chosen, request), list[str]()
    screen.rules, screen.typed, screen.nothing = chosen.kind.rules, _typed(narrow), chosen.kind.nothing
    if not json_:
        screen.plan(made)
    if not yes and not json_ and at_terminal():
        refuse_early(workspace, made, decides=True)
        made, settled = _decided(workspace, screen, chosen, request, made)
    if made.empty:
        if json_:
            click.echo(_run_json(made, None))
        sys.exit(_code(made))
    refuse_early(workspace, made)
    tell_time(workspace, screen, made)
    if not agreed(screen, yes):
        sys.exit(0)
    shown = screen.outcome
    if log_format:
        log = Log(log_format, bot)
        log.run, shown = made.run, log.outcome
    screen.expects(len(made.pages))
    left, report = workspace.run(chosen, made, request, Watch(shown, stopper(screen)))
    if settled and not report.error:
        open_journal(workspace.folder).done(settled, made.run)
    finish(screen, made, left, report, json_)


def _alone(workspace: Workspace, name: str, request: Request, log: Log, stopping: Callable[[], bool]) -> NoReturn:
    """The run of a bot that nobody watches; leaves with its code."""
    settings = workspace.settings.bot(name)
    unattended = settings.unattended or Unattended()
    workspace.told = log.waits
    try:
        try:
            chosen = workspace.bot(name)
        except CapitaliseError as error:
            refused_early(workspace, settings, unattended, error, log)
            raise
        code = run_alone(workspace, chosen, unattended, request, log, stopping)
    except CapitaliseError as error:  # the log has it
        if click.get_current_context().find_root().params.get("debug"):
            raise
        code = error.exit_code
    sys.exit(code)


def tell_time(workspace: Workspace, screen: Screen, plan: Plan) -> None:
    """How long a run will take, where that is more than a moment."""
    wait = seconds(workspace, plan)
    if wait >= 60:
        minutes = round(wait / 60)
        screen.say(
            NP_("This takes about %(count)d minute.", "This takes about %(count)d minutes.", minutes),
            error=True,
            dim=True,
        )


def _decided(workspace: Workspace, screen: Screen, bot: Bot, request: Request, made: Plan) -> tuple[Plan, list[str]]:
    """The plan with what a person settles at the terminal, or settled earlier; what comes up by that is asked about too. With the keys of
    what was settled."""
    journal, asked, keys = open_journal(workspace.folder), set[str](), list[str]()
    found = earlier_decisions(screen, made, journal) or ask_decisions(screen, made, asked, journal)
    while found:
        keys += keys_of(made, found)
        settled = {(one.page, one.field) for one in found}
        earlier = [one for one in request.prefers if (one.page, one.field) not in settled]
        request = replace(request, prefers=[*found, *earlier])
        made = workspace.plan(bot, request)
        screen.plan(made)
        found = ask_decisions(screen, made, asked, journal)
    return made, keys


def _typed(narrow: Narrow) -> str:
    return "".join(f" {shlex.quote(word)}" for word in narrow.typed)


def _spread(jobs: int, dask: str | None) -> AbstractContextManager[Mapped]:
    """Where pages are gone through one by one."""
    if dask:
        return on_dask(dask)
    return on_processes(jobs) if jobs > 1 else nullcontext(here)


def _code(plan: Plan) -> int:
    """The exit code for what a plan leaves to people."""
    return WAITING if plan.waits else 0


def _run_json(plan: Plan, report: RunReport | None) -> str:
    data = plan_to_dict(plan, LANGUAGE)
    outcomes = {(o.change.wiki, o.change.title): o for o in report.pages} if report else {}
    for change in data["changes"]:
        if outcome := outcomes.get((change["wiki"], change["title"])):
            change |= {"status": outcome.status.value, "revision": outcome.revision}
    return json.dumps(data, ensure_ascii=False, indent=1)


def carried_out(
    workspace: Workspace, screen: Screen, plan: Plan, *, yes: bool, json_: bool, waits: bool = False
) -> RunReport:
    """What became of a plan that was shown, once somebody said yes. Leaves where there is nothing to write, with the code for what
    waits, and where they said no."""
    if plan.empty:
        if json_:
            click.echo(_run_json(plan, None))
        sys.exit(WAITING if waits else _code(plan))
    refuse_early(workspace, plan)
    if not agreed(screen, yes):
        sys.exit(0)
    screen.expects(len(plan.pages))
    return workspace.apply(plan, Watch(screen.outcome, stopper(screen)))


def finish(screen: Screen, made: Plan, left: Plan, report: RunReport, json_: bool) -> None:
    """Say what was done, and leave with the exit code for what is left."""
    if json_:
        click.echo(_run_json(made, report))
    else:
        screen.report(made.run, report)
        if waiting := len(left.conflicts) + len(left.findings):
            said = NP_(
                "%(count)d thing still waits for somebody (above).",
                "%(count)d things still wait for somebody (above).",
                waiting,
            )
            screen.say(said, fg="yellow")
    if report.error:
        raise report.error
    sys.exit(WAITING if report.waits or made.waits or left.waits else 0)
