"""How much it takes to decide many changes in a browser: CPU and memory from the start of the command to its first page, and for an answer.

    python -m benchmarks.review                  a saved plan of 2,000 changes, 40 different edits, half of them texts of their own
    python -m benchmarks.review --changes 200

The plan is another workspace's: nothing of it is planned here, all of it is checked, grouped and shown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

TEXT = "Ce que la page {n} veut dire pour un commun, en une phrase assez longue pour être lue. "


def plan_of(changes: int) -> dict[str, Any]:
    """A plan with so many changes."""
    pages = []
    for n in range(changes):
        before, after = (
            ("cc by-sa", f"CC BY-SA {n % 40}.0")
            if n % 2
            else (TEXT.format(n=n) * 3, TEXT.format(n=n) * 3 + "Un mot de plus.")
        )
        label = "Licence" if n % 2 else "Description"
        old, new = (
            f"{{{{Ingrédient\n|{label.lower()}={text}\n|reste={TEXT.format(n=n) * 20}\n}}}}" for text in (before, after)
        )
        change = {
            "wiki": "communs",
            "title": f"Page {n}",
            "base": n + 1,
            "old": old,
            "new": new,
            "summary": "",
            "fields": [label],
        }
        pages.append({**change, "move_to": "", "rows": [], "values": [[label, before, after]]})
    common = {"conflicts": [], "findings": [], "notes": [], "looks": [], "proposals": [], "grid": None}
    return {
        "bot": "ailleurs",
        "run": "20260101T0000-aaaa",
        "created": datetime.now(UTC).isoformat(),
        "changes": pages,
        **common,
    }


def measure(changes: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "kit"
        environment = {**os.environ, "LANGUAGE": "fr", "XDG_CACHE_HOME": name}
        command = [sys.executable, "-m", "capitalise"]
        subprocess.run([*command, "init", str(folder), "--sample"], env=environment, check=True, capture_output=True)
        plan = folder / "plan.json"
        plan.write_text(json.dumps(plan_of(changes)), "utf-8")
        started = [*command, "-C", str(folder), "review", "--no-browser", str(plan)]
        process = subprocess.Popen(started, env=environment, stderr=subprocess.PIPE, text=True)
        assert process.stderr
        try:
            address = next(found[0] for line in process.stderr if (found := re.search(r"http://\S+", line)))
            _asked(address, process.pid, changes)
        finally:
            process.kill()
            process.wait()
            process.stderr.close()


def _asked(address: str, pid: int, changes: int) -> None:
    port, token = int(address.split(":")[2].split("/", maxsplit=1)[0]), address.split("token=")[1]
    headers = {"Cookie": f"capitalise_{port}={token}", "Origin": f"http://127.0.0.1:{port}"}
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/", headers=headers)
    page = connection.getresponse().read().decode()
    print(
        f"{'to the first page':24} {_cpu(pid):6.2f} s CPU, {_peak(pid):4.0f} MB, {len(page) / 1024:.0f} KB of HTML, {changes} changes"
    )
    before, keys = _cpu(pid), re.findall(r'name="key" value="(\w+)"', page)
    begun = time.perf_counter()
    form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    for key in keys[:20]:
        connection.request("POST", "/answer", body=f"key={key}&choice=leave", headers=form)
        connection.getresponse().read()
        connection.request("GET", "/", headers=headers)
        connection.getresponse().read()
    wall = (time.perf_counter() - begun) / 20
    print(
        f"{'an answer, the next page':24} {(_cpu(pid) - before) / 20:6.3f} s CPU, {wall:.3f} s; peak {_peak(pid):.0f} MB"
    )
    connection.close()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=2000)
    asked = parser.parse_args(arguments)
    print(f"{platform.platform()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}")
    measure(asked.changes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
