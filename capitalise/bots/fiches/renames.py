"""Values of a closed list under other names: what becomes of a cell, of the form's page and of the property's. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from capitalise.bots.fiches.form import FicheField
from capitalise.forms.tags import Tag, find_tags
from capitalise.wikitext.calls import same_template

__all__ = ["Rename", "renamed_form", "renamed_property"]


@dataclass(frozen=True)
class Rename:
    """The values of a field that have another name from now on (`names`, old → new; several may become one), and all `values` that the form
    offers then, in its order."""

    field: FicheField
    names: Mapping[str, str]
    values: tuple[str, ...]

    def cell(self, field: FicheField, cell: str) -> str:
        """A cell of a field with the new names; the same cell where it holds none of the old ones."""
        if field.name != self.field.name:
            return cell
        items = [item.strip() for item in cell.split(field.delimiter)] if field.several else [cell]
        if not any(item in self.names for item in items):
            return cell
        renamed = dict.fromkeys(self.names.get(item, item) for item in items if item)
        return (f"{field.delimiter} " if field.delimiter.strip() else field.delimiter).join(renamed)


def renamed_form(text: str, rename: Rename, main: str) -> str:
    """A form's page with the field's new values, in the tags of the field: its list or tree, its default, what its values show. `main` is
    the template of fields that name none."""
    template = rename.field.template or main
    here = ""
    mine: list[Tag] = []
    for tag in find_tags(text):
        kind, name = (tag.parts[0].casefold(), tag.parts[1]) if len(tag.parts) > 1 else ("", "")
        here = name if kind == "for template" else here
        if kind == "field" and name == (rename.field.parameter or rename.field.name) and same_template(here, template):
            mine.append(tag)
    for tag in reversed(mine):
        text = text[: tag.start] + _renamed_tag(text[tag.start : tag.end], rename) + text[tag.end :]
    return text


def _renamed_tag(tag: str, rename: Rename) -> str:
    delimiter = rename.field.delimiter

    def list_of(found: re.Match[str]) -> str:
        if "<!--" in found[2]:
            return found[0]  # somebody's words stand among the values
        joint = delimiter + " " * (f"{delimiter} " in found[2])
        return found[1] + joint.join(rename.values) + found[3]

    def default(found: re.Match[str]) -> str:
        return found[1] + rename.cell(rename.field, found[2]) + found[3]

    def shown(found: re.Match[str]) -> str:
        pairs = (html.unescape(one).partition("=>") for one in found[2].split(";"))
        return (
            found[1] + ";".join(rename.names.get(v.strip(), v) + arrow + block for v, arrow, block in pairs) + found[3]
        )

    def branch(found: re.Match[str]) -> str:
        return found[1] + rename.names.get(found[2].strip(), found[2])

    tag = re.sub(r"(\|\s*values\s*=\s*)([^|{}]*?)(\s*(?=\||\}))", list_of, tag)
    tag = re.sub(r"(\|\s*default\s*=\s*)([^|{}]*?)(\s*(?=\||\}))", default, tag)
    tag = re.sub(r"(\|\s*show on select\s*=\s*)([^|{}]*?)(\s*(?=\||\}))", shown, tag)
    return re.sub(r"(\n\*+|=\*+)([^\n*|}]*)", branch, tag) if "structure" in tag else tag


_ALLOWS = re.compile(
    r"(?P<before>\n?[ *#:]*\[\[\s*(?:Allows value|Valeur possible|Valeur autorisée|Permet la valeur)\s*:[:=]\s*)(?P<value>[^\[\]|]+?)"
    r"(?P<after>\s*(?:\|[^\[\]]*)?\]\])",
    re.IGNORECASE,
)


def renamed_property(text: str, rename: Rename) -> str:
    """A property's page with the new values among those that it allows: a name that is there already is not there twice, a new one stands
    behind the last. Values that the form does not offer stay, another one may."""
    allowed = [found["value"] for found in _ALLOWS.finditer(text)]
    if not allowed:
        return text
    there: set[str] = set()
    pieces, at = [], 0
    for found in _ALLOWS.finditer(text):
        value = rename.names.get(found["value"], found["value"])
        pieces.append(text[at : found.start()])
        if value == found["value"] or value not in {*there, *allowed}:
            pieces.append(found["before"] + value + found["after"])
        at, last = found.end(), found
        there.add(value)
    more = [last["before"] + value + last["after"] for value in rename.values if value not in there]
    more = more if last["before"].startswith("\n") else [f"\n{one}" for one in more]
    return "".join([*pieces, *more, text[at:]])
