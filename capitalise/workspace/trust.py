"""Kinds that a file of the workspace defines: run only after a person said yes to that very file.

A workspace is a folder that people exchange; code in it is another's until somebody has read it. What was said yes to is kept
outside the workspace, by path and sha256, so that a folder cannot trust itself, and a file that changes is asked about again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import traceback
import types
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, GeneratorType
from typing import Any

from capitalise.bots.kind import Kind
from capitalise.errors import CapitaliseError, SettingsError
from capitalise.files import reason, write_safely
from capitalise.messages import N_

__all__ = ["is_trusted", "load_kind", "remember_trust"]


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
                "bots/%(name)s.py is a program that is new, or that changed since somebody on this machine said yes to it: read it, then run a "
                "command of one of its bots at a terminal, without --yes.",
                name=name,
            )
        )
    module = types.ModuleType(f"capitalise_kind_{name}_{hashlib.sha256(code).hexdigest()[:8]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where dataclasses look up the types of their fields
    _said(path, exec, compiled(path, code), module.__dict__)
    kind = getattr(module, "KIND", None)
    if not isinstance(kind, Kind):
        raise SettingsError(N_("bots/%(name)s.py defines no kind: it needs a line KIND = Kind(…).", name=name))
    functions = {one.name: getattr(kind, one.name) for one in fields(kind)}
    guarded: dict[str, Any] = {
        key: partial(_said, path, value) for key, value in functions.items() if isinstance(value, FunctionType)
    }
    return replace(kind, **guarded)


def compiled(path: Path, code: bytes) -> CodeType:
    """Raises SettingsError for what is no Python."""
    return _said(path, compile, code, str(path), "exec")  # type: ignore[no-any-return]


def _said(path: Path, function: Callable[..., Any], *given: Any) -> Any:
    """What a function of such a file gives; what goes wrong in it is one sentence, with its line. Raises SettingsError."""
    try:
        found = function(*given)
        return iter(list(found)) if isinstance(found, GeneratorType) else found
    except CapitaliseError:
        raise
    except (Exception, SystemExit) as error:
        at = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = at[-1] if at else getattr(error, "lineno", None)
        raise SettingsError(
            N_(
                "%(file)s, line %(line)s: %(why)s (--debug shows where)",
                file=f"bots/{path.name}",
                line=line or "?",
                why=f"{type(error).__name__}: {error}",
            )
        ) from error


def is_trusted(path: Path, code: bytes) -> bool:
    """Whether somebody on this machine said yes to this file as it is."""
    return _known().get(str(path.resolve())) == _mark(code)


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
