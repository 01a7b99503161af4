"""Pages that are not there: why, where they went, and whether readers see a link to them at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from capitalise.bots.crosslinks.anchors import red_links
from capitalise.bots.crosslinks.cached import heads_of
from capitalise.bots.crosslinks.seen import Seen
from capitalise.pages.answers import recalled
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Absence, KeptAnswer, LogEntry, Shown

__all__ = ["Moved", "moved", "red_on", "rename_of", "titles_near", "why_missing"]

MOST_RENAMES = 5


@dataclass(frozen=True)
class Moved:
    """Where a page that was renamed is now, after all its renames, and when the last of them was. Not `sure` where something
    was deleted there afterwards (the redirect, or what somebody had written instead of it), where the page went to another
    namespace, or is a redirect now."""

    title: str
    at: datetime
    sure: bool = True


def why_missing(reader: Reader, missing: Iterable[str]) -> dict[str, Absence]:
    """Why some pages are not there: one request for each, the first time."""

    def ask(titles: list[str]) -> dict[str, Absence]:
        return {title: reader.absence(title) for title in titles}

    return recalled(reader, "absences", missing, ask, _keep_absence, _absence)


def moved(reader: Reader, title: str, absence: Absence) -> Moved | None:
    """Where a page is now, rename after rename; None where it was not renamed, or the last place is empty."""
    seen, sure = {title}, True
    for _rename in range(MOST_RENAMES):
        entry = rename_of(absence)
        if entry is None or entry.target in seen:
            return None
        seen.add(entry.target)
        sure = sure and entry is absence.log[0] and _space(title, reader) == _space(entry.target, reader)
        head = heads_of(reader, [entry.target])[entry.target]
        if head.revision:
            return Moved(head.redirect or head.title, entry.at, sure and not head.redirect)
        absence = why_missing(reader, [entry.target])[entry.target]
    return None


def _space(title: str, reader: Reader) -> str:
    prefix, colon, _name = title.partition(":")
    return prefix.casefold() if colon and prefix.casefold() in reader.namespace_names() else ""


def rename_of(absence: Absence) -> LogEntry | None:
    """The rename that explains why nothing is there: the last entry, or the last but for the redirect that went after it."""
    newest = [entry for entry in absence.log if entry.kind in ("move", "delete", "create")]
    if newest[:1] and newest[0].kind == "delete":
        newest = newest[1:]
    return newest[0] if newest[:1] and newest[0].kind == "move" and newest[0].target else None


def _keep_absence(title: str, absence: Absence) -> KeptAnswer:
    log = [[e.kind, e.at.isoformat(), e.user, e.comment, e.target] for e in absence.log]
    return KeptAnswer(json.dumps(log), (title,))


def _absence(data: Any) -> Absence:
    return Absence(tuple(LogEntry(kind, datetime.fromisoformat(at), *rest) for kind, at, *rest in data))


def titles_near(reader: Reader, missing: Iterable[str]) -> list[str]:
    """All titles that a slip in some missing ones may have meant: those that begin with the same letter, with or without its accent.
    Listed once, and again as far as recent changes say that pages came or went."""

    def ask(left: list[str]) -> dict[str, list[str]]:
        return {one: list(reader.titles_beginning(one)) for one in left}

    beginnings = dict.fromkeys(one for title in missing for one in _beginnings(title))
    found = recalled(reader, "titles", beginnings, ask, lambda one, some: KeptAnswer(json.dumps(some), (), one), list)
    return [title for some in found.values() for title in some]


#: Letters that are the same but for an accent or a ligature, as titles begin with them.
_LETTERS = ("AÀÂÄÆ", "CÇ", "EÉÈÊË", "IÎÏ", "OÔÖŒ", "UÙÛÜ")


def _beginnings(title: str) -> Iterator[str]:
    prefix, colon, name = title.partition(":")
    space, name = (f"{prefix}:", name.lstrip()) if colon and name else ("", title)
    first = name[:1].upper()
    same = next((letters for letters in _LETTERS if first in letters), first)
    yield from (f"{space}{letter}" for letter in same)
    if space and prefix:  # or no namespace at all
        yield title[:1].upper()


def red_on(reader: Reader, page: str) -> list[str]:
    """The missing pages to which a page leads as readers see it: `#ifexist` asks about pages without a link to them."""

    def ask(_titles: list[str]) -> dict[str, Seen]:
        shown = reader.html_of(page) or Shown("")
        return {page: Seen(sorted(red_links(shown.html)), shown.transcluded)}

    def kept(title: str, red: Seen) -> KeptAnswer:
        return KeptAnswer(json.dumps(red), (title, *(red.what or ()), *red.transcluded))

    return list(recalled(reader, "red", [page], ask, kept, lambda data: Seen(*data))[page].what or ())
