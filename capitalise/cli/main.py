"""The commands."""

from __future__ import annotations

import gettext
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from capitalise import __version__
from capitalise.cli.session import Session, open_session
from capitalise.cli.show import Screen
from capitalise.errors import CapitaliseError, SettingsError, StoppedByPerson
from capitalise.fiches.fields import Prefer
from capitalise.files import reason, write_safely
from capitalise.messages import N_, Message, render, terminal_language
from capitalise.pages.titles import normal_title
from capitalise.plans.merge import Decision
from capitalise.plans.model import Plan
from capitalise.plans.serial import plan_from_json, plan_to_dict, plan_to_json
from capitalise.runs.apply import RunReport, Status

LANGUAGE = terminal_language()
_HERE = Path(__file__).parent.parent

# click asks gettext for its own words ("Usage", "Options") in the default domain.
os.environ.setdefault("LANGUAGE", LANGUAGE)
gettext.bindtextdomain("click", str(_HERE / "messages"))
gettext.textdomain("click")

WAITING, PENDING = 3, 4


def _(text: str) -> str:
    return render(N_(text), LANGUAGE)


class Commands(click.Group):
    """The group of all commands: errors become one clear sentence and their exit code."""

    def invoke(self, context: click.Context) -> Any:
        screen = Screen(LANGUAGE)
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - nobody reads on (head, less)
            context.exit(1)
        except (KeyboardInterrupt, click.Abort):
            screen.say(N_("Stopped."), error=True, fg="red")
            context.exit(StoppedByPerson.exit_code)
        except Exception as error:
            if context.params.get("debug", False):
                raise
            message = _in_words(error)
            screen.say(message, error=True, fg="red")
            context.exit(error.exit_code if isinstance(error, CapitaliseError) else 1)


def _in_words(error: Exception) -> Message:
    """One clear sentence for whatever went wrong."""
    if isinstance(error, CapitaliseError):
        return error.message
    if isinstance(error, OSError):
        return N_("%(file)s: %(why)s.", file=error.filename or N_("the output"), why=reason(error))
    return N_(
        "Something unexpected happened (%(what)s). Start again with --debug in front of the command's name, and send "
        "what it prints.",
        what=f"{type(error).__name__}: {error}"[:200],
    )


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_("Keep a sheet and a wiki's form pages in step. Nothing is written before you have seen it."),
)
@click.option("--debug", is_flag=True, help=_("Show Python's traceback when something fails."))
@click.option(
    "-C",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    help=_("The workspace to work in, if not this folder."),
)
@click.version_option(__version__, "--version", prog_name="capitalise")
@click.pass_context
def main(context: click.Context, debug: bool, folder: Path) -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if "NO_COLOR" in os.environ:
        context.color = False
    context.obj = folder.absolute()


def narrowing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that narrow a plan."""
    for option in (
        click.option(
            "--prefer",
            type=click.Choice([d.value for d in Decision], case_sensitive=False),
            help=_("Settle one conflict for this side; needs --page and --field."),
        ),
        click.option("--field", help=_("The field that --prefer settles.")),
        click.option("--limit", type=click.IntRange(1), help=_("At most this many pages.")),
        click.option("--page", "pages", multiple=True, help=_("Only this page (may be repeated).")),
    ):
        command = option(command)
    return command


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "json_", is_flag=True, help=_("Print JSON for scripts."))(command)


@main.command(help=_("Make a workspace in DIR: settings, a bot, and a wiki in a folder to try it on."))
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--sample", is_flag=True, help=_("Add a sample kit of ingredients to play with."))
def init(directory: Path, sample: bool) -> None:
    from capitalise.starter.make import make_workspace

    written = make_workspace(directory, sample=sample)
    screen = Screen(LANGUAGE)
    for path in written:
        screen.line(f"  {path}")
    screen.say(N_("Next: cd %(dir)s, then: capitalise plan ingredients", dir=directory), bold=True)


@main.command(help=_("Show what BOT would change on each side. Writes nothing but the file you ask for."))
@click.argument("bot", metavar="BOT")
@narrowing
@click.option(
    "-o", "output", type=click.Path(path_type=Path, dir_okay=False), help=_("Save the plan in this file, for “apply”.")
)
@click.option("--check", is_flag=True, help=_("Exit with code 4 where something is to be written."))
@as_json
@click.pass_obj
def plan(
    folder: Path,
    bot: str,
    pages: Sequence[str],
    limit: int | None,
    field: str | None,
    prefer: str | None,
    output: Path | None,
    check: bool,
    json_: bool,
) -> None:
    session = open_session(folder, _teller())
    made = _plan(session, bot, pages, limit, field, prefer)
    if output:
        write_safely(output, plan_to_json(made, LANGUAGE).encode())
    screen = Screen(LANGUAGE)
    if json_:
        click.echo(plan_to_json(made, LANGUAGE))
    else:
        screen.plan(made)
        if not made.empty:
            after = (
                N_("Next: capitalise apply %(file)s", file=output)
                if output
                else N_("Next: capitalise run %(bot)s", bot=bot)
            )
            screen.say(after)
    sys.exit(PENDING if check and not made.empty else _code(made))


@main.command(help=_("Carry out a plan that “plan -o FILE” saved and you have read."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@as_json
@click.pass_obj
def apply(folder: Path, file: Path, yes: bool, json_: bool) -> None:
    try:
        saved = plan_from_json(file.read_text("utf-8"), str(file))
    except UnicodeDecodeError as error:
        raise SettingsError(
            N_("%(file)s cannot be read: %(why)s", file=file, why=N_("it is not UTF-8 text"))
        ) from error
    session = open_session(folder, _teller())
    screen = Screen(LANGUAGE)
    if not json_:
        screen.plan(saved)
    session.refuse_early(saved)
    if saved.empty or not _agreed(screen, saved, yes):
        sys.exit(_code(saved))
    report = session.apply(saved, screen.outcome, _stopper(screen))
    _finish(screen, saved, saved, report, json_)


@main.command(help=_("Plan and carry out in one go: shows the plan, asks, writes."))
@click.argument("bot", metavar="BOT")
@narrowing
@click.option("--yes", is_flag=True, help=_("Do not ask; a must where nobody sits at a terminal."))
@as_json
@click.pass_obj
def run(
    folder: Path,
    bot: str,
    pages: Sequence[str],
    limit: int | None,
    field: str | None,
    prefer: str | None,
    yes: bool,
    json_: bool,
) -> None:
    session = open_session(folder, _teller())
    screen = Screen(LANGUAGE)
    made = _plan(session, bot, pages, limit, field, prefer)
    if not json_:
        screen.plan(made)
    if made.empty:
        if json_:
            click.echo(_run_json(made, None))
        sys.exit(_code(made))
    session.refuse_early(made)
    if not _agreed(screen, made, yes):
        sys.exit(0)
    left, report = session.run(session.workspace.bot(bot), made, pages, screen.outcome, _stopper(screen))
    _finish(screen, made, left, report, json_)


@main.command(help=_("Take a run back: what people wrote since stays."))
@click.argument("run_id", metavar="RUN")
@click.option("--wiki", help=_("The wiki of the run, where it is not found on its own."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@as_json
@click.pass_obj
def undo(folder: Path, run_id: str, wiki: str | None, yes: bool, json_: bool) -> None:
    from capitalise.plans.run_ids import new_run_id
    from capitalise.runs.history import find_runs
    from capitalise.runs.undo import plan_undo

    session = open_session(folder, _teller())
    screen = Screen(LANGUAGE)
    for key in [wiki] if wiki else list(session.workspace.wikis):
        store = session.store(key)
        past = next((p for p in find_runs(store.contributions()) if p.id == run_id), None)
        if past:
            settings = session.workspace.wikis[key]
            now = store.now()
            made = plan_undo(store, past, new_run_id(now), now, settings.deletion_notice, settings.language)
            break
    else:
        raise SettingsError(
            N_("No wiki of this workspace has a run “%(run)s”; “capitalise history” lists them.", run=run_id)
        )
    if made.empty and not made.findings:
        screen.say(N_("Nothing of this run is left to take back."), error=json_)
    elif not json_:
        screen.plan(made)
    if made.empty or not _agreed(screen, made, yes):
        sys.exit(_code(made))
    report = session.apply(made, screen.outcome, _stopper(screen))
    if not json_:
        screen.say(
            N_("The sheet was not changed; the copy from before its last run stands beside it (its name with ~)."),
            dim=True,
        )
    _finish(screen, made, made, report, json_)


@main.command(help=_("List the runs of this account and their edits, found from the wikis themselves."))
@click.option("--wiki", help=_("Only this wiki."))
@as_json
@click.pass_obj
def history(folder: Path, wiki: str | None, json_: bool) -> None:
    from capitalise.runs.history import find_runs

    session = open_session(folder, _teller())
    screen = Screen(LANGUAGE)
    found = []
    for key in [wiki] if wiki else list(session.workspace.wikis):
        runs = find_runs(session.store(key).contributions())
        found += [
            {
                "wiki": key,
                "run": p.id,
                "missing": list(p.gaps),
                "edits": [
                    {
                        "number": n,
                        "title": r.title,
                        "revision": r.id,
                        "time": r.timestamp.isoformat(),
                        "summary": r.comment,
                    }
                    for n, r in p.edits
                ],
            }
            for p in runs
        ]
        if not json_:
            screen.history(key, runs)
    if json_:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif not found:
        screen.say(N_("No run yet."))


# -- what the commands share ------------------------------------------------------------------


def _plan(
    session: Session, name: str, pages: Sequence[str], limit: int | None, field: str | None, prefer: str | None
) -> Plan:
    choice = None
    if prefer or field:
        if len(pages) != 1 or not field or not prefer:
            raise SettingsError(N_("--prefer settles one field of one page: give --page and --field with it."))
        choice = Prefer(normal_title(pages[0]), field, Decision(prefer))
    made = session.plan(session.workspace.bot(name), pages, choice)
    return made.limited(limit) if limit else made


def _teller() -> Callable[[Message], None]:
    """Progress goes to standard error."""
    return lambda message: Screen(LANGUAGE).say(message, error=True, dim=True)


def _code(plan: Plan) -> int:
    return WAITING if plan.conflicts or plan.findings else 0


def _agreed(screen: Screen, plan: Plan, yes: bool) -> bool:
    """Whether a person said yes, by --yes or by typing it."""
    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise SettingsError(N_("Nobody is at the terminal to say yes: read the plan, then add --yes."))
    question = screen.text(N_("Write this? [y/N]"))
    answer = click.prompt(question, default="", show_default=False, prompt_suffix=" ")
    if answer.strip().casefold() in ("y", "yes", "o", "oui"):
        return True
    screen.say(N_("Nothing was written."))
    return False


def _stopper(screen: Screen) -> Callable[[], bool]:
    """Let the first Ctrl-C end the run after the edit in flight, the second one at once."""
    stop: list[bool] = []

    def on_interrupt(_number: int, _frame: object) -> None:
        if stop:
            raise KeyboardInterrupt
        stop.append(True)
        screen.say(N_("Stopping after this edit; Ctrl-C again stops at once."), error=True, fg="yellow")

    signal.signal(signal.SIGINT, on_interrupt)
    return lambda: bool(stop)


def _run_json(plan: Plan, report: RunReport | None) -> str:
    data = plan_to_dict(plan, LANGUAGE)
    outcomes = {(o.change.wiki, o.change.title): o for o in report.pages} if report else {}
    for change in data["changes"]:
        if outcome := outcomes.get((change["wiki"], change["title"])):
            change |= {"status": outcome.status.value, "revision": outcome.revision}
    return json.dumps(data, ensure_ascii=False, indent=1)


def _finish(screen: Screen, made: Plan, left: Plan, report: RunReport, json_: bool) -> None:
    """Say what was done, and leave with the exit code for what is left."""
    if json_:
        click.echo(_run_json(made, report))
    else:
        screen.report(made.run, report)
    if report.error:
        raise report.error
    unsaved = report.count(Status.STALE, Status.SKIPPED, Status.UNDONE)
    sys.exit(WAITING if unsaved or report.findings or _code(made) or _code(left) else 0)
