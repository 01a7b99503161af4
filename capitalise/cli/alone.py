"""A bot that runs by itself: its ceilings, its log, its page on the wiki, its watchdog."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from capitalise.cli.log import Log
from capitalise.cli.options import WAITING, waiting_code
from capitalise.cli.session import Session
from capitalise.errors import CapitaliseError, Stop
from capitalise.messages import N_
from capitalise.plans.model import Finding, Plan
from capitalise.runs.apply import RunReport, Status
from capitalise.runs.ceilings import held
from capitalise.workspace import BotSettings, Unattended

__all__ = ["run_alone"]


def run_alone(
    session: Session,
    bot: BotSettings,
    settings: Unattended,
    made: Callable[[], Plan],
    pages: Sequence[str],
    log: Log,
    stopping: Callable[[], bool],
) -> int:
    """Plan, write, say so. Returns the exit code; whatever is raised was told to the watchdog."""
    failed = True
    try:
        session.heed(bot.wiki)
        plan = held(made(), settings.ceilings)
        log.run = plan.run
        left, report = plan, None
        if not plan.empty:
            left, report = session.run(bot, plan, pages, log.outcome, stopping, settings)
        log.left(left, report)
        error = report.error if report else None
        if not isinstance(error, Stop):  # who stops the bot, or blocks it, wants no more edits
            _tell(session, bot, settings, left, report, log, stopping)
        code = error.exit_code if error else _code(left, report)
        log.end(left, report, code)
        if error:
            raise error
        failed = False
        return code
    except CapitaliseError as error:
        log.failed(error.message)
        raise
    finally:
        _ping(settings, log, failed=failed)


def _code(left: Plan, report: RunReport | None) -> int:
    unsaved = report.count(Status.STALE, Status.SKIPPED, Status.UNDONE) if report else 0
    return WAITING if unsaved or (report and report.findings) else waiting_code(left)


def _tell(
    session: Session,
    bot: BotSettings,
    settings: Unattended,
    left: Plan,
    report: RunReport | None,
    log: Log,
    stopping: Callable[[], bool],
) -> None:
    """The run page; that it cannot be written is said, and is no reason to call the run a failure."""
    if not settings.run_page:
        return
    try:
        found = session.tell(bot, settings, left, report, log.outcome, stopping)
    except CapitaliseError as error:
        found = Finding("run-page", error.message, bot.wiki, settings.run_page)
    if found:
        why = found.message if isinstance(found, Finding) else N_("somebody wrote between the marks of this page")
        log.left(
            Plan(bot.name, left.run, left.created, findings=(Finding("run-page", why, bot.wiki, found.title),)), None
        )


def _ping(settings: Unattended, log: Log, *, failed: bool) -> None:
    if settings.ping:
        from capitalise.wikis.ping import ping  # requests only where used

        if why := ping(settings.ping, failed=failed):
            log.failed(why)
