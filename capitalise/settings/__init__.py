"""The settings of a workspace: `capitalise.toml` and `bots/*.toml` as typed values.

values  what they are
read    the files, and everything wrong with them
"""

from capitalise.settings.read import bot_files, find_workspace, read_bot, read_workspace
from capitalise.settings.values import BotSettings, Settings, Unattended, WikiSettings

__all__ = [
    "BotSettings",
    "Settings",
    "Unattended",
    "WikiSettings",
    "bot_files",
    "find_workspace",
    "read_bot",
    "read_workspace",
]
