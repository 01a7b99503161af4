"""A form page read as Page Forms reads it: templates, fields, labels.

A first, plain reading of `{{{for template}}}` and `{{{field}}}` (PFFormPrinter.php, PFFormField.php of
Page Forms 5.9): names, labels, lists, delimiters, values to pick from, multi-instance templates.
Other tags and options are passed over.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

__all__ = ["Field", "Form", "FormTemplate", "properties_of", "read_form"]


@dataclass(frozen=True)
class Field:
    """A field of a form. `label` is what the form shows beside it, else its name.

    `values` are the ones to pick from (empty: free text); `delimiter` separates several where `several`.
    """

    name: str
    label: str
    several: bool = False
    delimiter: str = ","
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormTemplate:
    """A template that the form fills. `holder` names the field of `held_by` that its calls stand in."""

    name: str
    fields: tuple[Field, ...]
    multiple: bool = False
    label: str = ""
    held_by: str = ""
    holder: str = ""


@dataclass(frozen=True)
class Form:
    """The templates of a form in its order. The first one that is not `multiple` is the page's own."""

    templates: tuple[FormTemplate, ...]

    @property
    def main(self) -> FormTemplate | None:
        return next((t for t in self.templates if not t.multiple and not t.holder), None)

    def instances_in(self, field: str, holder: FormTemplate | None = None) -> FormTemplate | None:
        """The multi-instance template whose calls stand in `field` of a template, the main one if not said."""
        held_by = holder or self.main
        return next((t for t in self.templates if held_by and t.holder == field and t.held_by == held_by.name), None)


_SEVERAL_INPUTS = {"checkboxes", "listbox", "tokens", "tree"}


def read_form(text: str) -> Form:
    """The form that a form page defines. A page without `{{{for template}}}` gives a form without templates."""
    text = re.sub(r"<noinclude>.*?</noinclude>|</?includeonly>", "", text, flags=re.DOTALL | re.IGNORECASE)
    templates: list[FormTemplate] = []
    open_template: FormTemplate | None = None
    before = 0
    for start, end in _tags(text):
        head, *options = _components(text[start + 3 : end - 3])
        if head == "for template" and options:
            open_template = _template(options)
        elif head == "end template" and open_template:
            templates.append(open_template)
            open_template = None
        elif head == "field" and options and open_template:
            field = _field(options, _label(text[before:start]))
            open_template = replace(open_template, fields=(*open_template.fields, field))
        before = end
    return Form(tuple(templates + ([open_template] if open_template else [])))


def properties_of(template: str) -> frozenset[str]:
    """Parameters that a template puts inside `[[Property::{{{x}}}]]`, where no `|` can be written."""
    return frozenset(m[1].strip() for m in re.finditer(r"\[\[[^\[\]{}|]*::[^\[\]|]*?\{\{\{([^{}|]*)", template))


#: Tags that nothing closes cost a walk to the end of the page each.
MOST_UNCLOSED = 20
_TAG = re.compile(r"\{\{\{\s*(?=(?:info|for template|end template|field|section|standard input)\s*[|}])", re.IGNORECASE)


def _tags(text: str) -> Iterator[tuple[int, int]]:
    """Where the form's tags stand, wherever that is (a tag inside `{{#tag:tabber|…}}` counts), with what they hold."""
    end = unclosed = 0
    for tag in _TAG.finditer(text):
        if tag.start() < end:
            continue
        if found := _tag_end(text, tag.end()):
            end = found
            yield tag.start(), end
        elif (unclosed := unclosed + 1) > MOST_UNCLOSED:
            return


def _tag_end(text: str, at: int) -> int:
    """Behind the braces that close the three before `at`; 0 where nothing does."""
    depth = 3
    for run in re.compile(r"\{{2,}|\}{2,}").finditer(text, at):
        size = len(run[0])
        if run[0][0] == "{":
            depth += size
        elif depth <= size:
            return run.start() + depth
        else:
            depth -= size
    return 0


def _components(tag: str) -> list[str]:
    """A tag's parts: split at pipes outside braces and links, comments left out (getFormTagComponents)."""
    tag = re.sub(r"<!--.*?-->", "", tag, flags=re.DOTALL)
    parts, depth = [""], 0
    for piece in re.split(r"(\{\{|\}\}|\[\[|\]\]|\|)", tag):
        if piece == "|" and depth == 0:
            parts.append("")
            continue
        depth += {"{{": 1, "[[": 1, "}}": -1, "]]": -1}.get(piece, 0)
        parts[-1] += piece
    return [part.strip() for part in parts]


def _options(parts: list[str]) -> dict[str, str]:
    pairs = (part.partition("=") for part in parts)
    return {key.strip().casefold(): value.strip() for key, _equals, value in pairs}


def _template(parts: list[str]) -> FormTemplate:
    options = _options(parts[1:])
    held_by, _bracket, holder = options.get("embed in field", "").rstrip("]").partition("[")
    name = parts[0].replace("_", " ").strip()
    multiple = "multiple" in options
    return FormTemplate(name, (), multiple, options.get("label", ""), held_by.replace("_", " ").strip(), holder.strip())


def _field(parts: list[str], label: str) -> Field:
    options = _options(parts[1:])
    delimiter = options.get("delimiter", "") or ","
    delimiter = delimiter.replace("\\n", "\n").replace("\\s", " ")
    values = tuple(v.strip() for v in options.get("values", "").split(delimiter) if v.strip())
    several = "list" in options or options.get("input type", "").casefold() in _SEVERAL_INPUTS
    name = parts[0].strip()
    label = options.get("label", "") or label
    return Field(name, name if not label or "{{" in label else label, several, delimiter, values)


def _label(before: str) -> str:
    """The words before a field: the header cell of its table row, or the rest of its line or list item."""
    row = re.sub(r"\{\{#[^{}]*\}\}", "", re.split(r"\n\|-|\{\|", before)[-1])
    if header := re.findall(r"(?:^|\n)\s*!([^\n]*)", row):
        words = header[-1].rsplit("|", 1)[-1]  # what stands before a pipe are the cell's attributes
    else:
        words = re.split(r"\n", row.rstrip())[-1]
        words = words.rsplit("|", 1)[0] if words.rstrip().endswith("|") else words
    words = re.sub(r"<[^>]*>|'{2,}|\[\[(?:[^\]|]*\|)?|\]\]", "", words)
    return html.unescape(words).strip(" \t\u00a0\u202f:*|!=;-").strip()
