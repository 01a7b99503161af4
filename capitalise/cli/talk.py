"""`resume` and `bot-page`: between the bot and the wiki's people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from capitalise.cli.completed import wiki_argument, wiki_keys
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import open_workspace, teller
from capitalise.cli.show import Screen
from capitalise.errors import SettingsError, StoppedByPerson
from capitalise.messages import N_
from capitalise.runs.etiquette import message_of
from capitalise.settings import BotSettings, Unattended
from capitalise.workspace.manners import etiquette, heed, stop_page
from capitalise.workspace.workspace import Workspace

__all__ = ["bot_page", "resume"]


@click.command(help=_("Show what people wrote to the bot, and let it go on."))
@click.argument("wiki", metavar="WIKI", required=False, shell_complete=wiki_keys)
@click.pass_obj
def resume(folder: Path, wiki: str | None) -> None:
    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    own, _others = workspace.own_wikis()
    if wiki:
        workspace.wiki(wiki)
    stopped = [key for key in ([wiki] if wiki else own) if _still_stopped(workspace, screen, key)]
    sys.exit(StoppedByPerson.exit_code if stopped else 0)


def _still_stopped(workspace: Workspace, screen: Screen, key: str) -> bool:
    """Whether people still stop the bot on this wiki; a message on the talk page counts as read once it was shown."""
    store = workspace.store(key)
    store.refuse_without_account()
    try:
        heed(workspace, key)
    except StoppedByPerson as said:
        screen.say(said.message, fg="yellow")
        if store.preflight([], stop_page(workspace, key)).stop:
            return True
        seen = store.talk()
        if seen and message_of(seen, key) != said.message:
            return True  # another one came meanwhile: it is shown next time
        store.read_messages()
    screen.say(
        N_(
            "Nobody stops the bot on “%(wiki)s”: it goes on with its next run. (Its stop page: “%(page)s”)",
            wiki=key,
            page=stop_page(workspace, key),
        ),
        fg="green",
    )
    return False


@click.command(
    "bot-page", help=_("Print the bot's user page and the request for a bot flag, to be pasted on WIKI by a person.")
)
@wiki_argument
@click.pass_obj
def bot_page(folder: Path, wiki: str) -> None:
    from capitalise.exports.templates import render_template

    workspace = open_workspace(folder, teller())
    settings = workspace.wiki(wiki)
    if settings.folder:
        raise SettingsError(N_("“%(wiki)s” is a folder: nobody there grants a bot flag.", wiki=wiki))
    if not workspace.settings.operator:
        raise SettingsError(
            N_(
                "capitalise.toml: set “operator” first, for example “[[Utilisateur:Camille]]”: it stands on the bot's page"
            )
        )
    bots = [bot for bot in workspace.settings.bots.values() if bot.wiki == wiki]
    values = _values(workspace, wiki, bots)
    click.echo(render_template("bot-page.wiki.jinja", workspace.settings.folder, settings.language, **values))


def _values(workspace: Workspace, wiki: str, bots: list[BotSettings]) -> dict[str, Any]:
    store = workspace.store(wiki)
    store.refuse_without_account()
    nightly = [bot.unattended for bot in bots if bot.unattended]
    return {
        "account": store.account().name,
        "operator": workspace.settings.operator,
        "stop_page": stop_page(workspace, wiki),
        "interval": round(etiquette(workspace, wiki).interval),
        "most_edits": sum(one.ceilings.edits for one in nightly or [Unattended()]),
        "nightly": bool(nightly),
        "bots": [_about(workspace, bot) for bot in bots],
    }


def _about(workspace: Workspace, bot: BotSettings) -> dict[str, str]:
    """What a bot looks after, as far as its settings say so."""
    names = workspace.of(bot).sheets.names if workspace.knows(bot.kind) else ()
    form, overview = getattr(bot.options, "form", ""), getattr(bot.options, "overview", "")
    return {"name": bot.name, "form": form, "sheets": ", ".join(names), "overview": overview}
