"""The main job from end to end on a wiki in a folder, told as it goes: `make demo`.

Everything is done by the `capitalise` command; this script only plays the people around it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from capitalise.plans.model import SheetLook
from capitalise.sheets import ods
from capitalise.sheets.table import Comments

SHEET = "ingredients.ods"
HERE = Path(__file__).parent.parent
ENGLISH = os.environ.get("LANGUAGE", os.environ.get("LC_ALL", os.environ.get("LANG", ""))).startswith("en")
COMMAND = str(Path(sys.executable).parent / "capitalise")


def tell(french: str, english: str) -> None:
    print(
        f"\n\033[1;44;97m {english if ENGLISH else french} \033[0m"
        if sys.stdout.isatty()
        else f"\n### {english if ENGLISH else french}"
    )
    sys.stdout.flush()


def run(*arguments: str, expect: int = 0, quiet: bool = False) -> str:
    """Type a command in the workspace, show what it prints, and insist on its exit code."""
    if not quiet:
        print(f"$ capitalise {shlex.join(arguments)}", flush=True)
    environment = {**os.environ, "LANGUAGE": "en" if ENGLISH else "fr"}
    keep = subprocess.PIPE if quiet or not sys.stdout.isatty() else None
    done = subprocess.run([COMMAND, *arguments], cwd=WORKSPACE, env=environment, stdout=keep, text=True, check=False)
    if keep and not quiet:
        print(done.stdout, end="", flush=True)
    if done.returncode != expect:
        sys.exit(f"the demonstration stopped: exit code {done.returncode} instead of {expect}")
    return done.stdout or ""


def write_cell(title: str, column: str, text: str) -> None:
    """An editor types into the sheet."""
    path = WORKSPACE / SHEET
    before = path.read_bytes()
    table = ods.read(before, SHEET)
    rows = [list(row) for row in table.rows]
    row = next((r for r in rows if r[0] == title), None)
    if row is None:
        rows.append([title] + [""] * (len(table.header) - 1))
        row = rows[-1]
    row[table.header.index(column)] = text
    path.write_bytes(ods.write(replace(table, rows=tuple(map(tuple, rows))), before, "", "", SheetLook(), Comments()))
    print(f"  {SHEET} · {title} · {column} ← {text!r}")


def read_cell(title: str, column: str) -> str:
    table = ods.read((WORKSPACE / SHEET).read_bytes(), SHEET)
    return next(row for row in table.rows if row[0] == title)[table.header.index(column)]


def write_page(title: str, old: str, new: str) -> None:
    """A contributor saves a page: here, a file."""
    path = WORKSPACE / "wiki" / f"{title}.wiki"
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {title}"
    path.write_text(text.replace(old, new), "utf-8")
    print(f"  wiki · {title} : {old!r} → {new!r}")


def last_run() -> str:
    found = re.search(r"\d{8}T\d{4}-[a-z0-9]{4}", run("history", quiet=True))
    assert found
    return found[0]


WORKSPACE = (Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "demo").absolute()
if (WORKSPACE / "capitalise.toml").exists():
    shutil.rmtree(WORKSPACE)
ADJUST, SEE, ROLES, TIME = (
    "Délimiter le périmètre de la ressource",
    "Observer les usages existants",
    "Décrire les rôles",
    "Compter le temps donné",
)

tell(
    "1. Un espace de travail, avec un kit d'exemple : 13 ingrédients, tels que des gens les ont écrits",
    "1. A workspace with a sample kit: 13 ingredients as people wrote them (in French)",
)
subprocess.run([COMMAND, "init", str(WORKSPACE), "--sample"], check=True, stdout=subprocess.DEVNULL)
print("$ capitalise init demo --sample")

tell(
    "2. La feuille n'existe pas encore : le premier passage la crée depuis le wiki",
    "2. There is no sheet yet: the first run makes it from the wiki",
)
run("run", "ingredients", "--yes")

tell(
    "3. Des rédactrices travaillent dans la feuille, un collègue sur le wiki",
    "3. Editors work in the sheet, a colleague on the wiki",
)
write_cell(
    SEE,
    "Description",
    "Regarder avant d'agir : qui passe, quand, pour quoi faire ?\nUne semaine d'observation évite un an d'erreurs.",
)
write_cell(
    ADJUST,
    "Outils",
    "Carte à bulles | https://exemple.org/carte | une grande feuille, des feutres, une heure\nArpentage",
)
write_cell("Accueillir les nouveaux venus", "Étape", "2 - Réunir une communauté")
write_cell(
    "Accueillir les nouveaux venus", "Description", "Une personne, un café, une visite | et une première petite tâche."
)
write_page(TIME, "n'est pas gratuit:", "n'est pas gratuit :")
run("plan", "ingredients", "-o", "plan.json")

tell("4. Le plan relu, on l'applique", "4. The plan is read, and applied")
run("apply", "plan.json", "--yes")
first = last_run()

tell("5. Un second passage n'a rien à faire", "5. A second run has nothing to do")
run("run", "ingredients")

tell(
    "6. Deux personnes changent la même description, chacune de son côté",
    "6. Two people change the same description, each on their side",
)
write_cell(ROLES, "Description", "Qui fait quoi, combien de temps, et comment on passe la main.")
write_page(ROLES, "Un rôle n'est pas une personne .", "Un rôle n'est pas une personne : il se prête.")
run("run", "ingredients", "--yes", expect=3)

tell(
    "   … rien n'est écrasé. Une personne tranche, dans la feuille",
    "   … nothing is overwritten. Somebody decides, in the sheet",
)
write_cell(ROLES, "à décider", read_cell(ROLES, "à décider") + " feuille")
run("run", "ingredients", "--yes")

tell(
    "7. Quelqu'un annule sur le wiki ce que le robot avait écrit",
    "7. Somebody takes back on the wiki what the bot had written",
)
write_page(ADJUST, "des feutres, une heure", "des feutres, vingt minutes")
run("run", "ingredients", "--yes", expect=3)
tell(
    "   … l'annulation est une réponse : le robot n'insiste pas, et la feuille garde ses mots",
    "   … a revert is an answer: the bot does not insist, and the sheet keeps its words",
)

tell(
    "8. Le passage de l'étape 4 est annulé ; ce que les gens ont écrit depuis reste",
    "8. The run of step 4 is taken back; what people wrote since stays",
)
run("undo", first, "--yes", expect=3)

tell("Voilà. L'espace de travail est à vous", "There you are. The workspace is yours to look around")
place = os.path.relpath(WORKSPACE)
print(
    f"  cd {place}                     {'its wiki, its sheet, its settings' if ENGLISH else 'son wiki, sa feuille, ses réglages'}"
)
print(f"  {os.path.relpath(COMMAND, WORKSPACE)} plan ingredients")
