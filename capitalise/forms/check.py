"""What is wrong in a form's own definitions, and what to do about it, in one line each.

Last station of the forms room: for the people who edit `Formulaire:`, `Modèle:` and `Attribut:` pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from capitalise.forms.definition import OPTIONS, Construct
from capitalise.forms.inputs import INPUTS
from capitalise.forms.schema import Kind, Schema, SchemaField, SchemaTemplate
from capitalise.forms.sources import SOURCE_NAMES
from capitalise.messages import N_, Message

__all__ = ["Problem", "check_schema"]


@dataclass(frozen=True)
class Problem:
    """Something wrong: a rule's name, where it is, what it is, and the remedy."""

    rule: str
    what: Message
    remedy: Message
    line: int = 0
    template: str = ""
    field: str = ""


def check_schema(schema: Schema) -> list[Problem]:
    """Every problem of a form and of what it uses, tags first, then templates in the form's order."""
    problems = [p for construct in schema.form.constructs for p in _construct(construct)]
    if not schema.form.templates:
        what = N_("the form fills no template")
        problems.append(Problem("no-template", what, N_("add {{{for template|…}}} around its fields")))
    problems += _formula(schema)
    lines = {(c.kind, c.name): c.line for c in reversed(schema.form.constructs)}
    for stray in schema.form.strays:
        what = N_("the field stands in no template")
        remedy = N_("put it between {{{for template|…}}} and {{{end template}}}")
        problems.append(Problem("stray-field", what, remedy, lines.get(("field", stray.name), 0), field=stray.name))
    for template in schema.templates:
        problems += _template(schema, template, lines.get(("for template", template.name), 0))
        for one in template.fields.values():
            for rule, what, remedy in _field(template, one, schema):
                problems.append(Problem(rule, what, remedy, lines.get(("field", one.name), 0), template.name, one.name))
    return problems


def _formula(schema: Schema) -> Iterator[Problem]:
    """Fields of the page name's formula that the form does not have: their place stays empty in every title."""
    known = {(t.name, name) for t in schema.templates for name in t.fields}
    line = next((one.line for one in schema.form.constructs if one.kind == "info"), 0)
    for template, name in re.findall(r"<([^<>\[\]]+)\[([^<>\[\]]+)\]>", schema.form.page_name):
        if (template, name) not in known:
            what = N_(
                "the formula of the page's name uses “%(field)s”, which the form does not have",
                field=f"{template}[{name}]",
            )
            near = get_close_matches(name, [one for _template, one in known], 1)
            remedy = N_("did you mean “%(near)s”?", near=near[0]) if near else N_("mend “page name” in {{{info}}}")
            yield Problem("formula", what, remedy, line, template, name)


def _construct(one: Construct) -> Iterator[Problem]:
    if one.kind == "unclosed":
        what = N_("nothing closes the tag “%(tag)s”", tag=one.name)
        yield Problem("unclosed-tag", what, N_("add }}} where it ends"), one.line)
    elif one.kind == "unknown":
        what = N_("Page Forms knows no tag “%(tag)s” and shows it as it is", tag=one.name)
        yield Problem("unknown-tag", what, _meant(one.name, [*OPTIONS, "info"]), one.line)
    for key in one.unknown:
        near = get_close_matches(key, OPTIONS.get(one.kind, ()), 1, 0.8)
        if near:
            what = N_("“%(option)s” is no option of {{{%(tag)s}}}", option=key, tag=one.kind)
            remedy = N_("did you mean “%(near)s”?", near=near[0])
            yield Problem("unknown-option", what, remedy, one.line, field=one.name)


def _meant(word: str, known: list[str]) -> Message:
    near = get_close_matches(word, known, 1)
    return N_("did you mean “%(near)s”?", near=near[0]) if near else N_("take it out, or write it inside <nowiki>")


def _template(schema: Schema, template: SchemaTemplate, line: int) -> Iterator[Problem]:
    source = template.source
    if template.reading is None:
        what = N_("the wiki has no page of the template “%(name)s”", name=template.name)
        yield Problem("missing-template", what, N_("create it, or mend the name in the form"), line, template.name)
    if source.held_by and source.holder:
        holder = next((t for t in schema.templates if t.name == source.held_by), None)
        if holder is None or source.holder not in holder.fields:
            what = N_(
                "it is to be embedded in “%(where)s”, which the form does not have",
                where=f"{source.held_by}[{source.holder}]",
            )
            remedy = N_("mend “embed in field”, or add that field with “holds template”")
            yield Problem("embed-target", what, remedy, line, template.name)
    twice = [name for name, count in Counter(f.name for f in source.fields).items() if count > 1]
    for name in twice:
        what = N_("the field stands twice in the form: the last one wins when a page is saved")
        yield Problem("double-field", what, N_("keep one"), line, template.name, name)
    for name in _lost(template):
        positional = name.isdecimal()
        what = N_("saving a page with the form deletes the parameter “%(name)s” that the template uses", name=name)
        remedy = (
            N_("give it a name in the template, and a field in the form")
            if positional
            else N_("add a field for it, hidden if need be: {{{field|%(name)s|hidden}}}", name=name)
        )
        yield Problem("lost-parameter", what, remedy, line, template.name, name)


def _lost(template: SchemaTemplate) -> list[str]:
    """What a save drops: positional parameters, and in a multi-instance template all that the form lacks
    (PFWikiPage::addTemplate, PFFormUtils::unhandledFieldsHTML)."""
    used = template.reading.parameters if template.reading else {}
    missing = [name for name in used if name not in template.fields]
    return [name for name in missing if name.isdecimal() or template.source.multiple]


def _field(template: SchemaTemplate, one: SchemaField, schema: Schema) -> Iterator[tuple[str, Message, Message]]:
    reading = template.reading
    if reading and not reading.opaque and one.name not in reading.parameters:
        what = N_("the template “%(name)s” does not use this field", name=template.name)
        near = get_close_matches(one.name, set(reading.parameters) - set(template.fields), 1)
        yield (
            "unused-field",
            what,
            N_("did you mean “%(near)s”?", near=near[0])
            if near
            else N_("write {{{%(name)s|}}} into the template, or take the field out", name=one.name),
        )
    yield from _property(one, schema)
    yield from _values(one)
    yield from _input(one)
    yield from _annotation(one)
    if one.disputed:
        what = N_(
            "the form separates values by “%(form)s”, the template by “%(template)s”",
            form=one.source.delimiter,
            template=one.parameter.delimiter,
        )
        yield (
            "delimiters-disagree",
            what,
            N_("say delimiter=%(template)s in the form", template=one.parameter.delimiter),
        )


def _property(one: SchemaField, schema: Schema) -> Iterator[tuple[str, Message, Message]]:
    name = one.property_name
    if name and (name not in schema.properties or not one.stored.type):
        what = N_("the property “%(name)s” has no type: Semantic MediaWiki takes its values for pages", name=name)
        yield "untyped-property", what, N_("write [[Has type::Text]] on its page, or the type that is right")
    elif one.stored.type == "?":
        what = N_(
            "the property “%(name)s” has a type that nobody knows: %(type)s", name=name, type=one.stored.type_name
        )
        yield "unknown-type", what, N_("choose one of Special:Types")
    expected = {Kind.DATE: ("_dat",), Kind.BOOLEAN: ("_boo", "_txt"), Kind.NUMBER: ("_num", "_qty", "_tem")}.get(
        one.kind
    )
    typed = one.stored.type not in ("", "?")
    if typed and expected and one.stored.type not in expected and one.source.input != "year":
        what = N_(
            "its input is “%(input)s”, its property is of the type %(type)s",
            input=one.source.input,
            type=one.stored.type_name,
        )
        yield "types-disagree", what, N_("change one of them")


def _values(one: SchemaField) -> Iterator[tuple[str, Message, Message]]:
    source, allowed = one.source, one.stored.values
    if source.values and allowed and (strange := [v for v in source.values if v not in allowed]):
        what = N_("the form offers what the property does not allow: %(values)s", values=" ; ".join(strange[:5]))
        yield "values-disagree", what, N_("let both lists be the same, or leave “values” out of the form")
    if one.several and (broken := [v for v in one.values if one.delimiter in v]):
        what = N_(
            "the delimiter “%(delimiter)s” stands inside a value: %(value)s", delimiter=one.delimiter, value=broken[0]
        )
        yield "delimiter-in-value", what, N_("choose another delimiter in form and template, as delimiter=;")
    if len(source.values) == 1 and one.delimiter != "," and source.values[0].count(",") > 1:
        what = N_(
            "one value only: “%(value)s”; the delimiter is “%(delimiter)s”",
            value=source.values[0],
            delimiter=one.delimiter,
        )
        yield "delimiter-in-value", what, N_("separate the values by the delimiter, or leave delimiter= out")
    if doubles := [value for value, count in Counter(source.values).items() if count > 1]:
        yield "double-value", N_("the form offers a value twice: %(value)s", value=doubles[0]), N_("keep one")
    default = source.option("default")
    if one.closed and default and "{{" not in default and default not in one.values and not one.several:
        what = N_("its default is none of its values: %(value)s", value=default)
        yield "strange-default", what, N_("choose one of the values")
    picks = source.input in ("dropdown", "radiobutton", "checkboxes", "listbox")
    said = any(key.startswith("values") for key, _value in source.options)
    if picks and not one.values and not said and one.kind != Kind.BOOLEAN:
        what = N_("there is nothing to pick from")
        yield "nothing-to-pick", what, N_("add values=…, or allowed values on the property's page")
    if source.has("mandatory") and source.has("hidden") and not default:
        what = N_("the field is mandatory and hidden, with no default: no page can be saved")
        yield "hidden-mandatory", what, N_("show it, or give it a default")


def _input(one: SchemaField) -> Iterator[tuple[str, Message, Message]]:
    """Inputs that do something else than their form says."""
    kind = one.source.input
    if kind and kind not in INPUTS:
        near = get_close_matches(kind, INPUTS, 1)
        remedy = N_("did you mean “%(near)s”?", near=near[0]) if near else N_("see the input types of Page Forms")
        yield (
            "unknown-input",
            N_(
                "“%(input)s” is no input type of Page Forms: unless an extension brings it, the form shows a line of text",
                input=kind,
            ),
            remedy,
        )
    if kind == "radiobutton" and one.stored.type == "_boo" and not one.values:
        what = N_("a radiobutton for yes or no offers nothing, and its next save deletes what stands there")
        yield "empty-buttons", what, N_("add values=Oui,Non, or let it be a checkbox")
    if one.source.option("default") == "now" and one.input in ("text", "textarea", "year"):
        what = (
            N_("default=now writes the whole date into a field for a year")
            if one.input == "year"
            else N_("default=now in a text field writes the word “now”")
        )
        yield "default-now", what, N_("let the input be a date, or leave the default out")
    if one.source.source[0] and not one.values and not one.unread:
        where, name = one.source.source
        what = N_("its values come from %(kind)s “%(name)s”, which has none", kind=SOURCE_NAMES[where], name=name)
        yield "empty-source", what, N_("create it, or mend its name in the form")


def _annotation(one: SchemaField) -> Iterator[tuple[str, Message, Message]]:
    free = one.kind == Kind.TEXT and not one.several
    if one.parameter.in_link and free and one.stored.type in ("_txt", "_cod"):
        name = one.property_name
        what = N_("stored as [[%(name)s::…]]: a link, a bracket or a “|” in such a text cuts or loses it", name=name)
        yield "annotation", what, N_("store it with {{#set:%(name)s={{{%(field)s|}}}}}", name=name, field=one.name)
