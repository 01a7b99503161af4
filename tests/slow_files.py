"""A file system that takes its time to give a file its name: the world goes on meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import capitalise.files

__all__ = ["Rename", "renames_through", "slow_renames"]

Rename = Callable[[], object]


@contextmanager
def renames_through(around: Callable[[Rename, Path], object]) -> Iterator[None]:
    """Every rename is made by `around`, which gets it with the name that is given."""
    replace, exchange = os.replace, capitalise.files.exchange
    with (
        patch("os.replace", lambda one, other: around(lambda: replace(one, other), Path(other))),
        patch("capitalise.files.exchange", lambda one, other: around(lambda: exchange(one, other), other)),
    ):
        yield


@contextmanager
def slow_renames(meanwhile: Callable[[Path], object]) -> Iterator[None]:
    """Before each rename `meanwhile` happens."""

    def around(rename: Rename, name: Path) -> object:
        meanwhile(name)
        return rename()

    with renames_through(around):
        yield
