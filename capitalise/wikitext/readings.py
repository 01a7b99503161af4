"""Two texts with the same calls and values, whatever their layout; and one change of a page's values taken out of another text.

A save in a form moves calls, parameters and line breaks between them, and joins lists anew: nobody's words change by it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from capitalise.wikitext.calls import SPACE, Call, find_calls, with_values

__all__ = ["same_reading", "same_value", "without_change"]

Reading = tuple[str, list[tuple[str, dict[str, "Reading"]]]]
_HOLE = "\1"  # where a call stands
_JOINT = re.compile(r"(?<![0-9])[ \t]*([,;])[ \t]*|[ \t]*([,;])[ \t]*(?![0-9 \t])")


def same_value(one: str, other: str) -> bool:
    """Whether two values differ by their layout only: spaces in a row and around the signs of a list, what stands between the parts of calls.
    Lines count, and `3,14` is not `3, 14`."""
    return _reading(one, _HOLE) == _reading(other, _HOLE)


def same_reading(one: str, other: str) -> bool:
    """Whether two pages say the same: the same calls with the same values (empty ones left out), the same words and paragraphs around
    them, wherever the calls stand."""
    return _reading(one, "\n") == _reading(other, "\n")


def _reading(text: str, hole: str) -> Reading:
    calls = _calls(text)
    values = [(call.name, {n: _reading(v, _HOLE) for n, v in call.values().items() if v}) for call in calls]
    return _around(text, calls, hole), values


def _calls(text: str) -> list[Call]:
    return [call for call in find_calls(text) if not call.inside]


def _around(text: str, calls: Iterable[Call], hole: str) -> str:
    """The words outside calls."""
    pieces, at = [], 0
    for call in calls:
        pieces.append(text[at : call.start])
        at = call.end
    words = re.sub(r"[ \t]+", " ", hole.join([*pieces, text[at:]]))
    words = re.sub(r" ?\n ?", "\n", _JOINT.sub(lambda found: found[1] or found[2], words))
    return re.sub(r"\n{3,}", "\n\n", words).strip(SPACE)


def without_change(before: str, after: str, now: str) -> str | None:
    """`now` with the values that a change of `before` to `after` wrote set back, each where it still stands as it was written; None where
    that change did more than give values to calls, where one of them says something else since, and where it cannot be told which of
    several calls is which."""
    old, new, here = (_calls(text) for text in (before, after, now))
    if (
        not _same_calls(old, new)
        or not _same_calls(new, here)
        or _around(before, old, "\n") != _around(after, new, "\n")
    ):
        return None
    times = Counter(call.name for call in here)
    for was, made, call in reversed(list(zip(old, new, here, strict=True))):
        back = _back(was, made)
        wrote = made.values()
        alone = times[call.name] == 1
        if not all(
            same_value(call.values().get(name, ""), wrote.get(name, ""))
            for name in (back if alone else {*wrote, *call.values()})
        ):
            return None
        now = with_values(now, call, back, list(was.values())) if back else now
    return now.strip(SPACE) or None


def _back(was: Call, made: Call) -> dict[str, str]:
    """The values that a change gave a call, as they were before."""
    old, new = was.values(), made.values()
    return {name: old.get(name, "") for name in [*new, *old] if new.get(name, "") != old.get(name, "")}


def _same_calls(one: Sequence[Call], other: Sequence[Call]) -> bool:
    return [call.name for call in one] == [call.name for call in other]
