"""Notes as pads and people write them, made into the Markdown that pandoc reads: no line of them is markup that nobody meant.

CommonMark takes `[Camille]: d'accord` for the address of a link, words behind a fence for the name of a language, four spaces for
code and a first line `---` for a header, and shows none of it. HedgeDoc (its manual: "Features") and Etherpad have signs of their
own. What has words stays as words; what has none goes. (CommonMark 0.31: § 4.4 to 4.7; YAML headers: pandoc's manual.)
"""

from __future__ import annotations

import re
import textwrap
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile

__all__ = ["FENCED", "Markdown", "as_meant"]

MOST_TIMES = 50  # that one footnote is cited: its text stands at each
FENCED = "capitalise-fenced"  # the language of code that somebody fenced: what is only indented is text
_PLACE = r"(?P<before>(?:[>\s]|[-*+]\s|\d{1,9}[.)]\s){0,12})"  # in quotations and lists
_FENCE = re.compile(rf"{_PLACE}(?P<sign>`{{3,}}(?!.*`)|~{{3,}})(?P<info>.*)$")
_LANGUAGE = re.compile(
    r"(?:text|txt|plain|plaintext|bash|sh|shell|console|c|cpp|c\+\+|css|csv|diff|html|xml|ini|java|javascript|js|json|toml|yaml|yml|"
    r"latex|tex|lua|make|makefile|markdown|md|mediawiki|wikitext|perl|php|python|py|r|ruby|rust|sql|sparql|typescript|ts|mermaid|"
    r"graphviz|dot|flow|sequence|gantt|abc|vega|geo|csvpreview|=\d*)$",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"[>\s]*(?:`{3,}|~{3,})\s*$")
_DEFINITION = re.compile(rf"{_PLACE}\[(?P<label>[^\[\]]+)\]:(?P<rest>.*)$")
_ADDRESS = re.compile(r"\s*<?(?:https?://|mailto:|/|\.{1,2}/|#)\S*>?(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*$")
_HEADER_LINE = re.compile(r"\s*(?:#.*|[\w.-]+:(?:\s.*)?|-\s.*|[\w-]+|)$")
_HEADER_KEY = re.compile(
    r"(?:title|titre|tags|layout|lang|langs|author|date|description|robots|image|slideOptions|type|permalink|slug|breaks|GA|cat"
    r"|categories|comments|draft|disqus):"
)
_TOC = re.compile(r"\s*\[{1,2}_?toc_?\]{1,2}\s*$", re.IGNORECASE)
_BOX = re.compile(r"(?P<before>[>\s]*):{3,}\s*(?P<kind>[\w-]*)[ \t]*(?P<title>.*)$")
_KINDS = {"info", "success", "warning", "danger", "spoiler", "note", "tip", "important", "caution", "primary", ""}


@dataclass(frozen=True)
class Markdown:
    """`text` for pandoc; `header`: whether one stood above it that programs read, and that is left out."""

    text: str
    header: bool = False


def as_meant(text: str, *, header: bool = True) -> Markdown:
    """Somebody's Markdown with its signs as they were meant; `header`: a block between `---` at its start is one."""
    lines = textwrap.dedent(text.expandtabs(4) if _all_indented(text) else text).split("\n")
    first, lines = _header(lines) if header else ([], lines)
    lines = _without_rules(lines)
    pairs = _fences(lines)
    made = [line for number, line in enumerate(lines) for line in _line(lines, number, pairs)]
    return Markdown("\n".join(_definitions(list(_tables(_lists(made))))), bool(first))


def _all_indented(text: str) -> bool:
    return all(line[:1] in (" ", "\t") for line in text.split("\n") if line.strip())


def _header(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines of a YAML header, and the rest; a first line `---` above ordinary text is a rule."""
    if not lines or lines[0].rstrip() != "---":
        return [], list(lines)
    end = next((i for i, line in enumerate(lines[1:61], start=1) if line.rstrip() in ("---", "...")), 0)
    inside = list(lines[1:end])
    if not end or not any(map(_HEADER_KEY.match, inside)) or not all(map(_HEADER_LINE.match, inside)):
        return [], list(lines)
    return inside, list(lines[end + 1 :])


def _without_rules(lines: Sequence[str]) -> list[str]:
    """A line of `---` or `===` below several lines is a rule, and makes no heading of them; one at the very start is one too."""
    found: list[str] = []
    for number, line in enumerate(lines):
        several = len(found) > 1 and found[-1].strip() and found[-2].strip()
        if re.fullmatch(r"-{2,}[ ]*|={2,}[ ]*", line) and (several or number == 0):
            found.append("")
        found.append(line)
    return found


# -- fences -------------------------------------------------------------------------------------


def _fences(lines: Sequence[str]) -> dict[int, int]:
    """The lines that open code and those that close it. A fence without an end is none: all that follows would be code."""
    pairs: dict[int, int] = {}
    closings = [number for number, line in enumerate(lines) if _CLOSING.match(line)]
    number = 0
    while number < len(lines):
        end = _end_of_fence(lines, number, closings)
        if end:
            pairs[number] = end
            number = end
        number += 1
    return pairs


def _end_of_fence(lines: Sequence[str], start: int, closings: Sequence[int]) -> int:
    opens = _FENCE.match(lines[start])
    if not opens:
        return 0
    sign = opens["sign"]
    closing = re.compile(rf"[>\s]*{re.escape(sign[0])}{{{len(sign)},}}\s*$")
    later = islice(closings, bisect_right(closings, start), None)
    end = next((number for number in later if closing.match(lines[number])), 0)
    signature = sign[0] == "~" and not opens["info"].strip()  # people sign with ~~~: code stands alone
    above = start and lines[start - 1].strip()
    below = end + 1 < len(lines) and lines[end + 1].strip()
    return 0 if signature and (above or below) else end


def _line(lines: Sequence[str], number: int, pairs: dict[int, int]) -> Iterator[str]:
    """What a line becomes."""
    line = lines[number]
    if number in pairs:
        yield from _opening(line)
    elif any(start < number <= end for start, end in pairs.items()):
        yield line
    elif found := _FENCE.match(line):
        yield f"{found['before']}\\{line[len(found['before']) :]}"
    elif _TOC.match(line):
        yield ""
    else:
        yield _prose(line)


def _opening(line: str) -> Iterator[str]:
    """The words behind a fence above it."""
    found = _FENCE.match(line)
    assert found
    before, words = found["before"], found["info"].split()
    if words and _LANGUAGE.match(words[0]):
        words = words[1:]
    if words:
        yield f"{before}{' '.join(words)}"
        before = re.sub(r"[^\s>]", " ", before)
        yield before.rstrip()
    yield f"{before}{found['sign']}{FENCED}"


# -- lines --------------------------------------------------------------------------------------


def _prose(line: str) -> str:
    """A line outside code."""
    if box := _BOX.match(line):
        if box["kind"].casefold() in _KINDS:
            return f"{box['before']}**{box['title'].strip()}**" if box["title"].strip() else box["before"].rstrip()
        return line
    line = re.sub(r"^(\t+)(?=\* )", lambda tabs: "    " * (len(tabs[1]) - 1), line)  # lists of Etherpad
    line = re.sub(r"^([>\s]*)\[name=([^\]]+)\](?:\s*\[time=([^\]]+)\])?(?:\s*\[color=[^\]]*\])?", _speaker, line)
    line = re.sub(r"(!\[[^\]]*\]\([^()\s]+)\s+=\d*%?x?\d*%?\s*(?=\))", r"\1", line)
    line = re.sub(r"(?<=\w)\*(?=\w)(?!\*)", r"\\*", line)  # habitant*es
    return re.sub(r"(?<![=\w])==(?=[^\s=])([^=\n]+?)(?<=[^\s=])==(?![=\w])", r"**\1**", line)


_NUMBERED = re.compile(r"(?P<before>[>\s]*)(?P<number>\d{1,9})(?P<sign>[.)])(?=\s)")
_SIGNED = re.compile(r"(?P<before>[>\s]*)(?P<sign>[+-])(?=\s)")


def _lists(lines: Sequence[str]) -> list[str]:
    """Numbers that do not count on, and plus and minus in one list, are what somebody meant to say: they stay as typed."""
    made = list(lines)
    for pattern in (_NUMBERED, _SIGNED):
        for run in _alike(made, pattern):
            signs = [found["number" if pattern is _NUMBERED else "sign"] for found in run.values()]
            if _counts_on(signs) if pattern is _NUMBERED else len(set(signs)) < 2:
                continue
            for at, found in run.items():
                made[at] = f"{made[at][: found.start('sign')]}\\{made[at][found.start('sign') :]}"
    return made


def _alike(lines: Sequence[str], pattern: re.Pattern[str]) -> Iterator[dict[int, re.Match[str]]]:
    """The lines of each list of a kind, by what stands before their sign; blank lines do not end one, other text at the margin does."""
    run: dict[int, re.Match[str]] = {}
    for number, line in enumerate([*lines, "."]):
        found = pattern.match(line)
        if found and (not run or found["before"] == next(iter(run.values()))["before"]):
            run[number] = found
        elif line.strip() and not line.startswith((" ", "\t")):
            if len(run) > 1:
                yield run
            run = {number: found} if found else {}


def _counts_on(numbers: Sequence[str]) -> bool:
    """1, 2, 3, or always the same one, as Markdown lets people write."""
    values = [int(number) for number in numbers]
    return len(set(values)) == 1 or all(b == a + 1 for a, b in pairwise(values))


def _tables(lines: Sequence[str]) -> Iterator[str]:
    """The cells of a row beyond those of the headings are part of the last one: the rest of the world shows them nowhere."""
    width = 0
    for number, line in enumerate(lines):
        if (
            re.fullmatch(r"[>\s]*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*", line)
            and number
            and "|" in lines[number - 1]
        ):
            width = len(_cells(line))
        elif "|" not in line:
            width = 0
        yield _within(line, width) if width and len(_cells(line)) > width else line


def _cells(line: str) -> list[str]:
    return re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))


def _within(line: str, width: int) -> str:
    cells = _cells(line)
    return "|".join(["", *cells[: width - 1], "\\|".join(cells[width - 1 :]), ""])


def _speaker(found: re.Match[str]) -> str:
    """HedgeDoc's name and time above what somebody said."""
    when = f", {found[3].strip()}" if found[3] else ""
    name = re.sub(r"^[~`]", r"\\\g<0>", found[2].strip())  # no fence
    return f"{found[1]}{name}{when} :"


def _definitions(lines: Sequence[str]) -> Iterator[str]:
    """Addresses of links and texts of footnotes that are used stay what they are; all others are words."""
    times = Counter(_label(label) for line in lines for label in _uses(line))
    cited = {label for label, many in times.items() if many <= MOST_TIMES or not label.startswith("^")}
    in_code, known = False, set[str]()
    for number, line in enumerate(lines):
        if FENCED in line:
            in_code = True
        elif in_code and re.fullmatch(r"[>\s]*(?:`{3,}|~{3,})\s*", line):
            in_code = False
        found = None if in_code else _DEFINITION.match(line)
        defines = found and _defines(found, cited - known, lines[number + 1 :])
        known |= {_label(found["label"])} if found and defines else set()
        yield f"{found['before']}\\[{line[found.start('label') :]}" if found and not defines else line


def _defines(found: re.Match[str], cited: set[str], below: Sequence[str]) -> bool:
    """Whether this is the first text of a footnote that is cited (and cites none: pandoc would never end), or the first address
    of a link that is used."""
    if _label(found["label"]) not in cited:
        return False
    if not found["label"].startswith("^"):
        return bool(_ADDRESS.match(found["rest"]))
    inside = takewhile(lambda line: not _DEFINITION.match(line), below)
    return not any("[^" in line for line in (found["rest"], *inside))


def _uses(line: str) -> list[str]:
    rest = line[found.end("label") + 2 :] if (found := _DEFINITION.match(line)) else line
    return re.findall(r"\[([^\[\]]+)\]", rest)


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()
