"""Pandoc's tree of a document: the text of its pieces, and its paragraphs line by line (`Text.Pandoc.Definition`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from capitalise.notes.private import private

__all__ = [
    "LEFT_OUT",
    "LINE_BREAK",
    "Block",
    "Inline",
    "all_blocks",
    "joined",
    "line_of",
    "merged",
    "split_lines",
    "string",
    "text_of",
    "text_of_blocks",
    "wikitext",
]

Block = Any
Inline = Any
LEFT_OUT = "leftOut"  # in a tree: what of the file stands nowhere in it
LINE_BREAK: Inline = {"t": "LineBreak"}
_QUOTED = {"Emph", "Strong"}  # by apostrophes: two of them side by side would end each other


def all_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    """Those inside quotations and divisions too."""
    for block in blocks:
        yield block
        if block["t"] in ("BlockQuote", "Div"):
            yield from all_blocks(block["c"] if block["t"] == "BlockQuote" else block["c"][1])


def wikitext(text: str) -> Inline:
    """Wikitext that pandoc passes on as it is."""
    return {"t": "RawInline", "c": ["mediawiki", text]}


def string(text: str) -> Inline:
    """A piece of text."""
    return {"t": "Str", "c": text}


def merged(content: Sequence[Inline]) -> list[Inline]:
    """Spans and quotation marks opened, and pieces of text that touch made one: what two of them make together is seen."""
    found: list[Inline] = []
    for one in _opened(content):
        if found and one["t"] == found[-1]["t"] == "Str":
            found[-1] = string(found[-1]["c"] + one["c"])
        elif found and one["t"] == found[-1]["t"] and one["t"] in _QUOTED:
            found[-1] = {"t": one["t"], "c": [*found[-1]["c"], *one["c"]]}
        else:
            found.append(one)
    return found


def _opened(content: Sequence[Inline]) -> Iterator[Inline]:
    for one in content:
        if one["t"] in ("Span", "Cite"):
            yield from _opened(one["c"][1])
        elif one["t"] == "SmallCaps":
            yield from _opened(one["c"])
        elif one["t"] == "Quoted":
            marks = "‘’" if one["c"][0]["t"] == "SingleQuote" else "“”"
            yield from (string(marks[0]), *_opened(one["c"][1]), string(marks[1]))
        elif one["t"] == "RawInline":
            yield string(one["c"][1])
        else:
            yield one


def split_lines(content: Sequence[Inline]) -> list[list[Inline]]:
    """The lines of a paragraph; emphasis and links that go over a line's end are cut in two."""
    lines: list[list[Inline]] = [[]]
    for one in content:
        if one["t"] in ("LineBreak", "SoftBreak"):
            lines.append([])
            continue
        if one["t"] not in _HOLDS:
            lines[-1].append(one)
            continue
        first, *rest = [_around(one, inner) for inner in _inner_lines(one)]
        lines[-1].append(first)
        lines += [[piece] for piece in rest]
    return lines


def _inner_lines(one: Inline) -> list[list[Inline]]:
    place = _HOLDS.get(one["t"], -1)
    if place < 0:
        return [[]]
    return split_lines(one["c"] if place == 0 else one["c"][1])


def _around(one: Inline, inner: list[Inline]) -> Inline:
    """The same with other words in it."""
    place = _HOLDS.get(one["t"], -1)
    if place < 0:
        return one
    return {**one, "c": inner if place == 0 else [one["c"][0], inner, *one["c"][2:]]}


#: What holds other pieces: as its content (0), or as the second part of it (1).
_HOLDS = {
    **dict.fromkeys(("Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Underline", "SmallCaps"), 0),
    **dict.fromkeys(("Span", "Cite", "Quoted", "Link"), 1),
}


def joined(lines: Sequence[Sequence[Inline]], between: Inline) -> list[Inline]:
    """Lines one after the other with something between them."""
    return [one for number, line in enumerate(lines) for one in ([between] if number else []) + list(line)]


def line_of(block: Block) -> list[Inline]:
    """A block as one line."""
    content = block.get("c")
    return content if block["t"] in ("Para", "Plain") else [string(text_of_blocks([block]))]


def text_of(content: Sequence[Inline]) -> str:
    """The text of a line, with what stands behind its words where that is private."""
    return "".join([one["c"] if one["t"] == "Str" else _word(one) for one in content])  # nearly all are


def _word(one: Inline) -> str:
    kind, content = one["t"], one.get("c")
    if kind == "Str":
        return str(content)
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "RawInline"):
        return str(content[1])
    if kind == "Math":
        sign = "$" if content[0]["t"] == "InlineMath" else "$$"
        return f"{sign}{' '.join(content[1].split())}{sign}"
    if kind in ("Link", "Image"):
        words, (target, title) = text_of(content[1]), content[2]
        hidden = " ".join(filter(None, (re.sub(r"^(?:mailto|tel|sms):", "", target, flags=re.IGNORECASE), title)))
        return words if hidden in words or not private(hidden) else f"{words} {hidden}"
    if kind == "Note":
        return f" ({text_of_blocks(content)})"
    if kind in ("Span", "Cite", "Quoted"):
        return text_of(content[1])
    return text_of(content) if isinstance(content, list) else ""


def text_of_blocks(blocks: Sequence[Block]) -> str:
    """The text of blocks, for what is judged as one line: the row of a table, a footnote."""
    return " ".join(_texts(blocks)).strip()


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        inline = [one for one in tree if isinstance(one, dict) and "t" in one]
        if inline and all(one["t"] in _INLINES for one in inline):
            yield text_of(inline)
            return
        for one in tree:
            yield from _texts(one)
    elif isinstance(tree, dict) and tree.get("t") in ("CodeBlock", "RawBlock"):
        yield str(tree["c"][1])
    elif isinstance(tree, dict):
        yield from _texts(tree.get("c"))


_INLINES = {
    *("Str", "Space", "SoftBreak", "LineBreak", "Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Underline"),
    *("Link", "Image", "Code", "Note", "Span", "Cite", "Quoted", "SmallCaps", "Math", "RawInline"),
}
