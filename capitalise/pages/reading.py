"""A wiki to be read only: a Reader's names, and nothing of the store behind them."""

from __future__ import annotations

from typing import Any, cast

from capitalise.pages.ports import Reader

__all__ = ["NAMES", "reading"]

#: What a Reader can be asked.
NAMES = frozenset(name for name in vars(Reader) if not name.startswith("_"))


class _Reading:
    """Hands on what a Reader has. `kept` is a closure over the store, so that no attribute leads to it."""

    __slots__ = ("_ask",)

    def __init__(self, store: Reader) -> None:

        def ask(name: str) -> Any:
            return getattr(store, name)

        self._ask = ask

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES:
            raise AttributeError(name)
        found = self._ask(name)
        return _plain(found) if callable(found) else found

    def __dir__(self) -> list[str]:
        return sorted(NAMES)


def _plain(method: Any) -> Any:
    """A method without the object that it is of."""

    def asked(*given: Any, **named: Any) -> Any:
        return method(*given, **named)

    return asked


def reading(store: Reader) -> Reader:
    """The same wiki, to read. Its `commit` is not there; code that one trusts could still find ways (docs/python.md)."""
    return cast("Reader", _Reading(store))
