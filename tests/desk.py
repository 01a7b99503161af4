"""A workspace with a sheet of any format, and what editors do to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from capitalise.plans.model import SheetLook
from capitalise.sheets.file import format_of
from capitalise.sheets.table import Comments, Table
from tests.conftest import Cli

STEP = "3 - Poser les règles"


class Desk:
    """The sample kit in a folder, with the sheets that a test puts there."""

    def __init__(self, folder: Path, cli: Cli, sheet: str = "ingredients.ods", more: str = "") -> None:
        self.folder, self.cli, self.sheet = folder, cli, sheet
        cli(folder.parent, "init", str(folder), "--sample")
        self.settings(f'sheet = "{sheet}"\n{more}')

    def settings(self, lines: str) -> None:
        text = 'kind = "ingredients"\nwiki = "communs"\nform = "Ingrédient"\n'
        (self.folder / "bots" / "ingredients.toml").write_text(text + lines, "utf-8")

    def table(self, sheet: str = "") -> Table:
        name = sheet or self.sheet
        table: Table = format_of(name).read((self.folder / name).read_bytes(), name)
        return table

    def row(self, title: str, sheet: str = "") -> dict[str, str]:
        table = self.table(sheet)
        return next(dict(zip(table.header, row, strict=True)) for row in table.rows if row[0] == title)

    def put(self, sheet: str, header: tuple[str, ...], *rows: tuple[str, ...]) -> None:
        """Somebody's own sheet."""
        table = Table(sheet, header, tuple(r + ("",) * (len(header) - len(r)) for r in rows), format=sheet[-3:])
        (self.folder / sheet).parent.mkdir(exist_ok=True)
        (self.folder / sheet).write_bytes(format_of(sheet).write(table, None, "", "", SheetLook(), Comments()))

    def type(self, title: str, heading: str, text: str, sheet: str = "") -> None:
        """An editor writes into a cell."""
        name = sheet or self.sheet
        before, table = (self.folder / name).read_bytes(), self.table(sheet)
        at = table.header.index(heading)
        rows = tuple(tuple(text if r[0] == title and i == at else c for i, c in enumerate(r)) for r in table.rows)
        new = Table(name, table.header, rows, format=table.format)
        (self.folder / name).write_bytes(format_of(name).write(new, before, "", "", SheetLook(), Comments()))

    def page(self, title: str) -> str:
        return (self.folder / "wiki" / f"{title}.wiki").read_text("utf-8")

    def edit(self, title: str, old: str, new: str) -> None:
        """Somebody saves the page."""
        text = self.page(title)
        assert old in text
        (self.folder / "wiki" / f"{title}.wiki").write_text(text.replace(old, new), "utf-8")

    def plan(self, *more: str, code: int | None = 0) -> dict[str, Any]:
        return json.loads(self.cli(self.folder, "plan", "ingredients", "--json", *more, code=code).stdout)

    def run(self, *more: str, code: int | None = 0) -> dict[str, Any]:
        return json.loads(self.cli(self.folder, "run", "ingredients", "--yes", "--json", *more, code=code).stdout)
