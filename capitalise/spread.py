"""One function over many items, in their order: in this process, on several of this machine, or on a Dask cluster that is there already.

What is handed over and what comes back is pickled, so it must be small beside the work; what a planner makes of it is the same everywhere.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from typing import Protocol, TypeVar

from capitalise import __version__
from capitalise.errors import CapitaliseError, SettingsError
from capitalise.installed import missing
from capitalise.messages import N_, Message

__all__ = ["Mapped", "here", "on_dask", "on_processes"]

T = TypeVar("T")
R = TypeVar("R")


class Mapped(Protocol):
    """`map` with one argument: the results in the order of the items. Raises what the function raises."""

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]: ...


def here(function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
    """One after another, in this process."""
    return map(function, items)


@contextmanager
def on_processes(jobs: int) -> Iterator[Mapped]:
    """On so many processes of this machine, started once and ended with the block."""
    with ProcessPoolExecutor(jobs, get_context("spawn"), _deaf) as pool:
        try:
            yield partial(_in_order, pool, 2 * jobs)
        except BrokenProcessPool as error:
            raise CapitaliseError(
                N_("One of the %(count)d processes was ended (too little memory?): try fewer --jobs.", count=jobs)
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def on_dask(address: str) -> Iterator[Mapped]:
    """On the workers of a Dask scheduler (`tcp://127.0.0.1:8786`), which have the same version of capitalise. Raises SettingsError."""
    try:
        from distributed import Client, KilledWorker
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise SettingsError(missing(N_("--dask"), "capitalise[dask]")) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is said below, in a sentence
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except Exception as error:  # whatever an address comes to that is none
        raise SettingsError(N_("No Dask scheduler answers at %(address)s.", address=address)) from error
    with client:
        try:
            there = client.run(_version)
        except Exception as error:  # whatever a worker came to that does not know capitalise
            raise SettingsError(_differs(address)) from error
        if not there or set(there.values()) != {__version__}:
            raise SettingsError(_differs(address))
        try:
            yield partial(_in_order, client.get_executor(pure=False), 2 * sum(client.ncores().values()))
        except (CancelledError, KilledWorker, CommClosedError) as error:
            why = N_("The Dask scheduler at %(address)s was lost, or ended its workers: start again.", address=address)
            raise CapitaliseError(why) from error


def _differs(address: str) -> Message:
    return N_("Not every worker at %(address)s has capitalise %(version)s.", address=address, version=__version__)


def _version() -> str:
    return __version__


def _deaf() -> None:
    """Ctrl-C is for the process that was started by hand; these end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _in_order(pool: Executor, ahead: int, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
    """At most so many items are under way or waiting, so that memory does not grow with their number."""
    waiting: deque[Future[R]] = deque()
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
