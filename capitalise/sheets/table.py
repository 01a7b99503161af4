"""What every sheet is read as: headings and rows of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["TITLES", "Table", "heading_key", "title_column"]

#: Headings of the column that holds the pages' titles, by `heading_key`.
TITLES = ("titre", "title", "titre de la page", "page title")


@dataclass(frozen=True)
class Table:
    """`rows` are as long as `header`; the first of them is line 2 of the sheet. `path` is how people name the file."""

    path: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def heading_key(heading: str) -> str:
    """A heading as it is compared: without case, accents, colons and repeated spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", heading.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\s_:*’']+", " ", bare).strip()


def title_column(header: Sequence[str]) -> int:
    """The number of the column of titles; the first one where none is named so."""
    return next((i for i, heading in enumerate(header) if heading_key(heading) in TITLES), 0)
