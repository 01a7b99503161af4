"""Lines that are held back until somebody allows each: addresses, telephone numbers, who was there. A wiki's history is for ever.

Rather a line too many than one too few: a person says yes to it once, in the edition's `a-publier.txt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from capitalise.messages import N_, Message
from capitalise.pages.titles import sort_key

__all__ = ["ATTENDANCE", "Held", "attendance", "line_key", "private", "read_decisions", "written_decision"]

_MAIL = re.compile(
    r"[^\s@<>()\[\]]+\s?(?:@|\(at\)|\[at\]|\barobase\b|\(arobase\)|＠)\s?[^\s@]+?\s?(?:\.|\(dot\)|\[dot\]|\(point\))\s?[a-z]{2,}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\w/.,€$-])(?:\(?\+|00|\(?0)[\d\s.()/\u00a0\u202f\u2011-]{7,}\d")
_WHO = re.compile(
    r"\W*(?:(?:personnes?|membres?) )?(?:(?:etaient|sont|ont ete) )?"
    r"(?:present|participant|absent|excus|emarge|inscrit|(?:liste|feuille) (?:des? |d )?(?:present|particip|presence|inscrit|emarge))"
)
ATTENDANCE = N_("who was there")


@dataclass(frozen=True)
class Held:
    """A line that is held back, and why. `waits`: nobody has decided yet."""

    line: str
    why: Message
    waits: bool = True


def private(line: str) -> Message | None:
    """Why a line is not to be published without being asked, or None."""
    if _MAIL.search(line):
        return N_("an e-mail address")
    for found in _DIGITS.finditer(line):
        if 9 <= len(re.sub(r"\D", "", found[0])) <= 15:
            return N_("a telephone number")
    return None


def attendance(line: str) -> str:
    """How a line speaks of who was there: "" if it does not, "heading" for words and nothing behind them, "list" with names."""
    key = sort_key(line)
    if not re.match(_WHO, key) or len(line) > 2000:
        return ""
    head, colon, names = line.partition(":")
    if not colon:
        return "heading" if len(key.split()) <= 5 else ""
    if not names.strip():
        return "heading"
    return (
        "list"
        if len(head.split()) <= 8 and re.search(r"[^\W\d_]{2}", names) and not re.match(r"\s*\d+\b", names)
        else ""
    )


def line_key(line: str) -> str:
    """A line as it is compared."""
    return " ".join(line.split())


def read_decisions(text: str) -> dict[str, bool]:
    """`a-publier.txt`: `oui : LINE` and `non : LINE`; other lines are remarks."""
    found = (re.match(r"\s*(oui|non|yes|no)\s*:\s*(.+)", line, re.IGNORECASE) for line in text.splitlines())
    return {line_key(one[2]): one[1].casefold() in ("oui", "yes") for one in found if one}


def written_decision(line: str, allowed: bool) -> str:
    return f"{'oui' if allowed else 'non'} : {line_key(line)}\n"
