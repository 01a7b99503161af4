"""The kit as a booklet to print: A5 pages with a chapter for each step and a spread for each fiche, as HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from capitalise.exports.formats import Wanted
from capitalise.exports.model import Chapter, Fiche, Kit, Picture, Words
from capitalise.exports.parts import TONES, qr, readable, shape, shown_day, size_of, tool_values, typeset_markup
from capitalise.exports.pictures import picture_of
from capitalise.exports.printed import filled, printed
from capitalise.messages import N_, render
from capitalise.pages.titles import sort_key

__all__ = ["document", "id_of", "make"]

TEMPLATE = "print/booklet.html.jinja"

NOTE_LINES = 21  # on a page with nothing else on it
WORDY = 900  # characters on a left page that leave no room for the pale shape
SHORT = 600  # characters of a chapter's own page that leave room for notes


def make(kit: Kit, wanted: Wanted) -> bytes:
    """HTML or PDF. Raises SettingsError for a template of the workspace that is wrong, or packages that are missing."""
    return printed(TEMPLATE, _values(kit, wanted), kit, wanted)


def document(kit: Kit, wanted: Wanted) -> str:
    """The HTML that the PDF is made from."""
    return filled(TEMPLATE, _values(kit, wanted), kit, wanted)


def _values(kit: Kit, wanted: Wanted) -> Mapping[str, Any]:
    chapters = [_chapter(kit, chapter, wanted) for chapter in kit.chapters if chapter.entries]
    return {
        "chapters": chapters,
        "draft": wanted.draft,
        "depth": wanted.edition.depth,
        "cover": picture_of(wanted.folder, wanted.edition),
        "tools": _index((tool.name, fiche) for fiche in kit for tool in fiche.tools),
        "themes": _index((theme, fiche) for fiche in kit for theme in fiche.themes),
    }


def _chapter(kit: Kit, chapter: Chapter, wanted: Wanted) -> Mapping[str, Any]:
    number = chapter.place
    return {
        "id": f"c{number}",
        "tone": number % len(TONES),
        "shape": shape(number),
        "pale": shape(number, pale=True),
        "name": chapter.name,
        "number": chapter.number,
        "title": chapter.title or render(N_("Not in a step yet"), kit.language),
        "html": typeset_markup(chapter.html, kit.language),
        "entries": [_fiche(kit, fiche, wanted) for fiche in chapter.entries],
        "note_lines": max(0, NOTE_LINES - 5 - len(chapter.entries)) if len(chapter.html) < SHORT else 0,
    }


def _fiche(kit: Kit, fiche: Fiche, wanted: Wanted) -> Mapping[str, Any]:
    since = wanted.since
    changed = since and fiche.changed and fiche.changed >= since
    return {
        "id": id_of(fiche),
        "title": fiche.title,
        "size": size_of(fiche.title),
        "body": [_words(one, kit.language) for one in fiche.body],
        "question": _words(fiche.question, kit.language),
        "sections": [_words(one, kit.language) for one in fiche.sections],
        "tools": [tool_values(one, kit.language) for one in fiche.tools],
        "tools_label": fiche.tools_label,
        "pictures": [_picture(one) for one in fiche.pictures],
        "changed": render(N_("changed since %(day)s", day=_day(since, kit.language)), kit.language) if changed else "",
        "note_lines": _note_lines(fiche, draft=wanted.draft),
        "plain": sum(len(one.text) for one in (*fiche.body, *fiche.sections)) > WORDY
        or (wanted.draft and bool(fiche.empty)),
        "page": fiche.page,
        "page_shown": readable(fiche.page),
        "page_qr": qr(fiche.page),
        "form": fiche.form,
        "form_qr": qr(fiche.form),
    }


def _note_lines(fiche: Fiche, *, draft: bool) -> int:
    """How many ruled lines the right page has room for; none rather than one or two."""
    tools = sum(3 + len(tool.address) // 60 + len(tool.text) // 90 for tool in fiche.tools)
    box = 6 if draft and fiche.tools_label and not fiche.tools else 0
    left = NOTE_LINES - tools - box - 4 * bool(fiche.page) - bool(fiche.tools)
    return left if left > 3 else 0


def id_of(fiche: Fiche) -> str:
    """What its place in the booklet is called."""
    return f"f{hashlib.sha256(fiche.title.encode()).hexdigest()[:12]}"


def _day(since: datetime | None, language: str) -> str:
    return shown_day(since, language) if since else ""


def _words(words: Words, language: str) -> Words:
    return replace(words, html=typeset_markup(words.html, language))


def _picture(picture: Picture) -> Mapping[str, Any]:
    return {
        "data": picture.data,
        "alt": picture.alt,
        "credit": ", ".join(filter(None, (picture.author, picture.licence))),
    }


def _index(entries: Iterable[tuple[str, Fiche]]) -> list[Mapping[str, Any]]:
    """Words with the entries that hold them, in the order of an index."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for words, fiche in entries:
        found.setdefault(words.casefold(), (words, {}))[1][id_of(fiche)] = fiche.title
    return [
        {"words": words, "places": list(places.items())}
        for words, places in sorted(found.values(), key=lambda one: sort_key(one[0]))
    ]
