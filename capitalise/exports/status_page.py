"""The status of a kit as one landscape page to print, or as wikitext to paste."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from capitalise.exports.templates import render_template

__all__ = ["PAPERS", "StatusCell", "StatusGroup", "StatusRow", "status_page", "status_wikitext"]

#: Width and height between the margins, in millimetres, landscape.
PAPERS = {"a4": (277.0, 190.0), "a3": (400.0, 277.0)}
READABLE = 7.5  # points: with letters as large as that, one column with everybody's names
FILLED = 0.72  # of the paper by the estimate: tables are not cut where it would suit


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
    columns, size = _fitted(groups, labels, paper)
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
        size=size,
        columns=columns,
    )


def _fitted(groups: Sequence[StatusGroup], labels: Sequence[str], paper: str) -> tuple[int, float]:
    """Into how many columns the page is set, and the largest letters, in points, with which all stands on one sheet."""
    sizes = [size / 4 for size in range(48, 9, -1)]
    tries = [(1, size) for size in sizes if size >= READABLE] + [(n, size) for size in sizes for n in (1, 2, 3, 4)]
    width, height = PAPERS[paper]
    for columns, size in tries:
        needed = _height(groups, labels, width / columns, size, names=columns == 1)
        if needed <= height * columns * FILLED:
            return columns, size
    return 4, sizes[-1]


def _height(groups: Sequence[StatusGroup], labels: Sequence[str], width: float, size: float, *, names: bool) -> float:
    """About how many millimetres a column of some `width` takes; with `names`, cells say who wrote."""
    letter = size * 0.3528 * 0.6
    cell = max([*(len(label) * 0.75 for label in labels), 26 if names else 4]) + 2
    room = width / letter - cell * len(labels)
    if room < 14:
        return math.inf
    rows = sum(math.ceil(len(row.title) / room) + 0.45 for group in groups for row in group.rows)
    return (rows + len(groups) * 4.2 + 4) * size * 0.3528 * 1.3


def status_wikitext(
    folder: Path | None,
    language: str,
    *,
    name: str,
    taken: datetime | None,
    labels: Sequence[str],
    groups: Sequence[StatusGroup],
    legend: Sequence[tuple[str, str]],
) -> str:
    """A table of all steps, as wikitext; `taken` None leaves the date out, so that only news change the text."""
    return render_template(
        "status.wiki.jinja", folder, language, name=name, taken=taken, labels=labels, groups=groups, legend=legend
    )
