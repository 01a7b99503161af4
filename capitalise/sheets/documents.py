"""The links of a document: addresses with the line, or the paragraph, that they stand in.

Markdown, text and HTML as they are; ODT (`content.xml`) and DOCX (`document.xml` with its relations) by lxml, read only: an
address is what the file says behind the words, or what the words themselves say.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from capitalise.errors import SheetError
from capitalise.messages import N_

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["DOCUMENTS", "DocumentLink", "links_in_document"]

DOCUMENTS = (".md", ".txt", ".html", ".htm", ".odt", ".docx")
MOST_BYTES = 64 * 1024 * 1024  # of a file, and of what is packed in it
_MARKDOWN = re.compile(r"\[([^\]\n]{0,500})\]\(\s*<?(https?://(?:[^\s()<>]|\([^\s()]*\))+)>?[^)\n]{0,200}\)")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\]{}|\\^]+")
_ODT = {"text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0", "xlink": "http://www.w3.org/1999/xlink"}
_DOCX = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}


@dataclass(frozen=True)
class DocumentLink:
    """An address in a document, the words it stands behind ("" for itself), and its line or paragraph, from 1."""

    address: str
    label: str
    line: int


def links_in_document(path: Path) -> list[DocumentLink]:
    """In the document's order. Raises SheetError for a file that is none, or too large."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=path.name, most=MOST_BYTES // 2**20))
        reader = {".odt": _in_odt, ".docx": _in_docx, ".html": _in_html, ".htm": _in_html}.get(
            path.suffix.lower(), _in_text
        )
        return list(reader(path))
    except (zipfile.BadZipFile, KeyError, SyntaxError, UnicodeDecodeError) as error:  # lxml's is a SyntaxError
        raise SheetError(N_("%(file)s cannot be read as a document of its kind.", file=path.name)) from error


def _in_text(path: Path) -> Iterator[DocumentLink]:
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), start=1):
        yield from _in_line(line, number)


def _in_line(line: str, number: int) -> Iterator[DocumentLink]:
    """Markdown's links, then what is left of addresses."""
    rest = line
    for found in _MARKDOWN.finditer(line):
        yield DocumentLink(found[2], found[1].strip(), number)
        rest = rest.replace(found[0], " ", 1)
    for found in _ADDRESS.finditer(rest):
        yield DocumentLink(found[0].rstrip(".,;:!?" + ("" if "(" in found[0] else ")")), "", number)


def _in_html(path: Path) -> Iterator[DocumentLink]:
    from lxml import html

    text = path.read_bytes()
    tree = html.fromstring(text) if text.strip() else html.fromstring("<p></p>")
    for element in tree.iter("a"):
        address = (element.get("href") or "").strip()
        if re.match(r"https?://|//", address):
            yield DocumentLink(address, " ".join(_words(element).split()), int(str(element.sourceline or 0)))


def _in_odt(path: Path) -> Iterator[DocumentLink]:
    tree = _xml(path, "content.xml")
    paragraphs = tree.iter(f"{{{_ODT['text']}}}p", f"{{{_ODT['text']}}}h")
    for number, paragraph in enumerate(paragraphs, start=1):
        links = paragraph.findall(".//text:a", _ODT)
        for link in links:
            yield DocumentLink(link.get(f"{{{_ODT['xlink']}}}href", ""), _words(link).strip(), number)
        behind = set(map(_words, links))
        words = _words(paragraph)
        for text in filter(None, behind):
            words = words.replace(text, " ")
        yield from _in_line(words, number)


def _in_docx(path: Path) -> Iterator[DocumentLink]:
    relations = {one.get("Id"): one.get("Target") or "" for one in _xml(path, "word/_rels/document.xml.rels")}
    tree = _xml(path, "word/document.xml")
    for number, paragraph in enumerate(tree.iter(f"{{{_DOCX['w']}}}p"), start=1):
        words = "".join(text.text or "" for text in paragraph.iter(f"{{{_DOCX['w']}}}t"))
        for link in paragraph.findall(".//w:hyperlink", _DOCX):
            label = "".join(text.text or "" for text in link.iter(f"{{{_DOCX['w']}}}t"))
            words = words.replace(label, " ", 1) if label else words
            address = relations.get(link.get(f"{{{_DOCX['r']}}}id"), "")
            if address.startswith("http"):
                yield DocumentLink(address, label.strip(), number)
        for code in paragraph.iter(f"{{{_DOCX['w']}}}instrText"):
            if found := re.search(r'HYPERLINK\s+"(https?://[^"]+)"', code.text or ""):
                yield DocumentLink(found[1], "", number)
        yield from _in_line(words, number)


def _words(element: _Element) -> str:
    return "".join(map(str, element.itertext()))


def _xml(path: Path, name: str) -> _Element:
    from lxml import etree  # only where a document is read

    with zipfile.ZipFile(path) as archive:
        if archive.getinfo(name).file_size > MOST_BYTES:
            raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=path.name, most=MOST_BYTES // 2**20))
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        return etree.fromstring(archive.read(name), parser)
