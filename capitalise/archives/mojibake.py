"""Text that was read in a wrong encoding once (`Ã©` for `é`), mended where only one reading is possible."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Mended", "mended"]

#: What UTF-8 looks like when it is read as Latin-1 or Windows-1252.
_SUSPECT = re.compile(
    "[ÂÃâÅ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_CERTAIN = {("encode", "latin-1"), ("encode", "sloppy-windows-1252"), ("decode", "utf-8")}


@dataclass(frozen=True)
class Mended:
    """A piece of text, before and after."""

    before: str
    after: str


def mended(text: str) -> Mended | None:
    """The text as it was meant; None where nothing is wrong, or where ftfy would have to guess: to restore bytes that are lost, to take one
    letter for another."""
    if not _SUSPECT.search(text):
        return None
    import ftfy  # the extra “archives”

    found = ftfy.fix_encoding_and_explain(text)
    steps = {(step.action, step.parameter) for step in found.explanation or ()}
    return Mended(text, found.text) if found.text != text and steps and steps <= _CERTAIN else None
