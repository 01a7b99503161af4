"""The main job, typed as commands, on a folder and on a real MediaWiki alike."""

from __future__ import annotations

import html
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import PAGES, SHEET, TITLES, Place, WikiPlace

LIMITS, ROLES, SEE, MEET = (
    "Délimiter le périmètre de la ressource",
    "Décrire les rôles",
    "Observer les usages existants",
    "Animer les rencontres",
)


def changes(plan: dict) -> list[str]:  # type: ignore[type-arg]
    return [c["title"] for c in plan["changes"] if c["wiki"]]


def test_the_first_run_makes_the_sheet_from_the_wiki(place: Place) -> None:
    header, *rows = place.rows()
    assert header == ["Titre", "Étape", "Description", "Outils", "Exemple", "à décider", "page", "revision"]
    assert [row[0] for row in rows][:2] == ["Animer les rencontres", "Choisir une licence"]
    assert len(rows) == len(TITLES)
    assert (
        place.row(MEET)["Outils"]
        == "Tour de météo |  | chacun dit comment il arrive\nOrdre du jour partagé | https://exemple.org/pad"
    )


def test_a_second_run_has_nothing_to_do(place: Place) -> None:
    plan = place.run()
    assert (plan["changes"], plan["conflicts"], plan["findings"]) == ([], [], [])


def test_a_changed_cell_changes_only_its_value_on_the_page(place: Place) -> None:
    place.type(LIMITS, Exemple="Le four de Clochebourg")
    done = place.run()
    assert changes(done) == [LIMITS]
    assert [c["status"] for c in done["changes"] if c["wiki"]] == ["done"]
    assert place.text(LIMITS) == PAGES[LIMITS].replace("Le four à pain de Brindezingue", "Le four de Clochebourg")
    assert place.plan()["changes"] == []


def test_a_new_row_makes_a_page_as_the_form_would(place: Place) -> None:
    place.type(
        "Accueillir",
        Étape="2 - Réunir une communauté",
        Description="Un café.",
        Outils="Visite\nParrain | https://exemple.org",
    )
    place.run()
    assert place.text("Accueillir") == (
        "{{Ingrédient\n|étape=2 - Réunir une communauté\n|description=Un café.\n"
        "|outils={{Outil\n|nom=Visite\n}}{{Outil\n|nom=Parrain\n|lien=https://exemple.org\n}}\n}}"
    )
    assert number(place.row("Accueillir")) > 0
    assert place.plan()["changes"] == []


def test_a_cell_that_files_its_page_or_stores_something_is_shown_as_doing_so(place: Place) -> None:
    place.edit(SEE, place.text(SEE).replace("|description=", "|description=[[Catégorie:Déjà là]] "))
    place.run()
    place.type(
        LIMITS, Exemple="le four [[Catégorie:À relire]], <nowiki>[[Catégorie:Non]]</nowiki> [[:Catégorie:Non plus]]"
    )
    place.type(SEE, Description=place.row(SEE)["Description"] + " [[A pour lieu::Clochebourg]]")
    told = {f["title"]: f["message"] for f in place.plan(code=3)["findings"] if f["rule"] == "more-than-words"}
    assert set(told) == {LIMITS, SEE}
    assert "[[Catégorie:À relire]]" in told[LIMITS] and "Non" not in told[LIMITS]
    assert "[[A pour lieu::Clochebourg]]" in told[SEE] and "Déjà là" not in told[SEE]


def test_a_new_page_makes_a_row(place: Place) -> None:
    place.edit("Fêter", "{{Ingrédient|description=Avec de la musique.}}")
    place.run()
    assert place.row("Fêter")["Description"] == "Avec de la musique."
    assert place.plan()["changes"] == []


def test_a_changed_page_changes_the_cell(place: Place) -> None:
    place.edit(SEE, PAGES[SEE].replace("plop", "Regarder."))
    place.run()
    assert place.row(SEE)["Description"] == "Regarder."
    assert place.plan()["changes"] == []


def test_two_people_on_two_fields_of_one_page_both_win(place: Place) -> None:
    place.type(ROLES, Exemple="Le trésorier tournant")
    place.edit(ROLES, PAGES[ROLES].replace("personne .", "personne."))
    place.run()
    assert place.text(ROLES) == PAGES[ROLES].replace("personne .", "personne.").replace(
        "|exemple=", "|exemple=Le trésorier tournant"
    )
    assert place.row(ROLES)["Description"].endswith("personne.")
    assert place.plan()["changes"] == []


def number(row: dict[str, str]) -> int:
    """Of the column "revision"."""
    return int(row["revision"].partition("#")[0])


def conflict(place: Place) -> None:
    place.type(SEE, Description="de la feuille")
    place.edit(SEE, PAGES[SEE].replace("plop", "du wiki"))


def test_two_texts_for_one_field_wait_for_a_person(place: Place) -> None:
    base = place.row(SEE)["revision"]
    conflict(place)
    done = place.run(code=3)
    assert [(c["title"], c["field"], c["ours"], c["theirs"]) for c in done["conflicts"]] == [
        (SEE, "Description", "de la feuille", "du wiki")
    ]
    assert place.row(SEE)["Description"] == "de la feuille"
    assert place.row(SEE)["à décider"] == "Description\u00a0: feuille ou wiki\u00a0?"
    shown, _separator, waiting = place.row(SEE)["revision"].partition(" ; ")
    assert waiting.startswith(f"description@{base.partition('/')[0]}?{shown.partition('/')[0]}~")
    assert "du wiki" in place.text(SEE)
    again = place.run(code=3)
    assert again["changes"] == []
    assert len(again["conflicts"]) == 1


@pytest.mark.parametrize(
    "word", ["", "  ", "Description@6 feuille", "les deux", "Étape wiki", "Description : peut-être", None]
)
def test_an_answer_that_is_none_settles_nothing(place: Place, word: str | None) -> None:
    """Emptied, garbled, or the whole column gone: the question comes back, and nobody is overwritten."""
    conflict(place)
    place.run(code=3)
    if word is None:
        place.save([[cell for n, cell in enumerate(row) if place.rows()[0][n] != "à décider"] for row in place.rows()])
    else:
        place.type(SEE, à_décider=word)
    for _night in range(2):
        done = place.run(code=3)
        assert [c["title"] for c in done["conflicts"]] == [SEE]
        assert "du wiki" in place.text(SEE)
        assert place.row(SEE)["Description"] == "de la feuille"


@pytest.mark.parametrize("typed", ["{question} {word}", "{word}", "Description : {word}"])
@pytest.mark.parametrize(("word", "text"), [("feuille", "de la feuille"), ("wiki", "du wiki")])
def test_a_decision_in_the_sheet_settles_it(place: Place, typed: str, word: str, text: str) -> None:
    conflict(place)
    place.run(code=3)
    place.type(SEE, à_décider=typed.format(question=place.row(SEE)["à décider"], word=word))
    place.run()
    assert text in place.text(SEE)
    assert place.row(SEE)["Description"] == text
    assert place.row(SEE)["à décider"] == ""
    assert place.plan()["changes"] == []


def test_a_row_that_waits_merges_its_other_fields_as_ever(place: Place) -> None:
    """A person writes an example, it comes to the sheet, they take it back: nobody writes it again."""
    conflict(place)
    place.run(code=3)
    before = place.text(SEE)
    place.edit(SEE, before.replace("\n}}", "\n|exemple=un instant\n}}"))
    place.run(code=3)
    assert place.row(SEE)["Exemple"] == "un instant"
    place.edit(SEE, before.replace("\n}}", "\n|exemple=autre\n}}"))
    place.run(code=3)
    assert place.row(SEE)["Exemple"] == "autre"
    place.type(SEE, Exemple="un instant")
    place.run(code=3)
    assert "|exemple=un instant" in place.text(SEE)
    place.type(SEE, Exemple="(vide)")
    place.run(code=3)
    assert "un instant" not in place.text(SEE)
    assert place.run(code=3)["changes"] == []


def test_an_old_copy_of_the_sheet_overwrites_nobody(place: Place) -> None:
    """A backup brought back, a file left open elsewhere: it takes the newer texts, its own changes are questions."""
    old = (place.folder / SHEET).read_bytes()
    place.type(SEE, Description="de Paul")
    place.type(MEET, Description="de Paul aussi")
    place.run()
    (place.folder / SHEET).write_bytes(old)
    place.type(MEET, Description="retouché dans la vieille copie")
    done = place.run(code=3)
    assert changes(done) == []
    assert place.row(SEE)["Description"] == "de Paul"
    assert [c["title"] for c in done["conflicts"]] == [MEET]
    assert "de Paul aussi" in place.text(MEET)


def test_an_undone_run_is_not_made_again_through_a_persons_addition(place: Place, capitalise: Cli) -> None:
    place.edit(SEE, PAGES[SEE].replace("plop", "un\ndeux\ntrois"))
    place.run()
    place.type(SEE, Description="un\nDEUX\ntrois")
    run = place.run()["run"]
    place.edit(SEE, place.text(SEE).replace("trois", "trois\nquatre"))
    place.run()
    capitalise(place.folder, "undo", run, "--yes")
    place.run(code=None)
    assert "deux" in place.text(SEE)


def test_a_sheet_that_leaves_a_column_out_works_all_the_same(place: Place) -> None:
    place.save([[*row[:4], *row[5:]] for row in place.rows()])
    place.edit(SEE, PAGES[SEE].replace("\n}}", "\n|exemple=x\n}}"))
    place.run(code=3)
    for text in ("un", "deux"):
        place.type(SEE, Description=text)
        done = place.run(code=3)
        assert done["conflicts"] == []
        assert text in place.text(SEE)
    assert "|exemple=x" in place.text(SEE)


def test_a_page_that_says_empty_in_capitals_keeps_its_words(place: Place) -> None:
    place.edit(SEE, PAGES[SEE].replace("plop", "(Vide)"))
    place.run()
    place.run()
    assert "(Vide)" in place.text(SEE)


def test_a_decision_on_the_command_line_settles_one_field_of_one_page(place: Place) -> None:
    conflict(place)
    place.run("--page", SEE, "--field", "Description", "--prefer", "wiki")
    assert place.row(SEE)["Description"] == "du wiki"


def test_a_third_wording_settles_it_too(place: Place) -> None:
    conflict(place)
    place.run(code=3)
    place.type(SEE, Description="d'un commun accord", à_décider=place.row(SEE)["à décider"] + " feuille")
    place.run()
    assert "d'un commun accord" in place.text(SEE)


def test_a_field_that_waits_does_not_hold_up_the_others_nor_gets_lost(place: Place) -> None:
    """The row moves on with its other fields; the field in conflict keeps its own base."""
    conflict(place)
    place.run(code=3)
    place.type(SEE, Exemple="un exemple")
    done = place.run(code=3)
    assert changes(done) == [SEE]
    assert "du wiki" in place.text(SEE)
    assert "un exemple" in place.text(SEE)
    assert place.run(code=3)["changes"] == []


def test_a_revert_is_respected(place: Place) -> None:
    place.type(SEE, Description="du robot")
    place.run()
    place.edit(SEE, PAGES[SEE])
    for _night in range(2):
        done = place.run(code=3)
        assert [f["rule"] for f in done["findings"]] == ["reverted"]
        assert place.text(SEE) == PAGES[SEE]
        assert place.row(SEE)["Description"] == "du robot"


def test_a_revert_is_respected_whatever_becomes_of_its_marker(place: Place) -> None:
    place.type(SEE, Description="du robot")
    place.run()
    place.edit(SEE, PAGES[SEE])
    place.run(code=3)
    place.type(SEE, à_décider="")
    place.run(code=3)
    assert place.text(SEE) == PAGES[SEE]


def test_a_cell_changed_after_a_revert_is_tried_only_by_who_was_told(place: Place) -> None:
    place.type(SEE, Description="du robot")
    place.run()
    place.edit(SEE, PAGES[SEE])
    place.type(SEE, Description="autre chose, sans le savoir")
    for _night in range(2):
        assert place.run(code=3)["conflicts"]
        assert place.text(SEE) == PAGES[SEE]
    place.type(SEE, Description="du robot")
    assert [f["rule"] for f in place.run(code=3)["findings"]] == ["reverted"]
    place.type(SEE, Description="autre chose, en le sachant")
    place.run()
    assert "en le sachant" in place.text(SEE)


def test_somebodys_own_words_after_a_revert_are_never_overwritten(place: Place) -> None:
    """A revert, then new words on the wiki, a night run, then a sentence more in the sheet."""
    place.type(SEE, Description="du robot")
    place.run()
    place.edit(SEE, PAGES[SEE])
    place.run(code=3)
    place.edit(SEE, PAGES[SEE].replace("plop", "Des mots à moi."))
    place.run(code=None)
    assert place.row(SEE)["Description"] == "Des mots à moi."
    place.edit(SEE, PAGES[SEE].replace("plop", "Encore des mots à moi."))
    place.type(SEE, Description="du robot, et une phrase de plus")
    assert place.run(code=3)["conflicts"]
    assert "Encore des mots à moi." in place.text(SEE)


def test_an_answer_is_for_the_text_that_was_shown(place: Place) -> None:
    """Answered after one night, written over by somebody before the next: asked again, by the new text."""
    conflict(place)
    place.run(code=3)
    place.type(SEE, à_décider="feuille")
    place.edit(SEE, PAGES[SEE].replace("plop", "du wiki, autrement"))
    again = place.run(code=3)
    assert [f["rule"] for f in again["findings"]] == ["decision-outdated"]
    assert "du wiki, autrement" in place.text(SEE)
    place.type(SEE, à_décider="feuille")
    place.run()
    assert "de la feuille" in place.text(SEE)


def test_one_answer_filled_down_a_column_decides_nothing(place: Place) -> None:
    conflict(place)
    place.run(code=3)
    rows = place.rows()
    at = rows[0].index("à décider")
    for row in rows[1:]:
        row[at] = "feuille"
    place.save(rows)
    done = place.run(code=3)
    assert "decision-not-understood" in {f["rule"] for f in done["findings"]}
    assert "du wiki" in place.text(SEE)


def test_a_number_with_another_texts_mark_is_not_believed(place: Place) -> None:
    """A restored wiki gives numbers again: the text that they stood for is another."""
    row = place.row(SEE)
    place.type(SEE, Description="de la feuille", revision=f"{number(row)}#000000")
    done = place.run(code=3)
    assert [c["title"] for c in done["conflicts"]] == [SEE]
    assert "base-missing" in {f["rule"] for f in done["findings"]}
    assert place.text(SEE) == PAGES[SEE]


def test_a_sheet_from_before_goes_on_as_it_was(place: Place) -> None:
    """Numbers without marks, `Description@1201 feuille`: what older versions wrote is understood."""
    conflict(place)
    place.run(code=3)
    row = place.row(SEE)
    own, waiting = row["revision"].split(" ; ")
    base = waiting.partition("@")[2].partition("#")[0]
    old = f"{own.partition('#')[0]} ; description@{base}"
    place.type(SEE, revision=old, à_décider=f"Description@{base} feuille")
    place.run()
    assert "de la feuille" in place.text(SEE)


def test_an_entry_of_another_row_in_an_older_sheet_decides_nothing(place: Place) -> None:
    conflict(place)
    place.run(code=3)
    place.type(SEE, à_décider="Description@7 feuille")
    assert place.run(code=3)["conflicts"]
    assert "du wiki" in place.text(SEE)


def test_an_emptied_cell_empties_nothing(place: Place) -> None:
    place.type(MEET, Description="")
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["emptied-in-sheet"]
    assert place.text(MEET) == PAGES[MEET]
    place.type(MEET, Description="(vide)")
    place.run()
    assert "un rythme" not in place.text(MEET).lower()
    assert place.plan()["changes"] == []


def test_a_field_emptied_on_the_wiki_stays_in_the_sheet(place: Place) -> None:
    place.edit(SEE, PAGES[SEE].replace("plop", ""))
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["emptied-on-wiki"]
    assert place.row(SEE)["Description"] == "plop"


def test_a_retyped_title_renames_the_page(place: Place) -> None:
    rows = place.rows()
    next(r for r in rows if r[0] == SEE)[0] = "Observer les usages"
    place.save(rows)
    place.type("Observer les usages", Description="Regarder.")
    done = place.run()
    assert changes(done) == [SEE]
    assert place.text("Observer les usages") == PAGES[SEE].replace("plop", "Regarder.")
    assert "REDIRECT" in place.text(SEE)
    assert place.row("Observer les usages")["page"] == "Observer les usages"
    assert place.plan()["changes"] == []


def test_a_deleted_row_is_a_finding_and_deletes_nothing(place: Place) -> None:
    place.save([row for row in place.rows() if row[0] != SEE])
    done = place.run(code=3)
    assert [(f["rule"], f["title"]) for f in done["findings"]] == [("row-missing", SEE)]
    assert place.text(SEE) == PAGES[SEE]
    assert SEE not in [row[0] for row in place.rows()]


def test_a_deleted_page_is_a_finding_and_is_not_created_again(place: Place) -> None:
    place.delete(SEE)
    done = place.run(code=3)
    assert [(f["rule"], f["title"]) for f in done["findings"]] == [("page-deleted", SEE)]
    assert place.text(SEE) == ""
    assert place.row(SEE)["Description"] == "plop"


def test_a_title_deleted_on_the_wiki_is_not_created_again(place: Place) -> None:
    place.delete(SEE)
    place.save([row for row in place.rows() if row[0] != SEE])
    place.type(SEE, Description="revenue par la feuille")
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["cannot-create"]
    assert place.text(SEE) == ""


def test_a_title_one_letter_from_a_page_is_not_created(place: Place) -> None:
    place.type("Decrire les roles", Description="x")
    done = place.run(code=3)
    assert [(f["rule"], f["suggestion"]) for f in done["findings"]] == [("near-title", ROLES)]
    assert place.text("Decrire les roles") == ""


def test_what_is_near_and_another_page_is_said_in_the_sheet(place: Place) -> None:
    place.type("Decrire les roles", Description="x")
    place.run(code=3)
    place.type("Decrire les roles", à_décider="autre page")
    place.run()
    assert "|description=x" in place.text("Decrire les roles")
    assert place.row("Decrire les roles")["à décider"] == ""


def test_dragged_revision_numbers_are_not_believed(place: Place) -> None:
    """A spreadsheet's fill handle counts up: every number then is another page's revision."""
    rows = place.rows()
    first = min(int(row[-1].partition("#")[0]) for row in rows[1:])
    for offset, row in enumerate(rows[1:]):
        row[-1] = str(first + offset + 1)
    place.save(rows)
    place.type(SEE, Description="de la feuille")
    done = place.run(code=3)
    assert [c["title"] for c in done["conflicts"]] == [SEE]
    assert changes(done) == []
    assert place.text(SEE) == PAGES[SEE]


def test_a_column_sorted_alone_is_refused(place: Place, capitalise: Cli) -> None:
    rows = place.rows()
    for row, text in zip(rows[1:], sorted((r[2] for r in rows[1:]), reverse=True), strict=True):
        row[2] = text
    place.save(rows)
    said = capitalise(place.folder, "run", "ingredients", "--yes", code=1).stderr
    assert SHEET in said
    assert "Description" in said
    assert {title: place.text(title) for title in TITLES} == {title: PAGES[title] for title in TITLES}


def test_a_run_is_taken_back_and_people_stay(place: Place, capitalise: Cli) -> None:
    place.type(SEE, Description="du robot")
    place.type(MEET, Exemple="du robot aussi")
    place.type("Nouvelle", Description="créée")
    run = place.run()["run"]
    place.edit(MEET, place.text(MEET) + "\n\nune ligne de Camille")
    capitalise(place.folder, "undo", run, "--yes", code=3)
    assert place.text(SEE) == PAGES[SEE]
    assert "du robot" not in place.text(MEET)
    assert place.text(MEET).endswith("une ligne de Camille")
    assert place.text("Nouvelle") != ""
    done = place.run(code=3)
    assert {f["rule"] for f in done["findings"]} == {"reverted"}
    assert changes(done) == []


def test_a_rename_is_taken_back(place: Place, capitalise: Cli) -> None:
    rows = place.rows()
    next(r for r in rows if r[0] == SEE)[0] = "Observer les usages"
    place.save(rows)
    run = place.run()["run"]
    capitalise(place.folder, "undo", run, "--yes")
    assert place.text(SEE) == PAGES[SEE]


def test_history_lists_runs_and_edits_from_the_wiki(place: Place) -> None:
    place.type(SEE, Description="un")
    place.type(MEET, Exemple="deux")
    run = place.run()["run"]
    (found,) = place.history()
    assert (found["run"], found["missing"]) == (run, [])
    assert sorted((e["number"], e["title"]) for e in found["edits"]) == [(1, MEET), (2, SEE)]


def test_a_rename_and_an_edit_of_one_page_are_taken_back_together(place: Place, capitalise: Cli) -> None:
    rows = place.rows()
    next(r for r in rows if r[0] == SEE)[0] = "Observer les usages"
    place.save(rows)
    place.type("Observer les usages", Description="Regarder.")
    run = place.run()["run"]
    capitalise(place.folder, "undo", run, "--yes")
    assert place.text(SEE) == PAGES[SEE]


def test_a_plan_applied_again_finds_its_work_done(place: Place, capitalise: Cli) -> None:
    """The connection was cut, the editor is not sure: the same file again is no harm and no alarm."""
    place.type(SEE, Description="du plan")
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    sheet = (place.folder / SHEET).read_bytes()
    capitalise(place.folder, "apply", str(plan), "--yes")
    (place.folder / SHEET).write_bytes(sheet)
    capitalise(place.folder, "apply", str(plan), "--yes")
    assert place.plan()["changes"] == []
    assert len(place.history()[0]["edits"]) == 1


def test_an_old_plan_writes_nothing_into_a_row_that_moved_on(place: Place, capitalise: Cli) -> None:
    """Vandalism planned into the sheet, then taken back on the wiki, must not come in by the old plan."""
    place.type(SEE, Description="de la feuille")
    place.edit(SEE, PAGES[SEE].replace("plop", "du wiki\n|exemple=vandale"))
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan), code=3)
    place.edit(SEE, PAGES[SEE].replace("plop", "de la feuille"))
    place.run()
    capitalise(place.folder, "apply", str(plan), "--yes", code=3)
    assert place.row(SEE)["Exemple"] == ""
    assert place.row(SEE)["à décider"] == ""


def test_a_cell_changed_between_plan_and_apply_holds_its_row_back(place: Place, capitalise: Cli) -> None:
    place.edit(SEE, PAGES[SEE].replace("plop", "de Camille"))
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    place.type(SEE, Description="de la feuille")
    capitalise(place.folder, "apply", str(plan), "--yes", code=3)
    done = place.run(code=3)
    assert [c["title"] for c in done["conflicts"]] == [SEE]
    assert "de Camille" in place.text(SEE)


def test_a_field_without_a_column_keeps_its_row_where_it_was(place: Place) -> None:
    texts = [row[2] for row in place.rows()]
    place.save([[*row[:2], *row[3:]] for row in place.rows()])
    place.edit(SEE, PAGES[SEE].replace("plop", "de Camille"))
    place.run(code=3)
    place.save([[*row[:2], text, *row[2:]] for row, text in zip(place.rows(), texts, strict=True)])
    done = place.run()
    assert changes(done) == []
    assert place.row(SEE)["Description"] == "de Camille"


def test_a_row_copied_as_a_pattern_is_not_the_page_it_came_from(place: Place) -> None:
    rows = place.rows()
    pattern = next(row for row in rows if row[0] == SEE)
    copy = ["Nouvelle idée", "", "autre texte", "", "", "", "", pattern[-1]]
    place.save([*(row for row in rows if row[0] != SEE), copy])
    place.run(code=3)
    assert place.text(SEE) == PAGES[SEE]
    assert place.text("Nouvelle idée") == ""


def test_a_saved_plan_is_applied_as_read_and_not_twice(place: Place, capitalise: Cli) -> None:
    place.type(SEE, Description="du plan")
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    assert place.text(SEE) == PAGES[SEE]
    capitalise(place.folder, "apply", str(plan), "--yes")
    assert "du plan" in place.text(SEE)
    place.edit(SEE, PAGES[SEE])
    capitalise(place.folder, "apply", str(plan), "--yes", code=3)
    assert place.text(SEE) == PAGES[SEE]


def test_a_page_changed_after_the_plan_is_not_overwritten(place: Place, capitalise: Cli) -> None:
    place.type(SEE, Description="du plan")
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    place.edit(SEE, PAGES[SEE].replace("plop", "de Camille"))
    capitalise(place.folder, "apply", str(plan), "--yes", code=3)
    assert "de Camille" in place.text(SEE)
    assert place.row(SEE)["Description"] == "du plan"


def test_a_crash_before_the_sheet_is_written_costs_nothing(place: Place) -> None:
    """The page was saved, the row has its old number; then Camille went on from the new text."""
    place.type(SEE, Description="du robot")
    before = (place.folder / SHEET).read_bytes()
    place.run()
    (place.folder / SHEET).write_bytes(before)
    place.edit(SEE, place.text(SEE).replace("du robot", "du robot, relu par Camille"))
    done = place.run()
    assert changes(done) == []
    assert place.row(SEE)["Description"] == "du robot, relu par Camille"


def test_narrowing_to_one_page_and_to_a_number(place: Place) -> None:
    for title in (SEE, MEET, ROLES):
        place.type(title, Exemple="x")
    assert changes(place.plan("--page", SEE)) == [SEE]
    assert len(changes(place.plan("--limit", "2"))) == 2
    place.run("--page", SEE)
    assert place.text(MEET) == PAGES[MEET]


def test_the_users_own_columns_and_order_are_kept(place: Place) -> None:
    rows = [["à moi", *reversed(row)] if n else ["mes notes", *reversed(row)] for n, row in enumerate(place.rows())]
    place.save(rows)
    place.edit(SEE, PAGES[SEE].replace("plop", "Regarder."))
    place.run()
    new = place.rows()
    assert new[0] == rows[0]
    assert [row[0] for row in new[1:]] == ["à moi"] * len(TITLES)
    assert ["Regarder." in row for row in new].count(True) == 1


@pytest.mark.mediawiki
def test_a_quiet_night_asks_the_wiki_little(tmp_path: Path, capitalise: Cli, farm: mediawiki.Farm) -> None:
    """However many pages: who we are, the form, its template, the listing, the texts by fifty or five hundred."""
    place = WikiPlace(tmp_path / "kit", capitalise)
    place.run()
    before = len(farm.requests("communs"))
    place.plan()
    asked = farm.requests("communs")[before:]
    place.close()
    assert len(asked) <= 6
    assert not [r for r in asked if r["action"] == "login"]


@pytest.mark.mediawiki
def test_an_imported_revision_is_not_ours(farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli) -> None:
    """Another wiki's account of our name wrote the cell's very words there; here somebody else wrote over them since."""
    place = WikiPlace(tmp_path / "kit", capitalise)
    place.run()
    place.type(SEE, Description="importé")
    with sqlite3.connect(mediawiki.ROOT / "data" / "communs" / "communs.sqlite", timeout=30) as db:
        db.execute("UPDATE revision SET rev_timestamp = '2025' || substr(rev_timestamp, 5)")
    place.edit(SEE, PAGES[SEE].replace("plop", "d'ici"))
    admin = Person("communs", "Admin")
    text = PAGES[SEE].replace("plop", "importé")
    revision = (
        "<timestamp>2026-01-01T10:00:00Z</timestamp><contributor><username>Robot</username><id>1</id></contributor>"
        f"<comment>ingredients : Description · 20260101T1000-aaaa #1</comment><text xml:space='preserve'>{html.escape(text)}</text>"
    )
    page = f"<page><title>{SEE}</title><ns>0</ns><revision><model>wikitext</model><format>text/x-wiki</format>{revision}</revision></page>"
    xml = (
        f"<mediawiki xmlns='http://www.mediawiki.org/xml/export-0.11/' version='0.11' xml:lang='fr'>{page}</mediawiki>"
    )
    admin.bring(xml)
    admin.close()
    conflicts = place.run(code=3)["conflicts"]
    assert [c["title"] for c in conflicts] == [SEE]
    assert place.row(SEE)["Description"] == "importé"
    place.close()


# -- what an adversary lost words with ------------------------------------------------------------


def test_a_word_typed_before_there_was_a_question_answers_none(place: Place) -> None:
    place.type(SEE, à_décider="feuille")
    place.run(code=None)
    conflict(place)
    for _night in range(3):
        assert [c["title"] for c in place.run(code=3)["conflicts"]] == [SEE]
        assert "du wiki" in place.text(SEE)


def test_an_answer_that_was_carried_out_is_spent(place: Place) -> None:
    """Written, the row's new number lost with an old copy of the sheet, and then somebody took it back."""
    conflict(place)
    place.run(code=3)
    place.type(SEE, à_décider="feuille")
    old = (place.folder / SHEET).read_bytes()
    place.run()
    place.edit(SEE, PAGES[SEE].replace("plop", "du wiki"))
    (place.folder / SHEET).write_bytes(old)
    assert [f["rule"] for f in place.run(code=3)["findings"]] == ["reverted"]
    assert "du wiki" in place.text(SEE)


def test_what_came_into_the_cell_after_the_question_is_not_dropped(place: Place) -> None:
    conflict(place)
    place.run(code=3)
    place.type(SEE, Description="trois heures de travail", à_décider="Description : wiki")
    assert [f["rule"] for f in place.run(code=3)["findings"]] == ["decision-outdated"]
    assert place.row(SEE)["Description"] == "trois heures de travail"
    assert "du wiki" in place.text(SEE)


def test_a_plan_is_not_applied_over_an_answer_that_changed_since(place: Place, capitalise: Cli) -> None:
    conflict(place)
    place.run(code=3)
    place.type(SEE, à_décider="Description : feuille")
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    place.type(SEE, à_décider="Description : wiki")
    capitalise(place.folder, "apply", str(plan), "--yes", code=3)
    assert "du wiki" in place.text(SEE)
    place.run()
    assert place.row(SEE)["Description"] == "du wiki"


def test_two_fields_that_wait_are_answered_by_name_and_the_cell_does_not_grow(place: Place) -> None:
    place.type(SEE, Description="de la feuille", Exemple="un")
    place.edit(SEE, PAGES[SEE].replace("plop", "du wiki\n|exemple=deux"))
    place.run(code=3)
    place.type(SEE, à_décider="wiki")
    place.run(code=3)
    once = place.row(SEE)["à décider"]
    for _night in range(3):
        place.run(code=3)
    assert place.row(SEE)["à décider"] == once
    place.type(SEE, à_décider="Description : wiki ; Exemple : feuille")
    place.run()
    assert "du wiki" in place.text(SEE) and "|exemple=un" in place.text(SEE)


# -- what a sheet never held is new ---------------------------------------------------------------

NEW = "{{Ingrédient\n|description=Toute nouvelle.\n}}"


def test_a_page_made_between_plan_and_apply_gets_its_row(place: Place, capitalise: Cli) -> None:
    place.type(SEE, Description="de la feuille")
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    place.edit("Fabriquer un banc", NEW)
    capitalise(place.folder, "apply", str(plan), "--yes", code=None)
    place.run()
    assert place.row("Fabriquer un banc")["Description"] == "Toute nouvelle."


def test_a_page_made_before_a_run_of_one_page_gets_its_row(place: Place) -> None:
    place.edit("Fabriquer un banc", NEW)
    place.type(SEE, Description="de la feuille")
    place.run("--page", SEE)
    place.run()
    assert place.row("Fabriquer un banc")["Description"] == "Toute nouvelle."


def test_a_row_that_was_deleted_stays_deleted(place: Place) -> None:
    place.save([row for row in place.rows() if row[0] != MEET])
    for _night in range(2):
        assert [f["rule"] for f in place.run(code=3)["findings"]] == ["row-missing"]


# -- columns and blocks that are not where they were ----------------------------------------------


def texts(place: Place) -> dict[str, str]:
    return {title: place.text(title) for title in TITLES}


def fill_examples(place: Place) -> None:
    for title in TITLES:
        place.type(title, Exemple=f"Un exemple pour « {title} »")
    place.run(code=None)


def test_two_headings_that_were_exchanged_are_damage(place: Place, capitalise: Cli) -> None:
    fill_examples(place)
    before = texts(place)
    header, *rows = place.rows()
    swapped = {"Description": "Exemple", "Exemple": "Description"}
    place.save([[swapped.get(heading, heading) for heading in header], *rows])
    assert "Description" in capitalise(place.folder, "run", "ingredients", "--yes", code=1).stderr
    assert texts(place) == before


def test_two_labels_that_were_exchanged_in_the_form_are_damage(place: Place, capitalise: Cli) -> None:
    fill_examples(place)
    before = texts(place)
    form = PAGES["Formulaire:Ingrédient"]
    swapped = (
        form.replace("! Description :", "! X :")
        .replace("! Exemple :", "! Description :")
        .replace("! X :", "! Exemple :")
    )
    assert swapped != form
    if isinstance(place, WikiPlace):
        place.edit("Formulaire:Ingrédient", swapped)
    else:
        (place.folder / "wiki" / "Formulaire%3AIngrédient.wiki").write_text(swapped, "utf-8")
    assert "Exemple" in capitalise(place.folder, "run", "ingredients", "--yes", code=1).stderr
    assert texts(place) == before


@pytest.mark.parametrize("kept", [3, 13])
def test_a_block_pasted_a_row_too_low_is_damage(place: Place, capitalise: Cli, kept: int) -> None:
    fill_examples(place)
    before = texts(place)
    header, *rows = place.rows()
    at = [header.index("Description"), header.index("Exemple")]
    lower = [list(row) for row in rows[:kept]]
    for row, above in zip(lower[1:], rows, strict=False):
        for column in at:
            row[column] = above[column]
    place.save([header, *lower, *rows[kept:]])
    assert "lignes" in capitalise(place.folder, "run", "ingredients", "--yes", code=1).stderr
    assert texts(place) == before


def test_one_row_put_right_by_hand_is_no_damage(place: Place) -> None:
    fill_examples(place)
    row = place.row(SEE)
    place.type(SEE, Description=row["Exemple"], Exemple=row["Description"])
    place.run(code=3)  # “plop” takes the place of a text: that is named
    assert f"|exemple={row['Description']}" in place.text(SEE)
