"""`plan`, `run`, `apply`: what would change, and its writing."""

from __future__ import annotations

import functools
import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import click

from capitalise.cli.alone import run_alone
from capitalise.cli.decide import ask_decisions
from capitalise.cli.log import FORMATS, Log
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import (
    WAITING,
    Narrow,
    agreed,
    as_json,
    at_terminal,
    bot_argument,
    narrowing,
    stopper,
    teller,
    waiting_code,
    yes_option,
)
from capitalise.cli.outputs import refuse_outputs, write
from capitalise.cli.rules import rule_name
from capitalise.cli.session import Session, open_session
from capitalise.cli.show import Screen, shown_cells
from capitalise.cli.since import since_then
from capitalise.crosslinks.names import RULES
from capitalise.errors import CapitaliseError, SettingsError
from capitalise.messages import N_, NP_
from capitalise.plans.model import Plan
from capitalise.plans.serial import plan_from_json, plan_to_dict, plan_to_json, since_to_dict
from capitalise.runs.apply import RunReport
from capitalise.workspace import BotSettings

__all__ = ["apply", "finish", "plan", "run"]

PENDING = 4
TRIAL_PAGES, TRIAL_SECONDS = 30, 60.0


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
    json_: bool,
) -> None:
    session = open_session(folder, teller(), narrow.sheets)
    refuse_outputs(session, {".json": output, ".html": html, ".csv": csv})
    made = made_plan(session, bot, narrow)
    changed = since_then(session, session.workspace.bot(bot), made, since) if since else None
    made = replace(made, findings=(*session.unwritable(made), *made.findings))
    screen = Screen(LANGUAGE)
    if output:
        write(session, output, plan_to_json(made, LANGUAGE).encode())
    if html:
        from capitalise.exports.plan_page import links_page, plan_page

        new = changed.new if changed else ()
        about_links = session.workspace.bot(bot).crosslinks is not None
        if about_links:
            shown = links_page(made, RULES, LANGUAGE, new)
        else:
            shown = plan_page(made, shown_cells(made), session.rendered(made), LANGUAGE)
        write(session, html, shown.encode())
    if csv:
        from capitalise.exports.findings_csv import findings_csv

        write(session, csv, findings_csv(made.findings, rule_name, LANGUAGE))
    if json_:
        since_data = since_to_dict(changed, LANGUAGE) if changed else {}
        click.echo(json.dumps({**plan_to_dict(made, LANGUAGE), **since_data}, ensure_ascii=False, indent=1))
    else:
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
    sys.exit(PENDING if check and not made.empty else waiting_code(made))


@click.command(help=_("Carry out a plan that “plan -o FILE” saved and you have read."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@yes_option
@as_json
@click.pass_obj
def apply(folder: Path, file: Path, yes: bool, json_: bool) -> None:
    try:
        saved = plan_from_json(file.read_text("utf-8"), str(file))
    except UnicodeDecodeError as error:
        raise SettingsError(
            N_("%(file)s cannot be read: %(why)s", file=file, why=N_("it is not UTF-8 text"))
        ) from error
    session = open_session(folder, teller())
    screen = Screen(LANGUAGE)
    if not json_:
        screen.plan(saved, whole=True)
    session.refuse_foreign(saved)
    session.refuse_early(saved)
    tell_time(session, screen, saved)
    if saved.empty or not agreed(screen, yes):
        sys.exit(waiting_code(saved))
    report = session.apply(saved, screen.outcome, stopper(screen))
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
    session = open_session(folder, teller(), narrow.sheets)
    screen = Screen(LANGUAGE)
    if trial:
        narrow = replace(narrow, limit=min(narrow.limit or TRIAL_PAGES, TRIAL_PAGES))
        session.least_interval = TRIAL_SECONDS
    settings = chosen_bot(session, bot, narrow)
    if settings.unattended and (yes or not at_terminal()):
        log = Log(log_format or ("json" if json_ else "text"), bot)
        session.told = log.waits
        made_now = functools.partial(made_plan, session, bot, narrow)
        try:
            code = run_alone(session, settings, settings.unattended, made_now, narrow.pages, log, stopper(screen))
        except CapitaliseError as error:  # the log has it
            if click.get_current_context().find_root().params.get("debug"):
                raise
            code = error.exit_code
        sys.exit(code)
    made = made_plan(session, bot, narrow)
    if not json_:
        screen.plan(made)
    if not yes and not json_ and at_terminal():
        session.refuse_early(made, decides=True)
        made = _decided(session, screen, bot, narrow, made)
    if made.empty:
        if json_:
            click.echo(_run_json(made, None))
        sys.exit(waiting_code(made))
    session.refuse_early(made)
    tell_time(session, screen, made)
    if not agreed(screen, yes):
        sys.exit(0)
    shown = screen.outcome
    if log_format:
        log = Log(log_format, bot)
        log.run, shown = made.run, log.outcome
    left, report = session.run(settings, made, narrow.pages, shown, stopper(screen))
    finish(screen, made, left, report, json_)


def tell_time(session: Session, screen: Screen, plan: Plan) -> None:
    """How long a run will take, where that is more than a moment."""
    seconds = session.seconds(plan)
    if seconds >= 60:
        minutes = round(seconds / 60)
        screen.say(
            NP_("This takes about %(count)d minute.", "This takes about %(count)d minutes.", minutes),
            error=True,
            dim=True,
        )


def _decided(session: Session, screen: Screen, bot: str, narrow: Narrow, made: Plan) -> Plan:
    """The plan with what a person settles at the terminal; what comes up by that is asked about too."""
    asked: set[tuple[object, ...]] = set()
    while found := ask_decisions(screen, made, asked):
        settled = {(one.page, one.field) for one in found}
        earlier = [one for one in narrow.prefers if (one.page, one.field) not in settled]
        narrow = replace(narrow, prefers=[*found, *earlier])
        made = made_plan(session, bot, narrow)
        screen.plan(made)
    return made


def chosen_bot(session: Session, name: str, narrow: Narrow) -> BotSettings:
    """The bot, with what was said on the command line."""
    bot = session.workspace.bot(name)
    if not narrow.fix:
        return bot
    if bot.crosslinks is None:
        raise SettingsError(N_("The bot “%(bot)s” looks at no links: --fix is for bots of kind crosslinks.", bot=name))
    return replace(bot, crosslinks=replace(bot.crosslinks, fixes=True))


def _typed(narrow: Narrow) -> str:
    return "".join(f" {shlex.quote(word)}" for word in narrow.typed)


def made_plan(session: Session, name: str, narrow: Narrow) -> Plan:
    made = session.plan(chosen_bot(session, name, narrow), narrow.pages, narrow.prefers)
    return made.limited(narrow.limit) if narrow.limit else made


def _run_json(plan: Plan, report: RunReport | None) -> str:
    data = plan_to_dict(plan, LANGUAGE)
    outcomes = {(o.change.wiki, o.change.title): o for o in report.pages} if report else {}
    for change in data["changes"]:
        if outcome := outcomes.get((change["wiki"], change["title"])):
            change |= {"status": outcome.status.value, "revision": outcome.revision}
    return json.dumps(data, ensure_ascii=False, indent=1)


def finish(screen: Screen, made: Plan, left: Plan, report: RunReport, json_: bool) -> None:
    """Say what was done, and leave with the exit code for what is left."""
    if json_:
        click.echo(_run_json(made, report))
    else:
        screen.report(made.run, report)
    if report.error:
        raise report.error
    sys.exit(WAITING if report.waits or waiting_code(made) or waiting_code(left) else 0)
