"""Commands of `roumics` that talk to pads and wikis: notes fetched, pages previewed, people's words pulled."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from capitalise.bots.roumics.kind import filler, read_editions, settings_of
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import agreed, at_terminal, stopper, yes_option
from capitalise.cli.outputs import refuse_outputs, write
from capitalise.cli.roumics.editions import Chosen, checked, edition_folder, editions_folder
from capitalise.cli.roumics.named import edition_argument
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, SettingsError, SheetError
from capitalise.messages import N_
from capitalise.plans.model import Plan
from capitalise.workspace.opened import Bot
from capitalise.workspace.planning import task_for
from capitalise.workspace.running import Watch, refuse_early
from capitalise.workspace.workspace import Workspace

if TYPE_CHECKING:
    from capitalise.exports.preview_page import PreviewPage

__all__ = ["fetch", "preview", "pull", "upload"]

MOST_UPLOADED = 16 * 1024 * 1024  # bytes
#: What a pad says before anybody wrote in it.
WELCOMES = (b"Welcome to Etherpad", b"Bienvenue dans Etherpad", b"Bienvenue sur Etherpad")
STAMP = "%Y-%m-%dT%H%M%S"  # in UTC: files sort by it whatever the clocks on the walls do


@click.command(help=_("Fetch the notes of an edition from their pads; each copy is kept with its date."))
@edition_argument
@click.pass_obj
def fetch(chosen: Chosen, edition: str) -> None:
    from capitalise.bots.roumics.folder import keep_pad, kept_pads, pad_of
    from capitalise.web.pads import fetch_pad

    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    folder = edition_folder(workspace, bot, edition)
    (found,) = read_editions(editions_folder(workspace, bot), [edition])
    sessions = [one for one in found.event.sessions if pad_of(one)]
    stamp = workspace.clock.now().strftime(STAMP)
    failed = 0
    for one in sessions:
        before = kept_pads(folder, one)
        try:
            pad = fetch_pad(pad_of(one), workspace.settings.agent, private=bot.options.pads_private)
        except SheetError as error:
            failed += 1
            screen.line(f"  ✗ {one.title}", fg="red")
            screen.line(f"      {screen.text(error.message)}")
            if before:
                screen.say(N_("      The copy of %(when)s stays in use.", when=before[-1].stem))
            continue
        if not pad.data.strip() or pad.data.lstrip().startswith(WELCOMES):
            failed += 1
            why = N_("the pad holds nothing but what every new pad does; nothing was kept of it")
            screen.line(f"  ✗ {one.title} : " + screen.text(why), fg="red")
            continue
        _kept(screen, one.title, pad.data, before, keep_pad(folder, one, pad.data, pad.ending, stamp))
    if not sessions:
        screen.say(N_("No session of this edition names a pad."))
    sys.exit(WAITING if failed else 0)


def _kept(screen: Screen, title: str, data: bytes, before: Sequence[Path], path: Path | None) -> None:
    """A line about a pad that was fetched; one that lost much of its text is told."""
    if path is None:
        screen.line(f"  · {title} : " + screen.text(N_("as before")), dim=True)
        return
    screen.line(f"  ✓ {title} : {path.name}", fg="green")
    if before and len(data) < 0.5 * before[-1].stat().st_size:
        why = N_(
            "      It lost more than half of its text since %(when)s; to go on with that copy, delete the new one.",
            when=before[-1].stem,
        )
        screen.say(why, fg="yellow")


@click.command(help=_("Show an edition's pages in a browser, as readers will see them. Writes nothing on the wiki."))
@edition_argument
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help=_("The file, if not one in exports/."))
@click.option("--no-open", is_flag=True, help=_("Write the file, and open no browser."))
@click.pass_obj
def preview(chosen: Chosen, edition: str, html: Path | None, no_open: bool) -> None:
    from capitalise.exports.preview_page import preview_page

    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    (one,) = read_editions(editions_folder(workspace, bot), [edition])
    if not one.event.built:
        raise SettingsError(
            N_("%(title)s: its page is written by hand (build = false); it is listed only.", title=one.event.title)
        )
    path = html or workspace.folder / "exports" / f"roumics-{edition}.html"
    if not html:
        path.parent.mkdir(exist_ok=True)
    refuse_outputs(workspace, {".html": path})
    plan, pages = _previewed(workspace, bot, edition)
    waiting = [f"{f.section or f.title} : {screen.text(f.message)}" for f in (*checked(one), *plan.findings)]
    waiting += [screen.text(note) for note in plan.notes]
    write(workspace, path, preview_page(one.event.title, pages, list(dict.fromkeys(waiting)), LANGUAGE).encode())
    screen.say(N_("To read in a browser: %(file)s", file=path))
    if at_terminal() and not no_open:
        click.launch(path.resolve().as_uri())


def _previewed(workspace: Workspace, bot: Bot, edition: str) -> tuple[Plan, list[PreviewPage]]:
    """The pages of an edition as they are or will be, on wikis that are read only too."""
    from capitalise.bots.roumics.folder import read_taken
    from capitalise.bots.roumics.planner import plan_roumics
    from capitalise.exports.preview_page import PreviewPage
    from capitalise.plans.run_ids import new_run_id
    from capitalise.sheets.pandoc import tree_to_wikitext

    task = task_for(workspace, bot)
    settings = settings_of(bot.options, task)
    settings = replace(settings, writable=settings.writable | {bot.wiki})
    editions = read_editions(editions_folder(workspace, bot))
    created = workspace.store(bot.wiki).now()
    fill = filler(task)
    words = read_taken(editions_folder(workspace, bot))
    run = new_run_id(created)
    plan = plan_roumics(
        settings, workspace.store, editions, words, run, created, (), fill, tree_to_wikitext, edition=edition
    )
    screen = Screen(LANGUAGE)
    states = {True: screen.text(N_("changes")), False: screen.text(N_("new page"))}
    pages = [
        PreviewPage(c.wiki, c.title, states[bool(c.base)], _as_read(workspace, c.wiki, c.title, c.new))
        for c in plan.pages
    ]
    event = next(one.event for one in editions if one.event.key == edition)
    reader = workspace.store(bot.wiki)
    titles = [event.title, *(event.page_of(one) for one in event.sessions if one.noted)]
    changed = {one.title for one in pages}
    heads = reader.heads([title for title in titles if title not in changed])
    stays = screen.text(N_("stays as it is"))
    texts = reader.revisions(head.revision for head in heads.values() if head.revision)
    pages += [
        PreviewPage(bot.wiki, r.title, stays, _as_read(workspace, bot.wiki, r.title, r.text or ""))
        for r in texts.values()
    ]
    order = {title: number for number, title in enumerate(titles)}
    return plan, sorted(pages, key=lambda one: order.get(one.title, len(order)))


def _as_read(workspace: Workspace, wiki: str, title: str, text: str) -> str:
    """HTML by the wiki itself, or by pandoc where there is none to ask."""
    if workspace.wiki(wiki).api:
        return workspace.store(wiki).rendered(title, text)
    from capitalise.sheets.pandoc import tree_to_html, wikitext_to_tree

    return tree_to_html(wikitext_to_tree(text))


@click.command(
    help=_("Bring what people wrote between the bot's marks into the folders, so that every later build holds it.")
)
@click.pass_obj
def pull(chosen: Chosen) -> None:
    from capitalise.bots.roumics.folder import read_published, read_taken, write_layer
    from capitalise.bots.roumics.pull import words_on_wiki
    from capitalise.bots.roumics.renamed import build_as_there
    from capitalise.plans.diff import text_diff
    from capitalise.sheets.pandoc import tree_to_wikitext

    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    task = task_for(workspace, bot)
    settings = settings_of(bot.options, task)
    editions = read_editions(editions_folder(workspace, bot))
    fill = filler(task)
    built = build_as_there(settings, workspace.store, editions, fill, tree_to_wikitext)
    folder = editions_folder(workspace, bot)
    pulled, findings = words_on_wiki(bot.name, workspace.store, read_taken(folder), built, read_published(folder))
    stamp = workspace.clock.now().strftime(STAMP)
    for one in pulled:
        layer = one.taken.layers[0]
        screen.line(f"  {one.taken.title} : {one.taken.region}  ({one.user})", fg="cyan")
        screen.pieces(text_diff(layer.base, layer.words))
        path = write_layer(folder / one.edition, one.taken, stamp)
        screen.line("      → " + screen.text(N_("kept in %(file)s", file=path)), fg="green")
    screen.findings(findings)
    if not pulled and not findings:
        screen.say(N_("Nobody wrote between the marks of the pages that the folder makes."))
    elif pulled:
        screen.say(N_("Next:\n  capitalise plan %(bot)s", bot=bot.name), bold=True)
    sys.exit(WAITING if findings else 0)


@click.command(help=_("Send an edition's photos and slides to the wiki: those with author and licence, after asking."))
@edition_argument
@yes_option
@click.pass_obj
def upload(chosen: Chosen, edition: str, yes: bool) -> None:
    from capitalise.bots.roumics.session_notes import without_private
    from capitalise.bots.roumics.uploads import plan_uploads
    from capitalise.plans.run_ids import new_run_id

    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    (one,) = read_editions(editions_folder(workspace, bot), [edition])
    folder = edition_folder(workspace, bot, edition)
    store = workspace.store(bot.wiki)
    task = task_for(workspace, bot)
    settings = settings_of(bot.options, task)
    created = store.now()
    event, _held = without_private(one.event, one.decisions)
    files = {photo.file: _bytes(folder, photo.file) for photo in event.photos}
    plan = Plan(bot.name, new_run_id(created), created)
    plan = plan_uploads(plan, settings, store, one, event, files, filler(task))
    screen.plan(plan)
    if plan.empty:
        sys.exit(WAITING if plan.findings else 0)
    refuse_early(workspace, plan)
    if not agreed(screen, yes):
        sys.exit(0)
    screen.expects(len(plan.pages))
    report = workspace.apply(plan, Watch(screen.outcome, stopper(screen)))
    screen.report(plan.run, report)
    if report.error:
        raise report.error
    sys.exit(WAITING if report.waits or plan.findings else 0)


def _bytes(folder: Path, name: str) -> bytes | None:
    """A file of the folder; None for one that is not there, is outside, or is too large to send in one piece."""
    path = folder / name
    inside = path.resolve().is_relative_to(folder.resolve()) and path.is_file()
    return path.read_bytes() if inside and 0 < path.stat().st_size <= MOST_UPLOADED else None
