"""A thread that somebody copied from the browser into a text file: its first line is the title, a line that names a part begins it."""

from __future__ import annotations

from capitalise.bots.decision.thread import Outcome, Poll, Thread
from capitalise.bots.decision.words import addresses_in, lines_of

__all__ = ["read_pasted"]

#: What a line says that begins a part: alone, or before a colon and the part's first words.
_PARTS = {
    "vote": ("vote", "votes", "proposition", "sondage", "proposal", "poll"),
    "outcome": ("décision", "conclusion", "résultat", "résultats", "outcome", "decision", "result"),
    "context": ("contexte", "context", "discussion"),
}
_PART = {word: part for part, words in _PARTS.items() for word in words}


def read_pasted(text: str, source: str) -> Thread:
    """Nothing is read into it: whether a vote ended stands in no pasted text for certain, so that it is never called a decision here; what
    somebody wrote as its result stands under their own word. Dates stay in the words as they are."""
    title, _end, rest = text.replace("\r\n", "\n").strip("\ufeff \n").partition("\n")
    parts, heading = _parts(rest)
    polls: tuple[Poll, ...] = ()
    context = parts["context"]
    if "vote" in parts:
        said = tuple(lines_of(parts.get("outcome", ""), "md"))
        polls = (
            Poll(
                "",
                tuple(lines_of(parts["vote"], "md")),
                outcomes=(Outcome(None, said, heading=heading),) if said else (),
            ),
        )
    elif "outcome" in parts:
        context = f"{context}\n\n{heading} : {parts['outcome'].strip()}"
    title = " ".join(title.lstrip("#").split())
    return Thread(source, title, lines=tuple(lines_of(context, "md")), polls=polls, links=tuple(addresses_in(rest)))


def _parts(text: str) -> tuple[dict[str, str], str]:
    """The words of each part, and the word that its result stands under."""
    parts: dict[str, str] = {"context": ""}
    now, heading = "context", ""
    for line in text.split("\n"):
        before, _colon, rest = line.strip().lstrip("# ").partition(":")
        word = before.strip().strip("*").strip()
        begins = _PART.get(word.casefold(), "")
        if begins:
            now, heading = begins, word if begins == "outcome" else heading
        parts[now] = f"{parts.get(now, '')}\n{rest.lstrip('* ') if begins else line}"
    return parts, heading
