"""How many requests and how long: capitalise beside pywikibot and a floor script, on 1,000 ingredient pages.

    python -m benchmarks.cost              prints a table (about ten minutes the first time)

Everything runs against the test MediaWiki on this machine, whose log counts the requests. `pywikibot` is
installed into a folder of its own from PyPI. The floor script is the fewest requests that can do the work.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from capitalise.plans.model import SheetLook
from capitalise.sheets import csv_format
from capitalise.sheets.table import Comments, Table
from tests.mediawiki import farm as mediawiki
from tests.place import PAGES

HERE = Path(__file__).parent
PAGE_COUNT = 1000
CHANGED = 100
WIKI = "wikiversite"  # content pages and forms in one namespace layout that the tests do not fill
ACCOUNTS = {
    "with apihighlimits": mediawiki.BOT,
    "without": ("Camille", mediawiki.PEOPLE["Camille"]),
}


def page_text(number: int, version: str = "un") -> str:
    lines = "\n".join(f"Ligne {i} de l'ingrédient {number}, {version}." for i in range(1, 6))
    tool = "{{Outil|nom=Carte " + str(number) + "|lien=https://exemple.org/|phrase=une feuille}}"
    return (
        f"{{{{Ingrédient\n|étape=1 - Qualifier la ressource et ses besoins\n|description={lines}\n|outils={tool}\n}}}}"
    )


class Bench:
    def __init__(self, farm: mediawiki.Farm, folder: Path) -> None:
        self.farm, self.folder = farm, folder

    def fill(self) -> None:
        """1,000 pages, the form and its templates, by MediaWiki's own importer."""
        texts = self.folder / "texts"
        texts.mkdir()
        for title, text in PAGES.items():
            if ":" in title:
                (texts / title.replace("/", "_")).write_text(text, "utf-8")
        for number in range(PAGE_COUNT):
            (texts / f"Ingrédient {number:04}").write_text(page_text(number), "utf-8")
        mediawiki._script(
            WIKI, "importTextFiles.php", "--user=Camille", "--overwrite", *map(str, sorted(texts.iterdir()))
        )
        mediawiki._script(WIKI, "runJobs.php")

    def counted(self, command: Sequence[str], environment: dict[str, str]) -> tuple[list[str], float, str]:
        """The requests that a command made, its time in seconds, and what it printed."""
        log = mediawiki.ROOT / f"requests-{WIKI}.jsonl"
        log.unlink(missing_ok=True)
        start = time.monotonic()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=self.folder)
        took = time.monotonic() - start
        if done.returncode not in (0, 3):
            sys.exit(f"{command}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        lines = log.read_text().splitlines() if log.exists() else []
        requests = [json.loads(line) for line in lines]
        return [f"{r['action']} {r['modules']} {r['items'] or ''}".strip() for r in requests], took, done.stdout

    def workspace(self, name: str, account: tuple[str, str]) -> tuple[Path, dict[str, str]]:
        kit = self.folder / name
        (kit / "bots").mkdir(parents=True)
        (kit / "capitalise.toml").write_text(
            f'contact = "bench"\n[wikis.w]\napi = "{mediawiki.address(WIKI)}"\nedit_interval = 0\n', "utf-8"
        )
        (kit / "bots" / "i.toml").write_text(
            'kind = "ingredients"\nwiki = "w"\nform = "Ingrédient"\nsheet = "i.csv"\n', "utf-8"
        )
        home = self.folder / f"home-{name}"
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("CAPITALISE_", "XDG_", "PYTHON"))},
            "HOME": str(home),
            "LANGUAGE": "en",
            "CAPITALISE_W_USER": account[0],
            "CAPITALISE_W_PASSWORD": account[1],
        }
        home.mkdir()
        return kit, environment

    def run(self, kit: Path, environment: dict[str, str], *more: str) -> tuple[list[str], float, str]:
        command = [str(Path(sys.executable).parent / "capitalise"), "-C", str(kit), "run", "i", "--yes", *more]
        return self.counted(command, environment)

    def change_sheet(self, kit: Path, version: str) -> None:
        """An editor rewrites 100 descriptions."""
        path = kit / "i.csv"
        table = csv_format.read(path.read_bytes(), "i.csv")
        at = table.header.index("Description")
        rows = [
            tuple(f"{c} {version}" if i == at and n < CHANGED else c for i, c in enumerate(row))
            for n, row in enumerate(table.rows)
        ]
        new = Table("i.csv", table.header, tuple(rows))
        path.write_bytes(csv_format.write(new, path.read_bytes(), "", "", SheetLook(), Comments()))


def forget_session(home: Path) -> None:
    for path in home.rglob("session-*.json"):
        path.unlink()


def median(times: int, act: Callable[[], float]) -> float:
    return statistics.median(act() for _ in range(times))


def floor(bench: Bench, environment: dict[str, str]) -> tuple[int, float]:
    """The floor script, its session kept: two requests."""
    command = [sys.executable, str(HERE / "peers" / "floor.py"), mediawiki.address(WIKI)]
    bench.counted(command, environment)
    requests, _took, _out = bench.counted(command, environment)
    return len(requests), median(9, lambda: bench.counted(command, environment)[1])


def pywikibot(bench: Bench) -> tuple[int, float, int] | None:
    """The same work with pywikibot: preload all pages, save the changed ones."""
    place = mediawiki.ROOT / "pywikibot"
    if not (place / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        done = subprocess.run([str(place / "bin" / "pip"), "install", "-q", "pywikibot"], check=False)
        if done.returncode:
            return None
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment |= {"PYWIKIBOT_NO_USER_CONFIG": "2", "PYWIKIBOT_DIR": str(bench.folder / "pwb")}
    (bench.folder / "pwb").mkdir(exist_ok=True)
    script = [
        str(place / "bin" / "python"),
        str(HERE / "peers" / "with_pywikibot.py"),
        mediawiki.address(WIKI),
        *mediawiki.BOT,
    ]
    bench.counted([*script, "0"], environment)
    unchanged, _took, _out = bench.counted([*script, "0"], environment)
    took = median(5, lambda: bench.counted([*script, "0"], environment)[1])
    changed, _took, _out = bench.counted([*script, str(CHANGED)], environment)
    return len(unchanged), took, len(changed)


def measure(
    bench: Bench, name: str, account: tuple[str, str], rows: list[tuple[str, ...]], peer: tuple[str, str]
) -> None:
    kit, environment = bench.workspace(f"kit-{name.replace(' ', '-')}", account)
    first, took, _out = bench.run(kit, environment)
    rows.append((f"first run, {name}", str(len(first)), f"{took:.1f}", "", ""))
    bench.run(kit, environment)
    quiet, _took, out = bench.run(kit, environment)
    assert "Nothing to do" in out, out
    floor_requests, floor_time = floor(bench, environment)
    time_quiet = median(9, lambda: bench.run(kit, environment)[1])
    rows.append(
        (
            f"nothing changed, {name}",
            str(len(quiet)),
            f"{time_quiet:.2f}",
            peer[0],
            f"{floor_requests} / {floor_time:.2f}",
        )
    )
    print("  ", quiet)
    forget_session(Path(environment["HOME"]))
    expired, took, _out = bench.run(kit, environment)
    rows.append((f"the same, session expired, {name}", str(len(expired)), f"{took:.2f}", "", ""))
    bench.change_sheet(kit, name)
    changed, took, _out = bench.run(kit, environment)
    edits = sum(r.startswith("edit") for r in changed)
    rows.append(
        (f"{edits} pages changed by the sheet, {name}", str(len(changed)), f"{took:.1f}", peer[1], str(CHANGED))
    )
    print("  ", [r for r in changed if not r.startswith("edit")])
    for path in Path(environment["HOME"]).rglob("*.sqlite*"):
        path.unlink()
    again, took, out = bench.run(kit, environment)
    assert "Nothing to do" in out, out
    rows.append((f"nothing changed, cache deleted, {name}", str(len(again)), f"{took:.2f}", "", ""))


def help_time(environment: dict[str, str]) -> tuple[float, float]:
    """`capitalise --help` and `python -c "import click"`, in seconds, in pairs."""

    def once(command: Sequence[str]) -> float:
        start = time.monotonic()
        subprocess.run(command, env=environment, capture_output=True, check=True)
        return time.monotonic() - start

    ours = [str(Path(sys.executable).parent / "capitalise"), "--help"]
    pairs = [(once(ours), once([sys.executable, "-c", "import click"])) for _ in range(21)]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def main() -> None:
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    folder = Path(tempfile.mkdtemp(prefix="capitalise-cost-"))
    rows: list[tuple[str, ...]] = []
    try:
        farm.reset(WIKI)
        bench = Bench(farm, folder)
        bench.fill()
        peer = pywikibot(bench)
        shown = (f"{peer[0]} / {peer[1]:.2f}", str(peer[2])) if peer else ("–", "–")
        for name, account in ACCOUNTS.items():
            measure(bench, name, account, rows, shown)
        ours, click = help_time({k: v for k, v in os.environ.items() if not k.startswith("PYTHON")})
        rows.append(("capitalise --help", "0", f"{ours:.3f}", "", f"import click: {click:.3f}"))
    finally:
        farm.reset(WIKI)
        farm.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"\n{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {PAGE_COUNT} pages\n"
    )
    print("| work | requests | seconds | pywikibot (requests / s) | floor script |\n| --- | --- | --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
