"""What people answered, a line each in a file that only grows: a browser that closes, a laptop that dies, a second tab lose nothing."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

__all__ = ["Answer", "Choice", "Journal", "Proposal"]

LATER, LONGEST = timedelta(hours=12), timedelta(days=7)
MOST_BYTES = 64 * 1024 * 1024


class Choice(Enum):
    """What somebody says of an item: write it, leave it for now, never again; of two texts, the sheet's (or the first), the wiki's (or the other), or
    one of their own; or nothing yet, where an answer is taken back."""

    ACCEPT = "accept"
    LEAVE = "leave"
    NEVER = "never"
    SHEET = "sheet"
    WIKI = "wiki"
    TEXT = "text"
    OPEN = "open"

    @property
    def writes(self) -> bool:
        """Whether something is written because of it."""
        return self in (Choice.ACCEPT, Choice.SHEET, Choice.WIKI, Choice.TEXT)


@dataclass(frozen=True)
class Answer:
    """A choice, the `text` that was written for it, and `by` whom it was proposed, where that was somebody else."""

    choice: Choice
    text: str = ""
    by: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a writer answered on the page that was mailed to them: about which item (`key`, "" for a field that is empty on both sides)."""

    by: str
    bot: str
    title: str
    field: str
    key: str
    choice: Choice
    text: str = ""


class Journal:
    """The answers by item, as the file's lines say them one after the other. A line that was torn by a crash is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.answers: dict[str, Answer] = {}
        self.batches: list[tuple[str, ...]] = []
        self.proposals: dict[tuple[str, str, str, str], Proposal] = {}  # by bot, title, field and writer
        self.applied: dict[str, set[str]] = {}  # of plans in files, by digest, the items that were carried out
        self.given: dict[str, datetime] = {}  # when an item was answered
        self._runs: dict[str, tuple[str, list[str]]] = {}
        for line in self._lines():
            with suppress(KeyError, ValueError, TypeError):
                self._read(line)

    def give(self, keys: Sequence[str], answer: Answer) -> None:
        """One answer for some items."""
        data = {
            "choice": answer.choice.value,
            "text": answer.text,
            "by": answer.by,
            "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S%z}",
        }
        self._add({"keys": list(keys), **{name: said for name, said in data.items() if said}})

    def take_back(self, keys: Sequence[str]) -> None:
        """The items are open again."""
        self.give(keys, Answer(Choice.OPEN))

    def propose(self, proposals: Sequence[Proposal]) -> None:
        for one in proposals:
            self._add({"proposal": {**asdict(one), "choice": one.choice.value}})

    def done(self, keys: Sequence[str], run: str, plan: str = "") -> None:
        """What was answered of these items was carried out; asked again, it is another question."""
        self._add({"done": list(keys), "run": run, "plan": plan})

    def undone(self, run: str) -> None:
        """A run was taken back: what it did of a plan in a file can be done again."""
        self._add({"undone": run})

    def reopen(self, now: datetime) -> None:
        """“For now” ends after half a day, and what was answered longer than a week ago is asked again."""
        old = [
            key
            for key, answer in self.answers.items()
            if now - self.given.get(key, now) > (LATER if answer.choice is Choice.LEAVE else LONGEST)
        ]
        if old:
            self.take_back(old)

    def last(self) -> tuple[str, ...]:
        """The items of the last answer that still counts."""
        return next((keys for keys in reversed(self.batches) if any(key in self.answers for key in keys)), ())

    def _add(self, line: Mapping[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_symlink():
            raise OSError(errno.ELOOP, "a link", str(self.path))
        torn = _is_torn(self.path)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o660)
        with os.fdopen(handle, "ab") as file:
            file.write(b"\n" * torn + json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._read(line)

    def _lines(self) -> Iterator[Mapping[str, Any]]:
        if not self.path.is_file() or self.path.stat().st_size > MOST_BYTES:
            return
        for line in self.path.read_bytes().splitlines():
            with suppress(ValueError):
                data = json.loads(line)
                if isinstance(data, dict):
                    yield data

    def _read(self, line: Mapping[str, Any]) -> None:
        if "done" in line:
            for key in map(str, line["done"]):
                self.answers.pop(key, None)
            if line.get("plan"):
                self.applied.setdefault(str(line["plan"]), set()).update(map(str, line["done"]))
            self._runs[str(line["run"])] = (str(line.get("plan", "")), list(map(str, line["done"])))
        elif "undone" in line:
            plan, keys_ = self._runs.get(str(line["undone"]), ("", []))
            self.applied.get(plan, set()).difference_update(keys_)
        elif "proposal" in line:
            said = line["proposal"]
            names = ("by", "bot", "title", "field", "key", "text")
            by, bot, title, label, key, text = (str(said[name]) for name in names)
            one = Proposal(by, bot, title, label, key, Choice(said["choice"]), text)
            self.proposals[one.bot, one.title, one.field, one.by] = one
        else:
            keys = tuple(map(str, line["keys"]))
            answer = Answer(Choice(line["choice"]), str(line.get("text", "")), str(line.get("by", "")))
            for key in keys:
                if answer.choice is Choice.OPEN:
                    self.answers.pop(key, None)
                else:
                    self.answers[key] = answer
                    self.given[key] = _time(line.get("at"))
            if answer.choice is not Choice.OPEN:
                self.batches.append(keys)


def _is_torn(path: Path) -> bool:
    """Whether a crash cut the last line short."""
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"


def _time(text: object) -> datetime:
    """When a line was written; a line that does not say so is an old one."""
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
