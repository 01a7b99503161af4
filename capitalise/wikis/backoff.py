"""Waiting for one wiki: longer with every refusal in a row, never in step with other clients, and not for ever."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import requests

from capitalise.clock import Clock
from capitalise.errors import Stop
from capitalise.messages import N_, Message

__all__ = ["Patience", "retry_after"]

CEILING = 120.0  # seconds, of one wait that the server did not ask for
BUDGET = 600.0  # seconds of waiting for one wiki in one run


class Patience:
    """`told` is called with what is being waited for, before every wait."""

    def __init__(self, clock: Clock, told: Callable[[Message], None]) -> None:
        self.clock, self.told = clock, told
        self.spent = 0.0
        self._in_a_row = {True: 0, False: 0}  # of writes, of reads: a wiki that is read-only answers every read

    def wait(self, why: Message, first: float = 10.0, asked: float = 0.0, *, write: bool = False) -> None:
        """Wait at least what the server `asked` for, else `first` seconds, doubled for every wait in a row.

        Raises Stop where the run's budget does not hold it.
        """
        before = self._in_a_row[write]
        seconds = asked if asked and not before else max(asked, _next(first, before))
        if self.spent + seconds > BUDGET:
            raise Stop(
                N_(
                    "Stopped: %(why)s, and the next wait of %(seconds)d s is more than is left of the %(minutes)d minutes that "
                    "a run waits in all. Start again later; what was done is kept.",
                    why=why,
                    seconds=round(seconds),
                    minutes=BUDGET // 60,
                )
            )
        self.spent += seconds
        self._in_a_row[write] += 1
        self.told(N_("%(why)s; waiting %(seconds)d s", why=why, seconds=round(seconds)))
        self.clock.sleep(seconds)

    def answered(self, *, write: bool = False) -> None:
        """The wiki works again: the next wait is a short one."""
        self._in_a_row[write] = 0


def _next(first: float, before: int) -> float:
    return min(CEILING, first * 2.0**before) * random.uniform(1.0, 1.25)  # noqa: S311 - no secret


def retry_after(response: requests.Response, now: datetime) -> float:
    """Seconds that the server asks to wait: a number, or a date by its own clock; 0 where it does not say."""
    value = response.headers.get("Retry-After", "")
    try:
        seconds = float(value)
        return 0.0 if math.isnan(seconds) else min(1e9, max(0.0, seconds))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - _date(response, now)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _date(response: requests.Response, now: datetime) -> datetime:
    try:
        return parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return now
