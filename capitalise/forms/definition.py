"""A form page read as Page Forms reads it: templates, fields, labels, and everything else that it holds.

Second station of the forms room (PFFormPrinter.php, PFTemplateInForm.php, PFFormField.php, PFPageSection.php of Page
Forms 5.9). Nothing is dropped: each tag is a `Construct` of the form, options that nobody knows included.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from capitalise.forms.inputs import LISTS
from capitalise.forms.tags import NAMES, Tag, block_around, find_tags, label_before, options_of

__all__ = ["Construct", "Field", "Form", "FormTemplate", "Section", "read_form", "unescaped"]

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """A field of a form. `label` is what the form shows beside it, else its name.

    `values` are the ones to pick from (empty: free text); `delimiter` separates several where `several`. `input` is
    the input type, "" where the form leaves it to the property; `options` holds all that the form says, as written. `block`
    is the id of the element around the field, if it has one.
    """

    name: str
    label: str
    several: bool = False
    delimiter: str = ","
    values: tuple[str, ...] = ()
    input: str = ""
    options: Options = ()
    block: str = ""

    def option(self, key: str) -> str:
        """The value of an option, "" where it is missing or a flag."""
        return dict(self.options).get(key, "")

    def has(self, flag: str) -> bool:
        return any(key == flag for key, _value in self.options)

    def number(self, key: str) -> int:
        """An option that is a number, 0 where it is missing or none."""
        digits = self.option(key)
        return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else 0

    @cached_property
    def shows(self) -> tuple[tuple[str, str], ...]:
        """Which value of the field shows which block of the form (`show on select=Livre=>bloc-livre;…`)."""
        pairs = (one.partition("=>") for one in html.unescape(self.option("show on select")).split(";"))
        return tuple((value.strip(), block.strip()) for value, _arrow, block in pairs if block.strip())

    @property
    def source(self) -> tuple[str, str]:
        """What `values from …=` names, as ("category", "Outil"); ("", "") where the form has none."""
        found = ((key[len(_FROM) :], value) for key, value in self.options if value and key.startswith(_FROM))
        return next(((kind, name) for kind, name in found if kind in SOURCES), ("", ""))


_FROM = "values from "
#: `values from …=` as PFFormField.php knows them.
SOURCES = ("category", "property", "concept", "namespace", "query", "wikidata", "url")


@dataclass(frozen=True)
class FormTemplate:
    """A template that the form fills. `holder` names the field of `held_by` that its calls stand in."""

    name: str
    fields: tuple[Field, ...]
    multiple: bool = False
    label: str = ""
    held_by: str = ""
    holder: str = ""
    options: Options = ()

    def number(self, key: str) -> int:
        """An option that is a number, 0 where it is missing or none."""
        digits = dict(self.options).get(key, "")
        return int(digits) if re.fullmatch(r"[0-9]{1,6}", digits) else 0


@dataclass(frozen=True)
class Construct:
    """One tag of a form page: its `kind` (a tag's name, "unknown" or "unclosed"), what it names, its line and options.

    `unknown` are the options that Page Forms does not document; an input type may know them.
    """

    kind: str
    name: str
    line: int
    options: Options = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading that the form fills (PFPageSection.php)."""

    name: str
    level: int = 2
    mandatory: bool = False
    hidden_if_empty: bool = False
    restricted: bool = False

    @property
    def heading(self) -> str:
        return "=" * self.level + self.name + "=" * self.level


@dataclass(frozen=True)
class Form:
    """The templates of a form in its order. The first one that is not `multiple` is the page's own.

    `constructs` are all tags in the page's order; `strays` the fields that stand in no template.
    """

    templates: tuple[FormTemplate, ...]
    constructs: tuple[Construct, ...] = ()
    strays: tuple[Field, ...] = ()

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return tuple(_section(one) for one in self.constructs if one.kind == "section")

    @cached_property
    def info(self) -> Mapping[str, str]:
        """What `{{{info}}}` says of the whole form."""
        return {key: value for one in self.constructs if one.kind == "info" for key, value in one.options}

    @property
    def page_name(self) -> str:
        """The formula of new pages' names, "" where people type them: `Guide <Guide[sujet]>`."""
        return self.info.get("page name", "")

    @property
    def main(self) -> FormTemplate | None:
        return next((t for t in self.templates if not t.multiple and not t.holder), None)

    def instances_in(self, field: str, holder: FormTemplate | None = None) -> FormTemplate | None:
        """The multi-instance template whose calls stand in `field` of a template, the main one if not said."""
        held_by = holder or self.main
        return next((t for t in self.templates if held_by and t.holder == field and t.held_by == held_by.name), None)


_TEMPLATE_OPTIONS = frozenset(
    [
        "multiple",
        "strict",
        "label",
        "intro",
        "minimum instances",
        "maximum instances",
        "add button text",
        "embed in field",
        "display",
        "height",
        "displayed fields when minimized",
        "event title field",
        "event date field",
        "event start date field",
        "event end date field",
    ]
)
_FIELD_OPTIONS = frozenset(
    [
        "mandatory",
        "hidden",
        "restricted",
        "list",
        "unique",
        "edittools",
        "holds template",
        "input type",
        "default",
        "preload",
        "label",
        "label msg",
        "show on select",
        "values",
        "values from property",
        "values from category",
        "values from concept",
        "values from namespace",
        "values from query",
        "values from wikidata",
        "values from url",
        "values dependent on",
        "unique for category",
        "unique for namespace",
        "unique for concept",
        "property",
        "cargo table",
        "cargo field",
        "cargo where",
        "mapping template",
        "mapping property",
        "mapping cargo table",
        "mapping cargo field",
        "mapping cargo value field",
        "delimiter",
        "default filename",
        "max values",
        "existing values only",
        "size",
        "maxlength",
        "rows",
        "cols",
        "placeholder",
        "autogrow",
        "editor",
        "uploadable",
        "image preview",
        "class",
        "style",
        "remote autocompletion",
        "structure",
        "top category",
        "depth",
        "hideroot",
        "height",
        "width",
        "search-input",
        "num stars",
        "star width",
        "include timezone",
        "regexp",
        "message",
        "inverse",
        "base type",
        "base prefix",
        "or char",
        "value_labels",
        "property_type",
        "date format",
        "week start",
        "first date",
        "last date",
        "disable days of week",
        "highlight days of week",
        "disabled dates",
        "highlighted dates",
        "show week numbers",
        "disable input field",
        "show reset button",
        "mintime",
        "maxtime",
        "interval",
        "starting bounds",
        "center",
        "zoom",
        "feeds to map",
        "autocapitalize",
        "origin",
        "columns",
        "delimiter values",
        "namespace",
        "part of dtp",
    ]
)
_SECTION_OPTIONS = frozenset(
    [
        "level",
        "mandatory",
        "hidden",
        "restricted",
        "hide if empty",
        "autogrow",
        "rows",
        "cols",
        "editor",
        "placeholder",
        "class",
    ]
)
_INPUT_OPTIONS = frozenset(
    ["label", "class", "style", "checked", "tabindex", "rows", "cols", "autogrow", "editor", "preload", "placeholder"]
)
#: By tag; what `info` may hold is open: scripts and other extensions read it.
OPTIONS = {
    "for template": _TEMPLATE_OPTIONS,
    "field": _FIELD_OPTIONS,
    "section": _SECTION_OPTIONS,
    "standard input": _INPUT_OPTIONS,
    "end template": frozenset[str](),
}


def read_form(text: str) -> Form:
    """The form that a form page defines. A page without `{{{for template}}}` gives a form without templates."""
    templates: list[FormTemplate] = []
    constructs: list[Construct] = []
    strays: list[Field] = []
    filling: FormTemplate | None = None
    fields: list[Field] = []
    before = 0
    for tag in find_tags(text):
        constructs.append(_construct(text, tag))
        kind, options = constructs[-1].kind, constructs[-1].options
        if kind == "for template":
            templates += [replace(filling, fields=tuple(fields))] if filling else []
            filling, fields = _template(constructs[-1].name, options), []
        elif kind == "end template":
            templates += [replace(filling, fields=tuple(fields))] if filling else []
            filling = None
        elif kind == "field" and constructs[-1].name != "#freetext#":
            around = block_around(text[: tag.start])
            field = _field(constructs[-1].name, options, label_before(text[before : tag.start]), around)
            (fields if filling else strays).append(field)
        before = tag.end
    templates += [replace(filling, fields=tuple(fields))] if filling else []
    return Form(tuple(templates), tuple(constructs), tuple(strays))


def _construct(text: str, tag: Tag) -> Construct:
    if not tag.parts:
        return Construct("unclosed", " ".join(text[tag.start : tag.end].split()), tag.line)
    kind = tag.parts[0].casefold()
    if kind not in NAMES or (kind in ("field", "for template") and len(tag.parts) < 2):
        return Construct("unknown", tag.parts[0], tag.line, options_of(tag.parts[1:]))
    named = kind not in ("info", "end template")
    options = options_of(tag.parts[2:] if named else tag.parts[1:])
    unknown = tuple(key for key, _value in options if key not in OPTIONS.get(kind, {key}))
    return Construct(kind, tag.parts[1] if named and len(tag.parts) > 1 else "", tag.line, options, unknown)


def _section(one: Construct) -> Section:
    said = dict(one.options)
    level = int(said["level"]) if said.get("level", "") in ("1", "2", "3", "4", "5", "6") else 2
    return Section(one.name, level, "mandatory" in said, "hide if empty" in said, "restricted" in said)


def _template(name: str, options: Options) -> FormTemplate:
    said = dict(options)
    held_by, _bracket, holder = said.get("embed in field", "").rstrip("]").partition("[")
    name = " ".join(name.replace("_", " ").split())
    held_by = " ".join(held_by.replace("_", " ").split())
    return FormTemplate(name, (), "multiple" in said, said.get("label", ""), held_by, holder.strip(), options)


def _field(name: str, options: Options, label: str, block: str) -> Field:
    said = dict(options)
    kind = " ".join(said.get("input type", "").casefold().split())
    delimiter = unescaped(said.get("delimiter", "")) or ","
    listed = re.split(r"\*+", said.get("structure", "")) if kind == "tree" else said.get("values", "").split(delimiter)
    values = tuple(html.unescape(v).strip() for v in listed if v.strip())
    label = label or said.get("label", "")
    shown = name if not label or "{{" in label else label
    return Field(name, shown, "list" in said or kind in LISTS, delimiter, values, kind, options, block)


def unescaped(delimiter: str) -> str:
    """`\\n` and `\\s` are how a form and #arraymap write a line break and a space (PFArrayMap.php)."""
    return delimiter.replace("\\n", "\n").replace("\\s", " ")
