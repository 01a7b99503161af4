"""The kit as a sheet: one row for each page, what readers see in each cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

from capitalise.errors import SheetError
from capitalise.exports.formats import Wanted
from capitalise.exports.model import Fiche, Kit
from capitalise.messages import N_, render
from capitalise.plans.model import SheetLook
from capitalise.sheets import csv_format, ods, xlsx
from capitalise.sheets.table import XLSX_CHARACTERS, Comments, Table

__all__ = ["make", "rows_of"]

_FORMATS = {".csv": csv_format, ".ods": ods, ".xlsx": xlsx}
_LINE = "\u2028"  # Unicode's own end of a line, which no sheet knows


def make(kit: Kit, wanted: Wanted) -> bytes:
    """Words only, no markup; what a spreadsheet would take for a formula is text. Raises SheetError for what no sheet holds."""
    header, rows = rows_of(kit)
    table = Table(f"kit{wanted.ending}", header, tuple(rows), format=wanted.ending[1:])
    form = _FORMATS[wanted.ending]
    made: bytes = form.write(table, None, "", header[0], SheetLook(table.path), Comments())
    return made if wanted.ending == ".csv" else _timeless(made, kit.taken)


def _timeless(data: bytes, taken: datetime | None) -> bytes:
    """The same file with the kit's time in the place of this moment's, so that the same kit gives the same bytes."""
    at = taken or datetime(2000, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            inside = before.read(part)
            if part.filename == "docProps/core.xml":
                inside = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", f"{at:%Y-%m-%dT%H:%M:%SZ}".encode(), inside)
            named = zipfile.ZipInfo(part.filename, (at.year, at.month, at.day, 0, 0, 0))
            after.writestr(named, inside, part.compress_type)
    return out.getvalue()


def rows_of(kit: Kit) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings in the kit's language with every field of the form, and the rows in the order of the kit."""
    title, page, revision, people = (
        render(one, kit.language) for one in (N_("Title"), N_("Page address"), N_("Revision"), N_("People"))
    )
    header = (title, *(label for _name, label, _type in kit.fields), page, revision, people)
    return header, [_row(fiche, [name for name, _label, _type in kit.fields]) for fiche in kit]


def _row(fiche: Fiche, names: Sequence[str]) -> tuple[str, ...]:
    values = dict(fiche.values)
    cells = [
        fiche.title,
        *(_cell(values.get(name, "")) for name in names),
        fiche.page,
        str(fiche.revision),
        ", ".join(fiche.people),
    ]
    for name, cell in zip((N_("Title").text, *names), cells, strict=False):
        if len(cell) > XLSX_CHARACTERS:
            raise SheetError(
                N_(
                    "“%(title)s”: the text of “%(field)s” is too long for a cell (%(most)d characters): export it as json.",
                    title=fiche.title,
                    field=name,
                    most=XLSX_CHARACTERS,
                )
            )
    return tuple(cell.replace(_LINE, "\n") for cell in cells)


def _cell(value: object) -> str:
    """A text as it is, a list with commas, items one a line with their parts."""
    if isinstance(value, (list, tuple)):
        items = [
            " – ".join(filter(None, map(str, one.values()))) if isinstance(one, dict) else str(one) for one in value
        ]
        return "\n".join(items) if any(isinstance(one, dict) for one in value) else ", ".join(items)
    return str(value)
