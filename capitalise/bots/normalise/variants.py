"""One thing under several spellings over many pages (“Loomio”, “loomio.org”): one question, not one a page.

Key collision, as OpenRefine's “fingerprint”: values whose letters are the same once case, accents, signs, order of words and what an
address has around a name are left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from capitalise.forms.rules.choices import bare_words
from capitalise.messages import N_
from capitalise.plans.model import Finding

__all__ = ["variants_in"]

LONGEST = 40  # letters of a name
FEWEST = 3  # pages on which the spellings stand, together
_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?|\.(?:org|fr|com|net|io|eu|coop|info|cc)(?:/.*)?$", re.IGNORECASE)


def variants_in(values: Iterable[tuple[str, str, str]], wiki: str) -> list[Finding]:
    """A finding for each thing that has several spellings. `values` are field, value and page."""
    spellings: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    pages: dict[tuple[str, str], set[str]] = defaultdict(set)
    for field, value, page in values:
        if key := _key(value):
            spellings[field, key][value] += 1
            pages[field, key].add(page)
    return [
        _finding(field, found, sorted(pages[field, key]), wiki)
        for (field, key), found in sorted(spellings.items())
        if len(found) > 1 and len(pages[field, key]) >= FEWEST
    ]


def _key(value: str) -> str:
    if len(value) > LONGEST or "\n" in value or "{{" in value or "[[" in value:
        return ""
    name = _ADDRESS.sub("", bare_words(value.strip()))
    return " ".join(sorted(set(re.findall(r"[^\W_]+", name))))


def _finding(field: str, found: Counter[str], pages: list[str], wiki: str) -> Finding:
    shown = ", ".join(f"“{value}” ({times})" for value, times in found.most_common())
    why = N_(
        "the same thing under several spellings, on %(pages)d pages: %(shown)s; choose one of them",
        pages=len(pages),
        shown=shown,
    )
    return Finding("variants", why, wiki, pages[0], field=field, suggestion=found.most_common(1)[0][0])
