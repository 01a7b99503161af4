"""What ODS and XLSX files share: guards before one is opened, the tab that holds the table, cells as text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from capitalise.errors import SheetError
from capitalise.messages import N_, THE_TOML, Message
from capitalise.sheets.table import TITLES, Table, column_name, heading_key

__all__ = ["Odd", "read_table", "refuse_bad_file", "refuse_huge"]

MOST_EXACT = 2**53  # a larger whole number is not stored as it was typed
MOST_UNPACKED = 128 * 1024 * 1024
MOST_CELLS = 300_000  # that hold something; openpyxl and lxml need about 1 kB for each
MOST_PLACES = 2_000_000  # up to the last of them; calamine keeps a value for each
_STRICT = b"purl.oclc.org/ooxml"  # its namespaces (ISO/IEC 29500-1)
_PASSWORD = "EncryptedPackage".encode("utf-16-le")

#: Given the name of a tab and its cells as read, those that are no plain text by (line, column from 0), and how
#: many rows are hidden.
Odd = Callable[[str, Sequence[Sequence[str]]], tuple[Mapping[tuple[int, int], Message], int]]


def refuse_bad_file(data: bytes, name: str) -> None:
    """Raises SheetError where this is no sound ZIP file of a bearable size, which ODS and XLSX files are."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if _PASSWORD in data:
            raise _protected(name)
        raise SheetError(N_("%(file)s is an old Excel file (XLS): save it as ODS or XLSX.", file=name))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=name, most=MOST_UNPACKED >> 20))
            if b"manifest:encryption-data" in _part(archive, "META-INF/manifest.xml"):
                raise _protected(name)
            if _STRICT in _part(archive, "xl/workbook.xml"):  # openpyxl finds no tab in it
                raise SheetError(
                    N_(
                        "%(file)s is a “Strict Open XML” workbook: save it as an ordinary Excel workbook (.xlsx), or as ODS.",
                        file=name,
                    )
                )
            if archive.testzip():
                raise zipfile.BadZipFile
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise SheetError(
            N_(
                "%(file)s is damaged or cut short: take the copy from before (its name with ~), or save it again.",
                file=name,
            )
        ) from error


def refuse_huge(cells: Iterable[tuple[int, int, int]], name: str) -> None:
    """Raises SheetError where a tab would fill the memory. Of its `cells` that hold something: line and column of the last that is
    meant, from 1, and how many are."""
    count = bottom = right = 0
    for row, column, many in cells:
        count, bottom, right = count + many, max(bottom, row), max(right, column)
        if bottom * right > MOST_PLACES:
            raise SheetError(
                N_(
                    "%(file)s: the cell %(cell)s of one of its tabs stands too far away from the others; delete it, or the empty "
                    "rows and columns before it.",
                    file=name,
                    cell=f"{column_name(column - 1)}{row}",
                )
            )
        if count > MOST_CELLS:
            raise SheetError(
                N_(
                    "%(file)s: one of its tabs has more than %(most)d cells; put the table into a file of its own.",
                    file=name,
                    most=MOST_CELLS,
                )
            )


def _protected(name: str) -> SheetError:
    return SheetError(N_("%(file)s is protected by a password: save it without one.", file=name))


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def read_table(data: bytes, name: str, kind: str, tab: str, title_heading: str, odd: Odd) -> tuple[Table, str]:
    """The table of a file that passed `refuse_bad_file`, and the tab it stands in."""
    try:
        book = load_workbook(io.BytesIO(data))
        found = _tab(book, name, tab, title_heading)
        lines = book.get_sheet_by_name(found).to_python(skip_empty_area=False)
    except PasswordError as error:
        raise _protected(name) from error
    except CalamineError as error:
        raise SheetError(
            N_("%(file)s cannot be read as a sheet (%(why)s).", file=name, why=str(error)[:100])
        ) from error
    odds, hidden = odd(found, [[_text(value) for value in line] for line in lines])
    unclear = {(y, x): why for y, line in enumerate(lines, 1) for x, v in enumerate(line) if (why := _unclear(v))}
    text = [[_text(value) for value in line] for line in lines]
    while text and not any(cell.strip() for cell in text[-1]):
        text.pop()
    if not text or not any(cell.strip() for cell in text[0]):
        raise SheetError(N_("%(file)s has no headings: its first line must hold them.", file=name))
    header = tuple(cell.strip() for cell in text[0])
    return Table(name, header, tuple(map(tuple, text[1:])), {**unclear, **odds}, hidden, kind), found


def _tab(book: CalamineWorkbook, name: str, tab: str, title_heading: str) -> str:
    """The tab with the table: the one that is named, the only one, or the only one with the right headings."""
    names = [m.name for m in book.sheets_metadata if m.typ is SheetTypeEnum.WorkSheet]  # a chart is none
    if tab and tab not in names:
        there = ", ".join(names)
        raise SheetError(
            N_(
                "%(file)s has no tab “%(tab)s” (“tab” in %(toml)s); there is: %(tabs)s.",
                file=name,
                tab=tab,
                tabs=there,
                toml=THE_TOML,
            )
        )
    if tab:
        return tab
    if len(names) == 1:
        return names[0]
    wanted = {heading_key(title_heading)} if title_heading else set(TITLES)
    fitting = [n for n in names if wanted & set(map(heading_key, _first_line(book, n)))]
    seen = {m.name for m in book.sheets_metadata if m.visible is SheetVisibleEnum.Visible}
    fitting = [n for n in fitting if n in seen] or fitting  # of a table and a hidden copy, people mean what they see
    if len(fitting) == 1:
        return fitting[0]
    raise SheetError(
        N_(
            "%(file)s: %(count)d of its tabs (%(tabs)s) have the headings of the table; set “tab” in %(toml)s to the one to use.",
            file=name,
            count=len(fitting),
            tabs=", ".join(names),
            toml=THE_TOML,
        )
    )


def _first_line(book: CalamineWorkbook, name: str) -> Sequence[str]:
    lines = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=1)
    return [_text(value) for value in lines[0]] if lines else []


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _unclear(value: object) -> Message | None:
    """Why the spreadsheet's own value is not surely what somebody typed. (Whole numbers are.)"""
    if isinstance(value, bool):
        return N_("is true or false for the spreadsheet")
    if isinstance(value, (date, datetime, time, timedelta)):
        return N_("is a date or a time for the spreadsheet (%(value)s)", value=value)
    if isinstance(value, (int, float)) and not (float(value).is_integer() and abs(value) < MOST_EXACT):
        return N_("is a number for the spreadsheet (%(value)s)", value=value)
    return None
