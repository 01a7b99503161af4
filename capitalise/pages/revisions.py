"""What a wiki holds and what is sent to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from capitalise.messages import N_, Message

__all__ = [
    "BY_HAND",
    "Absence",
    "Account",
    "Edit",
    "Expanded",
    "FileInfo",
    "Head",
    "KeptAnswer",
    "LogEntry",
    "Preflight",
    "Receipt",
    "Revision",
    "Shown",
    "who",
]

#: The user of an edit that somebody made in a file, whose name nothing says.
BY_HAND = "quelqu'un (à la main)"


def who(user: str) -> Message | str:
    """A user as people read it: “somebody” for whom no name is known."""
    return user if user not in ("", BY_HAND) else N_("somebody")


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved version of a page.

    `title` is the page it belongs to *now*; `parent` is 0 for a creation; `text` is None where it
    was not asked for or is hidden. `sha1` is hexadecimal, of the text in UTF-8.
    """

    id: int
    parent: int
    title: str
    user: str
    comment: str
    timestamp: datetime
    sha1: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What a wiki answers about a title: its page's current revision.

    `revision` is 0 where there is no page, `sha1` that of its text, saved by `user` at the time `at`;
    `redirect` is the target where the page is a redirect, `section` the part of it; `invalid` says why the wiki accepts no such title.
    """

    title: str
    revision: int
    redirect: str = ""
    invalid: str = ""
    sha1: str = ""
    user: str = ""
    at: datetime | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What is looked at before edits: the pages to come, by title, and what people say to the bot.

    `stop` is what stands on its stop page, if anything does; `message` whether somebody wrote on its talk page.
    """

    heads: Mapping[str, Head]
    stop: Revision | None = None
    message: bool = False


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What became of a page that is not there: `kind` is "move" (to `target`), "delete" or "create"."""

    kind: str
    at: datetime
    user: str
    comment: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """What a wiki says of a title without a page: the moves and deletions of its log, newest first."""

    log: Sequence[LogEntry] = ()


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer of a wiki as text. It holds until a page of these `titles` changes, or a page that begins with `beginning`
    comes or goes."""

    text: str
    titles: tuple[str, ...] = ()
    beginning: str = ""


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file of the wiki as something to show: where the picture is, its sha1, who made it, under which licence (texts, "" for unknown),
    and the address of its page."""

    picture: str
    sha1: str
    author: str = ""
    licence: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as readers see it, and the pages that are transcluded into it."""

    html: str
    transcluded: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Expanded:
    """Where the links of a page lead once its templates are expanded (`[[:targets]]` and addresses), and those templates."""

    links: Sequence[str] = ()
    transcluded: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """Who is logged in. `rights` and `groups` as MediaWiki names them."""

    id: int
    name: str
    rights: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Edit:
    """One compare-and-swap: `text` becomes the page's text if `base` is still its current revision.

    `base` 0 creates the page. `move_to` renames it instead (`text` is then not used). `since` is the
    server's time of the plan: without it MediaWiki silently recreates a page deleted in between.
    `base_sha1` is that of the text the plan was made from: a number alone may be another wiki's. `data` is a file that is
    uploaded and whose page `text` becomes.
    """

    title: str
    base: int
    text: str
    summary: str
    since: datetime
    move_to: str = ""
    base_sha1: str = ""
    data: bytes = b""

    def meets(self, head: Head) -> bool:
        """Whether the page still is what the plan was made from."""
        same_text = not (self.base and self.base_sha1 and head.sha1) or self.base_sha1 == head.sha1
        return head.revision == self.base and same_text


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the store says it saved. `revision` 0: nothing had to be saved, the page held this text already."""

    title: str
    revision: int
