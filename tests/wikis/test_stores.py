"""One suite for every wiki that can be written to: the folder and a real MediaWiki."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capitalise.errors import Skip, Stale
from capitalise.pages.ports import Store
from capitalise.pages.revisions import Edit
from capitalise.wikis.api import Api
from capitalise.wikis.credentials import Credentials
from capitalise.wikis.folder import FolderWiki
from capitalise.wikis.mediawiki import MediaWiki
from capitalise.wikitext.canonical import digest
from tests.conftest import FakeClock
from tests.mediawiki import farm as mediawiki
from tests.people import Person

Human = Callable[[str, str], None]


def open_robot(key: str, clock: FakeClock, cookies: Path | None = None) -> MediaWiki:
    return MediaWiki(key, Api(mediawiki.address(key), "tests", clock, Credentials(*mediawiki.BOT), cookies))


@pytest.fixture(params=["folder", pytest.param("mediawiki", marks=pytest.mark.mediawiki)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path, clock: FakeClock, request: pytest.FixtureRequest) -> Iterator[Store]:
    if kind == "folder":
        yield FolderWiki("communs", tmp_path)
        return
    request.getfixturevalue("farm")
    robot = open_robot("communs", clock)
    yield robot
    robot.api.http.close()


@pytest.fixture
def human(kind: str, tmp_path: Path, store: Store) -> Iterator[Human]:
    """Somebody saves a page: in a text editor, or in a browser."""
    if kind == "folder":
        yield lambda title, text: (tmp_path / f"{title}.wiki").write_text(text) and None  # type: ignore[func-returns-value]
        return
    camille = Person("communs")

    def edit(title: str, text: str) -> None:
        camille.edit(title, text)
        for _look in range(200):  # the wiki's lists of who uses what follow a little later
            using = camille.get(list="embeddedin", eititle="Modèle:Ingrédient")["embeddedin"]
            if not text.startswith("{{Ingrédient") or title in {one["title"] for one in using}:
                return

    yield edit
    camille.close()


def save(store: Store, title: str, text: str, base: int = 0, summary: str = "essai", move_to: str = "") -> int:
    return store.commit(Edit(title, base, text, summary, store.now(), move_to)).revision


def test_a_created_page_is_read_back_as_written(store: Store) -> None:
    first = save(store, "Jardin", "des tomates\n\net des fèves")
    head = store.heads(["Jardin"])["Jardin"]
    revision = store.revisions([first])[first]
    assert head.revision == first
    assert (revision.text, revision.parent, revision.title) == ("des tomates\n\net des fèves", 0, "Jardin")
    assert revision.sha1 == digest("des tomates\n\net des fèves")
    assert revision.user == store.account().name


def test_an_edit_names_its_base_as_parent(store: Store) -> None:
    first = save(store, "Jardin", "un")
    second = save(store, "Jardin", "deux", first)
    assert store.revisions([second])[second].parent == first


def test_an_edit_of_an_old_base_is_refused(store: Store, human: Human) -> None:
    first = save(store, "Jardin", "un")
    human("Jardin", "écrit par une personne")
    with pytest.raises(Stale):
        save(store, "Jardin", "deux", first)
    head = store.heads(["Jardin"])["Jardin"].revision
    assert store.revisions([head])[head].text == "écrit par une personne"


def test_our_own_account_on_another_machine_is_a_conflict_too(store: Store) -> None:
    first = save(store, "Jardin", "un")
    save(store, "Jardin", "deux", first)
    with pytest.raises(Stale):
        save(store, "Jardin", "trois", first)


def test_a_page_that_exists_is_not_created_again(store: Store, human: Human) -> None:
    human("Jardin", "déjà là")
    with pytest.raises(Stale):
        save(store, "Jardin", "nouveau")


def test_a_page_deleted_since_the_plan_is_not_created_again(store: Store, kind: str, tmp_path: Path) -> None:
    planned = store.now() - timedelta(seconds=5)
    first = save(store, "Jardin", "un")
    if kind == "folder":
        (tmp_path / "Jardin.wiki").unlink()
        with pytest.raises(Stale):
            save(store, "Jardin", "deux", first)
    else:
        admin = Person("communs", "Admin")
        admin.act("delete", title="Jardin")
        admin.close()
        with pytest.raises(Stale):
            store.commit(Edit("Jardin", 0, "deux", "essai", planned))
    assert store.deleted_among(["Jardin", "Verger"]) == {"Jardin"}
    assert store.deleted_among(["Jardin", *(f"Verger {n}" for n in range(9))]) == {"Jardin"}


def test_the_same_text_makes_no_revision(store: Store) -> None:
    first = save(store, "Jardin", "un")
    assert save(store, "Jardin", "un", first) == 0


def test_a_renamed_page_keeps_its_history_and_leaves_a_redirect(store: Store) -> None:
    first = save(store, "Jardin", "un")
    save(store, "Jardin", "", first, move_to="Potager")
    assert store.revisions([first])[first].title == "Potager"
    assert store.heads(["Jardin"])["Jardin"].redirect == "Potager"
    assert store.first_revision("Potager") == first


def test_no_page_is_renamed_over_another(store: Store) -> None:
    first = save(store, "Jardin", "un")
    save(store, "Potager", "autre")
    with pytest.raises(Skip):
        save(store, "Jardin", "", first, move_to="Potager")


def test_a_rename_can_be_taken_back(store: Store) -> None:
    first = save(store, "Jardin", "un")
    moved = save(store, "Jardin", "", first, move_to="Potager")
    save(store, "Potager", "", moved, move_to="Jardin")
    assert store.heads(["Jardin"])["Jardin"].redirect == ""
    assert store.revisions([first])[first].title == "Jardin"


def test_missing_and_invalid_titles_are_answered_as_asked(store: Store) -> None:
    heads = store.heads(["Absente", "Jardin/Été"])
    assert heads["Absente"].revision == heads["Jardin/Été"].revision == 0


def test_revisions_of_no_page_are_left_out(store: Store) -> None:
    assert store.revisions([999999]) == {}


def test_history_is_oldest_first_with_texts(store: Store, human: Human) -> None:
    save(store, "Jardin", "un")
    human("Jardin", "deux")
    assert [r.text for r in store.history("Jardin")] == ["un", "deux"]


def test_members_are_the_pages_that_call_the_template(store: Store, human: Human) -> None:
    human("Jardin", "{{Ingrédient|étape=1}}")
    human("Ailleurs", "rien, sinon <nowiki>{{Ingrédient}}</nowiki>")
    assert "Jardin" in store.members("Ingrédient", "")
    assert "Ailleurs" not in store.members("Ingrédient", "")


def test_contributions_are_ours_only(store: Store, human: Human) -> None:
    human("Autre", "d'une personne")
    first = save(store, "Jardin", "un", summary="essai – 20260101T0000-abcd #1")
    assert [(r.id, r.title) for r in store.contributions()] == [(first, "Jardin")]
    assert list(store.contributions(datetime.now(UTC) + timedelta(days=1))) == []


def test_titles_too_long_for_a_file_name_keep_their_page(store: Store) -> None:
    title = "É" * 127
    first = save(store, title, "un")
    second = save(store, title, "deux", first)
    assert store.heads([title])[title].revision == second


def test_slashes_colons_and_quotes_in_titles(store: Store) -> None:
    for title in ("Jardin/Été", 'Dire "non" : comment ?', "L’eau & le feu"):
        first = save(store, title, "un")
        assert store.revisions([first])[first].title == title
