"""Wikitext as HTML where no MediaWiki can be asked: what people write in fields, not everything that a wiki can do.

Over mwparserfromhell's tree, which reads and is never written back. What it does not render is said, and its words are shown all the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from capitalise.exports.cleaned import CONTROL

__all__ = ["MOST_CHARACTERS", "to_html"]

MOST_CHARACTERS = 20_000  # mwparserfromhell takes a time that grows with the square of the tags nobody closed: 20,000 cost a second and a half
MOST_DEEP = 20  # of lists, and of other things in one another: what is deeper is words
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
    text = re.sub(r"__[A-ZÉÈ]{3,}__", "", text).translate({**CONTROL, 0xE000: None, 0xE001: None})
    writer = _Writer(address, missing)
    return writer.blocks(writer.inline(mwparserfromhell.parse(text).nodes))


class _Writer:
    """Turns nodes into lines of inline HTML, and lines into blocks."""

    def __init__(self, address: Callable[[str], str], missing: Callable[[str], None]) -> None:
        self.address, self.missing = address, missing
        self.made: list[str] = []  # blocks inside a line, by their number
        self.depth = 0

    # -- inside a line ----------------------------------------------------------------------------

    def inline(self, nodes: Sequence[Any]) -> str:
        self.depth += 1
        try:
            if self.depth > MOST_DEEP:
                self.missing("…")
                return html.escape("".join(map(str, nodes)), quote=False)
            return "".join(self.node(one) for one in nodes)
        finally:
            self.depth -= 1

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
        return self.inline(node.default.nodes) if node.default is not None else html.escape(str(node), quote=False)

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
            return self._caption(str(node.text or ""))
        words = self.inline(node.text.nodes) if node.text is not None else html.escape(title.lstrip(":"), quote=False)
        found = self.address(title.lstrip(":"))
        return f'<a href="{html.escape(found)}">{words}</a>' if found else words

    def _caption(self, text: str) -> str:
        """What an image link says: its caption, and what the picture shows."""
        import mwparserfromhell

        alt = re.search(r"(?:^|\|)\s*alt\s*=\s*([^|]*)", text)
        caption = text.rpartition("|")[2].strip()
        words = "" if re.fullmatch(_LAYOUT, caption) else self.inline(mwparserfromhell.parse(caption).nodes)
        shows = html.escape(alt[1].strip(), quote=False) if alt else ""
        return f"{words} ({shows})" if words and shows else words or shows

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
            captions = [line.partition("|")[2] for line in html.unescape(str(node.contents or "")).split("\n")]
            return self._block("".join(f"<p>{html.escape(one)}</p>" for one in captions if one.strip()))
        if tag == "ref":
            return f"<small> ({self.inline(inside)})</small>" if inside else ""
        if tag in ("p", "div", "ul", "ol", "dl", "li", "dt", "dd"):
            return self._block(f"<{tag}>{self.blocks(self.inline(inside))}</{tag}>")
        if tag not in _KEPT:
            return self.inline(inside)
        return f"<{tag}>{self.inline(inside)}</{tag}>"

    def _table(self, nodes: Sequence[Any]) -> str:
        """Rows of cells; what stands between them and is no cell is said below the table."""
        rows, beside = _rows(nodes)
        made, captions = [], []
        for row in rows:
            cells = []
            for one in row:
                words = self.blocks(self.inline(one.contents.nodes)) if one.contents is not None else ""
                if _name(one) == "caption" or words.startswith("<p>+"):
                    captions.append(words.replace("<p>+", "<p>", 1))
                else:
                    cells.append(f"<{_name(one)}>{words}</{_name(one)}>")
            made += [f"<tr>{''.join(cells)}</tr>"] if cells else []
        rest = self.blocks(self.inline(beside))
        return f"{''.join(captions)}<table>{''.join(made)}</table>{rest}"

    def _block(self, made: str) -> str:
        self.made.append(made)
        return f"\n{_BLOCK}{len(self.made) - 1}{_BLOCK}\n"

    # -- lines ------------------------------------------------------------------------------------

    def blocks(self, text: str) -> str:
        """Lines of inline HTML as paragraphs, lists and the blocks made before."""
        out: list[str] = []
        for kind, some in groupby((_marked(line) for line in text.split("\n")), _kind):
            lines = list(some)
            if kind == "list":
                out.append(_list(lines))
            elif kind == "words":
                out.append(f"<p>{' '.join(line.strip() for _marks, line in lines)}</p>")
            elif kind == "block":
                out += [self.made[int(line.strip().strip(_BLOCK))] for _marks, line in lines]
        return "".join(out)


def _kind(line: tuple[str, str]) -> str:
    """What a line is part of: a list, a paragraph, a block made before, or nothing."""
    if line[0]:
        return "list"
    if re.fullmatch(rf"\s*{_BLOCK}\d+{_BLOCK}\s*", line[1]):
        return "block"
    return "words" if line[1].strip() else ""


def _name(tag: Any) -> str:
    return str(tag.tag).strip().lower()


def _rows(nodes: Sequence[Any]) -> tuple[list[list[Any]], list[Any]]:
    """The cells of each row of a table, and what is no cell: text between, templates that make rows."""
    rows: list[list[Any]] = [[]]
    beside: list[Any] = []
    for node in nodes:
        name = _name(node) if type(node).__name__ == "Tag" else ""
        inside = node.contents.nodes if name and node.contents is not None else ()
        if name in ("td", "th", "caption"):
            rows[-1].append(node)
        elif name in ("tr", "tbody", "thead", "tfoot"):
            more, left = _rows(inside)
            rows += [*more, []]
            beside += left
        elif str(node).strip():
            beside.append(node)
    return [row for row in rows if row], beside


def _marked(line: str) -> tuple[str, str]:
    """The marks of a list item that a line begins with, and the rest of it; a mark inside (`; word : meaning`) is a colon."""
    found = re.match(rf"((?:{_ITEM}[*#;:])+)", line)
    marks = found[1].replace(_ITEM, "") if found else ""
    rest = line[found.end() :] if found else line
    return marks[:MOST_DEEP], re.sub(rf" *{_ITEM}([*#;:]) *", r" \1 ", rest)


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
