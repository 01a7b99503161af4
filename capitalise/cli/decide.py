"""Conflicts settled one by one at the terminal."""

from __future__ import annotations

import click

from capitalise.cli.show import Screen
from capitalise.fiches.fields import Prefer
from capitalise.messages import N_
from capitalise.plans.merge import Decision
from capitalise.plans.model import Plan

__all__ = ["ask_decisions"]

_ANSWERS = {"f": Decision.SHEET, "s": Decision.SHEET, "feuille": Decision.SHEET, "sheet": Decision.SHEET}
_ANSWERS |= {"w": Decision.WIKI, "wiki": Decision.WIKI}


def ask_decisions(screen: Screen, plan: Plan) -> list[Prefer]:
    """A decision for each conflict that somebody wants to settle now; Return leaves one open."""
    screen.line()
    screen.say(
        N_("Settle them now? For each one: s (the sheet's text), w (the wiki's), Return (leave it open)."), bold=True
    )
    decided = []
    open_ones = [conflict for conflict in plan.conflicts if conflict.at]
    for number, conflict in enumerate(open_ones, start=1):
        screen.line(f"({number}/{len(open_ones)})", dim=True)
        screen.conflict(conflict)
        choices = "  s / ⏎" if conflict.rival else "  s / w / ⏎"  # of two sheets, each is asked about its own text
        answer = click.prompt(choices, default="", show_default=False, prompt_suffix=" > ").strip().casefold()
        decision = _ANSWERS.get(answer)
        if decision and not (conflict.rival and decision is Decision.WIKI):
            seen = None if conflict.rival else conflict.theirs
            sheet = conflict.at.sheet if conflict.at else ""
            decided.append(Prefer(conflict.title, conflict.field, decision, sheet, seen))
    return decided
