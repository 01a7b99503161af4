"""What a form says, ready for rows: which cells a row has and how each is read and written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from capitalise import __version__
from capitalise.errors import SettingsError
from capitalise.forms.definition import FormTemplate
from capitalise.forms.files import form_on_wiki
from capitalise.forms.inputs import CHECKED_DATES
from capitalise.forms.kept import NEVER_OPENS, kept_value
from capitalise.forms.schema import Kind, Schema, SchemaField, SchemaTemplate, read_schema
from capitalise.messages import N_, THE_TOML
from capitalise.pages.ports import Reader
from capitalise.sheets.table import TITLES, heading_key
from capitalise.wikitext.instances import InstanceType

__all__ = ["FicheField", "FicheForm", "fiche_form", "load_form"]

#: Headings that mean the page or the row itself, by `heading_key`: no field goes by them.
RESERVED = {*TITLES, "page", "revision", "a decider", "redacteur", "redactrice", "writer", "repris de"}


@dataclass(frozen=True)
class FicheField:
    """One field as one column: `parameter` of `template` ("" for both: `name`, of the page's own template).

    `schema` is what the form, its template and its property say of it. `instances` is set where the cell shows sub-template calls,
    one a line, `parts` are their fields, `fewest` and `most` how many of them the form wants (0: any number); `on_page` where they stand
    on the page itself and in no field.
    """

    name: str
    label: str
    several: bool = False
    delimiter: str = ","
    values: tuple[str, ...] = ()
    instances: InstanceType | None = None
    template: str = ""
    parameter: str = ""
    on_page: bool = False
    schema: SchemaField | None = None
    parts: tuple[SchemaField, ...] = ()
    fewest: int = 0
    most: int = 0

    @property
    def closed(self) -> bool:
        """Whether only its values are right."""
        return self.schema.closed if self.schema else bool(self.values)

    @property
    def default(self) -> str:
        """What the form fills in on a new page, as far as it can be known before: no name, no random number; of a checkbox, no."""
        if not self.schema or self.instances:
            return ""
        said = self.schema.source.option("default")
        if self.schema.input == "checkbox":
            return said or "0"
        if said == "now":
            return said if self.schema.input in CHECKED_DATES else ""
        return "" if "{{" in said or said in ("current user", "uuid") else said

    def default_at(self, now: datetime, language: str) -> str:
        """The default as a page holds it that is made at this time; "" where the form could not be opened on it."""
        if not self.schema or not self.default:
            return ""
        value = f"{now:%Y-%m-%d}" if self.default == "now" else self.default
        kept = kept_value(value, self.schema, now, language)
        return kept if kept != NEVER_OPENS else ""


@dataclass(frozen=True)
class FicheForm:
    """The page's own template, the fields in the form's order, and the tags whose inside the wiki does not read.

    `templates` are all that a page may have, in the form's order. `memo` keeps the cells of texts that were
    read already, by sha1. `language` is that of the wiki's contents.
    """

    template: str
    fields: tuple[FicheField, ...]
    tags: frozenset[str]
    templates: tuple[str, ...] = ()
    memo: MutableMapping[str, dict[str, str]] = field(default_factory=dict, compare=False, repr=False)
    schema: Schema | None = None
    language: str = "fr"

    @property
    def digest(self) -> str:
        """What the reading of a page depends on, in a few letters."""
        fields = [(f.name, f.instances, f.template, f.parameter, f.on_page) for f in self.fields]
        parts = (__version__, self.template, fields, sorted(self.tags), self.templates)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def first_text(self) -> FicheField | None:
        """Where words go of which nothing else is said: the first field for running text."""
        texts = (f for f in self.fields if f is not self.step and not f.instances and not f.closed)
        return next((f for f in texts if f.schema is None or f.schema.kind == Kind.TEXT), None)

    @property
    def step(self) -> FicheField | None:
        """The field that sorts the pages where nobody says which: the first one with values to pick from, and no others."""
        return next((field for field in self.fields if field.closed and field.values), None) or next(
            (field for field in self.fields if field.values), None
        )

    def parameters(self, template: str) -> dict[str, FicheField]:
        """The fields that are parameters of a template, by parameter, in the form's order."""
        mine = (f for f in self.fields if not f.on_page and (f.template or self.template) == template)
        return {f.parameter or f.name: f for f in mine}


def load_form(
    reader: Reader, name: str, template: str = "", text: str | None = None, language: str = "fr"
) -> FicheForm:
    """The form `name` of a wiki, or the one in `text`. `template` says which of several is the page's own.

    Raises SettingsError where there is no such form or it fills no template.
    """
    schema = read_schema(reader, name, form_on_wiki(reader, name) if text is None else text)
    whole = fiche_form(schema, reader.extension_tags(), template, language)
    return replace(whole, memo=reader.cells_cache(whole.digest))


def fiche_form(schema: Schema, tags: frozenset[str], template: str = "", language: str = "fr") -> FicheForm:
    """A schema ready for rows. Raises SettingsError where the form fills no template that a page has once."""
    named = next((t.source for t in schema.templates if t.name == template), None)
    main = named if template else schema.form.main
    if main is None:
        raise SettingsError(
            N_(
                "The form “%(form)s” fills no template that a page has once; set “template” in %(toml)s.",
                form=schema.name,
                toml=THE_TOML,
            )
        )
    mine = [t for t in schema.templates if not t.source.holder]
    fields = [f for t in mine for f in _fields(schema, t, main)]
    names, labels = Counter(f.name for f in fields), Counter(f.label.casefold() for f in fields)
    keyed = [
        replace(f, name=f"{f.template or main.name}[{f.name}]") if names[f.name] > 1 or _reserved(f.name) else f
        for f in fields
    ]
    unlike = tuple(
        replace(f, label=f"{f.template or main.name}[{f.parameter or f.label}]")
        if labels[f.label.casefold()] > 1 or _reserved(f.label)
        else f
        for f in keyed
    )
    return FicheForm(main.name, unlike, tags, tuple(t.name for t in mine), schema=schema, language=language)


def _reserved(name: str) -> bool:
    """Whether this is the name of a column that every sheet has."""
    return heading_key(name) in RESERVED


def _fields(schema: Schema, template: SchemaTemplate, main: FormTemplate) -> list[FicheField]:
    """A template's fields; of one that a page has several times, one field that shows all its calls."""
    source = template.source
    if source.multiple:
        field = FicheField(template.name, source.label or template.name, on_page=True)
        return [_with_instances(field, template)]
    return [_fiche_field(schema, source, main, one) for one in template.fields.values()]


def _with_instances(field: FicheField, template: SchemaTemplate) -> FicheField:
    """The field that shows the calls of a template."""
    return replace(
        field,
        instances=InstanceType(template.name, tuple(template.fields)),
        parts=tuple(template.fields.values()),
        fewest=template.source.number("minimum instances"),
        most=template.source.number("maximum instances"),
    )


def _fiche_field(schema: Schema, template: FormTemplate, main: FormTemplate, field: SchemaField) -> FicheField:
    held = schema.form.instances_in(field.name, template)
    inside = next((t for t in schema.templates if held and t.source is held), None)
    made = FicheField(
        field.name,
        field.source.label,
        field.several,
        field.delimiter,
        field.values,
        template="" if template is main else template.name,
        parameter=field.name,
        schema=field,
    )
    return _with_instances(made, inside) if inside else made
