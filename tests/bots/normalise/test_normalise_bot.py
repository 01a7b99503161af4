"""The bot `normalise` as editors run it: proposals first, rules one by one, and a no that lasts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import FolderPlace, WikiPlace

Anywhere = FolderPlace | WikiPlace
TITLE = "Choisir une licence"
TYPED = "{{Ingrédient\n|étape=poser les RÈGLES\n|description=Une  idée.\n}}\n[[Catégorie:À relire]]"
STEPS = "1 - Qualifier la ressource et ses besoins"


def settings(place: Anywhere, **more: Any) -> None:
    """bots/normalise.toml with some settings."""
    values = {"kind": "normalise", "wiki": "communs", "form": "Ingrédient", "rest_hours": 0, **more}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False).replace(': ', ' = ')}" for key, value in values.items()]
    (place.folder / "bots" / "normalise.toml").write_text("\n".join(lines), "utf-8")


def plan(place: Anywhere, *more: str, code: int | None = None) -> dict[str, Any]:
    return json.loads(place.cli(place.folder, "plan", "normalise", "--json", *more, code=code).stdout)


def run(place: Anywhere, code: int | None = None) -> dict[str, Any]:
    return json.loads(place.cli(place.folder, "run", "normalise", "--yes", "--json", code=code).stdout)


def pages(done: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The changes but those of the bot's own pages."""
    return {c["title"]: c for c in done["changes"] if not c["title"].endswith(("/Aide", "/Rapport"))}


@pytest.fixture
def typed(place: Anywhere) -> Anywhere:
    """A kit in which somebody typed a step by hand."""
    place.edit(TITLE, TYPED.replace("poser les RÈGLES", "3 – poser les RÈGLES"))
    settings(place)
    return place


def test_a_new_bot_only_proposes(typed: Anywhere) -> None:
    done = run(typed, code=3)
    assert done["changes"] == []
    (proposal,) = [p for p in done["proposals"] if p["title"] == TITLE]
    assert [value[1:] for value in proposal["values"]] == [
        ["3 – poser les RÈGLES", "3 - Poser les règles"],
        ["Une  idée.", "Une idée."],
    ]
    assert "3 – poser les RÈGLES" in typed.text(TITLE)


def test_a_rule_that_is_switched_on_writes_and_the_others_go_on_proposing(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice"])
    done = run(typed)
    assert typed.text(TITLE) == TYPED.replace("poser les RÈGLES", "3 - Poser les règles")
    (change,) = pages(done).values()
    assert change["fields"] == ["Étape"]
    assert "Étape (valeur du formulaire)" in change["summary"]
    assert "/Aide#choice|la règle]]" in change["summary"]
    again = run(typed)
    assert again["changes"] == []


def test_the_link_in_the_summary_leads_to_the_rules_line(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice"])
    done = run(typed)
    (help_page,) = [c for c in done["changes"] if c["title"].endswith("/Aide")]
    text = typed.text(help_page["title"]) if isinstance(typed, WikiPlace) else help_page["new"]
    assert '|- id="choice"' in text
    assert "{{nobots}}" in text
    assert "le robot n'insiste pas" in text


def test_what_nobody_sees_rides_along_and_is_no_reason_to_edit(place: Anywhere) -> None:
    settings(place, mode="write", rules=["choice", "spaces"])
    place.edit(TITLE, TYPED.replace("poser les RÈGLES", "3 - Poser les règles"))
    done = plan(place)
    assert pages(done) == {}
    assert any("invisibles" in note for note in done["notes"])
    place.edit(TITLE, TYPED.replace("poser les RÈGLES", "3 – poser les règles"))
    run(place)
    assert "|description=Une idée." in place.text(TITLE)


def test_a_page_rests_after_somebody_edited_it(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice"], rest_hours=48)
    done = run(typed)
    assert pages(done) == {}
    assert any("se repose" in note for note in done["notes"])


def test_undoing_it_is_a_no_for_good(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice"])
    run(typed)
    for again in ("3 – poser les RÈGLES", "3 – Poser les RÈGLES (ensemble)", "3 – poser les règles"):
        typed.edit(TITLE, TYPED.replace("poser les RÈGLES", again))
        done = run(typed, code=3)
        assert again in typed.text(TITLE)
        assert pages(done) == {}
        typed.edit(TITLE, TYPED.replace("poser les RÈGLES", again) + "\nEt autre chose.")
        assert pages(run(typed)) == {}


def test_undo_and_a_sheet_are_a_no_too(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice"])
    done = run(typed)
    typed.cli(typed.folder, "undo", done["run"], "--yes", code=None)
    assert "3 – poser les RÈGLES" in typed.text(TITLE)
    assert pages(run(typed, code=3)) == {}
    assert "3 – poser les RÈGLES" in typed.text(TITLE)


def test_two_bots_do_not_fight_over_what_somebody_typed_into_the_sheet(place: Anywhere) -> None:
    settings(place, mode="write", rules=["list-delimiter"])
    title = "Formulaire:Ingrédient" if isinstance(place, WikiPlace) else "Formulaire%3AIngrédient"
    place.edit(
        title, place.text(title).replace("{{{field|exemple|input type=textarea|rows=3}}}", "{{{field|exemple|list}}}")
    )
    place.edit(
        TITLE,
        TYPED.replace("poser les RÈGLES", "3 - Poser les règles").replace("Une  idée.", "x\n|exemple=bois ; métal"),
    )
    run(place)
    assert "|exemple=bois, métal" in place.text(TITLE)
    place.run(code=None)
    place.type(TITLE, Exemple="bois ; métal ; liège")
    place.run(code=None)
    assert pages(run(place)) == {}
    assert "|exemple=bois ; métal ; liège" in place.text(TITLE)


def test_a_no_about_one_field_is_none_about_the_others(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice"])
    run(typed)
    text = TYPED.replace("poser les RÈGLES", "3 – poser les RÈGLES").replace("|description=", "|descripton=")
    typed.edit(TITLE, text)
    settings(typed, mode="write", rules=["choice", "parameter-name"])
    done = run(typed, code=3)
    assert "reverted" in {f["rule"] for f in done["findings"]}
    assert "|étape=3 – poser les RÈGLES\n|description=" in typed.text(TITLE)


def test_nobots_and_what_cannot_be_known_are_left(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice", "typo"])
    typed.edit(TITLE, "{{nobots}}\n" + TYPED.replace("poser les RÈGLES", "3 – poser les règles"))
    typed.edit("Décrire les rôles", "{{Ingrédient\n|étape=9 - Autre chose\n|description=x\n}}")
    done = run(typed, code=3)
    assert pages(done) == {}
    assert {"nobots", "unknown-value"} <= {f["rule"] for f in done["findings"]}


def test_the_report_lists_what_waits_and_stays_as_it_is(typed: Anywhere) -> None:
    settings(typed, report_page="Projet:Rapport")
    typed.edit("Décrire les rôles", "{{Ingrédient\n|étape=9 - Autre '''chose''' <b>\n|description=x\n}}")
    first = run(typed)
    (report,) = [c for c in first["changes"] if c["title"] == "Projet:Rapport"]
    assert "Merci à toutes" in report["new"]
    assert "[[:Décrire les rôles]]" in report["new"]
    assert "<b>" not in report["new"]
    assert [c["title"] for c in run(typed)["changes"]] == []


def test_one_page_at_a_time(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice"])
    assert set(pages(plan(typed, "--page", TITLE))) == {TITLE}
    assert pages(plan(typed, "--page", "Décrire les rôles")) == {}
    wrong = typed.cli(typed.folder, "plan", "normalise", "--page", "Choisir une licance", code=2)
    assert TITLE in wrong.stderr


def test_a_form_that_is_changed_on_the_wiki_changes_what_the_bot_does(typed: Anywhere) -> None:
    settings(typed, mode="write", rules=["choice"])
    form = (
        typed.text("Formulaire:Ingrédient") if isinstance(typed, WikiPlace) else typed.text("Formulaire%3AIngrédient")
    )
    title = "Formulaire:Ingrédient" if isinstance(typed, WikiPlace) else "Formulaire%3AIngrédient"
    typed.edit(title, form.replace("3 - Poser les règles", "3 – poser les RÈGLES"))
    assert TITLE not in pages(plan(typed))


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"rules": ["chioce"]}, "choice"),
        ({"mode": "ecrire"}, "propose, write"),
        ({"lines": {"description": "cinq"}}, "lines"),
        ({"sheet": "a.csv"}, "sheet"),
        ({"report_page": "a|b"}, "report_page"),
    ],
)
def test_wrong_settings_get_one_clear_sentence(folder_kit: FolderPlace, more: dict[str, Any], word: str) -> None:
    settings(folder_kit, **more)
    assert word in folder_kit.cli(folder_kit.folder, "plan", "normalise", code=2).stderr


@pytest.fixture
def folder_kit(tmp_path: Path, capitalise: Callable[..., Any]) -> FolderPlace:
    return FolderPlace(tmp_path / "kit", capitalise)


def test_a_query_needs_semantic_mediawiki(folder_kit: FolderPlace) -> None:
    settings(folder_kit, query="[[Catégorie:Ingrédient]]")
    assert "Semantic MediaWiki" in folder_kit.cli(folder_kit.folder, "plan", "normalise", code=2).stderr


def test_commands_for_sheets_say_that_there_is_none(folder_kit: FolderPlace) -> None:
    settings(folder_kit)
    for command in (["missing", "normalise"], ["status", "normalise"], ["columns", "normalise"]):
        assert "pas de feuille" in folder_kit.cli(folder_kit.folder, *command, code=2).stderr


# -- files ----------------------------------------------------------------------------------------


def test_files_are_shown_and_written_only_when_asked(folder_kit: FolderPlace) -> None:
    settings(folder_kit)
    file = folder_kit.folder / "page.wiki"
    file.write_bytes(TYPED.replace("poser", "3 – poser").replace("\n", "\r\n").encode())
    before = file.read_bytes()
    shown = folder_kit.cli(folder_kit.folder, "normalise", str(file), code=3)
    assert "3 - Poser les règles" in shown.stdout
    assert file.read_bytes() == before
    folder_kit.cli(folder_kit.folder, "normalise", str(file), "--in-place", "--yes", code=0)
    assert file.read_bytes() == before.replace(
        "3 – poser les RÈGLES".encode(), "3 - Poser les règles".encode()
    ).replace(b"Une  i", b"Une i")


@pytest.mark.parametrize(
    ("content", "word"), [(b"\xff\xfe", "UTF-8"), (b"a\r\nb\n", "deux façons"), (None, "n'existe pas")]
)
def test_files_that_cannot_be_read_get_one_clear_sentence(
    folder_kit: FolderPlace, content: bytes | None, word: str
) -> None:
    settings(folder_kit)
    file = folder_kit.folder / "page.wiki"
    if content is not None:
        file.write_bytes(content)
    assert word in folder_kit.cli(folder_kit.folder, "normalise", str(file), code=None).stderr


# -- a thousand pages -----------------------------------------------------------------------------

DAMAGE = [STEPS, "1 – Qualifier la ressource et ses besoins", "1 - qualifier la RESSOURCE et ses besoins", "9 - Autre"]


@pytest.mark.mediawiki
def test_a_thousand_pages_and_a_second_run_with_no_edits(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Callable[..., Any]
) -> None:
    place = WikiPlace(tmp_path / "kit", capitalise)
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(1000):
        step = DAMAGE[number % 4]
        (texts / f"Fiche {number:04}").write_text(
            f"{{{{Ingrédient\n|étape={step}\n|description=Texte  {number}\n}}}}", "utf-8"
        )
    mediawiki._script(
        "communs", "importTextFiles.php", "--user=Camille", "--overwrite", *map(str, sorted(texts.iterdir()))
    )
    settings(place, mode="write", rules=["choice", "spaces"])
    first = run(place, code=3)
    assert len(pages(first)) == 500
    assert {c["status"] for c in pages(first).values()} == {"done"}
    before = len(farm.requests("communs"))
    second = run(place, code=3)
    assert second["changes"] == []
    assert len(farm.requests("communs")) - before <= 12
    camille = Person("communs")
    assert camille.text("Fiche 0001") == f"{{{{Ingrédient\n|étape={STEPS}\n|description=Texte 1\n}}}}"
    assert camille.text("Fiche 0003") == "{{Ingrédient\n|étape=9 - Autre\n|description=Texte  3\n}}"
    camille.close()
    place.close()


# -- quick to look at -----------------------------------------------------------------------------


def many(place: FolderPlace, count: int) -> None:
    """Pages on which somebody typed the same step in the same way."""
    for number in range(count):
        place.edit(f"Idée {number}", TYPED.replace("poser les RÈGLES", "3 – poser les RÈGLES"))
    settings(place)


@pytest.fixture
def folder(tmp_path: Path, capitalise: Any) -> FolderPlace:
    return FolderPlace(tmp_path / "kit", capitalise)


def test_equal_edits_are_shown_once_with_their_number_and_samples(folder: FolderPlace) -> None:
    many(folder, 6)
    said = folder.cli(folder.folder, "plan", "normalise", code=3).stdout
    assert "6 × Étape" in said
    assert said.count("3 - Poser les règles") == 1
    assert "Idée 0, Idée 1, Idée 2" in said
    assert "Idée 4" not in said
    assert "--html" in said  # where all of them are


def test_who_applies_a_saved_plan_sees_every_page(folder: FolderPlace) -> None:
    many(folder, 6)
    settings(folder, mode="write", rules=["choice"])
    folder.cli(folder.folder, "plan", "normalise", "-o", str(folder.folder / "plan.json"), code=None)
    said = folder.cli(folder.folder, "apply", str(folder.folder / "plan.json"), code=None).stdout
    assert all(f"Idée {number}" in said for number in range(6))


def test_a_report_is_what_since_compares_with(folder: FolderPlace) -> None:
    settings(folder, report_page="Rapport")
    folder.edit(TITLE, TYPED.replace("poser les RÈGLES", "zorglub"))
    run(folder)
    assert "zorglub" in folder.text("Rapport")
    folder.edit("Idée", TYPED.replace("poser les RÈGLES", "autre chose"))
    since = plan(folder, "--since", "report")["since"]
    assert {one["title"] for one in since["new"]} == {"Idée"}
    assert since["gone"] == []


@pytest.mark.parametrize(("options", "title"), [(("--prefix", "Idée 1"), "Idée 1"), (("--category", "Seule"), TITLE)])
def test_the_command_line_narrows_the_pages(folder: FolderPlace, options: tuple[str, str], title: str) -> None:
    many(folder, 3)
    folder.edit(TITLE, TYPED.replace("poser les RÈGLES", "3 – poser les RÈGLES") + "\n[[Catégorie:Seule]]")
    settings(folder, report_page="Rapport", mode="write", rules=["choice"])
    done = plan(folder, *options)
    assert [change["title"] for change in done["changes"]] == [title]
