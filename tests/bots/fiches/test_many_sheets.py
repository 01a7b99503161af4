"""Several sheets, sheets of editors' own making, and sheets that can only be read."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from capitalise.errors import SheetError
from capitalise.sheets import xlsx
from capitalise.web.published import download_address
from tests.cli.test_setup import typed
from tests.conftest import Cli, Office
from tests.desk import Desk

ROLES, SEE = "Décrire les rôles", "Observer les usages existants"


@pytest.fixture
def desk(tmp_path: Path, capitalise: Cli) -> Desk:
    return Desk(tmp_path / "kit", capitalise)


# -- ODS and XLSX as the sheet ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_the_whole_way_with_an_office_sheet(tmp_path: Path, capitalise: Cli, kind: str) -> None:
    desk = Desk(tmp_path / "kit", capitalise, f"i.{kind}")
    desk.run()
    assert desk.plan()["changes"] == []
    desk.type(ROLES, "Description", "- une liste\n= deux\n\n  trois")
    desk.run()
    assert "|description=- une liste\n= deux\n\n  trois" in desk.page(ROLES)
    assert desk.plan()["changes"] == []


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_pulled_opened_and_saved_in_libreoffice_nothing_changes(
    tmp_path: Path, capitalise: Cli, kind: str, office: Office
) -> None:
    desk = Desk(tmp_path / "kit", capitalise, f"i.{kind}")
    words = "|exemple=- 0012\n\n=1/2  « deux  espaces »\n'''gras''' 12/01/21"
    desk.edit(ROLES, "|exemple=", words)
    desk.run()
    (desk.folder / f"i.{kind}").write_bytes(office.saved(desk.folder / f"i.{kind}"))
    assert desk.plan()["changes"] == []
    desk.type(ROLES, "Description", "après LibreOffice")
    desk.run()
    assert "|description=après LibreOffice" in desk.page(ROLES)
    assert words in desk.page(ROLES)


def test_a_sheet_that_was_renamed_is_named_before_a_new_one_is_made(desk: Desk) -> None:
    desk.run()
    (desk.folder / "ingredients.ods").rename(desk.folder / "kit de Zoé.ods")
    assert "kit de Zoé.ods" in desk.plan()["notes"][0]


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_a_conflict_is_told_beside_the_cell_and_settled_in_the_sheet(
    tmp_path: Path, capitalise: Cli, kind: str
) -> None:
    desk = Desk(tmp_path / "kit", capitalise, f"i.{kind}")
    desk.run()
    desk.type(ROLES, "Description", "de la feuille")
    desk.edit(ROLES, "Un rôle n'est pas une personne .", "Un rôle se prête.")
    desk.run(code=3)
    waiting = desk.row(ROLES)["à décider"]
    assert waiting == "Description\u00a0: feuille ou wiki\u00a0?"
    assert b"Un r" in comments_of(desk.folder / f"i.{kind}")
    desk.type(ROLES, "à décider", waiting + " feuille")
    desk.run()
    assert "|description=de la feuille" in desk.page(ROLES)
    assert desk.row(ROLES)["à décider"] == ""
    assert not comments_of(desk.folder / f"i.{kind}")


def comments_of(path: Path) -> bytes:
    import re
    import zipfile

    with zipfile.ZipFile(path) as archive:
        if path.suffix == ".xlsx":
            return b"".join(archive.read(n) for n in archive.namelist() if "comments" in n and n.endswith(".xml"))
        return b"".join(
            re.findall(rb"<office:annotation.*?</office:annotation>", archive.read("content.xml"), re.DOTALL)
        )


# -- several sheets ---------------------------------------------------------------------------


def test_two_writers_who_agree_make_one_edit(desk: Desk) -> None:
    desk.settings('sheet = ["a.ods", "b.csv"]\n')
    desk.put("a.ods", ("Titre", "Description", "rédacteur"), ("Planter un arbre", "Un trou, un arbre.", "Zoé Inventée"))
    desk.put("b.csv", ("Titre", "Description", "rédacteur"), ("Planter un arbre", "Un trou, un arbre.", "Ali Fictif"))
    done = desk.run(code=3)  # no sheet has the other fields
    page = [c for c in done["changes"] if c["wiki"] and c["title"] == "Planter un arbre"]
    assert len(page) == 1
    assert "depuis la feuille a.ods, b.csv (texte de Zoé Inventée, Ali Fictif)" in page[0]["summary"]
    assert desk.row("Planter un arbre", "a.ods")["revision"] == desk.row("Planter un arbre", "b.csv")["revision"] != ""


def test_two_writers_who_differ_are_asked(desk: Desk) -> None:
    desk.settings('sheet = ["a.ods", "b.csv"]\n')
    desk.put("a.ods", ("Titre", "Description"), (SEE, "a"), ("Planter un arbre", "version a"))
    desk.put("b.csv", ("Titre", "Description"), ("Planter un arbre", "version b"))
    made = desk.run(code=3)
    both = [c for c in made["conflicts"] if c["title"] == "Planter un arbre"]
    assert {(c["ours"], c["theirs"]) for c in both} == {("version a", "version b")}  # one question
    assert not (desk.folder / "wiki" / "Planter un arbre.wiki").exists()
    desk.type("Planter un arbre", "à décider", desk.row("Planter un arbre", "b.csv")["à décider"] + " feuille", "b.csv")
    desk.run(code=3)
    assert "|description=version b" in desk.page("Planter un arbre")
    assert desk.row("Planter un arbre", "a.ods")["Description"] == "version a"


def test_one_writer_changes_and_the_other_sheet_follows(desk: Desk) -> None:
    desk.settings('sheet = ["a.csv", "b.csv"]\n')
    desk.put("b.csv", ("Titre", "Description"), (ROLES, ""))
    desk.run()
    assert desk.row(ROLES, "b.csv")["Description"] != ""
    desk.put("a.csv", ("Titre", "Description"), (ROLES, ""))
    desk.run(code=None)
    desk.type(ROLES, "Description", "neuf", "a.csv")
    desk.run(code=None)
    desk.run(code=None)
    assert desk.row(ROLES, "b.csv")["Description"] == "neuf"
    assert "|description=neuf" in desk.page(ROLES)
    assert desk.plan(code=None)["changes"] == []


def test_a_pattern_and_a_sheet_given_on_the_command_line(desk: Desk) -> None:
    desk.settings('sheet = "feuilles/*.csv"\n')
    assert "feuilles" in desk.cli(desk.folder, "plan", "ingredients", code=2).stderr
    desk.put("feuilles/a.csv", ("Titre", "Description"), ("Un arbre de plus", "a"))
    desk.put("autre.ods", ("Titre", "Description"), ("Une haie de plus", "b"))
    made = desk.plan("--sheet", str(desk.folder / "autre.ods"), code=None)
    assert {c["title"] for c in made["changes"] if c["wiki"] and not c["base"]} == {
        "Un arbre de plus",
        "Une haie de plus",
    }


# -- columns ----------------------------------------------------------------------------------


def test_headings_are_mapped_proposed_and_kept(desk: Desk) -> None:
    desk.put(
        "ingredients.ods", ("Nom", "La description de l'ingrédient", "Contact"), ("Planter un arbre", "un trou", "moi")
    )
    desk.settings('sheet = "ingredients.ods"\n[columns]\n"Nom" = "Titre"\n')
    said = desk.cli(desk.folder, "plan", "ingredients", code=1).stderr
    assert "La description de l'ingrédient" in said
    assert " columns" in said
    assert "La description" in desk.cli(desk.folder, "columns", "ingredients", code=3).stdout
    desk.cli(desk.folder, "columns", "ingredients", "--yes")
    assert '"La description de l\'ingrédient" = "Description"' in (desk.folder / "bots/ingredients.toml").read_text(
        "utf-8"
    )
    desk.run(code=None)
    assert "|description=un trou" in desk.page("Planter un arbre")
    assert desk.row("Planter un arbre")["Contact"] == "moi"
    assert desk.row("Planter un arbre")["revision"]


def test_an_answer_may_name_the_sheets_own_heading(desk: Desk) -> None:
    desk.put("ingredients.ods", ("Titre", "Le texte", "à décider"), (ROLES, "de la feuille", ""))
    desk.settings('sheet = "ingredients.ods"\n[columns]\n"Le texte" = "Description"\n')
    desk.run(code=3)
    desk.type(ROLES, "à décider", "Le texte : feuille")
    desk.run(code=3)
    assert "|description=de la feuille" in desk.page(ROLES)
    desk.type(ROLES, "Le texte", "autre chose")
    desk.edit(ROLES, "|description=de la feuille", "|description=du wiki")
    desk.run(code=3)
    desk.type(ROLES, "à décider", "Le texte : wiki ; Description : feuille")
    assert "Description" in desk.row(ROLES)["à décider"]
    desk.run(code=3)
    assert "|description=du wiki" in desk.page(ROLES)
    assert desk.row(ROLES)["Le texte"] == "autre chose"


def test_a_word_that_is_nothing_yet_is_shown_where_it_would_take_the_place_of_a_text(desk: Desk) -> None:
    desk.run()
    desk.type(ROLES, "Description", "à compléter")
    plan = desk.plan(code=3)
    found = [one for one in plan["findings"] if one["rule"] == "placeholder"]
    assert [(one["title"], one["field"]) for one in found] == [(ROLES, "Description")]
    assert "à compléter" in found[0]["message"]


def test_a_heading_mapped_to_no_field_is_an_error(desk: Desk) -> None:
    desk.put("ingredients.ods", ("Titre", "Texte"), ("Un", "x"))
    desk.settings('sheet = "ingredients.ods"\n[columns]\n"Texte" = "descripsion"\n')
    assert "« descripsion » n'est pas un champ" in desk.cli(desk.folder, "plan", "ingredients", code=2).stderr
    assert "bots/ingredients.toml" in desk.cli(desk.folder, "plan", "ingredients", code=None).stderr


# -- sheets that can only be read -------------------------------------------------------------


@pytest.fixture
def published(tmp_path: Path) -> Iterator[str]:
    """A folder behind a web server, as a published sheet is."""
    (tmp_path / "web").mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "web"))
    handler.log_message = lambda *_arguments: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_published_sheet_fills_empty_fields_only(tmp_path: Path, desk: Desk, published: str) -> None:
    (tmp_path / "web" / "f.csv").write_text(
        f"Titre,Description,Exemple,revision\n{ROLES},autre chose,un exemple en ligne,99\nPlanter un arbre,un trou,,\n",
        "utf-8",
    )
    desk.settings(f'sheet = ["ingredients.ods", "{published}/f.csv"]\n')
    before = desk.page(ROLES)
    done = desk.run(code=3)
    assert [(c["field"], c["ours"]) for c in done["conflicts"]] == [("Description", "autre chose")]
    assert "|exemple=un exemple en ligne" in desk.page(ROLES)
    assert before.split("|exemple")[0] == desk.page(ROLES).split("|exemple")[0]
    assert "|description=un trou" in desk.page("Planter un arbre")


def test_what_a_person_takes_out_again_is_not_filled_from_a_published_sheet(
    tmp_path: Path, desk: Desk, published: str
) -> None:
    (tmp_path / "web" / "f.csv").write_text(f"Titre,Exemple\n{ROLES},un exemple en ligne\n", "utf-8")
    desk.settings(f'sheet = ["ingredients.ods", "{published}/f.csv"]\n')
    desk.run()
    desk.edit(ROLES, "un exemple en ligne", "")
    done = desk.run(code=3)
    assert not [c for c in done["changes"] if c["wiki"]]
    assert "un exemple" not in desk.page(ROLES)
    assert {f["rule"] for f in done["findings"]} <= {"reverted", "emptied-on-wiki"}


def test_a_web_page_is_no_sheet(tmp_path: Path, desk: Desk, published: str) -> None:
    (tmp_path / "web" / "f.html").write_text("<!doctype html><p>Connectez-vous", "utf-8")
    desk.settings(f'sheet = "{published}/f.html"\n')
    assert "partagez-la" in desk.cli(desk.folder, "plan", "ingredients", code=1).stderr
    desk.settings(f'sheet = "{published}/rien.csv"\n')
    assert "HTTP 404" in desk.cli(desk.folder, "plan", "ingredients", code=1).stderr


@pytest.mark.parametrize(
    ("address", "file"),
    [
        (
            "https://docs.google.com/spreadsheets/d/1AbC_d-e/edit?usp=sharing#gid=42",
            "https://docs.google.com/spreadsheets/d/1AbC_d-e/export?format=csv&gid=42",
        ),
        (
            "https://docs.google.com/spreadsheets/d/e/2PACX-1v/pubhtml?gid=7",
            "https://docs.google.com/spreadsheets/d/e/2PACX-1v/pub?output=csv&single=true&gid=7",
        ),
        ("https://lite.framacalc.org/9abc-kit", "https://lite.framacalc.org/9abc-kit.csv"),
        ("https://ethercalc.net/=kit", "https://ethercalc.net/kit.csv"),
        ("https://nuage.example.org/s/AbCdEf123", "https://nuage.example.org/s/AbCdEf123/download"),
        ("https://nuage.example.org/index.php/s/AbC", "https://nuage.example.org/index.php/s/AbC/download"),
        ("https://example.org/kit.ods", "https://example.org/kit.ods"),
    ],
)
def test_the_address_in_the_browser_is_enough(address: str, file: str) -> None:
    assert download_address(address) == file


def test_an_editor_who_goes_back_to_an_older_text_is_asked(tmp_path: Path, desk: Desk, published: str) -> None:
    """A, B, A in the published sheet: the last word there is A, the wiki says B; nothing is silent."""
    sheet = tmp_path / "web" / "f.csv"
    desk.settings(f'sheet = ["ingredients.ods", "{published}/f.csv"]\n')
    for text in ("Texte A", "Texte B", "Texte A"):
        sheet.write_text(f"Titre,Exemple\n{ROLES},{text}\n", "utf-8")
        if text == "Texte B":
            desk.run("--page", ROLES, "--field", "Exemple", "--prefer", "feuille", code=None)
        else:
            done = desk.run(code=None)
    assert [c["ours"] for c in done["conflicts"]] == ["Texte A"]
    assert "Texte B" in desk.page(ROLES)


def test_words_that_a_person_wrote_and_took_out_are_not_written_again(
    tmp_path: Path, desk: Desk, published: str
) -> None:
    (tmp_path / "web" / "f.csv").write_text(f"Titre,Exemple\n{ROLES},mot pour mot\n", "utf-8")
    desk.edit(ROLES, "|exemple=", "|exemple=mot pour mot")
    desk.settings(f'sheet = ["ingredients.ods", "{published}/f.csv"]\n')
    desk.run()
    desk.edit(ROLES, "|exemple=mot pour mot", "|exemple=")
    done = desk.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["emptied-on-wiki"]
    assert "mot pour mot" not in desk.page(ROLES)


def test_a_field_named_like_a_column_of_the_tool_is_told_apart(desk: Desk) -> None:
    form = desk.folder / "wiki" / "Formulaire%3AIngrédient.wiki"
    form.write_text(form.read_text("utf-8").replace("{{{field|exemple", "{{{field|page"), "utf-8")
    desk.edit(ROLES, "|exemple=", "|page=p. 12 à 14")
    desk.run()
    assert desk.row(ROLES)["page"] == ROLES
    assert "p. 12 à 14" in desk.row(ROLES).values()
    desk.run()
    assert "|page=p. 12 à 14" in desk.page(ROLES)
    desk.settings('sheet = "autre.csv"\n')
    desk.put("autre.csv", ("Titre", "Description"), (ROLES, ""))
    desk.run(code=None)
    assert "|page=p. 12 à 14" in desk.page(ROLES)


@pytest.mark.apart("a person at a terminal")
def test_columns_asks_which_is_which_and_understands_french(desk: Desk, environment: dict[str, str]) -> None:
    desk.put(
        "ingredients.ods",
        ("Nom de l'ingrédient", "Etapes", "Ce que c'est", "Relu par"),
        ("Planter un arbre", "", "un trou", "Zoé"),
    )
    assert " columns" in desk.cli(desk.folder, "plan", "ingredients", code=1).stderr
    shown, code = typed(desk.folder, environment, ["columns", "ingredients"], "1", "peut-être", "o", "3", "", "", "o")
    assert code == 0, shown
    assert "Répondez o ou n." in shown
    toml = (desk.folder / "bots/ingredients.toml").read_text("utf-8")
    assert '"Nom de l\'ingrédient" = "Titre"' in toml
    assert 'Etapes = "Étape"' in toml
    assert '"Ce que c\'est" = "Description"' in toml
    desk.run(code=None)
    assert "|description=un trou" in desk.page("Planter un arbre")


@pytest.mark.apart("a person at a terminal")
def test_two_writers_are_asked_at_the_terminal_about_each_other_too(desk: Desk, environment: dict[str, str]) -> None:
    desk.settings('sheet = ["a.csv", "b.csv"]\n')
    desk.put("a.csv", ("Titre", "Description"), (ROLES, "version a"))
    desk.put("b.csv", ("Titre", "Description"), (ROLES, "version b"))
    shown, _code = typed(desk.folder, environment, ["run", "ingredients"], "f", "f", "a", "o")
    assert "|description=version b" in desk.page(ROLES), shown


# -- what a second adversary lost words with --------------------------------------------------


def test_a_column_added_later_does_not_overwrite_what_nobody_saw_in_the_sheet(desk: Desk) -> None:
    desk.settings('sheet = "a.csv"\n')
    desk.put("a.csv", ("Titre", "Étape"))
    desk.run(code=3)
    title = "Documenter au fil de l'eau"
    assert "1412 lignes" in desk.page(title)
    table = desk.table("a.csv")
    rows = [(*row, "mes mots" if row[0] == title else "") for row in table.rows]
    desk.put("a.csv", (*table.header, "Exemple"), *rows)
    before = desk.page(title)
    done = desk.run(code=3)
    assert [(c["title"], c["field"]) for c in done["conflicts"]] == [(title, "Exemple")]
    assert desk.page(title) == before


def test_a_field_that_another_sheet_wrote_is_not_ours_to_overwrite_later(desk: Desk) -> None:
    desk.settings('sheet = ["a.csv", "b.csv"]\n')
    desk.put("a.csv", ("Titre", "Description"), ("Page neuve", "mots de A"))
    desk.put("b.csv", ("Titre", "Étape"), ("Page neuve", "2 - Réunir une communauté"))
    desk.run("--page", "Page neuve", code=None)
    table = desk.table("b.csv")
    desk.put("b.csv", (*table.header, "Description"), *((*row, "mots de B") for row in table.rows))
    done = desk.run("--page", "Page neuve", code=3)
    assert [c["ours"] for c in done["conflicts"]] == ["mots de B"]
    assert "mots de A" in desk.page("Page neuve")


@pytest.fixture
def both(desk: Desk) -> Desk:
    """Two sheets with the same columns, in step; in one go each changes another field of one page."""
    desk.settings('sheet = ["a.csv", "b.csv"]\n')
    for name in ("a.csv", "b.csv"):
        desk.put(name, ("Titre", "Description", "Exemple"), (SEE, "", ""))
    desk.run("--page", SEE, code=None)
    desk.run("--page", SEE, code=None)
    desk.type(SEE, "Description", "version deux", "a.csv")
    desk.type(SEE, "Exemple", "exemple de B", "b.csv")
    desk.run("--page", SEE, code=None)
    assert "version deux" in desk.page(SEE)
    assert "exemple de B" in desk.page(SEE)
    return desk


def test_a_text_that_is_typed_back_is_a_change_like_any_other(both: Desk) -> None:
    both.type(SEE, "Description", "plop", "a.csv")
    both.run("--page", SEE, code=None)
    assert "|description=plop" in both.page(SEE)
    assert both.row(SEE, "a.csv")["Description"] == "plop"


def test_both_sheets_get_what_the_other_gave(both: Desk) -> None:
    both.run("--page", SEE, code=None)
    for name in ("a.csv", "b.csv"):
        assert both.row(SEE, name)["Description"] == "version deux"
        assert both.row(SEE, name)["Exemple"] == "exemple de B"


def test_what_was_undone_is_not_made_again(both: Desk) -> None:
    import json

    run = json.loads(both.cli(both.folder, "history", "--json").stdout)[0]["run"]
    both.cli(both.folder, "undo", run, "--yes", code=None)
    assert "version deux" not in both.page(SEE)
    done = both.run("--page", SEE, code=3)
    assert "version deux" not in both.page(SEE)
    assert {f["rule"] for f in done["findings"]} >= {"reverted"}


def test_two_sheets_that_rename_a_page_differently_are_asked(desk: Desk) -> None:
    desk.settings('sheet = ["a.csv", "b.csv"]\n')
    for name in ("a.csv", "b.csv"):
        desk.put(name, ("Titre", "Description"), (SEE, ""))
    desk.run("--page", SEE, code=None)
    desk.type(SEE, "Titre", "Nom de A", "a.csv")
    desk.type(SEE, "Titre", "Nom de B", "b.csv")
    done = desk.run(code=3)
    assert [f["rule"] for f in done["findings"]].count("renamed-differently") == 2
    assert not [c for c in done["changes"] if c["wiki"]]
    desk.type("Nom de B", "Titre", "Nom de A", "b.csv")
    done = desk.run(code=None)
    assert len([c for c in done["changes"] if c["wiki"] and c["move_to"]]) == 1
    assert desk.row("Nom de A", "b.csv")["page"] == desk.row("Nom de A", "a.csv")["page"] == "Nom de A"


def test_of_a_table_and_its_hidden_copy_the_one_people_see_is_used(tmp_path: Path) -> None:
    import io

    import openpyxl

    book = openpyxl.Workbook()
    book.worksheets[0].append(["Titre", "Description", "revision"])
    book.worksheets[0].append(["Un", "vieux", "1"])
    copy = book.create_sheet("Relecture")
    copy.append(["Titre", "Description"])
    copy.append(["Un", "mots de Marie"])
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert xlsx.read(out.getvalue(), "k.xlsx").rows == (("Un", "mots de Marie"),)
    book.worksheets[0].sheet_state = "visible"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SheetError, match="2 of its tabs"):
        xlsx.read(out.getvalue(), "k.xlsx")


def test_a_file_with_brackets_in_its_name_is_no_pattern(desk: Desk) -> None:
    desk.put("autre [1].ods", ("Titre", "Description"), ("Une haie de plus", "b"))
    made = desk.plan("--sheet", str(desk.folder / "autre [1].ods"), code=None)
    assert "Une haie de plus" in {c["title"] for c in made["changes"] if c["wiki"]}


def test_an_answer_in_one_sheet_is_not_about_what_another_sheet_wrote(desk: Desk) -> None:
    desk.settings('sheet = ["a.csv", "b.csv"]\n')
    desk.put("a.csv", ("Titre", "Description"), (ROLES, ""))
    desk.put("b.csv", ("Titre", "Description", "à décider"), (ROLES, "", ""))
    desk.run(code=None)
    desk.type(ROLES, "Description", "de a", "a.csv")
    desk.type(ROLES, "à décider", "feuille", "b.csv")
    for _night in range(3):
        desk.run(code=None)
        assert "|description=de a" in desk.page(ROLES)


def test_two_sheets_that_both_leave_it_to_the_wiki_keep_their_words(desk: Desk) -> None:
    desk.settings('sheet = ["a.csv", "b.csv"]\n')
    desk.put("a.csv", ("Titre", "Description"), (ROLES, ""))
    desk.put("b.csv", ("Titre", "Description"), (ROLES, ""))
    desk.run(code=None)
    for sheet in ("a.csv", "b.csv"):
        desk.type(ROLES, "Description", f"texte de {sheet}", sheet)
    desk.run(code=3)
    for sheet in ("a.csv", "b.csv"):
        desk.type(ROLES, "à décider", "wiki", sheet)
    desk.run(code=3)
    for sheet in ("a.csv", "b.csv"):
        assert desk.row(ROLES, sheet)["Description"] == f"texte de {sheet}"
