"""A sheet's table ⇄ rows: which column holds what, and what each row says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.page import canonical_cell
from capitalise.errors import SettingsError, SheetError
from capitalise.messages import N_, THE_TOML, Message
from capitalise.pages.titles import normal_title
from capitalise.plans.decisions import DECIDE, PAGE, REVISION, Answers, Asked, Number, Ref, read_answers, read_number
from capitalise.plans.model import Finding, RowRef
from capitalise.sheets.table import TITLES, Table, heading_key

__all__ = [
    "DECIDE",
    "OWN",
    "PAGE",
    "REVISION",
    "SOURCE",
    "TITLE",
    "WRITER",
    "OpenColumns",
    "Row",
    "Rows",
    "headings",
    "open_columns",
    "read_rows",
    "sheet_columns",
]

TITLE, WRITER = "Titre", "rédacteur"
SOURCE = "repris de"  # the address that a new page says its text comes from
#: The columns that are the tool's.
OWN = (DECIDE, PAGE, REVISION)
_WRITERS = ("rédacteur", "rédactrice", "writer")

MOST_ROWS = 50_000  # of one sheet: a second and a half for each thousand

SAMPLES = 3  # cells of a column, so that a person knows it again


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
    answers: Answers = field(default_factory=Answers)  # by field's name
    typed: Mapping[str, str] = field(default_factory=dict)
    writer: str = ""
    readonly: bool = False
    source: str = ""

    def filled(self, form: FicheForm) -> bool:
        """Whether somebody typed anything into the cell of a field."""
        return any(self.typed.get(one.name, "").strip() for one in form.fields)

    @property
    def ref(self) -> Ref:
        return self.number.ref if self.number else Ref()

    @property
    def revision(self) -> int:
        return self.ref.revision

    @property
    def asked(self) -> Mapping[str, Asked]:
        """The fields that are not in step with the row's number."""
        return self.number.fields if self.number else {}

    @property
    def questions(self) -> list[str]:
        """The fields about which people were asked; sheets from before do not say which of those it was."""
        return [name for name, one in self.asked.items() if one.shown or not self.ref.mark]


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet, its columns, and what stood out while reading."""

    table: Table
    rows: tuple[Row, ...]
    columns: Mapping[str, str]  # what a column is for (a field's name, TITLE, PAGE…) → its heading
    findings: tuple[Finding, ...]
    blank: int = 0
    left_alone: tuple[str, ...] = ()  # titles of rows that cannot be used


def headings(form: FicheForm) -> tuple[str, ...]:
    """The columns of a new sheet."""
    return (TITLE, *(f.label for f in form.fields), *OWN)


def read_rows(table: Table, form: FicheForm, mapped: Mapping[str, str] | None = None, *, capital: bool = True) -> Rows:
    """All rows of a sheet; `mapped` names the field of a heading ("": a column of the editor's own). `capital`: all titles begin with a capital.

    Raises SheetError where there is no column of titles, or one stands twice, SettingsError for a field in
    `mapped` that the form lacks.
    """
    mapped = mapped or {}
    columns = sheet_columns(table, form, mapped)
    if TITLE not in columns:
        raise _no_titles(table)
    if len(table.rows) > MOST_ROWS:
        why = N_(
            "%(file)s has %(count)d rows, more than %(most)d: split it.",
            file=table.path,
            count=len(table.rows),
            most=MOST_ROWS,
        )
        raise SheetError(why)
    _refuse_mistyped(table, form, columns, mapped)
    free = _free_headings(table, columns, mapped)
    findings = [
        Finding(
            "missing-column",
            _no_column(f.label, free),
            field=f.label,
            suggestion=f.name,
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
        row = _row(table, number, dict(zip(table.header, line, strict=False)), columns, form, capital=capital)
        problem = _odd_cells(table, number, row, columns) or _row_problem(row)
        findings += problem
        if row.page and TITLE in columns and not row.typed[TITLE].strip():
            why = N_("the title is empty; the page keeps its name: write it back")
            findings.append(Finding("title-emptied", why, title=row.page, field=TITLE, at=row.at))
        if problem:
            left_alone += [row.title, row.page]
        else:
            rows.append(row)
    rows, filled = _without_filled_down(rows)
    return Rows(table, tuple(rows), columns, (*findings, *filled), blank, tuple(left_alone))


def _without_filled_down(rows: Sequence[Row]) -> tuple[list[Row], list[Finding]]:
    """Rows, those apart into which one answer was filled down: where it also stands in a row in which nothing waits, it was
    not written for each of them, and decides nothing."""
    kept: list[Row] = []
    findings: list[Finding] = []
    for (_text, answers), same in groupby(rows, key=lambda row: (row.typed.get(DECIDE, ""), row.answers)):
        some = list(same)
        if answers.decides and len(some) > 1 and not all(row.questions or not row.page for row in some):
            why = N_(
                "one answer was filled down over %(rows)d rows, in some of which nothing waits: it decides nothing; write it "
                "again in the rows that it is for",
                rows=len(some),
            )
            findings.append(Finding("decision-not-understood", why, title=some[0].title, field=DECIDE, at=some[0].at))
            some = [replace(row, answers=Answers(unknown=(row.typed[DECIDE],))) for row in some]
        kept += some
    return kept, findings


def _no_titles(table: Table) -> SheetError:
    below = next((n for n, line in enumerate(table.rows[:10], 2) if any(heading_key(c) in TITLES for c in line)), 0)
    if below:
        why = N_(
            "%(file)s has no column “%(column)s” in its first line, but line %(line)d looks like the headings: delete the lines above it.",
            file=table.path,
            column=TITLE,
            line=below,
        )
        return SheetError(why)
    why = N_(
        "%(file)s has no column “%(column)s”: its first line must hold the headings (or type “capitalise columns” and "
        "the bot's name, to say which one is the title).",
        file=table.path,
        column=TITLE,
    )
    return SheetError(why)


def _odd_cells(table: Table, number: int, row: Row, columns: Mapping[str, str]) -> list[Finding]:
    """Cells that are no plain text for the spreadsheet: what somebody typed cannot be told from them."""
    places = {use: table.header.index(heading) for use, heading in columns.items()}
    found = [(use, table.odd[number, at]) for use, at in places.items() if (number, at) in table.odd]
    return [
        Finding(
            "not-text",
            N_(
                "the cell %(what)s; the row is left alone. Make it plain text (no merged cells, format “text”) and type it again",
                what=what,
            ),
            title=row.title,
            field=columns[use],
            at=row.at,
        )
        for use, what in found[:1]
    ]


def _refuse_mistyped(table: Table, form: FicheForm, columns: Mapping[str, str], mapped: Mapping[str, str]) -> None:
    """A field's column under a mistyped heading is no column without the field: rows would move on without it."""
    for label, heading in likely_columns(table, form, columns, mapped):
        why = N_(
            "%(file)s has no column “%(column)s”, but a column “%(like)s”: if it is that one, rename it. To keep its "
            "name, or if it is another one, type “capitalise columns” and the bot's name.",
            file=table.path,
            column=label,
            like=heading,
        )
        raise SheetError(why)


def _no_column(label: str, free: Sequence[str]) -> Message:
    """A field without a column, and the columns that are for nothing: what somebody writes there is read by nobody."""
    if not free:
        return N_("the sheet has no column “%(column)s”; this field is left as it is", column=label)
    return N_(
        "the sheet has no column “%(column)s”; this field is left as it is. Nothing is read from: %(free)s; if it is one of these, “capitalise "
        "columns” and the bot's name let you say so",
        column=label,
        free=", ".join(free[:5]) + (", …" if len(free) > 5 else ""),
    )


@dataclass(frozen=True)
class OpenColumns:
    """The fields of a sheet that have no column, the headings that are for nothing, and which of both are alike. `samples`: by heading, the first
    cells with words."""

    sheet: str
    missing: tuple[str, ...]
    headings: tuple[str, ...]
    likely: tuple[tuple[str, str], ...]
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def open_columns(table: Table, form: FicheForm, mapped: Mapping[str, str]) -> OpenColumns:
    """What a sheet leaves open. Raises SheetError, SettingsError."""
    columns = sheet_columns(table, form, mapped)
    fields = {TITLE: TITLE} | {f.name: f.label for f in form.fields}
    free = tuple(_free_headings(table, columns, mapped))
    return OpenColumns(
        table.path,
        tuple(label for use, label in fields.items() if use not in columns),
        free,
        tuple(likely_columns(table, form, columns, mapped)),
        {heading: _first_words(table, heading) for heading in free},
    )


def _first_words(table: Table, heading: str) -> tuple[str, ...]:
    at = table.header.index(heading)
    words = (" ".join(row[at].split()) for row in table.rows if at < len(row))
    return tuple(dict.fromkeys(filter(None, words)))[:SAMPLES]


def likely_columns(
    table: Table, form: FicheForm, columns: Mapping[str, str], mapped: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Fields without a column, each with a heading that is for nothing else and much like it."""
    others = _free_headings(table, columns, mapped)
    fields = {f.name: f.label for f in form.fields}
    own = {name: name for name in (PAGE, REVISION, DECIDE)} if {PAGE, REVISION, DECIDE} & set(columns) else {}
    missing = [label for use, label in {**fields, **own}.items() if use not in columns]
    return [(label, heading) for label in missing for heading in others if _alike(label, heading)]


def _free_headings(table: Table, columns: Mapping[str, str], mapped: Mapping[str, str]) -> list[str]:
    """The headings that are for nothing: no field's, no tool's, and none of which [columns] says anything."""
    known = {*columns.values(), *(heading for heading in table.header if _mapped(heading, mapped) is not None)}
    return [heading for heading in table.header if heading and heading not in known]


def _alike(label: str, heading: str) -> bool:
    from rapidfuzz import fuzz
    from rapidfuzz.distance import JaroWinkler

    key, other = heading_key(label), heading_key(heading)
    close = JaroWinkler.similarity(key, other) >= 0.85 or fuzz.token_set_ratio(key, other) >= 90
    return len(other) > 2 and (key.startswith(other) or close)


def _mapped(heading: str, mapped: Mapping[str, str]) -> str | None:
    """What [columns] says of a heading, by its key; None where it says nothing."""
    return next((use for name, use in mapped.items() if heading_key(name) == heading_key(heading)), None)


def sheet_columns(table: Table, form: FicheForm, mapped: Mapping[str, str]) -> dict[str, str]:
    """What each column is for (a field's name, TITLE, PAGE…) → its heading. Raises SheetError, SettingsError."""
    wanted = {heading_key(f.name): f.name for f in form.fields} | {heading_key(f.label): f.name for f in form.fields}
    own = {heading_key(name): name for name in OWN} | {heading_key(name): WRITER for name in _WRITERS}
    own[heading_key(SOURCE)] = SOURCE
    titles = {key: TITLE for key in map(heading_key, TITLES) if key not in wanted}
    meaning = {**titles, **own, **wanted, "": ""}
    columns: dict[str, str] = {}
    for heading in table.header:
        said = _mapped(heading, mapped) if heading else ""
        if said is not None and heading_key(said) not in meaning:
            fields = ", ".join([TITLE, *(f.label for f in form.fields)])
            raise SettingsError(
                N_(
                    "[columns] in %(toml)s: “%(field)s” is no field. There is: %(there)s.",
                    field=said,
                    there=fields,
                    toml=THE_TOML,
                )
            )
        use = meaning.get(heading_key(heading if said is None else said))
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


def _row(
    table: Table, number: int, line: Mapping[str, str], columns: Mapping[str, str], form: FicheForm, *, capital: bool
) -> Row:
    def cell(use: str) -> str:
        return line.get(columns[use], "") if use in columns else ""  # a column without a heading is nobody's

    page = "" if table.readonly else normal_title(cell(PAGE), capital=capital)
    title = normal_title(cell(TITLE), capital=capital) or page
    present = [f for f in form.fields if f.name in columns]
    names = {TITLE: TITLE} | {f.label: f.name for f in form.fields}
    headings = {columns[f.name]: f.label for f in present}
    answers = read_answers("" if table.readonly else cell(DECIDE), names, headings)
    return Row(
        RowRef(table.path, number, normal_title(title)),
        title,
        page,
        Number() if table.readonly else read_number(cell(REVISION).strip(), [f.name for f in form.fields]),
        {f.name: canonical_cell(cell(f.name), f, form) for f in present},
        replace(answers, entries={names[label]: entry for label, entry in answers.entries.items()}),
        {use: cell(use) for use in columns},
        " ".join(cell(WRITER).split()),
        table.readonly,
        cell(SOURCE).strip(),
    )


def _row_problem(row: Row) -> list[Finding]:
    number = row.typed.get(REVISION, "").strip()
    if row.number is None:
        why = N_(
            "“%(text)s” is no revision number; put the number back, or empty the cell; the row is left alone",
            text=number,
        )
        return [Finding("not-a-number", why, title=row.title, field=REVISION, at=row.at)]
    if heading_key(row.title) in TITLES:
        why = N_("this row repeats the headings; it is left alone")
        return [Finding("second-headings", why, at=row.at)]
    if row.title:
        return []
    return [Finding("row-without-title", N_("this row has no title; it is left alone"), field=TITLE, at=row.at)]
