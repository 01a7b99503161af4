"""`roumics`: the group of all commands about editions and their reports."""

from __future__ import annotations

import gettext

import click

from capitalise.bots.roumics.kind import KIND
from capitalise.cli.main import _
from capitalise.cli.options import open_workspace, teller
from capitalise.cli.roumics import editions, reports
from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.workspace.opened import Bot
from capitalise.workspace.workspace import Workspace

__all__ = ["roumics"]


class _Group(click.Group):
    """Its commands in the order of the work, each with its whole line."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl([(name, command.help or "") for name, command in self.commands.items()])


@click.group(
    cls=_Group,
    subcommand_metavar=_("COMMAND [ARGUMENTS]…"),
    help=_("The reports of a yearly event: a folder for each edition, pages on the wiki (plan and run write them)."),
)
@click.option("--bot", "name", metavar=_("BOT"), default="", help=_("The bot, where several are of kind roumics."))
@click.pass_context
def roumics(context: click.Context, name: str) -> None:
    if {"-h", "--help"} & {*context.args, *getattr(context, "_protected_args", ())}:
        return  # help needs no workspace
    workspace = open_workspace(context.obj, teller())
    context.obj = (workspace, _bot(workspace, name))


def _bot(workspace: Workspace, name: str) -> Bot:
    bots = [one for one in workspace.built_in_bots() if one.kind is KIND]
    if name:
        found = workspace.bot(name)
        if found.kind is not KIND:
            kind = found.settings.kind
            raise SettingsError(N_("The bot “%(bot)s” is of kind “%(kind)s”: it has no editions.", bot=name, kind=kind))
        return found
    if len(bots) == 1:
        return bots[0]
    if not bots:
        raise SettingsError(
            N_('No bot here is of kind roumics: write bots/roumics.toml, with kind = "roumics" and wiki = "…".')
        )
    raise SettingsError(N_("Say which bot: --bot %(names)s", names=" | ".join(one.name for one in bots)))


for command in (
    editions.new,
    editions.check,
    reports.fetch,
    editions.allow,
    reports.preview,
    reports.pull,
    reports.upload,
    editions.read,
    editions.figures,
):
    roumics.add_command(command)
