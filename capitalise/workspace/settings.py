"""The settings of a workspace as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from capitalise import __version__
from capitalise.crosslinks.sets import CrosslinkOptions
from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.roumics.sections import USUAL_SECTIONS
from capitalise.runs.ceilings import Ceilings

__all__ = [
    "PLACEHOLDERS",
    "BotSettings",
    "NormaliseOptions",
    "RoumicsOptions",
    "StatusOptions",
    "Unattended",
    "WikiSettings",
    "Workspace",
]

#: What people type so that a form lets them go on.
PLACEHOLDERS = (
    "plop",
    "xxx",
    "xx",
    "à compléter",
    "à remplir",
    "à faire",
    "todo",
    "test",
    "...",
    "…",
    "?",
    "-",
    "lorem ipsum",
)


@dataclass(frozen=True)
class WikiSettings:
    """One `[wikis.KEY]`: `api` (an address ending in api.php), `folder` (in the workspace) or `dump` (an XML file there).
    `address` is where the pages of a folder stand on the web, `$1` being the title: other wikis quote them by it.

    `asserts` is "user", or "bot" where edits are made by a bot account or not at all (`assert` in the TOML);
    `edit_interval` is in seconds, None where the TOML does not say; `write` False keeps the wiki read only;
    `deletion_notice` is put on a page that an undone run created; any text on `stop_page` stops the bot;
    `help_page` is linked in every summary ("" for both: the account's own pages).
    """

    key: str
    api: str = ""
    folder: str = ""
    dump: str = ""
    edit_interval: float | None = None
    write: bool = True
    language: str = "fr"
    deletion_notice: str = ""
    asserts: str = "user"
    stop_page: str = ""
    help_page: str = ""
    address: str = ""


@dataclass(frozen=True)
class Unattended:
    """A bot that runs by itself, and what it may do without asking (`most_edits`, `most_creations`, `largest_share` in
    the TOML). Pages that somebody edited in the last `quiet_minutes` wait. `run_page` is the wiki page that says what it
    did, at least every `run_page_days`; `ping` is an address that is called after every run."""

    ceilings: Ceilings = field(default_factory=Ceilings)
    quiet_minutes: float = 10.0
    run_page: str = ""
    run_page_days: float = 7.0
    ping: str = ""


@dataclass(frozen=True)
class StatusOptions:
    """What `capitalise status` needs to know: the field that sorts the pages ("" for the first one with values to pick
    from), the words that count as nothing yet, and the wiki page that is kept up to date with it ("" for none)."""

    group_by: str = ""
    placeholders: tuple[str, ...] = PLACEHOLDERS
    page: str = ""


@dataclass(frozen=True)
class NormaliseOptions:
    """What a bot of kind `normalise` may do. `rules` are those that write where `writes`; the others are proposed. A page
    rests `rest_hours` after a person's edit. `lines` are asked for by field, `query` is one of Semantic MediaWiki's for
    the pages, `report_page` and `help_page` are pages of the wiki ("" for none, and for the bot's own)."""

    writes: bool = False
    rules: frozenset[str] = frozenset()
    rest_hours: float = 48.0
    lines: Mapping[str, int] = field(default_factory=dict)
    query: str = ""
    report_page: str = ""
    help_page: str = ""


@dataclass(frozen=True)
class RoumicsOptions:
    """Where the editions are (a folder of the workspace, in it a folder for each), the page that lists them all ("" for none),
    the wiki of the annexes, the sections of a report in their order, the wiki's templates that are used where there are any.
    `pads_private` lets notes be fetched from machines of one's own network."""

    folder: str = "roumics"
    index_page: str = ""
    annex_wiki: str = ""
    sections: tuple[str, ...] = USUAL_SECTIONS
    templates: tuple[str, ...] = ("Navigation ROUMICS",)
    pads_private: bool = False


@dataclass(frozen=True)
class BotSettings:
    """One `bots/NAME.toml`: of kind `fiches` (or its alias `ingredients`), of kind `normalise`, which has no sheets and its own
    options, of kind `crosslinks`, which has neither form nor sheet but sets of pages, or of kind `roumics`, which has a folder."""

    name: str
    kind: str
    wiki: str
    form: str = ""
    sheets: tuple[str, ...] = ()  # files of the workspace, patterns (feuilles/*.ods) or addresses of published sheets
    template: str = ""
    category: str = ""
    overview: str = ""
    overview_static: bool = False
    tab: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    unattended: Unattended | None = None
    status: StatusOptions = field(default_factory=StatusOptions)
    normalise: NormaliseOptions | None = None
    crosslinks: CrosslinkOptions | None = None
    roumics: RoumicsOptions | None = None


@dataclass(frozen=True)
class Workspace:
    """The settings of one folder. `contact` stands in the User-Agent: who to write to about the bot; `operator`,
    in its edit summaries, is whoever runs it."""

    folder: Path
    contact: str
    language: str
    wikis: Mapping[str, WikiSettings]
    bots: Mapping[str, BotSettings]
    operator: str = ""

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

    def form_text(self, bot: BotSettings) -> str | None:
        """The form's text where `form` is a file of the workspace, else None: it is a page of the wiki."""
        path = self.folder / bot.form
        return path.read_text("utf-8") if path.is_file() else None
