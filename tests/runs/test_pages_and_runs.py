"""Judging what was saved, and finding near the end of a run what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.bots.fiches.page import cell_doubts, new_page, read_cells, with_cells
from capitalise.errors import Skip
from capitalise.pages.revisions import Revision
from capitalise.runs.history import PastRun, taken_back
from capitalise.runs.verify import Truth, judge, merge_is_sound
from capitalise.wikitext.canonical import canonical, digest, expanded_on_save
from capitalise.wikitext.instances import InstanceType
from capitalise.wikitext.preprocessor import CORE_TAGS
from tests.schema import field_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FORM = FicheForm(
    "Fiche",
    (
        FicheField("étape", "Étape", values=("1 - A", "2 - B")),
        FicheField("description", "Description"),
        FicheField("outils", "Outils", instances=InstanceType("Outil", ("nom", "lien"))),
        FicheField("attribut", "Attribut", schema=field_of("", "[[Has type::Text]]")),
    ),
    CORE_TAGS,
)


def revision(text: str, number: int = 12, parent: int = 11) -> Revision:
    return Revision(number, parent, "P", "R", "", NOW, digest(text), text)


BASE = "{{Fiche|a=1|b=2}}\n\nbas"
OURS = "{{Fiche|a=10|b=2}}\n\nbas"


def test_saved_as_planned() -> None:
    assert judge(BASE, OURS, revision(OURS), None, direct=True) is Truth.SAVED


def test_stored_otherwise_than_planned() -> None:
    assert judge(BASE, OURS, revision("autre"), None, direct=True) is Truth.BROKEN


def test_a_person_who_was_overwritten() -> None:
    assert judge(BASE, OURS, revision(OURS), revision(BASE + " d'en bas", 11, 10), direct=False) is Truth.SWALLOWED


def test_a_merge_that_kept_both() -> None:
    theirs, merged = BASE + " d'en bas", OURS + " d'en bas"
    assert judge(BASE, OURS, revision(merged), revision(theirs, 11, 10), direct=False) is Truth.MERGED


@pytest.mark.parametrize(
    "merged",
    [
        "{{Fiche|a=10|b=2|a=5}}\n\nbas",
        "{{Fiche|a=1|b=2}}\n\nbas",
        "{{Fiche|a=10}}\n\nbas",
        "{{Fiche|a=10|b=3}}\n\nbas",
        "bas",
    ],
)
def test_a_merge_that_doubled_lost_or_changed_a_value(merged: str) -> None:
    theirs = BASE + " !"
    assert judge(BASE, OURS, revision(merged), revision(theirs, 11, 10), direct=False) is Truth.BROKEN


def test_a_person_and_the_bot_on_two_values_of_one_call() -> None:
    assert merge_is_sound(BASE, OURS, "{{Fiche|a=1|b=20}}\n\nbas", "{{Fiche|a=10|b=20}}\n\nbas")


def test_what_cannot_be_read_back_is_not_called_saved() -> None:
    assert judge(BASE, OURS, None, None, direct=True) is Truth.UNKNOWN


# -- pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "rien",
        "<nowiki>{{Fiche|description=x}}</nowiki>",
        "<!-- {{Fiche|description=x}} -->",
        "{{Fiche|description=x}} {{Fiche|description=y}}",
        "{{Autre|x={{Fiche|description=x}}}}",
        "{{Fiche|description=x",
        "{{Fiche|description=[[x}}",
    ],
)
def test_a_page_without_exactly_one_readable_call_is_left_alone(text: str) -> None:
    with pytest.raises(Skip):
        read_cells(text, FORM)


def test_template_names_are_compared_as_the_wiki_does() -> None:
    assert read_cells("{{ fiche\n|description=x}}", FORM)["description"] == "x"
    assert read_cells("{{Modèle:Fiche|description=x}}", FORM)["description"] == "x"


def test_a_page_that_saving_would_change_elsewhere_is_left_alone() -> None:
    with pytest.raises(Skip):
        with_cells("e\u0301t\u00e9 {{Fiche|description=x}}", FORM, {"description": "y"})


@pytest.mark.parametrize(
    ("field", "cell", "rule"),
    [
        (1, "signé ~~~~", "expanded-on-save"),
        (1, "{{subst:X}}", "expanded-on-save"),
        (1, "[[Paris (France)|]]", "expanded-on-save"),
        (1, "<!-- ouvert", "unwritable"),
        (1, "x" * 3_000_000, "too-long"),
        (0, "3 - Inconnue", "unknown-value"),
        (2, "a | b | c", "too-many-parts"),
        (3, "a | b", "annotation"),
    ],
)
def test_cells_that_cannot_be_written_are_findings(field: int, cell: str, rule: str) -> None:
    assert [doubt.rule for doubt in cell_doubts(cell, FORM.fields[field], FORM)] == [rule]


@pytest.mark.parametrize(
    "cell",
    [
        "a | b",
        "a }} b",
        "{{ seul",
        "[[ seul",
        "= titre =",
        "x=y",
        "<script>alert(1)</script>",
        "[[Catégorie:X]]",
        "* un\n* deux",
        "<nowiki>~~~~</nowiki>",
        "'''gras'''",
        "{{!}}",
        "|",
        "}}",
        "-{",
        "http://exemple.org/?a=b|c",
        "\n== t ==\n",
    ],
)
def test_awkward_cells_are_written_exactly(cell: str) -> None:
    assert not list(cell_doubts(cell, FORM.fields[1], FORM))
    new = with_cells("haut\n{{Fiche\n|description=x\n|outils=\n}}\nbas", FORM, {"description": cell})
    assert read_cells(new, FORM)["description"] == cell.strip()
    assert new.startswith("haut\n{{Fiche\n|description=")
    assert new.endswith("|outils=\n}}\nbas")


CELL = st.text(st.sampled_from("ab|{}[]<>!-=~'\n éÉ"), max_size=15)


@given(
    CELL,
    CELL,
    st.sampled_from(
        [
            "{{Fiche|description=%s|outils={{Outil|nom=x}}}}",
            "a\n{{Fiche\n| étape = 1 - A\n| description = %s\n}}\nb",
            "{{Fiche}}",
        ]
    ),
)
@settings(max_examples=1500)
def test_any_cell_written_is_read_back_and_the_rest_of_the_page_stays(old: str, new: str, layout: str) -> None:
    page = canonical(layout % "x" if "%s" in layout else layout)
    for cell in (old, new):
        cell = canonical(cell).strip(" \t\n\r\0\x0b")
        if list(cell_doubts(cell, FORM.fields[1], FORM)):
            continue
        before = read_cells(page, FORM)
        page = with_cells(page, FORM, {"description": cell})
        assert read_cells(page, FORM) == {**before, "description": cell}


@given(CELL)
@settings(max_examples=500)
def test_a_new_page_holds_its_cells(cell: str) -> None:
    cell = canonical(cell).strip(" \t\n\r\0\x0b")
    if cell_doubts(cell, FORM.fields[1], FORM) is None:
        assert read_cells(new_page(FORM, {"description": cell, "étape": "1 - A"}), FORM)["description"] == cell


@pytest.mark.parametrize(
    ("text", "form"),
    [("a\r\nb\r", "a\nb"), ("e\u0301", "é"), ("a\x00\x08b", "ab"), ("a\u00a0", "a\u00a0"), ("a\t\n", "a")],
)
def test_canonical_text(text: str, form: str) -> None:
    assert canonical(text) == form


def test_nothing_in_plain_text_is_expanded() -> None:
    assert expanded_on_save("un ~~ deux <nowiki>~~~~</nowiki> [[a|b]] {{substance}}") is None


def test_a_run_is_taken_back_as_far_as_its_undo_went() -> None:
    """In part where it made fewer edits; not at all once the undo was taken back itself."""

    def run(name: str, minute: int, words: str, edits: int) -> PastRun:
        at = datetime(2026, 11, 29, 3, minute, tzinfo=UTC)
        said = [
            (n, Revision(minute * 10 + n, 0, f"Page {n}", "Robot", f"{words} – {name} #{n}", at, "", None))
            for n in range(1, edits + 1)
        ]
        return PastRun(name, tuple(said), ())

    first, other = "20260101T0000-aaaa", "20260101T0001-bbbb"
    runs = [run(first, 1, "x", 3), run(other, 2, f"annulation du passage {first}", 1)]
    assert taken_back(runs) == {first: 1}
    again = run("20260101T0002-cccc", 3, f"annulation du passage {other}", 1)
    assert taken_back([*runs, again]) == {other: 1}
