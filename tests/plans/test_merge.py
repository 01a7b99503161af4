"""The truth table of the merge: every rule of docs/safety.md that concerns one field."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from capitalise.plans.merge import EMPTY, Base, Decision, Outcome, Step, merge

OLD, MINE, THEIRS = "ancien", "de la feuille", "du wiki"
BASE = Base(10, OLD)


def outcome(sheet: str, wiki: str, base: Base | None = BASE, **more: object) -> Outcome:
    return merge(sheet, wiki, base, **more).outcome  # type: ignore[arg-type]


def test_nothing_changed() -> None:
    assert outcome(OLD, OLD) is Outcome.IN_STEP


def test_changed_in_the_sheet_goes_to_the_wiki() -> None:
    verdict = merge(MINE, OLD, BASE)
    assert (verdict.outcome, verdict.value) == (Outcome.TO_WIKI, MINE)


def test_changed_on_the_wiki_goes_to_the_sheet() -> None:
    verdict = merge(OLD, THEIRS, BASE)
    assert (verdict.outcome, verdict.value) == (Outcome.TO_SHEET, THEIRS)


def test_changed_alike_on_both_sides_is_in_step() -> None:
    assert outcome(MINE, MINE) is Outcome.IN_STEP


def test_changed_differently_waits_with_its_own_base() -> None:
    verdict = merge(MINE, THEIRS, BASE)
    assert (verdict.outcome, verdict.base) == (Outcome.DECIDE, BASE)


def test_an_emptied_cell_is_a_finding() -> None:
    assert outcome("", OLD) is Outcome.EMPTIED_IN_SHEET


def test_a_cell_emptied_on_purpose_empties_the_field() -> None:
    verdict = merge(EMPTY, OLD, BASE)
    assert (verdict.outcome, verdict.value) == (Outcome.TO_WIKI, "")


def test_a_field_emptied_on_the_wiki_keeps_the_sheets_text() -> None:
    assert outcome(OLD, "") is Outcome.EMPTIED_ON_WIKI


def test_emptied_on_purpose_while_the_wiki_changed_waits() -> None:
    assert outcome(EMPTY, THEIRS) is Outcome.DECIDE


def test_the_first_time_an_empty_side_takes_the_other() -> None:
    assert outcome("", THEIRS, None) is Outcome.TO_SHEET
    assert outcome(MINE, "", None) is Outcome.TO_WIKI
    assert outcome(MINE, MINE, None) is Outcome.IN_STEP


def test_the_first_time_a_difference_waits() -> None:
    assert outcome(MINE, THEIRS, None) is Outcome.DECIDE
    assert outcome(EMPTY, THEIRS, None) is Outcome.DECIDE


def test_deciding_for_the_wiki() -> None:
    verdict = merge(MINE, THEIRS, BASE, decision=Decision.WIKI, seen=THEIRS)
    assert (verdict.outcome, verdict.value) == (Outcome.TO_SHEET, THEIRS)


def test_deciding_for_the_sheet() -> None:
    assert outcome(MINE, THEIRS, decision=Decision.SHEET, seen=THEIRS) is Outcome.TO_WIKI


def test_a_decision_taken_before_the_wiki_changed_again_does_not_count() -> None:
    assert outcome(MINE, "encore autre chose", decision=Decision.SHEET, seen=THEIRS) is Outcome.OUTDATED
    assert outcome(MINE, THEIRS, decision=Decision.SHEET, seen=None) is Outcome.OUTDATED
    assert outcome(MINE, "", decision=Decision.WIKI, seen=THEIRS) is Outcome.OUTDATED


# -- reverts ----------------------------------------------------------------------------------

BEFORE, OURS = Step(9, OLD, ours=False), Step(10, MINE, ours=True)
SAVED = Base(10, MINE)


def test_a_revert_of_our_edit_is_an_answer() -> None:
    history = [BEFORE, OURS, Step(11, OLD, ours=False)]
    assert outcome(MINE, OLD, SAVED, history=history) is Outcome.REVERTED


def test_a_revert_is_seen_through_our_later_edits_of_other_fields() -> None:
    history = [BEFORE, OURS, Step(11, MINE, ours=True), Step(12, OLD, ours=False)]
    assert outcome(MINE, OLD, Base(11, MINE), history=history) is Outcome.REVERTED


def test_a_partial_revert_under_other_changes_is_a_revert_of_this_field() -> None:
    history = [BEFORE, OURS, Step(11, "x", ours=False), Step(12, OLD, ours=False)]
    assert outcome(MINE, OLD, SAVED, history=history) is Outcome.REVERTED


def test_a_persons_own_change_taken_back_is_no_revert_of_ours() -> None:
    history = [BEFORE, Step(10, MINE, ours=False), Step(11, OLD, ours=False)]
    assert outcome(MINE, OLD, SAVED, history=history) is Outcome.TO_SHEET


def test_something_new_on_top_of_our_edit_is_no_revert() -> None:
    history = [BEFORE, OURS, Step(11, THEIRS, ours=False)]
    assert outcome(MINE, THEIRS, SAVED, history=history) is Outcome.TO_SHEET


def test_removing_what_our_creation_wrote_is_a_revert() -> None:
    history = [OURS, Step(11, "", ours=False)]
    assert outcome(MINE, "", SAVED, history=history) is Outcome.REVERTED


def test_after_a_revert_only_an_editor_who_was_told_may_try_something_else() -> None:
    history = [BEFORE, OURS, Step(11, OLD, ours=False)]
    assert outcome("troisième", OLD, SAVED, history=history, seen=OLD) is Outcome.DECIDE
    assert outcome("troisième", OLD, SAVED, history=history, seen=MINE, told=True) is Outcome.DECIDE
    assert outcome("troisième", "un tiers", SAVED, history=history, seen=OLD, told=True) is Outcome.DECIDE
    assert outcome("troisième", OLD, SAVED, history=history, seen=OLD, told=True) is Outcome.TO_WIKI


def test_a_revert_ends_when_the_wiki_says_a_third_thing() -> None:
    """Taken back is a state of the wiki: whoever writes on from there is heard like anybody."""
    history = [BEFORE, OURS, Step(11, OLD, ours=False), Step(12, OLD + ".", ours=False)]
    assert outcome(MINE, OLD + ".", SAVED, history=history) is Outcome.TO_SHEET
    assert outcome(MINE + "!", OLD + ".", SAVED, history=history, seen=OLD, told=True) is Outcome.DECIDE
    assert outcome(MINE, OLD, SAVED, seen=OLD, told=True) is Outcome.REVERTED  # its history is too long to be read back


def test_a_decision_that_was_carried_out_is_none_any_more() -> None:
    """Answered, written, the run killed, and then somebody took it back."""
    history = [
        Step(1, OLD, ours=False),
        Step(2, THEIRS, ours=False),
        Step(3, MINE, ours=True),
        Step(4, THEIRS, ours=False),
    ]
    verdict = merge(MINE, THEIRS, Base(1, OLD), history, Decision.SHEET, THEIRS, asked_at=2)
    assert (verdict.outcome, verdict.base) == (Outcome.REVERTED, Base(3, MINE))


def test_taking_back_what_people_made_of_our_edit_takes_it_back_too() -> None:
    history = [BEFORE, OURS, Step(11, MINE + " mendé", ours=False), Step(12, OLD, ours=False)]
    assert outcome(MINE + " mendé", OLD, Base(11, MINE + " mendé"), history=history) is Outcome.REVERTED


def test_any_text_from_before_our_edit_takes_it_back() -> None:
    history = [Step(8, THEIRS, ours=False), BEFORE, OURS, Step(11, THEIRS, ours=False)]
    assert outcome(MINE, THEIRS, SAVED, history=history) is Outcome.REVERTED


def test_an_edit_of_ours_to_another_field_is_nothing_that_people_take_back() -> None:
    """Somebody respelled the field, we saved another one, and the normaliser spells it as it was."""
    history = [Step(7, OLD, ours=False), Step(8, THEIRS, ours=False), Step(9, THEIRS, ours=True)]
    for ours in (True, False):
        assert outcome(THEIRS, OLD, Base(9, THEIRS), history=[*history, Step(10, OLD, ours=ours)]) is Outcome.TO_SHEET


def test_later_is_the_pages_order_and_not_the_numbers() -> None:
    """An import put older revisions on the page, with greater numbers."""
    history = [Step(90, MINE, ours=True), Step(10, OLD, ours=False), Step(11, THEIRS, ours=False)]
    assert outcome(MINE, THEIRS, BASE, history=history) is Outcome.DECIDE


def test_our_own_undo_is_a_revert_too() -> None:
    history = [BEFORE, OURS, Step(11, OLD, ours=True)]
    assert outcome(MINE, OLD, SAVED, history=history) is Outcome.REVERTED


# -- crashes ----------------------------------------------------------------------------------


def test_a_crash_before_the_rows_new_number_is_no_conflict() -> None:
    """Our edit was saved, the number was not; then a person went on from our text."""
    history = [Step(10, OLD, ours=False), Step(11, MINE, ours=True), Step(12, THEIRS, ours=False)]
    verdict = merge(MINE, THEIRS, BASE, history)
    assert (verdict.outcome, verdict.base) == (Outcome.TO_SHEET, Base(11, MINE))


def test_a_crash_and_then_a_revert_is_a_revert() -> None:
    history = [Step(10, OLD, ours=False), Step(11, MINE, ours=True), Step(12, OLD, ours=False)]
    assert outcome(MINE, OLD, BASE, history=history) is Outcome.REVERTED


def test_an_old_copy_of_the_sheet_takes_what_was_written_since() -> None:
    history = [Step(10, OLD, ours=False), Step(11, MINE, ours=True)]
    assert outcome(OLD, MINE, BASE, history=history) is Outcome.TO_SHEET
    assert outcome("retouché dans la copie", MINE, BASE, history=history) is Outcome.DECIDE


def test_a_number_that_cannot_be_trusted_is_no_first_time() -> None:
    assert outcome(MINE, "", None, numbered=True) is Outcome.DECIDE
    assert outcome("", THEIRS, None, numbered=True) is Outcome.TO_SHEET


def test_the_words_for_empty_are_words_where_the_wiki_holds_them() -> None:
    assert outcome(EMPTY, EMPTY) is Outcome.IN_STEP
    assert outcome(EMPTY, THEIRS, Base(10, EMPTY)) is Outcome.TO_SHEET


def test_a_persons_edit_that_equals_the_cell_is_no_base() -> None:
    history = [Step(10, OLD, ours=False), Step(11, MINE, ours=False), Step(12, THEIRS, ours=False)]
    assert outcome(MINE, THEIRS, BASE, history=history) is Outcome.DECIDE


# -- whatever happens -------------------------------------------------------------------------

TEXT = st.sampled_from(["", OLD, MINE, THEIRS, "x"])
STEPS = st.lists(st.tuples(TEXT, st.booleans()), max_size=5).map(
    lambda steps: [Step(8 + i, value, ours) for i, (value, ours) in enumerate(steps)]
)


@given(
    st.sampled_from(["", EMPTY, OLD, MINE, "x"]),
    TEXT,
    st.one_of(st.none(), st.builds(Base, st.integers(8, 12), TEXT)),
    STEPS,
    st.sampled_from([None, Decision.SHEET, Decision.WIKI]),
    st.one_of(st.none(), TEXT),
)
@settings(max_examples=3000)
def test_no_text_is_replaced_that_nobody_saw_or_that_changed(
    sheet: str, wiki: str, base: Base | None, history: list[Step], decision: Decision | None, seen: str | None
) -> None:
    verdict = merge(sheet, wiki, base, history, decision, seen, told=bool(seen))
    wanted = "" if sheet == EMPTY else sheet
    ours = {step.value for step in history if step.ours}
    if verdict.outcome is Outcome.TO_WIKI and wiki:
        known = base is not None and wiki == base.value
        recognised = wiki in ours  # our own words
        assert known or recognised or seen == wiki
        assert sheet or decision is Decision.SHEET  # an empty cell alone empties nothing
    if verdict.outcome is Outcome.TO_SHEET and wanted and not (decision is Decision.WIKI and seen == wiki):
        assert (base is not None and sheet == base.value) or wanted in ours
        assert wiki
    if verdict.outcome is Outcome.IN_STEP:
        assert wiki in (wanted, sheet)
    assert not (verdict.outcome.waits and sheet == wiki)


def test_a_field_that_somebody_fills_on_a_page_of_ours_is_no_revert() -> None:
    """The page was created without it, so nothing of ours was taken back (found by a story of benchmarks.chaos)."""
    history = [Step(20, "", True), Step(23, "", False), Step(31, "de Camille", False)]
    assert merge("", "de Camille", Base(20, ""), history).outcome is Outcome.TO_SHEET
