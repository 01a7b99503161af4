"""Conflicts settled one by one at the terminal."""

from __future__ import annotations

import click

from capitalise.cli.show import Screen
from capitalise.messages import N_
from capitalise.plans.decisions import Prefer
from capitalise.plans.merge import Decision
from capitalise.plans.model import Conflict, Plan

__all__ = ["ask_decisions"]

_ANSWERS = {"f": Decision.SHEET, "s": Decision.SHEET, "feuille": Decision.SHEET, "sheet": Decision.SHEET}
_ANSWERS |= {"w": Decision.WIKI, "wiki": Decision.WIKI}


def ask_decisions(screen: Screen, plan: Plan, asked: set[tuple[object, ...]]) -> list[Prefer]:
    """A decision for each conflict that somebody wants to settle now; Return leaves one open.

    Those in `asked` were asked about already, and are not again; the new ones are added to it.
    """
    questions = [c for c in plan.conflicts if c.at and _key(c) not in asked]
    asked |= {_key(c) for c in questions}
    if questions:
        screen.line()
        screen.say(
            N_("Settle them now? For each one: s (the sheet's text), w (the wiki's), Return (leave it open)."),
            bold=True,
        )
    decided = []
    for number, conflict in enumerate(questions, start=1):
        screen.line(f"({number}/{len(questions)})", dim=True)
        screen.conflict(conflict, hint=False)
        if decision := _answer(screen, conflict):
            decided.append(_prefer(conflict, decision))
    return decided


def _prefer(conflict: Conflict, decision: Decision) -> Prefer:
    """Of two sheets, the one whose text shall stay."""
    if conflict.rival:
        chosen = conflict.rival if decision is Decision.WIKI else conflict.at
        return Prefer(conflict.title, conflict.field, Decision.SHEET, chosen.sheet if chosen else "")
    sheet = conflict.at.sheet if conflict.at else ""
    return Prefer(conflict.title, conflict.field, decision, sheet, conflict.theirs)


def _key(conflict: Conflict) -> tuple[object, ...]:
    return conflict.title, conflict.field, conflict.at, bool(conflict.rival)


def _answer(screen: Screen, conflict: Conflict) -> Decision | None:
    """s for the text above, w (between two sheets: o) for the one below."""
    question = N_("  s (the first text), o (the other) or Return >") if conflict.rival else N_("  s, w or Return >")
    answers = _ANSWERS | ({"o": Decision.WIKI, "a": Decision.WIKI, "autre": Decision.WIKI} if conflict.rival else {})
    while True:
        answer = (
            click.prompt(screen.text(question), default="", show_default=False, prompt_suffix=" ").strip().casefold()
        )
        if not answer:
            return None
        if decision := answers.get(answer):
            return decision
        screen.say(N_("  This is none of the answers."))
