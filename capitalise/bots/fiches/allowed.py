"""What a form keeps from being written, whatever the value is: fields of some people's, values that one page only may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from capitalise.bots.fiches.form import FicheField
from capitalise.forms.checked import may_fill
from capitalise.forms.rules.outcome import Doubt
from capitalise.messages import N_
from capitalise.pages.revisions import Account

__all__ = ["refusals"]


def refusals(
    field: FicheField,
    value: str,
    title: str,
    pages: Iterable[tuple[str, Mapping[str, str]]],
    account: Account,
    *,
    new: bool,
) -> Iterator[Doubt]:
    """Why the account does not write this value on the page `title`, a `new` one or not. `pages` are looked at where a value may stand once
    only. The form's own check is one of its scripts (§ unique): nobody else looks."""
    schema = field.schema
    if schema is None or not value:
        return
    if not may_fill(schema, account) and not (new and value == field.default):
        whose = ", ".join(schema.restricted or ()) or "editrestrictedfields"
        why = N_(
            "the form lets only some people fill this field (%(whose)s): ask one of them to do it on the wiki",
            whose=whose,
        )
        yield Doubt("restricted", why)
    if schema.unique:
        other = next((page for page, cells in pages if page != title and cells.get(field.name) == value), "")
        if other:
            why = N_(
                "“%(value)s” stands on “%(page)s” already, and the form wants each value once: give this page another one",
                value=value,
                page=other,
            )
            yield Doubt("unique", why)
