"""Run ids: `20261122T0148-k3f9`, the server's time and four characters, in every edit summary.

A summary ends with the run id and the edit's number in the run (`#17`), so that any machine finds a
run again from the account's contributions. MediaWiki cuts summaries at 500 characters without a
word (CommentStore::COMMENT_CHARACTER_LIMIT): the human part is cut first, then who runs the bot.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

__all__ = ["new_run_id", "run_of", "started", "summary_with", "undone_run"]

_MOST = 500
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_ID = r"\b(\d{8}T\d{4}-[a-z0-9]{4})"
_TAIL = re.compile(rf"{_ID} #(\d+)\s*$")


def new_run_id(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M}-" + "".join(secrets.choice(_ALPHABET) for _ in range(4))


def summary_with(summary: str, run: str, number: int, signature: str = "") -> str:
    """`summary`, cut if it must be, with who runs the bot, the run's id and the edit's number at its end."""
    tail = f" – {run} #{number}"
    signed = f" · {signature}" if signature and len(signature) < _MOST // 2 else ""
    room = _MOST - len(tail) - len(signed)
    return (summary if len(summary) <= room else summary[: room - 1] + "…") + signed + tail


def started(run: str) -> datetime | None:
    """When a run began, by its id and to the minute; None for what is no run id."""
    try:
        return datetime.strptime(run[:13], "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def run_of(comment: str) -> tuple[str, int] | None:
    """The run id and number at the end of a summary, or None for an edit that is no run's."""
    found = _TAIL.search(comment)
    return (found[1], int(found[2])) if found else None


def words_of(comment: str) -> str:
    """What a run's summary says was done, without the run and its number."""
    return _TAIL.sub("", comment).strip()


def undone_run(comment: str) -> str:
    """The id of the run that an edit took back: a run's edit whose words name another run; "" for every other edit."""
    tail = _TAIL.search(comment)
    named = re.search(_ID, comment[: tail.start()]) if tail else None
    return named[1] if tail and named and named[1] != tail[1] else ""
