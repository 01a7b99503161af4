"""The model of a form's save, held against what a running Page Forms did; and what the sheet bot writes, held against the model."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import datetime

import pytest

from capitalise.bots.fiches.allowed import refusals
from capitalise.bots.fiches.form import FicheForm, fiche_form
from capitalise.bots.fiches.form_save import save_doubts
from capitalise.bots.fiches.page import cell_doubts, new_page, read_cells, spelled_cell, with_cells
from capitalise.errors import Skip
from capitalise.forms.saves import NeverOpens, saved_page
from capitalise.pages.revisions import Account
from capitalise.wikitext.preprocessor import CORE_TAGS
from tests.recorded import NOW, Line, recorded_schema, saves

#: What the model leaves out: names of time zones (`include timezone` writes CET or CEST by the server's), and a save without scripts of a
#: field that they hide.
LEFT_OUT = {
    "save-0330",
    "save-0331",
    "save-0332",
    "save-0335",
    "save-0336",
    "save-0338",
    "save-0342",
    "save-0343",
    "save-0772",
}


def form_of(line: Line) -> FicheForm:
    return fiche_form(recorded_schema(line["form"]), CORE_TAGS)


def saved(text: str, form: str) -> str:
    """After a save at the time of the recording; the seconds of `default=now` are whatever they were."""
    return _timeless(saved_page(text, recorded_schema(form), NOW))


def _timeless(text: str) -> str:
    return re.sub(r"2026-11-29 0[12]:\d\d:\d\d PM", "now", text)


def test_the_model_does_what_the_form_did() -> None:
    done = [one for one in saves("save") if one["after"] is not None]
    other = {one["id"] for one in done if saved(one["before"], one["form"]) != _timeless(one["after"])}
    assert other == LEFT_OUT
    assert len(other) < len(done) / 50
    assert not any(one["via"] == "browser" for one in done if one["id"] in other)


@pytest.mark.parametrize(
    "line", [one for one in saves("save") if "opened" in (one.get("refused") or "")], ids=lambda line: str(line["id"])
)
def test_what_breaks_the_form_breaks_the_model(line: Line) -> None:
    with pytest.raises(NeverOpens):
        saved(line["before"], line["form"])


#: For each kind of input something that it takes.
NEWS = {
    "date": "2025-06-07",
    "datepicker": "2025-06-07",
    "year": "2025",
    "start date": "2025-06-07",
    "end date": "2025-06-07",
}


def news_for(form: FicheForm, name: str, old: str) -> str:
    """Another value of a field that the form takes as it is."""
    field = next(f for f in form.fields if f.name == name)
    if field.instances:
        return f"{old}\nPlanche neuve | 3 | Non".strip() if field.instances.template == "Matériau" else ""
    if field.values:
        return next((value for value in field.values if value != old), "")
    if field.schema and field.schema.kind == "boolean":
        return "Non" if old == "Oui" else "Oui"
    return NEWS.get(field.schema.input if field.schema else "", "12")


STABLE = [one for one in saves("save") if one["same"] and "{{" in one["before"]]


def test_a_save_after_the_bots_change_of_one_value_changes_nothing() -> None:
    """On every recorded page that a save left as it was."""
    count = 0
    for line in STABLE:
        form = form_of(line)
        try:
            cells = read_cells(line["before"], form)
        except Skip:
            continue
        for name in cells:
            for value in {news_for(form, name, cells[name]), ""} - {cells[name]}:
                field = next(f for f in form.fields if f.name == name)
                if list(cell_doubts(value, field, form)):
                    continue
                try:
                    new = with_cells(line["before"], form, {name: value})
                except Skip:
                    continue
                if name in save_doubts(new, line["before"], form, {name: value}, NOW):
                    continue  # the field is hidden by another one: the plan says so
                assert saved_page(new, recorded_schema(line["form"]), NOW) == new, (line["note"], name, value)
                count += 1
    assert count > 1000


def test_a_new_page_is_one_that_the_form_leaves_as_it_is() -> None:
    """The values of every page that a form made, as the bot spells them: those that it would not write are few, and named."""
    kept = []
    for line in saves("create"):
        form = form_of(line)
        try:
            cells = read_cells(line["after"] or "", form)
        except Skip:
            continue
        written = {f.name: spelled_cell(cells[f.name], f, form).value for f in form.fields if cells[f.name]}
        if any(list(cell_doubts(written[f.name], f, form)) for f in form.fields if f.name in written):
            continue
        made = new_page(form, written)
        assert {name: cell for name, cell in read_cells(made, form).items() if name in written} == written
        assert saved(made, line["form"]) == _timeless(made)
        kept.append(line["id"])
    assert len(kept) > 60


def test_defaults_stand_in_empty_cells_only() -> None:
    form = fiche_form(recorded_schema("Verger"), CORE_TAGS)
    field = next(f for f in form.fields if f.name == "accès")
    assert field.default_at(datetime(2026, 1, 2), "fr") == "Libre"
    assert new_page(form, {"nom": "A", "accès": "Libre"}) == "{{Verger\n|nom=A\n|accès=Libre\n}}"


def test_a_restricted_field_is_left_to_those_who_may_fill_it() -> None:
    form = fiche_form(recorded_schema("Matériel"), CORE_TAGS)
    fields = {f.name: f for f in form.fields}
    editor = Account(5, "Camille", frozenset({"edit"}), frozenset({"user"}))
    admin = Account(6, "Dominique", frozenset({"edit", "editrestrictedfields"}), frozenset({"user", "sysop"}))
    for name in ("référent", "validé"):
        assert [one.rule for one in refusals(fields[name], "Alix", "A", (), editor, new=False)] == ["restricted"]
        assert list(refusals(fields[name], "Alix", "A", (), admin, new=False)) == []
    pages = [("B", {"numéro": "7"})]
    assert [one.rule for one in refusals(fields["numéro"], "7", "A", pages, admin, new=True)] == ["unique"]
    assert list(refusals(fields["numéro"], "7", "B", pages, admin, new=True)) == []


def test_a_form_of_one_hostile_page_costs_little() -> None:
    start = time.process_time()
    schema = recorded_schema("Verger")
    for text in (
        "{{Verger|" * 20_000,
        "{{Verger|nom=" + "[" * 200_000 + "}}",
        "{{Verger|nom=" + "<ref>" * 50_000 + "}}",
    ):
        with suppress(NeverOpens):
            saved_page(text, schema, NOW)
    assert time.process_time() - start < 10
