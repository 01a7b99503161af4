"""A bot that runs by itself: its ceilings, its log, its page on the wiki, its watchdog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from capitalise.bots.kind import Request
from capitalise.errors import WAITING, CapitaliseError, SheetError, Stop, Unexpected
from capitalise.files import reason
from capitalise.messages import N_, Message
from capitalise.plans.model import Finding, Plan
from capitalise.runs.apply import PageOutcome, RunReport
from capitalise.runs.ceilings import Ceilings, held
from capitalise.runs.notices import Night, night_of
from capitalise.settings import BotSettings, Unattended
from capitalise.workspace.manners import heed
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.planning import plan_bot
from capitalise.workspace.running import Watch, run
from capitalise.workspace.running import tell as write_run_page
from capitalise.workspace.telling import tell_somebody

__all__ = ["Diary", "refused_early", "run_alone"]


class Diary(Protocol):
    """Where a run that nobody watches says what it does."""

    run: str

    def outcome(self, outcome: PageOutcome) -> None:
        """One edit."""

    def left(self, plan: Plan, report: RunReport | None) -> None:
        """What waits for a person."""

    def end(self, plan: Plan, report: RunReport | None, code: int) -> None:
        """The last line of a run."""

    def failed(self, error: CapitaliseError) -> None:
        """What ended the run; the last line of it."""

    def unreached(self, why: Message) -> None:
        """The watchdog."""

    def untold(self, why: Message) -> None:
        """Somebody who should have been told."""


def run_alone(
    opened: Opened, bot: Bot, settings: Unattended, request: Request, diary: Diary, stopping: Callable[[], bool]
) -> int:
    """Plan, write, say so. Returns the exit code, and raises what stopped the run after it was told to diary and watchdog."""
    failed, wrote = True, 0
    request = replace(request, alone=True)
    watch = Watch(diary.outcome, stopping)
    tell = partial(_tell, opened, bot.settings, settings, diary, watch)
    try:
        heed(opened, bot.wiki)
        plan = _allowed(plan_bot(opened, bot, request), settings.ceilings)
        diary.run = plan.run
        left, report = plan, None
        if not plan.empty:
            allowed = partial(_allowed, ceilings=settings.ceilings)
            left, report = run(opened, bot, plan, request, watch, settings, allowed)
        error, wrote = (report.error, report.written) if report else (None, 0)
        if not isinstance(error, Stop):  # who stops the bot, or blocks it, wants no more edits
            left = _told(opened, bot, settings, left, report, watch)
        diary.left(left, report)
        if error:
            raise error
        tell(night_of(left, report, bot.wiki, opened.clock.now()))
        code = WAITING if left.waits or (report and report.waits) else 0
        diary.end(left, report, code)
        failed = False
        return code
    except CapitaliseError as error:
        diary.failed(error)
        if not stopping():  # whoever stops the program knows
            tell(Night(opened.clock.now(), error, written=wrote))
        raise
    except Exception as bug:
        diary.failed(Unexpected(bug))
        tell(Night(opened.clock.now(), Unexpected(bug), written=wrote))
        raise
    finally:
        _ping(settings, opened.settings.agent, diary, failed=failed)


def refused_early(opened: Opened, bot: BotSettings, settings: Unattended, error: CapitaliseError, diary: Diary) -> None:
    """A bot that could not even be read (nobody said yes to its program) says so where a run does: log, those who look after it, watchdog."""
    diary.failed(error)
    _tell(opened, bot, settings, diary, Watch(), Night(opened.clock.now(), error))
    _ping(settings, opened.settings.agent, diary, failed=True)


def _allowed(plan: Plan, ceilings: Ceilings) -> Plan:
    """What may be done of a plan without asking.

    A sheet that is gone is made anew in front of a person only: what waited in it would be gone in silence. Raises
    SheetError.
    """
    for look in plan.looks:
        raise SheetError(
            N_(
                "%(file)s is not there, and a bot that runs by itself makes no new one: put it back (its last copy is “%(file)s~”), "
                "or have it made at a terminal: capitalise run %(bot)s",
                file=look.sheet,
                bot=plan.bot,
            )
        )
    return held(plan, ceilings)


def _told(opened: Opened, bot: Bot, settings: Unattended, left: Plan, report: RunReport | None, watch: Watch) -> Plan:
    """Write the run page. What waits, with what keeps the page from being written: somebody has to see that too."""
    if not settings.run_page:
        return left
    try:
        found = write_run_page(opened, bot, settings, left, report, watch)
    except Stop:
        raise
    except CapitaliseError as error:
        found = Finding("run-page", error.message, bot.wiki, settings.run_page)
    if isinstance(found, Finding):
        return replace(left, findings=(*left.findings, replace(found, rule="run-page")))
    if found:
        why = N_(
            "somebody wrote between the marks of this page; put these words elsewhere on it, and empty what stands between"
        )
        return replace(left, findings=(*left.findings, Finding("run-page", why, bot.wiki, found.title)))
    return left


def _tell(opened: Opened, bot: BotSettings, settings: Unattended, diary: Diary, watch: Watch, night: Night) -> None:
    """Tell whoever looks after the bot; nothing that goes wrong here changes what became of the run."""
    try:
        tell_somebody(opened, bot, settings, night, watch, diary.untold)
    except OSError as error:
        diary.untold(reason(error))
    except Exception as bug:
        diary.untold(Unexpected(bug).message)


def _ping(settings: Unattended, agent: str, diary: Diary, *, failed: bool) -> None:
    if settings.ping:
        from capitalise.web.ping import ping  # requests only where used

        if why := ping(settings.ping, agent, failed=failed):
            diary.unreached(why)
