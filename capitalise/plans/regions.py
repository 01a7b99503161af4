"""The change that puts a bot's words between its marks on a page, or why that cannot be.

One way for every bot that owns a part of a page: an overview, a report's section, a run page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from capitalise.errors import Skip
from capitalise.messages import N_
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Conflict, Finding, PageChange, Plan
from capitalise.plans.reverts import taken_back
from capitalise.wikitext.canonical import canonical
from capitalise.wikitext.regions import Region, find_region, region_marks, region_text, with_region

__all__ = ["RegionPage", "inside_of", "plan_region", "with_region_page"]


@dataclass(frozen=True)
class RegionPage:
    """A page with the region `name`, by its history (oldest first, empty where there is no page).

    `label` is what people call the region; `deleted`: there was such a page once.
    """

    wiki: str
    title: str
    name: str
    label: str
    history: Sequence[Revision]
    deleted: bool = False


def plan_region(page: RegionPage, inside: str, account: str, summary: str) -> PageChange | Conflict | Finding | None:
    """None where the region holds these words already."""
    if not page.history and page.deleted:
        first, last = region_marks(page.name)
        why = N_(
            "the page was deleted, and no bot creates it again; to have it back, create it with these two lines:\n%(first)s\n%(last)s",
            first=first,
            last=last,
        )
        return Finding("region", why, page.wiki, page.title)
    if not _holds(region_text(page.name, inside), page.name, inside):
        why = N_("what is to be written would break the bot's marks (an open comment or tag in it?)")
        return Finding("region", why, page.wiki, page.title)
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
    back = taken_back(page.history, account, lambda old: inside_of(old, page.name))
    if back and region.inside:  # nothing between the marks is an invitation
        why = N_(
            "%(user)s took the last edit of this part back, and it is not made again; to have it filled again, empty what "
            "stands between the marks",
            user=back.user,
        )
        return Finding("reverted", why, page.wiki, page.title, field=page.label)
    return PageChange(page.wiki, page.title, head.id, text, with_region(text, region, page.name, inside), summary)


def with_region_page(
    plan: Plan,
    reader: Reader,
    title: str,
    name: str,
    label: str,
    inside: str,
    *,
    first: bool = False,
    history: Sequence[Revision] | None = None,
) -> Plan:
    """The plan with what becomes of the region `name` of a page, which people call `label`: a change (`first` before the
    others), a conflict, a finding, or nothing. `history` is the page's where it was read already."""
    history = reader.history(title) if history is None else history
    gone = not history and reader.deleted_before(title)
    page = RegionPage(reader.key, title, f"{plan.bot}-{name}", label, history, gone)
    found = plan_region(page, inside, reader.account().name, f"{plan.bot} : {label}")
    if isinstance(found, PageChange):
        return replace(plan, pages=(found, *plan.pages) if first else (*plan.pages, found))
    if isinstance(found, Conflict):
        return replace(plan, conflicts=(*plan.conflicts, found))
    return replace(plan, findings=(*plan.findings, found)) if found else plan


def _holds(text: str, name: str, inside: str) -> bool:
    """Whether a region can be found again as it was written."""
    return inside_of(canonical(text), name) == canonical(inside)


def _region(text: str, name: str) -> Region:
    region = find_region(text, name)
    if region is None:
        first, last = region_marks(name)
        raise Skip(
            N_(
                "the page exists; paste these two lines where the bot may write:\n%(first)s\n%(last)s",
                first=first,
                last=last,
            )
        )
    return region


def inside_of(text: str, name: str) -> str:
    """What stands between the marks; nothing where they are missing or doubled."""
    try:
        region = find_region(text, name)
    except Skip:
        return ""
    return region.inside if region else ""
