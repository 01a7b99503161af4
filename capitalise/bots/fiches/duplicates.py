"""Rows of several sheets about one page: what they say differently is decided by people, not by their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from capitalise.bots.fiches.fields import RowMerge
from capitalise.bots.fiches.form import FicheForm
from capitalise.plans.merge import Outcome

__all__ = ["by_page"]


def by_page(merged: Iterable[RowMerge], form: FicheForm) -> list[list[RowMerge]]:
    """The rows of each page together, in the order of their first rows.

    A field that rows of one page would write differently is written only where exactly one of the texts was
    decided for; else each of them waits, with another one as its rival.
    """
    pages: dict[str, list[RowMerge]] = {}
    for row in merged:
        pages.setdefault(row.match.title, []).append(row)
    return [_settled(rows, form) if len(rows) > 1 else rows for rows in pages.values()]


def _settled(rows: Sequence[RowMerge], form: FicheForm) -> list[RowMerge]:
    settled = list(rows)
    for name in form.order:
        writing = [i for i, row in enumerate(rows) if name in row.verdicts and _writes(row, name)]
        texts = [rows[i].verdicts[name].value for i in writing]
        chosen = {rows[i].verdicts[name].value for i in writing if name in rows[i].decided}
        if len(set(texts)) > 1:
            for i, text in zip(writing, texts, strict=True):
                rival = next(rows[j] for j in writing if rows[j].verdicts[name].value != text)
                if chosen != {text}:
                    settled[i] = _waiting(settled[i], name, rival)
    return settled


def _writes(row: RowMerge, name: str) -> bool:
    return row.verdicts[name].outcome is Outcome.TO_WIKI


def _waiting(row: RowMerge, name: str, rival: RowMerge) -> RowMerge:
    verdict = replace(row.verdicts[name], outcome=Outcome.DECIDE, value=row.cells[name])
    return replace(row, verdicts={**row.verdicts, name: verdict}, rivals={**row.rivals, name: rival.match.row})
