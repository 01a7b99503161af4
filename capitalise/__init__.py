"""Keep the sheets and the wiki pages of a commons in step, without losing anybody's words: bots that ask before they write.

The names below are the public ones (docs/python.md); each is loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capitalise.bots.kind import Kind, Request, Task
    from capitalise.errors import (
        CapitaliseError,
        SettingsError,
        SheetError,
        Stop,
        StoppedByPerson,
        WikiError,
    )
    from capitalise.messages import N_, Message
    from capitalise.pages.page_sets import PageSet
    from capitalise.pages.revisions import Revision
    from capitalise.plans.model import Check, Conflict, Finding, PageChange, Plan, SheetChange
    from capitalise.workspace.running import Watch
    from capitalise.workspace.workspace import Workspace

__version__ = "0.1.0"

_PLACES = {
    "CapitaliseError": "errors",
    "Check": "plans.model",
    "Conflict": "plans.model",
    "Finding": "plans.model",
    "Kind": "bots.kind",
    "Message": "messages",
    "N_": "messages",
    "PageChange": "plans.model",
    "PageSet": "pages.page_sets",
    "Plan": "plans.model",
    "Request": "bots.kind",
    "Revision": "pages.revisions",
    "SettingsError": "errors",
    "SheetChange": "plans.model",
    "SheetError": "errors",
    "Stop": "errors",
    "StoppedByPerson": "errors",
    "Task": "bots.kind",
    "Watch": "workspace.running",
    "WikiError": "errors",
    "Workspace": "workspace.workspace",
}

__all__ = [
    "N_",
    "CapitaliseError",
    "Check",
    "Conflict",
    "Finding",
    "Kind",
    "Message",
    "PageChange",
    "PageSet",
    "Plan",
    "Request",
    "Revision",
    "SettingsError",
    "SheetChange",
    "SheetError",
    "Stop",
    "StoppedByPerson",
    "Task",
    "Watch",
    "WikiError",
    "Workspace",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"capitalise.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
