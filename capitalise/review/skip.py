"""`skip` of a bot's TOML: pages and fields that it leaves alone for good, written with all else kept as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import tomlkit
from tomlkit.items import Array

from capitalise.files import write_unless_changed

__all__ = ["skip_places"]


def skip_places(path: Path, places: Sequence[str]) -> None:
    """Add places (`Title#Field`, `Title`) to a bot's `skip`. Raises FileChanged where somebody saves the file at this moment, OSError."""
    data = path.read_bytes()
    document = tomlkit.parse(data.decode("utf-8"))
    skip = document.setdefault("skip", tomlkit.array())
    there = list(skip)
    for place in dict.fromkeys(places):
        if place not in there:
            skip.append(place)
    if isinstance(skip, Array):
        skip.multiline(len(skip) > 1)
    write_unless_changed(path, tomlkit.dumps(document).encode(), data)
