"""Semantic MediaWiki asked for pages and values, past the limits of one answer.

`action=ask` continues by `query-continue-offset`, fed back as `|offset=` inside the query; offset and limit together stay
under `$smwgQMaxLimit` (10,000), after which the query goes on behind the last title. `smwbrowse` exists since version 3.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from capitalise.errors import Refused
from capitalise.messages import N_
from capitalise.wikis.api import Answer

__all__ = ["ask_titles", "values_in_use"]

BATCH = 500
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
