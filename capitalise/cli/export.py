"""`capitalise export`: a kit to print, to play, to read, to reuse."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from capitalise.cli.completed import edition_files
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import a_day, open_workspace, teller
from capitalise.cli.outputs import refuse_outputs, write
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, CapitaliseError, StoppedByPerson
from capitalise.exports.formats import FORMATS
from capitalise.exports.model import Kit
from capitalise.exports.written import refuse_links
from capitalise.messages import N_, NP_, render
from capitalise.settings.editions import read_editions
from capitalise.workspace.exporting import Export, edition_of, exported, kit_for
from capitalise.workspace.workspace import Workspace

__all__ = ["export"]

DRAFTS = ("booklet",)  # formats that can have places for what is missing


@click.group(
    "export",
    invoke_without_command=True,
    subcommand_metavar=_("COMMAND [ARGUMENTS]…"),
    help=_("Make a booklet, cards, an easel, a path, sheets or a book of a kit, in exports/."),
)
@click.option("--all", "all_", is_flag=True, help=_("Every format of every edition (exports/*.toml)."))
@click.pass_context
def export(context: click.Context, all_: bool) -> None:
    if context.invoked_subcommand:
        return
    if not all_:
        click.echo(context.get_help())
        return
    sys.exit(_all(open_workspace(context.obj, teller()), Screen(LANGUAGE)))


def _all(workspace: Workspace, screen: Screen) -> int:
    """Every format of every edition: what cannot be made is said and does not keep the others back. The exit code."""
    editions = read_editions(workspace.folder, sorted(workspace.settings.bots))
    wanted = [(name, one) for name, edition in editions.items() for one in edition.formats]
    kits: dict[str, Kit] = {}
    if not wanted:
        screen.say(
            N_(
                "No edition in exports/ asks for a format: write exports/kit.toml (docs/exports.md), or type “capitalise export booklet”."
            )
        )
    codes, said = [0], set[str]()
    for name, one in wanted:
        try:
            edition = edition_of(workspace, name)
            if name not in kits:
                kits[name] = kit_for(workspace, edition)
            codes.append(_save(workspace, screen, exported(workspace, edition, one, whole=kits[name]), said=said))
        except StoppedByPerson:
            raise
        except CapitaliseError as error:
            screen.say(
                N_("%(edition)s, %(format)s: %(why)s", edition=name, format=one, why=error.message),
                error=True,
                fg="red",
            )
            codes.append(error.exit_code)
    made = sum(code in (0, WAITING) for code in codes[1:])
    if wanted:
        screen.say(N_("%(made)d files made of %(wanted)d.", made=made, wanted=len(wanted)), bold=True)
    return max(codes, key=(0, WAITING, 1, 2).index)


def _command(name: str) -> click.Command:
    """The command of one format."""

    def make(folder: Path, edition: str, bot: str, output: Path | None, **more: Any) -> None:
        workspace = open_workspace(folder, teller())
        screen = Screen(LANGUAGE)
        if output:
            refuse_outputs(workspace, {output.suffix.lower(): output})
        chosen = edition_of(workspace, edition, bot)
        since = a_day(more.pop("since", None))
        titles, chapters = more.pop("page", ()), more.pop("step", ())
        made = exported(workspace, chosen, name, output, chapters=chapters, titles=titles, since=since, **more)
        sys.exit(_save(workspace, screen, made, typed=bool(output)))

    command: Callable[..., None] = click.pass_obj(make)
    for option in reversed(_options(name)):
        command = option(command)
    return click.command(name, help=render(FORMATS[name].line, LANGUAGE))(command)


def _options(name: str) -> list[Callable[..., Any]]:
    options = [
        click.option(
            "--edition",
            metavar=_("NAME"),
            shell_complete=edition_files,
            default="",
            help=_("Which edition (exports/NAME.toml)."),
        ),
        click.option("--bot", metavar=_("BOT"), default="", help=_("Whose pages, where there is no edition.")),
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path, dir_okay=False),
            help=_("Another file than the one in exports/."),
        ),
        click.option(
            "--step",
            multiple=True,
            metavar=_("NAME"),
            help=_("Only this chapter, by name or number; several times for several."),
        ),
        click.option("--page", multiple=True, metavar=_("TITLE"), help=_("Only this page; several times for several.")),
    ]
    if name in DRAFTS:
        options.append(
            click.option(
                "--draft", is_flag=True, help=_("Leave ruled places for what is missing, to be filled in by hand.")
            )
        )
    if name in ("booklet", "news"):
        options.append(
            click.option(
                "--since",
                metavar=_("DAY"),
                required=name == "news",
                help=_("Mark what changed since a day (2026-11-30)."),
            )
        )
    if name == "booklet":
        options.append(
            click.option("--fold", is_flag=True, help=_("A4 sheets to print on both sides (short edge) and fold."))
        )
    if name == "easel":
        options.append(
            click.option("--paper", type=click.Choice(["a3", "a4"]), default="a3", help=_("The sheets' size."))
        )
    return options


def _save(
    workspace: Workspace, screen: Screen, made: Export, *, typed: bool = False, said: set[str] | None = None
) -> int:
    """The exit code: whether somebody should look at something."""
    if not typed:
        refuse_links(workspace.folder, made.path)
        made.path.parent.mkdir(exist_ok=True)
    refuse_outputs(workspace, {made.path.suffix.lower(): made.path})
    write(workspace, made.path, made.data)
    said = set() if said is None else said
    for note in made.notes:
        if (words := screen.text(note)) not in said:
            screen.say(note, error=True, fg="yellow")
            said.add(words)
    screen.say(
        NP_("%(file)s: %(count)d page of the kit.", "%(file)s: %(count)d pages of the kit.", made.pages, file=made.path)
    )
    return WAITING if made.notes else 0


for _name in FORMATS:
    export.add_command(_command(_name))
