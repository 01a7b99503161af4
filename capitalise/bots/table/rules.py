"""The words for what the bot finds."""

from __future__ import annotations

from collections.abc import Mapping

from capitalise.messages import N_, Message

__all__ = ["RULES"]

RULES: Mapping[str, Message] = {
    "double-row": N_("row there twice"),
    "emptied-in-sheet": N_("emptied in the sheet"),
    "emptied-on-wiki": N_("emptied on the wiki"),
    "missing-column": N_("field without a column"),
    "no-key": N_("row without a name"),
    "not-text": N_("no text"),
    "not-a-number": N_("no revision number"),
    "reverted": N_("taken back on the wiki"),
    "row-gone": N_("row that is gone from the wiki"),
    "spans": N_("row with joined cells"),
    "unwritable": N_("text that no cell can hold"),
}
