"""The report page of the bot: how many remarks there are, what is wrong by page, the addresses that fail, and the matrix."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from capitalise.bots.crosslinks.rules import RULES
from capitalise.pages.addresses import Site, address_of
from capitalise.pages.link_status import OutsideAnswer
from capitalise.plans import report
from capitalise.plans.model import Grid, Plan
from capitalise.wikitext.canonical import canonical

__all__ = ["dated", "report_values"]

_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_BEGINNING = 600  # signs of a report, in which its date stands


def dated(filled: Callable[[str], str], before: str, today: str) -> str:
    """The report, with the day on which it last came to say something else: else it would be a new one every night."""
    date = _DATE.search(before[:_BEGINNING])
    as_before = filled(date[0]).strip() if date else ""
    return as_before if as_before and canonical(as_before) == canonical(before.strip()) else filled(today).strip()


def report_values(
    plan: Plan,
    failing: Sequence[tuple[str, OutsideAnswer]],
    sites: Mapping[str, Site],
    language: str,
    date: str,
) -> dict[str, Any]:
    """What the template is filled with."""

    def place(page: tuple[str, str]) -> Mapping[str, str]:
        """A page by its title and address; a document has none."""
        wiki, title = page
        address = address_of(sites[wiki], title) if wiki and sites[wiki].server else ""
        return {"title": title, "wiki": wiki, "address": address, "link": ""}

    grid = plan.grid or Grid((), (), ())
    return {
        **report.report_values(plan.findings, RULES, language, place),
        "date": date,
        "seen": plan.seen,
        "count": len(plan.findings),
        "failing": [
            {"address": address, "days": ", ".join(f"{day:%Y-%m-%d}" for day in answer.days), "why": answer.why}
            for address, answer in failing
        ],
        "chapters": [place(page) for page in grid.columns],
        "research": [
            {"place": place(page), "arrows": [grid.arrow(row, column) for column in range(len(grid.columns))]}
            for row, page in enumerate(grid.rows)
        ],
        "one_sided": [(place(one), place(other)) for one, other in grid.one_sided],
    }
