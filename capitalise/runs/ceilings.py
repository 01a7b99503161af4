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
    finding = Finding("ceiling", why)
    return replace(plan, pages=(), cells=(), findings=(finding, *plan.findings))


def _beyond(plan: Plan, ceilings: Ceilings) -> Message | None:
    created = sum(not change.base for change in plan.pages)
    changed = len(plan.pages) - created
    values = {"bot": plan.bot, "seen": plan.seen, "share": ceilings.share}
    if len(plan.pages) > ceilings.edits:
        return N_(
            "%(number)d pages are to be written, more than “most_edits = %(most)d” lets this bot do by itself; nothing was "
            "written. Somebody looks, and agrees, at a terminal: capitalise run %(bot)s",
            number=len(plan.pages),
            most=ceilings.edits,
            **values,
        )
    if created > ceilings.creations:
        return N_(
            "%(number)d pages are to be created, more than “most_creations = %(most)d” lets this bot do by itself; nothing was "
            "written. Somebody looks, and agrees, at a terminal: capitalise run %(bot)s",
            number=created,
            most=ceilings.creations,
            **values,
        )
    if plan.seen < FEW:
        return None
    if changed > ceilings.share * plan.seen:
        return N_(
            "%(number)d of %(seen)d pages are to be changed, more than “largest_share = %(share)g” lets this bot do by itself; "
            "nothing was written. Somebody looks, and agrees, at a terminal: capitalise run %(bot)s",
            number=changed,
            **values,
        )
    if plan.replaced > ceilings.share * plan.seen:
        return N_(
            "the words of %(number)d of %(seen)d rows are to be replaced by the wiki's, more than “largest_share = %(share)g” "
            "lets this bot do by itself; nothing was written. Somebody looks, and agrees, at a terminal: capitalise run %(bot)s",
            number=plan.replaced,
            **values,
        )
    return None
