"""What a form says, ready for rows: which cells a row has and how each is read and written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from capitalise.errors import SettingsError
from capitalise.forms.definition import Field, Form, properties_of, read_form
from capitalise.messages import N_
from capitalise.pages.ports import Reader
from capitalise.wikitext.instances import InstanceType

__all__ = ["FicheField", "FicheForm", "load_form"]


@dataclass(frozen=True)
class FicheField:
    """One field as one column. `instances` is set where the cell shows sub-template calls, one a line."""

    name: str
    label: str
    several: bool = False
    delimiter: str = ","
    values: tuple[str, ...] = ()
    instances: InstanceType | None = None
    in_property: bool = False


@dataclass(frozen=True)
class FicheForm:
    """A template with its fields in the form's order, and the tags whose inside the wiki does not read.

    `left_out` names multi-instance templates that no field holds: they have no column.
    """

    template: str
    fields: tuple[FicheField, ...]
    tags: frozenset[str]
    left_out: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


def load_form(reader: Reader, name: str, template: str = "", text: str | None = None) -> FicheForm:
    """The form `name` of a wiki, or the one in `text`. `template` says which of several is the page's own.

    Raises SettingsError where there is no such form or it fills no template.
    """
    if text is None:
        page = reader.definition("form", name)
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
    source = reader.definition("template", main.name)
    in_property = properties_of(source.text or "") if source else frozenset()
    labels = Counter(field.label.casefold() for field in main.fields)
    held = {t.name for t in form.templates if t.holder}
    return FicheForm(
        main.name,
        tuple(_fiche_field(form, field, labels[field.label.casefold()] > 1, in_property) for field in main.fields),
        reader.extension_tags(),
        tuple(t.name for t in form.templates if t.name != main.name and t.name not in held),
    )


def _fiche_field(form: Form, field: Field, ambiguous: bool, in_property: frozenset[str]) -> FicheField:
    kind = form.instances_in(field.name)
    return FicheField(
        field.name,
        field.name if ambiguous else field.label,
        field.several,
        field.delimiter,
        field.values,
        InstanceType(kind.name, tuple(f.name for f in kind.fields)) if kind else None,
        field.name in in_property,
    )
