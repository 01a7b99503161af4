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
#: Its host is perhaps an address of IPv6 (EXT_LINK_ADDR).
_REST = rf"(?:\[[0-9a-f:.]{{2,45}}\]|{_SIGN}){_SIGN}{{0,{MOST}}}+"
_BRACKETED = re.compile(rf"\[((?:https?:)?//{_REST})([^\]\n]{{0,{MOST}}}+)\]", re.IGNORECASE)
_ADDRESS = re.compile(r"\[(?=https?://|//)|(?<![\w/:])(?=https?://)", re.IGNORECASE)
_BARE = re.compile(rf"https?://{_REST}", re.IGNORECASE)
_PROTOCOL = re.compile(r"\s*(?:[a-z][a-z+.-]*:)?//|\s*(?:mailto|news|tel|urn|geo|magnet|xmpp|bitcoin):", re.IGNORECASE)
#: Tags that MediaWiki takes as HTML, so that an address in their attributes is none (Sanitizer::getRecognizedTagData).
_HTML = re.compile(
    r"</?(?:b|bdi|bdo|del|i|ins|u|font|big|small|sub|sup|h[1-6]|cite|code|em|s|strike|strong|tt|var|div|center|blockquote|"
    r"ol|ul|dl|table|caption|pre|ruby|rb|rp|rt|rtc|p|span|abbr|dfn|kbd|samp|data|time|mark|br|wbr|hr|li|dt|dd|td|th|tr|q)"
    r"\b[^<>]*>",
    re.IGNORECASE,
)
_OURS = r"[\s_]*(?:fichier|file|image)[\s_]*:"  # with a colon before it, it is a link
#: A picture: in other languages it is told by the end of its name.
_FILE = re.compile(
    rf"{_OURS}|[^\n:|\[\]{{}}<>]{{1,40}}:[^\n|\[\]{{}}<>]{{1,250}}\.(?:png|jpe?g|gif|svg|webp|tiff?|xcf|djvu|pdf|og[agv]|web[ma]|mp[34]|wav|stl)"
    r"\s*(?=\||\]\]|\Z)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BRACKETS = re.compile(r"\[+\Z")
_TRAIL = re.compile(r"[a-z]*")
#: What a picture's pieces may be instead of its caption, in English and French (Parser::makeImage, MessagesFr.php).
_FRAME = r"thumb(?:nail)?(?:\s*=.*)?|vignette(?:\s*=.*)?|(?:en)?framed?|cadre|encadré"
_OPTION = re.compile(
    rf"{_FRAME}|frameless|sans[_ ]cadre|border|bordure|left|right|cent(?:er|re)|none|gauche|droite|centré|néant|baseline|sub|super|"
    r"sup|(?:text-)?(?:top|bottom)|middle|ligne-de-base|base|indice|exposant|milieu|(?:haut|bas)(?:-texte|-txt)?|"
    r"\d*(?:x\d+)?\s*px|upright|redresse|(?:upright|redresse|page)\s*[ =].*|(?:alt|link|lien|class|classe|lang|langue)\s*=.*",
    re.IGNORECASE | re.DOTALL,
)
_LINK_OF = re.compile(r"\s*(?:link|lien)\s*=\s*(\S.*)", re.DOTALL)
_GALLERY_TITLE = re.compile(r"^[^|\n]+", re.MULTILINE)
_GALLERY_LINK = re.compile(r"\|[ \t]*(?:link|lien)[ \t]*=[ \t]*([^|\n]{0,500}[^|\s])", re.IGNORECASE)
_HEADING = re.compile(r"^(={1,6})(.+?)\1[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)  # without slots, which pickle writes and reads three times as slowly
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


def _links(text: str, start: int, end: int, tags: frozenset[str], *, gallery: bool = False) -> Iterator[Link]:
    part = text[start:end]
    nodes = preprocess(part, tags)
    attributes = sorted([*(found.span() for found in _HTML.finditer(part)), *_table_attributes(part, nodes)])
    hidden = list(attributes)
    for node in walk(nodes):
        if node.kind == "link" and part.startswith("[[", node.start):
            at = bisect_right(attributes, (node.start, len(part))) - 1
            if at < 0 or node.start >= attributes[at][1]:
                found = list(_wikilink(part, node, start))
                hidden += _no_text(part, node) if found else []
                yield from found
        elif node.kind == "tag":
            opening = _TAG.match(part, node.start)
            if opening and (name := opening[1].lower()) in READ_INSIDE:
                close = part.rfind("</", opening.end(), node.end)
                inside = start + opening.end(), start + (close if close > 0 else node.end)
                yield from _links(text, *inside, tags, gallery=name == "gallery")
    if gallery:
        hidden += [found.span() for found in _GALLERY_TITLE.finditer(part)]
    shown = _blank(_shown(part, nodes), hidden)
    for one in _GALLERY_LINK.finditer(shown) if gallery else ():
        if "//" not in one[1]:
            yield Link("image", one[1], "", start + one.start(1), start + one.end(1))
    yield from _addresses(part, shown, nodes, start)


def _no_text(part: str, node: Node) -> Iterator[tuple[int, int]]:
    """Where a bare address is none: in the label of a link and the letters that are drawn into it; in a picture everywhere but
    in the caption that is shown below it (the last one, if it has a frame) and in its `link=`."""
    if not _FILE.match(part, node.start + 2):
        trail = _TRAIL.match(part, node.end)
        yield node.start, trail.end() if trail else node.end
        return
    pieces = [(part[a:b].strip(), (a, b)) for a, b in _pieces(part, node)[1:]]
    # a picture of another language has words for “thumb” that are not known here:
    foreign = not re.match(_OURS, part[node.start + 2 : node.start + 20], re.IGNORECASE)
    framed = foreign or any(re.fullmatch(_FRAME, text, re.IGNORECASE) for text, _at in pieces)
    captions = [at for text, at in pieces if not _OPTION.fullmatch(text)]
    for text, at in pieces:
        is_caption = framed and captions and at == captions[-1]
        if "//" in text and "[" not in text and not is_caption and not _LINK_OF.match(text):
            yield at


def _table_attributes(part: str, nodes: list[Node]) -> Iterator[tuple[int, int]]:
    """Where a table, its rows and its cells have attributes, whose words are no text (Parser::handleTables): the rest of a line
    that begins with `{|` or `|-`, and what stands in a cell before a pipe of its own, if no `[[` does."""
    if "{|" not in part:
        return
    at, depth = 0, 0
    for line in _shown(part, nodes, templates=True).split("\n"):
        bare = line.lstrip(" \t:" if "{|" in line else " \t")
        begin = at + len(line) - len(bare)
        depth += bare.startswith("{|")
        if depth and bare.startswith(("{|", "|-")):
            yield begin, at + len(line)
        elif depth and bare.startswith("|}"):
            depth -= 1
        elif depth and bare.startswith(("|", "!")):
            yield from _cell_attributes(bare, begin)
        at += len(line) + 1


def _cell_attributes(line: str, begin: int) -> Iterator[tuple[int, int]]:
    at = 1 + line.startswith("|+")
    for piece in re.split(r"\|\||!!" if line[0] == "!" else r"\|\|", line[at:]):
        attributes, bar, _content = piece.partition("|")
        if bar and "[[" not in attributes and "-{" not in attributes:
            yield begin + at, begin + at + len(attributes)
        at += len(piece) + 2


def _wikilink(part: str, node: Node, offset: int) -> Iterator[Link]:
    """`[[target|label]]`; a picture has a link of its own in `link=`. With an address between the brackets it is none."""
    if node.end - node.start > MOST_CHARACTERS:
        return
    target, *rest = (part[a:b] for a, b in _pieces(part, node))
    if not _names_page(part, node, target, rest):
        return
    at, until = offset + node.start, offset + node.end
    label = rest[-1] if rest and _FILE.match(target) else "|".join(rest)
    yield Link("wiki", target.strip(), label.strip(), at, until)
    for piece in rest:
        if (found := _LINK_OF.match(piece)) and "//" not in found[1]:
            yield Link("image", found[1].strip(), "", at, until)


def _names_page(part: str, node: Node, target: str, rest: list[str]) -> bool:
    """Whether `[[target…]]` is a link (Parser::handleInternalLinks): its target is a title, no third bracket stands
    before it, and, but for a picture, has no empty label and no other link within."""
    title = _COMMENT.sub("", target)
    braces = not title.count("{{") and re.search(r"[{}]", title)
    if not title.strip() or braces or re.search(r"[\n\[\]<>]", title) or _PROTOCOL.match(title):
        return False
    within = any(child.kind == "link" for piece in node.parts for child in piece.children)
    run = _BRACKETS.search(part, max(0, node.start - 20), node.start)
    bracket = bool(run and len(run[0]) % 2)  # links are found from the left, two brackets at a time
    return not bracket and bool(_FILE.match(target) or not (within or rest == [""]))


def _pieces(part: str, node: Node) -> list[tuple[int, int]]:
    """Where stands what is between the brackets, cut at the pipes of the link itself (the preprocessor cuts none here)
    and at `{{!}}`, which is one."""
    held = [(child.start, child.end) for piece in node.parts for child in piece.children]
    cuts, at = [(node.start + 2, node.start + 2)], node.start + 2
    for start, end in [*held, (node.end - 2, node.end)]:
        cuts += [(at + found.start(), at + found.end()) for found in re.finditer(r"\|", part[at:start])]
        cuts += [(start, end)] if part[start:end] == "{{!}}" else []
        at = end
    return [(a[1], b[0]) for a, b in pairwise([*cuts, (node.end - 2, node.end)])]


def _addresses(part: str, shown: str, nodes: Iterable[Node], offset: int) -> Iterator[Link]:
    """In `shown`, where what is no text, or a page's label, is blank; labels are given as they stand in `part`. Where a template follows at once,
    nobody but the wiki knows the address: it is left out. So it is where a comment stands within it."""
    around = _Around(part, nodes)
    until = 0
    for found in _ADDRESS.finditer(shown):
        if found.start() < until:
            continue
        place = around.at(found.start())
        called = place in ("template", "argument")
        bracketed = _BRACKETED.match(shown, found.start())
        if bracketed:
            address = _cut(bracketed[1], called)
            begins = bracketed.start(1) + len(address)
            ends = bracketed.end() - 1
            if not (called and re.match(r"\||\}\}", shown[begins:ends])):
                until = bracketed.end()
                if not _goes_on(part, begins):
                    label = part[begins:ends].strip()
                    yield Link("external", address, label, offset + found.start(), offset + until)
                continue
        if bare := _BARE.match(shown, found.end() if found[0] == "[" else found.start()):
            cut = _cut(bare[0], called or place == "picture")
            address, start = _without_punctuation(cut), offset + bare.start()
            until = bare.start() + len(address)
            if not _goes_on(part, bare.start() + len(cut)):
                yield Link("bare", address, "", start, start + len(address))


class _Around:
    """What places, asked for in their order, stand in: "template", "argument", "picture", another "link", or "" for none."""

    def __init__(self, part: str, nodes: Iterable[Node]) -> None:
        self.left = sorted(
            (n.start, -n.end, "picture" if n.kind == "link" and _FILE.match(part, n.start + 2) else n.kind)
            for n in walk(nodes)
            if n.kind in ("template", "argument", "link")
        )
        self.left.reverse()
        self.around: list[tuple[int, str]] = []

    def at(self, place: int) -> str:
        while self.left and self.left[-1][0] < place:
            start, end, kind = self.left.pop()
            self._leave(start)
            self.around.append((-end, kind))
        self._leave(place)
        return self.around[-1][1] if self.around else ""

    def _leave(self, place: int) -> None:
        while self.around and self.around[-1][0] <= place:
            self.around.pop()


_END = r"''|\{\{|&(?:lt|gt|nbsp|#x0*(?:3[ce]|a0)|#0*(?:60|62|160));"


def _cut(address: str, in_call: bool) -> str:
    """An address ends at italics, at a template and at some entities; inside a call at its pipe and its end too."""
    return re.split(rf"{_END}|\||\}}\}}" if in_call else _END, address, maxsplit=1, flags=re.IGNORECASE)[0]


_MORE = re.compile(rf"\{{\{{(?!!\}}\}})|<!--.*?-->{_SIGN}", re.DOTALL)


def _goes_on(part: str, at: int) -> bool:
    return bool(_MORE.match(part, at))


def _without_punctuation(address: str) -> str:
    """As MediaWiki ends a bare address: signs at its end are the sentence's, `)` too where no `(` opens it."""
    signs = ",;.:!?" + ("" if "(" in address else ")")
    return address.rstrip(signs)


def _shown(text: str, nodes: Iterable[Node], *, templates: bool = False) -> str:
    """`text` of the same length with spaces for comments and for tags; with `templates`, for calls too."""
    hidden = ("comment", "tag", "ignored", *(("template", "argument") if templates else ()))
    return _blank(text, [(node.start, node.end) for node in walk(nodes) if node.kind in hidden])


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` of the same length, with spaces for what is not the end of a line there."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            pieces += [text[at : max(at, start)], re.sub(r"[^\n]", " ", text[max(at, start) : end])]
            at = end
    return "".join([*pieces, text[at:]])
