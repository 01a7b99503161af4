"""Numbers, yes and no, e-mail addresses."""

from __future__ import annotations

import re

from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.schema import SchemaField
from capitalise.messages import N_

__all__ = ["written_email", "written_number", "yes_or_no"]

LONGEST = 320  # characters of an address (RFC 5321)
_SPACES = " \u00a0\u202f\u2009"
_NUMBER = re.compile(
    rf"(?P<sign>[-+−]?)(?P<whole>[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]+)(?:(?P<mark>[.,])(?P<rest>[0-9]+))?(?P<unit>.*)",
    re.DOTALL,
)
#: Letters, and at their end an exponent: `kg/m³`. Anything else belongs to the number (`1e5`, `10-20`, `1/2`, `12h30`).
_UNIT = re.compile(r"(?:[^\W0-9_²³¹½¼¾]|[°%€$£µΩ])[^0-9\n–±×^-]*[²³23]?")
_WITH_UNIT = ("_qty", "_tem")
_YES = {"oui", "o", "vrai", "v", "yes", "y", "true", "x", "✓", "✔", "☑", "1"}
_NO = {"non", "n", "faux", "f", "no", "false", "0", "☐"}
_WORDS = {"fr": ("Oui", "Non"), "en": ("Yes", "No")}
_EMAIL = re.compile(r"[^\s@<>,;:()\[\]]+@[\w-]+(?:\.[\w-]+)+")


def written_number(value: str, field: SchemaField, world: World) -> str | Doubt:
    """No thousands separators, and the decimal mark of the wiki's language: Semantic MediaWiki reads `3.5` as 3 in French
    (NumberValue::parseNumberValue)."""
    found = _NUMBER.fullmatch(value.strip())
    if not found:
        return Doubt("number", N_("“%(value)s” is no number", value=value))
    unit = found["unit"].strip(_SPACES)
    if unit and (field.stored.type not in _WITH_UNIT or not _UNIT.fullmatch(unit)):
        return Doubt("number", N_("“%(value)s” is more than a number", value=value))
    mark = "," if world.language == "fr" else "."
    if found["mark"] and found["mark"] != mark and len(found["rest"]) == 3:
        return Doubt("number", N_("“%(value)s” can be thousands or a fraction", value=value))
    whole = re.sub(f"[{_SPACES}]", "", found["whole"])
    rest = mark + found["rest"] if found["mark"] else ""
    sign = found["sign"].replace("−", "-")
    return f"{sign}{whole}{rest}" + (f" {unit}" if unit else "")


def yes_or_no(value: str, _field: SchemaField, world: World) -> str | Doubt:
    """As a checkbox writes it, in the wiki's language (`htmlform-yes`, `htmlform-no`)."""
    yes, no = _WORDS.get(world.language, _WORDS["en"])
    word = value.strip().casefold()
    if word in _YES or word in _NO:
        return yes if word in _YES else no
    return Doubt("boolean", N_("“%(value)s” is neither yes nor no", value=value), (yes, no))


def written_email(value: str, _field: SchemaField, _world: World) -> str | Doubt:
    """The address alone, its domain in small letters; what somebody disguised stays disguised."""
    plain = re.sub(r"^mailto:[ ]?|^<|>$", "", value.strip(), flags=re.IGNORECASE)
    if len(plain) <= LONGEST and _EMAIL.fullmatch(plain):
        name, _at, domain = plain.partition("@")
        return f"{name}@{domain.lower()}"
    if re.search(r"[(\[{ ](?:at|arobase|chez|@)[)\]} ]", value[:LONGEST], re.IGNORECASE):
        return value
    return Doubt("email", N_("“%(value)s” is no e-mail address", value=value[:LONGEST]))
