"""How words could be lost by a review: each kind that an adversary found, as a story."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from capitalise.bots.kind import Request
from capitalise.plans.model import PageChange, Plan, RowRef, SheetChange
from capitalise.review.decided import subset
from capitalise.review.items import Item, Sort, items_of
from capitalise.review.journal import Answer, Choice, Journal, Proposal
from capitalise.review.mailed import file_names
from capitalise.review.session import Review, open_journal, read_source
from capitalise.workspace.workspace import Workspace
from tests.conftest import Cli
from tests.place import FolderPlace
from tests.review.test_review import NOW, page, said
from tests.reviewed import call

T = "Choisir une licence"
OTHER = "Animer les rencontres"


class Table:
    """Somebody who reviews, without the browser."""

    def __init__(self, place: FolderPlace) -> None:
        self.place = place
        self.workspace = Workspace.open(place.folder)
        self.review = Review(
            self.workspace,
            [read_source(self.workspace, "ingredients", Request(), NotImplemented)],
            open_journal(place.folder),
        )

    def item(self, title: str, field: str = "") -> Item:
        return next(i for i in self.review.items.values() if i.title == title and (not field or i.name == field))

    def say(self, title: str, choice: Choice, text: str = "", field: str = "Exemple") -> None:
        assert self.review.answer([self.item(title, field).key], Answer(choice, text))

    def apply(self) -> None:
        assert self.review.begin()
        self.review.carry_out()
        assert self.review.state.error is None, self.review.state.error


@pytest.fixture
def kit(tmp_path: Path, capitalise: Cli) -> FolderPlace:
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.edit(
        T, "{{Ingrédient\n|étape=3 - Poser les règles\n|description=Une description.\n|exemple=Vieil exemple.\n}}"
    )
    place.run()
    return place


def wiki(place: FolderPlace, exemple: str) -> None:
    place.edit(
        T, f"{{{{Ingrédient\n|étape=3 - Poser les règles\n|description=Une description.\n|exemple={exemple}\n}}}}"
    )


@pytest.mark.parametrize("choice", [Choice.SHEET, Choice.WIKI, Choice.TEXT])
@pytest.mark.parametrize("typed", ["FEUILLE B", ""])
def test_what_is_typed_into_the_sheet_after_it_was_shown_stays(kit: FolderPlace, choice: Choice, typed: str) -> None:
    kit.type(T, Exemple="FEUILLE A")
    wiki(kit, "WIKI W")
    table = Table(kit)
    table.say(T, choice, "MES MOTS" if choice is Choice.TEXT else "")
    kit.type(T, Exemple=typed)
    table.apply()
    assert kit.row(T)["Exemple"] == typed and "|exemple=WIKI W" in kit.text(T)
    assert T in table.review.changed


def test_own_words_for_a_text_on_its_way_count_for_the_text_that_was_shown(kit: FolderPlace) -> None:
    kit.type(T, Exemple="FEUILLE A")
    table = Table(kit)
    table.say(T, Choice.TEXT, "MES MOTS")
    kit.type(T, Exemple="FEUILLE B")
    table.apply()
    assert kit.row(T)["Exemple"] == "FEUILLE B" and "Vieil exemple." in kit.text(T)


def test_an_answer_in_the_sheet_meanwhile_is_the_newer_one(kit: FolderPlace) -> None:
    kit.type(T, Exemple="FEUILLE A")
    wiki(kit, "WIKI W")
    table = Table(kit)
    table.say(T, Choice.WIKI)
    kit.type(T, à_décider="Exemple : feuille")
    table.apply()
    assert kit.row(T)["Exemple"] == "FEUILLE A" and "feuille" in kit.row(T)["à décider"]


def test_own_words_that_cannot_be_written_let_no_older_text_come_back(kit: FolderPlace) -> None:
    wiki(kit, "WIKI W, écrit hier par Camille.")
    kit.type(T, Description="Une description neuve.")
    table = Table(kit)
    table.say(T, Choice.TEXT, "~~~~")
    table.say(T, Choice.ACCEPT, field="Description")
    table.apply()
    kit.run(code=None)
    assert "WIKI W, écrit hier par Camille." in kit.text(T)


def test_a_page_whose_row_was_left_for_now_gets_it_later(kit: FolderPlace) -> None:
    kit.edit("Page neuve", call("3 - Poser les règles", "Neuve."))
    kit.type(T, Description="Autre chose.")
    table = Table(kit)
    assert table.item("Page neuve").sort is Sort.ROW
    table.say("Page neuve", Choice.LEAVE, field="")
    table.say(T, Choice.ACCEPT, field="Description")
    table.apply()
    assert "Page neuve" in [one.title for one in Table(kit).review.items.values()]
    kit.run(code=None)
    assert kit.row("Page neuve")["Description"] == "Neuve."


def test_a_limited_run_leaves_no_page_without_its_row(kit: FolderPlace) -> None:
    kit.edit("Page neuve", call("3 - Poser les règles", "Neuve."))
    kit.type(T, Description="Autre chose.")
    kit.run("--limit", "1", code=None)
    kit.run(code=None)
    assert kit.row("Page neuve")["Description"] == "Neuve."


def test_never_about_a_question_does_not_stop_the_rest_of_its_row(kit: FolderPlace) -> None:
    kit.type(T, Exemple="FEUILLE A")
    wiki(kit, "WIKI W")
    kit.run(code=None)
    assert "Exemple" in kit.row(T)["à décider"]
    table = Table(kit)
    table.say(T, Choice.NEVER)
    table.apply()
    kit.type(T, Description="Un mois de travail.")
    kit.run(code=None)
    assert "Un mois de travail." in kit.text(T) and "WIKI W" in kit.text(T)
    assert kit.row(T)["Exemple"] == "FEUILLE A"


def test_an_answer_about_a_field_that_is_left_stays_as_it_was_typed(kit: FolderPlace) -> None:
    kit.type(T, Exemple="FEUILLE A")
    wiki(kit, "WIKI W")
    kit.run(code=None)
    kit.type(T, à_décider="Exemple : wiki", Description="Autre chose.")
    table = Table(kit)
    table.say(T, Choice.ACCEPT, field="Description")
    table.apply()
    assert "Autre chose." in kit.text(T) and kit.row(T)["Exemple"] == "FEUILLE A"
    assert kit.row(T)["à décider"] == "Exemple : wiki"
    kit.run(code=None)
    assert kit.row(T)["Exemple"] == "WIKI W"


def test_skip_holds_under_a_page_old_and_new_name_and_however_it_is_written(kit: FolderPlace) -> None:
    bot = kit.folder / "bots" / "ingredients.toml"
    bot.write_text(
        bot.read_text("utf-8") + f'skip = ["choisir_une licence # Exemple", "{OTHER}#Description"]\n', "utf-8"
    )
    kit.type(T, Exemple="NE PAS PUBLIER")
    kit.type(OTHER, Description="NE PAS PUBLIER NON PLUS")
    rows = kit.rows()
    next(row for row in rows if row[0] == OTHER)[0] = "Animer autrement"
    kit.save(rows)
    for _night in range(2):
        kit.run(code=None)
        assert "NE PAS" not in kit.text(T) and "NE PAS" not in kit.text(OTHER) + kit.text("Animer autrement")
    assert "skip" in json.dumps(kit.plan(code=None)["findings"], ensure_ascii=False)


def test_never_holds_in_the_same_session(kit: FolderPlace) -> None:
    kit.type(T, Exemple="FEUILLE A")
    table = Table(kit)
    table.say(T, Choice.NEVER)
    table.apply()
    assert T not in [item.title for item in table.review.items.values()]


def test_a_cell_is_not_hidden_by_another_that_gets_the_same_text(kit: FolderPlace) -> None:
    wiki(kit, "oui")
    kit.type(T, Description="oui")
    table = Table(kit)
    assert {(item.name, item.sort) for item in table.review.items.values()} == {
        ("Exemple", Sort.CELL),
        ("Description", Sort.FIELD),
    }
    table.say(T, Choice.ACCEPT, field="Description")
    table.apply()
    assert kit.row(T)["Exemple"] == "Vieil exemple."


def test_a_row_is_written_as_it_was_shown_or_not(kit: FolderPlace) -> None:
    kit.edit("Page neuve", call("3 - Poser les règles", "Montré."))
    table = Table(kit)
    table.say("Page neuve", Choice.ACCEPT, field="")
    kit.edit("Page neuve", call("3 - Poser les règles", "Jamais montré."))
    table.apply()
    assert "Page neuve" in table.review.changed
    assert [row for row in kit.rows() if row[0] == "Page neuve"] == []


def test_a_cell_that_is_left_is_not_written_with_its_page() -> None:
    row = RowRef("f.csv", 2, "A")
    change = PageChange("w", "A", 1, "un", "deux", "", rows=(row,))
    plan = Plan("b", "r", NOW, (change,), (SheetChange(row, "T", "a", "b"), SheetChange(row, "revision", "1", None)))
    items = items_of(plan, by_field=False)
    found = subset(plan, items, {next(i.key for i in items if i.change): Answer(Choice.ACCEPT)})
    assert [one.field for one in found.cells] == ["revision"]


def test_nothing_in_a_saved_plan_is_made_by_the_bot_from_the_others() -> None:
    plan = Plan("b", "r", NOW, (PageChange("w", "A", 1, "un", "deux", ""),))
    assert [item.follows for item in items_of(plan, by_field=True, saved=True)] == [False]


def test_what_somebody_proposes_stands_alone_and_nobodys_words_hide_anothers(kit: FolderPlace, tmp_path: Path) -> None:
    for title in (T, "Décrire les rôles"):
        kit.type(title, Étape="6 - Transmettre et essaimer")
    table = Table(kit)
    key = table.item(T, "Étape").key
    journal = open_journal(kit.folder)
    journal.propose(
        [Proposal(name, "ingredients", T, "Étape", key, Choice.TEXT, f"Non ! ({name})") for name in ("Awa", "Bo")]
    )
    journal.propose(
        [Proposal("Awa", "ingredients", "Une page partie", "Description", "x" * 20, Choice.TEXT, "Des mots d'Awa")]
    )
    table = Table(kit)
    entry = next(one for one in table.review.entries if one.first.title == T)
    assert not entry.is_group and [one.by for one in table.review.proposals(entry.first)] == ["Awa", "Bo"]
    assert not table.review.answer([item.key for item in table.review.items.values()], Answer(Choice.ACCEPT))
    assert [one.text for one in table.review.orphans] == ["Des mots d'Awa"]


def test_two_writers_have_two_files() -> None:
    names = file_names("b", ["Bo-B", "Bo B", "bo b", "", "../../etc"])
    assert len({name.casefold() for name in names.values()}) == 5
    assert all("/" not in name for name in names.values())


def test_for_now_is_half_a_day_and_old_answers_are_asked_again(tmp_path: Path) -> None:
    from datetime import timedelta

    journal = Journal(tmp_path / "r.jsonl")
    journal.give(["a"], Answer(Choice.LEAVE))
    journal.give(["b"], Answer(Choice.ACCEPT))
    now = journal.given["a"]
    journal.reopen(now + timedelta(hours=1))
    assert set(journal.answers) == {"a", "b"}
    journal.reopen(now + timedelta(hours=13))
    assert set(journal.answers) == {"b"}
    journal.reopen(now + timedelta(days=8))
    assert journal.answers == {}


def test_answers_are_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victime.txt").write_text("à moi\n", "utf-8")
    (tmp_path / "r.jsonl").symlink_to(tmp_path / "victime.txt")
    with pytest.raises(OSError):
        Journal(tmp_path / "r.jsonl").give(["a"], Answer(Choice.LEAVE))
    assert (tmp_path / "victime.txt").read_text("utf-8") == "à moi\n"


def test_what_was_taken_back_of_a_saved_plan_can_be_done_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.jsonl")
    journal.done(["a", "b"], "20260101T0000-aaaa", "digest")
    journal.undone("20260101T0000-aaaa")
    assert Journal(journal.path).applied["digest"] == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("un mot<!-- NOTE de Camille -->", "un autre mot"),
        ("[[Page|le lien]] est là", "[[Autre page|le lien]] est ici"),
    ],
)
def test_what_readers_do_not_see_is_shown_where_it_changes(old: str, new: str) -> None:
    from capitalise.review.shown import hidden_in

    assert hidden_in(old) != hidden_in(new)


@pytest.mark.parametrize(
    "after",
    ["\nUn. Deux. {{Suppression immédiate}}", "\n<!--Un. Deux.-->", "\nDeux. Un.", "\nUn."],
)
def test_whatever_else_changes_on_the_page_is_looked_at(after: str) -> None:
    change = page("A", ("Licence", "cc by-sa", "CC BY-SA 4.0"), more="\nUn. Deux.", after=after)
    (item,) = items_of(Plan("b", "r", NOW, (change,)), by_field=True)
    assert any("more of the page" in one for one in said(item))


def test_a_comment_that_goes_is_looked_at() -> None:
    change = page("A", ("T", "un mot<!-- NOTE de Camille -->", "un autre mot"))
    (item,) = items_of(Plan("b", "r", NOW, (change,)), by_field=True)
    assert any("comment" in one for one in said(item))


def test_half_a_sign_is_no_answer(tmp_path: Path, capitalise: Cli, kit: FolderPlace) -> None:
    good = {"format": "capitalise-answers-1", "bot": "ingredients", "writer": "Awa"}
    one = {"title": "A", "field": "T", "key": "", "choice": "text", "text": "\ud800"}
    (tmp_path / "r.json").write_text(json.dumps({**good, "answers": [one]}), "utf-8")
    done = capitalise(kit.folder, "review", "--answers", str(tmp_path / "r.json"), code=2)
    assert len(done.stderr.strip().splitlines()) == 1


def test_words_of_whoever_reviews_are_nobody_elses(kit: FolderPlace) -> None:
    rows = kit.rows()
    rows[0].append("rédacteur")
    for row in rows[1:]:
        row.append("Awa" if row[0] == T else "")
    kit.save(rows)
    kit.type(T, Exemple="FEUILLE A")
    wiki(kit, "WIKI W")
    table = Table(kit)
    table.say(T, Choice.TEXT, "Mes mots à moi.")
    table.apply()
    (change,) = [one.change for one in table.review.state.done]
    assert "Mes mots à moi." in kit.text(T) and "Awa" not in change.summary


def test_an_empty_side_is_looked_at(kit: FolderPlace) -> None:
    kit.type(T, Exemple="")
    wiki(kit, "WIKI W")
    table = Table(kit)
    waiting = [item for item in table.review.items.values() if item.conflict]
    assert all(said(item) for item in waiting)


def test_a_saved_plan_does_not_make_a_page_of_a_text_that_changed_since(kit: FolderPlace, capitalise: Cli) -> None:
    kit.type("Une fête", Étape="3 - Poser les règles", Description="Le texte d'hier.")
    plan = kit.folder / "plan.json"
    capitalise(kit.folder, "plan", "ingredients", "-o", str(plan), code=None)
    kit.type("Une fête", Description="Le texte d'aujourd'hui.")
    capitalise(kit.folder, "apply", str(plan), "--yes", code=None)
    assert kit.text("Une fête") == ""
    kit.run(code=None)
    assert "Le texte d'aujourd'hui." in kit.text("Une fête")
