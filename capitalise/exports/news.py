"""What was added or rewritten since a day, and by whom: as text and as HTML, for a mailing list."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from capitalise.exports.formats import Wanted
from capitalise.exports.model import Fiche, Kit
from capitalise.exports.parts import shown_day
from capitalise.exports.templates import render_template
from capitalise.messages import N_, Message, render

__all__ = ["make"]

WIDTH = 72  # of a mail's lines
LINES = 320  # characters of what a new page says


def make(kit: Kit, wanted: Wanted) -> bytes:
    """Raises SettingsError for a template of the workspace that is wrong."""
    since = wanted.since
    assert since is not None, "the command line asks for it"
    fresh = [
        (chapter.name, fiche)
        for chapter in kit.chapters
        for fiche in chapter.entries
        if fiche.changed and fiche.changed >= since
    ]
    added = [(name, one) for name, one in fresh if one.created and one.created >= since]
    rewritten = [pair for pair in fresh if pair not in added]
    groups = [(N_("New pages"), added), (N_("Rewritten pages"), rewritten)]
    if wanted.ending == ".txt":
        return _text(kit, since, groups).encode()
    values = {
        "language": kit.language,
        "title": kit.title,
        "day": shown_day(since, kit.language),
        "groups": [
            (render(name, kit.language), [_entry(one, chapter, since) for chapter, one in some])
            for name, some in groups
            if some
        ],
        "address": kit.address,
    }
    return render_template("print/news.html.jinja", wanted.folder, kit.language, **values).encode()


def _entry(fiche: Fiche, chapter: str, since: datetime) -> Mapping[str, Any]:
    words = " ".join(one.text for one in fiche.body).replace("\n", " ")
    return {
        "title": fiche.title,
        "chapter": chapter,
        "words": textwrap.shorten(words, LINES, placeholder=" …") if words else "",
        "people": ", ".join(dict.fromkeys(name for name, at in fiche.edits if at >= since)),
        "page": fiche.page,
    }


def _text(kit: Kit, since: datetime, groups: Sequence[tuple[Message, Sequence[tuple[str, Fiche]]]]) -> str:
    day = shown_day(since, kit.language)
    lines = [render(N_("%(title)s: what is new since %(day)s", title=kit.title, day=day), kit.language), ""]
    for name, some in groups:
        if some:
            lines += [f"{render(name, kit.language)} ({len(some)})", "=" * WIDTH, ""]
            lines += [line for chapter, one in some for line in _lines(kit, _entry(one, chapter, since))]
    if not any(some for _name, some in groups):
        lines.append(render(N_("Nothing changed."), kit.language))
    return "\n".join([*lines, kit.address]).rstrip() + "\n"


def _lines(kit: Kit, entry: Mapping[str, Any]) -> list[str]:
    by = [render(N_("by %(people)s", people=entry["people"]), kit.language)] if entry["people"] else []
    wrapped = textwrap.wrap(entry["words"], WIDTH, break_long_words=False, break_on_hyphens=False)
    return [
        f"* {entry['title']} ({entry['chapter']})" if entry["chapter"] else f"* {entry['title']}",
        *wrapped,
        *by,
        entry["page"],
        "",
    ]
