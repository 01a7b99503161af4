"""Values to pick from: case, accents, spaces and plurals first, then a single typo, never a digit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from capitalise.forms.schema import SchemaField
from capitalise.messages import N_
from capitalise.normalise.rules.outcome import Doubt, World

__all__ = ["bare_letters", "listed", "nearest", "one_typo", "same_choice", "without_typo"]

_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "œ": "oe", "æ": "ae"}
)
MOST_SHOWN = 5


def listed(value: str, field: SchemaField, _world: World) -> str:
    """The form's value that differs by case, accents, spaces or plural only; two of them are none."""
    return same_choice(value, field.values) or value


def same_choice(value: str, values: Sequence[str]) -> str:
    """The one of `values` that `value` spells otherwise, "" for none. The nearest spelling wins."""
    if value in values:
        return value
    for fold in (_spaced, bare_letters, _singular):
        found = {one for one in values if fold(one) == fold(value)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def without_typo(value: str, field: SchemaField, _world: World) -> str | Doubt:
    """The form's value that is one typo away, where nothing else is near and the field takes nothing else."""
    if value in field.values or same_choice(value, field.values):
        return value
    near = [one for one in field.values if _distance(value, one) <= 2 and _signs(value) == _signs(one)]
    certain = len(near) == 1 and _distance(value, near[0]) == 1 and one_typo(value, near[0])
    if certain and field.closed:
        return near[0]
    if not field.closed and not certain:
        return value  # the form only suggests: this is a value of its own
    shown = near or nearest(value, field.values)
    if field.closed:
        why = N_("“%(value)s” is not one of the form's values", value=value)
    else:
        why = N_("“%(value)s” is nearly a value that the form suggests", value=value)
    return Doubt("typo", why, tuple(shown[:MOST_SHOWN]))


def nearest(value: str, values: Iterable[str], most: int = 3) -> list[str]:
    """The existing words that look most like `value`, the nearest first; far ones are left out."""
    from rapidfuzz import fuzz, process

    key = bare_letters(value)
    found = process.extract(
        key, {one: bare_letters(one) for one in values}, scorer=fuzz.ratio, limit=most, score_cutoff=60
    )
    return [name for _folded, _score, name in found]


def _distance(value: str, other: str) -> int:
    return OSA.distance(bare_letters(value), bare_letters(other), score_cutoff=2)


def one_typo(value: str, other: str) -> bool:
    """Whether two long enough words differ by one slip of the keyboard at most: a digit, a sign or the first letter is
    never one (`moral` and `amoral`, `C` and `C++`)."""
    mine, its = bare_letters(value), bare_letters(other)
    if min(len(mine), len(its)) < 5 or mine[0] != its[0] or _signs(value) != _signs(other):
        return mine == its and bool(mine)
    return _distance(value, other) <= 1


def _signs(value: str) -> str:
    """Whatever is no letter: digits and signs mean what they say."""
    return re.sub(r"[^\W\d_]+", "", bare_letters(value))


def _folding(fold: Callable[[str], str]) -> Callable[[str], str]:
    return lru_cache(maxsize=4096)(fold)


@_folding
def _spaced(value: str) -> str:
    return re.sub(r"\s+", "", value.translate(_ALIKE).casefold())


@_folding
def bare_letters(value: str) -> str:
    """Small letters without accents or spaces, signs in one spelling."""
    letters = unicodedata.normalize("NFKD", _spaced(value))
    return "".join(c for c in letters if not unicodedata.combining(c))


@_folding
def _singular(value: str) -> str:
    words = re.findall(r"\w+|[^\w\s]+", value.translate(_ALIKE))
    return "".join(re.sub(r"(?<=\w\w\w)[sx]$", "", bare_letters(word)) for word in words)
