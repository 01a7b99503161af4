"""Every visible sentence exists in French and in English, and its places match."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo

from capitalise.messages import N_, NP_, render, terminal_language
from tests.catalogues import FRENCH, FRENCH_PAGES, _strings, french, sources, spaced, spaced_page
from tests.place import ROOT
from tests.sentences import GOLDEN, sentences


def test_the_french_catalogue_is_complete() -> None:
    catalog = french()
    untranslated = [
        m.id for m in sources() if m.id and not (catalog.get(m.id) and all(_strings(catalog.get(m.id).string)))
    ]  # type: ignore[union-attr]
    assert untranslated == [], "run: make messages, then translate what it names"


def test_no_translation_is_left_over() -> None:
    known = sources()
    assert [m.id for m in french() if m.id and not known.get(m.id)] == []


@pytest.mark.parametrize("domain", ["capitalise", "click"])
def test_the_compiled_catalogue_is_fresh(domain: str) -> None:
    """What it says, not its bytes: Babel writes its own version into them."""
    with (FRENCH / f"{domain}.mo").open("rb") as file:
        assert _meaning(read_mo(file)) == _meaning(french(domain)), "run: make messages"


def _meaning(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {tuple(_strings(entry.id)): tuple(_strings(entry.string)) for entry in catalog if entry.id}


@pytest.mark.parametrize("domain", ["capitalise", "click"])
def test_no_line_of_french_begins_with_a_sign(domain: str) -> None:
    loose = [s for entry in french(domain) if entry.id for s in _strings(entry.string) if spaced(s) != s]
    assert loose == [], "run: make messages"


@pytest.mark.parametrize("name", FRENCH_PAGES)
def test_the_french_pages_have_its_spaces(name: str) -> None:
    page = ROOT / "docs" / f"{name}.md"
    assert spaced_page(page.read_text("utf-8")) == page.read_text("utf-8"), "run: make messages"


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Écrire ? [o/N]", "Écrire\u00a0? [o/N]"),
        ("« plan » et «plan»", "«\u00a0plan\u00a0» et «\u00a0plan\u00a0»"),
        ("09:30 https://exemple.org", "09:30 https://exemple.org"),
        ("un : deux ; trois", "un\u00a0: deux\u00a0; trois"),
    ],
)
def test_french_spaces(typed: str, set_: str) -> None:
    assert spaced(typed) == spaced(spaced(typed)) == set_


#: What click says to programmers only.
FOR_PROGRAMMERS = re.compile(
    r"Windows error|[Dd]eprecat|Value must be an iterable|defined twice|cannot use the same flag|Could not determine name|"
    r"No options defined|exactly one parameter declaration|Unknown color|does not match the format|valid UUID|len_type|"
    r"valid boolean|Unknown standard stream"
)


def test_the_words_of_click_are_french_too() -> None:
    catalog = Catalog()
    keywords = {"_": None, "ngettext": (1, 2)}
    for _file, _line, message, _c, _x in extract_from_dir(
        Path(click.__file__).parent, [("**.py", "python")], {}, keywords
    ):
        catalog.add(message)
    known = _meaning(french("click"))
    english = [e.id for e in catalog if e.id and tuple(_strings(e.id)) not in known]
    assert [one for one in english if not FOR_PROGRAMMERS.search(str(one))] == []


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+(?:!r)?", text))


@pytest.mark.parametrize("domain", ["capitalise", "click"])
def test_translations_have_the_places_of_their_message(domain: str) -> None:
    def same(entry: Entry) -> bool:
        return all(_places(s) <= set().union(*map(_places, _strings(entry.id))) for s in _strings(entry.string)) and (
            isinstance(entry.id, tuple) or _places(str(entry.id)) == _places(str(entry.string))
        )

    assert [entry.id for entry in french(domain) if entry.id and not same(entry)] == []


def test_a_message_inside_a_message_is_translated_with_it() -> None:
    message = N_("%(why)s; the row is left alone", why=N_("the title is empty"))
    assert render(message, "fr") == "le titre est vide ; la ligne est laissée de côté"
    assert render(message, "en") == "the title is empty; the row is left alone"


@pytest.mark.parametrize(("count", "text"), [(0, "0 page à écrire"), (1, "1 page à écrire"), (2, "2 pages à écrire")])
def test_counting_in_french(count: int, text: str) -> None:
    assert render(NP_("%(count)d page to write", "%(count)d pages to write", count), "fr") == text


def test_percent_signs_in_values_are_only_text() -> None:
    assert render(N_("%(fields)s", fields="100 % %(x)s"), "fr") == "100 % %(x)s"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANGUAGE": "de:fr"}, "fr"),
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_the_terminals_language(environment: dict[str, str], language: str) -> None:
    assert terminal_language(environment) == language


def test_the_sentences_are_those_that_were_read() -> None:
    """A change of what people see is seen in the golden text: `make sentences` writes it, its diff is read."""
    assert GOLDEN.read_text("utf-8") == "".join(f"{line}\n" for line in sentences())


def test_no_sentence_hides_from_the_catalogue_in_an_f_string() -> None:
    """Babel does not look into them, and nobody would translate it."""
    hidden = re.compile(r"""f(?:"[^"\n]*\{[^}"\n]*\bNP?_\('|'[^'\n]*\{[^}'\n]*\bNP?_\(")""")
    found = [path.name for path in (ROOT / "capitalise").rglob("*.py") if hidden.search(path.read_text("utf-8"))]
    assert found == []
