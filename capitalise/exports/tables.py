"""The kit as a sheet: one row for each page, what readers see in each cell."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

from capitalise.exports.formats import Wanted
from capitalise.exports.model import Fiche, Kit, Tool
from capitalise.messages import N_, render
from capitalise.plans.model import SheetLook
from capitalise.sheets import csv_format, ods, xlsx
from capitalise.sheets.table import XLSX_CHARACTERS, Comments, Table

__all__ = ["make", "rows_of"]

_FORMATS = {".csv": csv_format, ".ods": ods, ".xlsx": xlsx}
_ENTITY = "\u2028"  # no cell may hold it


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
    """Headings in the kit's language, and the rows in the order of the kit."""
    fixed = [N_("Title"), N_("Step"), N_("Page address"), N_("Revision"), N_("People")]
    title, *rest = [render(one, kit.language) for one in fixed]
    first = next(iter(kit))
    labels = [one.label for one in (*first.body, *([first.question] if first.question.label else []), *first.sections)]
    tools = [first.tools_label] if first.tools_label else []
    header = (title, rest[0], *labels, *tools, *rest[1:])
    return header, [_row(fiche, bool(tools)) for fiche in kit]


def _row(fiche: Fiche, tools: bool) -> tuple[str, ...]:
    words = [one.text for one in (*fiche.body, *([fiche.question] if fiche.question.label else []), *fiche.sections)]
    listed = ["\n".join(map(_tool, fiche.tools))] if tools else []
    cells = [
        fiche.title,
        ", ".join(fiche.chapters),
        *words,
        *listed,
        fiche.page,
        str(fiche.revision),
        ", ".join(fiche.people),
    ]
    return tuple(cell.replace(_ENTITY, "\n")[:XLSX_CHARACTERS] for cell in cells)


def _tool(tool: Tool) -> str:
    return " – ".join(filter(None, (tool.name, tool.text, tool.address)))
