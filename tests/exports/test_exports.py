"""The kit as things to print, play, read and reuse: what people get, looked at as far as a program can look."""

from __future__ import annotations

import csv
import importlib.util
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from benchmarks.exports import write_kit
from capitalise.bots.fiches.kit import _MARK, _parts, _without_address
from capitalise.bots.fiches.writers import text_by, writers_in
from capitalise.errors import SettingsError
from capitalise.exports import booklet, cards, easel
from capitalise.exports.cleaned import clean_html, text_of, typeset
from capitalise.exports.formats import FORMATS, Wanted
from capitalise.exports.model import Chapter, Edition, Fiche, Kit, Tool, Words, narrowed, numbered
from capitalise.exports.parts import readable, shortened, shown_day
from capitalise.exports.path_model import Answer, Question, path_of_kit, path_problems
from capitalise.exports.path_model import Path as Questions
from capitalise.exports.pdf import folded, pdf
from capitalise.exports.wikitext_html import MOST_CHARACTERS, to_html
from capitalise.messages import LANGUAGES, render
from capitalise.settings.editions import read_editions
from capitalise.testing import Bench
from capitalise.workspace.exporting import edition_of, exported
from tests.activities import write_activities
from tests.conftest import Cli, Office
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import FolderPlace, WikiPlace

DAY = datetime(2026, 11, 2, tzinfo=UTC)
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
needs_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")


def fiche(title: str, number: int = 1, html: str = "<p>Cinq lignes.</p>", **more: object) -> Fiche:
    return replace(
        Fiche(
            title,
            ("1 - Poser",),
            (Words("Description", html, text_of(html)),),
            Words("Question", "<p>Qui décide ?</p>", "Qui décide ?"),
            (Tool("Carte", "https://exemple.org/carte", "une phrase", "une phrase"),),
            (Words("Exemple", "<p>Le four.</p>", "Le four."), Words("Épilogue")),
            page=f"https://wiki.exemple.org/{number}",
            form=f"https://wiki.exemple.org/form/{number}",
            revision=number,
            changed=DAY,
            edits=(("Camille Exemple", DAY),),
            tools_label="Outils",
        ),
        **more,  # type: ignore[arg-type]
    )


def kit_with(*fiches: Fiche, **more: object) -> Kit:
    kit = Kit(
        "Un kit",
        "fr",
        (Chapter("1 - Poser", fiches),),
        "2026",
        "pour tous",
        "CC BY-SA 4.0",
        taken=DAY,
        people=("Camille Exemple",),
    )
    return replace(kit, **more)  # type: ignore[arg-type]


def wanted(ending: str = ".html", **more: object) -> Wanted:
    return replace(Wanted(None, Edition("kit", "ingredients"), "booklet", ending), **more)  # type: ignore[arg-type]


# -- wikitext and HTML ----------------------------------------------------------------------------

WIKITEXT = {
    "'''gras''' et ''penché''": "<p><b>gras</b> et <i>penché</i></p>",
    "* a\n** b\n* c": "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    "# a\n# b": "<ol><li>a</li><li>b</li></ol>",
    "; mot : sens": None,
    "[[Page|mot]]": '<p><a href="w:Page">mot</a></p>',
    "[https://x.org mot]": '<p><a href="https://x.org">mot</a></p>',
    "== T ==\nx": "<h4>T</h4><p>x</p>",
    "{|\n! a\n| b\n|}": "<table><tr><th><p>a</p></th><td><p>b</p></td></tr></table>",
    "<nowiki>[[x]]</nowiki> &amp; a<b": "<p>[[x]] &amp; a&lt;b</p>",
    "a\nb\n\nc": "<p>a b</p><p>c</p>",
    "[[Catégorie:X]]<!-- rien -->": "",
    "<ref>une note</ref>": "<p><small> (une note)</small></p>",
    "{{{!}}\n! a\n{{!}} b\n{{!}}}": "<table><tr><th><p>a</p></th><td><p>b</p></td></tr></table>",
    "<poem>un\ndeux</poem>": "<p>un<br>deux</p>",
    "<pre>un\n  [[deux]]</pre>": "<pre>un\n  [[deux]]</pre>",
    "__TOC__mot": "<p>mot</p>",
    "<gallery>\nFichier:A.jpg|Le four\n</gallery>": "<p>Le four</p>",
    "[[Fichier:A.jpg|thumb|200px|alt=un four|Le '''four''']]": "<p>Le <b>four</b> (un four)</p>",
    "[[Fichier:A.jpg|thumb|alt=un four]]": "<p>un four</p>",
}


@pytest.mark.parametrize(("text", "html"), [pair for pair in WIKITEXT.items() if pair[1] is not None])
def test_wikitext_is_shown_without_a_wiki(text: str, html: str) -> None:
    assert to_html(text, lambda title: f"w:{title}", lambda what: None) == html


def test_what_is_not_rendered_is_said_and_its_words_are_shown() -> None:
    missing: list[str] = []
    made = to_html("{{Citation|texte=un mot}} [[Fichier:A.jpg|vignette]] {{!}}", lambda title: "", missing.append)
    assert missing == ["{{Citation}}", "[[Fichier:A.jpg]]"]
    assert "un mot" in made
    assert "|" in made


MARKS = st.lists(
    st.sampled_from(
        ["'''", "''", "[[", "]]", "{{", "}}", "{|", "|}", "|-", "|", "!", "\n", "\n* ", "\n: ", "== ", "<b>", "</b>", "<script>", "<ref>", "mot",
         " ", "[http://x.org ", "]", "<!--", "-->", "{{{", "}}}", "&lt;", "javascript:", "\ue000", "\ue0011\ue001"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(MARKS)
def test_whatever_stands_in_a_field_becomes_harmless_html(text: str) -> None:
    made = clean_html(to_html(text, lambda title: "https://w.org/", lambda what: None))
    assert not re.search(r"<script|<!--|\son\w+=|href=\"(?!https?:|mailto:)", made)
    assert made.count("mot") <= text.count("mot")


@given(
    st.lists(st.sampled_from(["un", "deux", "trois"]), min_size=1, max_size=6),
    st.sampled_from(["", "* ", "# ", ": ", "'''"]),
)
def test_no_word_of_prose_is_lost(words: list[str], mark: str) -> None:
    text = "\n".join(f"{mark}{word}" for word in words)
    assert text_of(clean_html(to_html(text, lambda title: "", lambda what: None))).split() == words


PIECES = [
    "W", "* W", "** W\n# W", "; W : W", ";W:W", ": W", "{|\n|+ W\n! W\n| W\n|-\nW\n| W\n|}", "{|\n|-\n{{ligne|W|W}}\n|}", "<ref>W</ref>",
    "<pre>W\n'''W'''</pre>", "[[Fichier:x.jpg|thumb|W]]", "* [[Fichier:x.jpg|vignette|200px|W]]", "{{t|W|a=W}}", "{{{W}}}", "{{{p|W}}}",
    "<table><caption>W</caption><tbody><tr><td>W</td></tr></tbody></table>", "<gallery>\nFichier:a.jpg|W\n</gallery>", "<poem>\nW\nW\n</poem>",
    "== W ==", "[https://x.org W]", "[[P|W]]", "'''W'''", "''W", " W", "----\nW", "<div>W", "</div>W", "<b>W", "<nowiki>W</nowiki>", "&nbsp;W",
    "<syntaxhighlight lang=x>W</syntaxhighlight>", "<math>W</math>", "<blockquote>W</blockquote>", "<span class='protocole'>W</span>", "W<br>W",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8))
def test_every_word_of_a_field_is_shown(pieces: list[str]) -> None:
    count = itertools.count()
    text = re.sub("W", lambda found: f"mot{next(count)}x", "\n".join(pieces))
    shown = text_of(clean_html(to_html(text, lambda title: "", lambda what: None)))
    assert [word for word in re.findall(r"mot\d+x", text) if word not in shown] == []


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p>" + "<div>" * 255 + "mot" + "</div>" * 255 + "<p>fin</p>",
        "<ul><li>" * 200 + "mot" + "</li></ul>" * 200 + "fin",
    ],
)
def test_what_is_deep_is_not_cut(html: str) -> None:
    assert {"mot", "fin"} <= set(text_of(clean_html(html)).split())


@pytest.mark.parametrize("piece", ["<b>", "{|", "\n", "<b>a</b>", "a\n\n", "'''", "*"])
def test_a_hostile_field_costs_little(piece: str) -> None:
    start = time.process_time()
    clean_html(to_html(piece * (MOST_CHARACTERS // len(piece)), lambda title: "", lambda what: None))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("typed", "address", "words"),
    [
        ("https://fr.wikipedia.org/wiki/Chat_(animal)", "https://fr.wikipedia.org/wiki/Chat_(animal)", ""),
        ("(voir https://x.org/a)", "https://x.org/a", "(voir )"),
        ("[https://x.org/a la carte]", "https://x.org/a", "la carte"),
        ("https://x.org, puis https://x.org/carte/5", "https://x.org", ", puis https://x.org/carte/5"),
        ("rien", "", "rien"),
    ],
)
def test_the_address_of_a_tool_is_what_somebody_typed(typed: str, address: str, words: str) -> None:
    found, (rest,) = _without_address([typed])
    assert (found, rest) == (address, words)


def test_words_that_a_wiki_puts_beside_the_fields_are_not_lost() -> None:
    """Footnotes stand after everything else; a field may close an element that it did not open."""
    one, two = f'<div id="{_MARK}0"><p>a</p></div>', f'<div id="{_MARK}1"><p>b</p></div>'
    assert _parts(f"<div>{one}{two}</div>", 2) is not None
    assert _parts(f"<div>{one}{two}<ol><li>note</li></ol></div>", 2) is None
    assert _parts(f"<div>{one}perdu{two}</div>", 2) is None
    deep = f'<div id="{_MARK}0">{"<div>" * 300}mot{"</div>" * 300}fin</div>'
    assert text_of((_parts(f"<div>{deep}</div>", 1) or [""])[0]).split() == ["mot", "fin"]


@pytest.mark.parametrize("there", [False, True])
def test_nothing_is_written_through_a_link_of_a_workspace_that_somebody_sent(
    tmp_path: Path, capitalise: Cli, there: bool
) -> None:
    place, outside = FolderPlace(tmp_path / "kit", capitalise), tmp_path / "ailleurs"
    if there:
        outside.write_text("des mots", "utf-8")
    (place.folder / "exports" / "kit.csv").symlink_to(outside)
    assert "kit.csv" in capitalise(place.folder, "export", "csv", code=2).stderr
    assert (outside.read_text("utf-8") if there else outside.exists()) == ("des mots" if there else False)
    shutil.rmtree(place.folder / "exports")
    (tmp_path / "dossier").mkdir()
    (place.folder / "exports").symlink_to(tmp_path / "dossier")
    capitalise(place.folder, "export", "json", code=2)
    assert list((tmp_path / "dossier").iterdir()) == []


def test_a_cover_is_a_file_of_the_workspace(place: FolderPlace, capitalise: Cli, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    (place.folder / "c.png").symlink_to(tmp_path / "secret.png")
    os.mkfifo(place.folder / "f.png")
    for name in ("c.png", "f.png"):
        (place.folder / "exports" / "kit.toml").write_text(f'cover = "{name}"\ncover_alt = "x"\n', "utf-8")
        assert name in capitalise(place.folder, "export", "booklet", code=2).stderr


@pytest.mark.parametrize(
    "html",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<img src="x" onerror="alert(1)">',
        "<svg onload=alert(1)>",
        '<p style="position:fixed">x</p>',
        '<iframe src="https://x.org"></iframe>',
        '<a href="data:text/html,x">x</a>',
        "<style>@import 'https://x.org'</style>",
    ],
)
def test_html_of_a_wiki_is_cleaned(html: str) -> None:
    assert not re.search(r"javascript|data:|on\w+=|<style|<iframe|<svg|<img", clean_html(html))


def test_links_of_a_wiki_are_whole_or_words() -> None:
    html = '<p><a href="/wiki/A">a</a> <a class="new" href="/w/index.php?title=B">b</a> <a href="#x">c</a></p>'
    assert clean_html(html, "https://w.org") == '<p><a href="https://w.org/wiki/A">a</a> b c</p>'
    assert clean_html('<h2>T<span class="mw-editsection">[modifier]</span></h2>') == "<h4>T</h4>"


def test_french_breaks_no_line_before_its_marks() -> None:
    assert (
        typeset("<p>Qui ? « a » : b <code>x ; y</code></p>", "fr")
        == "<p>Qui\u00a0? «\u00a0a\u00a0»\u00a0: b <code>x ; y</code></p>"
    )
    assert typeset("<p>Who ?</p>", "en") == "<p>Who ?</p>"


def test_a_long_question_ends_with_a_sentence_or_a_word() -> None:
    assert shortened("Un mot. " * 40, 60).endswith("mot.")
    assert shortened("x" * 20 + " " + "y" * 100, 60) == "x" * 20 + "…"
    assert shortened("court", 60) == "court"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whose_text_a_run_wrote_is_read_back(language: str) -> None:
    said = render(text_by("Camille (ANIS), Sacha"), language)
    assert writers_in(f"Description {said} · robot – 20261129T1000-abcd #3") == ["Camille (ANIS)", "Sacha"]
    nested = render(text_by("Camille (Lille) – stagiaire"), language)
    assert writers_in(f"Depuis (texte de Alice) – v2.ods {nested} – 20261129T1000-abcd #3") == [
        "Camille (Lille) – stagiaire"
    ]
    assert writers_in(f"Description {said}") == ["Camille (ANIS)", "Sacha"]
    assert writers_in("correction") == []


def test_whose_text_an_older_version_wrote_is_read_back_too() -> None:
    old = "ingredients\u00a0: Description (texte de Camille Exemple, Sacha, feuille kit.ods) – 20261129T1000-abcd #3"
    assert writers_in(old) == ["Camille Exemple", "Sacha"]


def made(capitalise: Cli, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The sample has words beside its form, which are named: somebody should look (exit code 3)."""
    done: subprocess.CompletedProcess[str] = capitalise(folder, "export", *arguments, code=None)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    return done


# -- what is printed ------------------------------------------------------------------------------

NASTY = '<script>alert(1)</script> {{x}} [[y]] "&'


@pytest.mark.parametrize("module", [booklet, easel, cards])
def test_titles_and_words_are_text_wherever_they_are_printed(module: object) -> None:
    bad = fiche(NASTY, tools=(Tool(NASTY, "https://x.org/<b>", "", NASTY),), tools_label=NASTY)
    html = module.make(kit_with(bad, title=NASTY, publisher=NASTY), wanted()).decode()  # type: ignore[attr-defined]
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def words_of(data: bytes, tmp_path: Path) -> str:
    (tmp_path / "x.pdf").write_bytes(data)
    return subprocess.run(
        ["pdftotext", "-layout", "x.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout


def told(tool: str, data: bytes, tmp_path: Path) -> str:
    (tmp_path / "x.pdf").write_bytes(data)
    return subprocess.run([tool, "x.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout


@needs_poppler
def test_a_booklet_has_its_parts_its_numbers_and_its_fonts(tmp_path: Path) -> None:
    data = booklet.make(kit_with(fiche("Choisir une licence"), fiche("Décrire les rôles", 2)), wanted(".pdf"))
    text = words_of(data, tmp_path)
    for words in (
        "Un kit",
        "Sommaire",
        "Choisir une licence",
        "Qui décide",
        "Carte",
        "Index",
        "Camille Exemple",
        "CC BY-SA 4.0",
        "https://exemple.org/carte",
    ):
        assert words in text
    assert re.search(r"Choisir une licence\s?\.+\s+6\n", text)
    assert re.search(r"Décrire les rôles\s?\.+\s+8\n", text)
    info = told("pdfinfo", data, tmp_path)
    assert re.search(r"Title:\s+Un kit\n", info)
    assert re.search(r"Tagged:\s+yes", info)
    assert "419.528 x 595.276" in info
    assert b"/Lang (fr)" in pdf_bytes(data)
    fonts = [line.split() for line in told("pdffonts", data, tmp_path).splitlines()[2:]]
    assert fonts
    assert all("Kit" in line[0] and "yes" in line for line in fonts)


def pdf_bytes(data: bytes) -> bytes:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()


@needs_poppler
@pytest.mark.parametrize("module", [booklet, easel, cards])
def test_no_word_stands_outside_its_page(module: object, tmp_path: Path) -> None:
    long = fiche("Un très long titre " * 13, 1, f"<p>{'mot ' * 700}</p><p>https://exemple.org/{'x' * 300}</p>")
    data = module.make(kit_with(long, fiche("B", 2)), wanted(".pdf", paper="a4"))  # type: ignore[attr-defined]
    (tmp_path / "x.pdf").write_bytes(data)
    done = subprocess.run(["pdftotext", "-bbox", "x.pdf", "-"], cwd=tmp_path, capture_output=True, check=True).stdout
    tree = etree.fromstring(re.sub(rb"<!DOCTYPE[^>]*>|xmlns=\"[^\"]*\"", b"", done))
    pages = tree.findall(".//page")
    assert pages
    for page in pages:
        width, height = float(page.get("width")), float(page.get("height"))
        for word in page.findall("word"):
            assert 0 <= float(word.get("xMin")) <= float(word.get("xMax")) <= width + 0.5, word.text
            assert 0 <= float(word.get("yMin")) <= float(word.get("yMax")) <= height + 0.5, word.text


@pytest.mark.parametrize(("pages", "sheets"), [(1, 2), (4, 2), (5, 4), (16, 8), (17, 10), (43, 22)])
def test_a_folded_booklet_has_each_page_once_on_as_few_sheets_as_hold_it(pages: int, sheets: int) -> None:
    import pikepdf

    html = "<style>@page{size:148mm 210mm}p{break-after:page}</style>" + "".join(f"<p>{n}</p>" for n in range(pages))
    flat = pdf(html.replace("break-after:page}", "break-after:page}p:last-child{break-after:auto}"))
    with pikepdf.open(io.BytesIO(folded(flat))) as book:
        assert len(book.pages) == sheets
        assert sum(len(page.Resources.XObject) for page in book.pages) == pages
    assert folded(flat) == folded(flat)


@needs_poppler
def test_the_first_folded_sheet_holds_the_last_and_the_first_page_of_its_signature(tmp_path: Path) -> None:
    html = "<style>@page{size:148mm 210mm}p{break-after:page}</style>" + "".join(
        f"<p>page{n}</p>" for n in range(1, 17)
    )
    data = folded(pdf(html))
    (tmp_path / "x.pdf").write_bytes(data)
    sides = [
        subprocess.run(
            ["pdftotext", "-f", str(n), "-l", str(n), "-layout", "x.pdf", "-"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for n in (1, 2, 8)
    ]
    assert sides == [["page16", "page1"], ["page2", "page15"], ["page8", "page9"]]


def test_the_printer_reads_nothing_outside_the_document(tmp_path: Path) -> None:
    import pikepdf

    (tmp_path / "secret.txt").write_text("un secret", "utf-8")
    address = (tmp_path / "secret.txt").as_uri()
    data = pdf(f'<link rel="attachment" href="{address}"><p>mot</p><img src="{address}">')
    with pikepdf.open(io.BytesIO(data)) as document:
        assert list(document.attachments) == []
    assert b"un secret" not in pdf_bytes(data)


def test_a_missing_field_is_a_ruled_place_in_a_draft_and_nothing_otherwise() -> None:
    kit = kit_with(fiche("A"))
    assert "Épilogue" not in booklet.make(kit, wanted()).decode()
    assert "Épilogue" in booklet.make(kit, wanted(draft=True)).decode()


def test_an_easel_has_lines_for_an_empty_field_and_nothing_for_one_that_the_form_lacks() -> None:
    html = easel.make(kit_with(fiche("A")), wanted()).decode()
    assert "Épilogue" in html
    bare = Fiche("A", ("1 - Poser",), (Words("Description", "<p>x</p>", "x"),), revision=1)
    html = easel.make(kit_with(bare), wanted()).decode()
    assert "Épilogue" not in html
    assert 'class="ruled"' not in html


@pytest.mark.parametrize(("said", "game"), [("bulles", "bubbles"), ("Axes", "axes"), ("", "boxes"), ("autre", "boxes")])
def test_the_game_comes_from_the_field_or_the_edition(said: str, game: str) -> None:
    html = easel.make(kit_with(fiche("A", shape=said)), wanted()).decode()
    assert f'class="game {game}"' in html
    assert len(re.findall(r'class="(?:place|name)[^"]*\bown"', html)) >= 2  # always room for one's own


def test_cards_have_their_backs_behind_them() -> None:
    html = cards.make(kit_with(*(fiche(f"Carte {n}", n) for n in range(1, 6))), wanted()).decode()
    front, back, _front2, back2 = html.split('<section class="sheet')[1:]
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", front) == ["Carte 1", "Carte 2", "Carte 3", "Carte 4"]
    assert re.findall(r"<h2>(.*?)</h2>", back) == ["Carte 2", "Carte 1", "Carte 4", "Carte 3"]
    assert back2.index('class="card"') < back2.index("Carte 5")


def test_what_changed_is_marked_since_a_day() -> None:
    kit = kit_with(fiche("A"), fiche("B", 2, changed=datetime(2025, 1, 1, tzinfo=UTC)))
    assert booklet.make(kit, wanted(since=datetime(2026, 1, 1, tzinfo=UTC))).decode().count('class="changed"') == 1


@pytest.mark.parametrize("chapters", [["1"], ["poser"], ["1 - Poser"]])
def test_a_chapter_is_named_by_number_title_or_both(chapters: list[str]) -> None:
    kit = replace(
        kit_with(fiche("A")), chapters=(*kit_with(fiche("A")).chapters, Chapter("2 - Faire", (fiche("B", 2),)))
    )
    assert [one.title for one in narrowed(kit, chapters)] == ["A"]


def test_too_many_pages_for_the_memory_are_one_sentence() -> None:
    with pytest.raises(SettingsError) as told:
        booklet.make(kit_with(*(fiche(f"F{n}", n) for n in range(501))), wanted(".pdf"))
    assert "--step" in render(told.value.message, "en")


def test_thirty_pages_cost_what_the_printing_library_costs(tmp_path: Path, capitalise: Cli) -> None:
    """benchmarks/exports.py has the figures for 300."""
    write_kit(tmp_path / "kit", 30)
    place = tmp_path / "kit"
    made(capitalise, place, "booklet", "-o", str(place / "x.html"))
    page = (place / "x.html").read_text("utf-8")
    start = time.process_time()
    pdf(page)
    alone = time.process_time() - start
    start = time.process_time()
    made(capitalise, place, "booklet", "--fold", "-o", str(place / "x.pdf"))
    assert time.process_time() - start < 1.5 * alone + 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_pdf_that_takes_too_long_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capitalise.exports.pdf.SECONDS", 1)
    with pytest.raises(SettingsError) as told:
        pdf("<p>mot</p>" * 20_000)
    assert "--step" in render(told.value.message, "en")


def test_addresses_are_shown_as_people_read_them() -> None:
    assert readable("https://w.org/wiki/R%C3%A8gle_d%27ici%3F") == "w.org/wiki/Règle_d'ici%3F"
    assert readable("https://w.org/%E9") == "w.org/%E9"


@needs_poppler
@pytest.mark.parametrize("name", ["booklet", "easel", "cards"])
def test_eleven_activities_in_the_shape_of_a_printed_booklet(tmp_path: Path, capitalise: Cli, name: str) -> None:
    folder = write_activities(tmp_path / "kit")
    made(capitalise, folder, name, "-o", str(folder / "x.pdf"))
    text = words_of((folder / "x.pdf").read_bytes(), tmp_path)
    for words in ("Les clés du four", "Qui peut ouvrir, et qui range", "Cahier d'activités"):
        assert words in text
    if name == "booklet":
        for words in ("Décider n'est pas voter", "gouvernance", "Avant-propos", "Épilogue"):
            assert words in text


@needs_poppler
def test_each_easel_begins_on_the_front_of_a_sheet_however_long_the_one_before_is(tmp_path: Path) -> None:
    long = fiche("Long", 1, f"<p>{'mot ' * 3000}</p>")
    data = easel.make(kit_with(long, fiche("Suivante", 2)), wanted(".pdf", paper="a4"))
    pages = words_of(data, tmp_path).split("\f")
    fronts = [n for n, page in enumerate(pages, 1) if "Un kit" in page]
    assert len(fronts) == 2
    assert all(n % 2 for n in fronts)


def test_a_part_of_a_kit_keeps_its_colours_and_numbers() -> None:
    whole = numbered(
        replace(
            kit_with(fiche("A")), chapters=(Chapter("1 - Poser", (fiche("A"),)), Chapter("2 - Faire", (fiche("B", 2),)))
        )
    )
    html = easel.make(narrowed(whole, ["2"]), wanted()).decode()
    assert "#2" in html
    assert 'class="front tone1"' in html


def test_a_draft_with_nothing_in_it_is_still_a_spread() -> None:
    import pikepdf

    kit = kit_with(fiche("A", tools=()), fiche("B", 2, tools=()))
    made = [booklet.make(kit, wanted(".pdf", draft=draft)) for draft in (False, True)]
    plain, draft = (len(pikepdf.open(io.BytesIO(one)).pages) for one in made)
    assert plain == draft


def test_days_are_written_as_french_does() -> None:
    assert shown_day(datetime(2026, 11, 1, tzinfo=UTC), "fr") == "1er novembre 2026"
    assert shown_day(datetime(2026, 11, 21, tzinfo=UTC), "fr") == "21 novembre 2026"


# -- the path -------------------------------------------------------------------------------------

ENDS = (Answer("oui"),)


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ((), "no question"),
        ((Question("a", "?"),), "dead end"),
        ((Question("a", "?", answers=(Answer("x", "b"),)),), "“b”"),
        ((Question("a", "?", answers=ENDS), Question("b", "?", answers=ENDS)), "nobody comes"),
        ((Question("a", "?", answers=(Answer("x", "a"),)),), "circle"),
        ((Question("a", "?", answers=ENDS, pages=("Pian",)),), "Pain"),
        ((Question("a", "?", answers=ENDS), Question("a", "?", answers=ENDS)), "twice"),
    ],
)
def test_what_is_wrong_with_a_path_is_said(questions: tuple[Question, ...], words: str) -> None:
    said = " ".join(render(one, "en") for one in path_problems(Questions("t", questions), ["Pain"]))
    assert words in said


def test_a_path_that_comes_back_and_ends_is_right() -> None:
    path = Questions(
        "t",
        (Question("a", "?", answers=(Answer("x", "b"), Answer("y"))), Question("b", "?", answers=(Answer("x", "a"),))),
    )
    assert list(path_problems(path, [])) == []


def test_pages_may_say_where_their_answers_lead() -> None:
    a, b = fiche("A", leads=(("oui", "B"), ("non", ""))), fiche("B", 2, leads=(("oui", "A"), ("fini", "")))
    path = path_of_kit(kit_with(a, b))
    assert [[one.to for one in question.answers] for question in path.questions] == [["B", "B"], ["A", ""]]
    assert list(path_problems(path, ["A", "B"])) == []
    lost = path_of_kit(kit_with(fiche("A", leads=(("oui", "Rien"),))))
    assert "Rien" in " ".join(render(one, "en") for one in path_problems(lost, ["A"]))


def in_chromium(page: str, script: str, tmp_path: Path, *, width: int = 360) -> str:
    """What a script leaves as the page's title, in a browser without network."""
    file = tmp_path / "page.html"
    file.write_text(page.replace("</body>", f"<script>{script}</script></body>"), "utf-8")
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--window-size={width},740",
        "--virtual-time-budget=20000",
        f"--user-data-dir={tmp_path / 'chromium'}",
        "--dump-dom",
        file.as_uri(),
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    return etree.HTML(shown).findtext(".//title") or ""


@pytest.mark.apart("Chromium")
@needs_chromium
@pytest.mark.parametrize("name", ["path", "news", "booklet", "easel", "cards"])
def test_pages_for_a_browser_are_accessible_and_fit_a_phone(tmp_path: Path, capitalise: Cli, name: str) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    out = place.folder / "x.html"
    more = ["--since", "2020-01-01"] if name == "news" else []
    made(capitalise, place.folder, name, "-o", str(out), *more)
    axe = Path(importlib.util.find_spec("axe_core_python").submodule_search_locations[0]) / "axe.min.js"  # type: ignore[union-attr,index]
    script = axe.read_text("utf-8") + (
        ";axe.run().then((r) => { document.title = JSON.stringify({bad: r.violations.map((v) => v.id + ' ' + v.nodes[0].html.slice(0, 80)),"
        " wide: document.documentElement.scrollWidth, there: innerWidth}); });"
    )
    found = json.loads(in_chromium(out.read_text("utf-8"), script, tmp_path))
    assert found["bad"] == []
    if name in ("path", "news", "booklet"):  # the others are as wide as their paper
        assert found["wide"] <= found["there"]


@pytest.mark.apart("Chromium")
@needs_chromium
def test_a_group_goes_along_the_path_and_finds_its_answers_again(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    out = place.folder / "x.html"
    made(capitalise, place.folder, "path", "-o", str(out))
    script = """
    const seen = () => [...document.querySelectorAll("main section")].filter((one) => !one.hidden).map((one) => one.id);
    const steps = [seen()];
    document.querySelector("#q1 textarea").value = "<b>nos mots</b>";
    document.querySelector("#q1 textarea").dispatchEvent(new Event("input"));
    document.querySelectorAll("#q1 .answers a")[1].click();
    setTimeout(() => {
      steps.push(seen(), document.activeElement.id);
      location.hash = "end";
      setTimeout(() => { steps.push(document.getElementById("said").innerHTML); document.title = JSON.stringify(steps); }, 100);
    }, 100);"""
    first, second, focus, said = json.loads(in_chromium(out.read_text("utf-8"), script, tmp_path))
    assert (first, second, focus) == (["q1"], ["q2"], "q2")
    assert "Nous voulons y travailler" in said
    assert "&lt;b&gt;nos mots&lt;/b&gt;" in said


# -- commands -------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, capitalise: Cli) -> FolderPlace:
    return FolderPlace(tmp_path / "kit", capitalise)


NAMES = {
    "booklet": "kit-livret.pdf",
    "easel": "kit-chevalet.pdf",
    "cards": "kit-cartes.pdf",
    "path": "kit-parcours.html",
    "epub": "kit.epub",
    "ods": "kit.ods",
    "xlsx": "kit.xlsx",
    "csv": "kit.csv",
    "json": "kit.json",
    "xml": "kit.xml",
    "news": "kit-nouvelles.html",
}


def test_every_format_has_a_name() -> None:
    assert set(NAMES) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_pages_give_the_same_bytes_twice(place: FolderPlace, capitalise: Cli, name: str) -> None:
    more = ["--since", "2020-01-01"] if name == "news" else []
    file = place.folder / "exports" / NAMES[name]
    twice = []
    for _time in range(2):
        made(capitalise, place.folder, name, *more)
        twice.append(file.read_bytes())
    assert twice[0] == twice[1]
    if name != "xml":
        assert b"{{" not in twice[0] or name in ("xlsx", "ods", "epub", "booklet", "easel", "cards")
        assert b"[[" not in twice[0] or name in ("xlsx", "ods", "epub", "booklet", "easel", "cards", "path")


@needs_poppler
@pytest.mark.parametrize("name", ["booklet", "easel", "cards"])
def test_no_markup_of_the_wiki_is_printed(place: FolderPlace, capitalise: Cli, tmp_path: Path, name: str) -> None:
    made(capitalise, place.folder, name)
    text = words_of((place.folder / "exports" / NAMES[name]).read_bytes(), tmp_path)
    assert "Réguler les usages" in text
    assert not re.search(r"\[\[|\{\{|'''|</?nowiki", text)


def test_a_file_that_somebody_wrote_into_is_not_replaced(place: FolderPlace, capitalise: Cli) -> None:
    made(capitalise, place.folder, "json")
    file = place.folder / "exports" / "kit.json"
    file.write_text(file.read_text("utf-8") + " ", "utf-8")
    before = file.read_bytes()
    assert "kit.json" in capitalise(place.folder, "export", "json", code=2).stderr
    assert file.read_bytes() == before


def test_all_makes_what_the_editions_ask_for(place: FolderPlace, capitalise: Cli) -> None:
    toml = place.folder / "exports" / "kit.toml"
    toml.write_text(
        toml.read_text("utf-8").replace('["booklet", "cards", "easel", "json"]', '["csv", "json"]'), "utf-8"
    )
    (place.folder / "exports" / "ecoles.toml").write_text(
        'bot = "ingredients"\ntitle = "É"\nchapters = ["3"]\nformats = ["csv"]\n', "utf-8"
    )
    made(capitalise, place.folder, "--all")
    assert {p.name for p in (place.folder / "exports").iterdir()} == {
        "kit.toml",
        "ecoles.toml",
        "kit.csv",
        "kit.json",
        "ecoles.csv",
    }
    rows = list(
        csv.reader(io.StringIO((place.folder / "exports" / "ecoles.csv").read_text("utf-8-sig")), delimiter=";")
    )
    assert {row[1] for row in rows[1:]} == {"3 - Poser les règles"}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('formats = ["livre"]', "livre"),
        ('bot = "ingredient"', "ingredients"),
        ("titel = 'x'", "title"),
        ('chapters = ["9"]', "9"),
        ('cover = "couverture.jpg"', "cover_alt"),
        ('cover = "couverture.jpg"\ncover_alt = "un four"', "couverture.jpg"),
        ('cover = "bots/ingredients.toml"\ncover_alt = "un four"', "bots/ingredients.toml"),
        ('cover = "../x.jpg"\ncover_alt = "un four"', "cover"),
        ('path = "rien.toml"', "rien.toml"),
        ('formats = ["news"]', "news"),
        ('shape = "bules"', "bulles"),
        ("depth = 5", "depth"),
        ('fields = ["Exempel"]', "Exemple"),
    ],
)
def test_an_edition_that_is_wrong_is_one_sentence(place: FolderPlace, capitalise: Cli, line: str, word: str) -> None:
    (place.folder / "exports" / "kit.toml").write_text(f"{line}\n", "utf-8")
    name = "path" if "path" in line else "booklet"
    said = capitalise(place.folder, "export", name, "-o", str(place.folder / "x.html"), code=2).stderr
    assert word in said
    assert not (place.folder / "x.html").exists()


def test_what_is_left_out_is_left_out_everywhere(place: FolderPlace, capitalise: Cli) -> None:
    toml = place.folder / "bots" / "ingredients.toml"
    toml.write_text(toml.read_text("utf-8") + '\n[export]\nleave_out = ["Exemple"]\n', "utf-8")
    for name in ("json", "csv", "epub", "booklet"):
        made(capitalise, place.folder, name, "-o", str(place.folder / f"x.{'html' if name == 'booklet' else name}"))
    for name in ("x.json", "x.csv", "x.html"):
        assert "Brindezingue" not in (place.folder / name).read_text("utf-8")


def test_every_field_has_its_column_whatever_it_is_for(tmp_path: Path, capitalise: Cli) -> None:
    folder = write_activities(tmp_path / "kit")
    made(capitalise, folder, "csv")
    header, *rows = csv.reader(io.StringIO((folder / "exports" / "cahier.csv").read_text("utf-8-sig")), delimiter=";")
    assert {"Question", "Contexte", "Jeu", "Thèmes", "Outils", "Chapitre"} <= set(header)
    assert "grille" in {row[header.index("Jeu")] for row in rows}


def test_words_that_stand_in_no_field_are_named(place: FolderPlace, capitalise: Cli) -> None:
    form = place.folder / "wiki" / "Formulaire%3AIngrédient.wiki"
    form.write_text(re.sub(r"\|-\n! Exemple :\n.*\n", "", form.read_text("utf-8")), "utf-8")
    said = capitalise(place.folder, "export", "json", code=3).stderr
    assert "Brindezingue" in said
    assert "Partager la convivialité" in said  # which stands beside the form's call


def test_a_placeholder_is_nothing_yet(place: FolderPlace, capitalise: Cli) -> None:
    made(capitalise, place.folder, "booklet", "-o", str(place.folder / "x.html"))
    assert "plop" not in (place.folder / "x.html").read_text("utf-8")


def test_a_placeholder_and_signs_that_may_not_print_are_named(place: FolderPlace, capitalise: Cli) -> None:
    place.edit("Choisir une licence", "{{Ingrédient|étape=3 - Poser les règles|description=Un chien 🐕 et 你好, déjà}}")
    said = capitalise(place.folder, "export", "booklet", code=3).stderr
    assert "plop" in said
    assert "🐕你好" in said
    assert "é" not in said.partition("🐕")[2]
    said = capitalise(place.folder, "export", "booklet", "--step", "2", code=3).stderr
    assert "plop" not in said  # which is another step's


def test_xml_says_that_it_holds_what_is_left_out(place: FolderPlace, capitalise: Cli) -> None:
    toml = place.folder / "bots" / "ingredients.toml"
    toml.write_text(toml.read_text("utf-8") + '\n[export]\nleave_out = ["Exemple"]\n', "utf-8")
    assert "Exemple" in capitalise(place.folder, "export", "xml", code=3).stderr


def test_answers_show_the_pages_that_they_lead_to(place: FolderPlace, capitalise: Cli) -> None:
    (place.folder / "exports" / "parcours.toml").write_text(
        '[[questions]]\nid = "a"\ntext = "?"\nanswers = [{ text = "oui", pages = ["Choisir une licence"] }]\n', "utf-8"
    )
    toml = place.folder / "exports" / "kit.toml"
    toml.write_text(toml.read_text("utf-8") + 'path = "exports/parcours.toml"\n', "utf-8")
    done = made(capitalise, place.folder, "path")
    page = (place.folder / "exports" / "kit-parcours.html").read_text("utf-8")
    assert "<summary>Choisir une licence</summary>" in page
    assert "Libre, partagée, réciproque" in page
    assert "Décrire les rôles" in done.stderr  # no question leads there


def test_what_cannot_be_made_does_not_keep_the_others_back(place: FolderPlace, capitalise: Cli) -> None:
    toml = place.folder / "exports" / "kit.toml"
    toml.write_text(
        toml.read_text("utf-8").replace('["booklet", "cards", "easel", "json"]', '["csv", "json"]'), "utf-8"
    )
    (place.folder / "exports" / "kit.csv").write_text("des mots d'une personne", "utf-8")
    said = capitalise(place.folder, "export", "--all", code=2).stderr
    assert "kit.csv" in said
    assert (place.folder / "exports" / "kit.json").exists()
    assert (place.folder / "exports" / "kit.csv").read_text("utf-8") == "des mots d'une personne"


def test_a_part_does_not_take_the_whole_ones_place(place: FolderPlace, capitalise: Cli) -> None:
    for more in ([], ["--step", "3"], ["--page", "choisir une licence"]):
        made(capitalise, place.folder, "csv", *more)
    names = {path.name for path in (place.folder / "exports").glob("*.csv")}
    assert names == {"kit.csv", "kit-3.csv", "kit-choisir-une-licence.csv"}


@pytest.mark.parametrize(
    ("more", "word"),
    [(["--step", "9"], "3 - Poser les règles"), (["--page", "Choisir une license"], "Choisir une licence")],
)
def test_a_part_that_is_not_there_is_named_with_those_that_are(
    place: FolderPlace, capitalise: Cli, more: list[str], word: str
) -> None:
    assert word in capitalise(place.folder, "export", "json", *more, code=2).stderr


def test_a_picture_that_is_cut_short_is_none(place: FolderPlace, capitalise: Cli) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((400, 400), 90).save(out, "PNG")
    (place.folder / "c.png").write_bytes(out.getvalue()[:3000])
    (place.folder / "exports" / "kit.toml").write_text('cover = "c.png"\ncover_alt = "un four"\n', "utf-8")
    assert "c.png" in capitalise(place.folder, "export", "booklet", code=2).stderr


def test_where_nothing_can_be_remembered_nothing_is_written(place: FolderPlace, capitalise: Cli) -> None:
    (place.folder / ".capitalise").write_text("a file where the folder would be", "utf-8")
    capitalise(place.folder, "export", "csv", code=None)
    assert not (place.folder / "exports" / "kit.csv").exists()


def test_a_role_that_no_field_has_is_said_with_those_there_are(place: FolderPlace, capitalise: Cli) -> None:
    toml = place.folder / "bots" / "ingredients.toml"
    toml.write_text(toml.read_text("utf-8") + '\n[export]\nquestion = "questoin"\n', "utf-8")
    said = capitalise(place.folder, "export", "json", code=2).stderr
    assert "questoin" in said
    assert "Description" in said


def test_an_empty_kit_is_one_sentence(place: FolderPlace, capitalise: Cli) -> None:
    for path in (place.folder / "wiki").glob("*.wiki"):
        if "{{Ingrédient" in path.read_text("utf-8") and ":" not in path.stem and "%3A" not in path.stem:
            path.unlink()
    assert "ingredients" in capitalise(place.folder, "export", "booklet", code=2).stderr


def test_a_page_that_is_none_of_the_kit_is_one_sentence(place: FolderPlace, capitalise: Cli) -> None:
    capitalise(place.folder, "export", "json", "--page", "Rien", code=2)


def test_a_sheet_holds_words_and_no_formula(place: FolderPlace, capitalise: Cli) -> None:
    place.edit("Choisir une licence", "{{Ingrédient|étape=3 - Poser les règles|description==1+1 '''gras'''}}")
    for name in ("csv", "ods", "xlsx"):
        made(capitalise, place.folder, name)
    text = (place.folder / "exports" / "kit.csv").read_text("utf-8-sig")
    assert "'=1+1 gras" in text
    import openpyxl

    book = openpyxl.load_workbook(place.folder / "exports" / "kit.xlsx")
    (cell,) = [c for row in book.active.iter_rows() for c in row if c.value == "=1+1 gras"]  # type: ignore[union-attr]
    assert cell.data_type == "s"


@pytest.mark.apart("LibreOffice")
@pytest.mark.parametrize("name", ["ods", "xlsx"])
def test_libreoffice_reads_the_sheet_as_it_is(place: FolderPlace, capitalise: Cli, office: Office, name: str) -> None:
    for one in ("csv", name):
        made(capitalise, place.folder, one)
    folder = place.folder / "exports"
    theirs = office.saved(folder / f"kit.{name}", "csv").decode("cp1252")  # LibreOffice's own choice without a screen
    ours = (folder / "kit.csv").read_text("utf-8-sig")
    assert list(csv.reader(io.StringIO(theirs))) == list(csv.reader(io.StringIO(ours), delimiter=";"))


def test_news_name_what_is_new_and_who_wrote_it(place: FolderPlace, capitalise: Cli) -> None:
    out = place.folder / "nouvelles.txt"
    made(capitalise, place.folder, "news", "--since", "2020-01-01", "-o", str(out))
    text = out.read_text("utf-8")
    assert "Nouvelles pages (13)" in text
    assert "* Choisir une licence (3 - Poser les règles)" in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("*")) <= 72
    made(capitalise, place.folder, "news", "--since", "2100-01-01", "-o", str(place.folder / "rien.txt"))
    assert "Rien n'a changé." in (place.folder / "rien.txt").read_text("utf-8")


def test_where_no_pdf_can_be_made_the_page_is_written_and_how_to_print_it_is_said(
    place: FolderPlace, capitalise: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    said = made(capitalise, place.folder, "booklet").stderr
    assert "kit-livret.html" in said
    assert "A5" in said
    assert (place.folder / "exports" / "kit-livret.html").exists()
    assert not (place.folder / "exports" / "kit-livret.pdf").exists()


def test_somebody_who_edits_a_file_is_not_credited_by_a_made_up_name(place: FolderPlace, capitalise: Cli) -> None:
    made(capitalise, place.folder, "json")
    assert json.loads((place.folder / "exports" / "kit.json").read_text("utf-8"))["people"] == []


def test_editions_are_read_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    for name in ("b", "a"):
        (tmp_path / "exports" / f"{name}.toml").write_text('bot = "x"\n', "utf-8")
    assert list(read_editions(tmp_path, ["x"])) == ["a", "b"]
    with pytest.raises(SettingsError):
        read_editions(tmp_path, [])


@pytest.mark.skipif(not shutil.which("epubcheck"), reason="epubcheck is not installed")
def test_the_book_passes_epubcheck(place: FolderPlace, capitalise: Cli) -> None:
    made(capitalise, place.folder, "epub")
    jar = "/usr/share/java/epubcheck.jar"
    done = subprocess.run(
        ["java", "-jar", jar, str(place.folder / "exports" / "kit.epub")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 errors / 0 warnings" in done.stdout


TABLE = """Le tableau du wiki.
{| class="wikitable"
! Ingrédient !! Étape !! Description !! Pour nous
|-
| '''Pain''' || 1 - Pétrir || De la [[farine]], de l'eau || SECRET
|-
| Sel || 2 - Cuire || une pincée ||
|-
| Levain || colspan="3" | à écrire
|}
"""


def test_a_table_of_the_wiki_is_a_kit_too(tmp_path: Path) -> None:
    toml = 'kind = "table"\npage = "Tableau"\nsheet = "t.ods"\n[export]\nchapter = "étape"\nleave_out = ["pour nous"]\n'
    bench = Bench(tmp_path / "kit", bots={"tableau": toml}, pages={"Tableau": TABLE})
    workspace = bench.workspace()
    edition = edition_of(workspace, bot="tableau")
    data = json.loads(exported(workspace, edition, "json").data)
    assert [(one["title"], one["chapters"]) for one in data["pages"]] == [
        ("Pain", ["1 - Pétrir"]),
        ("Sel", ["2 - Cuire"]),
    ]
    assert data["pages"][0]["values"]["Description"] == "De la farine, de l'eau"
    assert exported(workspace, edition, "xml").data.count(b"<page>") == 1
    for name in ("json", "csv"):
        made_ = exported(workspace, edition, name)
        assert b"SECRET" not in made_.data
        assert "Levain" in " ".join(render(one, "fr") for one in made_.notes)
    assert b"Pain" in exported(workspace, edition, "booklet", tmp_path / "x.html").data


# -- a real wiki ----------------------------------------------------------------------------------


@pytest.fixture
def wiki(tmp_path: Path, capitalise: Cli, farm: mediawiki.Farm) -> Iterator[WikiPlace]:
    place = WikiPlace(tmp_path / "kit", capitalise)
    yield place
    place.close()


def asked(farm: mediawiki.Farm, since: int) -> list[str]:
    return [f"{r['action']} {r['modules']}" for r in farm.requests("communs")[since:]]


@pytest.mark.mediawiki
def test_the_wiki_renders_each_page_once_and_people_are_credited(
    wiki: WikiPlace, farm: mediawiki.Farm, capitalise: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    wiki.run()
    title = "Décrire les rôles"
    wiki.type(title, Description="Une phrase '''du robot'''.")
    wiki.run()
    sacha = Person("communs", "Admin")
    sacha.edit(title, wiki.text(title).replace("Une phrase", "Une [[Choisir une licence|belle]] phrase"))
    sacha.close()
    made(capitalise, wiki.folder, "json")
    data = json.loads((wiki.folder / "exports" / "kit.json").read_text("utf-8"))
    (page,) = [one for one in data["pages"] if one["title"] == title]
    assert page["people"] == ["Camille", "Admin"]
    html = next(one["html"] for one in page["shown"] if one["label"] == "Description")
    assert "<b>du robot</b>" in html
    assert re.search(r'href="http://[^"]+Choisir_une_licence"[^>]*>belle</a>', html)
    before = len(farm.requests("communs"))
    made(capitalise, wiki.folder, "json")
    quiet = asked(farm, before)
    assert not [one for one in quiet if one.startswith("parse") or "allusers" in one]
    assert len(quiet) <= 4
    wiki.edit(title, wiki.text(title).replace("belle", "très belle"))
    before = len(farm.requests("communs"))
    made(capitalise, wiki.folder, "json")
    assert len([one for one in asked(farm, before) if one.startswith("parse")]) == 1
    assert len(asked(farm, before)) <= len(quiet) + 3


@pytest.mark.mediawiki
def test_a_page_is_rendered_anew_when_a_template_inside_a_template_changes(
    wiki: WikiPlace, capitalise: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    title = "Décrire les rôles"
    wiki.edit("Modèle:Dedans", "avant")
    wiki.edit("Modèle:Dehors", "un mot, {{Dedans}}")
    wiki.edit(title, wiki.text(title).replace("|description=", "|description={{Dehors}} : "))
    for word in ("avant", "après"):
        wiki.edit("Modèle:Dedans", word)
        made(capitalise, wiki.folder, "json")
        data = json.loads((wiki.folder / "exports" / "kit.json").read_text("utf-8"))
        (page,) = [one for one in data["pages"] if one["title"] == title]
        assert page["values"]["description"].replace("\N{NO-BREAK SPACE}", " ").startswith(f"un mot, {word} :")


@pytest.mark.mediawiki
def test_pages_are_imported_by_another_wiki_and_read_back_equal(
    wiki: WikiPlace, farm: mediawiki.Farm, capitalise: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    made(capitalise, wiki.folder, "xml")
    data = (wiki.folder / "exports" / "kit.xml").read_bytes()
    admin = Person("movilab", "Admin")
    admin.bring(data)
    for title in ("Choisir une licence", "Décrire les rôles", "Modèle:Ingrédient"):
        assert admin.text(title) == wiki.text(title)
    admin.close()


@pytest.mark.mediawiki
def test_a_picture_is_printed_with_its_author_and_what_it_shows_must_be_said(
    wiki: WikiPlace, capitalise: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 30, 30)).save(out, "PNG")
    admin = Person("communs", "Admin")
    answer = admin.http.post(
        admin.api,
        data={"action": "upload", "filename": "Four.png", "token": admin.token, "format": "json", "ignorewarnings": 1},
        files={"file": ("Four.png", out.getvalue())},
        timeout=60,
    ).json()
    assert answer.get("upload", {}).get("result") == "Success", answer
    admin.close()
    title = "Décrire les rôles"
    wiki.edit(
        title,
        wiki.text(title)
        .replace("|exemple=", "|exemple=[[Fichier:Four.png|alt=un four rouge]] ")
        .replace("|description=", "|description=[[Fichier:Four.png|thumb|Le four]] "),
    )
    done = made(capitalise, wiki.folder, "booklet", "-o", str(wiki.folder / "x.html"))
    page = etree.HTML((wiki.folder / "x.html").read_bytes())
    (shown, other) = page.findall(".//figure")
    assert {one.find("img").get("alt") for one in (shown, other)} == {"un four rouge", "Four.png"}
    assert [one.find("img").get("src")[:11] for one in (shown, other)] == ["data:image/"] * 2
    assert "Admin" in (shown.findtext("figcaption") or "")
    assert "Four.png" in done.stderr  # one of them says nothing of what it shows
