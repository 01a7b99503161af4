"""A list of sub-template calls ⇄ one line each: `nom | lien | phrase`.

A line shows the values of the fields in the form's order; a line break inside a value shows as `⏎`.
Reading never fails: what stands between the calls is shown as lines of its own. Writing refuses
whatever a line cannot show, since words that the sheet does not show must not leave the page
through it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from capitalise.wikitext.calls import SPACE, Call, call_text, find_calls, same_template, with_values
from capitalise.wikitext.preprocessor import CORE_TAGS, preprocess
from capitalise.wikitext.values import Unwritable, encode, survives

__all__ = [
    "BREAK",
    "Hidden",
    "InstanceType",
    "TooManyParts",
    "canonical_lines",
    "instance_lines",
    "parts_of",
    "with_instances",
]

BREAK = "⏎"
_CONSTRUCT = re.compile(r"[\[{<]|-\{")


class Hidden(ValueError):
    """The list holds words that its lines cannot show: text between the calls, other parameters."""


class TooManyParts(ValueError):
    """A line has more parts than the sub-template has fields."""


@dataclass(frozen=True)
class InstanceType:
    """A sub-template with its fields in the form's order."""

    template: str
    fields: tuple[str, ...]


def instance_lines(raw: str, kind: InstanceType, tags: Iterable[str] = CORE_TAGS) -> str:
    """The cell that shows the instances in `raw`, one line each."""
    lines, at = [], 0
    for call in _instances(raw, kind, tags):
        lines += [raw[at : call.start], _line(call, kind)]
        at = call.end
    return "\n".join(line.strip() for line in [*lines, raw[at:]] if line.strip())


def canonical_lines(cell: str, tags: Iterable[str] = CORE_TAGS) -> str:
    """`cell` with its lines spelled as `instance_lines` spells them."""
    lines = (_joined(parts_of(line, tags)) for line in cell.split("\n"))
    return "\n".join(line for line in lines if line)


def with_instances(raw: str, cell: str, kind: InstanceType, tags: Iterable[str] = CORE_TAGS, joint: str = "\n") -> str:
    """`raw` with its instances brought to the lines of `cell`.

    Untouched lines keep their call byte for byte; a changed line is edited in place. `joint` stands between a call and a new one.
    Raises Hidden, TooManyParts or `values.Unwritable`.
    """
    old = _instances(raw, kind, tags)
    _refuse_hidden(raw, old, kind)
    new = list(filter(None, canonical_lines(cell, tags).split("\n")))
    matcher = SequenceMatcher(None, [_line(call, kind) for call in old], new, autojunk=False)
    edits: list[tuple[int, int, str]] = []
    for operation, i, i2, j, j2 in matcher.get_opcodes():
        if operation == "equal":
            continue
        values = [_values(line, kind, tags) for line in new[j:j2]]
        paired = min(i2 - i, len(values))
        edits += [_edited(raw, *pair, kind) for pair in zip(old[i:], values[:paired], strict=False)]
        edits += [_removed(raw, call) for call in old[i + paired : i2]]
        edits.append(_added(raw, old[: i + paired], values[paired:], kind, joint))
    result = raw
    for start, end, text in reversed(edits):
        result = result[:start] + text + result[end:]
    if instance_lines(result, kind, tags).split("\n") != (new or [""]):
        raise Unwritable(cell)
    return result


def _instances(raw: str, kind: InstanceType, tags: Iterable[str]) -> list[Call]:
    return [c for c in find_calls(raw, tags) if not c.inside and same_template(c.name, kind.template)]


def _line(call: Call, kind: InstanceType) -> str:
    values = call.values()
    return _joined([values.get(field, "").replace("\n", BREAK) for field in kind.fields])


def _joined(parts: Sequence[str]) -> str:
    parts = [part.strip(SPACE + BREAK) for part in parts]
    while parts and not parts[-1]:
        parts = parts[:-1]
    return " | ".join(parts).strip(SPACE)


def parts_of(line: str, tags: Iterable[str] = CORE_TAGS) -> list[str]:
    """The parts of a line: only pipes outside links, calls and tags separate."""
    if not _CONSTRUCT.search(line):
        return line.split("|")
    parts, start, at = [], 0, 0
    for begin, end in [*((n.start, n.end) for n in preprocess(line, tags)), (len(line), len(line))]:
        while (pipe := line.find("|", at, begin)) >= 0:
            parts.append(line[start:pipe])
            start = at = pipe + 1
        at = end
    return [*parts, line[start:]]


def _refuse_hidden(raw: str, calls: Sequence[Call], kind: InstanceType) -> None:
    rest, at = "", 0
    for call in calls:
        rest += raw[at : call.start]
        at = call.end
        values = call.values()
        unknown = [name for name, value in values.items() if value and name not in kind.fields]
        doubled = len(values) != len(call.parameters)
        if unknown or doubled or any(BREAK in value for value in values.values()) or not _line(call, kind):
            raise Hidden(", ".join(unknown) or kind.template)
    if (rest + raw[at:]).strip():
        raise Hidden((rest + raw[at:]).strip())


def _edited(raw: str, call: Call, values: dict[str, str], kind: InstanceType) -> tuple[int, int, str]:
    current = call.values()
    changed = {name: value for name, value in values.items() if value != current.get(name, "")}
    text = with_values(raw, call, changed, kind.fields)
    return call.start, call.end, text[call.start : len(text) - (len(raw) - call.end)]


def _removed(raw: str, call: Call) -> tuple[int, int, str]:
    return call.start, call.end + (raw[call.end : call.end + 1] == "\n"), ""


def _added(
    raw: str, before: Sequence[Call], new: Sequence[dict[str, str]], kind: InstanceType, joint: str
) -> tuple[int, int, str]:
    calls = joint.join(call_text(kind.template, values) for values in new)
    if before:
        at = before[-1].end
        return at, at, f"{joint}{calls}" if calls else ""
    return 0, 0, f"{calls}{joint}" if calls and raw.strip() else calls


def _values(line: str, kind: InstanceType, tags: Iterable[str]) -> dict[str, str]:
    parts = [part.strip(SPACE) for part in parts_of(line, tags)]
    if len(parts) > len(kind.fields):
        raise TooManyParts(line)
    parts += [""] * (len(kind.fields) - len(parts))
    values = (part.replace(BREAK, "\n").strip(SPACE) for part in parts)
    written = (value if survives(value, tags) else encode(value, tags) for value in values)
    return dict(zip(kind.fields, written, strict=True))
