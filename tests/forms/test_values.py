from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.values import Unwritable, decode, encode

PIECES = st.sampled_from(
    [
        "|",
        "{{",
        "}}",
        "{",
        "}",
        "[[",
        "]]",
        "[",
        "]",
        "=",
        "\n",
        " ",
        "a",
        "é",
        "{{!}}",
        "{{! }}",
        "&#123;",
        "&#0123;",
        "&#125;",
        "&#91;",
        "<nowiki>",
        "</nowiki>",
        "<!--",
        "-->",
        "<ref>",
        "</ref>",
        "{|",
        "|}",
        "|-",
        "-{",
        "}-",
        "==",
        "<br>",
        "'''",
        "{{Outil|nom=x}}",
        "[[a|b]]",
        "~~~~",
        "*",
        "#",
    ]
)
VALUES = st.lists(PIECES, max_size=12).map("".join)


@given(VALUES)
@settings(max_examples=2000)
@example("{{!}}")
@example("a | b {{! }}")
@example("&#123;&#123;")
def test_a_cell_comes_back_as_it_was(value: str) -> None:
    try:
        raw = encode(value)
    except Unwritable:
        return
    assert decode(raw) == value.strip(" \t\n\r\0\x0b")


@given(VALUES)
@settings(max_examples=1000)
def test_nothing_that_is_written_leaves_its_call(value: str) -> None:
    try:
        raw = encode(value)
    except Unwritable:
        return
    text = "avant {{Fiche\n|description=" + raw + "\n|outils=x\n}} après"
    call = find_calls(text)[0]
    assert text[call.end :] == " après"
    assert call.values() == {"description": raw, "outils": "x"}


@given(VALUES)
@settings(max_examples=1000)
def test_a_value_read_from_a_page_can_be_written_back(value: str) -> None:
    """What a page holds, the cell holds; and writing the cell gives the page's words back."""
    try:
        raw = encode(value)
    except Unwritable:
        return
    assert decode(encode(decode(raw))) == decode(raw)


@pytest.mark.parametrize(
    "value", ["simple", "a | b", "[[Page|texte]]", "{{Modèle|x}}", "<nowiki>|</nowiki>", "a = b", "<ref>x|y</ref>"]
)
def test_only_what_breaks_the_call_is_escaped(value: str) -> None:
    assert encode(value) == ("a {{!}} b" if value == "a | b" else value)


@pytest.mark.parametrize("raw", ["[[a{{!}}b]]", "{{!}} et [[a{{!}}b]]"])
def test_escapes_a_person_wrote_elsewhere_stay_as_they_are(raw: str) -> None:
    assert decode(raw) == raw
    assert encode(raw) == raw


def test_an_unclosed_comment_is_refused() -> None:
    with pytest.raises(Unwritable):
        encode("bonjour <!-- oups")
