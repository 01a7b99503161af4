"""The command, run in this process, in one of its own, or at a terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from unittest import mock

from click.testing import CliRunner

from capitalise.cli.main import main

COMMAND = str(Path(sys.executable).parent / "capitalise")
#: What ends a run politely.
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def in_this_process(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The command without the start of Python, which takes ten times as long as what it does."""
    handlers = {number: signal.getsignal(number) for number in STOPS}
    filters = warnings.filters[:]
    try:
        warnings.simplefilter("ignore")  # as a person's Python
        with mock.patch.dict(os.environ, environment, clear=True), mock.patch.object(sys, "argv", ["capitalise"]):
            done = CliRunner().invoke(main, arguments, prog_name="capitalise")
    finally:
        warnings.filters[:] = filters
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def in_its_own(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The command as people start it."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def typed(folder: Path, environment: dict[str, str], arguments: list[str], *answers: str) -> tuple[str, int]:
    """The command at a terminal, each answer given when it asks; what was shown, and the exit code."""
    ours, theirs = pty.openpty()
    command = [COMMAND, "-C", str(folder), *arguments]
    process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, waiting, end = "", list(answers), time.monotonic() + 60
    while time.monotonic() < end:
        ready, _w, _x = select.select([ours], [], [], 0.3)
        if ready:
            try:
                data = os.read(ours, 65536)
            except OSError:
                break
            if not data:
                break
            shown += data.decode(errors="replace")
        elif waiting and shown.rstrip(" ").endswith((">", ":", "]", "?", ")")):
            os.write(ours, (waiting.pop(0) + "\n").encode())
        elif process.poll() is not None:
            break
    if process.poll() is None and time.monotonic() >= end:
        process.kill()
    code = process.wait(10)
    os.close(ours)
    return shown, code
