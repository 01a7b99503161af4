"""What people wrote in a shared document, in the sheet: what goes where, who proposed what, and that nothing is written over.

The documents of `tests/data/imports` and where each of their paragraphs belongs were written by two who had not seen the code.
"""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pypandoc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.fiches.form import FicheForm, fiche_form
from capitalise.bots.fiches.headings import read_answers, write_answers
from capitalise.bots.fiches.imported import gathered
from capitalise.bots.fiches.placing import (
    Known,
    Place,
    Role,
    Target,
    by_itself,
    heading_words,
    nobody,
    place_pieces,
    settled,
)
from capitalise.errors import SettingsError
from capitalise.forms.definition import read_form
from capitalise.forms.property import read_property
from capitalise.forms.schema import build_schema
from capitalise.forms.template import read_template
from capitalise.notes.pieces import Piece, pieces_of
from capitalise.sheets.bare import bare_document
from capitalise.sheets.pandoc import read_notes
from capitalise.sheets.suggestions import suggestions_in
from capitalise.wikitext.preprocessor import CORE_TAGS
from tests.place import PAGES, SHEET, TITLES, FolderPlace, WikiPlace

Anywhere = FolderPlace | WikiPlace
DATA = Path(__file__).parents[2] / "data" / "imports"
DOCUMENTS = sorted(DATA.glob("*.md"))


class Truth(NamedTuple):
    """Where a person would put a paragraph: `to` is "ingredient", "step", "field", "ingredient+field" or "none"."""

    to: str
    ingredient: str
    field: str
    text: str


def truth_of(path: Path) -> list[Truth]:
    return [Truth(*json.loads(line)) for line in path.with_suffix(".jsonl").read_text("utf-8").splitlines()]


def converted(text: str, kind: str) -> bytes:
    if kind == "md":
        return text.encode()
    command = [pypandoc.get_pandoc_path(), "-f", "gfm-yaml_metadata_block", "-t", kind, "-o", "-"]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def pieces_in(text: str, kind: str = "md") -> list[Piece]:
    return pieces_of(read_notes(converted(text, kind), f"document.{kind}")["blocks"])


@pytest.fixture(scope="module")
def form() -> FicheForm:
    templates = {name: read_template(PAGES[f"Modèle:{name}"]) for name in ("Ingrédient", "Outil")}
    properties = {"Étape": read_property(PAGES["Attribut:Étape"])}
    schema = build_schema("Ingrédient", read_form(PAGES["Formulaire:Ingrédient"]), templates, properties)
    return fiche_form(schema, CORE_TAGS)


def is_right(truth: Truth, place: Place) -> bool:
    same = heading_words(place.ingredient) == heading_words(truth.ingredient)
    if truth.to == "none":
        return place.role in (Role.UNPLACED, Role.IGNORED, Role.ASKED)
    if truth.to == "step":
        return place.role is Role.STEP
    if truth.to == "ingredient":
        return place.role is Role.INGREDIENT and same
    if truth.to == "ingredient+field":
        return place.role is Role.INGREDIENT and same and place.label == truth.field and bool(place.text)
    if not truth.ingredient:
        return place.role is Role.FIELD and place.label == truth.field
    return place.role in (Role.CONTENT, Role.FIELD) and same and place.label == truth.field


class Person:
    """Answers as the truth says, and counts how often."""

    def __init__(self, truth: list[Truth]) -> None:
        self.truth, self.asked = truth, 0

    def __call__(self, place: Place) -> Target:
        self.asked += 1
        said = self.truth[place.piece.number - 1]
        if said.to.startswith("ingredient"):
            return Target(Role.INGREDIENT, said.ingredient)
        return Target(Role.STEP, place.near) if said.to == "step" else Target(Role.IGNORED)


@pytest.mark.parametrize("kind", ["md", "docx", "odt"])
def test_what_a_person_would_place_goes_there(kind: str, form: FicheForm) -> None:
    """A few questions to a document, the rest without; what belongs nowhere is placed nowhere."""
    placed = right = strays = 0
    for path in DOCUMENTS:
        truth = truth_of(path)
        pieces = pieces_in(path.read_text("utf-8"), kind)
        person = Person(truth)
        places, _said = settled(pieces, form, Known(tuple(TITLES)), person)
        assert [heading_words(p.piece.plain) for p in places] == [heading_words(t.text) for t in truth], path.name
        assert person.asked <= 5
        some = [is_right(t, p) for t, p in zip(truth, places, strict=True) if t.to != "none"]
        placed, right = placed + len(some), right + sum(some)
        strays += sum(not is_right(t, p) for t, p in zip(truth, places, strict=True) if t.to == "none")
    assert right / placed >= 0.96
    assert strays <= 8


def test_without_anybody_to_ask_nothing_is_guessed(form: FicheForm) -> None:
    wrong = right = placed = 0
    for path in DOCUMENTS:
        truth = truth_of(path)
        places, _said = settled(pieces_in(path.read_text("utf-8")), form, Known(tuple(TITLES)), by_itself)
        pairs = list(zip(truth, places, strict=True))
        placed += sum(t.to != "none" for t in truth)
        right += sum(is_right(t, p) for t, p in pairs if t.to != "none")
        wrong += sum(
            bool(p.ingredient) and heading_words(p.ingredient) != heading_words(t.ingredient) for t, p in pairs
        )
    assert right / placed >= 0.83
    assert wrong <= 8


def test_a_likely_title_is_asked_about(form: FicheForm) -> None:
    text = "# Définir les rôles\n\nUne page par rôle.\n\n# Choisir une licence\n\nUn contrat.\n"
    pieces, known = pieces_in(text), Known(tuple(TITLES))
    places, _said = settled(pieces, form, known, nobody)
    assert [(p.role, p.ingredient, p.near) for p in places][:2] == [
        (Role.ASKED, "", "Décrire les rôles"),
        (Role.UNPLACED, "", ""),
    ]
    places, said = settled(pieces, form, known, lambda p: Target(Role.INGREDIENT, p.near))
    assert gathered(places, form)["Décrire les rôles"] == {"Description": "Une page par rôle."}
    assert list(said) == ["Définir les rôles"]


def test_a_text_about_other_things_is_placed_nowhere(form: FicheForm) -> None:
    text = "# Journal\n\nNous avons parlé de licence, puis des rôles.\n\n- animer la soirée\n- le bilan : bon\n"
    places = place_pieces(pieces_in(text), form, Known(tuple(TITLES)))
    assert {place.role for place in places} <= {Role.UNPLACED, Role.ASKED}


def test_a_summary_names_ingredients_and_makes_no_second_ones(form: FicheForm) -> None:
    text = "1. Choisir une licence\n2. Animer les rencontres\n\n# Choisir une licence\n\nUn contrat.\n\n# Animer les rencontres\n\nLe jeudi.\n"
    places, _said = settled(pieces_in(text), form, Known(tuple(TITLES)), nobody)
    assert gathered(places, form) == {
        "Choisir une licence": {"Description": "Un contrat."},
        "Animer les rencontres": {"Description": "Le jeudi."},
    }


def test_words_are_written_as_wikitext_and_read_as_typed(form: FicheForm) -> None:
    text = "# Choisir une licence\n\nDes [[crochets]], {{accolades}}, **gras**, [un guide](https://exemple.org/a?b=1).\n\nOutils :\n\n- [Pad](https://exemple.org/p), pour écrire\n"
    places, _said = settled(pieces_in(text), form, Known(tuple(TITLES)), nobody)
    (cells,) = gathered(places, form).values()
    assert "[[" not in cells["Description"] and "{{" not in cells["Description"]
    assert "'''gras'''" in cells["Description"] and "[https://exemple.org/a?b=1 un guide]" in cells["Description"]
    assert cells["Outils"] == "Pad | https://exemple.org/p | pour écrire"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("[Exemple](https://exemple.org/a) : des *mots*", {"Exemple": "des ''mots''"}),
        ("Exemple : nous ne ~~jamais~~ publions", {"Exemple": "nous ne <s>jamais</s> publions"}),
        ("Exemple : voir https://exemple.org/a : oui", {"Exemple": "voir https://exemple.org/a : oui"}),
        ("Étape suivante : appeler la mairie", {"Description": "Étape suivante : appeler la mairie"}),
        ("E : une phrase d'Élise", {"Description": "E : une phrase d'Élise"}),
        (
            "Outils :\n\n| nom | lien |\n|---|---|\n| Pad | [ici](https://exemple.org/p) |",
            {"Outils": "Pad | https://exemple.org/p | ici"},
        ),
        ("<!-- caché -->\n\nvisible", {"Description": "visible"}),
    ],
)
def test_no_word_is_lost_or_turned_round(text: str, cells: dict[str, str], form: FicheForm) -> None:
    bare, _left_out = bare_document(f"# Choisir une licence\n\n{text}\n".encode(), "a.md")
    pieces = pieces_of(read_notes(bare, "a.md")["blocks"])
    places, _said = settled(pieces, form, Known(tuple(TITLES)), nobody)
    assert gathered(places, form) == {"Choisir une licence": cells}


def test_what_a_page_hides_is_left_out_and_counted() -> None:
    page = "<title>T</title><p style='display: none'>SECRET</p><p hidden>SECRET</p><p>vu</p><script>SECRET</script>"
    bare, left_out = bare_document(page.encode(), "a.html")
    assert [p.plain for p in pieces_of(read_notes(bare, "a.html")["blocks"])] == ["vu"]
    assert [message.count for message in left_out] == [2]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<h1>Règle</h1><p>forêt d’été</p>".encode(), ["Règle", "forêt d’été"]),
        ("<meta charset='iso-8859-1'><p>forêt</p>".encode("latin-1"), ["forêt"]),
        ("\ufeff<!-- c --><p>forêt</p>fin".encode(), ["forêt", "fin"]),
        (b" \n", []),
        (b"<!-- rien -->", []),
    ],
)
def test_a_page_is_read_in_its_own_encoding(page: bytes, words: list[str]) -> None:
    bare, _left_out = bare_document(page, "a.html")
    assert [p.plain for p in pieces_of(read_notes(bare, "a.html")["blocks"])] == words


def test_a_table_in_a_list_of_an_odt_is_read_once() -> None:
    text = "- un\n\n    | a | b |\n    |---|---|\n    | c | d |\n"
    assert [p.plain for p in pieces_in(text, "odt")] == ["un", "a | b", "c | d"]


# -- who proposed what ----------------------------------------------------------------------------


def with_part(data: bytes, part: str, *changes: tuple[str, str], more: tuple[tuple[str, str], ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name).decode("utf-8") if name == part else before.read(name)
            for old, new in changes if isinstance(content, str) else ():
                assert old in content, old
                content = content.replace(old, new, 1)
            if name not in dict(more):
                after.writestr(name, content)
        for name, text in more:
            after.writestr(name, text)
    return out.getvalue()


TEXT = "# Choisir une licence\n\nUn contrat MOT1 entre MOT2 inconnus MOT3.\n"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WHO = 'w:id="1" w:author="Odalie Brin" w:date="2026-11-03T10:00:00Z"'


def tracked_docx() -> bytes:
    run = "</w:t></w:r>{}<w:r><w:t xml:space='preserve'>"
    return with_part(
        converted(TEXT, "docx"),
        "word/document.xml",
        ("MOT1", run.format(f"<w:ins {WHO}><w:r><w:t>court</w:t></w:r></w:ins>")),
        ("MOT2", run.format(f"<w:del {WHO}><w:r><w:delText>des</w:delText></w:r></w:del>")),
        (
            "MOT3",
            run.format(
                '<w:r><w:rPr><w:color w:val="FF0000"/></w:rPr><w:t>vraiment</w:t></w:r>'
                '<w:r><w:rPr><w:vanish/></w:rPr><w:t>CACHÉ</w:t></w:r><w:r><w:commentReference w:id="7"/></w:r>'
            ),
        ),
        more=(
            (
                "word/comments.xml",
                f'<w:comments xmlns:w="{W}"><w:comment w:id="7" w:author="Tancelin Orme" w:date="2026-11-04T09:00:00Z">'
                "<w:p><w:r><w:t>à relire</w:t></w:r></w:p></w:comment></w:comments>",
            ),
        ),
    )


def tracked_odt() -> bytes:
    who = "<office:change-info><dc:creator>Odalie Brin</dc:creator><dc:date>2026-11-03T10:00:00</dc:date></office:change-info>"
    changes = (
        f'<text:tracked-changes><text:changed-region text:id="c1"><text:insertion>{who}</text:insertion></text:changed-region>'
        f'<text:changed-region text:id="c2"><text:deletion>{who}<text:p>des</text:p></text:deletion></text:changed-region>'
        "</text:tracked-changes>"
    )
    note = "<office:annotation><dc:creator>Tancelin Orme</dc:creator><dc:date>2026-11-04T09:00:00</dc:date><text:p>à relire</text:p></office:annotation>"
    style = (
        '<style:style style:name="Rouge" style:family="text"><style:text-properties fo:color="#ff0000"/></style:style>'
    )
    data = converted(TEXT, "odt")
    return with_part(
        data,
        "content.xml",
        ("<office:text>", f"<office:text>{changes}"),
        ("</office:automatic-styles>", f"{style}</office:automatic-styles>"),
        ("MOT1", '<text:change-start text:change-id="c1"/>court<text:change-end text:change-id="c1"/>'),
        ("MOT2", '<text:change text:change-id="c2"/>'),
        ("MOT3", f'<text:span text:style-name="Rouge">vraiment</text:span>{note}'),
    )


@pytest.mark.parametrize(("kind", "made"), [("docx", tracked_docx), ("odt", tracked_odt)])
def test_who_added_what_is_told_beside_its_field(
    kind: str, made: Callable[[], bytes], place: Anywhere, tmp_path: Path
) -> None:
    data = made()
    found = {one.kind: (one.words.strip(), one.author, one.date) for one in suggestions_in(data, f"d.{kind}")}
    assert found == {
        "added": ("court", "Odalie Brin", "2026-11-03"),
        "deleted": ("des", "Odalie Brin", "2026-11-03"),
        "colour": ("vraiment", "", ""),
        "comment": ("à relire", "Tancelin Orme", "2026-11-04"),
    }
    (tmp_path / f"d.{kind}").write_bytes(data)
    done = imported(place, tmp_path / f"d.{kind}", "--dry-run", code=3)
    told = [one for one in done["findings"] if one["rule"] == "import-suggestion"]
    assert {(one["title"], one["field"]) for one in told} == {("Choisir une licence", "Description")}
    assert all(any(who in one["message"] for one in told) for who in ("Odalie Brin", "Tancelin Orme", "2026-11-03"))
    assert "CACHÉ" not in json.dumps(done, ensure_ascii=False)
    place.type("Choisir une licence", Description="")
    imported(place, tmp_path / f"d.{kind}", "--yes", code=3)
    assert place.row("Choisir une licence")["Description"] == "Un contrat court entre des inconnus vraiment."


# -- typed as commands ----------------------------------------------------------------------------

DOCUMENT = """# Parcours

## Choisir une licence

Description : Un contrat avec des inconnus.

Exemple : la grainothèque.

## Reguler les usages

Trois règles au mur.

## Passer le relais

Description : prévenir trois mois avant.

## Choisir une licence

Merci à tout le monde.
"""


def imported(place: Anywhere, document: Path, *more: str, code: int | None = 0) -> Any:
    words = ("import", str(document), "--bot", "ingredients", "--json")
    return json.loads(place.cli(place.folder, *words, *more, code=code).stdout)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "parcours.md"
    path.write_text(DOCUMENT, "utf-8")
    return path


def test_empty_cells_are_filled_the_others_are_asked_about_and_twice_changes_nothing(
    place: Anywhere, document: Path
) -> None:
    place.type("Choisir une licence", Exemple="")
    before = place.row("Choisir une licence")
    done = imported(place, document, "--yes", code=3)
    row = place.row("Choisir une licence")
    assert row["Description"] == before["Description"] != "Un contrat avec des inconnus."
    assert row["Exemple"] == "la grainothèque."
    assert place.row("Passer le relais")["Description"] == "prévenir trois mois avant."
    differs = [f for f in done["findings"] if f["rule"] == "import-difference"]
    assert ("Choisir une licence", "Description") in {(f["title"], f["field"]) for f in differs}
    sheet = (place.folder / SHEET).read_bytes()
    again = imported(place, document, "--yes", code=3)
    assert again["changes"] == [] and (place.folder / SHEET).read_bytes() == sheet


ONE = "## Choisir une licence\n\nDescription : Un contrat avec des inconnus.\n"


@pytest.fixture
def one(tmp_path: Path) -> Path:
    path = tmp_path / "une.md"
    path.write_text(ONE, "utf-8")
    return path


def _question(place: Anywhere) -> str:
    return place.row("Choisir une licence")["à décider"].replace("\u00a0", " ")


def test_a_difference_is_a_question_in_the_sheet_and_its_answer_counts(place: Anywhere, one: Path) -> None:
    before = place.row("Choisir une licence")["Description"]
    imported(place, one, "--yes", code=3)
    assert _question(place) == "Description : feuille ou document ?"
    place.run(code=None)  # the bot leaves what is not its question
    place.run(code=None)
    assert _question(place) == "Description : feuille ou document ?"
    place.type("Choisir une licence", **{"à décider": "Description : feuille ou document ? feuille"})
    done = imported(place, one, "--yes", code=None)
    assert place.row("Choisir une licence")["Description"] == before
    assert _question(place) == ""
    assert "import-difference" not in {f["rule"] for f in done["findings"]}
    assert imported(place, one, "--yes", code=None)["changes"] == []


@pytest.mark.parametrize(
    "answer", ["Description : document", "Description : feuille ou document ?\nDocument.", "document"]
)
def test_the_documents_text_is_taken_where_somebody_wrote_so(place: Anywhere, one: Path, answer: str) -> None:
    imported(place, one, "--yes", code=3)
    place.type("Choisir une licence", **{"à décider": answer})
    imported(place, one, "--yes", code=None)
    assert place.row("Choisir une licence")["Description"] == "Un contrat avec des inconnus."
    assert _question(place) == ""


def test_an_imports_word_answers_no_question_of_the_bot(place: Anywhere) -> None:
    place.run(code=None)
    place.type("Choisir une licence", Description="de la feuille")
    text = place.text("Choisir une licence")
    place.edit("Choisir une licence", text.replace("|description=", "|description=Du wiki, "))
    place.run(code=None)
    place.type("Choisir une licence", **{"à décider": "document"})
    done = json.loads(place.cli(place.folder, "plan", "ingredients", "--json", code=None).stdout)
    assert "decision-not-understood" in {one["rule"] for one in done["findings"]}
    place.run(code=None)
    assert place.row("Choisir une licence")["Description"] == "de la feuille"
    assert "Du wiki" in place.text("Choisir une licence")


def test_an_answer_counts_for_no_text_that_never_stood_in_the_sheet(place: Anywhere, one: Path) -> None:
    before = place.row("Choisir une licence")["Description"]
    imported(place, one, "--yes", code=3)
    place.type("Choisir une licence", **{"à décider": "Description : document"})
    one.write_text(ONE.replace("des inconnus", "le voisinage"), "utf-8")
    lock = place.folder / f".~lock.{SHEET}#"
    lock.touch()  # the sheet is open: the new question cannot be written
    place.cli(place.folder, "import", str(one), "--bot", "ingredients", "--yes", code=None)
    lock.unlink()
    imported(place, one, "--yes", code=3)
    assert place.row("Choisir une licence")["Description"] == before


def test_a_question_that_stood_there_before_the_words_changed_takes_nothing(place: Anywhere, one: Path) -> None:
    before = place.row("Choisir une licence")["Description"]
    imported(place, one, "--yes", code=3)
    more = ONE.replace("des inconnus", "le voisinage") + "\n## Décrire les rôles\n\nDescription : autre chose.\n"
    one.write_text(more, "utf-8")
    imported(place, one, "--yes", code=3)  # another row is asked about: this one still shows the old text
    place.type("Choisir une licence", **{"à décider": "Description : document"})
    imported(place, one, "--yes", code=3)
    assert place.row("Choisir une licence")["Description"] == before


def test_an_answer_about_other_words_takes_nothing(place: Anywhere, one: Path) -> None:
    before = place.row("Choisir une licence")["Description"]
    imported(place, one, "--yes", code=3)
    place.type(
        "Choisir une licence", **{"à décider": "Description : document ; Description : feuille ou document ? feuille"}
    )
    imported(place, one, "--yes", code=3)
    assert place.row("Choisir une licence")["Description"] == before
    place.type("Choisir une licence", **{"à décider": "Description : document ; voir avec Zoé"})
    one.write_text(ONE.replace("des inconnus", "le voisinage"), "utf-8")
    imported(place, one, "--yes", code=3)
    assert place.row("Choisir une licence")["Description"] == before
    assert _question(place) == "voir avec Zoé ; Description : feuille ou document ?"


def test_from_the_document_to_the_wiki_and_back_field_by_field(place: Anywhere, document: Path) -> None:
    imported(place, document, "--yes", code=3)
    place.run(code=None)
    page = place.text("Passer le relais")
    assert "prévenir trois mois avant." in page
    place.edit("Passer le relais", page.replace("trois mois", "six mois"))
    place.run(code=None)
    document.write_text(
        DOCUMENT.replace("trois mois avant.", "trois mois avant.\n\nExemple : la clé du four."), "utf-8"
    )
    imported(place, document, "--yes", code=3)
    row = place.row("Passer le relais")
    assert (row["Description"], row["Exemple"]) == ("prévenir six mois avant.", "la clé du four.")


def test_every_paragraph_is_accounted_for(place: Anywhere, document: Path, tmp_path: Path) -> None:
    told = imported(place, document, "--explain", code=3)
    assert [one["number"] for one in told] == list(range(1, len(told) + 1))
    assert [one["role"] for one in told if "Merci" in one["text"]] != []
    assert {one["role"] for one in told} >= {"ingredient", "field", "asked", "unplaced"}
    page = tmp_path / "ou.html"
    words = ("import", str(document), "--bot", "ingredients", "--html", str(page))
    place.cli(place.folder, *words, code=3)
    assert "Trois règles au mur." in page.read_text("utf-8")


def test_words_without_a_place_and_rows_that_are_two_are_said(place: Anywhere, document: Path) -> None:
    rows = [row[:4] + row[5:] for row in place.rows()]
    assert place.rows()[0][4] == "Exemple"
    place.save(
        [*rows, ["Passer le relais", *[""] * (len(rows[0]) - 1)], ["passer le relais", *[""] * (len(rows[0]) - 1)]]
    )
    done = imported(place, document, "--yes", code=3)
    told = {(f["rule"], f["title"]) for f in done["findings"]}
    assert ("import-no-column", "Choisir une licence") in told
    document.write_text("# Passer le relais\n\nDescription : un.\n\n# passer le relais\n\nExemple : deux.\n", "utf-8")
    place.save(
        [*rows, ["Passer le relais", *[""] * (len(rows[0]) - 1)], ["Passer le relais", *[""] * (len(rows[0]) - 1)]]
    )
    done = imported(place, document, "--yes", code=3)
    assert ("import-two-rows", "Passer le relais") in {(f["rule"], f["title"]) for f in done["findings"]}
    assert done["changes"] == []


def test_what_was_said_of_a_heading_is_asked_once(place: Anywhere, document: Path) -> None:
    (place.folder / "imports").mkdir()
    (place.folder / "imports" / "ingredients.toml").write_text(
        '# à nous\n[headings]\n"Reguler les usages" = "ingrédient: Réguler les usages et définir les accès (titre du document)"\n'
        '"parcours" = "ignorer"\n',
        "utf-8",
    )
    told = imported(place, document, "--explain", code=3)
    assert [one["ingredient"] for one in told if one["text"] == "Reguler les usages"] == [
        "Réguler les usages et définir les accès"
    ]
    imported(place, document, "--yes", code=3)
    assert any(
        row[0] == "Reguler les usages" for row in place.rows()
    )  # the title that people took; the run moves the page
    place.run(code=None)
    assert place.text("Reguler les usages") and (place.text("Réguler les usages et définir les accès")).startswith("#")
    again = imported(place, document, "--yes", code=3)  # the page has that title by now: it is no other one
    assert again["changes"] == []
    assert (place.folder / "imports" / "ingredients.toml").read_text("utf-8").startswith("# à nous")


def test_answers_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "imports" / "kit.toml"
    said = {
        "Réguler les accès": Target(Role.INGREDIENT, "Réguler", "Réguler les accès"),
        "sommaire": Target(Role.IGNORED),
        "mode d emploi": Target(Role.FIELD, "Outils"),
    }
    write_answers(path, said, {"a b"}, {"Réguler : Description": "c d"})
    answers = read_answers(path)
    assert answers.asked == {"Réguler : Description": "c d"}
    assert answers.headings == {heading_words(name): target for name, target in said.items()}
    assert answers.kept == {"a b"}
    path.write_text('[headings]\n"x" = "quoi: y"\n', "utf-8")
    with pytest.raises(SettingsError):
        read_answers(path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("rien.docx", b"PK\x03\x04 rien"),
        ("rien.odt", b"pas un zip"),
        ("photo.md", b"\0\1\2"),
        ("enorme.md", b"x" * 6_000_000),
        ("feuille.pdf", b"%PDF"),
        ("absent.md", None),
        ("vide.md", b"\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    name: str, data: bytes | None, place: FolderPlace, tmp_path: Path
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    words = ("import", str(tmp_path / name), "--bot", "ingredients", "--yes")
    done = place.cli(place.folder, *words, code=None)
    assert done.returncode in (1, 2) and done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1 and name in done.stderr


def test_a_bomb_is_no_document(place: FolderPlace, tmp_path: Path) -> None:
    path = tmp_path / "bombe.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:document>" + " " * 300_000_000)
    done = place.cli(place.folder, "import", str(path), "--bot", "ingredients", "--yes", code=None)
    assert done.returncode in (1, 2) and len(done.stderr.strip().splitlines()) == 1


@given(st.lists(st.sampled_from(["Description : feuille ou document ?", "Description : document", "Exemple : feuille ou wiki ?", "voir Zoé",
                                 "Outils : wiki", "document", "Description", "\n", " ; "])))  # fmt: skip
def test_questions_of_an_import_take_nothing_else_away(pieces: list[str]) -> None:
    from capitalise.plans.decisions import write_document_questions

    cell = " ; ".join(pieces)
    labels = ("Description", "Exemple", "Outils")
    made = write_document_questions(cell, labels, ["Description"], ["Description"])
    for words in ("voir Zoé", "Exemple : feuille ou wiki ?", "Outils : wiki"):
        assert made.count(words) == cell.count(words)
    assert made.replace("\u00a0", " ").count("Description : feuille ou document ?") == 1
    assert write_document_questions(made, labels, ["Description"], ["Description"]) == made
