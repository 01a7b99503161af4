"""The checks of `doctor`, one after the other: settings, wikis, sheets."""

from __future__ import annotations

from collections.abc import Iterator

from capitalise.cli.copies import find_copies
from capitalise.cli.session import Session
from capitalise.errors import CapitaliseError
from capitalise.messages import N_, NP_
from capitalise.wikis.checkup import Check, check_wiki
from capitalise.wikis.mediawiki import MediaWiki
from capitalise.workspace import BotSettings, WikiSettings, is_address

__all__ = ["all_checks"]


def all_checks(session: Session, only: str | None = None) -> Iterator[tuple[str, Check]]:
    """Each check with the place it is about."""
    workspace = session.workspace
    if only:
        session.wiki_settings(only)
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
    for wiki in workspace.wikis.values():
        if only in (None, wiki.key):
            for check in _wiki(session, wiki):
                yield f"[wikis.{wiki.key}]", check
    for bot in workspace.bots.values():
        if only in (None, bot.wiki):
            for check in _bot(session, bot):
                yield f"bots/{bot.name}.toml", check


def _wiki(session: Session, wiki: WikiSettings) -> Iterator[Check]:
    if wiki.api and not session.workspace.contact:
        return
    try:
        store = session.store(wiki.key)
    except CapitaliseError as error:
        yield Check(False, error.message)
        return
    if wiki.write and (wiki.folder or store.account().id):
        yield from _people(session, wiki.key)
    if isinstance(store, MediaWiki):
        yield from check_wiki(store, write=wiki.write)
        if not wiki.write:
            yield Check(None, N_("read only for us (write = false)"))
    else:
        yield Check(True, N_("a wiki in the folder %(folder)s", folder=wiki.folder))


def _people(session: Session, key: str) -> Iterator[Check]:
    """Whether somebody stops the bot here, and where they would."""
    try:
        session.heed(key)
        yield Check(True, N_("people stop the bot by writing on “%(page)s”", page=session.stop_page(key)))
    except CapitaliseError as error:
        yield Check(False, error.message)


def _bot(session: Session, bot: BotSettings) -> Iterator[Check]:
    if bot.unattended and not session.workspace.operator:
        hint = N_("set “operator” in capitalise.toml, for example “[[Utilisateur:Camille Exemple]]”")
        yield Check(None, N_("runs by itself, and nobody is named to be told when it falls silent"), hint)
    for copy in find_copies(session.workspace.folder, bot):
        yield Check(False, N_("%(file)s: %(why)s", file=copy.at.sheet if copy.at else "", why=copy.message))
    try:
        tables = session.tables(bot)
        for table in tables:
            if not table.readonly:
                session.sheet(table.path, bot).refuse_if_open()
                session.sheet(table.path, bot).try_out()
            rows = NP_("%(count)d row", "%(count)d rows", len(table.rows))
            yield Check(True, N_("%(file)s: %(rows)s", file=table.path, rows=rows))
        if bot.sheets and not tables and not is_address(bot.sheets[0]):
            yield Check(None, N_("%(file)s does not exist yet: the first run makes it", file=bot.sheets[0]))
        asked = bot.form and (session.workspace.contact or not session.workspace.wikis[bot.wiki].api)
        missing = session.missing_form(bot) if asked else None
        if missing:
            yield Check(False, missing, N_("change “form” in this file"))
    except CapitaliseError as error:
        yield Check(False, error.message)
