"""How the wikis of a workspace are written to: pace, signature, the page by which people stop a bot."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from capitalise.messages import N_, render
from capitalise.plans.model import Plan
from capitalise.runs.etiquette import Etiquette, obey
from capitalise.runs.writer import CHECK_EVERY_SECONDS
from capitalise.settings import Unattended, WikiSettings
from capitalise.workspace.opened import Opened

__all__ = ["etiquette", "heed", "home_of", "seconds", "stop_page", "whom"]

USUAL_INTERVAL = 1.0  # seconds between two edits
WIKIMEDIA_INTERVAL = 15.0


def stop_page(opened: Opened, key: str) -> str:
    """The page on which people stop the bot on a wiki."""
    return opened.wiki(key).stop_page or opened.store(key).stop_page()


def home_of(opened: Opened, key: str) -> str:
    """The page beside the stop page under which the bot may have pages of its own; "" where nobody is logged in."""
    return stop_page(opened, key).rpartition("/")[0] if opened.store(key).account().id else ""


def heed(opened: Opened, key: str) -> None:
    """Raises StoppedByPerson where somebody stopped the bot on a wiki, or wrote to it; what was asked as lately as the writer
    would have it is not asked again."""
    now, store = opened.clock.seconds(), opened.store(key)
    if now - opened.heeded.get(key, float("-inf")) >= CHECK_EVERY_SECONDS:
        obey(store.preflight([], opened.wiki(key).stop_page), store)
        opened.heeded[key] = now


def whom(opened: Opened, wiki: WikiSettings) -> str:
    """Whom to tell when the bot is silent, as wikitext: no e-mail address on a public page."""
    public = opened.settings.contact if "@" not in opened.settings.contact else ""
    somebody = render(N_("whoever runs it"), wiki.language)
    return opened.settings.operator or public or _signature(opened, wiki) or somebody


def etiquette(opened: Opened, key: str, unattended: Unattended | None = None) -> Etiquette:
    """How a wiki is written to."""
    wiki = opened.wiki(key)
    quiet = timedelta(minutes=unattended.quiet_minutes) if unattended else timedelta()
    why = "|" + render(N_("why?"), wiki.language)
    return Etiquette(_interval(opened, wiki), wiki.stop_page, quiet, _signature(opened, wiki, why), wiki.language)


def _interval(opened: Opened, wiki: WikiSettings) -> float:
    """Seconds between two edits: what the TOML says, else the pace that Wikimedia's wikis ask of bots without a flag."""
    if wiki.edit_interval is not None:
        return max(wiki.edit_interval, opened.least_interval)
    from capitalise.wikis.wikimedia import is_wikimedia

    slow = is_wikimedia(wiki.api) and "bot" not in opened.store(wiki.key).account().rights
    return max(WIKIMEDIA_INTERVAL if slow else USUAL_INTERVAL, opened.least_interval)


def _signature(opened: Opened, wiki: WikiSettings, label: str = "") -> str:
    """Who runs the bot, and where its page is, under its title or another label."""
    operator = opened.settings.operator
    if wiki.folder:
        return operator
    page = wiki.help_page or opened.store(wiki.key).stop_page().rpartition("/")[0]
    return f"[[:{page}{label}]]" + (f" ({operator})" if operator else "")


def seconds(opened: Opened, plan: Plan) -> float:
    """How long carrying out a plan takes at the wikis' pace, at least."""
    wikis = opened.settings.wikis
    times = Counter(change.wiki for change in plan.pages if change.wiki in wikis)
    return sum((count - 1) * _interval(opened, wikis[key]) for key, count in times.items())
