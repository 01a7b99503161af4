"""Pages that are not there: why, where they went, and whether readers see a link to them at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from capitalise.bots.crosslinks.anchors import red_links
from capitalise.bots.crosslinks.cached import heads_of
from capitalise.bots.crosslinks.seen import Seen
from capitalise.pages.answers import recalled
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Absence, KeptAnswer, LogEntry, Shown

__all__ = ["Moved", "beginning", "moved", "red_on", "rename_of", "why_missing"]

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
        return {title: reader.absence(title, beginning(title)) for title in titles}

    return recalled(reader, "absence", missing, ask, _keep_absence, _absence)


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
    return KeptAnswer(json.dumps([log, list(absence.near)]), (title,), beginning(title))


def _absence(data: Any) -> Absence:
    log, near = data
    entries = tuple(LogEntry(kind, datetime.fromisoformat(at), *rest) for kind, at, *rest in log)
    return Absence(entries, tuple(near))


def red_on(reader: Reader, page: str) -> list[str]:
    """The missing pages to which a page leads as readers see it: `#ifexist` asks about pages without a link to them."""

    def ask(_titles: list[str]) -> dict[str, Seen]:
        shown = reader.html_of(page) or Shown("")
        return {page: Seen(sorted(red_links(shown.html)), shown.transcluded)}

    def kept(title: str, red: Seen) -> KeptAnswer:
        return KeptAnswer(json.dumps(red), (title, *(red.what or ()), *red.transcluded))

    return list(recalled(reader, "red", [page], ask, kept, lambda data: Seen(*data))[page].what or ())


def beginning(title: str) -> str:
    """What near titles begin with: the page above a subpage, else three letters."""
    above, slash, _name = title.rpartition("/")
    prefix, colon, name = title.partition(":")
    return f"{above}/" if slash else f"{prefix}:{name[:3]}" if colon else title[:3]
