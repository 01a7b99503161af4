"""Semantic MediaWiki asked for pages and values, past the limits of one answer.

`action=ask` continues by `query-continue-offset`, fed back as `|offset=` inside the query; offset and limit together stay
under `$smwgQMaxLimit` (10,000), after which the query goes on behind the last title. `smwbrowse` exists since version 3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from capitalise.errors import Refused
from capitalise.messages import N_
from capitalise.wikis.api import Answer

__all__ = ["ask_titles", "ask_values", "conditions_of", "values_in_use"]

BATCH = 500
MOST_CONDITIONS = 15  # `$smwgQMaxSize` is 16
FARTHEST = 9_500  # offset + limit must not pass 10,000

Call = Callable[..., Answer]


def ask_titles(call: Call, conditions: str) -> list[str]:
    """The pages that a query (`[[Category:Outil]]`) names, subobjects left out. Raises Refused where it is wrong."""
    titles: dict[str, None] = {}
    after, offset = "", 0
    while True:
        answer = call(action="ask", query=f"{conditions}{after}|limit={BATCH}|offset={offset}")
        if "error" in answer:  # with HTTP 200 and no code (Api/Query.php)
            why = " ".join(map(str, answer["error"].get("query", ())))
            raise Refused(N_("the query “%(query)s” cannot be read: %(why)s", query=conditions, why=why), "smw")
        found = answer["query"]["results"]  # an empty one comes as a list
        fresh = [title for title in found if title not in titles]
        titles |= dict.fromkeys(fresh)
        offset = answer.get("query-continue-offset", 0)
        if not offset or not fresh:
            return [title for title in titles if "#" not in title]
        if offset > FARTHEST:
            after, offset = f" [[>>{fresh[-1]}]]", 0


def values_in_use(call: Call, name: str) -> Sequence[str]:
    """The values that pages give to a property."""
    values: dict[str, None] = {}
    offset = 0
    while True:
        asked = {"property": name, "search": "", "limit": BATCH, "offset": offset}
        answer = call(action="smwbrowse", browse="pvalue", params=json.dumps(asked, ensure_ascii=False))
        before = len(values)
        values |= dict.fromkeys(str(value) for value in answer["query"])
        following = answer.get("query-continue-offset", 0)
        if following <= offset or len(values) == before:
            return list(values)
        offset = following


def conditions_of(query: str) -> str:
    """The conditions of a query of a form, without what it prints (`|?Nom`) or how (`|limit=20`)."""
    return re.split(r"\|(?=\?|[\w ]+=)", query)[0].strip()


def ask_values(call: Call, titles: Sequence[str], name: str) -> dict[str, str]:
    """The first value of a property on each of some pages; those without one are left out."""
    values: dict[str, str] = {}
    for at in range(0, len(titles), MOST_CONDITIONS):
        some = " OR ".join(f"[[{title}]]" for title in titles[at : at + MOST_CONDITIONS])
        answer = call(action="ask", query=f"{some}|?{name}=v|limit={BATCH}")
        found = answer.get("query", {}).get("results", {}) or {}
        for title, one in found.items():
            for value in one["printouts"]["v"][:1]:
                values[title] = str(value.get("fulltext", "") if isinstance(value, dict) else value)
    return values
