"""A document to be taken apart: what a browser does not show is left out, what somebody only proposes to delete stays.

Pandoc carries out tracked deletions and reads hidden elements of HTML (facts of pandoc 3.9). Words that people want gone are asked about
beside their field (`suggestions`), not taken out by a program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from capitalise.messages import NP_, Message
from capitalise.sheets.shown import document_parts, packed, parsed, take_out, written
from capitalise.wikitext.hidden import COMMENTS, without

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["bare_document"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NEVER = ("script", "style", "template", "title", "noscript")


def bare_document(data: bytes, name: str) -> tuple[bytes, list[Message]]:
    """The document with its tracked deletions undone and without what it hides, and what was left out. Raises SheetError."""
    ending = name.rpartition(".")[2].lower()
    if ending in ("md", "markdown", "txt"):
        return _without_comments(data)
    if ending in ("html", "htm"):
        return _without_unseen(data)
    return _undeleted(data, name) if ending in ("docx", "odt") else (data, [])


def _told(count: int) -> list[Message]:
    return [NP_("%(count)d piece of hidden text", "%(count)d pieces of hidden text", count)] if count else []


def _without_comments(data: bytes) -> tuple[bytes, list[Message]]:
    text = data.decode("latin-1")  # byte for byte: a comment's signs are the same in all encodings of notes
    bare = without(text, COMMENTS)
    return bare.encode("latin-1"), _told(text.count("<!--") - bare.count("<!--"))


def _without_unseen(data: bytes) -> tuple[bytes, list[Message]]:
    from lxml import etree, html

    try:
        tree = html.fromstring(data or b"<p></p>", parser=html.HTMLParser(encoding=_encoding(data)))
    except (ValueError, etree.LxmlError):  # no element at all
        return data, []
    unseen = [one for one in tree.iter() if isinstance(one.tag, str) and _is_unseen(one)]
    count = sum(one.tag not in _NEVER and bool("".join(map(str, one.itertext())).strip()) for one in unseen)
    for one in unseen:
        take_out(one)
    return html.tostring(tree, encoding="utf-8"), _told(count)


def _encoding(data: bytes) -> str | None:
    """UTF-8 where the bytes are that; else what the page says of itself (None: lxml reads it)."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _is_unseen(one: _Element) -> bool:
    return one.tag in _NEVER or one.get("hidden") is not None or bool(_UNSEEN.search(one.get("style") or ""))


def _undeleted(data: bytes, name: str) -> tuple[bytes, list[Message]]:
    docx = name.lower().endswith(".docx")
    part = "word/document.xml" if docx else "content.xml"
    with document_parts(data, name) as parts:
        tree = parsed(parts[part])
        for old, new in [*_in_docx(tree)] if docx else [*_in_odt(tree)]:
            parent = old.getparent()
            if parent is not None:
                new.tail = old.tail
                parent.replace(old, new)
        return packed({**parts, part: written(tree)}), []


def _in_docx(tree: _Element) -> Iterator[tuple[_Element, _Element]]:
    """Each deletion, and the same as a group of runs."""
    for gone in list(tree.iter(f"{_W}del")):
        kept = gone.makeelement(f"{_W}smartTag", {})
        for run in list(gone):
            for text in run.iter(f"{_W}delText"):
                text.tag = f"{_W}t"
            kept.append(run)
        if len(kept):
            yield gone, kept


def _in_odt(tree: _Element) -> Iterator[tuple[_Element, _Element]]:
    """Each mark of a deletion, and a span with the words."""
    regions = {one.get(f"{_T}id") or "": one for one in tree.iter(f"{_T}changed-region")}
    for mark in list(tree.iter(f"{_T}change")):
        region = regions.get(mark.get(f"{_T}change-id") or "")
        words = (
            " ".join("".join(map(str, p.itertext())) for p in region.iter(f"{_T}p", f"{_T}h"))
            if region is not None
            else ""
        )
        if words:
            kept = mark.makeelement(f"{_T}span", {})
            kept.text = words
            yield mark, kept
