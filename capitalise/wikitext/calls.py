"""Template calls of a page, and the page with some of their values replaced.

Second station of the wikitext room. A call is read by `find_calls`, changed by `with_values`; both
work on spans of the original text, so layout, comments, order and everything outside the changed
values survive byte for byte. As in MediaWiki the last of two parameters with one name wins
(`PPTemplateFrame_Hash`), and values are compared without the white space around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from capitalise.wikitext.preprocessor import CORE_TAGS, Node, Part, preprocess, walk

__all__ = ["Call", "Parameter", "call_text", "calls_in", "find_calls", "same_template", "with_values"]

MOST_INSIDE = 100  # $wgMaxPPExpandDepth: what stands deeper is an error message (Parser.php, PPFrame)
#: What MediaWiki trims around a named parameter (PHP's `trim`).
SPACE = " \t\n\r\0\x0b"


class Parameter(NamedTuple):
    """One parameter of a call. `start:end` is the part between its pipes, `value_at` where its value begins."""

    name: str
    value: str
    start: int
    value_at: int
    end: int
    named: bool


class Call(NamedTuple):
    """A template call at `text[start:end]`. `inside` counts the calls around it; 0 stands on the page itself."""

    name: str
    start: int
    end: int
    parameters: tuple[Parameter, ...]
    inside: int

    def values(self) -> dict[str, str]:
        """Trimmed values by parameter name; of doubles the last, as MediaWiki reads them."""
        return {parameter.name: parameter.value.strip(SPACE) for parameter in self.parameters}

    def parameter(self, name: str) -> Parameter | None:
        """The parameter that MediaWiki would read for `name`."""
        return next((p for p in reversed(self.parameters) if p.name == name), None)


def find_calls(text: str, tags: Iterable[str] = CORE_TAGS) -> list[Call]:
    """Every call of `text` in document order, a call before the calls inside it."""
    return calls_in(text, preprocess(text, tags))


def calls_in(text: str, nodes: Iterable[Node]) -> list[Call]:
    """The calls among the constructs that were read in `text`; those inside MOST_INSIDE others are none for MediaWiki either."""
    ends: list[int] = []
    calls = []
    for node in walk(nodes):
        while ends and ends[-1] <= node.start:
            ends.pop()
        if node.kind == "template":
            if len(ends) < MOST_INSIDE:
                calls.append(_call(text, node, len(ends)))
            ends.append(node.end)
    return calls


def same_template(name: str, other: str) -> bool:
    """Whether two spellings call one template: `_` is a space, and the first letter's case is free."""
    return _folded(name) == _folded(other)


def _folded(name: str) -> str:
    words = " ".join(name.replace("_", " ").split())
    for prefix in ("Template:", "Modèle:"):
        if words.casefold().startswith(prefix.casefold()):
            words = words[len(prefix) :].lstrip()
    return words[:1].upper() + words[1:]


def _call(text: str, node: Node, inside: int) -> Call:
    title, *parts = node.parts
    return Call(_plain(text, title, title.end), node.start, node.end, tuple(_parameters(text, parts)), inside)


def _parameters(text: str, parts: Iterable[Part]) -> Iterator[Parameter]:
    position = 0
    for part in parts:
        named = part.equals is not None
        if part.equals is None:
            position += 1
            name, value_at = str(position), part.start
        else:
            name, value_at = _plain(text, part, part.equals), part.equals + 1
        yield Parameter(name, text[value_at : part.end], part.start, value_at, part.end, named)


def _plain(text: str, part: Part, end: int) -> str:
    """A name without the comments inside it."""
    pieces, at = [], part.start
    for child in part.children:
        if child.kind in ("comment", "ignored") and child.end <= end:
            pieces.append(text[at : child.start])
            at = child.end
    return ("".join(pieces) + text[at:end]).strip(SPACE)


# -- writing ----------------------------------------------------------------------------------


def with_values(text: str, call: Call, values: Mapping[str, str], order: Sequence[str] = ()) -> str:
    """`text` with the values of `call` replaced.

    `values` holds wikitext ready to stand between two pipes (see `values.encode`). A parameter that
    is not there yet is added in the layout of its neighbours, at its place in `order`; one that is emptied
    goes with its line, as Page Forms leaves it out, unless words stand in its name.
    """
    edits: dict[Parameter | None, Edit] = {}
    counted: list[Parameter] = []
    added: dict[Parameter | None, list[tuple[str, str]]] = {}
    there = {name: parameter for name in values if (parameter := call.parameter(name))}
    gone = {one for name, one in there.items() if not values[name] and _removable(text, one, call)}
    stays = [one for one in call.parameters if one not in gone]
    for name, value in _in_order(values, order):
        parameter = there.get(name)
        if parameter is not None:
            edits[parameter] = _gone(parameter) if parameter in gone else _replacement(parameter, value)
            counted += _counted_behind(call, parameter) if not parameter.named and _reads_as_named(value) else []
        elif value:
            added.setdefault(_anchor(stays, name, order), []).append((name, value))
    for one in counted:
        edits.setdefault(one, (one.start, one.start, f"{one.name}="))
    for anchor, news in added.items():
        _add(text, call, edits, anchor, news)
    return _with_edits(text, call, list(edits.values()), added=bool(added))


Edit = tuple[int, int, str]


def _with_edits(text: str, call: Call, edits: Sequence[Edit], *, added: bool) -> str:
    whole = text
    for start, end, piece in sorted(edits, reverse=True):
        text = text[:start] + piece + text[end:]
    return _closed(text, call, len(text) - len(whole), added=added)


def _anchor(stays: Sequence[Parameter], name: str, order: Sequence[str]) -> Parameter | None:
    """The part that a new parameter stands behind; None for the call's name."""
    at = order.index(name) if name in order else len(order)
    before, after = set(order[:at]), set(order[at:])
    part = max((p for p in stays if p.name in before), key=lambda p: p.end, default=None)
    if part is None and not any(p.name in after for p in stays):
        return stays[-1] if stays else None
    return part


def _add(
    text: str,
    call: Call,
    edits: dict[Parameter | None, Edit],
    anchor: Parameter | None,
    news: Sequence[tuple[str, str]],
) -> None:
    """Put new parameters behind the words of a part: those that it will have."""
    start, end, piece = edits.get(anchor) or _as_it_is(text, call, anchor)
    words = piece.rstrip(SPACE)
    after = piece[len(words) :]
    edits[anchor] = (start, end, words + "".join(_new(text, call, name, value, after) for name, value in news) + after)


def _as_it_is(text: str, call: Call, anchor: Parameter | None) -> Edit:
    """A part of a call, or its name, with the white space behind it."""
    if anchor:
        return anchor.start, anchor.end, text[anchor.start : anchor.end]
    end = call.parameters[0].start - 1 if call.parameters else call.end - 2
    return call.start + 2, end, text[call.start + 2 : end]


def _removable(text: str, parameter: Parameter, call: Call) -> bool:
    """Whether a part can go: others that stand before it under its name, or count from it, would be read anew; a comment in its name
    is somebody's."""
    if "<!--" in text[parameter.start : parameter.value_at]:
        return False
    if parameter.named:
        return sum(p.name == parameter.name for p in call.parameters) == 1
    return parameter is [p for p in call.parameters if not p.named][-1]


def _gone(parameter: Parameter) -> tuple[int, int, str]:
    return parameter.start - 1, parameter.end, ""


def _closed(text: str, call: Call, grown: int, *, added: bool) -> str:
    """The call's end as Page Forms writes it: on a line of its own behind new parameters of a call that had no named one, and behind
    the name where no parameter is left; no empty ones without a name at its end."""
    end = call.end + grown - 2
    if added and not any(p.named for p in call.parameters) and text[end - 1] != "\n":
        return f"{text[:end]}\n{text[end:]}"
    inside = text[call.start + 2 : end]
    if grown < 0:
        inside = inside.rstrip("|") if inside.endswith("|") else inside
        inside = inside if "|" in inside else inside.rstrip(SPACE)
    return text[: call.start + 2] + inside + text[end:]


def call_text(name: str, values: Mapping[str, str]) -> str:
    """A new call as Page Forms writes it: a parameter a line, empty ones left out (PFWikiPage.php)."""
    lines = [f"\n|{key}={value}" for key, value in values.items() if value]
    return "{{" + name + "".join(lines) + ("\n" if lines else "") + "}}"


def _in_order(values: Mapping[str, str], order: Sequence[str]) -> list[tuple[str, str]]:
    rank = {name: number for number, name in enumerate(order)}
    return sorted(values.items(), key=lambda item: rank.get(item[0], len(rank)))


def _replacement(parameter: Parameter, value: str) -> tuple[int, int, str]:
    left, right = _white(parameter.value)
    if not parameter.named and _reads_as_named(value):
        return parameter.start, parameter.end, f"{left}{parameter.name}={value}{right}"
    if value.startswith(("*", "#", ":", ";", "{|")) and "\n" not in left:
        left += "\n"  # a list or a table only is one at the start of a line
    return parameter.value_at, parameter.end, left + value + _line_end(left + value, right.strip(" ")) + right


def _reads_as_named(value: str) -> bool:
    """Whether a part with this text would be a name and a value: an equals sign outside calls, links and headings."""
    return "=" in value and find_calls("{{A|" + value + "}}")[0].parameters[0].named


def _counted_behind(call: Call, first: Parameter) -> list[Parameter]:
    """The parts without a name behind one that gets its own: they would be counted anew, and get their numbers."""
    return [p for p in call.parameters if p.start > first.start and not p.named]


def _new(text: str, call: Call, name: str, value: str, after: str) -> str:
    """A parameter with the white space `after` it, spelled as the last named one of the call is: its line break, indentation and
    padding."""
    sibling = next((p for p in reversed(call.parameters) if p.named), None)
    if sibling is None:
        return f"\n|{name}={value}" + _line_end(value, after)
    before = text[: sibling.start - 1]
    lead = before[len(before.rstrip(SPACE)) :]
    key = text[sibling.start : sibling.value_at - 1]
    indent, padding = key[: len(key) - len(key.lstrip(SPACE))], key[len(key.rstrip(SPACE)) :]
    if padding:
        padding = " " * max(1, len(key) - len(indent) - len(name))
    left = sibling.value[: len(sibling.value) - len(sibling.value.lstrip(" "))]
    return f"{lead}|{indent}{name}{padding}={left}{value}" + _line_end(value, after.strip(" "))


def _line_end(value: str, after: str) -> str:
    """A line break where the last line of `value` would swallow what closes the call: a heading, or a brace."""
    swallows = "\n=" in value[value.rfind("\n") :] or value.endswith("}")
    return "\n" if swallows and not after else ""


def _white(raw: str) -> tuple[str, str]:
    """The white space before and after a value; of an empty one, what stands on its line and the rest."""
    bare = raw.strip(SPACE)
    at = raw.index(bare) if bare else len(raw.split("\n", 1)[0])
    return raw[:at], raw[at + len(bare) :]
