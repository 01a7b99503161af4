"""Tools as a page shows them, taken apart into name, link and sentence: items, lines, rows of a table, terms, headings. Pure.

`* '''nom''' lien phrase`, `nom – lien – phrase`, `[lien nom] : phrase`, a name with a list below it, a heading with lines below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import lxml.html

from capitalise.archives.elements import blocks_of, filled, lines_of, plain, trimmed
from capitalise.archives.links import REFERENCE, WIKI

__all__ = ["Tool", "tools_in"]

T = TypeVar("T")
_BETWEEN = re.compile(r"\s+[-–—·•→]\s+|\s*:\s+|\s+:\s*|(?<=»)\s*,\s+")
_SIGNS = " \t\n\u00a0:–—·•→|,;-"  # what parts the parts of a tool, and is none
_STRONG = ("b", "strong", "u")
_LISTS = ("ul", "ol", "dl")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
PartOf = Callable[[str], int | None]


@dataclass(frozen=True)
class Tool(Generic[T]):
    """A tool: its name, link and sentence as pieces of HTML, or what became of them."""

    name: T
    link: T
    phrase: T


def tools_in(elements: Sequence[Any], part_of: PartOf) -> list[Tool[list[Any]]]:
    """The tools in the value of a field. `part_of` says which part (0 to 2) a table's heading means."""
    headed = any(one.tag in _HEADINGS for one in elements)
    found = list(_by_headings(elements) if headed else _by_items(elements, part_of))
    return _undecorated(found)


# -- where one tool ends ---------------------------------------------------------------------------


def _by_items(elements: Sequence[Any], part_of: PartOf) -> Iterator[Tool[list[Any]]]:
    for element in elements:
        if element.tag == "table":
            yield from _rows(element, part_of)
            continue
        for item in _items(element):
            pieces = [item] if _list_at(item) > 0 else _several(item)
            yield from (_tool(tokens) for tokens in map(trimmed, pieces) if _words(tokens).strip(_SIGNS))


def _by_headings(elements: Sequence[Any]) -> Iterator[Tool[list[Any]]]:
    """A heading is a name; what stands below it the rest."""
    now: list[Any] = []
    for element in [*elements, None]:
        if element is None or element.tag in _HEADINGS:
            if now and now[0].tag in _HEADINGS:
                yield _below(_inside(now[0]), [_spaced(one) for one in now[1:]])
            elif now:
                yield Tool([], [], now)
            now = []
        now += [element] if element is not None else []


def _items(element: Any) -> Iterator[list[Any]]:
    if element.tag in ("ul", "ol"):
        yield from map(_inside, element)
    elif element.tag == "dl":
        yield from _terms(element)
    elif element.tag == "p":
        yield from _of_lines([tokens for _joint, tokens in lines_of(element) if _words(tokens)])
    elif element.tag in ("div", "section", "center", "blockquote"):
        yield from (item for block in blocks_of(element) for item in _items(block))
    else:
        yield _inside(element)


def _of_lines(lines: Sequence[list[Any]]) -> Iterator[list[Any]]:
    """A line a tool; or one tool, its name alone and in bold on the first line."""
    first = trimmed(lines[0]) if lines else []
    alone = [one for one in first if not isinstance(one, str) or one.strip()]
    if len(lines) < 2 or len(alone) != 1 or isinstance(alone[0], str) or alone[0].tag not in _STRONG:
        yield from lines
        return
    below = lxml.html.Element("ul")
    for tokens in lines[1:]:
        (item,) = _box(tokens)
        item.tag = "li"
        below.append(item)
    yield [*alone, below]


def _terms(element: Any) -> Iterator[list[Any]]:
    """A term with its texts: the texts as a list below it."""
    now: list[Any] = []
    for one in [*element, None]:
        if (one is None or one.tag == "dt") and now:
            yield now
            now = []
        if one is not None and one.tag == "dt":
            now = [*_inside(one), lxml.html.Element("ul")]
        elif one is not None and now and now[-1].tag == "ul":
            item = deepcopy(one)
            item.tag, item.tail = "li", None
            now[-1].append(item)
        elif one is not None:
            yield _inside(one)


def _rows(table: Any, part_of: PartOf) -> Iterator[Tool[list[Any]]]:
    """A row a tool: by its headings where they name the parts, else name, link and sentence in this order."""
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.xpath(".//tr")]
    headings = bool(rows) and all(cell.tag == "th" for cell in rows[0])
    parts = [part_of(plain(cell)) for cell in rows[0]] if headings else []
    if headings and not any(part is not None for part in parts):
        headings, parts = False, []
    free = iter([part for part in range(3) if part not in parts])
    places = [next(free, 2) if part is None else part for part in parts]
    for row in rows[1:] if headings else rows:
        cells = [trimmed(_inside(cell)) for cell in row]
        if headings:
            made: list[list[Any]] = [[], [], []]
            for number, tokens in enumerate(cells):
                made[places[number] if number < len(places) else 2] += _box(tokens)
            yield from [Tool(*made)] if any(made) else []
        elif any(_words(tokens) for tokens in cells):
            yield _below(cells[0], cells[1:])


def _several(tokens: Sequence[Any]) -> Iterator[list[Any]]:
    """The tools of one line, where each has a link of its own and a sign parts them, or each stands in « »."""
    links = sum(_is_link(one) for one in tokens)
    quoted = sum(one.count("«") for one in tokens if isinstance(one, str))
    if links < 2 and quoted < 2:
        yield list(tokens)
        return
    sign = r"\s*;\s*" if quoted > 1 else r"\s*[,;•]\s+"
    now: list[Any] = []
    for one in tokens:
        for number, piece in enumerate(re.split(sign, one) if isinstance(one, str) else [one]):
            if number and (quoted > 1 or any(map(_is_link, now))):
                yield now
                now = []
            elif number:
                now.append(", ")
            now += [piece] if not isinstance(piece, str) or piece else []
    yield now


# -- the parts of one ------------------------------------------------------------------------------


def _tool(tokens: Sequence[Any]) -> Tool[list[Any]]:
    """The bold words, else those of the link, else those before a dash or colon are the name; the link behind a name in bold is the tool's."""
    at = _list_at(tokens)
    if at > 0:
        items = [trimmed(_inside(item)) for item in tokens[at] if item.tag in ("li", "dd", "dt")]
        return _below(tokens[:at], [*items, *([list(tokens[at + 1 :])] if _words(tokens[at + 1 :]) else [])])
    strong = not isinstance(tokens[0], str) and tokens[0].tag in _STRONG
    if strong and (inner := _link_in(tokens[0])) is not None and len(tokens[0].xpath("descendant-or-self::a")) == 1:
        return Tool(_box([plain(tokens[0])]), _box([_address(inner)]), _box(_begun(tokens[1:])))
    start = 1 if strong else 0
    at = next((n for n in range(start, len(tokens)) if _is_link(tokens[n], wiki=strong)), -1)
    if at < 0:
        return Tool(_box(_inside(tokens[0])), [], _box(_begun(tokens[1:]))) if strong else _by_dash(tokens)
    before, after = _without_brackets(tokens[start:at], tokens[at + 1 :])
    if strong:
        bare = _words(before).strip(_SIGNS)  # where other words come first, the link is one of them
        return Tool(
            _box(_inside(tokens[0])), [] if bare else _box([tokens[at]]), _box(_begun(tokens[1:] if bare else after))
        )
    link = _link_in(tokens[at])
    parted = bool(before) and isinstance(before[-1], str) and before[-1].rstrip()[-1:] in "–—·•→:"
    if not _is_address(link, tokens[at]) and not (parted and _words(before).strip(_SIGNS)):
        return Tool(_box([plain(link)]), _box([_address(link)]), _box(_begun([*before, " ", *after])))
    if not _words(before).strip(_SIGNS):
        return Tool(_box([_address(link)]), _box([tokens[at]]), _box(_begun(after)))
    named = _by_dash(_ended(before))
    return Tool(named.name, _box([tokens[at]]), [*named.phrase, *_box(_begun(after))])


def _below(name: Sequence[Any], others: Sequence[Sequence[Any]]) -> Tool[list[Any]]:
    """A name, and below it a link alone and a sentence, in any order."""
    full = [[one for one in tokens if not isinstance(one, str) or one.strip()] for tokens in others]
    linked = next((one for one in full if len(one) == 1 and _link_in(one[0], wiki=True) is not None), None)
    rest = [
        token
        for tokens, one in zip(others, full, strict=True)
        if one is not linked and _words(tokens)
        for token in (*tokens, " ")
    ]
    if linked is None and _link_in_all(name) is not None:
        first = _tool(trimmed(name))
        return Tool(first.name, first.link, [*first.phrase, *_box(trimmed(rest))])
    return Tool(_box(_unbold(name)), _box(linked) if linked else [], _box(trimmed(rest)))


def _by_dash(tokens: Sequence[Any]) -> Tool[list[Any]]:
    for number, one in enumerate(tokens):
        found = _BETWEEN.search(one) if isinstance(one, str) else None
        if found and (number or found.start()):
            before, after = [*tokens[:number], one[: found.start()]], [one[found.end() :], *tokens[number + 1 :]]
            if _words(before):
                return Tool(_box(before), [], _box(after))
    return Tool(_box(tokens), [], [])


def _without_brackets(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What stands around a link, without the round brackets that held nothing but it."""
    one, other = list(before), list(after)
    opened = one and isinstance(one[-1], str) and one[-1].rstrip().endswith("(")
    closed = other and isinstance(other[0], str) and other[0].lstrip().startswith(")")
    if opened and closed:
        one[-1], other[0] = one[-1].rstrip()[:-1].rstrip(), other[0].lstrip()[1:]
    return one, other


def _undecorated(tools: list[Tool[list[Any]]]) -> list[Tool[list[Any]]]:
    """Tools without what their template puts around every name and sentence: a sign, « », brackets."""
    for part in ("name", "phrase"):
        boxes = [box for tool in tools for box in getattr(tool, part)[:1]]
        texts = [box.text_content().strip() for box in boxes]
        for before, after in (("(", ")"), ("«", "»")):
            if texts and all(t.startswith(before) and t.endswith(after) and t.count(before) == 1 for t in texts):
                for box in boxes:
                    _cut(box, 1)
        if part == "name" and len({t[:1] for t in texts}) == 1 and re.match(r"[^\w\s«\"'([#@*]", texts[0]):
            for box in boxes:
                _cut(box, 1, ends=False)
    return tools


def _cut(box: Any, letters: int, *, ends: bool = True) -> None:
    """Take letters from both ends of a paragraph, or from its start."""
    if box.text:
        box.text = box.text.lstrip()[letters:].lstrip()
    if ends and len(box) and box[-1].tail:
        box[-1].tail = box[-1].tail.rstrip()[:-letters].rstrip()
    elif ends and box.text and not len(box):
        box.text = box.text.rstrip()[:-letters].rstrip()


# -- pieces ----------------------------------------------------------------------------------------


def _list_at(tokens: Sequence[Any]) -> int:
    return next((n for n, one in enumerate(tokens) if not isinstance(one, str) and one.tag in _LISTS), -1)


def _link_in(token: Any, *, wiki: bool = False) -> Any:
    """The first address of the web in an element; a link of the `wiki` too where that is meant."""
    if isinstance(token, str):
        return None
    links = [token] if token.tag == "a" else token.xpath(".//a")
    others = (REFERENCE,) if wiki else (WIKI, REFERENCE)
    return next((a for a in links if not a.get("href", "").startswith(others)), None)


def _is_link(token: Any, *, wiki: bool = False) -> bool:
    """Whether an element is a link, or nothing but one in other clothes."""
    found = _link_in(token, wiki=wiki)
    return found is not None and plain(found) == plain(token)


def _link_in_all(tokens: Sequence[Any]) -> Any:
    return next((found for one in tokens if (found := _link_in(one)) is not None), None)


def _is_address(link: Any, token: Any) -> bool:
    """Whether a link shows nothing but its address."""
    words = plain(link)
    bare = words == link.get("href") or bool(re.fullmatch(r"\[\d+\]", words)) or re.match(r"https?://", words)
    return token is link and bool(bare)


def _address(link: Any) -> Any:
    """A link that shows its address."""
    made = lxml.html.Element("a", {"href": link.get("href"), "class": "external free"})
    made.text = link.get("href")
    return made


def _inside(element: Any) -> list[Any]:
    tokens: list[Any] = [element.text] if element.text else []
    for child in element:
        copied = deepcopy(child)
        copied.tail = None
        tokens.append(copied)
        if child.tail:
            tokens.append(child.tail)
    return tokens


def _spaced(element: Any) -> list[Any]:
    return _inside(element) if element.tag == "p" else [element]


def _unbold(tokens: Sequence[Any]) -> list[Any]:
    """A name without the bold around it, and the sign behind it."""
    kept = _ended(trimmed(tokens))
    return _inside(kept[0]) if len(kept) == 1 and not isinstance(kept[0], str) and kept[0].tag in _STRONG else kept


def _begun(tokens: Sequence[Any]) -> list[Any]:
    """A sentence without the signs before it and behind it."""
    kept = list(tokens)
    while kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip(_SIGNS)
        if kept[0]:
            break
        kept.pop(0)
    return _ended(kept)


def _ended(tokens: Sequence[Any]) -> list[Any]:
    kept = list(tokens)
    while kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip(_SIGNS)
        if kept[-1]:
            break
        kept.pop()
    return kept


def _words(tokens: Sequence[Any]) -> str:
    return " ".join(one if isinstance(one, str) else plain(one) for one in tokens).strip()


def _box(tokens: Sequence[Any]) -> list[Any]:
    """Tokens as one paragraph, nothing for none."""
    if not _words(tokens) and not any(not isinstance(one, str) for one in tokens):
        return []
    blocks = any(not isinstance(one, str) and one.tag in (*_LISTS, "table", "p", "div", "pre") for one in tokens)
    return [filled("div" if blocks else "p", [one if isinstance(one, str) else deepcopy(one) for one in tokens])]
