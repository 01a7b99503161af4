"""Page titles: one spelling for each, what makes one illegal, and which are nearly the same.

Follows MediaWiki's `MediaWikiTitleCodec::splitTitleString` as far as it goes without a wiki's own
settings; the wiki's answer about a title always has the last word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from capitalise.messages import N_, Message

__all__ = ["SHORTEST", "near_titles", "nearly_same", "normal_title", "one_slip", "sort_key", "title_problem"]

_ILLEGAL = re.compile(r"[#<>\[\]{}|\x00-\x1f\x7f-\x9f\ufffd]|%[0-9A-Fa-f]{2}|&[#\w]+;|~~~")
SHORTEST = 5  # letters of a word in which one may be a slip
_SPACES = re.compile("[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def normal_title(title: str, *, capital: bool = True) -> str:
    """`title` as MediaWiki would store it: NFC, single spaces, first letter upper case (but where a wiki tells `budget` from `Budget`)."""
    title = _SPACES.sub(" ", unicodedata.normalize("NFC", title)).strip(" ")
    title = title.lstrip(":").lstrip(" ")
    return title[:1].upper() + title[1:] if capital and len(title[:1].upper()) == 1 else title


def title_problem(title: str) -> Message | None:
    """Why no page can have this title, or None."""
    found = _ILLEGAL.search(title)
    if not title:
        return N_("the title is empty")
    if found:
        return N_("a title cannot hold “%(text)s”", text=found[0].replace("\n", "⏎"))
    if len(title.encode()) > 255:
        return N_("the title is %(size)d bytes long, MediaWiki stores 255 at most", size=len(title.encode()))
    if re.search(r"(^|/)\.\.?(/|$)", title):
        return N_("a title cannot hold “.” or “..” as a path")
    return None


def nearly_same(title: str, others: Iterable[str]) -> str | None:
    """One of `others` that differs from `title` by case, accents, punctuation or a single typo only."""
    return near_titles(others)(title)


def near_titles(titles: Iterable[str]) -> Callable[[str], str | None]:
    """Which of many titles another one is nearly: the same letters, or one slip in one word of five letters or more. Numbers and
    single letters make other titles (`Bilan 2016`, `Bilan 2017`; `Groupe A`, `Groupe B`).

    Each title is filed under itself and under what is left of it without one letter of a long word, so that two titles a slip apart meet
    there: looking up costs a title's length, however many there are.
    """
    filed: dict[str, list[str]] = {}
    for title in titles:
        for key in _filed_under(sort_key(title)):
            filed.setdefault(key, []).append(title)

    def near(title: str) -> str | None:
        key = sort_key(title)
        met = (other for found in _filed_under(key) for other in filed.get(found, ()))
        return next((other for other in met if other != title and _a_slip_apart(key, sort_key(other))), None)

    return near


def _filed_under(key: str) -> Iterator[str]:
    """A title's letters, and those with one less in a word that may hold a slip."""
    yield from dict.fromkeys((key, key.replace(" ", "")))
    for word in re.finditer(rf"[^\W\d_]{{{SHORTEST},}}", key):
        for at in range(*word.span()):
            yield key[:at] + key[at + 1 :]


def one_slip(one: str, other: str) -> tuple[str, str] | None:
    """The single word in which two titles, by their letters alone, differ by one letter or two exchanged: a word of five letters or more, and not by
    its first letter (`moral`, `amoral`). None for any other difference."""
    pair = _slip(one, other)
    return pair if pair and pair[0][0] == pair[1][0] else None


def _slip(one: str, other: str) -> tuple[str, str] | None:
    """The same, whichever letter of the word it is."""
    from rapidfuzz.distance import DamerauLevenshtein

    mine, theirs = one.split(), other.split()
    differ = [(a, b) for a, b in zip(mine, theirs, strict=False) if a != b]
    if len(mine) != len(theirs) or len(differ) != 1:
        return None
    a, b = differ[0]
    words = min(len(a), len(b)) >= SHORTEST and a.isalpha() and b.isalpha()
    return (a, b) if words and DamerauLevenshtein.distance(a, b, score_cutoff=1) <= 1 else None


def _a_slip_apart(one: str, other: str) -> bool:
    if one.replace(" ", "") == other.replace(" ", ""):
        return len(one) > 3
    return bool(_slip(one, other))


def sort_key(title: str) -> str:
    """By letters alone, as French dictionaries sort: É stands with E."""
    folded = title.casefold().replace("œ", "oe").replace("æ", "ae")  # no decomposition of Unicode's takes these apart
    bare = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()
