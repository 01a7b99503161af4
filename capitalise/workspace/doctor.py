"""The checks of `doctor`, one after the other: settings, wikis, sheets."""

from __future__ import annotations

from collections.abc import Iterator

from capitalise.errors import CapitaliseError
from capitalise.messages import N_, NP_
from capitalise.plans.model import Check
from capitalise.settings import BotSettings, WikiSettings
from capitalise.sheets.names import is_address
from capitalise.web.mail import MailServer
from capitalise.wikis.doctor import check_wiki
from capitalise.wikis.mediawiki import MediaWiki
from capitalise.workspace.copies import find_copies
from capitalise.workspace.manners import heed, stop_page
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.planning import task_for
from capitalise.workspace.telling import check_mail

__all__ = ["all_checks"]


def all_checks(opened: Opened, only: str | None = None) -> Iterator[tuple[str, Check]]:
    """Each check with the place it is about."""
    workspace = opened.settings
    if only:
        opened.wiki(only)
    yield (
        "capitalise.toml",
        Check(
            True,
            N_(
                "wikis: %(wikis)s; bots: %(bots)s",
                wikis=", ".join(workspace.wikis) or "–",
                bots=", ".join(workspace.bots) or "–",
            ),
        ),
    )
    if not workspace.contact:
        online = any(workspace.wikis[bot.wiki].api for bot in workspace.bots.values())
        hint = N_("set “contact” to an address or page where the wikis' people reach you")
        yield "capitalise.toml", Check(False if online else None, N_("no contact is given"), hint)
    if workspace.mail and not only:
        yield "[mail]", _mail(workspace.mail)
    for wiki in workspace.wikis.values():
        if only in (None, wiki.key):
            for check in _wiki(opened, wiki):
                yield f"[wikis.{wiki.key}]", check
    for bot in workspace.bots.values():
        if only in (None, bot.wiki):
            for check in _bot(opened, bot):
                yield f"bots/{bot.name}.toml", check


def _mail(there: MailServer) -> Check:
    """Whether the mail server lets us in; nothing is sent."""
    try:
        return Check(True, check_mail(there))
    except CapitaliseError as error:
        hint = N_(
            "the name and the password: CAPITALISE_MAIL_USER and CAPITALISE_MAIL_PASSWORD, or the table [mail] of credentials.toml"
        )
        return Check(False, error.message, hint)


def _wiki(opened: Opened, wiki: WikiSettings) -> Iterator[Check]:
    if wiki.api and not opened.settings.contact:
        return
    try:
        store = opened.store(wiki.key)
    except CapitaliseError as error:
        yield Check(False, error.message)
        return
    if wiki.write and (wiki.folder or store.account().id):
        yield from _people(opened, wiki.key)
    if isinstance(store, MediaWiki) and store.api.address != wiki.api:
        line = N_('write into its table in capitalise.toml: api = "%(api)s"', api=store.api.address)
        yield Check(
            None, N_("%(address)s is a page of this wiki; its API was found from there", address=wiki.api), line
        )
    if isinstance(store, MediaWiki) and (there := store.api.moved_to):
        line = N_('write into its table in capitalise.toml: api = "%(api)s"', api=there)
        yield Check(
            None,
            N_(
                "%(address)s sends us to %(there)s: pages can be read, nothing is sent there",
                address=wiki.api,
                there=there,
            ),
            line,
        )
    if isinstance(store, MediaWiki):
        yield from check_wiki(store, write=wiki.write)
        if not wiki.write:
            yield Check(None, N_("read only for us (write = false)"))
    elif wiki.archive:
        yield from _archive(opened, wiki)
    elif wiki.dump:
        yield Check(True, N_("a dump in the file %(file)s: read only", file=wiki.dump))
    else:
        yield Check(True, N_("a wiki in the folder %(folder)s", folder=wiki.folder))


def _archive(opened: Opened, wiki: WikiSettings) -> Iterator[Check]:
    """An archive shows pages, not what was typed: where somebody has a dump, that comes first."""
    count = len(opened.archive(wiki.key).files.kept().pages)
    pages = NP_("%(count)d page here", "%(count)d pages here", count)
    yield Check(
        bool(count or "://" in wiki.archive),
        N_("a read-only archive: %(where)s (%(pages)s)", where=wiki.archive, pages=pages),
    )
    yield Check(
        None,
        N_("an archive shows what templates made of people's words, not what they typed"),
        N_('ask whoever kept the wiki for an XML dump first (dump = "file.xml"): it holds every word and every author'),
    )


def _people(opened: Opened, key: str) -> Iterator[Check]:
    """Whether somebody stops the bot here, and where they would."""
    try:
        heed(opened, key)
        yield Check(True, N_("people stop the bot by writing on “%(page)s”", page=stop_page(opened, key)))
    except CapitaliseError as error:
        yield Check(False, error.message)


def _bot(opened: Opened, settings: BotSettings) -> Iterator[Check]:
    if settings.unattended and not opened.settings.operator:
        hint = N_("set “operator” in capitalise.toml, for example “[[Utilisateur:Camille Exemple]]”")
        yield Check(None, N_("runs by itself, and nobody is named to be told when it falls silent"), hint)
    if not opened.knows(settings.kind):
        why = N_(
            "its kind is a program of this workspace, bots/%(kind)s.py, to which nobody here said yes: it is not run to be checked",
            kind=settings.kind,
        )
        hint = N_(
            "read it, then say yes to it as the user who runs the bot: capitalise plan %(bot)s", bot=settings.name
        )
        yield Check(False if settings.unattended else None, why, hint)
        return
    try:
        bot = opened.of(settings)
    except CapitaliseError as error:
        yield Check(False, error.message)
        return
    for copy in find_copies(opened.folder, bot):
        yield Check(False, N_("%(file)s: %(why)s", file=copy.at.sheet if copy.at else "", why=copy.message))
    try:
        yield from _sheets(opened, bot)
        if opened.settings.contact or not opened.wiki(bot.wiki).api:
            yield from bot.kind.checks(bot.options, task_for(opened, bot))
    except CapitaliseError as error:
        yield Check(False, error.message)


def _sheets(opened: Opened, bot: Bot) -> Iterator[Check]:
    tables = opened.tables(bot)
    for table in tables:
        if not table.readonly:
            opened.sheet(table.path, bot).refuse_if_open()
            opened.sheet(table.path, bot).try_out()
        rows = NP_("%(count)d row", "%(count)d rows", len(table.rows))
        yield Check(True, N_("%(file)s: %(rows)s", file=table.path, rows=rows))
    names = bot.sheets.names
    if names and not tables and not is_address(names[0]):
        yield Check(None, N_("%(file)s does not exist yet: the first run makes it", file=names[0]))
