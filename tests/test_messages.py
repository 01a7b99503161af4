"""Every visible sentence exists in French and in English, and its places match."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message as Entry

from capitalise.messages import N_, NP_, render, terminal_language
from tests.catalogues import FRENCH, _strings, compiled, french, sources


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
    assert (FRENCH / f"{domain}.mo").read_bytes() == compiled(french(domain)), "run: make messages"


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+(?:!r)?\}", text))


@pytest.mark.parametrize("domain", ["capitalise", "click"])
def test_translations_have_the_places_of_their_message(domain: str) -> None:
    def same(entry: Entry) -> bool:
        return all(_places(s) <= set().union(*map(_places, _strings(entry.id))) for s in _strings(entry.string)) and (
            isinstance(entry.id, tuple) or _places(str(entry.id)) == _places(str(entry.string))
        )

    assert [entry.id for entry in french(domain) if entry.id and not same(entry)] == []


def test_a_message_inside_a_message_is_translated_with_it() -> None:
    message = N_("%(why)s; the row is left alone", why=N_("the title is empty"))
    assert render(message, "fr") == "le titre est vide ; la ligne est laissée de côté"
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
