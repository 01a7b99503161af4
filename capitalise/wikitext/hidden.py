"""A text without what stands between two signs that hide it: comments, `<nowiki>`."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["COMMENTS", "without"]

COMMENTS = {"<!--": "-->"}


def without(text: str, pairs: Mapping[str, str]) -> str:
    """`text` without what stands from an opening sign to the next closing one (both in small letters, found in any case). What nothing closes
    stays. In linear time: a sign that closes nothing is looked for once."""
    opening = re.compile("|".join(map(re.escape, pairs)), re.IGNORECASE)
    closing = {one: re.compile(re.escape(end), re.IGNORECASE) for one, end in pairs.items()}
    pieces, kept, at = [], 0, 0
    while closing and (found := opening.search(text, at)):
        sign = found[0].lower()
        end = closing[sign].search(text, found.end()) if sign in closing else None
        if end:
            pieces.append(text[kept : found.start()])
            kept = at = end.end()
        else:
            closing.pop(sign, None)
            at = found.end()
    return "".join([*pieces, text[kept:]])
