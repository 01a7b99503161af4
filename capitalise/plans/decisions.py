"""The column "à décider": which fields of a row wait, what people were shown, what they decided.

One entry a field, `Description@1201`: the revision of the page whose text was shown. A person writes
`feuille` or `wiki` beside it. Nothing depends on this column being intact: while a field waits the row
keeps its own revision, so that a marker that was deleted or garbled only makes the question come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from capitalise.plans.merge import Decision

__all__ = ["Waiting", "read_waiting", "write_waiting"]


@dataclass(frozen=True)
class Waiting:
    """A field that waits: the revision that people were shown (None: not said), and the decision, if any.

    `reverted`: what they were told is that the bot's edit was taken back.
    """

    revision: int | None
    decision: Decision | None = None
    reverted: bool = False


_ENTRY = re.compile(r"\s*(?:@\s*(\d+))?\s*(annulé)?\s*[:=>→-]*\s*(\w*)\s*[.!]*\s*", re.IGNORECASE)
_WORDS = {"feuille": Decision.SHEET, "sheet": Decision.SHEET, "tableau": Decision.SHEET, "wiki": Decision.WIKI}


def read_waiting(cell: str, labels: Iterable[str]) -> tuple[dict[str, Waiting], list[str]]:
    """Waiting fields by label, and the entries that could not be understood, as written."""
    waiting: dict[str, Waiting] = {}
    unknown = []
    by_length = sorted(labels, key=len, reverse=True)
    for entry in _entries(cell):
        label = next((la for la in by_length if entry.casefold().startswith(la.casefold())), None)
        match = _ENTRY.fullmatch(entry[len(label) :]) if label else None
        if label is None or match is None or (match[3] and match[3].casefold() not in _WORDS):
            unknown.append(entry)
            continue
        found = Waiting(int(match[1]) if match[1] else None, _WORDS.get(match[3].casefold()), bool(match[2]))
        if waiting.setdefault(label, found).decision != found.decision:  # said twice, and not alike
            unknown.append(entry)
            waiting[label] = replace(found, decision=None)
    return waiting, unknown


def write_waiting(waiting: Mapping[str, Waiting], unknown: Iterable[str] = ()) -> str:
    """The cell for waiting fields by label; what was not understood stays as written."""
    entries = [f"{label}@{w.revision or 0}{' annulé' if w.reverted else ''}" for label, w in waiting.items()]
    return " ; ".join([*entries, *unknown])


def _entries(cell: str) -> Iterator[str]:
    """One entry a line or between semicolons; a word of decision on the line below its entry belongs to it."""
    for part in cell.split(";"):
        entry = ""
        for line in filter(None, map(str.strip, part.split("\n"))):
            if entry and line.casefold().strip(" .!") in _WORDS:
                entry += f" {line}"
                continue
            if entry:
                yield entry
            entry = line
        if entry:
            yield entry
