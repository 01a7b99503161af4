"""`history` and `undo`: runs found again from the wikis."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import agreed, as_json, stopper, teller, waiting_code, yes_option
from capitalise.cli.session import Session, open_session
from capitalise.cli.show import Screen
from capitalise.cli.sync import finish
from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.plans.model import Plan
from capitalise.plans.run_ids import new_run_id, started
from capitalise.runs.history import PastRun, find_runs
from capitalise.runs.undo import plan_undo

__all__ = ["history", "undo"]


@click.command(help=_("Take a run back: what people wrote since stays."))
@click.argument("run_id", metavar="RUN")
@click.option("--wiki", metavar=_("WIKI"), help=_("The wiki of the run, where it is not found on its own."))
@yes_option
@as_json
@click.pass_obj
def undo(folder: Path, run_id: str, wiki: str | None, yes: bool, json_: bool) -> None:
    session = open_session(folder, teller())
    screen = Screen(LANGUAGE)
    own, others = session.own_wikis()
    plans = [plan for key in ([wiki] if wiki else own) if (plan := _undo_on(session, key, run_id))]
    if not plans:
        raise SettingsError(
            N_(
                "No wiki of this workspace has a run “%(run)s”; “capitalise history” lists them. Not asked: %(others)s.",
                run=run_id,
                others=", ".join(others) or "–",
            )
        )
    pages = [change for plan in plans for change in plan.pages]
    findings = [finding for plan in plans for finding in plan.findings]
    made = replace(plans[0], pages=tuple(pages), findings=tuple(findings))
    if others and not wiki:
        why = N_("Not asked: %(wikis)s (read only, or no account here).", wikis=", ".join(others))
        screen.say(why, error=True, dim=True)
    if made.empty and not made.findings:
        screen.say(N_("Nothing of this run is left to take back."), error=json_)
    elif not json_:
        screen.plan(made)
    if made.empty or not agreed(screen, yes):
        sys.exit(waiting_code(made))
    report = session.apply(made, screen.outcome, stopper(screen))
    if not json_ and any(bot.sheets for bot in session.workspace.bots.values()):
        screen.say(
            N_("The sheet was not changed; the copy from before its last run stands beside it (its name with ~)."),
            dim=True,
        )
    finish(screen, made, made, report, json_)


def _undo_on(session: Session, key: str, run_id: str) -> Plan | None:
    """What a run did on one wiki, taken back; None where it did nothing there."""
    store = session.store(key)
    past = next((p for p in find_runs(store.contributions(started(run_id))) if p.id == run_id), None)
    if past is None:
        return None
    settings, now = session.workspace.wikis[key], store.now()
    bots = [b.unattended for b in session.workspace.bots.values() if b.unattended and b.wiki == key]
    heads = store.heads([bot.run_page for bot in bots if bot.run_page])
    told_on = {head.title for head in heads.values()}  # as the wiki spells them
    return plan_undo(store, past, new_run_id(now), now, settings.deletion_notice, settings.language, told_on)


@click.command(help=_("List the runs of this account and their edits, found from the wikis themselves."))
@click.option("--wiki", metavar=_("WIKI"), help=_("Only this wiki."))
@as_json
@click.pass_obj
def history(folder: Path, wiki: str | None, json_: bool) -> None:
    session = open_session(folder, teller())
    screen = Screen(LANGUAGE)
    found = []
    own, others = session.own_wikis()
    if wiki:
        session.store(wiki).refuse_without_account()
    elif not own:
        raise SettingsError(
            N_(
                "No wiki could be asked: there is no account here for any of them (%(wikis)s). Next: capitalise login %(first)s",
                wikis=", ".join(others),
                first=others[0],
            )
        )
    asked = {key: find_runs(session.store(key).contributions()) for key in ([wiki] if wiki else own)}
    for key, runs in _without_others(asked).items():
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
        if not json_:
            screen.history(key, runs)
    if json_:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif not found:
        screen.say(N_("No run yet."))
    if others and not wiki:
        why = N_("Not asked: %(wikis)s (read only, or no account here).", wikis=", ".join(others))
        screen.say(why, error=True, dim=True)


def _without_others(asked: Mapping[str, Sequence[PastRun]]) -> dict[str, list[PastRun]]:
    """The runs of each wiki; the numbers that a run gave to edits on another wiki are no gaps."""
    there: dict[str, set[int]] = {}
    for runs in asked.values():
        for past in runs:
            there.setdefault(past.id, set()).update(number for number, _revision in past.edits)
    return {
        key: [replace(past, gaps=tuple(n for n in past.gaps if n not in there[past.id])) for past in runs]
        for key, runs in asked.items()
    }
