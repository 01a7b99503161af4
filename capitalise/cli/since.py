"""`plan --since`: a plan beside an earlier one, or beside the report that stands on the wiki."""

from __future__ import annotations

from pathlib import Path

from capitalise.cli.main import LANGUAGE
from capitalise.errors import SettingsError
from capitalise.files import reason
from capitalise.messages import N_, render
from capitalise.plans.model import Plan
from capitalise.plans.report import report_in, report_lines
from capitalise.plans.serial import plan_from_json
from capitalise.plans.since import Since, compare
from capitalise.workspace.opened import Bot
from capitalise.workspace.planning import report_page
from capitalise.workspace.workspace import Workspace

__all__ = ["since_then"]

REPORT = ("report", "rapport")


def since_then(workspace: Workspace, bot: Bot, plan: Plan, source: str) -> Since:
    """Raises SettingsError where there is nothing to compare with."""
    if source in REPORT:
        return _since_report(workspace, bot, plan)
    try:
        saved = plan_from_json(Path(source).read_text("utf-8"), source)
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else N_("it is not UTF-8 text")
        raise SettingsError(N_("%(file)s cannot be read: %(why)s", file=source, why=why)) from error
    earlier = [(f.title or (f.at.sheet if f.at else ""), render(f.message, LANGUAGE)) for f in saved.findings]
    return compare(plan.findings, earlier, LANGUAGE)


def _since_report(workspace: Workspace, bot: Bot, plan: Plan) -> Since:
    page = report_page(workspace, bot)
    if not page:
        raise SettingsError(N_("The bot “%(bot)s” writes no report: give “report_page” in its TOML.", bot=bot.name))
    report = report_in(workspace.store(bot.wiki).history(page), bot.name)
    if not report:
        raise SettingsError(
            N_(
                "There is no report between the bot's marks on the page “%(page)s”: “capitalise plan %(bot)s” says why.",
                page=page,
                bot=bot.name,
            )
        )
    return compare(plan.findings, report_lines(report), workspace.wiki(bot.wiki).language)
