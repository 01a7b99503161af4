"""What a template's page says of its parameters: properties, lists, links, documentation.

Third station of the forms room. The order of evidence is Page Forms' own (PFTemplate::loadTemplateFieldsSMWAndOther):
`#arraymap` around a property, `[[Property::{{{x|}}}]]`, `#set` and its like, then any `{{{x`; `#template_params` and
`<templatedata>` say in words what the template does. `#arraymap` has "," for its delimiter (PFArrayMap.php).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from capitalise.forms.definition import unescaped
from capitalise.wikitext.calls import Call, find_calls
from capitalise.wikitext.hidden import COMMENTS, without

__all__ = ["Parameter", "TemplateReading", "read_template"]


@dataclass(frozen=True)
class Parameter:
    """One parameter as its template uses it.

    `property` is where its value is stored; `in_link` whether the value stands inside `[[Property::…]]`, where no `|`
    can be written; `several` whether the template takes it apart at `delimiter`. `label`, `type` and `required` are
    what the documentation says, `aliases` other names of it. `default`: without it the template shows words of its own.
    `code`: it stands in a tag that takes its text as it is.
    """

    name: str
    property: str = ""
    in_link: bool = False
    several: bool = False
    delimiter: str = ""
    label: str = ""
    type: str = ""
    required: bool = False
    aliases: tuple[str, ...] = ()
    default: bool = False
    code: bool = False


@dataclass(frozen=True)
class TemplateReading:
    """A template's parameters by name. `opaque`: a module reads them too, names are put together, or the page is a
    redirect, so that nobody can say which are used."""

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    opaque: bool = False


_HIDES = {**COMMENTS, "<nowiki>": "</nowiki>", "<noinclude>": "</noinclude>", "<pre>": "</pre>"}
_MARKS = re.compile(r"</?includeonly>|</?onlyinclude>", re.IGNORECASE)
_USE = re.compile(r"\{\{\{\s*([^{}|]+?)\s*[|}]")
_EMPTY = re.compile(r"\|\s*\}\}\}")  # `{{{x}}}` shows itself where x is missing
_OPAQUE = re.compile(r"\{\{\{[^{}|]*\{\{|\A\s*#(?:redirect|redirection)\b", re.IGNORECASE)
_IN_LINK = re.compile(r"\[\[([^\[\]{}|]*?)::([^\[\]]*?)\]\]")
_DATA = re.compile(r"<templatedata>(.*?)</templatedata>", re.DOTALL | re.IGNORECASE)
_STORES = ("#set:", "#set_internal:", "#subobject:", "#declare:", "#set_recurring_event:")


def read_template(text: str) -> TemplateReading:
    """What `text`, the wikitext of a template's page, says. Never fails; what cannot be read says nothing."""
    seen = _MARKS.sub("", without(text, _HIDES))
    found: dict[str, Parameter] = {}
    for use in _USE.finditer(seen):
        old = found.get(use[1], Parameter(use[1]))
        found[use[1]] = replace(old, default=old.default or not _EMPTY.match(seen, use.end() - 1))
    calls = find_calls(seen)
    for call in calls:
        _take(found, _stored(call))
        if call.name.casefold().startswith("#tag:"):
            inside = (name for part in call.parameters for name in _USE.findall(part.value))
            _take(found, (Parameter(name, code=True) for name in inside))
    _take(found, _linked(seen))
    for call in calls:
        if call.name.casefold().startswith("#arraymap:"):
            _take(found, _listed(call))
        elif call.name.casefold().startswith("#template_params"):
            _take(found, _described(call))
    _take(found, _documented(text))
    opaque = any(call.name.casefold().startswith("#invoke:") for call in calls)
    return TemplateReading(found, opaque or bool(_OPAQUE.search(seen)))


def _take(found: dict[str, Parameter], news: Iterable[Parameter]) -> None:
    """Each thing said fills what nobody said before."""
    for new in news:
        old = found.get(new.name, Parameter(new.name))
        found[new.name] = replace(
            old,
            property=old.property or new.property,
            in_link=old.in_link or new.in_link,
            several=old.several or new.several,
            delimiter=old.delimiter or new.delimiter,
            label=old.label or new.label,
            type=old.type or new.type,
            required=old.required or new.required,
            aliases=old.aliases or new.aliases,
            default=old.default or new.default,
            code=old.code or new.code,
        )


def _linked(seen: str) -> Iterable[Parameter]:
    """`[[Property::{{{x|}}}]]`, also with `Other::` chains and words around."""
    for link in _IN_LINK.finditer(seen):
        for name in _USE.findall(link[2]):
            yield Parameter(name, _property(link[1]), in_link=True)


def _stored(call: Call) -> Iterable[Parameter]:
    """`{{#set:Property={{{x|}}}|+sep=;}}` and its like: pairs, the first behind the colon."""
    kind = next((kind for kind in _STORES if call.name.casefold().startswith(kind)), "")
    if not kind:
        return
    first = call.name[len(kind) :].partition("=")
    pairs = [(first[0], first[2]), *((p.name, p.value) for p in call.parameters)]
    for at, (key, value) in enumerate(pairs):
        after = call.parameters[at : at + 1]
        separator = after[0].value.strip() if after and after[0].name == "+sep" else ""
        for name in _USE.findall(value):
            yield Parameter(name, _property(key), several=bool(separator), delimiter=separator)


def _listed(call: Call) -> Iterable[Parameter]:
    """`{{#arraymap:{{{x|}}}|delimiter|var|[[Property::var]]}}`. Items stand in a link where the formula says so."""
    parts = [p.value if not p.named else f"{p.name}={p.value}" for p in call.parameters]
    delimiter = unescaped(parts[0].strip()) if parts else ","
    variable = parts[1].strip() if len(parts) > 1 else "x"
    formula = parts[2] if len(parts) > 2 else ""
    link = next((m for m in _IN_LINK.finditer(formula) if variable and variable in m[2]), None)
    for name in _USE.findall(call.name):
        property_ = _property(link[1]) if link else ""
        yield Parameter(name, property_, in_link=bool(link), several=True, delimiter=delimiter or ",")


def _described(call: Call) -> Iterable[Parameter]:
    """`{{#template_params:x (label=;type=;list;delimiter=;property=)|…}}` (PFTemplateParams.php)."""
    first = call.name.partition(":")[2]
    for part in [first, *(p.value if not p.named else f"{p.name}={p.value}" for p in call.parameters)]:
        name, _bracket, inside = part.partition("(")
        pairs = (one.partition("=") for one in inside.rstrip(") \n").split(";"))
        said = {key.strip().casefold(): value.strip() for key, _equals, value in pairs}
        if name.strip():
            delimiter = unescaped(said.get("delimiter", ""))
            yield Parameter(
                name.strip(),
                _property(said.get("property", "")),
                several="list" in said or bool(delimiter),
                delimiter=delimiter or ("," if "list" in said else ""),
                label=said.get("label", ""),
                type=said.get("type", ""),
            )


def _documented(text: str) -> Iterable[Parameter]:
    """The JSON of `<templatedata>` (mw:Extension:TemplateData)."""
    for block in _DATA.findall(text):
        try:
            said = json.loads(block)
        except (ValueError, RecursionError):
            continue
        params = said.get("params") if isinstance(said, dict) else None
        for name, one in params.items() if isinstance(params, dict) else ():
            if isinstance(one, dict):
                yield _from_templatedata(str(name), one)


def _from_templatedata(name: str, one: dict[str, Any]) -> Parameter:
    label = one.get("label") or ""
    if isinstance(label, dict):  # by language
        label = label.get("fr") or next(iter(label.values()), "")
    aliases = tuple(str(a) for a in one.get("aliases") or () if isinstance(a, str | int))
    return Parameter(
        name, label=str(label), type=str(one.get("type") or ""), required=one.get("required") is True, aliases=aliases
    )


def _property(words: str) -> str:
    """A property's name as its page has it, without the colon that keeps a link from being a category."""
    name = " ".join(words.replace("_", " ").split()).lstrip(":").strip()
    return name[:1].upper() + name[1:]
