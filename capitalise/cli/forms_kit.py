"""`forms put` and `forms get`: a form with all that belongs to it, from a folder onto a wiki and from a wiki into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from capitalise.cli.completed import wiki_argument
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import as_json, open_workspace, teller, yes_option
from capitalise.cli.plan_run import carried_out, finish
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, SettingsError
from capitalise.exports.templates import shipped
from capitalise.forms.kit import kit_pages
from capitalise.forms.put import form_kit, plan_put
from capitalise.messages import N_, NP_
from capitalise.pages.ports import Reader
from capitalise.plans.run_ids import new_run_id
from capitalise.wikis.page_files import file_name, pages_in, write_pages
from capitalise.workspace.workspace import Workspace

__all__ = ["get", "put"]

KIT = "templates/kit"  # of the workspace, else the one that comes with the program
FORMS = "formulaires"  # where a bot finds a form that its wiki has no place for


@click.command(
    "put",
    help=_(
        "Put the kit's form on WIKI, with its templates, property and category, or what a folder holds (--from). Shows the plan, asks, writes; "
        "what people changed there since is merged with."
    ),
)
@wiki_argument
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help=_("The folder of the pages, as “forms get” makes it."),
)
@click.option(
    "--replace", metavar=_("TITLE"), multiple=True, help=_("Take the kit's text for this page (may be repeated).")
)
@yes_option
@as_json
@click.pass_obj
def put(folder: Path, wiki: str, source: Path | None, replace: Sequence[str], yes: bool, json_: bool) -> None:
    workspace = open_workspace(folder, teller(), asks=not yes)
    reader, screen = workspace.reader(wiki), Screen(LANGUAGE)
    own = workspace.folder / KIT
    texts = pages_in(source or (own if own.is_dir() else shipped("templates") / "kit"))
    pages = kit_pages(texts, workspace.wiki(wiki).language)
    created = reader.now()
    made = plan_put(reader, pages, new_run_id(created), created, replace)
    if not json_:
        screen.plan(made, whole=True)
    file = None if "form" in reader.prefixes() else _kept_form(workspace, screen, texts)
    report = carried_out(workspace, screen, made, yes=yes, json_=json_)
    if file and not json_:
        screen.say(N_('Next: write form = "%(file)s" into the bot\'s TOML.', file=file), error=True)
    finish(screen, made, made, report, json_)


def _kept_form(workspace: Workspace, screen: Screen, texts: dict[str, str]) -> str:
    """The form as a file of the workspace, where its wiki cannot hold it."""
    forms = {one.name: one.text for one in kit_pages(texts, LANGUAGE) if one.kind == "form"}
    written, other = write_pages(workspace.folder / FORMS, {f"Formulaire:{name}": t for name, t in forms.items()})
    for path in written:
        screen.say(N_("Saved: %(file)s", file=path), error=True)
    for path in other:
        screen.say(N_("%(file)s holds another text already: it stays as it is.", file=path), error=True, fg="yellow")
    return next((f"{FORMS}/{file_name(f'Formulaire:{name}')}" for name in forms), "")


@click.command(
    "get",
    help=_("Take the forms NAME… of WIKI, or all of them, with templates, properties and categories, into a folder."),
)
@wiki_argument
@click.argument("names", nargs=-1)
@click.option(
    "--to", "target", type=click.Path(path_type=Path, file_okay=False), help=_("The folder, if not formulaires/WIKI.")
)
@click.pass_obj
def get(folder: Path, wiki: str, names: Sequence[str], target: Path | None) -> None:
    workspace = open_workspace(folder, teller())
    reader, screen = workspace.reader(wiki), Screen(LANGUAGE)
    texts = form_kit(reader, names or _all_forms(reader))
    target = target or workspace.folder / FORMS / wiki
    written, other = write_pages(target, texts)
    for path in written:
        screen.line(f"  {path}")
    for path in other:
        screen.say(N_("%(file)s holds another text already: it stays as it is.", file=path), fg="yellow")
    same = len(texts) - len(written) - len(other)
    counts = [
        NP_("%(count)d page saved", "%(count)d pages saved", len(written)),
        NP_("%(count)d there already", "%(count)d there already", same),
        NP_("%(count)d left alone", "%(count)d left alone", len(other)),
    ]
    screen.line(f"{target} : " + ", ".join(map(screen.text, counts)) + ".", bold=True)
    if other:
        raise click.exceptions.Exit(WAITING)


def _all_forms(reader: Reader) -> list[str]:
    prefix = reader.prefixes().get("form", "")
    names = [title.partition(":")[2] for title in reader.prefixed(f"{prefix}:")] if prefix else []
    if not names:
        raise SettingsError(N_("The wiki “%(wiki)s” has no forms.", wiki=reader.key))
    return sorted(names)
