"""Files replaced as a whole."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["write_safely"]


def write_safely(path: Path, data: bytes) -> None:
    """Replace a file as a whole: readers see the old one or the new one, a crash leaves one of both."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
