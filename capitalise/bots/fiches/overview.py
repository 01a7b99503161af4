"""The overview of a kit: every page by step, then title, in a managed region of one wiki page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from capitalise.bots.fiches.assemble import Draft
from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.messages import N_, THE_TOML, render
from capitalise.pages.titles import sort_key
from capitalise.plans.model import Conflict, Finding
from capitalise.plans.regions import Part, RegionPage, plan_parts
from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.instances import parts_of

__all__ = ["add_overview", "overview_values"]


def add_overview(
    draft: Draft,
    title: str,
    pages: Mapping[str, Mapping[str, str]],
    rendered: Callable[[Mapping[str, Any]], str],
    *,
    insist: bool,
) -> None:
    """Plan the overview page anew. `pages` are the cells by title, as they will be; `rendered` fills the template."""
    bot = draft.settings.bot
    if title in draft.snapshot.listing:
        why = N_("the overview page is itself one of this form's pages; choose another page for it")
        draft.findings.append(Finding("overview", why, draft.settings.wiki, title))
        return
    inside = rendered(overview_values(pages, draft.form, draft.settings.language)).strip()
    now = draft.snapshot.revisions.get(draft.snapshot.head(title).revision)
    if not insist and now and _asks(now.text or ""):
        why = N_(
            "the page already holds a query ({{#ask:…}}) and gets no table; to have one all the same, set "
            "“overview_static = true” in %(toml)s",
            toml=THE_TOML,
        )
        draft.findings.append(Finding("overview", why, draft.settings.wiki, title))
        return
    label = render(N_("overview"), draft.settings.language)
    summary = draft.summary(N_("Overview brought up to date"))
    gone = not now and bool(draft.reader.deleted_among([title]))
    page, part = RegionPage(draft.settings.wiki, title, [now] if now else [], gone), Part(bot, label, inside)
    change, others = plan_parts(page, [part], draft.account.name, summary)
    if change and change.base:  # the history is read only where it may matter
        page = replace(page, history=draft.reader.history(title))
        change, others = plan_parts(page, [part], draft.account.name, summary)
    draft.changes += [change] if change else []
    draft.conflicts += [one for one in others if isinstance(one, Conflict)]
    draft.findings += [one for one in others if isinstance(one, Finding)]


def _asks(text: str) -> bool:
    return any(call.name.strip().startswith("#ask") for call in find_calls(text))


def overview_values(pages: Mapping[str, Mapping[str, str]], form: FicheForm, language: str) -> dict[str, Any]:
    """What the template is filled with: `groups` (`name`, `pages`) by the first field with values to pick from."""
    step = form.step
    shown = [f for f in form.fields if f is not step]
    rest = render(N_("Without a step"), language)
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in (*(step.values if step else ()), rest)}
    for title in sorted(pages, key=sort_key):
        for name in _steps(pages[title], step) or [rest]:
            groups.setdefault(name, []).append(_page(title, pages[title], shown))
    return {
        "groups": [{"name": name, "pages": found} for name, found in groups.items() if found],
        "labels": [f.label for f in shown],
    }


def _steps(cells: Mapping[str, str], step: FicheField | None) -> list[str]:
    if step is None:
        return []
    text = cells.get(step.name, "")
    return [part.strip() for part in (text.split(step.delimiter) if step.several else [text]) if part.strip()]


def _page(title: str, cells: Mapping[str, str], shown: Sequence[FicheField]) -> dict[str, Any]:
    return {
        "title": title,
        "cells": [{"label": f.label, "text": _as_list(cells.get(f.name, ""), f)} for f in shown],
        "missing": [f.label for f in shown if not cells.get(f.name, "").strip()],
    }


def _as_list(text: str, field: FicheField) -> str:
    """Sub-template lines (`name | link | sentence`) as a list of a wiki page."""
    if not field.instances or not text:
        return text
    lines = ([part.strip() for part in parts_of(line) if part.strip()] for line in text.split("\n"))
    return "\n".join("* " + " – ".join(parts) for parts in lines if parts)
