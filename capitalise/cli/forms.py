"""`forms show` and `forms check`: what a wiki's own form pages say, and what is wrong in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from capitalise.cli.completed import wiki_keys
from capitalise.cli.main import LANGUAGE, _, add_parts
from capitalise.cli.options import as_json, open_workspace, teller
from capitalise.cli.show import Screen
from capitalise.cli.tables import columns
from capitalise.errors import WAITING, SettingsError
from capitalise.forms.check import Problem, check_schema
from capitalise.forms.definition import Construct
from capitalise.forms.inputs import widget_of
from capitalise.forms.schema import Kind, Schema, SchemaField, SchemaTemplate, read_schema
from capitalise.forms.sources import SOURCE_NAMES
from capitalise.messages import N_, NP_, render
from capitalise.workspace.workspace import Workspace

__all__ = ["forms"]

#: Inputs of Page Forms (Help:Input types), as people call what they see.
INPUTS = {
    "text": N_("a line"),
    "textarea": N_("long text"),
    "dropdown": N_("drop-down list"),
    "listbox": N_("list, several at once"),
    "combobox": N_("list to search in"),
    "tokens": N_("labels"),
    "tree": N_("tree"),
    "radiobutton": N_("buttons"),
    "checkbox": N_("a box to tick"),
    "checkboxes": N_("boxes to tick"),
    "date": N_("date"),
    "datepicker": N_("calendar"),
    "datetime": N_("date and hour"),
    "datetimepicker": N_("calendar with hours"),
}
MOST_VALUES = 20  # of a field that a line shows
KINDS = {
    Kind.TEXT: N_("text"),
    Kind.CHOICE: N_("choice"),
    Kind.DATE: N_("date"),
    Kind.NUMBER: N_("number"),
    Kind.BOOLEAN: N_("yes or no"),
    Kind.EMAIL: N_("e-mail"),
    Kind.URL: N_("address"),
    Kind.PAGE: N_("page"),
    Kind.CALLS: N_("templates"),
    Kind.OTHER: N_("left as it is"),
}


@click.group(
    subcommand_metavar=_("COMMAND [ARGUMENTS]…"),
    help=_("What a wiki's forms expect in each field, read from its own pages."),
)
def forms() -> None:
    pass


add_parts(forms, "forms")
_wiki = click.option(
    "--wiki",
    "wiki",
    metavar=_("WIKI"),
    shell_complete=wiki_keys,
    help=_("The wiki to ask, by its key in capitalise.toml."),
)


@forms.command(help=_("Show the form NAME: templates, fields, what each holds. NAME may be a file."))
@click.argument("name")
@_wiki
@as_json
@click.pass_obj
def show(folder: Path, name: str, wiki: str | None, json_: bool) -> None:
    schema = _schema(open_workspace(folder, teller()), name, wiki)
    if json_:
        click.echo(json.dumps(schema_as_dict(schema), ensure_ascii=False, indent=1))
        return
    screen = Screen(LANGUAGE)
    if schema.form.page_name:
        screen.say(N_("New pages are called: %(formula)s", formula=schema.form.page_name))
    for template in schema.templates:
        _show_template(screen, template)
    _show_rest(screen, schema)


@forms.command(help=_("Say what is wrong in the forms NAME…, or in those of all bots, with a remedy for each."))
@click.argument("names", nargs=-1)
@_wiki
@as_json
@click.pass_obj
def check(folder: Path, names: Sequence[str], wiki: str | None, json_: bool) -> None:
    workspace = open_workspace(folder, teller())
    wanted = [(name, wiki) for name in names] or _of_bots(workspace, wiki)
    if not wanted:
        raise SettingsError(N_("No bot names a form: type “capitalise forms check NAME”."))
    found = [_checked(workspace, name, key) for name, key in wanted]
    if json_:
        problems = [_problem_as_dict(name, one) for name, some in found for one in some]
        click.echo(json.dumps(problems, ensure_ascii=False, indent=1))
    else:
        screen = Screen(LANGUAGE)
        for name, some in found:
            _show_problems(screen, name, some)
    sys.exit(WAITING if any(some for _name, some in found) else 0)


def _checked(workspace: Workspace, name: str, key: str | None) -> tuple[str, list[Problem]]:
    """The problems of one form; that it is not there is one."""
    try:
        schema = _schema(workspace, name, key)
    except SettingsError as error:
        return name, [Problem("no-form", error.message, N_("change “form” in the bot's TOML, or create the form"))]
    return schema.name, check_schema(schema)


def _of_bots(workspace: Workspace, wiki: str | None) -> list[tuple[str, str | None]]:
    return list(dict.fromkeys(pair for pair in _named(workspace) if wiki in (None, pair[1])))


def _named(workspace: Workspace) -> list[tuple[str, str]]:
    """The forms that bots name, whatever their kind, each with its wiki."""
    bots = workspace.settings.bots.values()
    return [(form, bot.wiki) for bot in bots if (form := getattr(bot.options, "form", ""))]


def _schema(workspace: Workspace, name: str, wiki: str | None) -> Schema:
    """The form by its name or file. Without --wiki: of the wiki of the bot that uses it, else of the first one."""
    bots = _named(workspace)
    key = wiki or next((at for form, at in bots if form == name), "") or next((at for _form, at in bots), "")
    store = workspace.store(key or workspace.wikis[0])
    short = name.partition(":")[2] if name.partition(":")[0].casefold() in ("formulaire", "form") else name
    path = workspace.folder / name
    if path.is_file():
        return read_schema(store, path.stem, path.read_text("utf-8"))
    page = store.definitions("form", [short]).get(short)
    if page is None or page.text is None:
        near = get_close_matches(short.casefold(), [form.casefold() for form, _wiki in bots if form != short], 1)
        meant = next((form for form, _wiki in bots if near and form.casefold() == near[0]), "–")
        raise SettingsError(
            N_(
                "The wiki “%(wiki)s” has no form “%(form)s”. The nearest that a bot uses: %(near)s.",
                wiki=store.key,
                form=name,
                near=meant,
            )
        )
    return read_schema(store, short, page.text)


# -- for people -----------------------------------------------------------------------------------


def _show_template(screen: Screen, template: SchemaTemplate) -> None:
    source = template.source
    about = [
        screen.text(N_("several times on a page")) if source.multiple else "",
        screen.text(N_("in %(where)s", where=f"{source.held_by}[{source.holder}]")) if source.holder else "",
        "" if template.reading else screen.text(N_("its page is missing")),
    ]
    screen.line(" – ".join([f"{{{{{template.name}}}}}", *filter(None, about)]), bold=True)
    head = [screen.text(one) for one in (N_("field"), N_("label"), N_("type"), N_("details"))]
    rows = [[f.name, f.label, screen.text(KINDS[f.kind]), _details(screen, f)] for f in template.fields.values()]
    for lines in columns([head, *rows]):
        screen.line("\n".join(lines))
    screen.line()


def _details(screen: Screen, one: SchemaField) -> str:
    delimiter = one.delimiter.replace("\n", "⏎")
    kind, name = one.source.source
    source, most = one.source, one.most_characters
    values = [f"{value} ({one.shown[value]})" if value in one.shown else value for value in one.values]
    parts = [
        screen.text(N_("mandatory")) if source.has("mandatory") else "",
        screen.text(N_("hidden")) if source.has("hidden") else "",
        screen.text(N_("filled by %(whose)s only", whose=_whose(one))) if one.restricted is not None else "",
        screen.text(N_("each value once")) if one.unique else "",
        screen.text(N_("%(most)d characters at most", most=most)) if most else "",
        screen.text(N_("%(most)d values at most", most=one.most_values)) if one.most_values else "",
        screen.text(N_("several, separated by “%(delimiter)s”", delimiter=delimiter)) if one.several else "",
        screen.text(N_("input: %(input)s", input=INPUTS.get(source.input, source.input))) if source.input else "",
        screen.text(N_("default: %(default)s", default=source.option("default"))) if source.option("default") else "",
        screen.text(N_("stored in the property “%(name)s”", name=one.property_name)) if one.property_name else "",
        screen.text(N_("values from %(kind)s “%(name)s”", kind=SOURCE_NAMES[kind], name=name)) if kind else "",
        screen.text(N_("nobody could be asked for these values")) if one.unread else "",
        screen.text(N_("not checked: %(what)s", what=one.not_checked)) if one.not_checked else "",
        screen.text(N_("one of: %(values)s", values=_several(values)))
        if one.closed
        else screen.text(N_("such as: %(values)s", values=_several(values)))
        if one.values
        else "",
    ]
    return " ; ".join(filter(None, parts))


def _whose(one: SchemaField) -> str:
    return ", ".join(one.restricted or ()) or "editrestrictedfields"


def _several(values: Sequence[str]) -> str:
    return " / ".join(values[:MOST_VALUES]) + (" / …" if len(values) > MOST_VALUES else "")


def _show_rest(screen: Screen, schema: Schema) -> None:
    """Everything that is no field, so that each tag of the page is accounted for."""
    seen = ("for template", "end template", "field", "unknown", "unclosed")
    for one in schema.form.constructs:
        if one.kind not in seen:
            options = " | ".join(f"{key}={value}" if value else key for key, value in one.options)
            screen.line(f"{{{{{{{one.kind}}}}}}}  {one.name}" + (f"  ({options})" if options else ""), dim=True)
    for one, what in _unknown(schema):
        screen.say(N_("line %(line)d: not understood, kept: %(what)s", line=one.line, what=what), fg="yellow")
    count = len(schema.form.constructs)
    unknown = len(list(_unknown(schema)))
    screen.line(
        screen.text(NP_("%(count)d tag of the form read", "%(count)d tags of the form read", count))
        + ", "
        + screen.text(
            NP_("%(count)d part not understood.", "%(count)d parts not understood.", unknown)
            if unknown
            else N_("all was understood.")
        ),
        bold=True,
    )


def _unknown(schema: Schema) -> Iterator[tuple[Construct, str]]:
    for one in schema.form.constructs:
        if one.kind in ("unknown", "unclosed"):
            yield one, f"{{{{{{{one.name}"
        for key in one.unknown:
            yield one, f"{one.kind} {one.name}: {key}"


def _show_problems(screen: Screen, name: str, problems: Sequence[Problem]) -> None:
    screen.line(f"Formulaire:{name}", bold=True)
    for one in problems:
        at = screen.text(N_("line %(line)d", line=one.line)) if one.line else ""
        place = " : ".join(filter(None, (at, one.template, one.field)))
        screen.line(f"  {place} – {screen.text(one.what)}", fg="yellow")
        screen.line(f"    → {screen.text(one.remedy)}")
    screen.line("  " + screen.text(NP_("%(count)d problem.", "%(count)d problems.", len(problems))), bold=True)


# -- for scripts ----------------------------------------------------------------------------------


def schema_as_dict(schema: Schema) -> dict[str, Any]:
    """The schema as plain values: templates with their fields, then every tag of the form as it was read."""
    return {
        "form": schema.name,
        "page_name": schema.form.page_name,
        "templates": [
            {
                "name": t.name,
                "label": t.source.label,
                "multiple": t.source.multiple,
                "embedded_in": f"{t.source.held_by}[{t.source.holder}]" if t.source.holder else "",
                "page": t.reading is not None,
                "options": dict(t.source.options),
                "fields": [_field_as_dict(f) for f in t.fields.values()],
            }
            for t in schema.templates
        ],
        "sections": [
            {
                "name": section.name,
                "level": section.level,
                "mandatory": section.mandatory,
                "hidden_if_empty": section.hidden_if_empty,
                "restricted": section.restricted,
            }
            for section in schema.form.sections
        ],
        "constructs": [
            {"kind": c.kind, "name": c.name, "line": c.line, "options": dict(c.options), "unknown": list(c.unknown)}
            for c in schema.form.constructs
        ],
        "unknown": [{"line": one.line, "what": what} for one, what in _unknown(schema)],
    }


def _field_as_dict(one: SchemaField) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label,
        "type": one.kind.value,
        "input": widget_of(one.input),
        "input_type": one.source.input,
        "mandatory": one.source.has("mandatory"),
        "hidden": one.input == "hidden",
        "restricted": one.restricted is not None,
        "restricted_to": list(one.restricted or ()),
        "unique": one.unique,
        "only_existing": one.only_existing,
        "several": one.several,
        "delimiter": one.delimiter if one.several else "",
        "values": list(one.values),
        "shown_values": [one.shown.get(value, value) for value in one.values],
        "closed": one.closed,
        "values_from": list(one.source.source) if one.source.source[0] else [],
        "values_not_read": one.unread,
        "not_checked": one.not_checked,
        "default": one.source.option("default"),
        "placeholder": one.source.option("placeholder"),
        "size": one.size,
        "most_characters": one.most_characters,
        "most_values": one.most_values,
        "property": one.property_name,
        "property_type": one.stored.type_name,
        "stored_as": "annotation" if one.parameter.in_link else "set" if one.parameter.property else "",
        "options": dict(one.source.options),
    }


def _problem_as_dict(form: str, one: Problem) -> dict[str, Any]:
    return {
        "form": form,
        "rule": one.rule,
        "line": one.line,
        "template": one.template,
        "field": one.field,
        "message": render(one.what, LANGUAGE),
        "remedy": render(one.remedy, LANGUAGE),
    }
