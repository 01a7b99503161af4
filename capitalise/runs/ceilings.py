"""What a bot that runs by itself may do without asking: beyond it, nothing is written and a person looks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from capitalise.messages import N_, Message
from capitalise.plans.model import Finding, Plan

__all__ = ["Ceilings", "held"]

FEW = 10  # pages: a share of fewer says nothing


@dataclass(frozen=True)
class Ceilings:
    """The most pages to write, and to create, in one run; the largest share of its pages that a bot may change at once."""

    edits: int = 200
    creations: int = 20
    share: float = 0.5


def held(plan: Plan, ceilings: Ceilings) -> Plan:
    """The plan, or the same with nothing to write and a finding that says which ceiling it is beyond."""
    why = _beyond(plan, ceilings)
    if why is None:
        return plan
    finding = Finding("ceiling", why, plan.pages[0].wiki)
    return replace(plan, pages=(), cells=(), findings=(finding, *plan.findings))


def _beyond(plan: Plan, ceilings: Ceilings) -> Message | None:
    created = sum(not change.base for change in plan.pages)
    changed = len(plan.pages) - created
    for name, number, most in (
        ("most_edits", len(plan.pages), ceilings.edits),
        ("most_creations", created, ceilings.creations),
    ):
        if number > most:
            return N_(
                "%(number)d pages are to be written or created, more than “%(name)s = %(most)d” lets this bot do by itself; "
                "nothing was written. Look, and agree, with: capitalise run %(bot)s",
                number=number,
                name=name,
                most=most,
                bot=plan.bot,
            )
    if plan.seen >= FEW and changed > ceilings.share * plan.seen:
        return N_(
            "%(number)d of %(seen)d pages are to be changed, more than “largest_share = %(share)g” lets this bot do by itself; "
            "nothing was written. Look, and agree, with: capitalise run %(bot)s",
            number=changed,
            seen=plan.seen,
            share=ceilings.share,
            bot=plan.bot,
        )
    return None
