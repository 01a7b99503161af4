"""Where a story is told: twelve pages, their sheet, and the program; on the real MediaWiki, or in a folder."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.chaos.checker import FIELDS, Saved
from tests.chaos.proxy import Asked, Fault

__all__ = ["BOT_FILES", "FORM", "NEW", "SHEET", "SPELLINGS", "TITLES", "Run", "Stage", "first_text"]

TITLES = ["Amarante", "Bourrache", "Consoude", "Digitale", "Euphorbe", "Fenouil", "Genévrier", "Houblon", "Jonquille"]
TITLES += ["Lavande", "Mélisse", "Nénuphar"]
NEW = ["Origan", "Pissenlit", "Quinoa", "Romarin"]
SHEET = "fiches.csv"
LEVELS = ("Facile", "Très facile")
SPELLINGS = [*LEVELS, "facile", "tres facile", "TRÈS FACILE"]
_OPTIONS = {"niveau": f"|input type=dropdown|values={','.join(LEVELS)}"}
FORM = (
    "{{{for template|Fiche}}}\n"
    + "".join(f"{label} : {{{{{{field|{name}{_OPTIONS.get(name, '')}}}}}}}\n" for name, label in FIELDS.items())
    + "{{{end template}}}\n"
)
#: `bots/fiches.toml` and `bots/propre.toml`, each with the wiki's key to fill in.
BOT_FILES = {
    "fiches": f'kind = "fiches"\nwiki = "%s"\nform = "form.wiki"\nsheet = "{SHEET}"\n',
    "propre": 'kind = "normalise"\nwiki = "%s"\nform = "form.wiki"\nmode = "write"\nrules = ["choice"]\nrest_hours = 0\n',
}


@dataclass(frozen=True)
class Run:
    """One command in a workspace. `home` holds this machine's state and caches, `out` gets what it prints."""

    workspace: Path
    arguments: Sequence[str]
    home: str = "home"
    out: str = "out"


class Stage(Protocol):
    """`workspace` is what every seed starts from, below `folder`. People's deeds raise AssertionError where the wiki
    refuses them."""

    folder: Path
    workspace: Path

    def reset(self) -> None: ...
    def settings(self, workspace: Path, interval: float, contact: str = "here") -> None: ...
    def under_fire(
        self,
        runs: Sequence[Run],
        decide: Callable[[Asked], Fault],
        land: Callable[[Asked], None],
        chance: random.Random,
    ) -> list[int]:
        """Exit codes of runs that start together; `decide` is asked before every request and every renamed file,
        `land` before a request that was late arrives."""
        ...

    def titles(self) -> list[str]: ...
    def text(self, title: str) -> str: ...
    def history(self, title: str) -> list[Saved]: ...
    def owners(self, revision: int) -> list[str]: ...
    def edit(self, title: str, text: str) -> None: ...
    def move(self, title: str, new: str) -> None: ...
    def delete(self, title: str) -> None: ...
    def protect(self, title: str) -> None: ...
    def unprotect(self) -> None: ...
    def keep(self) -> None: ...
    def restore(self) -> None: ...
    def close(self) -> None: ...


def first_text(title: str, number: int) -> str:
    """A page as its author left it."""
    contact = f"|contact=Maison de {title}\n" if number % 2 else ""
    return (
        f"Début de {title}, écrit à la main.\n\n{{{{Fiche\n|etape={number % 3 + 1}\n|description=Ce qu'est {title}.\n"
        f"|outils=Une bêche.\n|exemple=Le jardin de {title}.\n|lieu=Lille\n|niveau=Facile\n{contact}}}}}\n\n"
        f"Fin de {title}."
    )
