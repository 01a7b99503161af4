"""The kind `fiches`: the rows of a sheet and the pages of a form, kept in step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capitalise.bots.fiches.settings import Fiches, read_fiches
from capitalise.bots.kind import Facts, Kind, Sheets, Task, WriterPage
from capitalise.errors import SettingsError, Skip
from capitalise.forms.files import form_text
from capitalise.messages import N_, NP_, THE_TOML, Message, render
from capitalise.plans.model import Check, PageChange, Plan
from capitalise.plans.regions import with_region_page
from capitalise.sheets.names import made_here, sheets_among
from capitalise.sheets.table import TITLES, Table, heading_key

if TYPE_CHECKING:
    from capitalise.bots.fiches.form import FicheForm
    from capitalise.bots.fiches.settings import FicheSettings
    from capitalise.exports.model import Kit
    from capitalise.pages.revisions import Revision

__all__ = ["KIND", "form_of", "settings_of"]


def plan(fiches: Fiches, task: Task) -> Plan:
    from capitalise.bots.fiches.planner import plan_fiches

    tables, request = task.tables(), task.request
    settings = settings_of(fiches, task)

    def overview(values: Mapping[str, Any]) -> str:
        return task.fill("overview.wiki.jinja", values)

    left = request.left if request.leaves else None
    reader, run, now = task.reader, task.run, task.created
    made = plan_fiches(
        settings,
        reader,
        tables,
        run,
        now,
        request.pages,
        request.prefers,
        overview,
        left=left,
        fixed=frozenset(place.partition("#")[0] for place in request.skip),
        partial=bool(request.limit or request.within.what),
    )
    if fiches.status.page and not request.pages:
        made = _with_status(fiches, task, tables, made)
    return replace(
        made,
        notes=(
            *made.notes,
            *_broken_form(fiches, task),
            *_renamed(task.folder, settings.sheet, tables),
            *_nothing_yet(fiches, made),
        ),
    )


def settings_of(fiches: Fiches, task: Task) -> FicheSettings:
    """What the planner needs to know."""
    from capitalise.bots.fiches.settings import FicheSettings
    from capitalise.bots.fiches.status import folded

    return FicheSettings(
        task.bot,
        task.wiki,
        fiches.form,
        made_here(task.folder, fiches.sheets[0]),
        fiches.template,
        fiches.category,
        form_text(task.folder, fiches.form),
        task.language,
        fiches.columns,
        fiches.overview,
        fiches.overview_static,
        task.request.alone,
        task.switched_on,
        frozenset(map(folded, fiches.status.placeholders)),
    )


def form_of(fiches: Fiches, task: Task) -> FicheForm:
    """The bot's form. Raises SettingsError where there is no such form, or it fills no template."""
    from capitalise.bots.fiches.form import load_form

    return load_form(task.reader, fiches.form, fiches.template, form_text(task.folder, fiches.form), task.language)


def _with_status(fiches: Fiches, task: Task, tables: Sequence[Table], made: Plan) -> Plan:
    """The plan with the page that says what is filled and what is missing."""
    from capitalise.bots.fiches.status import find_status
    from capitalise.bots.fiches.status_values import status_values
    from capitalise.exports.status_page import status_wikitext

    settings, options = settings_of(fiches, task), fiches.status
    found = find_status(settings, task.reader, tables, made, options.group_by, options.placeholders)
    values = {**status_values(found, task.language), "taken": None}
    inside = status_wikitext(task.folder, task.language, **values).strip()
    return with_region_page(made, task.reader, options.page, "etat", render(N_("status"), task.language), inside)


#: What makes a form something else than its author meant; the rest is for `forms check` alone.
_BREAKING = (
    "unclosed-tag",
    "unknown-tag",
    "missing-template",
    "double-field",
    "embed-target",
    "unknown-input",
    "empty-buttons",
)


def _broken_form(fiches: Fiches, task: Task) -> list[Message]:
    """Where the form itself is broken: how much, and where it is said."""
    from capitalise.forms.check import check_schema

    schema = form_of(fiches, task).schema
    count = sum(one.rule in _BREAKING for one in check_schema(schema)) if schema else 0
    if not count:
        return []
    return [
        NP_(
            "The form “%(form)s” has %(count)d part that does not work: capitalise forms check %(form)s",
            "The form “%(form)s” has %(count)d parts that do not work: capitalise forms check %(form)s",
            count,
            form=fiches.form,
        )
    ]


def _renamed(folder: Path, name: str, tables: Sequence[Table]) -> list[Message]:
    """A sheet that is not there may have been renamed: what lies beside it is named."""
    if not name or any(table.path == name for table in tables):
        return []
    beside = [path.name for path in sheets_among((folder / name).parent.glob("*"))]
    why = N_(
        "%(file)s does not exist and is made anew; if it was renamed, change “sheet” in %(toml)s (there is: %(there)s)",
        file=name,
        there=", ".join(beside),
        toml=THE_TOML,
    )
    return [why] if beside else []


def _nothing_yet(fiches: Fiches, made: Plan) -> list[Message]:
    """Where there is nothing to look after: what comes first."""
    if made.seen or not made.empty or made.findings:
        return []
    return [
        N_(
            "No page is filled by the form “%(form)s” yet: write a row in %(sheet)s, or fill the form on the wiki.",
            form=fiches.form,
            sheet=fiches.sheets[0],
        )
    ]


def sheets(fiches: Fiches) -> Sheets:
    title = next((heading for heading, use in fiches.columns.items() if heading_key(use) in TITLES), "")
    return Sheets(fiches.sheets, fiches.tab, title)


def checks(fiches: Fiches, task: Task) -> Iterator[Check]:
    try:
        form_of(fiches, task)
    except SettingsError as error:
        yield Check(False, error.message, N_("change “form” in this file"))


def allows(fiches: Fiches, task: Task, change: PageChange) -> bool:
    from capitalise.bots.fiches.foreign import could_be_planned

    own = frozenset({fiches.overview, fiches.status.page} - {""})
    return change.wiki == task.wiki and could_be_planned(change, form_of(fiches, task), task.bot, own)


def kit(fiches: Fiches, task: Task) -> Kit:
    from capitalise.bots.fiches.kit import kit_of

    form = form_of(fiches, task)
    return kit_of(task.reader, form, fiches, task.language)


def sources(fiches: Fiches, task: Task) -> Sequence[Revision]:
    form = form_of(fiches, task)
    held = [one.instances.template for one in form.fields if one.instances]
    templates = task.reader.definitions("template", list(dict.fromkeys([*form.templates, form.template, *held])))
    forms = task.reader.definitions("form", [fiches.form])
    return [*forms.values(), *templates.values()]


def facts(fiches: Fiches, task: Task) -> Facts:
    from capitalise.bots.fiches.page import read_cells

    form = form_of(fiches, task)
    closed = (one for one in form.fields if one.closed and one.values and not one.instances)
    values = {one.label: (frozenset(one.values), one.delimiter if one.several else "") for one in closed}

    def group(text: str) -> str:
        try:
            return read_cells(text, form).get(form.step.name, "") if form.step else ""
        except Skip:  # no page of this form
            return ""

    return Facts(values, group)


def writers(fiches: Fiches, task: Task, column: str) -> Mapping[str, Sequence[WriterPage]]:
    from capitalise.bots.fiches.mailed import pages_by_writer
    from capitalise.bots.fiches.rows import read_rows

    form = form_of(fiches, task)
    sheets = [read_rows(table, form, fiches.columns) for table in task.tables()]
    name = "" if form_text(task.folder, fiches.form) else fiches.form
    return pages_by_writer(sheets, form, task.reader, name, column, fiches.writers)


KIND = Kind(
    Fiches,
    plan,
    read_fiches,
    sheets,
    reads=lambda fiches: [fiches.form],
    checks=checks,
    allows=allows,
    kit=kit,
    sources=sources,
    by_field=True,
    facts=facts,
    writers=writers,
)
