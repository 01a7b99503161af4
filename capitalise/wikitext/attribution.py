"""Where a page's text comes from, said on the page: what CC BY-SA asks of whoever takes it over."""

from __future__ import annotations

import re

from capitalise.messages import N_, render
from capitalise.wikitext.plain import plain_text

__all__ = ["with_source"]


def with_source(text: str, source: str, writer: str, language: str) -> str:
    """A new page that says where its text comes from, and whose it is (CC BY-SA 4.0, 3.a.1). What is no address of the web says nothing."""
    if not re.fullmatch(r"https?://[^\s\[\]<>\"{}|]+", source):
        return text
    by = plain_text(writer) if writer and source not in writer else ""
    said = (
        N_("Text taken from %(source)s (by %(writer)s).", source=source, writer=by)
        if by
        else N_("Text taken from %(source)s.", source=source)
    )
    return f"{text}\n\n''{render(said, language)}''"
