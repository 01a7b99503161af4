"""A plan: changes, conflicts and findings, as frozen values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath

from capitalise.messages import N_, Message

__all__ = [
    "Check",
    "Conflict",
    "Finding",
    "Grid",
    "GridLink",
    "PageChange",
    "Plan",
    "RowRef",
    "SheetChange",
    "SheetLook",
    "from_sheets",
    "sheet_names",
]


@dataclass(frozen=True)
class RowRef:
    """A row of a sheet: the file, the line as a spreadsheet counts it (the headings are line 1), its title."""

    sheet: str
    row: int
    title: str


@dataclass(frozen=True)
class PageChange:
    """A page to edit (`base` > 0), create (`base` 0) or rename (`move_to`).

    The cells of its `rows` are written only once the page is. `values` shows the change by field: label,
    before, after. `data` is a file to upload whose page this creates; it stands in no JSON.
    """

    wiki: str
    title: str
    base: int
    old: str
    new: str
    summary: str
    fields: tuple[str, ...] = ()
    move_to: str = ""
    rows: tuple[RowRef, ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    data: bytes = b""


def sheet_names(rows: Iterable[RowRef]) -> str:
    """The sheets of some rows, without their folders."""
    return ", ".join(dict.fromkeys(PurePath(row.sheet).name for row in rows))


def from_sheets(rows: Iterable[RowRef], fields: Collection[str]) -> Message:
    """The summary of an edit that brings fields of some rows to a page; none: the page is new."""
    sheet = sheet_names(rows)
    if not fields:
        return N_("New page from the sheet %(sheet)s", sheet=sheet)
    return N_("Updated from the sheet %(sheet)s: %(fields)s", sheet=sheet, fields=", ".join(fields))


@dataclass(frozen=True)
class SheetChange:
    """A cell to change, `field` being its column's heading.

    `at.row` 0 appends the row `at.title` with this cell in it. `new` None stands for the number of
    the revision that the run saves for this row, with `after` behind it. `comment` is shown beside the
    cell where the sheet's format can.
    """

    at: RowRef
    field: str
    old: str
    new: str | None
    after: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Conflict:
    """Two people said different things about one field: somebody decides.

    `ours` is the sheet's text, `theirs` the wiki's in `revision`, last saved by `user`, or that of another
    sheet's row, the `rival`; `base` is the revision both started from (0: none). `readonly`: no decision
    can be written into this sheet.
    """

    wiki: str
    title: str
    field: str
    base: int
    ours: str
    theirs: str
    user: str = ""
    at: RowRef | None = None
    revision: int = 0
    rival: RowRef | None = None
    readonly: bool = False


@dataclass(frozen=True)
class Finding:
    """Something that a person should look at: where it is, what it is, and what could be done. `address` opens the place for
    editing."""

    rule: str
    message: Message
    wiki: str = ""
    title: str = ""
    section: str = ""
    line: int = 0
    field: str = ""
    suggestion: str = ""
    score: float | None = None
    at: RowRef | None = None
    address: str = ""


@dataclass(frozen=True)
class Check:
    """A line of `doctor`: good (True), bad (False) or good to know (None); `hint` says what to do."""

    good: bool | None
    message: Message
    hint: Message | None = None


@dataclass(frozen=True)
class SheetLook:
    """How a new sheet is shown where its format can; a sheet that exists is never repainted.

    `choices` are a column's values to pick from, the only ones but where it is `open`; `grey` columns are the tool's, `locked` ones refuse typing and
    say `refusal`; `narrow` ones hold a few characters.
    """

    sheet: str = ""
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    grey: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    refusal: str = ""
    narrow: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class GridLink:
    """A link on a page, as it is `written`; `address` opens its section for editing."""

    wiki: str
    title: str
    section: str
    line: int
    written: str
    address: str = ""


@dataclass(frozen=True)
class Grid:
    """The links between each of some `rows` and each of some `columns`, both named by wiki and title."""

    rows: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    cells: tuple[tuple[tuple[GridLink, ...], ...], ...]

    def arrow(self, row: int, column: int) -> str:
        """Which way a cell's links go and how many there are: "→ 2" from the row's page, "← 1" to it, "⇄ 3", "" for none."""
        ways = self._ways(row, column)
        return f"{'⇄' if len(ways) > 1 else min(ways)} {len(self.cells[row][column])}" if ways else ""

    @property
    def one_sided(self) -> list[tuple[tuple[str, str], tuple[str, str]]]:
        """Who quotes whom without being quoted back, rows first."""
        pairs = [(row, column) for row in range(len(self.rows)) for column in range(len(self.columns))]
        towards = [(self.rows[r], self.columns[c]) for r, c in pairs if self._ways(r, c) == {"→"}]
        return towards + [(self.columns[c], self.rows[r]) for r, c in pairs if self._ways(r, c) == {"←"}]

    def _ways(self, row: int, column: int) -> set[str]:
        page = self.rows[row]
        return {"→" if (one.wiki, one.title) == page else "←" for one in self.cells[row][column]}


@dataclass(frozen=True)
class Plan:
    """What one bot would do. `created` is the time of its wiki's server, `seen` how many pages it looks after,
    `replaced` in how many rows the sheet's words give way to the wiki's. `proposals` are changes that it makes only once
    somebody switches their rules on. `grid` says who quotes whom, for a bot that looks at links."""

    bot: str
    run: str
    created: datetime
    pages: tuple[PageChange, ...] = ()
    cells: tuple[SheetChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[Message, ...] = field(default=())
    looks: tuple[SheetLook, ...] = ()
    seen: int = 0
    replaced: int = 0
    proposals: tuple[PageChange, ...] = ()
    grid: Grid | None = None

    @property
    def empty(self) -> bool:
        return not (self.pages or self.cells)

    @property
    def waits(self) -> bool:
        """Whether anything is left to people."""
        return bool(self.conflicts or self.findings or self.proposals)

    def only(self, wiki: str, titles: Collection[str]) -> Plan:
        """The plan for some pages of a wiki, with what goes with them; reports about all pages are none of them."""
        pages = tuple(c for c in self.pages if c.wiki == wiki and c.title in titles)
        rows = {at for change in pages for at in change.rows}
        return replace(
            self,
            pages=pages,
            cells=tuple(c for c in self.cells if c.at in rows or c.at.title in titles),
            conflicts=tuple(c for c in self.conflicts if c.wiki == wiki and c.title in titles),
            findings=tuple(f for f in self.findings if f.wiki == wiki and f.title in titles),
            proposals=tuple(c for c in self.proposals if c.wiki == wiki and c.title in titles),
        )

    def limited(self, most: int) -> Plan:
        """The plan for its first `most` titles, with what goes with them."""
        titles = list(dict.fromkeys([*(c.title for c in self.pages), *(c.at.title for c in self.cells)]))[:most]
        rows = {at for c in self.pages if c.title in titles for at in c.rows}
        return replace(
            self,
            pages=tuple(c for c in self.pages if c.title in titles),
            cells=tuple(c for c in self.cells if c.at.title in titles or c.at in rows),
            proposals=self.proposals[:most],
        )
