"""The page on which a bot that runs by itself says what it did, so that silence is seen.

A dead server must not look like a quiet month: the page names the day on which the next word is due, and turns
red by itself after it where the wiki has ParserFunctions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from capitalise.errors import Skip
from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Conflict, Finding, PageChange, Plan
from capitalise.plans.regions import RegionPage, plan_region
from capitalise.runs.apply import PageOutcome, RunReport, Status
from capitalise.wikitext.plain import plain_text
from capitalise.wikitext.regions import find_region

__all__ = ["RunPage", "plan_run_page"]


@dataclass(frozen=True)
class RunPage:
    """`days`: the most days between two edits of the page. `tell` is wikitext: whom to tell when the bot is silent."""

    title: str
    days: float
    tell: str
    language: str


def plan_run_page(
    page: RunPage,
    reader: Reader,
    left: Plan,
    report: RunReport | None,
    rendered: Callable[[Mapping[str, Any]], str],
) -> PageChange | Conflict | Finding | None:
    """The run page after a run: None where it says all of this already, and not too long ago.

    `left` is the plan that says what waits, `report` what was done. `rendered` fills the template.
    """
    outcomes = report.pages if report else ()
    waiting = _waiting(left, report, page.language)
    history = reader.history(page.title)
    if history and not outcomes and not _due(page, left, history[-1], waiting, reader.now()):
        return None
    values = {
        **_dates(page, reader),
        "bot": left.bot,
        "run": left.run if outcomes else "",
        "done": [_done(o) for o in outcomes if o.status.saved],
        "failed": [_failed(o, page.language) for o in outcomes if not o.status.saved],
        "waiting": waiting,
        "tell": page.tell,
    }
    summary = render(N_("%(bot)s: what the bot did", bot=left.bot), page.language)
    label = render(N_("run page"), page.language)
    region = RegionPage(reader.key, page.title, f"{left.bot}-passages", label, history)
    return plan_region(region, rendered(values).strip(), reader.account().name, summary)


def _dates(page: RunPage, reader: Reader) -> dict[str, Any]:
    now = reader.now()
    return {
        "now": now,
        "days": round(page.days) + 1,
        "deadline": f"{now + timedelta(days=round(page.days) + 1):%Y%m%d%H%M%S}",
        "ifexpr": "ifexpr" in reader.parser_functions(),
    }


def _due(page: RunPage, left: Plan, head: Revision, waiting: Sequence[Mapping[str, str]], now: datetime) -> bool:
    """Whether the page has to say something although nothing was done: what waits is another list, or it is time."""
    try:
        region = find_region(head.text or "", f"{left.bot}-passages")
    except Skip:
        return True
    inside = region.inside if region else ""
    same = inside.count(MARK) == len(waiting) and all(one["line"] in inside for one in waiting)
    return not inside or not same or now - head.timestamp >= timedelta(days=page.days)


MARK = '<span class="capitalise-attend">'


def _waiting(left: Plan, report: RunReport | None, language: str) -> list[dict[str, str]]:
    """What a person is to look at, one line each: `line` is wikitext."""
    found = [(c.title, c.field, N_("the sheet and the wiki say different things")) for c in left.conflicts]
    found += [(f.title, f.field, f.message) for f in (*left.findings, *(report.findings if report else ()))]
    lines = {
        f"{MARK}{_link(title)}{plain_text(f' {field} : ' if field else ' : ')} {plain_text(render(why, language))}</span>"
        for title, field, why in found
    }
    return [{"line": line} for line in sorted(lines)]


def _done(outcome: PageOutcome) -> dict[str, str]:
    change = outcome.change
    title = change.move_to or change.title
    return {"link": _link(title), "revision": str(outcome.revision or ""), "fields": ", ".join(change.fields)}


def _failed(outcome: PageOutcome, language: str) -> dict[str, str]:
    reasons: dict[Status, Message] = {Status.NOT_REACHED: N_("the run ended before it")}
    why = outcome.reason or reasons.get(outcome.status) or N_("not written")
    return {"link": _link(outcome.change.title), "why": render(why, language)}


def _link(title: str) -> str:
    return f"[[:{title}]]" if title else ""
