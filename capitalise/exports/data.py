"""The kit for programs: values by field with their schema, and the words and HTML that readers see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from capitalise.exports.formats import Wanted
from capitalise.exports.model import Fiche, Kit, Words

__all__ = ["make"]

VERSION = 1


def make(kit: Kit, wanted: Wanted) -> bytes:
    """UTF-8 JSON; the same kit gives the same bytes. `docs/exports.md` says what each key is."""
    data = {
        "capitalise": VERSION,
        "title": kit.title,
        "version": kit.version,
        "language": kit.language,
        "licence": kit.licence,
        "publisher": kit.publisher,
        "address": kit.address,
        "taken": kit.taken.isoformat() if kit.taken else None,
        "people": list(kit.people),
        "fields": [{"name": name, "label": label, "type": kind} for name, label, kind in kit.fields],
        "chapters": [
            {"name": one.name, "number": one.number, "title": one.title, "html": one.html} for one in kit.chapters
        ],
        "pages": [_page(one) for one in kit],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _page(fiche: Fiche) -> Mapping[str, Any]:
    return {
        "title": fiche.title,
        "address": fiche.page,
        "revision": fiche.revision,
        "changed": fiche.changed.isoformat() if fiche.changed else None,
        "chapters": list(fiche.chapters),
        "themes": list(fiche.themes),
        "people": list(fiche.people),
        "values": dict(fiche.values),
        "shown": [_shown(one) for one in (*fiche.body, fiche.question, *fiche.sections) if one.text],
        "tools": [{"name": one.name, "address": one.address, "text": one.text} for one in fiche.tools],
    }


def _shown(words: Words) -> Mapping[str, str]:
    return {"label": words.label, "html": words.html, "text": words.text}
