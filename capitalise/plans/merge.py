"""One field of one row with the same field of one page: the truth table that loses no word.

Pure: three values, what the page's history says of them, and what a person decided; out comes one
verdict. Each rule stands in docs/safety.md with the test that holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

__all__ = ["EMPTY", "Base", "Decision", "Outcome", "Step", "Verdict", "merge"]

#: What an editor writes into a cell to empty a field on purpose.
EMPTY = "(vide)"


class Outcome(Enum):
    """What is to be done with a field."""

    IN_STEP = "in step"
    TO_WIKI = "to the wiki"
    TO_SHEET = "to the sheet"
    DECIDE = "to be decided"
    OUTDATED = "decided, but the wiki changed since"
    EMPTIED_IN_SHEET = "emptied in the sheet"
    EMPTIED_ON_WIKI = "emptied on the wiki"
    REVERTED = "reverted on the wiki"

    @property
    def waits(self) -> bool:
        """Whether a person has to say something first."""
        return self not in (Outcome.IN_STEP, Outcome.TO_WIKI, Outcome.TO_SHEET)


class Decision(Enum):
    """What a person wrote beside a field's name in `à décider`."""

    SHEET = "feuille"
    WIKI = "wiki"


@dataclass(frozen=True)
class Base:
    """The field's value in the revision that row and page were last in step with."""

    revision: int
    value: str


@dataclass(frozen=True)
class Step:
    """The field's value in one revision of the page; `ours` where this bot saved it. Oldest first."""

    revision: int
    value: str
    ours: bool


@dataclass(frozen=True)
class Verdict:
    """`value` is what the changed side gets; `base` is what the field goes on from while it waits."""

    outcome: Outcome
    value: str
    base: Base | None


def merge(
    sheet: str,
    wiki: str,
    base: Base | None,
    history: Sequence[Step] = (),
    decision: Decision | None = None,
    seen: str | None = None,
) -> Verdict:
    """The verdict on one field.

    `sheet` and `wiki` are the two values, `base` None where there is no trustworthy one (first
    synchronisation). `seen` is the wiki's value in the row's revision, that is, what the person who
    decided had before them.
    """
    wanted = "" if sheet == EMPTY else sheet
    base = _base_after_crash(base, wanted, history)
    outcome = _outcome(sheet, wanted, wiki, base, history, decision, seen)
    return Verdict(outcome, wanted if outcome is Outcome.TO_WIKI else wiki, base)


def _outcome(
    sheet: str,
    wanted: str,
    wiki: str,
    base: Base | None,
    history: Sequence[Step],
    decision: Decision | None,
    seen: str | None,
) -> Outcome:
    if wanted == wiki:
        return Outcome.IN_STEP
    if decision is Decision.WIKI:
        return Outcome.TO_SHEET
    if decision is Decision.SHEET:
        return Outcome.TO_WIKI if seen == wiki else Outcome.OUTDATED
    if base is None:
        return _first_time(sheet, wiki)
    if wiki == base.value:
        return Outcome.TO_WIKI if sheet else Outcome.EMPTIED_IN_SHEET
    reverted = _undid_us(base, wiki, history)
    if wanted == base.value:
        return Outcome.REVERTED if reverted else Outcome.TO_SHEET if wiki else Outcome.EMPTIED_ON_WIKI
    if reverted and seen == wiki and sheet:
        return Outcome.TO_WIKI  # told of the revert, the editor wrote something else
    return Outcome.DECIDE


def _first_time(sheet: str, wiki: str) -> Outcome:
    if not sheet:
        return Outcome.TO_SHEET
    return Outcome.DECIDE if wiki or sheet == EMPTY else Outcome.TO_WIKI


def _base_after_crash(base: Base | None, wanted: str, history: Sequence[Step]) -> Base | None:
    """A run that died between its edit and the row's new number left a revision of ours that holds
    exactly the cell: that is what row and page were last in step with."""
    after = base.revision if base else 0
    ours = [step for step in history if step.revision > after and step.ours and step.value == wanted]
    return Base(ours[-1].revision, wanted) if ours else base


def _undid_us(base: Base, wiki: str, history: Sequence[Step]) -> bool:
    """Whether this bot put the base's value in the place of exactly what the page holds again."""
    at = next((i for i, step in enumerate(history) if step.revision == base.revision), -1)
    while at > 0 and history[at - 1].value == base.value:
        at -= 1
    return at >= 0 and history[at].ours and wiki == (history[at - 1].value if at else "")
