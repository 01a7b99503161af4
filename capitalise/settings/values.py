"""The settings of a workspace as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capitalise import __version__
from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.runs.ceilings import Ceilings
from capitalise.web.mail import MailServer

__all__ = ["BotSettings", "Settings", "Unattended", "WikiSettings"]


@dataclass(frozen=True)
class WikiSettings:
    """One `[wikis.KEY]`: `api` (an address ending in api.php), `folder` (in the workspace), `dump` (an XML file there) or `archive` (of a wiki
    that closed: its address, or a folder of saved pages). `address` is where the pages of a folder stand on the web, `$1` being the title:
    other wikis quote them by it.

    `asserts` is "user", or "bot" where edits are made by a bot account or not at all (`assert` in the TOML);
    `edit_interval` is in seconds, None where the TOML does not say; `write` False keeps the wiki read only;
    `deletion_notice` is put on a page that an undone run created; any text on `stop_page` stops the bot;
    `help_page` is linked in every summary ("" for both: the account's own pages). `http_user` is who we are for the web server before the wiki, where
    that wants a password of its own.
    """

    key: str
    api: str = ""
    folder: str = ""
    dump: str = ""
    archive: str = ""
    edit_interval: float | None = None
    write: bool = True
    language: str = "fr"
    deletion_notice: str = ""
    asserts: str = "user"
    stop_page: str = ""
    help_page: str = ""
    address: str = ""
    http_user: str = ""

    @property
    def readable_only(self) -> bool:
        """Whether nobody can write there, whatever the TOML says."""
        return bool(self.dump or self.archive)


@dataclass(frozen=True)
class Unattended:
    """A bot that runs by itself, and what it may do without asking (`most_edits`, `most_creations`, `largest_share` in
    the TOML). Pages that somebody edited in the last `quiet_minutes` wait. `run_page` is the wiki page that says what it
    did, at least every `run_page_days`; `ping` is an address that is called after every run. `tell` are mail
    addresses and pages of the wiki that hear of a failure, of its end, of what has waited for `tell_after_days`, and every `digest_days` (0:
    never) of all that waits."""

    ceilings: Ceilings = field(default_factory=Ceilings)
    quiet_minutes: float = 10.0
    run_page: str = ""
    run_page_days: float = 7.0
    ping: str = ""
    tell: tuple[str, ...] = ()
    tell_after_days: float = 7.0
    digest_days: float = 0.0


@dataclass(frozen=True)
class BotSettings:
    """One `bots/NAME.toml`: the `kind` of the bot, its wiki, how it runs by itself, and what its kind reads besides (`options`). `skip` are pages (`Title`) and fields of pages
    (`Title#Field`) that it leaves alone for good. Of a kind that
    a file of the workspace defines, `table` is what the TOML holds: it is read once somebody trusts that file."""

    name: str
    kind: str
    wiki: str
    unattended: Unattended | None = None
    options: Any = None
    skip: tuple[str, ...] = ()
    table: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Settings:
    """The settings of one folder. `contact` stands in the User-Agent: who to write to about the bot; `operator`,
    in its edit summaries, is whoever runs it."""

    folder: Path
    contact: str
    language: str
    wikis: Mapping[str, WikiSettings]
    bots: Mapping[str, BotSettings]
    operator: str = ""
    mail: MailServer | None = None

    @property
    def agent(self) -> str:
        """Who we are for every machine that is asked something."""
        return f"capitalise/{__version__} ({self.contact or 'capitalise'}; bot)"

    def bot(self, name: str) -> BotSettings:
        """Raises SettingsError, naming the bots there are."""
        if name not in self.bots:
            there = ", ".join(sorted(self.bots)) or "–"
            raise SettingsError(N_("There is no bot “%(name)s” in bots/. There is: %(there)s.", name=name, there=there))
        return self.bots[name]
