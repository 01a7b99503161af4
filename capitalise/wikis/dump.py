"""A wiki in an XML dump (`.xml`, `.xml.bz2`, `.xml.gz`, `.xml.zst`, in several parts), as dumps.wikimedia.org gives them or Special:Export makes them.

The file is gone through once, page by page, into an index on this machine; memory does not grow with it. Of a dump with
whole histories the last revision of each page counts. It is read only: nothing can be written there.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from capitalise.errors import WikiError
from capitalise.files import reason
from capitalise.messages import N_
from capitalise.pages.revisions import Absence, Head, Revision
from capitalise.pages.titles import normal_title
from capitalise.wikis.dump_xml import DumpPage, opened, read_dump
from capitalise.wikis.parsing import batches
from capitalise.wikis.serverless import ReadOnly, belongs, links_to
from capitalise.wikis.wikimedia import sister_prefixes
from capitalise.wikitext.canonical import digest
from capitalise.wikitext.redirects import redirect_of

__all__ = ["DumpWiki", "open_dump"]

_VERSION = "2"
_SCHEMA = """
CREATE TABLE page (title TEXT PRIMARY KEY, id INTEGER, space INTEGER, revision INTEGER, parent INTEGER, user TEXT, comment TEXT,
    time TEXT, sha1 TEXT, redirect TEXT, section TEXT, text BLOB) WITHOUT ROWID;
CREATE INDEX by_revision ON page (revision);
CREATE INDEX by_id ON page (id);
CREATE TABLE site (json TEXT);
"""
#: What every MediaWiki understands, whatever its language (MediaWiki's NamespaceInfo::CANONICAL_NAMES).
_CANONICAL = {
    "1": "talk",
    "2": "user",
    "3": "user talk",
    "4": "project",
    "5": "project talk",
    "6": "file",
    "7": "file talk",
    "8": "mediawiki",
    "10": "template",
    "11": "template talk",
    "12": "help",
    "14": "category",
}
_REVISION = "revision, parent, title, user, comment, time, sha1, text"


def open_dump(key: str, path: Path) -> DumpWiki:
    """The wiki in a file, or in the parts that a pattern names (`dumps/frwikiversity-*.xml-p*.bz2`). Raises WikiError where there is no such file, or
    it is no dump."""
    parts = sorted(path.parent.glob(path.name)) if any(sign in path.name for sign in "*?[") else []
    paths = parts or [path]
    try:
        stats = [(one.resolve(), one.stat()) for one in paths]
    except OSError as error:
        why = reason(error)
        raise WikiError(
            N_("The dump %(file)s of the wiki “%(key)s” cannot be read: %(why)s", file=path, key=key, why=why)
        ) from error
    named = " ".join([_VERSION, *(f"{one} {stat.st_size} {stat.st_mtime_ns}" for one, stat in stats)])
    index = user_cache_path("capitalise") / f"dump-{hashlib.sha256(named.encode()).hexdigest()[:16]}.sqlite"
    if not index.exists():
        index.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = index.with_suffix(".part")
        half.unlink(missing_ok=True)
        _build(half, paths)
        half.replace(index)
    return DumpWiki(key, index)


def _build(index: Path, paths: Sequence[Path]) -> None:
    """The pages of all parts; of a page that stands in two, the later part counts."""
    try:
        with closing(sqlite3.connect(index)) as db:
            db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
            for path in paths:
                _read_into(db, path)
            db.commit()
    except (WikiError, sqlite3.Error):
        index.unlink(missing_ok=True)
        raise


def _read_into(db: sqlite3.Connection, path: Path) -> None:
    try:
        with opened(path) as file:
            for some in _many(_rows(db, file)):
                db.executemany("INSERT OR REPLACE INTO page VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", some)
    except (WikiError, sqlite3.Error):
        raise
    except Exception as error:  # whatever a parser of damaged files comes to
        why = reason(error) if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
        raise WikiError(
            N_("%(file)s is no whole dump of a MediaWiki (%(why)s): fetch it again.", file=path, why=why)
        ) from error


def _many(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows by the thousand."""
    some: list[tuple[Any, ...]] = []
    for row in rows:
        some.append(row)
        if len(some) == 1000:
            yield some
            some = []
    yield some


def _rows(db: sqlite3.Connection, file: IO[bytes]) -> Iterator[tuple[Any, ...]]:
    """A row for each page, as it was last."""
    for one in read_dump(file):
        if isinstance(one, DumpPage):
            yield _row(one)
        elif db.execute("SELECT count(*) FROM site").fetchone()[0] == 0:  # each part of a dump says it again
            said = json.dumps({"base": one.base, "case": one.case, "spaces": dict(one.spaces)})
            db.execute("INSERT INTO site VALUES (?)", (said,))


def _row(page: DumpPage) -> tuple[Any, ...]:
    redirect, section = redirect_of(page.text)
    return (
        page.title,
        page.id,
        page.space,
        page.revision,
        page.parent,
        page.user,
        page.comment,
        page.time,
        digest(page.text),
        page.redirect or redirect,  # what the wiki itself said
        section,
        zlib.compress(page.text.encode(), 1),
    )


class DumpWiki(ReadOnly):
    """Reader over the index of a dump; `now()` is the time of its newest revision."""

    def __init__(self, key: str, index: Path) -> None:
        self._key = key
        self.db = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
        self.site = json.loads(self.db.execute("SELECT json FROM site").fetchone()[0])
        self.base = urlsplit(self.site["base"])
        spaces: dict[str, str] = self.site["spaces"]
        own = {name.casefold(): name for name in spaces.values() if name}
        self._spaces = {word: spaces[key] for key, word in _CANONICAL.items() if spaces.get(key)} | own

    @property
    def key(self) -> str:
        return self._key

    def now(self) -> datetime:
        newest = self.db.execute("SELECT max(time) FROM page").fetchone()[0]
        return datetime.fromisoformat(newest) if newest else datetime.now(UTC)

    def address(self) -> str:
        """That of the main page, its title taken off: `<base>` in the file."""
        path = self.base.path.rpartition("/")[0]
        return f"{self.base.scheme}://{self.base.netloc}{path}/$1" if self.base.netloc else ""

    def script(self) -> str:
        return "/w/index.php"

    def capital_links(self) -> bool:
        return str(self.site["case"]) != "case-sensitive"

    def namespace_names(self) -> frozenset[str]:
        return super().namespace_names() | frozenset(self._spaces)

    def interwiki(self) -> Mapping[str, str]:
        """A dump does not say them: those of Wikimedia's wikis are known."""
        return sister_prefixes(self.base.hostname or "")

    def members(self, template: str, category: str) -> Mapping[str, int]:
        rows = self.db.execute(
            "SELECT title, revision, text FROM page WHERE space NOT IN (8, 10, 14, 828) AND redirect = ''"
        )
        return {
            title: revision
            for title, revision, text in rows
            if belongs(zlib.decompress(text).decode(), template, category)
        }

    def prefixed(self, beginning: str) -> Mapping[str, int]:
        rows = self.db.execute(
            "SELECT title, revision FROM page WHERE title >= ? AND title < ? AND redirect = ''",
            (beginning, beginning + chr(0x10FFFF)),
        )
        return dict(rows)

    def search(self, words: str) -> Mapping[str, int]:
        """The pages that hold all words."""
        wanted = words.casefold().split()
        rows = self.db.execute("SELECT title, revision, text FROM page WHERE space = 0 AND redirect = ''")
        return {
            title: revision
            for title, revision, text in rows
            if all(word in f"{title} {zlib.decompress(text).decode()}".casefold() for word in wanted)
        }

    def linking(self, title: str) -> Mapping[str, int]:
        rows = self.db.execute("SELECT title, revision, text FROM page WHERE redirect = ''")
        return {name: revision for name, revision, text in rows if links_to(zlib.decompress(text).decode(), title)}

    def titles_beginning(self, beginning: str) -> Sequence[str]:
        return list(self.prefixed(beginning))

    def absence(self, title: str) -> Absence:
        """A dump has no log."""
        return Absence()

    def titles_of(self, ids: Iterable[int]) -> Mapping[int, str]:
        return {row[0]: row[1] for row in self._some("id, title", "id", ids)}

    def heads(self, titles: Iterable[str]) -> Mapping[str, Head]:
        named = {title: self._named(title) for title in titles}
        rows = self._some(
            "title, revision, redirect, section, sha1, user, time", "title", dict.fromkeys(named.values())
        )
        found = {
            title: Head(title, revision, redirect, "", sha1, user, datetime.fromisoformat(at), section)
            for title, revision, redirect, section, sha1, user, at in rows
        }
        return {title: found.get(name, Head(name, 0)) for title, name in named.items()}

    def _named(self, title: str) -> str:
        """A title as the wiki stores it: `category:outils` is `Catégorie:Outils`."""
        prefix, colon, name = title.partition(":")
        space = self._spaces.get(prefix.strip().casefold()) if colon else None
        capital = normal_title if self.capital_links() else str.strip
        return f"{space}:{capital(name)}" if space else capital(title)

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        rows = self._some(_REVISION, "revision", ids)
        return {
            number: Revision(
                number, parent, title, user, comment, datetime.fromisoformat(at), sha1, zlib.decompress(text).decode()
            )
            for number, parent, title, user, comment, at, sha1, text in rows
        }

    def history(self, title: str, back_to: int = 0) -> Sequence[Revision]:
        """The last revision only: the index keeps no others."""
        return list(self.revisions([self.heads([title])[title].revision]).values())

    def _some(self, columns: str, by: str, keys: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        for some in batches(keys, 500):
            marks = ",".join("?" * len(some))
            yield from self.db.execute(f"SELECT {columns} FROM page WHERE {by} IN ({marks})", some)  # noqa: S608
