"""What a document says beside its text, which no note takes over: comments, what somebody proposes to delete, headers and footers; counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from capitalise.messages import NP_, Message
from capitalise.sheets.shown import document_parts, parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["beside_the_text"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_S = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_NOTES = re.compile(r"word/(?:header|footer)\d*\.xml")


def beside_the_text(data: bytes, name: str) -> list[Message]:
    """A line for each kind, none for files that keep no such thing. Raises SheetError for what is no such file."""
    ending = name.rpartition(".")[2].lower()
    if ending not in ("docx", "odt"):
        return []
    with document_parts(data, name) as parts:
        return list(_in_docx(parts) if ending == "docx" else _in_odt(parts))


def _in_docx(parts: Mapping[str, bytes]) -> Iterator[Message]:
    body = parsed(parts["word/document.xml"])
    comments = parsed(parts["word/comments.xml"]).iter(f"{_W}comment") if "word/comments.xml" in parts else ()
    margins = [parsed(parts[name]) for name in parts if _NOTES.fullmatch(name)]
    yield from _told(sum(map(_says, comments)), sum(map(_says, body.iter(f"{_W}del"))), sum(map(_says, margins)))


def _in_odt(parts: Mapping[str, bytes]) -> Iterator[Message]:
    body = parsed(parts["content.xml"])
    styles = parsed(parts["styles.xml"]).iter(f"{_S}header", f"{_S}footer") if "styles.xml" in parts else ()
    comments, deleted = body.iter(f"{_O}annotation"), body.iter(f"{_T}deletion")
    yield from _told(sum(map(_says, comments)), sum(map(_says, deleted)), sum(map(_says, styles)))


def _says(element: _Element) -> bool:
    """Whether words stand in it: a number that the program puts there is none."""
    return bool(re.search(r"[^\W\d]{2,}", "".join(map(str, element.itertext()))))


def _told(comments: int, deleted: int, margins: int) -> Iterator[Message]:
    if comments:
        yield NP_("%(count)d comment in the margin", "%(count)d comments in the margin", comments)
    if deleted:
        yield NP_(
            "%(count)d piece that somebody proposes to delete",
            "%(count)d pieces that somebody proposes to delete",
            deleted,
        )
    if margins:
        yield NP_("%(count)d header or footer", "%(count)d headers and footers", margins)
