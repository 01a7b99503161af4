"""Nothing knows the kit: forms of other networks, pulled into a sheet, changed, pushed, pulled again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from capitalise.bots.fiches.form import FicheForm, load_form
from capitalise.bots.fiches.page import new_page, read_cells, with_cells
from capitalise.errors import Skip
from capitalise.sheets.file import format_of
from capitalise.sheets.table import Table
from capitalise.wikis.folder import FolderWiki
from tests.conftest import Cli
from tests.desk import Desk
from tests.mediawiki import farm as mediawiki
from tests.people import Person

DATA = Path(__file__).parents[1] / "data"
TUTORIAL = """Avant.
{{Tuto Details
|Description=Un four solaire, en carton.
|Tags=four, soleil
|inconnu=gardé
}}
{{Introduction
|Introduction=- cuire sans feu
- sans fumée
}}
{{Tuto Step
|Step_Title=Découper
|Step_Content=Couper le carton.
Plier.
}}
{{Tuto Step
|Step_Title=Coller
}}
{{Tuto Status
|Complete=Oui
}}
Après."""


def files(name: str) -> dict[str, str]:
    return {unquote(p.stem): p.read_text("utf-8").rstrip("\n") for p in sorted((DATA / name).glob("*.wiki"))}


@pytest.fixture
def tutorial(tmp_path: Path) -> FicheForm:
    for title, text in files("wikifab").items():
        (tmp_path / f"{title.replace(':', '%3A')}.wiki").write_text(text, "utf-8")
    return load_form(FolderWiki("w", tmp_path), "Tutorial")


def test_all_templates_of_a_form_have_columns(tutorial: FicheForm) -> None:
    assert len(tutorial.fields) == 34  # 54 fields, those of steps and videos in a column a template
    cells = read_cells(TUTORIAL, tutorial)
    assert cells["Description"] == "Un four solaire, en carton."
    assert cells["Introduction"] == "- cuire sans feu\n- sans fumée"
    assert cells["Tuto Step"] == "Découper | Couper le carton.⏎Plier.\nColler"
    assert cells["Notes"] == ""


def test_a_change_in_any_template_touches_nothing_else(tutorial: FicheForm) -> None:
    new = with_cells(
        TUTORIAL,
        tutorial,
        {
            "Introduction": "cuire",
            "Notes": "Attention aux yeux.",
            "Tuto Step": "Découper | Couper le carton.⏎Plier.\nColler | à la colle",
        },
    )
    assert new == (
        TUTORIAL.replace("- cuire sans feu\n- sans fumée", "cuire")
        .replace("|Step_Title=Coller\n", "|Step_Title=Coller\n|Step_Content=à la colle\n")
        .replace("\n{{Tuto Status", "\n{{Notes\n|Notes=Attention aux yeux.\n}}\n{{Tuto Status")
    )


def test_a_new_page_has_its_templates_in_the_forms_order(tutorial: FicheForm) -> None:
    cells = {"Complete": "Non", "Description": "Un four", "Tuto Step": "Découper\nColler", "Introduction": "a"}
    text = new_page(tutorial, cells)
    names = ["{{Tuto Details", "{{Introduction", "{{Tuto Step", "{{Tuto Step", "{{Tuto Status"]
    assert [line for line in text.split("\n") if line.startswith("{{")] == names
    assert {k: v for k, v in read_cells(text, tutorial).items() if v} == cells


# -- on a real MediaWiki ----------------------------------------------------------------------


@pytest.fixture
def wiki(farm: mediawiki.Farm) -> Iterator[Person]:
    camille = Person("movilab")
    pages = {**files("ecolibre"), **files("wikifab"), "Four solaire": TUTORIAL}
    for title, text in pages.items():
        camille.edit(title, text)
    yield camille
    camille.close()


@pytest.mark.mediawiki
def test_a_wiki_is_asked_for_its_forms_and_they_make_the_round_trip(
    tmp_path: Path, capitalise: Cli, wiki: Person, environment: dict[str, str]
) -> None:
    address = mediawiki.address("movilab").removesuffix("w/api.php") + "wiki/Accueil"
    kit = tmp_path / "atelier"
    capitalise(tmp_path, "init", str(kit), "--wiki", address, "--contact", "tests")
    assert {p.name for p in (kit / "bots").iterdir()} == {"functional-item.toml", "tutorial.toml"}
    key = wiki_of(kit).upper()
    environment |= {f"CAPITALISE_{key}_USER": mediawiki.BOT[0], f"CAPITALISE_{key}_PASSWORD": mediawiki.BOT[1]}
    for bot, title, heading, text in (
        ("functional-item", "Irriguer", "Description de la fonction", "Apporter l'eau aux plantes."),
        ("tutorial", "Four solaire", "Introduction", "cuire"),
    ):
        capitalise(kit, "run", bot, "--yes")
        path = kit / f"{bot}.ods"
        before = table(path)
        write(path, title, heading, text)
        capitalise(kit, "run", bot, "--yes", code=None)  # it says what the form's next save would do to the page
        assert text in wiki.text(title)
        path.unlink()
        capitalise(kit, "run", bot, "--yes")
        after = table(path)
        columns = [i for i, h in enumerate(before.header) if h not in ("revision", heading)]
        assert [[r[i] for i in columns] for r in after.rows] == [[r[i] for i in columns] for r in before.rows]
    assert wiki.text("Four solaire") == TUTORIAL.replace("- cuire sans feu\n- sans fumée", "cuire")


def wiki_of(kit: Path) -> str:
    return (kit / "bots" / "tutorial.toml").read_text("utf-8").split('wiki = "')[1].split('"')[0]


def table(path: Path) -> Table:
    found: Table = format_of(path.name).read(path.read_bytes(), path.name)
    return found


def write(path: Path, title: str, heading: str, text: str) -> None:
    desk = Desk.__new__(Desk)
    desk.folder, desk.sheet = path.parent, path.name
    desk.type(title, heading, text)


def test_a_call_inside_another_one_is_not_passed_over(tutorial: FicheForm) -> None:
    text = TUTORIAL.replace("{{Introduction\n", "{{Encadré|{{Introduction\n").replace(
        "sans fumée\n}}", "sans fumée\n}}}}"
    )
    with pytest.raises(Skip, match="stands inside another call"):
        read_cells(text, tutorial)
