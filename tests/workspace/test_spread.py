"""Pages read on several processes, or on a Dask cluster: the same plan, byte for byte."""

from __future__ import annotations

import json
import pickle
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from capitalise import spread
from capitalise.bots.crosslinks.reading import Reading
from capitalise.errors import Busy, Refused, SettingsError, Skip
from capitalise.messages import N_
from capitalise.pages.addresses import site_of
from capitalise.wikis.dump import open_dump
from tests.conftest import Cli
from tests.wikis.test_dumps import dump, page

FORM = """{{{for template|Atelier}}}
{{{field|étape|input type=dropdown|values=1 - Qualifier,2 - Réunir}}}
{{{field|jour|input type=datepicker}}}
{{{field|voir|input type=combobox|values from namespace=Main}}}
{{{end template}}}
"""
WORDS = [
    "le",
    "commun",
    "[[Page 3]]",
    "[[Page 99999]]",
    "[[Page 4#Nulle part]]",
    "{{Fiche|a=1}}",
    "règle",
    "\n== Titre ==\n",
    "[[Pge 7]]",
]


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A dump of some hundred pages from a seed: links right and wrong, and the fields of a form as people type them."""
    dice = random.Random(3)
    pages = [page(n, f"Page {n}", " ".join(dice.choices(WORDS, k=60))) for n in range(1, 1200)]
    fields = ["1 - qualifier", "2 – Réunir ", "3 mai 2024", "le 4/5/24", "Page 3", "page_4", "[[Page 99999]]", ""]
    kit_pages = [
        page(
            n,
            f"Fiche {n}",
            "{{Atelier|" + "|".join(f"{name}={dice.choice(fields)}" for name in ("étape", "jour", "voir")) + "}}",
        )
        for n in range(1200, 1700)
    ]
    dump(tmp_path / "tout.xml", "fr.wikiversity.org", *pages, *kit_pages)
    (tmp_path / "bots").mkdir()
    (tmp_path / "form.txt").write_text(FORM, "utf-8")
    (tmp_path / "capitalise.toml").write_text('contact = "tests"\n[wikis.v]\ndump = "tout.xml"\n', "utf-8")
    (tmp_path / "bots" / "liens.toml").write_text(
        'kind = "crosslinks"\nwiki = "v"\noutside = false\n[[pages]]\nwiki = "v"\nrole = "research"\nprefix = "Page"\n',
        "utf-8",
    )
    (tmp_path / "bots" / "propre.toml").write_text(
        'kind = "normalise"\nwiki = "v"\nform = "form.txt"\ntemplate = "Atelier"\n', "utf-8"
    )
    return tmp_path


@pytest.mark.apart("processes are started by a program, not by a test")
@pytest.mark.parametrize("bot", ["liens", "propre"])
def test_the_same_findings_on_any_number_of_processes(kit: Path, capitalise: Cli, bot: str) -> None:
    one = _plan(capitalise(kit, "plan", bot, "--json", code=None).stdout)
    assert len(json.loads(one)["findings"]) + len(json.loads(one).get("proposals", ())) > 100
    assert _plan(capitalise(kit, "plan", bot, "--json", "--jobs", "2", code=None).stdout) == one


@pytest.mark.apart("a cluster of two worker processes")
def test_the_same_findings_on_a_dask_cluster(kit: Path, capitalise: Cli) -> None:
    from distributed import LocalCluster

    one = {bot: _plan(capitalise(kit, "plan", bot, "--json", code=None).stdout) for bot in ("liens", "propre")}
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        for bot, wanted in one.items():
            said = capitalise(kit, "plan", bot, "--json", "--dask", cluster.scheduler_address, code=None)
            assert _plan(said.stdout) == wanted, said.stderr


def test_a_scheduler_that_does_not_answer_is_a_sentence(kit: Path, capitalise: Cli) -> None:
    said = capitalise(kit, "plan", "liens", "--dask", "tcp://127.0.0.1:9", code=2).stderr
    assert "tcp://127.0.0.1:9" in said and len(said.strip().splitlines()) == 1, said


def test_an_error_comes_whole_from_another_process() -> None:
    for error in (
        Skip(N_("%(what)s", what="a")),
        Refused(N_("b"), "code"),
        Busy(too_fast=True),
        SettingsError(N_("c")),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)


def test_links_can_be_gone_through_twice_at_once(kit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(kit / "cache"))
    wiki = open_dump("v", kit / "tout.xml")
    reading = Reading({"v": wiki.prefixed("Page")}, {}, {"v": site_of(wiki)}, lambda key: wiki)
    first = iter(reading)
    one = [next(first)]
    whole = list(reading)
    assert [*one, *first] == whole == list(reading)
    halves = iter(reading), iter(reading)
    assert [pair[0] for pair in zip(*halves, strict=True)] == whole


def test_results_come_in_order_and_little_is_under_way() -> None:
    from concurrent.futures import ThreadPoolExecutor

    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for n in range(50):
            taken = n
            yield n

    with ThreadPoolExecutor(2) as pool:
        found = spread._in_order(pool, 4, str, items())
        assert next(found) == "0" and taken <= 4
        assert [*found] == [str(n) for n in range(1, 50)]


def _plan(said: str) -> str:
    """Without what the clock says."""
    return re.sub(r'"(run|created)": "[^"]*"', r'"\1": ""', said)
