"""What a running Page Forms and Semantic MediaWiki did (tests/data/page-forms, CC0): saves, forms as HTML, values as they were stored."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from capitalise.forms.definition import read_form
from capitalise.forms.property import read_property
from capitalise.forms.schema import Schema, build_schema
from capitalise.forms.sources import Offered
from capitalise.forms.template import read_template

__all__ = ["NOW", "fields_as_html", "recorded_schema", "saves", "stored_values"]

DATA = Path(__file__).parent / "data" / "page-forms"
#: When the saves were made: `default=now` wrote this day.
NOW = datetime(2026, 11, 29, 13, 54, 32)
Line = dict[str, Any]


def _lines(name: str) -> Iterator[Line]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@cache
def saves(kind: str) -> list[Line]:
    """`save`: a page before and after an unchanged save; `create`: a new page."""
    return [one for one in _lines("pageforms-saves.jsonl.gz") if one["kind"] == kind]


@cache
def fields_as_html() -> list[Line]:
    return list(_lines("html-form.jsonl.gz"))


@cache
def stored_values() -> list[Line]:
    return list(_lines("smw-values.jsonl.gz"))


#: What the forms show through `mapping template=Sigle` and `mapping property=Intitulé long` (definitions.json).
SHOWN: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("template", "Sigle"): {
        "bio": "Agriculture biologique",
        "rai": "Agriculture raisonnée",
        "per": "Permaculture",
    },
    ("property", "Intitulé long"): {
        "Figuier": "Le figuier commun",
        "Poirier": "Le poirier commun",
        "Pommier": "Le pommier commun",
        "Prunier": "Le prunier commun",
    },
}
SPECIES = ("Cognassier", "Figuier", "Poirier", "Pommier", "Prunier")


@cache
def recorded_schema(form: str) -> Schema:
    """A form with its templates and properties; what a wiki would say of categories, queries and their like is what its HTML offered."""
    line = next(one for one in saves("save") if one["form"] == form)
    found = read_form(line["form_text"])
    html = {(one["template"], one["field"]): one for one in fields_as_html() if one["form"] == form}
    values = {
        one.source: html[template.name, one.name].get("values") or ()
        for template in found.templates
        for one in template.fields
        if one.source[0] and (template.name, one.name) in html
    }
    return build_schema(
        form,
        found,
        {name: read_template(text) for name, text in line["templates"].items()},
        {name: read_property(text) for name, text in line["properties"].items()},
        Offered({**values, ("category", "Espèce"): SPECIES}, SHOWN),
    )
