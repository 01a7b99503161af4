"""What Semantic MediaWiki makes of a value: whether it stores it, loses it, or stores something else, often without a word.

Recorded on Semantic MediaWiki 4.2, contents in French (tests/data/page-forms/smw-values.jsonl.gz). `[[P::x]]` is read by the parser's
own links, so that brackets and pipes cut it; `#set` takes nearly everything as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from capitalise.forms.rules.dates import MONTHS
from capitalise.forms.rules.outcome import Doubt
from capitalise.forms.schema import SchemaField
from capitalise.messages import N_
from capitalise.pages.titles import title_problem
from capitalise.wikitext.hidden import COMMENTS, without

__all__ = ["ANNOTATION", "storage_doubts"]

ANNOTATION = "annotation"
STORED = "not-stored"
LONGEST = 200  # letters of a number, a date, an address that are looked at

_CUTS = re.compile(r"\[|\]|\{\{!\}\}|\||~~~")
_CALLS = re.compile(r"\{\{(?!!\}\})[^{}]*\}\}")
_MARKER = re.compile(r"<(?:nowiki|ref|pre|gallery|poem|source|syntaxhighlight)\b", re.IGNORECASE)
_NUMBERS = {
    "fr": re.compile(r"[-+]?[0-9]+(?:[ \u00a0][0-9]{3})*(?:,[0-9]+)?(?:e[-+]?[0-9]+)?"),
    "en": re.compile(r"[-+]?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?"),
}
_YES_NO = {
    "fr": {"oui", "o", "non", "n", "vrai", "v", "faux", "f", "true", "t", "false", "1", "0"},
    "en": {"yes", "y", "no", "n", "true", "t", "false", "f", "1", "0"},
}
#: Types of which only these languages are known here: in others nothing is said of a value.
_LANGUAGES = {**dict.fromkeys(("_num", "_qty", "_tem", "_boo"), ("fr", "en")), "_dat": ("fr",)}
#: DefaultSettings.php of Semantic MediaWiki 4, smwgURITypeSchemeList, and two that wikis add.
_SCHEMES = frozenset(
    [
        "http",
        "https",
        "mailto",
        "tel",
        "ftp",
        "sftp",
        "news",
        "file",
        "urn",
        "telnet",
        "ldap",
        "gopher",
        "ssh",
        "git",
        "irc",
        "ircs",
        "svn",
        "xmpp",
    ]
)
_TEMPERATURES = {"k", "°c", "°f", "°r", "kelvin", "celsius", "fahrenheit", "rankine", ""}


def storage_doubts(value: str, field: SchemaField, language: str = "fr") -> Iterator[Doubt]:
    """What is wrong with a value where its template stores it in a property of a wiki in a `language`; nothing for one that is stored nowhere."""
    if not field.parameter.property or not value:
        return
    several = field.parameter.several
    items = [item.strip() for item in value.split(field.parameter.delimiter or ",")] if several else [value]
    for item in filter(None, items):
        yield from _doubts(item, field, language)
    if (
        several
        and field.stored.type in ("_num", "_qty")
        and language != "en"
        and re.search(r"[0-9],[0-9]", value)
        and field.delimiter == ","
    ):
        why = N_("the list is cut at each “,”, the one of a decimal number too: “%(value)s”", value=value[:LONGEST])
        yield Doubt(STORED, why)


def _doubts(item: str, field: SchemaField, language: str) -> Iterator[Doubt]:
    plain = _CALLS.sub("", item)
    if sign := _cutting(plain, field):
        yield _cut(item, sign, field)
        return
    words = without(item, COMMENTS).strip()
    if found := _MARKER.search(item):
        yield Doubt(STORED, N_("a property cannot store what stands in %(tag)s…>: write it without", tag=found[0]))
    elif not words:
        yield Doubt(STORED, N_("a property stores no comment: the value is lost"))
    elif plain == item or "{{!}}" in item:
        check = _CHECKS.get(field.stored.type)
        known = language in _LANGUAGES.get(field.stored.type, (language,))
        yield from check(words, field, language) if check and known else ()
        yield from _allowed(words, field)


def _cutting(item: str, field: SchemaField) -> str:
    """The sign that cuts a value; "" for none. Where `#set` stores it, a pipe inside a link does not."""
    found = _CUTS.search(item)
    if field.parameter.in_link and found:
        return found[0]
    if not field.parameter.in_link and any("|" in piece[piece.rfind("]]") + 1 :] for piece in item.split("[")):
        return "|"
    return "[[" if "[[" in item and item.count("[[") != item.count("]]") else ""


def _cut(item: str, sign: str, field: SchemaField) -> Doubt:
    why = N_(
        "the template stores this field as [[%(property)s::…]], and a “%(sign)s” inside cuts it or loses it: write it without, or ask "
        "whoever keeps the template to store the field with #set",
        property=field.parameter.property,
        sign="|" if sign == "{{!}}" else sign,
    )
    return Doubt(
        ANNOTATION, why, (re.sub(r"\[\[:?(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1", item),) if "]]" in item else ()
    )


def _allowed(item: str, field: SchemaField) -> Iterator[Doubt]:
    numbers = field.stored.type == "_num" and any(_amount(item) == _amount(one) for one in field.stored.values)
    if field.stored.values and item not in field.stored.values and not numbers:
        allowed = " / ".join(field.stored.values)
        why = N_("“%(value)s” is none of the property's allowed values: %(allowed)s", value=item, allowed=allowed)
        yield Doubt(STORED, why)


def _amount(words: str) -> float | str:
    try:
        return float(words.replace(",", "."))
    except ValueError:
        return words


def _page(item: str, field: SchemaField, _language: str) -> Iterator[Doubt]:
    name = re.fullmatch(r"\[\[:?([^\[\]|]+)\]\]", item) if not field.parameter.in_link else None
    title = name[1] if name else item
    section = title.partition("#")
    if "://" in title:
        yield Doubt(STORED, N_("“%(value)s” is an address: the field names a page", value=item))
    elif not section[0]:
        yield Doubt(
            STORED, N_("“%(value)s” names a part of the page itself: write the page's title before it", value=item)
        )
    elif why := title_problem(section[0].lstrip(":")):
        yield Doubt(STORED, why)
    elif re.fullmatch(r"\.{1,2}(?:/.*)?", title) or "{{!}}" in title:
        yield Doubt(STORED, N_("“%(value)s” is no title of a page", value=item))
    elif field.parameter.several and "::" in title:
        yield Doubt(STORED, N_("“%(value)s” is read as a link to another wiki", value=item))


def _number(item: str, _field: SchemaField, language: str) -> Iterator[Doubt]:
    if not _NUMBERS[language].fullmatch(item[:LONGEST]):
        mark = "." if language == "en" else ","
        why = N_("“%(value)s” is not stored as a number: digits, “%(mark)s” before decimals", value=item, mark=mark)
        yield Doubt(STORED, why)


def _quantity(item: str, field: SchemaField, language: str) -> Iterator[Doubt]:
    number = _NUMBERS[language].match(item[:LONGEST])
    unit = item[number.end() :].strip(" \u00a0") if number else ""
    if not number or re.match(r"[.,0-9\u202f]", unit):
        yield from _number(item, field, language)
    elif unit and field.stored.units and unit not in field.stored.units:
        units = " / ".join(field.stored.units)
        near = [f"{item[: number.end()]} {one}" for one in field.stored.units if one.casefold() == unit.casefold()]
        why = N_("the property knows no unit “%(unit)s”, it has: %(units)s", unit=unit, units=units)
        yield Doubt(STORED, why, tuple(near[:1]))


def _temperature(item: str, _field: SchemaField, language: str) -> Iterator[Doubt]:
    number = _NUMBERS[language].match(item[:LONGEST])
    unit = item[number.end() :].strip(" \u00a0").casefold() if number else "?"
    if unit not in _TEMPERATURES:
        yield Doubt(STORED, N_("“%(value)s” is no temperature: a number and °C, °F or K", value=item))


def _boolean(item: str, _field: SchemaField, language: str) -> Iterator[Doubt]:
    if item.casefold() not in _YES_NO[language]:
        near = ("Yes", "No") if language == "en" else ("Oui", "Non")
        yield Doubt(STORED, N_("“%(value)s” is neither yes nor no", value=item), near)


def _address(item: str, _field: SchemaField, _language: str) -> Iterator[Doubt]:
    scheme, colon, rest = item.partition(":")
    if re.search(r"\s", item):
        yield Doubt(STORED, N_("“%(value)s” holds a space: is it an address and something else?", value=item[:LONGEST]))
    elif not colon or not re.fullmatch(r"[a-zA-Z][\w+.-]*", scheme):
        yield Doubt(STORED, N_("“%(value)s” has no https://", value=item[:LONGEST]), (f"https://{item.lstrip('/')}",))
    elif scheme not in _SCHEMES or not rest.strip("/") or re.search(r"[<>]", item):
        near = (f"{scheme.lower()}:{rest}",) if scheme.lower() in _SCHEMES and rest.strip("/") else ()
        yield Doubt(STORED, N_("“%(value)s” is no address", value=item[:LONGEST]), near)


def _email(item: str, _field: SchemaField, _language: str) -> Iterator[Doubt]:
    if not re.fullmatch(r"(?:mailto:)?[!-~]+@[A-Za-z0-9.-]+", item[:LONGEST]) or "," in item or ";" in item:
        yield Doubt(STORED, N_("“%(value)s” is no e-mail address", value=item[:LONGEST]))


def _telephone(item: str, _field: SchemaField, _language: str) -> Iterator[Doubt]:
    if not re.fullmatch(r"(?:tel:)?\+[0-9][0-9 .()/-]{5,}", item[:LONGEST]):
        why = N_("“%(value)s” is not stored as a number to call: write it as +33 3 20 00 00 00", value=item[:LONGEST])
        yield Doubt(STORED, why)


def _record(item: str, field: SchemaField, _language: str) -> Iterator[Doubt]:
    most = field.stored.fields
    if most and item.count(";") + 1 > most:
        yield Doubt(STORED, N_("the record has %(most)d parts, “%(value)s” has more", most=most, value=item[:LONGEST]))


def _in_a_language(item: str, _field: SchemaField, _language: str) -> Iterator[Doubt]:
    if not re.search(r"@[a-z]{2,3}(?:-[a-z]{2,4})?$", item):
        why = N_("“%(value)s” needs its language behind it: %(example)s", value=item[:LONGEST], example="…@fr")
        yield Doubt(STORED, why)


# -- dates ----------------------------------------------------------------------------------------

_SHORT = ("janv.", "févr.", "avr.", "sept.", "oct.", "nov.", "déc.")
_NAMES = "|".join(map(re.escape, (*MONTHS["fr"], *MONTHS["en"], *_SHORT)))
_DAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_TIME = r"(?:(?:T| (?:à )?)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[-+][0-9]{2}:?[0-9]{2}| [AP]M)?)?"
_STORED_DATES: Sequence[re.Pattern[str]] = [
    re.compile(form.replace("NAME", f"(?:{_NAMES})").replace(" ", " +"), re.IGNORECASE)
    for form in (
        r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{1,2})[-/](?P<d>[0-9]{1,2})" + _TIME,
        rf"(?:{_DAY} )?(?P<d>[0-9]{{1,2}}) (?P<n>NAME),? (?P<y>[0-9]{{4}})" + _TIME,
        r"(?P<n>NAME) (?P<d>[0-9]{1,2}), (?P<y>[0-9]{4})" + _TIME,
        r"(?P<y>[0-9]{4}),? (?P<n>NAME)(?: (?P<d>[0-9]{1,2}))?",
        r"NAME [0-9]{4}",
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})",
        r"(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})",
        r"-?[0-9]{3,4}",
        r"(?P<d>1[3-9]|2[0-9]|3[01])[-/.](?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4})",
    )
]


def _month(name: str) -> int:
    """The number of a month by its first letters, which every name here has of its own; 0 for no name."""
    names = [[one.casefold() for one in MONTHS[language]] for language in ("fr", "en")]
    short = name.casefold().rstrip(".")
    return next((n for some in names for n, one in enumerate(some, 1) if short and one.startswith(short)), 0)


def _date(item: str, _field: SchemaField, _language: str) -> Iterator[Doubt]:
    text = item[:LONGEST]
    read = next((found.groupdict() for form in _STORED_DATES if (found := form.fullmatch(text))), None)
    if read is None:
        yield Doubt(STORED, N_("“%(value)s” is stored as another date, or not at all: write 2024-03-05", value=text))
    elif read.get("m") or read.get("n"):
        month = int(read.get("m") or _month(read.get("n") or ""))
        try:
            date(int(read["y"] or 0), month, int(read.get("d") or 1))
        except ValueError:
            yield Doubt(STORED, N_("there is no such day: “%(value)s”", value=text))


_CHECKS: dict[str, Callable[[str, SchemaField, str], Iterator[Doubt]]] = {
    "_wpg": _page,
    "_num": _number,
    "_qty": _quantity,
    "_tem": _temperature,
    "_boo": _boolean,
    "_uri": _address,
    "_ema": _email,
    "_tel": _telephone,
    "_rec": _record,
    "_mlt_rec": _in_a_language,
    "_dat": _date,
}
