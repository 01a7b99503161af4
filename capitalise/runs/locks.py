"""One run at a time for each wiki and each sheet of a workspace: a timer and an editor do not run over each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from capitalise.errors import CapitaliseError
from capitalise.files import reason
from capitalise.messages import N_

__all__ = ["alone"]


@contextmanager
def alone(folder: Path, places: Mapping[str, str]) -> Iterator[None]:
    """Hold a lock in `folder` for each place, by what it is (a wiki's key, a sheet's whole path) and its name for people.

    The system lets go of the locks of a process that is killed. Raises CapitaliseError where one is held.
    """
    from filelock import FileLock, Timeout  # it loads asyncio: only where something is written

    try:
        _make(folder)
    except OSError as error:
        raise CapitaliseError(N_("%(file)s: %(why)s.", file=folder, why=reason(error))) from error
    with ExitStack() as held:
        for place in sorted(places):
            name = hashlib.sha256(place.encode()).hexdigest()[:16]
            try:
                held.enter_context(FileLock(folder / f"{name}.lock", timeout=0, mode=0o664))
            except Timeout as error:
                why = N_(
                    "Another run is writing to “%(place)s” from this workspace; wait until it ends.",
                    place=places[place],
                )
                raise CapitaliseError(why) from error
            except OSError as error:
                raise CapitaliseError(N_("%(file)s: %(why)s.", file=folder, why=reason(error))) from error
        yield


def _make(folder: Path) -> None:
    """Whoever may write into the workspace may hold its locks."""
    if not folder.exists():
        folder.mkdir()
        with suppress(OSError):
            folder.chmod(folder.parent.stat().st_mode & 0o7777)
