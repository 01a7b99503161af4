"""Which fields of a form are what in the kit: as the bot's TOML says, else as the form shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.errors import SettingsError
from capitalise.exports.model import Roles
from capitalise.messages import N_, THE_TOML

__all__ = ["Fields", "type_of"]


def type_of(field: FicheField) -> str:
    return "items" if field.instances else "list" if field.several else "text"


@dataclass(frozen=True)
class Fields:
    """A form's fields by what they are in the kit."""

    chapter: FicheField | None
    body: tuple[FicheField, ...]
    list: FicheField | None
    question: FicheField | None
    themes: FicheField | None
    shape: FicheField | None
    leads: FicheField | None
    sections: tuple[FicheField, ...]
    left_out: tuple[FicheField, ...]

    @classmethod
    def of(cls, form: FicheForm, roles: Roles) -> Fields:
        """Those that the settings name; for the others what the form shows: a chapter is picked from values, a list holds calls."""
        named = partial(_named, form)
        chapter = named(roles.chapter) or next((one for one in form.fields if one.values), None)
        items = named(roles.list) or next(
            (one for one in form.fields if one.instances and one is not named(roles.leads)), None
        )
        question, themes, shape, leads = map(named, (roles.question, roles.themes, roles.shape, roles.leads))
        left_out = tuple(one for one in map(named, roles.leave_out) if one)
        used = [one for one in (chapter, items, question, themes, shape, leads, *left_out) if one]
        left = [one for one in form.fields if one not in used]
        body = tuple(one for one in map(named, roles.body) if one) or tuple(left[:1])
        return cls(
            chapter,
            body,
            items,
            question,
            themes,
            shape,
            leads,
            tuple(one for one in left if one not in body),
            left_out,
        )


def _named(form: FicheForm, name: str) -> FicheField | None:
    """The field of a name or label, None for "". Raises SettingsError where there is none."""
    if not name:
        return None
    for one in form.fields:
        if name.casefold() in (one.name.casefold(), one.label.casefold()):
            return one
    there = ", ".join(one.label for one in form.fields)
    raise SettingsError(
        N_(
            "[export] in %(toml)s: there is no field “%(field)s”. There is: %(there)s.",
            field=name,
            there=there,
            toml=THE_TOML,
        )
    )
