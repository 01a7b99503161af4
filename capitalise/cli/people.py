"""`resume` and `bot-page`: between the bot and the wiki's people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import teller
from capitalise.cli.session import Session, open_session
from capitalise.cli.show import Screen
from capitalise.errors import SettingsError, StoppedByPerson
from capitalise.messages import N_
from capitalise.runs.etiquette import message_of
from capitalise.workspace import BotSettings, Unattended

__all__ = ["bot_page", "resume"]


@click.command(help=_("Show what people wrote to the bot, and let it go on."))
@click.argument("wiki", metavar="WIKI", required=False)
@click.pass_obj
def resume(folder: Path, wiki: str | None) -> None:
    session = open_session(folder, teller())
    screen = Screen(LANGUAGE)
    own, _others = session.own_wikis()
    if wiki:
        session.wiki_settings(wiki)
    stopped = [key for key in ([wiki] if wiki else own) if _still_stopped(session, screen, key)]
    sys.exit(StoppedByPerson.exit_code if stopped else 0)


def _still_stopped(session: Session, screen: Screen, key: str) -> bool:
    """Whether people still stop the bot on this wiki; a message on the talk page counts as read once it was shown."""
    store = session.store(key)
    store.refuse_without_account()
    try:
        session.heed(key)
    except StoppedByPerson as said:
        screen.say(said.message, fg="yellow")
        if store.preflight([], session.stop_page(key)).stop:
            return True
        seen = store.talk()
        if seen and message_of(seen, key) != said.message:
            return True  # another one came meanwhile: it is shown next time
        store.read_messages()
    screen.say(
        N_(
            "Nobody stops the bot on “%(wiki)s”: it goes on with its next run. (Its stop page: “%(page)s”)",
            wiki=key,
            page=session.stop_page(key),
        ),
        fg="green",
    )
    return False


@click.command(
    "bot-page", help=_("Print the bot's user page and the request for a bot flag, to be pasted on WIKI by a person.")
)
@click.argument("wiki", metavar="WIKI")
@click.pass_obj
def bot_page(folder: Path, wiki: str) -> None:
    from capitalise.exports.templates import render_template

    session = open_session(folder, teller())
    settings = session.wiki_settings(wiki)
    if settings.folder:
        raise SettingsError(N_("“%(wiki)s” is a folder: nobody there grants a bot flag.", wiki=wiki))
    if not session.workspace.operator:
        raise SettingsError(
            N_(
                "capitalise.toml: set “operator” first, for example “[[Utilisateur:Camille]]”: it stands on the bot's page"
            )
        )
    bots = [bot for bot in session.workspace.bots.values() if bot.wiki == wiki]
    values = _values(session, wiki, bots)
    click.echo(render_template("bot-page.wiki.jinja", session.workspace.folder, settings.language, **values))


def _values(session: Session, wiki: str, bots: list[BotSettings]) -> dict[str, Any]:
    store = session.store(wiki)
    store.refuse_without_account()
    nightly = [bot.unattended for bot in bots if bot.unattended]
    return {
        "account": store.account().name,
        "operator": session.workspace.operator,
        "stop_page": session.stop_page(wiki),
        "interval": round(session.etiquette(wiki).interval),
        "most_edits": sum(one.ceilings.edits for one in nightly or [Unattended()]),
        "nightly": bool(nightly),
        "bots": [{"name": b.name, "form": b.form, "sheets": ", ".join(b.sheets), "overview": b.overview} for b in bots],
    }
