"""CSV files: read in whatever encoding and separator they came in, written back in the same.

A cell that this tool writes and a spreadsheet would run as a formula (`=`, `+`,
`-`, `@` in front) gets an apostrophe in the file and loses it on reading: opened in Excel, `- une idée` would
else become `#NOM?`, and be saved as such.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from capitalise.errors import SheetError
from capitalise.messages import N_
from capitalise.plans.model import SheetLook
from capitalise.sheets.encodings import decoded
from capitalise.sheets.table import Comments, Table

__all__ = ["CsvFile", "Dialect", "file_bytes", "read", "table_from_bytes", "write"]

MOST_CELL = 64 * 1024 * 1024
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
SAMPLE = 200  # lines


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


def read(data: bytes, name: str, _tab: str = "", _title_heading: str = "") -> Table:
    """The table of a CSV file. Raises SheetError."""
    return table_from_bytes(data, name).table


def write(
    new: Table, before: bytes | None, _tab: str, _title_heading: str, _look: SheetLook, _comments: Comments
) -> bytes:
    """The file's new bytes. A CSV file has neither look nor comments."""
    return file_bytes(new, None if before is None else table_from_bytes(before, new.path))


def table_from_bytes(data: bytes, name: str) -> CsvFile:
    """The table in a file, with how it was written. Raises SheetError where it is no CSV."""
    text, encoding = decoded(data, name)
    csv.field_size_limit(MOST_CELL)
    delimiter = _delimiter(text)
    dialect = Dialect(encoding, delimiter, "\r\n" if text.split("\n", 1)[0].endswith("\r") else "\n")
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


def _delimiter(text: str) -> str:
    """The separator that makes rows as long as the headings, quotes heeded: a comma inside a quoted heading is a comma."""

    def fits(delimiter: str) -> tuple[int, int]:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            first, *rest = islice(lines, SAMPLE)
        except (ValueError, csv.Error):
            return 0, 0
        return sum(len(line) == len(first) for line in rest if line) if len(first) > 1 else -1, len(first)

    return max(";,\t", key=fits)


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
        if decoded(data, new.path)[0] == text:
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
