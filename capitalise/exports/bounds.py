"""Some seconds and some memory for what others wrote: a template that never ends, or that grows without end.

Where the system has neither alarms nor limits (Windows), or outside the main thread, nothing is bounded.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["TooMuch", "within"]

SECONDS = 10
AGAIN = 1.0  # seconds: what rings in a finalizer is swallowed by Python, and rings once more
MEMORY = 512 * 1024 * 1024  # bytes, on top of what is in use


class TooMuch(BaseException):
    """The time is over. No Exception, so that nothing on the way takes it for one of its own."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"more than {seconds} s")
        self.seconds = seconds


@contextmanager
def within(seconds: int | None = None, memory: int = MEMORY) -> Iterator[None]:
    """Raises TooMuch after some seconds, MemoryError beyond some memory."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: object) -> None:
        raise TooMuch(limit)

    limit = SECONDS if seconds is None else seconds
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit, AGAIN)
    try:
        with _less_memory(memory):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _less_memory(more: int) -> Iterator[None]:
    import resource  # not on Windows

    used = Path("/proc/self/statm")
    if not used.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = int(used.read_text("ascii").split()[0]) * resource.getpagesize() + more
    if soft not in (resource.RLIM_INFINITY, -1):
        limit = min(limit, soft)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
