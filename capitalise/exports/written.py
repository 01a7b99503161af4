"""Files that the tool makes for people to read, print or send: never over words that somebody may have written.

A file that is there is replaced only while it holds what this tool wrote into it. What that was is known by a mark beside
the workspace's other caches; where the mark is lost, the file is somebody's.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from platformdirs import user_state_path

from capitalise.errors import SettingsError
from capitalise.files import write_safely
from capitalise.messages import N_

__all__ = ["refuse_links", "refuse_to_replace", "write_output"]


def write_output(workspace: Path, path: Path, data: bytes) -> None:
    """Write a file that the command line asks for. Raises SettingsError where one is there that somebody else wrote."""
    refuse_to_replace(workspace, path)
    mark = _mark(workspace, path)
    mark.parent.mkdir(parents=True, exist_ok=True)
    new = mark.with_name(f"{mark.name}.new")
    write_safely(new, _digest(data).encode())  # where this cannot be written, the file is not either
    write_safely(path, data)
    new.replace(mark)


def refuse_links(workspace: Path, path: Path) -> None:
    """Raises SettingsError where a name that nobody typed would lead out of the workspace: a folder that somebody sent may hold links."""
    inside = workspace.resolve() / path.relative_to(workspace)
    if path.resolve() != inside:
        raise SettingsError(
            N_(
                "%(file)s is a link, or stands behind one: nothing is written through it. Name another file with -o.",
                file=path,
            )
        )


def refuse_to_replace(workspace: Path, path: Path) -> None:
    """Raises SettingsError where a file is there that this tool did not make, or that was changed since."""
    if not path.exists():
        return
    if not path.is_file():
        raise SettingsError(N_("%(file)s is no ordinary file: choose another name.", file=path))
    mark = _mark(workspace, path)
    if not mark.is_file() or mark.read_text("ascii", "replace") != _digest(path.read_bytes()):
        raise SettingsError(
            N_(
                "%(file)s is there, and is not as this command left it: somebody may have written in it. "
                "Choose another name, or move it away first.",
                file=path,
            )
        )


def _mark(workspace: Path, path: Path) -> Path:
    """Where the digest of what was written is kept: by the place in the workspace, so that both may move together, and on this machine
    for a file elsewhere."""
    path, workspace = path.resolve(), workspace.resolve()
    if path.is_relative_to(workspace):
        return workspace / ".capitalise" / "made" / _digest(path.relative_to(workspace).as_posix().encode())
    return (
        user_state_path("capitalise") / "made" / _digest(path.as_posix().encode())
    )  # no folder that somebody sent says what is ours


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
