"""The formats that a kit is exported in: where each is made, what its file is called, how it may end.

Each module has `make(kit, wanted) -> bytes`; it is imported when the format is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from capitalise.exports.model import Edition
from capitalise.messages import N_, Message
from capitalise.pages.revisions import Revision

__all__ = ["FORMATS", "Format", "Wanted"]


class Format(NamedTuple):
    """`word` is what its file is called besides the edition (None for nothing), `endings` how it may end, the usual one first; `pages`: it
    is made of the wiki pages themselves; `pictures`: it shows their pictures."""

    module: str
    word: Message | None
    endings: tuple[str, ...]
    line: Message
    pages: bool = False
    pictures: bool = False


FORMATS = {
    "booklet": Format(
        "booklet",
        N_("booklet"),
        (".pdf", ".html"),
        N_("A booklet to print and fold, a spread for each page of the kit."),
        pictures=True,
    ),
    "easel": Format(
        "easel",
        N_("easel"),
        (".pdf", ".html"),
        N_("Sheets that stand on the table: the group's side and the facilitator's."),
    ),
    "cards": Format("cards", N_("cards"), (".pdf", ".html"), N_("Cards, four to a sheet, with cut marks and backs.")),
    "path": Format(
        "path", N_("path"), (".html", ".pdf"), N_("Questions that lead a group along the kit, in one file for a phone.")
    ),
    "epub": Format("epub", None, (".epub",), N_("A book for readers (EPUB).")),
    "ods": Format("tables", None, (".ods",), N_("A sheet for LibreOffice, one row for each page.")),
    "xlsx": Format("tables", None, (".xlsx",), N_("A sheet for Excel, one row for each page.")),
    "csv": Format("tables", None, (".csv",), N_("The same as CSV.")),
    "json": Format("data", None, (".json",), N_("Values by field with their schema, for programs and websites.")),
    "xml": Format("dump_xml", None, (".xml",), N_("The pages as MediaWiki imports them (Special:Import)."), True),
    "news": Format(
        "news", N_("news"), (".html", ".txt"), N_("What was added or rewritten since a day, for a mailing list.")
    ),
}


@dataclass(frozen=True)
class Wanted:
    """How an export is to be made. `folder` is the workspace, `ending` that of the file; `draft` leaves places for what is missing,
    `since` marks what changed, `fold` puts two pages on a sheet, `paper` is that of an easel; `revisions` are the wiki pages themselves,
    where the format asks for them."""

    folder: Path | None
    edition: Edition
    format: str
    ending: str
    draft: bool = False
    since: datetime | None = None
    fold: bool = False
    paper: str = "a3"
    revisions: Sequence[Revision] = ()
