"""Copies that sync programs, file managers and mail programs put beside a file: never read in its stead, never passed over.

Names as Dropbox, Nextcloud, Seafile and Syncthing give them on a conflict (their manuals), and as Windows, GNOME, macOS and
browsers name a second copy, in French and English.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePath

__all__ = ["conflict_copies"]

#: What a sync program adds, whether the original is there or not.
_CONFLICT = re.compile(
    r"""(?: [ ]?\((?:[^()]|\([^()]*\))*(?:conflicted[ ]copy|copie[ ]en[ ]conflit|copie[ ]conflictuelle|SFConflict|Case[ ]Conflict)(?:[^()]|\([^()]*\))*\)
          | \.sync-conflict-\d{8}-\d{6}(?:-\w+)?
          | _conflict-\d{8}-\d{6}
        )+$""",
    re.VERBOSE | re.IGNORECASE,
)
#: What people's programs add beside the original.
_COPY = re.compile(
    r"(?:(?: - Cop(?:ie|y))+| \((?:copie|copy|another copy|autre copie)(?: \d+)?\)| cop(?:ie|y)(?: \d+)?)?(?: ?\(\d+\))?$",
    re.IGNORECASE,
)
#: What is left of a write that was cut off (files.py): ours, or what somebody saved in that very moment.
_CUT_OFF = re.compile(r"^\.(.+)\.[a-z0-9_]{8}\.new$")
_COPY_OF = re.compile(r"^(?:Copie de|Copy of) ", re.IGNORECASE)


def conflict_copies(names: Iterable[str], originals: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Which of the files (or folders) of one folder are copies, each with the name of what it is a copy of.

    `originals` are files that are meant to be read, under whatever name. `kit (copie).ods` is a copy only where `kit.ods`
    is there too; `kit (conflicted copy 2026-11-20).ods` always is.
    """
    there = {name.casefold(): name for name in names}
    for name in sorted(there.values()):
        original = _original(name, there)
        if original and name not in originals:
            yield name, original


def _original(name: str, there: dict[str, str]) -> str:
    """What a file is a copy of; "" for what is none."""
    if cut := _CUT_OFF.match(name):
        return cut[1]
    stem, ending = (name[: -len(suffix)], suffix) if (suffix := PurePath(name).suffix) else (name, "")
    if found := _CONFLICT.search(stem):
        return f"{stem[: found.start()]}{ending}"
    for before in (_COPY_OF.sub("", stem), *(stem[: m.start()] for m in _COPY.finditer(stem) if m[0].strip())):
        known = there.get(f"{before}{ending}".casefold(), "")
        if before != stem and known:
            return known
    return ""
