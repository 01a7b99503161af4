"""Findings as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from capitalise.messages import render
from capitalise.plans.model import Finding

__all__ = ["COLUMNS", "findings_csv"]

COLUMNS = ("wiki", "title", "section", "line", "field", "rule", "message", "suggestion", "address", "score")


def findings_csv(findings: Iterable[Finding], language: str) -> bytes:
    """UTF-8 with a byte order mark and semicolons, as spreadsheets in French expect; no cell is a formula."""
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(COLUMNS)
    for one in findings:
        cells = (
            one.wiki,
            one.title,
            one.section,
            one.line or "",
            one.field,
            one.rule,
            render(one.message, language),
            one.suggestion,
            one.address,
        )
        table.writerow([*map(_text, map(str, cells)), "" if one.score is None else f"{one.score:.1f}"])
    return out.getvalue().encode("utf-8-sig")


def _text(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
