"""The two other tools on the same wikis: what each says is broken, as (wiki, title, line 0, address)."""

from __future__ import annotations

import csv
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from benchmarks.links.world import World
from benchmarks.peers.with_pywikibot import configure
from tests.mediawiki import farm as mediawiki

__all__ = ["with_linkchecker", "with_weblinkchecker"]

Told = list[tuple[str, str, int, str]]
LONGEST = 3600.0  # seconds for one tool


def _tools() -> Path:
    """Both from PyPI, in a folder of their own."""
    place = mediawiki.ROOT / "linktools"
    if not (place / "bin" / "linkchecker").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        wanted = ["pywikibot", "pywikibot-scripts", "memento_client", "LinkChecker", "requests"]
        subprocess.run([str(place / "bin" / "pip"), "install", "-q", *wanted], check=True)
    return place / "bin"


def with_weblinkchecker(folder: Path, world: World, server: Callable[[str], str]) -> tuple[float, Told]:
    """A process for each wiki, all at once. It tells people after two bad weeks; what it notes on the first day counts as told.

    It asks a host ten times a minute at most (`LinkCheckThread.get_delay`), and here all wikis are one host: a large world takes it
    hours.
    """
    tools, told, running = _tools(), Told(), []
    start = time.monotonic()
    for key in mediawiki.WIKIS:
        place = folder / f"pywikibot-{key}"
        place.mkdir()
        os.environ["PYWIKIBOT_DIR"] = str(place)
        configure(mediawiki.address(key), *mediawiki.BOT)
        with (place / "user-config.py").open("a") as config:
            config.write("report_dead_links_on_talk = False\n")
        (place / "pages.txt").write_text("".join(f"[[{page}]]\n" for wiki, page in world.pages if wiki == key))
        command = [str(tools / "pwb"), "weblinkchecker", "-file:pages.txt", "-simulate"]
        running.append(_start(command, {**os.environ, "PYWIKIBOT_DIR": str(place)}, place))
    for process in running:
        _end(process, LONGEST - (time.monotonic() - start))
    took = time.monotonic() - start
    for key in mediawiki.WIKIS:
        for path in (folder / f"pywikibot-{key}").rglob("*.dat"):
            history = pickle.loads(path.read_bytes())  # its own file, just written
            pages = {page for wiki, page in world.pages if wiki == key}
            told += [(key, p, 0, unquote(url)) for url, seen in history.items() for p, *_why in seen if p in pages]
    return took, told


def with_linkchecker(folder: Path, world: World, server: Callable[[str], str]) -> tuple[float, Told]:
    """Each page as readers see it and the links on it, but for MediaWiki's own menus."""
    tools = _tools()
    addresses = {f"{server(k)}/wiki/{quote(t.replace(' ', '_'))}": (k, t) for k, t in world.pages if "Modèle:" not in t}
    urls = folder / "addresses.txt"
    urls.write_text("\n".join(addresses))
    start = time.monotonic()
    ignored = r"favicon|www\.mediawiki\.org|Sp%C3%A9cial:|Spécial:|load\.php|printable=|action=(?!edit&redlink)|Aide:|Projet:|opensearch"
    command = [
        str(tools / "linkchecker"),
        "--recursion-level=1",
        "--check-extern",
        "--no-robots",
        "--threads=4",
        "--no-status",
    ]
    command += [f"--ignore-url={ignored}", "--output=csv/utf-8", "--no-warnings", "--stdin"]
    with urls.open() as given:
        process = _start(command, dict(os.environ), folder, given)
        _end(process, LONGEST)
    return time.monotonic() - start, list(_of_csv(folder / "said.txt", addresses))


def _of_csv(path: Path, addresses: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str, int, str]]:
    pages = {unquote(address): page for address, page in addresses.items()}
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    start = next((n for n, line in enumerate(lines) if line.startswith("urlname;")), len(lines))
    for row in csv.DictReader(lines[start:], delimiter=";"):
        page = pages.get(unquote(row["parentname"]))
        if page:
            yield (*page, 0, re.sub("_", " ", unquote(row["urlname"])))


def _start(
    command: list[str], environment: dict[str, str], folder: Path, given: object = None
) -> subprocess.Popen[bytes]:
    with (folder / "said.txt").open("wb") as said:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=given or subprocess.DEVNULL,  # type: ignore[call-overload]
            stdout=said,
            stderr=said,
        )


def _end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for a tool; one that takes too long is asked for what it has found."""
    try:
        process.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        print(f"<!-- {process.args!r} was stopped -->")
        process.send_signal(signal.SIGINT)  # both say then what they have found
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
