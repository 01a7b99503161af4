"""Runs under fire: what is lost, doubled or left wrong after faults, people's edits and kills.

    python -m benchmarks.chaos --seeds 500          a table of what happened; exit code 1 where anything was lost
    python -m benchmarks.chaos --first 17 --seeds 1   one story, with what is wrong with it
    python -m benchmarks.chaos --folder --seeds 10000 the same on a wiki in a folder, where stories cost less
    python -m benchmarks.chaos --without-guards     each guard taken out in a copy, until a seed turns red

The wiki is the real MediaWiki of the tests, on this machine; the stories are in tests/chaos.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from benchmarks.guards import Guard, copy_without
from tests.chaos.on_folder import OnFolder
from tests.chaos.on_mediawiki import OnMediaWiki
from tests.chaos.stage import Stage
from tests.chaos.story import Story
from tests.mediawiki import farm as mediawiki

WIKIS = ("wikiversite", "wikilivres")  # a story each at a time
KINDS = {"lost": "words lost", "doubled": "edits or values doubled", "wrong": "wrong end states"}
MOST_SEEDS = 50  # for a guard that is missing to be noticed

#: What protects people's words in a run; `tests` is not used here.
GUARDS = (
    Guard("base: an edit names the revision it changes", "wikis/mediawiki.py", '"baserevid": edit.base, ', "", ""),
    Guard(
        "preflight: the pages to come are looked at again",
        "runs/writer.py",
        "if not edit.meets(head):",
        "if False:",
        "",
    ),
    Guard(
        "parent check: what was saved is read back", "runs/apply.py", "if truth is not Truth.SAVED:", "if False:", ""
    ),
    Guard(
        "waiting after an unclear answer", "runs/writer.py", "READ_BACK_SECONDS = 60.0", "READ_BACK_SECONDS = -1.0", ""
    ),
    Guard(
        "forward only in step: a field that waits keeps its base",
        "bots/fiches/assemble.py",
        "return {**hidden, **waiting}",
        "return {}",
        "",
    ),
    Guard(
        "base belongs to the page",
        "bots/fiches/matching.py",
        "if base and base.title != wanted:",
        "if False:",
        "",
    ),
    Guard(
        "revert respected",
        "plans/merge.py",
        "return Outcome.REVERTED if reverted else Outcome.TO_SHEET if wiki",
        "return Outcome.TO_SHEET if wiki",
        "",
    ),
)


@dataclass(frozen=True)
class Told:
    """One seed: what was counted, and what went wrong."""

    seed: int
    count: Counter[str]
    lost: list[str]
    doubled: list[str]
    wrong: list[str]
    log: list[str]

    @property
    def red(self) -> bool:
        return bool(self.lost or self.doubled or self.wrong)


def tell(farm: mediawiki.Farm, seeds: Sequence[int], *, until_red: bool = False) -> Iterator[Told]:
    """The stories of some seeds, two at a time, as they end."""
    waiting: SimpleQueue[int] = SimpleQueue()
    done: SimpleQueue[Told | BaseException | None] = SimpleQueue()
    for seed in seeds:
        waiting.put(seed)

    def stage(key: str) -> None:
        try:
            with tempfile.TemporaryDirectory() as folder:
                made = OnMediaWiki(farm, key, Path(folder))
                try:
                    while True:
                        done.put(_told(made, waiting.get_nowait()))
                except Empty:
                    pass
                finally:
                    made.close()
        except BaseException as error:
            done.put(error)
        done.put(None)

    with ThreadPoolExecutor(len(WIKIS)) as pool:
        for key in WIKIS:
            pool.submit(stage, key)
        ended = 0
        while ended < len(WIKIS):
            found = done.get()
            if isinstance(found, BaseException):
                raise found
            if found is None:
                ended += 1
                continue
            yield found
            if until_red and found.red:
                while not waiting.empty():
                    waiting.get()


def tell_in_a_folder(seeds: Sequence[int]) -> Iterator[Told]:
    """The same on a wiki in a folder, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        made = OnFolder(Path(folder))
        yield from (_told(made, seed) for seed in seeds)


def _told(stage: Stage, seed: int) -> Told:
    found, count = Story(stage, seed).tell()
    return Told(seed, count, found.lost, found.doubled, found.wrong, found.deeds.log)


def machine() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def without_guards(only: str) -> int:
    """Each guard taken out in a copy: the first seed that turns red, of MOST_SEEDS. The number that were not noticed."""
    print(f"{machine()}\n\n| without | first red seed | what was found |\n| --- | ---: | --- |", flush=True)
    missed = 0
    for guard in [g for g in GUARDS if only in g.rule]:
        with copy_without(guard) as (copy, environment):
            command = [sys.executable, "-m", "benchmarks.chaos", "--seeds", str(MOST_SEEDS), "--until-red"]
            done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        red = [line for line in done.stdout.splitlines() if line.startswith("seed ")]
        number, found = (
            (red[0].split("  ", 1)[0].removeprefix("seed "), red[0].split("  ", 1)[1]) if red else ("–", "–")
        )
        missed += not red
        print(f"| {guard.rule} | {number} | {found} |", flush=True)
        if done.returncode not in (0, 1) or (done.returncode and not red):
            raise SystemExit(f"{guard.rule}: the bench did not run\n{done.stdout}\n{done.stderr}")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=25)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--until-red", action="store_true", help="stop at the first seed in which something went wrong")
    parser.add_argument("--folder", action="store_true", help="on a wiki in a folder, in this process")
    parser.add_argument(
        "--log", action="store_true", help="tell the whole story of a seed in which something went wrong"
    )
    parser.add_argument(
        "--without-guards", nargs="?", const="", help="take each guard (with these words) out in a copy"
    )
    given = parser.parse_args()
    if given.without_guards is not None:
        return without_guards(given.without_guards)
    seeds = range(given.first, given.first + given.seeds)
    if given.folder:
        return _report(tell_in_a_folder(seeds), given.log)
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    try:
        return _report(tell(farm, seeds, until_red=given.until_red), given.log)
    finally:
        farm.stop()


def _report(stories: Iterable[Told], log: bool) -> int:
    """What went wrong, as it is found, then the table; 1 where anything did."""
    start, total, told = time.monotonic(), Counter[str](), list[bool]()
    number: Counter[str] = Counter()
    for one in stories:
        told.append(one.red)
        total += one.count
        for kind in KINDS:
            number[kind] += len(getattr(one, kind))
            for found in getattr(one, kind):
                print(f"seed {one.seed}  {kind}: {found}", flush=True)
        if one.red and log:
            print("\n".join(f"    {line}" for line in one.log), flush=True)
    _table(len(told), total, number, time.monotonic() - start)
    return any(told)


def _table(stories: int, total: Counter[str], number: Counter[str], seconds: float) -> None:
    print(f"\n{machine()}, {seconds:.0f} s\n")
    print("| | |\n| --- | ---: |")
    print(f"| stories | {stories} |")
    for name, times in sorted(total.items()):
        print(f"| {name} | {times} |")
    for kind, name in KINDS.items():
        print(f"| **{name}** | **{number[kind]}** |")


if __name__ == "__main__":
    sys.exit(main())
