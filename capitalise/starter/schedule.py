"""A bot's nightly run as a timer of the user's systemd, or as a line of cron: texts only, and where they stand."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["cron_line", "timer_name", "unit_folder", "units"]

_SERVICE = """# Written by “capitalise schedule”; “capitalise schedule {bot} --remove” takes it away.
[Unit]
Description=capitalise: the bot {shown}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={command}
# 3: done, and somebody must decide; that is no failure. A polite end lets the edit in flight finish.
SuccessExitStatus=3
TimeoutStartSec=6h
TimeoutStopSec=150
Environment=LANGUAGE={language}
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
UMask=0007
"""
_TIMER = """# Written by “capitalise schedule”. A night that was missed is made up for.
[Unit]
Description=capitalise: the bot {shown}, every night

[Timer]
OnCalendar=*-*-* {at}
RandomizedDelaySec=20min
Persistent=true

[Install]
WantedBy=timers.target
"""


def unit_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where systemd looks for a user's units (systemd.unit(5), “User Unit Search Path”)."""
    base = environment.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "systemd" / "user"


def timer_name(bot: str, folder: Path) -> str:
    """The units of a bot of this workspace, without their ending: two workspaces may each have a bot of one name, and two names be alike without accents."""
    plain = re.sub(r"[^A-Za-z0-9_.]+", "-", bot).strip("-.") or "bot"
    whose = hashlib.sha256(f"{folder.resolve()}\0{bot}".encode()).hexdigest()[:8]
    return f"capitalise-{plain[:60]}-{whose}"


def units(bot: str, folder: Path, program: Sequence[str], at: str, language: str) -> dict[str, str]:
    """The service and the timer, by their files' names. `at` is HH:MM, in this machine's time."""
    name = timer_name(bot, folder)
    command = " ".join(map(_quoted, [*program, "-C", str(folder), "run", bot]))
    shown = _inert(bot)
    service = _SERVICE.format(bot=shown, shown=shown, folder=_inert(str(folder)), command=command, language=language)
    return {f"{name}.service": service, f"{name}.timer": _TIMER.format(shown=shown, at=at)}


def _inert(text: str) -> str:
    """On one line, and no specifier (systemd.unit(5), “Specifiers”)."""
    return " ".join(text.split("\n")).replace("%", "%%")


def _quoted(word: str) -> str:
    """A word of a command line (systemd.service(5), “Command lines”): in double quotes, nothing in it expanded."""
    for sign, inert in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$"), ("\n", "\\n")):
        word = word.replace(sign, inert)
    return f'"{word}"'


def cron_line(bot: str, folder: Path, program: Sequence[str], at: str) -> str:
    """The same for cron, which takes `%` for the end of a line (crontab(5))."""
    hour, minute = at.split(":")
    command = shlex.join([*program, "-C", str(folder), "run", bot]).replace("%", r"\%")
    return f"{int(minute)} {int(hour)} * * * {command}"
