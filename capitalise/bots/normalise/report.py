"""The bot's two pages on the wiki: what its rules do and how to say no, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from capitalise.bots.normalise.catalogue import LIMITS, RULES, rule_named
from capitalise.messages import N_, render
from capitalise.pages.ports import Reader
from capitalise.pages.titles import sort_key
from capitalise.plans.model import Plan
from capitalise.plans.regions import with_region_page

if TYPE_CHECKING:
    from capitalise.bots.normalise.planner import NormaliseSettings

__all__ = ["add_pages", "help_values", "report_values"]

MOST_SHOWN = 300  # lines of a report; the rest is counted


def add_pages(
    plan: Plan,
    settings: NormaliseSettings,
    reader: Reader,
    rendered: Callable[[str, Mapping[str, Any]], str],
) -> Plan:
    """The plan with its help page, where it writes anything that links there, and its report page, where there is one."""
    wanted = []
    if settings.help_page and settings.rules:
        wanted.append(
            (settings.help_page, "aide", N_("help page of the bot"), "normalise-help.wiki.jinja", help_values(settings))
        )
    if settings.report_page:
        values = report_values(plan, settings)
        wanted.append((settings.report_page, "rapport", N_("report"), "normalise.wiki.jinja", values))
    for title, name, label, template, values in wanted:
        inside = rendered(template, values).strip()
        words = render(label, settings.language)
        plan = with_region_page(plan, reader, title, name, words, inside, first=name == "aide")
    return plan


def help_values(settings: NormaliseSettings) -> dict[str, Any]:
    """What the help page shows: every rule with its state, and whom to write to."""
    rules = [
        {
            "id": rule.id,
            "name": render(rule.name, settings.language),
            "what": render(rule.what, settings.language),
            "before": rule.before,
            "after": rule.after,
            "on": rule.id in settings.rules,
            "unseen": rule.unseen,
            "asked": rule.asked,
        }
        for rule in RULES
    ]
    return {
        "bot": settings.bot,
        "rules": rules,
        "tell": settings.tell,
        "rest": round(settings.rest.total_seconds() / 3600),
    }


def report_values(plan: Plan, settings: NormaliseSettings) -> dict[str, Any]:
    """What the report shows: proposals and findings by page, and how many by rule."""
    lines = [
        (change.title, label, before, after, "") for change in plan.proposals for label, before, after in change.values
    ]
    lines += [(f.title, f.field, "", f.suggestion, render(f.message, settings.language)) for f in plan.findings]
    lines.sort(key=lambda line: sort_key(line[0]))
    shown = lines[:MOST_SHOWN]
    pages = [
        {
            "title": title,
            "lines": [dict(zip(("field", "before", "after", "why"), line[1:], strict=True)) for line in some],
        }
        for title, some in groupby(shown, key=lambda line: line[0])
    ]
    counts: dict[str, int] = {}
    known = {rule.id for rule in (*RULES, *LIMITS)}
    for finding in plan.findings:
        name = render(rule_named(finding.rule).name, settings.language) if finding.rule in known else finding.rule
        counts[name] = counts.get(name, 0) + 1
    return {
        "bot": settings.bot,
        "pages": pages,
        "rules": sorted(counts.items(), key=lambda item: (-item[1], item[0])),
        "proposals": len(plan.proposals),
        "more": len(lines) - len(shown),
        "help_page": settings.help_page if settings.rules else "",
        "tell": settings.tell,
    }
