"""A value of a closed list under another name, everywhere at once: in the form, on the property's page, on the pages and in the sheets.

One plan, so that one run writes it and one `undo` takes it back. Whoever renames a step in the form alone finds every page without a
step after its next save: the form deletes what it does not offer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.bots.fiches.gone_values import gone_values
from capitalise.bots.fiches.page import cells_of, with_cells
from capitalise.bots.fiches.planner import plan_fiches
from capitalise.bots.fiches.renames import Rename, renamed_form, renamed_property
from capitalise.bots.fiches.rows import Row, read_rows, sheet_columns
from capitalise.bots.fiches.settings import FicheSettings
from capitalise.errors import SettingsError, Skip
from capitalise.forms.definition import read_form
from capitalise.forms.property import read_property
from capitalise.forms.sources import SOURCE_NAMES
from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding, PageChange, Plan, SheetChange
from capitalise.sheets.table import Table, heading_key
from capitalise.wikitext.calls import same_template

__all__ = ["field_named", "plan_rename", "rename_of"]

Pages = Mapping[str, Mapping[str, str]]  # the cells of each page that can be read

MOST_LETTERS = 200  # of a summary


def plan_rename(
    settings: FicheSettings,
    reader: Reader,
    tables: Sequence[Table],
    run: str,
    created: datetime,
    rename: Rename,
    form: FicheForm,
) -> Plan:
    """The plan that renames values of a field wherever they stand. Raises SettingsError, SheetError, WikiError."""
    changes = definition_changes(settings, reader, form, rename)
    if not changes and set(rename.values) != set(rename.field.values):
        raise SettingsError(_by_hand(rename))
    listing = reader.members(form.template, settings.category)
    revisions = reader.revisions(listing.values())
    pages = dict(_cells(listing, revisions, form))
    name = rename.field.name
    titles = sorted(title for title, cells in pages.items() if rename.cell(rename.field, cells[name]) != cells[name])
    made = Plan(settings.bot, run, created, seen=len(titles))
    if titles:
        renaming = cast("Reader", Renaming(reader, changes))
        made = plan_fiches(settings, renaming, tables, run, created, titles, renamed=rename.cell)
    found = [one for one in made.findings if (one.rule, one.field) != ("reverted", rename.field.label)]
    made = replace(made, findings=tuple(found), notes=(*made.notes, *_joined(rename)))
    heads = {title: revisions[listing[title]] for title in pages}
    rest, found = _without_row(settings, form, rename, {change.title: change for change in made.pages}, pages, heads)
    found += _in_templates(settings, reader, form, rename)
    found += _stranded(settings, form, rename, pages)
    rows = [*_rows_with(settings, tables, form, rename)]
    more = tuple(_rows_without_page(rows, listing, rename))
    columns = {(table.path, sheet_columns(table, form, settings.columns).get(name, "")) for table in tables}
    cells = (*(_under_its_new_name(one, columns, rename) for one in made.cells), *more)
    found += _left_rows(settings, rows, cells, rename)
    return replace(made, pages=(*changes, *made.pages, *rest), cells=cells, findings=(*made.findings, *found))


def _under_its_new_name(one: SheetChange, columns: Container[tuple[str, str]], rename: Rename) -> SheetChange:
    """What a page still says under the old name comes into no sheet: the page is about to say the new one."""
    if one.new is None or (one.at.sheet, one.field) not in columns:
        return one
    return replace(one, new=rename.cell(rename.field, one.new))


def _without_row(
    settings: FicheSettings,
    form: FicheForm,
    rename: Rename,
    planned: Mapping[str, PageChange],
    pages: Pages,
    heads: Mapping[str, Revision],
) -> tuple[list[PageChange], list[Finding]]:
    """The pages that no row brings into step, and those that cannot be written."""
    changes, found = [], []
    for title, cells in pages.items():
        cell = rename.cell(rename.field, cells[rename.field.name])
        if cell == cells[rename.field.name]:
            continue
        if title in planned:
            if rename.field.label not in planned[title].fields:
                why = N_("something else is written on this page first: type the same command once more afterwards")
                found.append(Finding("rename", why, settings.wiki, title, field=rename.field.label))
            continue
        page = heads[title]
        try:
            new = with_cells(page.text or "", form, {rename.field.name: cell})
        except Skip as skip:
            found.append(Finding("cannot-edit", skip.message, settings.wiki, title, field=rename.field.label))
            continue
        shown = ((rename.field.label, cells[rename.field.name], cell),)
        summary = render(N_("%(field)s: a value has another name", field=rename.field.label), settings.language)
        labels = (rename.field.label,)
        changes.append(PageChange(settings.wiki, title, page.id, page.text or "", new, summary, labels, values=shown))
    return changes, found


def _joined(rename: Rename) -> list[Message]:
    """What becomes one value."""
    times = Counter(rename.names.values())
    names = [(old, new) for old, new in rename.names.items() if times[new] > 1 or new in rename.field.values]
    return [N_("the pages of “%(old)s” become pages of “%(new)s”", old=old, new=new) for old, new in names]


def _stranded(settings: FicheSettings, form: FicheForm, rename: Rename, pages: Pages) -> list[Finding]:
    """Pages whose value the form will not offer any more, and that nobody said a new one for."""
    field = replace(rename.field, values=(*rename.values, *rename.names))
    later = replace(form, fields=tuple(field if one.name == field.name else one for one in form.fields))
    only = {title: {field.name: cells[field.name]} for title, cells in pages.items()}
    return [one for one in gone_values(only, later, settings.bot, settings.wiki) if one.field == field.label]


def _in_templates(settings: FicheSettings, reader: Reader, form: FicheForm, rename: Rename) -> list[Finding]:
    """Templates that name a value themselves (`#switch`): nobody but their authors can say what they mean by it."""
    pages = reader.definitions("template", list(form.templates)).values()
    return [
        Finding(
            "rename", N_("the template names “%(old)s” itself: change it there too", old=old), settings.wiki, one.title
        )
        for one in pages
        for old in rename.names
        if old in (one.text or "")
    ]


def rename_of(form: FicheForm, label: str, names: Mapping[str, str], values: Sequence[str] = ()) -> Rename:
    """`values` are all that the form offers from now on, else its own under their new names. Raises SettingsError for a field that the form
    lacks, a value that it does not offer or that can stand in no list, and for values that are pages' titles."""
    found = field_named(form, label)
    for old, new in names.items():
        if old not in found.values and new not in (values or found.values):
            there = " ; ".join(found.values)
            why = N_(
                "The form does not offer “%(old)s” for “%(field)s”. It offers: %(values)s",
                old=old,
                field=found.label,
                values=there,
            )
            raise SettingsError(why)
    wanted = tuple(dict.fromkeys(values or (names.get(value, value) for value in found.values)))
    for new in wanted:
        if not new.strip() or found.delimiter in new or re.search(r"[|{}\[\]\n]", new):
            why = N_("“%(new)s” can be no value of this list: no “|”, brackets or the list's own sign.", new=new)
            raise SettingsError(why)
    return Rename(found, dict(names), wanted)


def field_named(form: FicheForm, label: str) -> FicheField:
    """A field with a list of its own, by its label or name. Raises SettingsError."""
    found = next((f for f in form.fields if heading_key(label) in (heading_key(f.label), heading_key(f.name))), None)
    if found is None:
        there = ", ".join(f.label for f in form.fields)
        raise SettingsError(N_("There is no field “%(field)s”. There is: %(there)s.", field=label, there=there))
    if found.schema and found.schema.source.source[0] and not found.schema.source.values:
        kind, name = found.schema.source.source
        why = N_(
            "The values of “%(field)s” come from elsewhere (%(kind)s “%(name)s”), not from a list in the form: rename them there.",
            field=found.label,
            kind=SOURCE_NAMES[kind],
            name=name,
        )
        raise SettingsError(why)
    if not found.values:
        raise SettingsError(
            N_("The form offers no values for “%(field)s”: people type what they want.", field=found.label)
        )
    return found


class Renaming:
    """A wiki as it will be: its form and property pages say the new name. To plan with; everything else is the wiki's."""

    def __init__(self, reader: Reader, changes: Sequence[PageChange]) -> None:
        self._reader = reader
        self._texts = {change.title: change.new for change in changes}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def definitions(self, kind: str, names: Sequence[str]) -> Mapping[str, Revision]:
        found = self._reader.definitions(kind, names)
        return {name: replace(one, text=self._texts.get(one.title, one.text)) for name, one in found.items()}


def definition_changes(settings: FicheSettings, reader: Reader, form: FicheForm, rename: Rename) -> list[PageChange]:
    """The form's page and the property's, with the new names. Raises SettingsError where the form is a file of the workspace, and where
    the pages would not offer the new values then."""
    if settings.form_text is not None:
        raise SettingsError(N_("The form is a file of the workspace: change its values there first."))
    schema = rename.field.schema
    forms = reader.definitions("form", [settings.form]).values()
    pages = [(one, renamed_form(one.text or "", rename, form.template)) for one in forms]
    offered = [_offered(new, rename, form) == set(rename.values) for _one, new in pages]
    if schema and schema.property_name:
        properties = reader.definitions("property", [schema.property_name]).values()
        made = [(one, renamed_property(one.text or "", rename)) for one in properties]
        offered += [set(rename.values) <= {*read_property(new).values} for _one, new in made if schema.stored.values]
        pages += made
    if schema and not all(offered[0 if schema.source.values else len(forms) :]):
        raise SettingsError(_by_hand(rename))
    said = [N_("“%(old)s” becomes “%(new)s”", old=old, new=new) for old, new in rename.names.items()]
    words = ", ".join(render(one, settings.language) for one in said) or rename.field.label
    summary = words if len(words) <= MOST_LETTERS else words[:MOST_LETTERS] + "…"
    changed = [(one, new) for one, new in pages if new != one.text]
    return [PageChange(settings.wiki, one.title, one.id, one.text or "", new, summary) for one, new in changed]


def _by_hand(rename: Rename) -> Message:
    return N_(
        "The values of “%(field)s” do not stand in the form's page: change them by hand.", field=rename.field.label
    )


def _offered(text: str, rename: Rename, form: FicheForm) -> set[str]:
    """The values that a form's page gives the field, as they are read."""
    name, template = rename.field.parameter or rename.field.name, rename.field.template or form.template
    fields = [one for t in read_form(text).templates if same_template(t.name, template) for one in t.fields]
    return {value for one in fields if one.name == name for value in one.values}


Held = tuple[Row, str, str]  # a row that says an old value, its column of it, and the cell as it is called from now on


def _rows_with(settings: FicheSettings, tables: Sequence[Table], form: FicheForm, rename: Rename) -> Iterator[Held]:
    name = rename.field.name
    for table in tables:
        read = read_rows(table, form, settings.columns)
        for row in read.rows if name in read.columns else ():
            new = rename.cell(rename.field, row.cells.get(name, ""))
            if new != row.cells.get(name, ""):
                yield row, read.columns[name], new


def _rows_without_page(rows: Iterable[Held], listing: Mapping[str, int], rename: Rename) -> Iterator[SheetChange]:
    """The cells of rows that have no page yet: the row says the new name, and nothing is created."""
    for row, column, new in rows:
        if not row.readonly and not {row.page, row.title} & set(listing):
            yield SheetChange(row.at, column, row.typed.get(rename.field.name, ""), new)


def _left_rows(
    settings: FicheSettings, rows: Iterable[Held], cells: Iterable[SheetChange], rename: Rename
) -> list[Finding]:
    """The rows that keep the old name: what they say is not what their page says, or they can only be read."""
    changed = {(cell.at, cell.field) for cell in cells}
    why = N_(
        "this row says something else than its page, or can only be read, and keeps the old name: write the new one there"
    )
    return [
        Finding(
            "rename", why, settings.wiki, row.page or row.title, field=rename.field.label, suggestion=new, at=row.at
        )
        for row, column, new in rows
        if (row.at, column) not in changed
    ]


def _cells(
    listing: Mapping[str, int], revisions: Mapping[int, Revision], form: FicheForm
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for title, number in listing.items():
        with suppress(Skip):
            if number in revisions:
                yield title, cells_of(revisions[number], form)
