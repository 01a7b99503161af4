"""Texts as somebody reads them who knows no wikitext, and as differences: lines in pairs, then words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from capitalise.plans.diff import Piece, text_diff, word_diff
from capitalise.wikitext.hidden import COMMENTS, without

__all__ = ["Line", "as_read", "comments_in", "hidden_in", "lines_of_change"]

MOST_CHARACTERS = 200_000
LEAST_KEPT = 0.4  # of a line, for its words to be marked one by one
_SIGNS = (("{{!}}", "|"), ("{{=}}", "="), ("&nbsp;", "\u00a0"))
_LINK = re.compile(r"\[\[:?([^\[\]|\n]{1,500})(?:\|([^\[\]\n]{0,500}))?\]\]")
_ADDRESS = re.compile(r"\[(?:https?:)?//[^\s\[\]]{1,2000} ([^\[\]\n]{1,500})\]")
_BOLD = re.compile(r"'{2,5}")


@dataclass(frozen=True)
class Line:
    """A line of a change: kept (" "), gone ("-"), come ("+") or with words that differ ("~"); `pieces` are its words."""

    kind: str
    pieces: tuple[Piece, ...]


def as_read(text: str) -> str:
    """The words of a value as a page shows them: without comments, the brackets of links, marks of emphasis."""
    if len(text) > MOST_CHARACTERS:
        return text
    text = without(text, COMMENTS)
    for written, sign in _SIGNS:
        text = text.replace(written, sign)
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    return _BOLD.sub("", _ADDRESS.sub(lambda found: found[1], text))


def hidden_in(text: str) -> list[str]:
    """What of a value is there and not read: comments, where links lead."""
    return [*comments_in(text), *(found[0] for found in _LINK.findall(text)), *_TARGET.findall(text)]


def comments_in(text: str) -> list[str]:
    return _COMMENT.findall(text)


_COMMENT = re.compile(r"<!--.{0,20000}?-->", re.DOTALL)
_TARGET = re.compile(r"(?:https?:)?//[^\s\[\]|{}<>]{1,2000}", re.IGNORECASE)


def lines_of_change(before: str, after: str, context: int = 1) -> list[Line]:
    """What differs, line by line; a line that goes and the one that comes in its place are one, its words marked."""
    return list(_lines(list(text_diff(before, after, context))))


def _lines(pieces: list[Piece]) -> Iterator[Line]:
    at = 0
    while at < len(pieces):
        gone = [one.text for one in _run(pieces, at, "-")]
        come = [one.text for one in _run(pieces, at + len(gone), "+")]
        if not gone and not come:
            yield Line(" ", (pieces[at],))
            at += 1
            continue
        pairs = list(zip(gone, come, strict=False))
        for old, new in pairs:
            words = tuple(word_diff(old, new))
            if _alike(words, old, new):
                yield Line("~", words)
            else:
                yield from (Line("-", (Piece("-", old),)), Line("+", (Piece("+", new),)))
        rest = gone[len(come) :], come[len(gone) :]
        yield from (Line(kind, (Piece(kind, text),)) for kind, texts in zip("-+", rest, strict=True) for text in texts)
        at += len(gone) + len(come)


def _alike(words: tuple[Piece, ...], old: str, new: str) -> bool:
    """Whether enough stays for the words that change to be read among it."""
    kept = sum(len(one.text.strip()) for one in words if one.kind == " ")
    return kept >= LEAST_KEPT * max(len(old.strip()), len(new.strip()))


def _run(pieces: list[Piece], at: int, kind: str) -> Iterator[Piece]:
    while at < len(pieces) and pieces[at].kind == kind:
        yield pieces[at]
        at += 1
