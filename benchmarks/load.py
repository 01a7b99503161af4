"""10,000 form pages and a sheet of 10,000 rows: requests, CPU and memory of whole commands, beside the floor script's CPU.

python -m benchmarks.load                  about ten minutes
python -m benchmarks.load --pages 1000
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks import cost
from benchmarks.cost import CHANGED, HERE, WIKI, Bench
from capitalise.plans.model import RowRef, SheetChange
from capitalise.sheets.file import SheetFile
from tests.mediawiki import farm as mediawiki


class Cost(NamedTuple):
    """What a command cost: requests, seconds on the clock and of CPU, MB at most."""

    requests: int
    wall: float
    cpu: float
    memory: float


def measured(bench: Bench, command: Sequence[str], environment: dict[str, str]) -> Cost:
    log = mediawiki.ROOT / f"requests-{WIKI}.jsonl"
    log.unlink(missing_ok=True)
    begun = time.monotonic()
    with (bench.folder / "out").open("wb") as out:
        process = subprocess.Popen(command, env=environment, cwd=bench.folder, stdout=out, stderr=out)
        _pid, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"{command}: {(bench.folder / 'out').read_text('utf-8')[-2000:]}")
    requests = len(log.read_text().splitlines()) if log.exists() else 0
    return Cost(requests, time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def change_sheet(path: Path) -> None:
    """An editor rewrites 100 descriptions."""
    sheet = SheetFile(path, path.name)
    table = sheet.read()
    assert table
    at, title = table.header.index("Description"), table.header.index("Titre")
    changes = [
        SheetChange(RowRef(path.name, number, row[title]), "Description", row[at], f"{row[at]} encore")
        for number, row in enumerate(table.rows[:CHANGED], 2)
    ]
    assert sheet.commit(changes) == []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    cost.PAGE_COUNT = parser.parse_args().pages
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    folder = Path(tempfile.mkdtemp(prefix="capitalise-load-"))
    rows: list[tuple[str, Cost]] = []
    try:
        farm.reset(WIKI)
        bench = Bench(farm, folder)
        bench.fill()
        kit, environment = bench.workspace("kit", mediawiki.BOT)
        bot = kit / "bots" / "i.toml"
        bot.write_text(bot.read_text("utf-8").replace("i.csv", "i.ods"), "utf-8")
        run = [str(Path(sys.executable).parent / "capitalise"), "-C", str(kit), "run", "i", "--yes"]
        floor = [sys.executable, str(HERE / "peers" / "floor.py"), mediawiki.address(WIKI)]
        rows.append(("first run", measured(bench, run, environment)))
        measured(bench, run, environment)
        rows.append(
            ("quiet night", min((measured(bench, run, environment) for _time in range(3)), key=lambda c: c.cpu))
        )
        measured(bench, floor, environment)
        rows.append(
            (
                "floor script, quiet night",
                min((measured(bench, floor, environment) for _time in range(3)), key=lambda c: c.cpu),
            )
        )
        change_sheet(kit / "i.ods")
        rows.append((f"{CHANGED} pages changed by the sheet", measured(bench, run, environment)))
        rows.append(("the night after", measured(bench, run, environment)))
    finally:
        farm.reset(WIKI)
        farm.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, MediaWiki {mediawiki.version()}"
    )
    print(f"{datetime.now(UTC):%Y-%m-%d}, {cost.PAGE_COUNT} pages, a row each in an ODS\n")
    print("| work | requests | seconds | CPU | memory |\n| --- | --- | --- | --- | --- |")
    for name, one in rows:
        print(f"| {name} | {one.requests} | {one.wall:.1f} | {one.cpu:.1f} s | {one.memory:.0f} MB |")


if __name__ == "__main__":
    main()
