"""Files replaced as a whole, and why one cannot be."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from capitalise.messages import N_, Message

__all__ = ["reason", "write_safely"]

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


def _as_before(path: Path, new: Path) -> None:
    """Mode and group of the file that is replaced, as far as they may be given."""
    old = path.stat()
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(new, -1, old.st_gid)
    new.chmod(old.st_mode & 0o777)


def write_safely(path: Path, data: bytes) -> None:
    """Replace a file as a whole: readers see the old one or the new one, a crash leaves one of both.

    Whoever could open the old one can open the new one.
    """
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            _as_before(path, temporary)
        temporary.replace(path)
    except OSError as error:  # people know the file, not its temporary name
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)
