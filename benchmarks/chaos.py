"""Runs under fire: what is lost, doubled or left wrong after faults, people's edits and kills.

    python -m benchmarks.chaos --seeds 500          a table of what happened; exit code 1 where anything was lost
    python -m benchmarks.chaos --first 17 --seeds 1   one story, with what is wrong with it
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
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from benchmarks.guards import Guard, copy_without
from tests.chaos.story import Story, Theatre
from tests.mediawiki import farm as mediawiki

WIKIS = ("wikiversite", "wikilivres")  # a story each at a time
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
        "fiches/draft.py",
        "return {**hidden, **waiting}",
        "return {}",
        "",
    ),
    Guard(
        "base belongs to the page",
        "fiches/matching.py",
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
                theatre = Theatre(farm, key, Path(folder))
                try:
                    while True:
                        done.put(_told(theatre, waiting.get_nowait()))
                except Empty:
                    pass
                finally:
                    theatre.close()
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


def _told(theatre: Theatre, seed: int) -> Told:
    found, count = Story(theatre, seed).tell()
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
    parser.add_argument(
        "--log", action="store_true", help="tell the whole story of a seed in which something went wrong"
    )
    parser.add_argument(
        "--without-guards", nargs="?", const="", help="take each guard (with these words) out in a copy"
    )
    given = parser.parse_args()
    if given.without_guards is not None:
        return without_guards(given.without_guards)
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    seeds = range(given.first, given.first + given.seeds)
    start, total, stories = time.monotonic(), Counter[str](), list[Told]()
    try:
        for told in tell(farm, seeds, until_red=given.until_red):
            stories.append(told)
            total += told.count
            for kind in ("lost", "doubled", "wrong"):
                for one in getattr(told, kind):
                    print(f"seed {told.seed}  {kind}: {one}", flush=True)
            if told.red and given.log:
                print("\n".join(f"    {line}" for line in told.log), flush=True)
    finally:
        farm.stop()
    _table(stories, total, time.monotonic() - start)
    return any(told.red for told in stories)


def _table(stories: Sequence[Told], total: Counter[str], seconds: float) -> None:
    print(f"\n{machine()}, {seconds:.0f} s\n")
    print("| | |\n| --- | ---: |")
    print(f"| schedules | {len(stories)} |")
    for name, number in sorted(total.items()):
        print(f"| {name} | {number} |")
    for kind in ("lost", "doubled", "wrong"):
        name = {"lost": "words lost", "doubled": "edits or values doubled", "wrong": "wrong end states"}[kind]
        print(f"| **{name}** | **{sum(len(getattr(told, kind)) for told in stories)}** |")


if __name__ == "__main__":
    sys.exit(main())
