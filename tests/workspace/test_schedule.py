"""A nightly run: the timer that systemd reads as it was meant, whatever the names are, and cron's line."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.starter.schedule import cron_line, timer_name, units
from tests.conftest import Cli
from tests.place import FolderPlace

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")


def with_systemctl(environment: dict[str, str], folder: Path) -> None:
    """A systemctl of ours in the PATH, since no systemd of a user runs here; what it was asked stands in `asked`."""
    tools = folder / "bin"
    tools.mkdir()
    (tools / "systemctl").write_text(f'#!/bin/sh\necho "$@" >>{folder}/asked\n', "utf-8")
    (tools / "systemctl").chmod(0o755)
    environment["PATH"] = f"{tools}:{environment['PATH']}"


@pytest.fixture
def kit(tmp_path: Path, capitalise: Cli) -> Path:
    folder = FolderPlace(tmp_path / "kit", capitalise).folder
    bot = folder / "bots" / "ingredients.toml"
    bot.write_text("unattended = true\n" + bot.read_text("utf-8"), "utf-8")
    assert tomllib.loads(bot.read_text("utf-8"))["unattended"]
    return folder


@pytest.mark.apart("systemd's own reading")
@needs_systemd
@pytest.mark.parametrize("name", ["kit", "le kit", 'a"b', "50 % $HOME", "d'ici\\là"])
def test_systemd_reads_the_units_without_a_remark(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for file, text in units("ingrédients du soir", folder, ["/bin/true"], "01:30", "fr").items():
        (tmp_path / file).write_text(text, "utf-8")
    paths = sorted(map(str, tmp_path.glob("capitalise-*")))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *paths],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "capitalise-" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


@pytest.mark.apart("the shell's own reading")
@pytest.mark.parametrize("name", ["kit", "le kit", "d'ici", '$(touch x) "y"'])
def test_a_shell_reads_the_line_as_it_was_meant(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    line = cron_line("soir", folder, ["/usr/bin/printf", "%s\n"], "01:30")
    assert line.startswith("30 1 * * * ")
    typed = line.split(" ", 5)[5].replace(r"\%", "%")  # as cron hands it to the shell
    said = subprocess.run(["sh", "-c", typed], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["-C", str(folder), "run", "soir"]


NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(NAMES, NAMES)
def test_a_unit_has_a_name_that_systemd_takes(bot: str, folder: str) -> None:
    name = timer_name(bot, Path("/srv") / folder)
    assert name.isascii() and len(name) < 100 and not set(name) & set(" /%\\\"'")


@pytest.mark.apart("a systemctl of ours in the PATH")
def test_what_somebody_wrote_into_a_unit_is_shown_and_kept(
    kit: Path, capitalise: Cli, environment: dict[str, str], tmp_path: Path
) -> None:
    with_systemctl(environment, tmp_path)
    capitalise(kit, "schedule", "ingredients", "--yes")
    place = Path(environment["XDG_CONFIG_HOME"]) / "systemd" / "user"
    (service,) = place.glob("*.service")
    service.write_text(service.read_text("utf-8") + "Environment=HTTPS_PROXY=x # par Camille\n", "utf-8")
    assert "par Camille" in capitalise(kit, "schedule", "ingredients", "--yes").stdout
    assert "par Camille" in service.with_name(service.name + "~").read_text("utf-8")


def test_two_workspaces_have_two_timers() -> None:
    assert timer_name("été", Path("/srv/a")) != timer_name("ôtô", Path("/srv/a"))
    assert timer_name("soir", Path("/srv/a")) != timer_name("soir", Path("/srv/b"))


def test_a_bot_that_does_not_run_by_itself_is_not_scheduled(tmp_path: Path, capitalise: Cli) -> None:
    folder = FolderPlace(tmp_path / "kit", capitalise).folder
    assert "unattended = true" in capitalise(folder, "schedule", "ingredients", code=2).stderr


def test_the_line_for_cron_is_printed(kit: Path, capitalise: Cli) -> None:
    said = capitalise(kit, "schedule", "ingredients", "--cron", "--at", "2h05").stdout
    assert said.startswith("5 2 * * * ") and f"-C {kit} run ingredients" in said
    assert "n'est pas une heure" in capitalise(kit, "schedule", "ingredients", "--at", "midi", code=2).stderr


@pytest.mark.apart("a systemctl of ours in the PATH, since no systemd of a user runs here")
def test_it_is_installed_after_a_yes_and_taken_away(
    kit: Path, capitalise: Cli, environment: dict[str, str], tmp_path: Path
) -> None:
    with_systemctl(environment, tmp_path)
    place = Path(environment["XDG_CONFIG_HOME"]) / "systemd" / "user"
    assert (
        capitalise(kit, "schedule", "ingredients", code=None).returncode != 0 and not place.exists()
    )  # nobody to say yes
    capitalise(kit, "schedule", "ingredients", "--yes")
    assert sorted(path.suffix for path in place.iterdir()) == [".service", ".timer"]
    asked = (tmp_path / "asked").read_text("utf-8")
    assert "daemon-reload" in asked and f"enable --now {timer_name('ingredients', kit)}.timer" in asked
    capitalise(kit, "schedule", "ingredients", "--remove", "--yes")
    assert all(path.name.endswith("~") for path in place.iterdir()) and "disable --now" in (
        tmp_path / "asked"
    ).read_text("utf-8")
