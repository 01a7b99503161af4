"""Form pages read as Page Forms reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.forms.check import check_schema
from capitalise.forms.definition import Field, read_form
from capitalise.forms.property import read_property
from capitalise.forms.schema import Kind, build_schema
from capitalise.forms.template import read_template

KIT = (Path(__file__).parent.parent.parent / "templates" / "kit" / "Formulaire%3AIngrédient.wiki").read_text("utf-8")


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
    found = read_template("[[Étape::{{{étape|}}}]] {{{description|}}} [[A::x {{{b}}}]]").parameters.values()
    assert {one.name for one in found if one.in_link} == {"étape", "b"}


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


# -- everything else on a form page ---------------------------------------------------------------

WHOLE = """<noinclude>{{{field|pas celui-ci}}}</noinclude><includeonly>
{{{info|create title=Nouvel ingrédient|page name=<Ingrédient[titre]>}}}
<!-- {{{field|ni celui-ci}}} -->
{{{for template|Ingrédient|label=Fiche|strict}}}
! Étape : {{{field|étape|input type=dropdown|mandatory|default=un|values=un,deux|show on select=un=>bloc}}}
! Mots : {{{field|mots|list|delimiter=\\n|values from category=Mot|max values=3|maxlength=40|unique|restricted=sysop}}}
! Arbre : {{{field|arbre|input type=tree|structure=*a**b**c}}}
! Autre : {{{field|autre|input type=regexp|regexp=/^[a-z]+$/|mandatry|zzz=1}}}
{{{field|outils|holds template}}}
{{{end template}}}
{{{for template|Outil|multiple|minimum instances=1|embed in field=Ingrédient[outils]|display=table}}}
{{{field|nom}}}
{{{end template}}}
{{{section|Notes|level=3|hide if empty}}}
{{{field|#freetext#|rows=10}}}
{{{standard input|save|label=Garder}}}
{{{zut|a}}}
{{{field|jamais fermé
</includeonly>"""


def test_every_tag_is_accounted_for() -> None:
    form = read_form(WHOLE)
    assert [(c.kind, c.name) for c in form.constructs] == [
        ("info", ""),
        ("for template", "Ingrédient"),
        ("field", "étape"),
        ("field", "mots"),
        ("field", "arbre"),
        ("field", "autre"),
        ("field", "outils"),
        ("end template", ""),
        ("for template", "Outil"),
        ("field", "nom"),
        ("end template", ""),
        ("section", "Notes"),
        ("field", "#freetext#"),
        ("standard input", "save"),
        ("unknown", "zut"),
        ("unclosed", "{{{field"),
    ]
    assert [c.line for c in form.constructs][:3] == [2, 4, 5]
    assert dict(form.constructs[11].options) == {"level": "3", "hide if empty": ""}
    assert [c.unknown for c in form.constructs if c.unknown] == [("mandatry", "zzz")]


def test_what_a_field_says() -> None:
    form = read_form(WHOLE)
    assert form.main is not None
    step, words, tree, other, _tools = form.main.fields
    assert (step.input, step.option("default"), step.has("mandatory"), step.values) == (
        "dropdown",
        "un",
        True,
        ("un", "deux"),
    )
    assert (words.delimiter, words.source, words.number("max values"), words.number("maxlength")) == (
        "\n",
        ("category", "Mot"),
        3,
        40,
    )
    assert tree.values == ("a", "b", "c")
    assert other.option("regexp") == "/^[a-z]+$/"
    assert read_form("{{{field|seul}}}").strays[0].name == "seul"


TEMPLATE = """<noinclude><templatedata>{"params": {"lien": {"label": {"fr": "Lien"}, "type": "url", "aliases": ["url"]}}}</templatedata>
{{{pas celui-ci}}}</noinclude><includeonly>
{{#arraymap:{{{mots|}}}|;|x|[[Mot::x]]}} [[Étape::{{{étape|}}}| ]] {{#set:Description={{{description|}}}|Coût={{{coût|0}}}|+sep=/}}
{{#if:{{{lien|}}}|{{{lien}}}}} {{{1|}}} <nowiki>{{{rien}}}</nowiki> {{{note|rien encore}}}
{{#template_params:auteur (label=Auteur;list;delimiter=;property=A pour auteur)|date (type=date)}}
</includeonly>"""


def test_what_a_template_says_of_its_parameters() -> None:
    found = read_template(TEMPLATE).parameters
    assert (found["mots"].property, found["mots"].several, found["mots"].delimiter, found["mots"].in_link) == (
        "Mot",
        True,
        ";",
        True,
    )
    assert (found["étape"].property, found["étape"].in_link) == ("Étape", True)
    assert (found["description"].property, found["description"].in_link) == ("Description", False)
    assert (found["coût"].property, found["coût"].delimiter) == ("Coût", "/")
    assert (found["lien"].label, found["lien"].type, found["lien"].aliases) == ("Lien", "url", ("url",))
    assert (found["auteur"].several, found["auteur"].property) == (True, "A pour auteur")
    assert found["date"].type == "date"
    assert (found["note"].default, found["description"].default) == (True, False)
    assert "1" in found
    assert not {"rien", "pas celui-ci"} & set(found)


@pytest.mark.parametrize(
    ("page", "kind", "values"),
    [
        (
            "[[A le type::Texte]]\n* [[Valeur possible::Facile]]\n* [[Valeur possible::Difficile]]",
            "_txt",
            ("Facile", "Difficile"),
        ),
        ("[[Has type::Date]] [[Allows value::a|b]]", "_dat", ("a",)),
        ("[[has type::Type:Page]]", "_wpg", ()),
        ("{{#set:Has type=Number|Allows value=1|Allows value=2}}", "_num", ("1", "2")),
        ("[[Valeur autorisée::x]]", "", ("x",)),
        ("[[Has type::Zut]]", "?", ()),
        ("<nowiki>[[Has type::Date]]</nowiki>", "", ()),
    ],
)
def test_what_a_property_page_says(page: str, kind: str, values: tuple[str, ...]) -> None:
    found = read_property(page)
    assert (found.type, found.values) == (kind, values)


def test_the_nearest_evidence_wins() -> None:
    form = read_form(
        "{{{for template|T}}}{{{field|a|input type=date}}}{{{field|b}}}{{{field|c|values=x,y}}}{{{field|d}}}{{{end template}}}"
    )
    reading = read_template("[[B::{{{b}}}]] [[C::{{{c}}}]] {{{a}}} {{{d}}}")
    schema = build_schema(
        "F", form, {"T": reading}, {"B": read_property("[[Has type::URL]]"), "C": read_property("[[Has type::Page]]")}
    )
    assert [f.kind for f in schema.templates[0].fields.values()] == [Kind.DATE, Kind.URL, Kind.CHOICE, Kind.TEXT]


def problems(form: str, template: str = "{{{a}}}", **properties: str) -> list[str]:
    schema = build_schema(
        "F",
        read_form(form),
        {"T": read_template(template)},
        {name: read_property(page) for name, page in properties.items()},
    )
    return [problem.rule for problem in check_schema(schema)]


@pytest.mark.parametrize(
    ("field", "template", "rule"),
    [
        ("{{{field|b}}}", "{{{a}}}", "unused-field"),
        ("{{{field|a|input type=dropdown}}}", "{{{a}}}", "nothing-to-pick"),
        ("{{{field|a|mandatory|hidden}}}", "{{{a}}}", "hidden-mandatory"),
        ("{{{field|a|input type=dropdown|values=x,y|default=z}}}", "{{{a}}}", "strange-default"),
        ("{{{field|a|values=x,x}}}", "{{{a}}}", "double-value"),
        ("{{{field|a}}}{{{field|a}}}", "{{{a}}}", "double-field"),
        ("{{{field|a|mandatry}}}", "{{{a}}}", "unknown-option"),
        ("{{{field|a}}}", "{{{a}}} {{{1}}}", "lost-parameter"),
        ("{{{field|a|property=P}}}", "{{{a}}}", "untyped-property"),
        ("{{{field|a|values=x,z|property=Q}}}", "{{{a}}}", "values-disagree"),
        ("{{{field|a|list|property=R}}}", "{{{a}}}", "delimiter-in-value"),
        ("{{{field|a|list|delimiter=;}}}", "{{#arraymap:{{{a}}}|,|x|x}}", "delimiters-disagree"),
        ("{{{field|a|input type=date|property=Q}}}", "{{{a}}}", "types-disagree"),
        ("{{{champ|a}}}", "{{{a}}}", "unknown-tag"),
        ("{{{field|a}}}", "{{{a}}}", ""),
    ],
)
def test_what_is_wrong_in_a_form(field: str, template: str, rule: str) -> None:
    form = "{{{for template|T}}}" + field + "{{{end template}}}"
    found = problems(
        form,
        template,
        Q="[[Has type::Text]]" + ("[[Allows value::x]]" if "z" in field else ""),
        R="[[Has type::Text]][[Allows value::a, b]]",
    )
    assert ({rule} if rule else set()) == set(found) & ({rule} if rule else set(found))


def test_a_several_times_template_loses_what_its_form_lacks() -> None:
    form = "{{{for template|T|multiple}}}{{{field|a}}}{{{end template}}}"
    assert problems(form, "{{{a}}} {{{b}}}") == ["lost-parameter"]
    assert problems(form.replace("|multiple", ""), "{{{a}}} {{{b}}}") == []


def test_each_problem_comes_with_a_place_and_a_remedy(tmp_path: Path, capitalise: Callable[..., Any]) -> None:
    kit = tmp_path / "kit"
    capitalise(tmp_path, "init", str(kit), "--sample")
    assert "0 problème" in capitalise(kit, "forms", "check").stdout
    (kit / "a.wiki").write_text("{{{for template|Outil}}}\n{{{field|nom|mandatry}}}\n{{{end template}}}", "utf-8")
    found = capitalise(kit, "forms", "check", "a.wiki", code=3).stdout
    assert "ligne 2 : nom" in found
    assert "mandatory" in found
    shown = json.loads(capitalise(kit, "forms", "show", "Ingrédient", "--json").stdout)
    assert [t["name"] for t in shown["templates"]] == ["Ingrédient", "Outil"]
    assert shown["templates"][0]["fields"][0]["type"] == "choice"
    assert "14 balises du formulaire lues, tout a été compris" in capitalise(kit, "forms", "show", "Ingrédient").stdout
    assert "n'a pas de formulaire" in capitalise(kit, "forms", "show", "Zut", code=2).stderr
