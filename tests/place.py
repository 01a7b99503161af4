"""A workspace with the sample kit, its wiki in a folder or on a real MediaWiki, and the people around it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.mediawiki import farm as mediawiki
from tests.people import Person

csv.field_size_limit(100_000_000)
ROOT = Path(__file__).parent.parent
PAGES = {
    unquote(path.stem): path.read_text("utf-8").rstrip("\n")
    for folder in ("templates/kit", "capitalise/starter/sample/wiki")
    for path in sorted((ROOT / folder).glob("*.wiki"))
}
TITLES = [title for title in PAGES if ":" not in title]
SHEET = "ingredients.csv"
#: The snapshot of a wiki with the sample kit on it.
SAMPLE = "sample"


class Place:
    """What a test types, writes and reads."""

    def __init__(self, folder: Path, cli: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        self.folder, self.cli = folder, cli

    # -- commands -----------------------------------------------------------------------------

    def plan(self, *more: str, code: int | None = 0) -> dict[str, Any]:
        return json.loads(self.cli(self.folder, "plan", "ingredients", "--json", *more, code=code).stdout)

    def run(self, *more: str, code: int | None = 0) -> dict[str, Any]:
        return json.loads(self.cli(self.folder, "run", "ingredients", "--yes", "--json", *more, code=code).stdout)

    def history(self) -> list[dict[str, Any]]:
        return json.loads(self.cli(self.folder, "history", "--json").stdout)

    # -- the sheet ----------------------------------------------------------------------------

    def rows(self) -> list[list[str]]:
        text = (self.folder / SHEET).read_text("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))

    def row(self, title: str) -> dict[str, str]:
        header, *rows = self.rows()
        return next(dict(zip(header, row, strict=True)) for row in rows if row[0] == title)

    def save(self, rows: list[list[str]]) -> None:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
        (self.folder / SHEET).write_bytes(out.getvalue().encode("utf-8-sig"))

    def type(self, title: str, **cells: str) -> None:
        """An editor writes into a row, or into a new one. `à_décider` stands for the column with a space."""
        rows = self.rows()
        row = next((r for r in rows if r[0] == title), None)
        if row is None:
            row = [title] + [""] * (len(rows[0]) - 1)
            rows.append(row)
        for column, text in cells.items():
            row[rows[0].index(column.replace("_", " "))] = text
        self.save(rows)


def use_csv(folder: Path) -> None:
    """The sheet of most tests is a CSV file, which they read and write by hand."""
    bot = folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8").replace("ingredients.ods", SHEET), "utf-8")


def one_wiki(folder: Path, address: str, contact: str = "tests") -> None:
    """A workspace whose only wiki is online; bots that look at several are not of it."""
    (folder / "capitalise.toml").write_text(
        f'contact = "{contact}"\n[wikis.communs]\napi = "{address}"\nedit_interval = 0\n', "utf-8"
    )
    (folder / "bots" / "liens.toml").unlink()
    reports = folder / "bots" / "roumics.toml"
    reports.write_text(reports.read_text("utf-8").replace("annex_wiki", "# annex_wiki"), "utf-8")


class FolderPlace(Place):
    def __init__(self, folder: Path, cli: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        super().__init__(folder, cli)
        cli(folder.parent, "init", str(folder), "--sample")
        use_csv(folder)

    def text(self, title: str) -> str:
        path = self.folder / "wiki" / f"{title}.wiki"
        return path.read_text("utf-8").rstrip("\n") if path.exists() else ""

    def edit(self, title: str, text: str) -> None:
        (self.folder / "wiki" / f"{title}.wiki").write_text(text + "\n", "utf-8")

    def delete(self, title: str) -> None:
        (self.folder / "wiki" / f"{title}.wiki").unlink()

    def close(self) -> None:
        pass


class WikiPlace(Place):
    def __init__(
        self, folder: Path, cli: Callable[..., subprocess.CompletedProcess[str]], key: str = "communs"
    ) -> None:
        super().__init__(folder, cli)
        cli(folder.parent, "init", str(folder))
        use_csv(folder)
        one_wiki(folder, mediawiki.address(key))
        self.camille = with_sample(key)

    def text(self, title: str) -> str:
        return self.camille.text(title)

    def edit(self, title: str, text: str) -> None:
        self.camille.edit(title, text)

    def delete(self, title: str) -> None:
        admin = Person("communs", "Admin")
        admin.act("delete", title=title)
        admin.close()

    def close(self) -> None:
        self.camille.close()


def with_sample(key: str) -> Person:
    """Camille, on a wiki with the sample kit: she types it once, after that the wiki is brought back as it was then."""
    farm = mediawiki.Farm()
    if farm.has(key, SAMPLE):
        farm.reset(key, SAMPLE)
        return Person(key)
    camille = Person(key)
    for title, text in PAGES.items():
        camille.edit(title, text)
    kit = sum("{{Ingrédient" in text for title, text in PAGES.items() if title in TITLES)
    for _look in range(500):  # the list of who uses what follows a little later
        if len(_using(camille)) == kit:
            break
    for _look in range(500):  # and so does what the search finds
        if camille.get(list="search", srsearch='"Construire des communs"', srnamespace="*")["search"]:
            break
    farm.keep(key, SAMPLE)
    return camille


def _using(person: Person) -> list[Any]:
    return list(person.get(list="embeddedin", eititle="Modèle:Ingrédient", einamespace=0, eilimit=500)["embeddedin"])
