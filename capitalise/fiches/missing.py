"""Which pages still miss which field: what a deadline passes for, because nobody sees it."""

from __future__ import annotations

from dataclasses import dataclass

from capitalise.errors import Skip
from capitalise.fiches.draft import FicheSettings
from capitalise.fiches.form import load_form
from capitalise.fiches.page import cells_of
from capitalise.pages.ports import Reader
from capitalise.pages.titles import sort_key

__all__ = ["Gaps", "find_gaps"]


@dataclass(frozen=True)
class Gaps:
    """A page and the labels of its empty fields."""

    title: str
    labels: tuple[str, ...]


def find_gaps(settings: FicheSettings, reader: Reader) -> list[Gaps]:
    """Every page of the form by title, whole ones included."""
    form = load_form(reader, settings.form, settings.template, settings.form_text)
    listing = reader.members(form.template, settings.category)
    revisions = reader.revisions(listing.values())
    gaps = []
    for title in sorted(listing, key=sort_key):
        try:
            cells = cells_of(revisions.get(listing[title]), form)
        except Skip:
            continue
        gaps.append(Gaps(title, tuple(f.label for f in form.fields if not cells[f.name].strip())))
    return gaps
