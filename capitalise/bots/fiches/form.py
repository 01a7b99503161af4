"""What a form says, ready for rows: which cells a row has and how each is read and written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace

from capitalise import __version__
from capitalise.errors import SettingsError
from capitalise.forms.definition import Field, Form, FormTemplate, read_form
from capitalise.forms.template import properties_of
from capitalise.messages import N_
from capitalise.pages.ports import Reader
from capitalise.sheets.table import TITLES, heading_key
from capitalise.wikitext.instances import InstanceType

__all__ = ["FicheField", "FicheForm", "load_form"]

#: Headings that mean the page or the row itself, by `heading_key`: no field goes by them.
RESERVED = {*TITLES, "page", "revision", "a decider", "redacteur", "redactrice", "writer"}


@dataclass(frozen=True)
class FicheField:
    """One field as one column: `parameter` of `template` ("" for both: `name`, of the page's own template).

    `instances` is set where the cell shows sub-template calls, one a line; `on_page` where they stand on the
    page itself and in no field.
    """

    name: str
    label: str
    several: bool = False
    delimiter: str = ","
    values: tuple[str, ...] = ()
    instances: InstanceType | None = None
    in_property: bool = False
    template: str = ""
    parameter: str = ""
    on_page: bool = False


@dataclass(frozen=True)
class FicheForm:
    """The page's own template, the fields in the form's order, and the tags whose inside the wiki does not read.

    `templates` are all that a page may have, in the form's order. `memo` keeps the cells of texts that were
    read already, by sha1.
    """

    template: str
    fields: tuple[FicheField, ...]
    tags: frozenset[str]
    templates: tuple[str, ...] = ()
    memo: MutableMapping[str, dict[str, str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """What the reading of a page depends on, in a few letters."""
        parts = (__version__, self.template, self.fields, sorted(self.tags), self.templates)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    def parameters(self, template: str) -> dict[str, FicheField]:
        """The fields that are parameters of a template, by parameter, in the form's order."""
        mine = (f for f in self.fields if not f.on_page and (f.template or self.template) == template)
        return {f.parameter or f.name: f for f in mine}


def load_form(reader: Reader, name: str, template: str = "", text: str | None = None) -> FicheForm:
    """The form `name` of a wiki, or the one in `text`. `template` says which of several is the page's own.

    Raises SettingsError where there is no such form or it fills no template.
    """
    if text is None:
        page = reader.definitions("form", [name]).get(name)
        text = page.text if page else None
    if text is None:
        raise SettingsError(N_("The wiki “%(wiki)s” has no form “%(form)s”.", wiki=reader.key, form=name))
    form = read_form(text)
    main = next((t for t in form.templates if t.name == template), None) if template else form.main
    if main is None:
        raise SettingsError(
            N_(
                "The form “%(form)s” fills no template that a page has once; set “template” in the bot's TOML.",
                form=name,
            )
        )
    mine = [t for t in form.templates if not t.holder]
    sources = reader.definitions("template", [t.name for t in mine if not t.multiple])
    properties = {name: properties_of(page.text or "") for name, page in sources.items()}
    fields = [f for t in mine for f in _fields(form, t, main, properties.get(t.name, frozenset()))]
    names, labels = Counter(f.name for f in fields), Counter(f.label.casefold() for f in fields)
    keyed = [
        replace(f, name=f"{f.template or main.name}[{f.name}]") if names[f.name] > 1 or _reserved(f.name) else f
        for f in fields
    ]
    whole = FicheForm(
        main.name,
        tuple(
            replace(f, label=f"{f.template or main.name}[{f.parameter or f.label}]")
            if labels[f.label.casefold()] > 1 or _reserved(f.label)
            else f
            for f in keyed
        ),
        reader.extension_tags(),
        tuple(t.name for t in mine),
    )
    return replace(whole, memo=reader.cells_cache(whole.digest))


def _reserved(name: str) -> bool:
    """Whether this is the name of a column that every sheet has."""
    return heading_key(name) in RESERVED


def _fields(form: Form, template: FormTemplate, main: FormTemplate, in_property: frozenset[str]) -> list[FicheField]:
    """A template's fields; of one that a page has several times, one field that shows all its calls."""
    if template.multiple:
        kind = InstanceType(template.name, tuple(f.name for f in template.fields))
        return [FicheField(template.name, template.label or template.name, instances=kind, on_page=True)]
    return [_fiche_field(form, template, main, one, in_property) for one in template.fields]


def _fiche_field(
    form: Form, template: FormTemplate, main: FormTemplate, field: Field, in_property: frozenset[str]
) -> FicheField:
    kind = form.instances_in(field.name, template)
    return FicheField(
        field.name,
        field.label,
        field.several,
        field.delimiter,
        field.values,
        InstanceType(kind.name, tuple(f.name for f in kind.fields)) if kind else None,
        field.name in in_property,
        "" if template is main else template.name,
        field.name,
    )
