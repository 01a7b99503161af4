"""Whose text a run wrote: said in its summaries, and read back from them for the credits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from capitalise.bots.fiches.fields import RowMerge
from capitalise.messages import LANGUAGES, N_, Message, render

__all__ = ["in_place_of", "text_by", "text_writers", "writers_in"]

_SHEET = re.compile(", (?:feuille|sheet) .*")  # until December 2026 a summary named it here


def text_by(writer: str) -> Message:
    """Whose text an edit wrote, as its summary says it."""
    return N_("(text by %(writer)s)", writer=writer)


def text_writers(group: Sequence[RowMerge], values: Mapping[str, str]) -> str:
    """Who wrote what the rows of a page say of some values: their writers, and who proposed one; nobody for words that somebody wrote in a review, and for
    none."""
    names: dict[str, None] = {}
    for one in group:
        names |= dict.fromkeys(who for name, who in one.proposers.items() if name in values)
        theirs = [
            n
            for n, text in values.items()
            if text and n in one.verdicts and n not in one.own and n not in one.proposers
        ]
        names |= dict.fromkeys([one.match.row.writer] if theirs and one.match.row.writer else [])
    return ", ".join(names)


def in_place_of(users: Sequence[str], language: str) -> str:
    """What is said behind a summary where somebody decided against other people's text."""
    said = N_("chosen in review, in place of the text by %(users)s", users=", ".join(users))
    return f" – {render(said, language)}" if users else ""


def writers_in(comment: str) -> list[str]:
    """The people of whom a summary says that the text is theirs."""
    begins = [render(text_by("\x01"), language).partition("\x01")[0] for language in LANGUAGES]
    place, begun = max(
        (comment.rfind(one), one) for one in begins
    )  # the last one: a sheet's name may hold such words too
    said = _SHEET.sub("", _inside(comment[place + len(begun) :])) if place >= 0 else ""
    return [name.strip() for name in said.split(",") if name.strip()]


def _inside(text: str) -> str:
    """What stands before the bracket that closes the one before `text`: a name may hold brackets itself."""
    depth = 1
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return text[:place]
    return text.partition(")")[0]
