"""`import --review`: what a document says, decided in the browser cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.headings import write_answers
from capitalise.bots.fiches.imported import Difference, Imported, with_document_text
from capitalise.bots.fiches.rows import Rows
from capitalise.bots.kind import Task
from capitalise.cli.review import show
from capitalise.cli.show import Screen
from capitalise.plans.model import Conflict, Plan, RowRef
from capitalise.review.decided import subset
from capitalise.review.items import Item
from capitalise.review.journal import Answer, Choice
from capitalise.review.session import Source
from capitalise.workspace.opened import Bot
from capitalise.workspace.workspace import Workspace

__all__ = ["review_import"]


def review_import(
    workspace: Workspace,
    screen: Screen,
    of: tuple[Bot, Task],
    said: tuple[Imported, Sequence[Difference], Sequence[Difference]],
    into: tuple[Rows, FicheForm],
    path: Path,
    name: str,
) -> None:
    """The cells that a document fills, and the fields of which it says something else than the sheet. `said` is what it makes of the sheet, the differences
    of which its text was taken already and those that wait, `path` where answers about it are kept."""
    (bot, task), (made, taken, waits), (rows, form) = of, said, into
    conflicts = tuple(
        Conflict(bot.wiki, one.title, one.label, 0, one.sheet, one.document, "", one.at, 0, RowRef(name, 0, one.title))
        for one in waits
    )
    cells = tuple(with_document_text(made, taken, rows, form))
    plan = Plan(bot.name, task.run, task.created, cells=cells, conflicts=conflicts)

    def settle(items: Sequence[Item], answers: Mapping[str, Answer]) -> Plan:
        chosen = {(item.title, item.name): answers[item.key].choice for item in items if item.conflict}
        document = [one for one in waits if chosen.get((one.title, one.label)) is Choice.WIKI]
        sheet = {one.mark for one in waits if chosen.get((one.title, one.label)) is Choice.SHEET}
        if sheet:
            write_answers(path, {}, sheet, {})
        part = subset(plan, items, answers)
        return replace(part, cells=(*part.cells, *with_document_text(Imported(), document, rows, form)))

    show(workspace, screen, lambda: [Source(plan, bot, settle=settle)], no_browser=False)
