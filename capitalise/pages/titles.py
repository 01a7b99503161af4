"""Page titles: one spelling for each, what makes one illegal, and which are nearly the same.

Follows MediaWiki's `MediaWikiTitleCodec::splitTitleString` as far as it goes without a wiki's own
settings; the wiki's answer about a title always has the last word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from capitalise.messages import N_, Message

__all__ = ["nearly_same", "normal_title", "sort_key", "title_problem"]

_ILLEGAL = re.compile(r"[#<>\[\]{}|\x00-\x1f\x7f-\x9f\ufffd]|%[0-9A-Fa-f]{2}|&[#\w]+;|~~~")
_SPACES = re.compile("[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def normal_title(title: str) -> str:
    """`title` as MediaWiki would store it: NFC, single spaces, first letter upper case."""
    title = _SPACES.sub(" ", unicodedata.normalize("NFC", title)).strip(" ")
    title = title.lstrip(":").lstrip(" ")
    return title[:1].upper() + title[1:] if len(title[:1].upper()) == 1 else title


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
    from rapidfuzz.distance import DamerauLevenshtein

    key = sort_key(title)
    for other in others:
        if other != title and DamerauLevenshtein.distance(key, sort_key(other), score_cutoff=1) <= 1 and len(key) > 3:
            return other
    return None


def sort_key(title: str) -> str:
    """By letters alone, as French dictionaries sort: É stands with E."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()
