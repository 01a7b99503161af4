"""Any text shown on a wiki page as it is: nothing in it is wikitext, HTML or a signature any more."""

from __future__ import annotations

import re

__all__ = ["plain_text"]

_ACTIVE = re.compile(r"[&<>\[\]{}|'~_=*#:;!\"/-]")


def plain_text(text: str) -> str:
    """`text` on one line, every character that MediaWiki gives a meaning to as an entity (`Sanitizer`, `Parser`)."""
    return _ACTIVE.sub(lambda found: f"&#{ord(found[0])};", " ".join(text.split()))
