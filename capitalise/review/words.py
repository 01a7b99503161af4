"""Words of texts, and whether two texts differ in what hardly anybody sees. Pure."""

from __future__ import annotations

import re

__all__ = ["same_letters", "words_in"]

#: Words, and numbers with their sign and their decimals: `2,5` is not `25`, `-5` is not `5`.
_WORD = re.compile(r"[-\u2212]?\d+(?:[.,]\d+)*|\w+")
#: The same, and every sign that says something (`C++`, `5 €`, `a < b`); blanks and the signs of a sentence are none.
_SIGN = re.compile(rf"{_WORD.pattern}|[^\w\s.,;:!?'’\"“”«»()–—\-·…]")


def words_in(text: str) -> list[str]:
    """In small letters, in their order."""
    return [word.casefold() for word in _WORD.findall(text.replace("_", " "))]


def same_letters(before: str, after: str) -> bool:
    """Whether two texts differ by capitals, blanks and punctuation only: what readers hardly see."""
    return _letters(before) == _letters(after) and bool(_letters(after))


def _letters(text: str) -> str:
    """Two numbers with a blank between them are not one."""
    found, pieces = _SIGN.findall(text.casefold().replace("_", " ")), []
    for before, one in zip(["", *found], found, strict=False):
        pieces.append(f"|{one}" if before[-1:].isdigit() and one[-1:].isdigit() else one)
    return "".join(pieces)
