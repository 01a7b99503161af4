"""A page's text through all rules: which calls it holds, what they should say, and the page with nothing else changed.

Calls are read as MediaWiki's preprocessor reads them. After an edit the page is read again: every call and value that no
rule touched must be what it was, and every touched value what was meant; else the page is left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from capitalise.bots.normalise.limits import remarks_on
from capitalise.bots.normalise.structure import MOST_PARAMETERS, Change, Remark, mended_call
from capitalise.errors import Skip
from capitalise.forms.definition import FormTemplate
from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.rules.targets import titles_meant
from capitalise.forms.rules.tools import ToolFields, as_calls, tool_fields
from capitalise.forms.schema import Kind, Schema, SchemaField, SchemaTemplate
from capitalise.forms.values import needs_rules, normalise_value
from capitalise.messages import N_
from capitalise.wikitext.calls import SPACE, Call, Parameter, call_text, calls_in, find_calls, same_template
from capitalise.wikitext.preprocessor import Node, preprocess, walk

__all__ = ["Prepared", "Result", "names_in", "normalise_page", "prepare", "targets_in"]

_NONE: Sequence[Parameter] = ()
MOST_ROUNDS = 5
MOST_CHANGES = 1000
MOST_LAID_OUT = 100  # calls of one page that `layout` rewrites, each a reading of the page


@dataclass(frozen=True)
class Prepared:
    """A schema ready for pages: templates by the names that calls go by, and the sub-template of each tool field. `pattern`
    finds what may be a call, `opening` what was meant to be one."""

    templates: Mapping[str, SchemaTemplate]
    tools: Mapping[tuple[str, str], ToolFields]
    tags: frozenset[str]
    pattern: re.Pattern[str]
    opening: re.Pattern[str]

    def field(self, template: str, parameter: str) -> SchemaField | None:
        return self.templates[template].fields.get(parameter)

    def of(self, call: Call) -> SchemaTemplate | None:
        found = self.templates.get(_key(call.name))
        if found is None and call.name[:1] in "tTmM" and ":" in call.name:  # with its namespace
            return next((t for name, t in self.templates.items() if same_template(name, call.name)), None)
        return found


@dataclass(frozen=True)
class Result:
    """The page as it should be, what changes in it, and what is left to people."""

    text: str
    changes: tuple[Change, ...] = ()
    remarks: tuple[Remark, ...] = ()


def prepare(schema: Schema, tags: frozenset[str]) -> Prepared:
    """A schema for the pages of a wiki whose extension tags are `tags`."""
    templates = {_key(t.name): t for t in schema.templates}
    tools = {}
    for template in schema.templates:
        held = schema.form.instances_in(template.source.holder, _source(schema, template.source.held_by))
        found = tool_fields(template) if held and template.source.holder else None
        if found:
            tools[template.source.held_by, template.source.holder] = found
    names = "|".join(re.escape(t.name).replace(r"\ ", "[ _]+") for t in schema.templates) or "(?!)"
    pattern = re.compile(rf"\{{\{{[^{{}}|]*?(?:{names})", re.IGNORECASE)
    opening = re.compile(rf"\{{\{{[ \t\n]*({names})[ \t]*(?=[|\n])", re.IGNORECASE)
    return Prepared(templates, tools, tags, pattern, opening)


def normalise_page(
    text: str, prepared: Prepared, world: World, on: frozenset[str], apart: frozenset[str] = frozenset()
) -> Result:
    """`text` with the rules `on`, the fields `apart` (by label) left alone. Raises Skip where the result would not be read
    as it was meant."""
    if not prepared.pattern.search(text):
        return Result(text)
    nodes = preprocess(text, prepared.tags)
    calls = calls_in(text, nodes)
    if not any(map(prepared.of, calls)) and (found_open := prepared.opening.search(text)):
        why = N_(
            "the page holds “%(call)s” and no call that the wiki reads: is a }} missing?", call=found_open[0].strip()
        )
        return Result(text, (), (Remark(found_open.start(), found_open[1], Doubt("unreadable-page", why)),))
    done: list[Change] = []
    for _round in range(MOST_ROUNDS):  # a name that was mended shows whose value a bare pipe cut
        structure = list(_structure(text, calls, prepared, on))
        changes = [c for c in structure if isinstance(c, Change) and c.label not in apart]
        if not changes:
            break
        text, nodes, calls = _checked(text, nodes, calls, changes, prepared)
        done += changes
    found = list(_values(text, calls, prepared, world, on))
    changes = [c for c in found if isinstance(c, Change) and c.label not in apart]
    if changes and all(map(_only_words, changes)):
        text = _applied(text, 0, len(text), sorted(changes, key=lambda c: c.start))
    elif changes:
        text, nodes, calls = _checked(text, nodes, calls, changes, prepared)
    done += changes
    laid = _laid_out(text, prepared) if "layout" in on and not apart else Result(text)
    remarks = [r for r in (*structure, *found) if isinstance(r, Remark)]
    return Result(laid.text, (*done, *laid.changes), tuple(remarks))


def targets_in(text: str, prepared: Prepared, address: str = "") -> Iterator[tuple[str, str]]:
    """What the page fields of a page name, or will once the rules have been: field and title. `address` is that of the wiki's pages."""
    wanted = any(f.kind == Kind.PAGE for t in prepared.templates.values() for f in t.fields.values())
    if not wanted or not prepared.pattern.search(text):
        return
    for call in find_calls(text, prepared.tags):
        template = prepared.of(call)
        for name, value in call.values().items() if template else ():
            field = template.fields.get(name) if template else None
            if field and field.kind == Kind.PAGE:
                items = re.split(f"{re.escape(field.delimiter)}|[;\n]", value) if field.several else [value]
                yield from ((name, title) for item in items for title in titles_meant(item, address))


def names_in(text: str, prepared: Prepared) -> Iterator[tuple[str, str]]:
    """The values of fields in which people write names, with the field's label: of lists that take words of their own, of fields that
    name pages, of lines of text."""
    for call in find_calls(text, prepared.tags) if prepared.pattern.search(text) else ():
        template = prepared.of(call)
        values = call.values() if template else {}
        for name, field in template.fields.items() if template else ():
            if name not in values or field.closed or field.input not in _NAMING or field.kind not in _NAMES:
                continue
            items = values[name].split(field.delimiter) if field.several else [values[name]]
            yield from ((field.label, item.strip()) for item in items if item.strip())


_NAMING = ("text", "combobox", "tokens")
_NAMES = (Kind.TEXT, Kind.PAGE, Kind.CHOICE)


def _structure(text: str, calls: Iterable[Call], prepared: Prepared, on: frozenset[str]) -> Iterator[Change | Remark]:
    for call in calls:
        if template := prepared.of(call):
            yield from mended_call(text, call, template, on)


def _values(
    text: str, calls: Sequence[Call], prepared: Prepared, world: World, on: frozenset[str]
) -> Iterator[Change | Remark]:
    managed = [
        (call, template)
        for call in calls
        if len(call.parameters) <= MOST_PARAMETERS and (template := prepared.of(call))
    ]
    starts = [call.start for call in calls if prepared.of(call)]
    for call, template in managed:
        there: dict[str, list[Parameter]] = {}
        for one in call.parameters:
            there.setdefault(one.name, []).append(one)
        for name, field in template.fields.items():
            some = there.get(name, _NONE)
            if not some and not field.limited:
                continue
            value = some[-1].value.strip(SPACE) if some else ""
            if field.limited or world.lines:
                yield from (Remark(call.start, field.label, doubt) for doubt in remarks_on(value, field, world))
            if len(some) > 1 or not needs_rules(value, field) or not some[0].named:
                continue
            inner = bisect_left(starts, some[0].value_at)
            if inner < len(starts) and starts[inner] < some[0].end:
                continue  # its calls have their own values
            yield from _value(call, template, field, some[0], prepared, world, on)


def _value(
    call: Call,
    template: SchemaTemplate,
    field: SchemaField,
    parameter: Parameter,
    prepared: Prepared,
    world: World,
    on: frozenset[str],
) -> Iterator[Change | Remark]:
    old = parameter.value.strip(SPACE)
    rules: tuple[str, ...]
    if tools := prepared.tools.get((template.name, field.name)):
        found = as_calls(old, tools)
        new, rules = (found, ("tool-line",)) if isinstance(found, str) and "tool-line" in on else (old, ())
        doubts: tuple[Doubt, ...] = (found,) if isinstance(found, Doubt) else ()
    else:
        outcome = normalise_value(old, field, world, on)
        new, rules, doubts = outcome.value, outcome.rules, outcome.doubts
    yield from (Remark(call.start, field.label, doubt) for doubt in doubts)
    if new != old:
        start = parameter.value_at + len(parameter.value) - len(parameter.value.lstrip(SPACE))
        yield Change(start, start + len(old), new, field.label, old, new, rules)


#: Without any of these the preprocessor passes over a text, whatever stands around it.
_SIGNS = re.compile(r"[{}\[\]|<>=\n-]")


def _only_words(change: Change) -> bool:
    """Whether neither the old value nor the new one can be read as anything but words."""
    return bool(change.new) and not _SIGNS.search(change.before) and not _SIGNS.search(change.new)


# -- writing ----------------------------------------------------------------------------------

Outline = list[tuple[str, int, list[tuple[str, str]]]]


def _checked(
    text: str, nodes: Sequence[Node], calls: Sequence[Call], changes: Sequence[Change], prepared: Prepared
) -> tuple[str, list[Node], list[Call]]:
    """The page with some changes, read again. Raises Skip where anything else would be read otherwise."""
    if len(changes) > MOST_CHANGES:
        raise Skip(N_("there is too much to change on this page at once: %(count)d values", count=len(changes)))
    changes = sorted(changes, key=lambda c: c.start)
    new = _applied(text, 0, len(text), changes)
    again = preprocess(new, prepared.tags)
    read = calls_in(new, again)
    spans, shift = [], 0
    for change in changes:
        spans.append((change.start + shift, change.start + shift + len(change.new)))
        shift += len(change.new) - (change.end - change.start)
    if _meant(text, calls, changes) != _read(read, spans) or _others(text, nodes) != _others(new, again):
        raise Skip(N_("the page's layout does not let these values be written safely; edit it on the wiki"))
    return new, again, read


def _others(text: str, nodes: Iterable[Node]) -> list[tuple[str, str]]:
    """Comments and tags with all they hold."""
    found = walk(nodes) if "<" in text else ()
    return [(node.kind, text[node.start : node.end]) for node in found if node.kind in ("comment", "ignored", "tag")]


def _applied(text: str, start: int, end: int, changes: Iterable[Change]) -> str:
    """`text[start:end]` with the changes inside it made."""
    pieces, at = [], start
    for change in changes:
        if start <= change.start and change.end <= end:
            pieces += [text[at : change.start], change.new]
            at = change.end
    return "".join([*pieces, text[at:end]])


def _meant(text: str, calls: Iterable[Call], changes: Sequence[Change]) -> Outline:
    """Every call but those that a change replaces, with the names and values that it is to have."""
    outline: Outline = []
    pipes = {c.start: c.end for c in changes}
    for call in calls:
        if any(c.start <= call.start and call.end <= c.end for c in changes):
            continue
        inside = [c for c in changes if call.start < c.start and c.end < call.end]
        parts: list[tuple[str, int, int]] = []
        for p in call.parameters:
            until = pipes.get(p.start - 1, 0)
            if until == p.end and until > p.start:
                continue  # removed
            if until == p.start and parts:
                parts[-1] = (*parts[-1][:2], p.end)  # joined to the value before it
                continue
            name = _applied(text, p.start, p.value_at - 1, inside).strip(SPACE) if p.named else ""
            renamed = p.named and any(p.start <= c.start and c.end <= p.value_at - 1 for c in inside)
            parts.append((name if renamed else p.name if p.named else "", p.value_at, p.end))
        values = [(name, _applied(text, at, end, inside).strip(SPACE)) for name, at, end in parts]
        outline.append((call.name, call.inside, values))
    return outline


def _read(calls: Iterable[Call], spans: Sequence[tuple[int, int]]) -> Outline:
    """Every call but those that a change wrote, as MediaWiki reads it."""
    return [
        (c.name, c.inside, [(p.name if p.named else "", p.value.strip(SPACE)) for p in c.parameters])
        for c in calls
        if not any(start <= c.start and c.end <= end for start, end in spans)
    ]


def _laid_out(text: str, prepared: Prepared) -> Result:
    """Each call as the form writes it, the inner ones first; calls that hold comments or unnamed values stay."""
    changes: list[Change] = []
    number = 0
    while number < MOST_LAID_OUT:
        mine = [call for call in find_calls(text, prepared.tags) if prepared.of(call)]
        if number >= len(mine):
            break
        call = mine[len(mine) - 1 - number]
        number += 1
        template = prepared.of(call)
        whole = text[call.start : call.end]
        if (
            template is None
            or "<!--" in whole
            or not all(p.named for p in call.parameters)
            or len(call.values()) < len(call.parameters)
            or any(
                not v and n in template.fields and template.fields[n].parameter.default
                for n, v in call.values().items()
            )
        ):
            continue
        values = call.values()
        order = [
            *(name for name in template.fields if name in values),
            *(n for n in values if n not in template.fields),
        ]
        new = call_text(whole[2:].split("|")[0].split("}}")[0].strip(SPACE), {name: values[name] for name in order})
        laid = text[: call.start] + new + text[call.end :]
        if new != whole and _filled(laid, prepared) == _filled(text, prepared):
            text = laid
            changes.append(Change(call.start, call.end, new, template.name, whole, new, ("layout",)))
    return Result(text, tuple(changes))


def _filled(text: str, prepared: Prepared) -> list[tuple[str, set[tuple[str, str]]]]:
    """Every call with its values, in whatever order; empty ones left out."""
    return [(c.name, {(n, v) for n, v in c.values().items() if v}) for c in find_calls(text, prepared.tags)]


def _source(schema: Schema, name: str) -> FormTemplate | None:
    return next((t.source for t in schema.templates if t.name == name), None)


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    words = " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:]
