"""Every link that is written in a page: where it stands, and where it leads as it was typed.

Links are found among the constructs that MediaWiki's preprocessor finds, so that what stands in comments, `<nowiki>` and their
like is none; references, poems and galleries are read inside. External links follow Parser.php (`EXT_LINK_URL_CLASS`,
`makeFreeExternalLink`): a bare address ends before the punctuation of its sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from capitalise.wikitext.preprocessor import CORE_TAGS, Node, preprocess, walk

__all__ = ["Heading", "Link", "find_headings", "find_links"]

#: Tags whose inside is wikitext, links included (Cite, Poem, core's gallery and indicator).
READ_INSIDE = frozenset({"ref", "references", "poem", "gallery", "indicator", "section", "langconvert"})
_TAG = re.compile(r"<([a-zA-Z][\w-]*)[^>]*(?<!/)>")
_URL = r"(?:https?:)?//[^\s\[\]<>\"{}|\x00-\x20\u00a0]+"
_BRACKETED = re.compile(rf"\[({_URL})([^\]\n]{{0,2000}})\]", re.IGNORECASE)
_ADDRESS = re.compile(r"\[(?=https?://|//)|(?<![\w/:\[])(?=https?://)", re.IGNORECASE)
_BARE = re.compile(r"https?://[^\s\[\]<>\"{}|\x00-\x20\u00a0]+", re.IGNORECASE)
_HEADING = re.compile(r"^(={1,6})(.+?)\1[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Link:
    """`text[start:end]`. `kind` is "wiki" (`[[…]]`), "image" (a picture's `link=`), "external" (`[https://…]`) or "bare".

    `target` is what was typed between the brackets and the first `|` or blank, section included; `label` the words that
    readers see, "" where there are none. `line` counts from 1; `section` is the heading above, "" for the beginning,
    `number` that of the section for `action=edit&section=`.
    """

    kind: str
    target: str
    label: str
    start: int
    end: int
    line: int = 0
    section: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's words as written, its level (1 to 6) and where it stands."""

    text: str
    level: int
    start: int


def find_links(text: str, tags: Iterable[str] = CORE_TAGS) -> list[Link]:
    """The links of a page in their order, those inside templates, references, galleries and captions included."""
    tags = frozenset(tags)
    headings = find_headings(text, tags)
    starts = [heading.start for heading in headings]
    lines = [found.start() for found in re.finditer("\n", text)]
    placed = []
    for link in sorted(_links(text, 0, len(text), tags), key=lambda one: one.start):
        above = bisect_right(starts, link.start)
        section = headings[above - 1].text if above else ""
        line = bisect_right(lines, link.start) + 1
        placed.append(Link(link.kind, link.target, link.label, link.start, link.end, line, section, above))
    return placed


def find_headings(text: str, tags: Iterable[str] = CORE_TAGS) -> list[Heading]:
    """The headings that are written in a page, in its order; those that templates make are not there."""
    shown = _shown(text, preprocess(text, tags), templates=True)
    return [Heading(text[m.start(2) : m.end(2)].strip(), len(m[1]), m.start()) for m in _HEADING.finditer(shown)]


def _links(text: str, start: int, end: int, tags: frozenset[str]) -> Iterator[Link]:
    part = text[start:end]
    nodes = preprocess(part, tags)
    for node in walk(nodes):
        if node.kind == "link" and part.startswith("[[", node.start):
            yield from _wikilink(part, node, start)
        elif node.kind == "tag":
            opening = _TAG.match(part, node.start)
            if opening and opening[1].lower() in READ_INSIDE:
                close = part.rfind("</", opening.end(), node.end)
                yield from _links(text, start + opening.end(), start + (close if close > 0 else node.end), tags)
    yield from _addresses(_shown(part, nodes), start)


def _wikilink(part: str, node: Node, offset: int) -> Iterator[Link]:
    """`[[target|label]]`; a picture has a link of its own in `link=`."""
    target, *rest = _pieces(part, node)
    if "\n" in target or "[" in target or not target.strip():
        return
    at, until = offset + node.start, offset + node.end
    yield Link("wiki", target.strip(), rest[-1].strip() if rest else "", at, until)
    for piece in rest:
        if (found := re.match(r"\s*(?:link|lien)\s*=\s*(\S.*)", piece)) and "//" not in found[1]:
            yield Link("image", found[1].strip(), "", at, until)


def _pieces(part: str, node: Node) -> list[str]:
    """What stands between the brackets, cut at the pipes of the link itself (the preprocessor cuts none here)."""
    held = [(child.start, child.end) for piece in node.parts for child in piece.children]
    cuts, at = [node.start + 1], node.start + 2
    for start, end in [*held, (node.end - 2, node.end)]:
        cuts += [at + found.start() for found in re.finditer(r"\|", part[at:start])]
        at = end
    return [part[a + 1 : b] for a, b in zip(cuts, [*cuts[1:], node.end - 2], strict=True)]


def _addresses(shown: str, offset: int) -> Iterator[Link]:
    until = 0
    for found in _ADDRESS.finditer(shown):
        if found.start() < until:
            continue
        bracketed = _BRACKETED.match(shown, found.start())
        at = offset + found.start()
        if bracketed:
            until = bracketed.end()
            yield Link("external", bracketed[1], bracketed[2].strip(), at, offset + until)
        elif bare := _BARE.match(shown, found.end() if found[0] == "[" else found.start()):
            address = _without_punctuation(bare[0])
            yield Link("bare", address, "", offset + bare.start(), offset + bare.start() + len(address))
            until = bare.start() + len(address)


def _without_punctuation(address: str) -> str:
    """As MediaWiki ends a bare address: signs at its end are the sentence's, `)` too where no `(` opens it."""
    signs = ",;.:!?'" + ("" if "(" in address else ")")
    return address.rstrip(signs)


def _shown(text: str, nodes: Iterable[Node], *, templates: bool = False) -> str:
    """`text` of the same length with spaces for comments and for tags; with `templates`, for calls too."""
    hidden = ("comment", "tag", "ignored", *(("template", "argument") if templates else ()))
    pieces, at = [], 0
    for node in walk(nodes):
        if node.kind in hidden and node.start >= at:
            pieces += [text[at : node.start], re.sub(r"[^\n]", " ", text[node.start : node.end])]
            at = node.end
    return "".join([*pieces, text[at:]])
