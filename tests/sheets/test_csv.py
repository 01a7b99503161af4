"""CSV sheets: every encoding and separator people have, and no cell changed on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capitalise.errors import SheetError
from capitalise.plans.model import RowRef, SheetChange
from capitalise.sheets.csv_format import CsvFile, Dialect, file_bytes, table_from_bytes
from capitalise.sheets.file import SheetFile
from capitalise.sheets.table import Table

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6).map(
    lambda rows: Table("f.csv", ("Titre", "b", "c"), tuple(rows))
)


@given(
    TABLES,
    st.sampled_from(
        [Dialect(e, d, n) for e in ("utf-8", "utf-8-sig", "cp1252") for d in ";,\t" for n in ("\n", "\r\n")]
    ),
)
@settings(max_examples=500)
def test_a_table_is_read_as_it_was_written(table: Table, dialect: Dialect) -> None:
    before = CsvFile(Table("f.csv", table.header, ()), dialect, ())
    again = table_from_bytes(file_bytes(table, before), "f.csv")
    assert again.table == table
    assert again.dialect.delimiter == dialect.delimiter
    assert file_bytes(again.table, again) == file_bytes(table, before)


def test_cells_that_do_not_change_stay_as_they_were_typed(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Titre;x;moi\nUn;a;-5\nDeux;=A1;+33 6\n", "utf-8")
    SheetFile(path, "f.csv").commit([SheetChange(RowRef("f.csv", 2, "Un"), "x", "a", "- b")])
    assert path.read_text("utf-8") == "Titre;x;moi\nUn;'- b;-5\nDeux;=A1;+33 6\n"


def test_a_row_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A number that moved on without its text would let the next run overwrite somebody."""
    path = tmp_path / "f.csv"
    path.write_text("Titre;x;revision\nUn;changé;1\n", "utf-8")
    at = RowRef("f.csv", 2, "Un")
    refused = SheetFile(path, "f.csv").commit([SheetChange(at, "x", "a", "b"), SheetChange(at, "revision", "1", "2")])
    assert len(refused) == 2
    assert path.read_text("utf-8") == "Titre;x;revision\nUn;changé;1\n"


def test_a_linked_sheet_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "partage").mkdir()
    real = tmp_path / "partage" / "f.csv"
    real.write_text("Titre;x\nUn;a\n", "utf-8")
    (tmp_path / "f.csv").symlink_to(real)
    SheetFile(tmp_path / "f.csv", "f.csv").commit([SheetChange(RowRef("f.csv", 2, "Un"), "x", "a", "b")])
    assert (tmp_path / "f.csv").is_symlink()
    assert real.read_text("utf-8") == "Titre;x\nUn;b\n"


@pytest.mark.parametrize("text", ["Â\u00a0", "Ã©", "é Ã©"])
def test_windows_text_that_looks_like_utf8_is_written_as_utf8(text: str) -> None:
    before = table_from_bytes("Titre;x\nNé;à\n".encode("cp1252"), "f.csv")
    data = file_bytes(Table("f.csv", ("Titre", "x"), ((text, "b"),)), before)
    assert table_from_bytes(data, "f.csv").table.rows == ((text, "b"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_users_encoding_and_separator_are_kept(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(
        f"Titre{delimiter}Étape{delimiter}à moi\r\nUn{delimiter}vieux{delimiter}gardé\r\n".encode(encoding)
    )
    refused = SheetFile(path, "f.csv").commit([SheetChange(RowRef("f.csv", 2, "Un"), "Étape", "vieux", "été")])
    assert refused == []
    assert path.read_bytes() == f"Titre{delimiter}Étape{delimiter}à moi\r\nUn{delimiter}été{delimiter}gardé\r\n".encode(
        encoding
    )


def test_a_character_that_windows_lacks_makes_the_file_utf8(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("Titre;é\nUn;à\n".encode("cp1252"))
    SheetFile(path, "f.csv").commit([SheetChange(RowRef("f.csv", 2, "Un"), "é", "à", "→")])
    assert path.read_bytes().decode("utf-8-sig") == "Titre;é\nUn;→\n"


@pytest.mark.parametrize("text", ["=1+1", "- une idée", "+33", "@moi", "'=x", "''-x", "\tx"])
def test_what_a_spreadsheet_would_run_is_kept_as_text(text: str) -> None:
    table = Table("f.csv", ("Titre", "x"), (("Un", text),))
    data = file_bytes(table, None)
    assert f"'{text}".encode() in data
    assert table_from_bytes(data, "f.csv").table == table


def test_bold_wikitext_is_no_formula() -> None:
    assert table_from_bytes(b"Titre\n'''gras'''\n", "f.csv").table.rows == (("'''gras'''",),)


def test_a_cell_that_changed_since_the_plan_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Titre;x\nUn;changé entre-temps\nDeux;b\n", "utf-8")
    changes = [
        SheetChange(RowRef("f.csv", 2, "Un"), "x", "a", "robot"),
        SheetChange(RowRef("f.csv", 3, "Deux"), "x", "b", "robot"),
    ]
    refused = SheetFile(path, "f.csv").commit(changes)
    assert [change.at.title for change, _why in refused] == ["Un"]
    assert path.read_text("utf-8") == "Titre;x\nUn;changé entre-temps\nDeux;robot\n"


def test_rows_sorted_since_the_plan_are_found_by_their_title(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Titre;x\nDeux;b\nUn;a\n", "utf-8")
    assert SheetFile(path, "f.csv").commit([SheetChange(RowRef("f.csv", 2, "Un"), "x", "a", "c")]) == []
    assert path.read_text("utf-8") == "Titre;x\nDeux;b\nUn;c\n"


def test_the_file_before_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Titre;x\nUn;a\n", "utf-8")
    SheetFile(path, "f.csv").commit([SheetChange(RowRef("f.csv", 2, "Un"), "x", "a", "b")])
    assert (tmp_path / "f.csv~").read_text("utf-8") == "Titre;x\nUn;a\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.csv", "f.csv~"]


def test_a_sheet_open_in_libreoffice_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("Titre;x\nUn;a\n", "utf-8")
    (tmp_path / ".~lock.f.csv#").touch()
    with pytest.raises(SheetError, match="open in LibreOffice"):
        SheetFile(tmp_path / "f.csv", "f.csv").commit([SheetChange(RowRef("f.csv", 2, "Un"), "x", "a", "b")])
    assert (tmp_path / "f.csv").read_text("utf-8") == "Titre;x\nUn;a\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04...", "XLSX/ODS"),
        (b"\xd0\xcf\x11\xe0...", "XLS"),
        (b"Titre;x\n\x00\x01\x02", "binary data"),
        (b"", "no headings"),
        (b"\n\n", "no headings"),
        (b'Titre;x\n"jamais ferm\xe9;a\n', "quotation mark"),
        (b"Titre;x\nUn;a;et;trop\n", "row 2 has more cells"),
        (b"Titre;x\nUn;\x81\x8d\x8f\n", "cannot be told"),
    ],
)
def test_a_file_that_is_no_csv_gets_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(SheetError, match=says):
        table_from_bytes(data, "f.csv")


def test_a_text_with_line_breaks_and_quotes_comes_back(tmp_path: Path) -> None:
    text = 'cinq\nlignes; avec "guillemets"\n\net un trou'
    path = tmp_path / "f.csv"
    path.write_text("Titre;x\nUn;a\n", "utf-8")
    sheet = SheetFile(path, "f.csv")
    sheet.commit([SheetChange(RowRef("f.csv", 2, "Un"), "x", "a", text)])
    table = sheet.read()
    assert table is not None
    assert table.rows == (("Un", text),)


def test_there_may_be_no_sheet_yet(tmp_path: Path) -> None:
    assert SheetFile(tmp_path / "f.csv", "f.csv").read() is None


def test_a_stray_byte_does_not_garble_a_whole_sheet() -> None:
    data = "Titre;x\nÉté;à\n".encode() + b"Nord;\xe9t\xe9\n"
    with pytest.raises(SheetError, match="line 3"):
        table_from_bytes(data, "f.csv")


def test_a_new_row_is_added_once(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("Titre;x\n", "utf-8")
    changes = [
        SheetChange(RowRef("f.csv", 0, "Un"), "Titre", "", "Un"),
        SheetChange(RowRef("f.csv", 0, "Un"), "x", "", "a"),
    ]
    for _apply in range(2):
        assert SheetFile(tmp_path / "f.csv", "f.csv").commit(changes) == []
    assert (tmp_path / "f.csv").read_text("utf-8") == "Titre;x\nUn;a\n"
