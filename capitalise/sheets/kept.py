"""What files were read as, kept on this machine by their bytes: a note or a sheet that did not change is not read again.

A cache and nothing else: deleting it, or losing it to a crash, costs seconds and never changes a result.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from capitalise.messages import Message
from capitalise.sheets.table import Table

if TYPE_CHECKING:
    import sqlite3

__all__ = ["kept", "kept_table"]

MOST_BYTES = 64 * 1024 * 1024  # of answers; the oldest go first
_SCHEMA = "CREATE TABLE IF NOT EXISTS answer (n INTEGER PRIMARY KEY AUTOINCREMENT, asked BLOB UNIQUE, answer BLOB)"
_OLDEST = "SELECT n FROM (SELECT n, sum(length(answer)) OVER (ORDER BY n DESC) AS bytes FROM answer) WHERE bytes > ?"


def kept(asked: Iterable[bytes], ask: Callable[[], bytes]) -> bytes:
    """The answer to what was `asked` (everything that it depends on), from here or by asking. Raises what `ask` raises."""
    import sqlite3

    key = hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in asked)).digest()
    with suppress(sqlite3.Error, OSError, zlib.error, TypeError), closing(_opened()) as known:
        for (answer,) in known.execute("SELECT answer FROM answer WHERE asked = ?", (key,)):
            whole = zlib.decompress(answer)
            if whole[:64] == key + hashlib.sha256(whole[64:]).digest():  # a damaged index gives another's answer
                return whole[64:]
    made = ask()
    with suppress(sqlite3.Error, OSError), closing(_opened()) as known, known:
        known.execute(
            "INSERT OR REPLACE INTO answer (asked, answer) VALUES (?, ?)",
            (key, zlib.compress(key + hashlib.sha256(made).digest() + made)),
        )
        known.execute(f"DELETE FROM answer WHERE n IN ({_OLDEST})", (MOST_BYTES,))  # noqa: S608 - our own words
    return made


def kept_table(asked: Iterable[bytes], read: Callable[[], Table]) -> Table:
    """The table that a file is read as; the same where it, and the code that reads it, are the same. Raises what `read` raises."""
    try:
        return _table(json.loads(kept([_code(), *asked], lambda: json.dumps(_plain(read())).encode())))
    except (ValueError, TypeError, KeyError, AttributeError):  # what is kept is no table
        return read()


@cache
def _code() -> bytes:
    """What stands for the code that reads sheets: another version may read them otherwise."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    versions = " ".join(f"{name} {version(name)}" for name in ("lxml", "openpyxl", "python-calamine"))
    return versions.encode() + b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)


def _plain(table: Table) -> list[Any]:
    odd = [[line, column, _words(why)] for (line, column), why in table.odd.items()]
    drops = [_words(one) for one in table.drops]
    return [table.path, table.header, table.rows, odd, table.hidden, table.format, table.readonly, drops]


def _table(plain: list[Any]) -> Table:
    path, header, rows, odd, hidden, kind, readonly, drops = plain
    why = {(line, column): _message(words) for line, column, words in odd}
    rows = tuple(map(tuple, rows))
    return Table(path, tuple(header), rows, why, hidden, kind, readonly, tuple(map(_message, drops)))


def _words(message: Message) -> dict[str, Any]:
    values = {
        name: _words(value) if isinstance(value, Message) else value if isinstance(value, int) else str(value)
        for name, value in message.values.items()
    }
    return {"text": message.text, "values": values, "plural": message.plural, "count": message.count}


def _message(words: dict[str, Any]) -> Message:
    values = {name: _message(value) if isinstance(value, dict) else value for name, value in words["values"].items()}
    return Message(words["text"], values, words["plural"], words["count"])


def _opened() -> sqlite3.Connection:
    """For its owner only: notes are in it. Raises sqlite3.Error, OSError."""
    import sqlite3  # pure rooms name the kinds of notes, and open no file

    folder = user_cache_path("capitalise")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "files.sqlite"
    path.touch(mode=0o600)
    known = sqlite3.connect(path, timeout=2)
    try:
        known.execute(_SCHEMA)
    except sqlite3.DatabaseError as error:
        known.close()
        if error.sqlite_errorcode in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            path.unlink(missing_ok=True)  # begun anew, next time
        raise
    return known
