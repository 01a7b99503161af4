"""The report page of the bot: what is wrong by page, the addresses that fail, and the matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from capitalise.bots.crosslinks.matrix import Matrix
from capitalise.bots.crosslinks.rules import RULES
from capitalise.pages.addresses import Site, address_of
from capitalise.pages.link_status import OutsideAnswer
from capitalise.plans import report
from capitalise.plans.model import Plan

__all__ = ["report_values"]


def report_values(
    plan: Plan,
    matrix: Matrix,
    failing: Sequence[tuple[str, OutsideAnswer]],
    sites: Mapping[str, Site],
    language: str,
) -> dict[str, Any]:
    """What the template is filled with."""

    def place(page: tuple[str, str]) -> Mapping[str, str]:
        """A page by its title and address; a document has none."""
        wiki, title = page
        address = address_of(sites[wiki], title) if wiki and sites[wiki].server else ""
        return {"title": title, "wiki": wiki, "address": address, "link": ""}

    return {
        **report.report_values(plan.findings, RULES, language, place),
        "failing": [
            {"address": address, "days": ", ".join(f"{day:%Y-%m-%d}" for day in answer.days), "why": answer.why}
            for address, answer in failing
        ],
        "chapters": [place(page) for page in matrix.pages["book"]],
        "research": [
            {
                "place": place(page),
                "counts": [len(matrix.between(page, chapter)) for chapter in matrix.pages["book"]],
            }
            for page in matrix.pages["research"]
        ],
    }
