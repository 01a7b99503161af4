"""The report of any bot on a page of the wiki, between its marks: findings by page, and how many by rule.

It is written to be read back: what it says is what `plan --since report` compares with. No date: it changes with its findings.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from capitalise.errors import Skip
from capitalise.messages import Message, render
from capitalise.pages.addresses import Site, edit_address, server_of
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding
from capitalise.wikitext.links import find_headings
from capitalise.wikitext.regions import find_region

__all__ = ["REGION", "REPORT", "place_of", "report_in", "report_lines", "report_values", "section_address"]

REGION = "rapport"
REPORT = "report.wiki.jinja"

LONGEST = 20_000  # signs of a line
MOST_SHOWN = 500  # findings; the rest is counted


def place_of(page: tuple[str, str], address: str = "") -> dict[str, str]:
    """A page as the template wants it, by wiki and title: with an address, or as a link of the report's own wiki."""
    wiki, title = page
    return {
        "title": title,
        "wiki": wiki if address else "",
        "address": address,
        "link": "" if address or not wiki else title,
    }


def report_values(
    findings: Sequence[Finding],
    names: Mapping[str, Message],
    language: str,
    place: Callable[[tuple[str, str]], Mapping[str, str]] = place_of,
) -> dict[str, Any]:
    """What the template is filled with: findings by page, in the order in which the pages come, and how many there are by rule."""
    shown = findings[:MOST_SHOWN]
    by_page: dict[tuple[str, str], list[Finding]] = {}
    for one in shown:
        by_page.setdefault((one.wiki, one.title or (one.at.sheet if one.at else "")), []).append(one)
    return {
        "pages": [
            {"place": place(key), "lines": [_line(finding, language) for finding in some]}
            for key, some in by_page.items()
        ],
        "rules": [
            (render(names[rule], language) if rule in names else rule, count)
            for rule, count in Counter(finding.rule for finding in findings).most_common()
        ],
        "more": len(findings) - len(shown),
    }


def _line(finding: Finding, language: str) -> dict[str, Any]:
    return {
        "why": render(finding.message, language),
        "rule": finding.rule,
        "field": finding.field,
        "line": finding.line,
        "suggestion": finding.suggestion,
        "address": finding.address,
    }


def section_address(reader: Reader, page: Revision, section: str) -> str:
    """The address that opens a section of a page for editing (its top where there is no such heading); "" where there is no server."""
    if not reader.script():
        return ""
    headings = find_headings(page.text or "", reader.extension_tags()) if section else []
    number = next((n for n, heading in enumerate(headings, 1) if heading.text == section), 0)
    site = Site(reader.key, server_of(reader.address()), script=reader.script())
    return edit_address(site, page.title, number)


def report_in(history: Sequence[Revision], bot: str, account: str = "") -> str:
    """The report as it stands between its marks on a page, by its history (oldest first), or as the `account` left it; "" where
    there is none, or somebody wrote in it."""
    saved = next((one.text or "" for one in reversed(history) if not account or one.user == account), "")
    try:
        region = find_region(saved, f"{bot}-{REGION}")
    except Skip:
        return ""
    return region.inside if region and not region.touched else ""


_PAGE = re.compile(r"\* (?:\[\[:(?P<own>[^\[\]|]+)\]\]|\[\S+ (?P<linked>.*?)\]|(?P<bare>.*?))(?: \(\w+\))?")
_FINDING = re.compile(
    r"\*\* (?:'''.*?''' : )?(?:\w+ \d+ : )?(?P<why>(?!'').*?)(?: → (?:<code>.*?</code>|''.*?''))?(?: \[\S+ [^\]]*\])?"
)


def report_lines(report: str) -> Iterator[tuple[str, str]]:
    """Page (or file) and words of each finding in a report (templates/report.wiki.jinja)."""
    page = ""
    for line in report.split("\n"):
        if len(line) > LONGEST:
            continue  # no line of ours
        if found := _FINDING.fullmatch(line.strip()):
            yield page, html.unescape(found["why"])
        elif not line.startswith("**") and (found := _PAGE.fullmatch(line.strip())):
            page = html.unescape(found["own"] or found["linked"] or found["bare"])
