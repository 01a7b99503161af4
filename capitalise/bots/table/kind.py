"""The kind `table`: one wikitable of a page and a sheet, kept in step row by row and cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

from capitalise.bots.kind import Kind, Sheets, Task
from capitalise.bots.table.rules import RULES
from capitalise.bots.table.settings import TableSettings, read_table
from capitalise.exports.model import Kit
from capitalise.messages import N_
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Plan

__all__ = ["KIND"]


def plan(settings: TableSettings, task: Task) -> Plan:
    from capitalise.bots.table.planner import plan_table

    return plan_table(settings, task)


def sheets(settings: TableSettings) -> Sheets:
    return Sheets((settings.sheet,), settings.tab, settings.key)


def kit(settings: TableSettings, task: Task) -> Kit:
    from capitalise.bots.table.kit import kit_of

    return kit_of(settings, task)


def sources(settings: TableSettings, task: Task) -> Sequence[Revision]:
    from capitalise.bots.table.planner import read_page

    return [read_page(settings, task)[0]]


KIND = Kind(
    TableSettings,
    plan,
    read_table,
    sheets,
    rules=RULES,
    menu=N_("see what would change between a table of the wiki and its sheet (%(bot)s; nothing is written)"),
    kit=kit,
    sources=sources,
)
