"""The report page of the bot, in a managed region: what is wrong by page, and the matrix. No date: it changes with its findings."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from capitalise.crosslinks.matrix import Matrix
from capitalise.crosslinks.names import RULES
from capitalise.errors import Skip
from capitalise.messages import render
from capitalise.pages.addresses import Site, address_of
from capitalise.pages.outside import OutsideAnswer
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding, Plan
from capitalise.wikitext.regions import find_region

__all__ = ["REGION", "report_in", "report_lines", "report_values"]

REGION = "rapport"

LONGEST = 20_000  # signs of a line
MOST_SHOWN = 500  # findings; the rest is counted


def report_values(
    plan: Plan,
    matrix: Matrix,
    failing: Sequence[tuple[str, OutsideAnswer]],
    sites: Mapping[str, Site],
    language: str,
) -> dict[str, Any]:
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
        "failing": [
            {"address": address, "days": ", ".join(f"{day:%Y-%m-%d}" for day in answer.days), "why": answer.why}
            for address, answer in failing
        ],
        "chapters": [_place(page, sites) for page in matrix.pages["book"]],
        "research": [
            {
                "place": _place(page, sites),
                "counts": [len(matrix.between(page, chapter)) for chapter in matrix.pages["book"]],
            }
            for page in matrix.pages["research"]
        ],
    }


def report_in(history: Sequence[Revision], bot: str, account: str = "") -> str:
    """The report as it stands between its marks on a page, by its history (oldest first), or as the `account` left it; "" where
    there is none, or somebody wrote in it."""
    saved = next((one.text or "" for one in reversed(history) if not account or one.user == account), "")
    try:
        region = find_region(saved, f"{bot}-{REGION}")
    except Skip:
        return ""
    return region.inside if region and not region.touched else ""


_PAGE = re.compile(r"\* (?:\[\S+ (?P<linked>.*?)\]|(?P<bare>.*?))(?: \(\w+\))?")
_FINDING = re.compile(r"\*\* (?:\w+ \d+ : )?(?P<why>.*?)(?: → <code>.*?</code>)?(?: \[\S+ [^\]]*\])?")


def report_lines(report: str) -> Iterator[tuple[str, str]]:
    """Page (or file) and words of each finding in a report (templates/crosslinks.wiki.jinja)."""
    page = ""
    for line in report.split("\n"):
        if len(line) > LONGEST:
            continue  # no line of ours
        if found := _FINDING.fullmatch(line.strip()):
            yield page, html.unescape(found["why"])
        elif found := _PAGE.fullmatch(line.strip()):
            page = html.unescape(found["linked"] or found["bare"])


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
