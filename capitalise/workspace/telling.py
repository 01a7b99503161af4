"""Whoever looks after a bot is told, by mail or on a page of the wiki: each of them once, by what `.capitalise/told.json` remembers of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from capitalise.errors import CapitaliseError, SettingsError, Skip, WikiError
from capitalise.files import write_safely
from capitalise.messages import N_, Message, render
from capitalise.pages.titles import normal_title
from capitalise.plans.model import Conflict, Finding, PageChange, Plan
from capitalise.plans.run_ids import new_run_id
from capitalise.runs.apply import RunReport
from capitalise.runs.notices import Night, Notice, Told, after_sending, notices, waiting_key
from capitalise.settings import Unattended
from capitalise.wikitext.plain import plain_text
from capitalise.workspace.manners import home_of, stop_page
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.running import Watch, apply

__all__ = ["check_mail", "night_of", "tell_somebody"]


def night_of(plan: Plan, report: RunReport | None, at: datetime) -> Night:
    """What a run brought that came to its end."""
    findings = (*plan.findings, *(report.findings if report else ()))
    found: tuple[Conflict | Finding, ...] = (*plan.conflicts, *findings)
    waiting = {waiting_key(one): _line(one) for one in found}
    return Night(at, None, waiting, report.written if report else 0)


def tell_somebody(
    opened: Opened, bot: Bot, settings: Unattended, night: Night, watch: Watch, untold: Callable[[Message], None]
) -> None:
    """Everybody whom the bot's TOML names hears what is new to them. What could not be sent is said to `untold`, and sent another night."""
    path = opened.folder / ".capitalise" / "told.json"
    after, every = timedelta(days=settings.tell_after_days), timedelta(days=settings.digest_days)
    for whom in settings.tell:
        found, told = notices(_read(path, bot.name, whom), night, bot.name, after, every)
        for notice in found:
            try:
                _send(opened, bot, settings, whom, notice, night.at, watch)
            except (CapitaliseError, Skip) as error:
                untold(N_("“%(whom)s” was not told: %(why)s", whom=whom, why=error.message))
                continue
            told = after_sending(told, notice)
            _write(path, bot.name, whom, told)
        _write(path, bot.name, whom, told)


def check_mail(opened: Opened) -> Message | None:
    """What is said of the mail server once it let us in; None where none is named. Raises CapitaliseError."""
    there = opened.settings.mail
    if there is None:
        return None
    from capitalise.web.mail import reach
    from capitalise.wikis.credentials import find_credentials

    reach(there, find_credentials("mail"))
    return N_("mails go out through %(server)s, from %(sender)s", server=there.server, sender=there.sender)


def _line(one: Conflict | Finding) -> Message:
    why = N_("the sheet and the wiki say different things") if isinstance(one, Conflict) else one.message
    title = one.title or (one.at.title or one.at.sheet if one.at else "")
    if one.field:
        return N_("%(title)s, %(field)s: %(why)s", title=title, field=one.field, why=why)
    return N_("%(title)s: %(why)s", title=title, why=why) if title else why


def _send(
    opened: Opened, bot: Bot, settings: Unattended, whom: str, notice: Notice, at: datetime, watch: Watch
) -> None:
    if "@" not in whom:
        _on_the_wiki(opened, bot, settings, normal_title(whom), notice, watch)
        return
    from capitalise.web.mail import send  # smtplib only where used
    from capitalise.wikis.credentials import find_credentials

    if opened.settings.mail is None:
        raise SettingsError(N_("capitalise.toml has no table [mail]"))
    language = opened.settings.language
    lines = [render(line, language) for line in notice.lines]
    lines += ["", render(N_("Workspace: %(folder)s", folder=opened.folder), language)]
    send(opened.settings.mail, find_credentials("mail"), whom, render(notice.subject, language), "\n".join(lines), at)


def _on_the_wiki(opened: Opened, bot: Bot, settings: Unattended, title: str, notice: Notice, watch: Watch) -> None:
    """A section at the end of a page, by the one writer. Raises Skip, CapitaliseError."""
    wiki, store = opened.wiki(bot.wiki), opened.store(bot.wiki)
    if title == stop_page(opened, wiki.key):
        raise Skip(N_("this is the page by which people stop the bot"))
    head = store.heads([title])[title]
    if head.invalid or head.redirect or (not head.revision and store.deleted_among([title])):
        raise Skip(N_("the page is a redirect, was deleted, or cannot be one"))
    page = store.revisions([head.revision]).get(head.revision) if head.revision else None
    if head.revision and page is None:
        raise Skip(N_("the page cannot be read"))
    old = (page.text or "") if page else ""
    section = "\n".join(_section(opened, wiki.key, wiki.language, notice, store.now()))
    new = f"{old.rstrip()}\n\n{section}" if old.strip() else section
    summary = render(notice.subject, wiki.language)
    run = new_run_id(store.now())
    change = PageChange(wiki.key, head.title, head.revision, old, new, summary)
    report = apply(opened, Plan(bot.name, run, store.now(), (change,)), watch, settings)
    if report.error:
        raise report.error
    if report.written != 1:
        raise WikiError(next((one.reason for one in report.pages if one.reason), N_("the page was not written")))


def _section(opened: Opened, key: str, language: str, notice: Notice, now: datetime) -> Iterator[str]:
    yield f"== {plain_text(render(notice.subject, language))} =="
    yield ""
    for line in notice.lines:
        yield f"* {plain_text(render(line, language))}"
    home = home_of(opened, key)
    yield f"[[:{home}]], {now:%Y-%m-%d %H:%M} (UTC)" if home else f"{now:%Y-%m-%d %H:%M} (UTC)"


# -- what is remembered -----------------------------------------------------------------------


def _read(path: Path, bot: str, whom: str) -> Told:
    """Nothing where the file is missing or damaged: then somebody hears a thing twice, and never not at all."""
    try:
        kept = json.loads(path.read_text("utf-8"))[bot][whom]
        return Told(
            kept["failed"],
            _time(kept["since"]),
            {key: datetime.fromisoformat(at) for key, at in kept["first"].items()},
            frozenset(kept["told"]),
            kept["written"],
            _time(kept["digest"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Told()


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _write(path: Path, bot: str, whom: str, told: Told) -> None:
    kept: Mapping[str, object] = {
        "failed": told.failed,
        "since": told.since and told.since.isoformat(),
        "first": {key: at.isoformat() for key, at in told.first.items()},
        "told": sorted(told.told),
        "written": told.written,
        "digest": told.digest and told.digest.isoformat(),
    }
    try:
        all_ = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        all_ = {}
    all_ = all_ if isinstance(all_, dict) else {}
    ours = all_.get(bot)
    all_[bot] = {**(ours if isinstance(ours, dict) else {}), whom: kept}
    path.parent.mkdir(exist_ok=True)
    write_safely(path, json.dumps(all_, ensure_ascii=False, indent=1).encode())
