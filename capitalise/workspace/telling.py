"""Whoever looks after a bot is told, by mail or on a page of the wiki: each of them once, by what `.capitalise/told.json` remembers of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from capitalise.errors import CapitaliseError, SettingsError, Skip, Stop, WikiError
from capitalise.files import reason, write_safely
from capitalise.messages import N_, Message, render
from capitalise.pages.titles import normal_title
from capitalise.plans.model import PageChange, Plan
from capitalise.plans.run_ids import new_run_id
from capitalise.runs.notices import Night, Notice, Told, after_sending, notices
from capitalise.settings import BotSettings, Unattended
from capitalise.web.mail import MailServer
from capitalise.wikitext.plain import plain_text
from capitalise.workspace.manners import home_of, stop_page
from capitalise.workspace.opened import Opened
from capitalise.workspace.running import Watch, apply

__all__ = ["check_mail", "tell_somebody"]

#: Tags that hide, or show as typed, whatever stands behind them where they are not closed.
_OPENING = ("nowiki", "pre", "source", "syntaxhighlight", "includeonly")


def tell_somebody(
    opened: Opened,
    bot: BotSettings,
    settings: Unattended,
    night: Night,
    watch: Watch,
    untold: Callable[[Message], None],
) -> None:
    """Everybody whom the bot's TOML names hears what is new to them. What could not be sent is said to `untold`, and sent another night."""
    path = opened.folder / ".capitalise" / "told.json"
    for whom in settings.tell:
        try:
            _tell(opened, bot, settings, whom, night, watch, path)
        except (CapitaliseError, Skip) as error:
            untold(N_("“%(whom)s” was not told: %(why)s", whom=whom, why=error.message))
        except OSError as error:
            untold(N_("“%(whom)s” was not told: %(why)s", whom=whom, why=reason(error)))


def check_mail(there: MailServer) -> Message:
    """What is said of the mail server once it let us in. Raises CapitaliseError."""
    from capitalise.web.mail import reach
    from capitalise.wikis.credentials import find_credentials

    reach(there, find_credentials("mail"))
    return N_("mails go out through %(server)s, from %(sender)s", server=there.server, sender=there.sender)


def _tell(
    opened: Opened, bot: BotSettings, settings: Unattended, whom: str, night: Night, watch: Watch, path: Path
) -> None:
    """Raises CapitaliseError, Skip, OSError where something could not be sent: what was sent before it is remembered."""
    after, every = timedelta(days=settings.tell_after_days), timedelta(days=settings.digest_days)
    found, told = notices(_read(path, bot.name, whom), night, bot.name, after, every)
    _write(path, bot.name, whom, told)  # where nothing can be remembered, nothing is sent: it would be sent every night
    for notice in found:
        _send(opened, bot, settings, whom, notice, night, watch)
        told = after_sending(told, notice)
        _write(path, bot.name, whom, told)


def _send(
    opened: Opened, bot: BotSettings, settings: Unattended, whom: str, notice: Notice, night: Night, watch: Watch
) -> None:
    if "@" not in whom:
        if isinstance(night.failed, Stop):
            raise Skip(N_("the bot was stopped, and writes nowhere before it goes on"))
        _on_the_wiki(opened, bot, settings, normal_title(whom), notice, watch)
        return
    from capitalise.web.mail import send  # smtplib only where used
    from capitalise.wikis.credentials import find_credentials

    if opened.settings.mail is None:
        raise SettingsError(N_("capitalise.toml has no table [mail]"))
    language = opened.settings.language
    lines = [render(line, language) for line in notice.lines]
    lines += ["", render(N_("Workspace: %(folder)s", folder=opened.folder), language)]
    subject = render(notice.subject, language)
    send(opened.settings.mail, find_credentials("mail"), whom, subject, "\n".join(lines), night.at)


def _on_the_wiki(
    opened: Opened, bot: BotSettings, settings: Unattended, title: str, notice: Notice, watch: Watch
) -> None:
    """A section at the end of a page, by the one writer. Raises Skip, CapitaliseError."""
    wiki, store = opened.wiki(bot.wiki), opened.store(bot.wiki)
    where = stop_page(opened, wiki.key)
    heads = store.heads([title, where])  # as the wiki spells them
    head, stop = heads[title], heads[where]
    if head.title.casefold() == stop.title.casefold():
        raise Skip(N_("this is the page by which people stop the bot"))
    if head.invalid or head.redirect or (not head.revision and store.deleted_among([title])):
        raise Skip(N_("the page is a redirect, was deleted, or cannot be one"))
    page = store.revisions([head.revision]).get(head.revision) if head.revision else None
    if head.revision and page is None:
        raise Skip(N_("the page cannot be read"))
    old = (page.text or "") if page else ""
    if _ends_hidden(old):
        raise Skip(
            N_("the page ends in a comment or a <nowiki> that is not closed: nobody would see what stands behind it")
        )
    section = "\n".join(_section(opened, wiki.key, wiki.language, notice, store.now()))
    new = f"{old.rstrip()}\n\n{section}" if old.strip() else section
    change = PageChange(wiki.key, head.title, head.revision, old, new, render(notice.subject, wiki.language))
    plan = Plan(bot.name, new_run_id(store.now()), store.now(), (change,))
    report = apply(opened, plan, watch, settings)
    if report.error:
        raise report.error
    if report.written != 1:
        raise WikiError(next((one.reason for one in report.pages if one.reason), N_("the page was not written")))


def _ends_hidden(text: str) -> bool:
    """Whether a section at the end of a page would stand in a comment or a tag that is not closed; in time that grows as the text does."""
    small, shown, place = text.lower(), list[str](), 0
    while (at := small.find("<!--", place)) >= 0:
        shown.append(small[place:at])
        end = small.find("-->", at)
        if end < 0:
            return True
        place = end + 3
    seen = "".join((*shown, small[place:]))
    return any(seen.rfind(f"<{tag}>") > seen.rfind(f"</{tag}") for tag in _OPENING)


def _section(opened: Opened, key: str, language: str, notice: Notice, now: datetime) -> Iterator[str]:
    yield f"== {plain_text(render(notice.subject, language))} =="
    yield ""
    for line in notice.public:
        yield f"* {plain_text(render(line, language))}"
    home = home_of(opened, key)
    yield f"[[:{home}]], {now:%Y-%m-%d %H:%M} (UTC)" if home else f"{now:%Y-%m-%d %H:%M} (UTC)"


# -- what is remembered -----------------------------------------------------------------------


def _read(path: Path, bot: str, whom: str) -> Told:
    """Nothing where the file is missing or damaged: then somebody hears a thing twice, and never not at all."""
    try:
        kept = json.loads(path.read_text("utf-8"))[bot][whom]
        return Told(
            frozenset(map(str, kept["failed"])),
            _time(kept["since"]),
            _time(kept["last"]),
            {str(key): at for key, text in kept["first"].items() if (at := _time(text))},
            frozenset(map(str, kept["told"])),
            int(kept["written"]),
            _time(kept["digest"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Told()


def _time(text: str | None) -> datetime | None:
    """Raises ValueError for a time that does not say where it is valid."""
    at = datetime.fromisoformat(text) if text else None
    if at and at.tzinfo is None:
        raise ValueError(text)
    return at


def _write(path: Path, bot: str, whom: str, told: Told) -> None:
    """Raises OSError, CapitaliseError where it cannot be kept."""
    kept: Mapping[str, object] = {
        "failed": sorted(told.failed),
        "since": told.since and told.since.isoformat(),
        "last": told.last and told.last.isoformat(),
        "first": {key: at.isoformat() for key, at in told.first.items()},
        "told": sorted(told.told),
        "written": told.written,
        "digest": told.digest and told.digest.isoformat(),
    }
    path.parent.mkdir(exist_ok=True)
    try:
        with FileLock(path.with_suffix(".lock"), timeout=30):  # several bots may end in the same minute
            all_ = _all(path)
            ours = all_.get(bot)
            all_[bot] = {**(ours if isinstance(ours, dict) else {}), whom: kept}
            write_safely(path, json.dumps(all_, ensure_ascii=False, indent=1).encode())
    except Timeout as error:
        raise WikiError(N_("another bot holds %(file)s", file=path.name)) from error


def _all(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
