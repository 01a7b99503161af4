"""Tools as a page shows them (`* '''nom''' lien phrase`, rows of a table, lines), taken apart: name, address, sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import lxml.html

from capitalise.archives.page import FILE, REFERENCE, WIKI
from capitalise.archives.shown import lines_of, plain, trimmed

__all__ = ["Tool", "tools_in"]

T = TypeVar("T")
_BETWEEN = re.compile(r"\s+[-–—]\s+|\s*:\s+|\s+:\s*")
_STRONG = ("b", "strong")


@dataclass(frozen=True)
class Tool(Generic[T]):
    """A tool: its name, link and sentence as pieces of HTML, or what became of them."""

    name: T
    link: T
    phrase: T


def tools_in(elements: Sequence[Any], part_of: Callable[[str], int | None]) -> Iterator[Tool[list[Any]]]:
    """The tools in the value of a field: an item, a row or a line each. `part_of` says which part (0 to 2) a table's heading means."""
    for element in elements:
        if element.tag == "table" and (read := _by_columns(element, part_of)) is not None:
            yield from read
            continue
        for tokens in map(trimmed, _items(element)):
            if tokens:
                yield _tool(tokens)


def _by_columns(table: Any, part_of: Callable[[str], int | None]) -> list[Tool[list[Any]]] | None:
    """The rows of a table whose headings name the parts; None for another table."""
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.xpath(".//tr")]
    parts = [part_of(plain(cell)) for cell in rows[0]] if rows else []
    if not any(part is not None for part in parts) or not all(cell.tag == "th" for cell in rows[0]):
        return None
    free = iter([part for part in range(3) if part not in parts])
    parts = [next(free, 2) if part is None else part for part in parts]
    made = []
    for row in rows[1:]:
        cells: list[list[Any]] = [[], [], []]
        for part, cell in zip(parts, row, strict=False):
            cells[part or 0] += _box(trimmed(_inside(cell)))
        if any(cells):
            made.append(Tool(*cells))
    return made


def _items(element: Any) -> Iterator[list[Any]]:
    if element.tag in ("ul", "ol"):
        for item in element:
            yield _inside(item)
    elif element.tag == "table":
        for row in element.xpath(".//tr"):
            yield [token for cell in row if cell.tag in ("td", "th") for token in (*_inside(cell), " ")]
    elif element.tag == "p":
        yield from (tokens for _joint, tokens in lines_of(element))
    else:
        yield _inside(element)


def _inside(element: Any) -> list[Any]:
    tokens: list[Any] = [element.text] if element.text else []
    for child in element:
        copied = deepcopy(child)
        copied.tail = None
        tokens.append(copied)
        if child.tail:
            tokens.append(child.tail)
    return tokens


def _tool(tokens: Sequence[Any]) -> Tool[list[Any]]:
    """The bold words, else those of the link, else those before a dash or colon are the name; the link behind a name in bold is the tool's."""
    strong = not isinstance(tokens[0], str) and tokens[0].tag in _STRONG
    start = 1 if strong else 0
    at = next((n for n in range(start, len(tokens)) if _link_in(tokens[n], wiki=strong) is not None), -1)
    if strong and (inner := _link_in(tokens[0])) is not None:
        return Tool(_box([plain(tokens[0])]), _box([inner.get("href")]), _box(_begun(tokens[1:])))
    if at < 0:
        return Tool(_box(_inside(tokens[0])), [], _box(_begun(tokens[1:]))) if strong else _by_dash(tokens)
    before, after = _without_brackets(tokens[start:at], tokens[at + 1 :])
    link = _link_in(tokens[at], wiki=strong)
    if strong:
        if _words(before).strip(" :–—-"):  # other words come first: the link is one of them
            return Tool(_box(_inside(tokens[0])), [], _box(_begun(tokens[1:])))
        return Tool(_box(_inside(tokens[0])), _box([tokens[at]]), _box(_begun(after)))
    if not _is_address(link, tokens[at]):
        return Tool(_box([plain(link)]), _box([link.get("href")]), _box(_begun([*before, " ", *after])))
    if not _words(before):
        return Tool(_box([link.get("href")]), _box([tokens[at]]), _box(_begun(after)))
    named = _by_dash(before)
    return Tool(named.name, _box([tokens[at]]), [*named.phrase, *_box(_begun(after))])


def _without_brackets(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What stands around a link, without the round brackets that held nothing but it."""
    one, other = list(before), list(after)
    opened = one and isinstance(one[-1], str) and one[-1].rstrip().endswith("(")
    closed = other and isinstance(other[0], str) and other[0].lstrip().startswith(")")
    if opened and closed:
        one[-1], other[0] = one[-1].rstrip()[:-1].rstrip(), other[0].lstrip()[1:]
    return one, other


def _link_in(token: Any, *, wiki: bool = False) -> Any:
    """The first address of the web in an element; a link of the `wiki` too where that is meant."""
    if isinstance(token, str):
        return None
    links = [token] if token.tag == "a" else token.xpath(".//a")
    others = (FILE, REFERENCE) if wiki else (WIKI, FILE, REFERENCE)
    return next((a for a in links if not a.get("href", "").startswith(others)), None)


def _is_address(link: Any, token: Any) -> bool:
    """Whether a link shows nothing but its address."""
    words = plain(link)
    bare = words == link.get("href") or bool(re.fullmatch(r"\[\d+\]", words)) or re.match(r"https?://", words)
    return token is link and bool(bare)


def _by_dash(tokens: Sequence[Any]) -> Tool[list[Any]]:
    for number, one in enumerate(tokens):
        found = _BETWEEN.search(one) if isinstance(one, str) else None
        if found and (number or found.start()):
            before, after = [*tokens[:number], one[: found.start()]], [one[found.end() :], *tokens[number + 1 :]]
            if _words(before):
                return Tool(_box(before), [], _box(after))
    return Tool(_box(tokens), [], [])


def _begun(tokens: Sequence[Any]) -> list[Any]:
    """A sentence without the dash or colon before it."""
    kept = list(tokens)
    while kept and isinstance(kept[0], str):
        kept[0] = re.sub(r"^[\s:–—|-]+", "", kept[0])
        if kept[0]:
            break
        kept.pop(0)
    return kept


def _words(tokens: Sequence[Any]) -> str:
    return " ".join(one if isinstance(one, str) else plain(one) for one in tokens).strip()


def _box(tokens: Sequence[Any]) -> list[Any]:
    """Tokens as one paragraph, nothing for none."""
    if not _words(tokens) and not any(not isinstance(one, str) for one in tokens):
        return []
    made = lxml.html.Element("p")
    for one in tokens:
        if not isinstance(one, str):
            made.append(deepcopy(one))
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + one
        else:
            made.text = (made.text or "") + one
    return [made]
