"""A call's parameters: mistyped names, doubles, bare pipes, empty ones; and what only a person can mend.

First half of a page's way: what is done here changes which value belongs to which name, so the page is read again
before values are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from capitalise.forms.rules.choices import bare_letters, nearest, one_typo
from capitalise.forms.rules.outcome import Doubt
from capitalise.forms.schema import Kind, SchemaField, SchemaTemplate
from capitalise.messages import N_
from capitalise.wikitext.calls import SPACE, Call, Parameter

MOST_PARAMETERS = 500  # of a call that anybody filled in a form

__all__ = ["MOST_PARAMETERS", "Change", "Remark", "mended_call"]


@dataclass(frozen=True)
class Change:
    """`text[start:end]` becomes `new`. `label` is the field's, `before` and `after` what people are shown."""

    start: int
    end: int
    new: str
    label: str
    before: str
    after: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Remark:
    """Something that no rule may change, in the field `label` of the call at `at`."""

    at: int
    label: str
    doubt: Doubt


def mended_call(text: str, call: Call, template: SchemaTemplate, on: frozenset[str]) -> Iterator[Change | Remark]:
    """What is to be done about the parameters of a call, in their order."""
    if len(call.parameters) > MOST_PARAMETERS:
        why = N_("the call has %(count)d parameters: it is left alone", count=len(call.parameters))
        yield Remark(call.start, template.name, Doubt("pipe", why))
        return
    if _is_plain(call, template) and "parameter-empty" not in on:
        return
    if table := _table(call):
        why = N_("a table stands in this value, and its “|” cut it; put the table outside the call")
        yield Remark(call.start, _label(template, table.name), Doubt("pipe", why))
        return
    counts = Counter(p.name for p in call.parameters)
    values = call.values()
    before: Parameter | None = None
    for parameter in call.parameters:
        if counts[parameter.name] > 1:
            yield from _double(text, call, template, parameter, on)
        elif not parameter.named and parameter.name not in template.fields:
            yield from _bare_pipe(text, call, template, parameter, before, on)
        elif parameter.name not in template.fields and parameter.value.strip(SPACE):
            yield from _unknown(text, call, template, parameter, on)
        elif "parameter-empty" in on and parameter.named and _may_go(template, parameter.name, values):
            yield _removed(text, call, parameter, _label(template, parameter.name), "parameter-empty")
        before = parameter if parameter.named else before


def _is_plain(call: Call, template: SchemaTemplate) -> bool:
    """Whether each parameter is one of the form's, and stands there once."""
    names = {parameter.name for parameter in call.parameters}
    return len(names) == len(call.parameters) and names <= template.fields.keys()


def _double(
    text: str, call: Call, template: SchemaTemplate, parameter: Parameter, on: frozenset[str]
) -> Iterator[Change | Remark]:
    """All but the last of equal ones go; the last is the one that readers see."""
    same = [p for p in call.parameters if p.name == parameter.name]
    label = _label(template, parameter.name)
    if len({p.value.strip(SPACE) for p in same}) > 1:
        if parameter is same[-1]:
            shown = tuple(p.value.strip(SPACE) for p in same)
            why = N_("the parameter stands here twice with different values; readers see the last one only")
            yield Remark(call.start, label, Doubt("parameter-double", why, shown))
    elif parameter is not same[-1] and parameter.named and "parameter-double" in on:
        yield _removed(text, call, parameter, label, "parameter-double")


def _bare_pipe(
    text: str, call: Call, template: SchemaTemplate, parameter: Parameter, before: Parameter | None, on: frozenset[str]
) -> Iterator[Change | Remark]:
    """A part without a name behind a field's value: somebody typed a `|` in it."""
    words = parameter.value.strip(SPACE)
    field = template.fields.get(before.name) if before else None
    if not words or template.reading is None or template.reading.opaque or template.positional:
        return
    if field is None or field.kind != Kind.TEXT or field.several or before is None:
        why = N_("“%(value)s” belongs to no parameter: readers do not see it", value=words[:80])
        yield Remark(call.start, template.name, Doubt("unknown-parameter", why))
    elif words.casefold() in {name.casefold() for name in template.fields}:
        why = N_("“%(value)s” is a parameter's name without a value", value=words)
        yield Remark(call.start, template.name, Doubt("unknown-parameter", why))
    elif field.parameter.in_link:
        why = N_("a “|” cuts this value, and the template stores the field as a property, where none can be written")
        yield Remark(call.start, field.label, Doubt("pipe", why))
    elif text[: parameter.start - 1].rstrip(" \t").endswith("\n"):
        why = N_("a “|” begins a line of this value: is “%(words)s” a parameter without its name?", words=words[:80])
        yield Remark(call.start, field.label, Doubt("pipe", why))
    elif "pipe" in on:
        at = parameter.start - 1
        cut = text[before.value_at : at].rstrip(SPACE)
        words = text[before.value_at : parameter.end].rstrip(SPACE)
        whole = cut + words[len(cut) :].replace("|", "{{!}}")
        yield Change(at, at + 1, "{{!}}", field.label, words.strip(SPACE), whole.strip(SPACE), ("pipe",))


def _table(call: Call) -> Parameter | None:
    """The parameter in whose value a raw `{|` stands: MediaWiki cuts it there."""
    values = [(p, p.value.rstrip(SPACE)) for p in call.parameters]
    return next((p for p, value in values if value.endswith("{") and not value.endswith("{{")), None)


def _unknown(
    text: str, call: Call, template: SchemaTemplate, parameter: Parameter, on: frozenset[str]
) -> Iterator[Change | Remark]:
    reading = template.reading
    if reading is None or reading.opaque:
        return
    known = {*template.fields, *reading.parameters, *(a for p in reading.parameters.values() for a in p.aliases)}
    if parameter.name in known or not parameter.named:
        return
    there = {p.name for p in call.parameters}
    near = [name for name in known if _mistyped(parameter.name, name)]
    rivals = [p for p in call.parameters if p.name not in known and any(_mistyped(p.name, name) for name in near)]
    written = text[parameter.start : parameter.value_at - 1]
    certain = len(near) == 1 == len(rivals) and near[0] in template.fields and near[0] not in there
    if certain and parameter.name in written:
        if "parameter-name" in on:
            new = written.replace(parameter.name, near[0], 1)
            label = _label(template, near[0])
            yield Change(
                parameter.start,
                parameter.value_at - 1,
                new,
                label,
                f"|{parameter.name}=",
                f"|{near[0]}=",
                ("parameter-name",),
            )
        return
    why = N_(
        "neither form nor template knows the parameter “%(name)s”: readers do not see its value", name=parameter.name
    )
    yield Remark(
        call.start,
        parameter.name,
        Doubt("unknown-parameter", why, tuple(sorted(near) or nearest(parameter.name, known, 1))),
    )


def _mistyped(name: str, known: str) -> bool:
    """Other case, accents, `_` between words, or one slip. A sign at an end may be how somebody hid a value."""
    if name.strip("_-. ") != name:
        return False
    words = [text.replace("_", " ").replace("-", " ") for text in (name, known)]
    return bare_letters(words[0]) == bare_letters(words[1]) or one_typo(*words)


def _removed(text: str, call: Call, parameter: Parameter, label: str, rule: str) -> Change:
    start = parameter.start - 1
    return Change(start, parameter.end, "", label, text[start : parameter.end].strip(SPACE), "", (rule,))


def _may_go(template: SchemaTemplate, name: str, values: Mapping[str, str]) -> bool:
    """Whether an empty parameter says nothing: without it, some templates show words of their own."""
    return name in template.fields and not values[name] and not template.fields[name].parameter.default


def _label(template: SchemaTemplate, name: str) -> str:
    field: SchemaField | None = template.fields.get(name)
    return field.label if field else name
