"""A page through the rules: what changes is what was meant, and nothing else does."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from capitalise.bots.normalise.catalogue import ALL, RULES
from capitalise.bots.normalise.page import Result, normalise_page, prepare
from capitalise.errors import Skip
from capitalise.forms.definition import read_form
from capitalise.forms.rules.outcome import World
from capitalise.forms.schema import build_schema
from capitalise.forms.template import read_template
from capitalise.forms.values import normalise_value
from capitalise.wikitext.calls import SPACE, find_calls
from capitalise.wikitext.preprocessor import CORE_TAGS
from tests.schema import field_of, kit

KIT = kit()
USUAL = frozenset(rule.id for rule in RULES if not rule.asked)


def done(text: str, on: frozenset[str] = USUAL) -> Result:
    return normalise_page(text, KIT, World(lines={"description": 5}), on)


PAGE = """Avant  {{Autre|étape=1 – qualifier}}
{{ingrédient
| étape       = 1 – qualifier
|description=Une  idée <!-- qui  reste -->
|mots = métal;bois
}}
Après  """


def test_only_values_change_and_the_layout_stays() -> None:
    assert done(PAGE).text == (
        PAGE.replace("| étape       = 1 – qualifier", "| étape       = 1 - Qualifier")
        .replace("Une  idée", "Une idée")
        .replace("métal;bois", "bois, métal")
    )


def test_a_mistyped_parameter_gets_its_name() -> None:
    assert done("{{Ingrédient|descripton=a}}").text == "{{Ingrédient|description=a}}"
    assert done("{{Ingrédient| Description =a}}").text == "{{Ingrédient| description =a}}"


def test_a_parameter_that_may_be_two_or_is_there_already_keeps_its_name() -> None:
    for text in ("{{Ingrédient|descripton=a|description=b}}", "{{Ingrédient|description=b|couleur=bleu}}"):
        found = done(text)
        assert found.text == text
        assert "unknown-parameter" in {remark.doubt.rule for remark in found.remarks}


def test_doubles_go_when_equal_and_are_found_when_not() -> None:
    assert done("{{Ingrédient|titre=a|titre= a\n|description=b}}").text == "{{Ingrédient|titre= a\n|description=b}}"
    found = done("{{Ingrédient|titre=a|titre=b|description=c}}")
    assert found.text == "{{Ingrédient|titre=a|titre=b|description=c}}"
    assert [r.doubt.candidates for r in found.remarks if r.doubt.rule == "parameter-double"] == [("a", "b")]


def test_a_bare_pipe_is_escaped_but_not_in_a_property() -> None:
    assert done("{{Ingrédient|description=a | b| c}}").text == "{{Ingrédient|description=a {{!}} b{{!}} c}}"
    found = done("{{Ingrédient|description=x|titre=a | b}}")
    assert found.text == "{{Ingrédient|description=x|titre=a | b}}"
    assert "pipe" in {remark.doubt.rule for remark in found.remarks}


def test_a_table_in_a_value_is_left_to_a_person() -> None:
    text = "{{Ingrédient|description={|\n|-\n| a\n|}\n}}"
    found = done(text)
    assert found.text == text
    assert "pipe" in {remark.doubt.rule for remark in found.remarks}


def test_a_line_of_free_text_becomes_a_tool() -> None:
    found = done("{{Ingrédient|description=x|outils=Loomio https://exemple.org : décider à plusieurs\n}}")
    assert found.text == (
        "{{Ingrédient|description=x|outils={{Outil\n|nom=Loomio\n|lien=https://exemple.org\n"
        "|phrase=décider à plusieurs\n}}\n}}"
    )
    text = "{{Ingrédient|description=x|outils=Loomio, Framapad\n}}"
    assert done(text).text == text
    assert "tool-line" in {remark.doubt.rule for remark in done(text).remarks}


@pytest.mark.parametrize(
    "line",
    [
        "Ne pas utiliser Loomio, https://exemple.org : décider à plusieurs",
        "Loomio (voir https://exemple.org) – pas le bon outil",
        "# Loomio https://exemple.org : décider à plusieurs",
        "Loomio https://exemple.org",
        "https://exemple.org : décider à plusieurs",
        "Loomio https://exemple.org : voir aussi https://exemple.org/2",
    ],
)
def test_a_line_that_may_say_something_else_is_left(line: str) -> None:
    text = "{{Ingrédient|description=x|outils=" + line + "}}"
    assert done(text).text == text


def test_a_call_that_nothing_closes_is_said() -> None:
    found = done("{{Ingrédient\n|description=x\n\nLa suite")
    assert [remark.doubt.rule for remark in found.remarks] == ["unreadable-page"]


def test_sub_templates_have_their_own_values() -> None:
    text = "{{Ingrédient|description=x|outils={{Outil|nom=Loo  mio|phrsae=Décider}} et {{Outil|nom=b}}}}"
    assert done(text).text == text.replace("Loo  mio", "Loo mio").replace("phrsae=", "phrase=")


def test_limits_are_found_and_never_mended() -> None:
    assert [r.doubt.rule for r in done("{{Ingrédient|étape=1 - Qualifier}}").remarks] == ["mandatory"]
    assert [r.doubt.rule for r in done("{{Ingrédient|description=" + "mot " * 300 + "}}").remarks] == ["lines"]


def test_layout_only_where_it_was_asked_for() -> None:
    text = "{{Ingrédient|description=a|étape=1 - Qualifier|mots=|autre=b}}"
    assert done(text).text == text
    assert done(text, frozenset({"layout"})).text == (
        "{{Ingrédient\n|étape=1 - Qualifier\n|description=a\n|autre=b\n}}"
    )


def test_pages_without_the_forms_calls_are_not_read() -> None:
    assert done("{{Autre|étape=1 – qualifier}}").text == "{{Autre|étape=1 – qualifier}}"


def test_what_a_save_of_the_form_would_not_have_changed_it_does_not_change_afterwards() -> None:
    """Page Forms writes a parameter a line without spaces, lists with delimiter and space (PFWikiPage.php)."""
    saved = "{{Ingrédient\n|étape=1 – qualifier\n|description=une  idée\n|mots=métal;bois\n}}"
    assert done(saved).text == "{{Ingrédient\n|étape=1 - Qualifier\n|description=une idée\n|mots=bois, métal\n}}"


# -- whatever people type -------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *("a", "é", "e\u0301", " ", "  ", "\n", "\u00a0", "\u200b", "&nbsp;", "<br>", "|", "=", "{{", "}}", "[[", "]]"),
        *(
            "{|",
            "|}",
            "<!--",
            "-->",
            "<nowiki>",
            "</nowiki>",
            "<pre>",
            "</pre>",
            ";",
            ",",
            "/",
            " et ",
            "*",
            "#",
            "'''",
        ),
        *(
            "bois",
            "Métal",
            "1 – qualifier",
            "2 - Réunir",
            "Loomio https://exemple.org : décider ensemble",
            "{{!}}",
            "~~~~",
        ),
        *("{{Outil|nom=a  b}}", "{{Ingrédient|mots=bois;métal}}", "description=", "|descripton=", "|étape=", "|mots="),
    ]
)
TYPED = st.lists(WORDS, max_size=14).map("".join)
FIELDS = st.sampled_from(
    [
        field_of(options, page)
        for options, page in (
            ("input type=textarea", ""),
            ("input type=dropdown|values=bois,Métal,1 - Qualifier", ""),
            ("input type=tokens|values=bois,Métal,a et é", ""),
            ("list", ""),
            ("list|delimiter=;", ""),
            ("list|delimiter=\\n", ""),
            ("input type=date", ""),
            ("", "[[A le type::Nombre]]"),
            ("", "[[A le type::URL]]"),
            ("", "[[A le type::Page]]"),
            ("input type=checkbox", ""),
        )
    ]
)
ANYTHING = st.one_of(
    TYPED, st.text(max_size=40), st.from_regex(r"[0-9]{1,4}[-/., ][0-9]{1,4}[-/., ]?[0-9]{0,4}", fullmatch=True)
)


@settings(max_examples=600, deadline=None)
@given(ANYTHING, FIELDS)
def test_a_value_is_settled_the_first_time(typed: str, field: object) -> None:
    once = normalise_value(typed.strip(SPACE), field, World(), ALL)  # type: ignore[arg-type]
    assert normalise_value(once.value, field, World(), ALL).value == once.value  # type: ignore[arg-type]


#: Rules that say which characters go: all but white space.
TAKING = {
    "invisible",
    "ends",
    "list-double",
    "list-spacing",
    "list-delimiter",
    "url-tracking",
    "email",
    "boolean",
    "number",
}
TAKING |= {
    "date",
    "choice",
    "typo",
    "url-typo",
    "url",
    "url-page",
    "page-name",
    "redirect",
    "tool-line",
    "nfc",
    "list-order",
}


@settings(max_examples=600, deadline=None)
@given(ANYTHING, FIELDS)
def test_no_character_goes_but_by_a_rule_that_says_so(typed: str, field: object) -> None:
    found = normalise_value(typed.strip(SPACE), field, World(), ALL)  # type: ignore[arg-type]
    if not set(found.rules) & TAKING:
        assert re.sub(r"\s+", "", found.value) == re.sub(r"\s+", "", typed.strip(SPACE))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TYPED, TYPED, TYPED, TYPED)
def test_a_page_is_settled_the_first_time_and_keeps_its_other_bytes(a: str, b: str, c: str, d: str) -> None:
    text = f"{a}{{{{Ingrédient|étape={b}\n|description={c}\n|mots={d}}}}}{a}"
    try:
        once = done(text)
    except Skip:
        assume(False)
    assert done(once.text).text == once.text
    assert outside(text) == outside(once.text)
    assert untouched(text, once) == untouched(once.text, once)


def outside(text: str) -> str:
    """The page without the calls that stand on it."""
    for call in reversed([call for call in find_calls(text, CORE_TAGS) if not call.inside]):
        text = text[: call.start] + text[call.end :]
    return text


def untouched(text: str, result: Result) -> list[tuple[str, str]]:
    """Names and values of the templates that are nobody's form, where no form stands in them."""
    calls = [call for call in find_calls(text, CORE_TAGS) if call.name not in ("Ingrédient", "Outil", "!")]
    values = [(call.name, value) for call in calls for value in call.values().values()]
    return [pair for pair in values if not re.search("ingrédient|outil", "".join(pair), re.IGNORECASE)]


HOSTILE = {
    "braces": "{{" * 50_000,
    "calls": "{{Ingrédient|description=" * 4_000,
    "closed calls": "{{Ingrédient|description=" * 2_000 + "}}" * 2_000,
    "tables": "{{Ingrédient|description=" + "{|\n| a\n" * 20_000 + "}}",
    "pipes": "{{Ingrédient|description=a" + "|b" * 30_000 + "}}",
    "list": "{{Ingrédient|mots=" + "bois;" * 20_000 + "}}",
    "spaces": "{{Ingrédient|description=a" + " " * 100_000 + "b}}",
    "breaks": "{{Ingrédient|description=a" + "<br>" * 25_000 + "b}}",
    "spaces and breaks": "{{Ingrédient|description=a" + "<br> " * 20_000 + "b<br>}}",
    "entities": "{{Ingrédient|description=" + "&nbsp;" * 20_000 + "}}",
    "names": "{{Ingrédient" + "".join(f"|descrip{n}=x" for n in range(5_000)) + "}}",
    "tools": "{{Ingrédient|outils=" + "a https://exemple.org : b c\n" * 3_000 + "}}",
    "tool": "{{Ingrédient|outils=" + "a " * 50_000 + "https://exemple.org/" + "." * 50_000 + "}}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_page_takes_no_time(text: str) -> None:
    start = time.process_time()
    with suppress(Skip):
        done(text)
    assert time.process_time() - start < 10


#: Places where an earlier version took longer with every letter.
SLOW = {
    "dates": ("input type=date", "1/1 " * 8_000 + " - x" * 8_000),
    "spaces": ("input type=textarea", "a" + " \t" * 30_000 + "b"),
    "mail": ("property=P", "\u2003" * 40_000 + "@"),
    "choice": ("input type=dropdown|values=a,b,c", "abc " * 20_000),
    "list": ("list|values=a,b", "a;b/c et " * 10_000),
}


@pytest.mark.parametrize(("options", "value"), SLOW.values(), ids=SLOW)
def test_a_hostile_value_takes_no_time(options: str, value: str) -> None:
    start = time.process_time()
    normalise_value(value, field_of(options, "[[A le type::Adresse électronique]]"), World(), ALL)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text", ["{{{" + " " * 40_000 + "{", "<noinclude>" * 20_000, "{{{field|a" * 5_000, "{{{" * 100_000, "<!--" * 50_000]
)
def test_a_hostile_form_takes_no_time(text: str) -> None:
    start = time.process_time()
    read_form(text)
    assert time.process_time() - start < 5


def test_words_that_were_hidden_on_purpose_stay_hidden() -> None:
    for name in ("descriptionx", "description_", "_description"):
        text = "{{Ingrédient|" + name + "=Brouillon}}"
        assert done(text).text == text
    two = "{{Ingrédient|descripton=A|descrption=B}}"
    assert done(two).text == two


def test_a_parameter_whose_name_is_put_together_is_no_mistake() -> None:
    for template in ("{{{description}}}{{{descri{{{lang|}}}|}}}", "#REDIRECTION [[Modèle:Fiche]]", "{{#invoke:F|f}}"):
        schema = build_schema("F", read_form(FORM), {"F": read_template(template)}, {})
        text = "{{F|descripton=a}}"
        assert normalise_page(text, prepare(schema, CORE_TAGS), World(), USUAL).text == text


def test_an_empty_value_stays_where_the_template_would_say_something_else() -> None:
    schema = build_schema("F", read_form(FORM), {"F": read_template("{{{description|rien encore}}}")}, {})
    for rules in (frozenset({"parameter-empty"}), frozenset({"layout"})):
        assert (
            normalise_page("{{F|description=}}", prepare(schema, CORE_TAGS), World(), rules).text
            == "{{F|description=}}"
        )


FORM = "{{{for template|F}}}{{{field|description}}}{{{end template}}}"


def test_a_brace_at_the_end_is_left_alone() -> None:
    with pytest.raises(Skip):
        done("{{Ingrédient|description=a}<br>}}")
