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
    """Mode, owner and group of the file that is replaced, as far as they may be given."""
    old = path.stat()
    for owner in (old.st_uid, -1) if hasattr(os, "chown") else ():
        with suppress(OSError):
            os.chown(new, owner, old.st_gid)
            break
    new.chmod(old.st_mode & 0o777)


def _private(path: str, flags: int) -> int:
    """Nobody reads the new file before it has the old one's mode."""
    return os.open(path, flags, 0o600)


def write_safely(path: Path, data: bytes) -> None:
    """Replace a file as a whole: readers see the old one or the new one, a crash leaves one of both.

    Its mode stays, and its owner and group where the system lets us give them (docs/robot.md: a shared folder).
    """
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with open(temporary, "wb", opener=_private if path.exists() else None) as file:
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
