"""The page on which a bot that runs by itself says what it did, so that silence is seen.

A dead server must not look like a quiet month: the page names the day on which the next word is due, and turns
red by itself after it where the wiki has ParserFunctions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import title_problem
from capitalise.plans.model import Conflict, Finding, PageChange, Plan
from capitalise.plans.regions import Part, RegionPage, inside_of, plan_region
from capitalise.plans.run_ids import run_of, words_of
from capitalise.runs.apply import RunReport, Status
from capitalise.wikitext.plain import plain_text

__all__ = ["RunPage", "plan_run_page"]


@dataclass(frozen=True)
class RunPage:
    """`days`: the most days between two edits of the page. `tell` is wikitext: whom to tell when the bot is silent;
    `stop` is the page on which people stop it."""

    title: str
    days: float
    tell: str
    language: str
    stop: str = ""


def plan_run_page(
    page: RunPage,
    reader: Reader,
    left: Plan,
    report: RunReport | None,
    rendered: Callable[[Mapping[str, Any]], str],
) -> PageChange | Conflict | Finding | None:
    """The run page after a run: None where it says all of this already, and not too long ago.

    `left` is the plan that says what waits, `report` what could not be done; what was done is read from the wiki, so
    that a run that was killed is told by the next one. `rendered` fills the template.
    """
    history = reader.history(page.title)
    done = _done(reader, page.title, history)
    waiting = [*_failed(report, page.language), *_waiting(left, report, page.language)]
    values = {
        **_dates(page, reader),
        "bot": left.bot,
        "done": done,
        "waiting": waiting,
        "tell": page.tell,
        "stop": page.stop,
    }
    summary = render(N_("What the bot “%(bot)s” did", bot=left.bot), page.language)
    label = render(N_("run page"), page.language)
    gone = not history and bool(reader.deleted_among([page.title]))
    part = Part(f"{left.bot}-passages", label, rendered(values).strip())
    found = plan_region(RegionPage(reader.key, page.title, history, gone), part, reader.account().name, summary)
    insides = [inside_of(revision.text or "", part.name) for revision in history]
    if (
        isinstance(found, PageChange)
        and history
        and not done
        and not _due(page, history, insides, waiting, reader.now())
    ):
        return None
    return found


def _dates(page: RunPage, reader: Reader) -> dict[str, Any]:
    now = reader.now()
    return {
        "now": now,
        "days": round(page.days) + 1,
        "deadline": f"{now + timedelta(days=round(page.days) + 1):%Y%m%d%H%M%S}",
        "ifexpr": "ifexpr" in reader.parser_functions(),
    }


def _due(
    page: RunPage, history: Sequence[Revision], insides: Sequence[str], waiting: Sequence[str], now: datetime
) -> bool:
    """Whether the page has to say something although nothing was done: what waits is another list, or it is time. `insides`
    is what stood between the marks, by revision."""
    inside = insides[-1]
    # Since when it says so, whoever edited the rest of the page meanwhile.
    said = next((n for n in reversed(range(len(insides))) if insides[n] != inside), -1) + 1
    same = inside.count(MARK) == len(waiting) and all(line in inside for line in waiting)
    return not inside or not same or now - history[said].timestamp >= timedelta(days=page.days)


MARK = '<span class="capitalise-attend">'


def _failed(report: RunReport | None, language: str) -> list[str]:
    """The pages that were not written, and why, as lines of wikitext."""
    left = [o for o in report.pages if not o.status.saved] if report else []
    reasons: dict[Status, Message] = {Status.NOT_REACHED: N_("the run ended before it")}
    return [_line(o.change.title, "", o.reason or reasons.get(o.status) or N_("not written"), language) for o in left]


def _waiting(left: Plan, report: RunReport | None, language: str) -> list[str]:
    """What a person is to look at, as lines of wikitext."""
    found = [(c.title, c.field, N_("the sheet and the wiki say different things")) for c in left.conflicts]
    found += [(f.title, f.field, f.message) for f in (*left.findings, *(report.findings if report else ()))]
    return sorted({_line(title, field, why, language) for title, field, why in found})


def _line(title: str, field: str, why: Message, language: str) -> str:
    place = ", ".join(part for part in (_link(title) if title else "", plain_text(field)) if part)
    return f"{MARK}{place}{' : ' if place else ''}{plain_text(render(why, language))}</span>"


def _done(reader: Reader, run_page: str, history: Sequence[Revision]) -> list[dict[str, str]]:
    """What this account's runs wrote since the page last said something; at first, in the last day."""
    own = [r for r in history if r.user == reader.account().name and run_of(r.comment)]
    last, since = (own[-1].id, own[-1].timestamp) if own else (0, reader.now() - timedelta(days=1))
    newest: dict[str, Revision] = {}
    for revision in reader.contributions(since):
        if revision.id > last and revision.title != run_page and run_of(revision.comment):
            newest.setdefault(revision.title, revision)
    told = ((title, r, run_of(r.comment)) for title, r in newest.items())
    return [
        {"link": _link(title), "revision": str(r.id), "run": run[0] if run else "", "what": words_of(r.comment)}
        for title, r, run in sorted(told, key=lambda one: one[0])
    ]


def _link(title: str) -> str:
    """A link; a title that no page can have is text, however it is spelled."""
    return plain_text(title) if title_problem(title) else f"[[:{title}]]"
