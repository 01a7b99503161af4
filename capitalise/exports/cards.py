"""Cards: four A6 to an A4 with cut marks; the backs are mirrored, so that they meet their fronts on paper turned over its long edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capitalise.exports.formats import Wanted
from capitalise.exports.model import Chapter, Fiche, Kit
from capitalise.exports.parts import TONES, qr, readable, shape, shortened, size_of
from capitalise.exports.printed import printed

__all__ = ["make"]

ON_SHEET = 4
LINES = 140  # characters: three lines of a card's back
QUESTION = 160
TITLE = 110
ADDRESS = 130  # characters: two lines below the code


def make(kit: Kit, wanted: Wanted) -> bytes:
    """HTML or PDF. Raises SettingsError for a template of the workspace that is wrong, or packages that are missing."""
    cards = [_card(chapter, fiche) for chapter in kit.chapters for fiche in chapter.entries]
    blank: list[Mapping[str, Any]] = [{}] * (-len(cards) % ON_SHEET)
    whole = [*cards, *blank]
    sheets = [whole[n : n + ON_SHEET] for n in range(0, len(whole), ON_SHEET)]
    backs = [[some[1], some[0], some[3], some[2]] for some in sheets]
    return printed("print/cards.html.jinja", {"sheets": list(zip(sheets, backs, strict=True))}, kit, wanted)


def _card(chapter: Chapter, fiche: Fiche) -> Mapping[str, Any]:
    body = fiche.body[0].text if fiche.body else ""
    return {
        "tone": chapter.place % len(TONES),
        "shape": shape(chapter.place),
        "number": chapter.number,
        "chapter": chapter.title,
        "title": fiche.title,
        "short_title": shortened(fiche.title, TITLE),
        "size": size_of(fiche.title),
        "question": shortened(fiche.question.text, QUESTION),
        "lines": shortened(body, LINES),
        "page": fiche.page,
        "page_shown": shown if len(shown := readable(fiche.page)) <= ADDRESS else "",
        "qr": qr(fiche.page),
    }
