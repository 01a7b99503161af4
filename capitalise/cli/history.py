"""`history` and `undo`: runs found again from the wikis."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from capitalise.cli.completed import wiki_keys
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import agreed, as_json, at_terminal, open_workspace, stopper, teller, yes_option
from capitalise.cli.plan_run import finish
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, SettingsError
from capitalise.messages import N_, NP_
from capitalise.runs.history import taken_back
from capitalise.workspace.running import Watch
from capitalise.workspace.workspace import Workspace

__all__ = ["history", "undo"]


@click.command(help=_("Take a run back: what people wrote since stays."))
@click.argument("run_id", metavar="RUN", required=False)
@click.option(
    "--wiki",
    metavar=_("WIKI"),
    shell_complete=wiki_keys,
    help=_("The wiki of the run, where it is not found on its own."),
)
@yes_option
@as_json
@click.pass_obj
def undo(folder: Path, run_id: str | None, wiki: str | None, yes: bool, json_: bool) -> None:
    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    _own, others = workspace.own_wikis()
    made = workspace.undo(run_id or _last(workspace, screen, wiki or "", asks=not (yes or json_)), wiki or "")
    if others and not wiki:
        why = N_("Not asked: %(wikis)s (read only, or no account here).", wikis=", ".join(others))
        screen.say(why, error=True, dim=True)
    if made.empty and not made.findings:
        screen.say(N_("Nothing of this run is left to take back."), error=json_)
    elif not json_:
        screen.plan(made)
    if made.empty or not agreed(screen, yes):
        sys.exit(WAITING if made.waits else 0)
    screen.expects(len(made.pages))
    report = workspace.apply(made, Watch(screen.outcome, stopper(screen)))
    if not json_ and any(bot.sheets.names for bot in workspace.built_in_bots()):
        screen.say(
            N_("The sheet was not changed; the copy from before its last run stands beside it (its name with ~)."),
            dim=True,
        )
    finish(screen, made, made, report, json_)


def _last(workspace: Workspace, screen: Screen, wiki: str, *, asks: bool) -> str:
    """The last run that nobody took back yet, where a person is there to see which. Raises SettingsError."""
    past = workspace.history(wiki)
    runs = sorted((one for some in past.values() for one in some), key=lambda one: one.started)
    back = taken_back(runs)
    found = next((one for one in reversed(runs) if one.id not in back and not one.takes_back), None)
    if found is None:
        raise SettingsError(N_("There is no run to take back; “capitalise history” lists what was done."))
    if not asks or not at_terminal():
        last = N_("Which run? The last one: capitalise undo %(run)s", run=found.id)
        more = N_("Which run? The last one: capitalise undo %(run)s --wiki %(wiki)s", run=found.id, wiki=wiki)
        raise SettingsError(more if wiki else last)
    wikis = [key for key, some in past.items() if any(one.id == found.id for one in some)]
    edits = NP_("%(count)d edit", "%(count)d edits", sum(len(one.edits) for one in runs if one.id == found.id))
    where = ", ".join(wikis)
    screen.say(
        N_(
            "The last run, %(run)s (%(wikis)s: %(edits)s, %(when)s):",
            run=found.id,
            wikis=where,
            edits=edits,
            when=found.started,
        )
    )
    return found.id


@click.command(help=_("List the runs of this account and their edits, found from the wikis themselves."))
@click.option("--wiki", metavar=_("WIKI"), shell_complete=wiki_keys, help=_("Only this wiki."))
@as_json
@click.pass_obj
def history(folder: Path, wiki: str | None, json_: bool) -> None:
    workspace = open_workspace(folder, teller())
    screen = Screen(LANGUAGE)
    found = []
    _own, others = workspace.own_wikis()
    past = workspace.history(wiki or "")
    for key, runs in past.items():
        found += [
            {
                "wiki": key,
                "run": p.id,
                "missing": list(p.gaps),
                "edits": [
                    {
                        "number": n,
                        "title": r.title,
                        "revision": r.id,
                        "time": r.timestamp.isoformat(),
                        "summary": r.comment,
                    }
                    for n, r in p.edits
                ],
            }
            for p in runs
        ]
    if json_:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        with screen.paged():
            for key, runs in past.items():
                screen.history(key, runs)
    if not found and not json_:
        none = N_("No run has written on a wiki yet.")
        screen.say(
            none
            if past
            else N_("Runs are found again by an account's edits, and no wiki here has one that could be asked.")
        )
    if others and not wiki:
        why = N_("Not asked: %(wikis)s (read only, or no account here).", wikis=", ".join(others))
        screen.say(why, error=True, dim=True)
