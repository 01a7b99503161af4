"""Files replaced as a whole, and why one cannot be."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, count
from pathlib import Path

from capitalise.messages import N_, Message

__all__ = ["FileChanged", "keep_copy", "reason", "write_safely", "write_unless_changed"]

_HERE = -100  # AT_FDCWD: relative to the folder we are in (fcntl.h)
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
    _beside(path, data, path, lambda new: new.replace(path))


def write_unless_changed(path: Path, data: bytes, before: bytes | None) -> None:
    """The same, where the file still holds the bytes that were read `before` (None: there was none). Raises FileChanged.

    Looked at right before it is replaced, and what was replaced is looked at right after, where the system lets two files
    exchange their names: a file system may take its time to rename, and somebody saves meanwhile.
    """
    path = path.resolve()

    def put(new: Path) -> None:
        if (path.read_bytes() if path.exists() else None) != before:
            raise FileChanged(str(path))
        if before is None or not exchange(new, path):
            new.replace(path)
        elif new.read_bytes() != before:
            _put_back(new, path, data)
            raise FileChanged(str(path))

    _beside(path, data, path, put)


def exchange(one: Path, other: Path) -> bool:
    """Let two files exchange their names in one step; False where the system, or this file system, has no such step.
    Raises FileChanged where one of them is gone.

    Linux: renameat2(2), RENAME_EXCHANGE. macOS: renamex_np(2), RENAME_SWAP. Both flags are 2.
    """
    names = os.fsencode(one), os.fsencode(other)
    try:
        system = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = system.renamex_np(*names, 2)
        else:
            failed = system.renameat2(_HERE, names[0], _HERE, names[1], 2)
    except (AttributeError, OSError, TypeError):  # not this system
        return False
    if failed and ctypes.get_errno() == errno.ENOENT:
        raise FileChanged(str(other))
    return not failed


def _put_back(temporary: Path, path: Path, ours: bytes) -> None:
    """Give `path` back what somebody saved there. What they saved over ours since then stands beside it, as a conflict copy."""
    try:
        back = exchange(temporary, path)
    except FileChanged:  # somebody took ours away meanwhile: theirs has no place to go back to
        back = False
    if not back or temporary.read_bytes() != ours:
        names = (
            f"{path.stem} (copie en conflit{number}){path.suffix}"
            for number in chain([""], map(" {}".format, count(2)))
        )
        temporary.rename(next(there for name in names if not (there := path.with_name(name)).exists()))


def keep_copy(path: Path, data: bytes) -> None:
    """The file's bytes as `NAME~` beside it, with its mode. What stands under that name is replaced, never followed."""
    copy = path.with_name(path.name + "~")
    _beside(copy, data, path, lambda new: new.replace(copy))


def _beside(path: Path, data: bytes, like: Path, put: Callable[[Path], object]) -> None:
    """Write beside the file under a name that nobody can guess or have put there, with the mode of `like`; `put` gives it its
    name."""
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
            put(temporary)
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
