"""A plan of another hand: whether this is what the bot could have planned, on the text that it starts from."""

from __future__ import annotations

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.page import new_page, with_cells
from capitalise.errors import Skip
from capitalise.plans.model import PageChange
from capitalise.wikitext.regions import find_region, region_names, with_region

__all__ = ["could_be_planned"]


def could_be_planned(change: PageChange, form: FicheForm, bot: str, own: frozenset[str]) -> bool:
    """Whether a page becomes what its shown values make of it, and no more; of the bot's `own` pages, whether only its
    regions change. The old text is compared with the wiki's when it is written (Edit.meets)."""
    if change.title in own:
        return _outside(change.old, bot) == _outside(change.new, bot) or not change.base
    if change.move_to:
        return change.new == change.old
    cells = {
        field.name: after for label, _before, after in change.values for field in form.fields if field.label == label
    }
    try:
        return change.new == (with_cells(change.old, form, cells) if change.base else new_page(form, cells))
    except Skip:
        return False


def _outside(text: str, bot: str) -> str:
    """A text without what stands in the bot's regions."""
    for name in sorted(region_names(text)):
        if name.startswith(f"{bot}-") and (region := find_region(text, name)):
            text = with_region(text, region, name, "")
    return text
