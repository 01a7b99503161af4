from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capitalise.wikitext.instances import (
    Hidden,
    InstanceType,
    TooManyParts,
    canonical_lines,
    instance_lines,
    with_instances,
)
from capitalise.wikitext.values import Unwritable

TOOL = InstanceType("Outil", ("nom", "lien", "phrase"))
RAW = "{{Outil\n|nom=Pad\n|lien=https://pad.example\n}}\n{{outil|nom=Vote|phrase=pour [[décider|trancher]]}}"


def test_each_instance_is_one_line() -> None:
    assert instance_lines(RAW, TOOL) == "Pad | https://pad.example\nVote |  | pour [[décider|trancher]]"


def test_an_unchanged_list_keeps_every_byte() -> None:
    assert with_instances(RAW, instance_lines(RAW, TOOL), TOOL) == RAW


def test_a_changed_line_is_edited_in_place_and_the_others_stay() -> None:
    cell = "Pad | https://pad.example | écrire à plusieurs\nVote |  | pour [[décider|trancher]]"
    assert with_instances(RAW, cell, TOOL) == RAW.replace("\n}}\n", "\n|phrase=écrire à plusieurs\n}}\n")


def test_a_new_line_is_a_new_call_and_a_missing_one_is_removed() -> None:
    assert with_instances(RAW, "Vote || pour [[décider|trancher]]\nCarte", TOOL) == (
        "{{outil|nom=Vote|phrase=pour [[décider|trancher]]}}\n{{Outil\n|nom=Carte\n}}"
    )


@pytest.mark.parametrize("raw", ["voir aussi {{Outil|nom=x}}", "{{Outil|nom=x|prix=12 €}}", "Framapad"])
def test_words_that_a_line_cannot_show_are_never_overwritten(raw: str) -> None:
    with pytest.raises(Hidden):
        with_instances(raw, "autre", TOOL)


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(TooManyParts):
        with_instances("", "a | b | c | d", TOOL)


PARTS = st.text(st.sampled_from("ab|[]{}=é ⏎<!-\n#*"), max_size=8)


@given(
    st.lists(st.lists(PARTS, min_size=1, max_size=3).map(" | ".join), max_size=5).map("\n".join),
    st.sampled_from(["", RAW]),
)
@settings(max_examples=1500)
def test_lines_written_are_the_lines_read(cell: str, raw: str) -> None:
    try:
        written = with_instances(raw, cell, TOOL)
    except (Unwritable, TooManyParts, Hidden):
        return
    assert with_instances(written, instance_lines(written, TOOL), TOOL) == written
    again = canonical_lines(instance_lines(written, TOOL))
    assert again == instance_lines(written, TOOL)
    if not set("{}[|") & set(cell.replace(" | ", "")):
        assert again == canonical_lines(cell)
