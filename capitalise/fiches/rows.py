"""A sheet's table ⇄ rows: which column holds what, and what each row says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import JaroWinkler

from capitalise.errors import SheetError
from capitalise.fiches.form import FicheForm
from capitalise.fiches.page import canonical_cell
from capitalise.messages import N_
from capitalise.pages.titles import normal_title
from capitalise.plans.decisions import Number, Waiting, read_number, read_waiting
from capitalise.plans.model import Finding, RowRef
from capitalise.sheets.table import TITLES, Table, heading_key

__all__ = ["DECIDE", "PAGE", "REVISION", "TITLE", "Row", "Rows", "headings", "read_rows"]

TITLE, PAGE, REVISION, DECIDE = "Titre", "page", "revision", "à décider"


@dataclass(frozen=True)
class Row:
    """One row. `cells` holds the canonical cell of every field that has a column.

    `page` is the title the row was last in step with, `number` the page's revision then, and the fields
    that go on from another one (None: the cell cannot be read).
    """

    at: RowRef
    title: str
    page: str
    number: Number | None
    cells: Mapping[str, str]
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    not_understood: tuple[str, ...] = ()

    @property
    def revision(self) -> int:
        return self.number.revision if self.number else 0

    @property
    def bases(self) -> Mapping[str, int]:
        return self.number.bases if self.number else {}


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet, the columns it lacks, and what stood out while reading."""

    rows: tuple[Row, ...]
    columns: Mapping[str, str]  # what a column is for (a field's name, TITLE, PAGE…) → its heading
    findings: tuple[Finding, ...]
    blank: int = 0
    left_alone: tuple[str, ...] = ()  # titles of rows that cannot be used


def headings(form: FicheForm) -> tuple[str, ...]:
    """The columns of a new sheet."""
    return (TITLE, *(f.label for f in form.fields), DECIDE, PAGE, REVISION)


def read_rows(table: Table, form: FicheForm) -> Rows:
    """All rows of a sheet. Raises SheetError where there is no column of titles, or one stands twice."""
    columns = _columns(table, form)
    if TITLE not in columns:
        raise SheetError(
            N_(
                "%(file)s has no column “%(column)s”: its first line must hold the headings.",
                file=table.path,
                column=TITLE,
            )
        )
    _refuse_mistyped(table, form, columns)
    findings = [
        Finding(
            "missing-column",
            N_("the sheet has no column “%(column)s”; this field is left as it is", column=f.label),
            field=f.label,
            at=RowRef(table.path, 1, ""),
        )
        for f in form.fields
        if f.name not in columns
    ]
    rows: list[Row] = []
    left_alone: list[str] = []
    blank = 0
    for number, line in enumerate(table.rows, start=2):
        if not any(cell.strip() for cell in line):
            blank += 1
            continue
        row = _row(table, number, dict(zip(table.header, line, strict=False)), columns, form)
        problem = _row_problem(row)
        findings += problem
        if row.page and TITLE in columns and not row.typed[TITLE].strip():
            why = N_("the title is empty; the page keeps its name: write it back")
            findings.append(Finding("title-emptied", why, title=row.page, field=TITLE, at=row.at))
        if problem:
            left_alone += [row.title, row.page]
        else:
            rows.append(row)
    return Rows(tuple(rows), columns, tuple(findings), blank, tuple(left_alone))


def _refuse_mistyped(table: Table, form: FicheForm, columns: Mapping[str, str]) -> None:
    """A field's column under a mistyped heading is no column without the field: rows would move on without it."""
    others = [h for h in table.header if h and h not in columns.values()]
    fields = {f.name: f.label for f in form.fields}
    own = {name: name for name in (PAGE, REVISION, DECIDE)} if {PAGE, REVISION, DECIDE} & set(columns) else {}
    for label in (label for use, label in {**fields, **own}.items() if use not in columns):
        key = heading_key(label)
        for heading in others:
            other = heading_key(heading)
            if len(other) > 2 and (key.startswith(other) or JaroWinkler.similarity(key, other) >= 0.85):
                why = N_(
                    "%(file)s has no column “%(column)s”, but a column “%(like)s”: if it is that one, rename it.",
                    file=table.path,
                    column=label,
                    like=heading,
                )
                raise SheetError(why)


def _columns(table: Table, form: FicheForm) -> dict[str, str]:
    wanted = {heading_key(f.name): f.name for f in form.fields} | {heading_key(f.label): f.name for f in form.fields}
    own = {heading_key(name): name for name in (PAGE, REVISION, DECIDE)}
    titles = {key: TITLE for key in map(heading_key, TITLES) if key not in wanted}
    meaning = {**titles, **own, **wanted}
    columns: dict[str, str] = {}
    for heading in table.header:
        use = meaning.get(heading_key(heading))
        if use and use in columns:
            raise SheetError(
                N_(
                    "%(file)s: the columns “%(one)s” and “%(two)s” are for the same field; remove or rename one.",
                    file=table.path,
                    one=columns[use],
                    two=heading,
                )
            )
        if use:
            columns[use] = heading
    return columns


def _row(table: Table, number: int, line: Mapping[str, str], columns: Mapping[str, str], form: FicheForm) -> Row:
    def cell(use: str) -> str:
        return line.get(columns.get(use, ""), "")

    page = normal_title(cell(PAGE))
    title = normal_title(cell(TITLE)) or page
    present = [f for f in form.fields if f.name in columns]
    waiting, unknown = read_waiting(cell(DECIDE), [f.label for f in form.fields])
    names = {f.label: f.name for f in form.fields}
    return Row(
        RowRef(table.path, number, title),
        title,
        page,
        read_number(cell(REVISION).strip(), [f.name for f in form.fields]),
        {f.name: canonical_cell(cell(f.name), f, form) for f in present},
        {names[label]: entry for label, entry in waiting.items()},
        {use: cell(use) for use in columns},
        tuple(unknown),
    )


def _row_problem(row: Row) -> list[Finding]:
    number = row.typed.get(REVISION, "").strip()
    if row.number is None:
        why = N_(
            "“%(text)s” is no revision number; put the number back, or empty the cell; the row is left alone",
            text=number,
        )
        return [Finding("not-a-number", why, title=row.title, field=REVISION, at=row.at)]
    if row.title:
        return []
    return [Finding("row-without-title", N_("this row has no title; it is left alone"), field=TITLE, at=row.at)]
