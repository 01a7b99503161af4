"""What a sheet is called in settings: a file of the workspace, a pattern for several, or an address on the web."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from capitalise.sheets.file import ENDINGS

__all__ = ["is_address", "is_pattern", "made_here", "sheets_among"]


def is_address(name: str) -> bool:
    """Whether a sheet is one on the web."""
    return name.startswith(("http://", "https://"))


def is_pattern(folder: Path, name: str) -> bool:
    """`feuilles/*.ods` is one, a file that is really called `kit [1].ods` is none."""
    return bool(set(name) & set("*?[")) and not (folder / name).exists()


def made_here(folder: Path, name: str) -> str:
    """The sheet that is made where there is none: "" for a pattern or an address."""
    return "" if is_address(name) or is_pattern(folder, name) else name


def sheets_among(paths: Iterable[Path]) -> list[Path]:
    """The sheets among some files, without the locks that office programs put beside them."""
    return sorted(p for p in paths if p.suffix.lower() in ENDINGS and p.name[0] not in ".~")
