"""A bot that runs by itself: its ceilings, its log, its page on the wiki, its watchdog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from capitalise.cli.log import Log
from capitalise.cli.options import WAITING, waiting_code
from capitalise.cli.session import Session
from capitalise.errors import CapitaliseError, SheetError, Stop, Unexpected
from capitalise.messages import N_
from capitalise.plans.model import Finding, Plan
from capitalise.runs.apply import RunReport
from capitalise.runs.ceilings import Ceilings, held
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
    """Plan, write, say so. Returns the exit code, and raises what stopped the run after it was told to log and watchdog."""
    failed = True
    try:
        session.heed(bot.wiki)
        plan = _allowed(made(), settings.ceilings)
        log.run = plan.run
        left, report = plan, None
        if not plan.empty:
            allowed = partial(_allowed, ceilings=settings.ceilings)
            left, report = session.run(bot, plan, pages, log.outcome, stopping, settings, allowed)
        error = report.error if report else None
        if not isinstance(error, Stop):  # who stops the bot, or blocks it, wants no more edits
            left = _told(session, bot, settings, left, report, log, stopping)
        log.left(left, report)
        if error:
            raise error
        code = _code(left, report)
        log.end(left, report, code)
        failed = False
        return code
    except CapitaliseError as error:
        log.failed(error)
        raise
    except Exception as bug:
        log.failed(Unexpected(bug))
        raise
    finally:
        _ping(settings, session.workspace.agent, log, failed=failed)


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


def _code(left: Plan, report: RunReport | None) -> int:
    return WAITING if report and report.waits else waiting_code(left)


def _told(
    session: Session,
    bot: BotSettings,
    settings: Unattended,
    left: Plan,
    report: RunReport | None,
    log: Log,
    stopping: Callable[[], bool],
) -> Plan:
    """Write the run page. What waits, with what keeps the page from being written: somebody has to see that too."""
    if not settings.run_page:
        return left
    try:
        found = session.tell(bot, settings, left, report, log.outcome, stopping)
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


def _ping(settings: Unattended, agent: str, log: Log, *, failed: bool) -> None:
    if settings.ping:
        from capitalise.wikis.ping import ping  # requests only where used

        if why := ping(settings.ping, agent, failed=failed):
            log.unreached(why)
