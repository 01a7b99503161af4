"""Who added what in a document, as its file says it: tracked changes, comments, words in a colour. Pandoc drops most of it.

DOCX: ECMA-376 part 1, § 17.13.5 (w:ins, w:del), § 17.13.4 (comments), § 17.3.2.6 and .15 (w:color, w:highlight). ODT: OpenDocument 1.3 part 3,
§ 5.5 (text:tracked-changes), § 14.1 (office:annotation), fo:color and fo:background-color of the styles. Hidden text is left out (`shown`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from capitalise.sheets.shown import document_parts, parsed, shown_document

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Suggestion", "suggestions_in"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_O = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _OFFICE, _STYLE = f"{{{_O}text:1.0}}", f"{{{_O}office:1.0}}", f"{{{_O}style:1.0}}"
_FO, _DC = f"{{{_O}xsl-fo-compatible:1.0}}", "{http://purl.org/dc/elements/1.1/}"
_PLAIN = ("", "auto", "000000", "#000000", "none", "transparent", "#ffffff", "ffffff")


@dataclass(frozen=True)
class Suggestion:
    """What somebody did: `kind` is "added", "deleted", "comment" or "colour"; `words` are theirs, `place` those of the paragraph around them. `author`
    and `date` (AAAA-MM-JJ) are "" where the file does not say them; `colour` is the colour's name or number."""

    kind: str
    words: str
    place: str
    author: str = ""
    date: str = ""
    colour: str = ""


def suggestions_in(data: bytes, name: str) -> list[Suggestion]:
    """In the document's order; none for files that keep no such thing. Raises SheetError for a file that is none of its kind."""
    ending = name.rpartition(".")[2].lower()
    if ending not in ("docx", "odt"):
        return []
    shown, _hidden = shown_document(data, name)
    with document_parts(shown, name) as parts:
        found = _in_docx(parts) if ending == "docx" else _in_odt(parts)
        return [one for one in found if one.words.strip()]


# -- DOCX -----------------------------------------------------------------------------------------


def _in_docx(parts: Mapping[str, bytes]) -> Iterator[Suggestion]:
    comments = _comments(parts)
    for paragraph in parsed(parts["word/document.xml"]).iter(f"{_W}p"):
        place = " ".join("".join(t.text or "" for t in paragraph.iter(f"{_W}t", f"{_W}delText")).split())
        for change in paragraph.iter(f"{_W}ins", f"{_W}moveTo", f"{_W}del"):
            added = change.tag != f"{_W}del"
            words = "".join(t.text or "" for t in change.iter(f"{_W}t" if added else f"{_W}delText"))
            yield Suggestion("added" if added else "deleted", words, place, *_who(change))
        yield from _coloured(paragraph, place)
        for mark in paragraph.iter(f"{_W}commentReference"):
            if said := comments.get(mark.get(f"{_W}id") or ""):
                yield Suggestion("comment", said[0], place, said[1], said[2])


def _comments(parts: Mapping[str, bytes]) -> dict[str, tuple[str, str, str]]:
    if "word/comments.xml" not in parts:
        return {}
    tree = parsed(parts["word/comments.xml"])
    return {
        one.get(f"{_W}id") or "": (" ".join("".join(t.text or "" for t in one.iter(f"{_W}t")).split()), *_who(one))
        for one in tree.iter(f"{_W}comment")
    }


def _who(change: _Element) -> tuple[str, str]:
    return change.get(f"{_W}author") or "", (change.get(f"{_W}date") or "")[:10]


def _coloured(paragraph: _Element, place: str) -> Iterator[Suggestion]:
    """Runs in one colour that touch are one."""
    words, colour = "", ""
    for run in paragraph.iter(f"{_W}r"):
        text = "".join(t.text or "" for t in run.iter(f"{_W}t"))
        now = _colour(run) if text else colour
        if now != colour and words:
            yield Suggestion("colour", words, place, colour=colour)
            words = ""
        colour, words = now, words + text if now else ""
    if words and colour:
        yield Suggestion("colour", words, place, colour=colour)


def _colour(run: _Element) -> str:
    for tag in ("highlight", "color"):
        found = run.find(f"{_W}rPr/{_W}{tag}")
        value = (found.get(f"{_W}val") or "") if found is not None else ""
        if value.lower() not in _PLAIN:
            return value
    return ""


# -- ODT ------------------------------------------------------------------------------------------


def _in_odt(parts: Mapping[str, bytes]) -> Iterator[Suggestion]:
    tree = parsed(parts["content.xml"])
    changes = {one.get(f"{_TEXT}id") or "": one for one in tree.iter(f"{_TEXT}changed-region")}
    colours = dict(_styles(tree))
    for paragraph in tree.iter(f"{_TEXT}p", f"{_TEXT}h"):
        if any(
            parent.tag in (f"{_TEXT}changed-region", f"{_OFFICE}annotation") for parent in paragraph.iterancestors()
        ):
            continue
        place = " ".join(_words(paragraph, changes).split())
        yield from _odt_changes(paragraph, changes, place)
        for note in paragraph.iter(f"{_OFFICE}annotation"):
            words = " ".join(" ".join(_words(p) for p in note.iter(f"{_TEXT}p")).split())
            yield Suggestion("comment", words, place, *_dublin(note))
        for span in paragraph.iter(f"{_TEXT}span"):
            if colour := colours.get(span.get(f"{_TEXT}style-name") or ""):
                yield Suggestion("colour", _words(span), place, colour=colour)


def _words(element: _Element, changes: Mapping[str, _Element] | None = None) -> str:
    """The text of a paragraph without the notes in it, with what was deleted in `changes`."""
    skipped = (f"{_OFFICE}annotation", f"{_TEXT}hidden-text", f"{_TEXT}note")
    pieces = [element.text or ""]
    for child in element:
        region = (changes or {}).get(child.get(f"{_TEXT}change-id") or "") if child.tag == f"{_TEXT}change" else None
        words = "" if child.tag in skipped else _words(child, changes)
        gone = " ".join(_words(p) for p in region.iter(f"{_TEXT}p", f"{_TEXT}h")) if region is not None else ""
        pieces += [words, gone, child.tail or ""]
    return "".join(pieces)


def _odt_changes(paragraph: _Element, changes: dict[str, _Element], place: str) -> Iterator[Suggestion]:
    for mark in paragraph.iter(f"{_TEXT}change", f"{_TEXT}change-start"):
        region = changes.get(mark.get(f"{_TEXT}change-id") or "")
        if region is None or not len(region):
            continue
        if mark.tag == f"{_TEXT}change":
            yield Suggestion(
                "deleted", " ".join(_words(p) for p in region.iter(f"{_TEXT}p", f"{_TEXT}h")), place, *_dublin(region)
            )
        else:
            yield Suggestion("added", _until_end(mark), place, *_dublin(region))


def _until_end(mark: _Element) -> str:
    """The words from a mark to the end of its change, in this paragraph."""
    words, one = mark.tail or "", mark.getnext()
    while one is not None and one.tag != f"{_TEXT}change-end":
        words += _words(one) + (one.tail or "")
        one = one.getnext()
    return words


def _dublin(region: _Element) -> tuple[str, str]:
    creator, date = next(region.iter(f"{_DC}creator"), None), next(region.iter(f"{_DC}date"), None)
    return (creator.text or "") if creator is not None else "", ((date.text or "") if date is not None else "")[:10]


def _styles(tree: _Element) -> Iterator[tuple[str, str]]:
    """The colours of the styles that have one."""
    for style in tree.iter(f"{_STYLE}style"):
        for properties in style.iter(f"{_STYLE}text-properties"):
            said = (properties.get(f"{_FO}background-color") or "", properties.get(f"{_FO}color") or "")
            colour = next((one for one in said if re.sub(r"\s", "", one.lower()) not in _PLAIN), "")
            if colour:
                yield style.get(f"{_STYLE}name") or "", colour
