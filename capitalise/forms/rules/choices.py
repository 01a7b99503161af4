"""Values to pick from: case, accents, spaces and plurals first, then a single typo, never a digit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.schema import SchemaField
from capitalise.messages import N_

__all__ = [
    "ACCENTS",
    "bare_letters",
    "bare_words",
    "listed",
    "nearest",
    "not_listed",
    "one_typo",
    "same_choice",
    "without_typo",
]

_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "œ": "oe", "æ": "ae"}
)
#: The accents of letters; other marks cross words out.
ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328"
_BLANKS = re.compile(r"(?<![0-9])[^\S\n]+|[^\S\n]+(?![0-9])")
MOST_SHOWN = 5


def listed(value: str, field: SchemaField, _world: World) -> str:
    """The form's value that differs by case, accents, spaces or plural only; two of them are none. Where the form only
    suggests its values, a word that differs by more than case and spaces is a word of its own."""
    return (same_choice(value, field.values) if field.closed else _same_letters(value, field.values)) or value


def same_choice(value: str, values: Sequence[str]) -> str:
    """The one of `values` that `value` spells otherwise, "" for none. The nearest spelling wins."""
    if value in values:
        return value
    for alike in (_same_case, _lacks_accents, _plural):
        found = {one for one in values if alike(value, one)}
        if found:
            return found.pop() if len(found) == 1 and not any(_is_unit(value, one) for one in found) else ""
    return ""


def _same_letters(value: str, values: Sequence[str]) -> str:
    found = {one for one in values if _words(value) == _words(one)}
    return found.pop() if len(found) == 1 else ""


def _same_case(value: str, one: str) -> bool:
    return _spaced(value) == _spaced(one)


def _is_unit(value: str, one: str) -> bool:
    """Whether the case of a few letters means something (`mW`, `MW`)."""
    short = len(value) <= 3 and value != one
    return short and not (
        value in (value.lower(), value.capitalize()) and one in (one.lower(), one.upper(), one.capitalize())
    )


def _lacks_accents(value: str, one: str) -> bool:
    """Accents may be missing; other ones are other words (`pêche`, `péché`)."""
    if bare_letters(value) != bare_letters(one):
        return False
    typed = (_letters(value), _letters(one))
    return len(typed[0]) == len(typed[1]) and all(
        mine in (its, its[:1]) or its == mine[:1] for mine, its in zip(*typed, strict=True)
    )


def _plural(value: str, one: str) -> bool:
    """Word by word the same, or one of them with an `s` or `x` more."""
    mine, its = _words(bare_words(value)), _words(bare_words(one))
    return len(mine) == len(its) and all(
        a == b or (min(len(a), len(b)) >= 5 and (b in (a + "s", a + "x") or a in (b + "s", b + "x")))
        for a, b in zip(mine, its, strict=True)
    )


def without_typo(value: str, field: SchemaField, _world: World) -> str | Doubt:
    """The form's value that is one typo away, where nothing else is near and the field takes nothing else."""
    if value in field.values or same_choice(value, field.values):
        return value
    near = [one for one in field.values if _distance(value, one) <= 2 and _signs(value) == _signs(one)]
    if len(near) == 1 and field.closed and one_typo(value, near[0]):
        return near[0]
    if not field.closed and not any(_distance(value, one) <= 1 for one in near):
        return value  # the form only suggests: this is a value of its own
    if field.closed:
        return not_listed(value, field, near)
    why = N_("“%(value)s” is nearly a value that the form suggests", value=value)
    return Doubt("typo", why, tuple(near[:MOST_SHOWN]))


def not_listed(value: str, field: SchemaField, near: Sequence[str] = ()) -> Doubt:
    """A value that the form does not have, with those that look like it."""
    why = N_("“%(value)s” is not one of the form's values", value=value)
    return Doubt("unknown-value", why, tuple((near or nearest(value, field.values))[:MOST_SHOWN]))


def nearest(value: str, values: Iterable[str], most: int = 3) -> list[str]:
    """The existing words that look most like `value`, the nearest first; far ones are left out."""
    from rapidfuzz import fuzz, process

    key = bare_letters(value)
    found = process.extract(
        key, {one: bare_letters(one) for one in values}, scorer=fuzz.ratio, limit=most, score_cutoff=70
    )
    return [name for _folded, _score, name in found if name != value]


def _distance(value: str, other: str) -> int:
    return OSA.distance(bare_letters(value), bare_letters(other), score_cutoff=2)


def one_typo(value: str, other: str) -> bool:
    """Whether two texts differ by one slip of the keyboard inside one long word, and by nothing that means something.

    Digits and signs always do; so do the first letters of a word (`moral`, `amoral`), its last one (`salarié`,
    `salariée`) and a letter that is not beside the right one on the keyboard (`provision`, `prévision`).
    """
    mine, its = _words(bare_words(value)), _words(bare_words(other))
    pairs = [(a, b) for a, b in zip(mine, its, strict=False) if a != b]
    if len(mine) != len(its) or len(pairs) != 1 or _signs(value) != _signs(other):
        return False
    a, b = pairs[0]
    return min(len(a), len(b)) >= 5 and a[:2] == b[:2] and a[-1] == b[-1] and _slip(a, b)


def _slip(a: str, b: str) -> bool:
    """A letter left out, doubled, swapped with its neighbour, or the key beside it."""
    if OSA.distance(a, b, score_cutoff=1) != 1:
        return False
    if len(a) != len(b):
        short, long = sorted((a, b), key=len)
        doubled = any(long[n] == long[n + 1] and long[:n] + long[n + 1 :] == short for n in range(len(long) - 1))
        return short != long[:-1] and (not doubled or len(long) > 8)  # `poison`, `poisson`
    if sorted(a) == sorted(b):
        return True
    wrong, right = next((x, y) for x, y in zip(a, b, strict=True) if x != y)
    return any(abs(row.find(wrong) - row.find(right)) == 1 for row in _KEYS if wrong in row and right in row)


#: The rows of the keyboards that people here have, French and English.
_KEYS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def _signs(value: str) -> str:
    """Whatever is no letter: digits and signs mean what they say."""
    return re.sub(r"[^\W\d_]+", "", bare_letters(value))


def _folding(fold: Callable[[str], str]) -> Callable[[str], str]:
    return lru_cache(maxsize=1 << 16)(fold)


@_folding
def _spaced(value: str) -> str:
    return _BLANKS.sub("", value.translate(_ALIKE).casefold())


@_folding
def bare_letters(value: str) -> str:
    """Small letters without accents or spaces, signs in one spelling. Spaces between digits stay: `1 2` is not `12`."""
    return _BLANKS.sub("", bare_words(value))


@_folding
def bare_words(value: str) -> str:
    """Small letters without accents, spaces kept."""
    letters = unicodedata.normalize("NFD", value.translate(_ALIKE).casefold())
    return letters if letters.isascii() else "".join([c for c in letters if c not in ACCENTS])


def _words(value: str) -> tuple[str, ...]:
    """Words and signs, spaces around signs left out."""
    return tuple(re.findall(r"\w+|[^\w\s]+", value.translate(_ALIKE).casefold()))


def _letters(value: str) -> list[str]:
    """Each letter with its accents."""
    return re.findall(rf".[{ACCENTS}]*", unicodedata.normalize("NFD", _spaced(value)))
