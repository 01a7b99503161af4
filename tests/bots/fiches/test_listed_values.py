"""A kit's steps in a sheet of their own, and the pages of form and property with other values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.fiches.form import FicheField
from capitalise.bots.fiches.listed_values import listed_values, match_values
from capitalise.bots.fiches.renames import Rename, renamed_form, renamed_property
from capitalise.errors import SheetError
from capitalise.forms.definition import read_form
from capitalise.forms.property import read_property
from capitalise.sheets.table import Table

FIELD = FicheField("étape", "Étape", values=("1 - A", "2 - B", "3 - C"))


def table(*rows: tuple[str, ...]) -> Table:
    return Table("etapes.csv", rows[0], rows[1:], format="csv")


def test_order_number_and_words_make_the_values() -> None:
    found = listed_values(
        table(("ordre", "numéro", "Étape", "avant"), ("2", "2", "B", ""), ("1", "1", "A", "0 - A; a")), FIELD
    )
    assert found == [("1 - A", ("0 - A", "a")), ("2 - B", ())]
    with pytest.raises(SheetError):
        listed_values(table(("x", "y"), ("1", "2")), FIELD)


def test_what_is_said_is_taken_and_what_is_likely_is_asked() -> None:
    old = ("1 - A", "2 - B", "3 - C")
    said = match_values(old, [("1 - A", ()), ("2 - Bis", ("2 - B",)), ("3 - Cis", ())])
    assert (said.names, said.likely, said.gone) == ({"2 - B": "2 - Bis"}, {"3 - C": "3 - Cis"}, ())
    merged = match_values(old, [("1 - A", ("2 - B", "3 - C"))])
    assert merged.names == {"2 - B": "1 - A", "3 - C": "1 - A"}
    split = match_values(old, [("1 - A", ()), ("2 - B", ()), ("3 - D", ("3 - C",)), ("4 - E", ("3 - C",))])
    assert split.split == {"3 - C": ("3 - D", "4 - E")} and not split.names
    assert match_values(old, [("1 - A", ()), ("2 - B", ())]).gone == ("3 - C",)
    assert match_values(old, [(one, ()) for one in old]).names == {}


def rename(**names: str) -> Rename:
    pairs = {"1 - A": names["a"]} if "a" in names else {}
    values = tuple(dict.fromkeys(pairs.get(value, value) for value in FIELD.values))
    return Rename(FIELD, pairs, values)


FORM = """{{{for template|Autre}}}{{{field|étape|values=1 - A,2 - B,3 - C}}}{{{end template}}}
{{{for template|Fiche}}}
{{{field|étape|input type=dropdown|values=1 - A, 2 - B, 3 - C|default=1 - A|show on select=1 - A=>bloc;2 - B=>autre}}}
{{{field|autre|values=1 - A,2 - B}}}
{{{end template}}}"""


def test_the_forms_page_changes_in_the_tags_of_the_field_only() -> None:
    assert renamed_form(FORM, rename(a="1 - Début"), "Fiche") == FORM.replace(
        "values=1 - A, 2 - B, 3 - C|default=1 - A|show on select=1 - A=>",
        "values=1 - Début, 2 - B, 3 - C|default=1 - Début|show on select=1 - Début=>",
    )
    assert "values=2 - B, 3 - C|default=2 - B|" in renamed_form(FORM, rename(a="2 - B"), "Fiche")
    tree = (
        "{{{for template|Fiche}}}{{{field|étape|input type=tree|structure=*1 - A\n**2 - B\n*3 - C}}}{{{end template}}}"
    )
    assert renamed_form(tree, rename(a="Un"), "Fiche") == tree.replace("*1 - A\n", "*Un\n")


def test_the_propertys_page_allows_the_new_values() -> None:
    page = "[[A le type::Texte]]\n* [[Valeur possible::1 - A]]\n* [[Valeur possible::2 - B]]\n* [[Valeur possible::3 - C]]\nFin."
    assert renamed_property(page, rename(a="1 - Début")) == page.replace("1 - A", "1 - Début")
    assert read_property(renamed_property(page, rename(a="2 - B"))).values == ("2 - B", "3 - C")
    more = Rename(FIELD, {}, (*FIELD.values, "4 - D"))
    assert renamed_property(page, more) == page.replace("3 - C]]", "3 - C]]\n* [[Valeur possible::4 - D]]")
    assert renamed_property("Rien.", more) == "Rien."


NAME = st.text(st.sampled_from("abé 1-"), min_size=1, max_size=6).map(str.strip).filter(bool)


@given(st.lists(NAME, min_size=1, max_size=4, unique=True), st.data())
def test_a_form_offers_what_it_is_to_offer(values: list[str], data: st.DataObject) -> None:
    field = FicheField("étape", "Étape", values=tuple(values))
    names = {old: data.draw(NAME) for old in data.draw(st.lists(st.sampled_from(values), unique=True))}
    wanted = tuple(dict.fromkeys(names.get(value, value) for value in values))
    text = "{{{for template|F}}}\n{{{field|étape|values=" + ",".join(values) + "|mandatory}}}\n{{{end template}}}\nfin"
    new = renamed_form(text, Rename(field, names, wanted), "F")
    assert read_form(new).templates[0].fields[0].values == wanted
    assert new.startswith("{{{for template|F}}}\n{{{field|étape|values=") and new.endswith(
        "|mandatory}}}\n{{{end template}}}\nfin"
    )


def test_values_that_other_forms_offer_stay_allowed() -> None:
    page = "[[Valeur possible::1 - A]] [[Valeur possible::Une autre]] [[Valeur possible::2 - B]] [[Valeur possible::3 - C]]"
    assert renamed_property(page, rename(a="2 - B")) == page.replace("[[Valeur possible::1 - A]]", "")
    assert renamed_property(page, rename(a="Neuf")) == page.replace("1 - A", "Neuf")


def test_a_number_before_words_that_begin_with_another_one() -> None:
    assert listed_values(table(("numéro", "Étape"), ("3", "30 jours"), ("4", "4 - D")), FIELD) == [
        ("3 - 30 jours", ()),
        ("4 - D", ()),
    ]
