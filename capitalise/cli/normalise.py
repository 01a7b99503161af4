"""`normalise FILE…`: the rules on files and on standard input, away from any wiki's pages."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from capitalise.bots.normalise.catalogue import ALL, rule_named
from capitalise.bots.normalise.kind import KIND, settings_of
from capitalise.bots.normalise.page import Prepared, Result, normalise_page, prepare
from capitalise.bots.normalise.planner import PROPOSED, load_schema
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import agreed, as_json, open_workspace, teller, yes_option
from capitalise.cli.rules import rule_name
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, SettingsError, Skip
from capitalise.files import write_safely
from capitalise.forms.definition import read_form
from capitalise.forms.rules.outcome import World
from capitalise.forms.schema import build_schema
from capitalise.messages import N_, render
from capitalise.plans.diff import text_diff
from capitalise.wikitext.preprocessor import CORE_TAGS
from capitalise.workspace.opened import Bot
from capitalise.workspace.planning import task_for
from capitalise.workspace.workspace import Workspace

__all__ = ["normalise"]

MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Rules:
    """What a text is read with."""

    prepared: Prepared
    world: World
    on: frozenset[str]


@click.command(
    help=_(
        "Show what the rules would change in wikitext files, or in standard input (-); nothing is asked of a wiki's pages."
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--bot", metavar=_("BOT"), help=_("The bot whose form and rules are used; needed only where there are several.")
)
@click.option(
    "--form",
    "form",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("A file with the form, instead of a bot's."),
)
@click.option("--rule", "rules", multiple=True, metavar="RULE", help=_("Only this rule (may be repeated)."))
@click.option("--in-place", is_flag=True, help=_("Write the files, after asking."))
@yes_option
@as_json
@click.pass_obj
def normalise(
    folder: Path,
    files: Sequence[str],
    bot: str | None,
    form: Path | None,
    rules: Sequence[str],
    in_place: bool,
    yes: bool,
    json_: bool,
) -> None:
    with_what = _rules(folder, bot, form, rules)
    screen = Screen(LANGUAGE)
    if tuple(files) == ("-",):
        sys.exit(_filter(screen, with_what, json_))
    read = [(Path(name), _text(Path(name))) for name in files]
    results = [(path, text, _result(path.name, text, with_what)) for path, text in read]
    if json_:
        click.echo(
            json.dumps([_as_dict(str(path), text, one) for path, text, one in results], ensure_ascii=False, indent=1)
        )
    else:
        for path, _old, one in results:
            _show(screen, str(path), one, with_what.prepared)
    changed = [(path, text, one.text) for path, text, one in results if one.text != text]
    if in_place and changed and agreed(screen, yes):
        for path, old, new in changed:
            _write(path, old, new)
            screen.say(N_("%(file)s is written.", file=path), error=True)
    elif changed and not json_ and not in_place:
        screen.say(N_("Nothing was written; --in-place writes."), dim=True)
    left = any(one.remarks for _path, _old, one in results) or (changed and not in_place)
    sys.exit(WAITING if left else 0)


def _filter(screen: Screen, rules: Rules, json_: bool) -> int:
    """Standard input to standard output; what waits for a person goes to standard error."""
    text = _decoded(sys.stdin.buffer.read(MOST_BYTES + 1), "-")
    one = _result("-", text, rules)
    if json_:
        click.echo(json.dumps(_as_dict("-", text, one), ensure_ascii=False, indent=1))
        return WAITING if one.remarks else 0
    sys.stdout.write(one.text)
    for remark in one.remarks:
        screen.line(
            f"{remark.label}: {screen.text(remark.doubt.message)}  [{screen.text(rule_name(remark.doubt.rule, KIND.rules))}]",
            err=True,
        )
    return WAITING if one.remarks else 0


def _rules(folder: Path, bot: str | None, form: Path | None, names: Sequence[str]) -> Rules:
    for name in names:
        if name not in ALL:
            raise SettingsError(
                N_("There is no rule “%(name)s”. There is: %(there)s.", name=name, there=", ".join(sorted(ALL)))
            )
    on = frozenset(names) or PROPOSED
    if form:
        schema = build_schema(form.stem, read_form(_text(form)), {}, {})
        if not schema.templates:
            raise SettingsError(N_("The form “%(form)s” fills no template.", form=schema.name))
        return Rules(prepare(schema, CORE_TAGS), World(LANGUAGE), on)
    workspace = open_workspace(folder, teller())
    chosen = _bot(workspace, bot)
    task = task_for(workspace, chosen)
    settings = settings_of(chosen.options, task)
    prepared = prepare(load_schema(settings, task.reader), task.reader.extension_tags())
    return Rules(prepared, World(settings.language, lines=settings.lines), on | (settings.rules if not names else on))


def _bot(workspace: Workspace, name: str | None) -> Bot:
    bots = [one for one in workspace.built_in_bots() if one.kind is KIND]
    if name:
        found = workspace.bot(name)
        if found.kind is not KIND:
            raise SettingsError(
                N_("The bot “%(bot)s” is of kind “%(kind)s”, not “normalise”.", bot=name, kind=found.settings.kind)
            )
        return found
    if len(bots) != 1:
        there = ", ".join(one.name for one in bots) or "–"
        raise SettingsError(
            N_("Say which form: --bot NAME (of kind “normalise”: %(there)s), or --form FILE.", there=there)
        )
    return bots[0]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return _decoded(file.read(MOST_BYTES + 1), str(path))
    except IsADirectoryError:
        raise SettingsError(N_("%(file)s is a folder: name its files, as %(file)s/*.wiki.", file=path)) from None


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MOST_BYTES:
        raise SettingsError(
            N_("%(file)s is larger than any wiki page: %(most)d MB at most.", file=name, most=MOST_BYTES // 2**20)
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise SettingsError(N_("%(file)s is not UTF-8 text: save it as UTF-8.", file=name)) from None


def _result(name: str, text: str, rules: Rules) -> Result:
    """Line ends of Windows are not the rules' business."""
    plain = text.replace("\r\n", "\n")
    try:
        one = normalise_page(plain, rules.prepared, rules.world, rules.on)
    except Skip as skip:
        raise SettingsError(N_("%(file)s: %(why)s", file=name, why=skip.message)) from skip
    if plain == text:
        return one
    if "\n" in text.replace("\r\n", ""):
        raise SettingsError(N_("%(file)s: its lines end in two ways; save it with one of them.", file=name))
    return Result(one.text.replace("\n", "\r\n"), one.changes, one.remarks)


def _write(path: Path, old: str, new: str) -> None:
    if _text(path) != old:
        raise SettingsError(N_("%(file)s changed meanwhile; nothing was written there. Start again.", file=path))
    if not os.access(path, os.W_OK):
        raise SettingsError(N_("%(file)s may not be written.", file=path))
    write_safely(path, new.encode())


def _show(screen: Screen, name: str, one: Result, prepared: Prepared) -> None:
    screen.line(name, bold=True)
    for change in one.changes:
        rules = ", ".join(dict.fromkeys(screen.text(rule_named(rule).name) for rule in change.rules))
        screen.line(f"  {change.label} ({rules})", fg="cyan")
        for piece in text_diff(change.before, change.after):
            screen.line(f"      {piece.kind} {piece.text}", fg={"-": "red", "+": "green"}.get(piece.kind))
    for remark in one.remarks:
        near = " ; ".join(remark.doubt.candidates)
        screen.line(f"  {remark.label}")
        said = screen.text(remark.doubt.message) + (f" → {near}" if near else "")
        screen.line(f"      {said}  [{screen.text(rule_name(remark.doubt.rule, KIND.rules))}]", fg="yellow")
    if not prepared.pattern.search(one.text):
        there = ", ".join(f"{{{{{template.name}}}}}" for template in prepared.templates.values())
        screen.say(N_("  nothing here is the form's: no call of %(there)s", there=there), dim=True)
    elif not one.changes and not one.remarks:
        screen.line("  " + screen.text(N_("nothing to do")), dim=True)


def _as_dict(name: str, old: str, one: Result) -> dict[str, Any]:
    """A file's result: the new text, each change by field and rule, each remark."""
    return {
        "file": name,
        "changed": one.text != old,
        "text": one.text,
        "changes": [
            {"field": c.label, "before": c.before, "after": c.after, "rules": list(c.rules)} for c in one.changes
        ],
        "findings": [
            {
                "rule": r.doubt.rule,
                "field": r.label,
                "line": old.count("\n", 0, r.at) + 1,
                "message": render(r.doubt.message, LANGUAGE),
                "candidates": list(r.doubt.candidates),
            }
            for r in one.remarks
        ],
    }
