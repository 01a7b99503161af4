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
    LEFT = "left as it is on both sides"

    @property
    def waits(self) -> bool:
        """Whether a person has to say something first."""
        return self not in (Outcome.IN_STEP, Outcome.TO_WIKI, Outcome.TO_SHEET, Outcome.LEFT)


class Decision(Enum):
    """What a person wrote in `à décider`: one of the two texts, or that a title is another page's."""

    SHEET = "feuille"
    WIKI = "wiki"
    OTHER = "autre page"


@dataclass(frozen=True)
class Base:
    """The field's value in the revision that row and page were last in step with; `mark` is that of the revision's text."""

    revision: int
    value: str
    mark: str = ""


@dataclass(frozen=True)
class Step:
    """The field's value in one revision of the page; `ours` where this bot saved it. In the page's order, oldest first."""

    revision: int
    value: str
    ours: bool
    mark: str = ""


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
    *,
    told: bool = False,
    asked_at: int = 0,
    numbered: bool = False,
) -> Verdict:
    """The verdict on one field.

    `sheet` and `wiki` are the two values, `base` None where there is no trustworthy one (first
    synchronisation). `seen` is the wiki's value that a person was shown when the field was last
    asked about (None: it was not), `told` whether they were told then that it was taken back,
    `asked_at` the revision that they were shown: a decision that was carried out since is none any more. `numbered`: the row has a number
    that is not to be trusted, so that this is no first time, and an empty field may be one that was emptied.
    """
    literal = sheet == wiki or (base is not None and sheet == base.value)
    wanted = "" if sheet == EMPTY and not literal else sheet
    base = _base_after_crash(base, wanted, history)
    if wanted == wiki:
        outcome = Outcome.IN_STEP
    elif decision and not _carried_out(wanted, asked_at, history):
        outcome = _decided(decision) if seen == wiki else Outcome.OUTDATED
    elif base is None:
        outcome = _first_time(sheet, wiki, history, numbered=numbered)
    else:
        outcome = _compared(sheet, wanted, wiki, base, history, told=told and seen == wiki)
    return Verdict(outcome, wanted if outcome is Outcome.TO_WIKI else wiki, base)


def _carried_out(wanted: str, asked_at: int, history: Sequence[Step]) -> bool:
    """Whether this bot wrote the cell's text since people were asked: what became of it after that is another story."""
    at = next((i for i, step in enumerate(history) if step.revision == asked_at), len(history))
    return any(step.ours and step.value == wanted for step in history[at + 1 :])


def _decided(decision: Decision) -> Outcome:
    return Outcome.TO_SHEET if decision is Decision.WIKI else Outcome.TO_WIKI


def _compared(sheet: str, wanted: str, wiki: str, base: Base, history: Sequence[Step], *, told: bool) -> Outcome:
    """The table itself: which side changed since the base. Who was told of a revert and changes the cell insists."""
    if wiki == base.value:
        return Outcome.TO_WIKI if sheet else Outcome.EMPTIED_IN_SHEET
    reverted = told or wiki in _before_us(base, history)
    if wanted == base.value:
        return Outcome.REVERTED if reverted else Outcome.TO_SHEET if wiki else Outcome.EMPTIED_ON_WIKI
    return Outcome.TO_WIKI if told and sheet else Outcome.DECIDE


def _first_time(sheet: str, wiki: str, history: Sequence[Step], *, numbered: bool) -> Outcome:
    if not sheet:
        return Outcome.TO_SHEET
    if not wiki and any(step.value == sheet for step in history):
        return Outcome.EMPTIED_ON_WIKI  # the page held these very words, and somebody took them out
    return Outcome.DECIDE if wiki or sheet == EMPTY or numbered else Outcome.TO_WIKI


def _base_after_crash(base: Base | None, wanted: str, history: Sequence[Step]) -> Base | None:
    """A run that died between its edit and the row's new number left a revision of ours that holds
    exactly the cell: that is what row and page were last in step with. Without a base only our last word on the
    field counts: a sheet that has no numbers may have gone back to an older text."""
    if base:
        later = history[_place(base, history) + 1 :]
        same = [step for step in later if step.ours and step.value == wanted]
        return Base(same[-1].revision, wanted, same[-1].mark) if same and wanted != base.value else base
    before = [None, *(step.value for step in history)]
    ours = [step for step, old in zip(history, before, strict=False) if step.ours and step.value != old]
    return Base(ours[-1].revision, wanted, ours[-1].mark) if ours and ours[-1].value == wanted else None


def _place(base: Base, history: Sequence[Step]) -> int:
    """Where the base stands in the page's history; -1 where that does not reach back to it."""
    return next((i for i, step in enumerate(history) if step.revision == base.revision), -1)


def _before_us(base: Base, history: Sequence[Step]) -> frozenset[str]:
    """The values that the page held before this bot last changed the field, up to the base, and never since: a wiki that says
    one of them again took that edit back, with what people made of it. A third text is nobody's no."""
    at = _place(base, history)
    since = {step.value for step in history[: at + 1][-1:]}
    while at > 0 and not (history[at].ours and history[at].value != history[at - 1].value):
        since.add(history[at].value)
        at -= 1
    if at < 0 or not history[at].ours:
        return frozenset()
    before = {step.value for step in history[:at]} if at else {""}
    return frozenset(before - since - {history[at].value})
