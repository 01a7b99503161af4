"""Files replaced as a whole, and why one cannot be."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from capitalise.messages import N_, Message

__all__ = ["FileChanged", "keep_copy", "reason", "write_safely", "write_unless_changed"]

_REASONS = {
    errno.ENOENT: N_("it, or its folder, does not exist"),
    errno.EACCES: N_("no permission"),
    errno.EPERM: N_("no permission"),
    errno.EROFS: N_("the disk is read-only"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of its path is not a folder"),
    errno.EEXIST: N_("it exists already"),
}


def reason(error: OSError) -> Message:
    """Why the system refused, in a few words."""
    return _REASONS.get(error.errno or 0, N_("%(why)s", why=error.strerror or type(error).__name__))


class FileChanged(Exception):
    """Somebody saved the file between our reading it and our replacing it: theirs stands."""


def write_safely(path: Path, data: bytes) -> None:
    """Replace a file as a whole: readers see the old one or the new one, a crash leaves one of both.

    Its mode stays, and its owner and group where the system lets us give them (docs/robot.md: a shared folder). A link is
    followed to the file that it names.
    """
    path = path.resolve()
    _swap(path, data, path, lambda: None)


def write_unless_changed(path: Path, data: bytes, before: bytes | None) -> None:
    """The same, where the file still holds the bytes that were read `before` (None: there was none), looked at once more right
    before it is replaced. Raises FileChanged."""
    path = path.resolve()

    def look() -> None:
        if (path.read_bytes() if path.exists() else None) != before:
            raise FileChanged(str(path))

    _swap(path, data, path, look)


def keep_copy(path: Path, data: bytes) -> None:
    """The file's bytes as `NAME~` beside it, with its mode. What stands under that name is replaced, never followed."""
    copy = path.with_name(path.name + "~")
    _swap(copy, data, path, lambda: None)


def _swap(path: Path, data: bytes, like: Path, look: Callable[[], None]) -> None:
    """Write beside the file under a name that nobody can guess or have put there, then rename; with the mode of `like`."""
    try:
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=".new"
        )  # O_EXCL, O_NOFOLLOW, 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _as(like, temporary)
            look()
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:  # people know the file, not its temporary name
        raise OSError(error.errno, error.strerror, str(path)) from error


def _as(old: Path, new: Path) -> None:
    """Mode, owner and group of the file that is replaced, as far as they may be given; those of any new file where there is none."""
    if not old.exists():
        mask = os.umask(0)
        os.umask(mask)
        new.chmod(0o666 & ~mask)
        return
    there = old.stat()
    for owner in (there.st_uid, -1) if hasattr(os, "chown") else ():
        with suppress(OSError):
            os.chown(new, owner, there.st_gid)
            break
    new.chmod(there.st_mode & 0o777)
