"""Take every guard out in turn and see a test turn red: `make guards`.

A guard that can be removed while all tests stay green protects nobody. Each line of the table below
names a rule of docs/safety.md, the code that is its guard, what it is replaced by, and the tests that
must then fail. The change is made in a copy; the project's files are never touched.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Guard:
    rule: str
    file: str
    code: str
    without: str
    tests: str


GUARDS = (
    Guard(
        "review: whoever comes by another name is refused",
        "review/guard.py",
        'if environ.get("HTTP_HOST") != host:',
        "if False:",
        "tests/review/test_review.py::test_only_who_holds_the_token_and_comes_by_the_right_name_is_let_in",
    ),
    Guard(
        "review: whoever holds no token is refused",
        "review/guard.py",
        "if not status and not _is(_cookie(environ, cookie), token):",
        "if False:",
        "tests/review/test_review.py::test_only_who_holds_the_token_and_comes_by_the_right_name_is_let_in",
    ),
    Guard(
        "review: what another page sends is refused",
        "review/guard.py",
        'if method == "POST" and environ.get("HTTP_ORIGIN") != f"http://{host}":',
        "if False:",
        "tests/review/test_review.py::test_nothing_is_kept_that_another_page_sends",
    ),
    Guard(
        "review: an answer counts for the sheet's text that was shown",
        "bots/fiches/fields.py",
        "return prefer.cell in (said, typed, written, spelled) and answer in (None, prefer.decision)",
        "return True",
        "tests/review/test_review_kinds.py::test_what_is_typed_into_the_sheet_after_it_was_shown_stays",
    ),
    Guard(
        "review: a page whose row was left is no page that lost its row",
        "bots/fiches/planner.py",
        "elif partial or (left and any(left(title) for title in snapshot.listing)):",
        "elif False:",
        "tests/review/test_review_kinds.py::test_a_page_whose_row_was_left_for_now_gets_it_later",
    ),
    Guard(
        "links: another word is another page",
        "bots/crosslinks/known.py",
        "if any(len(word) >= SHORTEST and word.isalpha() and word not in self._words for word in left):",
        "if any(len(word) >= SHORTEST and word.isalpha() for word in left):",
        "tests/bots/crosslinks/test_crosslinks_facts.py::test_another_word_is_another_page",
    ),
    Guard(
        "titles are what the wiki says",
        "bots/fiches/planner.py",
        "sheets = [_as_spelled(sheet, snapshot) for sheet in read]",
        "sheets = list(read)",
        "tests/wikis/test_any_wiki.py::test_titles_are_what_the_wiki_says_they_are",
    ),
    Guard(
        "review: what fails a check is in no group",
        "review/groups.py",
        "if found or item.sort in (Sort.DECISION, Sort.CREATION, Sort.MOVE) or is_alone(item):",
        "if item.sort in (Sort.DECISION, Sort.CREATION, Sort.MOVE) or is_alone(item):",
        "tests/review/test_review.py::test_what_differs_in_anything_else_stands_alone",
    ),
    Guard(
        "review: what came out otherwise is not written",
        "review/decided.py",
        "strange = {one.title for one in plan.pages if not allowed.page(one)}",
        "strange: set[str] = set()",
        "tests/review/test_review.py::test_a_plan_that_came_out_otherwise_is_not_written",
    ),
    Guard(
        "review: what nobody accepted stays as it is",
        "review/decided.py",
        "leaves = {item.place for item in there if not _wanted(item, answers)} - yes if by_field else set()",
        "leaves: set[str] = set()",
        "tests/review/test_review.py::test_what_nobody_accepted_is_asked_of_the_bot_to_stay",
    ),
    Guard(
        "review: a field that is left keeps its own base",
        "bots/fiches/assemble.py",
        "return {**hidden, **waiting, **left}",
        "return {**hidden, **waiting}",
        "tests/review/test_review.py::test_a_field_that_is_left_keeps_its_base_while_another_of_its_row_is_written",
    ),
    Guard(
        "exports: what a wiki renders is cleaned",
        "exports/cleaned.py",
        "    cleaned = nh3.clean(\n        made,",
        "    cleaned = (lambda text, **_rest: text)(\n        made,",
        "tests/exports/test_exports.py::test_html_of_a_wiki_is_cleaned",
    ),
    Guard(
        "exports: the printer reads nothing outside the document",
        "exports/pdf.py",
        'document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}))',
        "document = HTML(string=html)",
        "tests/exports/test_exports.py::test_the_printer_reads_nothing_outside_the_document",
    ),
    Guard(
        "exports: what is left out is left out everywhere",
        "bots/fiches/kit.py",
        "for one in self.form.fields if one not in fields.left_out",
        "for one in self.form.fields",
        "tests/exports/test_exports.py::test_what_is_left_out_is_left_out_everywhere",
    ),
    Guard(
        "exports: words that stand in no field are named",
        "bots/fiches/kit.py",
        'if beside := words_beside(revision.text or "", self.form):',
        'if beside := "":',
        "tests/exports/test_exports.py::test_words_that_stand_in_no_field_are_named",
    ),
    Guard(
        "exports: a part does not take the whole one's place",
        "workspace/exporting.py",
        'name = "-".join(filter(None, (edition.name or edition.bot, render(word, language) if word else "", *parts)))',
        'name = "-".join(filter(None, (edition.name or edition.bot, render(word, language) if word else "")))',
        "tests/exports/test_exports.py::test_a_part_does_not_take_the_whole_ones_place",
    ),
    Guard(
        "kinds: code that nobody said yes to is not run",
        "workspace/trust.py",
        "    if not trusts(path, code):",
        "    if False:",
        "tests/bots/test_kinds.py::test_nobody_said_yes_so_nothing_runs",
    ),
    Guard(
        "kinds: the bytes that are trusted are those that are run",
        "workspace/trust.py",
        "return _known().get(str(path.resolve())) == _mark(code)",
        "return str(path.resolve()) in _known()",
        "tests/bots/test_kinds.py::test_a_program_that_changed_is_asked_about_again",
    ),
    Guard(
        "kinds: what a planner is handed has no commit",
        "pages/reading.py",
        "        if name not in NAMES:",
        "        if False:",
        "tests/bots/test_kinds.py::test_no_attribute_of_a_task_leads_to_a_commit",
    ),
    Guard(
        "kinds: what people took back is not made again",
        "bots/kind.py",
        'if made_before(history, account, page.text or "", new):',
        "if False:",
        "tests/workspace/test_python_page.py::test_a_planner_that_changes_pages_and_takes_no_for_an_answer",
    ),
    Guard(
        "kinds: two equal lines are two of somebody's lines",
        "plans/lines.py",
        'return Counter(filter(str.strip, text.split("\\n")))',
        "return Counter(lines_of(text))",
        "tests/bots/test_kinds.py::test_a_line_that_stood_twice_and_was_put_back_stays",
    ),
    Guard(
        "kinds: a set without pages empties no report",
        "bots/kind.py",
        "if isinstance(pages, PageSet) and not listing:",
        "if False:",
        "tests/bots/test_kinds.py::test_a_report_is_not_emptied_because_a_category_is_misspelt",
    ),
    Guard(
        "table: an answer counts for the text that was shown",
        "bots/table/planner.py",
        "now if self.preferred(row, label) else seen,",
        "now,",
        "tests/bots/table/test_table.py::test_an_answer_does_not_count_for_a_text_that_nobody_was_shown",
    ),
    Guard(
        "table: what a person took back is not written again",
        "bots/table/planner.py",
        "self.trail(row.key, label) if moved else (),",
        "(),",
        "tests/bots/table/test_table.py::test_what_a_person_took_back_is_not_written_again",
    ),
    Guard(
        "table: a row that somebody took out is not made again",
        "bots/table/planner.py",
        "        if row.number.ref.revision:\n            why",
        "        if False:\n            why",
        "tests/bots/table/test_table.py::test_a_row_that_somebody_took_out_of_the_table_is_not_made_again",
    ),
    Guard(
        "table: a column sorted alone is refused",
        "bots/table/planner.py",
        "            if sorted_alone(changed):",
        "            if False:",
        "tests/bots/table/test_table.py::test_a_column_that_was_sorted_alone_is_refused",
    ),
    Guard(
        "table: a row with joined cells is left alone",
        "bots/table/wiki_side.py",
        "            spanned.append(words)",
        "            rows[key_of(words)] = line",
        "tests/bots/table/test_table.py::test_a_row_with_joined_cells_is_left_alone_and_named",
    ),
    Guard(
        "files: what changed is read anew",
        "sheets/file.py",
        "return kept_table([data, *(",
        "return kept_table([*(",
        "tests/sheets/test_kept.py::test_a_sheet_that_changed_is_read_anew",
    ),
    Guard(
        "reports: what a colleague's folder published is not rolled back",
        "bots/roumics/planner.py",
        "return free(region, last) and not foreign",
        "return free(region, last)",
        "tests/bots/roumics/test_roumics_bot.py::test_what_a_colleagues_folder_published_since_is_not_rolled_back",
    ),
    Guard(
        "reports: a picture is its bytes",
        "bots/roumics/pictures.py",
        'if title in there and mine in ("", there[title])',
        "if title in there",
        "tests/bots/roumics/test_roumics_bot.py::test_another_years_picture_of_the_same_name_is_not_this_ones",
    ),
    Guard(
        "reports: a list below a label is held to its last item",
        "notes/attendance.py",
        "if line.list and zone.strong and zone.list in (0, line.list):",
        "if False:",
        "tests/notes/test_notes.py::test_a_list_below_a_label_is_held_to_its_last_item",
    ),
    Guard(
        "reports: hidden text is not published",
        "sheets/shown.py",
        '        return element.tag == f"{_W}r" and _vanishes(element, hidden_styles)',
        "        return False",
        "tests/notes/test_notes.py::test_what_a_document_does_not_show_is_not_published",
    ),
    Guard(
        "outside: a password goes to one machine",
        "wikis/api.py",
        'if method == "POST" or self.http.should_strip_auth(before, address):',
        "if False:",
        "tests/wikis/test_strangers.py::test_a_password_goes_to_one_machine_whatever_a_redirect_says",
    ),
    Guard(
        "outside: an answer is bounded",
        "wikis/api.py",
        "            if len(body) > MOST_BYTES:",
        "            if False:",
        "tests/wikis/test_strangers.py::test_an_answer_that_no_mediawiki_gives_is_one_sentence",
    ),
    Guard(
        "outside: only the web becomes a link",
        "exports/templates.py",
        'return str(text) if re.match(r"https?://[^\\s/]", str(text), re.IGNORECASE) else ""',
        "return str(text)",
        "tests/wikis/test_strangers.py::test_what_a_wiki_says_of_its_addresses_becomes_no_link_but_to_the_web",
    ),
    Guard(
        "merge 1: a field that waits keeps its own base",
        "bots/fiches/assemble.py",
        "return {**hidden, **waiting, **left}",
        "return {**hidden, **left}",
        "tests/bots/fiches/test_job.py::test_an_answer_that_is_none_settles_nothing",
    ),
    Guard(
        "links: a no is for good, in whatever words",
        "bots/crosslinks/repair.py",
        "target_of(quote.link) not in no",
        "True",
        "tests/bots/crosslinks/test_crosslinks_fix.py::test_what_was_put_back_in_other_words_stays_too",
    ),
    Guard(
        "links: what stands in a label is not lost",
        "bots/crosslinks/checks.py",
        r"""if re.search(r"[\[\]{}|<>\n]", f"{name}{section}{quote.link.label}"):""",
        "if False:",
        "tests/bots/crosslinks/test_crosslinks_fix.py::test_what_is_never_touched",
    ),
    Guard(
        "links: a rename is left to settle",
        "bots/crosslinks/planner.py",
        "self.now - moved.at >= SETTLED",
        "True",
        "tests/bots/crosslinks/test_crosslinks_fix.py::test_a_rename_is_followed_to_where_the_page_is_and_no_further",
    ),
    Guard(
        "reports: what stood before a layer is not written over",
        "bots/roumics/pulled.py",
        "        if last is not None:\n",
        "        if False:\n",
        "tests/bots/roumics/test_roumics_bot.py::test_words_that_come_back_are_words_like_others",
    ),
    Guard(
        "reports: a layer knows what its words were made from",
        "bots/roumics/pull.py",
        "        if layers and layers[-1].is_from(region.inside) and history[number].id <= layers[-1].revision:",
        "        if False:",
        "tests/bots/roumics/test_roumics_bot.py::test_a_line_that_a_person_takes_out_again_stays_out",
    ),
    Guard(
        "regions: what was undone is not written again in the same words",
        "plans/regions.py",
        "    text, run = without_undone(out, region.inside, part.inside)\n",
        '    text, run = part.inside, ""\n',
        "tests/bots/roumics/test_roumics_bot.py::test_an_undone_run_is_not_made_again_until_the_folder_says_something_else",
    ),
    Guard(
        "regions: what was undone and hidden is not written again",
        "plans/reverts.py",
        "        if one.before is None:\n            return now, one.run\n",
        "        if one.before is None:\n            continue\n",
        "tests/plans/test_plan_parts.py::test_where_an_administrator_hid_what_was_undone_nothing_is_written",
    ),
    Guard(
        "reports: words kept for another place are not written over",
        "bots/roumics/planner.py",
        "            parts, held = _less_kept(page, parts, texts, kept)",
        "            held = []",
        "tests/bots/roumics/test_roumics_bot.py::test_words_that_a_file_keeps_for_another_part_are_not_written_over",
    ),
    Guard(
        "reports: pulled words follow their page",
        "bots/roumics/planner.py",
        "kept = _kept(followed(words, built, reader_of), built, published or {})",
        "kept = _kept(words, built, published or {})",
        "tests/bots/roumics/test_roumics_bot.py::test_pulled_words_follow_a_page_that_is_renamed_as_the_folder_names_it",
    ),
    Guard(
        "reports: private lines are held back",
        "notes/private.py",
        "    why = why or private(line, venue=venue) or (ATTENDANCE if about_people else None)",
        "    why = why or (ATTENDANCE if about_people else None)",
        "tests/notes/test_notes.py::test_wherever_it_stands",
    ),
    Guard(
        "reports: notes that are gone empty no table",
        "bots/roumics/build.py",
        'not (unsure and name == "suites")',
        "True",
        "tests/web/test_pads.py::test_notes_that_vanish_from_the_folder_leave_the_wiki_as_it_is",
    ),
    Guard(
        "reports: emphasis beside emphasis",
        "notes/tree.py",
        'elif found and one["t"] == found[-1]["t"] and one["t"] in _QUOTED:',
        "elif False:",
        "tests/notes/test_notes.py::test_emphasis_beside_emphasis",
    ),
    Guard(
        "links: no machine inside is asked",
        "web/links.py",
        "if not self.private and is_inside(address):",
        "if False:",
        "tests/web/test_outside.py::test_no_address_inside_is_asked_whatever_its_clothes",
    ),
    Guard(
        "links: one bad day is no death",
        "bots/crosslinks/outside.py",
        "len(answer.days) < DAYS:",
        "False:",
        "tests/web/test_outside.py::test_two_runs_on_one_day_are_one_day",
    ),
    Guard(
        "normalise: the page is read again before it counts",
        "bots/normalise/page.py",
        "if _meant(text, calls, changes) != _read(read, spans)",
        "if False",
        "tests/bots/normalise/test_normalised_pages.py::test_a_brace_at_the_end_is_left_alone",
    ),
    Guard(
        "normalise: a no is for good",
        "bots/normalise/reverted.py",
        "said[label] = revision",
        "pass",
        "tests/bots/normalise/test_normalise_bot.py::test_undoing_it_is_a_no_for_good",
    ),
    Guard(
        "normalise: a page rests",
        "bots/normalise/planner.py",
        "return self.now - revision.timestamp < self.settings.rest",
        "return False",
        "tests/bots/normalise/test_normalise_bot.py::test_a_page_rests_after_somebody_edited_it",
    ),
    Guard(
        "normalise: nothing for what nobody sees",
        "bots/normalise/planner.py",
        "        if not _seen(written.changes):",
        "        if False:",
        "tests/bots/normalise/test_normalise_bot.py::test_what_nobody_sees_rides_along_and_is_no_reason_to_edit",
    ),
    Guard(
        "normalise: rules that are off do not write",
        "bots/normalise/kind.py",
        "rules if normalise.writes or task.request.proposed else frozenset(),",
        "frozenset({'choice'}),",
        "tests/bots/normalise/test_normalise_bot.py::test_a_new_bot_only_proposes",
    ),
    Guard(
        "normalise: a digit or a first letter is no typo",
        "forms/rules/choices.py",
        "a[:2] == b[:2] and a[-1] == b[-1] and _slip(a, b)",
        "_slip(a, b)",
        "tests/forms/test_values_of_forms.py::test_what_meant_something_still_does",
    ),
    Guard(
        "merge 1: a field without a column keeps its own base",
        "bots/fiches/assemble.py",
        "return {**hidden, **waiting, **left}",
        "return {**waiting, **left}",
        "tests/bots/fiches/test_job.py::test_a_field_without_a_column_keeps_its_row_where_it_was",
    ),
    Guard(
        "merge 1: a number that cannot be read leaves its row alone",
        "bots/fiches/rows.py",
        "    if row.number is None:",
        "    if False:",
        "tests/cli/test_bad_input.py::test_a_revision_that_is_no_number_holds_its_row_back",
    ),
    Guard(
        "merge 2: a decision counts only for what was seen",
        "plans/merge.py",
        "_decided(decision) if seen == wiki else Outcome.OUTDATED",
        "_decided(decision)",
        "tests/plans/test_merge.py",
    ),
    Guard(
        "merge 3: a base belongs to the row's page",
        "bots/fiches/matching.py",
        "if base and base.title != wanted:",
        "if False:",
        "tests/bots/fiches/test_job.py::test_dragged_revision_numbers_are_not_believed",
    ),
    Guard(
        "merge 4: a revert is an answer",
        "plans/merge.py",
        "return frozenset(before - since - {history[at].value})",
        "return frozenset()",
        "tests/bots/fiches/test_job.py::test_a_revert_is_respected",
    ),
    Guard(
        "merge 11: a revert ends when the wiki says a third thing",
        "plans/merge.py",
        "reverted = told or wiki in _before_us(base, history)",
        "reverted = told or bool(_before_us(base, history))",
        "tests/plans/test_merge.py::test_a_revert_ends_when_the_wiki_says_a_third_thing",
    ),
    Guard(
        "merge 12: an answer is for the text that was shown",
        "plans/merge.py",
        "_decided(decision) if seen == wiki else Outcome.OUTDATED",
        "_decided(decision)",
        "tests/bots/fiches/test_job.py::test_an_answer_is_for_the_text_that_was_shown",
    ),
    Guard(
        "merge 12: an answer filled down decides nothing",
        "bots/fiches/rows.py",
        "if answers.decides and len(some) > 1",
        "if False and len(some) > 1",
        "tests/bots/fiches/test_job.py::test_one_answer_filled_down_a_column_decides_nothing",
    ),
    Guard(
        "merge 12: a word from before the question answers nothing",
        "plans/decisions.py",
        "    if word := _word(cell):\n        return Answers(bare=word)",
        "    if word := _word(cell.rpartition(';')[2]):\n        return Answers(bare=word)",
        "tests/bots/fiches/test_job.py::test_a_word_typed_before_there_was_a_question_answers_none",
    ),
    Guard(
        "merge 12: an answer that was carried out is spent",
        "plans/merge.py",
        "elif decision and not _carried_out(wanted, asked_at, history):",
        "elif decision:",
        "tests/bots/fiches/test_job.py::test_an_answer_that_was_carried_out_is_spent",
    ),
    Guard(
        "merge 12: what came into the cell after the question is not dropped",
        "bots/fiches/fields.py",
        "if decision is Decision.WIKI and not here and question.cell not in",
        "if False and question.cell not in",
        "tests/bots/fiches/test_job.py::test_what_came_into_the_cell_after_the_question_is_not_dropped",
    ),
    Guard(
        "merge 17: a file that somebody saved meanwhile is read again",
        "files.py",
        "        if (path.read_bytes() if path.exists() else None) != before:",
        "        if False:",
        "tests/sheets/test_files.py::test_what_somebody_saves_while_we_write_stays_and_so_do_our_words",
    ),
    Guard(
        "merge 17: what a file's new name replaced is looked at",
        "files.py",
        "        elif new.read_bytes() != before:",
        "        elif False:",
        "tests/sheets/test_files.py::test_what_somebody_saves_while_the_file_gets_its_name_stays_too",
    ),
    Guard(
        "merge 17: who saves over what is put back finds both",
        "files.py",
        "if not back or temporary.read_bytes() != ours:",
        "if not back:",
        "tests/sheets/test_files.py::test_who_saves_over_what_was_put_there_by_mistake_finds_both",
    ),
    Guard(
        "merge 4: an edit of ours to another field is nothing to take back",
        "plans/merge.py",
        "while at > 0 and not (history[at].ours and history[at].value != history[at - 1].value):",
        "while at > 0 and not history[at].ours:",
        "tests/plans/test_merge.py::test_an_edit_of_ours_to_another_field_is_nothing_that_people_take_back",
    ),
    Guard(
        "plan: another hand's plan is held against what its bot makes",
        "workspace/running.py",
        "if task and not bot.kind.allows(bot.options, task, change):",
        "if False:",
        "tests/cli/test_bad_input.py::test_a_plan_that_its_bot_never_makes_is_refused",
    ),
    Guard(
        "merge 13: a deleted page makes no restored wiki",
        "wikis/restored.py",
        "and not _deleted_since(api, known)",
        "",
        "tests/wikis/test_cache.py::test_a_page_that_was_deleted_makes_no_restored_wiki",
    ),
    Guard(
        "merge 19: a page whose row says something else by now is left alone",
        "runs/apply.py",
        "if moved_on & {*change.rows}:",
        "if False:",
        "tests/bots/fiches/test_job.py::test_a_plan_is_not_applied_over_an_answer_that_changed_since",
    ),
    Guard(
        "merge 13: a number is no proof of a text",
        "bots/fiches/matching.py",
        "found.sha1.startswith(ref.mark)",
        "True",
        "tests/bots/fiches/test_job.py::test_a_number_with_another_texts_mark_is_not_believed",
    ),
    Guard(
        "merge 13: what was imported is not ours",
        "bots/fiches/fields.py",
        "is not None and r.id in local)",
        "is not None)",
        "tests/bots/fiches/test_job.py::test_an_imported_revision_is_not_ours",
    ),
    Guard(
        "merge 5: our own edit is recognised after a crash",
        "plans/merge.py",
        "    base = _base_after_crash(base, wanted, history)\n",
        "",
        "tests/plans/test_merge.py",
    ),
    Guard(
        "merge 7: a damaged sheet is refused",
        "sheets/sorted_alone.py",
        "len(changed) >= _FEWEST",
        "False",
        "tests/bots/fiches/test_job.py::test_a_column_sorted_alone_is_refused",
    ),
    Guard(
        "merge 8: absent from a listing is not deleted",
        "bots/fiches/matching.py",
        "heads = dict(reader.heads(sorted(asked - set(listing))))",
        "heads: dict[str, Head] = {}",
        "tests/cli/test_bad_input.py::test_a_page_that_is_not_listed_is_asked_for_by_its_title",
    ),
    Guard(
        "merge 9: what breaks the call is escaped",
        "wikitext/values.py",
        "_BREAKING.sub(lambda found:",
        "re.sub('(?!)', lambda found:",
        "tests/cli/test_bad_input.py::test_awkward_cells_are_written_as_meant_and_come_back",
    ),
    Guard(
        "merge 9: nothing that cuts an annotation goes into one",
        "forms/stored.py",
        "if sign := _cutting(plain, field):",
        'if sign := "":',
        "tests/bots/fiches/test_checked_cells.py::test_what_the_form_or_the_store_would_lose_is_said_and_not_written",
    ),
    Guard(
        "forms: what the form would delete is not written",
        "forms/checked.py",
        "    if kept in (value, value.strip()):\n        return",
        "    if True:\n        return",
        "tests/bots/fiches/test_checked_cells.py::test_what_the_form_or_the_store_would_lose_is_said_and_not_written",
    ),
    Guard(
        "forms: a value outside a closed list is not written",
        "forms/checked.py",
        "    if unknown := _unknown(value, field, language):",
        '    if unknown := "":',
        "tests/bots/fiches/test_checked_cells.py::test_what_the_form_or_the_store_would_lose_is_said_and_not_written",
    ),
    Guard(
        "forms: what is not stored as meant is not written",
        "forms/checked.py",
        "*storage_doubts(raw, field, language)]",
        "]",
        "tests/bots/fiches/test_checked_cells.py::test_what_the_form_or_the_store_would_lose_is_said_and_not_written",
    ),
    Guard(
        "forms: a field of some people's is left to them",
        "bots/fiches/allowed.py",
        "if not may_fill(schema, account) and not (new and value == field.default):",
        "if False:",
        "tests/forms/test_form_saves.py::test_a_restricted_field_is_left_to_those_who_may_fill_it",
    ),
    Guard(
        "forms: a value that stands once is written once",
        "bots/fiches/allowed.py",
        "    if schema.unique:",
        "    if False:",
        "tests/bots/fiches/test_checked_cells.py::test_a_value_that_the_form_wants_once_is_written_once",
    ),
    Guard(
        "forms: alone, cells are spelled by rules that are switched on",
        "bots/fiches/assemble.py",
        "allowed = not self.settings.alone or set(found.rules) <= self.settings.switched_on",
        "allowed = True",
        "tests/bots/fiches/test_checked_cells.py::test_alone_a_bot_spells_only_by_rules_that_are_switched_on",
    ),
    Guard(
        "forms: what a save would lose is said first",
        "bots/fiches/assemble.py",
        "for doubt in page_doubts(new, self.form, self.created):",
        "for doubt in ():",
        "tests/bots/fiches/test_checked_cells.py::test_what_a_save_would_move_or_lose_is_said_before_anything_is_written",
    ),
    Guard(
        "forms: a rename takes the sheets along",
        "bots/fiches/fields.py",
        "written[one.name] = spell(one, cell, in_step=in_step, news=news)",
        "written[one.name] = cell",
        "tests/bots/fiches/test_checked_cells.py::test_a_value_is_renamed_once",
    ),
    Guard(
        "undo: lines that a form moved are told by their values",
        "runs/undo.py",
        "            merged = without_change(before.text, after.text, text)",
        "            pass",
        "tests/bots/fiches/test_checked_cells.py::test_a_persons_save_in_the_form_is_no_answer",
    ),
    Guard(
        "import: a cell that somebody filled is asked about, not replaced",
        "bots/fiches/imported.py",
        "    if not typed:",
        "    if True:",
        "tests/bots/fiches/test_import.py::test_empty_cells_are_filled_the_others_are_asked_about_and_twice_changes_nothing",
    ),
    Guard(
        "import: what a document hides is told by nobody",
        "sheets/suggestions.py",
        "    shown, _hidden = shown_document(data, name)",
        "    shown = data",
        "tests/bots/fiches/test_import.py::test_who_added_what_is_told_beside_its_field",
    ),
    Guard(
        "import: what is only likely is a question",
        "bots/fiches/placing.py",
        "    if score >= SURE:\n        return Place(piece, Role.INGREDIENT, ingredient=near, score=score)\n    return",
        "    return Place(piece, Role.INGREDIENT, ingredient=near, score=score)\n    return",
        "tests/bots/fiches/test_import.py::test_a_likely_title_is_asked_about",
    ),
    Guard(
        "copies: what stands in an overview does nothing there",
        "exports/templates.py",
        "Wikitext(table_cell(inert(text), otherwise))",
        "Wikitext(table_cell(text, otherwise))",
        "tests/bots/fiches/test_overview.py::test_copies_of_values_do_nothing",
    ),
    Guard(
        "merge 10: what saving would expand is refused",
        "wikitext/canonical.py",
        "return found[0] if found else None",
        "return None",
        "tests/cli/test_bad_input.py::test_a_cell_that_cannot_be_written_is_named_and_the_rest_goes_on",
    ),
    Guard(
        "merge 10: text is sent in its canonical form",
        "wikitext/canonical.py",
        'unicodedata.normalize("NFC", ',
        "str(",
        "tests/runs/test_pages_and_runs.py::test_canonical_text",
    ),
    Guard(
        "an emptied cell empties nothing",
        "plans/merge.py",
        "Outcome.TO_WIKI if sheet else Outcome.EMPTIED_IN_SHEET",
        "Outcome.TO_WIKI",
        "tests/bots/fiches/test_job.py::test_an_emptied_cell_empties_nothing",
    ),
    Guard(
        "words that a line cannot show stay on the page",
        "wikitext/instances.py",
        "    _refuse_hidden(raw, old, kind)\n",
        "",
        "tests/forms/test_instances.py",
    ),
    Guard(
        "commit 1: preflight sees a revert",
        "runs/writer.py",
        "if not edit.meets(head):",
        "if False:",
        "tests/wikis/test_faults.py::test_a_page_changed_after_the_plan_is_found_before_the_first_edit",
    ),
    Guard(
        "commit 2: baserevid",
        "wikis/mediawiki.py",
        '{"baserevid": edit.base, "nocreate": True}',
        '{"nocreate": True}',
        "tests/wikis/test_stores.py::test_an_edit_of_an_old_base_is_refused",
    ),
    Guard(
        "commit 2: baserevid alone sees our own account",
        "wikis/mediawiki.py",
        '{"baserevid": edit.base, "nocreate": True}',
        '{"baserevid": edit.base, "basetimestamp": "now", "nocreate": True}',
        "tests/wikis/test_stores.py::test_our_own_account_on_another_machine_is_a_conflict_too",
    ),
    Guard(
        "commit 2: createonly",
        "wikis/mediawiki.py",
        '"createonly": True, ',
        "",
        "tests/wikis/test_stores.py::test_a_page_that_exists_is_not_created_again",
    ),
    Guard(
        "commit 2: starttimestamp",
        "wikis/mediawiki.py",
        '"starttimestamp": edit.since',
        '"wpStarttime_": edit.since',
        "tests/wikis/test_stores.py::test_a_page_deleted_since_the_plan_is_not_created_again",
    ),
    Guard(
        "commit 2: a wiki without baserevid is read only",
        "wikis/mediawiki.py",
        'if not {"baserevid", "md5"} <= names:',
        "if False:",
        "tests/wikis/test_faults.py::test_a_wiki_too_old_to_know_our_guard_is_not_written_to",
    ),
    Guard(
        "commit 3: a merge by the wiki is judged",
        "runs/verify.py",
        "return Truth.MERGED if merge_is_sound(base, ours, theirs.text, saved.text) else Truth.BROKEN",
        "return Truth.MERGED",
        "tests/wikis/test_faults.py::test_a_merge_by_the_wiki_that_doubles_a_value_is_taken_back",
    ),
    Guard(
        "commit 3: a swallowed edit is taken back",
        "runs/verify.py",
        "Truth.SAVED if theirs.text == base else Truth.SWALLOWED",
        "Truth.SAVED",
        "tests/runs/test_pages_and_runs.py::test_a_person_who_was_overwritten",
    ),
    Guard(
        "commit 4: a lost answer is looked for",
        "runs/writer.py",
        "            if found := self._ours(edit, merged=True):\n                return found\n            if self.clock",
        "            if self.clock",
        "tests/wikis/test_faults.py::test_an_edit_that_the_wiki_merged_and_did_not_answer_is_judged_all_the_same",
    ),
    Guard(
        "commit 4: sent again only while nothing changed",
        "runs/writer.py",
        "        if done := look():\n            return done\n        try:",
        "        try:",
        "tests/wikis/test_faults.py::test_an_edit_that_never_arrived_is_not_sent_over_a_person",
    ),
    Guard(
        "commit 5: no creation a typo away",
        "bots/fiches/matching.py",
        "near = None if match.head or _is_other(match.row) else nearest(match.title)",
        "near = None",
        "tests/bots/fiches/test_job.py::test_a_title_one_letter_from_a_page_is_not_created",
    ),
    Guard(
        "commit 5: no creation over a deletion",
        "bots/fiches/assemble.py",
        "if not match.head and self.reader.deleted_among([match.title]):",
        "if False:",
        "tests/bots/fiches/test_job.py::test_a_title_deleted_on_the_wiki_is_not_created_again",
    ),
    Guard(
        "a warning about a parameter is an error",
        "wikis/api.py",
        '{"unrecognizedparams", "unrecognizedvalues"} & set(codes)',
        "False",
        "tests/wikis/test_faults.py::test_an_unknown_parameter_is_an_error_not_noise",
    ),
    Guard(
        "run ids survive long summaries",
        "plans/run_ids.py",
        'summary if len(summary) <= room else summary[: room - 1] + "…"',
        "summary",
        "tests/plans/test_plan_parts.py::test_of_a_long_summary_the_human_part_is_cut",
    ),
    Guard(
        "folder: a person's edit by hand is recorded first",
        "wikis/folder.py",
        "            self._record_hand_edits(journal)\n",
        "",
        "tests/wikis/test_stores.py::test_an_edit_of_an_old_base_is_refused",
    ),
    Guard(
        "folder: an edit cut by a crash is ours",
        "wikis/folder.py",
        "            self._finish_pending(journal)\n",
        "",
        "tests/wikis/test_folder.py::test_a_crash_between_the_file_and_the_log_leaves_our_edit_ours",
    ),
    Guard(
        "sheet: a row is compared again before it is written",
        "sheets/changes.py",
        " or any(rows[number][header.index(c.field)] != c.old for c in group)",
        "",
        "tests/sheets/test_csv.py",
    ),
    Guard(
        "commit 3: a merged page leaves its row behind",
        "runs/apply.py",
        "saved[c.at].status is Status.DONE",
        "saved[c.at].status.saved",
        "tests/wikis/test_faults.py::test_a_row_whose_page_the_wiki_merged_keeps_its_number",
    ),
    Guard(
        "folder: the text of the base is compared, not only its number",
        "pages/revisions.py",
        "return head.revision == self.base and same_text",
        "return head.revision == self.base",
        "tests/wikis/test_folder.py::test_a_base_with_another_text_is_no_base",
    ),
    Guard(
        "folder: the file is looked at once more before it is replaced",
        "wikis/folder.py",
        '            raise Stale(N_("the file was changed by hand just now")) from changed',
        "            pass",
        "tests/wikis/test_folder.py::test_a_file_changed_by_hand_during_the_very_commit_stands",
    ),
    Guard(
        "sheet: not while LibreOffice has it open",
        "sheets/file.py",
        "if (self.path.parent / lock).exists():",
        "if False:",
        "tests/sheets/test_csv.py",
    ),
    Guard(
        "sheet: what looks like a formula is text",
        "sheets/csv_format.py",
        'return "\'" + cell if _FORMULA.match(cell) else cell',
        "return cell",
        "tests/sheets/test_csv.py",
    ),
    Guard(
        "merge 6: a sheet that can only be read has no numbers",
        "bots/fiches/rows.py",
        "Number() if table.readonly else read_number(",
        "read_number(",
        "tests/bots/fiches/test_many_sheets.py::test_a_published_sheet_fills_empty_fields_only",
    ),
    Guard(
        "merge 6: what somebody took out is not filled in again",
        "plans/merge.py",
        "if not wiki and any(step.value == sheet for step in history):",
        "if False:",
        "tests/bots/fiches/test_many_sheets.py::test_words_that_a_person_wrote_and_took_out_are_not_written_again",
    ),
    Guard(
        "several sheets: two texts for one field are nobody's",
        "bots/fiches/duplicates.py",
        "if chosen != {text}:",
        "if False:",
        "tests/bots/fiches/test_many_sheets.py::test_two_writers_who_differ_are_asked",
    ),
    Guard(
        "several sheets: a row that says something else is not stamped",
        "bots/fiches/assemble.py",
        "or (f.name in values and not _says(merged, f, values))",
        "",
        "tests/bots/fiches/test_many_sheets.py::test_one_writer_changes_and_the_other_sheet_follows",
    ),
    Guard(
        "sheet: what people see in a cell is what is read",
        "sheets/ods.py",
        "if (seen := shown(cell)) != read:",
        "if (seen := read) != read:",
        "tests/sheets/test_sheets.py::test_what_people_see_in_a_cell_is_what_is_read_or_its_row_is_left",
    ),
    Guard(
        "sheet: a comment that somebody wrote into stays",
        "sheets/ods_cells.py",
        "!= comment_author(shown(old))",
        "== ''",
        "tests/sheets/test_sheets.py::test_words_that_somebody_adds_to_our_comment_stay",
    ),
    Guard(
        "sheet: an XLSX with what would be lost is not written",
        "sheets/xlsx.py",
        "        _refuse_loss(before, new.path)\n",
        "",
        "tests/sheets/test_sheets.py::test_an_xlsx_with_what_would_be_lost_is_not_written",
    ),
    Guard(
        "overview: words between the marks stay",
        "plans/regions.py",
        "    if not part.free(region, last_change(page.history, part.name)):\n",
        "    if False:\n",
        "tests/bots/fiches/test_overview.py::test_words_between_the_marks_are_a_conflict_and_stay",
    ),
    Guard(
        "cache: a base that was hidden since is no base",
        "wikis/mediawiki.py",
        "if r.sha1 and r.sha1 == kept[i].sha1",
        "if True",
        "tests/wikis/test_cache.py::test_a_base_that_was_hidden_since_is_no_base_though_it_is_kept",
    ),
    Guard(
        "people: the stop page",
        "runs/etiquette.py",
        "    if found.stop:",
        "    if False:",
        "tests/runs/test_etiquette.py::test_any_word_on_the_stop_page_stops_the_run",
    ),
    Guard(
        "people: the talk page",
        "runs/etiquette.py",
        "    if found.message:",
        "    if False:",
        "tests/runs/test_etiquette.py::test_a_message_on_the_talk_page_pauses_the_bot_until_somebody_resumes",
    ),
    Guard(
        "people: the stop page is read again",
        "runs/writer.py",
        "CHECK_EVERY_SECONDS = 15.0",
        "CHECK_EVERY_SECONDS = 9999.0",
        "tests/runs/test_etiquette.py::test_the_stop_page_is_read_again_while_a_run_goes_on",
    ),
    Guard(
        "people: {{bots}}",
        "runs/apply.py",
        "if change.base and (why :=",
        "if False and (why :=",
        "tests/runs/test_etiquette.py::test_undo_leaves_a_page_alone_that_asks_bots_to_stay_away",
    ),
    Guard(
        "people: quiet time",
        "runs/writer.py",
        "        stay_away(head,",
        "        0 and stay_away(head,",
        "tests/runs/test_etiquette.py::test_a_page_that_somebody_just_edited_is_left_alone",
    ),
    Guard(
        "people: a part that was taken back",
        "plans/regions.py",
        "    if back and region.inside and not region.touched:",
        "    if False:",
        "tests/runs/test_unattended.py::test_a_person_who_takes_the_run_page_back_is_heard",
    ),
    Guard(
        "people: a filter's warning is not accepted",
        "wikis/mediawiki.py",
        "                self.api.forget_session()",
        "                pass",
        "tests/runs/test_guardians.py::test_a_filters_warning_is_never_accepted_by_sending_again",
    ),
    Guard(
        "people: a lost bot flag ends the run",
        "wikis/mediawiki.py",
        'api.as_bot = api.as_bot or "bot" in self._account.rights',
        "api.as_bot = False",
        "tests/runs/test_guardians.py::test_a_flag_that_is_taken_away_ends_the_run",
    ),
    Guard(
        "people: a partial block is for its pages",
        "wikis/api.py",
        'return "blocked-partially" if partial else str(error["code"])',
        'return str(error["code"])',
        "tests/runs/test_guardians.py::test_a_block_for_one_page_skips_that_page_only",
    ),
    Guard(
        "alone: ceilings",
        "workspace/unattended.py",
        "    return held(plan, ceilings)",
        "    return plan",
        "tests/runs/test_unattended.py::test_beyond_a_ceiling_nothing_is_written_and_a_person_is_asked",
    ),
    Guard(
        "alone: one run at a time",
        "workspace/running.py",
        'with alone(opened.folder / ".capitalise", places):',
        "if True:",
        "tests/runs/test_etiquette.py::test_two_runs_of_one_workspace_do_not_run_over_each_other",
    ),
    Guard(
        "an answer cut short is an error",
        "wikis/api.py",
        'if "truncatedresult" in codes and "continue" not in answer:',
        "if False:",
        "tests/wikis/test_faults.py::test_an_answer_that_was_cut_without_the_rest_is_an_error_and_with_it_is_none",
    ),
    Guard(
        "plan: a cell that does more than say words is shown as doing so",
        "bots/fiches/assemble.py",
        "self.tell_effects(match, shown)",
        "pass",
        "tests/bots/fiches/test_job.py::test_a_cell_that_files_its_page_or_stores_something_is_shown_as_doing_so",
    ),
    Guard(
        "files: a sheet does not fill the memory",
        "sheets/office.py",
        "if count > MOST_CELLS:",
        "if False:",
        "tests/sheets/test_files.py::test_a_sheet_that_would_fill_the_memory_is_refused_with_the_cell",
    ),
    Guard(
        "files: whoever could open a sheet still can",
        "files.py",
        "            _as(like, temporary)",
        "            pass",
        "tests/cli/test_bad_input.py::test_a_sheet_that_is_replaced_stays_open_to_whom_it_was",
    ),
    Guard(
        "people: nobody is overrun after a wait",
        "runs/writer.py",
        "        self._heads = {t: h for t, h in self._heads.items() if t != title}",
        "        pass",
        "tests/wikis/test_faults.py::test_a_word_on_the_stop_page_is_heard_after_a_short_wait_too",
    ),
    Guard(
        "people: nobody is overrun after an unclear answer",
        "runs/writer.py",
        "        if done := look():\n            return done\n        try:",
        "        try:",
        "tests/wikis/test_faults.py::test_an_edit_is_not_sent_again_to_a_wiki_where_somebody_said_stop",
    ),
    Guard(
        "people: taking back overrules nobody",
        "runs/writer.py",
        "            self._unchanged(edit)\n",
        "",
        "tests/wikis/test_faults.py::test_taking_back_is_no_overruling",
    ),
    Guard(
        "people: a lost warning is not accepted",
        "wikis/mediawiki.py",
        "            self.api.forget_session()\n            raise\n",
        "            raise\n",
        "tests/runs/test_guardians.py::test_a_warning_whose_answer_was_lost_is_not_accepted_either",
    ),
    Guard(
        "people: what was deleted is not made again",
        "plans/regions.py",
        "    if not page.history and page.deleted:",
        "    if False:",
        "tests/runs/test_unattended.py::test_a_run_page_that_was_deleted_is_not_made_again",
    ),
    Guard(
        "alone: a sheet that is gone",
        "workspace/unattended.py",
        "    for look in plan.looks:",
        "    for look in ():",
        "tests/runs/test_unattended.py::test_a_sheet_that_is_gone_is_not_made_anew_at_night",
    ),
    Guard(
        "a login that failed ends the writing",
        "wikis/api.py",
        "            self.user = before",
        "            pass",
        "tests/wikis/test_faults.py::test_after_a_login_that_failed_nothing_is_written_by_an_address",
    ),
    Guard(
        "credentials: only from a private file",
        "wikis/credentials.py",
        "mode & 0o077",
        "False",
        "tests/workspace/test_workspace.py::test_credentials_from_a_private_file_only",
    ),
)


def main(wanted: list[str]) -> int:
    """Try the guards whose rule holds one of the words given, or all; the number that no test holds."""
    guards = [g for g in GUARDS if not wanted or any(word in g.rule for word in wanted)]
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    )
    held = 0
    for guard in guards:
        red = turns_red(guard)
        held += red
        print(f"{'red  ' if red else 'GREEN'}  {guard.rule}   [{guard.tests}]", flush=True)
    print(f"{held} of {len(guards)} guards are held by a test")
    return len(guards) - held


@contextmanager
def copy_without(guard: Guard) -> Iterator[tuple[Path, dict[str, str]]]:
    """A copy of the project without a guard, and the environment to run it in."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "capitalise"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "demo", "__pycache__"))
        path = copy / "capitalise" / guard.file
        text = path.read_text("utf-8")
        if text.count(guard.code) < 1:
            raise SystemExit(
                f"{guard.rule}: the guard {guard.code!r} is not in {guard.file} any more; bring this table up to date"
            )
        path.write_text(text.replace(guard.code, guard.without), "utf-8")
        yield (
            copy,
            {
                **os.environ,
                "PYTHONPATH": str(copy),
                "PYTHONDONTWRITEBYTECODE": "1",
                "CAPITALISE_FARM": os.environ.get("CAPITALISE_FARM", str(ROOT / ".mediawiki")),
            },
        )


def turns_red(guard: Guard) -> bool:
    """Whether the tests of a guard fail in a copy of the project without it."""
    with copy_without(guard) as (copy, environment):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", guard.tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise SystemExit(f"{guard.rule}: pytest did not run\n{done.stdout}\n{done.stderr}")
        return done.returncode == 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
