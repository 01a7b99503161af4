"""The pages of each writer, with what the sheet and the wiki say field by field: for a page that is mailed to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.page import cells_of
from capitalise.bots.fiches.reminders import form_address, people_in
from capitalise.bots.fiches.rows import Row, Rows
from capitalise.bots.kind import WriterField, WriterPage
from capitalise.errors import SettingsError, Skip
from capitalise.messages import N_
from capitalise.pages.addresses import Site, edit_address, server_of
from capitalise.pages.ports import Reader
from capitalise.pages.titles import normal_title, sort_key
from capitalise.sheets.table import heading_key

__all__ = ["pages_by_writer"]

OWN_COLUMN = ("", "rédacteur", "rédactrice", "writer")


def pages_by_writer(
    sheets: Sequence[Rows],
    form: FicheForm,
    reader: Reader,
    form_name: str,
    column: str,
    named: Mapping[str, Sequence[str]],
) -> dict[str, list[WriterPage]]:
    """The pages of each writer. `column` is the heading of the sheet that names them, `named` says it by writer (titles) where the bot's TOML
    does; pages without a writer are those of "". Raises SettingsError for a column that no sheet has, WikiError."""
    rows = [(row, name) for rows in sheets for row, name in _written(rows, column)]
    titles = list(dict.fromkeys(row.page or row.title for row, _name in rows))
    heads = reader.heads(titles)
    revisions = reader.revisions([head.revision for head in heads.values() if head.revision])
    opens = form_address(reader.address(), form, form_name, lambda title: bool(heads[title].revision))
    # the form's call stands at the beginning:
    site = Site(reader.key, server_of(reader.address()), script=reader.script())
    by_title = {normal_title(title): name for name, some in named.items() for title in some}
    found: dict[str, list[WriterPage]] = {}
    for row, name in rows:
        title = row.page or row.title
        try:
            there = heads[title].revision
            cells = cells_of(revisions.get(there), form) if there else dict.fromkeys(form.order, "")
        except Skip:  # the plan says so
            continue
        page = _page(row, title, heads[title].revision, cells, form, opens, edit_address(site, title, 0))
        for writer in [by_title[title]] if title in by_title else people_in(name) or [""]:
            found.setdefault(writer, []).append(page)
    return {name: found[name] for name in sorted(found, key=lambda name: (not name, sort_key(name)))}


def _written(rows: Rows, column: str) -> Iterable[tuple[Row, str]]:
    """The rows with what stands in a column."""
    if heading_key(column) in {heading_key(one) for one in OWN_COLUMN}:
        return [(row, row.writer) for row in rows.rows]
    headings = [heading_key(one) for one in rows.table.header]
    if heading_key(column) not in headings:
        there = ", ".join(one for one in rows.table.header if one)
        raise SettingsError(
            N_(
                "%(file)s has no column “%(column)s”. There is: %(there)s.",
                file=rows.table.path,
                column=column,
                there=there,
            )
        )
    place = headings.index(heading_key(column))
    return [(row, rows.table.rows[row.at.row - 2][place]) for row in rows.rows]


def _page(
    row: Row,
    title: str,
    revision: int,
    cells: Mapping[str, str],
    form: FicheForm,
    opens: Callable[[str, Mapping[str, str]], tuple[str, frozenset[str]]],
    edit: str,
) -> WriterPage:
    fields = tuple(WriterField(one.label, row.cells.get(one.name, ""), cells[one.name]) for one in form.fields)
    missing = {one.label: one.sheet for one in fields if one.sheet and not one.wiki}
    address, _taken = opens(title, missing)
    return WriterPage(title, revision, address, edit, fields)
