"""`schedule`: a bot's nightly run, put into the user's systemd after a yes, or shown as a line for cron."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click

from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import agreed, bot_argument, open_workspace, teller, yes_option
from capitalise.cli.show import Screen
from capitalise.errors import CapitaliseError, SettingsError
from capitalise.files import keep_copy, write_safely
from capitalise.messages import N_
from capitalise.plans.diff import text_diff
from capitalise.starter.schedule import cron_line, timer_name, unit_folder, units

__all__ = ["schedule"]


@click.command(help=_("Let BOT run every night: shows the timer, asks, installs it (or takes it away)."))
@bot_argument
@click.option("--at", metavar=_("HH:MM"), default="01:30", show_default=True, help=_("When, in this machine's time."))
@click.option("--cron", is_flag=True, help=_("Print a line for cron instead; install nothing."))
@click.option("--remove", is_flag=True, help=_("Take the timer away."))
@yes_option
@click.pass_obj
def schedule(folder: Path, bot: str, at: str, cron: bool, remove: bool, yes: bool) -> None:
    workspace = open_workspace(folder, teller(), asks=not yes)
    screen, when = Screen(LANGUAGE), _hour(at)
    if remove:  # of a bot that is gone, too
        _remove(screen, timer_name(bot, workspace.folder), yes)
        return
    chosen = workspace.bot(bot)
    if not chosen.settings.unattended:
        raise SettingsError(
            N_(
                "bots/%(bot)s.toml does not say that it runs by itself: write unattended = true (docs/robot.md).",
                bot=bot,
            )
        )
    if cron:
        screen.line(cron_line(bot, workspace.folder, _program(), when))
        return
    files = units(bot, workspace.folder, _program(), when, LANGUAGE)
    if not _has_systemd():
        line = cron_line(bot, workspace.folder, _program(), when)
        raise SettingsError(
            N_("Here is no systemd of yours to ask. With cron (crontab -e), this line does it:\n%(line)s", line=line)
        )
    _install(screen, files, yes)


def _hour(at: str) -> str:
    found = re.fullmatch(r"([01]?\d|2[0-3])[:hH]([0-5]\d)", at.replace(" ", ""))
    if not found:
        raise SettingsError(N_("“%(text)s” is no hour: write it as 01:30.", text=at))
    return f"{int(found[1]):02}:{found[2]}"


def _program() -> list[str]:
    """This very installation, wherever the timer's PATH leads."""
    found = Path(sys.executable).with_name("capitalise")
    return [str(found)] if found.exists() else [sys.executable, "-m", "capitalise"]


def _has_systemd() -> bool:
    return bool(shutil.which("systemctl")) and _systemctl("show-environment").returncode == 0


def _systemctl(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemctl") or "systemctl"
    return subprocess.run([program, "--user", *words], capture_output=True, text=True, check=False)  # noqa: S603 its words are ours


def _install(screen: Screen, files: dict[str, str], yes: bool) -> None:
    folder = unit_folder()
    there = {name: (folder / name).read_bytes() for name in files if (folder / name).exists()}
    for name, text in files.items():
        screen.line(str(folder / name), bold=True)
        screen.pieces(text_diff(there.get(name, b"").decode("utf-8", "replace"), text))
    if not agreed(screen, yes):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if there.get(name, text.encode()) != text.encode():  # somebody may have written into it
            keep_copy(folder / name, there[name])
        write_safely(folder / name, text.encode())
    timer = next(name for name in files if name.endswith(".timer"))
    _done(_systemctl("daemon-reload"))
    _done(_systemctl("enable", "--now", timer))
    screen.say(N_("Installed. What it did: journalctl --user -u %(name)s", name=timer.replace(".timer", ".service")))
    screen.say(N_("It runs while you are logged in; also otherwise after: loginctl enable-linger"), dim=True)


def _remove(screen: Screen, name: str, yes: bool) -> None:
    files = [path for end in ("timer", "service") if (path := unit_folder() / f"{name}.{end}").exists()]
    if not files:
        screen.say(N_("There is no timer of this bot."))
        return
    for path in files:
        screen.line(f"- {path}")
    if agreed(screen, yes):
        if _has_systemd():
            _done(_systemctl("disable", "--now", f"{name}.timer"))
        for path in files:
            path.replace(path.with_name(path.name + "~"))  # somebody may have written into it
        screen.say(N_("Taken away; the files are kept as %(name)s.service~ and .timer~.", name=name))


def _done(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        raise CapitaliseError(N_("systemd refused: %(why)s", why=" ".join(done.stderr.split()) or done.returncode))
