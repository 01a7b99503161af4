"""Schemas for tests, from a few words of form."""

from __future__ import annotations

from capitalise.bots.normalise.page import Prepared, prepare
from capitalise.forms.definition import read_form
from capitalise.forms.property import read_property
from capitalise.forms.schema import Schema, SchemaField, build_schema
from capitalise.forms.template import read_template
from capitalise.wikitext.preprocessor import CORE_TAGS

KIT = """{{{for template|Ingrédient}}}
! Étape : {{{field|étape|input type=dropdown|values=1 - Qualifier,2 - Réunir}}}
|-
! Description : {{{field|description|input type=textarea|mandatory}}}
|-
! Mots : {{{field|mots|list|values=bois,métal,terre|input type=tokens|existing values only}}}
|-
! Titre long : {{{field|titre}}}
|-
! Outils : {{{field|outils|holds template}}}
{{{end template}}}
{{{for template|Outil|multiple|embed in field=Ingrédient[outils]}}}
{{{field|nom}}} {{{field|lien}}} {{{field|phrase}}}
{{{end template}}}"""
TEMPLATES = {
    "Ingrédient": "{{{étape|}}} {{{description|}}} {{{mots|}}} [[Titre::{{{titre|}}}]] {{{outils|}}}",
    "Outil": "{{{nom|}}} {{{lien|}}} {{{phrase|}}}",
}


def field_of(options: str, property_page: str = "", template: str = "[[P::{{{x}}}]]") -> SchemaField:
    """The field x of a form, stored in the property P where its page is given."""
    form = read_form("{{{for template|T}}}{{{field|x|" + options + "}}}{{{end template}}}")
    readings = {"T": read_template(template)} if property_page else {}
    return build_schema("F", form, readings, {"P": read_property(property_page)}).templates[0].fields["x"]


def kit_schema() -> Schema:
    return build_schema("Ingrédient", read_form(KIT), {n: read_template(t) for n, t in TEMPLATES.items()}, {})


def kit() -> Prepared:
    return prepare(kit_schema(), CORE_TAGS)
