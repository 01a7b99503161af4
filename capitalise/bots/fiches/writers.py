"""Whose text a run wrote: said in its summaries, and read back from them for the credits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from capitalise.bots.fiches.fields import RowMerge
from capitalise.messages import LANGUAGES, N_, Message, render

__all__ = ["in_place_of", "text_by", "text_writers", "writers_in"]


def text_by(bot: str, what: Message | str, writer: str, sheet: str) -> Message:
    """The summary of an edit whose text somebody wrote in a sheet."""
    return N_("%(bot)s: %(what)s (text by %(writer)s, sheet %(sheet)s)", bot=bot, what=what, writer=writer, sheet=sheet)


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
    for language in LANGUAGES:
        said = re.escape(render(text_by("\x01", "\x01", "\x02", "\x01"), language))
        if found := re.match(said.replace("\x01", ".*?").replace("\x02", "(.+?)"), comment):
            return [name.strip() for name in found[1].split(",") if name.strip()]
    return []
