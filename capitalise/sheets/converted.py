"""Pandoc's answers, kept on this machine by what it was asked: a note that did not change is not converted again.

A cache and nothing else: deleting it, or losing it to a crash, costs seconds and never changes a result.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing, suppress

from platformdirs import user_cache_path

__all__ = ["converted"]

MOST = 5_000  # answers; the oldest go first


def converted(asked: Iterable[bytes], ask: Callable[[], bytes]) -> bytes:
    """The answer to what was `asked` (everything that it depends on), from here or by asking. Raises what `ask` raises."""
    key = hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in asked)).digest()
    with suppress(sqlite3.Error, OSError, zlib.error), closing(_opened()) as kept:
        for (answer,) in kept.execute("SELECT answer FROM answer WHERE asked = ?", (key,)):
            return zlib.decompress(answer)
    made = ask()
    with suppress(sqlite3.Error, OSError), closing(_opened()) as kept, kept:
        kept.execute("INSERT OR REPLACE INTO answer (asked, answer) VALUES (?, ?)", (key, zlib.compress(made)))
        kept.execute("DELETE FROM answer WHERE n <= (SELECT max(n) FROM answer) - ?", (MOST,))
    return made


def _opened() -> sqlite3.Connection:
    """For its owner only: notes are in it. Raises sqlite3.Error, OSError."""
    folder = user_cache_path("capitalise")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "pandoc.sqlite"
    path.touch(mode=0o600)
    kept = sqlite3.connect(path, timeout=2)
    try:
        kept.execute(
            "CREATE TABLE IF NOT EXISTS answer (n INTEGER PRIMARY KEY AUTOINCREMENT, asked BLOB UNIQUE, answer BLOB)"
        )
    except sqlite3.DatabaseError:
        kept.close()
        path.unlink(missing_ok=True)  # what is no database is begun anew, next time
        raise
    return kept
