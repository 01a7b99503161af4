"""The names of people, taken out of a thread that not everybody may read: whoever takes part or is a member of its group, mentions, mail addresses, and
the addresses that lead to somebody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from capitalise.bots.decision.thread import Poll, Thread
from capitalise.bots.decision.words import Line

__all__ = ["without_names"]

LEFT_OUT = "[…]"
SHORTEST = 4  # letters of a part of a name that are looked for in addresses


def without_names(thread: Thread) -> tuple[Thread, int]:
    """The thread without them, and how often something was left out. A first name alone, or somebody whom the export does not know, stays: the plan shows it."""
    names = sorted({" ".join(_one_form(name).split()) for name in thread.names} - {""}, key=len, reverse=True)
    known = "|".join(r"[\s*_]+".join(map(re.escape, name.split())) for name in names)
    pattern = re.compile(
        rf"(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)+|@?(?<!\w)(?:{known or '(?!)'})(?!\w)|(?<![\w@])@[\w-]+",
        re.IGNORECASE,
    )
    tokens = {_plain(part) for name in names for part in name.split() if len(_plain(part)) >= SHORTEST}
    count = 0

    def out(text: str) -> str:
        nonlocal count
        new, times = pattern.subn(LEFT_OUT, _one_form(text))
        count += times
        return new if times else text

    def lines(some: Iterable[Line]) -> tuple[Line, ...]:
        return tuple(replace(one, words=out(one.words)) for one in some)

    def poll(one: Poll) -> Poll:
        outcomes = tuple(replace(o, lines=lines(o.lines), by="") for o in one.outcomes)
        options = tuple((out(name), votes) for name, votes in one.options)
        return replace(one, title=out(one.title), lines=lines(one.lines), options=options, outcomes=outcomes)

    links = tuple(one for one in thread.links if not _leads_to_somebody(one, tokens))
    count += len(thread.links) - len(links)
    shown = replace(
        thread,
        title=out(thread.title),
        lines=lines(thread.lines),
        by="",
        polls=tuple(map(poll, thread.polls)),
        links=links,
    )
    return shown, count


def _one_form(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _plain(text: str) -> str:
    """Small letters only, without accents."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if letter.isalpha() and letter.isascii())


def _leads_to_somebody(address: str, tokens: Iterable[str]) -> bool:
    plain = _plain(unquote(address))
    return "/u/" in address or any(token in plain for token in tokens)
