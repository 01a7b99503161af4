"""What a form asks for and a rule cannot give: found, never changed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from capitalise.forms.rules.lists import split
from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.schema import SchemaField
from capitalise.messages import N_, NP_

__all__ = ["lines_of", "remarks_on"]

LINE = 90  # characters of a line on the wiki, about


def remarks_on(value: str, field: SchemaField, world: World) -> Iterator[Doubt]:
    """Missing, too long, too short, too many."""
    if not value:
        if field.mandatory:
            yield Doubt("mandatory", N_("the form wants this field filled"))
        return
    most = field.most_characters
    if most and len(value) > most:
        yield Doubt("limit", N_("%(length)d characters, the form allows %(most)d", length=len(value), most=most))
    most = field.most_values
    if most and (count := len(split(value, field))) > most:
        yield Doubt("limit", N_("%(count)d values, the form allows %(most)d", count=count, most=most))
    asked = world.lines.get(field.name) or world.lines.get(field.label)
    if asked and abs((lines := lines_of(value)) - asked) > max(1, round(asked * 0.4)):
        yield Doubt(
            "lines",
            NP_(
                "about %(count)d line, %(asked)d are asked for",
                "about %(count)d lines, %(asked)d are asked for",
                lines,
                asked=asked,
            ),
        )


def lines_of(value: str) -> int:
    """About how many lines a text takes on a page."""
    return sum(max(1, math.ceil(len(line) / LINE)) for line in value.split("\n") if line.strip())
