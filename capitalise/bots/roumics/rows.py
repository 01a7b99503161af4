"""A table of sessions, as a sheet or a TOML holds it, into sessions. What cannot be read stays beside them as it was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from capitalise.bots.roumics.event import Session, read_day, read_speakers, read_time
from capitalise.sheets.table import Table, heading_key

__all__ = ["COLUMNS", "HEADINGS", "read_row", "read_rows", "sessions_table"]

#: The columns of the sheet, by the name of their key in the TOML; other spellings are known besides.
HEADINGS = {
    "day": "jour",
    "start": "début",
    "end": "fin",
    "title": "titre",
    "room": "salle",
    "speakers": "intervenants",
    "pad": "pad",
    "notes": "notes",
    "page": "page",
}
COLUMNS = tuple(HEADINGS.values())
_ALSO = {
    "date": "day",
    "heure": "start",
    "heure de debut": "start",
    "heure de fin": "end",
    "atelier": "title",
    "session": "title",
    "lieu": "room",
    "intervenant": "speakers",
    "intervenante": "speakers",
    "intervenant es": "speakers",
    "intervenant·e·s": "speakers",
    "animation": "speakers",
    "adresse du pad": "pad",
    "fichier": "notes",
    "compte rendu": "notes",
}
_KEYS = {heading_key(heading): key for key, heading in HEADINGS.items()} | {key: key for key in HEADINGS} | _ALSO


def read_rows(table: Table, years: Sequence[int]) -> tuple[list[Session], list[str]]:
    """The sessions of a table, and its headings that mean nothing here. A day holds for the rows below it until another one;
    rows without any word are left out, and columns that mean nothing, or the same as one before."""
    meant = [_KEYS.get(heading_key(heading), "") for heading in table.header]
    keys = [key if key not in meant[:n] else "" for n, key in enumerate(meant)]  # the first of two that mean the same
    sessions: list[Session] = []
    day: date | None = None
    for line, row in enumerate(table.rows, start=2):
        cells = {key: " \n".join(t for _k, t in some) for key, some in _by_key(keys, row)}
        if not any(cells.values()):
            continue
        session = read_row(cells, f"{table.path}, {line}", years, day)
        day = session.day if cells.get("day") else day  # below a day that cannot be read none is known
        sessions.append(session)
    return sessions, [heading for heading, key in zip(table.header, keys, strict=True) if not key and heading.strip()]


def _by_key(keys: Sequence[str], row: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    pairs = sorted(((key, text.strip()) for key, text in zip(keys, row, strict=True) if key), key=lambda pair: pair[0])
    return [(key, [p for p in some if p[1]]) for key, some in groupby(pairs, key=lambda pair: pair[0])]


def read_row(cells: Mapping[str, str], at: str, years: Sequence[int], day: date | None = None) -> Session:
    """One session from its cells by key."""
    read_day_ = read_day(cells.get("day", ""), years)
    times = {key: read_time(cells.get(key, "")) for key in ("start", "end")}
    read = {"day": read_day_, **times}
    problems = tuple((HEADINGS[key], cells[key]) for key, value in read.items() if cells.get(key) and value is None)
    return Session(
        " ".join(cells.get("title", "").split()),
        read_day_ if cells.get("day") else day,
        times["start"],
        times["end"],
        cells.get("room", ""),
        read_speakers(cells.get("speakers", "")),
        cells.get("pad", ""),
        cells.get("notes", ""),
        cells.get("page", ""),
        at,
        problems,
    )


def sessions_table(path: str, sessions: Sequence[Session]) -> Table:
    """The sheet of an edition, as it is made anew."""
    rows = [
        (
            one.day.strftime("%d/%m/%Y") if one.day else "",
            one.start.strftime("%Hh%M") if one.start else "",
            one.end.strftime("%Hh%M") if one.end else "",
            one.title,
            one.room,
            "\n".join(f"{s.name}, {s.role}" if s.role else s.name for s in one.speakers),
            one.pad,
            one.notes,
            one.page,
        )
        for one in sessions
    ]
    return Table(path, COLUMNS, tuple(rows), format="ods")
