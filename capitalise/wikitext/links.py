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
from itertools import pairwise

from capitalise.wikitext.preprocessor import CORE_TAGS, Node, preprocess, walk

__all__ = ["Heading", "Link", "find_headings", "find_links"]

#: Tags whose inside is wikitext, links included (Cite, Poem, core's gallery and indicator).
READ_INSIDE = frozenset({"ref", "references", "poem", "gallery", "indicator", "section", "langconvert"})
_TAG = re.compile(r"<([a-zA-Z][\w-]*)[^>]*(?<!/)>")
MOST = 2000  # signs of an address, and of its words
#: What an address may hold (Parser.php, EXT_LINK_URL_CLASS): all but brackets, quotation marks, control signs and blanks.
_SIGN = r"[^\]\[<>\"\x00-\x20\x7f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_BRACKETED = re.compile(rf"\[((?:https?:)?//{_SIGN}{{1,{MOST}}}+)([^\]\n]{{0,{MOST}}}+)\]", re.IGNORECASE)
_ADDRESS = re.compile(r"\[(?=https?://|//)|(?<![\w/:])(?=https?://)", re.IGNORECASE)
_BARE = re.compile(rf"https?://{_SIGN}{{1,{MOST}}}+", re.IGNORECASE)
_PROTOCOL = re.compile(r"\s*(?:[a-z][a-z+.-]*:)?//|\s*(?:mailto|news|tel|urn|geo|magnet|xmpp|bitcoin):", re.IGNORECASE)
#: Tags that MediaWiki takes as HTML, so that an address in their attributes is none (Sanitizer::getRecognizedTagData).
_HTML = re.compile(
    r"</?(?:b|bdi|bdo|del|i|ins|u|font|big|small|sub|sup|h[1-6]|cite|code|em|s|strike|strong|tt|var|div|center|blockquote|"
    r"ol|ul|dl|table|caption|pre|ruby|rb|rp|rt|rtc|p|span|abbr|dfn|kbd|samp|data|time|mark|br|wbr|hr|li|dt|dd|td|th|tr|q)"
    r"\b[^<>]*>",
    re.IGNORECASE,
)
_TABLE_LINE = re.compile(r"^[ \t:]*(?:\{\||\|-)[^\n]*", re.MULTILINE)
_FILE = re.compile(r"[\s_:]*(?:fichier|file|image)\s*:", re.IGNORECASE)
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


MOST_CHARACTERS = 20_000  # of a link with its label, or a picture with its caption: nobody writes a longer one


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
    attributes = [found.span() for found in _HTML.finditer(part)]
    attributes += [found.span() for found in _TABLE_LINE.finditer(part)]
    attributes.sort()
    for node in walk(nodes):
        if node.kind == "link" and part.startswith("[[", node.start):
            at = bisect_right(attributes, (node.start, len(part))) - 1
            if at < 0 or node.start >= attributes[at][1]:
                yield from _wikilink(part, node, start)
        elif node.kind == "tag":
            opening = _TAG.match(part, node.start)
            if opening and opening[1].lower() in READ_INSIDE:
                close = part.rfind("</", opening.end(), node.end)
                yield from _links(text, start + opening.end(), start + (close if close > 0 else node.end), tags)
    shown = _HTML.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), _shown(part, nodes))
    yield from _addresses(part, shown, nodes, start)


def _wikilink(part: str, node: Node, offset: int) -> Iterator[Link]:
    """`[[target|label]]`; a picture has a link of its own in `link=`. With an address between the brackets it is none."""
    if node.end - node.start > MOST_CHARACTERS:
        return
    target, *rest = _pieces(part, node)
    if "\n" in target or "[" in target or not target.strip() or _PROTOCOL.match(target):
        return
    at, until = offset + node.start, offset + node.end
    label = rest[-1] if rest and _FILE.match(target) else "|".join(rest)
    yield Link("wiki", target.strip(), label.strip(), at, until)
    for piece in rest:
        if (found := re.match(r"\s*(?:link|lien)\s*=\s*(\S.*)", piece)) and "//" not in found[1]:
            yield Link("image", found[1].strip(), "", at, until)


def _pieces(part: str, node: Node) -> list[str]:
    """What stands between the brackets, cut at the pipes of the link itself (the preprocessor cuts none here) and at `{{!}}`,
    which is one."""
    held = [(child.start, child.end) for piece in node.parts for child in piece.children]
    cuts, at = [(node.start + 2, node.start + 2)], node.start + 2
    for start, end in [*held, (node.end - 2, node.end)]:
        cuts += [(at + found.start(), at + found.end()) for found in re.finditer(r"\|", part[at:start])]
        cuts += [(start, end)] if part[start:end] == "{{!}}" else []
        at = end
    return [part[a[1] : b[0]] for a, b in pairwise([*cuts, (node.end - 2, node.end)])]


def _addresses(part: str, shown: str, nodes: Iterable[Node], offset: int) -> Iterator[Link]:
    """In `shown`, where what is no text is blank; labels are given as they stand in `part`. Where a template follows at once,
    nobody but the wiki knows the address: it is left out."""
    in_call = _InCall(nodes)
    until = 0
    for found in _ADDRESS.finditer(shown):
        if found.start() < until:
            continue
        called = in_call.at(found.start())
        bracketed = _BRACKETED.match(shown, found.start())
        if bracketed:
            address = _cut(bracketed[1], called)
            begins = bracketed.start(1) + len(address)
            ends = bracketed.end() - 1
            if not (called and re.match(r"\||\}\}", shown[begins:ends])):
                until = bracketed.end()
                if not _goes_on(shown, begins):
                    label = part[begins:ends].strip()
                    yield Link("external", address, label, offset + found.start(), offset + until)
                continue
        if bare := _BARE.match(shown, found.end() if found[0] == "[" else found.start()):
            cut = _cut(bare[0], called)
            address, start = _without_punctuation(cut), offset + bare.start()
            until = bare.start() + len(address)
            if not _goes_on(shown, bare.start() + len(cut)):
                yield Link("bare", address, "", start, start + len(address))


class _InCall:
    """Whether places, asked for in their order, stand in a template call or an argument, and not in a link within it."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.left = sorted((n.start, -n.end, n.kind) for n in walk(nodes) if n.kind in ("template", "argument", "link"))
        self.left.reverse()
        self.around: list[tuple[int, str]] = []

    def at(self, place: int) -> bool:
        while self.left and self.left[-1][0] < place:
            start, end, kind = self.left.pop()
            self._leave(start)
            self.around.append((-end, kind))
        self._leave(place)
        return bool(self.around) and self.around[-1][1] != "link"

    def _leave(self, place: int) -> None:
        while self.around and self.around[-1][0] <= place:
            self.around.pop()


_END = r"''|\{\{|&(?:lt|gt|nbsp|#x0*(?:3[ce]|a0)|#0*(?:60|62|160));"


def _cut(address: str, in_call: bool) -> str:
    """An address ends at italics, at a template and at some entities; inside a call at its pipe and its end too."""
    return re.split(rf"{_END}|\||\}}\}}" if in_call else _END, address, maxsplit=1, flags=re.IGNORECASE)[0]


def _goes_on(shown: str, at: int) -> bool:
    return shown.startswith("{{", at) and not shown.startswith("{{!}}", at)


def _without_punctuation(address: str) -> str:
    """As MediaWiki ends a bare address: signs at its end are the sentence's, `)` too where no `(` opens it."""
    signs = ",;.:!?" + ("" if "(" in address else ")")
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
