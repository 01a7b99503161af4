"""Two hundred changes of four kinds of bots on a real MediaWiki, ten of them wrong in ways that nobody sees in a long list: decided by keys, applied, and
the wiki holds what was decided. What happens when somebody stops in the middle."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.place import FolderPlace, WikiPlace
from tests.processes import typed
from tests.reviewed import STEPS, Reviewed, browser, call, decide, needs_chromium, review

pytestmark = pytest.mark.apart("Chromium")
MOST_ACTIONS = 60


@pytest.fixture
def reviewed(farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli) -> Iterator[Reviewed]:
    place = WikiPlace(tmp_path / "kit", capitalise)
    place.run(code=None)
    yield Reviewed(place, str(place.camille.get(meta="siteinfo", siprop="general")["general"]["server"]) + "/wiki/$1")
    place.close()


@pytest.mark.mediawiki
@needs_chromium
def test_two_hundred_changes_are_decided_by_keys(reviewed: Reviewed, environment: dict[str, str]) -> None:
    plans = [str(reviewed.folder / name) for name in ("normalise.json", "liens.json", "roumics.json")]
    with (
        review(reviewed.folder, environment, "ingredients", *plans) as (process, address),
        browser(viewport={"width": 1000, "height": 900}) as shown,
    ):
        shown.goto(address)
        count = int(re.findall(r"sur (\d+)", shown.locator(".counts").inner_text())[0])
        edits = _edits(shown)
        assert count >= 200 and len(edits) >= 25 and max(edits) <= 40
        actions = decide(shown)
        shown.keyboard.press("a")
        shown.wait_for_url("**/apply")
        shown.keyboard.press("Enter")
        shown.wait_for_selector(".ended", timeout=300_000)
        assert actions + 2 <= MOST_ACTIONS, actions
        assert shown.errors == []
        assert "Cela s'est arrêté" not in shown.locator("main").inner_text()
        process.send_signal(signal.SIGINT)
        process.wait(30)
    _holds_what_was_decided(reviewed)


def _edits(shown: Any) -> list[int]:
    """How many items each entry has, on all pages."""
    found = []
    while True:
        for title in shown.locator("main article h2").all_inner_texts():
            match = re.match(r"(\d+) × ", title)
            found.append(int(match[1]) if match else 1)
        following = shown.locator(".pages a", has_text="suivant")
        if not following.count():
            break
        with shown.expect_navigation():
            following.click()
    with shown.expect_navigation():
        shown.goto(re.sub(r"\?.*", "", shown.url))
    return found


def _holds_what_was_decided(reviewed: Reviewed) -> None:
    place, wrong = reviewed.place, dict(reviewed.planted)
    for title, text in reviewed.pages.items():
        now = place.text(title)
        if title in wrong and not wrong[title]:
            assert now == text, title  # nothing of a wrong change is there
        elif title.startswith("Fiche A"):
            kind = int(title[-2:]) % 5
            words = text.split("|description=")[
                1
            ]  # also where the sheet's text was wrong: the step was right, and accepted
            assert now == call(STEPS[5], "").replace("|description=\n}}", f"|description={words}"), (title, kind)
        elif title.startswith("Fiche B"):
            assert STEPS[int(title[-2:]) % 5] in now, title
        elif title.startswith("Fiche C"):
            assert place.row(title)["Étape"] == STEPS[1]
        elif title.startswith("Fiche D"):
            sheet = int(title[-2:]) % 2 == 0  # the first, third and fifth decision took the sheet's text
            assert ("de la feuille" in now) is sheet and ("sur le wiki" in now) is not sheet, title
            assert place.row(title)["Description"] in now
        elif title.startswith("Fiche F"):
            assert "Une phrase de plus de la feuille" in now
        elif title.startswith("Carnet"):
            assert "http" not in now and "ce texte]]" in now
    assert place.text("Fiche E0") and place.text("Fiche E1") and place.text("ROUMICS 2016")


@pytest.fixture
def many(tmp_path: Path, capitalise: Cli) -> FolderPlace:
    """A kit with the same edit on 60 pages, a second apart."""
    place = FolderPlace(tmp_path / "kit", capitalise)
    for n in range(60):
        place.edit(f"Fiche {n:02}", call(STEPS[0], f"La fiche {n}."))
    place.run()
    settings = place.folder / "capitalise.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('folder = "wiki"', 'folder = "wiki"\nedit_interval = 0.2', 1), "utf-8"
    )
    rows = place.rows()
    for row in rows[1:]:
        if row[0].startswith("Fiche"):
            row[1] = STEPS[5]
    place.save(rows)
    return place


def _written(place: FolderPlace) -> int:
    return sum(STEPS[5] in place.text(f"Fiche {n:02}") for n in range(60))


@needs_chromium
@pytest.mark.parametrize("how", ["Ctrl-C", "kill -9"])
def test_who_stops_in_the_middle_finds_the_rest_and_loses_nothing(
    many: FolderPlace, environment: dict[str, str], how: str
) -> None:
    with browser() as shown:
        with review(many.folder, environment, "ingredients") as (process, address):
            shown.goto(address)
            for _group in range(2):
                with shown.expect_navigation():
                    shown.keyboard.press("1")
            shown.keyboard.press("a")
            shown.wait_for_url("**/apply")
            shown.keyboard.press("Enter")
            end = time.monotonic() + 30
            while _written(many) < 5 and time.monotonic() < end:
                shown.wait_for_timeout(50)
            process.send_signal(signal.SIGINT) if how == "Ctrl-C" else process.kill()
            process.wait(20)
        before = _written(many)
        assert 5 <= before < 60
        with review(many.folder, environment, "ingredients") as (process, address):
            shown.goto(address)
            assert shown.locator("main article").count() == 0  # all that is left is answered already
            shown.goto(address.split("?")[0] + "apply")
            shown.keyboard.press("Enter")
            shown.wait_for_selector(".ended", timeout=60_000)
    assert _written(many) == 60
    left = json.loads(many.cli(many.folder, "plan", "ingredients", "--json").stdout)["changes"]
    assert not any(one["wiki"] or one["field"] != "revision" for one in left)  # numbers, which every run puts right


@pytest.fixture
def decided(tmp_path: Path, capitalise: Cli) -> FolderPlace:
    """A kit with two conflicts."""
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    for title in ("Compter le temps donné", "Décrire les rôles"):
        place.type(title, Description=f"La feuille dit {title}.")
        place.edit(title, place.text(title).split("|description=")[0] + f"|description=Le wiki dit {title}.\n}}}}")
    return place


def test_the_terminal_keeps_answers_and_opens_both_texts_in_an_editor(
    decided: FolderPlace, environment: dict[str, str], tmp_path: Path
) -> None:
    editor = tmp_path / "editeur"
    editor.write_text("#!/bin/sh\nsed -i -e '/^<<<<<<<\\|^=======\\|^>>>>>>>/d' \"$1\"\n", "utf-8")
    editor.chmod(0o755)
    words = {**environment, "EDITOR": str(editor), "VISUAL": "", "TERM": "dumb"}
    shown, _code = typed(decided.folder, words, ["run", "ingredients"], "e", "w", "n")
    assert "ce qui diffère" in shown and "Rien n'a été écrit" in shown
    assert "Le wiki dit" in decided.text("Compter le temps donné")
    shown, _code = typed(decided.folder, words, ["run", "ingredients"], "o", "o")
    assert "2 réponses données plus tôt" in shown
    both = "La feuille dit Compter le temps donné.\nLe wiki dit Compter le temps donné."
    assert both in decided.text("Compter le temps donné")
    assert decided.row("Compter le temps donné")["Description"] == both
    assert decided.row("Décrire les rôles")["Description"] == "Le wiki dit Décrire les rôles."
    assert "réponse" not in typed(decided.folder, words, ["run", "ingredients"])[0]


def test_a_decision_against_somebodys_text_says_so_in_the_summary(
    decided: FolderPlace, environment: dict[str, str]
) -> None:
    shown, _code = typed(decided.folder, environment, ["run", "ingredients"], "f", "p", "o")
    assert "La feuille dit" in decided.text("Compter le temps donné"), shown
    log = (decided.folder / "wiki" / ".capitalise").rglob("*")
    said = "".join(path.read_text("utf-8", errors="replace") for path in log if path.is_file())
    assert "choisi en relecture, à la place du texte de" in said
