"""A workspace with the two sample editions, on a wiki in a folder or on real wikis."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import ROOT

__all__ = ["ANNEX", "ATELIER", "Reports", "Shelf"]

SAMPLE = ROOT / "capitalise" / "starter" / "sample" / "roumics"
ATELIER = "ROUMICS 2017 - Reconnaître les contributions"
ANNEX = "Recherche:Financement et rétribution dans les communs/Annexe/Compte rendu ROUMICS 2016"


class Shelf:
    """The sample editions beside a wiki in a folder."""

    def __init__(self, folder: Path, cli: Callable[..., Any]) -> None:
        self.folder, self.cli = folder, cli
        (folder / "bots").mkdir(parents=True)
        self.settings()
        shutil.copytree(SAMPLE, folder / "roumics")
        self.set_up()

    def set_up(self) -> None:
        (self.folder / "wiki").mkdir()
        (self.folder / "capitalise.toml").write_text('contact = "tests"\n[wikis.communs]\nfolder = "wiki"\n', "utf-8")

    def settings(self, **more: object) -> None:
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in {"index_page": "ROUMICS", **more}.items())
        (self.folder / "bots" / "roumics.toml").write_text(f'kind = "roumics"\nwiki = "communs"\n{lines}', "utf-8")

    def plan(self, *more: str, code: int | None = None) -> dict[str, Any]:
        return json.loads(self.cli(self.folder, "plan", "roumics", "--json", *more, code=code).stdout)

    def run(self, *more: str, code: int | None = None) -> dict[str, Any]:
        return json.loads(self.cli(self.folder, "run", "roumics", "--yes", "--json", *more, code=code).stdout)

    def roumics(self, *arguments: str, code: int | None = 0) -> str:
        done = self.cli(self.folder, "roumics", *arguments, code=code)
        return done.stdout + done.stderr

    def file(self, name: str) -> Path:
        path = self.folder / "roumics" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def text(self, title: str) -> str:
        path = self.folder / "wiki" / f"{title}.wiki"
        return path.read_text("utf-8").rstrip("\n") if path.exists() else ""

    def edit(self, title: str, text: str) -> None:
        (self.folder / "wiki" / f"{title}.wiki").write_text(text + "\n", "utf-8")

    def change(self, title: str, old: str, new: str) -> None:
        """A person changes some words of a page."""
        text = self.text(title)
        assert text.count(old) == 1, text
        self.edit(title, text.replace(old, new))


class Reports(Shelf):
    """The same on real wikis: the reports on `communs`, the annex on `wikiversite`."""

    def set_up(self) -> None:
        self.people = {key: Person(key) for key in ("communs", "wikiversite", "wikilivres")}
        wikis = "".join(
            f'[wikis.{key}]\napi = "{mediawiki.address(key)}"\nedit_interval = 0\n'
            for key in ("communs", "wikiversite", "wikilivres")
        )
        (self.folder / "capitalise.toml").write_text(f'contact = "tests"\n{wikis}', "utf-8")
        self.settings(annex_wiki="wikiversite")

    def text(self, title: str, wiki: str = "communs") -> str:
        return self.people[wiki].text(title)

    def edit(self, title: str, text: str) -> None:
        self.people["communs"].edit(title, text)

    def close(self) -> None:
        for person in self.people.values():
            person.close()

    def html(self, title: str, wiki: str = "communs") -> str:
        """The page as readers see it."""
        address = mediawiki.address(wiki)
        parameters = {"action": "parse", "page": title, "prop": "text", "format": "json", "formatversion": 2}
        answer = self.people[wiki].http.get(address, params=parameters, timeout=30).json()
        return str(answer["parse"]["text"])
