"""Values that pages hold and their form does not offer any more: its next save deletes them."""

from __future__ import annotations

from collections.abc import Mapping

from capitalise.bots.fiches.form import FicheForm
from capitalise.messages import NP_
from capitalise.plans.model import Finding

__all__ = ["gone_values"]

MOST_TITLES = 5


def gone_values(
    pages: Mapping[str, Mapping[str, str]],
    form: FicheForm,
    bot: str,
    wiki: str,
    planned: frozenset[tuple[str, str]] = frozenset(),
) -> list[Finding]:
    """One finding for each such value. `pages` are the cells by title, `planned` what a plan changes: title and label."""
    held: dict[tuple[str, str], list[str]] = {}
    for title, cells in sorted(pages.items()):
        for field in form.fields:
            if not field.closed or field.instances or (title, field.label) in planned:
                continue
            cell = cells.get(field.name, "")
            for item in [cell] if not field.several else cell.split(field.delimiter):
                if item.strip() and item.strip() not in field.values and "{{" not in item:
                    held.setdefault((field.label, item.strip()), []).append(title)
    return [_finding(label, value, titles, bot, wiki) for (label, value), titles in held.items()]


def _finding(label: str, value: str, titles: list[str], bot: str, wiki: str) -> Finding:
    why = NP_(
        "%(count)d page holds “%(value)s”, which the form does not offer: its next save there deletes it (%(titles)s). If the value has "
        "another name now: capitalise forms rename-value %(bot)s %(field)s %(value)s NEW",
        "%(count)d pages hold “%(value)s”, which the form does not offer: its next save there deletes it (%(titles)s). If the value has "
        "another name now: capitalise forms rename-value %(bot)s %(field)s %(value)s NEW",
        len(titles),
        value=value,
        titles=", ".join(titles[:MOST_TITLES]) + (", …" if len(titles) > MOST_TITLES else ""),
        bot=bot,
        field=label,
    )
    return Finding("value-not-offered", why, wiki, titles[0], field=label)
