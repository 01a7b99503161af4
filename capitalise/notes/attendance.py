"""Who was there, found in the lines of notes as people write it: a label and names behind it, below it, or in a list or table.

Pure: all lines of a document with their places go in, and which of them say who was there comes out. Measured in
`benchmarks/privacy` on the structures of real minutes; rather a line too many than one too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from capitalise.notes.names import (
    CAPITAL,
    COUNTED,
    GROUP,
    INTRODUCTIONS,
    ITEM,
    MOST_AT_ONCE,
    QUESTION,
    SECTIONS,
    STATUS,
    VERBS,
    WHOLE,
    announces_names,
    broken,
    cuts,
    is_group,
    is_label,
    letters,
    names_people,
    only,
    opens,
    plain_words,
    reads_as_names,
    several_names,
    short_names,
    somebody,
    starts_with_name,
    sure_names,
    titled,
    whole_name,
)

__all__ = ["Line", "attendance"]


@dataclass(frozen=True)
class Line:
    """A line of notes and where it stands. `level` of a heading, else 0; `block` counts paragraphs, `list` the outermost lists (0:
    in none), `table` the tables; `depth` of an item in its list, from 1."""

    text: str
    level: int = 0
    block: int = 0
    list: int = 0
    table: int = 0
    depth: int = 0


MOST_NAME = 40  # letters of a name in a table


@dataclass
class _Zone:
    """Names are expected here: below a heading of this `level`, in this `list` or `table`, or in the lines to come."""

    level: int = 0
    list: int = 0
    table: int = 0
    strong: bool = True  # a list right below is names to its last item
    broken: bool = False  # the last line ended in the middle of names
    listed: bool = False  # the last line was an item, if only by its sign
    own: bool = False  # a round of introductions: its own lines only
    depth: int = 0  # of the label, where it is an item with items of its own


def attendance(lines: Sequence[Line]) -> list[bool]:
    """For each line whether it says who was there."""
    zone: _Zone | None = None
    found = []
    for number, line in enumerate(lines):
        held, zone = _judged(line, lines[number + 1 :][:1], zone)
        above = lines[number - 1].text if number else ""
        dated = re.search(r"\d", above) and (lines[number - 1].level or _MEETING.match(above))
        found.append(held or bool(dated and short_names(line.text)))
    for number in (*_runs(lines), *_across(lines), *_lists(lines), *_signed(lines), *_ticked_rows(lines)):
        found[number] = True
    return found


_MEETING = re.compile(
    r"\W*(?:cr|ca|ag|ago|age|compte[- ]rendu|r[ée]union|atelier|rencontre|assembl[ée]e|conseil)\b.{0,50}$",
    re.IGNORECASE,
)
_TICKED = re.compile(r"[☐☒☑]\s*[A-ZÀ-Þ][\w'’-]*(?:\s[A-ZÀ-Þ][\w'’.-]*)?\W*$")


def _lists(lines: Sequence[Line]) -> Iterator[int]:
    """The items of a list of which two and half of all say who was there."""
    by_list: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        if line.list and line.depth < 2:
            by_list.setdefault(line.list, []).append(number)
    for numbers in by_list.values():
        telling = sum(names_people(lines[number].text) or bool(_TICKED.match(lines[number].text)) for number in numbers)
        yield from numbers if telling >= 2 and 2 * telling >= len(numbers) else ()


def _across(lines: Sequence[Line]) -> Iterator[int]:
    """The lines of what is said over a line's end: "sous la présidence", "de Zoé Exemple"."""
    for number, (one, other) in enumerate(pairwise(lines)):
        if one.level or other.level or len(one.text) + len(other.text) > MOST_AT_ONCE:
            continue
        if any(p.search(line.text) for line in (one, other) for p in STATUS):
            continue
        for found in filter(None, (pattern.search(f"{one.text} {other.text}") for pattern in STATUS)):
            if found.start() < len(one.text) < found.end() - 1 and not QUESTION.search(other.text):
                yield from (number, number + 1) if WHOLE.search(one.text[found.start() :]) else (number + 1,)


_PERSON = rf"(?:(?:M\.|Mme|Mlle|Dr|Docteur|Pr)\s+(?:[A-ZÀ-Þ]\.[ -]?)*|(?:[A-ZÀ-Þ]\.[ -]?)+\s*){CAPITAL}"
_TITLED = re.compile(rf"(?:M\.|Mme|Mlle|Docteur)\s+{CAPITAL}\W*")
_SIGNATURES = re.compile(rf"\s*{_PERSON}(?:(?:\s+|,\s*){_PERSON}){{0,3}}\s*")
_SIGNS = re.compile(
    r"\b(?:secr[ée]taire|pr[ée]sidente?|tr[ée]sori[eè]re?|rapporteu\w+|maire|signatures?|fait à)\b", re.IGNORECASE
)


def _signed(lines: Sequence[Line]) -> Iterator[int]:
    """Lines that are nothing but a person with title, or initials below what signs or beside others: `A. Introduction` alone is a heading."""
    above = ""
    for number, line in enumerate(lines):
        text = line.text.strip()
        if _TITLED.fullmatch(text):
            yield number
        elif len(text) <= MOST_AT_ONCE and _SIGNATURES.fullmatch(text):
            several = len(re.findall(_PERSON, text)) > 1
            yield from [number] if several or _SIGNS.search(above) else []
        above = text or above


_TICKS = re.compile(
    r"(?:oui|non|x|ok|✓|✗|✔|☑|☐|\?|pr[ée]sente?|absente?|excus[ée]e?|à distance|peut-être|1|0)?", re.IGNORECASE
)


def _ticked_rows(lines: Sequence[Line]) -> Iterator[int]:
    """Rows of a table of which two and more say of somebody, in its first cell, only yes or no."""
    found = []
    for number, line in enumerate(lines):
        first, *others = [cell.strip() for cell in re.split(r"\|\|?", line.text.strip().strip("|"))]
        ticks = [cell for cell in others if _TICKS.fullmatch(cell)]
        if 0 < len(first) <= MOST_NAME and len(others) > 1 and any(ticks) and 2 * len(ticks) >= len(others):
            found.append(number)
    yield from found if len(found) > 1 else ()


def _runs(lines: Sequence[Line]) -> Iterator[int]:
    """Where three lines and more, nearly one below the other, are nothing but people's whole names, and what these people are."""
    run: list[int] = []
    for number in [n for n, line in enumerate(lines) if whole_name(line.text) or somebody(line.text)] + [
        len(lines) + 2
    ]:
        if run and number - run[-1] > 2:  # a line of another column may stand between two
            yield from run if len(run) >= 3 else ()
            run = []
        run.append(number)


def _judged(line: Line, after: Sequence[Line], zone: _Zone | None) -> tuple[bool, _Zone | None]:
    """Whether a line is held, and where names are expected after it."""
    text = line.text.strip()[:MOST_AT_ONCE]
    if line.level and zone and (zone.own or line.level <= (zone.level or 6)):
        zone = None
    if zone and zone.depth and line.list and line.depth <= zone.depth:
        zone = None  # the item beside the label's
    if not letters(text):
        return False, zone
    if line.table and (zone is None or zone.table != line.table) and (heading := _headings(text)):
        return False, _Zone(table=line.table) if heading == "people" or zone else None
    if zone and zone.strong and text.startswith("|"):  # a table of a wiki, as it was pasted
        return True, zone
    if names_people(line.text.strip()):
        inside = zone is not None and zone.strong and line.list in (zone.list, 0) and bool(line.list or zone.table)
        new = _Zone(line.level, strong=opens(text), broken=broken(text))
        return True, zone if inside else new
    if announces_names(text, heading=bool(line.level), listed=_followed(line, after)):
        own = bool(INTRODUCTIONS.fullmatch(plain_words(text)))
        depth = line.depth if any(one.list and one.depth > line.depth for one in after) else 0
        return False, _Zone(line.level, table=line.table, strong=not own, own=own, depth=depth)
    if zone is None:
        return several_names(text), None
    return _in_zone(line, text, zone)


def _in_zone(line: Line, text: str, zone: _Zone) -> tuple[bool, _Zone | None]:
    if line.table and zone.strong and zone.table in (0, line.table):
        return not only(GROUP, text), replace(zone, table=line.table)
    if line.list and zone.strong and zone.list in (0, line.list):
        return not (line.depth < 2 and is_group(text)), replace(zone, list=line.list, listed=True)
    listed = bool(line.list) or bool(ITEM.match(line.text))
    zone = replace(zone, strong=zone.strong and not zone.list and not zone.table)
    if zone.own and not listed and not zone.listed:
        return False, zone  # what is said before a round of introductions
    if SECTIONS.match(plain_words(text)) or (zone.own and not starts_with_name(text)):
        return False, None
    if zone.own:
        return True, replace(zone, listed=True)
    if is_group(text) or COUNTED.search(plain_words(text)):
        return False, replace(zone, listed=False)
    if _goes_on(text, zone, listed):
        return True, replace(zone, broken=broken(text), listed=listed)
    return False, replace(zone, strong=False, broken=False) if zone.level else None


def _goes_on(text: str, zone: _Zone, listed: bool) -> bool:
    """Whether a line where names are expected is one of them."""
    if re.match(rf"(?:\W|\d)*{CAPITAL}\s+[A-ZÀ-Þ][A-ZÀ-Þ'’-]{{2,}}\b", text):  # Zoé EXEMPLE
        return any(c.islower() for c in text)
    if re.match(r"[A-ZÀ-Þ][A-ZÀ-Þ'’-]{2,},\s+[A-ZÀ-Þ]", text):  # EXEMPLE, Présidente
        return True
    if zone.level and zone.strong and len(text.split()) <= 14 and re.search(rf"[a-zé,] {CAPITAL}", text):
        return True
    if VERBS.search(plain_words(text)) or sum(c.isdigit() for c in text) > sum(c.isalpha() for c in text):
        return zone.broken and len(text.split()) <= 16
    if sure_names(text) or titled(text) or len(WHOLE.findall(text)) >= 2:
        return True
    if any(
        sign.strip() == ":" and starts_with_name(rest) and len(label.split()) <= 6 for label, sign, rest in cuts(text)
    ):
        return True
    if listed != zone.listed and zone.listed and not zone.broken:
        return False
    return reads_as_names(text) or (zone.broken and len(text.split()) <= 24)


def _headings(text: str) -> str:
    """Of a table's first row: "people" where a column is called who was there, "some" where they are headings of another kind."""
    cells = [cell.strip() for cell in text.split("|")]
    if not all(len(cell.split()) <= 3 for cell in cells) or len(cells) < 2:
        return ""
    people = any(len(cell.split()) <= 3 and is_label(cell) for cell in cells if cell)
    return "people" if people else "some" if all(only(GROUP, cell) for cell in cells if cell) else ""


def _followed(line: Line, after: Sequence[Line]) -> bool:
    """Whether a list or short names begin right below."""
    return any((one.list and not line.list) or one.table or reads_as_names(one.text) for one in after)
