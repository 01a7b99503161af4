"""A workspace opened: settings, wikis, sheets, and the loop of planning and applying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from capitalise.cli.copies import without_copies
from capitalise.cli.planning import plan_bot, template_filler
from capitalise.clock import Clock, SystemClock
from capitalise.errors import CapitaliseError, SettingsError, SheetError, Unclear, WikiError
from capitalise.fiches.fields import Prefer
from capitalise.fiches.foreign import could_be_planned
from capitalise.fiches.form import FicheForm, load_form
from capitalise.fiches.planner import FicheSettings
from capitalise.fiches.rows import OpenColumns, open_columns
from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader, Store
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef
from capitalise.runs.apply import PageOutcome, RunReport, Status, apply_plan
from capitalise.runs.etiquette import Etiquette, obey
from capitalise.runs.locks import alone
from capitalise.runs.run_page import RunPage, plan_run_page
from capitalise.sheets.file import ENDINGS, SheetFile
from capitalise.sheets.table import TITLES, Table, heading_key
from capitalise.workspace import (
    BotSettings,
    Unattended,
    WikiSettings,
    Workspace,
    find_workspace,
    is_address,
    read_workspace,
)
from capitalise.workspace.editions import write_published

__all__ = ["Session", "open_session"]

ROUNDS = 3
USUAL_INTERVAL = 1.0  # seconds between two edits
WIKIMEDIA_INTERVAL = 15.0
MOST_RENDERED = 50  # one request each


@dataclass
class Session:
    """One command's view of a workspace. Wikis are opened when first asked for."""

    workspace: Workspace
    clock: Clock
    told: Callable[[Message], None]
    more_sheets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._stores: dict[str, Store] = {}
        self._sheets: dict[str, SheetFile] = {}
        self.least_interval = 0.0  # seconds between two edits, whatever the settings say

    def wiki_settings(self, key: str) -> WikiSettings:
        """Raises SettingsError, naming the wikis there are."""
        if key not in self.workspace.wikis:
            raise SettingsError(
                N_(
                    "There is no wiki “%(key)s” in capitalise.toml. There is: %(there)s.",
                    key=key,
                    there=", ".join(self.workspace.wikis),
                )
            )
        return self.workspace.wikis[key]

    def store(self, key: str) -> Store:
        if key not in self._stores:
            self._stores[key] = self._open(self.wiki_settings(key))
        return self._stores[key]

    def contact(self) -> str:
        """Raises SettingsError where none is given."""
        if not self.workspace.contact:
            raise SettingsError(
                N_("capitalise.toml: “contact” is missing: an address or page where the wikis' people reach you")
            )
        return self.workspace.contact

    def _open(self, wiki: WikiSettings) -> Store:
        if wiki.folder:
            from capitalise.wikis.folder import FolderWiki

            return FolderWiki(wiki.key, self.workspace.folder / wiki.folder, address=wiki.address)
        if wiki.dump:
            from capitalise.wikis.dump import open_dump

            return open_dump(wiki.key, self.workspace.folder / wiki.dump)
        from capitalise.wikis.mediawiki import open_mediawiki  # requests and mwclient only where used

        return open_mediawiki(wiki.key, wiki.api, self.contact(), self.clock, self.told, as_bot=wiki.asserts == "bot")

    def own_wikis(self) -> tuple[list[str], list[str]]:
        """The wikis that a run of ours may have written to, and the others."""
        from capitalise.wikis.credentials import find_credentials

        wikis = self.workspace.wikis.values()
        online = bool(self.workspace.contact)
        own = [w.key for w in wikis if w.folder or (online and w.write and find_credentials(w.key))]
        return own, [key for key in self.workspace.wikis if key not in own]

    def sheet(self, name: str, bot: BotSettings | None) -> SheetFile:
        """One object a session: it keeps the copy from before the first write."""
        if name not in self._sheets:
            title = next((h for h, use in bot.columns.items() if heading_key(use) in TITLES), "") if bot else ""
            self._sheets[name] = SheetFile(self.workspace.folder / name, name, bot.tab if bot else "", title)
        return self._sheets[name]

    def tables(self, bot: BotSettings) -> list[Table]:
        """The sheets of a bot that exist. Raises SheetError, SettingsError."""
        found = []
        for name in dict.fromkeys(one for pattern in (*bot.sheets, *self.more_sheets) for one in self._named(pattern)):
            if is_address(name):
                from capitalise.wikis.published import read_published

                found.append(read_published(name, self.workspace.agent, bot.tab))
            elif (table := self.sheet(name, bot).read()) is not None:
                found.append(table)
            elif name != bot.sheets[0]:
                raise SettingsError(N_("There is no sheet %(file)s.", file=name))
        return found

    def _named(self, pattern: str) -> list[str]:
        """The files that a pattern of the bot's TOML stands for."""
        if is_address(pattern) or not self._is_pattern(pattern):
            return [pattern]
        folder = self.workspace.folder
        paths = without_copies(_sheets(folder.glob(pattern)))
        if not paths:
            raise SettingsError(N_("No sheet is called %(pattern)s in %(folder)s.", pattern=pattern, folder=folder))
        return [p.relative_to(folder).as_posix() for p in paths]

    def _is_pattern(self, name: str) -> bool:
        """`feuilles/*.ods` is one, a file that is really called `kit [1].ods` is none."""
        return bool(set(name) & set("*?[")) and not (self.workspace.folder / name).exists()

    def plan(self, bot: BotSettings, pages: Sequence[str] = (), prefers: Sequence[Prefer] = (), run: str = "") -> Plan:
        """What a bot would do. Raises SettingsError, SheetError, WikiError."""
        return plan_bot(self, bot, pages, prefers, run)

    def sheets_beside(self, name: str) -> list[str]:
        """The sheets in the folder of one that the settings name."""
        return [p.name for p in _sheets((self.workspace.folder / name).parent.glob("*"))]

    def looked_at(self, key: str, *, offline: bool) -> tuple[Reader, Message | None]:
        """A wiki to read only, without an account; as it was when last looked at, and why, where it does not answer."""
        wiki = self.wiki_settings(key)
        if not wiki.api:
            return self.store(key), None
        from capitalise.wikis.cache import cache_of
        from capitalise.wikis.remembered import RememberedWiki

        if offline:
            return RememberedWiki(key, cache_of(wiki.api)), None
        try:
            return self.store(key), None
        except (WikiError, Unclear) as error:
            why = error.message if isinstance(error, WikiError) else N_("the wiki does not answer (%(why)s)", why=error)
            try:
                return RememberedWiki(key, cache_of(wiki.api)), why
            except WikiError:
                raise error from None

    def open_columns(self, bot: BotSettings) -> list[OpenColumns]:
        """What each sheet leaves open: fields without a column, and headings for nothing."""
        self.settings(bot)
        form = self._form(bot)
        found = [open_columns(table, form, bot.columns) for table in self.tables(bot)]
        return [one for one in found if one.missing and one.headings]

    def missing_form(self, bot: BotSettings) -> Message | None:
        """Why the bot's form cannot be used, or None."""
        try:
            self._form(bot)
        except SettingsError as error:
            return error.message
        return None

    def _form(self, bot: BotSettings) -> FicheForm:
        return load_form(self.store(bot.wiki), bot.form, bot.template, self.workspace.form_text(bot))

    def settings(self, bot: BotSettings) -> FicheSettings:
        """What the planner needs to know. Raises SettingsError for a bot that has no sheets."""
        if not bot.sheets:
            raise SettingsError(
                N_("The bot “%(bot)s” is of kind “%(kind)s”: it has no sheet for this.", bot=bot.name, kind=bot.kind)
            )
        first = bot.sheets[0]
        return FicheSettings(
            bot.name,
            bot.wiki,
            bot.form,
            "" if is_address(first) or self._is_pattern(first) else first,
            bot.template,
            bot.category,
            self.workspace.form_text(bot),
            self.workspace.wikis[bot.wiki].language,
            bot.columns,
            bot.overview,
            bot.overview_static,
        )

    def rendered(self, plan: Plan) -> dict[tuple[str, str], str]:
        """The changed pages as readers will see them: HTML by wiki and title, of the first MOST_RENDERED."""
        changes = [c for c in plan.pages if not c.move_to][:MOST_RENDERED]
        return {(c.wiki, c.title): self.store(c.wiki).rendered(c.title, c.new) for c in changes}

    def stop_page(self, key: str) -> str:
        """The page on which people stop the bot on a wiki."""
        return self.workspace.wikis[key].stop_page or self.store(key).stop_page()

    def heed(self, key: str) -> None:
        """Raises StoppedByPerson where somebody stopped the bot on a wiki, or wrote to it."""
        store, settings = self.store(key), self.workspace.wikis[key]
        obey(store.preflight([], settings.stop_page), store)

    def tell(
        self,
        bot: BotSettings,
        settings: Unattended,
        left: Plan,
        report: RunReport | None,
        shown: Callable[[PageOutcome], None],
        stopping: Callable[[], bool],
    ) -> Conflict | Finding | None:
        """Write the bot's run page, where it has something to say; why it was not written, or None."""
        wiki, store = self.workspace.wikis[bot.wiki], self.store(bot.wiki)
        heads = store.heads([settings.run_page, self.stop_page(wiki.key)])  # as the wiki spells them
        title, stop = heads[settings.run_page].title, heads[self.stop_page(wiki.key)].title
        if title == stop or heads[settings.run_page].invalid:
            wrong = N_(
                "“run_page” must be a page of its own: not the one by which people stop the bot, nor a special page"
            )
            return Finding("run-page", wrong, bot.wiki, title)
        page = RunPage(title, settings.run_page_days, self.whom(wiki), wiki.language, stop)

        filler = template_filler(self, wiki.language)

        def filled(values: Mapping[str, Any]) -> str:
            return filler("run.wiki.jinja", values)

        found = plan_run_page(page, store, left, report, filled)
        if not isinstance(found, PageChange):
            return found
        plan = Plan(bot.name, left.run, store.now(), (found,))
        done = self.apply(plan, shown, stopping, settings, (report.last if report else 0) + 1)
        if done.error:
            raise done.error
        why = next((o.reason for o in done.pages if o.reason), None)
        return Finding("run-page", why, bot.wiki, found.title) if why else None

    def whom(self, wiki: WikiSettings) -> str:
        """Whom to tell when the bot is silent, as wikitext: no e-mail address on a public page."""
        public = self.workspace.contact if "@" not in self.workspace.contact else ""
        somebody = render(N_("whoever runs it"), wiki.language)
        return self.workspace.operator or public or self._signature(wiki) or somebody

    def refuse_early(self, plan: Plan, *, decides: bool = False) -> set[str]:
        """The wikis of a plan. Raises before anybody is asked what cannot be done: a wiki that is read only for
        us, or has no account, a sheet that is open; where somebody `decides`, also what an answer would write to."""
        wikis = {change.wiki for change in plan.pages}
        sheets = {change.at.sheet for change in plan.cells}
        if decides:
            wikis |= {one.wiki for one in plan.conflicts if one.at}
            sheets |= {one.at.sheet for one in plan.conflicts if one.at and not one.readonly}
        for key in wikis & set(self.workspace.wikis):
            if not self.workspace.wikis[key].write:
                raise SettingsError(
                    N_("The wiki “%(key)s” is read only for us: capitalise.toml says write = false.", key=key)
                )
            self.store(key).refuse_without_account()
            if key in self.workspace.wikis:
                self.heed(key)
        for name in sheets:
            sheet = self.sheet(name, self.workspace.bots.get(plan.bot))
            sheet.refuse_if_open()
            look = next((one for one in plan.looks if one.sheet == name), None)
            sheet.rehearse([change for change in plan.cells if change.at.sheet == name], look)
        return wikis

    def refuse_foreign(self, plan: Plan) -> None:
        """Raises SettingsError for a saved plan that its bot could not have made: one that writes into another sheet, or that
        changes a page otherwise than by the values that it shows."""
        bot = self.workspace.bots.get(plan.bot)
        if bot is None:
            return  # an undo, or a bot of another name: its pages and cells are shown
        own = {table.path for table in self.tables(bot)} | {bot.sheets[0]} if bot.sheets else set()
        for name in sorted({change.at.sheet for change in plan.cells} - own):
            raise SettingsError(
                N_("This plan writes into %(file)s, which is no sheet of the bot “%(bot)s”.", file=name, bot=bot.name)
            )
        if bot.sheets and plan.pages:
            pages, form = frozenset({self.settings(bot).overview, bot.status.page} - {""}), self._form(bot)
            for change in plan.pages:
                if change.wiki != bot.wiki or not could_be_planned(change, form, bot.name, pages):
                    raise SettingsError(
                        N_(
                            "This plan changes “%(title)s” in a way that the bot “%(bot)s” never does; nothing was written. "
                            "Make the plan anew: capitalise plan %(bot)s",
                            title=change.title,
                            bot=bot.name,
                        )
                    )

    def unwritable(self, plan: Plan) -> Iterator[Finding]:
        """Sheets of a plan that could not be written without harm, tried in memory."""
        for name in sorted({change.at.sheet for change in plan.cells}):
            look = next((one for one in plan.looks if one.sheet == name), None)
            try:
                cells = [change for change in plan.cells if change.at.sheet == name]
                self.sheet(name, self.workspace.bots.get(plan.bot)).rehearse(cells, look)
            except SheetError as error:
                yield Finding("sheet", error.message, at=RowRef(name, 0, ""))

    def etiquette(self, key: str, unattended: Unattended | None = None) -> Etiquette:
        """How a wiki is written to."""
        wiki = self.workspace.wikis[key]
        quiet = timedelta(minutes=unattended.quiet_minutes) if unattended else timedelta()
        return Etiquette(self._interval(wiki), wiki.stop_page, quiet, self._signature(wiki), wiki.language)

    def _interval(self, wiki: WikiSettings) -> float:
        """Seconds between two edits: what the TOML says, else the pace that Wikimedia's wikis ask of bots without a flag."""
        if wiki.edit_interval is not None:
            return max(wiki.edit_interval, self.least_interval)
        from capitalise.wikis.wikimedia import is_wikimedia

        slow = is_wikimedia(wiki.api) and "bot" not in self.store(wiki.key).account().rights
        return max(WIKIMEDIA_INTERVAL if slow else USUAL_INTERVAL, self.least_interval)

    def _signature(self, wiki: WikiSettings) -> str:
        """Who runs the bot, and where its page is."""
        if wiki.folder:
            return self.workspace.operator
        page = wiki.help_page or self.store(wiki.key).stop_page().rpartition("/")[0]
        return f"[[:{page}]]" + (f" ({self.workspace.operator})" if self.workspace.operator else "")

    def seconds(self, plan: Plan) -> float:
        """How long carrying out a plan takes at the wikis' pace, at least."""
        times = Counter(change.wiki for change in plan.pages if change.wiki in self.workspace.wikis)
        return sum((count - 1) * self._interval(self.workspace.wikis[key]) for key, count in times.items())

    def apply(
        self,
        plan: Plan,
        shown: Callable[[PageOutcome], None],
        stopping: Callable[[], bool],
        unattended: Unattended | None = None,
        first: int = 1,
    ) -> RunReport:
        """Carry out a plan; refuses wikis that are read only for us, and a second run at the same time."""
        wikis = self.refuse_early(plan)
        stores = {key: self.store(key) for key in wikis}
        bot = self.workspace.bots.get(plan.bot)
        sheets = {name: self.sheet(name, bot) for name in {c.at.sheet for c in plan.cells}}
        etiquettes = {key: self.etiquette(key, unattended) for key in wikis}
        places = {key: key for key in wikis} | {str(self.sheet(n, bot).path.resolve()): n for n in sheets}
        with alone(self.workspace.folder / ".capitalise", places):
            report = apply_plan(plan, stores, sheets, self.clock, etiquettes, first, shown, stopping)
            if bot and bot.roumics:
                saved = [o.change for o in report.pages if o.status is Status.DONE]
                write_published(self.workspace.folder / bot.roumics.folder, bot.name, saved)
            return report

    def run(
        self,
        bot: BotSettings,
        plan: Plan,
        pages: Sequence[str],
        shown: Callable[[PageOutcome], None],
        stopping: Callable[[], bool],
        unattended: Unattended | None = None,
        allowed: Callable[[Plan], Plan] = lambda plan: plan,
    ) -> tuple[Plan, RunReport]:
        """Apply a plan, and plan again what changed under it, as far as it is `allowed`; the last plan says what is left."""
        report = self.apply(plan, shown, stopping, unattended)
        whole = report
        for _round in range(ROUNDS - 1):
            again = sorted(
                {
                    o.change.move_to or o.change.title
                    for o in report.pages
                    if o.status is Status.STALE or (o.status.saved and o.change.move_to)
                }
            )
            if not again or report.error:
                break
            try:
                plan = allowed(self.plan(bot, again, run=plan.run))
                report = self.apply(plan, shown, stopping, unattended, whole.last + 1)
            except SettingsError:  # deleted in the meantime: the last plan says so
                break
            except CapitaliseError as error:  # what was done before is not forgotten
                whole = replace(whole, error=error)
                break
            kept = [o for o in whole.pages if o.status is not Status.STALE or o.change.title not in again]
            whole = replace(
                whole,
                pages=(*kept, *report.pages),
                cells=whole.cells + report.cells,
                findings=(*whole.findings, *report.findings),
                error=report.error,
                last=report.last,
            )
        if whole.error:
            return plan, whole
        try:
            return self.plan(bot, pages, run=plan.run), whole
        except CapitaliseError as error:
            return plan, replace(whole, error=error)


def _sheets(paths: Iterable[Path]) -> list[Path]:
    """The sheets among some files, without the locks that office programs put beside them."""
    return sorted(p for p in paths if p.suffix.lower() in ENDINGS and p.name[0] not in ".~")


def open_session(start: Path, told: Callable[[Message], None], sheets: Sequence[Path] = ()) -> Session:
    """The workspace around `start`; `told` is called with what a wiki is waited for, `sheets` are read besides."""
    folder = find_workspace(start)
    more = (path.absolute() for path in sheets)
    names = tuple((p.relative_to(folder) if p.is_relative_to(folder) else p).as_posix() for p in more)
    return Session(read_workspace(folder), SystemClock(), told, names)
