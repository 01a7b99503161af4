"""Lines that are held back until somebody allows each: addresses, telephone numbers, who was there. A wiki's history is for ever.

Rather a line too many than one too few: a person says yes to it once, in the edition's `a-publier.txt`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from capitalise.messages import N_, Message
from capitalise.pages.titles import sort_key

__all__ = [
    "Held",
    "announces_names",
    "held_line",
    "names_people",
    "private",
    "read_decisions",
    "reads_as_names",
    "written_decision",
]

_OPEN, _CLOSE = r"[\[({<«]\s*", r"\s*[\])}>»]"
_DOT = rf"\s*(?:\.|{_OPEN}(?:dot|point|\.){_CLOSE}|\s(?:dot|point)\s)\s*"
_MAIL = re.compile(
    r"[^\W_]@"  # as it is, whatever stands behind it
    rf"|\w\s*[@＠]\s*[\w-]+{_DOT}\w{{2,}}"
    r"|(?:^|\s)@[\w-]+\.[^\W\d]{2,}"  # the rest of one that begins on the line before
    rf"|\w\s*{_OPEN}(?:at|arobase?|@){_CLOSE}\s*[\w-]+"
    rf"|\w\s*{_OPEN}[aà]{_CLOSE}\s*[\w-]+{_DOT}\w{{2,}}"
    rf"|\w\s+(?:at|arobase?)\s+[\w-]+(?:\.[\w-]+)*{_DOT}[^\W\d]{{2,}}",
    re.IGNORECASE,
)
_GAP = r"[\s.()/\-]*"
_PHONE = re.compile(
    rf"(?<!\d)0[1-9](?:{_GAP}\d{{2}}){{4}}"  # of France
    rf"|(?:\+|(?<!\d)00){_GAP}[1-9](?:{_GAP}\d){{7,14}}"  # of any country
    r"|(?<!\d)33[1-9]\d{8}(?!\d)"
    r"|(?<!\d)0[1-9](?:[\s.-]*\d){7,8}(?!\d)"
)
_STEM = r"(?:presente?s?|participante?s?|absente?s?|excusee?s?|emarg\w+|inscrite?s?)\b"
_WHO = re.compile(
    r"(?:(?:l[ea]s?|nos|tous|toutes|personnes?|membres?|nombre|etaient|sont|ont ete|etait|signature|feuille|liste|de|des?|d|du|nom) )*"
    rf"(?:{_STEM}|presences?\b(?! de ))"
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
    bare = _bare(line)
    if _MAIL.search(bare):
        return N_("an e-mail address")
    return N_("a telephone number") if _PHONE.search(bare) else None


def held_line(
    line: str, decisions: Mapping[str, bool], *, about_people: bool = False, why: Message | None = None
) -> Held | None:
    """A line that stays out, by what people decided; None for one that may be published."""
    said = decisions.get(line_key(line))
    why = why or private(line) or (ATTENDANCE if about_people else None)
    why = why or (N_("refused by somebody") if said is False else None)
    return Held(line_key(line), why, said is None) if why and not said else None


def _bare(line: str) -> str:
    """Without signs that nobody sees; every dash a hyphen, every space one, `%40` read."""
    shown = "".join(c for c in unquote(line) if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", re.sub(r"[\u2010-\u2015\u2212_]", "-", shown))


def announces_names(line: str) -> bool:
    """Whether a line speaks of who was there, and the names stand below it: `Présents :`."""
    line = re.sub(r"\(\s*\d*\s*\)", "", line)  # "Participants (3)"
    if re.fullmatch(r"\W*tour de table\W*", line, re.IGNORECASE):
        return True
    ends = line.rstrip(" *_").endswith(":") or re.fullmatch(rf"{_WHO.pattern}(?: et {_WHO.pattern})?", _key(line))
    return bool(ends) and _speaks_of_people(line) and not names_people(line) and not re.search(r"\d", line)


def names_people(line: str) -> bool:
    """Whether a line says who was there: `Présents : Zoé, Ali`, `Étaient présents Zoé et Ali`; a mere number does not."""
    if not _speaks_of_people(line):
        return False
    _head, sign, rest = _cut(line)
    if sign:
        return bool(re.search(r"[^\W\d_]{2}", rest))
    capitals = re.findall(r"(?<!^)(?<![.!?] )\b[^\W\d_a-zà-öø-ÿ][^\W\d_]+", line.strip())
    return len(capitals) >= 2


def _cut(line: str) -> tuple[str, str, str]:
    """What stands before and behind the first sign that may separate names from what they are."""
    found = re.search(r"[:=|→]|\s[-–—/]\s|\s?\((?=[^)]*[^\W\d_]{2})", line)
    return (line[: found.start()], found[0], line[found.end() :]) if found else (line, "", "")


def _speaks_of_people(line: str) -> bool:
    return bool(_WHO.match(_key(line))) or bool(re.match(r"\W*(?:avec|tour de table)\s*:", line, re.IGNORECASE))


def _key(line: str) -> str:
    return re.sub(r"\b(\w+) e s\b", r"\1", sort_key(line[:200]))  # présent·e·s


def reads_as_names(line: str) -> bool:
    """Whether a line below `Présents :` may be names: short pieces, not a sentence."""
    pieces = [p for p in re.split(r"[,;/&|:]|\bet\b|\s[-–—]\s", re.sub(r"\([^()]*\)", "", line)) if p.strip()]
    return bool(re.search(r"[^\W\d_]{2}", line)) and all(len(piece.split()) <= 5 for piece in pieces)


def line_key(line: str) -> str:
    """A line as it is compared."""
    return " ".join(line.split())


def read_decisions(text: str) -> dict[str, bool]:
    """`a-publier.txt`: `oui : LINE` and `non : LINE`; other lines are remarks."""
    found = (re.match(r"\s*(oui|non|yes|no)\s*:\s*(.+)", line, re.IGNORECASE) for line in text.splitlines())
    return {line_key(one[2]): one[1].casefold() in ("oui", "yes") for one in found if one}


def written_decision(line: str, allowed: bool) -> str:
    """A line of `a-publier.txt`."""
    return f"{'oui' if allowed else 'non'} : {line_key(line)}\n"
