"""`capitalise.toml` and `bots/*.toml` read into typed settings.

Everything that is wrong with the files is said at once, each with file, key and the form expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from capitalise.conflict_copies import conflict_copies
from capitalise.crosslinks.sets import FIXABLE, USUAL, CrosslinkOptions, PageSet
from capitalise.errors import SettingsError
from capitalise.messages import LANGUAGES, N_, Message
from capitalise.normalise.catalogue import ALL
from capitalise.pages.titles import normal_title
from capitalise.roumics.sections import SECTIONS
from capitalise.runs.ceilings import Ceilings
from capitalise.sheets.documents import DOCUMENTS
from capitalise.workspace.settings import (
    PLACEHOLDERS,
    BotSettings,
    NormaliseOptions,
    RoumicsOptions,
    StatusOptions,
    Unattended,
    WikiSettings,
    Workspace,
)
from capitalise.workspace.toml import (
    TomlReader,
    a_list_of_texts,
    a_share,
    api_address,
    as_tuple,
    inside_folder,
    not_negative,
    one_of,
    only_texts,
    page_address,
    page_title,
    public_name,
    read_toml,
    sheet_names,
    some_days,
    web_address,
)

__all__ = ["bot_files", "find_workspace", "read_workspace"]

Wikis = Mapping[str, WikiSettings]


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


def read_workspace(folder: Path) -> Workspace:
    """Raises SettingsError that lists everything wrong with the files."""
    problems: list[Message] = []
    main = TomlReader("capitalise.toml", read_toml(folder / "capitalise.toml", problems), problems)
    contact = main.take("contact", str, "")
    operator = main.take("operator", str, "", public_name)
    language = main.take("language", str, "fr", one_of(LANGUAGES))
    wikis = {key: _wiki(key, table, language, problems) for key, table in main.take("wikis", dict, {}).items()}
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
    if problems:
        raise SettingsError(N_("The settings cannot be used:\n%(list)s", list=tuple(problems)))
    return Workspace(folder, contact, language, wikis, {name: bot for name, bot in bots.items() if bot}, operator)


def _wiki(key: str, table: Any, language: str, problems: list[Message]) -> WikiSettings:
    reader = TomlReader(f"capitalise.toml [wikis.{key}]", table, problems)
    api, folder = reader.take("api", str, "", api_address), reader.take("folder", str, "", inside_folder)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
        reader.problem(N_("a wiki's key is made of small letters and digits"))
    dump = reader.take("dump", str, "", inside_folder)
    if [bool(api), bool(folder), bool(dump)].count(True) != 1:
        reader.problem(N_("give one of “api”, “folder” and “dump”"))
    said = bool(folder) or "edit_interval" in reader.table
    settings = WikiSettings(
        key,
        api,
        folder,
        dump,
        reader.take("edit_interval", (int, float), 0.0, not_negative) if said else None,
        reader.take("write", bool, not dump) and not dump,
        reader.take("language", str, language, one_of(LANGUAGES)),
        reader.take("deletion_notice", str, ""),
        reader.take("assert", str, "user", one_of(("user", "bot"))),
        normal_title(reader.take("stop_page", str, "", page_title)),
        normal_title(reader.take("help_page", str, "", page_title)),
        reader.take("address", str, "", page_address) if folder else "",
    )
    reader.done()
    return settings


def _bot(path: Path, wikis: Mapping[str, WikiSettings], problems: list[Message]) -> BotSettings | None:
    before = len(problems)
    reader = TomlReader(f"bots/{path.name}", read_toml(path, problems), problems)
    if len(problems) > before:
        return None
    kind = reader.take("kind", str, None, one_of(tuple(_KINDS))) or ""
    if kind not in _KINDS and "pages" in reader.table:
        return None  # what else it needs is not known
    bot = BotSettings(
        path.stem,
        kind,
        reader.take("wiki", str, None, one_of(tuple(wikis))) or "",
        unattended=_unattended(reader),
    )
    bot = _KINDS.get(kind, _fiches)(reader, bot, wikis)
    reader.done()
    return bot


def _of_a_form(reader: TomlReader, bot: BotSettings) -> BotSettings:
    return replace(
        bot,
        form=reader.take("form", str, None) or "",
        template=reader.take("template", str, ""),
        category=reader.take("category", str, ""),
    )


def _fiches(reader: TomlReader, bot: BotSettings, _wikis: Wikis) -> BotSettings:
    return replace(
        _of_a_form(reader, bot),
        sheets=as_tuple(reader.take("sheet", (str, list), None, sheet_names) or ()),
        overview=reader.take("overview", str, ""),
        overview_static=reader.take("overview_static", bool, False),
        tab=reader.take("tab", str, ""),
        columns=reader.take("columns", dict, {}, only_texts),
        status=StatusOptions(
            reader.take("group_by", str, ""),
            tuple(reader.take("placeholders", list, list(PLACEHOLDERS), a_list_of_texts)),
            normal_title(reader.take("status_page", str, "", page_title)),
        ),
    )


def _normalise(reader: TomlReader, bot: BotSettings, _wikis: Wikis) -> BotSettings:
    usual = NormaliseOptions()
    rules = reader.take("rules", list, [], _rules)
    return replace(
        _of_a_form(reader, bot),
        normalise=NormaliseOptions(
            reader.take("mode", str, "propose", one_of(("propose", "write"))) == "write",
            frozenset(rule for rule in rules if rule in ALL),
            reader.take("rest_hours", (int, float), usual.rest_hours, not_negative),
            reader.take("lines", dict, {}, _whole_numbers),
            reader.take("query", str, ""),
            normal_title(reader.take("report_page", str, "", page_title)),
            normal_title(reader.take("help_page", str, "", page_title)),
        ),
    )


def _roumics(reader: TomlReader, bot: BotSettings, wikis: Wikis) -> BotSettings:
    usual = RoumicsOptions()
    options = RoumicsOptions(
        reader.take("folder", str, usual.folder, inside_folder),
        normal_title(reader.take("index_page", str, "", page_title)),
        reader.take("annex_wiki", str, "", one_of(("", *wikis))),
        tuple(reader.take("sections", list, list(usual.sections), _sections)),
        tuple(reader.take("wiki_templates", list, list(usual.templates), a_list_of_texts)),
        reader.take("pads_private", bool, False),
    )
    return replace(bot, roumics=options)


def _sections(names: list[Any]) -> Message | None:
    unknown = [str(name) for name in names if name not in SECTIONS]
    there = ", ".join(SECTIONS)
    return N_("names “%(name)s”; it can name: %(there)s", name=unknown[0], there=there) if unknown else None


ROLES = ("research", "book", "quotes")


def _crosslinks(reader: TomlReader, bot: BotSettings, wikis: Wikis) -> BotSettings:
    if isinstance(reader.table.get("pages"), dict):
        reader.problem(N_("write [[pages]] with two brackets: there can be several"))
        reader.table["pages"] = [reader.table["pages"]]
    tables = reader.take("pages", list, None) or []
    usual = CrosslinkOptions(())
    options = CrosslinkOptions(
        tuple(_page_set(reader, number, table, wikis) for number, table in enumerate(tables, 1)),
        tuple(reader.take("files", list, [], _documents)),
        normal_title(reader.take("report_page", str, "", _page_or_none)) if "report_page" in reader.table else None,
        tuple(reader.take("fix", list, list(USUAL), _fixable)),
        reader.take("outside", bool, usual.outside),
        reader.take("outside_minutes", (int, float), usual.outside_minutes, not_negative),
        reader.take("outside_private", bool, usual.outside_private),
    )
    return replace(bot, crosslinks=options)


def _page_or_none(title: str) -> Message | None:
    return page_title(title) if title else None


def _fixable(names: list[Any]) -> Message | None:
    unknown = [str(name) for name in names if name not in FIXABLE]
    there = ", ".join(FIXABLE)
    return N_("names “%(name)s”; it can name: %(there)s", name=unknown[0], there=there) if unknown else None


def _documents(names: list[Any]) -> Message | None:
    good = all(isinstance(n, str) and n.lower().endswith(DOCUMENTS) and inside_folder(n) is None for n in names)
    kinds = ", ".join(DOCUMENTS)
    return None if good else N_("must be a list of files inside the workspace (%(kinds)s), or of patterns", kinds=kinds)


#: Keys of the bot that stand in a `[[pages]]` where they come after it.
_ABOVE = ("files", "report_page", "fix", "outside", "outside_minutes", "outside_private", "unattended", "kind")


def _page_set(of: TomlReader, number: int, table: Any, wikis: Mapping[str, WikiSettings]) -> PageSet:
    """One `[[pages]]`: exactly one way to say which."""
    reader = TomlReader(f"{of.name} [[pages]] {number}", table, of.problems)
    for key in [key for key in reader.table if key in _ABOVE]:
        reader.problem(N_("“%(key)s” belongs to the whole bot: put it above the first [[pages]]", key=key))
        del reader.table[key]
    found = PageSet(
        reader.take("wiki", str, None, one_of(tuple(wikis))) or "",
        reader.take("role", str, None, one_of(ROLES)) or "",
        reader.take("page", str, "", page_title),
        reader.take("category", str, ""),
        reader.take("template", str, ""),
        reader.take("prefix", str, ""),
        reader.take("search", str, ""),
        tuple(reader.take("titles", list, [], a_list_of_texts)),
    )
    reader.done()
    ways = (found.page, found.category, found.template, found.prefix, found.search, found.titles)
    if sum(map(bool, ways)) != 1:
        reader.problem(N_("give one of “page”, “category”, “template”, “prefix”, “search” and “titles”"))
    return found


_KINDS: dict[str, Callable[[TomlReader, BotSettings, Wikis], BotSettings]] = {
    "fiches": _fiches,
    "ingredients": _fiches,
    "normalise": _normalise,
    "crosslinks": _crosslinks,
    "roumics": _roumics,
}


def _rules(names: list[Any]) -> Message | None:
    for name in names:
        if name not in ALL:
            near = get_close_matches(str(name), ALL, 1)
            if near:
                return N_("names no rule “%(name)s”; did you mean “%(near)s”?", name=name, near=near[0])
            return N_("names no rule “%(name)s”; there is: %(there)s", name=name, there=", ".join(sorted(ALL)))
    return None


def _whole_numbers(table: Mapping[str, Any]) -> Message | None:
    good = all(isinstance(number, int) and not isinstance(number, bool) and number > 0 for number in table.values())
    return None if good else N_("must hold whole numbers, as in description = 5")


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
    )
    return settings if alone else None
