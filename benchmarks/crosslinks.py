"""What the bot `crosslinks` finds, how long it takes and how often it asks, beside two tools that check links.

    python -m benchmarks.crosslinks                    2,000 pages, 20,000 links, 5 % of them damaged (some minutes)
    python -m benchmarks.crosslinks --peers            pywikibot's weblinkchecker and linkchecker as well (an hour)
    python -m benchmarks.crosslinks --judged           the 200 links that were judged by hand, alone

All run on the same test wikis of this machine, whose logs count the requests. What is true is known: `links/world.py` makes
the damage from a seed. A finding is right where the truth has a damaged link on that line that leads there; it is a false
alarm where it has none. Redirects and links that are only written in an unusual way are no damage.
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
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from benchmarks.links.judged import judge
from benchmarks.links.peers import with_linkchecker, with_weblinkchecker
from benchmarks.links.world import Broken, World, dumps, make_world
from capitalise.wikitext.regions import find_region, with_region
from tests.mediawiki import farm as mediawiki
from tests.people import Person

#: Rules about a link that does not lead where it should; the others are about how it is written, or about pages.
DAMAGED = {
    *("missing-target", "variant-target", "misspelt-target", "wrong-namespace", "wrong-wiki", "moved-target"),
    *("deleted-target", "broken-redirect", "invalid-target", "missing-section", "dead-link"),
}
TOML = """kind = "crosslinks"
wiki = "communs"
outside_private = true
outside_minutes = 60
report_page = "Projet:Liens"
[[pages]]
wiki = "wikiversite"
role = "research"
prefix = "Recherche:"
[[pages]]
wiki = "wikilivres"
role = "book"
prefix = "Le livre/"
"""


@dataclass(frozen=True)
class Seen:
    """What a tool says is broken: page, line (0 where it says none), and then the target: title or address."""

    wiki: str
    title: str
    line: int
    words: str = ""


def server(key: str) -> str:
    return mediawiki.address(key).removesuffix("/w/api.php")


class Outside:
    """Another site on this machine: what stands under /mort is gone."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.send_response(404 if self.path.startswith("/mort") else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_HEAD  # noqa: N815

            def log_message(self, *_arguments: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
        #: One machine under many names, so that asking each once a second does not take hours.
        self.addresses = [f"http://127.0.0.{number}:{self.http.server_port}" for number in range(1, 200)]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


def fill(world: World, folder: Path) -> None:
    """The pages into the wikis, by MediaWiki's own importer; then those that are renamed and deleted."""
    for wiki, xml in dumps(world):
        path = folder / f"{wiki}.xml"
        path.write_text(xml, "utf-8")
        mediawiki._script(wiki, "importDump.php", "--no-updates", str(path))
        mediawiki._script(wiki, "rebuildall.php")
        person = Person(wiki, "Admin")
        for (key, old), new in world.moved.items():
            if key == wiki:
                person.act("move", **{"from": old, "to": new, "noredirect": True})
        for key, title in world.deleted:
            if key == wiki:
                person.act("delete", title=title, reason="essai")
        person.close()
        mediawiki._script(wiki, "runJobs.php")


def judged_against(truth: Sequence[Broken], seen: Iterable[Seen]) -> tuple[set[Broken], list[Seen]]:
    """The damage that was found, and the false alarms."""
    by_line: dict[tuple[str, str, int], Broken] = {(b.wiki, b.title, b.line): b for b in truth if b.line}
    by_target: dict[str, list[Broken]] = defaultdict(list)
    for one in truth:
        by_target[one.target[1]].append(one)
    found: set[Broken] = set()
    wrong: list[Seen] = []
    for one in seen:
        if one.line:
            hits = [hit] if (hit := by_line.get((one.wiki, one.title, one.line))) else []
        else:
            hits = [b for b in by_target.get(one.words, ()) if (b.wiki, b.title) == (one.wiki, one.title) or not b.line]
        found.update(hits)
        wrong += [] if hits else [one]
    return found, wrong


# -- this bot -------------------------------------------------------------------------------------


def workspace(folder: Path, pages: World) -> Path:
    kit = folder / "kit"
    (kit / "bots").mkdir(parents=True)
    titles = {
        key: [t for (k, t) in pages.pages if k == key and pages.pages[k, t].startswith("Une introduction")]
        for key in mediawiki.WIKIS
    }
    sets = "".join(
        f'[[pages]]\nwiki = "{key}"\nrole = "{role}"\ntitles = {json.dumps(titles[key], ensure_ascii=False)}\n'
        for key, role in (("communs", "quotes"), ("movilab", "quotes"))
    )
    (kit / "bots" / "liens.toml").write_text(TOML + sets, "utf-8")
    wikis = "".join(f'[wikis.{key}]\napi = "{mediawiki.address(key)}"\nedit_interval = 0\n' for key in mediawiki.WIKIS)
    (kit / "capitalise.toml").write_text(f'contact = "essai"\n{wikis}', "utf-8")
    return kit


def run(
    kit: Path, *arguments: str, account: tuple[str, str] = mediawiki.BOT
) -> tuple[str, float, dict[str, Counter[str]]]:
    """What a command printed, its seconds, and the requests to each wiki."""
    environment = dict(os.environ, XDG_CACHE_HOME=str(kit / "cache"), XDG_STATE_HOME=str(kit / "state"), LANGUAGE="fr")
    for key in mediawiki.WIKIS:
        environment |= {f"CAPITALISE_{key.upper()}_USER": account[0], f"CAPITALISE_{key.upper()}_PASSWORD": account[1]}
        (mediawiki.ROOT / f"requests-{key}.jsonl").unlink(missing_ok=True)
    start = time.monotonic()
    program = str(Path(sys.executable).parent / "capitalise")
    done = subprocess.run(
        [program, "-C", str(kit), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    took = time.monotonic() - start
    if done.returncode not in (0, 3):
        sys.exit(f"{arguments}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout, took, {key: requests(key) for key in mediawiki.WIKIS}


def requests(key: str) -> Counter[str]:
    """How often a wiki was asked, by what for."""
    path = mediawiki.ROOT / f"requests-{key}.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return Counter(f"{line['action']} {line['modules']}".strip() for line in lines)


def seen_by_us(printed: str) -> list[Seen]:
    findings: list[dict[str, Any]] = json.loads(printed)["findings"]
    return [Seen(f["wiki"], f["title"], f["line"], _quoted(f["message"])) for f in findings if f["rule"] in DAMAGED]


def _quoted(message: str) -> str:
    """The title that a sentence names first."""
    found = re.search("[«“]\\s*(.*?)\\s*[»”]", message)
    return found[1] if found else ""


def remember_two_days(kit: Path) -> None:
    """The report as it would be after two bad days more."""
    robot = Person("communs", "Robot")
    text = robot.text("Projet:Liens")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    region = find_region(text, "liens-rapport")
    assert region
    days = ", ".join(f"{date.today() - timedelta(days=days)}" for days in (2, 1))
    past = region.inside.replace(f"|| {today} ||", f"|| {days}, {today} ||")
    robot.edit("Projet:Liens", with_region(text, region, "liens-rapport", past))
    robot.close()


def budget(world: World, key: str, batch: int, high: int) -> str:
    """⌈P/50⌉ + ⌈T/50⌉ + ⌈L/500⌉ per link property + M + 10, from the truth's own numbers."""
    pages = sum(1 for (wiki, _title) in world.pages if wiki == key)
    missing = len({b.target for b in world.broken if b.target[0] == key})
    links = world.links * pages // len(world.pages)
    return str(2 * -(-pages // batch) + 3 * -(-links // high) + missing + 10)


def suggestions(printed: str, found: Iterable[Broken]) -> tuple[int, int]:
    """How many of the damaged links whose meaning is known come with the right page, of how many."""
    lines = {
        (f["wiki"], f["title"], f["line"]): f["suggestion"]
        for f in json.loads(printed)["findings"]
        if f["rule"] in DAMAGED
    }
    known = [b for b in found if b.meant]
    right = [b for b in known if _plain(b.meant) in _plain(lines.get((b.wiki, b.title, b.line), ""))]
    return len(right), len(known)


def _seen(world: World, wiki: str, title: str, line: int, address: str) -> Seen:
    """The target of an address as the truth names it."""
    named = address.replace("_", " ")
    for _key, name in {b.target for b in world.broken if (b.wiki, b.title) == (wiki, title)}:
        if name in named or f"{name[:1].lower()}{name[1:]}" in named:  # the address may begin it with a small letter
            return Seen(wiki, title, line, name)
    return Seen(wiki, title, line, address)


def _plain(text: str) -> str:
    return unquote(text).replace("_", " ").replace("&#39;", "'")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crosslinks")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--links", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--judged", action="store_true")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where pages.jsonl.gz is")
    options = parser.parse_args()
    print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    judge(options.data)
    if not options.judged:
        with tempfile.TemporaryDirectory() as folder:
            generated(Path(folder), options)


def generated(folder: Path, options: argparse.Namespace) -> None:
    outside = Outside()
    world = make_world(options.seed, options.pages, options.links, 0.05, server, outside.addresses)
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    try:
        for key in mediawiki.WIKIS:
            farm.reset(key)
        fill(world, folder)
        compare(folder, world, options, outside)
    finally:
        for key in mediawiki.WIKIS:
            farm.reset(key)
        farm.stop()
        outside.http.shutdown()


def compare(folder: Path, world: World, options: argparse.Namespace, outside: Outside) -> None:
    print(f"{len(world.pages)} pages, {world.links} links, {len(world.broken)} of them damaged, seed {options.seed}\n")
    kit = workspace(folder, world)
    _printed, first, asked = run(kit, "plan", "liens", "--json")
    run(kit, "run", "liens", "--yes")
    remember_two_days(kit)
    printed, second, _again = run(kit, "plan", "liens", "--json")
    _same, third, still = run(kit, "plan", "liens", "--json")
    print("| | seconds | requests | recall | precision |\n| --- | --- | --- | --- | --- |")
    found = show("capitalise, the first time", first, asked, world, seen_by_us(printed))
    right, known = suggestions(printed, found)
    print(f"| capitalise, nothing changed | {third:.0f} | {sum(one.total() for one in still.values())} | | |")
    if options.peers:
        for name, peer in (("weblinkchecker (pywikibot)", with_weblinkchecker), ("linkchecker", with_linkchecker)):
            for key in mediawiki.WIKIS:
                (mediawiki.ROOT / f"requests-{key}.jsonl").unlink(missing_ok=True)
            took, told = peer(folder, world, server)
            show(
                name, took, {key: requests(key) for key in mediawiki.WIKIS}, world, [_seen(world, *one) for one in told]
            )
    print(f"\nthe right page suggested: {right} of {known}")
    for key, one in asked.items():
        print(
            f"{key}: {one.total()} requests, {one['parse text']} of them for sections and links that templates make; ",
            end="",
        )
        print(f"allowed beside these: {budget(world, key, 500, 5000)}; nothing changed: {still[key].total()}")
        print(f"<!-- {dict(one)}; nothing changed: {dict(still[key])} -->")
    print(f"<!-- after the report was edited: {second:.0f} s -->")


def show(name: str, took: float, asked: dict[str, Counter[str]], world: World, seen: Sequence[Seen]) -> set[Broken]:
    found, wrong = judged_against(world.broken, seen)
    recall = len(found) / len(world.broken) if world.broken else 1.0
    precision = 1 - len(wrong) / len(seen) if seen else 1.0
    print(f"| {name} | {took:.0f} | {sum(one.total() for one in asked.values())} | {recall:.1%} | {precision:.1%} |")
    missed = Counter(b.damage for b in world.broken if b not in found)
    print(
        f"<!-- {name}: missed {dict(missed)}; false alarms {[(w.wiki, w.title, w.line, w.words[:90]) for w in wrong[:10]]} -->"
    )
    return found


if __name__ == "__main__":
    main()
