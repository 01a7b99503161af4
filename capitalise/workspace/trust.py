"""Kinds that a file of the workspace defines: run only after a person said yes to that very file.

A workspace is a folder that people exchange; code in it is another's until somebody has read it. What was said yes to is kept
outside the workspace, by path and sha256, so that a folder cannot trust itself, and a file that changes is asked about again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from capitalise.bots.kind import Kind
from capitalise.errors import SettingsError
from capitalise.files import reason, write_safely
from capitalise.messages import N_

__all__ = ["is_trusted", "is_trusted_here", "load_kind", "remember_trust"]


def load_kind(folder: Path, name: str, trusts: Callable[[Path, bytes], bool]) -> Kind[Any]:
    """The kind of `bots/NAME.py`: the very bytes that are trusted are run. Raises SettingsError."""
    path = folder / "bots" / f"{name}.py"
    try:
        code = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            N_("%(file)s cannot be read: %(why)s", file=f"bots/{name}.py", why=reason(error))
        ) from error
    if not trusts(path, code):
        raise SettingsError(
            N_(
                "bots/%(name)s.py is a program that nobody on this machine has said yes to yet: read it, then run a command of one of its "
                "bots at a terminal, without --yes.",
                name=name,
            )
        )
    module = types.ModuleType(f"capitalise_kind_{name}_{hashlib.sha256(code).hexdigest()[:8]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where dataclasses look up the types of their fields
    try:
        exec(compile(code, str(path), "exec"), module.__dict__)  # noqa: S102 - what a person said yes to
    except Exception as error:
        raise SettingsError(
            N_(
                "bots/%(name)s.py cannot be used: %(why)s (--debug shows where)",
                name=name,
                why=f"{type(error).__name__}: {error}",
            )
        ) from error
    kind = getattr(module, "KIND", None)
    if not isinstance(kind, Kind):
        raise SettingsError(N_("bots/%(name)s.py defines no kind: it needs a line KIND = Kind(…).", name=name))
    return kind


def is_trusted(path: Path, code: bytes) -> bool:
    """Whether somebody on this machine said yes to this file as it is."""
    return _known().get(str(path.resolve())) == _mark(code)


def is_trusted_here(folder: Path, kind: str) -> bool:
    """Whether somebody on this machine said yes to the file of a kind as it is."""
    path = folder / "bots" / f"{kind}.py"
    return path.is_file() and is_trusted(path, path.read_bytes())


def remember_trust(path: Path, code: bytes) -> None:
    """Somebody said yes."""
    store = _store()
    store.parent.mkdir(parents=True, exist_ok=True)
    known = {**_known(), str(path.resolve()): _mark(code)}
    write_safely(store, json.dumps(known, ensure_ascii=False, indent=1).encode())


def _mark(code: bytes) -> str:
    return hashlib.sha256(code).hexdigest()


def _store() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "capitalise" / "trusted.json"


def _known() -> dict[str, str]:
    try:
        found = json.loads(_store().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
