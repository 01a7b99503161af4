"""Options and small answers that several commands share."""

from __future__ import annotations

import functools
import signal
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from capitalise.bots.kind import Request
from capitalise.cli.completed import bot_names, listed
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.show import Screen
from capitalise.errors import SettingsError
from capitalise.messages import N_, NP_, Message
from capitalise.pages.page_sets import PageSet
from capitalise.pages.titles import normal_title
from capitalise.plans.decisions import Prefer
from capitalise.plans.merge import Decision
from capitalise.workspace.trust import is_trusted, remember_trust
from capitalise.workspace.workspace import Workspace

__all__ = [
    "Narrow",
    "a_day",
    "agreed",
    "as_json",
    "at_terminal",
    "bot_argument",
    "colon",
    "narrowing",
    "open_workspace",
    "says_yes",
    "stopper",
    "teller",
    "yes_option",
]


@dataclass(frozen=True)
class Narrow:
    """What the options that narrow a plan ask for: the request, the sheets that are read besides, the options again as they are typed."""

    request: Request
    sheets: Sequence[Path] = ()
    typed: Sequence[str] = ()


def narrowing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that narrow a plan, handed on as one `narrow`."""

    @functools.wraps(command)
    def with_narrow(
        *arguments: Any,
        pages: Sequence[str],
        limit: int | None,
        sheets: Sequence[Path],
        field: str | None,
        prefer: str | None,
        fix: bool,
        category: str,
        prefix: str,
        linking_to: str,
        titles: Path | None,
        **rest: Any,
    ) -> Any:
        within = PageSet(category=category, prefix=prefix, linking_to=linking_to, titles=_titles_in(titles))
        request = Request(pages, limit, (), _prefers(pages, field, prefer), fix, within)
        pairs: list[tuple[str, object]] = [("--page", p) for p in pages]
        pairs += [("--sheet", s) for s in sheets]
        pairs += [("--limit", limit), ("--field", field), ("--prefer", prefer)]
        pairs += [("--category", category), ("--prefix", prefix), ("--linking-to", linking_to), ("--titles", titles)]
        typed = [word for name, value in pairs if value for word in (name, str(value))]
        narrow = Narrow(request, sheets, [*typed, *(["--fix"] if fix else ())])
        return command(*arguments, narrow=narrow, **rest)

    wrapped: Callable[..., Any] = with_narrow
    for option in (
        click.option("--fix", is_flag=True, help=_("Mend what can be mended, by the rules in the bot's TOML.")),
        click.option(
            "--prefer",
            type=click.Choice([Decision.SHEET.value, Decision.WIKI.value], case_sensitive=False),
            help=_("Settle one conflict for this side; needs --page and --field."),
        ),
        click.option("--field", metavar=_("FIELD"), help=_("The field that --prefer settles.")),
        click.option(
            "--sheet",
            "sheets",
            multiple=True,
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help=_("One more sheet to read (may be repeated)."),
        ),
        click.option("--limit", metavar=_("N"), type=click.IntRange(1), help=_("At most this many pages.")),
        click.option(
            "--titles",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help=_("Only the pages whose titles stand in this file, a line each."),
        ),
        click.option(
            "--linking-to", metavar=_("TITLE"), default="", help=_("Only pages that have a link to this one.")
        ),
        click.option("--prefix", metavar=_("WORDS"), default="", help=_("Only pages whose titles begin so.")),
        click.option("--category", metavar=_("NAME"), default="", help=_("Only pages of this category.")),
        click.option("--page", "pages", metavar=_("TITLE"), multiple=True, help=_("Only this page (may be repeated).")),
    ):
        wrapped = option(wrapped)
    return wrapped


def _titles_in(path: Path | None) -> tuple[str, ...]:
    """The titles in a file, a line each. Raises SettingsError."""
    try:
        lines = path.read_text("utf-8-sig").splitlines() if path else []
    except UnicodeDecodeError as error:
        raise SettingsError(N_("%(file)s is not UTF-8 text: save it as UTF-8.", file=path)) from error
    titles = tuple(line.strip() for line in lines if line.strip())
    if path and not titles:
        raise SettingsError(N_("%(file)s names no page.", file=path))
    return titles


def _prefers(pages: Sequence[str], field: str | None, prefer: str | None) -> list[Prefer]:
    if not prefer and not field:
        return []
    if len(pages) != 1 or not field or not prefer:
        raise SettingsError(N_("--prefer settles one field of one page: give --page and --field with it."))
    return [Prefer(normal_title(pages[0]), field, Decision(prefer))]


def bot_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    asks = listed(bot_names, lambda there: _("Which bot? There is: %(there)s.") % {"there": there})
    return click.argument("bot", metavar="BOT", required=False, shell_complete=bot_names, callback=asks)(command)


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "json_", is_flag=True, help=_("Print JSON for scripts."))(command)


def yes_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--yes", is_flag=True, help=_("Do not ask; a must where nobody sits at a terminal."))(command)


def teller() -> Callable[[Message], None]:
    """Progress goes to standard error."""
    return lambda message: Screen(LANGUAGE).say(message, error=True, dim=True)


def open_workspace(
    folder: Path, told: Callable[[Message], None], sheets: Sequence[Path] = (), *, asks: bool = True
) -> Workspace:
    """The workspace around a folder. Before code of its own runs, a person at the terminal is asked, once for each version of the file."""
    return Workspace.open(folder, sheets=sheets, told=told, trusts=_trusts if asks else is_trusted, trusted=is_trusted)


def _trusts(path: Path, code: bytes) -> bool:
    if is_trusted(path, code) or not at_terminal():
        return is_trusted(path, code)
    screen = Screen(LANGUAGE)
    lines = code.count(b"\n")
    screen.say(
        NP_(
            "%(file)s is a program of this workspace (%(count)d line), new or changed since somebody here said yes to it. It can do "
            "whatever you can do on this machine and on the wiki: read it first, or ask somebody who can.",
            "%(file)s is a program of this workspace (%(count)d lines), new or changed since somebody here said yes to it. It can do "
            "whatever you can do on this machine and on the wiki: read it first, or ask somebody who can.",
            lines,
            file=path,
        ),
        fg="yellow",
    )
    if not says_yes(screen, N_("Run it? [y/N]")):
        raise SettingsError(N_("%(file)s was not run; nothing was done.", file=path))
    remember_trust(path, code)
    return True


def a_day(text: str | None) -> datetime | None:
    """A day as people write it. Raises SettingsError."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y") if text else ():
        with suppress(ValueError):
            return datetime.strptime(str(text), form).replace(tzinfo=UTC)
    if text:
        raise SettingsError(N_("“%(text)s” is no day: write it as in 2026-11-22 or 22/11/2026.", text=text))
    return None


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def agreed(screen: Screen, yes: bool) -> bool:
    """Whether a person said yes, by --yes or by typing it."""
    if yes:
        return True
    if not at_terminal():
        raise SettingsError(N_("Nobody is at the terminal to say yes: read the plan, then add --yes."))
    if says_yes(screen, N_("Write this? [y/N]")):
        return True
    screen.say(N_("Nothing was written."))
    return False


def colon() -> str:
    """What stands between a question and its answer, in the language of both."""
    return "\u00a0: " if LANGUAGE == "fr" else ": "


def says_yes(screen: Screen, question: Message) -> bool:
    """A person's yes or no, in French or English; Return is no, anything else is asked again."""
    while True:
        answer = (
            click.prompt(screen.text(question), default="", show_default=False, prompt_suffix=" ").strip().casefold()
        )
        if answer in ("y", "yes", "o", "oui"):
            return True
        if answer in ("", "n", "no", "non"):
            return False
        screen.say(N_("Answer y or n."))


def asked_number(screen: Screen, question: str, numbers: Collection[int]) -> int:
    """One of some numbers, or 0 for none; anything else is asked again."""
    while numbers:
        answer = click.prompt(question, default="", show_default=False, prompt_suffix=" ").strip()
        if not answer:
            return 0
        if answer.isdecimal() and int(answer) in numbers:
            return int(answer)
        screen.say(N_("  This is none of the answers."))
    return 0


_STOPPING = N_("Stopping after this edit; Ctrl-C again stops at once.")


def stopper(screen: Screen, said: Message = _STOPPING) -> Callable[[], bool]:
    """Let the first Ctrl-C, a polite kill or a closed terminal end the run after the edit in flight, the second one at once. `said` is what is told then."""
    stop: list[bool] = []

    def on_interrupt(_number: int, _frame: object) -> None:
        if stop:
            raise KeyboardInterrupt
        stop.append(True)
        screen.say(said, error=True, fg="yellow")

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_interrupt)
    return lambda: bool(stop)
