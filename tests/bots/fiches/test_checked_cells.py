"""What a sheet says, held against the form before it is written: typed as commands, on a folder and on a real MediaWiki."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.place import FolderPlace, WikiPlace

Anywhere = FolderPlace | WikiPlace

FORM = """{{{info|page name=<Verger[nom]>}}}{{{for template|Verger}}}
! Nom : | {{{field|nom|mandatory|maxlength=20}}}
! Accès : | {{{field|accès|input type=radiobutton|values=Libre,Sur demande|default=Libre}}}
! Licence : | {{{field|licence|input type=dropdown|values=CC BY-SA,CC0}}}
! Soins : | {{{field|soins|input type=checkboxes|values=Taille,Paillage}}}
! Jour : | {{{field|jour|input type=datepicker}}}
! Fête : | {{{field|fête|input type=date}}}
! Neuf : | {{{field|neuf|input type=checkbox}}}
! Mots : | {{{field|mots|input type=tokens|values=ombre,banc}}}
! Espèce : | {{{field|espèce|input type=dropdown|values from category=Espèce}}}
! Mot : | {{{field|mot}}}
! Numéro : | {{{field|numéro|unique}}}
! Surface : | {{{field|surface}}}
{{{end template}}}
{{{section|Histoire|level=2|mandatory}}}
"""
TEMPLATE = "[[Mot::{{{mot|}}}]] {{#set:Surface={{{surface|}}}}} {{{nom|}}} {{{accès|}}} [[Catégorie:Verger]]"
PAGE = "{{Verger\n|nom=Un\n|accès=Libre\n|neuf=Non\n|numéro=7\n}}\n==Histoire=="


@pytest.fixture
def orchard(place: Anywhere) -> Anywhere:
    """A kit of orchards beside the sample's ingredients."""
    place.edit("Formulaire:Verger", FORM)
    place.edit("Modèle:Verger", TEMPLATE)
    place.edit("Attribut:Mot", "[[A le type::Texte]]")
    place.edit("Attribut:Surface", "[[A le type::Quantité]] [[Correspond à::1 m²]] [[Correspond à::0,0001 ha]]")
    place.edit("Pommier", "Un arbre. [[Catégorie:Espèce]]")
    place.edit("Verger un", PAGE)
    (place.folder / "bots" / "vergers.toml").write_text(
        'kind = "ingredients"\nwiki = "communs"\nform = "Verger"\nsheet = "vergers.csv"\n', "utf-8"
    )
    place.cli(place.folder, "run", "vergers", "--yes", code=None)
    return place


def sheet(place: Anywhere) -> list[dict[str, str]]:
    import csv

    with (place.folder / "vergers.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def type_cells(place: Anywhere, title: str, **cells: str) -> None:
    import csv

    rows = sheet(place)
    names = list(rows[0])
    row = next((one for one in rows if one["Titre"] == title), None)
    if row is None:
        row = dict.fromkeys(names, "") | {"Titre": title}
        rows.append(row)
    row |= cells
    with (place.folder / "vergers.csv").open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, names, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def run(place: Anywhere, *more: str) -> dict[str, Any]:
    done = place.cli(place.folder, "run", "vergers", "--yes", "--json", *more, code=None)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


REFUSED = [
    ("Licence", "BSD", "unknown-value", ""),
    ("Licence", "CC BY-S", "unknown-value", "CC BY-SA"),
    ("Fête", "03/04/2024", "form-save", "2024-04-03 ; 2024-03-04"),
    ("Fête", "1er septembre 2018", "form-save", "2018-09-01"),
    ("Jour", "2024-03", "form-save", ""),
    ("Jour", "mars 2024", "form-save", ""),
    ("Neuf", "peut-être", "form-save", ""),
    ("Espèce", "Cerisier", "unknown-value", ""),
    ("Mot", "vers [[Pommier]]", "annotation", "vers Pommier"),
    ("Mot", "a | b", "annotation", ""),
    ("Surface", "4.5 ha", "not-stored", "4,5 ha"),
    ("Surface", "beaucoup", "not-stored", ""),
    ("Surface", "3 acres", "not-stored", ""),
    ("Nom", "un nom beaucoup plus long que vingt", "limit", ""),
]


def test_what_the_form_or_the_store_would_lose_is_said_and_not_written(orchard: Anywhere) -> None:
    for label, cell, rule, near in REFUSED:
        before = {row["Titre"]: row for row in sheet(orchard)}["Verger un"][label]
        type_cells(orchard, "Verger un", **{label: cell})
        done = run(orchard)
        assert [(f["rule"], f["suggestion"]) for f in done["findings"] if f["field"] == label] == [(rule, near)], cell
        assert orchard.text("Verger un") == PAGE
        type_cells(orchard, "Verger un", **{label: before})


def test_one_right_spelling_is_written_and_the_sheet_follows(orchard: Anywhere) -> None:
    type_cells(
        orchard,
        "Verger un",
        Licence="cc by-sa",
        Neuf="oui",
        Soins="paillage;taille",
        Espèce="pommier",
        Mots="ombre,neuf",
        Fête="2024/3/5",
    )
    done = run(orchard)
    assert done["findings"] == []
    assert orchard.text("Verger un") == (
        "{{Verger\n|nom=Un\n|accès=Libre\n|licence=CC BY-SA\n|soins=Taille, Paillage\n|fête=2024-03-05\n|neuf=Oui\n"
        "|mots=ombre, neuf\n|espèce=Pommier\n|numéro=7\n}}\n==Histoire=="
    )
    row = sheet(orchard)[0]
    assert (row["Licence"], row["Soins"], row["Fête"], row["Neuf"]) == (
        "CC BY-SA",
        "Taille, Paillage",
        "2024-03-05",
        "Oui",
    )
    assert run(orchard)["changes"] == []


def test_a_new_page_has_the_forms_defaults_and_headings_and_the_sheet_too(orchard: Anywhere) -> None:
    type_cells(orchard, "Verger deux", Nom="Deux")
    run(orchard)
    assert orchard.text("Verger deux") == "{{Verger\n|nom=Deux\n|accès=Libre\n|neuf=Non\n}}\n==Histoire=="
    row = next(row for row in sheet(orchard) if row["Titre"] == "Verger deux")
    assert (row["Accès"], row["Neuf"]) == ("Libre", "Non")
    done = run(orchard)
    assert (done["changes"], done["findings"]) == ([], [])


def test_a_value_that_the_form_wants_once_is_written_once(orchard: Anywhere) -> None:
    type_cells(orchard, "Verger deux", Nom="Deux", Numéro="7")
    done = run(orchard)
    assert [f["rule"] for f in done["findings"] if f["field"] == "Numéro"] == ["unique"]


def test_an_emptied_field_goes_with_its_line(orchard: Anywhere) -> None:
    type_cells(orchard, "Verger un", Numéro="(vide)")
    run(orchard)
    assert orchard.text("Verger un") == PAGE.replace("|numéro=7\n", "")
    type_cells(orchard, "Verger un", Nom="(vide)")
    assert [f["rule"] for f in run(orchard)["findings"]] == ["mandatory"]


def test_alone_a_bot_spells_only_by_rules_that_are_switched_on(orchard: Anywhere) -> None:
    file = orchard.folder / "bots" / "vergers.toml"
    file.write_text(file.read_text("utf-8") + "unattended = true\nquiet_minutes = 0\n", "utf-8")
    type_cells(orchard, "Verger un", Licence="cc by-sa")
    orchard.cli(orchard.folder, "run", "vergers", "--yes", code=None)
    assert "licence" not in orchard.text("Verger un")
    (orchard.folder / "bots" / "regles.toml").write_text(
        'kind = "normalise"\nwiki = "communs"\nform = "Verger"\nmode = "write"\nrules = ["choice"]\n', "utf-8"
    )
    done = orchard.cli(orchard.folder, "run", "vergers", "--yes", code=None)
    assert "|licence=CC BY-SA" in orchard.text("Verger un"), done.stdout + done.stderr


def test_what_a_save_would_move_or_lose_is_said_before_anything_is_written(orchard: Anywhere) -> None:
    orchard.edit("Verger un", "Avant la fiche.\n" + PAGE.replace("|nom=Un", "|nom=Un\n|perdu"))
    run(orchard)
    type_cells(orchard, "Verger un", Licence="CC0")
    said = [f["message"] for f in run(orchard)["findings"] if f["rule"] == "form-save"]
    assert any("perdu" in one for one in said) and any("Avant la fiche." in one for one in said)
    orchard.edit("Verger un", PAGE.replace("{{Verger", "{{ Verger"))
    run(orchard)
    type_cells(orchard, "Verger un", Licence="CC BY-SA")
    assert "form-reads-otherwise" in [f["rule"] for f in run(orchard)["findings"]]


def test_a_persons_save_in_the_form_is_no_answer(orchard: Anywhere) -> None:
    """The form lays the call out anew; the bot's next word on another field is no question, and its run can be taken back."""
    orchard.edit("Verger un", "{{Verger|nom=Un|accès=Libre|neuf=Non|numéro=7}}\n==Histoire==")
    run(orchard)
    type_cells(orchard, "Verger un", Mots="ombre")
    done = run(orchard)
    orchard.edit("Verger un", PAGE.replace("|numéro=7", "|mots=ombre\n|numéro=7"))  # as the form saves it
    type_cells(orchard, "Verger un", Licence="CC0")
    again = run(orchard)
    assert (again["conflicts"], again["findings"]) == ([], [])
    orchard.cli(orchard.folder, "undo", done["run"], "--yes")
    assert orchard.text("Verger un") == PAGE.replace("|neuf=Non", "|licence=CC0\n|neuf=Non")


def test_a_value_is_renamed_once(orchard: Anywhere) -> None:
    type_cells(orchard, "Verger un", Licence="CC BY-SA")
    type_cells(orchard, "Verger deux", Nom="Deux", Licence="CC0")
    run(orchard)
    form, page = orchard.text("Formulaire:Verger"), orchard.text("Verger un")
    orchard.edit("Verger sans ligne", "{{Verger\n|nom=Sans\n|licence=CC BY-SA\n}}")
    done = json.loads(
        orchard.cli(
            orchard.folder,
            "forms",
            "rename-value",
            "vergers",
            "licence",
            "CC BY-SA",
            "CC BY-SA 4.0",
            "--yes",
            "--json",
            code=None,
        ).stdout
    )
    assert orchard.text("Formulaire:Verger") == form.replace("CC BY-SA", "CC BY-SA 4.0")
    assert orchard.text("Verger un") == page.replace("CC BY-SA", "CC BY-SA 4.0")
    assert "|licence=CC BY-SA 4.0" in orchard.text("Verger sans ligne")
    assert sheet(orchard)[0]["Licence"] == "CC BY-SA 4.0"
    assert "|licence=CC0" in orchard.text("Verger deux")
    assert [f for f in run(orchard)["findings"] if f["rule"] == "value-not-offered"] == []
    orchard.cli(orchard.folder, "undo", done["run"], "--yes")
    assert (orchard.text("Formulaire:Verger"), orchard.text("Verger un")) == (form, page)
    assert run(orchard)["conflicts"] == []
    assert sheet(orchard)[0]["Licence"] == "CC BY-SA"


def test_values_that_the_form_no_longer_offers_are_said(orchard: Anywhere) -> None:
    type_cells(orchard, "Verger un", Licence="CC0")
    run(orchard)
    orchard.edit("Formulaire:Verger", FORM.replace("CC BY-SA,CC0", "CC BY-SA,Domaine public"))
    (found,) = [f for f in run(orchard)["findings"] if f["rule"] == "value-not-offered"]
    assert "CC0" in found["message"] and "Verger un" in found["message"]
    told = json.loads(orchard.cli(orchard.folder, "status", "vergers", "--json").stdout)
    assert "CC0" in told["not_offered"][0]


def test_the_schema_shows_what_the_form_wants(
    orchard: Anywhere, capitalise: Callable[..., Any], tmp_path: Path
) -> None:
    shown = orchard.cli(orchard.folder, "forms", "show", "Verger").stdout
    for words in ("<Verger[nom]>", "20", "Libre", "Pommier", "Histoire"):
        assert words in shown
    told = json.loads(orchard.cli(orchard.folder, "forms", "check", "Verger", "--json", code=3).stdout)
    (mended,) = [one["remedy"] for one in told if one["rule"] == "annotation"]
    assert "{{#set:Mot={{{mot|}}}}}" in mended


def test_the_values_of_a_sheet_of_their_own(orchard: Anywhere) -> None:
    type_cells(orchard, "Verger un", Licence="CC BY-SA")
    run(orchard)
    (orchard.folder / "licences.csv").write_text("valeur;avant\nCC0;\nCC BY-SA 4.0;CC BY-SA\n", "utf-8")
    orchard.cli(
        orchard.folder,
        "forms",
        "values",
        "vergers",
        "licence",
        str(orchard.folder / "licences.csv"),
        "--yes",
        code=None,
    )
    assert "values=CC0,CC BY-SA 4.0}}}" in orchard.text("Formulaire:Verger")
    assert "|licence=CC BY-SA 4.0" in orchard.text("Verger un")
    (orchard.folder / "licences.csv").write_text("valeur\nCC0\nCC BY\n", "utf-8")
    said = orchard.cli(
        orchard.folder, "forms", "values", "vergers", "licence", str(orchard.folder / "licences.csv"), "--yes", code=2
    )
    assert "CC BY-SA 4.0" in said.stderr


def test_people_decide_about_what_they_typed_and_what_they_decide_is_spelled(orchard: Anywhere) -> None:
    orchard.edit("Verger un", PAGE.replace("|neuf=Non", "|licence=CC0\n|neuf=Non"))
    type_cells(orchard, "Verger un", Licence="cc by-sa")
    (asked,) = run(orchard)["conflicts"]
    assert asked["ours"] == "cc by-sa"
    assert sheet(orchard)[0]["Licence"] == "cc by-sa"
    type_cells(orchard, "Verger un", **{"à décider": "Licence : feuille"})
    assert run(orchard)["conflicts"] == []
    assert "|licence=CC BY-SA\n" in orchard.text("Verger un")
    assert sheet(orchard)[0]["Licence"] == "CC BY-SA"


def test_an_old_name_that_somebody_typed_on_the_wiki_comes_into_no_sheet(orchard: Anywhere) -> None:
    type_cells(orchard, "Verger un", Licence="CC BY-SA")
    run(orchard)
    orchard.edit("Verger un", orchard.text("Verger un").replace("|licence=CC BY-SA", "|licence=cc-by-sa"))
    words = ("forms", "rename-value", "vergers", "licence", "cc-by-sa", "CC BY-SA", "--yes", "--json")
    orchard.cli(orchard.folder, *words, code=None)
    assert "|licence=CC BY-SA\n" in orchard.text("Verger un")
    assert sheet(orchard)[0]["Licence"] == "CC BY-SA"


def test_a_row_that_is_not_in_step_keeps_its_words_in_a_rename(orchard: Anywhere) -> None:
    type_cells(orchard, "Verger un", Licence="CC0")
    run(orchard)
    type_cells(orchard, "Verger un", Licence="CC BY-SA")
    words = ("forms", "rename-value", "vergers", "licence", "CC BY-SA", "CC BY-SA 4.0", "--yes", "--json")
    done = json.loads(orchard.cli(orchard.folder, *words, code=None).stdout)
    assert "|licence=CC0\n" in orchard.text("Verger un")
    assert sheet(orchard)[0]["Licence"] == "CC BY-SA"
    assert [(f["rule"], f["suggestion"]) for f in done["findings"]] == [("rename", "CC BY-SA 4.0")]


def test_a_list_that_the_form_page_does_not_say_is_changed_by_hand(orchard: Anywhere) -> None:
    """A comment among the values is somebody's; a list that a template gives is not the form's."""
    for values in ("CC BY-SA,<!-- voir la réunion -->CC0", "CC BY-SA,{{Licences}}"):
        form = FORM.replace("CC BY-SA,CC0", values)
        orchard.edit("Formulaire:Verger", form)
        words = ("forms", "rename-value", "vergers", "licence", "CC BY-SA", "CC BY-SA 4.0", "--yes")
        assert "Licence" in orchard.cli(orchard.folder, *words, code=2).stderr
        assert orchard.text("Formulaire:Verger") == form.strip()


def test_a_field_that_was_wrong_already_can_be_mended_word_by_word(orchard: Anywhere) -> None:
    orchard.edit("Verger un", PAGE.replace("|numéro=7", "|mot=vers [[Pommier]]\n|numéro=7"))
    run(orchard)
    type_cells(orchard, "Verger un", Mot="vers le [[Pommier]]")
    assert run(orchard)["findings"] == []
    assert "|mot=vers le [[Pommier]]\n" in orchard.text("Verger un")
