"""A workspace on three real wikis whose pages quote each other."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.mediawiki import farm as mediawiki
from tests.people import Person

__all__ = ["BOOK", "RESEARCH", "TOML", "Kit", "server"]

RESEARCH = "Recherche:Financement"
BOOK = "Construire des communs"
TOML = f"""kind = "crosslinks"
wiki = "communs"
outside = false
[[pages]]
wiki = "wikiversite"
role = "research"
page = "{RESEARCH}"
[[pages]]
wiki = "wikilivres"
role = "book"
page = "{BOOK}"
[[pages]]
wiki = "communs"
role = "quotes"
category = "Communs"
"""


#: Wiki, title, text: what stands there before a test writes anything.
PAGES = (
    ("wikiversite", RESEARCH, "Le début. [[b:Construire des communs/Communs]]"),
    ("wikiversite", f"{RESEARCH}/Annexe", "Rien"),
    ("wikilivres", BOOK, "Un livre."),
    ("wikilivres", f"{BOOK}/Communs", "== Définir ==\n{{ancre|Ici}}\nTexte\n== Définir ==\n"),
    ("wikilivres", f"{BOOK}/Répartir le financement", "Texte"),
    ("communs", "KIC", "[[Catégorie:Communs]]"),
)
WIKIS = ("communs", "wikiversite", "wikilivres")
#: The snapshot of each wiki with these pages on it.
LINKED = "linked"


def _with_pages() -> dict[str, Person]:
    """People on the three wikis: they type the pages once, after that the wikis are brought back as they were then."""
    farm = mediawiki.Farm()
    if all(farm.has(key, LINKED) for key in WIKIS):
        for key in WIKIS:
            farm.reset(key, LINKED)
        return {key: Person(key) for key in WIKIS}
    people = {key: Person(key) for key in WIKIS}
    for wiki, title, text in PAGES:
        people[wiki].edit(title, text)
    for _look in range(500):  # the list of a category's pages follows a little later
        if people["communs"].get(list="categorymembers", cmtitle="Catégorie:Communs")["categorymembers"]:
            break
    for key in WIKIS:
        farm.keep(key, LINKED)
    return people


class Kit:
    """A workspace with the bot and people on the three wikis."""

    def __init__(self, folder: Path, cli: Callable[..., Any]) -> None:
        self.folder, self.cli = folder, cli
        (folder / "bots").mkdir(parents=True)
        (folder / "bots" / "liens.toml").write_text(TOML, "utf-8")
        wikis = "".join(f'[wikis.{key}]\napi = "{mediawiki.address(key)}"\nwrite = false\n' for key in WIKIS)
        (folder / "capitalise.toml").write_text(f'contact = "tests"\n{wikis}', "utf-8")
        self.people = _with_pages()

    def write(self, wiki: str, title: str, text: str) -> None:
        self.people[wiki].edit(title, text)

    def quote(self, text: str) -> list[dict[str, Any]]:
        """The findings about a page of `communs` that holds these words."""
        self.write("communs", "KIC", f"{text}\n[[Catégorie:Communs]]")
        return [f for f in self.findings() if f["title"] == "KIC" and f["rule"] not in ("one-sided", "quotes-neither")]

    def findings(self, *more: str) -> list[dict[str, Any]]:
        return json.loads(self.cli(self.folder, "plan", "liens", "--json", *more, code=None).stdout)["findings"]

    def close(self) -> None:
        for person in self.people.values():
            person.close()

    def long_ago(self, wiki: str) -> None:
        """Everything in the wiki's log was done last year, everything on its pages was written the year before."""
        with sqlite3.connect(mediawiki.ROOT / "data" / wiki / f"{wiki}.sqlite", timeout=30) as db:
            db.execute("UPDATE logging SET log_timestamp = '2025' || substr(log_timestamp, 5)")
            db.execute("UPDATE revision SET rev_timestamp = '2024' || substr(rev_timestamp, 5)")

    def settings(self, **more: object) -> None:
        """The bot with further keys in its TOML."""
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in {"outside": False, **more}.items())
        (self.folder / "bots" / "liens.toml").write_text(TOML.replace("outside = false\n", lines), "utf-8")

    def may_write(self, *wikis: str) -> None:
        toml = self.folder / "capitalise.toml"
        text = toml.read_text("utf-8")
        for key in wikis:
            address = f'api = "{mediawiki.address(key)}"\n'
            text = text.replace(f"{address}write = false", f"{address}edit_interval = 0")
        toml.write_text(text, "utf-8")


def server(wiki: str) -> str:
    return mediawiki.address(wiki).removesuffix("/w/api.php")
