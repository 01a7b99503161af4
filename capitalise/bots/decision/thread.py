"""A thread of Loomio: what it is about, its votes, what came of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from capitalise.bots.decision.words import Line

__all__ = ["Outcome", "Poll", "Thread"]


@dataclass(frozen=True)
class Outcome:
    """What somebody wrote down as the result of a vote."""

    at: date | None
    lines: tuple[Line, ...]
    by: str = ""
    heading: str = ""  # what somebody called it


@dataclass(frozen=True)
class Poll:
    """One vote: its options with how many chose each (None: the export does not say). `closes` is when it was to end, `closed` when it did;
    it may be `over` without anybody saying when."""

    title: str
    lines: tuple[Line, ...] = ()
    opened: date | None = None
    closes: date | None = None
    closed: date | None = None
    options: tuple[tuple[str, int | None], ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    over: bool = False


@dataclass(frozen=True)
class Thread:
    """`source` is the file, `public` whether everybody may read the thread (False where the export does not say), `names` the people who took
    part or are members; `messages` how many were written by how many `people` until `last`."""

    source: str
    title: str
    public: bool = False
    lines: tuple[Line, ...] = ()
    opened: date | None = None
    by: str = ""
    messages: int = 0
    people: int = 0
    last: date | None = None
    polls: tuple[Poll, ...] = ()
    links: tuple[str, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)

    @property
    def decided(self) -> bool:
        """Whether a vote ended and somebody wrote down what came of it. Without both it is no decision."""
        return any(poll.over and poll.outcomes for poll in self.polls)
