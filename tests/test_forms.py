"""Form pages read as Page Forms reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.forms.definition import Field, read_form
from capitalise.forms.template import properties_of

KIT = (Path(__file__).parent.parent / "templates" / "kit" / "Formulaire%3AIngrédient.wiki").read_text("utf-8")


def fields(text: str) -> tuple[Field, ...]:
    main = read_form(text).main
    assert main is not None
    return main.fields


def test_the_kits_form() -> None:
    form = read_form(KIT)
    assert form.main is not None
    assert form.main.name == "Ingrédient"
    assert [(f.name, f.label) for f in form.main.fields] == [
        ("étape", "Étape"),
        ("description", "Description"),
        ("outils", "Outils"),
        ("exemple", "Exemple"),
    ]
    assert form.main.fields[0].values[0] == "1 - Qualifier la ressource et ses besoins"
    tools = form.instances_in("outils")
    assert tools is not None
    assert (tools.name, [f.name for f in tools.fields]) == ("Outil", ["nom", "lien", "phrase"])


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ("! Étape :\n| {{{field|x}}}", "Étape"),
        ('! style="width:30%" | Étape :\n| {{{field|x}}}', "Étape"),
        ("! Étape : {{#info: une aide | longue}}\n| {{{field|x}}}", "Étape"),
        ("| '''Étape :''' || {{{field|x}}}", "Étape"),
        ("* Étape : {{{field|x}}}", "Étape"),
        ("<b>Étape</b>&nbsp;: {{{field|x}}}", "Étape"),
        ("{{{field|x|label=Étape}}}", "Étape"),
        ("{{int:libellé}} {{{field|x}}}", "x"),
        ("{{{field|x}}}", "x"),
    ],
)
def test_labels_stand_beside_their_field(row: str, label: str) -> None:
    assert fields("{{{for template|F}}}\n{|\n" + row + "\n|}\n{{{end template}}}")[0].label == label


def test_comments_nested_calls_and_links_in_a_tag() -> None:
    (field,) = fields(
        "{{{for template|F}}}{{{field|x<!-- | -->|default={{Y|a|b}}|list|delimiter=;|values=a [[b|c]]; d}}}{{{end template}}}"
    )
    assert (field.name, field.several, field.delimiter, field.values) == ("x", True, ";", ("a [[b|c]]", "d"))
    assert dict(field.options) == {"default": "{{Y|a|b}}", "list": "", "delimiter": ";", "values": "a [[b|c]]; d"}


def test_underscores_and_a_missing_end() -> None:
    form = read_form("{{{for template|Ma_fiche}}}{{{field|a}}}")
    assert form.main is not None
    assert form.main.name == "Ma fiche"


def test_no_form_no_templates() -> None:
    assert read_form("Bonjour.").main is None


def test_properties_are_found_in_the_template() -> None:
    assert properties_of("[[Étape::{{{étape|}}}]] {{{description|}}} [[A::x {{{b}}}]]") == {"étape", "b"}


@given(
    st.lists(
        st.sampled_from(
            [
                "{{{",
                "}}}",
                "{{",
                "}}",
                "|",
                "field",
                "for template",
                "end template",
                "=",
                "x",
                "<!--",
                "-->",
                "[[",
                "]]",
                "\n",
            ]
        ),
        max_size=30,
    )
)
def test_no_page_makes_the_reader_fail(pieces: list[str]) -> None:
    read_form("".join(pieces))
