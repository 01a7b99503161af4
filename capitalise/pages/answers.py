"""Answers that hold until the wiki's recent changes touch them, asked for once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from capitalise.pages.ports import Reader
from capitalise.pages.revisions import KeptAnswer

__all__ = ["recalled"]

Answer = TypeVar("Answer")


def recalled(
    reader: Reader,
    kind: str,
    names: Iterable[str],
    ask: Callable[[list[str]], Mapping[str, Answer]],
    kept: Callable[[str, Answer], KeptAnswer],
    read: Callable[[Any], Answer],
) -> dict[str, Answer]:
    """Answers by name: those that are kept and still hold, and those that the wiki is asked for, which are kept."""
    names = list(names)
    found = {name: read(json.loads(text)) for name, text in reader.cached_answers(kind, names).items()}
    left = [name for name in names if name not in found]
    fresh = ask(left) if left else {}
    reader.cache_answers(kind, {name: kept(name, one) for name, one in fresh.items()})
    return {**found, **fresh}
