"""Commands of `roumics` about the folder of an edition: made, checked, read from a page, its private lines, its numbers."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from capitalise.bots.roumics.checks import check_editions, check_event
from capitalise.bots.roumics.edition import Edition
from capitalise.bots.roumics.event import Event, read_day, usual_title
from capitalise.bots.roumics.kind import no_edition, read_editions
from capitalise.bots.roumics.read_back import read_dates
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import as_json, at_terminal
from capitalise.cli.roumics.named import edition_argument, edition_names
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, SettingsError
from capitalise.files import write_safely
from capitalise.messages import N_, NP_, Message
from capitalise.pages.titles import normal_title, title_problem
from capitalise.plans.model import Finding
from capitalise.workspace.opened import Bot
from capitalise.workspace.workspace import Workspace

__all__ = ["Chosen", "allow", "check", "checked", "edition_folder", "editions_folder", "figures", "new", "read"]

Chosen = tuple[Workspace, Bot]


def editions_folder(workspace: Workspace, bot: Bot) -> Path:
    """The folder that holds a folder for each edition."""
    folder: Path = workspace.folder / bot.options.folder
    return folder


def edition_folder(workspace: Workspace, bot: Bot, edition: str) -> Path:
    if not re.fullmatch(r"[\w][\w .-]{0,60}", edition) or edition.endswith((".", " ")):
        raise SettingsError(N_("“%(key)s” cannot be a folder's name: write a year, as in 2027.", key=edition))
    return editions_folder(workspace, bot) / edition


@click.command(help=_("Begin an edition: a folder with event.toml and a sheet of its sessions."))
@click.argument("edition")
@click.option("--title", metavar=_("TITLE"), help=_("The title of its page on the wiki."))
@click.option("--theme", metavar=_("WORDS"), help=_("What it is about."))
@click.option("--date", "dates", multiple=True, metavar="DAY", help=_("A day of it, as 2027-11-19 (may be repeated)."))
@click.option("--place", metavar=_("WORDS"), help=_("Where it takes place."))
@click.option("--number", metavar=_("N"), type=click.IntRange(0), help=_("Its number among the editions."))
@click.pass_obj
def new(
    chosen: Chosen,
    edition: str,
    title: str | None,
    theme: str | None,
    dates: Sequence[str],
    place: str | None,
    number: int | None,
) -> None:
    from capitalise.bots.roumics.new_edition import write_edition

    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    folder = edition_folder(workspace, bot, edition)
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(N_("%(dir)s already holds files: nothing was written.", dir=folder))
    event = Event(
        edition,
        normal_title(title or usual_title(edition)),
        number or 0,
        _asked(theme, _("Theme?")),
        _asked_days(screen, dates, edition),
        _asked(place, _("Place?")),
    )
    if problem := title_problem(event.title):
        raise SettingsError(N_("No page can have the title “%(title)s”: %(why)s.", title=event.title, why=problem))
    for path in write_edition(folder, event):
        screen.line(f"  {path}")
    screen.say(
        N_(
            "Next: fill event.ods, a row for each session, then: capitalise roumics check %(key)s",
            key=edition,
        ),
        bold=True,
    )


def _asked(given: str | None, question: str) -> str:
    """An option, or what a person at the terminal answers; Return leaves it open."""
    if given is not None or not at_terminal():
        return given or ""
    return str(click.prompt(question, default="", show_default=False, prompt_suffix=" ")).strip()


def _asked_days(screen: Screen, given: Sequence[str], edition: str) -> tuple[date, ...]:
    years = [int(edition)] if re.fullmatch(r"\d{4}", edition) else []
    while True:
        typed = [*given] or [_asked(None, _("Days (2027-11-19, 2027-11-20)?"))]
        read = [_days_in(word, years) for word in typed]
        if all(days is not None for days in read):
            return tuple(sorted({day for days in read for day in days or ()}))
        wrong = next(word for word, days in zip(typed, read, strict=True) if days is None)
        why = N_("“%(text)s” is no day; write it as 2027-11-19", text=wrong.strip())
        if given or not at_terminal():
            raise SettingsError(why)
        screen.say(why)


def _days_in(words: str, years: Sequence[int]) -> list[date] | None:
    """`19/11/2027, 20/11/2027` or `les 19 et 20 novembre 2027`; None for what is no day."""
    days, rest = read_dates(words)
    if days and not rest:
        return list(days)
    found = [read_day(word, years) for word in re.split(r"[,;]", words) if word.strip()]
    return None if None in found else [day for day in found if day]


@click.command(help=_("Say what is missing for a report that can be published: of one edition, or of all."))
@click.argument("edition", required=False, shell_complete=edition_names)
@as_json
@click.pass_obj
def check(chosen: Chosen, edition: str | None, json_: bool) -> None:
    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    editions = read_editions(editions_folder(workspace, bot), [edition] if edition else [])
    findings = [f for one in editions if one.event.built for f in checked(one)]
    findings += check_editions([one.event for one in editions])
    if json_:
        told = [
            {"rule": f.rule, "message": screen.text(f.message), "title": f.title, "field": f.field} for f in findings
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        screen.findings(findings)
        for one in editions:
            _say_state(screen, one)
        if not editions:
            screen.say(no_edition(editions_folder(workspace, bot)))
    sys.exit(WAITING if findings else 0)


def _say_state(screen: Screen, edition: Edition) -> None:
    """How many accounts there are, and what comes next."""
    event = edition.event
    if not event.built:
        screen.say(N_("%(title)s: its page is written by hand (build = false); it is listed only.", title=event.title))
        return
    noted = [one for one in event.sessions if one.noted]
    ready = [one for one in noted if isinstance(edition.notes.get(one.at), dict)]
    screen.say(
        N_(
            "%(title)s: %(sessions)d sessions, %(noted)d with notes, %(ready)d of these are in the folder.",
            title=event.title,
            sessions=len(event.sessions),
            noted=len(noted),
            ready=len(ready),
        ),
        bold=True,
    )
    if len(ready) < len(noted):
        screen.say(N_("To fetch the pads: capitalise roumics fetch %(key)s", key=event.key))


def checked(edition: Edition) -> list[Finding]:
    """What somebody should look at before an edition is published."""
    found = check_event(edition.event, edition.files.__contains__)
    broken = ((one, edition.notes.get(one.at)) for one in edition.event.sessions)
    return [*found, *(Finding("notes", why, title=one.title) for one, why in broken if isinstance(why, Message))]


@click.command(help=_("Decide about the private lines of an edition's notes, one by one."))
@edition_argument
@click.pass_obj
def allow(chosen: Chosen, edition: str) -> None:
    from capitalise.bots.roumics.folder import ALLOWED, write_decisions
    from capitalise.bots.roumics.session_notes import held_lines

    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    (found,) = read_editions(editions_folder(workspace, bot), [edition])
    held = held_lines(found)
    path = edition_folder(workspace, bot, edition) / ALLOWED
    if not held:
        screen.say(N_("No line waits for a decision."))
        return
    lines = {one.line: (title, one.why) for title, one in held}
    decided = 0
    for line, (title, why) in lines.items():
        screen.line(f"  {title}", fg="cyan")
        screen.line(f"      {line}")
        answer = _publishes(screen, why) if at_terminal() else None
        if answer is not None:  # kept at once: whoever stops here has said it
            write_decisions(edition_folder(workspace, bot, edition), {line: answer})
            decided += 1
    if not at_terminal():
        screen.say(N_("Nobody is at the terminal: write “oui : LINE” or “non : LINE” into %(file)s.", file=path))
    elif decided:
        screen.say(
            NP_(
                "%(count)d line decided; it stands in %(file)s, where you can change it.",
                "%(count)d lines decided; they stand in %(file)s, where you can change them.",
                decided,
                file=path,
            )
        )
    sys.exit(WAITING if decided < len(lines) else 0)


def _publishes(screen: Screen, why: Message) -> bool | None:
    """A person's yes or no; None for later."""
    question = N_("      Publish this line (%(why)s)? A wiki's history is for ever. [y/n, Return: later]", why=why)
    while True:
        answer = (
            click.prompt(screen.text(question), default="", show_default=False, prompt_suffix=" ").strip().casefold()
        )
        if answer in ("y", "yes", "o", "oui"):
            return True
        if answer in ("n", "no", "non"):
            return False
        if not answer:
            return None
        screen.say(N_("Answer y or n."))


@click.command(help=_("Read a report that was written by hand, in the network's layout, into a folder."))
@click.argument("title")
@click.option("--as", "key", metavar=_("NAME"), help=_("The name of the folder, if not the year in the title."))
@click.pass_obj
def read(chosen: Chosen, title: str, key: str | None) -> None:
    from capitalise.bots.roumics.new_edition import write_edition
    from capitalise.bots.roumics.read_back import read_page

    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    if problem := title_problem(normal_title(title)):
        raise SettingsError(N_("No page can have the title “%(title)s”: %(why)s.", title=title, why=problem))
    reader = workspace.store(bot.wiki)
    head = reader.heads([title])[title]
    if not head.revision:
        raise SettingsError(N_("There is no page “%(title)s” on “%(wiki)s”.", title=title, wiki=bot.wiki))
    (revision,) = reader.revisions([head.revision]).values()
    year = re.search(r"\d{4}", revision.title)
    key = key or (year[0] if year else "")
    if not key:
        raise SettingsError(N_("Say with --as what its folder shall be called: its title has no year."))
    found = read_page(key, revision.title, revision.text or "")
    folder = edition_folder(workspace, bot, key)
    for path in write_edition(folder, found.event):
        screen.line(f"  {path}")
    screen.say(
        NP_("%(count)d session was understood.", "%(count)d sessions were understood.", len(found.event.sessions)),
        bold=True,
    )
    if found.left:
        lines = "".join(f"{number}: {line}\n" for number, line in found.left)
        write_safely(folder / "a-relire.txt", lines.encode())
        screen.say(
            NP_(
                "%(count)d line was not understood; it stands in %(file)s:",
                "%(count)d lines were not understood; they stand in %(file)s:",
                len(found.left),
                file=folder / "a-relire.txt",
            ),
            fg="yellow",
        )
        for number, line in found.left[:20]:
            screen.line(f"  {number}: {line}")
    screen.say(N_("The page stays as it is: its event.toml says build = false."))
    sys.exit(WAITING if found.left else 0)


@click.command(help=_("All editions in numbers: participants, themes, speakers, partners."))
@as_json
@click.pass_obj
def figures(chosen: Chosen, json_: bool) -> None:
    from capitalise.bots.roumics.session_notes import without_private
    from capitalise.bots.roumics.values import figures as figures_of
    from capitalise.bots.roumics.values import totals

    workspace, bot = chosen
    screen = Screen(LANGUAGE)
    events = [without_private(one.event, one.decisions)[0] for one in read_editions(editions_folder(workspace, bot))]
    if json_:
        told = {"editions": [figures_of(one) for one in events], "totals": totals(events)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for event in events:
        one = figures_of(event)
        parts = [
            NP_("%(count)d participant", "%(count)d participants", one["participants"] or 0),
            NP_("%(count)d session", "%(count)d sessions", one["sessions"]),
            NP_("%(count)d speaker", "%(count)d speakers", one["speakers"]),
            NP_("%(count)d partner", "%(count)d partners", len(one["partners"])),
        ]
        screen.line(f"{event.title}  {event.theme}", fg="cyan")
        screen.line("  " + ", ".join(screen.text(part) for part in parts if part.count))
