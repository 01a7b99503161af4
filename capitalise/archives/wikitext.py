"""HTML that MediaWiki rendered, as wikitext again: by pandoc's tree, many pieces in one go.

Pandoc's writer knows lists and tables; every word is escaped by us first, so that it reads as it was shown, and links of the wiki, pictures
and footnotes are written as the wiki writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from html import unescape
from typing import Any
from urllib.parse import unquote

import lxml.html
from lxml import etree

from capitalise.archives.links import FILE, REFERENCE, WIKI
from capitalise.notes.tree import Block, Inline, merged, string, text_of, wikitext
from capitalise.pages.titles import normal_title
from capitalise.sheets.pandoc import html_to_tree, tree_to_wikitext
from capitalise.wikitext.plain import prose_text

__all__ = ["to_wikitext"]

MOST = 400_000  # letters of HTML that go through pandoc at once
_OPEN, _CLOSE, _EMPTY = "\ufdd0", "\ufdd1", "\ufdd2"  # no document may hold them (Unicode, noncharacters)
_ONE = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}")  # a footnote in a footnote: the wiki has none
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}\n*")
LONG_SPAN = 3  # digits of a span that no table of people's has; pandoc fills as many places
FEW = 2  # letters of a flattened text that look like markup and are none
_CALLED = re.compile(f'href="{REFERENCE}([^"]+)"')
_KEPT = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"), "ol": ("start",)}
#: Elements that say nothing of their own once styles are gone.
_PLAIN = ("span", "font", "center", "big", "bdi", "tt", "label", "abbr", "cite", "dfn", "nobr", "wbr", "time")
_BOXES = ("main", "article", "section", "header", "footer", "aside", "nav", "body")
_TAGS = {"Strikeout": "s", "Superscript": "sup", "Subscript": "sub", "Underline": "u", "SmallCaps": "small"}


def to_wikitext(pieces: Sequence[tuple[Any, Mapping[str, Any]]]) -> list[str]:
    """The wikitext of each of some elements (or lists of elements), in their order; with each the footnotes of its page, which its marks name."""
    html = [_html(piece) for piece, _notes in pieces]
    called = [list(dict.fromkeys(_CALLED.findall(one))) for one in html]
    wanted = [(n, key) for n, keys in enumerate(called) for key in keys if key in pieces[n][1]]
    html += [_html(pieces[n][1][key]) for n, key in wanted]
    written = _all_written(dict(enumerate(html)))
    short = {n: one for n, one in enumerate(html) if not _holds(written[n], one)}
    flat = {n: _flattened(one) for n, one in short.items()}  # tables that pandoc takes for something else
    for n, text in _all_written(flat).items():
        whole = _letters(_shown(text)) >= _letters(_text_of(html[n])) - FEW
        written[n] = text if whole else _as_lines(flat[n])
    notes = {pair: _ONE.sub("", " ".join(written[len(pieces) + n].split())) for n, pair in enumerate(wanted)}
    return [
        _with_notes(written[n], {key: notes[n, key] for key in called[n] if (n, key) in notes})
        for n in range(len(pieces))
    ]


def _with_notes(text: str, notes: Mapping[str, str]) -> str:
    """The footnotes where their marks stand; the second mark of one names it."""
    again = {key for key in notes if text.count(f"{_OPEN}{key}{_CLOSE}") > 1}
    seen: set[str] = set()

    def note(found: re.Match[str]) -> str:
        key = found[1]
        name = f' name="{key.removeprefix("cite_note-")}"' if key in again else ""
        if key in seen or key not in notes:
            return f"<ref{name} />" if key in notes else ""
        seen.add(key)
        return f"<ref{name}>{notes[key]}</ref>"

    return re.sub(f"{_OPEN}(cite_note-[^{_CLOSE}]+){_CLOSE}", note, text)


def _all_written(html: Mapping[int, str]) -> dict[int, str]:
    """The wikitext of each, "" for one that pandoc does not give back."""
    found = {number: text for some in _batches(html) for number, text in _written(some).items()}
    return {number: found.get(number, "") for number in html}


_MARKUP = re.compile(
    r"\[\[[^\[\]|]*\||\[https?://\S+ |</?[a-z][^>]*>|\{\|[^\n]*|(?:col|row)span=\"\d+\"\|", re.IGNORECASE
)


def _shown(text: str) -> str:
    """What of a wikitext is words."""
    return unescape(_MARKUP.sub(" ", text))


def _text_of(html: str) -> str:
    root: Any = lxml.html.fromstring(html)
    text: str = root.text_content()
    return text


def _holds(text: str, html: str) -> bool:
    """Whether every letter of the HTML stands in the wikitext, in its order, with markup's between them."""
    letters = filter(str.isalnum, unescape(text))
    return all(one in letters for one in filter(str.isalnum, _text_of(html)))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _flattened(html: str) -> str:
    """The same without tables: a line a row."""
    root = lxml.html.fromstring(html)
    for element in list(root.iter("td", "th")):
        element.tail = f" | {element.tail or ''}"
        element.tag = (
            "div" if any(child.tag in ("p", "ul", "ol", "dl", "div", "table", "pre") for child in element) else "span"
        )
    for element in list(root.iter("table", "tbody", "thead", "tfoot", "tr", "caption", "colgroup")):
        element.tag = "div"
    made: str = lxml.html.tostring(root, encoding="unicode")
    return made


def _as_lines(html: str) -> str:
    """The words alone, where nothing else is to be had."""
    lines = (" ".join(line.split()) for line in _text_of(html).split("\n"))
    return "\n\n".join(str(prose_text(line)) for line in lines if line)


def _batches(html: Mapping[int, str]) -> Iterator[list[tuple[int, str]]]:
    some: list[tuple[int, str]] = []
    size = 0
    for number, one in html.items():
        if some and size + len(one) > MOST:
            yield some
            some, size = [], 0
        some.append((number, one))
        size += len(one)
    if some:
        yield some


def _written(some: Sequence[tuple[int, str]]) -> dict[int, str]:
    """The wikitext of some pieces by number."""
    document = "".join(f'<div id="x-piece-{number}">{html}</div>' for number, html in some)
    tree = html_to_tree(document.encode())
    blocks: list[Block] = []
    for number, inside in _divs(tree["blocks"]):
        blocks += [{"t": "RawBlock", "c": ["mediawiki", f"{_OPEN}{number}{_CLOSE}"]}, *_blocks(inside)]
    parts = _MARK.split(tree_to_wikitext(blocks, tree).replace(_EMPTY, ""))
    return {int(number): text.strip("\n") for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def _divs(blocks: Iterable[Block]) -> Iterator[tuple[int, list[Block]]]:
    for block in blocks:
        if block["t"] == "Div" and block["c"][0][0].startswith("x-piece-"):
            yield int(block["c"][0][0].removeprefix("x-piece-")), block["c"][1]


def _html(piece: Any) -> str:
    """An element's inside without styles and what only looks; of a list of elements, all of them."""
    root = lxml.html.Element("div")
    for one in piece if isinstance(piece, (list, tuple)) else [piece]:
        copied = deepcopy(one)
        copied.tail = None
        root.append(copied)
    for picture in root.xpath(f".//span[@class='{FILE}']"):
        picture.tag = "mark"  # the others go
    etree.strip_tags(root, *_PLAIN)
    for element in list(root.iter()):
        if element.get("class") == FILE:
            continue
        if element.tag in _BOXES:
            element.tag = "div"  # of a document with one of these pandoc reads nothing else
        if element.tag == "dl" and len(element) and element[0].tag != "dt":
            element.insert(0, lxml.html.Element("dt"))  # without one pandoc sees no list
        keep = _KEPT.get(element.tag, ())
        for name in list(element.attrib):
            if not (
                (name in keep and len(element.attrib[name]) < LONG_SPAN)
                or (element.tag == "a" and name in ("href", "class", "title"))
            ):
                del element.attrib[name]
    made: str = lxml.html.tostring(root, encoding="unicode")
    return made


# -- the tree -------------------------------------------------------------------------------------


def _blocks(blocks: Sequence[Block]) -> list[Block]:
    return [one for block in blocks for one in _block(block)]


def _block(block: Block) -> list[Block]:
    kind, content = block["t"], block.get("c")
    if kind in ("Para", "Plain"):
        inside = _line(content)
        return [{"t": kind, "c": inside}] if inside else []
    if kind == "Header":
        return [{"t": kind, "c": [content[0], ["", [], []], _line(content[2], flat=True)]}]
    if kind in _LISTS and (lines := _list_lines(block, "")) is not None:
        return [{"t": "RawBlock", "c": ["mediawiki", "\n".join(lines) + "\n"]}]
    if kind in ("BulletList", "OrderedList"):
        items = content if kind == "BulletList" else content[1]
        made = [_item(item) for item in items]
        return [{"t": kind, "c": made if kind == "BulletList" else [content[0], made]}]
    if kind == "DefinitionList":
        return [{"t": kind, "c": [[_line(term, flat=True), [_item(one) for one in some]] for term, some in content]}]
    if kind == "Div":
        return _blocks(content[1])
    if kind == "BlockQuote":
        return [{"t": kind, "c": _blocks(content)}]
    if kind == "Figure":
        return _blocks(content[2])
    if kind == "LineBlock":
        return [{"t": kind, "c": [_line(line, flat=True) for line in content]}]
    if kind == "Table":
        return [_table(content)]
    if kind == "CodeBlock":
        return [{"t": "CodeBlock", "c": [["", [], []], content[1]]}]
    if kind == "RawBlock":
        return []
    return [block]


_LISTS = {"BulletList": "*", "OrderedList": "#", "DefinitionList": ":"}


def _list_lines(block: Block, marks: str) -> list[str] | None:
    """A list as the wiki's own lines, lists in it too; None where an item holds something else, which only HTML can write."""
    kind, content = block["t"], block["c"]
    lines: list[str] = []
    if kind == "OrderedList" and (content[0][0] != 1 or content[0][1]["t"] not in ("DefaultStyle", "Decimal")):
        return None
    for term, item in _items_of(kind, content):
        if term:
            lines.append(f"{marks}; {_as_text(_line(term, flat=True))}")
        made = _item_lines(item, marks + _LISTS[kind])
        if made is None:
            return None
        lines += made
    return lines


def _items_of(kind: str, content: Any) -> Iterator[tuple[list[Inline], list[Block]]]:
    if kind == "DefinitionList":
        for term, some in content:
            for number, item in enumerate(some or [[]]):
                yield ([] if number else term), item
        return
    yield from (([], item) for item in (content if kind == "BulletList" else content[1]))


def _item_lines(blocks: Sequence[Block], marks: str) -> list[str] | None:
    """The lines of one item: its words, then the lists in it."""
    lines: list[str] = []
    for number, block in enumerate(blocks):
        if block["t"] in ("Plain", "Para") and not number:
            lines.append(f"{marks} {_as_text(_line(block['c'], flat=True))}")
        elif block["t"] in _LISTS and (inner := _list_lines(block, marks)) is not None:
            lines += inner
        else:
            return None
    return lines


def _as_text(content: Sequence[Inline]) -> str:
    """Inlines that are wikitext but for emphasis, as text."""
    marks = {"Strong": "'''", "Emph": "''"}
    texts = []
    for one in content:
        if one["t"] in marks:
            texts.append(f"{marks[one['t']]}{_as_text(one['c'])}{marks[one['t']]}")
        else:
            texts.append(one["c"][1] if one["t"] == "RawInline" else " ")
    return "".join(texts)


def _item(blocks: Sequence[Block]) -> list[Block]:
    """An item of a list; a line's end in it would end it."""
    made: list[Block] = []
    for block in blocks:
        flat = block["t"] in ("Para", "Plain")
        made += [{"t": block["t"], "c": _line(block["c"], flat=True)}] if flat else _block(block)
    return made


def _table(content: list[Any]) -> Block:
    _attributes, caption, columns, head, bodies, foot = content
    widths = [[align, {"t": "ColWidthDefault"}] for align, _width in columns]
    return {
        "t": "Table",
        "c": [
            ["", [], []],
            [None, _blocks(caption[1])],
            widths,
            [["", [], []], _rows(head[1])],
            [[["", [], []], body[1], _rows(body[2]), _rows(body[3])] for body in bodies],
            [["", [], []], _rows(foot[1])],
        ],
    }


def _rows(rows: Sequence[Any]) -> list[Any]:
    return [[["", [], []], [[["", [], []], *cell[1:4], _cell(cell[4])] for cell in row[1]]] for row in rows]


def _cell(blocks: Sequence[Block]) -> list[Block]:
    """A cell of one paragraph stays on its line; a list begins on a line of its own."""
    made: list[Block] = []
    for block in blocks:
        if block["t"] in ("Para", "Plain"):
            made.append({"t": block["t"], "c": _line(block["c"], table=True)})
        else:
            made += _block(block)
    own_line = bool(made) and made[0]["t"] not in ("Para", "Plain")
    return [{"t": "Para", "c": [wikitext(_EMPTY)]}, *made] if own_line else made


# -- lines ----------------------------------------------------------------------------------------


def _line(content: Sequence[Inline], *, flat: bool = False, table: bool = False) -> list[Inline]:
    """A line's inlines as wikitext; `flat`: no line may end in it. Blanks at its ends mean nothing."""
    made = _inlines(content, _How(flat=flat, table=table))
    while made and made[-1]["t"] in ("Space", "LineBreak"):
        made.pop()
    return made


class _How:
    """Where a piece of text stands: in a line that may not end, in a cell, in a link's words; within which emphasis."""

    def __init__(
        self, *, flat: bool = False, table: bool = False, linked: bool = False, marks: tuple[str, ...] = ()
    ) -> None:
        self.flat, self.table, self.linked, self.marks = flat, table, linked, marks

    def within(self, mark: str = "", *, linked: bool = False) -> _How:
        marks = (*self.marks, mark) if mark else self.marks
        return _How(flat=self.flat, table=self.table, linked=self.linked or linked, marks=marks)


def _inlines(content: Sequence[Inline], how: _How, *, first: bool = True) -> list[Inline]:
    made: list[Inline] = []
    for one in merged([_picture(one) for one in content]):
        found = _inline(one, how, first=first and not made)
        first = first and not found
        made += found
        if found and found[-1] in (_END, _BREAK):
            first = True
    return made


_END: Inline = wikitext("\n")
_BREAK: Inline = wikitext("<br />\n")


def _picture(one: Inline) -> Inline:
    """A picture's mark as a link to its file, which no other step opens."""
    if one["t"] != "Span" or FILE not in one["c"][0][1]:
        return one
    (_id, classes, values), label = one["c"]
    return {"t": "Link", "c": [["", classes, []], label, [dict(values).get("title", ""), ""]]}


def _inline(one: Inline, how: _How, *, first: bool) -> list[Inline]:
    kind, content = one["t"], one.get("c")
    if kind == "Str":
        return [_text(content, how, first=first)]
    if kind == "Space":
        return [] if first else [{"t": "Space"}]
    if kind == "SoftBreak":
        flat = how.flat or how.linked or how.marks
        return ([] if first else [{"t": "Space"}]) if flat else [_END]
    if kind == "LineBreak":
        return [wikitext("<br />")] if how.flat or how.linked or how.marks else [_BREAK]
    if kind in ("Emph", "Strong"):
        inner = _inlines(content, how.within(kind), first=False)
        return inner if kind in how.marks or not text_of(inner).strip() else [{"t": kind, "c": inner}]
    if kind in _TAGS:
        return [wikitext(f"<{_TAGS[kind]}>"), *_inlines(content, how, first=False), wikitext(f"</{_TAGS[kind]}>")]
    if kind == "Link":
        return _link(content, how, first=first)
    if kind == "Code":
        return [wikitext("<code>"), _text(content[1], how, first=False), wikitext("</code>")]
    if kind in ("Image", "RawInline"):
        return []
    if kind == "Math":
        return [_text(text_of([one]), how, first=first)]
    return _inlines([string(text_of([one]))], how, first=first)


#: The spaces that MediaWiki itself makes unbreakable (Sanitizer::armorFrenchSpaces): people typed others.
_ARMOURED = re.compile("\u00a0(?=[?:;!%»›](?!\\w))|(?<=[«‹])\u00a0")


#: An ampersand that begins no entity, which needs no mark.
_AND = re.compile(r"&#38;(?!#?\w{1,40};)")


def _text(text: str, how: _How, *, first: bool) -> Inline:
    written = _AND.sub("&", str(prose_text(_ARMOURED.sub(" ", text), first=first)))
    if how.table or how.linked:
        written = written.replace("|", "&#124;").replace("!!", "&#33;!")
    if how.linked:
        written = written.replace("[", "&#91;").replace("]", "&#93;")
    return wikitext(written)


def _link(content: list[Any], how: _How, *, first: bool) -> list[Inline]:
    (_id, classes, _more), label, (target, _title) = content
    if target.startswith(REFERENCE):
        return [wikitext(f"{_OPEN}{target.removeprefix(REFERENCE)}{_CLOSE}")]
    if FILE in classes:
        caption = [wikitext("|"), *_line(label, flat=True, table=True)] if text_of(label).strip() else []
        return [wikitext(f"[[{target}"), *caption, wikitext("]]")]
    words = text_of(label).strip()
    if target.startswith(WIKI):
        page = unquote(target.removeprefix(WIKI))
        if how.linked:
            return _inlines(label, how, first=first)
        if words[:1].upper() + words[1:] == page or words == page.lstrip(":") or normal_title(words) == page:
            return [wikitext(f"[[{words if words == page or not page.startswith(':') else page}]]")]
        return [wikitext(f"[[{page}|"), *_inlines(label, how.within(linked=True), first=False), wikitext("]]")]
    address = target.replace(" ", "%20").replace("[", "%5B").replace("]", "%5D").replace("|", "%7C")
    if how.linked:
        return _inlines(label, how, first=first)
    if "free" in classes or words == target:  # people's own spelling of it, accents and all
        return [wikitext(words if re.fullmatch(r"https?://[^\s\[\]<>\"|{}]+", words) else address)]
    if "autonumber" in classes or not words:
        return [wikitext(f"[{address}]")]
    return [wikitext(f"[{address} "), *_inlines(label, how.within(linked=True), first=False), wikitext("]")]
