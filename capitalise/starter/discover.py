"""A wiki asked who it is and which forms it has, for a workspace of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from capitalise.clock import Clock
from capitalise.messages import Message
from capitalise.wikis.doctor import form_names
from capitalise.wikis.elsewhere import find_api
from capitalise.wikis.mediawiki import MediaWiki, open_mediawiki

__all__ = ["Discovered", "discover"]


@dataclass(frozen=True)
class Discovered:
    """A wiki's key for the settings, its API, its name, and its forms."""

    key: str
    api: str
    name: str
    forms: tuple[str, ...]


def discover(address: str, contact: str, clock: Clock, told: Callable[[Message], None]) -> Discovered:
    """Ask the wiki at `address`: its api.php, or any of its pages. Raises SettingsError, WikiError."""
    api = find_api(address, f"capitalise ({contact})")
    wiki = open_mediawiki("wiki", api, contact, clock, told)
    return Discovered(_key(wiki, api), api, str(wiki.general.get("sitename", "")), tuple(form_names(wiki)))


def _key(wiki: MediaWiki, api: str) -> str:
    """A short key from the wiki's name, else from its host."""
    words = re.findall(r"[a-z0-9]+", str(wiki.general.get("wikiid", "")).casefold())
    host = (urlsplit(api).hostname or "wiki").split(".")
    word = (
        words[0]
        if words and words[0] not in ("wiki", "mediawiki", "my_wiki")
        else host[-2]
        if len(host) > 1
        else host[0]
    )
    return word if re.fullmatch(r"[a-z][a-z0-9_]*", word) else "wiki"
