"""The links of documents: behind words and bare, with the line or paragraph they stand in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from capitalise.errors import SheetError
from capitalise.messages import render
from capitalise.sheets.documents import DocumentLink, links_in_document
from capitalise.sheets.margins import beside_the_text

MARKDOWN = """Voir [le livre](https://fr.wikibooks.org/wiki/X_(y)) et https://exemple.org/a.

Puis (https://exemple.org/b), <https://exemple.org/c>.
"""
HTML = """<html><body><p>Un <a href="https://exemple.org/livre">livre</a>, puis https://exemple.org/nu.</p>
<p>Rien <a href="#ici">ici</a></p></body></html>"""


def test_markdown_and_text(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text(MARKDOWN, "utf-8")
    assert links_in_document(file) == [
        DocumentLink("https://fr.wikibooks.org/wiki/X_(y)", "le livre", 1),
        DocumentLink("https://exemple.org/a", "", 1),
        DocumentLink("https://exemple.org/b", "", 3),
        DocumentLink("https://exemple.org/c", "", 3),
    ]


def test_html(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(HTML, "utf-8")
    assert [(link.address, link.label) for link in links_in_document(file)] == [("https://exemple.org/livre", "livre")]


ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"><office:body>
<text:h>Titre</text:h><text:p>Un <text:a xlink:href="https://exemple.org/livre"><text:span>livre</text:span></text:a>, puis
 https://exemple.org/nu.</text:p></office:body></office:document-content>"""
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCX = f"""<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body><w:p><w:r><w:t>Titre</w:t></w:r></w:p><w:p><w:r><w:t>Un </w:t></w:r>
<w:hyperlink r:id="rId1"><w:r><w:t>livre</w:t></w:r></w:hyperlink><w:r><w:t>, puis https://exemple.org/nu.</w:t></w:r>
<w:r><w:instrText> HYPERLINK "https://exemple.org/champ" </w:instrText></w:r></w:p></w:body></w:document>"""
RELATIONS = '<Relationships><Relationship Id="rId1" Target="https://exemple.org/livre"/></Relationships>'


def packed(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def test_odt(tmp_path: Path) -> None:
    file = packed(tmp_path / "a.odt", {"content.xml": ODT})
    assert links_in_document(file) == [
        DocumentLink("https://exemple.org/livre", "livre", 2),
        DocumentLink("https://exemple.org/nu", "", 2),
    ]


def test_docx(tmp_path: Path) -> None:
    file = packed(tmp_path / "a.docx", {"word/document.xml": DOCX, "word/_rels/document.xml.rels": RELATIONS})
    assert links_in_document(file) == [
        DocumentLink("https://exemple.org/livre", "livre", 2),
        DocumentLink("https://exemple.org/champ", "", 2),
        DocumentLink("https://exemple.org/nu", "", 2),
    ]


def test_a_document_asks_nobody_for_anything(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + ODT.replace("Titre", "&e;")
    assert "root" not in str(links_in_document(packed(tmp_path / "a.odt", {"content.xml": bomb})))


@pytest.mark.parametrize("name", ["a.odt", "a.docx"])
def test_a_file_that_is_no_document_gets_one_clear_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 rien")
    with pytest.raises(SheetError):
        links_in_document(tmp_path / name)


def test_patterns_without_a_file_are_said(tmp_path: Path, capitalise: Callable[..., Any]) -> None:
    capitalise(tmp_path, "init", str(tmp_path / "kit"), "--sample")
    bot = tmp_path / "kit" / "bots" / "liens.toml"
    text = 'kind = "crosslinks"\nwiki = "communs"\nfiles = ["notes/*.md"]\n[[pages]]\nwiki = "communs"\nrole = "quotes"\ntitles = ["Choisir une licence"]\n'
    bot.write_text(text, "utf-8")
    assert "notes/*.md" in capitalise(tmp_path / "kit", "plan", "liens", code=2).stderr
    bot.write_text(text.replace("notes/*.md", "../secret.md"), "utf-8")
    assert "files" in capitalise(tmp_path / "kit", "plan", "liens", code=2).stderr
    bot.write_text(text.replace('files = ["notes/*.md"]\n', ""), "utf-8")
    assert "liens lus" in capitalise(tmp_path / "kit", "plan", "liens", code=None).stdout


# -- beside the text ------------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
T = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'


def packed_parts(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (
            "a.docx",
            {
                "word/document.xml": f"<w:document {W}><w:p><w:t>mots</w:t><w:del><w:r><w:delText>à ôter</w:delText></w:r></w:del></w:p></w:document>",
                "word/comments.xml": f"<w:comments {W}><w:comment><w:p><w:t>un avis</w:t></w:p></w:comment><w:comment/></w:comments>",
                "word/header1.xml": f"<w:hdr {W}><w:p><w:t>Compte rendu du lavoir</w:t></w:p></w:hdr>",
                "word/footer1.xml": f"<w:ftr {W}><w:p><w:t>3</w:t></w:p></w:ftr>",
            },
        ),
        (
            "a.odt",
            {
                "content.xml": f"<office:document-content {T}><text:deletion><text:p>à ôter</text:p></text:deletion><text:p>mots<office:annotation><text:p>un avis</text:p></office:annotation></text:p></office:document-content>",
                "styles.xml": f"<office:document-styles {T}><style:header><text:p>Compte rendu du lavoir</text:p></style:header><style:footer><text:p>3</text:p></style:footer></office:document-styles>",
            },
        ),
    ],
)  # fmt: skip
def test_what_stands_beside_the_text_is_counted(name: str, parts: dict[str, str]) -> None:
    told = [render(one, "fr") for one in beside_the_text(packed_parts(parts), name)]
    assert told == ["1 commentaire en marge", "1 passage que quelqu'un propose d'ôter", "1 en-tête ou pied de page"]
