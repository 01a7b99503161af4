"""What the wiki holds under titles, kept until its recent changes touch them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from capitalise.pages.answers import recalled
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Head, KeptAnswer

__all__ = ["heads_of"]


def heads_of(reader: Reader, titles: Iterable[str]) -> dict[str, Head]:
    """What the wiki holds under each title, asked for or remembered."""
    return recalled(reader, "head", titles, reader.heads, _keep_head, _head)


def _keep_head(title: str, head: Head) -> KeptAnswer:
    data = [head.title, head.revision, head.redirect, head.invalid, head.section]
    return KeptAnswer(json.dumps(data), tuple({title, head.title, head.redirect} - {""}))


def _head(data: Any) -> Head:
    title, revision, redirect, invalid, section = data
    return Head(title, revision, redirect, invalid, section=section)
