"""The pages that commands save, as people see them: on a phone and on a screen, nothing overflows, nothing overlaps, headings are in order, axe finds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.place import FolderPlace
from tests.reviewed import axe_violations, browser, needs_chromium

#: How many of what stands beside something else lies upon it, and whether a heading's level is skipped.
LAID_OUT = """() => {
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  const boxes = [...document.querySelectorAll("table, h1, h2, h3, p, li, .text")].filter(one => one.getClientRects().length)
    .map(one => [one, one.getBoundingClientRect()]);
  const over = boxes.filter(([one, a], at) => boxes.slice(at + 1).some(([other, b]) => !one.contains(other) && !other.contains(one)
    && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2));
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map(one => Number(one.tagName[1]));
  const skipped = levels.filter((level, at) => at && level > levels[at - 1] + 1);
  return {over: over.map(([one]) => one.outerHTML.slice(0, 80)), skipped, wide: document.documentElement.scrollWidth};
}"""


@pytest.fixture
def kit(tmp_path: Path, capitalise: Cli) -> FolderPlace:
    """Something to decide, to look at, and to write."""
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    text = place.text("Décrire les rôles")
    place.edit("Décrire les rôles", text.replace("|description=", "|description=Phrase de Benoît. "))
    place.type("Décrire les rôles", Description="Une autre description, écrite dans la feuille.")
    place.type("Choisir une licence", Description="https://exemple.org/" + "tres-longue-adresse-sans-blanc" * 6)
    return place


@pytest.mark.apart("Chromium")
@needs_chromium
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_saved_pages_can_be_read_on_any_screen(kit: FolderPlace, capitalise: Cli, tmp_path: Path, width: int) -> None:
    commands = {
        "plan.html": ["plan", "ingredients", "--html"],
        "status.html": ["status", "ingredients", "--html"],
        "liens.html": ["plan", "liens", "--html"],
        "apercu.html": ["roumics", "preview", "2016", "--no-open", "--html"],
    }
    for name, command in commands.items():
        capitalise(kit.folder, *command, str(tmp_path / name), code=None)
    with browser(viewport={"width": width, "height": 800}) as shown:
        for name in commands:
            shown.goto((tmp_path / name).as_uri())
            found = shown.evaluate(LAID_OUT)
            assert found["over"] == [] and found["skipped"] == [] and found["wide"] <= width, (name, found)
            assert axe_violations(shown) == [], name


@pytest.mark.apart("Chromium")
@needs_chromium
def test_what_differs_is_marked_in_a_conflict(kit: FolderPlace, capitalise: Cli, tmp_path: Path) -> None:
    capitalise(kit.folder, "plan", "ingredients", "--html", str(tmp_path / "plan.html"), code=None)
    with browser() as shown:
        shown.goto((tmp_path / "plan.html").as_uri())
        marked = " ".join(shown.locator("mark").all_text_contents())
        assert "feuille" in marked and "Benoît" in marked
        assert "celui de la feuille" in shown.content() and "gauche" not in shown.content()


@pytest.mark.apart("Chromium")
@needs_chromium
def test_the_preview_shows_every_page_whole(kit: FolderPlace, capitalise: Cli, tmp_path: Path) -> None:
    capitalise(kit.folder, "roumics", "preview", "2016", "--no-open", "--html", str(tmp_path / "apercu.html"))
    inside = "one => [one.contentDocument.documentElement.scrollHeight, one.clientHeight]"
    with browser() as shown:
        shown.goto((tmp_path / "apercu.html").as_uri())
        heights = [one.evaluate(inside) for one in shown.locator("iframe").all()]
        assert heights and all(whole <= seen for whole, seen in heights), heights
        assert shown.errors == []
