"""Findings as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

from capitalise.messages import N_, Message, render
from capitalise.plans.model import Finding

__all__ = ["COLUMNS", "findings_csv"]

COLUMNS = (
    N_("wiki"),
    N_("page"),
    N_("section"),
    N_("line"),
    N_("field"),
    N_("rule"),
    N_("what is wrong"),
    N_("to write instead"),
    N_("address"),
    N_("likeness"),
)


def findings_csv(findings: Iterable[Finding], named: Callable[[str], Message], language: str) -> bytes:
    """Headings and rules (as `named`) in words. UTF-8 with a byte order mark and semicolons, as spreadsheets in French expect; no cell is a formula."""
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow([render(heading, language) for heading in COLUMNS])
    for one in findings:
        cells = (
            one.wiki,
            one.title,
            one.section,
            one.line or "",
            one.field,
            render(named(one.rule), language),
            render(one.message, language),
            one.suggestion,
            one.address,
        )
        table.writerow([*map(_text, map(str, cells)), "" if one.score is None else f"{one.score:.1f}"])
    return out.getvalue().encode("utf-8-sig")


def _text(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
