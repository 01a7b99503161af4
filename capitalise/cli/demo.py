"""`capitalise demo DIR`: the four jobs from end to end on wikis in folders, told as they go.

Everything is done by the commands that people type; this module only plays the people around them.
"""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from capitalise.cli.main import LANGUAGE, _, main
from capitalise.cli.options import at_terminal
from capitalise.cli.show import Screen
from capitalise.cli.started import program_as_started
from capitalise.errors import CapitaliseError
from capitalise.messages import N_, Message
from capitalise.plans.model import SheetLook
from capitalise.sheets.table import Comments

__all__ = ["demo"]

SHEET = "ingredients.ods"
SCOPE, SEE, ROLES, TIME, WELCOME, LICENCE = (
    "Délimiter le périmètre de la ressource",
    "Observer les usages existants",
    "Décrire les rôles",
    "Compter le temps donné",
    "Accueillir les nouveaux venus",
    "Choisir une licence",
)


@click.command(help=_("Show the four jobs on a sample in DIR, step by step; nothing outside DIR is touched."))
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), default="demo")
def demo(directory: Path) -> None:
    screen = Screen(LANGUAGE)
    stage = Stage(_free(directory), screen)
    if stage.folder != directory:
        screen.say(N_("%(there)s is there and stays: this goes to %(dir)s.", there=directory, dir=stage.folder))
    for act in (_begin, _sheet_and_wiki, _two_people, _taken_back, _typed, _report, _links):
        act(stage)
    _end(stage)


def _on_one_line(text: str) -> str:
    return " ⏎ ".join(text.split("\n"))


def _free(directory: Path) -> Path:
    """A folder that nobody may have worked in: the one that was named, else the same name with a number."""
    number, free = 1, directory
    while free.exists() and (not free.is_dir() or any(free.iterdir())):
        number += 1
        free = directory.with_name(f"{directory.name}-{number}")
    if free != directory and at_terminal():
        question = _("%(there)s is there, perhaps with your notes in it: it stays. Another folder?")
        return _free(Path(click.prompt(question % {"there": directory}, default=str(free), prompt_suffix=" ")))
    return free


@dataclass(frozen=True)
class Stage:
    """A folder that is made and worked in, and where it is told."""

    folder: Path
    screen: Screen

    def tell(self, message: Message) -> None:
        self.screen.line()
        self.screen.line(f" {self.screen.text(message)} ", bg="blue", fg="bright_white", bold=True)

    def type(self, *arguments: str, ends: int = 0) -> None:
        """A command, shown as it is typed; what it prints is its own. Raises CapitaliseError for another exit code."""
        words = [] if arguments[0] == "init" else ["-C", str(self.folder)]
        self.screen.line(f"$ {program_as_started()} {shlex.join([*words, *arguments])}", dim=True)
        code = run([*words, *arguments])
        if code != ends:
            raise CapitaliseError(
                N_("The demonstration stopped: exit code %(code)d, not %(ends)d.", code=code, ends=ends)
            )

    def cell(self, title: str, column: str, change: Callable[[str], str]) -> None:
        """An editor types into the sheet, or adds a row."""
        from capitalise.sheets import ods

        path = self.folder / SHEET
        before = path.read_bytes()
        table = ods.read(before, SHEET)
        at, rows = table.header.index(column), [list(row) for row in table.rows]
        row = next((one for one in rows if one[0] == title), None)
        if row is None:
            row = [title] + [""] * (len(table.header) - 1)
            rows.append(row)
        row[at] = change(row[at])
        made = replace(table, rows=tuple(map(tuple, rows)))
        path.write_bytes(ods.write(made, before, "", "", SheetLook(), Comments()))
        self.screen.line(f"  {SHEET} · {title} · {column} ← « {_on_one_line(row[at])} »")

    def page(self, title: str, old: str, new: str) -> None:
        """A contributor saves a page: here, a file."""
        path = self.folder / "wiki" / f"{title}.wiki"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        self.screen.line(f"  wiki · {title} : « {_on_one_line(old)} » → « {_on_one_line(new)} »")

    def first_run(self) -> str:
        from capitalise.runs.history import find_runs
        from capitalise.workspace.workspace import Workspace

        workspace = Workspace.open(self.folder)
        return find_runs(workspace.store("communs").contributions())[-1].id


def run(arguments: list[str]) -> int:
    """A command in this process; its exit code. Ctrl-C ends the demonstration, not that command alone."""
    interrupt = signal.getsignal(signal.SIGINT)
    try:
        return int(main.main(arguments, prog_name="capitalise", standalone_mode=False) or 0)
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        signal.signal(signal.SIGINT, interrupt)
        sys.stdout.flush()


# -- the acts -------------------------------------------------------------------------------------


def _begin(stage: Stage) -> None:
    stage.tell(N_("1. A workspace with a sample kit: 13 ingredients as people wrote them"))
    stage.type("init", str(stage.folder), "--sample")
    stage.tell(N_("2. There is no sheet yet: the first run makes it from the wiki"))
    stage.type("run", "ingredients", "--yes")


def _sheet_and_wiki(stage: Stage) -> None:
    stage.tell(N_("3. Editors work in the sheet, a colleague on the wiki"))
    seen = (
        "Regarder avant d'agir : qui passe, quand, pour quoi faire ?\nUne semaine d'observation évite un an d'erreurs."
    )
    tools = "Carte à bulles | https://exemple.org/carte | une grande feuille, des feutres, une heure\nArpentage"
    stage.cell(SEE, "Description", lambda _old: seen)
    stage.cell(SCOPE, "Outils", lambda _old: tools)
    stage.cell(WELCOME, "Étape", lambda _old: "2 - Réunir une communauté")
    stage.cell(WELCOME, "Description", lambda _old: "Une personne, un café, une visite | et une première petite tâche.")
    stage.page(TIME, "n'est pas gratuit:", "n'est pas gratuit :")
    stage.type("plan", "ingredients", "-o", str(stage.folder / "plan.json"))
    stage.tell(N_("4. The plan is read, and applied"))
    stage.type("apply", str(stage.folder / "plan.json"), "--yes")
    stage.tell(N_("5. A second run has nothing to do"))
    stage.type("run", "ingredients")


def _two_people(stage: Stage) -> None:
    stage.tell(N_("6. Two people change the same description, each on their side: nothing is overwritten"))
    stage.cell(ROLES, "Description", lambda _old: "Qui fait quoi, combien de temps, et comment on passe la main.")
    stage.page(ROLES, "Un rôle n'est pas une personne .", "Un rôle n'est pas une personne : il se prête.")
    stage.type("run", "ingredients", "--yes", ends=3)
    stage.tell(N_("   … somebody decides, in the sheet"))
    stage.cell(ROLES, "à décider", lambda question: f"{question} feuille")
    stage.type("run", "ingredients", "--yes")


def _taken_back(stage: Stage) -> None:
    stage.tell(N_("7. Somebody takes back on the wiki what the bot had written: a no, and the sheet keeps its words"))
    stage.page(SCOPE, "des feutres, une heure", "des feutres, vingt minutes")
    stage.type("run", "ingredients", "--yes", ends=3)
    stage.tell(N_("8. A whole run is taken back; what people wrote since stays"))
    stage.type("undo", stage.first_run(), "--yes", ends=3)


def _typed(stage: Stage) -> None:
    stage.tell(N_("9. What people type into a form: tidied as proposals, until the wiki agrees"))
    stage.page(LICENCE, "3 - Poser les règles", "3 – poser les regles")
    stage.type("plan", "normalise", ends=3)


def _report(stage: Stage) -> None:
    stage.tell(N_("10. The reports of an event, from a folder: read first, then published"))
    stage.type("roumics", "check")
    stage.type("roumics", "preview", "2017", "--no-open")
    stage.type("run", "roumics", "--yes", ends=3)


def _links(stage: Stage) -> None:
    stage.tell(N_("11. Who quotes whom, what is broken, and what to write instead"))
    stage.type("plan", "liens", "--html", str(stage.folder / "exports" / "liens.html"), ends=3)


def _end(stage: Stage) -> None:
    stage.type("status", "ingredients", "--html", str(stage.folder / "exports" / "etat.html"))
    stage.tell(N_("There you are. The workspace is yours; to open:"))
    for name, what in (
        (SHEET, N_("the sheet, with what waits for a decision")),
        ("wiki", N_("the wiki, a file for each page")),
        ("exports/roumics-2017.html", N_("the report of an event, as readers will see it")),
        ("exports/liens.html", N_("the links, and who quotes whom")),
        ("exports/etat.html", N_("what is filled and what is missing, on one page")),
    ):
        stage.screen.line(f"  {stage.folder / name}  {stage.screen.text(what)}")
    stage.screen.say(N_("Next:\n  capitalise -C %(dir)s", dir=stage.folder), bold=True)
