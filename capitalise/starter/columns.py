"""Headings that an editor accepted as fields, written into the bot's TOML; comments and order there stay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomlkit

from capitalise.files import write_safely

__all__ = ["accept_columns"]


def accept_columns(path: Path, accepted: Mapping[str, str]) -> None:
    """Add `"heading" = "field"` lines to the table [columns]."""
    document = tomlkit.parse(path.read_bytes().decode("utf-8-sig"))
    table = document.setdefault("columns", tomlkit.table())
    for heading, label in accepted.items():
        table[heading] = label
    write_safely(path, tomlkit.dumps(document).encode())
