"""Pages as readers will see them, in one file for a browser; each in a frame in which nothing runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from capitalise.exports.templates import render_template

__all__ = ["PreviewPage", "preview_page"]

#: What a wiki's own style sheets would do, in short: the HTML comes without them.
_STYLE = """<base target="_blank"><style>body{font:15px/1.55 sans-serif;margin:1rem;color:#202122;overflow-wrap:break-word}img{max-width:100%;height:auto}h2{border-bottom:1px solid #a2a9b1;font-weight:normal;
font-family:serif}table.wikitable{border-collapse:collapse}.wikitable td,.wikitable th{border:1px solid #a2a9b1;padding:.3em .5em}
.wikitable th{background:#eaecf0}a{color:#0645ad}a.new{color:#ba0000}.mw-editsection{display:none}.error{color:#d33}pre{background:#f8f9fa;
padding:.5rem}</style>"""


@dataclass(frozen=True)
class PreviewPage:
    """A page as HTML; `state` says whether it is new, changes or stays."""

    wiki: str
    title: str
    state: str
    html: str


def _blue(page: PreviewPage) -> str:
    """A link to a page that will be there is not red (MediaWiki says "Title (page does not exist)" of it)."""
    title = re.sub(r"[^\w \-]", lambda found: f"\\{ord(found[0]):06x}", page.title)
    return f'a.new[title^="{title} ("]{{color:#0645ad}}'


def preview_page(title: str, pages: Sequence[PreviewPage], waiting: Sequence[str], language: str) -> str:
    """HTML in which only the frames are made as high as their pages; `waiting` are lines about what is still to come."""
    style = f"{_STYLE}<style>{''.join(map(_blue, pages))}</style>"
    shown = [{"wiki": p.wiki, "title": p.title, "state": p.state, "html": style + p.html} for p in pages]
    return render_template(
        "preview.html.jinja", None, language, title=title, language=language, pages=shown, waiting=waiting
    )
