"""What people typed into Loomio as lines of plain words: paragraphs and items of lists. Nothing of it is markup any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml import html

__all__ = ["Line", "addresses_in", "lines_of"]

MOST_LETTERS = 200_000  # of one text
_BLOCKS = frozenset(
    ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "tr", "br", "ul", "ol", "table")
)
_UNSEEN = frozenset(("script", "style", "template"))
_ADDRESS = re.compile(r"https?://[^\s<>\"'\[\]{}|]+[^\s<>\"'\[\]{}|.,;:!?)]", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\((https?://[^\s)]+)\)", re.IGNORECASE)
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]+?)(?<=\S)\1")
_TAG = re.compile(r"<(script|style|template)\b.*?</\1\s*>|<!--.*?-->|</?[a-z][^<>]*>", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(.*)", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """A paragraph, or an item of a list."""

    words: str
    item: bool = False


def lines_of(text: str, form: str) -> list[Line]:
    """The lines of a text; `form` is "html", or anything else for Markdown and plain text."""
    text = text[:MOST_LETTERS]
    if form != "html":
        return _from_text(text)
    bare = unescape(_TAG.sub(" ", text))
    lines = _from_html(text)
    whole = _letters("".join(one.words for one in lines)) == _letters(bare)
    return lines if whole else _from_text(bare)  # a parser gives up where tags are too deep: no word goes with them


def addresses_in(text: str) -> list[str]:
    """The web addresses that a text names or leads to, each once, so written that nothing in them is wikitext (no signature, no magic word)."""
    found = _ADDRESS.findall(text[:MOST_LETTERS].replace("&amp;", "&"))
    return list(dict.fromkeys(one.replace("~", "%7E").replace("__", "_%5F") for one in found))


def _letters(text: str) -> list[str]:
    return [letter for letter in text if letter.isalnum()]


def _from_text(text: str) -> list[Line]:
    text = _STRONG.sub(r"\2", _LINK.sub(lambda found: found[1] or found[2], text))
    found: list[Line] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        words: list[str] = []
        for line in block.split("\n"):
            item = _ITEM.fullmatch(line)
            if item or line.lstrip().startswith("#"):
                found += _line(words)
                words = []
            if item:
                found += _line([item[1]], item=True)
            elif line.lstrip().startswith("#"):
                found += _line([line.lstrip().lstrip("#")])
            else:
                words.append(line)
        found += _line(words)
    return found


def _line(words: list[str], *, item: bool = False) -> list[Line]:
    said = " ".join(" ".join(words).split())
    return [Line(said, item)] if said else []


def _from_html(text: str) -> list[Line]:
    if not text.strip():
        return []
    found: list[Line] = []
    said, item = "", False
    root = html.fragment_fromstring(text, create_parent="div", parser=html.HTMLParser(huge_tree=True))
    for kind, piece in [*_pieces(root), ("end", "")]:
        if kind == "text":
            said += piece
            continue
        if said.strip():  # what follows in the same item is a paragraph
            found += _line([said], item=item)
            said, item = "", False
        item = kind == "li" or (item and kind != "end li")
    return found


def _pieces(root: Any) -> Iterator[tuple[str, str]]:
    """The texts of an element in their order, and where a block begins or ends: without recursion, however deep it is."""
    waiting: list[Any] = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tuple):
            yield one
            continue
        seen = isinstance(one.tag, str) and one.tag not in _UNSEEN
        if one.tag in _BLOCKS:
            yield one.tag, ""
        if seen and one.text:
            yield "text", one.text
        rest: list[Any] = []
        for child in one if seen else ():
            rest.append(child)
            if child.tail:
                rest.append(("text", child.tail))
        if one.tag in _BLOCKS:
            rest.append((f"end {one.tag}", ""))
        waiting += reversed(rest)
