"""A thread that somebody copied from the browser into a text file: its first line is the title, a line that names a part begins it."""

from __future__ import annotations

import re

from capitalise.bots.decision.thread import Outcome, Poll, Thread
from capitalise.bots.decision.words import addresses_in, lines_of

__all__ = ["read_pasted"]

#: What a line says that begins a part: alone, or before a colon and the part's first words.
_PARTS = {
    "vote": "vote|votes|proposition|sondage|proposal|poll",
    "outcome": "décision|conclusion|résultat|résultats|outcome|decision|result",
    "context": "contexte|context|discussion",
}
_BEGINS = re.compile("|".join(rf"(?P<{name}>{words})" for name, words in _PARTS.items()), re.IGNORECASE)
_HEADING = re.compile(r"\s*#*\s*\**\s*([^\W\d_]+)\s*\**\s*(?::\s*(.*))?", re.DOTALL)


def read_pasted(text: str, source: str) -> Thread:
    """Nothing is read into it: without a part that says it is a vote there was none, and dates stay in the words as they stand."""
    title, _end, rest = text.replace("\r\n", "\n").strip("\ufeff \n").partition("\n")
    parts = _parts(rest)
    polls: tuple[Poll, ...] = ()
    if "vote" in parts:
        outcome = Outcome(None, tuple(lines_of(parts["outcome"], "md"))) if parts.get("outcome", "").strip() else None
        polls = (
            Poll("", tuple(lines_of(parts["vote"], "md")), outcomes=(outcome,) if outcome else (), over=bool(outcome)),
        )
    context = parts["context"] if "vote" in parts else f"{parts['context']}\n\n{parts.get('outcome', '')}"
    return Thread(
        source,
        " ".join(title.lstrip("#").split()),
        lines=tuple(lines_of(context, "md")),
        polls=polls,
        links=tuple(addresses_in(rest)),
    )


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {"context": ""}
    now = "context"
    for line in text.split("\n"):
        found = _HEADING.fullmatch(line)
        begins = _BEGINS.fullmatch(found[1]) if found else None
        heading = bool(found and begins and begins.lastgroup)
        if begins and begins.lastgroup:
            now = begins.lastgroup
        said = (found[2] or "") if found and heading else line
        parts[now] = f"{parts.get(now, '')}\n{said}"
    return parts
