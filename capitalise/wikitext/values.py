"""What stands in a cell ⇄ what stands between two pipes.

A cell holds wikitext as on the page. Only what would break the call is written otherwise: a bare
`|` as `{{!}}`, braces or brackets that nothing closes as character references. `decode(encode(v))`
is `v` for every value: where the cell itself holds such an escape, the escape on the page gets a
space or a zero (`{{! }}`, `&#0123;`), which MediaWiki reads alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from capitalise.wikitext.calls import SPACE, find_calls
from capitalise.wikitext.preprocessor import CORE_TAGS, preprocess

__all__ = ["Unwritable", "decode", "encode", "survives"]

_ESCAPES = {"|": "{{!}}", "{": "&#123;", "}": "&#125;", "[": "&#91;"}
_PLAIN = {escape: char for char, escape in _ESCAPES.items()}
_BREAKING = re.compile(r"\||\{\{+|\}\}+|\[\[+|-\{")


class Unwritable(ValueError):
    """No spelling of this value survives between two pipes (an unclosed comment or tag)."""


def decode(raw: str, tags: Iterable[str] = CORE_TAGS) -> str:
    """The cell for the value `raw` of a page: escapes undone, but only those that `encode` would write."""
    raw = raw.strip(SPACE)
    plain = _unescaped(raw)
    for cell in (_unprotected(plain), plain):
        if cell != raw and _encodings(cell, tags)[-1 if cell != plain else 0] == raw:
            return cell
    return raw


def encode(cell: str, tags: Iterable[str] = CORE_TAGS) -> str:
    """The value to write for `cell`, white space at both ends left out.

    Raises Unwritable where the value would swallow what stands after it.
    """
    cell = cell.strip(SPACE)
    for raw in _encodings(cell, tags):
        if survives(raw, tags) and decode(raw, tags) == cell:
            return raw
    raise Unwritable(cell)


def _encodings(cell: str, tags: Iterable[str]) -> tuple[str, str]:
    return _escaped(cell, tags), _escaped(_protected(cell), tags)


def survives(raw: str, tags: Iterable[str]) -> bool:
    """Whether MediaWiki reads exactly this value when it stands in a call with something after it."""
    text = "{{A|b=" + raw + "\n|c=d}}"
    calls = find_calls(text, tags)
    return bool(calls) and calls[0].end == len(text) and calls[0].values() == {"b": raw, "c": "d"}


def _escaped(cell: str, tags: Iterable[str]) -> str:
    """`cell` with the breaking characters of its top level escaped."""
    pieces, at = [], 0
    for node in preprocess(cell, tags):
        pieces += [_bare(cell[at : node.start]), cell[node.start : node.end]]
        at = node.end
    return "".join([*pieces, _bare(cell[at:])])


def _bare(text: str) -> str:
    return _BREAKING.sub(lambda found: "".join(_ESCAPES.get(char, char) for char in found[0]), text)


def _unescaped(raw: str) -> str:
    return re.sub(r"\{\{!\}\}|&#(?:123|125|91);", lambda found: _PLAIN[found[0]], raw)


def _protected(cell: str) -> str:
    cell = re.sub(r"\{\{!( *)\}\}", r"{{!\1 }}", cell)
    return re.sub(r"&#(0*)(123|125|91);", r"&#0\1\2;", cell)


def _unprotected(text: str) -> str:
    text = re.sub(r"\{\{!( *) \}\}", r"{{!\1}}", text)
    return re.sub(r"&#0(0*)(123|125|91);", r"&#\1\2;", text)
