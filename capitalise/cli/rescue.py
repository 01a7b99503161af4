"""`rescue`: what people wrote on a wiki that closed, out of its archive: into a sheet, into report folders, into a folder wiki."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from capitalise.cli.completed import wiki_argument
from capitalise.cli.main import LANGUAGE, _, part
from capitalise.cli.options import as_json, open_workspace, teller
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, SettingsError
from capitalise.messages import N_, NP_, Message
from capitalise.workspace.rescuing import Taken, rescue_all, titles_of
from capitalise.workspace.workspace import Workspace

__all__ = ["rescue"]


@click.command(
    help=_(
        "Take what people wrote out of WIKI, the archive of a wiki that closed: the pages of BOT's form into a sheet (-o), a report into a folder "
        "(--pages, --to), or everything into a folder wiki (--all, --to). The archive is only read."
    )
)
@wiki_argument
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help=_("The sheet to make (.ods, .xlsx).")
)
@click.option("--bot", metavar=_("BOT"), help=_("The bot whose form it is."))
@click.option("--pages", multiple=True, metavar=_("TITLE"), help=_("These pages only; * stands for anything."))
@click.option("--all", "everything", is_flag=True, help=_("Every page."))
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("The folder of the report, or of the wiki."),
)
@as_json
@click.pass_obj
def rescue(
    folder: Path,
    wiki: str,
    output: Path | None,
    bot: str | None,
    pages: Sequence[str],
    everything: bool,
    target: Path | None,
    json_: bool,
) -> None:
    workspace = open_workspace(folder, teller())
    archive = workspace.archive(wiki)
    screen = Screen(LANGUAGE)
    if target:
        _refuse_place(workspace, target)
    if output and bot and not (target or everything):
        part("sheet").into_sheet(workspace, screen, archive, output, bot, pages, json_=json_)
    elif target and everything and not (output or pages):
        _told(screen, rescue_all(archive, target, LANGUAGE), json_=json_)
    elif target and pages and not (output or everything):
        titles = titles_of(archive, pages)
        if not titles:
            raise SettingsError(N_("No page of the archive is called %(title)s.", title=" ; ".join(pages)))
        _told(screen, part("report").rescue_report(archive, titles, target), json_=json_)
    else:
        raise SettingsError(
            N_(
                "Say where to: “-o FILE --bot BOT” (a sheet), “--pages TITLE --to DIR” (a report), or “--all --to DIR” (a wiki)."
            )
        )


def _refuse_place(workspace: Workspace, target: Path) -> None:
    """Raises SettingsError for a folder that the workspace reads or writes itself."""
    root, wanted = workspace.folder.resolve(), target.resolve()
    wikis = workspace.settings.wikis.values()
    own = {place for wiki in wikis if (place := wiki.folder or wiki.archive) and "://" not in place} | {
        "bots",
        "templates",
        "imports",
    }
    for place in sorted(own):
        if wanted == root or wanted.is_relative_to(root / place) or (root / place).is_relative_to(wanted):
            raise SettingsError(
                N_(
                    "%(dir)s is a folder of this workspace already (%(place)s): name a new one.",
                    dir=target,
                    place=place,
                )
            )


def _told(screen: Screen, taken: Taken, *, json_: bool) -> None:
    """What was written, and what was not."""
    if json_:
        click.echo(json.dumps(taken.as_dict(), ensure_ascii=False, indent=1))
    else:
        for path in taken.files[:20]:
            screen.line(f"  {path}")
        for line in _counts(taken):
            screen.say(line, bold=True)
        for title, why in taken.skipped:
            screen.line(f"  {title} : {screen.text(why)}", fg="yellow")
        for title, one in taken.mended:
            screen.line(f"  {title} : {one.before.strip()} → {one.after.strip()}", dim=True)
    sys.exit(WAITING if taken.skipped else 0)


def _counts(taken: Taken) -> Iterator[Message]:
    yield NP_("%(count)d page taken.", "%(count)d pages taken.", taken.pages)
    if taken.same:
        yield NP_("%(count)d there already.", "%(count)d there already.", taken.same)
    if taken.skipped:
        yield NP_("%(count)d to look at:", "%(count)d to look at:", len(taken.skipped))
    if taken.mended:
        yield NP_(
            "%(count)d text had been decoded wrongly and was mended, as is shown below.",
            "%(count)d texts had been decoded wrongly and were mended, as is shown below.",
            len(taken.mended),
        )
