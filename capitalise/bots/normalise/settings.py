"""What a TOML says of a bot that normalises what people typed into a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from capitalise.bots.normalise.catalogue import ALL
from capitalise.messages import N_, Message
from capitalise.pages.titles import normal_title
from capitalise.toml import TomlReader, not_negative, one_of, page_title

__all__ = ["Normalise", "read_normalise"]


@dataclass(frozen=True)
class Normalise:
    """`rules` are those that write where `writes`; the others are proposed. A page rests `rest_hours` after a person's edit.
    `lines` are asked for by field, `query` is one of Semantic MediaWiki's for the pages, `report_page` and `help_page` are
    pages of the wiki ("" for none, and for the bot's own)."""

    form: str
    template: str = ""
    category: str = ""
    writes: bool = False
    rules: frozenset[str] = frozenset()
    rest_hours: float = 48.0
    lines: Mapping[str, int] = field(default_factory=dict)
    query: str = ""
    report_page: str = ""
    help_page: str = ""


def read_normalise(reader: TomlReader, _wikis: Sequence[str]) -> Normalise:
    rules = reader.take("rules", list, [], _rules)
    return Normalise(
        reader.take("form", str, None) or "",
        reader.take("template", str, ""),
        reader.take("category", str, ""),
        reader.take("mode", str, "propose", one_of(("propose", "write"))) == "write",
        frozenset(rule for rule in rules if rule in ALL),
        reader.take("rest_hours", (int, float), Normalise.rest_hours, not_negative),
        reader.take("lines", dict, {}, _whole_numbers),
        reader.take("query", str, ""),
        normal_title(reader.take("report_page", str, "", page_title)),
        normal_title(reader.take("help_page", str, "", page_title)),
    )


def _rules(names: list[Any]) -> Message | None:
    for name in names:
        if name not in ALL:
            near = get_close_matches(str(name), ALL, 1)
            if near:
                return N_("names no rule “%(name)s”; did you mean “%(near)s”?", name=name, near=near[0])
            return N_("names no rule “%(name)s”; there is: %(there)s", name=name, there=", ".join(sorted(ALL)))
    return None


def _whole_numbers(table: Mapping[str, Any]) -> Message | None:
    good = all(isinstance(number, int) and not isinstance(number, bool) and number > 0 for number in table.values())
    return None if good else N_("must hold whole numbers, as in description = 5")
