"""A page after somebody opened it in its form and saved it with nothing changed: a model of Page Forms, for what a plan must say first.

Page Forms finds a call by its own reading, not by MediaWiki's (PFTemplateInForm::setFieldValuesFromPage), takes it out of the page and
writes everything anew in the form's order, what is left behind it (PFWikiPage::createPageText). The model is held against
recorded saves (`tests/test_form_saves.py`); what it leaves out is listed there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from capitalise.forms.definition import Construct, Section
from capitalise.forms.kept import NEVER_OPENS, kept_value
from capitalise.forms.schema import Kind, Schema, SchemaField, SchemaTemplate
from capitalise.wikitext.calls import SPACE

__all__ = ["FormCall", "NeverOpens", "first_call", "saved_page"]

_UNPARSED = re.compile(
    r"<(pre|syntaxhighlight|source|ref|nowiki)(?![^>]*/>).*?\1>", re.DOTALL
)  # PFTemplateInForm::removeUnparsedText
_HOLE = "\1"


class NeverOpens(ValueError):
    """The form shows an error instead of the page: brackets without their pair, a date that breaks an input."""


@dataclass(frozen=True)
class FormCall:
    """A call as Page Forms reads it, at `start:end`: its values by name, unnamed ones by their number, of doubles the last."""

    start: int
    end: int
    values: dict[str, str]


def first_call(text: str, template: str) -> FormCall | None:
    """The first call of a template that Page Forms finds, wherever it stands. Raises NeverOpens."""
    name = re.escape(template).replace(r"\ ", "[ _]")
    found = re.search(rf"\{{\{{{name}\s*[|}}]", text, re.IGNORECASE | re.ASCII)
    if not found:
        return None
    inside = [one[0] for one in _UNPARSED.finditer(text, found.start())]
    rest = _UNPARSED.sub(_HOLE, text[found.start() :])
    at = 2 + len(template)
    at += len(rest[at:]) - len(rest[at:].lstrip(" "))
    fields, end = _parts(rest, at + (rest[at : at + 1] == "|"))
    holes = iter(inside)
    values: dict[str, str] = {}
    position = 0
    for part in fields:
        whole = re.sub(_HOLE, lambda _one: next(holes), part)
        name, equals, value = whole.partition("=")
        position += not equals
        values[name.strip(SPACE) if equals else str(position)] = (value if equals else whole).strip(SPACE)
    length = len(re.sub(_HOLE, "", rest[:end])) + sum(map(len, inside[: rest[:end].count(_HOLE)]))
    return FormCall(found.start(), found.start() + length, values)


_SIGNS = re.compile(r"[\[\]{}|]")


def _parts(text: str, at: int) -> tuple[list[str], int]:
    """The parts of a call between its pipes, and where it ends. Raises NeverOpens."""
    parts: list[str] = []
    square, curly, start = 0, 2, at
    for sign in _SIGNS.finditer(text, at):
        i, char = sign.start(), sign[0]
        paired = char in (text[i + 1 : i + 2], text[i - 1])
        square += paired * ((char == "[") - (char == "]" and square > 0))
        curly += paired * ((char == "{") - (char == "}" and curly > 0))
        if curly == 0 and square == 0:
            return [*parts, text[start : i - 1]], i + 1
        if char == "|" and square == 0 and curly <= 2:
            parts.append(text[start:i])
            start = i + 1
    raise NeverOpens


@dataclass
class _Page:
    """What is left of the text once calls and sections are taken out of it."""

    left: str


def saved_page(text: str, schema: Schema, now: datetime, language: str = "fr") -> str:
    """The page's text after the save. Raises NeverOpens where the form cannot be opened on it.

    Only what a save does is modelled, not what its scripts refuse (a mandatory field that is empty, a mistyped address).
    """
    page = _Page(text)
    constructs = schema.form.constructs
    templates = iter(schema.templates)
    calls: list[tuple[SchemaTemplate, list[dict[str, str]]]] = []
    order: list[tuple[SchemaTemplate, list[dict[str, str]]] | str] = []
    for at, one in enumerate(constructs):
        if one.kind == "for template":
            template = next(templates)
            calls.append((template, _taken(page, template)))
            order.append(calls[-1])
        elif one.kind == "section":
            order.append(_taken_section(page, constructs, at, schema))
        elif _is_free_text(one):
            order.append("\0")
    parts = [
        _FREE if part == "\0" else part if isinstance(part, str) else _written(*part, calls, schema, now, language)
        for part in order
    ]
    parts += [_FREE] if _FREE not in parts else []
    free_text = page.left.strip(SPACE)
    if {"onlyinclude free text", "includeonly free text"} & set(schema.form.info):
        free_text = f"<onlyinclude>{re.sub('</?onlyinclude>', '', free_text)}</onlyinclude>"
    return "".join(f"{free_text}\n" if part is _FREE else part for part in parts).rstrip(SPACE)


_FREE = "\0free"


def _is_free_text(one: Construct) -> bool:
    return (one.kind, one.name) in (("standard input", "free text"), ("field", "#freetext#"))


def _taken(page: _Page, template: SchemaTemplate) -> list[dict[str, str]]:
    """The values of a template's calls, taken out of the page; what a holding field holds is put behind it."""
    found = []
    while call := first_call(page.left, template.name):
        whole = page.left[call.start : call.end]
        page.left = page.left.replace(whole, "", 1)
        for one in template.fields.values():
            if one.kind == Kind.CALLS:
                page.left += call.values.pop(one.name, "")
        found.append(call.values)
        if not template.source.multiple:
            break
    least = template.source.number("minimum instances") if template.source.multiple else 1
    return found + [{}] * (least - len(found))


def _written(
    template: SchemaTemplate,
    instances: Sequence[dict[str, str]],
    calls: Sequence[tuple[SchemaTemplate, list[dict[str, str]]]],
    schema: Schema,
    now: datetime,
    language: str,
) -> str:
    """A template's calls, a line behind each; "" for those that stand in a field of another one."""
    if template.source.holder:
        return ""
    return "".join(f"{_call(template, values, calls, now, language)}\n" for values in instances)


def _call(
    template: SchemaTemplate,
    values: dict[str, str],
    calls: Sequence[tuple[SchemaTemplate, list[dict[str, str]]]],
    now: datetime,
    language: str,
) -> str:
    text, numbered = "{{" + template.name, 0
    for name, value in _kept(template, values, calls, now, language):
        if name.isdecimal():
            text += "|" * (int(name) - numbered) + value
            numbered = int(name)
        else:
            text += f"\n|{name}={value}"
    return re.sub(r"\|*\Z", "", text) + ("\n" if "\n" in text else "") + "}}"


def _kept(
    template: SchemaTemplate,
    values: dict[str, str],
    calls: Sequence[tuple[SchemaTemplate, list[dict[str, str]]]],
    now: datetime,
    language: str,
) -> Iterator[tuple[str, str]]:
    """The parameters that are written: the form's in its order, then those that it does not know."""
    for name, one in template.fields.items():
        kept = _held(template, one, calls, now, language) or kept_value(values.get(name, ""), one, now, language)
        if kept == NEVER_OPENS:
            raise NeverOpens
        if kept and not _hidden(template, one, values):
            yield name, kept
    if not template.source.multiple:
        for name, value in values.items():
            if name not in template.fields and value and not name.isdecimal():
                yield name, value


def _held(
    template: SchemaTemplate,
    one: SchemaField,
    calls: Sequence[tuple[SchemaTemplate, list[dict[str, str]]]],
    now: datetime,
    language: str,
) -> str:
    """The calls that stand in a field, one behind the other."""
    inside = [(t, some) for t, some in calls if (t.source.held_by, t.source.holder) == (template.name, one.name)]
    return "".join(_call(t, values, calls, now, language) for t, some in inside for values in some)


def _hidden(template: SchemaTemplate, one: SchemaField, values: dict[str, str]) -> bool:
    """Whether the form hides a field because of what stands in another one (`show on select`): its scripts empty it."""
    for other in template.fields.values():
        shows = other.source.shows
        wanted = [value for value, block in shows if block and block == one.source.block]
        if wanted and not set(wanted) & {item.strip() for item in values.get(other.name, "").split(other.delimiter)}:
            return True
    return False


# -- sections -------------------------------------------------------------------------------------


def _taken_section(page: _Page, constructs: Sequence[Construct], at: int, schema: Schema) -> str:
    """A section as it is written, its text taken out of the page; where nothing follows the last one in the form before the next
    template, the words stay in the page too (PFFormPrinter.php, "for section processing")."""
    section = next(s for s in schema.form.sections if s.name == constructs[at].name)
    text = page.left if page.left.endswith("\n") else page.left + "\n"
    equals, name = "=" * section.level, re.escape(section.name)
    heading = re.search(rf"^{equals} *{name} *{equals}$", text, re.MULTILINE)
    start = heading.start() if heading else 0
    text = text.replace(heading[0], "") if heading else text
    end = _section_end(text, constructs[at + 1 :], start, schema)
    if end == -1:
        words, page.left = text[start:], text[:start]
    elif end is None:
        words, page.left = text[start : max(start, len(text) - start)] if start else "", text[:start] + text
    else:
        words, page.left = text[start : max(start, end)], text[:start] + text[end:]
    return _section(section, words.strip(SPACE))


def _section_end(text: str, after: Sequence[Construct], start: int, schema: Schema) -> int | None:
    """Where a section ends: -1 at the end of the text; None where Page Forms looks for a call and finds none."""
    for one in after:
        if one.kind == "for template":
            break
        if one.kind != "section":
            return -1
        found = re.search(rf"^={{1,6}} *{re.escape(one.name)} *={{1,6}}\s*?$", text, re.MULTILINE)
        if found:
            return found.start()
        if not next(s for s in schema.form.sections if s.name == one.name).hidden_if_empty:
            return -1
    call = text.find("{{", start)
    return call if call >= 0 else None


def _section(section: Section, words: str) -> str:
    if section.hidden_if_empty and not words:
        return ""
    return f"{section.heading}\n" + (f"{words}\n" if words else "") + "\n"
