"""Pages without a row: new ones get one; one that an earlier run must have known lost its row on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from capitalise.bots.fiches.assemble import Draft
from capitalise.bots.fiches.page import cells_of
from capitalise.bots.fiches.rows import PAGE, REVISION, TITLE, Row, Rows
from capitalise.errors import Skip
from capitalise.messages import N_
from capitalise.pages.titles import sort_key
from capitalise.plans.decisions import Asked, Number, Ref, mark_of
from capitalise.plans.model import Finding, RowRef, SheetChange

__all__ = ["add_missing_rows", "last_look"]


def add_missing_rows(draft: Draft, wanted: set[str], left: Callable[..., bool] = lambda title: False) -> None:
    """Rows for the pages of the listing that have none, those that are `left` as they are excepted. Revision numbers only grow: a page older than the newest revision of the
    time when all pages were last looked at for the sheet had a row; one made later never had."""
    rows = [row for sheet in draft.sheets.values() for row in sheet.rows]
    left_alone = {title for sheet in draft.sheets.values() for title in sheet.left_alone}
    home = next((sheet for sheet in draft.sheets.values() if not sheet.table.readonly), None)
    taken = left_alone | {t for row in rows for t in (row.page, row.title)}
    taken |= {r.title for row in rows if (r := draft.snapshot.revisions.get(row.revision))}
    newest = last_look(rows)
    for title in sorted(set(draft.snapshot.listing) - taken, key=sort_key):
        if (wanted and title not in wanted) or left(title):
            continue
        head = draft.snapshot.listing[title]
        if newest and (head <= newest or draft.reader.first_revision(title) <= newest):
            draft.findings.append(
                Finding(
                    "row-missing",
                    N_(
                        "the page has no row (the row was deleted, or the page filled in this form only later); to have it "
                        "back, write its title in a new row"
                    ),
                    draft.settings.wiki,
                    title,
                )
            )
        elif home:
            _add_row(draft, home, title, head)


def last_look(rows: Iterable[Row]) -> int:
    """The newest revision of the time when all pages were last looked at; sheets from before know no more than their rows' own."""
    return max((row.number.seen or row.revision for row in rows if row.number), default=0)


def _add_row(draft: Draft, home: Rows, title: str, head: int) -> None:
    """In the first sheet that can be written to."""
    at = RowRef(home.table.path, 0, title)
    try:
        if head not in draft.snapshot.revisions:
            raise Skip(N_("the page was deleted just now"))
        cells = cells_of(draft.snapshot.revisions[head], draft.form)
    except Skip as skip:
        draft.findings.append(Finding("unreadable-page", skip.message, draft.settings.wiki, title))
        return
    hidden = {f.name: Asked(Ref()) for f in draft.form.fields if f.name not in home.columns}  # nobody saw these here
    number = Number(Ref(head, mark_of(draft.snapshot.revisions[head].sha1)), hidden, draft.looked)
    shown = {TITLE: title, **cells, PAGE: title, REVISION: str(number)}
    for use, heading in home.columns.items():
        draft.cells.append(SheetChange(at, heading, "", shown.get(use, "")))
    for use in (PAGE, REVISION):  # a sheet made by hand lacks them
        if use not in home.columns:
            draft.cells.append(SheetChange(at, use, "", shown[use]))
