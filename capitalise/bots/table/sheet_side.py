"""The sheet's rows: what people typed, and what the tool's own columns keep of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from capitalise.bots.table.wiki_side import key_of
from capitalise.errors import SheetError
from capitalise.messages import N_
from capitalise.plans.decisions import DECIDE, REVISION, Answers, Number, read_answers, read_number
from capitalise.plans.model import Finding, RowRef
from capitalise.sheets.table import Table, heading_key
from capitalise.wikitext.canonical import canonical

__all__ = ["SheetRow", "SheetSide", "headings", "read_sheet"]


@dataclass(frozen=True)
class SheetRow:
    """A row: its cells by label, and as they are typed by heading."""

    at: RowRef
    key: str
    cells: Mapping[str, str]
    typed: Mapping[str, str]
    number: Number = field(default_factory=Number)
    answers: Answers = field(default_factory=Answers)


@dataclass(frozen=True)
class SheetSide:
    """The rows by key, the heading of each label (and of the tool's columns), and what stood out."""

    path: str
    rows: Mapping[str, SheetRow]
    columns: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    readonly: bool = False


def headings(labels: Sequence[str]) -> tuple[str, ...]:
    """The columns of a new sheet."""
    return (*labels, DECIDE, REVISION)


def read_sheet(table: Table, labels: Sequence[str], key: str) -> SheetSide:
    """Raises SheetError where a column that must be there is not, or stands twice."""
    columns = _columns(table, labels)
    if key not in columns:
        raise SheetError(
            N_("%(file)s has no column “%(column)s”, by which its rows are found.", file=table.path, column=key)
        )
    findings = [
        Finding(
            "missing-column",
            N_("the sheet has no column “%(column)s”; it is left as it is", column=label),
            field=label,
            at=RowRef(table.path, 1, ""),
        )
        for label in labels
        if label not in columns
    ]
    rows: dict[str, SheetRow] = {}
    twice: set[str] = set()
    for number, line in enumerate(table.rows, start=2):
        typed = dict(zip(table.header, line, strict=False))
        if not any(cell.strip() for cell in line):
            continue
        row = _row(table, number, typed, columns, key)
        if isinstance(row, Finding):
            findings.append(row)
        elif row.key in rows or row.key in twice:
            twice.add(row.key)
            rows.pop(row.key, None)
            why = N_("this row stands in the sheet twice: both are left alone; keep one")
            findings.append(Finding("double-row", why, at=row.at))
        else:
            rows[row.key] = row
    return SheetSide(table.path, rows, columns, tuple(findings), table.readonly)


def _columns(table: Table, labels: Sequence[str]) -> dict[str, str]:
    wanted = {heading_key(label): label for label in (*labels, DECIDE, REVISION)}
    columns: dict[str, str] = {}
    for heading in table.header:
        label = wanted.get(heading_key(heading))
        if label and label in columns:
            raise SheetError(N_("%(file)s: the column “%(column)s” is there twice.", file=table.path, column=heading))
        if label:
            columns[label] = heading
    return columns


def _row(
    table: Table, number: int, typed: Mapping[str, str], columns: Mapping[str, str], key: str
) -> SheetRow | Finding:
    at = RowRef(table.path, number, typed[columns[key]].strip())
    cells = {
        label: canonical(typed[heading]).strip()
        for label, heading in columns.items()
        if label not in (DECIDE, REVISION)
    }
    for column, heading in enumerate(table.header):
        if (number, column) in table.odd and heading in columns.values():
            return Finding("not-text", table.odd[number, column], field=heading, at=at)
    name = key_of(at.title)
    if not name:
        return Finding(
            "no-key", N_("this row has nothing in “%(column)s”: it is left alone", column=columns[key]), at=at
        )
    own = typed.get(columns.get(REVISION, ""), "")
    kept = read_number(own, cells)
    if kept is None:
        why = N_("“%(text)s” is nothing that this tool writes into “revision”: empty the cell", text=own)
        return Finding("not-a-number", why, field=REVISION, at=at)
    return SheetRow(at, name, cells, typed, kept, read_answers(typed.get(columns.get(DECIDE, ""), ""), cells))
