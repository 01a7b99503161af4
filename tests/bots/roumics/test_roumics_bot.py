"""The reports of an event on a wiki: built from folders, kept in step, never at the cost of what people wrote there."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import pytest
from lxml import html

from capitalise.bots.roumics.rows import COLUMNS
from capitalise.plans.model import SheetLook
from capitalise.sheets import ods
from capitalise.sheets.table import Comments
from tests.conftest import Cli, Office
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.reports import ANNEX, ATELIER, Reports, Shelf

REPORT = "ROUMICS 2017"


@pytest.fixture
def reports(farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli) -> Iterator[Reports]:
    made = Reports(tmp_path / "kit", capitalise)
    yield made
    made.close()


@pytest.fixture(params=["folder", pytest.param("mediawiki", marks=pytest.mark.mediawiki)])
def shelf(request: pytest.FixtureRequest, tmp_path: Path, capitalise: Cli) -> Iterator[Shelf]:
    if request.param == "folder":
        yield Shelf(tmp_path / "kit", capitalise)
        return
    request.getfixturevalue("farm")
    made = Reports(tmp_path / "kit", capitalise)
    yield made
    made.close()


def titles(plan: dict[str, object]) -> list[str]:
    changes = plan["changes"]
    assert isinstance(changes, list)
    return [str(change["title"]) for change in changes]


# -- published ------------------------------------------------------------------------------------


@pytest.mark.mediawiki
def test_the_sample_editions_are_published_and_read_well(reports: Reports) -> None:
    reports.people["wikiversite"].edit("Recherche:Financement et rétribution dans les communs", "La recherche.")
    reports.run()
    pages = [("communs", title) for title in (REPORT, ATELIER, "ROUMICS 2016", "ROUMICS")] + [("wikiversite", ANNEX)]
    for wiki, title in pages:
        tree = html.fromstring(reports.html(title, wiki))
        words = tree.text_content()
        assert not tree.xpath("//*[contains(@class, 'error')]")
        assert "Modèle:" not in words
        assert not re.search(r"\{\{|\}\}|\[\[|\]\]|'''|==|&#\d+;|<nowiki", words), words
        assert not tree.xpath("//a[contains(@class, 'new')]/@title"), title
        levels = [int(h.tag[1]) for h in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert all(after <= before + 1 for before, after in zip([1, *levels], levels, strict=False)), levels


@pytest.mark.mediawiki
def test_links_lead_to_the_other_wikis(reports: Reports) -> None:
    """`communs` has a prefix for the book, the wikis of the farm being each other's interwiki."""
    reports.run()
    (related,) = [a for a in html.fromstring(reports.html(REPORT)).xpath("//a") if "Construire" in a.text_content()]
    assert "Construire_des_communs" in related.get("href")
    back = html.fromstring(reports.html(ANNEX, "wikiversite")).xpath("//a[text() = 'ROUMICS 2016']/@href")
    assert back == [f"{mediawiki.address('communs').removesuffix('/w/api.php')}/wiki/ROUMICS_2016"]


def test_a_second_run_has_nothing_to_write(shelf: Shelf) -> None:
    assert REPORT in titles(shelf.run())
    again = shelf.run()
    assert again["changes"] == []
    assert again["conflicts"] == []


def test_notes_that_come_later_become_a_page_and_a_link(shelf: Shelf) -> None:
    shelf.run()
    assert "14h00 - 16h30 : Un budget sans chef (Grande salle)" in shelf.text(REPORT)
    assert "Compte rendu à venir" in shelf.text(REPORT)
    sheet = shelf.file("2017/event.csv")
    sheet.write_text(
        sheet.read_text("utf-8").replace("https://pad.exemple.invalid/p/budget;;", ";notes/budget.txt;"), "utf-8"
    )
    shelf.file("2017/notes/budget.txt").write_text("Un commun imaginaire a trois poches.\n\t* la première\n", "utf-8")
    done = shelf.run()
    assert titles(done) == [REPORT, "ROUMICS 2017 - Un budget sans chef"]
    assert "[[ROUMICS 2017 - Un budget sans chef|Un budget sans chef]]" in shelf.text(REPORT)
    assert "à venir" not in shelf.text(REPORT)
    assert "* la première" in shelf.text("ROUMICS 2017 - Un budget sans chef")


# -- people on the page ---------------------------------------------------------------------------


def test_words_outside_the_marks_survive_every_build(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "<!-- capitalise roumics-photos", "Il faisait beau.\n\n<!-- capitalise roumics-photos")
    toml = shelf.file("2017/event.toml")
    toml.write_text(toml.read_text("utf-8").replace("Roubaix", "Roubaix, salle des fêtes"), "utf-8")
    assert titles(shelf.run()) == [REPORT, "ROUMICS"]
    assert "Il faisait beau.\n\n<!-- capitalise roumics-photos" in shelf.text(REPORT)
    assert "salle des fêtes" in shelf.text(REPORT)


def test_words_inside_the_marks_wait_until_they_are_pulled(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "* Dominique Fictif, trésorier", "* Dominique Fictif (le matin), trésorier")
    sheet = shelf.file("2017/event.csv")
    sheet.write_text(sheet.read_text("utf-8").replace("Pot de clôture", "Goûter de clôture"), "utf-8")
    (conflict,) = shelf.run(code=3)["conflicts"]
    assert (conflict["title"], conflict["field"]) == (REPORT, "programme")
    assert "(le matin)" in shelf.text(REPORT)
    assert "Goûter" not in shelf.text(REPORT)

    assert "(le matin)" in shelf.roumics("pull")
    assert titles(shelf.run()) == [REPORT]
    assert "(le matin)" in shelf.text(REPORT)
    assert "Goûter" in shelf.text(REPORT)
    assert shelf.plan()["changes"] == []
    assert "Personne" in shelf.roumics("pull")


def test_two_people_one_after_the_other_are_both_kept(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "* Dominique Fictif, trésorier", "* Dominique Fictif (le matin), trésorier")
    shelf.roumics("pull")
    shelf.change(REPORT, "Pot de clôture", "Pot de clôture (apportez un verre)")
    assert [c["title"] for c in shelf.plan()["conflicts"]] == [REPORT]
    shelf.roumics("pull")
    sheet = shelf.file("2017/event.csv")
    sheet.write_text(sheet.read_text("utf-8").replace("Repas partagé", "Grand repas partagé"), "utf-8")
    shelf.run()
    text = shelf.text(REPORT)
    assert "(le matin)" in text
    assert "(apportez un verre)" in text
    assert "Grand repas" in text


def settle(shelf: Shelf, old: str, new: str) -> None:
    """Somebody corrects the words of the last layer."""
    path = sorted(shelf.file("2017/repris").glob("*.toml"))[-1]
    head, mark, words = path.read_text("utf-8").partition("words = ")
    path.write_text(head + mark + words.replace(old, new), "utf-8")


def test_where_folder_and_wiki_change_one_line_a_person_decides_in_the_file(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "Pot de clôture", "Pot de clôture (apportez un verre)")
    shelf.roumics("pull")
    rename(shelf, "Pot de clôture", "Goûter de clôture")
    done = shelf.run(code=3)
    assert [c["title"] for c in done["conflicts"]] == [REPORT]
    assert "(apportez un verre)" in shelf.text(REPORT)
    settle(shelf, "Pot de clôture (apportez un verre)", "Goûter de clôture")
    assert titles(shelf.run()) == [REPORT]
    assert "Goûter de clôture" in shelf.text(REPORT)
    assert "verre" not in shelf.text(REPORT)


def rename(shelf: Shelf, old: str, new: str) -> None:
    sheet = shelf.file("2017/event.csv")
    sheet.write_text(sheet.read_text("utf-8").replace(old, new), "utf-8")


def build_on(shelf: Shelf) -> None:
    """The notes of ATELIER grow, and are built again."""
    notes = shelf.file("2017/notes/reconnaitre.md")
    notes.write_text(notes.read_text("utf-8") + "\n\nUne ligne de plus.\n", "utf-8")
    shelf.run()


def words_in_a_later_build(shelf: Shelf) -> None:
    """Zoé's words on ATELIER, pulled, and built into it since: the bot's hash covers them."""
    shelf.run()
    shelf.change(ATELIER, "remercier ne coûte rien", "remercier ne coûte rien, dit Zoé")
    shelf.roumics("pull")
    build_on(shelf)


def test_a_line_that_a_person_takes_out_again_stays_out(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "Pot de clôture", "Pot de clôture\n* Une fausse nouvelle")
    shelf.roumics("pull")
    shelf.run()
    shelf.change(REPORT, "\n* Une fausse nouvelle", "")
    shelf.change(REPORT, "Repas partagé", "Repas partagé (végétarien)")
    shelf.roumics("pull")
    rename(shelf, "Café d'accueil", "Thé d'accueil")
    shelf.run()
    assert "fausse nouvelle" not in shelf.text(REPORT)
    assert "(végétarien)" in shelf.text(REPORT)
    assert "Thé d'accueil" in shelf.text(REPORT)


def test_words_that_come_back_are_words_like_others(shelf: Shelf) -> None:
    shelf.run()
    before = "Pot de clôture"
    shelf.change(REPORT, before, f"{before} (Zoé apporte le pain)")
    shelf.roumics("pull")
    rename(shelf, "Café d'accueil", "Thé d'accueil")
    shelf.run()
    with_bread = shelf.text(REPORT)
    shelf.change(REPORT, f"{before} (Zoé apporte le pain)", before)
    shelf.roumics("pull")
    shelf.run()
    assert "pain" not in shelf.text(REPORT)
    shelf.edit(REPORT, with_bread.replace("capitalise roumics-programme", "capitalise roumics-programme", 1))
    rename(shelf, "Repas partagé", "Grand repas partagé")
    shelf.run(code=3)
    assert "(Zoé apporte le pain)" in shelf.text(REPORT)


def test_one_line_edited_twice_on_the_wiki_is_no_clash(shelf: Shelf) -> None:
    shelf.run()
    for old, new in (("Repas partagé", "Repas partagé A"), ("Repas partagé A", "Repas partagé A B")):
        shelf.change(REPORT, old, new)
        shelf.roumics("pull")
    assert shelf.plan()["conflicts"] == []
    assert "Repas partagé A B" in shelf.text(REPORT)


def change_rows(shelf: Shelf, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Somebody changes the sheet's rows."""
    sheet = shelf.file("2017/event.csv")
    rows = list(csv.DictReader(sheet.read_text("utf-8").splitlines(keepends=True), delimiter=";"))
    with sheet.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(change(rows))


def take_out(shelf: Shelf, title: str) -> None:
    change_rows(shelf, lambda rows: [row for row in rows if row["titre"] != title])


def test_words_of_a_page_that_is_not_made_any_more_are_named(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(ATELIER, "remercier ne coûte rien", "remercier ne coûte presque rien")
    shelf.roumics("pull")
    take_out(shelf, "Reconnaître les contributions")
    assert [f["title"] for f in shelf.plan()["findings"] if f["rule"] == "taken"] == [ATELIER]


def test_a_page_that_no_session_leads_to_any_more_is_named_with_peoples_words(shelf: Shelf) -> None:
    shelf.run()
    shelf.edit("ROUMICS 2017 - Le carnet de Zoé", "Écrit à la main.")
    before = shelf.file("2017/event.csv").read_text("utf-8")
    take_out(shelf, "Reconnaître les contributions")
    (left,) = [f for f in shelf.run()["findings"] if f["rule"] == "left"]
    assert left["title"] == ATELIER
    assert "supprimer" in left["message"]
    shelf.edit(ATELIER, f"Un témoignage.\n{shelf.text(ATELIER)}")
    (left,) = [f for f in shelf.plan()["findings"] if f["rule"] == "left"]
    assert "supprimer" not in left["message"]
    shelf.change(ATELIER, "remercier ne coûte rien", "remercier ne coûte presque rien")
    (left,) = [f for f in shelf.plan()["findings"] if f["rule"] == "left"]
    assert "entre les marques du robot (compte-rendu)" in left["message"]
    assert "supprimer" not in left["message"]
    assert shelf.plan("--page", REPORT)["findings"] == []
    shelf.file("2017/event.csv").write_text(before, "utf-8")
    assert [f["title"] for f in shelf.plan()["findings"] if f["rule"] == "left"] == []


# -- a session that is renamed, or moves ----------------------------------------------------------

DONS = ATELIER.replace("contributions", "dons")


def in_column_page(shelf: Shelf, title: str, page: str) -> None:
    """Somebody types a page's title into the row of a session."""
    change_rows(shelf, lambda rows: [{**row, "page": page} if row["titre"] == title else row for row in rows])


def test_a_session_renamed_in_the_sheet_is_one_page_about_which_somebody_is_asked(shelf: Shelf) -> None:
    shelf.run()
    before = shelf.text(ATELIER)
    rename(shelf, "Reconnaître les contributions", "Reconnaître les dons")
    done = shelf.run()
    (asked,) = [f for f in done["findings"] if f["rule"] in ("renamed", "left")]
    assert asked["title"] == ATELIER
    assert f"«\N{NO-BREAK SPACE}{DONS}\N{NO-BREAK SPACE}»" in asked["message"]
    assert shelf.text(DONS) == ""
    assert shelf.text(ATELIER) == before
    assert f"[[{ATELIER}|Reconnaître les dons]]" in shelf.text(REPORT)


def test_a_renamed_session_whose_notes_went_on_is_still_the_same_page(shelf: Shelf) -> None:
    shelf.run()
    rename(shelf, "Reconnaître les contributions", "Reconnaître les dons")
    notes = shelf.file("2017/notes/reconnaitre.md")
    notes.write_text(notes.read_text("utf-8") + "\n\nUne ligne de plus.\n", "utf-8")
    assert [f["title"] for f in shelf.run()["findings"] if f["rule"] == "renamed"] == [ATELIER]
    assert shelf.text(DONS) == ""


def test_the_old_title_typed_into_the_sheet_answers_once(shelf: Shelf) -> None:
    shelf.run()
    rename(shelf, "Reconnaître les contributions", "Reconnaître les dons")
    in_column_page(shelf, "Reconnaître les dons", ATELIER)
    assert [f for f in shelf.run()["findings"] if f["rule"] in ("renamed", "left")] == []
    assert shelf.text(DONS) == ""


def test_the_new_title_typed_into_the_sheet_makes_another_page(shelf: Shelf) -> None:
    shelf.run()
    rename(shelf, "Reconnaître les contributions", "Reconnaître les dons")
    in_column_page(shelf, "Reconnaître les dons", DONS)
    assert [f["title"] for f in shelf.run()["findings"] if f["rule"] in ("renamed", "left")] == [ATELIER]
    assert "remercier ne coûte rien" in shelf.text(DONS)


def test_pulled_words_on_a_renamed_session_are_kept_and_later_ones_pulled(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(ATELIER, "remercier ne coûte rien", "remercier ne coûte rien, dit Zoé")
    rename(shelf, "Reconnaître les contributions", "Reconnaître les dons")
    assert "dit Zoé" in shelf.roumics("pull")
    done = shelf.run()
    assert [f["rule"] for f in done["findings"] if f["rule"] in ("renamed", "left", "taken")] == ["renamed"]
    assert "dit Zoé" in shelf.text(ATELIER)


def test_pulled_words_follow_a_session_to_another_day(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "Pot de clôture", "Pot de clôture (apportez un verre)\n* sur la terrasse")
    shelf.roumics("pull")
    change_rows(shelf, lambda rows: [{**rows[-1], "jour": rows[0]["jour"]}, *rows[:-1]])
    assert shelf.run()["conflicts"] == []
    programme = shelf.text(REPORT).partition("== Programme ==")[2]
    second = programme.index("=== Samedi")
    assert programme.index("(apportez un verre)\n* sur la terrasse") < second
    assert programme.count("Pot de clôture") == 1


def test_a_part_that_the_settings_name_no_more_is_named(shelf: Shelf) -> None:
    shelf.run()
    shelf.settings(sections=["navigation", "entete", "programme", "suites", "ressources", "photos", "liens"])
    left = [(f["title"], f["field"]) for f in shelf.run()["findings"] if f["rule"] == "left"]
    assert left == [("ROUMICS 2016", "remerciements"), (REPORT, "remerciements")]
    assert "Merci à toutes les personnes" in shelf.text(REPORT)


def test_words_of_a_report_with_another_title_or_without_a_folder_are_named(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "Repas partagé", "Repas partagé, offert par Zoé")
    shelf.file("2017/event.toml").rename(shelf.folder / "event.toml")
    shelf.file("2017/event.csv").rename(shelf.folder / "event.csv")
    left = {f["title"]: f["message"] for f in shelf.plan()["findings"] if f["rule"] == "left"}
    assert "entre les marques du robot (programme)" in left[REPORT]
    shelf.file("2017").mkdir(exist_ok=True)
    (shelf.folder / "event.csv").rename(shelf.file("2017/event.csv"))
    shelf.file("2017/event.toml").write_text('title = "ROUMICS 2017 à Roubaix"\n', "utf-8")
    left = {f["title"]: f["message"] for f in shelf.plan()["findings"] if f["rule"] == "left"}
    assert "entre les marques du robot (programme)" in left[REPORT]


def test_a_part_of_a_session_is_made_whatever_the_report_leaves_out(shelf: Shelf) -> None:
    shelf.settings(sections=["navigation", "programme"])
    shelf.run()
    assert [f for f in shelf.plan()["findings"] if f["rule"] == "left"] == []


@pytest.mark.mediawiki
def test_a_title_in_another_spelling_of_its_namespace_is_the_bots_own(reports: Reports) -> None:
    toml = reports.file("2017/event.toml")
    toml.write_text('title = "Project:ROUMICS 2017"\n' + toml.read_text("utf-8"), "utf-8")
    reports.run()
    assert [f for f in reports.plan()["findings"] if f["rule"] == "left"] == []


@pytest.mark.mediawiki
def test_pulled_words_follow_a_page_that_is_renamed_as_the_folder_names_it(reports: Reports) -> None:
    words_in_a_later_build(reports)
    rename(reports, "Reconnaître les contributions", "Reconnaître les dons")
    there = ATELIER.replace("contributions", "dons")
    reports.people["communs"].act("move", **{"from": ATELIER, "to": there})
    done = reports.run()
    assert [f["rule"] for f in done["findings"] if f["rule"] in ("taken", "left")] == []
    assert "dit Zoé" in reports.text(there)
    assert reports.plan()["conflicts"] == []


def test_words_that_a_file_keeps_for_another_part_are_not_written_over(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "Pot de clôture", "Pot de clôture, offert par Zoé")
    shelf.roumics("pull")
    rename(shelf, "Repas partagé", "Repas froid")
    shelf.run()
    (file,) = shelf.file("2017/repris").glob("*.toml")
    file.write_text(file.read_text("utf-8").replace('"programme"', '"Programme"'), "utf-8")
    done = shelf.run(code=3)
    assert titles(done) == []
    assert "offert par Zoé" in shelf.text(REPORT)
    assert [f["field"] for f in done["findings"] if f["rule"] == "taken"] == ["programme", "Programme"]
    assert all(f"2017/repris/{file.name}" in f["message"] for f in done["findings"] if f["rule"] == "taken")


def exchange(shelf: Shelf, one: str, other: str) -> None:
    for old, new in ((one, "\x01"), (other, one), ("\x01", other)):
        rename(shelf, old, new)


def test_pulled_words_survive_two_sessions_that_exchange_their_titles(shelf: Shelf) -> None:
    other = "ROUMICS 2017 - Dessiner sa chaîne de valeur"
    words_in_a_later_build(shelf)
    texts = shelf.text(ATELIER), shelf.text(other)
    if isinstance(shelf, Reports):
        admin = Person("communs", "Admin")
        for old, new in ((ATELIER, "Ailleurs"), (other, ATELIER), ("Ailleurs", other)):
            admin.act("move", **{"from": old, "to": new, "noredirect": True})
        admin.close()
    else:
        shelf.edit(ATELIER, texts[1])
        shelf.edit(other, texts[0])
    exchange(shelf, "Reconnaître les contributions", "Dessiner sa chaîne de valeur")
    shelf.run(code=None)
    assert "dit Zoé" in shelf.text(other)


def test_the_same_line_in_two_reports_is_each_ones_own(shelf: Shelf) -> None:
    """Somebody writes into one what the folder says of the other."""
    shelf.run()
    line = next(line for line in shelf.text(REPORT).split("\n") if "Pot de clôture" in line)
    mark = re.search("<!-- /capitalise roumics-programme -->", shelf.text("ROUMICS 2016"))
    assert mark
    shelf.change("ROUMICS 2016", mark[0], f"{line}\n{mark[0]}")
    shelf.roumics("pull")
    rename(shelf, "Pot de clôture", "Goûter de clôture")
    assert titles(shelf.run()) == [REPORT]
    assert "Pot de clôture" in shelf.text("ROUMICS 2016")


def test_a_line_that_a_person_took_out_stays_out_of_a_page_of_another_title(shelf: Shelf) -> None:
    shelf.run()
    lost = next(line for line in shelf.text(ATELIER).split("\n") if "@alix" in line)
    shelf.change(ATELIER, f"{lost}\n", "")
    shelf.roumics("pull")
    build_on(shelf)
    assert lost not in shelf.text(ATELIER)
    there = ATELIER.replace("contributions", "dons")
    shelf.edit(there, shelf.text(ATELIER))
    rename(shelf, "Reconnaître les contributions", "Reconnaître les dons")
    done = shelf.run(code=3)
    assert lost not in shelf.text(there)
    assert ("taken", there) in {(f["rule"], f["title"]) for f in done["findings"]}
    (left,) = [f for f in done["findings"] if f["rule"] == "left"]
    assert "supprimer" not in left["message"]  # the folder holds somebody's words for it


@pytest.mark.mediawiki
def test_words_of_a_page_that_leads_elsewhere_now_are_nobody_elses(reports: Reports) -> None:
    reports.run()
    reports.change(ATELIER, "remercier ne coûte rien", "remercier ne coûte rien, dit Zoé")
    reports.roumics("pull")
    other = "ROUMICS 2017 - Dessiner sa chaîne de valeur"
    reports.edit(ATELIER, f"#REDIRECTION [[{other}]]")
    rename(reports, "Reconnaître les contributions", "Reconnaître les dons")
    done = reports.run(code=3)
    assert "dit Zoé" not in reports.text(other)
    assert ATELIER in [f["title"] for f in done["findings"] if f["rule"] == "taken"]


def test_what_was_undone_stays_out_while_the_rest_of_the_part_goes_on(shelf: Shelf) -> None:
    shelf.run()
    rename(shelf, "Pot de clôture", "Pot chez Zoé, 3 rue Privée")
    shelf.cli(shelf.folder, "undo", shelf.run()["run"], "--yes")
    shelf.run(code=3)
    mended = shelf.text(REPORT)
    shelf.edit(REPORT, "vandale")
    shelf.edit(REPORT, mended)
    rename(shelf, "Repas partagé", "Repas froid")
    done = shelf.run()
    assert "undone" in [f["rule"] for f in done["findings"] if f["title"] == REPORT]
    for _night in range(2):
        assert "Repas froid" in shelf.text(REPORT)
        assert "rue Privée" not in shelf.text(REPORT)
        assert titles(shelf.run(code=3)) == []


def test_a_file_of_pulled_words_that_cannot_be_read_is_one_sentence_with_its_folder(shelf: Shelf) -> None:
    shelf.file("2017/repris/2027.toml").write_text("words = oui\n", "utf-8")
    shelf.file("copie/repris/2027.toml").write_text("words = oui\n", "utf-8")
    done = shelf.cli(shelf.folder, "plan", "roumics", code=2)
    assert done.stderr.count("\n") == 2
    assert "2017/repris/2027.toml, ligne 1" in done.stderr


def test_pull_names_marks_that_it_cannot_read(shelf: Shelf) -> None:
    shelf.run()
    mark = re.search(r"<!-- capitalise roumics-programme \w+ -->", shelf.text(REPORT))
    assert mark
    shelf.edit(REPORT, f"{mark[0]}\n{shelf.text(REPORT)}")
    assert "roumics-programme" in shelf.roumics("pull", code=3)


@pytest.mark.mediawiki
def test_what_somebody_took_back_with_the_bots_own_account_stays(reports: Reports) -> None:
    reports.run()
    before = reports.text(REPORT)
    rename(reports, "Pot de clôture", "Goûter de clôture")
    reports.run()
    robot = Person("communs", "Robot")
    robot.edit(REPORT, before)
    robot.close()
    assert titles(reports.run(code=3)) == []
    assert reports.text(REPORT) == before


def test_words_on_the_page_of_all_editions_are_pulled_and_kept(shelf: Shelf) -> None:
    shelf.run()
    shelf.change("ROUMICS", "Vivre des communs", "Vivre des communs, à Roubaix")
    assert [c["title"] for c in shelf.plan()["conflicts"]] == ["ROUMICS"]
    shelf.roumics("pull")
    assert len(list(shelf.folder.glob("roumics/repris/*.toml"))) == 1
    assert shelf.plan()["conflicts"] == []
    toml = shelf.file("2016/event.toml")
    toml.write_text("participants = 90\n" + toml.read_text("utf-8"), "utf-8")
    assert "ROUMICS" in titles(shelf.run())
    assert "Vivre des communs, à Roubaix" in shelf.text("ROUMICS")
    assert "90" in shelf.text("ROUMICS")


def test_a_page_written_by_hand_gets_no_marks_but_the_lines_to_paste(shelf: Shelf) -> None:
    shelf.edit(REPORT, "Une page écrite à la main.")
    done = shelf.run(code=3)
    assert REPORT not in titles(done)
    assert shelf.text(REPORT) == "Une page écrite à la main."
    (finding,) = [f for f in done["findings"] if f["title"] == REPORT and f["rule"] == "region"]
    marks = re.findall(r"<!--.*?-->", finding["message"])
    assert len(marks) == 16
    shelf.edit(REPORT, "Une page écrite à la main.\n" + "\n".join(marks[4:6]) + "\nLa fin.")
    shelf.run(code=3)
    assert shelf.text(REPORT).startswith("Une page écrite à la main.\n<!-- capitalise roumics-programme")
    assert "== Programme ==" in shelf.text(REPORT)
    assert shelf.text(REPORT).endswith("\nLa fin.")


def test_a_revert_is_an_answer(shelf: Shelf) -> None:
    shelf.run()
    before = shelf.text(REPORT)
    sheet = shelf.file("2017/event.csv")
    sheet.write_text(sheet.read_text("utf-8").replace("Pot de clôture", "Goûter de clôture"), "utf-8")
    shelf.run()
    shelf.edit(REPORT, before)
    done = shelf.run(code=3)
    assert titles(done) == []
    assert [f["rule"] for f in done["findings"] if f["title"] == REPORT] == ["reverted"]
    assert shelf.text(REPORT) == before


def test_an_undone_run_is_not_made_again_until_the_folder_says_something_else(shelf: Shelf) -> None:
    shelf.run()
    before = shelf.text(REPORT)
    sheet = shelf.file("2017/event.csv")
    for words in ("Goûter de clôture", "Bal de clôture"):
        sheet.write_text(re.sub("(Pot|Goûter) de clôture", words, sheet.read_text("utf-8")), "utf-8")
        shelf.cli(shelf.folder, "undo", shelf.run()["run"], "--yes")
        done = shelf.run(code=3)
        assert titles(done) == []
        assert [f["rule"] for f in done["findings"] if f["title"] == REPORT] == ["undone"]
        assert shelf.text(REPORT) == before
    sheet.write_text(re.sub("Bal de clôture", "Dîner de clôture", sheet.read_text("utf-8")), "utf-8")
    assert titles(shelf.run()) == [REPORT]
    assert "Dîner de clôture" in shelf.text(REPORT)


@pytest.mark.mediawiki
def test_a_page_that_was_deleted_is_not_made_again_and_is_quoted_nowhere(reports: Reports) -> None:
    """Whoever deleted it may have had a reason."""
    reports.run()
    assert "écrire un mot à chaque personne" in reports.text(REPORT)
    admin = Person("communs", "Admin")
    admin.act("delete", title=ATELIER)
    admin.close()
    done = reports.run(code=3)
    assert titles(done) == [REPORT]
    assert reports.text(ATELIER) == ""
    assert "écrire un mot à chaque personne" not in reports.text(REPORT)
    assert f"[[{ATELIER}" not in reports.text(REPORT)
    assert any("supprimée" in f["message"] for f in done["findings"] if f["title"] == ATELIER)
    assert titles(reports.run(code=3)) == []


@pytest.mark.mediawiki
def test_a_page_that_was_renamed_is_named(reports: Reports) -> None:
    reports.run()
    reports.people["communs"].act("move", **{"from": ATELIER, "to": f"{ATELIER} (atelier)"})
    done = reports.run(code=3)
    assert titles(done) == []
    assert "renamed" in [f["rule"] for f in done["findings"] if f["title"] == ATELIER]
    assert "left" not in [f["rule"] for f in done["findings"]]


# -- privacy --------------------------------------------------------------------------------------


def test_private_lines_stay_in_the_folder_until_each_is_allowed(shelf: Shelf) -> None:
    done = shelf.run()
    assert "contact@exemple.invalid" not in shelf.text(ATELIER)
    assert "Présents" not in shelf.text(ATELIER)
    (finding,) = [f for f in done["findings"] if f["rule"] == "held-back"]
    assert finding["message"].startswith("2 lignes sont retenues")
    assert "contact" not in json.dumps(done["findings"])  # findings stand on the run page, and in logs
    shelf.file("2017/a-publier.txt").write_text(
        "oui : une liste de diffusion : contact@exemple.invalid\nnon : Présents : Camille Exemple, Dominique Fictif, Alix Modèle\n",
        "utf-8",
    )
    done = shelf.run()
    assert "contact@exemple.invalid" in shelf.text(ATELIER)
    assert "Présents" not in shelf.text(ATELIER)
    assert [f for f in done["findings"] if f["rule"] == "held-back"] == []


def test_private_words_of_the_folder_itself_are_held_back_too(shelf: Shelf) -> None:
    sheet = shelf.file("2017/event.csv")
    sheet.write_text(sheet.read_text("utf-8").replace("Alix Modèle, comptable", "Alix Modèle, 06 12 34 56 78"), "utf-8")
    toml = shelf.file("2017/event.toml")
    toml.write_text(
        toml.read_text("utf-8").replace("Merci à toutes", "Merci à zoe@exemple.invalid et à toutes"), "utf-8"
    )
    done = shelf.run()
    assert "06 12" not in shelf.text(REPORT)
    assert "zoe@" not in shelf.text(REPORT)
    assert [f["title"] for f in done["findings"] if f["rule"] == "held-back"] == [REPORT, ATELIER]
    assert "Alix Modèle, 06 12 34 56 78" in shelf.roumics("allow", "2017", code=3)
    shelf.file("2017/a-publier.txt").write_text("oui : Alix Modèle, 06 12 34 56 78\n", "utf-8")
    shelf.run()
    assert "06 12 34 56 78" in shelf.text(REPORT)


def test_two_sessions_of_one_title_do_not_mix_their_notes(shelf: Shelf) -> None:
    sheet = shelf.file("2017/event.csv")
    row = "18/11/2017;15h;16h;Reconnaître les contributions;;;;notes/chaine.md;\n"
    sheet.write_text(sheet.read_text("utf-8") + row, "utf-8")
    done = shelf.run(code=3)
    assert "remercier ne coûte rien" in shelf.text(ATELIER)
    assert "four partagé" not in shelf.text(ATELIER)
    assert shelf.text(REPORT).count("écrire un mot à chaque personne") == 1
    assert any("plusieurs séances" in f["message"] for f in done["findings"])


def test_words_in_an_empty_part_are_pulled(shelf: Shelf) -> None:
    shelf.run()
    mark = "<!-- capitalise roumics-photos da39a3ee5e6b -->\n"
    shelf.change(REPORT, mark, f"{mark}[[Fichier:Salle.jpg|thumb]]\n")
    assert [c["field"] for c in shelf.plan()["conflicts"]] == ["photos"]
    shelf.roumics("pull")
    assert shelf.plan()["conflicts"] == []
    rename(shelf, "Pot de clôture", "Goûter de clôture")
    shelf.run()
    assert "[[Fichier:Salle.jpg|thumb]]" in shelf.text(REPORT)


def test_what_cannot_be_published_as_typed_is_in_the_plan(shelf: Shelf) -> None:
    rename(shelf, "17/11/2017;9h;9h30", "31/02/2017;matin;9h30")
    rename(shelf, "notes/chaine.md", "notes/ailleurs.md")
    rules = [f["rule"] for f in shelf.plan()["findings"] if f["title"] == REPORT]
    assert {"unreadable", "no-file"} <= set(rules)
    shelf.run()
    assert "09h30 : Café" not in shelf.text(REPORT)
    assert "Jour à préciser" in shelf.text(REPORT)


# -- asking little --------------------------------------------------------------------------------


@pytest.mark.mediawiki
def test_a_night_without_news_asks_the_wiki_little(reports: Reports, farm: mediawiki.Farm) -> None:
    reports.run()
    reports.plan()
    before = len(farm.requests("communs"))
    reports.plan()
    assert len(farm.requests("communs")) - before <= 4


def test_what_a_colleagues_folder_published_since_is_not_rolled_back(shelf: Shelf) -> None:
    """Two laptops, one account: hers has an older copy of the folder."""
    shelf.run()
    older = shelf.folder.parent / "older"
    shutil.copytree(shelf.file(""), older)
    toml = shelf.file("2017/event.toml")
    toml.write_text(toml.read_text("utf-8").replace("Roubaix", "Roubaix-Tourcoing"), "utf-8")
    shelf.run()
    assert "Roubaix-Tourcoing" in shelf.text(REPORT)

    shutil.rmtree(shelf.file(""))
    shutil.copytree(older, shelf.file(""))
    done = shelf.run(code=3)
    assert "Roubaix-Tourcoing" in shelf.text(REPORT)
    assert done["changes"] == []
    assert {c["title"] for c in done["conflicts"]} >= {REPORT}

    shelf.roumics("pull")
    shelf.run(code=None)
    assert "Roubaix-Tourcoing" in shelf.text(REPORT)
    assert shelf.plan()["conflicts"] == []


def test_one_folder_goes_on_from_what_it_published_itself(shelf: Shelf) -> None:
    toml = shelf.file("2017/event.toml")
    for place in ("Tourcoing", "Lille", "Tourcoing", "Roubaix"):
        toml.write_text(re.sub(r'place = ".*"', f'place = "{place}"', toml.read_text("utf-8")), "utf-8")
        shelf.run()
        assert place in shelf.text(REPORT)
        assert shelf.plan()["conflicts"] == []


@pytest.mark.mediawiki
def test_one_broken_edition_stops_only_itself(reports: Reports) -> None:
    """The others go on; what lists all editions stays as it is, and no page is said to lead nowhere."""
    reports.run()
    toml = reports.file("2016/event.toml")
    toml.write_text(toml.read_text("utf-8") + '\nplace = "deux fois"\nplac', "utf-8")
    other = reports.file("2017/event.toml")
    other.write_text(other.read_text("utf-8").replace("Roubaix", "Roubaix-Tourcoing"), "utf-8")
    plan = reports.plan()
    assert {c["title"] for c in plan["changes"]} == {REPORT}
    assert [f["rule"] for f in plan["findings"] if f["rule"] in ("edition", "left", "taken")] == ["edition"]
    assert "event.toml" in next(f["message"] for f in plan["findings"] if f["rule"] == "edition")
    assert "navigation" not in plan["changes"][0]["fields"]


# -- pictures -------------------------------------------------------------------------------------

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.mark.mediawiki
def test_pictures_are_sent_only_when_asked_and_only_with_author_and_licence(reports: Reports) -> None:
    toml = reports.file("2017/event.toml")
    photos = (
        '[[photos]]\nfile = "photos/tableau-a.png"\ncaption = """Le tableau :\ncôté A"""\nauthor = "Camille Exemple"\nlicence = "CC BY-SA 4.0"\n'
        '[[photos]]\nfile = "photos/sans-auteur.png"\n'
    )
    toml.write_text(toml.read_text("utf-8") + photos, "utf-8")
    reports.file("2017/photos/tableau-a.png").write_bytes(PIXEL)
    reports.file("2017/photos/sans-auteur.png").write_bytes(PIXEL + b"\0")
    reports.run()
    assert "ableau-a.png : Le tableau" in reports.text(REPORT)
    assert "sans-auteur" not in reports.text(REPORT)

    out = reports.roumics("upload", "2017", "--yes", code=3)
    assert "sans-auteur" in out.casefold()
    page = reports.text(f"Fichier:{REPORT} - tableau-a.png")
    assert "Camille Exemple" in page
    assert "CC BY-SA 4.0" in page
    reports.run()
    shown = (
        f"<gallery>\nFichier:{REPORT} - tableau-a.png|Le tableau : côté A – Camille Exemple, CC BY-SA 4.0\n</gallery>"
    )
    assert shown in reports.text(REPORT)
    assert "gallerybox" in reports.html(REPORT)
    assert "1 page écrite" not in reports.roumics("upload", "2017", "--yes", code=3)


@pytest.mark.mediawiki
def test_a_picture_that_the_wiki_has_under_another_name_is_not_sent_twice(reports: Reports) -> None:
    toml = reports.file("2017/event.toml")
    one = '[[photos]]\nfile = "photos/{name}.png"\nauthor = "Camille Exemple"\nlicence = "CC0"\n'
    data = PIXEL + b"\1\2"
    before = toml.read_text("utf-8")
    for name in ("premier", "second"):
        reports.file(f"2017/photos/{name}.png").write_bytes(data)
    toml.write_text(before + one.format(name="premier"), "utf-8")
    reports.roumics("upload", "2017", "--yes")
    toml.write_text(before + one.format(name="second"), "utf-8")
    assert "premier.png" in reports.roumics("upload", "2017", "--yes", code=3)
    assert reports.text(f"Fichier:{REPORT} - second.png") == ""


@pytest.mark.mediawiki
def test_another_years_picture_of_the_same_name_is_not_this_ones(reports: Reports) -> None:
    """Every year has a salle.jpg: its author and licence are not this edition's."""
    toml = reports.file("2017/event.toml")
    photo = '[[photos]]\nfile = "photos/salle.png"\nauthor = "Camille Exemple"\nlicence = "CC0"\n'
    toml.write_text(toml.read_text("utf-8") + photo, "utf-8")
    picture = reports.file("2017/photos/salle.png")
    picture.write_bytes(PIXEL + b"\3")
    reports.roumics("upload", "2017", "--yes")
    picture.write_bytes(PIXEL + b"\4")
    assert "<gallery>" not in "".join(c["new"] for c in reports.plan()["changes"])
    assert "salle.png" in reports.roumics("upload", "2017", "--yes", code=3)
    picture.write_bytes(PIXEL + b"\3")
    reports.run()
    assert f"\nFichier:{REPORT} - salle.png|" in reports.text(REPORT)


# -- sheets of office programs --------------------------------------------------------------------


def test_a_new_edition_is_filled_in_libreoffice_and_published(tmp_path: Path, capitalise: Cli, office: Office) -> None:
    shelf = Shelf(tmp_path / "kit", capitalise)
    shelf.roumics("new", "2027", "--theme", "Des jardins", "--date", "les 19 et 20 novembre 2027", "--place", "Lille")
    path = shelf.file("2027/event.ods")
    table = ods.read(path.read_bytes(), "event.ods")
    assert table.header == COLUMNS
    row = ("19/11/2027", "9h30", "11h", "Semer", "Serre", "Camille Exemple, jardinière", "", "semer.md", "")
    new = replace(table, rows=(row,))
    path.write_bytes(ods.write(new, path.read_bytes(), "", "", SheetLook(), Comments()))
    path.write_bytes(office.saved(path))
    shelf.file("2027/notes/semer.md").write_text("On sème.", "utf-8")
    assert "dont dans le dossier : 1" in shelf.roumics("check", "2027")
    shelf.run()
    assert "09h30 - 11h00 : [[ROUMICS 2027 - Semer|Semer]] (Serre)" in shelf.text("ROUMICS 2027")
    assert "[[ROUMICS 2027]] →" in shelf.text(REPORT)


def test_days_and_times_that_excel_keeps_as_numbers(tmp_path: Path, capitalise: Cli) -> None:
    from openpyxl import Workbook

    shelf = Shelf(tmp_path / "kit", capitalise)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(COLUMNS))
    sheet.append([datetime(2017, 11, 17), time(9, 30), datetime(2017, 11, 17, 11, 0), "Semer", "Serre"])
    shelf.file("2017/event.csv").unlink()
    book.save(shelf.file("2017/event.xlsx"))
    shelf.roumics("check", "2017")
    shelf.run()
    assert "09h30 - 11h00 : Semer (Serre)" in shelf.text(REPORT)


def test_a_page_written_by_hand_joins_the_editions_and_stays_as_it_is(shelf: Shelf) -> None:
    page = (
        "13 janvier 2011, Lille\n== Programme ==\n9h - 10h : Accueil\n* Camille Exemple, facilitatrice\nUne phrase.\n"
    )
    shelf.edit("ROUMICS 2011", page)
    out = shelf.roumics("read", "ROUMICS 2011", code=3)
    assert "5: Une phrase." in out
    assert "Une phrase." in shelf.file("2011/a-relire.txt").read_text("utf-8")
    shelf.run()
    assert shelf.text("ROUMICS 2011") == page.rstrip("\n")
    assert "| [[ROUMICS 2011]]\n|" in shelf.text("ROUMICS")
    assert "← [[ROUMICS 2011]]" in shelf.text("ROUMICS 2016")
    assert "déjà" in shelf.roumics("read", "ROUMICS 2011", code=2)


def test_the_preview_shows_the_pages_without_writing(shelf: Shelf) -> None:
    shelf.roumics("preview", "2017", "--no-open")
    shown = (shelf.folder / "exports" / "roumics-2017.html").read_text("utf-8")
    assert "Reconnaître les contributions" in shown
    assert "srcdoc" in shown
    assert shown.count("<script") == 1 and "allow-scripts" not in shown  # that makes the frames high enough
    assert shelf.text(REPORT) == ""


def test_figures_as_json(shelf: Shelf) -> None:
    data = json.loads(shelf.roumics("figures", "--json"))
    assert [one["edition"] for one in data["editions"]] == ["2016", "2017"]
    assert data["totals"]["speakers"] == 3


# -- what a second adversary found ----------------------------------------------------------------


def test_the_bots_text_that_somebody_put_back_after_two_pulls_stays(shelf: Shelf) -> None:
    shelf.run()
    before = shelf.text(REPORT)
    for old, new in (("Repas partagé", "Repas partagé BBB"), ("Repas partagé BBB", "Repas partagé CCC")):
        shelf.change(REPORT, old, new)
        shelf.roumics("pull")
    shelf.edit(REPORT, before)
    done = shelf.run(code=3)
    assert titles(done) == []
    assert [c["field"] for c in done["conflicts"]] == ["programme"]
    assert shelf.text(REPORT) == before
    shelf.roumics("pull")
    assert shelf.plan()["conflicts"] == []
    assert shelf.text(REPORT) == before


def test_words_that_somebody_put_back_after_they_were_settled_stay(shelf: Shelf) -> None:
    shelf.run()
    shelf.change(REPORT, "Repas partagé", "Repas partagé BBB")
    restored = shelf.text(REPORT)
    shelf.roumics("pull")
    settle(shelf, "Repas partagé BBB", "Repas partagé YYY")
    shelf.run()
    assert "Repas partagé YYY" in shelf.text(REPORT)
    shelf.edit(REPORT, restored)
    done = shelf.run(code=3)
    assert [c["field"] for c in done["conflicts"]] == ["programme"]
    assert "Repas partagé BBB" in shelf.text(REPORT)


PRIVATE = "ZOE@exemple.invalid"


@pytest.mark.parametrize("field", ["theme", "place", "introduction", "thanks"])
def test_nothing_private_of_event_toml_is_published(tmp_path: Path, capitalise: Cli, field: str) -> None:
    shelf = Shelf(tmp_path / "kit", capitalise)
    toml = shelf.file("2017/event.toml")
    lines = [line for line in toml.read_text("utf-8").split("\n") if not line.startswith(f"{field} =")]
    toml.write_text(f'{field} = "un mot {PRIVATE}"\n' + "\n".join(lines), "utf-8")
    done = shelf.run()
    pages = "".join(path.read_text("utf-8") for path in (shelf.folder / "wiki").glob("*.wiki"))
    assert PRIVATE not in pages
    assert PRIVATE not in json.dumps(done)


@pytest.mark.parametrize("column", ["titre", "salle", "intervenants", "pad", "notes", "page", "jour"])
def test_nothing_private_of_the_sheet_is_published(tmp_path: Path, capitalise: Cli, column: str) -> None:
    shelf = Shelf(tmp_path / "kit", capitalise)
    cells = dict.fromkeys(COLUMNS, "") | {
        "jour": "18/11/2017",
        "début": "15h",
        "fin": "16h",
        "titre": "Essai",
        column: PRIVATE,
    }
    sheet = shelf.file("2017/event.csv")
    sheet.write_text(sheet.read_text("utf-8") + ";".join(cells[one] for one in COLUMNS) + "\n", "utf-8")
    done = shelf.run()
    names = "".join(path.name + path.read_text("utf-8") for path in (shelf.folder / "wiki").glob("*.wiki"))
    assert PRIVATE.casefold() not in names.casefold()
    assert PRIVATE.casefold() not in json.dumps(done).casefold()


def test_one_title_for_two_pages_is_said(shelf: Shelf) -> None:
    rename(shelf, "notes/chaine.md;", "notes/chaine.md;ROUMICS 2016 - Compter ce que chacun apporte")
    done = shelf.run(code=3)
    assert "same-page" in [f["rule"] for f in done["findings"]]
    assert "on relit ensemble" in shelf.text("ROUMICS 2016 - Compter ce que chacun apporte")
