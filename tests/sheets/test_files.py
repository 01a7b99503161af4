"""Files as people and programs leave them: encodings, separators, links, and somebody who saves while we write."""

from __future__ import annotations

import ctypes
import os
import types
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference

from capitalise.errors import SheetError
from capitalise.messages import render
from capitalise.plans.diff import text_diff, word_diff
from capitalise.plans.model import RowRef, SheetChange
from capitalise.sheets import csv_format
from capitalise.sheets.csv_format import table_from_bytes
from capitalise.sheets.file import SheetFile
from tests.conftest import Cli
from tests.desk import Desk
from tests.sheets.test_sheets import added, made, part, table_of
from tests.slow_files import slow_renames

TEXT = "Titre;Description\nRéunion à midi;Où est-ce ? Ça dépend. Élan, garçon, hôtel\n"

# -- bytes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-15", "mac-roman", "cp850", "cp437"],
)
def test_a_file_is_read_in_the_encoding_it_came_in_and_written_back_in_it(encoding: str) -> None:
    data = TEXT.encode(encoding)
    file = table_from_bytes(data, "x.csv")
    assert file.table.rows == (("Réunion à midi", "Où est-ce ? Ça dépend. Élan, garçon, hôtel"),)
    assert csv_format.file_bytes(file.table, file) == data


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"Titre;Description\nR\x8eunion des voisins;Caf\x8e\n", "Réunion des voisins"),
        (b"Titre;Description\nR\x82union \x85 midi;Caf\x82\n", "Réunion à midi"),
        ("Titre\nChez Peña, réunion\n".encode("cp1252"), "Chez Peña, réunion"),
        ("Titre\n« Œuvre » à 3 €\n".encode("cp1252"), "« Œuvre » à 3 €"),
    ],
)
def test_old_macs_and_dos_are_not_taken_for_windows(data: bytes, title: str) -> None:
    assert table_from_bytes(data, "x.csv").table.rows[0][0] == title


def test_what_was_converted_twice_is_said_and_not_read() -> None:
    with pytest.raises(SheetError) as refused:
        table_from_bytes(TEXT.encode().decode("cp1252").encode(), "x.csv")
    assert "deux fois" in render(refused.value.message, "fr")
    quoted = table_from_bytes("Titre;Description\nRéunion;on lit parfois Ã©\n".encode(), "x.csv")
    assert quoted.table.rows[0][1] == "on lit parfois Ã©"


WORDS = st.sampled_from(
    ["été", "Élan", "ÇA", "là", "réunion à midi", "où ?", "« cœur »", "12 €", "a;b", 'dit "oui"', "\n", "0"]
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=5))
def test_french_in_windows_own_encoding_is_never_another_text(cells: list[str]) -> None:
    text = "Titre\n" + "".join('"' + cell.replace('"', '""') + '"\n' for cell in cells)
    try:
        read = table_from_bytes(text.encode("cp1252"), "x.csv").table.rows
    except SheetError:
        return  # asked about
    assert [row[0] for row in read] == cells


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('Titre;"Nom, prénom, adresse"\nJardin;Texte\n', 2),
        ("Titre,Description\nJardin,un; deux; trois\n", 2),
        ("Titre;Description\nJardin;un, deux\nHaie;trois, quatre, cinq\n", 2),
        ("Titre\tDescription\nJardin\tun, deux; trois\n", 2),
    ],
)
def test_the_separator_is_judged_by_whole_rows(text: str, columns: int) -> None:
    assert len(table_from_bytes(text.encode(), "x.csv").table.header) == columns


# -- columns that are nobody's --------------------------------------------------------------------


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
def test_a_column_without_a_heading_is_nobodys(tmp_path: Path, capitalise: Cli, first: bool) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.csv")
    desk.edit("Choisir une licence", "", "")
    (desk.folder / "wiki" / "2017.wiki").write_text("Une page de ce titre.", "utf-8")
    lines = (
        [";Titre;Description", "2017;Bilan annuel;Texte"]
        if first
        else ["Titre;Description;", "Bilan annuel;Texte;2017"]
    )
    (desk.folder / "i.csv").write_text("\n".join(lines) + "\n", "utf-8")
    desk.run(code=None)
    assert "Texte" in desk.page("Bilan annuel")
    assert desk.page("2017") == "Une page de ce titre."
    row = next(row for row in desk.table().rows if "Bilan annuel" in row)
    assert "2017" in row and desk.table().header.count("") == 1
    assert desk.plan(code=None)["changes"] == []


# -- links, pipes, and somebody who saves at the same moment --------------------------------------


def sheet(path: Path, text: str = "Titre;Description\nA;un\nB;deux\n") -> SheetFile:
    path.write_text(text, "utf-8")
    return SheetFile(path, path.name)


class Slow(SheetFile):
    """A sheet that somebody else saves while it is written."""

    def __init__(self, path: Path, saves: list[str]) -> None:
        super().__init__(path, path.name)
        self.saves = saves

    def _format(self) -> types.ModuleType:
        def write(*arguments: object) -> bytes:
            if self.saves:
                self.path.write_text(self.saves.pop(0), "utf-8")
            return csv_format.write(*arguments)  # type: ignore[arg-type]

        return types.SimpleNamespace(read=csv_format.read, write=write)  # type: ignore[return-value]


CHANGE = SheetChange(RowRef("x.csv", 2, "A"), "Description", "un", "un, du wiki")


#: A system whose files exchange their names, and one that has no such step.
@pytest.fixture(params=[True, False], ids=["exchange", "no exchange"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if not request.param:
        monkeypatch.setattr(ctypes, "CDLL", lambda *_names, **_more: object())
    return bool(request.param)


def test_what_somebody_saves_while_we_write_stays_and_so_do_our_words(tmp_path: Path, system: bool) -> None:
    path = tmp_path / "x.csv"
    sheet(path)
    assert Slow(path, ["Titre;Description\nA;un\nB;deux, de Camille\n"]).commit([CHANGE]) == []
    assert path.read_text("utf-8") == "Titre;Description\nA;un, du wiki\nB;deux, de Camille\n"


def test_where_somebody_saves_the_same_cell_theirs_stands(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    sheet(path)
    refused = Slow(path, ["Titre;Description\nA;un, de Camille\nB;deux\n"]).commit([CHANGE])
    assert [change for change, _why in refused] == [CHANGE]
    assert "un, de Camille" in path.read_text("utf-8")


def test_what_somebody_saves_while_the_file_gets_its_name_stays_too(tmp_path: Path) -> None:
    """A file system that renames slowly."""
    path = tmp_path / "x.csv"
    made = sheet(path)
    saves = ["Titre;Description\nA;un\nB;deux, de Camille\n"]
    with slow_renames(lambda name: path.write_text(saves.pop(), "utf-8") if name == path and saves else None):
        assert made.commit([CHANGE]) == []
    assert path.read_text("utf-8") == "Titre;Description\nA;un, du wiki\nB;deux, de Camille\n"
    assert [p.name for p in tmp_path.iterdir() if "conflit" in p.name or p.name.endswith(".new")] == []


def test_who_saves_over_what_was_put_there_by_mistake_finds_both(tmp_path: Path, capitalise: Cli) -> None:
    """Somebody saves, we put ours in its place, somebody saves over ours, and theirs comes back: neither is lost, and the
    plan names the copy."""
    desk = Desk(tmp_path / "kit", capitalise, "i.csv")
    desk.run()
    path, words = desk.folder / "i.csv", ["de Camille", "de Dominique"]
    desk.edit("Choisir une licence", "{{Ingrédient", "{{Ingrédient\n|lien=du wiki")

    def save(name: Path) -> None:
        if name == path and words:
            path.write_text(path.read_text("utf-8-sig").replace("plop", f"plop, {words.pop(0)}"), "utf-8")

    with slow_renames(save):
        desk.run(code=None)
    (copy,) = [p for p in desk.folder.iterdir() if "conflit" in p.name]
    assert "de Camille" in path.read_text("utf-8-sig")
    assert "de Dominique" in copy.read_text("utf-8-sig")
    assert copy.name in {f["at"]["sheet"] for f in desk.plan(code=None)["findings"]}


def test_a_save_that_has_no_place_to_go_back_to_stands_beside_it(tmp_path: Path) -> None:
    """Somebody saves, we put ours in its place, and somebody moves ours away."""
    path = tmp_path / "x.csv"
    made, steps = sheet(path), [0]

    def world(name: Path) -> None:
        steps[0] += name == path
        if name == path and steps[0] == 1:
            path.write_text("Titre;Description\nA;un, de Camille\n", "utf-8")
        elif name == path and steps[0] == 2:
            path.rename(tmp_path / "ailleurs.csv")

    with slow_renames(world), suppress(SheetError):
        made.commit([CHANGE])
    assert any("de Camille" in one.read_text("utf-8") for one in tmp_path.iterdir())


def test_what_a_kill_left_in_the_moment_of_a_save_is_named(tmp_path: Path, capitalise: Cli) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.csv")
    desk.run()
    left = desk.folder / ".i.csv.a1b2c3_d.new"
    left.write_text("Titre;Description\nA;de Camille\n", "utf-8")
    assert left.name in {f["at"]["sheet"] for f in desk.plan(code=3)["findings"]}


def test_a_sheet_that_is_saved_all_the_time_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    sheet(path)
    saves = [f"Titre;Description\nA;un\nB;{n}\n" for n in range(9)]
    with pytest.raises(SheetError):
        Slow(path, saves).commit([CHANGE])
    assert "du wiki" not in path.read_text("utf-8")


def test_backups_and_temporary_files_follow_no_link(tmp_path: Path) -> None:
    precious = tmp_path / "precieux.txt"
    precious.write_text("à moi", "utf-8")
    made = sheet(tmp_path / "x.csv")
    (tmp_path / "x.csv~").symlink_to(precious)
    (tmp_path / f".x.csv.{os.getpid()}.new").symlink_to(precious)
    (tmp_path / "x.csv").chmod(0o640)
    made.commit([CHANGE])
    assert precious.read_text("utf-8") == "à moi"
    assert (tmp_path / "x.csv~").read_text("utf-8").endswith("A;un\nB;deux\n")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("x.csv", "x.csv~")} == {0o640}


def test_a_pipe_or_a_circle_of_links_is_no_sheet(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SheetError):
        SheetFile(tmp_path / "pipe.csv", "pipe.csv").read()
    (tmp_path / "a.csv").symlink_to("b.csv")
    (tmp_path / "b.csv").symlink_to("a.csv")
    with pytest.raises(SheetError):
        SheetFile(tmp_path / "a.csv", "a.csv").read()


def test_a_page_that_is_a_link_out_of_the_wiki_is_neither_read_nor_written(tmp_path: Path, capitalise: Cli) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.csv")
    precious = tmp_path / "lettre.txt"
    precious.write_text("{{Ingrédient|description=à moi}}", "utf-8")
    (desk.folder / "wiki" / "Lettre.wiki").symlink_to(precious)
    assert "Lettre.wiki" in desk.cli(desk.folder, "run", "ingredients", "--yes", code=1).stderr
    assert precious.read_text("utf-8") == "{{Ingrédient|description=à moi}}"


def test_an_announcement_that_cannot_be_read_is_no_end(tmp_path: Path, capitalise: Cli) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.csv")
    desk.run()
    (desk.folder / "wiki" / ".capitalise" / "pending.json").write_text("", "utf-8")
    assert desk.plan()["changes"] == []


# -- differences are bounded ----------------------------------------------------------------------


@pytest.mark.parametrize("old", ["bla " * 25_000, "bla\n" * 25_000, "a" * 100_000, "mot différent " * 7_000])
def test_a_difference_is_shown_in_bounded_time_and_loses_no_word(old: str) -> None:
    new = old[: len(old) // 2] + "autre " + old[: len(old) // 2]
    words = list(word_diff(old, new))
    assert "".join(piece.text for piece in words if piece.kind in " -") == old
    assert "".join(piece.text for piece in words if piece.kind in " +") == new
    assert any(piece.kind != " " for piece in text_diff(old, new))


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
def test_both_texts_are_in_a_difference(old: str, new: str) -> None:
    words = list(word_diff(old, new))
    assert "".join(piece.text for piece in words if piece.kind in " -") == old
    assert "".join(piece.text for piece in words if piece.kind in " +") == new


# -- workbooks ------------------------------------------------------------------------------------


def workbook(path: Path, chart: bool = False) -> None:
    """Somebody's own: a sum beside the table, a number with many digits, perhaps a chart."""
    book = openpyxl.Workbook()
    tab = book.active
    assert tab is not None
    for row in (
        ["Titre", "Description", "Heures", "Le double"],
        ["Jardin partagé", "Texte", 0.457593235891721, "=C2*2"],
    ):
        tab.append(row)
    if chart:
        other = book.create_sheet("Chiffres")
        other.append([1, 2])
        drawn = BarChart()
        drawn.add_data(Reference(other, min_col=1, min_row=1, max_col=2))
        other.add_chart(drawn, "D2")
    book.save(path)


def test_a_formula_and_a_number_beside_the_table_stay(tmp_path: Path, capitalise: Cli) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.xlsx")
    workbook(desk.folder / "i.xlsx")
    assert "sheet" not in {f["rule"] for f in desk.plan(code=3)["findings"]}
    desk.run(code=3)
    tab = openpyxl.load_workbook(desk.folder / "i.xlsx").active
    assert tab is not None
    assert (tab["C2"].value, tab["D2"].value) == (0.457593235891721, "=C2*2")
    assert tab["F2"].value.split("#")[0].isdecimal()


FAR = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row><table:table-row>'
    '<table:table-cell table:number-columns-repeated="16000"/><table:table-cell><text:p>loin</text:p></table:table-cell>'
    "</table:table-row></table:table>"
)
LONG = "".join(f'<row r="{r}">' + f'<c s="0" r="B{r}"/>' * 60 + "</row>" for r in range(3, 5100))


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "said"),
    [
        (
            "xlsx",
            "xl/worksheets/sheet1.xml",
            "</sheetData>",
            '<row><c r="XFD1048576"/></row></sheetData>',
            "XFD1048576",
        ),
        ("xlsx", "xl/worksheets/sheet1.xml", "</sheetData>", f"{LONG}</sheetData>", "more than"),
        ("ods", "content.xml", "</table:table>", FAR, "WQK1048"),
    ],
)
def test_a_sheet_that_would_fill_the_memory_is_refused_with_the_cell(
    kind: str, name: str, old: str, new: str, said: str
) -> None:
    data = made(kind, ("Un", "", "a"))
    data = added(data, name, part(data, name).replace(old, new, 1).encode())
    with pytest.raises(SheetError) as refused:
        table_of(data, kind)
    assert said in str(refused.value) and f"k.{kind}" in str(refused.value)


def test_rows_by_the_hundred_thousand_are_refused(tmp_path: Path, capitalise: Cli) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.csv")
    (desk.folder / "i.csv").write_text("Titre;Description\n" + "".join(f"P{n};a\n" for n in range(50_001)), "utf-8")
    assert "i.csv" in desk.cli(desk.folder, "plan", "ingredients", code=1).stderr


def test_a_chart_as_the_tab_and_a_strict_workbook_are_one_sentence(tmp_path: Path, capitalise: Cli) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.xlsx")
    path = desk.folder / "i.xlsx"
    workbook(path)
    book = openpyxl.load_workbook(path)
    book.create_chartsheet("Graphe").add_chart(BarChart())
    book.save(path)
    bot = desk.folder / "bots" / "ingredients.toml"
    as_it_was = bot.read_text("utf-8")
    bot.write_text(as_it_was.replace("sheet =", 'tab = "Graphe"\nsheet =', 1), "utf-8")
    assert "Graphe" in desk.cli(desk.folder, "plan", "ingredients", code=1).stderr
    bot.write_text(as_it_was, "utf-8")
    workbook(path)
    content = zipfile.ZipFile(path).read("xl/workbook.xml")
    content = content.replace(
        b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/spreadsheetml/main"
    )
    path.write_bytes(added(path.read_bytes(), "xl/workbook.xml", content))
    assert "Strict" in desk.cli(desk.folder, "plan", "ingredients", code=1).stderr


def test_what_writing_an_xlsx_leaves_out_is_said_when_something_is_written(tmp_path: Path, capitalise: Cli) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.xlsx")
    path = desk.folder / "i.xlsx"
    workbook(path)
    book = openpyxl.load_workbook(path)
    book.create_sheet("Chiffres").append([0.5])
    book.save(path)
    numbers = zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml").replace(b"0.5", b"0.30000000000000004")
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").replace(b"</sheetData>", b"</sheetData><sortState/>")
    parts = {
        "xl/worksheets/sheet1.xml": sheet,
        "xl/worksheets/sheet2.xml": numbers,
        "xl/printerSettings/printerSettings1.bin": b"A4",
        "customXml/item1.xml": b"<a/>",
    }
    for name, data in parts.items():
        path.write_bytes(added(path.read_bytes(), name, data))
    notes = "\n".join(desk.plan(code=3)["notes"])
    assert notes.count("i.xlsx") == 4
    assert all(word in notes for word in ("imprimante", "tri", "customXml", "dix-septième"))
    desk.run(code=3)
    assert "i.xlsx" not in "\n".join(desk.plan(code=None)["notes"])


def test_a_sheet_that_cannot_be_written_is_known_before_any_page_is(tmp_path: Path, capitalise: Cli) -> None:
    desk = Desk(tmp_path / "kit", capitalise, "i.xlsx")
    workbook(desk.folder / "i.xlsx", chart=True)
    before = (desk.folder / "i.xlsx").read_bytes()
    assert "sheet" in {f["rule"] for f in desk.plan(code=3)["findings"]}
    assert "i.xlsx" in desk.cli(desk.folder, "doctor", code=1).stdout
    assert "ODS" in desk.cli(desk.folder, "run", "ingredients", "--yes", code=1).stderr
    assert not (desk.folder / "wiki" / "Jardin partagé.wiki").exists()
    assert (desk.folder / "i.xlsx").read_bytes() == before
