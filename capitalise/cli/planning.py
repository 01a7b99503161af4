"""A bot's TOML into its plan: one function for each kind of bot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from capitalise.cli.copies import find_copies
from capitalise.errors import SettingsError, SheetError
from capitalise.fiches.fields import Prefer
from capitalise.messages import N_, Message, render
from capitalise.pages.addresses import Site
from capitalise.pages.outside import OutsideAnswer
from capitalise.plans.model import Plan
from capitalise.plans.regions import with_region_page
from capitalise.plans.run_ids import new_run_id
from capitalise.runs.etiquette import held_back
from capitalise.sheets.table import Table
from capitalise.workspace import BotSettings

if TYPE_CHECKING:
    from capitalise.cli.session import Session
    from capitalise.crosslinks.sets import CrosslinkOptions
    from capitalise.normalise.planner import NormaliseSettings
    from capitalise.roumics.edition import Edition, RoumicsSettings
    from capitalise.sheets.documents import DocumentLink

__all__ = [
    "editions_folder",
    "no_edition",
    "normalise_settings",
    "plan_bot",
    "read_editions",
    "report_page",
    "roumics_filler",
    "roumics_settings",
    "template_filler",
]


def plan_bot(session: Session, bot: BotSettings, pages: Sequence[str], prefers: Sequence[Prefer], run: str) -> Plan:
    """What a bot of any kind would do. Raises SettingsError, SheetError, WikiError."""
    store = session.store(bot.wiki)
    created = store.now()
    if prefers and not bot.sheets:
        raise SettingsError(N_("The bot “%(bot)s” has no sheet: --prefer settles nothing there.", bot=bot.name))
    kinds = (
        (bot.crosslinks, _plan_crosslinks),
        (bot.normalise, _plan_normalise),
        (bot.roumics, _plan_roumics),
    )
    kind = next((kind for options, kind in kinds if options), _plan_fiches)
    plan = kind(session, bot, run or new_run_id(created), created, pages, prefers)
    plan = replace(plan, findings=(*find_copies(session.workspace.folder, bot), *plan.findings))
    return held_back(replace(plan, notes=(*plan.notes, *_nothing_yet(session, bot, plan))), store.account().name)


def _nothing_yet(session: Session, bot: BotSettings, plan: Plan) -> list[Message]:
    """Where there is nothing to look after: what comes first."""
    if plan.seen or not plan.empty or plan.findings:
        return []
    if bot.sheets:
        return [
            N_(
                "No page is filled by the form “%(form)s” yet: write a row in %(sheet)s, or fill the form on the wiki.",
                form=bot.form,
                sheet=bot.sheets[0],
            )
        ]
    if bot.form:
        return [N_("No page is filled by the form “%(form)s” yet.", form=bot.form)]
    if bot.roumics and not (session.workspace.folder / bot.roumics.folder).is_dir():
        return [no_edition(session.workspace.folder / bot.roumics.folder)]
    return []


def no_edition(folder: Path) -> Message:
    return N_("There is no edition in %(folder)s yet; to begin one: capitalise roumics new 2027", folder=folder)


def template_filler(session: Session, language: str) -> Callable[[str, Mapping[str, Any]], str]:
    """A template of the workspace filled by its name."""

    def filled(name: str, values: Mapping[str, Any]) -> str:
        from capitalise.exports.templates import render_template  # jinja2 only where used

        return render_template(name, session.workspace.folder, language, **values)

    return filled


def _plan_fiches(
    session: Session, bot: BotSettings, run: str, created: datetime, pages: Sequence[str], prefers: Sequence[Prefer]
) -> Plan:
    from capitalise.fiches.planner import plan_fiches

    settings = session.settings(bot)
    filled = template_filler(session, settings.language)
    tables = session.tables(bot)

    def overview(values: Mapping[str, Any]) -> str:
        return filled("overview.wiki.jinja", values)

    plan = plan_fiches(settings, session.store(bot.wiki), tables, run, created, pages, prefers, overview)
    if bot.status.page and not pages:
        plan = _with_status(session, bot, tables, plan)
    return replace(plan, notes=(*plan.notes, *_renamed(session, settings.sheet, tables)))


def _with_status(session: Session, bot: BotSettings, tables: Sequence[Table], plan: Plan) -> Plan:
    """The plan with the page that says what is filled and what is missing."""
    from capitalise.cli.status import status_values
    from capitalise.exports.status_page import status_wikitext
    from capitalise.fiches.status import find_status

    settings, store, options = session.settings(bot), session.store(bot.wiki), bot.status
    found = find_status(settings, store, tables, plan, options.group_by, options.placeholders)
    values = {**status_values(found, settings.language), "taken": None}
    inside = status_wikitext(session.workspace.folder, settings.language, **values).strip()
    return with_region_page(plan, store, options.page, "etat", render(N_("status"), settings.language), inside)


def _renamed(session: Session, name: str, tables: Sequence[Table]) -> list[Message]:
    """A sheet that is not there may have been renamed: what lies beside it is named."""
    if not name or any(table.path == name for table in tables):
        return []
    beside = session.sheets_beside(name)
    why = N_(
        "%(file)s does not exist and is made anew; if it was renamed, change “sheet” in the bot's TOML (there is: %(there)s)",
        file=name,
        there=", ".join(beside),
    )
    return [why] if beside else []


def _plan_normalise(
    session: Session, bot: BotSettings, run: str, created: datetime, pages: Sequence[str], prefers: Sequence[Prefer]
) -> Plan:
    from capitalise.normalise.planner import plan_normalise

    settings = normalise_settings(session, bot)
    filled = template_filler(session, settings.language)
    return plan_normalise(settings, session.store(bot.wiki), run, created, pages, filled)


def _help_page(session: Session, wiki: str) -> str:
    """Beside the bot's stop page; none where nobody is logged in."""
    account = session.store(wiki).account()
    return f"{session.stop_page(wiki).rpartition('/')[0]}/Aide" if account.name else ""


def _plan_crosslinks(
    session: Session, bot: BotSettings, run: str, created: datetime, pages: Sequence[str], prefers: Sequence[Prefer]
) -> Plan:
    from capitalise.crosslinks.planner import CrosslinkSettings, plan_crosslinks
    from capitalise.pages.addresses import machine_of
    from capitalise.sheets.documents import links_in_document

    options, wikis = bot.crosslinks, session.workspace.wikis
    assert options is not None
    documents: dict[str, Sequence[DocumentLink] | Message] = {}
    for name in _documents(session, options.documents):
        try:
            documents[name] = links_in_document(session.workspace.folder / name)
        except SheetError as error:
            documents[name] = error.message
    settings = CrosslinkSettings(
        bot.name,
        options.sets,
        {machine_of(one.api or one.address): one.key for one in wikis.values() if one.api or one.address},
        documents,
        bot.wiki,
        report_page(session, bot),
        wikis[bot.wiki].language,
        options.fix if options.fixes else (),
        frozenset(one.key for one in wikis.values() if one.write),
        frozenset(one.key for one in wikis.values() if one.dump),
    )
    filled = template_filler(session, settings.language)
    asks = options.outside and bool(session.workspace.contact)
    plan = plan_crosslinks(
        settings,
        session.store,
        run,
        created,
        pages,
        lambda values: filled("crosslinks.wiki.jinja", values),
        _outside(session, options) if asks else None,
    )
    if options.outside and not asks:
        why = N_("Other sites were not asked: capitalise.toml has no “contact” to say who asks.")
        plan = replace(plan, notes=(*plan.notes, why))
    return plan


def _plan_roumics(
    session: Session, bot: BotSettings, run: str, created: datetime, pages: Sequence[str], prefers: Sequence[Prefer]
) -> Plan:
    from capitalise.roumics.planner import plan_roumics
    from capitalise.sheets.pandoc import tree_to_wikitext
    from capitalise.workspace.editions import read_published, read_taken

    settings = roumics_settings(session, bot)
    fill = roumics_filler(session, settings.language)
    editions, broken = _sound_editions(session, bot)
    folder = editions_folder(session, bot)
    words = [one for one in read_taken(folder) if not _is_of(one.layers[-1].name, broken)]
    return plan_roumics(
        settings,
        session.store,
        editions,
        words,
        run,
        created,
        pages,
        fill,
        tree_to_wikitext,
        broken=broken,
        published=read_published(folder),
    )


def _sound_editions(session: Session, bot: BotSettings) -> tuple[list[Edition], dict[str, Message]]:
    """The editions that can be read, and by key what is wrong with the others: each stops only itself."""
    from capitalise.workspace.editions import edition_keys

    found: list[Edition] = []
    broken: dict[str, Message] = {}
    for key in edition_keys(editions_folder(session, bot)):
        try:
            found += read_editions(session, bot, [key])
        except (SettingsError, SheetError) as error:
            broken[key] = error.message
    return sorted(found, key=_by_day), broken


def _is_of(file: str, keys: Iterable[str]) -> bool:
    return file.partition("/")[0] in keys


def _by_day(edition: Edition) -> tuple[object, str]:
    return edition.event.first, edition.event.key


def roumics_filler(session: Session, language: str) -> Callable[[str, Mapping[str, Any]], str]:
    """The templates of the reports, each read once."""
    from capitalise.exports.templates import wikitext_filler

    return wikitext_filler(session.workspace.folder, language)


def roumics_settings(session: Session, bot: BotSettings) -> RoumicsSettings:
    """What the planner needs to know of a bot of kind `roumics`; the other wikis' pages are where MediaWiki usually puts them."""
    from capitalise.roumics.edition import RoumicsSettings

    options, wikis = bot.roumics, session.workspace.wikis
    assert options is not None
    servers = {
        one.key: one.api.partition("/w/api.php")[0].removesuffix("/api.php") for one in wikis.values() if one.api
    }
    return RoumicsSettings(
        bot.name,
        bot.wiki,
        options.index_page,
        options.annex_wiki,
        options.sections,
        options.templates,
        {key: Site(key, server) for key, server in servers.items()},
        frozenset(one.key for one in wikis.values() if one.write),
        wikis[bot.wiki].language,
    )


def editions_folder(session: Session, bot: BotSettings) -> Path:
    """The folder that holds a folder for each edition. Raises SettingsError for another kind of bot."""
    if bot.roumics is None:
        raise SettingsError(
            N_("The bot “%(bot)s” is of kind “%(kind)s”: it has no editions.", bot=bot.name, kind=bot.kind)
        )
    return session.workspace.folder / bot.roumics.folder


def read_editions(session: Session, bot: BotSettings, keys: Sequence[str] = ()) -> list[Edition]:
    """All editions of a bot, or those of some `keys`, in the order of their days. Raises SettingsError, SheetError."""
    from capitalise.sheets.pandoc import read_notes
    from capitalise.workspace.editions import edition_keys, read_edition

    folder = editions_folder(session, bot)
    there = edition_keys(folder)
    for key in keys:
        if key not in there:
            raise SettingsError(
                N_(
                    "There is no edition “%(key)s” in %(folder)s. There is: %(there)s. A new one: capitalise roumics new %(key)s",
                    key=key,
                    folder=folder,
                    there=", ".join(there) or "–",
                )
            )
    editions = [read_edition(folder / key, read_notes) for key in (keys or there)]
    return sorted(editions, key=_by_day)


def report_page(session: Session, bot: BotSettings) -> str:
    """The page of a bot's report: what its TOML says; else one beside its stop page, where it may write."""
    said = bot.crosslinks.report_page if bot.crosslinks else ""
    if said is not None:
        return said
    mine = session.workspace.wikis[bot.wiki].write and session.store(bot.wiki).account().id
    return f"{session.stop_page(bot.wiki).rpartition('/')[0]}/Liens" if mine else ""


def _outside(session: Session, options: CrosslinkOptions) -> Callable[[Sequence[str]], Mapping[str, OutsideAnswer]]:
    """Addresses of other sites asked for, as the TOML allows."""

    def asked(addresses: Sequence[str]) -> Mapping[str, OutsideAnswer]:
        from capitalise.wikis.cache import cache_of
        from capitalise.wikis.outside import ask_outside  # requests only where used

        private, minutes = options.outside_private, options.outside_minutes
        cache = cache_of(f"outside, private: {private}")
        online = any(
            one.api for one in session.workspace.wikis.values()
        )  # then the network is there: a wiki has answered
        return ask_outside(
            addresses, cache, session.clock, session.workspace.agent, minutes=minutes, private=private, online=online
        )

    return asked


def _documents(session: Session, patterns: Sequence[str]) -> list[str]:
    """The files that a bot's patterns stand for. Raises SettingsError for one that stands for none."""
    folder, found = session.workspace.folder, []
    for pattern in patterns:
        paths = (path for path in folder.glob(pattern) if path.is_file() and not path.name.startswith(("~$", ".~lock")))
        some = sorted(path.relative_to(folder).as_posix() for path in paths)
        if not some:
            raise SettingsError(N_("No file is called %(pattern)s in %(folder)s.", pattern=pattern, folder=folder))
        found += some
    return list(dict.fromkeys(found))


def normalise_settings(session: Session, bot: BotSettings) -> NormaliseSettings:
    """What the planner needs to know of a bot of kind `normalise`."""
    from capitalise.normalise.planner import NormaliseSettings

    options = bot.normalise
    assert options is not None
    wiki = session.workspace.wikis[bot.wiki]
    return NormaliseSettings(
        bot.name,
        bot.wiki,
        bot.form,
        options.rules if options.writes else frozenset(),
        bot.template,
        bot.category,
        options.query,
        wiki.language,
        session.workspace.form_text(bot),
        timedelta(hours=options.rest_hours),
        options.lines,
        options.report_page,
        options.help_page or _help_page(session, bot.wiki),
        session.whom(wiki),
        frozenset(filter(None, (urlsplit(one.api).hostname for one in session.workspace.wikis.values()))),
    )
