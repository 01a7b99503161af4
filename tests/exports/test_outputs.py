"""Files that a command line names: never over a file that the workspace reads, never over somebody's words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, capitalise: Cli) -> Desk:
    return Desk(tmp_path / "kit", capitalise, "ingredients.csv")


@pytest.mark.parametrize("there", [True, False], ids=["there", "not yet there"])
@pytest.mark.parametrize(
    "name",
    ["ingredients.csv", "bots/ingredients.toml", "capitalise.toml", "wiki/Nouvelle.wiki", "roumics/2017/event.csv"],
)
def test_what_the_workspace_reads_is_no_output(desk: Desk, name: str, there: bool) -> None:
    if there:
        desk.run()
    path = desk.folder / name
    before = path.read_bytes() if path.exists() else None
    for option in ("--csv", "--html", "-o"):
        done = desk.cli(desk.folder, "plan", "ingredients", option, str(path), code=2)
        assert name in done.stderr
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_file_that_somebody_changed_is_kept(desk: Desk) -> None:
    page = desk.folder / "a-decider.html"
    desk.cli(desk.folder, "plan", "ingredients", "--html", str(page))
    desk.cli(desk.folder, "plan", "ingredients", "--html", str(page))  # its own, as it left it
    page.write_text(page.read_text("utf-8") + "<!-- Camille: d'accord -->", "utf-8")
    done = desk.cli(desk.folder, "plan", "ingredients", "--html", str(page), code=2)
    assert "quelqu'un y a peut-être écrit" in done.stderr
    assert page.read_text("utf-8").endswith("<!-- Camille: d'accord -->")


def test_a_file_of_somebody_else_is_kept_and_nothing_is_half_written(desk: Desk) -> None:
    minutes = desk.folder / "reunion.csv"
    minutes.write_text("Camille;oui\n", "utf-8")
    for command in (["plan", "ingredients", "-o", str(desk.folder / "plan.json"), "--csv"], ["status", "--html"]):
        desk.cli(desk.folder, *command, str(minutes), code=2)
    assert minutes.read_text("utf-8") == "Camille;oui\n"
    assert not (desk.folder / "plan.json").exists()


def test_one_name_for_two_things_is_refused(desk: Desk) -> None:
    path = str(desk.folder / "plan")
    assert "deux" in desk.cli(desk.folder, "plan", "ingredients", "-o", path, "--html", path, code=2).stderr


def test_a_link_to_the_sheet_is_the_sheet(desk: Desk) -> None:
    desk.run()
    before = (desk.folder / "ingredients.csv").read_bytes()
    (desk.folder / "autre.csv").symlink_to(desk.folder / "ingredients.csv")
    desk.cli(desk.folder, "plan", "ingredients", "--csv", str(desk.folder / "autre.csv"), code=2)
    assert (desk.folder / "ingredients.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("option", "name"),
    [("--csv", "feuille.ods"), ("--html", "plan.json"), ("--csv", "x.csv~"), ("-o", "pas là/p.json")],
)
def test_a_name_that_says_something_else_is_refused(desk: Desk, option: str, name: str) -> None:
    done = desk.cli(desk.folder, "plan", "ingredients", option, str(desk.folder / name), code=2)
    assert len(done.stderr.splitlines()) == 1
    assert not (desk.folder / name).exists()


# -- copies that sync programs leave ----------------------------------------------------------------


@pytest.mark.parametrize(
    "copy",
    [
        "ingredients (conflicted copy 2026-11-20 101112).csv",
        "ingredients (copie en conflit de Camille 2026-11-20).csv",
        "ingredients.sync-conflict-20261120-101112-ABCDEFG.csv",
        "ingredients - Copie.csv",
        "ingredients (PC de Paul (2) conflicted copy 2026-11-20).csv",
        "ingredients - Copie - Copie.csv",
        "ingredients (1).csv",
        "Copie de ingredients.csv",
    ],
)
def test_a_copy_beside_the_sheet_is_named_and_not_read(desk: Desk, copy: str) -> None:
    desk.run()
    sheet = desk.folder / "ingredients.csv"
    (desk.folder / copy).write_bytes(sheet.read_bytes().replace(b"Arpentage", b"Autre chose"))
    (finding,) = desk.plan(code=3)["findings"]
    assert finding["rule"] == "conflict-copy" and finding["at"]["sheet"] == copy
    assert copy in desk.cli(desk.folder, "doctor", code=1).stdout
    desk.settings('sheet = "*.csv"\n')
    assert [f["rule"] for f in desk.plan(code=3)["findings"]] == ["conflict-copy"]


def test_a_copy_of_a_bot_is_no_second_bot(desk: Desk) -> None:
    toml = desk.folder / "bots" / "ingredients.toml"
    (desk.folder / "bots" / "ingredients (copie).toml").write_bytes(toml.read_bytes())
    (finding,) = desk.plan(code=3)["findings"]
    assert finding["at"]["sheet"] == "bots/ingredients (copie).toml"
    assert "ingredients (copie)" not in desk.cli(desk.folder, "status").stderr


def test_a_copied_edition_is_named_and_not_published(tmp_path: Path, capitalise: Cli) -> None:
    capitalise(tmp_path, "init", str(tmp_path / "kit"), "--sample")
    shutil.copytree(tmp_path / "kit" / "roumics" / "2017", tmp_path / "kit" / "roumics" / "2017 (copie)")
    done = capitalise(tmp_path / "kit", "plan", "roumics", code=3).stdout
    assert "roumics/2017 (copie)" in done
    assert "ROUMICS 2017 (copie)" not in done


@pytest.mark.parametrize("name", ["ingredients 2017.csv", "gestion des conflits.csv", "photocopie.csv"])
def test_a_file_of_another_name_is_no_copy(desk: Desk, name: str) -> None:
    desk.run()
    (desk.folder / name).write_text("Titre\n", "utf-8")
    assert desk.plan()["findings"] == []
