"""One line of free text a tool, where the form has a sub-template for them: name, link, sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from capitalise.forms.rules.choices import bare_letters
from capitalise.forms.rules.outcome import Doubt
from capitalise.forms.schema import Kind, SchemaTemplate
from capitalise.messages import N_
from capitalise.wikitext.calls import call_text

__all__ = ["ToolFields", "as_calls", "tool_fields"]

_LINE = re.compile(
    r"(?:[*•-][ \t]+)?(?P<name>[^\s:/|\[\]{}<>=#*;(),][^:/|\[\]{}<>=(),\n]{0,38}?)[ \t]*(?:[:–—(-][ \t]*|,[ \t]*)?"
    r"(?P<link>https?://[^\s|\[\]{}<>()]+[^\s|\[\]{}<>().,;:!?])[ \t)]*[:–—-][ \t]+(?P<words>\S[^|\[\]{}<>\n]*\S)"
)
_LINK = {"lien", "link", "url", "adresse", "site", "siteweb"}
_NAME = {"nom", "name", "titre", "title", "outil", "tool"}


@dataclass(frozen=True)
class ToolFields:
    """The sub-template and its three fields."""

    template: str
    name: str
    link: str
    words: str


def tool_fields(template: SchemaTemplate) -> ToolFields | None:
    """The parts of a sub-template of three fields, where there is no doubt which is which."""
    fields = list(template.fields.values())
    links = [f.name for f in fields if f.kind == Kind.URL or bare_letters(f.name) in _LINK]
    names = [f.name for f in fields if bare_letters(f.name) in _NAME]
    words = [f.name for f in fields if f.name not in (*links, *names)]
    if len(fields) == 3 and len(links) == len(names) == len(words) == 1:
        return ToolFields(template.name, names[0], links[0], words[0])
    return None


def as_calls(value: str, tools: ToolFields) -> str | Doubt:
    """Each line as a call of the sub-template, if each says its three parts beyond doubt."""
    lines = [line.strip() for line in value.split("\n") if line.strip()]
    if not lines or any(sign in value for sign in ("{{", "[[", "<")):
        return value
    found = [_LINE.fullmatch(line) for line in lines]
    calls = [
        _call(one.groupdict(), tools)
        for one in found
        if one and one["words"].count(" ") >= 1 and "://" not in one["words"] and _is_name(one["name"])
    ]
    if len(calls) < len(lines):
        why = N_("free text where the form has fields: name, link and sentence cannot be told apart for certain")
        return Doubt("tool-line", why)
    return "\n".join(calls)


def _is_name(words: str) -> bool:
    """A few words, and no advice about a tool."""
    said = {word.casefold() for word in words.split()}
    return len(said) <= 3 and not said & _ADVICE


_ADVICE = {
    "ne",
    "pas",
    "sans",
    "voir",
    "cf",
    "éviter",
    "évitez",
    "utiliser",
    "utilisez",
    "attention",
    "plus",
    "not",
    "no",
    "see",
    "avoid",
    "don't",
}


def _call(parts: Mapping[str, str], tools: ToolFields) -> str:
    return call_text(
        tools.template, {tools.name: parts["name"].strip(), tools.link: parts["link"], tools.words: parts["words"]}
    )
