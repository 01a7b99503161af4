"""What people typed into Loomio as lines of plain words: paragraphs and items of lists. Nothing of it is markup any more, and no letter is lost:
where a parser gives up, the words without their tags are taken. Everything here takes time in proportion to the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml import etree, html

__all__ = ["Line", "addresses_in", "lines_of", "sound"]

_INSIDE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)  # whatever else begins and ends a line
_UNSEEN = frozenset(("script", "style", "template"))
_ADDRESS = re.compile(r"https?://[^\s<>\"'\[\]{}|]*[^\s<>\"'\[\]{}|.,;:!?)]", re.IGNORECASE)
_LINK = re.compile(
    r"!?\[([^\[\]\n]{0,300})\]\((https?://[^\s()]{1,2000}(?:\([^\s()]{0,300}\)[^\s()]{0,300}){0,5})\)", re.IGNORECASE
)
_STRONG = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^*\n]*[^\s*])\*\*(?![\w*])")
_ITEM = re.compile(r"[-*•][ \t]+(.*)", re.DOTALL)
_NUMBERED = re.compile(r"\d{1,3}[.)]\s")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_WHOLE = re.compile(r"<(/?)(?:html|head|body)\b[^<>]*>", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Line:
    """A paragraph, or an item of a list."""

    words: str
    item: bool = False


def sound(value: object) -> str:
    """A text of an export without half characters, which no file can hold."""
    return _SURROGATE.sub("\ufffd", str(value if value is not None else ""))


def lines_of(text: str, form: str) -> list[Line]:
    """The lines of a text; `form` is "html", or anything else for Markdown and plain text."""
    if form != "html":
        return _from_text(text)
    bare = unescape(_without_tags(text))
    try:
        lines = _from_html(text)
    except (AssertionError, etree.LxmlError, ValueError):
        return _from_text(bare)
    whole = _letters("".join(one.words for one in lines)) == _letters(bare)
    return lines if whole else _from_text(bare)  # a parser gives up where tags are too deep: no word goes with them


def addresses_in(text: str) -> list[str]:
    """The web addresses that a text names or leads to, each once, so written that nothing in them is wikitext (no signature, no magic word)."""
    found = _ADDRESS.findall(text.replace("&amp;", "&"))
    return list(dict.fromkeys(one.replace("~", "%7E").replace("__", "_%5F") for one in found))


def _letters(text: str) -> list[str]:
    return [letter for letter in text if letter.isalnum()]


def _from_text(text: str) -> list[Line]:
    text = _STRONG.sub(r"\1", _LINK.sub(lambda found: found[1] or found[2], text))
    found: list[Line] = []
    words: list[str] = []
    for line in [*text.replace("\r\n", "\n").split("\n"), ""]:
        said = line.strip()
        item = _ITEM.fullmatch(said)
        alone = not said or item or said.startswith("#") or _NUMBERED.match(said)
        if alone:
            found += _line(words)
            words = []
            found += _line([item[1] if item else said.lstrip("#")], item=bool(item))
        else:
            words.append(said)
    return found


def _line(words: list[str], *, item: bool = False) -> list[Line]:
    said = " ".join(" ".join(words).split())
    return [Line(said, item)] if said else []


def _from_html(text: str) -> list[Line]:
    if not text.strip():
        return []
    found: list[Line] = []
    said, item = "", False
    text = _WHOLE.sub(r"<\1div>", text)  # a parser takes a second body for the first
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
        named = isinstance(one.tag, str)
        seen, block = named and one.tag not in _UNSEEN, named and one.tag not in _INSIDE
        if block:
            yield one.tag, ""
        if seen and one.text:
            yield "text", one.text
        rest: list[Any] = []
        for child in one if seen else ():
            rest.append(child)
            if child.tail:
                rest.append(("text", child.tail))
        if block:
            rest.append((f"end {one.tag}", ""))
        waiting += reversed(rest)


def _without_tags(text: str) -> str:
    """The text between tags, comments and scripts: what opens and is not closed is text."""
    small, found, place = text.lower(), list[str](), 0
    endless = set[str]()  # what is not closed any more from here on
    while (at := text.find("<", place)) >= 0:
        found.append(text[place:at])
        kind = next((one for one in ("!--", *_UNSEEN) if small.startswith(one, at + 1) and one not in endless), "")
        end = small.find("-->" if kind == "!--" else f"</{kind}", at) if kind else -1
        if kind and end < 0:
            endless.add(kind)
        tag = _TAG.match(text, at)
        if end >= 0:
            place = end + 3 if kind == "!--" else end
        elif tag:
            place = tag.end()
        else:
            place = at + 1
        found.append(" " if end >= 0 or tag else "<")
    return "".join((*found, text[place:]))
