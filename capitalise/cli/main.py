"""The command and its table of contents. Each command is imported when it is typed, so that help comes at once."""

from __future__ import annotations

import gettext
import importlib
import keyword
import os
import signal
import sys
from pathlib import Path
from typing import Any

import click

from capitalise import __version__
from capitalise.errors import CapitaliseError, StoppedByPerson, Unclear, Unexpected
from capitalise.files import reason
from capitalise.messages import N_, Message, render, terminal_language

LANGUAGE = terminal_language()
_HERE = Path(__file__).parent.parent

# click asks gettext for its own words ("Usage", "Options") in the default domain.
os.environ.setdefault("LANGUAGE", LANGUAGE)
gettext.bindtextdomain("click", str(_HERE / "messages"))
gettext.textdomain("click")

#: Every command: the module it lives in, and its line in the help.
COMMANDS = {
    "init": ("setup", N_("Make a workspace: settings, a bot, a wiki in a folder or the forms of a wiki.")),
    "demo": ("demo", N_("Show the four jobs on a sample, step by step.")),
    "plan": ("plan_run", N_("Show what a bot would change on each side; write nothing.")),
    "run": ("plan_run", N_("Show the plan, ask, write.")),
    "missing": ("fiches.status", N_("List the pages that still miss a field.")),
    "status": ("fiches.status", N_("Show what is filled, what is missing and what waits, step by step.")),
    "import": ("fiches.imports", N_("Bring what a document says into a bot's sheet.")),
    "rescue": ("rescue", N_("Take what people wrote out of the archive of a wiki that closed.")),
    "forms": ("forms", N_("Show what a wiki's forms expect, or what is wrong in them.")),
    "normalise": ("normalise", N_("Show what the rules for typed values would change in files.")),
    "roumics": ("roumics", N_("Make, check, preview and pull the reports of an event.")),
    "export": ("export", N_("Make a booklet, cards, sheets or a book of a kit.")),
    "apply": ("plan_run", N_("Carry out a plan that “plan -o FILE” saved.")),
    "review": ("review", N_("Decide a plan in the browser, change by change.")),
    "history": ("history", N_("List the runs and their edits.")),
    "undo": ("history", N_("Take a run back: what people wrote since stays.")),
    "resume": ("talk", N_("Show what people wrote to the bot, and let it go on.")),
    "columns": ("fiches.columns", N_("Say which heading of a sheet is which field.")),
    "doctor": ("setup", N_("Check settings, wikis, account and sheets, and say what to do.")),
    "login": ("setup", N_("Store and test the account for a wiki.")),
    "schedule": ("schedule", N_("Let a bot run every night, by a timer.")),
    "bot-page": ("talk", N_("Print the bot's user page and the request for a bot flag.")),
    "completion": ("setup", N_("Print the completion script for bash, zsh or fish.")),
}


#: Commands of a group that stand in another module.
PARTS = {
    "forms": {"put": "forms_kit", "get": "forms_kit", "rename-value": "fiches.rename", "values": "fiches.rename"},
}


#: What `rescue` can make of an archive.
RESCUES = {"sheet": "fiches.rescue", "report": "roumics.rescue"}


def part(name: str) -> Any:
    """The module that makes it."""
    return importlib.import_module(f"capitalise.cli.{RESCUES[name]}")


def add_parts(group: click.Group, name: str) -> None:
    """Give a group the commands that PARTS has for it."""
    for command, module in PARTS[name].items():
        found = importlib.import_module(f"capitalise.cli.{module}")
        group.add_command(getattr(found, command.replace("-", "_")), command)


def _(text: str) -> str:
    """A sentence of a command's help in the user's language."""
    return render(N_(text), LANGUAGE)


#: What stands for what people type.
PLACES = {
    "DIR": _("DIR"),
    "FILE": _("FILE"),
    "FILE…": _("FILE") + "…",
    "RUN": _("RUN"),
    "DAY": _("DAY"),
    "RULE": _("RULE"),
    "NAME": _("NAME"),
    "NAMES": _("NAME"),
    "EDITION": _("EDITION"),
    "BOT": _("BOT"),
    "ADDRESS": _("ADDRESS"),
}


class Commands(click.Group):
    """The group of all commands: errors become one clear sentence and their exit code."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"capitalise.cli.{COMMANDS[name][0]}")
        named = name.replace("-", "_") + "_" * keyword.iskeyword(name)
        command: click.Command = getattr(module, named)
        _in_words_of_the_user(command)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl([(name, render(line, LANGUAGE)) for name, (_module, line) in COMMANDS.items()])

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if arguments[:1] == ["help"]:
            arguments = [*(one for one in arguments if one != "help"), "--help"]
        name = arguments[0] if arguments else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1)
            message = N_("There is no command “%(name)s”; “capitalise --help” lists them.", name=name)
            if near:
                message = N_("There is no command “%(name)s”. Did you mean: %(there)s?", name=name, there=near[0])
            context.fail(render(message, LANGUAGE))
        return super().resolve_command(context, arguments)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - nobody reads on (head, less)
            context.exit(1)
        except (KeyboardInterrupt, click.Abort):
            _say(N_("Stopped."))
            context.exit(StoppedByPerson.exit_code)
        except Exception as error:
            if context.params.get("debug", False):
                raise
            _say(_in_words(error))
            context.exit(error.exit_code if isinstance(error, CapitaliseError) else 1)


def _in_words_of_the_user(command: click.Command) -> None:
    """What click itself calls its options and arguments in a line of usage."""
    command.options_metavar = _("[OPTIONS]")
    for one in command.params:
        file = ("FILE" if one.type.file_okay else "DIR") if isinstance(one.type, click.Path) else ""
        one.metavar = PLACES.get(one.metavar or file or (one.name or "").upper(), one.metavar)
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _in_words_of_the_user(inner)


def _say(message: Message) -> None:
    from capitalise.cli.show import Screen

    Screen(LANGUAGE).say(message, error=True, fg="red")


def _in_words(error: Exception) -> Message:
    """One clear sentence for whatever went wrong."""
    if isinstance(error, CapitaliseError):
        return error.message
    if isinstance(error, Unclear):
        return N_("The wiki did not answer (%(why)s); start again later.", why=error)
    if isinstance(error, FileNotFoundError) and error.filename:
        path = Path(str(error.filename))
        gone = path if path.parent.exists() else path.parent
        return N_("%(file)s does not exist.", file=gone)
    if isinstance(error, OSError):
        return N_("%(file)s: %(why)s.", file=error.filename or N_("the output"), why=reason(error))
    return Unexpected(error).message


@click.group(
    cls=Commands,
    invoke_without_command=True,
    subcommand_metavar=_("[COMMAND] [ARGUMENTS]…"),
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
    if context.invoked_subcommand is None:
        _menu(context, folder)


def _menu(context: click.Context, folder: Path) -> None:
    """`capitalise` alone: a person at a terminal is asked what to do, everybody else gets the help."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(context.get_help())
        return
    from capitalise.cli.menu import ask

    ours = [
        (one, signal.getsignal(one)) for name in ("SIGINT", "SIGTERM", "SIGHUP") if (one := getattr(signal, name, None))
    ]
    while arguments := ask(folder.absolute(), LANGUAGE):
        name, command, rest = main.resolve_command(context, list(arguments))
        assert command is not None
        try:
            with command.make_context(name, list(rest), parent=context) as inner:
                command.invoke(inner)
        except (SystemExit, click.exceptions.Exit):
            pass  # its exit code is for scripts
        except CapitaliseError as error:
            _say(error.message)
        for one, handler in ours:  # a run that is over keeps no Ctrl-C
            signal.signal(one, handler)
        click.echo()
        if arguments[0] == "init":
            return
