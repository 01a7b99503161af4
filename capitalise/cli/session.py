"""A workspace opened: settings, wikis, sheets, and the loop of planning and applying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from capitalise.clock import Clock, SystemClock
from capitalise.errors import CapitaliseError, SettingsError
from capitalise.fiches.fields import Prefer
from capitalise.fiches.planner import FicheSettings, plan_fiches
from capitalise.messages import N_, Message
from capitalise.pages.ports import Store
from capitalise.plans.model import Plan
from capitalise.plans.run_ids import new_run_id
from capitalise.runs.apply import PageOutcome, RunReport, Status, apply_plan
from capitalise.sheets.csv_sheet import CsvSheet
from capitalise.wikis.folder import FolderWiki
from capitalise.workspace import BotSettings, WikiSettings, Workspace, find_workspace, read_workspace

__all__ = ["Session", "open_session"]

ROUNDS = 3


@dataclass
class Session:
    """One command's view of a workspace. Wikis are opened when first asked for."""

    workspace: Workspace
    clock: Clock
    told: Callable[[Message], None]

    def __post_init__(self) -> None:
        self._stores: dict[str, Store] = {}
        self._sheets: dict[str, CsvSheet] = {}

    def store(self, key: str) -> Store:
        if key not in self.workspace.wikis:
            raise SettingsError(
                N_(
                    "There is no wiki “%(key)s” in capitalise.toml. There is: %(there)s.",
                    key=key,
                    there=", ".join(self.workspace.wikis),
                )
            )
        if key not in self._stores:
            self._stores[key] = self._open(self.workspace.wikis[key])
        return self._stores[key]

    def _open(self, wiki: WikiSettings) -> Store:
        if wiki.folder:
            return FolderWiki(wiki.key, self.workspace.folder / wiki.folder)
        from capitalise.wikis.mediawiki import open_mediawiki  # requests and mwclient only where used

        return open_mediawiki(wiki.key, wiki.api, self.workspace.contact, self.clock, self.told)

    def sheet(self, name: str) -> CsvSheet:
        """One object a session: it keeps the copy from before the first write."""
        return self._sheets.setdefault(name, CsvSheet(self.workspace.folder / name, name))

    def plan(self, bot: BotSettings, pages: Sequence[str] = (), prefer: Prefer | None = None, run: str = "") -> Plan:
        store = self.store(bot.wiki)
        created = store.now()
        settings = FicheSettings(
            bot.name,
            bot.wiki,
            bot.form,
            bot.sheet,
            bot.template,
            bot.category,
            self.workspace.form_text(bot),
            self.workspace.wikis[bot.wiki].language,
        )
        table = self.sheet(bot.sheet).read()
        plan = plan_fiches(settings, store, table, run or new_run_id(created), created, pages, prefer)
        if bot.overview:
            plan = replace(plan, notes=(*plan.notes, N_("the overview “%(page)s” is not made yet", page=bot.overview)))
        return plan

    def refuse_early(self, plan: Plan) -> set[str]:
        """The wikis of a plan. Raises before anybody is asked what cannot be done: a wiki that is read only for
        us, a sheet that is open."""
        wikis = {change.wiki for change in plan.pages}
        for key in wikis & set(self.workspace.wikis):
            if not self.workspace.wikis[key].write:
                raise SettingsError(
                    N_("The wiki “%(key)s” is read only for us: capitalise.toml says write = false.", key=key)
                )
        for name in {change.at.sheet for change in plan.cells}:
            self.sheet(name).refuse_if_open()
        return wikis

    def apply(
        self, plan: Plan, shown: Callable[[PageOutcome], None], stopping: Callable[[], bool], first: int = 1
    ) -> RunReport:
        """Carry out a plan; refuses wikis that are read only for us, and a second run at the same time."""
        wikis = self.refuse_early(plan)
        stores = {key: self.store(key) for key in wikis}
        sheets = {name: self.sheet(name) for name in {c.at.sheet for c in plan.cells}}
        intervals = {key: self.workspace.wikis[key].edit_interval for key in wikis}
        lock = FileLock(self.workspace.folder / ".capitalise.lock", timeout=0)
        try:
            with lock:
                return apply_plan(plan, stores, sheets, self.clock, intervals, first, shown, stopping)
        except Timeout as error:
            raise CapitaliseError(N_("Another run is at work in this workspace; wait until it ends.")) from error

    def run(
        self,
        bot: BotSettings,
        plan: Plan,
        pages: Sequence[str],
        shown: Callable[[PageOutcome], None],
        stopping: Callable[[], bool],
    ) -> tuple[Plan, RunReport]:
        """Apply a plan, and plan again what changed under it; the last plan says what is left."""
        report = self.apply(plan, shown, stopping)
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
                plan = self.plan(bot, again, run=plan.run)
            except SettingsError:  # deleted in the meantime: the last plan says so
                break
            report = self.apply(plan, shown, stopping, first=max(o.number for o in whole.pages) + 1)
            kept = [o for o in whole.pages if o.status is not Status.STALE or o.change.title not in again]
            whole = replace(
                whole,
                pages=(*kept, *report.pages),
                cells=whole.cells + report.cells,
                findings=(*whole.findings, *report.findings),
                error=report.error,
            )
        return self.plan(bot, pages, run=plan.run) if not whole.error else plan, whole


def open_session(start: Path, told: Callable[[Message], None]) -> Session:
    """The workspace around `start`; `told` is called with what a wiki is waited for."""
    return Session(read_workspace(find_workspace(start)), SystemClock(), told)
