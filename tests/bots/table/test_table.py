"""The bot `table`: a wikitable of a page and a sheet, in step row by row and cell by cell, nobody's words lost."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from capitalise.bots.table.wiki_side import key_of, read_side
from capitalise.bots.table.written import Written
from capitalise.messages import Message
from capitalise.wikitext.preprocessor import CORE_TAGS
from capitalise.wikitext.wikitable import find_tables, with_cell, with_row
from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.people import Person

PAGE = "Tableau des ingrédients"
ONE_LINE = """Ce que nous savons.

{| class="wikitable sortable"
|+ Ingrédients du kit
! Titre !! Étape !! Description
|-
| [[Four partagé]] || 1 || Un four pour le quartier.
|-
| Bibliothèque d'outils || 2 || Prêter une perceuse.
|- style="background:#eee"
| Jardin || 3 || {{lang|fr|Des légumes | et des fleurs}}
|}

Et la suite.
"""
#: As VisualEditor writes a table: a line for each cell.
VISUAL = """{| class="wikitable"
|+
!Titre
!Étape
!Description
|-
|Four partagé
|1
|Un four pour le quartier.
|-
|Bibliothèque d'outils
|2
|Prêter une perceuse.

* et la rendre
|-
|Jardin
|3
|
|}"""
BOT = f'kind = "table"\nwiki = "communs"\npage = "{PAGE}"\nsheet = "tableau.csv"\n'


class Desk:
    """The table on a wiki in a folder, and the sheet."""

    def __init__(self, folder: Path, cli: Callable[..., Any], text: str = ONE_LINE) -> None:
        self.folder, self.cli = folder, cli
        (folder / "bots").mkdir(parents=True)
        (folder / "bots" / "tableau.toml").write_text(BOT, "utf-8")
        self.set_up()
        self.edit(text)

    def set_up(self) -> None:
        (self.folder / "wiki").mkdir()
        (self.folder / "capitalise.toml").write_text('[wikis.communs]\nfolder = "wiki"\n', "utf-8")

    def edit(self, text: str) -> None:
        (self.folder / "wiki" / f"{PAGE}.wiki").write_text(text.rstrip("\n") + "\n", "utf-8")

    def text(self) -> str:
        return (self.folder / "wiki" / f"{PAGE}.wiki").read_text("utf-8").rstrip("\n")

    def change(self, old: str, new: str) -> None:
        """A person changes some words of the page."""
        assert self.text().count(old) == 1
        self.edit(self.text().replace(old, new))

    def close(self) -> None:
        pass

    def plan(self, *more: str, code: int | None = None) -> dict[str, Any]:
        return json.loads(self.cli(self.folder, "plan", "tableau", "--json", *more, code=code).stdout)

    def run(self, *more: str, code: int | None = 0) -> dict[str, Any]:
        return json.loads(self.cli(self.folder, "run", "tableau", "--yes", "--json", *more, code=code).stdout)

    @property
    def rows(self) -> list[dict[str, str]]:
        lines = (self.folder / "tableau.csv").read_text("utf-8-sig").splitlines(keepends=True)
        return list(csv.DictReader(lines, delimiter=";"))

    def save(self, rows: list[dict[str, str]]) -> None:
        with (self.folder / "tableau.csv").open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)

    def row(self, name: str) -> dict[str, str]:
        return next(row for row in self.rows if name in row["Titre"])

    def type(self, name: str, **cells: str) -> None:
        cells = {heading.replace("_", " "): text for heading, text in cells.items()}
        self.save([{**row, **cells} if name in row["Titre"] else row for row in self.rows])


class RealDesk(Desk):
    """The same on a real MediaWiki."""

    def set_up(self) -> None:
        self.person = Person("communs")
        (self.folder / "capitalise.toml").write_text(
            f'contact = "tests"\n[wikis.communs]\napi = "{mediawiki.address("communs")}"\nedit_interval = 0\n', "utf-8"
        )

    def edit(self, text: str) -> None:
        self.person.edit(PAGE, text)

    def text(self) -> str:
        return self.person.text(PAGE)

    def close(self) -> None:
        self.person.close()


@pytest.fixture(params=["folder", pytest.param("mediawiki", marks=pytest.mark.mediawiki)])
def desk(request: pytest.FixtureRequest, tmp_path: Path, capitalise: Cli) -> Iterator[Desk]:
    if request.param == "mediawiki":
        request.getfixturevalue("farm")
    made = (RealDesk if request.param == "mediawiki" else Desk)(tmp_path / "kit", capitalise)
    yield made
    made.close()


# -- both ways ------------------------------------------------------------------------------------


def test_the_sheet_is_made_from_the_table(desk: Desk) -> None:
    before = desk.text()
    desk.run()
    assert [row["Titre"] for row in desk.rows] == ["[[Four partagé]]", "Bibliothèque d'outils", "Jardin"]
    assert desk.row("Jardin")["Description"] == "{{lang|fr|Des légumes | et des fleurs}}"
    assert desk.text() == before
    assert desk.plan(code=0)["changes"] == []


def test_a_cell_of_the_sheet_goes_to_the_wiki_and_nothing_beside_it(desk: Desk) -> None:
    desk.run()
    before = desk.text()
    desk.type("Four", Description="Un four pour le quartier, et du pain.")
    desk.run()
    assert desk.text() == before.replace("le quartier.", "le quartier, et du pain.")
    assert desk.plan(code=0)["changes"] == []


def test_a_cell_of_the_wiki_comes_to_the_sheet(desk: Desk) -> None:
    desk.run()
    desk.change("Prêter une perceuse.", "Prêter une perceuse et une scie.")
    desk.type("Jardin", Étape="2")
    desk.run()
    assert desk.row("Bibliothèque")["Description"] == "Prêter une perceuse et une scie."
    assert "| Jardin || 2 ||" in desk.text()
    assert "et une scie" in desk.text()


def test_rows_may_be_sorted_on_either_side(desk: Desk) -> None:
    desk.run()
    desk.save(list(reversed(desk.rows)))
    first = "| [[Four partagé]] || 1 || Un four pour le quartier.\n|-\n"
    desk.edit(
        desk.text().replace(first, "").replace("|- style", first.replace("|-\n", "").join(["|-\n", ""]) + "|- style")
    )
    assert desk.plan(code=0)["changes"] == []
    desk.type("Four", Étape="9")
    desk.run()
    assert "| [[Four partagé]] || 9 || Un four" in desk.text()


def test_new_rows_go_both_ways(desk: Desk) -> None:
    desk.run()
    empty = dict.fromkeys(desk.rows[0], "")
    desk.save([*desk.rows, {**empty, "Titre": "Radio", "Étape": "1", "Description": "Parler | écouter"}])
    desk.change("|}", "|-\n| Cantine || 2 || À midi\n|}")
    desk.run()
    assert desk.row("Cantine")["Description"] == "À midi"
    desk.run()
    assert "| Radio || 1 || Parler &#124; écouter\n|}" in desk.text()
    assert desk.plan(code=0)["changes"] == []
    assert desk.row("Radio")["Description"] == "Parler | écouter"


# -- two people -----------------------------------------------------------------------------------


def test_two_people_on_one_cell_are_asked_and_both_texts_stay(desk: Desk) -> None:
    desk.run()
    desk.type("Jardin", Étape="4")
    desk.change("| Jardin || 3 ||", "| Jardin || 5 ||")
    done = desk.run(code=3)
    (asked,) = done["conflicts"]
    assert (asked["ours"], asked["theirs"]) == ("4", "5")
    assert desk.row("Jardin")["Étape"] == "4"
    assert "| Jardin || 5 ||" in desk.text()
    assert "Étape" in desk.row("Jardin")["à décider"]


@pytest.mark.parametrize(("answer", "kept"), [("feuille", "4"), ("wiki", "5"), ("Étape : wiki", "5")])
def test_the_answer_in_the_sheet_is_carried_out(desk: Desk, answer: str, kept: str) -> None:
    desk.run()
    desk.type("Jardin", Étape="4")
    desk.change("| Jardin || 3 ||", "| Jardin || 5 ||")
    desk.run(code=3)
    desk.type("Jardin", à_décider=answer)
    desk.run()
    assert f"| Jardin || {kept} ||" in desk.text()
    assert (desk.row("Jardin")["Étape"], desk.row("Jardin")["à décider"]) == (kept, "")


def test_an_answer_does_not_count_for_a_text_that_nobody_was_shown(desk: Desk) -> None:
    desk.run()
    desk.type("Jardin", Étape="4")
    desk.change("| Jardin || 3 ||", "| Jardin || 5 ||")
    desk.run(code=3)
    desk.change("| Jardin || 5 ||", "| Jardin || 6 ||")
    desk.type("Jardin", à_décider="feuille")
    desk.run(code=3)
    assert "| Jardin || 6 ||" in desk.text()


def test_what_a_person_took_back_is_not_written_again(desk: Desk) -> None:
    desk.run()
    before = desk.text()
    desk.type("Jardin", Étape="4")
    desk.run()
    desk.edit(before)
    done = desk.run(code=3)
    assert desk.text() == before.rstrip("\n")
    assert [f["rule"] for f in done["findings"]] == ["reverted"]
    assert desk.row("Jardin")["Étape"] == "4"


def test_a_row_that_somebody_took_out_of_the_table_is_not_made_again(desk: Desk) -> None:
    desk.run()
    desk.change("|-\n| Bibliothèque d'outils || 2 || Prêter une perceuse.\n", "")
    done = desk.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["row-gone"]
    assert "perceuse" not in desk.text()
    assert desk.row("Bibliothèque")


def test_a_column_that_was_sorted_alone_is_refused(desk: Desk) -> None:
    more = "".join(f"|-\n| Ingrédient {n} || 1 || Une description assez longue, {n}\n" for n in range(6))
    desk.change("|}", f"{more}|}}")
    desk.run()
    texts = sorted(row["Description"] for row in desk.rows)
    desk.save([{**row, "Description": text} for row, text in zip(desk.rows, reversed(texts), strict=True)])
    before = desk.text()
    assert "Description" in desk.cli(desk.folder, "run", "tableau", "--yes", code=1).stderr
    assert desk.text() == before


# -- tables as they are ---------------------------------------------------------------------------


def test_a_row_with_joined_cells_is_left_alone_and_named(desk: Desk) -> None:
    desk.change("| Bibliothèque d'outils || 2 ||", "| Bibliothèque d'outils || rowspan=2 | 2 ||")
    done = desk.run(code=3)
    assert {f["rule"] for f in done["findings"]} == {"spans"}
    assert [row["Titre"] for row in desk.rows] == ["[[Four partagé]]"]
    desk.type("Four", Étape="7")
    desk.run(code=3)
    assert "rowspan=2 | 2" in desk.text()
    assert "|| 7 ||" in desk.text()


def test_a_table_as_the_visual_editor_writes_it(desk: Desk) -> None:
    desk.edit(VISUAL)
    desk.run()
    assert desk.row("Bibliothèque")["Description"] == "Prêter une perceuse.\n\n* et la rendre"
    desk.type("Jardin", Description="Des légumes.")
    empty = dict.fromkeys(desk.rows[0], "")
    desk.save([*desk.rows, {**empty, "Titre": "Radio", "Étape": "1"}])
    desk.run()
    assert desk.text() == VISUAL.replace("|3\n|\n|}", "|3\n|Des légumes.\n|-\n| Radio\n| 1\n| \n|}")
    assert desk.plan(code=0)["changes"] == []


@pytest.mark.parametrize("text", ["~~~~", "a\n|- b", "{|\n| a\n|}", "a !! b"])
def test_a_text_that_no_cell_can_hold_is_named_and_stays_in_the_sheet(desk: Desk, text: str) -> None:
    desk.run()
    before = desk.text()
    desk.type("Jardin", Description=text)
    done = desk.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["unwritable"]
    assert desk.text() == before
    assert desk.row("Jardin")["Description"] == text


@pytest.mark.parametrize(
    ("text", "words"),
    [("Pas de tableau.", "numéro 1"), (ONE_LINE.replace("! Titre !! Étape", "! Titre !! Titre"), "en-tête")],
)
def test_a_page_without_such_a_table_is_one_sentence(desk: Desk, text: str, words: str) -> None:
    desk.edit(text)
    assert words in desk.cli(desk.folder, "plan", "tableau", code=2).stderr


@pytest.mark.mediawiki
def test_the_cells_are_those_that_mediawiki_shows(farm: mediawiki.Farm) -> None:
    """MediaWiki's own HTML is the judge of what is read."""
    person = Person("communs")
    try:
        for text in (ONE_LINE, VISUAL, HARD):
            shown = person._post(action="parse", text=text, contentmodel="wikitext", prop="text")["parse"]["text"]
            (table,) = html.fromstring(shown).xpath("//table[not(ancestor::table)]")
            there = [
                [" ".join(c.text_content().split()) for c in row.xpath("./td|./th")]
                for row in table.xpath("./tbody/tr")
            ]
            (ours,) = find_tables(text)
            assert [len(row.cells) for row in (ours.header, *ours.rows)] == [len(row) for row in there]
            plain = [["".join(c.text.split()) for c in row.cells] for row in (ours.header, *ours.rows)]
            for mine, theirs in zip(plain, there, strict=True):
                for cell, words in zip(mine, theirs, strict=True):
                    if not set(cell) & set("[]{<'*&"):
                        assert cell == "".join(words.split())
    finally:
        person.close()


HARD = """{| class="wikitable"
! a !! style="x" | b
! c
|-
| [[A|un || deux]] || <nowiki>|| non</nowiki> || 3
|-
<!-- ici -->| 1 || {{lang
| fr
| deux
}} || 3
|-
| scope="row" | 1
| 2 || 3
|-
|1||2||
{|
| dedans || aussi
|}
|}"""

# -- cells, whatever they hold --------------------------------------------------------------------

WORDS = st.text(st.sampled_from("ab|!-+{}[]=*'\n &#;éœ"), max_size=12)


@given(WORDS, st.integers(0, 2), st.integers(0, 2))
def test_a_cell_that_is_written_reads_back_and_changes_nothing_else(words: str, row: int, column: int) -> None:
    """Or is refused."""
    for text in (ONE_LINE, VISUAL):
        side = read_side(text, 1, "", CORE_TAGS)
        assert side is not None
        key, label = list(side.rows)[row], side.labels[column]
        if column == 0:
            continue
        found = Written(text, side, lambda made: read_side(made, 1, "", CORE_TAGS)).with_text(key, label, words)
        if isinstance(found, Message):
            continue
        again = read_side(found.text, 1, "", CORE_TAGS)
        assert again is not None
        cell = side.rows[key].cells[column]
        assert found.text.startswith(text[: cell.start])
        assert found.text.endswith(text[cell.end :])
        assert {k: v for k, v in again.values.items() if k != key} == {k: v for k, v in side.values.items() if k != key}


@given(st.text(st.sampled_from("{|}-!+ \na[]<>b"), max_size=60))
def test_whatever_is_no_table_is_read_in_peace(text: str) -> None:
    for table in find_tables(text):
        for row in (table.header, *table.rows):
            assert all(text[c.start : c.end] == c.text for c in row.cells)


def test_a_list_begins_on_a_line_of_its_own() -> None:
    (table,) = find_tables(ONE_LINE)
    made = with_cell(ONE_LINE, table.rows[0].cells[2], "* une\n* deux")
    assert "|| 1 || \n* une\n* deux\n|-" in made
    (again,) = find_tables(made)
    assert again.rows[0].cells[2].text == "* une\n* deux"


def test_a_row_more_is_written_as_the_last_one() -> None:
    (table,) = find_tables(VISUAL)
    assert with_row(VISUAL, table, ["a", "-b", "c"]).endswith("|-\n| a\n| -b\n| c\n|}")


def test_a_row_whose_link_is_cut_by_a_pipe_is_left_alone() -> None:
    (table,) = find_tables(HARD)
    assert [row.whole for row in table.rows] == [False, True, True, False]


@pytest.mark.parametrize("name", ["Four partagé", "[[Four partagé]]", "'''four partage'''", "[[Fours|Four partagé]]"])
def test_rows_are_found_by_the_words_that_readers_see(name: str) -> None:
    assert key_of(name) == key_of("Four partagé")
