"""`forms put` and `forms get`: the kit's form on a wiki that has none, in that wiki's own words, and nobody's words lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.forms.kit import KitPage, kit_pages, written_for
from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import ROOT, use_csv
from tests.processes import typed

KIT = ROOT / "templates" / "kit"
FRENCH = {"form": "Formulaire", "template": "Modèle", "property": "Attribut", "category": "Catégorie"}
ENGLISH = {"form": "Form", "template": "Template", "property": "Property", "category": "Category"}
SHOWS = "Une fiche ingrédient, remplie par"


class Empty:
    """A workspace whose wiki has no form yet; how its pages are read and changed there."""

    def __init__(self, folder: Path, text: Callable[[str], str], edit: Callable[[str, str], object]) -> None:
        self.folder, self.text, self.edit = folder, text, edit
        use_csv(folder)


def in_folder(folder: Path, cli: Cli) -> Empty:
    cli(folder.parent, "init", str(folder))
    for path in (folder / "wiki").glob("*.wiki"):
        path.unlink()

    def path(title: str) -> Path:
        return folder / "wiki" / (title.replace(":", "%3A") + ".wiki")

    def text(title: str) -> str:
        return path(title).read_text("utf-8").rstrip("\n") if path(title).exists() else ""

    return Empty(folder, text, lambda title, words: path(title).write_text(words + "\n", "utf-8"))


def on_wiki(folder: Path, cli: Cli, key: str) -> tuple[Empty, Person]:
    cli(folder.parent, "init", str(folder))
    person = Person(key)
    (folder / "capitalise.toml").write_text(
        f'contact = "tests"\n[wikis.{key}]\napi = "{mediawiki.address(key)}"\nedit_interval = 0\n', "utf-8"
    )
    for name in ("liens", "roumics", "normalise"):
        (folder / "bots" / f"{name}.toml").unlink()
    bot = folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8").replace('wiki = "communs"', f'wiki = "{key}"'), "utf-8")
    return Empty(folder, person.text, person.edit), person


@pytest.fixture(params=["folder", pytest.param("mediawiki", marks=pytest.mark.mediawiki)])
def empty(request: pytest.FixtureRequest, tmp_path: Path, capitalise: Cli) -> Iterator[Empty]:
    if request.param == "folder":
        yield in_folder(tmp_path / "kit", capitalise)
        return
    request.getfixturevalue("farm")
    made, person = on_wiki(tmp_path / "kit", capitalise, "communs")
    yield made
    person.close()


def put(place: Empty, cli: Cli, *more: str, code: int | None = 0) -> dict[str, object]:
    return json.loads(cli(place.folder, "forms", "put", "communs", "--json", "--yes", *more, code=code).stdout)


def changed_kit(folder: Path, old: str, new: str, name: str = "Modèle%3AIngrédient.wiki") -> Path:
    """The kit with one of its pages written anew."""
    target = folder / "autre"
    shutil.copytree(KIT, target)
    path = target / name
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return target


def test_a_wiki_without_a_form_gets_the_kits_and_the_bot_works_there(empty: Empty, capitalise: Cli) -> None:
    made = put(empty, capitalise)
    titles = {one["title"] for one in made["changes"]}
    assert {"Formulaire:Ingrédient", "Modèle:Ingrédient", "Modèle:Outil", "Catégorie:Ingrédient"} <= titles
    assert "{{{for template|Ingrédient}}}" in empty.text("Formulaire:Ingrédient")
    assert put(empty, capitalise)["changes"] == []
    (empty.folder / "ingredients.csv").write_text(
        "Titre;Étape;Description;Outils;Exemple\nFaire;2 - Réunir une communauté;Cinq;;\n"
    )
    capitalise(empty.folder, "run", "ingredients", "--yes")
    assert "|étape=2 - Réunir une communauté" in empty.text("Faire")


def test_what_people_made_of_a_page_of_the_kit_stays(empty: Empty, capitalise: Cli) -> None:
    put(empty, capitalise)
    text = empty.text("Modèle:Ingrédient")
    empty.edit("Modèle:Ingrédient", text.replace(SHOWS, "Notre fiche, remplie par"))
    assert put(empty, capitalise)["changes"] == []
    other = changed_kit(empty.folder, "! Exemple\n", "! Exemple vécu\n")
    put(empty, capitalise, "--from", str(other))
    merged = empty.text("Modèle:Ingrédient")
    assert "Notre fiche, remplie par" in merged
    assert "! Exemple vécu" in merged


def test_where_both_changed_one_line_somebody_decides(empty: Empty, capitalise: Cli) -> None:
    put(empty, capitalise)
    text = empty.text("Modèle:Ingrédient")
    empty.edit("Modèle:Ingrédient", text.replace("! Exemple\n", "! Pour l'exemple\n"))
    other = changed_kit(empty.folder, "! Exemple\n", "! Exemple vécu\n")
    made = put(empty, capitalise, "--from", str(other), code=3)
    assert [one["title"] for one in made["conflicts"]] == ["Modèle:Ingrédient"]
    assert "! Pour l'exemple" in empty.text("Modèle:Ingrédient")


def test_a_page_of_the_wikis_own_is_replaced_only_by_its_title(empty: Empty, capitalise: Cli) -> None:
    empty.edit("Modèle:Ingrédient", "le nôtre : {{{description|}}}")
    made = put(empty, capitalise, code=3)
    assert "Modèle:Ingrédient" not in {one["title"] for one in made["changes"]}
    assert [one["title"] for one in made["findings"]] == ["Modèle:Ingrédient"]
    assert empty.text("Modèle:Ingrédient") == "le nôtre : {{{description|}}}"
    put(empty, capitalise, "--replace", "Modèle:Ingrédient")
    assert "{{{exemple|}}}" in empty.text("Modèle:Ingrédient")


def test_a_page_that_somebody_deleted_is_not_made_again(tmp_path: Path, capitalise: Cli) -> None:
    place = in_folder(tmp_path / "kit", capitalise)
    put(place, capitalise)
    (place.folder / "wiki" / "Modèle%3AOutil.wiki").unlink()
    made = put(place, capitalise, code=3)
    assert (made["changes"], [one["title"] for one in made["findings"]]) == ([], ["Modèle:Outil"])
    put(place, capitalise, "--replace", "Modèle:Outil")
    assert "{{{nom|}}}" in place.text("Modèle:Outil")


def test_putting_is_undone_like_any_run(empty: Empty, capitalise: Cli) -> None:
    empty.edit("Modèle:Ingrédient", "le nôtre : {{{description|}}}")
    run = put(empty, capitalise, "--replace", "Modèle:Ingrédient")["run"]
    capitalise(empty.folder, "undo", str(run), "--yes", code=None)
    assert empty.text("Modèle:Ingrédient") == "le nôtre : {{{description|}}}"


@pytest.mark.mediawiki
def test_a_wiki_without_the_extensions_gets_a_plain_variant(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli
) -> None:
    made, person = on_wiki(tmp_path / "kit", capitalise, "wikilivres")
    done = capitalise(made.folder, "forms", "put", "wikilivres", "--yes")
    assert "pas Page Forms" in done.stdout
    assert "pas Semantic MediaWiki" in done.stdout
    assert person.text("Formulaire:Ingrédient") == ""
    assert "[[Étape::" not in person.text("Modèle:Ingrédient")
    assert "{{{étape|}}}" in person.text("Modèle:Ingrédient")
    bot = made.folder / "bots" / "ingredients.toml"
    line = next(line for line in done.stderr.split("\n") if "form = " in line)
    named = line.partition('form = "')[2].partition('"')[0]
    bot.write_text(bot.read_text("utf-8").replace('form = "Ingrédient"', f'form = "{named}"'), "utf-8")
    (made.folder / "ingredients.csv").write_text(
        "Titre;Étape;Description;Outils;Exemple\nFaire;2 - Réunir une communauté;Cinq;;\n"
    )
    capitalise(made.folder, "run", "ingredients", "--yes")
    assert "|description=Cinq" in person.text("Faire")
    shown = person._post(action="parse", page="Faire", prop="text|categories")["parse"]
    assert "2 - Réunir une communauté" in shown["text"]
    assert [one["category"] for one in shown["categories"]] == ["Ingrédient"]
    person.close()


def test_what_a_wiki_has_is_taken_into_a_folder_and_put_elsewhere(empty: Empty, capitalise: Cli) -> None:
    put(empty, capitalise)
    target = empty.folder / "pris"
    capitalise(empty.folder, "forms", "get", "communs", "Ingrédient", "--to", str(target))
    names = {path.name for path in target.iterdir()}
    assert {"Formulaire%3AIngrédient.wiki", "Modèle%3AOutil.wiki", "Catégorie%3AIngrédient.wiki"} <= names
    assert put(empty, capitalise, "--from", str(target))["changes"] == []
    own = target / "Modèle%3AOutil.wiki"
    own.write_text("à nous\n", "utf-8")
    done = capitalise(empty.folder, "forms", "get", "communs", "--to", str(target), code=3)
    assert "Modèle%3AOutil.wiki" in done.stdout
    assert own.read_text("utf-8") == "à nous\n"


def test_what_is_not_there_is_named(tmp_path: Path, capitalise: Cli) -> None:
    place = in_folder(tmp_path / "kit", capitalise)
    assert "n'a pas" in capitalise(place.folder, "forms", "get", "communs", code=2).stderr
    assert "Recette" in capitalise(place.folder, "forms", "get", "communs", "Recette", code=2).stderr
    (place.folder / "vide").mkdir()
    done = capitalise(place.folder, "forms", "put", "communs", "--from", str(place.folder / "vide"), code=2)
    assert ".wiki" in done.stderr
    done = capitalise(place.folder, "forms", "put", "communs", "--replace", "Modèle:Outils", "--yes", code=2)
    assert "Modèle:Outil" in done.stderr


@pytest.mark.apart("a person at a terminal")
@pytest.mark.mediawiki
def test_a_new_workspace_of_a_wiki_without_forms_offers_the_kits(
    farm: mediawiki.Farm, tmp_path: Path, environment: dict[str, str]
) -> None:
    command = ["init", str(tmp_path / "kit"), "--wiki", mediawiki.address("movilab"), "--contact", "tests"]
    shown, code = typed(tmp_path, environment, command, "o")
    assert code == 0, shown
    assert "forms put" in shown
    assert (tmp_path / "kit" / "templates" / "kit" / "Modèle%3AOutil.wiki").exists()
    assert 'kind = "ingredients"' in (tmp_path / "kit" / "bots" / "ingredients.toml").read_text("utf-8")


# -- in a wiki's own words ------------------------------------------------------------------------


def page(text: str, prefixes: dict[str, str], kind: str = "template") -> str:
    written, _left = written_for([KitPage(kind, "X", text)], prefixes)
    return next(iter(written.values()), "")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("[[Étape::{{{étape|}}}]]", "{{{étape|}}}"),
        ("a [[P::{{{x|}}}|{{{y|z}}}]] b", "a {{{y|z}}} b"),
        ("[[P::v|dit]]", "dit"),
        ("{{#arraymap:{{{x|}}}|,|y|[[P::y]]|, }}", "{{{x|}}}"),
        ("a\n{{#set:P={{{x|}}}}}\nb", "a\nb"),
        ("{{#if:{{{x|}}}|{{#set:P={{{x|}}}}}|}}", "{{#if:{{{x|}}}||}}"),
        ("<includeonly>[[P::{{{x|}}}]]</includeonly>", "<includeonly>{{{x|}}}</includeonly>"),
        ("[[Formulaire:Ingrédient|le formulaire]]", "le formulaire"),
        ("[[Catégorie:A]] [[:Catégorie:A]] [[Image:a.jpg]]", "[[Catégorie:A]] [[:Catégorie:A]] [[Image:a.jpg]]"),
        ("<nowiki>[[P::{{{x}}}]]</nowiki>", "<nowiki>[[P::{{{x}}}]]</nowiki>"),
    ],
)
def test_what_a_plain_wiki_understands(text: str, plain: str) -> None:
    assert page(text, {"template": "Modèle", "category": "Catégorie"}) == plain


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("[[A le type::Texte]]", "[[Has type::Text]]"),
        ("[[Valeur possible::1 - Texte]]", "[[Allows value::1 - Texte]]"),
        ("[[Étape::Texte]]", "[[Étape::Texte]]"),
        ("[[Catégorie:Outils|*]] [[Modèle:X]]", "[[Category:Outils|*]] [[Template:X]]"),
        ("[[:catégorie:Outils]]", "[[:Category:Outils]]"),
    ],
)
def test_what_an_english_wiki_understands(text: str, english: str) -> None:
    assert page(text, ENGLISH, "property") == english


@given(st.lists(st.sampled_from(["[[", "]]", "{{", "}}", "{{{x|}}}", "::", "|", "Catégorie:", "A le type", "#set:", "\n",
                                "<includeonly>", "</includeonly>", "<nowiki>", "\ue010", "é", " "])))  # fmt: skip
def test_a_french_wiki_gets_the_kits_own_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert page(text, FRENCH) == text


def test_a_kit_names_its_category() -> None:
    pages = kit_pages({"Modèle:X": "<includeonly>[[Catégorie:Choses]]</includeonly>", "Formulaire:X": "f"}, "fr")
    assert [(one.kind, one.name) for one in pages][-1] == ("category", "Choses")


def test_what_was_merged_once_is_not_taken_back_by_the_same_kit(empty: Empty, capitalise: Cli) -> None:
    put(empty, capitalise)
    text = empty.text("Modèle:Ingrédient")
    empty.edit("Modèle:Ingrédient", text.replace(SHOWS, "Notre fiche, remplie par"))
    other = changed_kit(empty.folder, "! Exemple\n", "! Exemple vécu\n")
    put(empty, capitalise, "--from", str(other))
    assert put(empty, capitalise, "--from", str(other))["changes"] == []
    assert "Notre fiche, remplie par" in empty.text("Modèle:Ingrédient")


def test_an_older_kit_does_not_roll_a_newer_one_back(empty: Empty, capitalise: Cli) -> None:
    put(empty, capitalise)
    put(empty, capitalise, "--from", str(changed_kit(empty.folder, "! Exemple\n", "! Exemple vécu\n")))
    made = put(empty, capitalise, code=3)
    assert (made["changes"], [one["title"] for one in made["findings"]]) == ([], ["Modèle:Ingrédient"])
    assert "! Exemple vécu" in empty.text("Modèle:Ingrédient")


def test_what_somebody_took_back_is_put_again_only_by_its_title(empty: Empty, capitalise: Cli) -> None:
    put(empty, capitalise)
    ours = empty.text("Modèle:Ingrédient").replace(SHOWS, "Notre fiche, remplie par")
    empty.edit("Modèle:Ingrédient", ours)
    other = str(changed_kit(empty.folder, "! Exemple\n", "! Exemple vécu\n"))
    put(empty, capitalise, "--from", other)
    empty.edit("Modèle:Ingrédient", ours)  # a person takes the merge back
    made = put(empty, capitalise, "--from", other, code=3)
    assert (made["changes"], [one["title"] for one in made["findings"]]) == ([], ["Modèle:Ingrédient"])
    assert empty.text("Modèle:Ingrédient") == ours


def test_a_replacement_that_was_undone_is_not_asked_for_again(empty: Empty, capitalise: Cli) -> None:
    empty.edit("Modèle:Ingrédient", "Le nôtre.")
    run = put(empty, capitalise, "--replace", "Modèle:Ingrédient")["run"]
    capitalise(empty.folder, "undo", str(run), "--yes", code=None)
    assert empty.text("Modèle:Ingrédient") == "Le nôtre."
    assert put(empty, capitalise, code=None)["changes"] == []
    assert empty.text("Modèle:Ingrédient") == "Le nôtre."
