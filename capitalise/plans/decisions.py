"""The columns "à décider" and "revision": which fields of a row wait, from which base, what was decided.

`à décider` is for people: one entry a field, `Description@1201` with the revision that the field goes on
from, and the place where they write `feuille` or `wiki`. `revision` is for the tool: the row's number, and
behind it the fields that are not in step with it, `1305 ; description@1201`. A decision counts only while
the page's value is the one of the row's number, that is, the one people were shown. Nothing that people do
to "à décider" loses a base; a "revision" that cannot be read leaves the row alone, an empty one makes
everything that differs a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from capitalise.plans.merge import Decision

__all__ = ["Number", "Waiting", "read_number", "read_waiting", "write_bases", "write_waiting"]


@dataclass(frozen=True)
class Waiting:
    """A field that waits: the revision of its base (0: none; None: not said), and the decision, if any.

    `reverted`: what they were told is that the bot's edit was taken back.
    """

    revision: int | None
    decision: Decision | None = None
    reverted: bool = False


_ENTRY = re.compile(r"\s*(?:@\s*(\d+))?\s*(annulé)?\s*[:=>→-]*\s*(\w*)\s*[.!]*\s*", re.IGNORECASE)
_WORDS = {"feuille": Decision.SHEET, "sheet": Decision.SHEET, "tableau": Decision.SHEET, "wiki": Decision.WIKI}


@dataclass(frozen=True)
class Number:
    """A row's number (0: none), and the fields, by name, that go on from another revision (0: from none)."""

    revision: int = 0
    bases: Mapping[str, int] = field(default_factory=dict)


def read_number(cell: str, names: Iterable[str]) -> Number | None:
    """What the column "revision" says, or None where it is not what this tool writes."""
    first, *rest = (part.strip() for part in cell.split(" ; "))
    if not rest and not first:
        return Number()
    pairs = [part.rpartition("@") for part in rest]
    known = set(names)
    if not first.isdecimal() or not all(name in known and base.isdecimal() for name, _at, base in pairs):
        return None
    return Number(int(first), {name: int(base) for name, _at, base in pairs})


def write_bases(bases: Mapping[str, int]) -> str:
    """What stands behind the row's number."""
    return "".join(f" ; {name}@{base}" for name, base in bases.items())


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
