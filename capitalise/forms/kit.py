"""A form with everything that belongs to it (templates, properties, category) as pages that can be put on another wiki. Pure.

A wiki calls its namespaces as its language does, and may have no Page Forms or no Semantic MediaWiki: the pages are written in its own
words, and without what it could not understand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from capitalise.forms.template import read_template
from capitalise.messages import N_, render
from capitalise.pages.titles import normal_title
from capitalise.wikitext.calls import Call, find_calls
from capitalise.wikitext.links import find_links

__all__ = ["KINDS", "KitPage", "categories_of", "kit_pages", "parts_named", "written_for"]

#: What a page is, by the prefixes that wikis of the network and their neighbours give it.
KINDS: Mapping[str, tuple[str, ...]] = {
    "form": ("Formulaire", "Form"),
    "template": ("Modèle", "Template"),
    "property": ("Attribut", "Property", "Propriété"),
    "category": ("Catégorie", "Category"),
}
_KIND = {name.casefold(): kind for kind, names in KINDS.items() for name in names}
#: Semantic MediaWiki knows its own English names on every wiki, its French ones on French wikis only (i18n/extra/en.json, fr.json).
_ENGLISH = {
    "a le type": "Has type",
    "a pour type": "Has type",
    "valeur possible": "Allows value",
    "valeur autorisée": "Allows value",
    "a le champ": "Has fields",
    "correspond à": "Corresponds to",
}
_TYPES = {
    "texte": "Text",
    "page": "Page",
    "booléen": "Boolean",
    "nombre": "Number",
    "date": "Date",
    "url": "URL",
    "quantité": "Quantity",
    "adresse électronique": "Email",
    "numéro de téléphone": "Telephone number",
    "coordonnées géographiques": "Geographic coordinates",
    "enregistrement": "Record",
    "code": "Code",
}
#: Where a template's own text begins and ends: the preprocessor, which reads pages as they are shown, would leave it out.
_MARKS = {"<includeonly>": "\ue010", "</includeonly>": "\ue011", "<onlyinclude>": "\ue012", "</onlyinclude>": "\ue013"}
_ANNOTATION = re.compile(r"\[\[([^\[\]{}|:]+?)::([^\[\]]*?)\]\]")
_STORES = ("#set", "#subobject", "#declare", "#set_recurring_event", "#concept")
_ASKS_FORMS = ("#forminput", "#formlink", "#formredlink", "#queryformlink", "#autoedit", "#template_params")


@dataclass(frozen=True)
class KitPage:
    """A page of a form's kit: `kind` is one of KINDS or "page", `name` its title without the prefix."""

    kind: str
    name: str
    text: str


def kit_pages(texts: Mapping[str, str], language: str) -> list[KitPage]:
    """Pages by title as parts of a kit, with them the category of each template that names one: a page that says what it holds."""
    found = [_kit_page(title, text) for title, text in texts.items()]
    there = {normal_title(one.name) for one in found if one.kind == "category"}
    named = dict.fromkeys(name for one in found if one.kind == "template" for name in categories_of(one.text))
    forms = [one.name for one in found if one.kind == "form"]
    says = (
        render(N_("Pages filled by the form %(form)s.", form=f"[[Formulaire:{forms[0]}]]"), language) if forms else ""
    )
    return [*found, *(KitPage("category", name, says) for name in named if name not in there and says)]


def _kit_page(title: str, text: str) -> KitPage:
    prefix, colon, name = title.partition(":")
    kind = _KIND.get(prefix.strip().casefold()) if colon else None
    return KitPage(kind, normal_title(name), text) if kind else KitPage("page", title, text)


def categories_of(text: str) -> list[str]:
    """The categories that a template's text puts its pages into, as far as no parameter is part of their names."""
    read = _opened(re.sub(r"<noinclude>.*?</noinclude>", "", text, flags=re.DOTALL | re.IGNORECASE))
    links = [one.target.partition(":") for one in find_links(read) if one.kind == "wiki"]
    return [
        normal_title(name)
        for prefix, _colon, name in links
        if _KIND.get(prefix.strip().casefold()) == "category" and "{" not in name
    ]


def written_for(pages: Iterable[KitPage], prefixes: Mapping[str, str]) -> tuple[dict[str, str], list[KitPage]]:
    """The texts of a kit by title as a wiki of these `prefixes` (by kind, none for a namespace that it lacks) understands them, and the
    pages that it has no place for."""
    pages = list(pages)
    left = [one for one in pages if one.kind in KINDS and one.kind not in prefixes]
    there = [one for one in pages if one not in left]
    return {_title(one, prefixes): _text(one, prefixes) for one in there}, left


def _title(page: KitPage, prefixes: Mapping[str, str]) -> str:
    return f"{prefixes[page.kind]}:{page.name}" if page.kind in KINDS else page.name


def _text(page: KitPage, prefixes: Mapping[str, str]) -> str:
    text = _opened(page.text)
    signs = text != page.text
    if "property" not in prefixes:
        text = _without_calls(_not_stored(text), _STORES)
    elif prefixes["property"] == "Property":
        text = _annotations(text, _in_english)
    if "form" not in prefixes:
        text = _without_calls(text, _ASKS_FORMS)
    text = _renamed(text, prefixes)
    for mark, sign in _MARKS.items() if signs else ():
        text = text.replace(sign, mark)
    return text


def _opened(text: str) -> str:
    """A template's page with its own text to be read; as it is where somebody typed one of our signs."""
    if any(sign in text for sign in _MARKS.values()):
        return text
    for mark, sign in _MARKS.items():
        text = text.replace(mark, sign)
    return text


def _renamed(text: str, prefixes: Mapping[str, str]) -> str:
    """Links to parts of the kit as the wiki calls them; to a namespace that it lacks, their words."""
    for link in sorted(find_links(text), key=lambda one: -one.start):
        prefix, colon, name = link.target.lstrip(" :").partition(":")
        kind = _KIND.get(prefix.strip().casefold()) if colon and link.kind == "wiki" and name[:1] != ":" else None
        if kind is None or prefixes.get(kind, "").casefold() == prefix.strip().casefold():
            continue
        written = text[link.start : link.end]
        new = written.replace(f"{prefix}:", f"{prefixes[kind]}:", 1) if kind in prefixes else link.label or name.strip()
        text = text[: link.start] + new + text[link.end :]
    return text


def _in_english(found: re.Match[str]) -> str:
    name, value = _ENGLISH.get(found[1].strip().casefold(), ""), found[2].strip()
    if not name:
        return found[0]
    return f"[[{name}::{_TYPES.get(value.casefold(), value) if name == 'Has type' else value}]]"


def _not_stored(text: str) -> str:
    """A template's text whose values are shown and stored nowhere: without Semantic MediaWiki `[[Étape::x]]` is a link to a page."""
    for call in _outermost(text, ("#arraymap",)):
        text = text[: call.start] + call.name.partition(":")[2].strip() + text[call.end :]
    for _again in range(3):  # one in another
        text = _annotations(text, lambda found: _shown(found[2]))
    return text


def _annotations(text: str, written: Callable[[re.Match[str]], str]) -> str:
    """A text with each `[[Property::value]]` written anew; what comments and `<nowiki>` hold is none."""
    for link in sorted(find_links(text), key=lambda one: -one.start):
        if found := _ANNOTATION.fullmatch(text[link.start : link.end]):
            text = text[: link.start] + written(found) + text[link.end :]
    return text


def _shown(value: str) -> str:
    """What readers see of an annotation: its words, or the label behind a bar that is no parameter's own."""
    deep = 0
    for at, sign in enumerate(value):
        deep += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "|" and not deep:
            return value[at + 1 :]
    return value


def _without_calls(text: str, names: Iterable[str]) -> str:
    """A text without the calls of some functions, and the line that one stood on alone."""
    for call in _outermost(text, names):
        before, after = text[: call.start], text[call.end :]
        alone = before[-1:] in ("", "\n") and after[:1] == "\n"
        text = before + (after[1:] if alone else after)
    return text


def _outermost(text: str, names: Iterable[str]) -> list[Call]:
    """The calls of some functions that stand in no other of them, the last one first."""
    found: list[Call] = []
    for call in sorted(find_calls(text), key=lambda one: one.start):
        if call.name.strip().casefold().split(":")[0] in names and not (found and call.end <= found[-1].end):
            found.append(call)
    return found[::-1]


def parts_named(templates: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What belongs to a form beside its templates (by name): the properties that its templates store in and the categories that they put pages into."""
    for text in templates.values():
        yield from (("property", one.property) for one in read_template(text).parameters.values() if one.property)
        yield from (("category", name) for name in categories_of(text))
