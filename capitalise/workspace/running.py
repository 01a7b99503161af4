"""Plans carried out: what keeps a run from writing said first, then the one writer, then what changed under it planned again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from capitalise.bots.kind import Request
from capitalise.errors import CapitaliseError, SettingsError, SheetError
from capitalise.messages import N_, Message
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef
from capitalise.runs.apply import PageOutcome, RunReport, Status, apply_plan
from capitalise.runs.locks import alone
from capitalise.runs.run_page import RunPage, plan_run_page
from capitalise.settings import Unattended
from capitalise.workspace.manners import etiquette, heed, stop_page, whom
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.planning import filler, plan_bot, task_for

__all__ = ["Watch", "apply", "bot_of", "refuse_early", "refuse_foreign", "run", "tell", "unwritable"]

ROUNDS = 3


@dataclass(frozen=True)
class Watch:
    """Who watches a run: `outcome` is called after each page, `waits` with what a wiki is waited for; the run ends after the page in
    flight when `stopping` says so."""

    outcome: Callable[[PageOutcome], None] = lambda outcome: None
    stopping: Callable[[], bool] = lambda: False
    waits: Callable[[Message], None] = lambda why: None


def bot_of(opened: Opened, plan: Plan) -> Bot | None:
    """The bot that made a plan, if this workspace has it. Code of the workspace is not run for pages alone: an undo needs none."""
    settings = opened.settings.bots.get(plan.bot)
    if settings is None or not (plan.cells or opened.knows(settings.kind)):
        return None
    return opened.of(settings)


def refuse_early(opened: Opened, plan: Plan, *, decides: bool = False) -> set[str]:
    """The wikis of a plan. Raises before anybody is asked what cannot be done: a wiki that is read only for
    us, or has no account, a sheet that is open; where somebody `decides`, also what an answer would write to."""
    wikis = {change.wiki for change in plan.pages}
    sheets = {change.at.sheet for change in plan.cells}
    if decides:
        wikis |= {one.wiki for one in plan.conflicts if one.at}
        sheets |= {one.at.sheet for one in plan.conflicts if one.at and not one.readonly}
    for key in wikis & set(opened.settings.wikis):
        if opened.wiki(key).readable_only:
            opened.store(key).refuse_without_account()
        if not opened.wiki(key).write:
            raise SettingsError(
                N_("The wiki “%(key)s” is read only for us: capitalise.toml says write = false.", key=key)
            )
        opened.store(key).refuse_without_account()
        heed(opened, key)
    bot = bot_of(opened, plan) if sheets else None
    for name in sheets:
        sheet = opened.sheet(name, bot)
        sheet.refuse_if_open()
        look = next((one for one in plan.looks if one.sheet == name), None)
        sheet.rehearse([change for change in plan.cells if change.at.sheet == name], look)
    return wikis


def refuse_foreign(opened: Opened, plan: Plan) -> None:
    """Raises SettingsError for a saved plan that its bot could not have made: one that writes into another sheet, or that
    changes a page otherwise than by the values that it shows."""
    bot = bot_of(opened, plan)
    if bot is None:
        return  # an undo, or a bot of another name: its pages and cells are shown
    names = bot.sheets.names
    own = {table.path for table in opened.tables(bot)} | {names[0]} if names else set()
    for name in sorted({change.at.sheet for change in plan.cells} - own):
        raise SettingsError(
            N_("This plan writes into %(file)s, which is no sheet of the bot “%(bot)s”.", file=name, bot=bot.name)
        )
    task = task_for(opened, bot) if plan.pages else None
    for change in plan.pages if task else ():
        if task and not bot.kind.allows(bot.options, task, change):
            raise SettingsError(
                N_(
                    "This plan changes “%(title)s” in a way that the bot “%(bot)s” never does; nothing was written. "
                    "Make the plan anew: capitalise plan %(bot)s",
                    title=change.title,
                    bot=bot.name,
                )
            )


def unwritable(opened: Opened, plan: Plan) -> Iterator[Finding]:
    """Sheets of a plan that could not be written without harm, tried in memory."""
    names = sorted({change.at.sheet for change in plan.cells})
    bot = bot_of(opened, plan) if names else None
    for name in names:
        look = next((one for one in plan.looks if one.sheet == name), None)
        try:
            cells = [change for change in plan.cells if change.at.sheet == name]
            opened.sheet(name, bot).rehearse(cells, look)
        except SheetError as error:
            yield Finding("sheet", error.message, at=RowRef(name, 0, ""))


def apply(opened: Opened, plan: Plan, watch: Watch, unattended: Unattended | None = None, first: int = 1) -> RunReport:
    """Carry out a plan; refuses wikis that are read only for us, and a second run at the same time."""
    wikis = refuse_early(opened, plan)
    stores = {key: opened.store(key) for key in wikis}
    bot = bot_of(opened, plan)
    sheets = {name: opened.sheet(name, bot) for name in {c.at.sheet for c in plan.cells}}
    etiquettes = {key: etiquette(opened, key, unattended) for key in wikis}
    places = {key: key for key in wikis} | {str(opened.sheet(n, bot).path.resolve()): n for n in sheets}
    with alone(opened.folder / ".capitalise", places):
        report = apply_plan(plan, stores, sheets, opened.clock, etiquettes, first, watch.outcome, watch.stopping)
        if bot:
            saved = [o.change for o in report.pages if o.status is Status.DONE]
            bot.kind.after(bot.options, opened.folder, bot.name, saved)
        return report


def run(
    opened: Opened,
    bot: Bot,
    plan: Plan,
    request: Request,
    watch: Watch,
    unattended: Unattended | None = None,
    allowed: Callable[[Plan], Plan] = lambda plan: plan,
) -> tuple[Plan, RunReport]:
    """Apply a plan, and plan again what changed under it, as far as it is `allowed`; the last plan says what is left."""
    again = replace(request, prefers=(), limit=None)
    report = apply(opened, plan, watch, unattended)
    whole = report
    for _round in range(ROUNDS - 1):
        titles = _changed_under(report)
        if not titles or report.error:
            break
        try:
            plan = allowed(plan_bot(opened, bot, replace(again, pages=titles), plan.run))
            report = apply(opened, plan, watch, unattended, whole.last + 1)
        except SettingsError:  # deleted in the meantime: the last plan says so
            break
        except CapitaliseError as error:  # what was done before is not forgotten
            whole = replace(whole, error=error)
            break
        whole = _joined(whole, report, titles)
    if whole.error:
        return plan, whole
    try:
        return plan_bot(opened, bot, again, plan.run), whole
    except CapitaliseError as error:
        return plan, replace(whole, error=error)


def _changed_under(report: RunReport) -> list[str]:
    """The pages that somebody saved meanwhile, or that have another title now."""
    return sorted(
        {
            o.change.move_to or o.change.title
            for o in report.pages
            if o.status is Status.STALE or (o.status.saved and o.change.move_to)
        }
    )


def _joined(whole: RunReport, report: RunReport, again: list[str]) -> RunReport:
    kept = [o for o in whole.pages if o.status is not Status.STALE or o.change.title not in again]
    return replace(
        whole,
        pages=(*kept, *report.pages),
        cells=whole.cells + report.cells,
        findings=(*whole.findings, *report.findings),
        error=report.error,
        last=report.last,
    )


def tell(
    opened: Opened, bot: Bot, settings: Unattended, left: Plan, report: RunReport | None, watch: Watch
) -> Conflict | Finding | None:
    """Write the bot's run page, where it has something to say; why it was not written, or None."""
    wiki, store = opened.wiki(bot.wiki), opened.store(bot.wiki)
    where = stop_page(opened, wiki.key)
    heads = store.heads([settings.run_page, where])  # as the wiki spells them
    title, stop = heads[settings.run_page].title, heads[where].title
    if title == stop or heads[settings.run_page].invalid:
        wrong = N_("“run_page” must be a page of its own: not the one by which people stop the bot, nor a special page")
        return Finding("run-page", wrong, bot.wiki, title)
    page = RunPage(title, settings.run_page_days, whom(opened, wiki), wiki.language, stop)
    fill = filler(opened.folder, wiki.language)

    def filled(values: Mapping[str, Any]) -> str:
        return fill("run.wiki.jinja", values)

    found = plan_run_page(page, store, left, report, filled)
    if not isinstance(found, PageChange):
        return found
    plan = Plan(bot.name, left.run, store.now(), (found,))
    done = apply(opened, plan, watch, settings, (report.last if report else 0) + 1)
    if done.error:
        raise done.error
    why = next((o.reason for o in done.pages if o.reason), None)
    return Finding("run-page", why, bot.wiki, found.title) if why else None
