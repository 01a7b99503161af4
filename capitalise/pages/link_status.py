"""What an address outside the wikis answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

__all__ = ["OutsideAnswer"]


@dataclass(frozen=True, slots=True)
class OutsideAnswer:
    """`kind` is "there", "gone" (404, 410), "silent" (no such machine, no answer, a bad certificate), "refuses" (401, 403, 429,
    5xx: a machine that does not want robots is no dead link), "private" (an address of a private network) or "later"
    (not asked for yet). `why` is the answer in short; `days` are those on which it was "gone" or "silent" since it was last
    there, oldest first."""

    kind: str
    why: str = ""
    days: Sequence[date] = ()

    @property
    def fails(self) -> bool:
        return self.kind in ("gone", "silent")
