"""What a status shows of each field, as signs that are readable in black and white, and as values for the templates."""

from __future__ import annotations

from typing import Any

from capitalise.bots.fiches.status import Cell, Fiche, State, Status
from capitalise.exports.status_page import StatusCell, StatusGroup, StatusRow
from capitalise.messages import N_, render
from capitalise.pages.revisions import who

__all__ = ["SIGNS", "status_values", "who_wrote"]

#: The sign of a state, readable in black and white, and its words.
SIGNS = {
    State.WIKI: ("✓", N_("on the wiki")),
    State.SHEET: ("↑", N_("in the sheet, not yet on the wiki")),
    State.DECIDE: ("?", N_("to be decided")),
    State.PLACEHOLDER: ("~", N_("a placeholder")),
    State.MISSING: ("○", N_("missing")),
    State.DELETED: ("×", N_("the page was deleted on the wiki")),
    State.UNREADABLE: ("!", N_("cannot be read")),
}


def who_wrote(cell: Cell, language: str) -> str:
    """“Camille 29/11/26”: in a table, there is no room for more."""
    if cell.state not in (State.WIKI, State.DECIDE, State.SHEET) or not cell.at:
        return ""
    return render(N_("%(user)s %(day)s", user=who(cell.user), day=f"{cell.at.astimezone():%d/%m/%y}"), language)


def status_values(found: Status, language: str) -> dict[str, Any]:
    """What the templates are filled with."""
    return {
        "name": found.bot,
        "taken": found.taken,
        "labels": found.labels,
        "groups": [
            StatusGroup(g.name, tuple(_row(fiche, language) for fiche in g.fiches)) for g in found.groups if g.fiches
        ],
        "legend": [(sign, render(words, language)) for sign, words in SIGNS.values()],
    }


def _row(fiche: Fiche, language: str) -> StatusRow:
    cells = tuple(StatusCell(c.state.value, SIGNS[c.state][0], who_wrote(c, language), c.fresh) for c in fiche.cells)
    return StatusRow(fiche.title, cells, fiche.complete)
