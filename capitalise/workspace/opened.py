"""A workspace opened: its settings, its wikis and its sheets, each opened when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capitalise.bots.kind import KINDS, Kind, Sheets, built_in
from capitalise.clock import Clock
from capitalise.errors import SettingsError, Unclear, WikiError
from capitalise.messages import N_, Message
from capitalise.pages.ports import Reader, Store
from capitalise.settings import BotSettings, Settings, WikiSettings, read_bot
from capitalise.sheets.file import SheetFile
from capitalise.sheets.names import is_address, is_pattern, sheets_among
from capitalise.sheets.table import Table
from capitalise.workspace.copies import without_copies
from capitalise.workspace.trust import load_kind

if TYPE_CHECKING:
    from capitalise.wikis.archive import ArchiveWiki
from capitalise.spread import Mapped, here

__all__ = ["Bot", "Opened"]


@dataclass(frozen=True)
class Bot:
    """A bot of the workspace: what its TOML says, and its kind."""

    settings: BotSettings
    kind: Kind[Any]

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def wiki(self) -> str:
        return self.settings.wiki

    @property
    def options(self) -> Any:
        """What its kind read in its TOML."""
        return self.settings.options

    @property
    def sheets(self) -> Sheets:
        return self.kind.sheets(self.options)


@dataclass
class Opened:
    """One view of a workspace. `told` is called with what a wiki is waited for; `more_sheets` are read besides those of a bot's TOML;
    `trusts` says whether the code of a file of the workspace may run (nobody is there to say so: it may not), `trusted` the same without
    asking anybody."""

    settings: Settings
    clock: Clock
    told: Callable[[Message], None]
    more_sheets: tuple[str, ...] = ()
    trusts: Callable[[Path, bytes], bool] = lambda path, code: False
    trusted: Callable[[Path, bytes], bool] = lambda path, code: False

    def __post_init__(self) -> None:
        self._stores: dict[str, Store] = {}
        self._sheets: dict[str, SheetFile] = {}
        self._kinds: dict[str, Kind[Any]] = {}
        self.heeded: dict[str, float] = {}  # when people's words to the bot were last asked for, by wiki
        self.least_interval = 0.0  # seconds between two edits, whatever the settings say
        self.mapped: Mapped = here  # where pages are gone through one by one

    @property
    def folder(self) -> Path:
        return self.settings.folder

    # -- bots -------------------------------------------------------------------------------------

    def bot(self, name: str) -> Bot:
        """A bot by its name, its kind's code loaded. Raises SettingsError, naming the bots there are."""
        return self.of(self.settings.bot(name))

    def of(self, settings: BotSettings) -> Bot:
        kind = self.kind(settings.kind)
        return Bot(settings if settings.table is None else read_bot(self.settings, settings, kind), kind)

    def kind(self, name: str) -> Kind[Any]:
        """A kind that is built in, or that a trusted file of the workspace defines. Raises SettingsError."""
        if name not in self._kinds:
            self._kinds[name] = built_in(name) or load_kind(self.folder, name, self.trusts)
        return self._kinds[name]

    def is_own(self, kind: str) -> bool:
        """Whether a file of the workspace defines a kind."""
        return kind not in KINDS

    def knows(self, kind: str) -> bool:
        """Whether a kind can be had without asking anybody."""
        if kind in self._kinds or kind in KINDS:
            return True
        path = self.folder / "bots" / f"{kind}.py"
        return path.is_file() and self.trusted(path, path.read_bytes())

    def built_in_bots(self) -> list[Bot]:
        """The bots whose kinds need no code of the workspace."""
        return [self.of(one) for one in self.settings.bots.values() if one.table is None]

    # -- wikis ------------------------------------------------------------------------------------

    def wiki(self, key: str) -> WikiSettings:
        """Raises SettingsError, naming the wikis there are."""
        if key not in self.settings.wikis:
            raise SettingsError(
                N_(
                    "There is no wiki “%(key)s” in capitalise.toml. There is: %(there)s.",
                    key=key,
                    there=", ".join(self.settings.wikis),
                )
            )
        return self.settings.wikis[key]

    def store(self, key: str) -> Store:
        """A wiki, opened. Raises SettingsError, WikiError."""
        if key not in self._stores:
            self._stores[key] = self._open(self.wiki(key))
        return self._stores[key]

    def contact(self) -> str:
        """Raises SettingsError where none is given."""
        if not self.settings.contact:
            raise SettingsError(
                N_("capitalise.toml: “contact” is missing: an address or page where the wikis' people reach you")
            )
        return self.settings.contact

    def _open(self, wiki: WikiSettings) -> Store:
        if wiki.folder:
            from capitalise.wikis.folder import FolderWiki

            return FolderWiki(wiki.key, self.folder / wiki.folder, address=wiki.address)
        if wiki.dump:
            from capitalise.wikis.dump import open_dump

            return open_dump(wiki.key, self.folder / wiki.dump)
        if wiki.archive:
            return self.archive(wiki.key)
        from capitalise.wikis.mediawiki import open_mediawiki  # requests and mwclient only where used

        as_bot = wiki.asserts == "bot"
        return open_mediawiki(
            wiki.key, wiki.api, self.contact(), self.clock, self.told, as_bot=as_bot, http_user=wiki.http_user
        )

    def archive(self, key: str) -> ArchiveWiki:
        """The archive of a wiki that closed. Raises SettingsError for a wiki that is none, WikiError."""
        wiki = self.wiki(key)
        if not wiki.archive:
            why = N_("The wiki “%(key)s” is no archive: its table in capitalise.toml has no “archive”.", key=key)
            raise SettingsError(why)
        from capitalise.archives.files import FolderFiles
        from capitalise.wikis.archive import ArchiveWiki

        if "://" not in wiki.archive:
            return ArchiveWiki(key, FolderFiles(self.folder / wiki.archive, wiki.address.partition("/wiki/$1")[0]))
        from capitalise.web.archive import open_archive  # requests only where used

        return ArchiveWiki(key, open_archive(wiki.archive, self.settings.agent, self.clock, self.told))

    def own_wikis(self) -> tuple[list[str], list[str]]:
        """The wikis that a run of ours may have written to, and the others."""
        from capitalise.wikis.credentials import find_credentials

        wikis = self.settings.wikis.values()
        online = bool(self.settings.contact)
        own = [w.key for w in wikis if w.folder or (online and w.write and find_credentials(w.key))]
        return own, [key for key in self.settings.wikis if key not in own]

    def looked_at(self, key: str, *, offline: bool) -> tuple[Reader, Message | None]:
        """A wiki to read only, without an account; as it was when last looked at, and why, where it does not answer."""
        wiki = self.wiki(key)
        if not wiki.api:
            return self.store(key), None
        from capitalise.wikis.cache import cache_of
        from capitalise.wikis.elsewhere import known_api
        from capitalise.wikis.offline import RememberedWiki

        if offline:
            return RememberedWiki(key, cache_of(known_api(wiki.api))), None
        try:
            return self.store(key), None
        except (WikiError, Unclear) as error:
            why = error.message if isinstance(error, WikiError) else N_("the wiki does not answer (%(why)s)", why=error)
            try:
                return RememberedWiki(key, cache_of(known_api(wiki.api))), why
            except WikiError:
                raise error from None

    # -- sheets -----------------------------------------------------------------------------------

    def sheet(self, name: str, bot: Bot | None) -> SheetFile:
        """One object a session: it keeps the copy from before the first write."""
        if name not in self._sheets:
            use = bot.sheets if bot else Sheets()
            self._sheets[name] = SheetFile(self.folder / name, name, use.tab, use.title)
        return self._sheets[name]

    def tables(self, bot: Bot, more: Sequence[str] = ()) -> list[Table]:
        """The sheets of a bot that exist, and `more` of them. Raises SheetError, SettingsError."""
        names = bot.sheets.names
        found = []
        patterns = (*names, *self.more_sheets, *more) if names else ()
        for name in dict.fromkeys(one for pattern in patterns for one in self._named(pattern)):
            if is_address(name):
                from capitalise.web.published import read_published

                found.append(read_published(name, self.settings.agent, bot.sheets.tab))
            elif (table := self.sheet(name, bot).read()) is not None:
                found.append(table)
            elif name != names[0]:
                raise SettingsError(N_("There is no sheet %(file)s.", file=name))
        return found

    def _named(self, pattern: str) -> list[str]:
        """The files that a pattern of the bot's TOML stands for."""
        if is_address(pattern) or not is_pattern(self.folder, pattern):
            return [pattern]
        paths = without_copies(sheets_among(self.folder.glob(pattern)))
        if not paths:
            raise SettingsError(
                N_("No sheet is called %(pattern)s in %(folder)s.", pattern=pattern, folder=self.folder)
            )
        return [p.relative_to(self.folder).as_posix() for p in paths]
