"""The sections of a page that a link can name, by MediaWiki's own anchors (Sanitizer::escapeIdForAttribute, Parser.php).

Headings that templates make are not in the wikitext: where a section is not found, the page as readers see it has the last
word.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from urllib.parse import parse_qs, urlsplit

from capitalise.wikitext.links import find_headings

__all__ = ["anchors_of", "ids_in", "plain_headings", "red_links"]

_MARKUP = re.compile(r"'{2,}|<[^<>]*>|\[\[(?:[^\[\]|]*\|)?|\]\]|\[(?:https?:)?//\S+\s?|\]")
_IDS = re.compile(r"""\bid\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_CALLS = re.compile(r"\{\{\s*(?:ancre|anchor|ancres|anchors)\s*\|([^{}]*)\}\}", re.IGNORECASE)


def anchors_of(text: str) -> frozenset[str]:
    """Headings without their markup, the second of a name as `Name 2`, ids of tags, and `{{ancre|…}}`; `_` as spaces."""
    found: Counter[str] = Counter()
    anchors = set()
    for heading in find_headings(text):
        words = " ".join(html.unescape(_MARKUP.sub("", heading.text)).replace("_", " ").split())
        found[words.casefold()] += 1
        count = found[words.casefold()]
        anchors.add(words if count == 1 else f"{words} {count}")
    anchors |= {next(filter(None, one)).replace("_", " ") for one in _IDS.findall(text) if any(one)}
    for inside in _CALLS.findall(text):
        anchors |= {part.strip().replace("_", " ") for part in inside.split("|") if part.strip()}
    return frozenset(anchors)


#: What MediaWiki makes something else of in a heading than its words: tags, entities, pictures, calls, marks of direction, signs that nobody sees.
_NOT_PLAIN = re.compile(r"[<>&{}\[\]\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_HTML_HEADING = re.compile(r"<h[1-6]\b", re.IGNORECASE)


def plain_headings(text: str) -> bool:
    """Whether the headings are words of which everybody sees what their anchors are. Of a name that stands twice beside one that ends with a number, the wiki
    counts on until it finds a free one (Parser.php, finalizeHeadings)."""
    if _HTML_HEADING.search(text):
        return False
    names = [" ".join(heading.text.replace("_", " ").split()).casefold() for heading in find_headings(text)]
    several = {name for name, count in Counter(names).items() if count > 1}
    numbered = any(re.fullmatch(rf"{re.escape(one)} [0-9]+", name) for one in several for name in names)
    return not numbered and not any(_NOT_PLAIN.search(name) for name in names)


_RED = re.compile(r"""<a\b[^<>]*\bhref=(?:"([^"]*redlink=1[^"]*)"|'([^']*redlink=1[^']*)')""", re.IGNORECASE)


def ids_in(page: str) -> frozenset[str]:
    """The anchors of a page's HTML; `_` as spaces."""
    return frozenset(html.unescape(next(filter(None, one))).replace("_", " ") for one in _IDS.findall(page) if any(one))


def red_links(page: str) -> frozenset[str]:
    """The missing pages to which a page's HTML leads."""
    addresses = (html.unescape(next(filter(None, one))) for one in _RED.findall(page))
    titles = (parse_qs(urlsplit(address).query).get("title", [""])[0] for address in addresses)
    return frozenset(title.replace("_", " ") for title in titles if title)
