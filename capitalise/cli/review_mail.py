"""`review --static` and `review --answers`: pages that are mailed to writers, and what they send back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from capitalise.cli.outputs import write
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, SettingsError
from capitalise.messages import N_, NP_
from capitalise.messages.times import day
from capitalise.review.items import Item, items_of
from capitalise.review.journal import Journal, Proposal
from capitalise.review.mailed import LARGEST, file_names, mailed_page, pages_for, read_answers
from capitalise.review.session import open_journal
from capitalise.workspace.opened import Bot
from capitalise.workspace.planning import task_for
from capitalise.workspace.workspace import Workspace

__all__ = ["make_pages", "take_answers"]


def make_pages(workspace: Workspace, screen: Screen, what: Sequence[str], by: str | None, output: Path | None) -> None:
    """A page for each writer of a bot's sheet, in a folder."""
    if len(what) != 1:
        raise SettingsError(N_("Name one bot: capitalise review BOT --static --by rédacteur -o DIR"))
    bot = workspace.bot(what[0])
    task = task_for(workspace, bot)
    pages = bot.kind.writers(bot.options, task, by or "")
    items, folder = _items(workspace, bot), output or workspace.folder / "relecture"
    language = workspace.wiki(bot.wiki).language
    made = day(task.created.astimezone().date(), language)
    written, names = 0, file_names(bot.name, pages)
    for writer, some in pages.items():
        if wanted := pages_for(some, items):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / names[writer]
            write(workspace, path, mailed_page(bot.name, writer, wanted, made, language).encode())
            screen.line(f"  {path} : {writer or '–'} ({len(wanted)})")
            written += 1
    if not written:
        screen.say(N_("Nothing waits for anybody."))
        return
    screen.say(
        NP_(
            "%(count)d page made: mail it to its writer, who sends back the file that its button makes.",
            "%(count)d pages made: mail each to its writer, who sends back the file that its button makes.",
            written,
        ),
        bold=True,
    )
    screen.say(N_("Next, with what they sent:\n  capitalise review --answers FILE"))


def _items(workspace: Workspace, bot: Bot) -> list[Item]:
    return items_of(workspace.plan(bot), by_field=bot.kind.by_field)


def take_answers(workspace: Workspace, screen: Screen, files: Sequence[Path]) -> None:
    """Keep what writers sent back as proposals. Writes to no wiki and no sheet."""
    journal = open_journal(workspace.folder)
    old = 0
    for file in files:
        if file.stat().st_size > LARGEST:
            raise SettingsError(N_("%(file)s is too large for answers.", file=file))
        bot, writer, said = read_answers(file.read_bytes(), str(file))
        old += _take(workspace, screen, journal, workspace.bot(bot), writer, said)
    screen.say(N_("Nothing is written yet. Next:\n  capitalise review"))
    sys.exit(WAITING if old else 0)


def _take(
    workspace: Workspace, screen: Screen, journal: Journal, bot: Bot, writer: str, said: Sequence[Proposal]
) -> int:
    """Keep the proposals of one file; how many are about words that are others by now, each named."""
    keys = {item.key for item in _items(workspace, bot)}
    journal.propose(said)
    old = [one for one in said if one.key and one.key not in keys]
    count = NP_(
        "%(writer)s: %(count)d answer, kept as a proposal.",
        "%(writer)s: %(count)d answers, kept as proposals.",
        len(said),
        writer=writer or "–",
    )
    screen.say(count, bold=True)
    for one in old:
        why = N_(
            "  %(title)s – %(field)s: these words changed since this page was made", title=one.title, field=one.field
        )
        screen.say(why, fg="yellow")
    return len(old)
