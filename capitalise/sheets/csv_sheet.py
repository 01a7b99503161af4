"""CSV files: read in whatever encoding and separator they came in, and changed cell by cell.

A file is replaced only after the new one was written beside it, read back and compared; the one
before stays as `NAME~`. A cell that this tool writes and a spreadsheet would run as a formula (`=`, `+`,
`-`, `@` in front) gets an apostrophe in the file and loses it on reading: opened in Excel, `- une idée` would
else become `#NOM?`, and be saved as such.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from capitalise.errors import SheetError
from capitalise.files import reason, write_safely
from capitalise.messages import N_, Message
from capitalise.pages.titles import normal_title
from capitalise.plans.model import RowRef, SheetChange
from capitalise.sheets.table import Table, heading_key, title_column

__all__ = ["CsvFile", "CsvSheet", "Dialect", "file_bytes", "table_from_bytes"]

MOST_BYTES = 64 * 1024 * 1024
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_BINARY = {b"PK\x03\x04": "XLSX/ODS", b"\xd0\xcf\x11\xe0": "XLS", b"%PDF": "PDF"}


@dataclass(frozen=True)
class Dialect:
    """How a file is written: encoding, separator, line end."""

    encoding: str = "utf-8-sig"
    delimiter: str = ";"
    newline: str = "\r\n"


@dataclass(frozen=True)
class CsvFile:
    """A file read: the table, how it was written, and its cells as they were typed."""

    table: Table
    dialect: Dialect
    raw: tuple[tuple[str, ...], ...]


class CsvSheet:
    """One CSV file. `name` is how messages call it. One object a run: it keeps one copy of the file before."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path.resolve(), name
        self._kept = False

    def read(self) -> Table | None:
        """The table, or None where there is no file yet. Raises SheetError."""
        loaded = self._load()
        return loaded.table if loaded else None

    def refuse_if_open(self) -> None:
        """Raises SheetError where LibreOffice has the file open, or it cannot be written."""
        if (self.path.parent / f".~lock.{self.path.name}#").exists():
            raise SheetError(N_("%(file)s is open in LibreOffice: save it, close it, and start again.", file=self.name))
        writable = [self.path.parent, *([self.path] if self.path.exists() else [])]
        if not all(os.access(path, os.W_OK) for path in writable):
            raise SheetError(N_("%(file)s cannot be written: it, or its folder, is read-only.", file=self.name))

    def commit(self, changes: Sequence[SheetChange]) -> list[tuple[SheetChange, Message]]:
        """Change the cells of each row, all or none of a row's, each compared with what the plan saw;
        returns the changes that were left out, and why."""
        self.refuse_if_open()
        loaded = self._load()
        table = loaded.table if loaded else Table(self.name, tuple(dict.fromkeys(c.field for c in changes)), ())
        new, refused = changed_table(table, changes)
        if loaded and new == table:
            return refused
        data = file_bytes(new, loaded)
        if table_from_bytes(data, self.name).table != new:
            raise SheetError(
                N_("%(file)s could not be written without changing a cell; it stays as it was.", file=self.name)
            )
        try:
            if loaded and not self._kept:
                shutil.copy2(self.path, self.path.with_name(self.path.name + "~"))
                self._kept = True
            write_safely(self.path, data)
        except OSError as error:
            raise SheetError(N_("%(file)s cannot be written: %(why)s", file=self.name, why=reason(error))) from error
        return refused

    def _load(self) -> CsvFile | None:
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=self.name, most=MOST_BYTES >> 20))
            return table_from_bytes(self.path.read_bytes(), self.name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SheetError(N_("%(file)s cannot be read: %(why)s", file=self.name, why=reason(error))) from error


def table_from_bytes(data: bytes, name: str) -> CsvFile:
    """The table in a file, with how it was written. Raises SheetError where it is no CSV."""
    text, encoding = _decoded(data, name)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    dialect = Dialect(encoding, delimiter, "\r\n" if first.endswith("\r") else "\n")
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[list[str]] = []
    try:
        lines += reader
    except csv.Error as error:
        raise SheetError(
            N_(
                "%(file)s is not a readable CSV file from row %(row)d on: a quotation mark is probably not closed.",
                file=name,
                row=len(lines) + 1,
            )
        ) from error
    header = tuple(cell.strip() for cell in (lines[0] if lines else ()))
    if not any(header):
        raise SheetError(N_("%(file)s has no headings: its first line must hold them.", file=name))
    _refuse_long(lines[1:], len(header), name)
    raw = tuple(tuple(line) + ("",) * (len(header) - len(line)) for line in lines[1:])
    table = Table(name, header, tuple(tuple(map(_shown, row)) for row in raw))
    return CsvFile(table, dialect, raw)


def file_bytes(new: Table, before: CsvFile | None) -> bytes:
    """The file for a table: cells that did not change as they were typed, the others safe from being run.

    A text that the file's encoding lacks, or in which it would be taken for another, makes it UTF-8 with a
    mark, as every spreadsheet reads it.
    """
    dialect = before.dialect if before else Dialect()
    lines = [new.header, *_typed(new, before)]
    text = "".join(dialect.delimiter.join(_quoted(cell, dialect) for cell in line) + dialect.newline for line in lines)
    try:
        data = text.encode(dialect.encoding)
        if _decoded(data, new.path)[0] == text:
            return data
    except (UnicodeEncodeError, SheetError):
        pass
    return text.encode("utf-8-sig")


def _typed(new: Table, before: CsvFile | None) -> Iterator[list[str]]:
    shown, raw = (before.table.rows, before.raw) if before else ((), ())
    for number, row in enumerate(new.rows):
        known = len(shown[number]) if number < len(shown) else 0
        yield [
            raw[number][i] if i < known and cell == shown[number][i] else _stored(cell) for i, cell in enumerate(row)
        ]


def _quoted(cell: str, dialect: Dialect) -> str:
    """As RFC 4180 has it. (Python's writer leaves a bare carriage return unquoted, and reads two rows.)"""
    return '"' + cell.replace('"', '""') + '"' if set(cell) & {dialect.delimiter, '"', "\r", "\n"} else cell


def changed_table(table: Table, changes: Iterable[SheetChange]) -> tuple[Table, list[tuple[SheetChange, Message]]]:
    """The table with the changes made, and the changes of rows in which some cell is not what the plan saw."""
    rows_of: dict[RowRef, list[SheetChange]] = {}
    for change in changes:
        rows_of.setdefault(change.at, []).append(change)
    fields = dict.fromkeys(c.field for group in rows_of.values() for c in group)
    header = [*table.header, *(name for name in fields if name not in table.header)]
    rows = [list(row) + [""] * (len(header) - len(row)) for row in table.rows]
    before = len(rows)
    refused = []
    for at, group in rows_of.items():
        number = _find(rows[:before], at, header)
        if at.row == 0 and not at.title:
            continue  # a sheet of headings only
        if at.row == 0 and number < 0:
            rows.append([""] * len(header))
            number = len(rows) - 1
        if number < 0 or any(rows[number][header.index(c.field)] != c.old for c in group):
            if number >= 0 and all(rows[number][header.index(c.field)] == (c.new or "") for c in group):
                continue  # it holds what it should already
            why = N_("the row changed in the sheet since the plan was made; it is left as it is")
            refused += [(change, why) for change in group if change.old != change.new]
            continue
        for change in group:
            rows[number][header.index(change.field)] = change.new or ""
    return Table(table.path, tuple(header), tuple(map(tuple, rows))), refused


def _find(rows: Sequence[Sequence[str]], at: RowRef, header: Sequence[str]) -> int:
    """Where the change's row stands now: on its line, or on the only line with its title. -1: nowhere."""
    titles = title_column(header)
    page = next((i for i, heading in enumerate(header) if heading_key(heading) == "page"), titles)
    here = at.row - 2
    same = [i for i, row in enumerate(rows) if at.title in (normal_title(row[titles]), normal_title(row[page]))]
    return here if here in same else same[0] if len(same) == 1 else -1


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    kind = next((kind for magic, kind in _BINARY.items() if data.startswith(magic)), "")
    if kind or b"\0" in data[:4096]:
        raise SheetError(
            N_(
                "%(file)s is not a CSV file but %(kind)s: save it as CSV (UTF-8).",
                file=name,
                kind=kind or N_("binary data"),
            )
        )
    _refuse_mixed(data, name)
    for encoding in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise SheetError(N_("%(file)s is neither UTF-8 nor Windows-1252 text: save it as CSV (UTF-8).", file=name))


def _refuse_mixed(data: bytes, name: str) -> None:
    """One stray byte in a UTF-8 file: read as Windows' own, every accent of the sheet would be garbled."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if re.search(rb"\xc3[\x80-\xbf]|\xe2\x80[\x90-\xbf]", data):
            row = data[: error.start].count(b"\n") + 1
            raise SheetError(
                N_("%(file)s mixes two encodings, first on line %(row)d: save it as CSV (UTF-8).", file=name, row=row)
            ) from error


def _refuse_long(rows: Sequence[Sequence[str]], width: int, name: str) -> None:
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row[width:]):
            raise SheetError(
                N_(
                    "%(file)s, row %(row)d has more cells than there are headings: a separator inside a text is probably not "
                    "quoted, or a column has no heading.",
                    file=name,
                    row=number,
                )
            )


def _stored(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) else cell


def _shown(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
