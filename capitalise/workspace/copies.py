"""Copies that sync programs and people leave beside what a bot reads: none is read, each is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from capitalise.conflict_copies import conflict_copies
from capitalise.messages import N_
from capitalise.plans.model import Finding, RowRef
from capitalise.sheets.names import is_address

if TYPE_CHECKING:
    from capitalise.workspace.opened import Bot

__all__ = ["find_copies", "without_copies"]


def find_copies(folder: Path, bot: Bot) -> list[Finding]:
    """The copies beside a bot's settings, its sheets, and in the folders that it reads."""
    folders = [folder / name for name in bot.kind.reads(bot.options) if name and (folder / name).is_dir()]
    found = [
        (place / name, original)
        for place, read in _read_in(folder, bot, folders).items()
        for name, original in conflict_copies((p.name for p in place.glob("*") if p.is_file()), read)
        if place.name != "bots" or original in read
    ]
    for one in folders:
        inside = (path.name for path in one.glob("*") if path.is_dir())
        found += [(one / name, original) for name, original in conflict_copies(inside)]
    return [_finding(_shown(path, folder), original) for path, original in found]


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _read_in(folder: Path, bot: Bot, folders: Sequence[Path]) -> Mapping[Path, set[str]]:
    """The folders that a bot reads in, each with the files that its settings name."""
    found = {folder / "bots": {f"{bot.name}.toml"}}
    for name in bot.sheets.names:
        if not is_address(name):
            found.setdefault((folder / name).parent, set()).add(Path(name).name)
    return {**found, **{path: set() for one in folders for path in one.glob("*") if path.is_dir()}}


def _finding(place: str, original: str) -> Finding:
    why = N_(
        "this looks like a copy of %(original)s that a sync program or somebody made; it is not read: "
        "bring over what only the copy says, then move it away",
        original=original,
    )
    return Finding("conflict-copy", why, at=RowRef(place, 0, ""))


def without_copies(paths: Sequence[Path]) -> list[Path]:
    """Files without the copies that a sync program put beside them."""
    copies = {
        folder / name
        for folder in {path.parent for path in paths}
        for name, _original in conflict_copies(path.name for path in folder.glob("*"))
    }
    return [path for path in paths if path not in copies]
