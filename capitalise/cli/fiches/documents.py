"""Shared documents that people write in: read from a file or an address, and what stands in them only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capitalise.bots.fiches.headings import known_from, read_answers
from capitalise.bots.fiches.imported import gathered
from capitalise.bots.fiches.kind import form_of
from capitalise.bots.fiches.placing import nobody, settled
from capitalise.bots.fiches.status import State, Status
from capitalise.errors import SheetError
from capitalise.files import reason
from capitalise.messages import N_
from capitalise.notes.pieces import pieces_of
from capitalise.sheets.bare import bare_document
from capitalise.sheets.names import is_address
from capitalise.sheets.pandoc import read_notes
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.planning import task_for

__all__ = ["only_in_document", "read_document"]


def read_document(opened: Opened, document: str, folder: Path = Path()) -> tuple[bytes, str]:
    """The document's bytes and a name whose ending says what it is; a file's name is seen from `folder`. Raises SheetError."""
    if is_address(document):
        from capitalise.web.pads import fetch_pad  # requests only where used

        pad = fetch_pad(document, opened.settings.agent)
        return pad.data, f"document{pad.ending}"
    path = folder / document
    try:
        return path.read_bytes(), path.name
    except OSError as error:
        raise SheetError(N_("%(file)s cannot be read: %(why)s", file=document, why=reason(error))) from error


def only_in_document(opened: Opened, bot: Bot, found: Status, document: str) -> Mapping[str, Mapping[str, str]]:
    """The words of a document, by title and label, for fields that neither page nor sheet has; what is only likely counts as nothing. Raises
    SheetError."""
    data, name = read_document(opened, document, opened.folder)
    bare, _left_out = bare_document(data, name)
    task = task_for(opened, bot)
    form = form_of(bot.options, task)
    path = opened.folder / "imports" / f"{bot.name}.toml"
    known = known_from(read_answers(path), found.fiches, bot.options.status.placeholders, form, path.name)
    places, _said = settled(pieces_of(read_notes(bare, name)["blocks"]), form, known, nobody)
    step = form.step.label if form.step else ""
    empty = {
        title: {cell.label for cell in fiche.cells if cell.state in (State.MISSING, State.PLACEHOLDER)}
        for title, fiche in found.fiches.items()
    }
    texts = {
        title: {k: text for k, text in cells.items() if text and k != step and k in empty.get(title, cells)}
        for title, cells in gathered(places, form).items()
    }
    return {title: cells for title, cells in texts.items() if cells}
