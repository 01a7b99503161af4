"""Template calls: found where MediaWiki finds them, edited without touching anything else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capitalise.wikitext.calls import SPACE, Call, call_text, find_calls, with_values
from capitalise.wikitext.preprocessor import CORE_TAGS
from tests.mediawiki import farm as mediawiki
from tests.people import Person

CASES = [
    dict(
        re.findall(
            r"^(name|label|input|output):[ ]?(.*?)(?=\n(?:label|input|output):|\Z)",
            case.strip("\n"),
            re.DOTALL | re.MULTILINE,
        )
    )
    for case in (Path(__file__).parents[1] / "data" / "calls.txt").read_text("utf-8").split("\n---\n")
]


def shown(calls: list[Call]) -> str:
    def one(call: Call) -> str:
        return f"{call.name}({', '.join(f'{p.name}={p.value.strip(SPACE)}' for p in call.parameters)})"

    return "; ".join(map(one, calls))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_calls_are_read_as_mediawiki_reads_them(case: dict[str, str]) -> None:
    assert shown(find_calls(case["input"])) == case["output"].strip()


PIECES = [
    "{{",
    "}}",
    "{{{",
    "}}}",
    "{",
    "}",
    "[[",
    "]]",
    "|",
    "=",
    "\n",
    "==",
    "a",
    " ",
    "Fiche",
    "<nowiki>",
    "</nowiki>",
    "<ref>",
    "</ref>",
    "<ref name=x/>",
    "<!--",
    "-->",
    "<includeonly>",
    "</includeonly>",
    "<noinclude>",
    "-{",
    "}-",
    "-",
    "<pre>",
    "</pre>",
    "{|",
    "|}",
]
WIKITEXT = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@pytest.fixture(scope="module")
def preprocessor(running_farm: mediawiki.Farm):  # type: ignore[no-untyped-def]
    somebody = Person("wikiversite")
    tags = frozenset(tag.strip("<>") for tag in somebody.get(meta="siteinfo", siprop="extensiontags")["extensiontags"])
    yield somebody, tags
    somebody.close()


@pytest.mark.mediawiki
@given(texts=st.lists(WIKITEXT, min_size=20, max_size=40))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_calls_are_the_ones_that_a_real_mediawiki_sees(preprocessor, texts: list[str]) -> None:  # type: ignore[no-untyped-def]
    """MediaWiki's own parse tree of random wikitext, some 500 pages of it, next to ours."""
    somebody, tags = preprocessor
    for text in texts:
        text = text.strip() or "x"
        answer = somebody._post(action="expandtemplates", prop="parsetree", text=text)
        tree = ET.fromstring(answer["expandtemplates"]["parsetree"])
        theirs = [_call(node) for node in tree.iter("template")]
        ours = [(text[c.start : c.end], len(c.parameters)) for c in find_calls(text, tags)]
        assert [(_written(n), len(n.findall("part"))) for n in tree.iter("template")] == ours, (text, theirs)


def _call(node: ET.Element) -> str:
    return "".join(node.itertext())


def _written(node: ET.Element) -> str:
    """The wikitext that a node of the parse tree was read from."""
    inside = "".join(filter(None, [node.text, *(piece for child in node for piece in (_written(child), child.tail))]))
    match node.tag:
        case "template" | "tplarg":
            braces = 2 if node.tag == "template" else 3
            parts = [_written(child) for child in node if child.tag == "part"]
            title = _written(node.find("title"))  # type: ignore[arg-type]
            return "{" * braces + "|".join([title, *parts]) + "}" * braces
        case "ext":
            inner = node.find("inner")
            head = "<" + (node.findtext("name") or "") + (node.findtext("attr") or "")
            return head + ("/>" if inner is None else ">" + (inner.text or "") + (node.findtext("close") or ""))
    return inside


LAYOUTS = {
    "page forms": ("{{Fiche\n|a=1\n|b=2\n}}", "{{Fiche\n|a=1\n|c=3\n|b=2\n}}"),
    "one line": ("{{Fiche|a=1|b=2}}", "{{Fiche|a=1|c=3|b=2}}"),
    "aligned": (
        "{{Fiche\n | a      = 1\n | b      = 2\n}}",
        "{{Fiche\n | a      = 1\n | c      = 3\n | b      = 2\n}}",
    ),
    "a break after the name": ("{{Fiche\n|a=\n1\n|b=\n2\n}}", "{{Fiche\n|a=\n1\n|c=3\n|b=\n2\n}}"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_new_parameter_takes_its_place_and_its_neighbours_layout(layout: str) -> None:
    before, after = LAYOUTS[layout]
    assert with_values(before, find_calls(before)[0], {"c": "3"}, ("a", "c", "b")) == after


def test_only_the_value_changes() -> None:
    text = "avant <!-- {{Fiche|a=0}} -->\n{{ Fiche <!-- x -->| a =  vieux  <!-- y -->\n|b=[[c|d]]}}\naprès"
    new = with_values(text, find_calls(text)[0], {"b": "neuf"})
    assert new == text.replace("[[c|d]]", "neuf")


def test_of_doubled_parameters_the_one_that_counts_is_edited() -> None:
    text = "{{Fiche|a=1|a=2}}"
    assert with_values(text, find_calls(text)[0], {"a": "3"}) == "{{Fiche|a=1|a=3}}"


def test_a_list_starts_on_a_line_of_its_own() -> None:
    text = "{{Fiche|a=x}}"
    assert with_values(text, find_calls(text)[0], {"a": "* un\n* deux"}) == "{{Fiche|a=\n* un\n* deux}}"


VALUES = st.text("ab =é'\n", max_size=10).map(lambda text: text.strip(SPACE))


@given(st.dictionaries(st.sampled_from("abcdef"), VALUES), st.dictionaries(st.sampled_from("abcdef"), VALUES))
@settings(max_examples=500)
def test_values_written_are_the_values_read(old: dict[str, str], new: dict[str, str]) -> None:
    text = "avant " + call_text("Fiche", old) + " après"
    edited = with_values(text, find_calls(text)[0], new, "abcdef")
    call = find_calls(edited)[0]
    assert {k: v for k, v in call.values().items() if v} == {k: v for k, v in {**old, **new}.items() if v}
    assert edited.startswith("avant {{Fiche")
    assert edited.endswith("}} après")


@given(st.text(st.sampled_from("{}[]|<!->\nnowiki=/ ")))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for call in find_calls(text, CORE_TAGS):
        assert text[call.start : call.start + 2] == "{{"
        assert text[call.end - 2 : call.end] == "}}"


@pytest.mark.parametrize("piece", ["{{", "{{{", "[[", "<nowiki>", "{{a|", "-{", "<ref", "\n=", "}}", "<!--"])
def test_a_hostile_page_is_read_in_linear_time(piece: str) -> None:
    """Half a megabyte of openings: seconds would mean the square of it."""
    assert find_calls(piece * (500_000 // len(piece))) == []
