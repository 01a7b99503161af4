"""A workspace: `capitalise.toml` and `bots/*.toml` read into typed settings.

Everything that is wrong with the files is said at once, each with file, key and the form expected.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from capitalise.errors import SettingsError
from capitalise.files import reason
from capitalise.messages import LANGUAGES, N_, Message
from capitalise.pages.titles import normal_title, title_problem
from capitalise.runs.ceilings import Ceilings
from capitalise.sheets.file import ENDINGS

__all__ = [
    "BotSettings",
    "Unattended",
    "WikiSettings",
    "Workspace",
    "find_workspace",
    "is_address",
    "read_workspace",
]


@dataclass(frozen=True)
class WikiSettings:
    """One `[wikis.KEY]`: either `api` (an address ending in api.php) or `folder` (in the workspace).

    `asserts` is "user", or "bot" where edits are made by a bot account or not at all (`assert` in the TOML);
    `edit_interval` is in seconds, None where the TOML does not say; `write` False keeps the wiki read only;
    `deletion_notice` is put on a page that an undone run created; any text on `stop_page` stops the bot;
    `help_page` is linked in every summary ("" for both: the account's own pages).
    """

    key: str
    api: str = ""
    folder: str = ""
    edit_interval: float | None = None
    write: bool = True
    language: str = "fr"
    deletion_notice: str = ""
    asserts: str = "user"
    stop_page: str = ""
    help_page: str = ""


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
class BotSettings:
    """One `bots/NAME.toml` of kind `fiches` (or its alias `ingredients`)."""

    name: str
    kind: str
    wiki: str
    form: str
    sheets: tuple[str, ...]  # files of the workspace, patterns (feuilles/*.ods) or addresses of published sheets
    template: str = ""
    category: str = ""
    overview: str = ""
    overview_static: bool = False
    tab: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    unattended: Unattended | None = None


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


def find_workspace(start: Path) -> Path:
    """The nearest folder upwards that holds a capitalise.toml."""
    for folder in (start, *start.parents):
        if (folder / "capitalise.toml").is_file():
            return folder
    raise SettingsError(
        N_(
            "There is no capitalise.toml in %(folder)s or above it: go into your workspace, or make one with “capitalise init DIR”.",
            folder=start,
        )
    )


def read_workspace(folder: Path) -> Workspace:
    """Raises SettingsError that lists everything wrong with the files."""
    problems: list[Message] = []
    main = _Reader("capitalise.toml", _toml(folder / "capitalise.toml", problems), problems)
    contact = main.take("contact", str, "")
    operator = main.take("operator", str, "", _public)
    language = main.take("language", str, "fr", _one_of(LANGUAGES))
    wikis = {key: _wiki(key, table, language, problems) for key, table in main.take("wikis", dict, {}).items()}
    main.done()
    if not wikis and not problems:
        problems.append(N_("capitalise.toml: no wiki is named; add a table [wikis.KEY] with “api” or “folder”"))
    paths = sorted((folder / "bots").glob("*.toml")) if wikis else []
    bots = {path.stem: _bot(path, wikis, problems) for path in paths}
    problems += [
        N_("bots/%(bot)s.toml: “run_page” is the wiki's “stop_page”: the bot would stop itself", bot=name)
        for name, bot in bots.items()
        if bot and bot.unattended and bot.unattended.run_page and bot.unattended.run_page == wikis[bot.wiki].stop_page
    ]
    if problems:
        raise SettingsError(N_("The settings cannot be used:\n%(list)s", list=tuple(problems)))
    return Workspace(folder, contact, language, wikis, {name: bot for name, bot in bots.items() if bot}, operator)


def _wiki(key: str, table: Any, language: str, problems: list[Message]) -> WikiSettings:
    reader = _Reader(f"capitalise.toml [wikis.{key}]", table, problems)
    api, folder = reader.take("api", str, "", _api), reader.take("folder", str, "", _inside)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
        reader.problem(N_("a wiki's key is made of small letters and digits"))
    if bool(api) == bool(folder):
        reader.problem(N_("give either “api” or “folder”"))
    said = bool(folder) or "edit_interval" in reader.table
    settings = WikiSettings(
        key,
        api,
        folder,
        reader.take("edit_interval", (int, float), 0.0, _not_negative) if said else None,
        reader.take("write", bool, True),
        reader.take("language", str, language, _one_of(LANGUAGES)),
        reader.take("deletion_notice", str, ""),
        reader.take("assert", str, "user", _one_of(("user", "bot"))),
        normal_title(reader.take("stop_page", str, "", _title)),
        normal_title(reader.take("help_page", str, "", _title)),
    )
    reader.done()
    return settings


def _bot(path: Path, wikis: Mapping[str, WikiSettings], problems: list[Message]) -> BotSettings | None:
    before = len(problems)
    reader = _Reader(f"bots/{path.name}", _toml(path, problems), problems)
    if len(problems) > before:
        return None
    kind = reader.take("kind", str, None, _one_of(("fiches", "ingredients")))
    bot = BotSettings(
        path.stem,
        kind or "",
        reader.take("wiki", str, None, _one_of(tuple(wikis))) or "",
        reader.take("form", str, None) or "",
        _as_tuple(reader.take("sheet", (str, list), None, _sheets) or ()),
        reader.take("template", str, ""),
        reader.take("category", str, ""),
        reader.take("overview", str, ""),
        reader.take("overview_static", bool, False),
        reader.take("tab", str, ""),
        reader.take("columns", dict, {}, _texts),
        _unattended(reader),
    )
    reader.done()
    return bot


def _unattended(reader: _Reader) -> Unattended | None:
    """The ceilings are read, and their mistakes said, whether the bot runs by itself yet or not."""
    usual, ceilings = Unattended(), Ceilings()
    alone = reader.take("unattended", bool, False)
    settings = Unattended(
        Ceilings(
            reader.take("most_edits", int, ceilings.edits, _not_negative),
            reader.take("most_creations", int, ceilings.creations, _not_negative),
            reader.take("largest_share", (int, float), ceilings.share, _share),
        ),
        reader.take("quiet_minutes", (int, float), usual.quiet_minutes, _not_negative),
        normal_title(reader.take("run_page", str, "", _title)),
        reader.take("run_page_days", (int, float), usual.run_page_days, _some_days),
        reader.take("ping", str, "", _web_address),
    )
    return settings if alone else None


# -- reading one table ------------------------------------------------------------------------

Check = Callable[[Any], Message | None]
_FORMS: dict[Any, Message] = {
    str: N_("a text in quotes"),
    (str, list): N_("a text in quotes, or a list of them"),
    bool: N_("true or false"),
    int: N_("a whole number"),
    dict: N_("a table"),
}


class _Reader:
    """Takes keys out of one TOML table; what is wrong, missing or left over becomes a problem."""

    def __init__(self, name: str, table: Any, problems: list[Message]) -> None:
        self.name, self.problems = name, problems
        self.table = dict(table) if isinstance(table, dict) else {}
        self.known: list[str] = []  # the keys there are
        if not isinstance(table, dict):
            self.problem(N_("must be a table"))

    def problem(self, message: Message) -> None:
        self.problems.append(N_("%(file)s: %(problem)s", file=self.name, problem=message))

    def take(self, key: str, kind: Any, default: Any, check: Check | None = None) -> Any:
        """The value of `key`; `default` None makes it a must."""
        self.known.append(key)
        if key not in self.table:
            if default is None:
                self.problem(N_("“%(key)s” is missing", key=key))
            return default
        value = self.table.pop(key)
        right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not right:
            form = _FORMS.get(kind, N_("a number"))
            self.problem(N_("“%(key)s” must be %(form)s", key=key, form=form))
            return default
        if check and (wrong := check(value)):
            self.problem(N_("“%(key)s” %(wrong)s", key=key, wrong=wrong))
        return value

    def done(self) -> None:
        for key in self.table:
            near = get_close_matches(key, self.known, 1)
            if near:
                self.problem(N_("“%(key)s” is not a setting; did you mean “%(near)s”?", key=key, near=near[0]))
            else:
                self.problem(N_("“%(key)s” is not a setting", key=key))


def _toml(path: Path, problems: list[Message]) -> Any:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        problems.append(N_("%(file)s is not UTF-8 text: save it as UTF-8", file=path.name))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        if "twice" in str(error) or "overwrite" in str(error):
            why = N_(
                "%(file)s, line %(line)s: a table or a key stands here for the second time; join both into one",
                file=path.name,
                line=line[1] if line else "?",
            )
            problems.append(why)
            return {}
        problems.append(
            N_(
                '%(file)s, line %(line)s: this cannot be read: a text stands in quotes ("…"), a number without (0.5), yes and '
                "no are true and false",
                file=path.name,
                line=line[1] if line else "?",
            )
        )
    except OSError as error:
        problems.append(N_("%(file)s cannot be read: %(why)s", file=path.name, why=reason(error)))
    return {}


def _one_of(names: tuple[str, ...]) -> Check:
    return lambda value: None if value in names else N_("must be one of: %(names)s", names=", ".join(names))


def _not_negative(value: float) -> Message | None:
    return None if 0 <= value < 1e9 else N_("must be 0 or more")


def _share(value: float) -> Message | None:
    return None if 0 < value <= 1 else N_("must be more than 0 and at most 1 (0.5 is one page in two)")


def _some_days(value: float) -> Message | None:
    return None if 0 < value <= 365 else N_("must be more than 0 and at most 365 days")


def _title(value: str) -> Message | None:
    problem = title_problem(normal_title(value)) if value else None
    return N_("must be the title of a page: %(problem)s", problem=problem) if problem else None


def _web_address(value: str) -> Message | None:
    parts = _parts(value)
    return None if is_address(value) and parts and parts.hostname else N_("must be an address (https://…)")


def _parts(value: str) -> SplitResult | None:
    """An address taken apart; None for one that is none (a bracket without its pair)."""
    try:
        return urlsplit(value)
    except ValueError:
        return None


def _public(value: str) -> Message | None:
    """It is shown in public, in every summary."""
    good = "@" not in value and value.count("[[") == value.count("]]") and not set("{}<>\n") & set(value)
    return None if good else N_("must be a name or a page, as in [[Utilisateur:Camille]]: everybody reads it")


def _api(value: str) -> Message | None:
    parts = _parts(value)
    if (
        parts
        and parts.scheme in ("http", "https")
        and parts.hostname
        and parts.path.endswith("api.php")
        and "@" not in parts.netloc
    ):
        return None
    return N_("must be the wiki's address ending in api.php, as in https://wiki.example.org/w/api.php")


def _inside(value: str) -> Message | None:
    path = Path(value)
    return N_("must be a folder inside the workspace") if path.is_absolute() or ".." in path.parts else None


def _as_tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _sheets(value: str | list[Any]) -> Message | None:
    names = _as_tuple(value)
    good = [n for n in names if isinstance(n, str) and (_parts(n) if is_address(n) else n.lower().endswith(ENDINGS))]
    if names and len(good) == len(names):
        return None
    return N_("must be the path of an .ods, .xlsx or .csv file, the address of a published sheet, or a list of them")


def is_address(name: str) -> bool:
    """Whether a sheet is one on the web."""
    return name.startswith(("http://", "https://"))


def _texts(value: Mapping[str, Any]) -> Message | None:
    return None if all(isinstance(text, str) for text in value.values()) else N_("must hold texts in quotes")
