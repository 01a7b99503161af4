"""XLSX files: cells read by calamine, written by openpyxl.

openpyxl builds the whole file anew and drops what it does not know (charts, shapes, macros, threaded
comments…), partly with a warning, partly without: a file that holds such things is not written at all.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import load_workbook

from capitalise.errors import SheetError
from capitalise.messages import N_, Message
from capitalise.plans.model import SheetLook
from capitalise.sheets.ods_new import TAB
from capitalise.sheets.office import read_table, refuse_bad_file, refuse_huge
from capitalise.sheets.table import Comments, Table, comment_author

__all__ = ["read", "with_tab", "write"]

#: Formats in which a whole number shows as it was typed.
_PLAIN_NUMBERS = {"General", "0", "@", "#"}
LISTS = "listes"
SPARE_ROWS = 200
LINE, MOST_LINES = 13.5, 30  # points of a line; Excel shows no row higher than 409 points
FONT = "Arial"  # its letters are as wide as those of Liberation Sans, which LibreOffice takes for it
_LOST = {
    "xl/drawings/drawing": N_("pictures, charts or shapes"),
    "xl/vbaProject": N_("macros"),
    "xl/threadedComments": N_("conversations in comments"),
    "xl/pivot": N_("pivot tables"),
    "xl/slicers": N_("slicers"),
    "xl/ctrlProps": N_("form controls"),
    "xl/externalLinks": N_("links to other files"),
    "xl/connections": N_("connections to data elsewhere"),
    "xl/queryTables": N_("connections to data elsewhere"),
}
#: What openpyxl leaves out and nobody typed: how a part begins, and what it is.
_DROPPED_PARTS = {
    "xl/printerSettings": N_("the settings of a printer"),
    "customXml/": N_("data of other programs (customXml)"),
}
_LONG_NUMBER = re.compile(
    rb"<v>(?=[-\d.]{17})(-?\d{1,30}(?:\.\d{1,30})?(?:E[-+]?\d{1,3})?)</v>"
)  # openpyxl writes "%.16g" (compat/strings.py)
_RESULT = re.compile(rb"(?:</f>|<f[^<>]*/>)<v>[^<]")
#: A cell; its name may be left out (ECMA-376, 18.3.1.4).
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])(?:[^<>]*?\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"'])?")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def read(data: bytes, name: str, tab: str = "", title_heading: str = "") -> Table:
    """The table of an XLSX file. Raises SheetError."""
    refuse_bad_file(data, name)
    sheets = list(_tabs(data))
    for sheet in sheets:
        refuse_huge(_written(sheet), name)
    table, _tab = read_table(
        data, name, "xlsx", tab, title_heading, lambda found, _read: _odd(_sheet(_open(data, name), found))
    )
    return replace(table, drops=tuple(_dropped(data, sheets)))


def write(new: Table, before: bytes | None, tab: str, title_heading: str, look: SheetLook, comments: Comments) -> bytes:
    """The file with the cells of `new`; `before` None makes a new one. Raises SheetError for what would be lost."""
    if before is None:
        book = Workbook()
        sheet = _sheet(book, "Sheet")
        sheet.title = TAB
        old = Table(new.path, (), ())
        _dress(sheet, new, look)
        _lists(book, look)
    else:
        _refuse_loss(before, new.path)
        book = _open(before, new.path, complain=True)
        old, found = read_table(before, new.path, "xlsx", tab, title_heading, lambda found, _read: ({}, 0))
        sheet = _sheet(book, found)
    _write_cells(sheet, old, new)
    _fit_rows(sheet, old, new)
    _write_comments(sheet, comments)
    _grow_filter(sheet, len(new.rows) + 1, len(new.header))
    formulas = {
        (s.title, c.row, c.column) for s in book.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"
    }
    out = io.BytesIO()
    book.save(out)
    if before is not None and _lost_cells(before, out.getvalue(), formulas, sheet.title):
        raise _loss(new.path, N_("texts that stand under merged cells"))
    return out.getvalue()


def with_tab(data: bytes, tab: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A file of ours with one more tab behind the others."""
    book = _open(data, tab, complain=False)
    sheet = book.create_sheet(tab)
    table = Table(f"{tab}.xlsx", tuple(header), tuple(map(tuple, rows)), format="xlsx")
    _dress(sheet, table, SheetLook(table.path))
    _write_cells(sheet, Table(table.path, (), ()), table)
    _fit_rows(sheet, Table(table.path, (), ()), table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tabs(data: bytes) -> Iterator[bytes]:
    """The XML of each tab."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield from (archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))


def _written(sheet: bytes) -> Iterator[tuple[int, int, int]]:
    """For `refuse_huge`: the cells as they are named; openpyxl keeps those that have a colour only, too."""
    for found in _CELL.finditer(sheet):
        yield int(found[2] or 1), column_index_from_string((found[1] or b"A").decode()), 1


def _dropped(data: bytes, sheets: Sequence[bytes]) -> Iterator[Message]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        yield from (what for start, what in _DROPPED_PARTS.items() if any(name.startswith(start) for name in names))
    if any(b"<sortState" in sheet.rpartition(b"</autoFilter>")[2] for sheet in sheets):  # that of a filter is kept
        yield N_("by what the table was sorted last")
    if any(_RESULT.search(sheet) for sheet in sheets):
        yield N_("the results of formulas, which the next program works out anew")
    if any(float(f"{float(n[1]):.16g}") != float(n[1]) for sheet in sheets for n in _LONG_NUMBER.finditer(sheet)):
        yield N_("the seventeenth digit of numbers that have one")


def _lost_cells(before: bytes, after: bytes, formulas: set[tuple[str, int | None, int | None]], tab: str) -> bool:
    """Whether a cell of another tab that held something holds nothing now; formulas lose their last result only."""
    old, now = (load_workbook(io.BytesIO(data)) for data in (before, after))
    for name in set(old.sheet_names) - {tab}:
        kept = now.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for y, line in enumerate(old.get_sheet_by_name(name).to_python(skip_empty_area=False)):
            for x, value in enumerate(line):
                there = kept[y][x] if y < len(kept) and x < len(kept[y]) else ""
                if value != "" and there == "" and (name, y + 1, x + 1) not in formulas:
                    return True
    return False


def _fit_rows(sheet: Worksheet, old: Table, new: Table) -> None:
    """Rows as high as their words, since no program works that out when it opens the file: in a file that is new, and where a height is what
    was set here before. Another one is somebody's choice."""
    ours = not old.header
    for number, row in enumerate(new.rows):
        if number < len(old.rows):
            set_here = number + 2 in sheet.row_dimensions and sheet.row_dimensions[number + 2].height
            ours = bool(set_here) and set_here == _height(sheet, old.rows[number])
        if ours and (number >= len(old.rows) or row != old.rows[number]):
            sheet.row_dimensions[number + 2].height = _height(sheet, row)


def _height(sheet: Worksheet, row: Sequence[str]) -> float:
    """In points, by the lines that the fullest cell takes: a column holds somewhat fewer letters than its width says, where words are not cut."""
    letters = map(get_column_letter, range(1, len(row) + 1))
    known = sheet.column_dimensions
    widths = (max(4, int(known[letter].width * 0.95)) if letter in known else 12 for letter in letters)
    lines = [
        sum(max(1, -(-len(line) // width)) for line in text.split("\n"))
        for text, width in zip(row, widths, strict=True)
    ]
    return LINE * min(max([1, *lines]), MOST_LINES)


def _write_cells(sheet: Worksheet, old: Table, new: Table) -> None:
    lines: list[Sequence[str]] = [old.header, *old.rows] if old.header else []
    for number, line in enumerate([new.header, *new.rows]):
        known = lines[number] if number < len(lines) else ()
        for column, text in enumerate(line):
            if text != (known[column] if column < len(known) else ""):
                cell = _cell(sheet, number + 1, column + 1)
                if old.header and column >= len(known):
                    _styled(
                        cell,
                        _cell(sheet, number, column + 1)
                        if column < len(old.header)
                        else _cell(sheet, number + 1, column),
                    )
                _set_text(cell, text)


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(max(row, 1), max(column, 1))
    if not isinstance(cell, Cell):
        raise SheetError(N_("row %(row)d: a cell to write is merged with others; part them.", row=row))
    return cell


def _set_text(cell: Cell, text: str) -> None:
    """A typed string, never a formula; `_x0041_` would be read as a character (ECMA-376, ST_Xstring)."""
    cell.value = None
    if text:
        cell.value = _ESCAPED.sub("_x005F_", text)
        cell.data_type = "s"
        cell.number_format = "@"


def _styled(cell: Cell, like: Cell) -> None:
    if like.has_style:
        for part in ("font", "fill", "border", "alignment", "number_format", "protection"):
            setattr(cell, part, copy(getattr(like, part)))


def _write_comments(sheet: Worksheet, comments: Comments) -> None:
    """Comments of the rows that are written; a person's own comment stays as it is."""
    for row in comments.rows:
        for cell in sheet[row + 2]:
            if cell.comment and cell.comment.author == comment_author(cell.comment.text):
                cell.comment = None
    for (row, column), text in comments.texts.items():
        cell = _cell(sheet, row + 2, column + 1)
        if not cell.comment:
            cell.comment = Comment(text, comment_author(text), height=160, width=320)


def _grow_filter(sheet: Worksheet, last_line: int, width: int) -> None:
    """An autofilter over the headings reaches over the whole table, so that a sort carries whole rows."""
    if sheet.auto_filter.ref:
        left, top, right, bottom = range_boundaries(sheet.auto_filter.ref)
        if left and right and bottom and top == 1:
            wider = get_column_letter(max(right, width))
            sheet.auto_filter.ref = f"{get_column_letter(left)}1:{wider}{max(bottom, last_line)}"


def _dress(sheet: Worksheet, table: Table, look: SheetLook) -> None:
    """A new file's look; the tool's columns refuse typing by validation, since a protected sheet cannot be sorted."""
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.page_margins = PageMargins(0.4, 0.4, 0.4, 0.4)
    last = len(table.rows) + 1 + SPARE_ROWS
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.header))}{len(table.rows) + 1}"
    for number, heading in enumerate(table.header, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 18 if heading in look.grey else 45
        head = sheet.cell(1, number)
        head.font, head.fill = Font(FONT, 10, bold=True), PatternFill("solid", fgColor="DCE6F2")
        for row in range(2, last + 1):
            cell = sheet.cell(row, number)
            cell.alignment, cell.number_format = Alignment(wrap_text=True, vertical="top"), "@"
            cell.font = Font(FONT, 10, color="595959" if heading in look.grey else None)
            if heading in look.grey:
                cell.fill = PatternFill("solid", fgColor="E6E6E6")
        if rule := _validation(heading, look):
            rule.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(rule)


def _validation(heading: str, look: SheetLook) -> DataValidation | None:
    if heading in look.locked:
        return DataValidation(
            "textLength", operator="equal", formula1="0", allow_blank=True, error=look.refusal, showErrorMessage=True
        )
    for number, (name, values) in enumerate(look.choices, start=1):
        if name == heading:
            letter = get_column_letter(number)
            values_at = f"={LISTS}!${letter}$1:${letter}${len(values)}"
            return DataValidation("list", values_at, allow_blank=True, showErrorMessage=heading not in look.open)
    return None


def _lists(book: Workbook, look: SheetLook) -> None:
    """The values to pick from, in a hidden tab: a list inside a rule holds 255 characters and no comma."""
    if look.choices:
        sheet = book.create_sheet(LISTS)
        sheet.sheet_state = "hidden"
        for column, values in enumerate((values for _name, values in look.choices), start=1):
            for row, value in enumerate(values, start=1):
                _set_text(_cell(sheet, row, column), value)


def _odd(sheet: Worksheet) -> tuple[Mapping[tuple[int, int], Message], int]:
    """Formulas and merged cells by (line, column), and how many rows with text are hidden."""
    odd: dict[tuple[int, int], Message] = {}
    hidden = 0
    for row in sheet.iter_rows():
        line = row[0].row or 0
        odd |= {(line, i): why for i, cell in enumerate(row) if (why := _oddity(cell))}
        hidden += bool(line > 1 and sheet.row_dimensions[line].hidden and any(cell.value for cell in row))
    for area in sheet.merged_cells.ranges:
        odd |= {(y, x - 1): N_("is merged with other cells") for y, x in area.cells}
    return odd, hidden


def _oddity(cell: Cell | MergedCell) -> Message | None:
    if cell.data_type == "f":
        return N_("holds a formula")
    if cell.data_type == "n" and cell.value is not None and cell.number_format not in _PLAIN_NUMBERS:
        return N_("is a number for the spreadsheet (%(value)s)", value=cell.value)
    if cell.hyperlink and cell.hyperlink.target and cell.hyperlink.target.strip("/") != str(cell.value).strip("/"):
        return N_("holds a link that its text does not show")
    return None


def _open(data: bytes, name: str, *, complain: bool = False) -> Workbook:
    """Raises SheetError where openpyxl cannot read the file, or says that it would drop something."""
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            book = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
    except Exception as error:  # openpyxl raises whatever its parts raise: KeyError, ValueError, TypeError…
        raise SheetError(
            N_("%(file)s cannot be read as a sheet (%(why)s).", file=name, why=type(error).__name__)
        ) from error
    lost = next((str(w.message) for w in said if "removed" in str(w.message) or "lost" in str(w.message)), "")
    if complain and lost:
        raise _loss(name, N_("%(what)s", what=lost))
    return book


def _refuse_loss(data: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()  # LibreOffice adds drawings with nothing in them
        parts = [n for n in names if not n.startswith("xl/drawings/drawing") or b"Anchor" in archive.read(n)]
    for start, what in _LOST.items():
        if any(part.startswith(start) for part in parts):
            raise _loss(name, what)


def _loss(name: str, what: Message) -> SheetError:
    return SheetError(
        N_(
            "%(file)s holds %(what)s, which would be lost on writing; it stays as it is. Save it as ODS.",
            file=name,
            what=what,
        )
    )


def _sheet(book: Workbook, tab: str) -> Worksheet:
    return next(sheet for sheet in book.worksheets if sheet.title == tab)
