"""HTML that a browser or a printer may open: nothing in it runs, fetches, or hides; its addresses are the web's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import lxml.html
import nh3

__all__ = ["CONTROL", "clean_html", "pictures_in", "text_of", "tree_of", "typeset"]

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
_ATTRIBUTES = {
    "a": {"href"},
    "abbr": {"title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "li": {"value"},
}
#: Characters that no XML holds (XML 1.0, 2.2) and nobody sees.
CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))
#: What a wiki puts into its pages for people who edit or browse them there.
_ON_SCREEN_ONLY = (
    ".//*["
    + " or ".join(
        f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
        for name in ("mw-editsection", "toc", "noprint")
    )
    + "]"
)
#: Before these, French has a space that no line breaks at; a space is there already, or none is meant.
_BEFORE = re.compile(r" (?=[:;!?»%€])|(?<=«) ")


def clean_html(html: str, base: str = "") -> str:
    """HTML of a piece of a page, fit to be put into a document: headings below the document's own, links whole or none, pictures left out.

    Addresses that are relative stand on `base`. A link to a page that is not there (class `new`) is words only.
    """
    if not html.strip():
        return ""
    tree = tree_of(html)
    for found in list(tree.xpath(_ON_SCREEN_ONLY)):
        found.drop_tree()
    for heading in tree.xpath(".//h1|.//h2|.//h3"):
        heading.tag = "h4"
    for caption in tree.xpath(".//figure|.//figcaption"):  # the pictures are left out, what is written under them stays
        caption.tag = "div"
    for link in list(tree.iter("a")):
        if "new" in (link.get("class") or "").split() or link.get("href", "").startswith("#"):
            link.drop_tag()
    if base:
        tree.make_links_absolute(base, handle_failures="ignore")
    made = lxml.html.tostring(tree, encoding="unicode")
    cleaned = nh3.clean(
        made,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        clean_content_tags={"script", "style"},
    )
    return cleaned.removeprefix("<div>").removesuffix("</div>").strip()


def tree_of(html: str) -> Any:
    """HTML as lxml's elements, below one `div`. Deep ones too: libxml2 cuts at 256 elements in one another otherwise, without a word."""
    parser = lxml.html.HTMLParser(huge_tree=True)
    return lxml.html.fragment_fromstring(html.translate(CONTROL), create_parent="div", parser=parser)


def pictures_in(html: str, article: str) -> list[tuple[str, str]]:
    """The pictures of a piece of a page as the wiki renders it: titles of their files, and what their texts say that they show ("" for
    nothing). `article` is the path of the wiki's pages, with `$1`."""
    tree = tree_of(html)
    before, found = article.partition("$1")[0], []
    for picture in tree.xpath(".//a[contains(@class, 'image') or contains(@class, 'mw-file-description')]//img"):
        link = next(picture.iterancestors("a")).get("href", "")
        title = unquote(link.partition(before)[2]).replace("_", " ") if before in link else ""
        alt = (picture.get("alt") or "").strip()
        if title:
            found.append((title, "" if alt == title.partition(":")[2] else alt))
    return list(dict.fromkeys(found))


def text_of(html: str) -> str:
    """The words of cleaned HTML, blocks on lines of their own."""
    if not html:
        return ""
    broken = re.sub(r"<(?:br|hr|/?(?:p|li|ul|ol|dl|h\d|tr|td|th|dd|dt|div|blockquote|pre))\b[^>]*>", r"\g<0>\n", html)
    words = tree_of(broken).text_content()
    return "\n".join(
        line for line in (re.sub(r"[^\S\n\u00a0\u202f]+", " ", one).strip() for one in words.split("\n")) if line
    )


def typeset(html: str, language: str) -> str:
    """The same words with the spaces of the language: French breaks no line before `:` or inside `« »`."""
    if language != "fr" or not html:
        return html
    tree = tree_of(html)
    for element, part, text in list(_texts(tree)):
        setattr(element, part, _BEFORE.sub("\u00a0", text))
    made: str = lxml.html.tostring(tree, encoding="unicode")
    return made.removeprefix("<div>").removesuffix("</div>")


def _texts(tree: Any) -> Iterator[tuple[Any, str, str]]:
    for element in tree.iter():
        code = element.tag in ("pre", "code", "kbd", "samp")
        if element.text and not code:
            yield element, "text", element.text
        if element.tail:
            yield element, "tail", element.tail
