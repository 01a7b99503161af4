"""A saved page as notes in Markdown: its words, lists and tables; links of the wiki as addresses of the archive."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any
from urllib.parse import unquote

import lxml.html

from capitalise.archives.links import FILE, REFERENCE, WIKI
from capitalise.archives.page import SavedPage
from capitalise.sheets.pandoc import html_to_markdown

__all__ = ["to_markdown"]


def to_markdown(page: SavedPage, address_of: Callable[[str], str]) -> str:
    """`address_of` says where a page of the wiki stands on the web, "" for nowhere: its link is words then."""
    content = deepcopy(page.content)
    for picture in content.xpath(f".//span[@class='{FILE}']"):
        name = picture.get("title", "").partition("|")[0]
        picture.text = f"({name}) {picture.text or ''}"
    for link in list(content.iter("a")):
        href = link.get("href", "")
        link.attrib.pop("title", "")
        if href.startswith(REFERENCE):
            note = page.notes.get(href.removeprefix(REFERENCE))
            link.text = f" ({' '.join(note.text_content().split())})" if note is not None else ""
            link.drop_tag()
        elif href.startswith(WIKI):
            address = address_of(unquote(href.removeprefix(WIKI)).lstrip(":").partition("#")[0])
            if address.startswith("http"):
                link.set("href", address)
            else:
                link.drop_tag()
    _one_line_cells(content)
    return html_to_markdown(lxml.html.tostring(content, encoding="utf-8")) + "\n"


_BLOCKS = ("p", "li", "dd", "dt", "div", "tr", "ul", "ol", "dl", "table", "tbody", "pre", "br")


def _one_line_cells(content: Any) -> None:
    """A table of Markdown holds one line a cell: what stood below another is parted by a sign."""
    for cell in content.xpath(
        ".//td[not(ancestor::td) and not(ancestor::th)] | .//th[not(ancestor::td) and not(ancestor::th)]"
    ):
        for name in ("colspan", "rowspan"):
            cell.attrib.pop(name, None)
        inner = [one for one in cell.iter() if one is not cell and one.tag in _BLOCKS]
        for number, block in enumerate(inner):
            if (number or (cell.text or "").strip()) and (block.text_content().strip() or block.tag == "br"):
                block.text = f" ; {(block.text or '').lstrip()}"
            block.drop_tag()
