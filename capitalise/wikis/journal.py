"""The folder wiki's memory: an append-only log of revisions, and their texts by hash.

Text files have no history of their own, and without a history there is no base to merge from. The
log has one JSON object a line (id, page, title, parent, user, comment, time, sha1, kind); a line that
a crash cut short is dropped at the next start.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from capitalise.errors import WikiError
from capitalise.files import write_safely
from capitalise.messages import N_
from capitalise.pages.revisions import Revision

__all__ = ["Entry", "Journal"]


@dataclass(frozen=True)
class Entry:
    """One line of the log. `kind` is create, edit, move (a null revision), delete."""

    id: int
    page: int
    title: str
    parent: int
    user: str
    comment: str
    time: str
    sha1: str
    kind: str


class Journal:
    """The log under `folder`. Load it, look, append: one process at a time holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: list[Entry] = []
        self.by_id: dict[int, Entry] = {}
        self.heads: dict[str, Entry] = {}  # current revision by title
        self.titles: dict[int, str] = {}  # current title by page
        self.load()

    def load(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "log.jsonl"
        data = log.read_bytes() if log.exists() else b""
        whole = data[: data.rfind(b"\n") + 1]
        if whole != data:
            write_safely(log, whole)
        for number, line in enumerate(whole.decode().split("\n")[:-1], start=1):
            try:
                self._take(Entry(**json.loads(line)))
            except (ValueError, TypeError) as error:
                raise WikiError(
                    N_("%(file)s, line %(line)d: this log is damaged; restore it from a backup.", file=log, line=number)
                ) from error

    def append(self, entry: Entry, text: str | None) -> None:
        """Store the text, then the line; both are on the disk when this returns."""
        if text is not None:
            self.keep(entry.sha1, text)
        with (self.folder / "log.jsonl").open("ab") as log:
            log.write(json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n")
            log.flush()
            os.fsync(log.fileno())
        self._take(entry)

    def keep(self, sha1: str, text: str) -> None:
        blob = self._blob(sha1)
        if not blob.exists():
            blob.parent.mkdir(parents=True, exist_ok=True)
            write_safely(blob, text.encode())

    def revision(self, entry: Entry) -> Revision:
        """The entry as a revision, under the title its page has now."""
        blob = self._blob(entry.sha1)
        text = blob.read_text("utf-8") if blob.exists() else None
        title = self.titles.get(entry.page, entry.title)
        return Revision(
            entry.id,
            entry.parent,
            title,
            entry.user,
            entry.comment,
            datetime.fromisoformat(entry.time),
            entry.sha1,
            text,
        )

    def history(self, title: str) -> list[Entry]:
        """Revisions of the page that now has this title, oldest first."""
        head = self.heads.get(title)
        return [e for e in self.entries if head and e.page == head.page and e.kind != "delete"]

    def _blob(self, sha1: str) -> Path:
        return self.folder / "texts" / sha1[:2] / sha1

    def _take(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.by_id[entry.id] = entry
        self.heads.pop(self.titles.get(entry.page, ""), None)
        if entry.kind == "delete":
            self.titles.pop(entry.page, None)
        else:
            self.titles[entry.page] = entry.title
            self.heads[entry.title] = entry
