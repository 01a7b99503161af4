"""ODS and XLSX sheets: what people made of them survives, and what they hold is never guessed at."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from capitalise.errors import SheetError
from capitalise.plans.model import RowRef, SheetChange, SheetLook
from capitalise.sheets import ods, xlsx
from capitalise.sheets.file import SheetFile, format_of
from capitalise.sheets.table import Comments, Table
from capitalise.wikitext.canonical import canonical
from tests.conftest import Cli, Office

FORMATS = pytest.mark.parametrize("kind", ["ods", "xlsx"])
CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n =+-@_x'\""), max_size=14
).map(lambda text: canonical(text).strip())
LOOK = SheetLook(
    "k", (("Étape", ('1 - "Qualifier", puis', "2 - Réunir")),), ("page", "revision"), ("revision",), "Non."
)
HEADER = ("Titre", "Étape", "Description", "page", "revision")


def made(kind: str, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> bytes:
    table = Table(f"k.{kind}", header, tuple(row + ("",) * (len(header) - len(row)) for row in rows), format=kind)
    data: bytes = format_of(f"k.{kind}").write(table, None, "", "", LOOK, Comments())
    return data


def table_of(data: bytes, kind: str, tab: str = "") -> Table:
    table: Table = format_of(f"k.{kind}").read(data, f"k.{kind}", tab)
    return table


def changed(path: Path, *changes: tuple[int, str, str, str, str], comment: str = "") -> list[str]:
    """Write cells given as (line, title, heading, old, new); returns what was refused, and why."""
    cells = [SheetChange(RowRef(path.name, r, t), f, old, new, comment=comment) for r, t, f, old, new in changes]
    return [str(why.text) for _change, why in SheetFile(path, path.name).commit(cells, LOOK)]


# -- cells ------------------------------------------------------------------------------------


@FORMATS
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_table_is_read_as_it_was_written(kind: str, rows: list[tuple[str, str, str]]) -> None:
    rows = [("Un", *row) for row in rows]
    assert [row[:4] for row in table_of(made(kind, *rows), kind).rows] == rows


@FORMATS
def test_what_a_spreadsheet_would_change_stays_text(tmp_path: Path, kind: str) -> None:
    texts = ("=1+1", "- une idée", "0012", "1/2", "12/01/21", "_x0041_", "VRAI", "+33", "cinq\n\nlignes  \n ici")
    path = tmp_path / f"k.{kind}"
    path.write_bytes(made(kind, *((f"T{i}", "", "vieux") for i in range(len(texts)))))
    assert not changed(path, *((i + 2, f"T{i}", "Description", "vieux", text) for i, text in enumerate(texts)))
    assert [row[2] for row in table_of(path.read_bytes(), kind).rows] == list(texts)


@FORMATS
def test_libreoffice_opens_and_saves_it_without_a_change(tmp_path: Path, kind: str, office: Office) -> None:
    texts = ("=1+1", "- une idée", "0012", "1/2", "12/01/21", "« oui »\n\n  deux", "'''gras'''", "1,5", "", "TRUE")
    path = tmp_path / f"k.{kind}"
    path.write_bytes(made(kind, *((f"T{i}", "", text, f"T{i}", f"{i + 7}") for i, text in enumerate(texts))))
    before = table_of(path.read_bytes(), kind)
    saved = table_of(office.saved(path), kind)
    assert saved.same_cells(before)
    assert not saved.odd


@FORMATS
def test_a_new_sheet_has_drop_downs_a_filter_and_a_frozen_first_line(kind: str) -> None:
    data = made(kind, ("Un",))
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == "A1:E2"
        assert {rule.type for rule in sheet.data_validations.dataValidation} == {"list", "textLength"}
        return
    content = part(data, "content.xml")
    assert (
        "cell-content-is-in-list(&quot;1 - &quot;&quot;Qualifier&quot;&quot;, puis&quot;;&quot;2 - Réunir&quot;)"
        in content
    )
    assert 'display-filter-buttons="true"' in content
    assert "VerticalSplitPosition" in part(data, "settings.xml")


@FORMATS
def test_where_people_decide_the_answers_are_offered_and_more_may_be_typed(
    tmp_path: Path, capitalise: Cli, kind: str
) -> None:
    """A new sheet of the sample: the question that stands there is none of the answers."""
    capitalise(tmp_path, "init", str(tmp_path / "kit"), "--sample")
    bot = tmp_path / "kit" / "bots" / "ingredients.toml"
    bot.write_text(re.sub(r"ingredients\.\w+", f"ingredients.{kind}", bot.read_text("utf-8")), "utf-8")
    capitalise(tmp_path / "kit", "run", "ingredients", "--yes")
    data = (tmp_path / "kit" / f"ingredients.{kind}").read_bytes()
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        (rule,) = [r for r in book.worksheets[0].data_validations.dataValidation if not r.showErrorMessage]
        column = [cell.value for cell in book.worksheets[0][1]].index("à décider")
        assert str(rule.sqref).startswith(openpyxl.utils.get_column_letter(column + 1))
        return
    rule = re.search(r'is-in-list\(&quot;feuille&quot;.*?table:display="(\w+)"', part(data, "content.xml"))
    assert rule and rule[1] == "false"


@FORMATS
def test_a_filter_reaches_over_new_rows(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"k.{kind}"
    path.write_bytes(made(kind, ("Un",)))
    changed(path, (0, "Deux", "Titre", "", "Deux"))
    text = part(path.read_bytes(), "content.xml" if kind == "ods" else "xl/worksheets/sheet1.xml")
    assert re.search(r"A1:(Feuille1\.)?E3", text)


@FORMATS
def test_a_comment_of_a_person_is_left_alone_and_ours_goes_when_settled(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"k.{kind}"
    path.write_bytes(made(kind, ("Un", "", "a", "Un", "1")))
    changed(path, (2, "Un", "revision", "1", "2"), comment="wiki : autre")
    assert comments(path.read_bytes(), kind) == ["wiki : autre"]
    changed(path, (2, "Un", "revision", "2", "3"))
    assert comments(path.read_bytes(), kind) == []
    path.write_bytes(signed(path.read_bytes(), kind))
    changed(path, (2, "Un", "revision", "3", "4"), comment="wiki : autre")
    assert comments(path.read_bytes(), kind) == ["à relire"]


# -- the user's own file ----------------------------------------------------------------------


def test_the_rest_of_an_ods_file_stays_byte_for_byte(tmp_path: Path, users: Path) -> None:
    before = users.read_bytes()
    assert not changed(users, (2, "Un", "Description", "vieux", "neuf"), (0, "Trois", "Titre", "", "Trois"))
    after = users.read_bytes()
    for name in zipfile.ZipFile(io.BytesIO(before)).namelist():
        if name != "content.xml":
            assert raw(after, name) == raw(before, name), name
    old, new = part(before, "content.xml"), part(after, "content.xml")
    assert tab_xml(old, "Budget") == tab_xml(new, "Budget")
    assert [style for style in looks(new) if "capitalise-row" not in style] == looks(old)
    assert table_of(after, "ods").rows[0] == ("Un", "2", "neuf", "Zoé Inventée")
    assert table_of(after, "ods").rows[2][0] == "Trois"
    assert (tmp_path / "k.ods~").read_bytes() == before


def test_the_users_xlsx_keeps_other_tabs_widths_and_formulas(tmp_path: Path, users: Path, office: Office) -> None:
    path = tmp_path / "u.xlsx"
    path.write_bytes(office.saved(users, "xlsx"))
    before = openpyxl.load_workbook(path)
    assert not changed(path, (2, "Un", "Description", "vieux", "neuf"))
    after = openpyxl.load_workbook(path)
    assert after.sheetnames == before.sheetnames
    cells = [[c.value for row in book["Budget"] for c in row] for book in (before, after)]
    assert cells[0] == cells[1]
    assert "=SUM(A1:A2)" in cells[1]
    widths = [{k: d.width for k, d in book["Fiches"].column_dimensions.items()} for book in (before, after)]
    assert widths[0] == widths[1]
    assert after["Fiches"]["D2"].fill.fgColor.rgb == before["Fiches"]["D2"].fill.fgColor.rgb


def test_an_xlsx_with_what_would_be_lost_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "k.xlsx"
    path.write_bytes(added(made("xlsx", ("Un", "", "a")), "xl/drawings/drawing1.xml", b"<xdr:oneCellAnchor/>"))
    before = path.read_bytes()
    with pytest.raises(SheetError, match="pictures, charts or shapes"):
        changed(path, (2, "Un", "Description", "a", "b"))
    assert path.read_bytes() == before


def test_the_tab_is_found_under_any_name(users: Path) -> None:
    content = part(users.read_bytes(), "content.xml").replace('table:name="Fiches"', 'table:name="Renommée"')
    assert table_of(added(users.read_bytes(), "content.xml", content.encode()), "ods").header[0] == "Titre"
    doubled = content.replace('table:name="Budget"', 'table:name="Copie"').replace(
        '<table:table table:name="Copie"',
        tab_xml(content, "Renommée").replace("Renommée", "Brouillon") + '<table:table table:name="Copie"',
    )
    data = added(users.read_bytes(), "content.xml", doubled.encode())
    with pytest.raises(SheetError, match="2 of its tabs"):
        table_of(data, "ods")
    assert table_of(data, "ods", "Brouillon").header[0] == "Titre"


# -- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "damaged or cut short"),
        (b"PK\x03\x04 pas un zip", "damaged or cut short"),
        (b"\xd0\xcf\x11\xe0 xls", "old Excel file"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
    ],
)
@FORMATS
def test_a_file_that_is_no_sheet_gets_one_sentence(kind: str, data: bytes, says: str) -> None:
    with pytest.raises(SheetError, match=says):
        table_of(data, kind)


@FORMATS
def test_a_truncated_file_gets_one_sentence(kind: str) -> None:
    data = made(kind, *((f"T{i}", "", "x" * i) for i in range(50)))
    for cut in (len(data) // 3, len(data) // 2, len(data) - 30):
        with pytest.raises(SheetError, match="damaged or cut short"):
            table_of(data[:cut], kind)


def test_a_password_in_libreoffice_gets_one_sentence() -> None:
    data = added(made("ods", ("Un",)), "META-INF/manifest.xml", b"<manifest:encryption-data/>")
    with pytest.raises(SheetError, match="protected by a password"):
        table_of(data, "ods")


def test_a_few_bytes_that_stand_for_millions_of_cells_are_refused() -> None:
    data = made("ods", ("Un", "", "a"))
    content = part(data, "content.xml").replace(
        "<table:table-row ", '<table:table-row table:number-rows-repeated="1000000" ', 2
    )
    with pytest.raises(SheetError, match="more than 300000 cells"):
        table_of(added(data, "content.xml", content.encode()), "ods")


def test_a_cell_too_long_for_xlsx_is_refused_and_its_row_left(tmp_path: Path) -> None:
    path = tmp_path / "k.xlsx"
    path.write_bytes(made("xlsx", ("Un", "", "a"), ("Deux", "", "b")))
    refused = changed(
        path,
        (2, "Un", "Description", "a", "x" * 40_000),
        (2, "Un", "Étape", "", "1"),
        (3, "Deux", "Description", "b", "c"),
    )
    assert len(refused) == 2
    assert "32" in refused[0] or "XLSX" in refused[0]
    assert [row[:3] for row in table_of(path.read_bytes(), "xlsx").rows] == [("Un", "", "a"), ("Deux", "", "c")]


def test_formulas_merged_cells_and_dates_are_not_guessed_at(users: Path) -> None:
    table = table_of(users.read_bytes(), "ods")
    assert not table.odd
    odd = part(users.read_bytes(), "content.xml").replace(
        '<table:table-cell office:value-type="string" calcext:value-type="string"><text:p>vieux',
        '<table:table-cell table:formula="of:=1+1" office:value-type="string" calcext:value-type="string"><text:p>vieux',
    )
    table = table_of(added(users.read_bytes(), "content.xml", odd.encode()), "ods")
    assert {place: why.text for place, why in table.odd.items()} == {(2, 2): "holds a formula"}


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("<table:table-cell><text:p>sans type</text:p></table:table-cell>", "is shown as"),
        (
            '<table:table-cell office:value-type="percentage" office:value="1"><text:p>100 %</text:p></table:table-cell>',
            "is shown as",
        ),
        (
            '<table:table-cell office:value-type="float" office:value="1000"><text:p>01000</text:p></table:table-cell>',
            "is shown as",
        ),
        (
            '<table:table-cell office:value-type="string"><text:p>le <text:a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://exemple.org/secret">site</text:a></text:p></table:table-cell>',
            "holds a link",
        ),
        (
            '<table:table-cell office:value-type="string"><draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><draw:text-box><text:p>note privée</text:p></draw:text-box></draw:frame><text:p>vieux</text:p></table:table-cell>',
            "is shown as",
        ),
        (
            '<table:table-cell office:value-type="string"><text:p>a<text:tab/>b</text:p></table:table-cell>',
            "is shown as",
        ),
    ],
)
def test_what_people_see_in_a_cell_is_what_is_read_or_its_row_is_left(cell: str, why: str) -> None:
    data = made("ods", ("Un", "", "ICI"))
    content = re.sub(
        r"<table:table-cell(?:(?!<table:table-cell).)*?ICI</text:p></table:table-cell>", cell, part(data, "content.xml")
    )
    table = table_of(added(data, "content.xml", content.encode()), "ods")
    assert table.odd[2, 2].text.startswith(why)


def test_an_address_as_libreoffice_links_it_is_text() -> None:
    data = made("ods", ("Un", "", "ICI"))
    link = '<text:a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://exemple.org/">https://exemple.org</text:a>'
    table = table_of(added(data, "content.xml", part(data, "content.xml").replace("ICI", link).encode()), "ods")
    assert not table.odd
    assert table.rows[0][2] == "https://exemple.org"


def test_numbers_that_a_format_shows_otherwise_are_no_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Titre", "a", "b", "c"])
    sheet.append(["Un", 1, 612345678, 12345678901234567890])
    sheet["B2"].number_format = "0%"
    sheet["C2"].number_format = "00 00 00 00 00"
    out = io.BytesIO()
    book.save(out)
    assert set(table_of(out.getvalue(), "xlsx").odd) == {(2, 1), (2, 2), (2, 3)}


@FORMATS
def test_words_that_somebody_adds_to_our_comment_stay(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"k.{kind}"
    path.write_bytes(made(kind, ("Un", "", "a", "Un", "1")))
    changed(path, (2, "Un", "revision", "1", "2"), comment="wiki : autre")
    name = "content.xml" if kind == "ods" else "xl/comments/comment1.xml"
    path.write_bytes(
        added(path.read_bytes(), name, part(path.read_bytes(), name).replace("autre", "autre, je garde").encode())
    )
    changed(path, (2, "Un", "revision", "2", "3"))
    assert comments(path.read_bytes(), kind) == ["wiki : autre, je garde"]


def test_a_text_under_merged_cells_of_another_tab_is_not_lost(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made("xlsx", ("Un", "", "a"))))
    notes = book.create_sheet("Notes")
    notes["A1"], notes["B1"] = "vu", "mots cachés"
    out = io.BytesIO()
    book.save(out)
    path = tmp_path / "k.xlsx"
    sheets = [n for n in zipfile.ZipFile(out).namelist() if n.startswith("xl/worksheets/sheet")]
    text = part(out.getvalue(), sheets[-1]).replace(
        "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    )
    path.write_bytes(added(out.getvalue(), sheets[-1], text.encode()))
    with pytest.raises(SheetError, match="under merged cells"):
        changed(path, (2, "Un", "Description", "a", "b"))


def test_a_tab_that_is_named_and_missing_is_not_replaced_by_another(users: Path) -> None:
    with pytest.raises(SheetError, match="no tab “Fiches 2026”"):
        table_of(users.read_bytes(), "ods", "Fiches 2026")


def test_a_date_is_no_text(tmp_path: Path) -> None:
    import datetime

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Titre", "Description", "Nombre"])
    sheet.append(["Un", datetime.date(2021, 1, 12), 12])
    sheet.append(["Deux", 1.5, True])
    out = io.BytesIO()
    book.save(out)
    table = table_of(out.getvalue(), "xlsx")
    assert set(table.odd) == {(2, 1), (3, 1), (3, 2)}
    assert table.rows[0][2] == "12"


# -- helpers ----------------------------------------------------------------------------------


USERS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles><style:style style:name="c" style:family="table-column"><style:table-column-properties style:column-width="7.77cm"/></style:style><style:style style:name="y" style:family="table-cell"><style:table-cell-properties fo:background-color="#ffff00"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="Budget"><table:table-column/><table:table-row><table:table-cell office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell table:formula="of:=SUM([.A1:.A2])" office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell></table:table-row></table:table>
<table:table table:name="Fiches"><table:table-column table:style-name="c" table:number-columns-repeated="4"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>Titre</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Nombre</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Description</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Relu par</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Un</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>vieux</text:p></table:table-cell><table:table-cell table:style-name="y" office:value-type="string"><text:p>Zoé Inventée</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Deux</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"/><table:table-cell table:style-name="y"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document>"""


@pytest.fixture
def users(tmp_path: Path, office: Office) -> Path:
    """A file that somebody made in LibreOffice: two tabs, colours, widths, a formula, a column of their own."""
    source = tmp_path / "k.fods"
    source.write_text(USERS, "utf-8")
    path = tmp_path / "k.ods"
    path.write_bytes(office.saved(source, "ods"))
    return path


def raw(data: bytes, name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read(name)


def part(data: bytes, name: str) -> str:
    return raw(data, name).decode()


def looks(content: str) -> list[str]:
    """Styles, columns and their widths."""
    root = etree.fromstring(content.encode())
    kinds = ("{*}style", "{*}table-column", "{*}font-face-decls")
    return [etree.tostring(e, method="c14n", with_tail=False).decode() for kind in kinds for e in root.iter(kind)]


def tab_xml(content: str, name: str) -> str:
    return re.findall(rf'<table:table table:name="{name}".*?</table:table>', content, re.DOTALL)[0]


def added(data: bytes, name: str, text: bytes) -> bytes:
    """The file with one part more, or another one in its place."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, text)
    return out.getvalue()


def comments(data: bytes, kind: str) -> list[str]:
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        return [c.comment.text for row in sheet.iter_rows() for c in row if c.comment]
    notes = re.findall(r"<office:annotation.*?</office:annotation>", part(data, "content.xml"), re.DOTALL)
    return ["\n".join(re.findall(r"<text:p>(.*?)</text:p>", note)) for note in notes]


def signed(data: bytes, kind: str) -> bytes:
    """Somebody writes a comment of their own into the cell of the number."""
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        book.worksheets[0]["E2"].comment = openpyxl.comments.Comment("à relire", "Zoé")
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()
    note = (
        "<office:annotation><dc:creator>Zoé</dc:creator><text:p>à relire</text:p></office:annotation><text:p>3</text:p>"
    )
    return added(data, "content.xml", part(data, "content.xml").replace("<text:p>3</text:p>", note).encode())


@pytest.mark.apart("LibreOffice")
@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_a_new_sheet_prints_whole_on_pages_lying_down(office: Office, tmp_path: Path, kind: str) -> None:
    """All columns beside each other, every word, the headings on each page."""
    header = ("Titre", "Étape", "Description", "Outils", "Exemple", "à décider", "page", "revision")
    rows = [
        (f"Titre {n}", "1 - Réunir", f"mot{n} " * 60 + f"fin{n}.", "outil", "exemple", "", f"Titre {n}", "12")
        for n in range(30)
    ]
    path = tmp_path / f"a.{kind}"
    look = SheetLook(grey=("à décider", "page", "revision"))
    module = {"ods": ods, "xlsx": xlsx}[kind]
    path.write_bytes(module.write(Table(path.name, header, tuple(rows), format=kind), None, "", "", look, Comments()))
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(office.saved(path, "pdf"))
    said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    pages = said.rstrip("\f\n").split("\f")
    assert 1 < len(pages) < 12 and all("Titre" in page and "revision" in page for page in pages)
    assert all(f"fin{n}." in said for n in range(30))
    size = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    width, height = map(float, re.findall(r"Page size:\s+([\d.]+) x ([\d.]+)", size)[0])
    assert width > height
