"""A plan beside an earlier one, or beside the report that stands on the wiki."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from capitalise.bots.kind import Request
from capitalise.errors import SettingsError
from capitalise.files import reason
from capitalise.messages import N_, render
from capitalise.pages.page_sets import listing_of
from capitalise.pages.titles import normal_title
from capitalise.plans.model import Plan
from capitalise.plans.report import report_in, report_lines
from capitalise.plans.serial import plan_from_json
from capitalise.plans.since import Since, compare
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.planning import report_page

__all__ = ["since_then"]

REPORT = ("report", "rapport")


def since_then(opened: Opened, bot: Bot, plan: Plan, source: str, request: Request, language: str) -> Since:
    """What is new and what is gone since `source`: a file with an earlier plan, or “report”. Of pages that were not asked for nothing
    is gone. Raises SettingsError where there is nothing to compare with."""
    if source in REPORT:
        language = opened.wiki(bot.wiki).language
        earlier = list(report_lines(_report(opened, bot)))
    else:
        earlier = _saved(source, language)
    return compare(plan.findings, _asked_for(opened, bot, request, earlier), language)


def _saved(source: str, language: str) -> list[tuple[str, str]]:
    try:
        saved = plan_from_json(Path(source).read_text("utf-8"), source)
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else N_("it is not UTF-8 text")
        raise SettingsError(N_("%(file)s cannot be read: %(why)s", file=source, why=why)) from error
    return [(f.title or (f.at.sheet if f.at else ""), render(f.message, language)) for f in saved.findings]


def _asked_for(opened: Opened, bot: Bot, request: Request, earlier: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What an earlier report says of the pages that the plan was asked for."""
    pages = {normal_title(page) for page in request.pages}
    within = listing_of(opened.store(bot.wiki), request.within) if request.within.what else None
    return [
        (page, words) for page, words in earlier if (not pages or page in pages) and (within is None or page in within)
    ]


def _report(opened: Opened, bot: Bot) -> str:
    page = report_page(opened, bot)
    if not page:
        raise SettingsError(N_("The bot “%(bot)s” writes no report: give “report_page” in its TOML.", bot=bot.name))
    report = report_in(opened.store(bot.wiki).history(page), bot.name)
    if not report:
        raise SettingsError(
            N_(
                "There is no report between the bot's marks on the page “%(page)s”, or somebody wrote between them: “capitalise plan %(bot)s” "
                "says what would be written.",
                page=page,
                bot=bot.name,
            )
        )
    return report
