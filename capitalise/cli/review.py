"""`review`: a plan decided change by change in a browser, on this machine."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path

import click

from capitalise.bots.kind import Request
from capitalise.cli.completed import bot_names
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import open_workspace, stopper, teller
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, CapitaliseError, SettingsError
from capitalise.installed import missing
from capitalise.messages import N_, NP_
from capitalise.pages.titles import normal_title
from capitalise.plans.model import Plan
from capitalise.plans.serial import read_plan
from capitalise.review.journal import Choice
from capitalise.review.session import Review, Source, open_journal, read_source
from capitalise.runs.locks import alone
from capitalise.workspace.workspace import Workspace

__all__ = ["review", "show"]

LARGEST = 64 * 1024 * 1024  # bytes of a saved plan


@click.command(
    help=_(
        "Decide a plan in the browser, change by change, on this machine only: of bots by their names (all of them where none is named), or of "
        "files that “plan -o” saved. Nothing is written before you say “Apply”."
    )
)
@click.argument("what", metavar=_("[BOT|FILE]…"), nargs=-1, shell_complete=bot_names)
@click.option("--page", "pages", metavar=_("TITLE"), multiple=True, help=_("Only this page (may be repeated)."))
@click.option("--fix", is_flag=True, help=_("Mend what can be mended, by the rules in the bot's TOML."))
@click.option("--no-browser", is_flag=True, help=_("Print the address and open no browser."))
@click.option("--static", is_flag=True, help=_("Make one page for each writer instead, to be mailed; start nothing."))
@click.option("--by", metavar=_("COLUMN"), help=_("With --static: the column of the sheet that names the writers."))
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("With --static: the folder for these pages."),
)
@click.option(
    "--answers",
    "sent",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    multiple=True,
    help=_("Answers that a writer sent back: kept as proposals, nothing is written."),
)
@click.pass_obj
def review(
    folder: Path,
    what: Sequence[str],
    pages: Sequence[str],
    fix: bool,
    no_browser: bool,
    static: bool,
    by: str | None,
    output: Path | None,
    sent: Sequence[Path],
) -> None:
    workspace, screen = open_workspace(folder, teller()), Screen(LANGUAGE)
    request = Request(pages=[normal_title(page) for page in pages], fix=fix)
    if sent:
        from capitalise.cli.review_mail import take_answers

        take_answers(workspace, screen, sent)
        return
    if static:
        from capitalise.cli.review_mail import make_pages

        make_pages(workspace, screen, what, by, output)
        return
    names = list(what) or [bot.name for bot in workspace.built_in_bots()]
    if not names:
        raise SettingsError(N_("There is no bot in bots/ to review: make one first."))
    show(
        workspace,
        screen,
        lambda: [read_source(workspace, name, request, saved_plan) for name in names],
        no_browser=no_browser,
    )


def _refuse_without_parts() -> None:
    if not all(map(find_spec, ("bottle", "waitress"))):
        raise SettingsError(missing(N_("A review in the browser"), "capitalise[review]"))


def show(workspace: Workspace, screen: Screen, sources: Callable[[], list[Source]], *, no_browser: bool) -> None:
    """The pages of a review, until somebody ends them. Leaves with the exit code for what is left."""
    _refuse_without_parts()
    with ExitStack() as held:
        try:
            held.enter_context(alone(workspace.folder / ".capitalise", {"review": "review"}))
        except CapitaliseError as error:
            why = N_("A review of this workspace is open already: use its page, or end it first.")
            raise CapitaliseError(why) from error
        _show(workspace, screen, sources(), no_browser=no_browser)


def _show(workspace: Workspace, screen: Screen, sources: list[Source], *, no_browser: bool) -> None:
    from capitalise.review.served import Told, serve

    found = Review(workspace, sources, open_journal(workspace.folder))
    if not found.items:
        screen.findings(found.findings)
        screen.say(N_("There is nothing to decide: everything is in step."))
        sys.exit(WAITING if found.findings else 0)

    def opened(address: str) -> None:
        count = NP_("%(count)d change to decide.", "%(count)d changes to decide.", len(found.items))
        screen.say(count, error=True, bold=True)
        screen.say(
            N_(
                "Open in a browser on this machine:\n  %(address)s\nCtrl-C ends it; your answers are kept.",
                address=address,
            ),
            error=True,
        )
        if not no_browser:
            _open(address)

    serve(found, LANGUAGE, Told(opened, screen.outcome, stopper(screen, N_("Ending; your answers are kept."))))
    _tell(screen, found)


def _open(address: str) -> None:
    """By way of a file that only this account may read: what a browser is started with can be read by everybody on the machine."""
    from capitalise.wikis.credentials import private_folder

    file = private_folder() / "review.html"
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as page:
        page.write(
            f'<!doctype html><meta http-equiv="refresh" content="0;url={address}"><a href="{address}">capitalise</a>'
        )
    with suppress(webbrowser.Error):  # the address stands above
        webbrowser.open(file.as_uri())


def _tell(screen: Screen, found: Review) -> None:
    """What was done and what is left, once nobody looks at the pages any more."""
    for run, report in found.state.reports:
        screen.report(run, report)
    waiting = len(found.accepted())
    if waiting:
        screen.say(
            NP_(
                "%(count)d answer is kept and not applied yet: capitalise review",
                "%(count)d answers are kept and not applied yet: capitalise review",
                waiting,
            )
        )
    screen.say(
        NP_("%(count)d change is left to decide.", "%(count)d changes are left to decide.", found.left), bold=True
    )
    if found.state.error:
        raise found.state.error
    later = any(one.choice is Choice.LEAVE for one in found.journal.answers.values())
    sys.exit(WAITING if found.left or waiting or later else 0)


def saved_plan(name: str) -> tuple[Plan, bytes]:
    """A plan that “plan -o” saved, with its bytes. Raises SettingsError."""
    path = Path(name)
    if not path.is_file():
        raise SettingsError(N_("There is neither a bot nor a file “%(name)s”.", name=name))
    if path.stat().st_size > LARGEST:
        raise SettingsError(N_("%(file)s is too large for a plan.", file=name))
    data = path.read_bytes()
    return read_plan(data, name), data
