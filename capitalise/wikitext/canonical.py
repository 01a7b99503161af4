"""The one form in which text is planned, hashed and sent: what MediaWiki would store anyway.

MediaWiki normalises what it receives (NFC, `WebRequest::normalizeUnicode`; line ends and trailing
white space, `TextContent::normalizeLineEndings`) and expands signatures, `subst:` and pipe-trick
links on save (`Parser::preSaveTransform`). A text that is sent in any other form comes back with a
sha1 nobody planned, so the first are applied beforehand and the others are refused.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from capitalise.wikitext.preprocessor import CORE_TAGS, preprocess, walk

__all__ = ["canonical", "digest", "expanded_on_save"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_EXPANDED = re.compile(
    r"~~~+"  # signatures
    r"|\{\{[ \t\n]*(?:safesubst|subst):"  # the English word works in every language
    r"|\[\[[^\[\]|\n]*\|[ \t]*\]\]"  # the pipe trick: [[Paris (France)|]]
    r"|\[\[\|[^\[\]|\n]+\]\]",  # and its mirror: [[|Paris]]
    re.IGNORECASE,
)


def canonical(text: str) -> str:
    """NFC, LF, no control characters but tab and line feed, nothing white at the end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", text)).rstrip(" \t\n\v")


def digest(text: str) -> str:
    """The sha1 that MediaWiki reports for a revision of this text (hexadecimal)."""
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def expanded_on_save(text: str, tags: Iterable[str] = CORE_TAGS) -> str | None:
    """The first thing in `text` that the wiki would replace by something else on saving, or None."""
    shown = list(text)
    for node in walk(preprocess(text, tags)):
        if node.kind == "tag":  # comments are no shelter: the wiki signs inside them too
            shown[node.start : node.end] = " " * (node.end - node.start)
    found = _EXPANDED.search("".join(shown))
    return found[0] if found else None
