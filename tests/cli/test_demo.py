"""The first hour: the demonstration, an empty kit, and the network's own workspace."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from capitalise.cli.main import main
from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import ROOT, with_sample


@pytest.fixture
def shown(tmp_path: Path, capitalise: Cli) -> str:
    return capitalise(tmp_path, "demo", str(tmp_path / "essai")).stdout


def test_the_demonstration_does_all_four_jobs(tmp_path: Path, shown: str) -> None:
    for words in ("plan ingredients", "plan normalise", "roumics preview", "plan liens", "undo"):
        assert f"-C {tmp_path / 'essai'} {words}" in shown
    named = re.findall(rf"^  ({tmp_path}/essai/\S+)  ", shown, re.MULTILINE)
    assert len(named) == 5 and all(Path(one).exists() for one in named)


def test_a_second_demonstration_leaves_the_first_alone(tmp_path: Path, shown: str, capitalise: Cli) -> None:
    notes = tmp_path / "essai" / "mes notes.txt"
    notes.write_text("à garder", "utf-8")
    again = capitalise(tmp_path, "demo", str(tmp_path / "essai")).stdout
    assert f"init {tmp_path / 'essai-2'} --sample" in again
    assert notes.read_text("utf-8") == "à garder"


def test_what_it_says_to_type_can_be_typed(tmp_path: Path, shown: str, capitalise: Cli) -> None:
    lines = re.findall(r"(?:Ensuite|Pour l'annuler)\u00a0:\n  capitalise (.+)", shown)
    assert len(lines) > 3
    capitalise(tmp_path, *lines[-2].split(), "--page", "Rien", "--json", code=None)


# -- an empty kit ---------------------------------------------------------------------------------

EMPTY = [
    ["status"],
    ["status", "ingredients", "--html", "etat.html"],
    ["missing", "ingredients"],
    ["plan", "ingredients"],
    ["plan", "ingredients", "--html", "plan.html"],
    ["run", "ingredients", "--yes"],
    ["plan", "normalise"],
    ["plan", "roumics"],
    ["roumics", "check"],
    ["plan", "liens"],
    ["history"],
    ["doctor"],
    ["forms", "show", "Ingrédient"],
    ["forms", "check"],
    ["columns", "ingredients"],
    ["resume"],
]


@pytest.mark.parametrize("typed", EMPTY, ids=" ".join)
def test_every_command_on_a_kit_without_pages(
    tmp_path: Path, capitalise: Cli, typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capitalise(tmp_path, "init", str(tmp_path / "kit"))
    monkeypatch.chdir(tmp_path)
    done = capitalise(tmp_path / "kit", *typed, code=None)
    said = done.stdout + done.stderr
    assert "inattendu" not in said and "invalid" not in said
    assert done.returncode == 0 or "contact" in said


@pytest.mark.parametrize("command", ["status", "missing", "plan"])
def test_a_kit_without_pages_is_told_how_to_begin(tmp_path: Path, capitalise: Cli, command: str) -> None:
    capitalise(tmp_path, "init", str(tmp_path / "kit"))
    capitalise(tmp_path / "kit", "run", "ingredients", "--yes")
    assert "formulaire" in capitalise(tmp_path / "kit", command, "ingredients").stdout


# -- the repository is the network's workspace ----------------------------------------------------


@pytest.fixture
def network(farm: mediawiki.Farm, tmp_path: Path) -> Iterator[Path]:
    """The very files of the repository, pointed at test wikis of the same names."""
    folder = tmp_path / "reseau"
    for name in ("bots", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    text = (ROOT / "capitalise.toml").read_text("utf-8").replace('contact = ""', 'contact = "tests"')
    for key in mediawiki.WIKIS:
        text, count = re.subn(rf'(\[wikis\.{key}\]\n)api = "[^"]+"', rf'\1api = "{mediawiki.address(key)}"', text)
        assert count == 1
    (folder / "capitalise.toml").write_text(text, "utf-8")
    shutil.copytree(ROOT / "capitalise" / "starter" / "sample" / "roumics", folder / "roumics")
    with_sample("movilab").close()
    for wiki, pages in (("wikiversite", "wikiversite"), ("wikilivres", "wikilivres")):
        person = Person(wiki)
        for path in sorted((ROOT / "capitalise" / "starter" / "sample" / pages).glob("*.wiki")):
            person.edit(path.stem.replace("%3A", ":").replace("%2F", "/"), path.read_text("utf-8"))
        person.close()
    camille = Person("communs")
    camille.edit("KIC", "[[:Construire des communs]]")
    camille.close()
    yield folder


@pytest.mark.mediawiki
@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "bots").glob("*.toml")))
def test_each_bot_of_the_repository_plans_and_runs(network: Path, capitalise: Cli, name: str) -> None:
    planned = json.loads(capitalise(network, "plan", name, "--json", code=None).stdout)
    assert {change["wiki"] for change in planned["changes"]} <= {
        "movilab",
        "wikiversite",
        None,
    }  # None: a cell of the sheet
    done = capitalise(network, "run", name, "--yes", "--json", code=None)
    assert done.returncode in (0, 3), done.stderr
    again = json.loads(capitalise(network, "plan", name, "--json", code=None).stdout)
    assert again["changes"] == []


@pytest.mark.mediawiki
def test_a_wiki_that_does_not_answer_is_named_and_the_others_are_read(network: Path, capitalise: Cli) -> None:
    toml = network / "capitalise.toml"
    toml.write_text(
        toml.read_text("utf-8").replace(mediawiki.address("communs"), "http://127.0.0.1:9/api.php"), "utf-8"
    )
    done = capitalise(network, "plan", "liens", code=3).stdout
    assert "les pages de «\u00a0communs\u00a0» n'ont pas été lues" in done
    assert "Construire des communs/Compter le temps" in done


def test_the_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"capitalise ([a-z][a-z-]+)", text))
    assert named - set(main.list_commands(None)) - {"in", "after"} == set()  # type: ignore[arg-type]
