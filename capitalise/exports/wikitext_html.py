"""Wikitext as HTML where no MediaWiki can be asked: what people write in fields, not everything that a wiki can do.

Over mwparserfromhell's tree, which reads and is never written back. What it does not render is said, and its words are shown all the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise, takewhile
from typing import Any

__all__ = ["MOST_CHARACTERS", "to_html"]

MOST_CHARACTERS = 100_000
_FILES = ("file", "fichier", "image", "media", "média")
_CATEGORIES = ("category", "catégorie")
#: Tags of HTML that wikitext may hold (Sanitizer.php, getRecognizedTagData) and that say something on paper.
_KEPT = frozenset(
    [
        "b",
        "i",
        "u",
        "s",
        "strong",
        "em",
        "sub",
        "sup",
        "code",
        "small",
        "big",
        "del",
        "ins",
        "blockquote",
        "q",
        "cite",
        "abbr",
        "kbd",
        "var",
        "samp",
        "pre",
    ]
)
#: Words of an image link that are no caption (MediaWiki's MessagesFr.php, img_*).
_LAYOUT = r"|thumb|vignette|frame|cadre|frameless|sans[_ ]cadre|left|right|center|none|gauche|droite|centr[ée]|néant|\d*x?\d+ ?px|(alt|link|lien|upright|redresse|class|page)=.*"
_CALLS = {"!": "|", "=": "=", "pipe": "|", "nbsp": "\u00a0", "-": ""}
_LISTS = {"*": ("ul", "li"), "#": ("ol", "li"), ";": ("dl", "dt"), ":": ("dl", "dd")}
_ITEM, _BLOCK = "\ue000", "\ue001"  # stand before the marks of a line, and around the number of a block


def to_html(text: str, address: Callable[[str], str], missing: Callable[[str], None]) -> str:
    """`address` says where the page of a title is ("" for nowhere), `missing` is called with what is not rendered."""
    import mwparserfromhell

    if len(text) > MOST_CHARACTERS:
        missing(f"{len(text)} characters")
        return f"<p>{html.escape(text)}</p>"
    for call, sign in (("{{!}}", "|"), ("{{=}}", "=")):
        text = text.replace(call, sign)  # tables inside of calls are written so
    text = re.sub(r"__[A-ZÉÈ]{3,}__", "", text).translate({0xE000: None, 0xE001: None})
    writer = _Writer(address, missing)
    return writer.blocks(writer.inline(mwparserfromhell.parse(text).nodes))


class _Writer:
    """Turns nodes into lines of inline HTML, and lines into blocks."""

    def __init__(self, address: Callable[[str], str], missing: Callable[[str], None]) -> None:
        self.address, self.missing = address, missing
        self.made: list[str] = []  # blocks inside a line, by their number

    # -- inside a line ----------------------------------------------------------------------------

    def inline(self, nodes: Sequence[Any]) -> str:
        return "".join(self.node(one) for one in nodes)

    def node(self, node: Any) -> str:
        write = getattr(self, f"_{type(node).__name__.lower()}", None)
        return write(node) if write else html.escape(str(node), quote=False)

    def _text(self, node: Any) -> str:
        return html.escape(re.sub("''+", "", str(node)), quote=False)  # bold that nobody closed

    def _comment(self, _node: Any) -> str:
        return ""

    def _htmlentity(self, node: Any) -> str:
        try:
            return html.escape(node.normalize(), quote=False)
        except ValueError:
            return html.escape(str(node), quote=False)

    def _argument(self, node: Any) -> str:
        return self.inline(node.default.nodes) if node.default is not None else ""

    def _heading(self, node: Any) -> str:
        return self._block(f"<h4>{self.inline(node.title.nodes).strip()}</h4>")

    def _externallink(self, node: Any) -> str:
        url = str(node.url).strip()
        words = self.inline(node.title.nodes) if node.title is not None else html.escape(url, quote=False)
        if not re.match(r"(https?:)?//|mailto:", url, re.IGNORECASE):
            return words
        return f'<a href="{html.escape(url)}">{words}</a>'

    def _wikilink(self, node: Any) -> str:
        title = str(node.title).strip()
        space = title.lstrip(":").partition(":")[0].strip().casefold() if ":" in title.lstrip(":") else ""
        if not title.startswith(":") and space in _CATEGORIES:
            return ""
        if not title.startswith(":") and space in _FILES:
            self.missing(f"[[{title}]]")
            caption = str(node.text or "").rpartition("|")[2].strip()
            return "" if re.fullmatch(_LAYOUT, caption) else html.escape(caption, quote=False)
        words = self.inline(node.text.nodes) if node.text is not None else html.escape(title.lstrip(":"), quote=False)
        found = self.address(title.lstrip(":"))
        return f'<a href="{html.escape(found)}">{words}</a>' if found else words

    def _template(self, node: Any) -> str:
        name = str(node.name).strip()
        if name in _CALLS:
            return _CALLS[name]
        self.missing(f"{{{{{name}}}}}")
        values = [self.inline(one.value.nodes).strip() for one in node.params]
        return " ".join(filter(None, values))

    def _tag(self, node: Any) -> str:
        tag, inside = str(node.tag).strip().lower(), node.contents.nodes if node.contents is not None else ()
        if tag in ("li", "dt", "dd") and node.wiki_markup:
            return f"{_ITEM}{node.wiki_markup}"
        if tag == "table":
            return self._block(self._table(inside))
        if tag in ("br", "hr", "wbr"):
            return f"<{tag}>"
        if tag == "nowiki":
            return html.escape(str(node.contents or ""), quote=False)
        if tag in ("pre", "syntaxhighlight", "source"):
            return self._block(f"<pre>{html.escape(str(node.contents or '').strip(chr(10)))}</pre>")
        if tag == "poem":
            lines = self.inline(inside).strip().split("\n")
            return self._block(f"<p>{'<br>'.join(lines)}</p>")
        if tag == "gallery":
            self.missing("<gallery>")
            captions = [line.partition("|")[2] for line in str(node.contents or "").split("\n")]
            return self._block("".join(f"<p>{html.escape(one)}</p>" for one in captions if one.strip()))
        if tag == "ref":
            return f"<small> ({self.inline(inside)})</small>" if inside else ""
        if tag in ("p", "div", "ul", "ol", "dl", "li", "dt", "dd"):
            return self._block(f"<{tag}>{self.blocks(self.inline(inside))}</{tag}>")
        if tag not in _KEPT:
            return self.inline(inside)
        return f"<{tag}>{self.inline(inside)}</{tag}>"

    def _table(self, nodes: Sequence[Any]) -> str:
        rows = [one for one in nodes if type(one).__name__ == "Tag" and str(one.tag).strip() == "tr"]
        first = [one for one in takewhile(lambda one: one not in rows, nodes) if type(one).__name__ == "Tag"]
        return f"<table>{self._cells(first)}{''.join(self._cells(row.contents.nodes) for row in rows)}</table>"

    def _cells(self, nodes: Sequence[Any]) -> str:
        cells = [one for one in nodes if type(one).__name__ == "Tag" and str(one.tag).strip() in ("td", "th")]
        made = "".join(f"<{one.tag}>{self.blocks(self.inline(one.contents.nodes))}</{one.tag}>" for one in cells)
        return f"<tr>{made}</tr>" if made else ""

    def _block(self, made: str) -> str:
        self.made.append(made)
        return f"\n{_BLOCK}{len(self.made) - 1}{_BLOCK}\n"

    # -- lines ------------------------------------------------------------------------------------

    def blocks(self, text: str) -> str:
        """Lines of inline HTML as paragraphs, lists and the blocks made before."""
        out: list[str] = []
        lines = [_marked(line) for line in text.split("\n")]
        at = 0
        while at < len(lines):
            marks, line = lines[at]
            if marks:
                items = list(takewhile(lambda one: one[0], lines[at:]))
                out.append(_list(items))
                at += len(items)
            elif found := re.fullmatch(rf"\s*{_BLOCK}(\d+){_BLOCK}\s*", line):
                out.append(self.made[int(found[1])])
                at += 1
            else:
                words = list(takewhile(lambda one: not one[0] and one[1].strip() and _BLOCK not in one[1], lines[at:]))
                out += [f"<p>{' '.join(one[1].strip() for one in words)}</p>"] if words else []
                at += max(1, len(words))
        return "".join(out)


def _marked(line: str) -> tuple[str, str]:
    """The marks of a list item that a line begins with, and the rest of it."""
    marks = "".join(re.findall(rf"{_ITEM}([*#;:]+)", line[: line.rfind(_ITEM) + 9]) if line.startswith(_ITEM) else ())
    return marks, re.sub(rf"{_ITEM}[*#;:]+", "", line)


def _list(items: Sequence[tuple[str, str]], depth: int = 0) -> str:
    """Items with their marks as lists in lists (BlockLevelPass.php)."""
    groups = groupby(items, lambda one: _LISTS[one[0][depth]][0])
    return "".join(f"<{kind}>{''.join(_items(list(some), depth))}</{kind}>" for kind, some in groups)


def _items(group: Sequence[tuple[str, str]], depth: int) -> Iterator[str]:
    starts = [n for n, (marks, _words) in enumerate(group) if n == 0 or len(marks) == depth + 1]
    for start, end in pairwise([*starts, len(group)]):
        marks, words = group[start]
        own = len(marks) == depth + 1
        deeper = group[start + own : end]
        tag = _LISTS[marks[depth]][1]
        yield f"<{tag}>{words.strip() if own else ''}{_list(deeper, depth + 1) if deeper else ''}</{tag}>"
