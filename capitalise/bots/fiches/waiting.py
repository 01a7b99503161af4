"""What people are told of a cell that waits, and what they can write to go on."""

from __future__ import annotations

from capitalise.bots.fiches.fields import RowMerge
from capitalise.messages import N_, Message
from capitalise.plans.merge import Decision, Outcome

__all__ = ["READONLY", "WAITING", "in_place_of_words", "unasked"]

READONLY = N_(
    "the wiki has no such text any more, the sheet still has it; as this sheet can only be read, take it out there, or "
    "give --page, --field and --prefer feuille to write it again"
)

WAITING = {
    Outcome.OUTDATED: (
        "decision-outdated",
        N_(
            "this answer does not count: the wiki's text is another one than you were shown, or was not shown to you; read "
            "it, and write “%(field)s: feuille” or “%(field)s: wiki”"
        ),
    ),
    Outcome.EMPTIED_IN_SHEET: (
        "emptied-in-sheet",
        N_(
            "the cell is empty, the wiki has text; write (vide) in the cell to empty the field on purpose, or “%(field)s: "
            "wiki” in “à décider” to get the text back"
        ),
    ),
    Outcome.EMPTIED_ON_WIKI: (
        "emptied-on-wiki",
        N_(
            "emptied on the wiki; the sheet keeps its text until you write “%(field)s: wiki” or “%(field)s: feuille” in “à décider”"
        ),
    ),
    Outcome.REVERTED: (
        "reverted",
        N_(
            "taken back on the wiki; it is not made again unless you change the cell. To take theirs, write “%(field)s: "
            "wiki” in “à décider”; to insist, “%(field)s: feuille”"
        ),
    ),
}


def in_place_of_words(label: str, cell: str) -> Message:
    """What is said of a cell whose “à compléter” would take the place of what somebody wrote on the page."""
    return N_(
        "“%(cell)s” takes the place of the text of the page here; if that is not meant, empty the cell and write “%(field)s: wiki” "
        "in “à décider”",
        field=label,
        cell=cell,
    )


def unasked(merged: RowMerge) -> bool:
    """Whether a word stands in "à décider" that answers no question of the row, nor says that a new title is another page's."""
    row = merged.match.row
    named = row.answers.bare is Decision.OTHER and not merged.match.head
    return row.answers.bare is not None and not named and len(row.questions) != 1
