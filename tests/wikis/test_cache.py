"""What is kept on the machine costs requests when it is gone, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capitalise.pages.revisions import Revision
from capitalise.wikis.cache import open_cache
from capitalise.wikitext.canonical import digest
from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import SAMPLE, WikiPlace

pytestmark = pytest.mark.mediawiki


@pytest.fixture
def place(tmp_path: Path, capitalise: Cli, farm: mediawiki.Farm) -> Iterator[WikiPlace]:
    place = WikiPlace(tmp_path / "kit", capitalise)
    place.run()
    place.plan()
    yield place
    place.close()


def asked(farm: mediawiki.Farm, since: int = 0) -> list[str]:
    return [f"{r['action']} {r['modules']}" for r in farm.requests("communs")[since:]]


def caches(environment: dict[str, str]) -> list[Path]:
    return sorted(Path(environment["HOME"]).rglob("*.sqlite*"))


def test_nothing_changed_is_two_requests_without_texts(place: WikiPlace, farm: mediawiki.Farm) -> None:
    before = len(farm.requests("communs"))
    assert place.plan()["changes"] == []
    assert asked(farm, before) == [
        "query info|revisions|recentchanges|siteinfo|userinfo|tokens",
        "query info|revisions|||embeddedin",
    ]


def test_without_the_cache_the_result_is_the_same(
    place: WikiPlace, farm: mediawiki.Farm, environment: dict[str, str]
) -> None:
    place.type("Décrire les rôles", Description="neuf")
    place.edit("Observer les usages existants", place.text("Observer les usages existants").replace("plop", "vu"))
    kept = place.plan()
    assert caches(environment)
    for path in caches(environment):
        path.unlink()
    gone = place.plan()
    assert [{**c, "summary": ""} for c in kept["changes"]] == [{**c, "summary": ""} for c in gone["changes"]]


def test_a_damaged_cache_is_begun_anew(place: WikiPlace, environment: dict[str, str]) -> None:
    for path in caches(environment):
        path.write_bytes(b"\0garbage" * 1000)
    assert place.plan()["changes"] == []


def test_a_form_that_changed_is_read_anew(place: WikiPlace) -> None:
    form = place.text("Formulaire:Ingrédient")
    place.edit("Formulaire:Ingrédient", form.replace("! Exemple :", "! Exemples vus :"))
    assert [f["field"] for f in place.plan(code=None)["findings"]] in ([], ["Exemples vus"])
    place.edit("Formulaire:Ingrédient", form)
    assert place.plan()["changes"] == []


def test_a_base_that_was_hidden_since_is_no_base_though_it_is_kept(place: WikiPlace, capitalise: Cli) -> None:
    title = "Décrire les rôles"
    base = int(place.row(title)["revision"].partition("#")[0])
    place.edit(title, place.text(title).replace("Un rôle", "Le rôle"))
    admin = Person("communs", "Admin")
    admin.act("revisiondelete", type="revision", ids=base, hide="content", reason="test")
    admin.close()
    place.type(
        title, Description="de la feuille", revision=str(base)
    )  # as older sheets hold it, without a mark of its text
    made = place.plan(code=3)
    assert "base-missing" in {f["rule"] for f in made["findings"]}
    assert [c["field"] for c in made["conflicts"]] == ["Description"]


def test_a_cache_that_cannot_be_written_is_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    cache = open_cache(tmp_path / "fichier" / "c.sqlite")
    cache.will_ask(["A"])
    assert cache.asked() == ["A"]
    cache.close()


def restored(farm: mediawiki.Farm) -> Person:
    """The wiki as it was when the sample stood there; somebody logged in again."""
    farm.reset("communs", SAMPLE)
    return Person("communs")


def test_a_restored_wiki_gives_numbers_again_and_nobody_is_overwritten(
    place: WikiPlace, farm: mediawiki.Farm, environment: dict[str, str]
) -> None:
    """What was kept under a number, and what a row says of it, is another text by now."""
    see, roles = "Observer les usages existants", "Décrire les rôles"
    place.edit(see, place.text(see).replace("plop", "avant la panne"))
    place.run()
    camille = restored(farm)
    camille.edit(roles, camille.text(roles).replace("Qui fait quoi", "Qui fait, après la panne, quoi"))
    done = place.plan(code=None)
    assert "avant la panne" in place.row(see)["Description"]
    told = place.cli(place.folder, "run", "ingredients", "--yes", code=None)
    assert "après la panne" in camille.text(roles)
    assert "avant la panne" not in camille.text(roles)
    assert "après la panne" in place.row(roles)["Description"]
    assert done["bot"] == "ingredients" and told.returncode in (0, 3)
    camille.close()


def test_a_restored_wiki_is_said_once(place: WikiPlace, farm: mediawiki.Farm) -> None:
    for number in range(3):
        place.edit("Bac à sable", f"essai {number}")
    place.plan()
    restored(farm).close()
    assert "restauré" in place.cli(place.folder, "plan", "ingredients", code=None).stderr
    assert "restauré" not in place.cli(place.folder, "plan", "ingredients", code=None).stderr


def test_a_page_that_was_deleted_makes_no_restored_wiki(place: WikiPlace) -> None:
    """The newest revision that was known here went with it."""
    place.edit("Bac à sable", "essai")
    place.plan()
    admin = Person("communs", "Admin")
    admin.act("delete", title="Bac à sable")
    assert "restauré" not in place.cli(place.folder, "plan", "ingredients", code=None).stderr
    admin.close()


def test_a_text_that_is_not_what_its_sha1_says_is_not_kept(tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "c.sqlite")
    good = Revision(1, 0, "A", "Camille", "", datetime.now(UTC), digest("é"), "é")
    cache.keep([good, replace(good, id=2, text="Ã©")])
    assert list(cache.revisions([1, 2])) == [1]
    cache.close()
