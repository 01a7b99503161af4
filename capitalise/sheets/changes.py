"""Changes planned for a sheet, made on its table: a row's cells all or none, each compared with what the plan saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from capitalise.messages import N_, Message
from capitalise.pages.titles import normal_title
from capitalise.plans.model import RowRef, SheetChange
from capitalise.sheets.table import Table, heading_key, title_column, unfit

__all__ = ["Changed", "changed_table"]


@dataclass(frozen=True)
class Changed:
    """The table as it will be, where each row that was written stands in it, and what was left out and why; `moved_on` are the
    rows that are not any more what the plan saw."""

    table: Table
    rows: Mapping[RowRef, int]
    refused: Sequence[tuple[SheetChange, Message]]
    moved_on: frozenset[RowRef] = frozenset()


def changed_table(table: Table, changes: Iterable[SheetChange], title_heading: str = "") -> Changed:
    """The table with the changes made, but for rows in which some cell is not what the plan saw or would not fit."""
    rows_of: dict[RowRef, list[SheetChange]] = {}
    for change in changes:
        rows_of.setdefault(change.at, []).append(change)
    fields = dict.fromkeys(c.field for group in rows_of.values() for c in group)
    header = [*table.header, *(name for name in fields if name not in table.header)]
    rows = [list(row) + [""] * (len(header) - len(row)) for row in table.rows]
    places = _places(rows, header, title_heading)
    refused: list[tuple[SheetChange, Message]] = []
    written: dict[RowRef, int] = {}
    moved_on: set[RowRef] = set()
    for at, group in rows_of.items():
        if at.row == 0 and not at.title:
            continue  # a sheet of headings only
        if why := next((why for c in group if c.old != c.new and (why := unfit(c.new or "", table.format))), None):
            refused += [(change, why) for change in group if change.old != change.new]
            continue
        same = places.get(at.title, [])
        number = at.row - 2 if at.row - 2 in same else same[0] if len(same) == 1 else -1
        if at.row == 0 and number < 0:
            rows.append([""] * len(header))
            number = len(rows) - 1
        if number < 0 or any(rows[number][header.index(c.field)] != c.old for c in group):
            if number >= 0 and all(rows[number][header.index(c.field)] == (c.new or "") for c in group):
                continue  # it holds what it should already
            moved_on.add(at)
            why = N_("the row changed in the sheet since the plan was made; it is left as it is")
            refused += [(change, why) for change in group if change.old != change.new]
            continue
        written[at] = number
        for change in group:
            rows[number][header.index(change.field)] = change.new or ""
    return Changed(
        replace(table, header=tuple(header), rows=tuple(map(tuple, rows))), written, refused, frozenset(moved_on)
    )


def _places(rows: Sequence[Sequence[str]], header: Sequence[str], title_heading: str) -> dict[str, list[int]]:
    """Where the rows of a title stand. A row is found again on its line, or as the only one with its title."""
    titles = title_column(header, title_heading)
    page = next((i for i, heading in enumerate(header) if heading_key(heading) == "page"), titles)
    places: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for title in {normal_title(row[titles]), normal_title(row[page])}:
            places.setdefault(title, []).append(number)
    return places
