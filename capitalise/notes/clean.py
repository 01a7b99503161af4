"""What somebody noted in a workshop, as pandoc reads it, made ready for a wiki page.

Everything that would be markup of the wiki is shown as it was typed; headings are fitted under the page's own; links to the
known wikis become wiki links; pictures are named; private lines are left out and told; decisions and tasks are gathered.
(The tree: pandoc's `Text.Pandoc.Definition`.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from capitalise.messages import N_, Message
from capitalise.notes.attendance import Line, attendance
from capitalise.notes.markdown import FENCED
from capitalise.notes.names import announces_names
from capitalise.notes.outcomes import Outcome, outcome_of, section_kind
from capitalise.notes.private import Held, held_line, private
from capitalise.notes.tree import (
    LINE_BREAK,
    Block,
    Inline,
    all_blocks,
    joined,
    line_of,
    merged,
    split_lines,
    string,
    text_of,
    text_of_blocks,
    wikitext,
)
from capitalise.pages.addresses import Site
from capitalise.pages.titles import sort_key
from capitalise.wikitext.linking import link_between, page_at, safe_address
from capitalise.wikitext.plain import prose_text

__all__ = ["Notes", "clean_notes"]

TOP = 3  # the level of the notes' first headings: below the page's own


@dataclass
class Notes:
    """`blocks` for pandoc's writer, and what was met on the way."""

    blocks: list[Block] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    no_links: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    judged: list[tuple[str, bool]] = field(default_factory=list)  # every line in its order, and whether it is held back


def clean_notes(
    blocks: Sequence[Block], title: str, home: Site, sites: Mapping[str, Site], decisions: Mapping[str, bool]
) -> Notes:
    """The notes of the session `title` for a page of `home`. `decisions` says which private lines may be published."""
    blocks = list(blocks)
    if (
        blocks
        and blocks[0]["t"] == "Header"
        and sort_key(text_of(blocks[0]["c"][2])) in (sort_key(title) or None, "compte rendu")
    ):
        blocks = blocks[1:]  # the page's own title, or its heading
    levels = [block["c"][0] for block in all_blocks(blocks) if block["t"] == "Header"]
    shift = TOP - min(levels, default=TOP)
    first = _Cleaner(home, sites, decisions, shift)
    first.blocks(blocks)
    cleaner = _Cleaner(home, sites, decisions, shift, iter(attendance(first.lines)))
    made = cleaner.blocks(blocks)
    cleaner.notes.blocks = [block for block, after in pairwise([*made, _END]) if not _empty(block, after)]
    return cleaner.notes


#: Stands for the end, which is deeper than nothing.
_END: Block = {"t": "Header", "c": [0, ["", [], []], []]}


def _empty(block: Block, after: Block) -> bool:
    """Whether it is the heading of who was there, and everything below it was held back."""
    if block["t"] != "Header" or after["t"] != "Header" or after["c"][0] > block["c"][0]:
        return False
    words = "".join(one["c"][1] for one in block["c"][2] if one["t"] == "RawInline").replace("&#39;", "'")
    return announces_names(words, heading=True)


class _Cleaner:
    """A tree on its way through, and what is known of where it is. It goes through twice: first its `lines` are gathered,
    then `people` says of each in turn whether it tells who was there."""

    def __init__(
        self,
        home: Site,
        sites: Mapping[str, Site],
        decisions: Mapping[str, bool],
        shift: int,
        people: Iterator[bool] | None = None,
    ) -> None:
        self.home, self.sites, self.decisions, self.shift, self.people = home, sites, decisions, shift, people
        self.notes = Notes()
        self.lines: list[Line] = []
        self.contacts: list[bool] = []  # the columns of the table that say how to reach somebody
        self.block = self.list = self.table = self.depth = 0  # where the next line stands
        self.below = self.section = ""  # what the items of the list to come are, by the line above it; by its heading
        self.in_table = self.in_item = False
        self.marks: list[str] = []  # the emphasis around the words of a line

    # -- blocks -------------------------------------------------------------------------------

    def blocks(self, blocks: Sequence[Block]) -> list[Block]:
        return [made for block in blocks for made in self._block(block)]

    def _block(self, block: Block) -> list[Block]:
        kind, content = block["t"], block.get("c")
        if kind == "Header":
            return self._header(*content)
        if kind in ("Para", "Plain"):
            lines = self._lines(content)
            return [{"t": kind, "c": lines}] if lines else []
        if kind == "LineBlock":
            return self._block({"t": "Para", "c": joined(content, LINE_BREAK)})
        if kind == "BulletList":
            items = self._list(content)
            return [{"t": kind, "c": items}] if items else []
        if kind == "OrderedList":
            items = self._list(content[1])
            return [{"t": kind, "c": [content[0], items]}] if items else []
        if kind == "DefinitionList":
            parts = (b for term, texts in content for b in ({"t": "Para", "c": term}, *(x for t in texts for x in t)))
            return self.blocks(list(parts))
        if kind == "BlockQuote":
            inner = self.blocks(content)
            return [{"t": kind, "c": inner}] if inner else []
        if kind == "Div":
            return self.blocks(content[1])
        if kind == "Figure":
            return self.blocks(content[2])
        if kind == "Table":
            return self._table(content)
        if kind == "CodeBlock":
            return self._code(*content)
        if kind == "RawBlock":
            return self._typed(content[1])
        return [{"t": "HorizontalRule"}] if kind == "HorizontalRule" else []

    def _header(self, level: int, _attributes: Any, content: list[Inline]) -> list[Block]:
        words = text_of(content)
        self.block += 1
        self.below = self.section = section_kind(words)
        before, self.in_item = self.in_item, True  # its lines stay on one
        shown = [] if self._holds(words, level=level) else split_lines(content)
        pictures = [one for line in shown for one in line if one["t"] == "Image"]
        lines = self._written([[one for one in line if one["t"] != "Image"] for line in shown])
        self.in_item = before
        deep = max(2, min(6, level + self.shift))
        head = [{"t": "Header", "c": [deep, ["", [], []], lines]}] if lines else []
        return [*head, *(self._block({"t": "Para", "c": pictures}) if pictures else [])]

    def _list(self, items: Sequence[Sequence[Block]]) -> list[list[Block]]:
        """A list is what the line right above it says: decisions, or who was there, to its last item."""
        below, before = self.below, self.in_item
        self.in_item = True
        self.list += not self.depth
        self.depth += 1
        found: list[list[Block]] = []
        for item in items:
            inner = self.blocks(item)
            if inner and inner[0]["t"] in _LISTS and item[0]["t"] not in _LISTS:  # its own words were held back
                found += inner[0]["c"] if inner[0]["t"] == "BulletList" else inner[0]["c"][1]
                inner = inner[1:]
            found += [inner] if inner else []
            self.below = below
        self.in_item = before
        self.depth -= 1
        self.below = below if before else self.section
        return found

    def _typed(self, text: str) -> list[Block]:
        """Lines as they were typed."""
        return self._block(
            {"t": "Para", "c": joined([[string(line.strip())] for line in text.split("\n")], LINE_BREAK)}
        )

    def _code(self, attributes: list[Any], text: str) -> list[Block]:
        """What somebody fenced; text that is only indented is text."""
        if FENCED not in attributes[1]:
            return self._typed(text)
        self.block += 1
        kept = [line for line in text.split("\n") if self.in_table or not self._holds(line)]
        escaped = "\n".join(kept).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return [{"t": "RawBlock", "c": ["mediawiki", f"<pre>\n{escaped}\n</pre>"]}] if any(map(str.strip, kept)) else []

    def _table(self, content: list[Any]) -> list[Block]:
        _attributes, caption, columns, head, bodies, foot = content
        above = self.blocks(caption[1])
        before, self.in_table = self.in_table, True
        self.table += 1
        self.contacts = [
            _CONTACT.search(text_of_blocks(cell[4])) is not None for _row, some in head[1][:1] for cell in some
        ]
        head = [head[0], self._rows(head[1])]
        bodies = [[body[0], body[1], self._rows(body[2]), self._rows(body[3])] for body in bodies]
        foot = [foot[0], self._rows(foot[1])]
        self.in_table = before
        there = any(body[3] for body in content[4])
        if not any((foot[1], *(body[3] for body in bodies))) and (there or not head[1]):  # no row is left
            said = [cell[4] for _row, cells in head[1] for cell in cells if text_of_blocks(cell[4]).strip()]
            many = sum(len(text_of_blocks(one).split()) for one in said) > 2 * len(
                said
            )  # more than what columns are called
            return [*above, *(block for one in said for block in one)] if many else above
        return [*above, {"t": "Table", "c": [["", [], []], [None, []], columns, head, bodies, foot]}]

    def _rows(self, rows: Sequence[Any]) -> list[Any]:
        """The rows that are not held back, each judged as one line."""
        found = []
        for _attributes, cells in rows:
            words = " | ".join(text_of_blocks(cell[4]) for cell in cells)
            reach = any(
                said and re.search(r"\d{2}|@", text_of_blocks(cell[4]))
                for said, cell in zip(self.contacts, cells, strict=False)
            )
            if words.strip(" |") and self._holds(words, _REACH if reach else None, row=True):
                continue
            found.append([["", [], []], [[["", [], []], *cell[1:4], self._cell(cell[4])] for cell in cells]])
        return found

    def _cell(self, blocks: Sequence[Block]) -> list[Block]:
        """A list in a cell begins on a line of its own."""
        made = self.blocks(blocks)
        return [{"t": "Plain", "c": [wikitext("<nowiki/>")]}, *made] if made and made[0]["t"] in _LISTS else made

    # -- lines --------------------------------------------------------------------------------

    def _lines(self, content: Sequence[Inline]) -> list[Inline]:
        """A paragraph, line by line, without those that are held back. A cell was judged with its row."""
        kept = []
        lines = split_lines(content)
        texts = [text_of(line) for line in lines]
        cut = _cut_in_two(texts)
        self.block += 1
        for number, (line, words) in enumerate(zip(lines, texts, strict=True)):
            if not self.in_table and words.strip() and self._holds(words, cut.get(number), item=not number):
                continue
            kept.append(line)
            if section_kind(words) and words.rstrip().endswith(":"):
                self.below = section_kind(words)
            elif not self.in_table and (found := outcome_of(words, self.below if self.in_item else "")):
                self.notes.outcomes.append(found)
        return self._written(kept)

    def _written(self, lines: Sequence[Sequence[Inline]]) -> list[Inline]:
        """Lines with a break between them: in a list, a heading or a cell one that stays on the wikitext's line."""
        made = [self._inlines(line, first=not (self.in_item and number)) for number, line in enumerate(lines)]
        brk = [wikitext("<br />")] if self.in_item or self.in_table else [{"t": "LineBreak"}]
        made = [line for line in made if line]
        return [one for number, line in enumerate(made) for one in (brk if number else []) + line]

    def _holds(
        self, line: str, cut: Message | None = None, *, level: int = 0, row: bool = False, item: bool = False
    ) -> bool:
        """Whether a line stays out, which is told. Of an item, its first line is one."""
        if self.people is None:
            place = Line(line, level, self.block, self.list if self.depth and item else 0, self.table if row else 0)
            self.lines.append(replace(place, depth=self.depth if place.list else 0))
            return False
        held = held_line(line, self.decisions, about_people=next(self.people), why=cut)
        self.notes.held += [held] if held else []
        self.notes.judged.append((line, held is not None))
        return held is not None

    def _inlines(self, content: Sequence[Inline], *, first: bool = False, linked: bool = False) -> list[Inline]:
        found: list[Inline] = []
        for one in merged(content):
            made = self._inline(one, first=first and not found, linked=linked)
            if found and made and _run_together(found[-1], one):
                found.append(wikitext("<nowiki/>"))
            found += made
        return found

    def _inline(self, one: Inline, *, first: bool, linked: bool) -> list[Inline]:
        kind, content = one["t"], one.get("c")
        if kind == "Str":
            return [self._raw(content, first=first, linked=linked)]
        if kind in ("Space", "SoftBreak", "LineBreak"):
            return [] if first else [{"t": "Space"}]
        if kind in ("Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Underline"):
            if kind in self.marks:  # a second pair of apostrophes would end the first
                return self._inlines(content, first=first, linked=linked)
            self.marks.append(kind)
            inner = self._inlines(content, linked=linked)
            self.marks.remove(kind)
            return [{"t": kind, "c": inner}] if inner else []
        if kind == "Link":
            return self._link(content, first, linked)
        if kind == "Image":
            return self._image(content, first, linked)
        if kind == "Code":
            code = prose_text(" ".join(content[1].split("\n")), first=False).replace("|", "&#124;")
            return [wikitext(f"<code>{code}</code>")]
        if kind == "Note":
            words = [string(" ("), *joined([line_of(b) for b in content], string(" ")), string(")")]
            return self._inlines(words, first=first, linked=linked)
        return self._inlines([string(text_of([one]))], first=first, linked=linked)  # formulas: as they were typed

    def _raw(self, text: str, *, first: bool, linked: bool) -> Inline:
        written: str = prose_text(" ".join(text.split("\n")), first=first)
        if self.in_table or linked:
            written = written.replace("|", "&#124;").replace("!!", "&#33;!")
        if linked:
            written = written.replace("[", "&#91;").replace("]", "&#93;")
        return wikitext(written)

    def _link(self, content: list[Any], first: bool, linked: bool) -> list[Inline]:
        _attributes, label, (target, title) = content
        words = text_of(label).strip()
        label = [*label, string(f" ({title})")] if title and title not in words else label
        words = text_of(label).strip()
        if linked or not re.match(r"https?://[^\s/]", target):
            if not linked and not target.lower().startswith(("mailto:", "tel:", "#")):
                self.notes.no_links.append(target)
            more = [] if (words and words in target) or target.startswith("#") else [string(f" ({target})")]
            return self._inlines([*label, *more], first=first, linked=linked)
        if place := page_at(target, self.sites):
            opening = link_between(self.home, self.sites[place.wiki], place.title, "…", place.section)
            if opening.endswith("|…]]"):
                inner = [string(place.title)] if words in (target, "") else label
                return [wikitext(opening.removesuffix("…]]")), *self._inlines(inner, linked=True), wikitext("]]")]
        address = safe_address(target)
        if words in (target, ""):
            return [wikitext(address)]
        return [wikitext(f"[{address} "), *self._inlines(label, linked=True), wikitext("]")]

    def _image(self, content: list[Any], first: bool, linked: bool) -> list[Inline]:
        _attributes, label, (target, title) = content
        name = target.rpartition("/")[2] if not target.startswith("data:") else ""
        said = [words for words in (text_of(label), title) if not _PATH.match(words)]
        self.notes.images.append(name or next(filter(None, said), "image"))
        named = " : ".join(dict.fromkeys(filter(None, ["image", *said, name])))
        return self._inlines([string(f"({named})")], first=first, linked=linked)


_CONTACT = re.compile(
    r"\b(?:t[ée]l\w*|num[ée]ros?|n°|mobile|portable|gsm|mail|e-mail|courriel|m[ée]l|adresse|contact|coordonn\w+)\b",
    re.IGNORECASE,
)
_REACH = N_("a way to reach somebody")
_LISTS = ("BulletList", "OrderedList")
_PATH = re.compile(
    r"(?:[a-z]:\\|\\\\|file:|/(?:home|users|mnt|media|tmp|var)/)", re.IGNORECASE
)  # what Word calls a picture
_BARE = re.compile(r"https?://\S+")


def _cut_in_two(texts: Sequence[str]) -> dict[int, Message]:
    """Lines that are private only with the next one: a number or an address that goes over a line's end."""
    found: dict[int, Message] = {}
    for number, (one, other) in enumerate(pairwise(texts)):
        why = private(f"{one} {other}")
        if why and not private(one) and not private(other):
            found |= {number: why, number + 1: why}
    return found


def _run_together(before: Inline, after: Inline) -> bool:
    """Whether two pieces would be read as one: an address and what follows it."""
    bare = before["t"] == "RawInline" and _BARE.fullmatch(before["c"][1])
    return bool(bare) and after["t"] not in ("Space", "SoftBreak", "LineBreak")
