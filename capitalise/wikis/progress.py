"""How far a long reading is, said every few seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from capitalise.clock import Clock
from capitalise.messages import N_, NP_, Message

__all__ = ["EVERY", "told_along"]

EVERY = 5.0  # seconds between two lines


def told_along(
    batches: Iterator[Sequence[int]], total: int, clock: Clock, told: Callable[[Message], None]
) -> Iterator[Sequence[int]]:
    """The same batches, of `total` revisions together; what is read and the time left are told as they go."""
    done, begun = 0, clock.seconds()
    last = begun
    for some in batches:
        yield some
        done += len(some)
        now = clock.seconds()
        if done < total and now - last >= EVERY:
            last = now
            left = NP_("%(count)d second left", "%(count)d seconds left", round((now - begun) * (total - done) / done))
            told(N_("%(done)d of %(total)d pages read, about %(left)s", done=done, total=total, left=left))
