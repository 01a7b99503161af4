"""Which bot a command about sheets is for."""

from __future__ import annotations

from capitalise.bots.fiches.kind import KIND
from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.workspace.opened import Bot
from capitalise.workspace.workspace import Workspace

__all__ = ["only_bot", "with_sheet"]


def with_sheet(bot: Bot) -> Bot:
    """The same bot. Raises SettingsError for one of another kind."""
    if bot.kind is not KIND:
        kind = bot.settings.kind
        raise SettingsError(
            N_("The bot “%(bot)s” is of kind “%(kind)s”: it has no sheet for this.", bot=bot.name, kind=kind)
        )
    return bot


def only_bot(workspace: Workspace, name: str | None) -> Bot:
    """The bot of that name, or the only one with sheets. Raises SettingsError."""
    if name:
        return with_sheet(workspace.bot(name))
    bots = [one for one in workspace.built_in_bots() if one.kind is KIND]
    if len(bots) != 1:
        there = ", ".join(sorted(one.name for one in bots)) or "–"
        raise SettingsError(N_("Which bot? Type its name: capitalise status BOT. There is: %(there)s.", there=there))
    return bots[0]
