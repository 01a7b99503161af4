"""The small parts of a plan: decisions, damage, diff, JSON, run ids, titles."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.errors import SettingsError
from capitalise.messages import Message
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import near_titles, nearly_same, normal_title, sort_key, title_problem
from capitalise.plans.decisions import (
    Answers,
    Asked,
    Number,
    Ref,
    Waiting,
    read_answers,
    read_number,
    write_document_questions,
    write_questions,
)
from capitalise.plans.diff import text_diff, word_diff
from capitalise.plans.merge import Decision
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef, SheetChange
from capitalise.plans.reverts import made_before, taken_back, undone, without_mishaps, without_undone
from capitalise.plans.run_ids import new_run_id, run_of, summary_with, undone_run
from capitalise.plans.serial import plan_from_json, plan_to_json
from capitalise.sheets.sorted_alone import sorted_alone
from capitalise.wikitext.canonical import digest

LABELS = ["Description", "Étape", "Outils : liens", "Desc", "Titre"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Description : feuille ou wiki ?", Waiting()),
        ("Description\u00a0: feuille ou wiki\u00a0? wiki", Waiting(Decision.WIKI)),
        ("Description: sheet or wiki? sheet", Waiting(Decision.SHEET)),
        ("Description : wiki", Waiting(Decision.WIKI)),
        ("description = Feuille.", Waiting(Decision.SHEET)),
        ("Description → wiki !", Waiting(Decision.WIKI)),
        ("Description feuille", Waiting(Decision.SHEET)),
        ("Description : feuille ou wiki ?\nwiki", Waiting(Decision.WIKI)),
        # as older sheets have it
        ("Description@1201", Waiting(None, 1201)),
        ("Description@1201 feuille", Waiting(Decision.SHEET, 1201)),
        ("description @ 1201 : Wiki", Waiting(Decision.WIKI, 1201)),
        ("Description@7 annulé feuille", Waiting(Decision.SHEET, 7)),
        ("Description@7\nwiki", Waiting(Decision.WIKI, 7)),
    ],
)
def test_decisions_are_understood_as_people_write_them(cell: str, expected: Waiting) -> None:
    assert read_answers(cell, LABELS) == Answers({"Description": expected})


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("wiki", Decision.WIKI),
        ("Feuille !", Decision.SHEET),
        ("autre page", Decision.OTHER),
        ("Wiki", Decision.WIKI),
    ],
)
def test_one_word_is_an_answer_too(cell: str, word: Decision) -> None:
    assert read_answers(cell, LABELS) == Answers(bare=word)


@pytest.mark.parametrize(
    "cell",
    [
        "Description@1201 peut-être",
        "Zorglub : feuille",
        "bonjour",
        "feuille ou bien wiki",
        "wiki ?",
        "Description : wiki ?",
    ],
)
def test_what_is_not_understood_is_kept_as_written(cell: str) -> None:
    assert read_answers(cell, LABELS) == Answers(unknown=(cell,))
    assert write_questions([], [cell]) == cell


@given(labels=st.lists(st.sampled_from(LABELS), unique=True), language=st.sampled_from(["fr", "en"]))
def test_questions_come_back_from_their_cell_and_decide_nothing(labels: list[str], language: str) -> None:
    cell = write_questions(labels, language=language)
    assert read_answers(cell, LABELS) == Answers({label: Waiting() for label in labels})


def test_two_decisions_that_contradict_each_other_are_none() -> None:
    answers = read_answers("Description : feuille ; Description : wiki", LABELS)
    assert (answers.entries["Description"].decision, answers.unknown) == (None, ("Description : wiki",))
    assert read_answers("feuille ; wiki", LABELS) == Answers(unknown=("feuille", "wiki"))


def test_a_word_that_stood_there_before_the_question_answers_nothing() -> None:
    cell = write_questions(["Description"], ["feuille"])
    assert read_answers(cell, LABELS) == Answers({"Description": Waiting()}, None, ("feuille",))
    assert write_questions(["Description"], read_answers(cell, LABELS).unknown) == cell


NAMES = ["description", "étape", "a ; b", "x@1"]
REFS = st.builds(Ref, st.integers(0, 10**9), st.one_of(st.just(""), st.from_regex(r"[0-9a-f]{6}", fullmatch=True)))
FIELDS = st.dictionaries(
    st.sampled_from(NAMES[:2] + NAMES[3:]),
    st.one_of(
        st.builds(Asked, REFS), st.builds(Asked, REFS, REFS, st.sampled_from("?!="), st.sampled_from(["", "0d41ee"]))
    ),
)


@given(st.builds(Number, REFS, FIELDS, st.integers(0, 10**9)))
def test_a_rows_number_comes_back_with_what_stands_behind_it(number: Number) -> None:
    assert read_number(str(number), NAMES) == number


def test_numbers_of_older_sheets_are_understood() -> None:
    assert read_number("1305 ; description@1201", NAMES) == Number(Ref(1305), {"description": Asked(Ref(1201))})


@pytest.mark.parametrize(
    "cell",
    [
        "1 2,0",
        "12 ; zorglub@3",
        "12 ; description",
        "12;description@3",
        " ; description@3",
        "12 ; description@3 ; ",
        "12#xyz",
    ],
)
def test_a_number_that_this_tool_did_not_write_is_none(cell: str) -> None:
    assert read_number(cell.strip(), NAMES) is None


def test_a_column_sorted_alone_is_noticed() -> None:
    old = ["pomme", "banane", "cerise", "datte", "figue"]
    assert sorted_alone(dict(enumerate(zip(old, sorted(old, reverse=True), strict=True))))


def test_ordinary_work_in_a_column_is_not_damage() -> None:
    assert not sorted_alone({n: (f"texte {n}", f"texte {n} relu") for n in range(50)})
    assert not sorted_alone(dict.fromkeys(range(20), ("1 - Qualifier", "2 - Réunir")))
    assert not sorted_alone({1: ("a", "b"), 2: ("b", "a")})
    texts = ["un four à pain", "deux licences", "Brindezingue", "les rôles de chacun"]
    few = dict(enumerate([*((text, "") for text in texts), *(("", text) for text in sorted(texts))]))
    assert sorted_alone(few)  # thirteen rows, four of them filled
    assert not sorted_alone({**few, 9: ("", "une phrase nouvelle")})
    assert not sorted_alone({1: ("1", "2"), 2: ("2", "3"), 3: ("3", "1")})


def test_a_diff_shows_what_goes_and_what_comes() -> None:
    assert [(p.kind, p.text) for p in text_diff("a\nb\nc", "a\nB\nc")] == [
        (" ", "a"),
        ("-", "b"),
        ("+", "B"),
        (" ", "c"),
    ]
    assert [(p.kind, p.text) for p in text_diff("", "neuf")] == [("+", "neuf")]
    assert [(p.kind, p.text) for p in word_diff("un gros chat", "un chat")] == [
        (" ", "un "),
        ("-", "gros "),
        (" ", "chat"),
    ]


@given(st.text(), st.text())
def test_both_texts_can_be_read_out_of_their_diff(old: str, new: str) -> None:
    pieces = list(word_diff(old, new))
    assert "".join(p.text for p in pieces if p.kind in " -") == old
    assert "".join(p.text for p in pieces if p.kind in " +") == new


AT = st.builds(RowRef, st.text(), st.integers(0), st.text())
PLANS = st.builds(
    Plan,
    st.text(),
    st.text(),
    st.just(datetime(2026, 11, 22, 1, 48, tzinfo=UTC)),
    st.tuples(
        st.builds(
            PageChange,
            st.text(),
            st.text(),
            st.integers(0),
            st.text(),
            st.text(),
            st.text(),
            st.tuples(st.text()),
            st.text(),
            st.tuples(AT),
        )
    ),
    st.tuples(st.builds(SheetChange, AT, st.text(), st.text(), st.none() | st.text(), st.text())),
    st.tuples(
        st.builds(
            Conflict, st.text(), st.text(), st.text(), st.integers(0), st.text(), st.text(), st.text(), st.none() | AT
        )
    ),
    st.tuples(st.builds(Finding, st.text(), st.builds(Message, st.text(min_size=1)), st.text(), at=st.none() | AT)),
)


@given(PLANS)
def test_a_plan_comes_back_from_its_json(plan: Plan) -> None:
    assert plan_from_json(plan_to_json(plan, "fr"), "plan.json") == plan


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"bot": 1}',
        '{"bot":"b","run":"r","created":"hier","changes":[]}',
        '{"bot":"b","run":"r","created":"2026-01-01","changes":[{"wiki":5}],"conflicts":[],"findings":[],"notes":[]}',
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(SettingsError, match=r"plan\.json is not a plan"):
        plan_from_json(text, "plan.json")


@given(st.text(), st.integers(1, 10**6))
def test_a_run_is_found_again_in_its_summary(human: str, number: int) -> None:
    run = new_run_id(datetime(2026, 11, 22, 1, 48, tzinfo=UTC))
    summary = summary_with(human, run, number)
    assert run_of(summary) == (run, number)
    assert len(summary) <= 500


@pytest.mark.parametrize(
    ("words", "undone"),
    [
        ("annulation du passage 20261121T0148-k3f9", "20261121T0148-k3f9"),
        ("roumics : compte rendu", ""),
        ("passage 20261122T0148-k3f9", ""),
    ],
)
def test_the_run_that_an_edit_took_back(words: str, undone: str) -> None:
    assert undone_run(summary_with(words, "20261122T0148-k3f9", 17)) == undone
    assert undone_run(words) == ""


def test_of_a_long_summary_the_human_part_is_cut() -> None:
    """MediaWiki would cut the end, and with it the run's number."""
    summary = summary_with("é" * 600, "20261122T0148-k3f9", 17)
    assert len(summary) == 500
    assert run_of(summary) == ("20261122T0148-k3f9", 17)


@pytest.mark.parametrize(
    ("title", "normal"),
    [
        ("délimiter_le  périmètre ", "Délimiter le périmètre"),
        (":accueil", "Accueil"),
        ("E\u0301te\u0301", "Été"),
        ("a\u00a0b", "A b"),
    ],
)
def test_titles_have_one_spelling(title: str, normal: str) -> None:
    assert normal_title(title) == normal


@pytest.mark.parametrize("title", ["", "a|b", "a[b", "<x>", "a#b", "x" * 256, "a/../b", "%41", "a~~~b", "a\nb"])
def test_illegal_titles_are_said_to_be(title: str) -> None:
    assert title_problem(title) is not None


@pytest.mark.parametrize(
    "other",
    [
        "Delimiter le perimetre",
        "Délimiter le périmétre",
        "DÉLIMITER LE PÉRIMÈTRE",
        "Délimiter le périmètr",
        "Délimitre le périmètre",
        "Délimiter : le périmètre",
    ],
)
def test_titles_a_typo_apart_are_nearly_the_same(other: str) -> None:
    assert nearly_same("Délimiter le périmètre", [other]) == other


def test_different_titles_are_not() -> None:
    assert nearly_same("Délimiter le périmètre", ["Réguler les usages", "Délimiter le périmètre"]) is None


def test_accents_sort_with_their_letter() -> None:
    assert sorted(["Zone", "Évaluer", "Faire", "Décrire"], key=sort_key) == ["Décrire", "Évaluer", "Faire", "Zone"]


# -- edits that were taken back ---------------------------------------------------------------


def saved(number: int, text: str, user: str = "Camille", comment: str = "") -> Revision:
    return Revision(number, number - 1, "Jardin", user, comment, datetime.now(UTC), digest(text), text)


def ours(number: int, text: str, edit: int, run: str = "20261122T0148-k3f9") -> Revision:
    return saved(number, text, "Robot", f"essai – {run} #{edit}")


def undo(number: int, text: str, of: str = "20261122T0148-k3f9", run: str = "20261122T0200-aaaa") -> Revision:
    return saved(number, text, "Robot", f"annulation du passage {of} – {run} #1")


def test_what_a_run_took_back_itself_never_was() -> None:
    history = [saved(1, "a"), ours(2, "ab", 1), ours(3, "a", 9), saved(4, "ac")]
    assert [r.id for r in without_mishaps(history, "Robot")] == [1, 4]


def test_another_runs_undo_and_a_persons_revert_were() -> None:
    undone = [saved(1, "a"), ours(2, "ab", 1), ours(3, "a", 1, "20261123T0148-zzzz")]
    assert without_mishaps(undone, "Robot") == undone
    reverted = [saved(1, "a"), ours(2, "ab", 1), saved(3, "a")]
    assert without_mishaps(reverted, "Robot") == reverted


@pytest.mark.parametrize(
    ("history", "by"),
    [
        ([saved(1, "a"), ours(2, "b", 1), saved(3, "a")], 3),
        ([saved(1, "a"), ours(2, "b", 1), saved(3, "a"), saved(4, "a ")], 3),
        ([saved(1, "a"), ours(2, "b", 1)], 0),
        ([saved(1, "a"), ours(2, "b", 1), saved(3, "c")], 0),
        ([saved(1, "a"), saved(2, "b"), saved(3, "a")], 0),
        ([ours(1, "a", 1), saved(2, "")], 0),
        ([saved(1, "a"), ours(2, "b", 1), ours(3, "c", 2), saved(4, "a")], 4),
        ([saved(1, "a"), ours(2, "b", 1), saved(3, "a"), ours(4, "a ", 9)], 3),  # the last one is of another part
        ([saved(1, "a"), ours(2, "b", 1), undo(3, "a"), saved(4, "b")], 0),  # who takes an undo back says yes
        ([saved(1, "a"), ours(2, "b", 1), undo(3, "a"), saved(4, "c"), saved(5, "a")], 0),
        ([saved(1, "a"), ours(2, "b", 1), saved(3, "a"), ours(4, "a ", 9), undo(5, "a")], 3),
        (
            [saved(1, "a"), ours(2, "b", 1), ours(3, "c", 2), saved(4, "b"), undo(5, "a")],
            4,
        ),  # a no before an undo stands
        ([], 0),
    ],
)
def test_whether_people_took_our_last_edit_back(history: list[Revision], by: int) -> None:
    found = taken_back(history, "Robot", str.strip)
    assert (found.id if found else 0) == by


R1, R2, U1, U2 = "20261122T0148-k3f9", "20261123T0148-zzzz", "20261122T0200-aaaa", "20261124T0000-dddd"


@pytest.mark.parametrize(
    ("since", "new", "written"),
    [
        ([], "b\nx", "a\nx"),
        ([], "c\nx", "c\nx"),  # the folder says something else
        ([], "b\nx\ny", "a\nx\ny"),  # the rest is written
        ([], "x", "x"),
        ([saved(4, "a\nx\nZoé")], "b\nx\nZoé", "a\nx\nZoé"),
        ([saved(4, "a !\nx"), saved(5, "a\nx")], "b\nx", "a\nx"),
        ([saved(4, ""), saved(5, "a\nx")], "b\nx", "a\nx"),  # vandalism, mended
        ([saved(4, "b\nx")], "c\nx", "c\nx"),
        ([saved(4, "b\nx"), saved(5, "a\nx")], "b\nx", "a\nx"),
        ([saved(4, "")], "b\nx", "b\nx"),  # an invitation
        ([undo(4, "b\nx", U1, U2)], "a\nx", "a\nx"),  # the undo was undone
        ([ours(4, "c\nx", 1, R2)], "b\nx", "b\nx"),
        ([ours(4, "a\nx\ny", 1, R2)], "b\nx\ny", "a\nx\ny"),  # a run that went on beside it
        ([ours(4, "a\nx\ny", 1, R2), ours(5, "b\nx\ny", 1, R2)], "b\nx\nz", "b\nx\nz"),
        ([ours(4, "c\nx", 1, R2), undo(5, "a\nx", R2, U2)], "c\nx", "a\nx"),
    ],
)
def test_what_undo_took_out_is_not_brought_back(since: list[Revision], new: str, written: str) -> None:
    history = [saved(1, "a\nx"), ours(2, "b\nx", 1), undo(3, "a\nx"), *since]
    text, run = without_undone(undone(history, "Robot", str), history[-1].text or "", new)
    assert text == written
    assert bool(run) == (written != new)


def test_undone_runs_one_after_the_other() -> None:
    history = [saved(1, ""), ours(2, "b", 1), ours(3, "b\nc", 1, R2), undo(4, "b", R2, U2), undo(5, "")]
    for new, written in (("b", ""), ("b\nc", ""), ("d", "d")):
        assert without_undone(undone(history, "Robot", str), "", new)[0] == written


def test_an_undone_order_of_lines_is_not_every_other_order() -> None:
    history = [saved(1, "a\nb\nc"), ours(2, "b\na\nc", 1), undo(3, "a\nb\nc")]
    assert without_undone(undone(history, "Robot", str), "a\nb\nc", "b\na\nc") == ("a\nb\nc", R1)
    assert without_undone(undone(history, "Robot", str), "a\nb\nc", "c\nb\na") == ("c\nb\na", "")


def test_where_an_administrator_hid_what_was_undone_nothing_is_written() -> None:
    """What it was cannot be compared any more, and may be the very thing that was to go."""
    history = [saved(1, "a"), replace(ours(2, "b", 1), text=None), undo(3, "a")]
    assert without_undone(undone(history, "Robot", str), "a", "b") == ("a", R1)
    assert without_undone(undone([*history, saved(4, "")], "Robot", str), "", "c") == ("c", "")


ROWS = "{|\n|-\n| un\n|-\n| deux\n|}"


def test_a_new_row_of_a_table_does_not_bring_back_a_row_that_was_undone() -> None:
    """A `|-` that is put in says nothing of the `|-` that was taken out."""
    with_three, with_four = ROWS.replace("|}", "|-\n| trois\n|}"), ROWS.replace("|}", "|-\n| quatre\n|}")
    history = [saved(1, ROWS), ours(2, with_three, 1), undo(3, ROWS), ours(4, with_four, 2)]
    (out,) = undone(history, "Robot", str)
    assert out.before == with_three
    text, run = without_undone([out], with_four, with_three.replace("|}", "|-\n| quatre\n|}"))
    assert "trois" not in text
    assert run == R1


def test_two_new_rows_on_two_days_are_nobodys_no() -> None:
    one, two = ROWS.replace("|}", "|-\n| trois\n|}"), ROWS.replace("|}", "|-\n| trois\n|-\n| quatre\n|}")
    assert made_before([saved(1, ROWS), ours(2, one, 1)], "Robot", one, two) is None
    assert made_before([saved(1, ROWS), ours(2, one, 1), saved(3, ROWS)], "Robot", ROWS, one)


LINES = st.lists(st.sampled_from("abcd"), max_size=4).map("\n".join)


@given(LINES, LINES, LINES)
def test_no_undone_line_comes_back_that_the_folder_did_not_move(first: str, made: str, new: str) -> None:
    history = [saved(1, first), ours(2, made, 1), undo(3, first)]
    text, _run = without_undone(undone(history, "Robot", str), first, made)
    assert text == first
    text, run = without_undone(undone(history, "Robot", str), first, new)
    assert run or text == new


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Atelier 1", "Atelier 2"),
        ("Bilan 2016", "Bilan 2017"),
        ("Groupe A", "Groupe B"),
        ("Fête du port", "Fête du pont"),
        ("Le four", "La four"),
        ("Communs numériques", "Communs et numériques"),
    ],
)
def test_titles_that_differ_by_a_number_a_letter_or_a_short_word_are_others(one: str, other: str) -> None:
    assert nearly_same(one, [other]) is None


@pytest.mark.parametrize("other", ["Compte-rendu", "Compterendu", "Comptes rendu", "COMPTE RENDU", "Compte rendus"])
def test_titles_a_slip_apart_are_near(other: str) -> None:
    assert nearly_same("Compte rendu", [other]) == other


def test_two_thousand_new_titles_are_looked_up_at_once() -> None:
    titles = [f"Fiche {number} sur un sujet assez long pour un titre" for number in range(2000)]
    start = time.process_time()
    near = near_titles(titles)
    assert [near(title) for title in titles] == [None] * 2000
    assert time.process_time() - start < 2


def test_a_heading_that_is_called_as_another_field_is_nobodys_answer() -> None:
    labels = ["Titre", "Description", "Résumé"]
    answers = read_answers("Description : wiki", labels, {"description": "Résumé"})
    assert (answers.entries, answers.unknown) == ({}, ("Description : wiki",))
    assert read_answers("Texte : wiki", labels, {"Texte": "Résumé"}).entries["Résumé"].decision is Decision.WIKI


def test_the_question_of_an_import_is_taken_out_when_it_is_answered() -> None:
    assert write_document_questions("Description : document", ["Description", "Titre"], ["Description"], []) == ""
