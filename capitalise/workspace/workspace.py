"""The workspace as a library: opened, planned, applied, undone. What the command line parses and shows stands around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from capitalise.bots.kind import Request
from capitalise.clock import Clock, SystemClock
from capitalise.messages import Message
from capitalise.pages.ports import Reader
from capitalise.pages.reading import reading
from capitalise.plans.model import Check, Plan
from capitalise.plans.since import Since
from capitalise.runs.apply import RunReport
from capitalise.runs.history import PastRun
from capitalise.settings import find_workspace, read_workspace
from capitalise.workspace import doctor, planning, running, undoing
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.running import Watch
from capitalise.workspace.since import since_then
from capitalise.workspace.trust import is_trusted

__all__ = ["Workspace"]

NOBODY = Watch()


class Workspace(Opened):
    """A folder with a `capitalise.toml`, opened. Nothing is asked of a wiki before it is needed; only `apply` and `run` write."""

    @classmethod
    def open(
        cls,
        folder: str | Path = ".",
        *,
        sheets: Sequence[Path] = (),
        told: Callable[[Message], None] = lambda message: None,
        clock: Clock | None = None,
        trusts: Callable[[Path, bytes], bool] = is_trusted,
        trusted: Callable[[Path, bytes], bool] | None = None,
    ) -> Workspace:
        """The workspace around a folder. `sheets` are read besides those of a bot's TOML, `told` is called with what a wiki is waited for,
        `trusts` is asked before code of the workspace runs, `trusted` where nobody may be asked. Raises SettingsError that lists everything wrong with the files."""
        found = find_workspace(Path(folder).absolute())
        more = (path.absolute() for path in sheets)
        names = tuple((p.relative_to(found) if p.is_relative_to(found) else p).as_posix() for p in more)
        return cls(read_workspace(found), clock or SystemClock(), told, names, trusts, trusted or trusts)

    @property
    def bots(self) -> list[str]:
        """The names of the bots."""
        return sorted(self.settings.bots)

    @property
    def wikis(self) -> list[str]:
        """The keys of the wikis, in the order of the TOML."""
        return list(self.settings.wikis)

    def reader(self, key: str) -> Reader:
        """A wiki, to read. Raises SettingsError, WikiError."""
        return reading(self.store(key))

    def plan(self, bot: str | Bot, request: Request | None = None, run: str = "") -> Plan:
        """What a bot would do. Raises SettingsError, SheetError, WikiError."""
        return planning.plan_bot(self, self._bot(bot), request or Request(), run)

    def apply(self, plan: Plan, watch: Watch = NOBODY) -> RunReport:
        """Carry out a plan. Raises before anything is written where nothing can be; what ends it later is `error` of the report."""
        return running.apply(self, plan, watch)

    def run(
        self, bot: str | Bot, plan: Plan, request: Request | None = None, watch: Watch = NOBODY, **more: Any
    ) -> tuple[Plan, RunReport]:
        """Carry out a plan, and plan again what changed under it: the plan of what is left, and what was done."""
        return running.run(self, self._bot(bot), plan, request or Request(), watch, **more)

    def since(self, bot: str | Bot, plan: Plan, source: str = "report", request: Request | None = None) -> Since:
        """What is new and what is gone in a plan since an earlier one (a file that “-o” saved), or since the report on the wiki."""
        return since_then(self, self._bot(bot), plan, source, request or Request(), self.settings.language)

    def history(self, wiki: str = "") -> dict[str, list[PastRun]]:
        """The runs of this account, the newest first, by wiki."""
        return undoing.past_runs(self, wiki)

    def undo(self, run: str, wiki: str = "") -> Plan:
        """The plan that takes a run back; what people wrote since stays. Raises SettingsError where no wiki knows of the run."""
        return undoing.undone(self, run, wiki)

    def doctor(self, wiki: str | None = None) -> Iterator[tuple[str, Check]]:
        """Everything that is checked, a line each, with the place that it is about."""
        return doctor.all_checks(self, wiki)

    def _bot(self, bot: str | Bot) -> Bot:
        return self.bot(bot) if isinstance(bot, str) else bot

    def rendered(self, plan: Plan, most: int) -> dict[tuple[str, str], str]:
        """The changed pages as readers will see them: HTML by wiki and title, of the first `most` (a request each)."""
        changes = [c for c in plan.pages if not c.move_to][:most]
        return {(c.wiki, c.title): self.store(c.wiki).rendered(c.title, c.new) for c in changes}

    def checked(self, plan: Plan) -> Plan:
        """The plan with the sheets that could not be written without harm."""
        return replace(plan, findings=(*running.unwritable(self, plan), *plan.findings))
