"""CSV files: read in whatever encoding and separator they came in, and changed cell by cell.

A file is replaced only after the new one was written beside it, read back and compared; the one
before stays as `NAME~`. A cell that a spreadsheet would run as a formula (`=`, `+`, `-`, `@` in
front) gets an apostrophe in the file and loses it on reading: opened in Excel, `- une idée` would
else become `#NOM?`, and be saved as such.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from capitalise.errors import SheetError
from capitalise.files import write_safely
from capitalise.messages import N_, Message
from capitalise.pages.titles import normal_title
from capitalise.plans.model import SheetChange
from capitalise.sheets.table import Table, title_column

__all__ = ["CsvSheet", "Dialect", "table_from_bytes", "table_to_bytes"]

MOST_BYTES = 64 * 1024 * 1024
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_BINARY = {b"PK\x03\x04": "XLSX/ODS", b"\xd0\xcf\x11\xe0": "XLS", b"%PDF": "PDF"}


@dataclass(frozen=True)
class Dialect:
    """How a file is written: encoding, separator, line end."""

    encoding: str = "utf-8-sig"
    delimiter: str = ";"
    newline: str = "\r\n"


class CsvSheet:
    """One CSV file. `name` is how messages call it."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def read(self) -> Table | None:
        """The table, or None where there is no file yet. Raises SheetError."""
        loaded = self._load()
        return loaded[0] if loaded else None

    def refuse_if_open(self) -> None:
        """Raises SheetError where LibreOffice has the file open, or it cannot be written."""
        if (self.path.parent / f".~lock.{self.path.name}#").exists():
            raise SheetError(N_("%(file)s is open in LibreOffice: save it, close it, and start again.", file=self.name))
        writable = self.path if self.path.exists() else self.path.parent
        if not os.access(writable, os.W_OK):
            raise SheetError(N_("%(file)s cannot be written: it, or its folder, is read-only.", file=self.name))

    def commit(self, changes: Sequence[SheetChange]) -> list[tuple[SheetChange, Message]]:
        """Change cells, each compared with what the plan saw; returns those that were left alone, and why."""
        self.refuse_if_open()
        loaded = self._load()
        table, dialect = loaded or (Table(self.name, tuple(dict.fromkeys(c.field for c in changes)), ()), Dialect())
        new, refused = changed_table(table, changes)
        if new == table:
            return refused
        data, dialect = table_to_bytes(new, dialect)
        if table_from_bytes(data, self.name)[0] != new:
            raise SheetError(
                N_("%(file)s could not be written without changing a cell; it stays as it was.", file=self.name)
            )
        if loaded:
            shutil.copy2(self.path, self.path.with_name(self.path.name + "~"))
        write_safely(self.path, data)
        return refused

    def _load(self) -> tuple[Table, Dialect] | None:
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=self.name, most=MOST_BYTES >> 20))
            return table_from_bytes(self.path.read_bytes(), self.name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SheetError(N_("%(file)s cannot be read (%(why)s).", file=self.name, why=error.strerror)) from error


def table_from_bytes(data: bytes, name: str) -> tuple[Table, Dialect]:
    """The table in a file, and how the file was written. Raises SheetError where it is no CSV."""
    text, encoding = _decoded(data, name)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    dialect = Dialect(encoding, delimiter, "\r\n" if first.endswith("\r") else "\n")
    csv.field_size_limit(MOST_BYTES)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise SheetError(
            N_(
                "%(file)s is not a readable CSV file (%(why)s): a quotation mark is probably not closed.",
                file=name,
                why=error,
            )
        ) from error
    header = tuple(cell.strip() for cell in (lines[0] if lines else ()))
    if not any(header):
        raise SheetError(N_("%(file)s is empty: its first line must hold the headings.", file=name))
    rows = [tuple(map(_shown, line)) for line in lines[1:]]
    _refuse_long(rows, len(header), name)
    return Table(name, header, tuple(row + ("",) * (len(header) - len(row)) for row in rows)), dialect


def table_to_bytes(table: Table, dialect: Dialect) -> tuple[bytes, Dialect]:
    """The file for a table. A text that the file's encoding lacks makes it UTF-8, as every spreadsheet reads it."""
    lines = [table.header, *([_stored(cell) for cell in row] for row in table.rows)]
    text = "".join(dialect.delimiter.join(_quoted(cell, dialect) for cell in line) + dialect.newline for line in lines)
    try:
        return text.encode(dialect.encoding), dialect
    except UnicodeEncodeError:
        dialect = replace(dialect, encoding="utf-8-sig")
        return text.encode(dialect.encoding), dialect


def _quoted(cell: str, dialect: Dialect) -> str:
    """As RFC 4180 has it. (Python's writer leaves a bare carriage return unquoted, and reads two rows.)"""
    return '"' + cell.replace('"', '""') + '"' if set(cell) & {dialect.delimiter, '"', "\r", "\n"} else cell


def changed_table(table: Table, changes: Iterable[SheetChange]) -> tuple[Table, list[tuple[SheetChange, Message]]]:
    """The table with the changes made, and the changes whose cell is not what the plan saw."""
    changes = list(changes)
    header = list(table.header)
    header += [name for name in dict.fromkeys(c.field for c in changes) if name not in header]
    rows = [list(row) + [""] * (len(header) - len(row)) for row in table.rows]
    titles = title_column(header)
    new: dict[str, int] = {}
    refused = []
    for change in changes:
        if change.at.row == 0:
            if change.at.title not in new:
                new[change.at.title] = len(rows)
                rows.append([""] * len(header))
            number = new[change.at.title]
        else:
            number = _find(rows, change, header, titles)
        column = header.index(change.field)
        if number < 0 or rows[number][column] != change.old:
            refused.append((change, N_("the sheet changed since the plan was made; this cell is left as it is")))
        else:
            rows[number][column] = change.new or ""
    return Table(table.path, tuple(header), tuple(map(tuple, rows))), refused


def _find(rows: Sequence[Sequence[str]], change: SheetChange, header: Sequence[str], titles: int) -> int:
    """Where the change's row stands now: on its line, or on the only line with its title."""
    here = change.at.row - 2
    page = header.index("page") if "page" in header else titles
    same = [i for i, row in enumerate(rows) if change.at.title in (normal_title(row[titles]), normal_title(row[page]))]
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
    for encoding in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise SheetError(N_("%(file)s is neither UTF-8 nor Windows-1252 text: save it as CSV (UTF-8).", file=name))


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
