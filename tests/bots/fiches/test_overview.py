"""The overview page: a table of all fiches between two marks, and what people write there stays."""

from __future__ import annotations

import html
import re
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.errors import Skip
from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.canonical import canonical, expanded_on_save
from capitalise.wikitext.effects import effects, inert
from capitalise.wikitext.preprocessor import CORE_TAGS
from capitalise.wikitext.regions import find_region, region_marks, region_text, with_region
from capitalise.wikitext.tables import table_cell
from tests.conftest import Cli
from tests.desk import Desk

WORDS = st.text(st.sampled_from("ab é\n|!{}[]<>-=~'*#"), max_size=30)


@pytest.fixture
def desk(tmp_path: Path, capitalise: Cli) -> Desk:
    desk = Desk(tmp_path / "kit", capitalise, more='overview = "KIC"\n')
    desk.run()
    return desk


def test_the_page_is_made_by_step_then_title_in_french_order(desk: Desk) -> None:
    text = desk.page("KIC")
    steps = [line for line in text.split("\n") if line.startswith("===")]
    assert steps[0] == "=== 1 - Qualifier la ressource et ses besoins ==="
    assert steps == sorted(steps)
    titles = re.findall(r"(?m)^\| \[\[(.*)\]\]$|^(===)", text)
    sections = [[t for t, _mark in group] for mark, group in groupby(titles, key=lambda found: found[1]) if not mark]
    assert [
        "Délimiter le périmètre de la ressource",
        "Évaluer les besoins du territoire",
        "Observer les usages existants",
    ] in sections
    assert "\n* " in text
    assert desk.plan()["changes"] == []


def test_a_change_in_the_sheet_shows_in_the_same_run(desk: Desk) -> None:
    desk.type("Décrire les rôles", "Description", "tout neuf")
    desk.run()
    assert "tout neuf" in desk.page("KIC")
    assert desk.plan()["changes"] == []


def test_what_was_undone_and_is_said_anew_shows(desk: Desk) -> None:
    """The table says what the pages say."""
    page, before = "Décrire les rôles", desk.page("Décrire les rôles")
    desk.type(page, "Description", "tout neuf")
    made = desk.run()["run"]
    after = desk.page(page)
    desk.cli(desk.folder, "undo", made, "--yes")
    desk.run(code=None)
    assert desk.page(page) == before
    assert "tout neuf" not in desk.page("KIC")
    desk.edit(page, before, after)
    desk.run(code=None)
    assert "tout neuf" in desk.page("KIC")


def test_words_between_the_marks_are_a_conflict_and_stay(desk: Desk) -> None:
    desk.edit("KIC", "Observer les usages existants", "Observer les usages existants (à classer ensemble !)")
    desk.type("Décrire les rôles", "Description", "tout neuf")
    done = desk.run(code=3)
    assert [c["title"] for c in done["conflicts"]] == ["KIC"]
    assert "(à classer ensemble !)" in desk.page("KIC")
    assert "tout neuf" not in desk.page("KIC")
    desk.edit("KIC", desk.page("KIC"), "Avant.\n" + "\n".join(region_marks("ingredients")) + "\nAprès.")
    desk.run()
    assert desk.page("KIC").startswith("Avant.\n<!-- capitalise ingredients")
    assert desk.page("KIC").endswith("-->\nAprès.\n")
    assert "tout neuf" in desk.page("KIC")


def test_a_page_that_exists_is_given_the_marks_to_paste(desk: Desk) -> None:
    desk.settings('sheet = "ingredients.ods"\noverview = "Accueil"\n')
    (desk.folder / "wiki" / "Accueil.wiki").write_text("Bienvenue.\n", "utf-8")
    found = desk.run(code=3)["findings"]
    assert all(mark in found[0]["message"] for mark in region_marks("ingredients"))
    assert desk.page("Accueil") == "Bienvenue.\n"
    (desk.folder / "wiki" / "Accueil.wiki").write_text("{{#ask: [[Catégorie:Ingrédient]] }}\n", "utf-8")
    assert "overview_static" in desk.run(code=3)["findings"][0]["message"]


def test_the_template_of_the_workspace_is_used(desk: Desk) -> None:
    (desk.folder / "templates").mkdir()
    place = desk.folder / "templates" / "overview.wiki.jinja"
    place.write_text("{% for g in groups %}{{ g.pages | length }} {% endfor %}", "utf-8")
    desk.run()
    assert desk.page("KIC").split("-->\n")[1].split("\n")[0].replace(" ", "").isdigit()
    place.write_text("{{ rien }}", "utf-8")
    assert "overview.wiki.jinja" in desk.cli(desk.folder, "plan", "ingredients", code=2).stderr


@given(WORDS, WORDS, WORDS)
def test_a_region_is_found_again_and_all_else_stays(before: str, inside: str, after: str) -> None:
    text = canonical(f"Avant.\n{region_text('kit', 'un')}\n{after}")
    region = find_region(text, "kit")
    assert region
    assert not region.touched
    new = with_region(text, region, "kit", inside)
    assert new.startswith("Avant.\n")
    assert new.endswith(text[region.end :])


@pytest.mark.parametrize(
    "text",
    [
        "<!-- capitalise kit -->\nx",
        "x\n<!-- /capitalise kit -->",
        region_text("kit", "a") + "\n" + region_text("kit", "b"),
        "<!-- /capitalise kit -->\n<!-- capitalise kit -->",
    ],
)
def test_marks_that_are_missing_or_doubled_are_no_guess(text: str) -> None:
    with pytest.raises(Skip):
        find_region(text, "kit")


def test_marks_in_nowiki_are_text() -> None:
    assert find_region("<nowiki>" + region_text("kit", "a") + "</nowiki>", "kit") is None


@given(WORDS)
def test_a_value_never_leaves_its_cell_of_the_table(value: str) -> None:
    cell = table_cell(value)
    for line in cell.split("\n"):
        assert not line.lstrip(" \t:").startswith(("|", "!", "{|"))
        assert "||" not in line or line.count("[[")
    whole = "{{A|" + cell + "\n}}{{B}}"
    assert find_calls(whole)[-1].name == "B" or "{{" in cell


def test_a_link_in_a_tools_line_stays_a_link(desk: Desk) -> None:
    assert "[[Repas partagé|et une idée]]" in desk.page("KIC")


def test_copies_of_values_do_nothing(desk: Desk) -> None:
    """A description that files its own page, in the overview."""
    desk.edit("Décrire les rôles", "|description=", "|description=[[Catégorie:Filée]] {{Boîte|a}} __NOTOC__ ")
    desk.run(code=None)
    overview = desk.page("KIC")
    assert effects(overview) == []
    assert [call.name for call in find_calls(overview)] == []
    assert "Catégorie:Filée" in overview and "__NOTOC__" not in overview


def test_what_a_copy_reads_as() -> None:
    """What a value does on its own page it does not do where it is copied to; it reads there as it was typed."""
    for typed in (
        "[[Catégorie:X]]",
        "[[P::v]]",
        "{{Modèle|a}}",
        "{{{1|x}}}",
        "__NOTOC__",
        "~~~~",
        "a [[Catégorie:X|y]] b",
    ):
        copy = inert(f"avant {typed} après [[Page|mot]] '''gras'''")
        assert effects(copy) == []
        assert find_calls(copy) == []
        assert expanded_on_save(copy, CORE_TAGS) is None
        assert "__NOTOC__" not in copy and "{{{" not in copy
        assert html.unescape(copy) == f"avant {typed} après [[Page|mot]] '''gras'''"
        assert "[[Page|mot]]" in copy


def test_nothing_that_a_copy_holds_does_anything() -> None:
    for typed in (
        "{<!-- -->{x}}",
        "{{a|{{b}}}}",
        "[[P::v{{b}}]]",
        "<poem>{{x}} [[P::v]]</poem>",
        "[<!---->[P::v]]",
        "{{{{x}}}}",
        "[[ Catégorie:X{{y}}]]",
    ):
        copy = inert(typed)
        assert effects(copy) == [] and find_calls(copy) == []
        assert "{{" not in copy and "[[" not in copy
    assert inert("avant <!-- jamais fermé") == "avant &lt;!-- jamais fermé"
