"""The overview of a kit: every page by step, then title, in a managed region of one wiki page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from capitalise.errors import Skip
from capitalise.fiches.draft import Draft
from capitalise.fiches.form import FicheField, FicheForm
from capitalise.messages import N_, render
from capitalise.pages.titles import sort_key
from capitalise.plans.model import Conflict, Finding, PageChange
from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.instances import parts_of
from capitalise.wikitext.regions import find_region, region_marks, region_text, with_region

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
    head = draft.snapshot.head(title)
    revision = draft.snapshot.revisions.get(head.revision)
    old = revision.text or "" if revision else ""
    try:
        new = _new_text(old, bot, inside, exists=bool(head.revision), insist=insist)
    except Skip as skip:
        draft.findings.append(Finding("overview", skip.message, draft.settings.wiki, title))
        return
    if isinstance(new, Conflict):
        user, name = revision.user if revision else "", render(N_("overview"), draft.settings.language)
        draft.conflicts.append(
            replace(new, wiki=draft.settings.wiki, title=title, field=name, base=head.revision, user=user)
        )
    elif new != old:
        summary = draft.summary(N_("overview"), [])
        draft.changes.append(PageChange(draft.settings.wiki, title, head.revision, old, new, summary))


def _new_text(old: str, bot: str, inside: str, *, exists: bool, insist: bool) -> str | Conflict:
    if not exists:
        return region_text(bot, inside)
    if not insist and any(call.name.strip().startswith("#ask") for call in find_calls(old)):
        raise Skip(
            N_(
                "the page already holds a query ({{#ask:…}}) and gets no table; to have one all the same, set "
                "“overview_static = true” in the bot's TOML"
            )
        )
    region = find_region(old, bot)
    if region is None:
        first, last = region_marks(bot)
        raise Skip(
            N_(
                "the page exists; paste these two lines where the table may stand: %(first)s %(last)s",
                first=first,
                last=last,
            )
        )
    if region.touched:
        return Conflict("", "", "–", 0, inside, region.inside)
    return old if region.inside == inside else with_region(old, region, bot, inside)


def overview_values(pages: Mapping[str, Mapping[str, str]], form: FicheForm, language: str) -> dict[str, Any]:
    """What the template is filled with: `groups` (`name`, `pages`) by the first field with values to pick from."""
    step = next((f for f in form.fields if f.values), None)
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
