"""What a person's save in a form does to layout and spelling is no answer to a bot: no question, no “annulé”, and undo still works."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capitalise.wikitext.readings import same_reading, same_value, without_change
from tests.recorded import saves

BEFORE = "{{Fiche|étape=1 - A|description=Ancien.}}\nbas"
AFTER = "{{Fiche|étape=1 - A|description=Nouveau.}}\nbas"
SAVED = "{{Fiche\n|étape=1 - A\n|description=Nouveau.\n}}\nbas"


def test_layout_is_no_reading() -> None:
    assert same_reading(AFTER, SAVED)
    assert same_reading("{{T|a=x,y}}", "{{T\n|a=x, y\n|b=\n}}")
    assert not same_reading(AFTER, BEFORE)
    assert not same_reading("{{T|a=x}} mot", "{{T|a=x}} autre")


def test_a_run_is_taken_back_by_its_values_where_a_save_moved_the_lines() -> None:
    assert without_change(BEFORE, AFTER, SAVED) == "{{Fiche\n|étape=1 - A\n|description=Ancien.\n}}\nbas"
    assert without_change(BEFORE, AFTER, SAVED.replace("Nouveau", "Le mien")) is None
    assert without_change(BEFORE, AFTER + " plus", SAVED) is None  # the run wrote more than values
    kept = without_change(BEFORE, AFTER, SAVED.replace("|étape=1 - A", "|étape=2 - B"))
    assert kept is not None and "|étape=2 - B" in kept and "Ancien." in kept


def test_every_recorded_save_that_changed_no_value_is_the_same_reading() -> None:
    layout = [
        one
        for one in saves("save")
        if one["note"]
        in ("call on one line", "aligned parameters", "pipes at line ends", "parameters in another order than the form")
    ]
    assert len(layout) == 4
    assert all(same_reading(one["before"], one["after"]) for one in layout)


WORDS = st.text(st.sampled_from("ab é,;\n"), max_size=8)


@given(WORDS, WORDS, WORDS)
def test_nothing_but_the_runs_values_goes(old: str, new: str, other: str) -> None:
    before, after = (f"{{{{T|a={value}|b={other}}}}} mots" for value in (old, new))
    now = f"{{{{T\n|a={new}\n|b={other}\n}}}} mots"
    back = without_change(before, after, now)
    assert back is None or same_reading(back, before)


def test_what_is_layout_and_what_is_a_word() -> None:
    assert same_value("a,b ; c", "a, b;c")
    assert same_value("{{L|x=1}}  {{L |x= 1\n}}", "{{L|x=1}} {{L\n|x=1}}")
    for one, other in (
        ("3,14", "3, 14"),
        ("a\nb", "a b"),
        ("a\n\nb", "a\nb"),
        ("{{L|x=a\nb}}", "{{L|x=a b}}"),
        ("{{L|x=1}} mot", "mot {{L|x=1}}"),
    ):
        assert not same_value(one, other)
    assert not same_reading("Un.\n\nDeux.", "Un.\nDeux.")


def test_of_several_calls_nobody_guesses_which_is_which() -> None:
    before, after = "{{L|n=Ana|x=1}}{{L|n=Bo|x=1}}", "{{L|n=Ana|x=2}}{{L|n=Bo|x=1}}"
    assert without_change(before, after, after) == before
    assert without_change(before, after, "{{L|n=Cléo|x=2}}{{L|n=Ana|x=2}}") is None
    assert without_change(before, after, "{{L|n=Ana|x=2|z=neuf}}{{L|n=Bo|x=1}}") is None
