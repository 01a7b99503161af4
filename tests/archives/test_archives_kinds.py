"""Archives: the kinds of pages and folders with which readers who meant harm lost words. Small pages, written for one kind each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from capitalise.archives.files import FolderFiles
from capitalise.archives.history import authors_in
from capitalise.archives.page import read_saved, words_of
from capitalise.archives.shown import read_shown
from capitalise.archives.wikitext import to_wikitext
from capitalise.bots.fiches.rescued import RescuedRow, merged_rows, read_fiches
from capitalise.bots.fiches.rescued_labels import label_of_form
from capitalise.wikis.archive import ArchiveWiki
from tests.archives.test_archives import FORM, saved


def whole(body: str) -> str:
    page = saved(body)
    return to_wikitext([(page.content, page.notes)])[0]


def rows_of(body: str) -> dict[str, dict[str, str]]:
    (read,) = read_fiches([saved(body)], FORM, frozenset())
    return {row.title: {name: text for name, text in row.cells.items() if text} for row in read.rows}


HEADS = "<tr><th>Titre</th><th>Étape</th><th>Description</th><th>Exemple</th></tr>"
A_STEP = "2 - Réunir une communauté"


def test_a_value_over_several_columns_shifts_nothing() -> None:
    rows = rows_of(
        f"<table>{HEADS}<tr><td>Semer</td><td>{A_STEP}</td><td colspan='2'>dire quand</td></tr>"
        f"<tr><td>Récolter</td><td>{A_STEP}</td><td>dire où</td><td>au verger</td></tr></table>"
    )
    assert rows["Semer"] == {"étape": A_STEP, "description": "dire quand"}
    assert rows["Récolter"] == {"étape": A_STEP, "description": "dire où", "exemple": "au verger"}


def test_a_heading_over_two_columns_names_both() -> None:
    heads = "<tr><th>Titre</th><th colspan='2'>Description</th><th>Exemple</th></tr>"
    rows = rows_of(f"<table>{heads}<tr><td>Semer</td><td>un</td><td>deux</td><td>au verger</td></tr></table>")
    assert rows["Semer"]["exemple"] == "au verger"
    assert rows["Semer"]["description"].split() == ["un", "deux"]


def test_a_row_short_of_cells_keeps_every_word() -> None:
    body = (
        "<table><tr><td rowspan='3'>Lundi</td><td>un</td><td><a href='../wiki/Fichier:A.png' class='image'><img src='x' alt=''></a></td></tr>"
        "<tr><td>deux</td></tr><tr><td>trois</td><td>quatre</td></tr></table>"
    )
    text = whole(body)
    for word in ("Lundi", "un", "deux", "trois", "quatre", "Fichier:A.png"):
        assert word in text


@pytest.mark.parametrize(
    ("one", "other"), [("1. Semer", "2. Semer"), ("Marché", "Marche"), ("C++", "C"), ("Étape 1", "Étape 2")]
)
def test_titles_that_differ_are_two_ingredients(one: str, other: str) -> None:
    found, _left = merged_rows(
        [RescuedRow(one, one, own=True, cells={}), RescuedRow(other, "Liste", own=False, cells={})], FORM
    )
    assert [row.title for row in found] == [one, other]


@pytest.mark.parametrize("other", ["SEMER", "Semer :", "semer"])
def test_one_title_spelt_twice_is_one_ingredient(other: str) -> None:
    rows = [RescuedRow("Semer", "Semer", own=True, cells={}), RescuedRow(other, "Liste", own=False, cells={})]
    assert [row.title for row in merged_rows(rows, FORM)[0]] == ["Semer"]


def test_a_footnotes_mark_is_no_part_of_a_value_to_pick() -> None:
    mark = '<sup class="reference" id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup>'
    notes = '<ol class="references"><li id="cite_note-1"><span class="reference-text">noté ailleurs</span></li></ol>'
    body = f"<table><tr><th>Étape</th><td>{A_STEP}{mark}</td></tr><tr><th>Description</th><td>mots</td></tr></table>{notes}"
    (read,) = read_fiches([saved(body)], FORM, frozenset())
    assert read.rows[0].cells["étape"] == A_STEP
    assert "noté ailleurs" in " ".join(one.text for one in read.left)


@pytest.mark.parametrize(
    "body",
    [
        '<p>avant <span id="file">le fichier</span> après</p>',
        '<p>avant <span class="tocnumber">12</span> après</p>',
        '<div class="mw-indicators"><p>brouillon</p></div><p>après</p>',
        '<div class="magnify">agrandi</div><p>après</p>',
        '<p>dans <span id="catlinks">la liste</span></p>',
    ],
)
def test_what_people_name_like_the_wikis_own_parts_stays(body: str) -> None:
    text = whole(body)
    for word in words_of(saved(f"<div>{body}</div>").content):
        assert word in text


def page(place: Path, title: str, inside: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f'<html><body><h1 id="firstHeading">{title}</h1>{inside}</body></html>', "utf-8")


def test_a_page_in_a_folder_of_its_own_is_read_and_a_strange_name_is_told(tmp_path: Path) -> None:
    words = '<div id="mw-content-text"><p>mots</p></div>'
    page(tmp_path / "wiki" / "Alpha" / "index.html", "Alpha", words)
    page(tmp_path / "wiki" / "Crochet[1].html", "Crochet[1]", words)
    page(tmp_path / "index.html", "Accueil", words)
    wiki = ArchiveWiki("x", FolderFiles(tmp_path))
    assert dict(wiki.texts(wiki.titles())) == {"Alpha": "mots"}
    assert list(wiki.unreadable) == ["wiki/Crochet[1].html"]


def test_every_article_of_a_page_is_read() -> None:
    body = "<article><p>premier</p></article><article><p>second</p></article>"
    found = read_saved(f'<html><body><h1 id="firstHeading">T</h1>{body}</body></html>'.encode(), "wiki/T")
    assert found
    assert to_wikitext([(found.content, {})])[0].split() == ["premier", "second"]


def test_a_redirect_with_words_beside_it_is_a_page() -> None:
    message = '<div class="redirectMsg"><p>Rediriger vers :</p><ul class="redirectText"><li><a href="../wiki/B" title="B">B</a></li></ul></div>'
    assert saved(message).redirect == "B"
    assert not saved(f"{message}<p>Voir Léa</p>").redirect


def test_a_file_of_nothing_but_a_comment_is_no_page() -> None:
    assert read_saved(b"<!-- vide -->", "wiki/T") is None
    assert authors_in(b"<!-- vide -->") == []
    assert authors_in(b"") == []


def test_two_values_in_one_cell_stay_apart() -> None:
    content: Any = saved("<table><tr><th>Description</th><td>un<p>deux</p></td></tr></table>").content
    (entry,) = read_shown(content, label_of_form(FORM))
    made = to_wikitext([(some, {}) for _key, values in entry.values for some in values])
    assert " ".join("\n".join(made).split()) in ("un deux", "un; deux")
