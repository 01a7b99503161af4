"""Two texts with the same calls and values, whatever their layout; and one change of a page's values taken out of another text.

A save in a form moves calls, parameters and line breaks, and joins lists anew: nobody's words change by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from capitalise.wikitext.calls import SPACE, Call, find_calls, with_values

__all__ = ["same_reading", "same_value", "without_change"]

Reading = tuple[list[tuple[str, dict[str, str]]], str]


def same_value(one: str, other: str) -> bool:
    """Whether two values differ by their layout only: white space, also around the signs of a list and of calls."""
    return _plain(one) == _plain(other)


def _plain(value: str) -> str:
    return re.sub(r"\s*([,;|{}=])\s*", r"\1", " ".join(value.split()))


def same_reading(one: str, other: str) -> bool:
    """Whether two pages say the same: the same calls with the same values (empty ones left out), the same words around them."""
    return _reading(one) == _reading(other)


def _reading(text: str) -> Reading:
    calls = [call for call in find_calls(text) if not call.inside]
    return [(call.name, _values(call)) for call in calls], _around(text, calls)


def _values(call: Call) -> dict[str, str]:
    return {name: _plain(value) for name, value in call.values().items() if value}


def _around(text: str, calls: Iterable[Call]) -> str:
    """The words outside calls."""
    words, at = [], 0
    for call in calls:
        words.append(text[at : call.start])
        at = call.end
    return " ".join(" ".join([*words, text[at:]]).split())


def without_change(before: str, after: str, now: str) -> str | None:
    """`now` with the values that a change of `before` to `after` wrote set back, each where it still stands as it was written; None where
    that change did more than give values to calls, or where one of them says something else since."""
    old, new, here = ([call for call in find_calls(text) if not call.inside] for text in (before, after, now))
    if not _same_calls(old, new) or not _same_calls(new, here) or _around(before, old) != _around(after, new):
        return None
    for number, (was, made) in enumerate(zip(old, new, strict=True)):
        values = {name: value for name, value in made.values().items() if value != was.values().get(name, "")}
        values |= {name: "" for name, value in was.values().items() if value and name not in made.values()}
        stands = here[number].values()
        if not all(same_value(stands.get(name, ""), value) for name, value in values.items()):
            return None
        back = {name: was.values().get(name, "") for name in values}
        call = [one for one in find_calls(now) if not one.inside][number]
        now = with_values(now, call, back, list(was.values()))
    return now.strip(SPACE) if now.strip(SPACE) else None


def _same_calls(one: Sequence[Call], other: Sequence[Call]) -> bool:
    return [call.name for call in one] == [call.name for call in other]
