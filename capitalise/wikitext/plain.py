"""Any text shown on a wiki page as it is: nothing in it is wikitext, HTML or a signature any more."""

from __future__ import annotations

import re

__all__ = ["plain_text"]

#: What MediaWiki gives a meaning to inside a line, and what it does at the start of one (Parser.php, BlockLevelPass.php).
_ACTIVE = re.compile(r"[&<>\[\]{}|~=]|'(?=')|(?<=')'|_(?=_)|(?<=_)_|:(?=//)|^[*#:;!-]")


def plain_text(text: str) -> str:
    """`text` on one line, every character that would be read as wikitext there as an entity."""
    return _ACTIVE.sub(lambda found: f"&#{ord(found[0])};", " ".join(text.split()))
