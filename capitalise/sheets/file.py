"""A sheet's file, of whatever format: read, and changed row by row.

A file is replaced only after the new one was made, read back and compared cell by cell; the one before
stays as `NAME~`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

from capitalise.errors import SheetError
from capitalise.files import FileChanged, keep_copy, reason, write_unless_changed
from capitalise.messages import N_, Message
from capitalise.plans.model import RowRef, SheetChange, SheetLook
from capitalise.sheets.changes import Changed, changed_table
from capitalise.sheets.kept import kept_table
from capitalise.sheets.table import Comments, Table, first_difference

__all__ = ["ENDINGS", "MOST_BYTES", "SheetFile"]

MOST_BYTES = 64 * 1024 * 1024
NUMBER = 10**9  # stands for a revision that is not saved yet
TRIES = 3  # where somebody saves the file while we write it
ENDINGS = (".ods", ".xlsx", ".csv")


class SheetFile:
    """One file; `name` is how messages call it. One object a run: it keeps one copy of the file before.

    `tab` names the tab of a file that has several with the same headings, `title_heading` the column of titles.
    Raises SheetError for a format that is not known.
    """

    def __init__(self, path: Path, name: str, tab: str = "", title_heading: str = "") -> None:
        self.path, self.name, self.tab, self.title_heading = _place(path, name), name, tab, title_heading
        self._kept = False

    def read(self) -> Table | None:
        """The table, or None where there is no file yet. Raises SheetError."""
        data = self._bytes()
        if data is None:
            return None
        asked = [self.path.suffix.lower(), self.name, self.tab, self.title_heading]
        read = partial(self._format().read, data, self.name, self.tab, self.title_heading)
        return kept_table([data, *(one.encode() for one in asked)], read)

    def refuse_if_open(self) -> None:
        """Raises SheetError where an office program has the file open, or it cannot be written."""
        for lock, program in ((f".~lock.{self.path.name}#", "LibreOffice"), (f"~${self.path.name}", "Excel")):
            if (self.path.parent / lock).exists():
                raise SheetError(
                    N_(
                        "%(file)s is open in %(program)s: save it, close it, and start again. (If it is not: delete the file “%(lock)s” beside it.)",
                        file=self.name,
                        program=program,
                        lock=lock,
                    )
                )
        folder = next(p for p in self.path.parents if p.exists())
        writable = [folder, *([self.path] if self.path.exists() else [])]
        if not all(os.access(path, os.W_OK) for path in writable):
            raise SheetError(N_("%(file)s cannot be written: it, or its folder, is read-only.", file=self.name))

    def commit(
        self, changes: Sequence[SheetChange], look: SheetLook | None = None
    ) -> list[tuple[SheetChange, Message]]:
        """Change the cells of each row, all or none of a row's, each compared with what the plan saw;
        returns the changes that were left out, and why. `look` makes a sheet where there is none."""
        self.refuse_if_open()
        for _try in range(TRIES):
            with suppress(FileChanged):  # somebody saved it meanwhile: the changes go into what they saved
                return self._committed(changes, look)
        raise SheetError(
            N_(
                "%(file)s is saved by somebody again and again; nothing was written into it. Run again later.",
                file=self.name,
            )
        )

    def rehearse(self, changes: Sequence[SheetChange], look: SheetLook | None = None) -> frozenset[RowRef]:
        """Make the changes in memory only, before anything is written anywhere: the rows that are not any more what the plan
        saw. Raises SheetError where the file could not be written without harm."""
        known = [replace(c, new=f"{NUMBER}{c.after}") if c.new is None else c for c in changes]
        return self._made(self._bytes(), known, look)[1].moved_on

    def try_out(self) -> None:
        """Write the sheet in memory with one more row, as a run may. Raises SheetError where it cannot be written without harm."""
        before, form = self._bytes(), self._format()
        if before is not None:
            header = form.read(before, self.name, self.tab, self.title_heading).header
            field = next((heading for heading in header if heading), "")
            self.rehearse([SheetChange(RowRef(self.name, 0, "capitalise ?"), field, "", "capitalise ?")])

    def _committed(self, changes: Sequence[SheetChange], look: SheetLook | None) -> list[tuple[SheetChange, Message]]:
        """One try. Raises FileChanged where the file is not any more what it was when we read it."""
        before = self._bytes()
        data, changed = self._made(before, changes, look)
        if data is not None:
            self._replace(data, before)
        return list(changed.refused)

    def _made(
        self, before: bytes | None, changes: Sequence[SheetChange], look: SheetLook | None
    ) -> tuple[bytes | None, Changed]:
        """The new file's bytes, read back and compared cell by cell; None where no cell changes."""
        form = self._format()
        kind = self.path.suffix.lower()[1:]
        if before is None and look is None:
            raise SheetError(
                N_(
                    "%(file)s is not there any more; nothing was written into it. Put it back, and run again.",
                    file=self.name,
                )
            )
        if before is None:
            table = Table(self.name, tuple(dict.fromkeys(c.field for c in changes)), (), format=kind)
        else:
            table = form.read(before, self.name, self.tab, self.title_heading)
        changed = changed_table(table, changes, self.title_heading)
        if before is not None and changed.table.same_cells(table):
            return None, changed
        comments = _comments(changes, changed)
        data: bytes = form.write(changed.table, before, self.tab, self.title_heading, look or SheetLook(), comments)
        again = form.read(data, self.name, self.tab, self.title_heading)
        if place := first_difference(changed.table, again, table.odd):
            why = N_(
                "%(file)s could not be written without changing the cell %(cell)s; it stays as it was. Save it as ODS, or move "
                "what stands there into another file.",
                file=self.name,
                cell=place,
            )
            raise SheetError(why)
        return data, changed

    def _replace(self, data: bytes, before: bytes | None) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if before is not None and not self._kept:
                keep_copy(self.path, before)
                self._kept = True
            write_unless_changed(self.path, data, before)
        except OSError as error:
            raise SheetError(N_("%(file)s cannot be written: %(why)s", file=self.name, why=reason(error))) from error

    def _bytes(self) -> bytes | None:
        try:
            if self.path.exists() and not self.path.is_file():
                raise SheetError(N_("%(file)s is no ordinary file: put the sheet itself there.", file=self.name))
            if self.path.stat().st_size > MOST_BYTES:
                raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=self.name, most=MOST_BYTES >> 20))
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SheetError(N_("%(file)s cannot be read: %(why)s", file=self.name, why=reason(error))) from error

    def _format(self) -> ModuleType:
        return format_of(self.name)


def _place(path: Path, name: str) -> Path:
    """The file that a path leads to. Raises SheetError for links that lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise SheetError(N_("%(file)s is a link that leads in a circle.", file=name)) from error


def format_of(name: str) -> ModuleType:
    """The module that reads and writes files with this ending: `read` and `write`, imported where used."""
    ending = Path(name).suffix.lower()
    if ending == ".ods":
        from capitalise.sheets import ods

        return ods
    if ending == ".xlsx":
        from capitalise.sheets import xlsx

        return xlsx
    if ending == ".csv":
        from capitalise.sheets import csv_format

        return csv_format
    raise SheetError(
        N_(
            "%(file)s: only .ods, .xlsx and .csv files can be used; save the sheet as one of them (ODS is best).",
            file=name,
        )
    )


def _comments(changes: Sequence[SheetChange], changed: Changed) -> Comments:
    """The comments of the rows that are written; older ones of this tool go from them."""
    header = changed.table.header
    texts = {
        (changed.rows[c.at], header.index(c.field)): c.comment for c in changes if c.comment and c.at in changed.rows
    }
    return Comments(texts, frozenset(changed.rows.values()))
