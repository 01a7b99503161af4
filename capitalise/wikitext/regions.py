"""A part of a page that a bot owns, between two comments, the first with the hash of what the bot stored.

    <!-- capitalise mon-robot 3f2a… : le texte jusqu'à la marque de fin est refait par le robot -->
    …
    <!-- /capitalise mon-robot -->

Only comments that MediaWiki reads as such are marks: one inside `<nowiki>` or a call is text. Another hash
than that of the text means that a person wrote there. Marks are never put into a page that exists.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from capitalise.errors import Skip
from capitalise.messages import N_
from capitalise.wikitext.canonical import canonical, digest
from capitalise.wikitext.preprocessor import preprocess

__all__ = ["Region", "find_region", "region_marks", "region_names", "region_of", "region_text", "with_region"]


@dataclass(frozen=True)
class Region:
    """The region at `text[start:end]`, marks included; `touched` where a person changed what is inside."""

    start: int
    end: int
    inside: str
    touched: bool


def region_marks(name: str, inside: str = "") -> tuple[str, str]:
    """The two marks for this text between them."""
    return f"<!-- capitalise {name} {digest(inside.strip())[:12]} -->", f"<!-- /capitalise {name} -->"


def region_text(name: str, inside: str) -> str:
    """A region as it is written."""
    first, last = region_marks(name, inside)
    return f"{first}\n{inside.strip()}\n{last}" if inside.strip() else f"{first}\n{last}"


def find_region(text: str, name: str) -> Region | None:
    """The region of `name`, None where there is no mark of it. Raises Skip where marks are missing or doubled."""
    word = re.escape(name)
    first = [m for m in _marks(text) if re.fullmatch(rf"\s*<!-- *capitalise {word}( [0-9a-f]*)? *-->\s*", text[m])]
    last = [m for m in _marks(text) if re.fullmatch(rf"\s*<!-- */capitalise {word} *-->\s*", text[m])]
    if not first and not last:
        return None
    if len(first) != 1 or len(last) != 1 or first[0].stop > last[0].start:
        raise Skip(
            N_(
                "the page needs exactly one “%(first)s” and after it one “%(last)s”; mend it on the wiki",
                first=region_marks(name)[0],
                last=region_marks(name)[1],
            )
        )
    inside = text[first[0].stop : last[0].start]
    stored = re.search(r"([0-9a-f]+) *-->", text[first[0]])
    touched = bool(inside.strip()) and (not stored or stored[1] != digest(inside.strip())[:12])
    return Region(first[0].start, last[0].stop, inside.strip(), touched)


@lru_cache(maxsize=64)  # a page's history is read once for each of its regions
def _marks(text: str) -> Sequence[slice]:
    """The comments of a text that may be marks."""
    if "capitalise" not in text:
        return ()
    comments = (slice(n.start, n.end) for n in preprocess(text) if n.kind == "comment")
    return tuple(one for one in comments if "capitalise" in text[one])


def region_of(text: str, name: str) -> Region | None:
    """The same, None as well where marks are missing or doubled."""
    try:
        return find_region(text, name)
    except Skip:
        return None


def region_names(text: str) -> frozenset[str]:
    """The names in all first marks of a text."""
    found = (re.fullmatch(r"\s*<!-- *capitalise ([^ ]+)( [0-9a-f]*)? *-->\s*", text[one]) for one in _marks(text))
    return frozenset(one[1] for one in found if one)


def with_region(text: str, region: Region, name: str, inside: str) -> str:
    """`text` with other words between the marks; everything else stays byte for byte."""
    before, after = text[: region.start], text[region.end :]
    marks = text[region.start : region.end]
    lead = marks[: len(marks) - len(marks.lstrip())]
    trail = marks[len(marks.rstrip()) :]
    return canonical(before + lead + region_text(name, canonical(inside)) + trail + after)
