"""Values inside wikitext tables, where `|` and `!` at other places than one thinks begin a new cell."""

from __future__ import annotations

import re

from capitalise.wikitext.values import Unwritable, encode

__all__ = ["table_cell"]

#: What ends a cell or begins one at the start of a line, or ends the table (Parser::handleTables).
_LINE = re.compile(r"(?m)^[ \t:]*(?:\{\||\|\}|\|-|\||!)")


def table_cell(value: str, otherwise: str = "…") -> str:
    """`value` for a table's cell, to stand on a line of its own; `otherwise` where no spelling is safe."""
    try:
        raw = encode(value)
    except Unwritable:
        return otherwise
    raw = raw.replace("{{!}}", "&#124;").replace("||", "&#124;&#124;").replace("!!", "&#33;!")
    return otherwise if _LINE.search(raw) or "\n|" in raw else raw
