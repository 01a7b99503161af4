"""What a wiki expects in each parameter: its form, completed from its templates and its property pages.

Fourth station of the forms room. Evidence goes from the nearest to the farthest: what the form says of a field, then
the property that the template stores it in, then the template's documentation. A field that nothing is said of is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from capitalise.forms.definition import Field, Form, FormTemplate, read_form
from capitalise.forms.inputs import CHECKED_DATES, CLOSED, default_size, input_for, widget_of
from capitalise.forms.property import Property, read_property
from capitalise.forms.sources import Offered, mapping_of, read_offered
from capitalise.forms.template import Parameter, TemplateReading, read_template
from capitalise.pages.ports import Reader

__all__ = ["Kind", "Schema", "SchemaField", "SchemaTemplate", "build_schema", "read_schema"]


class Kind(StrEnum):
    """What a field's values are; OTHER is left as it is (coordinates, times, code, files)."""

    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    BOOLEAN = "boolean"
    EMAIL = "email"
    URL = "url"
    PAGE = "page"
    CALLS = "calls"
    OTHER = "other"


@dataclass(frozen=True)
class SchemaField:
    """One field: the form's `source`, what its template (`parameter`) and property (`stored`) say, and what follows.

    `input` is what the form shows for it. `values` are the ones to pick from, in the form's order and as pages hold them;
    `shown` says what the form shows for some of them (a mapping). `closed` where nothing else is right; `unread` where
    the form has a list that nobody could be asked for. `several` values are separated by `delimiter`; `disputed` where form and
    template disagree about it.
    """

    source: Field
    parameter: Parameter
    stored: Property
    kind: Kind = Kind.TEXT
    values: tuple[str, ...] = ()
    closed: bool = False
    several: bool = False
    delimiter: str = ","
    disputed: bool = False
    input: str = "text"
    shown: Mapping[str, str] = field(default_factory=dict)
    unread: bool = False

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def label(self) -> str:
        named = self.source.label != self.source.name
        return self.source.label if named else self.parameter.label or self.source.name

    @property
    def property_name(self) -> str:
        return self.source.option("property") or self.parameter.property

    @cached_property
    def mandatory(self) -> bool:
        """Whether a page without it cannot be saved in the form; a default fills it."""
        return self.source.has("mandatory") and not self.source.option("default")

    @cached_property
    def most_characters(self) -> int:
        """0 for no limit."""
        return self.source.number("maxlength")

    @cached_property
    def most_values(self) -> int:
        """0 for no limit."""
        return self.source.number("max values") if self.several else 0

    @cached_property
    def only_existing(self) -> bool:
        return self.source.has("existing values only")

    @cached_property
    def restricted(self) -> tuple[str, ...] | None:
        """Whose groups fill it: () for whoever may edit restricted fields, None for everybody."""
        groups = self.source.option("restricted")
        return tuple(one.strip() for one in groups.split(",") if one.strip()) if self.source.has("restricted") else None

    @cached_property
    def not_checked(self) -> str:
        """What of the field nobody checks: values that Cargo stores, and places on a map. "" for nothing."""
        if any(key.startswith(("cargo ", "mapping cargo ")) for key, _value in self.source.options):
            return "Cargo"
        return self.source.input if self.source.input in ("googlemaps", "openlayers", "leaflet") else ""

    @cached_property
    def unique(self) -> bool:
        return any(key == "unique" or key.startswith("unique for ") for key, _value in self.source.options)

    @cached_property
    def size(self) -> int:
        """The width of its line of text, 0 where it is none."""
        said = self.source.number("size") if widget_of(self.input) == "text" else 0
        return said or default_size(self.source.input, self.input, self.stored.type, several=self.several)

    @cached_property
    def limited(self) -> bool:
        """Whether the form says how much the field holds at least or at most."""
        return bool(self.mandatory or self.most_characters or self.most_values)


@dataclass(frozen=True)
class SchemaTemplate:
    """A template with its fields by name, in the form's order. `reading` is None where its page is missing."""

    source: FormTemplate
    fields: Mapping[str, SchemaField]
    reading: TemplateReading | None = None

    @property
    def name(self) -> str:
        return self.source.name

    @cached_property
    def positional(self) -> bool:
        """Whether parameters without a name mean something."""
        used = self.reading.parameters if self.reading else {}
        return any(name.isdecimal() for name in (*used, *self.fields))


@dataclass(frozen=True)
class Schema:
    """A form with its templates in order. `properties` are the property pages that were found, by name."""

    name: str
    form: Form
    templates: tuple[SchemaTemplate, ...] = ()
    properties: Mapping[str, Property] = field(default_factory=dict)


_BY_INPUT = {
    **dict.fromkeys((*CHECKED_DATES, "year"), Kind.DATE),
    **dict.fromkeys(
        (
            "datetime",
            "datetimepicker",
            "timepicker",
            "start datetime",
            "end datetime",
            "googlemaps",
            "openlayers",
            "leaflet",
        ),
        Kind.OTHER,
    ),
    "checkbox": Kind.BOOLEAN,
    "rating": Kind.OTHER,
}
_BY_PROPERTY = {
    "_wpg": Kind.PAGE,
    "_dat": Kind.DATE,
    "_num": Kind.NUMBER,
    "_qty": Kind.NUMBER,
    "_tem": Kind.NUMBER,
    "_boo": Kind.BOOLEAN,
    "_ema": Kind.EMAIL,
    "_uri": Kind.URL,
    **dict.fromkeys(("_geo", "_rec", "_cod", "_tel", "_eid", "_mlt_rec"), Kind.OTHER),
}
#: mw:Extension:TemplateData, “type”, with the names of #template_params.
_BY_DOCUMENTATION = {
    "number": Kind.OTHER,  # a template may calculate with it, or compare it with 1: only Semantic MediaWiki's are known
    "boolean": Kind.OTHER,
    "date": Kind.DATE,
    "url": Kind.URL,
    "e-mail": Kind.EMAIL,
    "wiki-page-name": Kind.PAGE,
    "page": Kind.PAGE,
    "wiki-user-name": Kind.OTHER,
    "wiki-file-name": Kind.OTHER,
    "wiki-template-name": Kind.OTHER,
    "unbalanced-wikitext": Kind.OTHER,
}


def read_schema(reader: Reader, name: str, text: str) -> Schema:
    """The schema of the form `name`, whose page says `text`; its templates and properties, and the values that it takes from
    elsewhere, are asked of the wiki. Raises WikiError."""
    form = read_form(text)
    pages = reader.definitions("template", list(dict.fromkeys(t.name for t in form.templates)))
    readings = {title: read_template(page.text or "") for title, page in pages.items()}
    wanted = dict.fromkeys(
        property_
        for template in form.templates
        for one in template.fields
        for property_ in _properties(one, readings.get(template.name))
    )
    found = reader.definitions("property", list(wanted)) if wanted else {}
    properties = {title: read_property(page.text or "") for title, page in found.items()}
    return build_schema(name, form, readings, properties, read_offered(reader, form))


def _properties(one: Field, reading: TemplateReading | None) -> list[str]:
    """Those that a field's values are stored in or taken from."""
    parameter = reading.parameters.get(one.name) if reading else None
    kind, name = one.source
    names = [one.option("property") or (parameter.property if parameter else ""), name if kind == "property" else ""]
    return [name for name in names if name]


def build_schema(
    name: str,
    form: Form,
    readings: Mapping[str, TemplateReading],
    properties: Mapping[str, Property],
    offered: Offered | None = None,
) -> Schema:
    """The schema that a form, its templates, the property pages and what was read of other sources give together."""
    offered = offered or Offered()
    templates = tuple(_template(form, one, readings.get(one.name), properties, offered) for one in form.templates)
    return Schema(name, form, templates, properties)


def _template(
    form: Form,
    template: FormTemplate,
    reading: TemplateReading | None,
    properties: Mapping[str, Property],
    offered: Offered,
) -> SchemaTemplate:
    parameters = reading.parameters if reading else {}
    fields = {}
    for one in template.fields:
        parameter = parameters.get(one.name, Parameter(one.name))
        holds = one.has("holds template") or form.instances_in(one.name, template)
        found = _field(one, parameter, properties, offered)
        fields[one.name] = replace(found, kind=Kind.CALLS, input="hidden") if holds else found
    return SchemaTemplate(template, fields, reading)


def _field(one: Field, parameter: Parameter, properties: Mapping[str, Property], offered: Offered) -> SchemaField:
    stored = properties.get(one.option("property") or parameter.property, Property())
    from_property = properties.get(one.source[1], Property()).values if one.source[0] == "property" else ()
    elsewhere = _elsewhere(one)
    values = () if elsewhere else one.values or offered.of(one) or from_property or stored.values
    several = one.several or parameter.several
    said = one.delimiter if one.option("delimiter") else ""
    input_ = input_for(one.input, stored.type, values=bool(stored.values), several=several, hidden=one.has("hidden"))
    closed = (
        bool(values) and not elsewhere and (input_ in CLOSED or one.has("existing values only") or bool(stored.values))
    )
    return SchemaField(
        one,
        parameter,
        stored,
        _kind(one, parameter, stored, values, closed=closed),
        values,
        closed,
        several,
        said or parameter.delimiter or ",",
        bool(parameter.several and parameter.delimiter and one.several and parameter.delimiter != one.delimiter),
        input_,
        offered.shown.get(mapping_of(one) or ("", ""), {}),
        elsewhere or (bool(one.source[0]) and not values and not offered.was_read(one)),
    )


def _elsewhere(one: Field) -> bool:
    """Whether the form's list is one that nobody here reads: a template gives it, or Cargo."""
    given = f"{one.option('values')}{one.option('structure')}"
    return "{{" in given or (not given and any(key.startswith("cargo ") for key, _value in one.options))


def _kind(one: Field, parameter: Parameter, stored: Property, values: tuple[str, ...], *, closed: bool) -> Kind:
    if one.has("uploadable") or parameter.code:
        return Kind.OTHER
    if one.source[0] in ("category", "concept") and not one.values and not closed:
        return Kind.PAGE
    if values:
        return Kind.CHOICE
    if one.input in _BY_INPUT:
        return _BY_INPUT[one.input]
    if stored.type:
        return _BY_PROPERTY.get(stored.type, Kind.TEXT)
    return _BY_DOCUMENTATION.get(parameter.type.casefold(), Kind.TEXT)
