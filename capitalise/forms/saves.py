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

Values = dict[str, str]

_OPENS = re.compile(r"<(pre|syntaxhighlight|source|ref|nowiki)")
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
    inside, rest = _unparsed(text[found.start() :])
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


def _unparsed(text: str) -> tuple[list[str], str]:
    """The tags whose inside Page Forms does not read, and the text with a hole for each (PFTemplateInForm::removeUnparsedText): from `<pre` to
    the next `pre>`."""
    inside, pieces, kept, at = [], [], 0, 0
    unclosed = set()
    while (found := _OPENS.search(text, at)) and (bracket := text.find(">", found.end())) >= 0:
        at = found.end()
        end = text.find(f"{found[1]}>", at) if found[1] not in unclosed else -1
        if end < 0:
            unclosed.add(found[1])
        elif text[bracket - 1] != "/" or bracket == at:
            pieces.append(text[kept : found.start()])
            kept = at = end + len(found[1]) + 1
            inside.append(text[found.start() : kept])
    return inside, _HOLE.join([*pieces, text[kept:]])


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


def saved_page(text: str, schema: Schema, now: datetime | None = None, language: str = "fr") -> str:
    """The page's text after a save at the time `now` (None: dates that are not there are not filled in). Raises NeverOpens where the form cannot
    be opened on it.

    Only what a save does is modelled, not what its scripts refuse (a mandatory field that is empty, a mistyped address).
    """
    page = _Page(text)
    templates = iter(schema.templates)
    calls: list[tuple[SchemaTemplate, list[Values]]] = []
    parts: list[int | str] = []  # in the form's order: a template's place among the calls, a section, the free text
    for at, one in enumerate(schema.form.constructs):
        if one.kind == "for template":
            template = next(templates)
            parts.append(len(calls))
            calls.append((template, _taken(page, template)))
        elif one.kind == "section":
            parts.append(_taken_section(page, schema.form.constructs, at, schema))
        elif (one.kind, one.name) in _FREE_TEXT:
            parts.append(_FREE)
    parts += [_FREE] if _FREE not in parts else []
    free_text = page.left.strip(SPACE)
    if {"onlyinclude free text", "includeonly free text"} & set(schema.form.info):
        free_text = f"<onlyinclude>{re.sub('</?onlyinclude>', '', free_text)}</onlyinclude>"
    written = _Writing(calls, now, language)
    texts = (
        f"{free_text}\n" if p is _FREE else p if isinstance(p, str) else written.template(*calls[p]) for p in parts
    )
    return "".join(texts).rstrip(SPACE)


_FREE = "\0free"
_FREE_TEXT = (("standard input", "free text"), ("field", "#freetext#"))


def _taken(page: _Page, template: SchemaTemplate) -> list[Values]:
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


@dataclass(frozen=True)
class _Writing:
    """Calls as the form writes them; those that stand in a field of another template are written there."""

    calls: Sequence[tuple[SchemaTemplate, list[Values]]]
    now: datetime | None
    language: str

    def template(self, template: SchemaTemplate, instances: Sequence[Values]) -> str:
        """All calls of a template, a line behind each."""
        held = template.source.holder
        return "" if held else "".join(f"{self.call(template, values)}\n" for values in instances)

    def call(self, template: SchemaTemplate, values: Values) -> str:
        text, numbered = "{{" + template.name, 0
        for name, value in self.parameters(template, values):
            if name.isdecimal():
                text += "|" * (int(name) - numbered) + value
                numbered = int(name)
            else:
                text += f"\n|{name}={value}"
        return text.rstrip("|") + ("\n" if "\n" in text else "") + "}}"

    def parameters(self, template: SchemaTemplate, values: Values) -> Iterator[tuple[str, str]]:
        """What is written: the form's fields in its order, then what it does not know."""
        for name, one in template.fields.items():
            kept = self.held(template, one) or kept_value(values.get(name, ""), one, self.now, self.language)
            if kept == NEVER_OPENS:
                raise NeverOpens
            if kept and not _hidden(template, one, values):
                yield name, kept
        if not template.source.multiple:
            rest = ((n, v) for n, v in values.items() if n not in template.fields and v and not n.isdecimal())
            yield from rest

    def held(self, template: SchemaTemplate, one: SchemaField) -> str:
        """The calls that stand in a field, one behind the other."""
        inside = [
            (t, some) for t, some in self.calls if (t.source.held_by, t.source.holder) == (template.name, one.name)
        ]
        return "".join(self.call(t, values) for t, some in inside for values in some)


def _hidden(template: SchemaTemplate, one: SchemaField, values: Values) -> bool:
    """Whether the form hides a field because of what stands in another one (`show on select`): its scripts empty it."""
    for other in template.fields.values():
        wanted = [value for value, block in other.source.shows if block and block == one.source.block]
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
