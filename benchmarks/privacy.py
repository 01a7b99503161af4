"""How much of what is private in minutes is held back, and how much else.

    python -m benchmarks.privacy            what is found in the minutes of benchmarks/minutes, by kind
    python -m benchmarks.privacy --show     … and every line that was missed or held wrongly

The minutes have the structures of real public ones; every name, address and contact in them is invented. Beside each stand the
numbers of its private lines, as readers marked them who had not seen the program (`?`: they were not sure; these count for nothing).
Those whose names begin with `c` came when the program was written, and were looked at once since (docs/roumics.md).
"""

from __future__ import annotations

import argparse
import difflib
import os
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from capitalise.notes.clean import clean_notes
from capitalise.pages.addresses import Site
from capitalise.sheets.pandoc import read_notes

MINUTES = Path(__file__).parent / "minutes"


@dataclass
class Found:
    """Of some documents: private lines and those of them that were missed, by kind; other lines that are held back."""

    documents: int = 0
    private: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    shown: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return 1 - self.missed.total() / max(self.private.total(), 1)


def judge(document: Path) -> Found:
    """One document against its marks."""
    lines, marks, found = document.read_text("utf-8").split("\n"), _marks(document.with_suffix(".tsv")), Found(1)
    for number, held in _held(document).items():
        kind, sure = marks.get(number, ("", True))
        if kind and sure:
            found.private[kind] += 1
            found.missed[kind] += not held
        found.wrong += held and not kind
        if held is not bool(kind) and sure:
            found.shown.append(f"{document.stem} {number} {'held' if held else 'missed'}: {lines[number - 1].strip()}")
    return found


def _marks(path: Path) -> Mapping[int, tuple[str, bool]]:
    """The private lines of a document: their kind, and whether the reader was sure."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {int(row[0]): (row[1], "?" not in row[2:]) for row in rows if row[0].isdigit()}


def _held(document: Path) -> Mapping[int, bool]:
    """For each line of a file that has words whether it is held back: its words are looked for among those of the notes' lines."""
    tree = read_notes(document.read_bytes(), document.name)
    judged = clean_notes(tree["blocks"], "", Site("", ""), {}, {}).judged
    there = [(w, n) for n, line in enumerate(document.read_text("utf-8").split("\n"), start=1) for w in _words(line)]
    read = [(w, n) for n, (line, _held) in enumerate(judged) for w in _words(line)]
    matcher = difflib.SequenceMatcher(None, [w for w, _n in there], [w for w, _n in read], autojunk=False)
    places: dict[int, Counter[int]] = {}
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            places.setdefault(there[block.a + step][1], Counter())[read[block.b + step][1]] += 1
    return {number: judged[count.most_common(1)[0][0]][1] for number, count in places.items()}


def _words(line: str) -> Iterator[str]:
    yield from re.findall(r"\w+", unescape(line).casefold())


def total(documents: list[Path]) -> Found:
    whole = Found()
    for one in map(judge, documents):
        whole.documents += 1
        whole.private += one.private
        whole.missed += one.missed
        whole.wrong += one.wrong
        whole.shown += one.shown
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="every line that was missed or held wrongly")
    given = parser.parse_args()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores\n"
    )
    print(
        "| minutes | documents | private lines | recall | attendance | address | contact | held wrongly, a document |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    everything = sorted(MINUTES.glob("*.md"))
    for name, wanted in (("written with them", "ab"), ("came later", "c")):
        found = total([one for one in everything if one.stem[0] in wanted])
        kinds = (
            f"{found.private[k] - found.missed[k]}/{found.private[k]}" for k in ("attendance", "address", "contact")
        )
        mean = found.wrong / max(found.documents, 1)
        print(
            f"| {name} | {found.documents} | {found.private.total()} | {found.recall:.1%} | {' | '.join(kinds)} | {mean:.2f} |"
        )
        if given.show:
            print("\n".join(f"    {line}" for line in found.shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
