"""The column "à décider": which fields of a row wait, from which base each goes on, what was decided.

One entry a field, `Description@1201`; a person writes `feuille` or `wiki` beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from capitalise.plans.merge import Decision

__all__ = ["Waiting", "read_waiting", "write_waiting"]


@dataclass(frozen=True)
class Waiting:
    """A field that waits: the revision of its own base (0: none, None: not said) and the decision, if any."""

    base: int | None
    decision: Decision | None = None


_ENTRY = re.compile(r"\s*(?:@\s*(\d+))?\s*[:=>→-]*\s*(\w*)\s*[.!]*\s*")
_WORDS = {"feuille": Decision.SHEET, "sheet": Decision.SHEET, "tableau": Decision.SHEET, "wiki": Decision.WIKI}


def read_waiting(cell: str, labels: Iterable[str]) -> tuple[dict[str, Waiting], list[str]]:
    """Waiting fields by label, and the entries that could not be understood, as written."""
    waiting, unknown = {}, []
    by_length = sorted(labels, key=len, reverse=True)
    for entry in filter(None, map(str.strip, re.split(r"[;\n]", cell))):
        label = next((la for la in by_length if entry.casefold().startswith(la.casefold())), None)
        match = _ENTRY.fullmatch(entry[len(label) :]) if label else None
        if label is None or match is None or (match[2] and match[2].casefold() not in _WORDS):
            unknown.append(entry)
            continue
        base = int(match[1]) if match[1] else None
        waiting[label] = Waiting(base, _WORDS.get(match[2].casefold()))
    return waiting, unknown


def write_waiting(waiting: Mapping[str, int], unknown: Iterable[str] = ()) -> str:
    """The cell for waiting fields (label → base); what was not understood stays as written."""
    return " ; ".join([*(f"{label}@{base}" for label, base in waiting.items()), *unknown])
