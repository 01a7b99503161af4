"""A property page (`Attribut:`): the type of its values and those it allows.

The names are Semantic MediaWiki's own, French and English (i18n/extra/fr.json and en.json of SMW 4.2, with the aliases
that older versions wrote).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.hidden import COMMENTS, without

__all__ = ["Property", "read_property"]

#: Types by their names, as the id that `printrequests[].typeid` of the API gives.
_TYPES = {
    "_wpg": ("page",),
    "_txt": ("text", "texte", "string", "chaîne de caractères", "chaîne"),
    "_mlt_rec": ("monolingual text", "texte monolingue", "texte multilingue"),
    "_cod": ("code",),
    "_boo": ("boolean", "booléen"),
    "_num": ("number", "nombre"),
    "_qty": ("quantity", "quantité"),
    "_tem": ("temperature", "température"),
    "_dat": ("date",),
    "_uri": ("url", "annotation uri", "uri de l'annotation"),
    "_ema": ("email", "e-mail", "adresse électronique"),
    "_tel": ("telephone number", "numéro de téléphone"),
    "_geo": ("geographic coordinate", "geographic coordinates", "coordonnées géographiques"),
    "_rec": ("record", "enregistrement"),
    "_keyw": ("keyword", "mot-clé"),
    "_eid": ("external identifier", "identifiant externe"),
}
_IDS = {name: key for key, names in _TYPES.items() for name in names}
_SAYS_TYPE = ("has type", "a le type", "a pour type")
_SAYS_UNIT = ("corresponds to", "correspond à", "correspond a")
_SAYS_FIELDS = ("has fields", "a le champ", "a les champs", "a pour champs")
_SAYS_VALUE = ("allows value", "valeur possible", "valeur autorisée", "permet la valeur")
_ANNOTATION = re.compile(r"\[\[\s*([^\[\]{}|:]+?)\s*:[:=]\s*([^\[\]|]+?)\s*(?:\|[^\[\]]*)?\]\]")
_HIDES = {**COMMENTS, "<nowiki>": "</nowiki>", "<pre>": "</pre>"}


@dataclass(frozen=True)
class Property:
    """`type` is an id of Semantic MediaWiki's (`_dat`), "" where the page names none, "?" where nobody knows its name;
    `values` are the allowed ones in the page's order, empty where any is. `units` are those of a quantity, under all their names;
    `fields` counts the parts of a record."""

    type: str = ""
    values: tuple[str, ...] = ()
    type_name: str = ""
    units: tuple[str, ...] = ()
    fields: int = 0


def read_property(text: str) -> Property:
    """What the wikitext of a property's page says; a page that says nothing gives Property()."""
    text = without(text, _HIDES)
    said = [(m[1], m[2]) for m in _ANNOTATION.finditer(text)]
    for call in find_calls(text):
        if call.name.casefold().startswith("#set:"):
            first = call.name[5:].partition("=")
            said += [(first[0], first[2]), *((p.name, p.value.strip()) for p in call.parameters)]
    name = next((value for key, value in said if _folded(key) in _SAYS_TYPE and value.strip()), "")
    name = name.rpartition(":")[2].strip()  # older pages write “Type:Page”
    values = tuple(dict.fromkeys(value.strip() for key, value in said if _folded(key) in _SAYS_VALUE and value.strip()))
    units = [unit for key, value in said if _folded(key) in _SAYS_UNIT for unit in _units(value)]
    fields = next((value.count(";") + 1 for key, value in said if _folded(key) in _SAYS_FIELDS), 0)
    return Property(_IDS.get(_folded(name), "?") if name else "", values, name, tuple(units), fields)


def _units(words: str) -> list[str]:
    """“0,0001 ha, hectare” → ha, hectare (SMW's help page “Custom units”)."""
    return [unit.strip() for unit in re.sub(r"^\s*[-+0-9.,eE\s]+", "", words).split(",") if unit.strip()]


def _folded(words: str) -> str:
    return " ".join(words.replace("_", " ").casefold().split())
