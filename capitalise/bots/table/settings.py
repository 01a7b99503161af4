"""What a TOML says of a bot that keeps a wikitable and a sheet in step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from capitalise.exports.model import Roles
from capitalise.exports.roles import read_roles
from capitalise.messages import N_, Message
from capitalise.pages.titles import normal_title
from capitalise.sheets.names import is_address
from capitalise.toml import TomlReader, page_title, sheet_names

__all__ = ["TableSettings", "read_table"]


@dataclass(frozen=True)
class TableSettings:
    """The `page` and the `number` of its table (from 1), the `sheet` (a file of the workspace) and its `tab`; rows are found by the
    column `key` ("" for the table's first). `export` says which column is what in a printed kit."""

    page: str
    sheet: str
    key: str = ""
    number: int = 1
    tab: str = ""
    export: Roles = field(default_factory=Roles)


def read_table(reader: TomlReader, _wikis: Sequence[str]) -> TableSettings:
    return TableSettings(
        normal_title(reader.take("page", str, None, page_title) or ""),
        reader.take("sheet", str, None, _a_file) or "",
        reader.take("key", str, ""),
        reader.take("number", int, 1, _from_one),
        reader.take("tab", str, ""),
        read_roles(reader),
    )


def _a_file(name: str) -> Message | None:
    return N_("must be a file of the workspace") if is_address(name) or set(name) & set("*?") else sheet_names(name)


def _from_one(number: int) -> Message | None:
    return None if number > 0 else N_("must be 1 or more")
