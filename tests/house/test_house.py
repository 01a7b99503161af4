"""The house: pure rooms stay pure, the command line starts fast, the wheel carries what a workspace needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from benchmarks.guards import GUARDS
from docs import rules
from tests.place import ROOT

PURE = [
    "pages",
    "wikitext",
    "forms",
    "plans",
    "bots",
    "bots/fiches",
    "bots/normalise",
    "bots/crosslinks",
    "bots/roumics",
]

EDGES = {"folder", "new_edition"}  # of roumics: they read and write an edition's folder


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


@pytest.mark.apart("what a new Python loads")
@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_loads_nothing_that_talks_to_the_outside(room: str) -> None:
    names = sorted(p.stem for p in (ROOT / "capitalise" / room).glob("*.py") if p.stem not in {"__init__", *EDGES})
    loaded = loaded_by(", ".join(f"capitalise.{room.replace('/', '.')}.{name}" for name in names))
    assert not loaded & {"requests", "mwclient", "urllib3", "http.client", "sqlite3", "capitalise.wikis.mediawiki"}


@pytest.mark.apart("what a new Python loads")
def test_the_command_line_starts_without_the_network_libraries() -> None:
    assert not loaded_by("capitalise.cli.main") & {"requests", "mwclient", "urllib3", "merge3"}


def test_no_file_of_the_package_is_longer_than_a_reader_can_hold() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in (ROOT / "capitalise").rglob("*.py")
        if (n := len(p.read_text("utf-8").splitlines())) > 450
    }
    assert long == {}


@pytest.mark.apart("an installed wheel")
def test_the_installed_wheel_makes_a_workspace(tmp_path: Path) -> None:
    """Not the editable install of the tests: what somebody gets from a package index."""
    build = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stdout + build.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert any(n.endswith("capitalise.mo") for n in names)
    assert not any("~" in n or "tests" in n for n in names)
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = "from pathlib import Path; from capitalise.starter.make import make_workspace; import capitalise; print(capitalise.__file__); make_workspace(Path('kit'), sample=True)"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert str(site) in done.stdout
    assert (tmp_path / "kit" / "bots" / "ingredients.toml").exists()
    assert (tmp_path / "kit" / "wiki" / "Formulaire%3AIngrédient.wiki").exists()


def test_the_table_of_guards_is_up_to_date() -> None:
    gone = [g.rule for g in GUARDS if g.code not in (ROOT / "capitalise" / g.file).read_text("utf-8")]
    assert gone == []


def test_every_test_that_the_safety_page_names_exists() -> None:
    text = (ROOT / "docs" / "safety.md").read_text("utf-8")
    there = "".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("test_*.py"))
    assert [
        name
        for name in re.findall(r"\btest_\w+(?!\w*\.py)", text)
        if f"def {name}(" not in there and not [*(ROOT / "tests").rglob(f"{name}.py")]
    ] == []


def test_the_table_of_rules_is_up_to_date() -> None:
    assert rules.PAGE.read_text("utf-8") == rules.page(), "run: python -m docs.rules"
