"""Sheets that stand on the table: the group's side with the question and the game, the facilitator's side with what the page says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from capitalise.exports.formats import Wanted
from capitalise.exports.model import Chapter, Fiche, Kit
from capitalise.exports.parts import TONES, qr, readable, shape, shortened, size_of, tool_values, typeset_markup
from capitalise.exports.printed import printed
from capitalise.exports.shapes import SHAPES
from capitalise.messages import N_, render

__all__ = ["make"]

PLACES = {"axes": 4, "sliders": 6, "bubbles": 6, "grid": 12, "boxes": 8}
LEAST_EMPTY = 2  # places to add one's own, however many tools there are
QUESTION = 220  # characters of the large question


def make(kit: Kit, wanted: Wanted) -> bytes:
    """HTML or PDF. Raises SettingsError for a template of the workspace that is wrong, or packages that are missing."""
    sheets = [_sheet(kit, wanted, chapter, fiche) for chapter in kit.chapters for fiche in chapter.entries]
    values = {"sheets": sheets, "paper": wanted.paper}
    return printed("print/easel.html.jinja", values, kit, wanted)


def _sheet(kit: Kit, wanted: Wanted, chapter: Chapter, fiche: Fiche) -> Mapping[str, Any]:
    game = _shape(fiche.shape) or _shape(wanted.edition.shape) or "boxes"
    question = fiche.question.text or (fiche.body[0].text if fiche.body else "") or fiche.title
    words = [
        one for one in (*fiche.body, *([fiche.question] if fiche.question.label else []), *fiche.sections) if one.label
    ]
    return {
        "running_number": fiche.number,
        "tone": chapter.place % len(TONES),
        "shape": shape(chapter.place),
        "chapter": chapter.name or render(N_("Not in a step yet"), kit.language),
        "title": fiche.title,
        "size": size_of(fiche.title),
        "question": shortened(question, QUESTION),
        "game": game,
        "places": _places(fiche, game),
        "sections": [replace(one, html=typeset_markup(one.html, kit.language)) for one in words],
        "tools": [tool_values(one, kit.language) for one in fiche.tools],
        "tools_label": fiche.tools_label,
        "page": fiche.page,
        "page_shown": readable(fiche.page),
        "page_qr": qr(fiche.page),
    }


def _shape(words: str) -> str:
    """The game that some words mean, "" for none."""
    said = words.strip().casefold()
    return next((name for name, known in SHAPES.items() if said in known), "")


def _places(fiche: Fiche, game: str) -> list[str]:
    """What stands in the places of a game: the tools' names, then empty ones to write into."""
    names = [tool.name for tool in fiche.tools][: PLACES[game] - LEAST_EMPTY]
    return [*names, *[""] * (PLACES[game] - len(names))]
