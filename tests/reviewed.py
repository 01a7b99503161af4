"""A kit with two hundred changes to decide, ten of them wrong in ways that nobody sees in a long list; and a browser that is driven by keys."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.place import ROOT, FolderPlace, WikiPlace
from tests.processes import COMMAND

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (tests/mediawiki/install does it)")
STEPS = (
    "1 - Qualifier la ressource et ses besoins",
    "2 - Réunir une communauté",
    "3 - Poser les règles",
    "4 - Trouver des ressources",
    "5 - Faire vivre la dynamique",
    "6 - Transmettre et essaimer",
)
EACH = 14  # pages of an edit
LIENS = """kind = "crosslinks"
wiki = "communs"
outside = false
[[pages]]
wiki = "communs"
role = "quotes"
prefix = "Carnet"
[[pages]]
wiki = "communs"
role = "book"
titles = ["Choisir une licence", "Décrire les rôles", "Animer les rencontres", "Partager la convivialité", "Répartir le financement", "Compter le temps donné", "Observer les usages existants", "Convier les premières personnes"]
"""
BOOK = re.findall(r'"([A-Z][^"]*)"', LIENS.split("titles")[1])


def call(step: str, words: str) -> str:
    return f"{{{{Ingrédient\n|étape={step}\n|description={words}\n}}}}"


def words(name: str) -> str:
    return (
        f"Ce que {name} veut dire pour un commun, en une phrase assez longue.\nVoir [[Choisir une licence]] et {name}."
    )


def before() -> dict[str, str]:
    """The pages as they stand before anybody does anything."""
    pages = {}
    for kind, count in (("A", 5 * EACH), ("C", 10), ("D", 5), ("F", 5)):
        for n in range(count):
            name = f"Fiche {kind}{n:02}"
            pages[name] = call(STEPS[n % 5 if kind == "A" else 0], words(name))
    for n in range(5 * EACH):
        name = f"Fiche B{n:02}"
        pages[name] = call(STEPS[n % 5].upper(), words(name))
    return pages


def carnets(address: str) -> dict[str, str]:
    """Pages that quote others by their addresses."""
    return {
        f"Carnet {n:02}": f"Le carnet numéro {n} parle d'autre chose, et longuement, sur une ligne à lui.\n"
        f"On relit [{address.replace('$1', BOOK[n % 8].replace(' ', '_'))} ce texte] et [[Choisir une licence]]."
        for n in range(40)
    }


class Reviewed:
    """The kit, what everybody did on it, and what is wrong."""

    def __init__(self, place: FolderPlace | WikiPlace, address: str) -> None:
        self.place, self.folder = place, place.folder
        (self.folder / "bots" / "liens.toml").write_text(LIENS, "utf-8")
        normalise = self.folder / "bots" / "normalise.toml"
        normalise.write_text(normalise.read_text("utf-8").replace("rest_hours = 48", "rest_hours = 0"), "utf-8")
        self.pages = {**before(), **carnets(address)}
        self._bring()
        place.run(code=None)
        self._type()
        self._edit()
        self.planted = self._plant()

    def _bring(self) -> None:
        if isinstance(self.place, FolderPlace):
            for title, text in self.pages.items():
                self.place.edit(title, text)
            return
        from xml.sax.saxutils import escape

        pages = "".join(
            f"<page><title>{escape(title)}</title><ns>0</ns><revision><timestamp>2026-01-02T03:04:05Z</timestamp>"
            f"<contributor><username>Camille</username></contributor><model>wikitext</model><format>text/x-wiki</format>"
            f"<text>{escape(text)}</text></revision></page>"
            for title, text in self.pages.items()
        )
        from tests.people import Person

        admin = Person("communs", "Admin")
        admin.bring(f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">{pages}</mediawiki>')
        wanted = sum("{{Ingrédient" in text for text in self.pages.values())
        for _look in range(500):  # the list of who uses what follows a little later
            found = admin.get(list="embeddedin", eititle="Modèle:Ingrédient", einamespace=0, eilimit=500)["embeddedin"]
            if sum(one["title"] in self.pages for one in found) == wanted:
                break
        admin.close()

    def _type(self) -> None:
        """What editors typed into the sheet."""
        rows = self.place.rows()
        step, text = rows[0].index("Étape"), rows[0].index("Description")
        for row in rows[1:]:
            if found := re.fullmatch(r"Fiche ([ADF])(\d\d)", row[0]):
                if found[1] == "A":
                    row[step] = STEPS[5]
                else:
                    row[text] += f"\nUne phrase de plus de la feuille, pour {row[0]}."
        rows += [[f"Fiche E{n}", STEPS[1], words(f"Fiche E{n}")] + [""] * (len(rows[0]) - 3) for n in range(2)]
        # what is wrong in the sheet: most words lost, a link lost, another page's text
        at = {row[0]: row for row in rows}
        at["Fiche A00"][text] = "Ce que"
        at["Fiche A01"][text] = words("Fiche A01").replace("[[Choisir une licence]]", "Choisir une licence")
        at["Fiche A02"][text] = words("Fiche A60")
        self.place.save(rows)

    def _edit(self) -> None:
        """What people did on the wiki."""
        for n in range(10):
            self.place.edit(f"Fiche C{n:02}", call(STEPS[1], words(f"Fiche C{n:02}")))
        for n in range(5):
            name = f"Fiche D{n:02}"
            self.place.edit(name, call(STEPS[0], words(name) + "\nUne autre fin, écrite sur le wiki."))

    def saved(self, *arguments: str, name: str) -> dict[str, Any]:
        self.place.cli(self.folder, "plan", *arguments, "-o", str(self.folder / name), code=None)
        return json.loads((self.folder / name).read_text("utf-8"))

    def _plant(self) -> list[tuple[str, str]]:
        """Errors within the patterns of saved plans: the titles, with words that must never stand there (or must stay)."""
        plan = self.saved("liens", "--fix", name="liens.json")
        changes = [one for one in plan["changes"] if one["title"].startswith("Carnet")]
        assert len(changes) == 40, len(changes)
        line = changes[5]["old"].split("\n")[0]
        changes[0]["new"] = changes[0]["new"].split("\n", 1)[1]  # words lost
        changes[1]["new"] = changes[1]["new"].replace("[[Choisir une licence]]", "une licence")  # a link lost
        changes[2]["title"], changes[3]["title"] = changes[3]["title"], changes[2]["title"]  # each on the other page
        changes[4]["new"] += f"\n{line}"  # another page's words
        changes[6]["new"] = changes[6]["new"].replace("parle", "ne parle pas")  # a word more than is shown
        (self.folder / "liens.json").write_text(json.dumps(plan, ensure_ascii=False), "utf-8")
        normal = self.saved("normalise", name="normalise.json")
        assert len(normal["proposals"]) >= 5 * EACH
        one = normal["proposals"][0]  # a value that the form lacks
        one["values"][0][2] = "1 - Qualifier les ressources"
        one["new"] = one["new"].replace(STEPS[0], "1 - Qualifier les ressources")
        (self.folder / "normalise.json").write_text(json.dumps(normal, ensure_ascii=False), "utf-8")
        if not (self.folder / "roumics").exists():
            shutil.copytree(ROOT / "capitalise/starter/sample/roumics", self.folder / "roumics")
        self.saved("roumics", "--page", "ROUMICS 2016", name="roumics.json")
        wrong = [changes[n]["title"] for n in (0, 1, 2, 3, 4, 6)]
        return [
            *((title, "") for title in wrong),
            (one["title"], ""),
            *((f"Fiche A0{n}", "description") for n in range(3)),
        ]


@contextmanager
def review(
    folder: Path, environment: dict[str, str], *arguments: str, command: tuple[str, ...] = ("review", "--no-browser")
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, started; its process, and the address that it says."""
    root = str(Path(__file__).parent.parent)
    process = subprocess.Popen(
        [COMMAND, "-C", str(folder), *command, *arguments],
        env={**environment, "PYTHONPATH": root, "BROWSER": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    said = ""
    try:
        for line in process.stderr:
            said += line
            if found := re.search(r"http://127\S+", line):
                break
        else:
            raise AssertionError(f"{said}\n{process.stdout.read() if process.stdout else ''}")
        yield process, found[0]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@contextmanager
def browser(**options: Any) -> Iterator[Any]:
    """A page of Chromium, with whatever its console says of errors."""
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = chromium.new_context(**options).new_page()
        page.errors = []
        page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        yield page
        chromium.close()


def decide(page: Any, most: int = 400) -> int:
    """Decide everything with the keyboard as a careful person would: what is marked is left, of two texts the sheet's is taken first and then
    the wiki's, all else is accepted. How many keys it took."""
    decisions = 0
    for actions in range(most):
        entry = page.locator("main article").first
        if not page.locator("main article").count():
            return actions
        doubtful = "doubt" in (entry.get_attribute("class") or "")
        asked = entry.locator("button[value=sheet]").count()
        key = ("1", "3")[decisions % 2] if asked else "2" if doubtful else "1"
        decisions += bool(asked)
        with page.expect_navigation():
            page.keyboard.press(key)
    raise AssertionError("it never ends")


def axe_violations(page: Any) -> list[str]:
    """What axe-core finds wrong with a page that is open, each with the element it is about."""
    folder = find_spec("axe_core_python").submodule_search_locations[0]  # type: ignore[union-attr,index]
    page.evaluate((Path(folder) / "axe.min.js").read_text("utf-8"))
    found: list[str] = page.evaluate(
        "() => axe.run(document, {iframes: false}).then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html.slice(0, 90)))"
    )
    return found
