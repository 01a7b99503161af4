"""docs/python.md: what it shows runs, and is what the tests run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from capitalise import Request
from capitalise.testing import Bench
from capitalise.workspace.trust import remember_trust
from tests.place import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text("utf-8")
CODE = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PAGES = {"Pain": "Du pain. [[Catégorie:Fiche]]", "Sel": "[[Fichier:Sel.jpg]] [[Catégorie:Fiche]]"}
(BOT,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_kind_and_its_test_are_those_that_are_run() -> None:
    kinds = ROOT / "tests" / "bots"
    assert (kinds / "images.py").read_text("utf-8") in CODE
    shown = next(one for one in CODE if "def test_" in one)
    assert shown in (kinds / "test_images.py").read_text("utf-8")


def test_plan_apply_and_undo_in_ten_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    bench = Bench(tmp_path / "kit", [ROOT / "tests" / "bots" / "images.py"], {"photos": BOT}, PAGES)
    kind = bench.folder / "bots" / "images.py"
    remember_trust(kind, kind.read_bytes())
    names: dict[str, object] = {}
    exec(CODE[0], names)
    assert "* [[Pain]]" in bench.text("Sans image")
    assert "Pain no-image" in capsys.readouterr().out
    bench.write("Eau", "De l'eau. [[Catégorie:Fiche]]")
    bench.apply(bench.plan("photos"))
    exec(CODE[1], names)
    assert "[[Eau]]" not in bench.text("Sans image")


def test_a_planner_that_changes_pages_and_takes_no_for_an_answer(tmp_path: Path) -> None:
    kind = tmp_path / "images.py"
    (change,) = [one for one in CODE if "def shout" in one]
    kind.write_text(f"{CODE[2]}\n\n{change}\n\nKIND = Kind(Images, shout)\n", "utf-8")
    page = "Du pain! [[Catégorie:Fiche]]"
    pages = {"Pain": page, "Beurre": "#REDIRECTION [[Pain]] bon! [[Catégorie:Fiche]]"}
    bench = Bench(tmp_path / "kit", [kind], {"photos": BOT}, pages)
    bench.apply(bench.plan("photos"))
    assert bench.text("Pain") == "Du pain ! [[Catégorie:Fiche]]"
    assert bench.plan("photos").empty
    bench.write("Pain", page)
    plan = bench.plan("photos")
    assert plan.empty
    assert [(one.rule, one.title) for one in plan.findings] == [("reverted", "Pain")]


def test_a_planner_that_mends_only_where_a_person_says_so(tmp_path: Path) -> None:
    kind = tmp_path / "images.py"
    (mend,) = [one for one in CODE if "def mend" in one]
    kind.write_text(f"{CODE[2]}\n\n{mend}", "utf-8")
    bench = Bench(tmp_path / "kit", [kind], {"photos": BOT}, {"Pain": "Du pain , [[Catégorie:Fiche]]"})
    plan = bench.plan("photos")
    assert plan.empty
    assert [one.rule for one in plan.findings] == ["comma"]
    bench.apply(bench.plan("photos", Request(fix=True)))
    assert bench.text("Pain") == "Du pain, [[Catégorie:Fiche]]"


def test_every_public_name_is_told() -> None:
    import capitalise

    assert [name for name in capitalise.__all__ if f"`{name}" not in PAGE] == []
