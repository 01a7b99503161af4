"""What never changes, kept on this machine so that it is not asked for and parsed again: revisions by number,
the cells that a form reads in a text, and which pages a start will ask for.

A cache and nothing else: deleting it, or losing it to a crash, costs requests and never changes a result.
Whether a revision still may be shown, and whose page it is now, is asked of the wiki and not of the cache.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from capitalise.pages.revisions import KeptAnswer, Revision
from capitalise.wikitext.canonical import digest

__all__ = ["CellMemo", "RevisionCache", "cache_of", "open_cache"]

VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS revision (id INTEGER PRIMARY KEY, parent INTEGER, title TEXT, user TEXT, comment TEXT, time TEXT, sha1 TEXT, text TEXT);
CREATE TABLE IF NOT EXISTS cells (form TEXT, sha1 TEXT, json TEXT, PRIMARY KEY (form, sha1)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS asked (title TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answer (kind TEXT, name TEXT, text TEXT, titles TEXT, beginning TEXT, PRIMARY KEY (kind, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""


def open_cache(path: Path) -> RevisionCache:
    """The cache in a file; one that cannot be used is begun anew, or kept in memory where that fails too."""
    for place in (path, path, None):
        try:
            if place:
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return RevisionCache(str(place or ":memory:"))
        except (sqlite3.Error, OSError):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    raise AssertionError("SQLite cannot open a database in memory")


def cache_of(address: str) -> RevisionCache:
    """What this machine keeps of the wiki whose api.php is at `address`."""
    place = hashlib.sha256(address.encode()).hexdigest()[:16]
    return open_cache(user_cache_path("capitalise") / f"{place}.sqlite")


class RevisionCache:
    """Raises sqlite3.Error only while it is opened; afterwards what cannot be read or kept is passed over."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, timeout=2, isolation_level=None)
        if self.db.execute("PRAGMA user_version").fetchone()[0] not in (0, VERSION):
            raise sqlite3.DatabaseError("another version")
        self.db.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA user_version={VERSION};{_SCHEMA}"
        )

    def close(self) -> None:
        self.db.close()

    def clear(self) -> None:
        """Forget everything."""
        for table in ("revision", "cells", "asked", "answer", "fact"):
            self._write(f"DELETE FROM {table} WHERE ? = ''", [("",)])  # noqa: S608 - our own names

    def revisions(self, ids: Iterable[int]) -> dict[int, Revision]:
        """Those that are kept; their titles are the ones of then."""
        return {row[0]: _revision(row) for row in self._some("SELECT * FROM revision WHERE id IN ", list(ids))}

    def keep(self, revisions: Iterable[Revision]) -> None:
        """Those whose text is what its sha1 says."""
        rows = [
            (r.id, r.parent, r.title, r.user, r.comment, r.timestamp.isoformat(), r.sha1, r.text)
            for r in revisions
            if r.text is not None and r.sha1 == digest(r.text)
        ]
        self._write("INSERT OR REPLACE INTO revision VALUES (?,?,?,?,?,?,?,?)", rows)

    def asked(self) -> list[str]:
        """Titles of forms and templates that earlier starts needed."""
        return [row[0] for row in self._read("SELECT title FROM asked ORDER BY title LIMIT 50", ())]

    def will_ask(self, titles: Iterable[str]) -> None:
        self._write("INSERT OR IGNORE INTO asked VALUES (?)", [(title,) for title in titles])

    def fact(self, name: str) -> str:
        return next((str(row[0]) for row in self._read("SELECT value FROM fact WHERE name = ?", (name,))), "")

    def learn(self, name: str, value: str) -> None:
        self._write("INSERT OR REPLACE INTO fact VALUES (?,?)", [(name, value)])

    def answers(self, kind: str) -> dict[str, str]:
        """What is kept of a kind, by name."""
        return dict(self._read("SELECT name, text FROM answer WHERE kind = ?", (kind,)))

    def keep_answers(self, kind: str, answers: Mapping[str, KeptAnswer], only_if: tuple[str, str]) -> None:
        """Kept only while a fact is what it was."""
        rows = [(kind, n, a.text, json.dumps(a.titles), a.beginning, *only_if) for n, a in answers.items()]
        self._write(
            "INSERT OR REPLACE INTO answer SELECT ?,?,?,?,? WHERE (SELECT value FROM fact WHERE name = ?) = ?", rows
        )

    def forget_answers(self, holds: Callable[[KeptAnswer], bool]) -> None:
        """Drop the answers that do not hold any more."""
        rows = self._read("SELECT kind, name, titles, beginning FROM answer", ())
        gone = [
            (kind, name)
            for kind, name, titles, beginning in rows
            if not holds(KeptAnswer("", tuple(json.loads(titles)), beginning))
        ]
        self._write("DELETE FROM answer WHERE kind = ? AND name = ?", gone)

    def _some(self, query: str, keys: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            yield from self._read(f"{query}({','.join('?' * len(some))})", some)

    def _read(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            return self.db.execute(query, values).fetchall()
        except sqlite3.Error:
            return []

    def _write(self, query: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            with suppress(sqlite3.Error), self.db:
                self.db.execute("BEGIN")
                self.db.executemany(query, rows)


class CellMemo(MutableMapping[str, dict[str, str]]):
    """The cells that one form reads in a text, by the text's sha1."""

    def __init__(self, cache: RevisionCache, form: str) -> None:
        self.cache, self.form = cache, form
        self.known: dict[str, dict[str, str]] = {}

    def __getitem__(self, key: str) -> dict[str, str]:
        if key not in self.known:
            found = self.cache._read("SELECT json FROM cells WHERE form = ? AND sha1 = ?", (self.form, key))
            if not found:
                raise KeyError(key)
            self.known[key] = json.loads(found[0][0])
        return self.known[key]

    def __setitem__(self, key: str, cells: dict[str, str]) -> None:
        self.known[key] = cells
        row = (self.form, key, json.dumps(cells, ensure_ascii=False))
        self.cache._write("INSERT OR REPLACE INTO cells VALUES (?,?,?)", [row])

    def __delitem__(self, key: str) -> None:
        del self.known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def _revision(row: tuple[Any, ...]) -> Revision:
    number, parent, title, user, comment, time, sha1, text = row
    return Revision(number, parent, title, user, comment, datetime.fromisoformat(time), sha1, text)
