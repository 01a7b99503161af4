"""The change that puts a bot's words between its marks on a page, or why that cannot be.

One way for every bot that owns a part of a page: an overview, a report's section, a run page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capitalise.errors import Skip
from capitalise.messages import N_
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Conflict, Finding, PageChange
from capitalise.plans.reverts import taken_back
from capitalise.wikitext.regions import Region, find_region, region_marks, region_text, with_region

__all__ = ["RegionPage", "plan_region"]


@dataclass(frozen=True)
class RegionPage:
    """A page with the region `name`, by its history (oldest first, empty where there is no page).

    `label` is what people call the region.
    """

    wiki: str
    title: str
    name: str
    label: str
    history: Sequence[Revision]


def plan_region(page: RegionPage, inside: str, account: str, summary: str) -> PageChange | Conflict | Finding | None:
    """None where the region holds these words already."""
    if not page.history:
        return PageChange(page.wiki, page.title, 0, "", region_text(page.name, inside), summary)
    head = page.history[-1]
    text = head.text or ""
    try:
        region = _region(text, page.name)
    except Skip as skip:
        return Finding("region", skip.message, page.wiki, page.title)
    if region.inside == inside:
        return None
    if region.touched:
        return Conflict(page.wiki, page.title, page.label, head.id, inside, region.inside, head.user)
    if undone := taken_back(page.history, account, lambda old: _inside(old, page.name)):
        why = N_("%(user)s took the last edit of this part back; it is not made again", user=undone.user)
        return Finding("reverted", why, page.wiki, page.title, field=page.label)
    return PageChange(page.wiki, page.title, head.id, text, with_region(text, region, page.name, inside), summary)


def _region(text: str, name: str) -> Region:
    region = find_region(text, name)
    if region is None:
        first, last = region_marks(name)
        raise Skip(
            N_(
                "the page exists; paste these two lines where the bot may write: %(first)s %(last)s",
                first=first,
                last=last,
            )
        )
    return region


def _inside(text: str, name: str) -> str:
    try:
        region = find_region(text, name)
    except Skip:
        return ""
    return region.inside if region else ""
