"""The report page of the bot, in a managed region: what is wrong by page, and the matrix. No date: it changes with its findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from capitalise.crosslinks.addresses import Site, address_of
from capitalise.crosslinks.matrix import Matrix
from capitalise.crosslinks.names import RULES
from capitalise.messages import render
from capitalise.plans.model import Finding, Plan

__all__ = ["report_values"]

MOST_SHOWN = 500  # findings; the rest is counted


def report_values(plan: Plan, matrix: Matrix, sites: Mapping[str, Site], language: str) -> dict[str, Any]:
    """What the template is filled with."""
    shown = plan.findings[:MOST_SHOWN]
    pages = [
        {"place": _place(key, sites), "lines": [_line(finding, language) for finding in some]}
        for key, some in groupby(shown, key=lambda one: (one.wiki, one.title or (one.at.sheet if one.at else "")))
    ]
    return {
        "pages": pages,
        "rules": [
            (render(RULES[rule], language) if rule in RULES else rule, count)
            for rule, count in Counter(finding.rule for finding in plan.findings).most_common()
        ],
        "more": len(plan.findings) - len(shown),
        "chapters": [_place(page, sites) for page in matrix.pages["book"]],
        "research": [
            {
                "place": _place(page, sites),
                "counts": [matrix.between(page, chapter) for chapter in matrix.pages["book"]],
            }
            for page in matrix.pages["research"]
        ],
    }


def _place(page: tuple[str, str], sites: Mapping[str, Site]) -> dict[str, str]:
    """A page by its title and address; a document has none."""
    wiki, title = page
    return {
        "title": title,
        "wiki": wiki,
        "address": address_of(sites[wiki], title) if wiki and sites[wiki].server else "",
    }


def _line(finding: Finding, language: str) -> dict[str, Any]:
    return {
        "why": render(finding.message, language),
        "rule": finding.rule,
        "line": finding.line,
        "suggestion": finding.suggestion,
        "address": finding.address,
    }
