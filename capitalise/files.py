"""Files replaced as a whole, and why one cannot be."""

from __future__ import annotations

import errno
import os
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


def write_safely(path: Path, data: bytes) -> None:
    """Replace a file as a whole: readers see the old one or the new one, a crash leaves one of both."""
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:  # people know the file, not its temporary name
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)
