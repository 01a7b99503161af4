"""What facilitators ask before a meeting: what is there, what is missing, who wrote it, offline too."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from capitalise.exports.status_page import PAPERS, StatusCell, StatusGroup, StatusRow, status_page
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import FolderPlace, WikiPlace

Anywhere = FolderPlace | WikiPlace
TITLE = "Choisir une licence"


def status(place: Anywhere, *more: str) -> dict[str, Any]:
    return json.loads(place.cli(place.folder, "status", "ingredients", "--json", *more).stdout)


def states(found: dict[str, Any], title: str) -> dict[str, str]:
    return {
        f["label"]: f["state"] for s in found["steps"] for p in s["pages"] if p["title"] == title for f in p["fields"]
    }


def text_of(description: str) -> str:
    return "{{Ingrédient\n|étape=3 - Poser les règles\n|description=" + description + "\n}}"


def test_each_field_of_each_page_step_by_step(place: Anywhere) -> None:
    found = status(place)
    assert [s["name"][:1] for s in found["steps"]] == ["1", "2", "3", "4", "5", "6"]
    assert len({p["title"] for s in found["steps"] for p in s["pages"]}) == 13
    place.edit(TITLE, text_of("Libre."))
    assert states(status(place), TITLE) == {"Description": "wiki", "Outils": "missing", "Exemple": "sheet"}


@pytest.mark.parametrize(
    "nothing", ["plop", "XXX", "À compléter", "Description", "…", "<!-- à écrire -->", "&nbsp;", "lorem ipsum."]
)
def test_a_placeholder_never_counts_as_filled(folder_kit: FolderPlace, nothing: str) -> None:
    folder_kit.edit(TITLE, text_of(nothing))
    assert states(status(folder_kit), TITLE)["Description"] in ("placeholder", "missing")


def test_the_words_that_count_as_nothing_are_in_the_settings(folder_kit: FolderPlace) -> None:
    folder_kit.edit(TITLE, text_of("On verra"))
    assert states(status(folder_kit), TITLE)["Description"] == "wiki"
    bot = folder_kit.folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8") + '\nplaceholders = ["on verra"]\ngroup_by = "Exemple"\n', "utf-8")
    assert states(status(folder_kit), TITLE)["Description"] == "placeholder"
    assert "Étape" in states(status(folder_kit), TITLE)


def test_what_only_the_sheet_has_and_what_waits_for_a_decision(place: Anywhere) -> None:
    place.edit(TITLE, text_of("Libre."))
    place.run(code=None)  # the sheet still has the example
    place.type(TITLE, Exemple="Une fiche", Description="Libre et à tous.")
    place.type("Une toute nouvelle", Description="Pas encore sur le wiki")
    place.edit(TITLE, text_of("Libre pour toujours."))
    found = status(place)
    assert states(found, TITLE) == {"Description": "decide", "Outils": "missing", "Exemple": "decide"}
    assert states(found, "Une toute nouvelle")["Description"] == "sheet"


def test_a_page_that_cannot_be_read_is_not_called_empty(place: Anywhere) -> None:
    place.edit(TITLE, text_of("Une.") + "\n" + text_of("Deux."))
    assert set(states(status(place), TITLE).values()) == {"unreadable"}


def test_a_page_whose_call_nothing_closes_is_not_called_empty_either(place: Anywhere) -> None:
    place.edit(TITLE, text_of("Libre.").replace("}}", ""))
    assert set(states(status(place), TITLE).values()) == {"unreadable"}


def test_who_wrote_it_bots_left_out(place: Anywhere) -> None:
    place.edit(TITLE, text_of("Libre."))
    place.run(code=None)  # the sheet still has the example
    place.type(TITLE, Exemple="Venu de la feuille")
    place.run(code=None)
    (page,) = [p for s in status(place)["steps"] for p in s["pages"] if p["title"] == TITLE]
    users = {f["label"]: f["user"] for f in page["fields"]}
    assert users["Description"] in ("Camille", "quelqu'un (à la main)")
    assert users["Exemple"] != mediawiki.BOT[0].split("@")[0]


def test_what_changed_since_a_day(folder_kit: FolderPlace) -> None:
    folder_kit.edit(TITLE, text_of("Libre."))
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert "* " in folder_kit.cli(folder_kit.folder, "status", "--since", today).stdout
    assert "✓*" not in folder_kit.cli(folder_kit.folder, "status", "--since", "2199-01-01").stdout
    assert folder_kit.cli(folder_kit.folder, "status", "--since", "22/11/2026").stdout
    assert "n'est pas un jour" in folder_kit.cli(folder_kit.folder, "status", "--since", "hier", code=2).stderr


@pytest.mark.mediawiki
def test_it_writes_nothing_and_needs_no_account(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Callable[..., Any], environment: dict[str, str]
) -> None:
    place = WikiPlace(tmp_path / "kit", capitalise)
    for name in ("USER", "PASSWORD"):
        environment.pop(f"CAPITALISE_COMMUNS_{name}")
    before = sorted((path, path.read_bytes()) for path in place.folder.rglob("*") if path.is_file())
    assert states(status(place), TITLE)["Description"] == "wiki"
    assert sorted((path, path.read_bytes()) for path in place.folder.rglob("*") if path.is_file()) == before
    place.close()


@pytest.mark.mediawiki
def test_offline_it_says_how_old_its_answer_is(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Callable[..., Any]
) -> None:
    place = WikiPlace(tmp_path / "kit", capitalise)
    nothing = place.cli(place.folder, "status", "ingredients", "--offline", code=1)
    assert "ne sait encore rien" in nothing.stderr
    place.run()
    online = status(place)
    place.type(TITLE, Exemple="Écrit dans le train")
    settings = place.folder / "capitalise.toml"
    settings.write_text(settings.read_text("utf-8"), "utf-8")
    offline = place.cli(place.folder, "status", "ingredients", "--offline", "--json")
    found = json.loads(offline.stdout)
    assert "Le wiki tel qu'il était le" in offline.stderr
    assert found["taken"] >= online["taken"][:10]
    assert states(found, TITLE)["Exemple"] == "sheet"
    assert states(found, "Décrire les rôles") == states(online, "Décrire les rôles")
    place.close()


@pytest.fixture
def folder_kit(tmp_path: Path, capitalise: Callable[..., Any]) -> FolderPlace:
    return FolderPlace(tmp_path / "kit", capitalise)


def test_the_wikitext_is_a_table_without_anybodys_markup(folder_kit: FolderPlace) -> None:
    shown = folder_kit.cli(folder_kit.folder, "status", "--wikitext").stdout
    assert shown.count("{|") == shown.count("|}") == 1
    assert f"[[:{TITLE}]]" in shown


def test_a_page_of_the_wiki_is_kept_up_to_date_and_edited_only_for_news(place: Anywhere) -> None:
    bot = place.folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8") + '\nstatus_page = "Projet:État"\n', "utf-8")
    title = "Projet:État" if isinstance(place, WikiPlace) else "Projet%3AÉtat"
    place.run(code=None)
    first = place.text(title)
    assert f"[[:{TITLE}]]" in first
    assert place.run(code=None)["changes"] == []
    place.edit(TITLE, text_of(""))
    place.run(code=None)
    place.run(code=None)
    assert place.text(title) != first


# -- the printed page -----------------------------------------------------------------------------


def page_of(rows: int, fields: int, paper: str) -> str:
    cells = tuple(
        StatusCell("missing" if n % 3 else "wiki", "○" if n % 3 else "✓", "Camille Exemple 22/11/26")
        for n in range(fields)
    )
    groups = [
        StatusGroup(
            f"{g} - Qualifier la ressource",
            tuple(StatusRow(f"Délimiter le périmètre de la ressource {r}", cells, False) for r in range(rows // 6)),
        )
        for g in range(6)
    ]
    labels = [f"Description {n}" for n in range(fields)]
    return status_page(
        None,
        "fr",
        name="kit",
        taken=datetime(2026, 11, 22, tzinfo=UTC),
        labels=labels,
        groups=groups,
        legend=[("✓", "sur le wiki")],
        paper=paper,
    )


@pytest.mark.apart("Chromium")
@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed (tests/mediawiki/install does it)")
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(("rows", "fields"), [(12, 3), (48, 5), (120, 6), (300, 4)])
def test_it_stands_on_one_landscape_page(tmp_path: Path, rows: int, fields: int, paper: str) -> None:
    file = tmp_path / "status.html"
    file.write_text(page_of(rows, fields, paper), "utf-8")
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--print-to-pdf={tmp_path}/s.pdf",
        str(file),
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    pdf = (tmp_path / "s.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
    (box,) = set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf))
    width, height = (float(number) for number in box.split()[2:])
    assert width > height


def test_titles_are_text(tmp_path: Path) -> None:
    row = StatusRow("<script>alert(1)</script>", (StatusCell("wiki", "✓", "<b>"),), True)
    shown = status_page(
        None,
        "fr",
        name="<i>",
        taken=datetime(2026, 11, 22, tzinfo=UTC),
        labels=["<u>"],
        groups=[StatusGroup("<s>", (row,))],
        legend=[],
    )
    assert not re.search(r"<(script|b|i|u|s)>", shown)


@pytest.mark.mediawiki
def test_who_put_a_text_back_is_not_who_wrote_it(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Callable[..., Any]
) -> None:
    place = WikiPlace(tmp_path / "kit", capitalise)
    place.edit(TITLE, text_of("Libre."))
    admin = Person("communs", "Admin")
    admin.edit(TITLE, text_of("xxx"))
    admin.edit(TITLE, text_of("Libre."))
    admin.close()
    (page,) = [p for s in status(place)["steps"] for p in s["pages"] if p["title"] == TITLE]
    assert {f["user"] for f in page["fields"] if f["label"] == "Description"} == {"Camille"}
    place.close()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(
    folder_kit: FolderPlace, environment: dict[str, str], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment["COLUMNS"] = str(width)
    form = folder_kit.folder / "wiki" / "Formulaire%3AIngrédient.wiki"
    more = "\n".join(f"! Champ numéro {n} :\n| {{{{{{field|champ{n}}}}}}}\n|-" for n in range(1, 6))
    form.write_text(form.read_text("utf-8").replace("! Exemple :", f"{more}\n! Exemple :"), "utf-8")
    shown = folder_kit.cli(folder_kit.folder, "status").stdout.splitlines()
    assert max(map(len, shown)) <= width
    titles = [line for line in shown if TITLE in line]
    assert len(titles) == 1 and titles[0].count("○") + titles[0].count("✓") == 8


def test_missing_and_status_say_the_same(place: Anywhere) -> None:
    place.edit(TITLE, text_of("plop"))
    place.edit("Sans étape", "{{Ingrédient\n|description=Qui fait quoi.\n}}")
    place.run(code=None)
    place.type("Compter le temps donné", Exemple="Pas encore sur le wiki")
    found = {p["title"]: p for s in status(place)["steps"] for p in s["pages"]}
    told = {one["title"]: one for one in json.loads(place.cli(place.folder, "missing", "ingredients", "--json").stdout)}
    assert {t for t, one in found.items() if one["complete"]} == {t for t, one in told.items() if not one["missing"]}
    assert told[TITLE]["states"]["Description"] == "placeholder"
    assert told["Sans étape"]["states"]["Étape"] == "missing"
    assert told["Compter le temps donné"]["states"]["Exemple"] == "sheet"


def test_a_deleted_page_is_not_called_new(folder_kit: FolderPlace) -> None:
    folder_kit.run()
    folder_kit.delete(TITLE)
    assert set(states(status(folder_kit), TITLE).values()) == {"deleted"}
