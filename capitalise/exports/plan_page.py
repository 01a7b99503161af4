"""A plan as a page for a browser: what waits for a decision first, printable for a meeting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby

from capitalise.exports.templates import render_template
from capitalise.messages import NP_, Message, render
from capitalise.plans.diff import text_diff, word_diff
from capitalise.plans.model import Finding, Plan, SheetChange

__all__ = ["links_page", "plan_page"]


def plan_page(plan: Plan, cells: Iterable[SheetChange], rendered: Mapping[tuple[str, str], str], language: str) -> str:
    """HTML without scripts. `cells` are those of the plan that people want to read, `rendered` holds a page's HTML by wiki and
    title; it is shown in a frame of its own."""

    def message(one: Message) -> str:
        return render(one, language)

    count = message(NP_("%(count)d to decide", "%(count)d to decide", len(plan.conflicts)))
    if not plan.conflicts:
        count = message(NP_("%(count)d page to write", "%(count)d pages to write", len(plan.pages)))
    return render_template(
        "plan.html.jinja",
        None,
        language,
        plan=plan,
        sheet=[(at, list(some)) for at, some in groupby(cells, key=lambda cell: cell.at)],
        rendered=rendered,
        language=language,
        count=count,
        message=message,
        words=word_diff,
        lines=text_diff,
    )


def links_page(plan: Plan, names: Mapping[str, Message], language: str, new: Collection[Finding] = ()) -> str:
    """The findings of a bot that looks at links: a table to sort and filter, and who quotes whom. `names` are the rules in
    words, `new` the findings that an earlier report did not hold. Complete without its script."""
    rules = {one.rule: render(names[one.rule], language) for one in plan.findings if one.rule in names}
    return render_template(
        "links.html.jinja",
        None,
        language,
        plan=plan,
        language=language,
        rules=dict(sorted(rules.items(), key=lambda pair: pair[1])),
        new=new,
        message=lambda one: render(one, language),
        words=word_diff,
    )
