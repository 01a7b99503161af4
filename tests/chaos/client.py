"""The program in processes that can be killed, their clocks running 300 times as fast.

One process loads the program and then forks for every run, so that a run starts in milliseconds.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SPEED = 300
LONGEST = 90.0  # seconds of a run: whatever takes longer hangs


class FastClock:
    """Waiting takes a 300th of its time, and the time that is told goes on by all of it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def seconds(self) -> float:
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / SPEED)
        self.ahead += seconds


class Program:
    """Starts runs: `start` gives a process number, `end` waits for its exit code (-9: killed)."""

    def __init__(self) -> None:
        self.loaded = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str], out: Path) -> int:
        """`capitalise ARGUMENTS` in a folder; what it prints goes to `out` and to `out`.err."""
        return int(self._ask({"run": [str(folder), list(arguments), dict(environment), str(out)]}))

    def end(self, number: int) -> int:
        """Raises TimeoutError for a run that hangs."""
        hangs = threading.Timer(LONGEST, kill, [number, signal.SIGUSR1])
        hangs.start()
        try:
            code = int(self._ask({"wait": number}))
        finally:
            hangs.cancel()
        if code == -signal.SIGUSR1:
            raise TimeoutError("a run does not end")
        return code

    def close(self) -> None:
        assert self.loaded.stdin and self.loaded.stdout
        self.loaded.stdin.close()
        self.loaded.wait(10)
        self.loaded.stdout.close()

    def _ask(self, what: Mapping[str, Any]) -> str:
        assert self.loaded.stdin and self.loaded.stdout
        print(json.dumps(what), file=self.loaded.stdin, flush=True)
        return self.loaded.stdout.readline()


def kill(number: int, how: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, how)


def has_ended(number: int) -> bool:
    """Whether a run has ended, though nobody waited for it yet."""
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def serve() -> None:
    """Fork for every line that asks for a run."""
    from capitalise.workspace import workspace

    workspace.SystemClock = FastClock  # type: ignore[misc, assignment]
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            status = os.waitpid(asked["wait"], 0)[1]
            print(os.waitstatus_to_exitcode(status), flush=True)
        elif number := os.fork():
            print(number, flush=True)
        else:
            os._exit(_run(*asked["run"]))


def _run(folder: str, arguments: list[str], environment: dict[str, str], out: str) -> int:
    from capitalise.cli.main import main

    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - they end with the process
    sys.stdout = Path(out).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = Path(out + ".err").open("w", encoding="utf-8")  # noqa: SIM115
    for name in [n for n in os.environ if n.startswith(("CAPITALISE_", "XDG_"))]:
        del os.environ[name]
    os.environ.update(environment)
    tell_renames(environment["CHAOS_RENAMES"], folder)
    try:
        main(["-C", folder, *arguments])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
        return 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def tell_renames(address: str, folder: str) -> None:
    """A file system that lets the world go on before it renames: whoever decides is asked first."""
    from urllib.parse import quote, urlsplit

    import capitalise.files

    there = urlsplit(address)
    agent = {"User-Agent": f"rename ({_contact(folder)}; test)"}
    replace, exchange = os.replace, capitalise.files.exchange

    def told(name: object) -> None:
        asked = http.client.HTTPConnection(there.hostname or "", there.port, timeout=LONGEST)
        asked.request("RENAME", "/" + quote(Path(str(name)).name), headers=agent)
        asked.getresponse().read()
        asked.close()

    def slow_replace(one: Any, other: Any, **more: Any) -> None:
        told(other)
        replace(one, other, **more)

    def slow_exchange(one: Path, other: Path) -> bool:
        told(other)
        return exchange(one, other)

    os.replace = slow_replace
    capitalise.files.exchange = slow_exchange


def _contact(folder: str) -> str:
    return re.findall(r'contact = "(\w+)"', Path(folder, "capitalise.toml").read_text("utf-8"))[0]


if __name__ == "__main__":
    serve()
