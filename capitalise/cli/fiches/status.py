"""`status`: what facilitators ask before every meeting. Needs no account, writes nothing but the file that is asked for."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from capitalise.bots.fiches.kind import form_of, settings_of
from capitalise.bots.fiches.reminders import find_reminders, form_address, reminder_text
from capitalise.bots.fiches.rows import read_rows
from capitalise.bots.fiches.status import Fiche, State, Status, find_status
from capitalise.bots.fiches.status_values import SIGNS, status_values, who_wrote
from capitalise.cli.fiches.bots import only_bot, with_sheet
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import a_day, as_json, bot_argument, open_workspace, teller
from capitalise.cli.outputs import refuse_outputs, write
from capitalise.cli.show import Screen
from capitalise.cli.tables import WIDEST, columns, flowing, terminal_width, width_of
from capitalise.errors import CapitaliseError
from capitalise.exports.status_page import PAPERS
from capitalise.forms.files import form_text
from capitalise.messages import N_, NP_, Message, render
from capitalise.plans.model import Plan
from capitalise.workspace.opened import Bot
from capitalise.workspace.planning import task_for
from capitalise.workspace.workspace import Workspace

__all__ = ["missing", "status"]

Words = Mapping[str, Mapping[str, str]]
WIDEST_LABEL = 14  # letters above a column


@click.command(help=_("List the pages of BOT that still miss a field."))
@bot_argument
@as_json
@click.pass_obj
def missing(folder: Path, bot: str, json_: bool) -> None:
    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    found, why, _plan = _status(workspace, screen, with_sheet(workspace.bot(bot)), None, offline=False, who=False)
    if why:
        _say_offline(screen, found, why)
    gaps = {fiche.title: dict(_gaps(fiche)) for fiche in found.fiches.values()}
    if json_:
        told = [{"title": title, "missing": list(one), "states": one} for title, one in gaps.items()]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for title, one in gaps.items():
        if one:
            screen.line(f"  {title}", fg="cyan")
            fields = [label + _how(screen, state) for label, state in one.items()]
            screen.line("      " + screen.text(N_("misses: %(fields)s", fields=", ".join(fields))))
    if not gaps:
        _say_empty(screen, found)
        return
    screen.line()
    screen.line(_counted(screen, found), bold=True)


def _gaps(fiche: Fiche) -> Iterator[tuple[str, State]]:
    """The fields that keep a page from being complete, and why."""
    if fiche.no_step:
        yield fiche.no_step, State.MISSING
    yield from ((cell.label, cell.state) for cell in fiche.cells if cell.state != State.WIKI)


def _how(screen: Screen, state: State) -> str:
    """What stands in a field that is not simply empty."""
    return "" if state is State.MISSING else f" ({screen.text(SIGNS[state][1])})"


@click.command(
    help=_("Show what is filled, what is missing and what waits, step by step. Writes nothing, needs no account.")
)
@click.argument("bot", required=False, metavar="[BOT]")
@click.option("--since", metavar="DATE", help=_("Mark what was written since this day (2026-11-22)."))
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help=_("Save one landscape page to print."))
@click.option(
    "--paper", type=click.Choice(list(PAPERS), case_sensitive=False), default="a4", help=_("The paper of that page.")
)
@click.option("--wikitext", is_flag=True, help=_("Print it as wikitext, to paste into a page."))
@click.option("--reminders", is_flag=True, help=_("Print a short message for each writer, to paste into a mail."))
@click.option("--deadline", metavar=_("DAY"), help=_("The day by which those messages ask for it."))
@click.option("--offline", is_flag=True, help=_("Do not ask the wiki: as it was when last looked at."))
@as_json
@click.pass_obj
def status(
    folder: Path,
    bot: str | None,
    since: str | None,
    html: Path | None,
    paper: str,
    wikitext: bool,
    reminders: bool,
    deadline: str | None,
    offline: bool,
    json_: bool,
) -> None:
    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    settings = only_bot(workspace, bot)
    until = a_day(deadline)
    refuse_outputs(workspace, {".html": html})
    found, why, plan = _status(workspace, screen, settings, a_day(since), offline=offline)
    if why or offline:
        _say_offline(screen, found, why)
    if html:
        from capitalise.exports.status_page import status_page

        write(
            workspace,
            html,
            status_page(workspace.folder, LANGUAGE, paper=paper.lower(), **status_values(found, LANGUAGE)).encode(),
        )
        screen.say(N_("To print: %(file)s", file=html), error=True)
    documents = dict(_documents(workspace, screen, settings, found))
    if reminders:
        day = until.date() if until else None
        _remind(workspace, screen, settings, found, plan, documents, day, offline=offline, json_=json_)
    elif json_:
        told = {"documents": {name: {t: list(cells) for t, cells in some.items()} for name, some in documents.items()}}
        click.echo(json.dumps(_as_dict(found) | told, ensure_ascii=False, indent=1))
    elif wikitext:
        from capitalise.exports.status_page import status_wikitext

        click.echo(status_wikitext(workspace.folder, LANGUAGE, **status_values(found, LANGUAGE)))
    else:
        _show(screen, found)
        for name, some in documents.items():
            _say_document(screen, settings.name, name, some)
    sys.exit(0)


def _documents(workspace: Workspace, screen: Screen, bot: Bot, found: Status) -> Iterator[tuple[str, Words]]:
    """What stands in the bot's documents only; one that cannot be read is named."""
    from capitalise.cli.fiches.documents import only_in_document  # pandoc only where used

    for name in bot.options.documents:
        try:
            yield name, only_in_document(workspace, bot, found, name)
        except CapitaliseError as error:
            screen.say(error.message, error=True, fg="yellow")


def _say_document(screen: Screen, bot: str, name: str, some: Words) -> None:
    count = sum(len(cells) for cells in some.values())
    if count:
        why = NP_(
            "%(count)d field stands only in %(file)s: capitalise import %(file)s --bot %(bot)s",
            "%(count)d fields stand only in %(file)s: capitalise import %(file)s --bot %(bot)s",
            count,
            file=name,
            bot=bot,
        )
        screen.say(why, fg="yellow")


def _remind(
    workspace: Workspace,
    screen: Screen,
    bot: Bot,
    found: Status,
    plan: Plan,
    documents: Mapping[str, Words],
    deadline: date | None,
    *,
    offline: bool,
    json_: bool,
) -> None:
    """A message for each writer, in the wiki's language. Names stay on this screen."""
    reader, _why = workspace.looked_at(bot.wiki, offline=offline)
    form = form_of(bot.options, task_for(workspace, bot, reader=reader))
    rows = [row for table in workspace.tables(bot) for row in read_rows(table, form, bot.options.columns).rows]
    known: dict[str, dict[str, str]] = {}
    for some in documents.values():
        for title, cells in some.items():
            known[title] = {**cells, **known.get(title, {})}
    there = reader.heads(found.fiches)
    name = "" if form_text(workspace.folder, bot.options.form) else bot.options.form
    opens = form_address(reader.address(), form, name, lambda title: bool(there[title].revision))
    language = workspace.wiki(bot.wiki).language
    made = find_reminders(found, rows, plan.conflicts, opens, known)
    texts = [(one.writer, reminder_text(one, language, deadline)) for one in made]
    if json_:
        click.echo(json.dumps([{"writer": w, "text": text} for w, text in texts], ensure_ascii=False, indent=1))
        return
    nobody = screen.text(N_("pages without a writer"))
    for writer, text in texts:
        screen.line(f"—— {writer or nobody}", bold=True)
        screen.line(text)
        screen.line()
    if not texts:
        screen.say(N_("Nothing waits for anybody."))


def _say_offline(screen: Screen, found: Status, why: Message | None) -> None:
    """From when the answer is, where the wiki was not asked now."""
    when = N_("The wiki as it was on %(when)s.", when=found.taken)
    for line in [why, when] if why else [when]:
        screen.say(line, error=True, fg="yellow")


def _status(
    workspace: Workspace, screen: Screen, bot: Bot, since: datetime | None, *, offline: bool, who: bool = True
) -> tuple[Status, Message | None, Plan]:
    from capitalise.bots.fiches.planner import plan_fiches

    reader, why = workspace.looked_at(bot.wiki, offline=offline)
    settings = settings_of(bot.options, task_for(workspace, bot, reader=reader))
    tables = workspace.tables(bot)
    plan = plan_fiches(settings, reader, tables, "", reader.now())
    options = bot.options.status
    by, nothing = options.group_by, options.placeholders
    found = find_status(settings, reader, tables, plan, by, nothing, since, _waiting(screen), who=who)
    return found, why, plan


def _waiting(screen: Screen) -> Callable[[int], None]:
    def told(count: int) -> None:
        if count > 20:
            screen.say(
                NP_("Reading the history of %(count)d page…", "Reading the histories of %(count)d pages…", count),
                error=True,
                dim=True,
            )

    return told


# -- for people -----------------------------------------------------------------------------------


def _show(screen: Screen, found: Status) -> None:
    if not found.fiches:
        _say_empty(screen, found)
        return
    fiches = [fiche for group in found.groups for fiche in group.fiches]
    blocks, legend = _laid_out(found.labels, fiches)
    for line in next(blocks):
        screen.line(line, dim=True)
    for group in found.groups:
        complete = sum(fiche.complete for fiche in group.fiches)
        name = group.name or screen.text(N_("Without a step"))
        screen.line(f"{name}  ({complete}/{len(group.fiches)})", bold=True)
        for _fiche in group.fiches:
            screen.line("\n".join(next(blocks)))
    screen.line()
    for words in (legend, [f"{sign} {screen.text(words)}" for sign, words in SIGNS.values()]):
        for line in flowing(words, " · "):
            screen.line(line, dim=True)
    if found.since:
        fresh = [(f.title, c) for f in found.fiches.values() for c in f.cells if c.fresh]
        screen.say(
            NP_("* %(count)d field written since then", "* %(count)d fields written since then", len(fresh)), dim=True
        )
    for why in found.gone:
        screen.say(why, fg="yellow")
    states = Counter(cell.state for fiche in found.fiches.values() for cell in fiche.cells)
    counts = "  ".join(f"{SIGNS[state][0]} {states[state]}" for state in SIGNS if states[state])
    for line in flowing([_counted(screen, found), counts], "  "):
        screen.line(line, bold=True)


def _say_empty(screen: Screen, found: Status) -> None:
    why = N_(
        "There is no page yet: fill the form on the wiki, or a row of the sheet; then: capitalise run %(bot)s",
        bot=found.bot,
    )
    screen.say(why)


def _counted(screen: Screen, found: Status) -> str:
    """How many pages are whole, and how many are not."""
    whole = sum(fiche.complete for fiche in found.fiches.values())
    parts = [
        NP_("%(count)d page is complete", "%(count)d pages are complete", whole),
        NP_("%(count)d page misses something", "%(count)d pages miss something", len(found.fiches) - whole),
    ]
    return ", ".join(screen.text(one) for one in parts if one.count) + "."


def _laid_out(labels: Sequence[str], fiches: Sequence[Fiche]) -> tuple[Iterator[list[str]], list[str]]:
    """The lines of each row, its heading first, in the widest layout that the terminal has room for: labels above the
    columns, else their numbers (told in the legend that is returned), else without who wrote last."""
    rows = [_line(fiche, LANGUAGE) for fiche in fiches]
    numbers = [str(number) for number in range(1, len(labels) + 1)]
    legend = [f"{number} {label}" for number, label in zip(numbers, labels, strict=True)]
    short = [label if len(label) <= WIDEST_LABEL else label[: WIDEST_LABEL - 1] + "…" for label in labels]
    for head, numbered in ((short, []), (numbers, legend)):
        table = [["", *head, ""], *rows]
        if width_of(table) <= terminal_width():
            return columns(table), numbered
    table = [["", *numbers], *(row[:-1] for row in rows)]
    return columns(table, widest=WIDEST - max(0, width_of(table) - terminal_width())), legend


def _line(fiche: Fiche, language: str) -> list[str]:
    """Title, a sign for each field, and who wrote last."""
    last = max((c for c in fiche.cells if c.at and who_wrote(c, language)), key=lambda c: str(c.at), default=None)
    signs = [SIGNS[c.state][0] + ("*" if c.fresh else "") for c in fiche.cells]
    return [fiche.title, *signs, who_wrote(last, language) if last else ""]


# -- for scripts ----------------------------------------------------------------------------------


def _as_dict(found: Status) -> dict[str, Any]:
    """`bot`, `taken`, `since`, `steps`: each with its pages, each with its fields."""
    return {
        "bot": found.bot,
        "taken": found.taken.isoformat(),
        "since": found.since.isoformat() if found.since else None,
        "not_offered": [render(why, LANGUAGE) for why in found.gone],
        "steps": [
            {
                "name": group.name,
                "pages": [
                    {
                        "title": fiche.title,
                        "complete": fiche.complete,
                        "fields": [
                            {
                                "label": c.label,
                                "state": c.state.value,
                                "user": c.user,
                                "at": c.at.isoformat() if c.at else None,
                                "since": c.fresh,
                            }
                            for c in fiche.cells
                        ],
                    }
                    for fiche in group.fiches
                ],
            }
            for group in found.groups
        ],
    }
