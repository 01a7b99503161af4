"""`capitalise.toml` and `bots/*.toml` read into typed settings.

Everything that is wrong with the files is said at once, each with file, key and the form expected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from capitalise.bots.kind import KINDS, Kind, built_in
from capitalise.conflict_copies import conflict_copies
from capitalise.errors import SettingsError
from capitalise.messages import LANGUAGES, N_, Message
from capitalise.pages.titles import normal_title
from capitalise.runs.ceilings import Ceilings
from capitalise.settings.values import BotSettings, Settings, Unattended, WikiSettings
from capitalise.toml import (
    TomlReader,
    a_list_of_texts,
    a_port,
    a_share,
    api_address,
    archive_place,
    host_name,
    inside_folder,
    mail_address,
    mails_or_pages,
    not_negative,
    one_of,
    page_address,
    page_title,
    public_name,
    read_fields,
    read_toml,
    some_days,
    web_address,
)
from capitalise.web.mail import MailServer

__all__ = ["bot_files", "find_workspace", "read_bot", "read_workspace"]


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


def bot_files(folder: Path) -> list[Path]:
    """The TOML of each bot; copies that a sync program made beside one are no bots."""
    paths = {path.name: path for path in (folder / "bots").glob("*.toml")}
    copies = dict(conflict_copies(paths))
    return sorted(path for name, path in paths.items() if name not in copies)


def read_workspace(folder: Path) -> Settings:
    """Raises SettingsError that lists everything wrong with the files."""
    problems: list[Message] = []
    main = TomlReader("capitalise.toml", read_toml(folder / "capitalise.toml", problems), problems)
    contact = main.take("contact", str, "")
    operator = main.take("operator", str, "", public_name)
    language = main.take("language", str, "fr", one_of(LANGUAGES))
    wikis = {key: _wiki(key, table, language, problems) for key, table in main.take("wikis", dict, {}).items()}
    mail = _mail(main.take("mail", dict, {}), problems)
    if mail and "mail" in wikis:
        main.problem(N_("a wiki cannot have the key “mail” beside the table [mail]: both would have the same password"))
    main.done()
    if not wikis and not problems:
        problems.append(N_("capitalise.toml: no wiki is named; add a table [wikis.KEY] with “api” or “folder”"))
    paths = bot_files(folder) if wikis else []
    bots = {path.stem: _bot(path, wikis, problems) for path in paths}
    problems += [
        N_("bots/%(bot)s.toml: “run_page” is the wiki's “stop_page”: the bot would stop itself", bot=name)
        for name, bot in bots.items()
        if bot and bot.unattended and bot.unattended.run_page and bot.unattended.run_page == wikis[bot.wiki].stop_page
    ]
    problems += [
        N_("bots/%(bot)s.toml: “tell” names a mail address, and capitalise.toml has no table [mail]", bot=name)
        for name, bot in bots.items()
        if bot and bot.unattended and not mail and any("@" in str(one) for one in bot.unattended.tell)
    ]
    if problems:
        raise SettingsError(N_("The settings cannot be used:\n%(list)s", list=tuple(problems)))
    return Settings(folder, contact, language, wikis, {name: bot for name, bot in bots.items() if bot}, operator, mail)


def _mail(table: Any, problems: list[Message]) -> MailServer | None:
    if not table:
        return None
    reader = TomlReader("capitalise.toml [mail]", table, problems)
    found = MailServer(
        reader.take("server", str, None, host_name) or "",
        reader.take("port", int, 587, a_port),
        reader.take("from", str, None, mail_address) or "",
    )
    reader.done()
    return found


def _wiki(key: str, table: Any, language: str, problems: list[Message]) -> WikiSettings:
    reader = TomlReader(f"capitalise.toml [wikis.{key}]", table, problems)
    api, folder = reader.take("api", str, "", api_address), reader.take("folder", str, "", inside_folder)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
        reader.problem(N_("a wiki's key is made of small letters and digits"))
    dump = reader.take("dump", str, "", inside_folder)
    archive = reader.take("archive", str, "", archive_place)
    if [bool(api), bool(folder), bool(dump), bool(archive)].count(True) != 1:
        reader.problem(N_("give one of “api”, “folder”, “dump” and “archive”"))
    said = bool(folder) or "edit_interval" in reader.table
    settings = WikiSettings(
        key,
        api,
        folder,
        dump,
        archive,
        reader.take("edit_interval", (int, float), 0.0, not_negative) if said else None,
        reader.take("write", bool, not (dump or archive)) and not (dump or archive),
        reader.take("language", str, language, one_of(LANGUAGES)),
        reader.take("deletion_notice", str, ""),
        reader.take("assert", str, "user", one_of(("user", "bot"))),
        normal_title(reader.take("stop_page", str, "", page_title)),
        normal_title(reader.take("help_page", str, "", page_title)),
        reader.take("address", str, "", page_address) if folder or archive else "",
        reader.take("http_user", str, "") if api else "",
    )
    reader.done()
    return settings


def _bot(path: Path, wikis: Mapping[str, WikiSettings], problems: list[Message]) -> BotSettings | None:
    before = len(problems)
    reader = TomlReader(f"bots/{path.name}", read_toml(path, problems), problems)
    if len(problems) > before:
        return None
    own = {file.stem for file in path.parent.glob("*.py")}
    name = reader.take("kind", str, None, one_of((*KINDS, *sorted(own - set(KINDS))))) or ""
    kind = built_in(name)
    if kind and name in own:
        reader.problem(N_("bots/%(name)s.py has the name of a kind that is built in: give it another name", name=name))
    only = next(iter(wikis)) if len(wikis) == 1 else None
    wiki = reader.take("wiki", str, only, one_of(tuple(wikis))) or ""
    skip = tuple(reader.take("skip", list, [], a_list_of_texts))
    bot = BotSettings(path.stem, name, wiki, _unattended(reader), skip=skip)
    if kind is None and name not in own:
        return None  # what else it needs is not known
    if kind is None:
        return replace(bot, table=reader.table)
    options = _options(reader, kind, wikis)
    reader.done()
    return replace(bot, options=options)


#: The keys that every bot has, whatever its kind.
OWN_KEYS = (
    *("kind", "wiki", "skip", "unattended", "most_edits", "most_creations", "largest_share"),
    *("quiet_minutes", "run_page", "run_page_days", "ping", "tell", "tell_after_days", "digest_days"),
)


def _options(reader: TomlReader, kind: Kind[Any], wikis: Mapping[str, WikiSettings]) -> Any:
    return kind.read(reader, tuple(wikis)) if kind.read else read_fields(reader, kind.settings)


def read_bot(settings: Settings, bot: BotSettings, kind: Kind[Any]) -> BotSettings:
    """A bot with what its kind reads in its TOML. Raises SettingsError that lists everything wrong there."""
    problems: list[Message] = []
    reader = TomlReader(f"bots/{bot.name}.toml", dict(bot.table or {}), problems)
    reader.known += OWN_KEYS
    options = _options(reader, kind, settings.wikis)
    reader.done()
    if problems:
        raise SettingsError(N_("The settings cannot be used:\n%(list)s", list=tuple(problems)))
    return replace(bot, options=options)


def _unattended(reader: TomlReader) -> Unattended | None:
    """The ceilings are read, and their mistakes said, whether the bot runs by itself yet or not."""
    usual, ceilings = Unattended(), Ceilings()
    alone = reader.take("unattended", bool, False)
    settings = Unattended(
        Ceilings(
            reader.take("most_edits", int, ceilings.edits, not_negative),
            reader.take("most_creations", int, ceilings.creations, not_negative),
            reader.take("largest_share", (int, float), ceilings.share, a_share),
        ),
        reader.take("quiet_minutes", (int, float), usual.quiet_minutes, not_negative),
        normal_title(reader.take("run_page", str, "", page_title)),
        reader.take("run_page_days", (int, float), usual.run_page_days, some_days),
        reader.take("ping", str, "", web_address),
        tuple(reader.take("tell", list, [], mails_or_pages)),
        reader.take("tell_after_days", (int, float), usual.tell_after_days, some_days),
        reader.take("digest_days", (int, float), 0.0, not_negative),
    )
    return settings if alone else None
