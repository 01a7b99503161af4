"""Runs found again from the wikis themselves, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.plans.model import Plan
from capitalise.plans.run_ids import new_run_id, started
from capitalise.runs.history import PastRun, find_runs
from capitalise.runs.undo import plan_undo
from capitalise.workspace.opened import Opened

__all__ = ["past_runs", "undone"]


def past_runs(opened: Opened, wiki: str = "") -> dict[str, list[PastRun]]:
    """The runs of this account by wiki: of one, or of all that a run may have written to. Raises SettingsError where none can be asked."""
    own, others = opened.own_wikis()
    if wiki:
        opened.store(wiki).refuse_without_account()
    elif not own:
        raise SettingsError(
            N_(
                "No wiki could be asked: there is no account here for any of them (%(wikis)s). Next: capitalise login %(first)s",
                wikis=", ".join(others),
                first=others[0],
            )
        )
    return _without_others({key: find_runs(opened.store(key).contributions()) for key in ([wiki] if wiki else own)})


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


def undone(opened: Opened, run: str, wiki: str = "") -> Plan:
    """The plan that takes a run back. Raises SettingsError where no wiki knows of it."""
    own, others = opened.own_wikis()
    plans = [plan for key in ([wiki] if wiki else own) if (plan := _undone_on(opened, key, run))]
    if not plans:
        why = N_("No wiki of this workspace has a run “%(run)s”; “capitalise history” lists them.", run=run)
        left = N_("%(why)s Not asked: %(others)s.", why=why, others=", ".join(others))
        raise SettingsError(left if others else why)
    pages = [change for plan in plans for change in plan.pages]
    findings = [finding for plan in plans for finding in plan.findings]
    return replace(plans[0], pages=tuple(pages), findings=tuple(findings))


def _undone_on(opened: Opened, key: str, run: str) -> Plan | None:
    """What a run did on one wiki, taken back; None where it did nothing there."""
    store = opened.store(key)
    past = next((p for p in find_runs(store.contributions(started(run))) if p.id == run), None)
    if past is None:
        return None
    wiki, now = opened.wiki(key), store.now()
    bots = [b.unattended for b in opened.settings.bots.values() if b.unattended and b.wiki == key]
    heads = store.heads([bot.run_page for bot in bots if bot.run_page])
    told_on = {head.title for head in heads.values()}  # as the wiki spells them
    return plan_undo(store, past, new_run_id(now), now, wiki.deletion_notice, wiki.language, told_on)
