"""`init`, `columns`, `doctor`, `login`, `completion`: everything before the work itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from capitalise.cli.completed import wiki_argument, wiki_keys
from capitalise.cli.main import LANGUAGE, _, main
from capitalise.cli.options import as_json, at_terminal, colon, open_workspace, says_yes, teller
from capitalise.cli.show import Screen
from capitalise.clock import SystemClock
from capitalise.errors import SettingsError
from capitalise.messages import N_

__all__ = ["completion", "doctor", "init", "login"]


@click.command(help=_("Make a workspace in DIR: settings, a bot, and a wiki in a folder to try it on."))
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--sample", is_flag=True, help=_("Add a sample kit of ingredients to play with."))
@click.option("--wiki", metavar="URL", help=_("Ask this wiki for its forms, and make a bot for each of them."))
@click.option(
    "--contact", metavar=_("ADDRESS"), default="", help=_("The address or page where the wiki's people reach you.")
)
def init(directory: Path, sample: bool, wiki: str | None, contact: str) -> None:
    from capitalise.starter.make import make_wiki_workspace, make_workspace

    screen = Screen(LANGUAGE)
    if wiki:
        from capitalise.starter.discover import discover

        contact = contact or _asked_contact()
        found = discover(wiki, contact, SystemClock(), teller())
        written, bots = make_wiki_workspace(directory, found, contact)
    else:
        written, bots = make_workspace(directory, sample=sample), ["ingredients"]
    for path in written:
        screen.line(f"  {path}")
    if wiki and not bots:
        _offer_kit(screen, directory, found.key)
        return
    screen.say(N_("Next:\n  capitalise -C %(dir)s plan %(bot)s", dir=directory, bot=bots[0]), bold=True)


def _offer_kit(screen: Screen, directory: Path, key: str) -> None:
    """A wiki without a form can have the kit's."""
    from capitalise.starter.make import add_kit

    screen.say(N_("This wiki has no form."), fg="yellow")
    question = N_("Shall the kit's (one page an ingredient) be made ready for it? Nothing is written there yet. [y/N]")
    if at_terminal() and says_yes(screen, question):
        for path in add_kit(directory, key):
            screen.line(f"  {path}")
        screen.say(
            N_(
                "Next:\n  capitalise -C %(dir)s login %(wiki)s\n  capitalise -C %(dir)s forms put %(wiki)s",
                dir=directory,
                wiki=key,
            ),
            bold=True,
        )
        return
    why = N_(
        "For the kit's form: capitalise -C %(dir)s forms put %(wiki)s. For another kind of bot: write its TOML into bots/ (docs: CONTRIBUTING.md).",
        dir=directory,
        wiki=key,
    )
    screen.say(why)


def _asked_contact() -> str:
    if not at_terminal():
        raise SettingsError(N_("Say with --contact where the wiki's people reach you (a page or an address)."))
    return str(click.prompt(_("Where do the wiki's people reach you (a page or an address)?"), prompt_suffix=" "))


@click.command(help=_("Check settings, wikis, account and sheets; say what to do where something is wrong."))
@click.option("--wiki", metavar=_("WIKI"), shell_complete=wiki_keys, help=_("Only this wiki."))
@as_json
@click.pass_obj
def doctor(folder: Path, wiki: str | None, json_: bool) -> None:
    from capitalise.workspace.doctor import all_checks

    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    lines, bad = [], False
    for place, check in all_checks(workspace, wiki):
        bad = bad or check.good is False
        lines.append(
            {
                "place": place,
                "good": check.good,
                "message": screen.text(check.message),
                "hint": screen.text(check.hint) if check.hint else "",
            }
        )
        if not json_:
            screen.check(place, check)
    if json_:
        click.echo(json.dumps(lines, ensure_ascii=False, indent=1))
    sys.exit(1 if bad else 0)


@click.command(help=_("Store and test the account for WIKI: a bot password, or an owner-only OAuth 2 token."))
@wiki_argument
@click.option("--token", is_flag=True, help=_("Give an OAuth 2 token instead of a bot password."))
@click.option("--user", metavar=_("NAME"), help=_("The account's name, for a bot password with its label: Name@label."))
@click.option("--http", is_flag=True, help=_("Store the password that the web server before the wiki wants."))
@click.pass_obj
def login(folder: Path, wiki: str, token: bool, user: str | None, http: bool) -> None:
    from capitalise.errors import MembersOnly, Stop
    from capitalise.wikis.credentials import Credentials, keep_credentials, keep_http_password
    from capitalise.wikis.doctor import grant_names, page_of_passwords, special_page
    from capitalise.wikis.mediawiki import open_mediawiki

    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    settings = workspace.wiki(wiki)
    if settings.folder:
        screen.say(N_("“%(wiki)s” is a folder: it needs no account.", wiki=wiki))
        return
    contact = workspace.contact()
    if http:
        where = keep_http_password(wiki, _secret(_("Password of the web server")))
        screen.say(N_("Stored in: %(where)s.", where=where), fg="green")
        if not settings.http_user:
            screen.say(N_('Write into its table in capitalise.toml: http_user = "…"'), fg="yellow")
        return
    try:
        there = workspace.store(wiki)
        address, boxes = special_page(there, "BotPasswords"), grant_names(there, LANGUAGE)  # type: ignore[arg-type]
    except (MembersOnly, Stop):  # nobody sees more before this, or the old password is none any more
        address, boxes = page_of_passwords(settings.api), grant_names(None, LANGUAGE)
    screen.say(
        N_("1. Open %(address)s and make a bot password (any label, for example “capitalise”).", address=address)
    )
    screen.say(N_("2. Tick: “%(edit)s”, “%(create)s”; for a bot account also “%(many)s”.", **boxes))
    screen.say(N_("3. Copy the name (Name@label) and the password that the wiki shows, and give them here."))
    if token:
        account = Credentials("", token=_secret(_("Token")))
    else:
        name = user or click.prompt(_("Name@label"), prompt_suffix=colon())
        account = Credentials(name, _secret(_("Password")))
    opened = open_mediawiki(
        wiki, settings.api, contact, workspace.clock, workspace.told, account, http_user=settings.http_user
    )
    if not opened.account().id:
        raise SettingsError(N_("The wiki does not know this token; nothing was stored."))
    where = keep_credentials(wiki, account)
    screen.say(N_("Logged in as %(user)s. Stored in: %(where)s.", user=opened.account().name, where=where), fg="green")
    screen.say(N_("Next:\n  capitalise doctor --wiki %(wiki)s", wiki=wiki))


def _secret(prompt: str) -> str:
    """Typed unseen at a terminal, else one line of standard input."""
    text = click.prompt(prompt, hide_input=True, prompt_suffix=colon()) if at_terminal() else sys.stdin.readline()
    if not str(text).strip():
        raise SettingsError(N_("No password was given; nothing was stored."))
    return str(text).strip()


@click.command(help=_('Print the completion script; for bash: eval "$(capitalise completion bash)" in ~/.bashrc.'))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(main, {}, "capitalise", "_CAPITALISE_COMPLETE").source())
