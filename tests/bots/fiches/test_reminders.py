"""`status`: what stands only in shared documents, and a message for each writer."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from capitalise.bots.fiches.reminders import LONGEST, Gap, Reminder, form_address, reminder_text
from tests.archives.test_archives import FORM
from tests.conftest import Cli
from tests.desk import Desk

PAGES = "https://wiki.exemple.org/wiki/$1"


@pytest.fixture
def desk(tmp_path: Path, capitalise: Cli) -> Desk:
    made = Desk(tmp_path / "kit", capitalise, "ingredients.csv", 'documents = ["parcours.md"]\n')
    toml = made.folder / "capitalise.toml"
    toml.write_text(
        toml.read_text("utf-8").replace('folder = "wiki"', f'folder = "wiki"\naddress = "{PAGES}"'), "utf-8"
    )
    (made.folder / "parcours.md").write_text(
        "# Décrire les rôles\n\nExemple : La ruche.\n\nDescription : autre chose.\n", "utf-8"
    )
    capitalise(made.folder, "run", "ingredients", "--yes", code=None)
    return made


def test_status_counts_what_stands_in_documents_only(desk: Desk, capitalise: Cli) -> None:
    told = json.loads(capitalise(desk.folder, "status", "--json").stdout)
    assert told["documents"] == {"parcours.md": {"Décrire les rôles": ["Exemple"]}}
    assert "parcours.md" in capitalise(desk.folder, "status").stdout
    desk.edit("Décrire les rôles", "\n}}", "\n|exemple=Le marché\n}}")
    capitalise(desk.folder, "run", "ingredients", "--yes", code=None)
    told = json.loads(capitalise(desk.folder, "status", "--json").stdout)
    assert told["documents"] == {"parcours.md": {}}


def test_a_document_that_is_not_there_is_named_and_the_status_shown(desk: Desk, capitalise: Cli) -> None:
    (desk.folder / "parcours.md").unlink()
    done = capitalise(desk.folder, "status")
    assert "parcours.md" in done.stderr
    assert "Décrire les rôles" in done.stdout


def test_each_writer_gets_a_message_with_what_misses(desk: Desk, capitalise: Cli) -> None:
    sheet = desk.folder / "ingredients.csv"
    head, *rows = csv.reader(io.StringIO(sheet.read_text("utf-8-sig"), newline=""), delimiter=";")
    out = io.StringIO(newline="")
    names = ["Camille Exemple" if row[0] == "Décrire les rôles" else "" for row in rows]
    lines = [[*head, "rédacteur"], *([*row, name] for row, name in zip(rows, names, strict=True))]
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(lines)
    sheet.write_bytes(out.getvalue().encode("utf-8-sig"))
    texts = json.loads(capitalise(desk.folder, "status", "--reminders", "--deadline", "2026-12-15", "--json").stdout)
    mine = next(one["text"] for one in texts if one["writer"] == "Camille Exemple")
    mine = mine.replace("\u00a0", " ")
    assert mine.startswith("Bonjour Camille Exemple")
    assert "Décrire les rôles : Exemple" in mine
    assert "Special:FormEdit/Ingr%C3%A9dient/D%C3%A9crire_les_r%C3%B4les" in mine
    assert "La ruche." in mine
    assert "15 décembre 2026" in mine
    assert "Choisir une licence" not in mine
    others = next(one["text"] for one in texts if not one["writer"])
    assert "Camille" not in others
    assert "—— Camille Exemple" in capitalise(desk.folder, "status", "--reminders").stdout


def test_a_form_opens_with_the_words_that_it_takes() -> None:
    opens = form_address(PAGES, FORM, "Ingrédient", lambda title: title == "Là")
    address, taken = opens("Neuf ?", {"Description": "a & b\nc", "Outils": "x"})
    assert parse_qs(urlsplit(address).query) == {"Ingrédient[description]": ["a & b\nc"]}
    assert urlsplit(address).path.endswith("Neuf_%3F")
    assert taken == {"Description"}
    assert opens("Là", {"Description": "a"})[1] == frozenset()
    assert len(opens("Neuf", {"Description": "é" * LONGEST})[0]) < 200
    assert form_address("", FORM, "Ingrédient", lambda title: True)("A", {}) == ("", frozenset())
    assert form_address(PAGES, FORM, "", lambda title: True)("A b", {})[0].endswith("/A_b?action=edit")


def test_nobodys_address_leaves_in_a_form_or_as_a_name() -> None:
    from capitalise.bots.fiches.reminders import people_in

    assert list(people_in("lea@exemple.org")) == []
    assert list(people_in("Léa Exemple <lea@exemple.org>; Noé (noe@exemple.org)")) == ["Léa Exemple", "Noé"]
    opens = form_address(PAGES, FORM, "Ingrédient", lambda title: False)
    address, taken = opens("Neuf", {"Description": "écrire à lea@exemple.org", "Exemple": "la ruche"})
    assert "lea" not in address
    assert taken == {"Exemple"}


def test_a_message_is_complete_in_both_languages() -> None:
    one = Reminder(
        "Sacha", (Gap("Titre", ("Outils",), "https://x.org", (("Outils", "a\nb"),)),), (("Autre", "Description"),)
    )
    french, english = (reminder_text(one, language, date(2026, 12, 5)) for language in ("fr", "en"))
    assert "Pour le 5 décembre 2026" in french
    assert "5 December 2026" in english
    for text in (french, english):
        assert "https://x.org" in text
        assert "    a\n    b" in text
        assert "Autre" in text
