"""Semantic MediaWiki's answers, as a real one (4.2) gave them, continued to their end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import responses

from capitalise.errors import Refused
from capitalise.wikis.semantic import ask_titles, values_in_use
from tests.conftest import FakeClock
from tests.wikis.test_faults import api, calls

SMW = Path(__file__).parents[1] / "data" / "smw"


def recorded(name: str) -> tuple[int, Any, dict[str, str]]:
    return 200, json.loads((SMW / f"{name}.json").read_text("utf-8"))["body"], {}


def last(name: str) -> tuple[int, Any, dict[str, str]]:
    """The recorded answer as if nothing came after it."""
    status, body, headers = recorded(name)
    return status, {key: value for key, value in body.items() if key != "query-continue-offset"}, headers


@responses.activate
def test_pages_are_listed_past_the_first_answer(clock: FakeClock) -> None:
    calls(recorded("ask-v2"), last("ask-v2-second-page"))
    titles = ask_titles(api(clock).call, "[[Catégorie:Ingrédient]]")
    assert titles[:4] == ["Accueil des nouveaux", "Cartographie des acteurs", "Charte", "Communauté"]
    assert "offset=3" in asked()[-1]


@responses.activate
def test_an_empty_answer_is_a_list_and_no_error(clock: FakeClock) -> None:
    calls(recorded("ask-empty"))
    assert ask_titles(api(clock).call, "[[Catégorie:Rien du tout]]") == []


@responses.activate
def test_behind_the_limit_the_query_goes_on_after_the_last_title(clock: FakeClock) -> None:
    status, body, headers = recorded("ask-v2")
    calls((status, {**body, "query-continue-offset": 9_900}, headers), last("ask-v2-second-page"))
    assert len(ask_titles(api(clock).call, "[[Catégorie:Ingrédient]]")) == 6
    assert "[[>>Charte]]" in asked()[-1]
    assert "offset=0" in asked()[-1]


@responses.activate
def test_a_wrong_query_is_said_in_the_wikis_words(clock: FakeClock) -> None:
    calls(recorded("ask-error"))
    with pytest.raises(Refused, match="n’est pas un nombre"):
        ask_titles(api(clock).call, "[[A pour coût::beaucoup]] [[")


@responses.activate
def test_the_values_of_a_property(clock: FakeClock) -> None:
    calls(recorded("smwbrowse-pvalue"))
    assert values_in_use(api(clock).call, "A pour étape") == [
        "Idée",
        "Organisation",
        "Partage",
        "Pérennité",
        "Évaluation",
    ]


def asked() -> list[str]:
    """The queries that were sent."""
    found = []
    for call in responses.calls:
        body = call.request.body or ""
        text = body.decode() if isinstance(body, bytes) else str(body)
        found.append(str(responses.calls and call.request.params.get("query", "")) or text)
    return [one.replace("%3D", "=").replace("%5B", "[").replace("%5D", "]").replace("%3E", ">") for one in found]
