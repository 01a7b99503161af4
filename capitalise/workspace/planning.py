"""What a bot of any kind would do: its planner handed what it needs, and nothing that writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from capitalise.bots.kind import Fill, Request, Task
from capitalise.errors import CapitaliseError, SettingsError
from capitalise.messages import N_, NP_, Message, named
from capitalise.pages.link_status import OutsideAnswer
from capitalise.pages.page_sets import listing_of
from capitalise.pages.ports import Reader
from capitalise.pages.reading import reading
from capitalise.pages.titles import normal_title
from capitalise.plans.model import PageChange, Plan
from capitalise.plans.run_ids import new_run_id
from capitalise.runs.etiquette import held_back
from capitalise.workspace.copies import find_copies
from capitalise.workspace.manners import home_of, whom
from capitalise.workspace.opened import Bot, Opened

__all__ = ["filler", "plan_bot", "report_page", "task_for"]


def plan_bot(opened: Opened, bot: Bot, request: Request, run: str = "") -> Plan:
    """What a bot would do. Raises SettingsError, SheetError, WikiError."""
    if request.prefers and not bot.sheets.names:
        raise SettingsError(N_("The bot “%(bot)s” has no sheet: --prefer settles nothing there.", bot=bot.name))
    if request.fix and not bot.kind.fixes:
        raise SettingsError(N_("The bot “%(bot)s” mends nothing: --fix is not for it.", bot=bot.name))
    skip = frozenset(map(_place, bot.settings.skip))
    request = replace(request, leaves=request.leaves | skip, skip=skip)
    task = task_for(opened, bot, request, run)
    plan = _without(_planned(opened, bot, task), request, bot)
    if request.within.what:
        plan = _narrowed(plan, task)
    plan = replace(plan, findings=(*find_copies(opened.folder, bot), *plan.findings))
    plan = held_back(plan, opened.store(bot.wiki).account(), bot.wiki)
    return plan.limited(request.limit) if request.limit else plan


def _planned(opened: Opened, bot: Bot, task: Task) -> Plan:
    """What the kind's planner says, the bot's file by its name. Of a program of the workspace it is looked at whether it is a plan."""
    file = f"bots/{bot.name}.toml"
    try:
        plan = bot.kind.plan(bot.options, task)
    except CapitaliseError as error:
        error.message = named(error.message, file)
        raise
    if opened.is_own(bot.settings.kind):
        if not isinstance(plan, Plan) or not all(isinstance(one.message, Message) for one in plan.findings):
            file = f"bots/{bot.settings.kind}.py"
            why = N_("%(file)s: its planner must return a Plan, and say its findings with N_(…).", file=file)
            raise SettingsError(why)
        for change in plan.pages:
            opened.wiki(change.wiki)  # one that is not there is named
    findings = tuple(replace(one, message=named(one.message, file)) for one in plan.findings)
    return replace(plan, findings=findings, notes=tuple(named(one, file) for one in plan.notes))


def _without(plan: Plan, request: Request, bot: Bot) -> Plan:
    """The plan without what is to stay as it is; what the bot's TOML says so of is counted."""
    if not request.leaves:
        return plan
    gone = [one for one in (*plan.pages, *plan.proposals) if _stays(one, request)]
    titles = {one.title for one in gone}
    notes = plan.notes
    if skip := bot.settings.skip:
        why = NP_(
            "%(count)d page or field is left alone: “skip” in %(file)s says so (%(some)s).",
            "%(count)d pages or fields are left alone: “skip” in %(file)s says so (%(some)s).",
            len(skip),
            file=f"bots/{bot.name}.toml",
            some=", ".join(skip[:5]) + ("…" if len(skip) > 5 else ""),
        )
        notes = (*notes, why)
    return replace(
        plan,
        pages=tuple(one for one in plan.pages if one not in gone),
        proposals=tuple(one for one in plan.proposals if one not in gone),
        cells=tuple(one for one in plan.cells if one.at.title not in titles and not request.left(one.at.title)),
        conflicts=tuple(one for one in plan.conflicts if not request.left(one.title, one.field)),
        notes=notes,
    )


def _place(written: str) -> str:
    """What a line of `skip` means: a title as wikis spell it, and a field."""
    title, sign, field = written.partition("#")
    return f"{normal_title(title)}{sign}{field.strip()}"


def _stays(change: PageChange, request: Request) -> bool:
    """Whether a change is about what is to stay. A planner that leaves single fields alone made none of them."""
    names = {*change.fields, *(label for label, _before, _after in change.values)}
    return request.left(change.title, *names)


def _narrowed(plan: Plan, task: Task) -> Plan:
    """The plan for the pages that the command line means; those that a list of titles names and the wiki has not are named."""
    within = task.request.within
    titles = listing_of(task.reader, within)
    for page in map(normal_title, task.request.pages):
        if titles and page not in titles:
            raise SettingsError(N_("“%(title)s” is not among: %(what)s.", title=page, what=within.what))
    if not titles:
        why = N_("The wiki “%(wiki)s” has no pages for “%(what)s”.", wiki=task.wiki, what=within.what)
        raise SettingsError(why)
    missing = [title for title in map(normal_title, within.titles) if title not in titles]
    notes = [N_("“%(title)s” is not among: %(what)s.", title=one, what=within.what) for one in missing]
    return replace(plan.only(task.wiki, titles), notes=(*plan.notes, *notes))


def task_for(
    opened: Opened, bot: Bot, request: Request | None = None, run: str = "", reader: Reader | None = None
) -> Task:
    """What the planner of a bot is handed. `reader` is the bot's own wiki where it is looked at in another way."""
    asked = request or Request()
    wikis, own = opened.settings.wikis.values(), opened.wiki(bot.wiki)
    readers: dict[str, Reader] = {bot.wiki: reader or reading(opened.store(bot.wiki))}

    def reader_of(key: str) -> Reader:
        if key not in readers:
            readers[key] = reading(opened.store(key))
        return readers[key]

    created = reader_of(bot.wiki).now()
    return Task(
        bot.name,
        bot.wiki,
        run or new_run_id(created),
        created,
        own.language,
        opened.folder,
        reader_of,
        tables=lambda: opened.tables(bot, asked.sheets),
        request=asked,
        writable=frozenset(one.key for one in wikis if one.write),
        copies=frozenset(one.key for one in wikis if one.dump),
        addresses={one.key: one.api or one.address for one in wikis if one.api or one.address},
        fill=filler(opened.folder, own.language),
        home=lambda: home_of(opened, bot.wiki),
        whom=lambda: whom(opened, own),
        ask_outside=_asker(opened) if opened.settings.contact else None,
        rules=bot.kind.rules,
        switched_on=_switched_on(opened, bot.wiki),
        mapped=opened.mapped,
    )


def _switched_on(opened: Opened, wiki: str) -> frozenset[str]:
    """The rules by which some bot of the workspace may write on a wiki, whatever its kind."""
    options = [one.options for one in opened.settings.bots.values() if one.wiki == wiki]
    return frozenset(rule for one in options if getattr(one, "writes", False) for rule in getattr(one, "rules", ()))


def filler(folder: Path, language: str) -> Fill:
    """A template of the workspace filled by its name."""

    def filled(name: str, values: Mapping[str, Any]) -> str:
        from capitalise.exports.templates import render_template  # jinja2 only where used

        return render_template(name, folder, language, **values)

    return filled


def _asker(opened: Opened) -> Callable[..., Mapping[str, OutsideAnswer]]:
    def asked(addresses: Sequence[str], *, minutes: float, private: bool) -> Mapping[str, OutsideAnswer]:
        from capitalise.web.links import ask_outside  # requests only where used
        from capitalise.wikis.cache import cache_of

        cache = cache_of(f"outside, private: {private}")
        # where a wiki has answered, the network is there
        online = any(one.api for one in opened.settings.wikis.values())
        agent = opened.settings.agent
        return ask_outside(addresses, cache, opened.clock, agent, minutes=minutes, private=private, online=online)

    return asked


def report_page(opened: Opened, bot: Bot) -> str:
    """The page of a bot's report, "" for none."""
    return bot.kind.report(bot.options, task_for(opened, bot))
