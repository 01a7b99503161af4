"""Each benchmark once on the smallest world: figures in the docs come from commands that still run."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from benchmarks import normalise
from tests.mediawiki import farm as mediawiki
from tests.place import ROOT

NAMES = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_needs_nothing_but_what_is_locked(name: str) -> None:
    assert importlib.import_module(f"benchmarks.{name}").__doc__


def test_the_normaliser_on_real_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert normalise.main([str(ROOT / "tests" / "data")]) == 0
    assert "mwparserfromhell" in capsys.readouterr().out


@pytest.mark.mediawiki
@pytest.mark.apart("a benchmark as people run it")
@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("roumics", ["--editions", "1"], "plan, nothing changed"),
        ("crosslinks", ["--pages", "9", "--links", "40"], "100.0%"),
    ],
)
def test_a_benchmark_on_the_smallest_world(farm: mediawiki.Farm, name: str, options: list[str], said: str) -> None:
    farm.stop()  # it starts its own
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    farm.start()
    assert said in done.stdout, done.stdout + done.stderr
