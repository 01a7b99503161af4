"""Long plans and long runs: a screen at a time, how far, how long."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from capitalise.messages import Message, render
from capitalise.testing import Bench
from capitalise.wikis.progress import EVERY, told_along
from capitalise.workspace.trust import remember_trust
from tests.conftest import Cli
from tests.processes import typed

SHOUT = """
from dataclasses import dataclass
from capitalise import Kind, N_, PageSet
@dataclass(frozen=True)
class S:
    category: str
def plan(s, task):
    pages = task.pages_of(PageSet(category=s.category))
    changes, refused = task.changes([(one, one.text + " Fin.") for one in pages if "Fin" not in one.text], N_("fin"))
    return task.plan(len(pages), refused, changes)
KIND = Kind(S, plan)
"""


@pytest.fixture
def kit(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", environment["XDG_CONFIG_HOME"])
    kind = tmp_path / "ends.py"
    kind.write_text(SHOUT, "utf-8")
    pages = {f"Page {n:02}": f"Texte {n}. [[Catégorie:Fiche]]" for n in range(15)}
    folder = Bench(tmp_path / "kit", [kind], {"fins": 'kind = "ends"\ncategory = "Fiche"\n'}, pages).folder
    remember_trust(folder / "bots" / "ends.py", kind.read_bytes())
    return folder


@pytest.mark.apart("a person at a terminal")
def test_a_long_plan_goes_through_the_pager_and_a_short_one_does_not(kit: Path, environment: dict[str, str]) -> None:
    pager = kit.parent / "pager"
    pager.write_text('#!/bin/sh\necho "PAGER $LESS"\ncat\n', "utf-8")
    pager.chmod(0o700)
    paged = {**environment, "PAGER": str(pager)}
    shown, _code = typed(kit, paged, ["plan", "fins"])
    assert "PAGER -RXK -P" in shown
    assert shown.index("PAGER") < shown.index("Page 14") < shown.index(" run fins")  # what is next stands after it
    pager.write_text("#!/bin/sh\nhead -n 3\n", "utf-8")  # somebody who leaves it early
    shown, _code = typed(kit, paged, ["plan", "fins"])
    assert "Page 14" not in shown
    assert "15 pages" in shown  # how much it is stands below all the same
    pager.write_text('#!/bin/sh\necho "PAGER $LESS"\ncat\n', "utf-8")
    shown, _code = typed(kit, paged, ["plan", "fins", "--page", "Page 03"])
    assert "PAGER" not in shown


def test_nothing_is_paged_where_nobody_is_at_a_terminal(
    kit: Path, capitalise: Cli, environment: dict[str, str]
) -> None:
    environment["PAGER"] = "false"
    assert "Page 14" in capitalise(kit, "plan", "fins").stdout


def test_a_long_run_says_how_far_it_is(kit: Path, capitalise: Cli) -> None:
    done = capitalise(kit, "run", "fins", "--yes").stderr
    assert "(1/15)" in done
    assert "(14/15)" in done
    assert "15/15" not in done


def test_a_short_run_does_not(kit: Path, capitalise: Cli) -> None:
    assert "/1)" not in capitalise(kit, "run", "fins", "--page", "Page 03", "--yes").stderr


class Slow:
    """A clock on which each batch takes two seconds."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def seconds(self) -> float:
        self.at += 2
        return self.at

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


def test_a_long_reading_says_how_far_it_is_and_how_long_it_will_take() -> None:
    told: list[Message] = []
    batches = [list(range(n, n + 50)) for n in range(0, 500, 50)]
    assert list(told_along(iter(batches), 500, Slow(), told.append)) == batches
    shown = [render(one, "en") for one in told]
    assert shown[0] == "150 of 500 pages read, about 14 seconds left"
    assert len(shown) == 10 * 2 // (EVERY + 1)
    assert "500 of 500" not in "".join(shown)
