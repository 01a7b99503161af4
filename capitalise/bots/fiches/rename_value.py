"""A value of a closed list under another name, everywhere at once: in the form, on the property's page, on the pages and in the sheets.

One plan, so that one run writes it and one `undo` takes it back. Whoever renames a step in the form alone finds every page without a
step after its next save: the form deletes what it does not offer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from capitalise.bots.fiches.assemble import FicheSettings
from capitalise.bots.fiches.form import FicheField, FicheForm, load_form
from capitalise.bots.fiches.page import cells_of, with_cells
from capitalise.bots.fiches.planner import plan_fiches
from capitalise.bots.fiches.rows import read_rows
from capitalise.errors import SettingsError, Skip
from capitalise.forms.definition import read_form
from capitalise.forms.tags import find_tags
from capitalise.messages import N_, render
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding, PageChange, Plan
from capitalise.sheets.table import Table, heading_key

__all__ = ["plan_rename"]


def plan_rename(
    settings: FicheSettings,
    reader: Reader,
    tables: Sequence[Table],
    run: str,
    created: datetime,
    label: str,
    old: str,
    new: str,
) -> Plan:
    """The plan that renames a value of the field `label` wherever it stands. Raises SettingsError, SheetError, WikiError."""
    form = load_form(reader, settings.form, settings.template, settings.form_text, settings.language)
    rename = rename_of(form, label, old, new)
    changes = definition_changes(settings, reader, rename)
    if not any(change.title for change in changes):
        raise SettingsError(
            N_("“%(old)s” stands nowhere in the form's page as a value of this field: change it by hand.", old=old)
        )
    titles = pages_with(settings, reader, tables, form, rename)
    made = Plan(settings.bot, run, created, seen=len(titles))
    if titles:
        renaming = cast("Reader", Renaming(reader, changes))
        made = plan_fiches(settings, renaming, tables, run, created, titles, renamed=rename.cell)
    rest, found = _without_row(settings, reader, form, rename, {change.title for change in made.pages})
    found += _in_templates(settings, reader, form, rename)
    return replace(made, pages=(*changes, *made.pages, *rest), findings=(*made.findings, *found))


def _without_row(
    settings: FicheSettings, reader: Reader, form: FicheForm, rename: Rename, planned: set[str]
) -> tuple[list[PageChange], list[Finding]]:
    """The pages that no row brings into step, and those that cannot be written."""
    listing = reader.members(form.template, settings.category)
    revisions = reader.revisions(listing.values())
    changes, found = [], []
    for title, cells in _cells(listing, revisions, form):
        cell = rename.cell(rename.field, cells[rename.field.name])
        if cell == cells[rename.field.name] or title in planned:
            continue
        page = revisions[listing[title]]
        try:
            new = with_cells(page.text or "", form, {rename.field.name: cell})
        except Skip as skip:
            found.append(Finding("cannot-edit", skip.message, settings.wiki, title, field=rename.field.label))
            continue
        shown = ((rename.field.label, cells[rename.field.name], cell),)
        summary = f"{settings.bot} : {rename.field.label}"
        labels = (rename.field.label,)
        changes.append(PageChange(settings.wiki, title, page.id, page.text or "", new, summary, labels, values=shown))
    return changes, found


def _in_templates(settings: FicheSettings, reader: Reader, form: FicheForm, rename: Rename) -> list[Finding]:
    """Templates that name the value themselves (`#switch`): nobody but their authors can say what they mean by it."""
    pages = reader.definitions("template", list(form.templates)).values()
    why = N_("the template names “%(old)s” itself: change it there too", old=rename.old)
    return [Finding("rename", why, settings.wiki, one.title) for one in pages if rename.old in (one.text or "")]


@dataclass(frozen=True)
class Rename:
    """The value `old` of a field is called `new` from now on; where the form has `new` already, the two become one."""

    field: FicheField
    old: str
    new: str

    def cell(self, field: FicheField, cell: str) -> str:
        """A cell of a field with the new name."""
        if field.name != self.field.name or self.old not in cell:
            return cell
        if not field.several:
            return self.new if cell == self.old else cell
        parts = [self.new if part.strip() == self.old else part for part in cell.split(field.delimiter)]
        bare = dict.fromkeys(part.strip() for part in parts)
        return cell if self.new not in bare else f"{field.delimiter} ".join(bare)


def rename_of(form: FicheForm, label: str, old: str, new: str) -> Rename:
    """Raises SettingsError for a field that the form lacks, a value that it does not offer, and values that are pages' titles."""
    found = next((f for f in form.fields if heading_key(label) in (heading_key(f.label), heading_key(f.name))), None)
    if found is None:
        there = ", ".join(f.label for f in form.fields)
        raise SettingsError(N_("There is no field “%(field)s”. There is: %(there)s.", field=label, there=there))
    if found.schema and found.schema.source.source[0] and not found.schema.source.values:
        kind, name = found.schema.source.source
        why = N_(
            "The values of “%(field)s” come from %(kind)s “%(name)s”: rename the page there.",
            field=found.label,
            kind=kind,
            name=name,
        )
        raise SettingsError(why)
    if old not in found.values:
        values = " ; ".join(found.values)
        why = N_(
            "The form does not offer “%(old)s” for “%(field)s”. It offers: %(values)s",
            old=old,
            field=found.label,
            values=values,
        )
        raise SettingsError(why)
    if not new.strip() or (found.several and found.delimiter in new) or re.search(r"[|{}\[\]\n]", new):
        raise SettingsError(
            N_("“%(new)s” can be no value of this list: no “|”, brackets or the list's own sign.", new=new)
        )
    return Rename(found, old, new.strip())


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


def definition_changes(settings: FicheSettings, reader: Reader, rename: Rename) -> list[PageChange]:
    """The form's page and the property's, with the new name. Raises SettingsError where the form is a file of the workspace."""
    if settings.form_text is not None:
        raise SettingsError(N_("The form is a file of the workspace: change “%(old)s” there first.", old=rename.old))
    schema = rename.field.schema
    pages = [(one, renamed_form) for one in reader.definitions("form", [settings.form]).values()]
    if schema and schema.property_name:
        pages += [(one, renamed_property) for one in reader.definitions("property", [schema.property_name]).values()]
    said = render(N_("“%(old)s” becomes “%(new)s”", old=rename.old, new=rename.new), settings.language)
    changes = []
    for page, renamed in pages:
        new = renamed(page.text or "", rename)
        if new != page.text:
            changes.append(
                PageChange(settings.wiki, page.title, page.id, page.text or "", new, f"{settings.bot} : {said}")
            )
    return changes


def renamed_form(text: str, rename: Rename) -> str:
    """A form's page with the new name in the tags of the field: its values, default, tree and what they show."""
    name = rename.field.parameter or rename.field.name
    for tag in reversed(list(find_tags(text))):
        if len(tag.parts) > 1 and (tag.parts[0].casefold(), tag.parts[1]) == ("field", name):
            text = text[: tag.start] + _renamed_tag(text[tag.start : tag.end], rename) + text[tag.end :]
    return text


def _renamed_tag(tag: str, rename: Rename) -> str:
    delimiter = read_form("{{{for template|T}}}" + tag + "{{{end template}}}").templates[0].fields[0].delimiter

    def listed(found: re.Match[str]) -> str:
        items = found[2].split(delimiter)
        merged = any(item.strip() == rename.new for item in items)
        kept = [item for item in items if not (merged and item.strip() == rename.old)]
        return found[1] + delimiter.join(_named(item, rename) for item in kept)

    tag = re.sub(r"(\|\s*(?:values|default)\s*=)([^|{}]*)", listed, tag)
    old = re.escape(rename.old)
    tag = re.sub(rf"(=\s*|;\s*){old}(\s*=&?g?t?;?>?)", lambda found: found[1] + rename.new + found[2], tag)
    return re.sub(rf"(\n?\*+\s*){old}(\s*(?:\n|\||\}}))", lambda found: found[1] + rename.new + found[2], tag)


def _named(item: str, rename: Rename) -> str:
    return item.replace(rename.old, rename.new) if item.strip() == rename.old else item


_ALLOWS = r"(?:Allows value|Valeur possible|Valeur autorisée|Permet la valeur)"


def renamed_property(text: str, rename: Rename) -> str:
    """A property's page with the new name among its allowed values."""
    pattern = rf"(\[\[\s*{_ALLOWS}\s*:[:=]\s*){re.escape(rename.old)}(\s*(?:\|[^\[\]]*)?\]\])"
    return re.sub(pattern, lambda found: found[1] + rename.new + found[2], text, flags=re.IGNORECASE)


def pages_with(
    settings: FicheSettings, reader: Reader, tables: Sequence[Table], form: FicheForm, rename: Rename
) -> list[str]:
    """The titles of the pages, and of the rows, that hold the old value."""
    listing = reader.members(form.template, settings.category)
    revisions = reader.revisions(listing.values())
    name = rename.field.name
    held = ((title, cells[name]) for title, cells in _cells(listing, revisions, form))
    titles = {title for title, cell in held if rename.cell(rename.field, cell) != cell}
    for table in tables:
        rows = read_rows(table, form, settings.columns).rows
        cells = [(row.page or row.title, row.cells.get(name, "")) for row in rows]
        titles |= {title for title, cell in cells if rename.cell(rename.field, cell) != cell}
    return sorted(titles)


def _cells(
    listing: Mapping[str, int], revisions: Mapping[int, Revision], form: FicheForm
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for title, number in listing.items():
        with suppress(Skip):
            if number in revisions:
                yield title, cells_of(revisions[number], form)
