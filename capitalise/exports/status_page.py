"""The status of a kit as one landscape page to print, or as wikitext to paste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from capitalise.exports.templates import render_template

__all__ = ["PAPERS", "StatusCell", "StatusGroup", "StatusRow", "status_page", "status_wikitext"]

PAPERS = ("a4", "a3")


@dataclass(frozen=True)
class StatusCell:
    """One field: its state's name, the sign that stands for it, who wrote it and when, in words."""

    state: str
    sign: str
    who: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class StatusRow:
    """One page."""

    title: str
    cells: tuple[StatusCell, ...]
    complete: bool


@dataclass(frozen=True)
class StatusGroup:
    """One step with its pages."""

    name: str
    rows: tuple[StatusRow, ...]


def status_page(
    folder: Path | None,
    language: str,
    *,
    name: str,
    taken: datetime,
    labels: Sequence[str],
    groups: Sequence[StatusGroup],
    legend: Sequence[tuple[str, str]],
    paper: str = "a4",
) -> str:
    """HTML without scripts, for one landscape sheet of `paper`; its letters get smaller with what is on it."""
    lines = sum(len(group.rows) + 1.3 for group in groups) + 5
    height = {"a4": 190.0, "a3": 277.0}[paper]  # millimetres between the margins
    size = max(5.0, min(13.0, height / lines / 0.3528 / 1.55))  # points
    return render_template(
        "status.html.jinja",
        folder,
        language,
        language=language,
        name=name,
        taken=taken,
        labels=labels,
        groups=groups,
        legend=legend,
        paper=paper,
        size=round(size, 1),
    )


def status_wikitext(
    folder: Path | None,
    language: str,
    *,
    name: str,
    taken: datetime,
    labels: Sequence[str],
    groups: Sequence[StatusGroup],
    legend: Sequence[tuple[str, str]],
) -> str:
    """A table a step, as wikitext."""
    return render_template(
        "status.wiki.jinja", folder, language, name=name, taken=taken, labels=labels, groups=groups, legend=legend
    )
