"""Pages that lead to another."""

from __future__ import annotations

import re

from capitalise.pages.titles import normal_title

__all__ = ["redirect_of"]

_REDIRECT = re.compile(r"\s*#(?:REDIRECT|REDIRECTION)\s*:?\s*\[\[([^\]|#]+)(?:#([^\]|]*))?", re.IGNORECASE)


def redirect_of(text: str) -> tuple[str, str]:
    """Where a page that is a redirect leads to: title and section, "" for none."""
    found = _REDIRECT.match(text)
    return (normal_title(found[1]), (found[2] or "").strip()) if found else ("", "")
