"""The tags of a form page: where they stand, their parts, and the words before them.

First station of the forms room. Grammar as in PFFormPrinter.php and PFUtils::getFormTagComponents of Page Forms 5.9:
`{{{name|part|key=value}}}`, split at the pipes outside braces and links, comments left out. What stands in
`<noinclude>` or in a comment is no part of a form (PFFormUtils::getFormDefinition).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Tag", "block_around", "find_tags", "label_before", "options_of"]

NAMES = ("info", "for template", "end template", "field", "section", "standard input")
#: Tags that nothing closes cost a walk to the end of the page each.
MOST_UNCLOSED = 20
_TAG = re.compile(r"\{\{\{(?!\{)([^{}|]*)(?=[|}])")
_LEFT_OUT = re.compile(r"(<noinclude>)|</?includeonly>|(<!--)", re.IGNORECASE)
_ENDS = (re.compile("</noinclude>", re.IGNORECASE), re.compile("-->"))
_RUN = re.compile(r"\{{2,}|\}{2,}")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag at `start:end` of the form's text, on `line` (from 1). `parts` is empty where nothing closes it."""

    start: int
    end: int
    line: int
    parts: tuple[str, ...]


def find_tags(text: str) -> Iterator[Tag]:
    """Every tag that readers of the form see, wherever it stands (inside `{{#tag:tabber|…}}` too), with what it holds."""
    text = _without_hidden(text)
    end = line_at = unclosed = 0
    line = 1
    for tag in _TAG.finditer(text):
        if tag.start() < end:
            continue
        line += text.count("\n", line_at, tag.start())
        line_at = tag.start()
        if found := _tag_end(text, tag.start() + 3):
            end = found
            yield Tag(tag.start(), end, line, tuple(_components(text[tag.start() + 3 : end - 3])))
        elif (unclosed := unclosed + 1) > MOST_UNCLOSED:
            return
        else:
            yield Tag(tag.start(), tag.end(), line, ())


def _without_hidden(text: str) -> str:
    """The text with spaces for what is no part of the form; what nothing closes is a part of it."""
    pieces, at = [], 0
    closed = [True, True]
    while found := _LEFT_OUT.search(text, at):
        kind = 0 if found[1] else 1 if found[2] else -1
        end = _ENDS[kind].search(text, found.end()) if kind >= 0 and closed[kind] else None
        until = end.end() if end else found.end()
        hidden = kind < 0 or end is not None
        if kind >= 0 and end is None:
            closed[kind] = False
        pieces += [text[at : found.start()], re.sub(r"[^\n]", " ", text[found.start() : until]) if hidden else found[0]]
        at = until
    return "".join([*pieces, text[at:]])


def _tag_end(text: str, at: int) -> int:
    """Behind the braces that close the three before `at`; 0 where nothing does."""
    depth = 3
    for run in _RUN.finditer(text, at):
        size = len(run[0])
        if run[0][0] == "{":
            depth += size
        elif depth <= size:
            return run.start() + depth
        else:
            depth -= size
    return 0


def _components(tag: str) -> list[str]:
    parts, depth = [""], 0
    for piece in re.split(r"(\{\{|\}\}|\[\[|\]\]|\|)", tag):
        if piece == "|" and depth == 0:
            parts.append("")
            continue
        depth += {"{{": 1, "[[": 1, "}}": -1, "]]": -1}.get(piece, 0)
        parts[-1] += piece
    return [part.strip() for part in parts]


def options_of(parts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """`key=value` and flags as pairs in their order, keys in small letters, a flag's value being empty."""
    pairs = (part.partition("=") for part in parts if part)
    return tuple((key.strip().casefold(), value.strip()) for key, _equals, value in pairs)


def label_before(before: str) -> str:
    """The words before a field: the header cell of its table row, the rest of its line, or the line above it."""
    row = re.sub(r"\{\{#[^{}]*\}\}", "", re.split(r"\n\|-|\{\|", before)[-1])
    for header in reversed(re.findall(r"(?:^|\n)\s*!([^\n]*)", row)):
        for cell in reversed(re.split(r"!!|\|\|", header)):
            if words := _bare(cell.rsplit("|", 1)[-1]):  # what stands before a pipe are the cell's attributes
                return words
    for line in reversed(row.rstrip().split("\n")[-3:]):
        words = _bare(line.rsplit("|", 1)[0] if line.rstrip().endswith("|") else line)
        if words or not line.lstrip().startswith("<"):
            return words if len(words) <= 80 else ""
    return ""


def _bare(words: str) -> str:
    words = re.sub(r"<[^>]*>|'{2,}|\[\[(?:[^\]|]*\|)?|\]\]", "", words)
    return html.unescape(words).strip(" \t\u00a0\u202f:*|!=;-").strip()


_ELEMENT = re.compile(r"<(/?)(div|span|table|tbody|tr|td|section|fieldset|p)\b([^<>]*)>", re.IGNORECASE)
_ID = re.compile(r"""\bid\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


def block_around(before: str) -> str:
    """The id of the innermost element with one that is open at the end of a text, "" for none."""
    opened: list[tuple[str, str]] = []
    for found in _ELEMENT.finditer(before) if "id" in before else ():
        name = found[2].casefold()
        if not found[1]:
            named = _ID.search(found[3])
            opened.append((name, named[1] if named else ""))
        elif any(one == name for one, _id in opened):
            while opened.pop()[0] != name:
                pass
    return next((id_ for _name, id_ in reversed(opened) if id_), "")
