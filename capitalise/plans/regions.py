"""The change that puts a bot's words between its marks on a page, or why that cannot be.

One way for every bot that owns a part of a page: an overview, a report's section, a run page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from capitalise.errors import Skip
from capitalise.messages import N_
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Conflict, Finding, PageChange, Plan
from capitalise.plans.reverts import taken_back, undone, without_undone
from capitalise.wikitext.canonical import canonical
from capitalise.wikitext.regions import Region, find_region, region_marks, region_of, region_text, with_region

__all__ = [
    "Part",
    "RegionPage",
    "inside_of",
    "last_change",
    "plan_parts",
    "plan_region",
    "with_page",
    "with_region_page",
]


@dataclass(frozen=True)
class Part:
    """The region `name` of a page, which people call `label`, and what is to stand in it. `free` says of what stands
    there, and of the revision that made it so (None where that is not known), whether the bot may write over it. Where
    `undo_lasts`, what `undo` took out stays out; a part that sums up other pages says what they say now."""

    name: str
    label: str
    inside: str
    free: Callable[[Region, Revision | None], bool] = lambda region, _last: not region.touched
    undo_lasts: bool = False


@dataclass(frozen=True)
class RegionPage:
    """A page by its history (oldest first, empty where there is no page); `deleted`: there was such a page once."""

    wiki: str
    title: str
    history: Sequence[Revision]
    deleted: bool = False


def plan_region(page: RegionPage, part: Part, account: str, summary: str) -> PageChange | Conflict | Finding | None:
    """The one part of a page; None where it holds these words already."""
    change, others = plan_parts(page, [part], account, summary)
    return change or next(iter(others), None)


def plan_parts(
    page: RegionPage, parts: Sequence[Part], account: str, summary: str
) -> tuple[PageChange | None, list[Conflict | Finding]]:
    """One change for all parts of a page that can be written (None where there is none), and why others cannot."""
    if not page.history and page.deleted:
        why = N_(
            "the page was deleted, and no bot creates it again; to have it back, create it with these lines:\n%(lines)s",
            lines=_marks_of(parts),
        )
        return None, [Finding("region", why, page.wiki, page.title)]
    others: list[Conflict | Finding] = [_breaks(page, one) for one in parts if not _holds(one)]
    good = [one for one in parts if _holds(one)]
    if not page.history:
        text = "\n\n".join(region_text(one.name, one.inside) for one in good)
        return (PageChange(page.wiki, page.title, 0, "", text, summary) if good else None), others
    head = page.history[-1]
    text = new = head.text or ""
    there, missing = _sorted_out(page, text, good, others)
    if missing:
        why = N_("the page exists; paste these lines where the bot may write:\n%(lines)s", lines=_marks_of(missing))
        others.append(Finding("region", why, page.wiki, page.title))
    for part, region in there:
        if refused := _refused(page, part, region, head, account):
            others.append(refused)
        elif region.inside != part.inside:
            inside, undone_here = _written(page, part, region, account)
            others += [undone_here] if undone_here else []
            if inside != region.inside:
                new = with_region(new, find_region(new, part.name) or region, part.name, inside)
    return (PageChange(page.wiki, page.title, head.id, text, new, summary) if new != text else None), others


def _breaks(page: RegionPage, part: Part) -> Finding:
    why = N_("what is to be written would break the bot's marks (an open comment or tag in it?)")
    return Finding("region", why, page.wiki, page.title, field=part.label)


def _marks_of(parts: Sequence[Part]) -> tuple[str, ...]:
    return tuple(mark for part in parts for mark in region_marks(part.name))


def _sorted_out(
    page: RegionPage, text: str, parts: Sequence[Part], others: list[Conflict | Finding]
) -> tuple[list[tuple[Part, Region]], list[Part]]:
    """The parts with their regions in a text, and those whose marks are missing; of the others it is said why."""
    there: list[tuple[Part, Region]] = []
    missing: list[Part] = []
    for part in parts:
        try:
            region = find_region(text, part.name)
        except Skip as skip:
            others.append(Finding("region", skip.message, page.wiki, page.title))
            continue
        if region:
            there.append((part, region))
        else:
            missing.append(part)
    return there, missing


def _refused(page: RegionPage, part: Part, region: Region, head: Revision, account: str) -> Conflict | Finding | None:
    """Why the words between two marks stay: a person wrote them, or took the bot's back."""
    if region.inside == part.inside:
        return None
    if not part.free(region, last_change(page.history, part.name)):
        return Conflict(page.wiki, page.title, part.label, head.id, part.inside, region.inside, head.user)
    back = taken_back(page.history, account, lambda old: inside_of(old, part.name))
    if back and region.inside and not region.touched:  # nothing between the marks is an invitation
        why = N_(
            "%(user)s took the last edit of this part back, and it is not made again; to have it filled again, empty what "
            "stands between the marks",
            user=back.user,
        )
        return Finding("reverted", why, page.wiki, page.title, field=part.label)
    return None


def _written(page: RegionPage, part: Part, region: Region, account: str) -> tuple[str, Finding | None]:
    """What is written between two marks: the new words less those that somebody undid, of which it is said."""
    out = undone(page.history, account, lambda old: inside_of(old, part.name)) if part.undo_lasts else []
    text, run = without_undone(out, region.inside, part.inside)
    if not run:
        return part.inside, None
    hidden = N_(
        "the run %(run)s was undone here, and what it had written is hidden: this part stays as it is; to have it filled again, "
        "empty what stands between the marks",
        run=run,
    )
    left = N_(
        "what the run %(run)s had written here was undone: those lines are left out; mend them where they come from, or, to have "
        "them all the same, put them in again from the page's history",
        run=run,
    )
    why = hidden if any(one.before is None for one in out) else left
    kept = text if _holds(replace(part, inside=text)) else region.inside
    return kept, Finding("undone", why, page.wiki, page.title, field=part.label)


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
    others), a conflict, findings, or nothing. `history` is the page's where it was read already."""
    history = reader.history(title) if history is None else history
    gone = not history and bool(reader.deleted_among([title]))
    page, part = RegionPage(reader.key, title, history, gone), Part(f"{plan.bot}-{name}", label, inside)
    change, others = plan_parts(page, [part], reader.account().name, label[:1].upper() + label[1:])
    return with_page(plan, change, others, first=first)


def with_page(
    plan: Plan, change: PageChange | None, others: Sequence[Conflict | Finding], *, first: bool = False
) -> Plan:
    """The plan with what becomes of one page, its change `first` if so wanted."""
    changes = (change,) if change else ()
    return replace(
        plan,
        pages=(*changes, *plan.pages) if first else (*plan.pages, *changes),
        conflicts=(*plan.conflicts, *(one for one in others if isinstance(one, Conflict))),
        findings=(*plan.findings, *(one for one in others if isinstance(one, Finding))),
    )


def _holds(part: Part) -> bool:
    """Whether a region can be found again as it was written."""
    return inside_of(canonical(region_text(part.name, part.inside)), part.name) == canonical(part.inside)


def last_change(history: Sequence[Revision], name: str) -> Revision | None:
    """The revision of a history, oldest first, that made a region what it is; None where one revision is all that is known."""
    insides = [inside_of(revision.text or "", name) for revision in history]
    changed = [n for n in range(1, len(history)) if insides[n] != insides[n - 1]]
    return history[changed[-1] if changed else 0] if len(history) > 1 else None


def inside_of(text: str, name: str) -> str:
    """What stands between the marks; nothing where they are missing or doubled."""
    region = region_of(text, name)
    return region.inside if region else ""
