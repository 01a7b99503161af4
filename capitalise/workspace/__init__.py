"""A workspace: `capitalise.toml` and `bots/*.toml` as typed settings.

settings  the values
toml      one table, key by key
read      the files, and everything wrong with them
"""

from capitalise.workspace.read import bot_files, find_workspace, read_workspace
from capitalise.workspace.settings import (
    BotSettings,
    NormaliseOptions,
    StatusOptions,
    Unattended,
    WikiSettings,
    Workspace,
)
from capitalise.workspace.toml import is_address

__all__ = [
    "BotSettings",
    "NormaliseOptions",
    "StatusOptions",
    "Unattended",
    "WikiSettings",
    "Workspace",
    "bot_files",
    "find_workspace",
    "is_address",
    "read_workspace",
]
