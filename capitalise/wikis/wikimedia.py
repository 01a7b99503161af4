"""Which wikis are the Wikimedia Foundation's, whose rules for bots are stricter."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["is_wikimedia"]

_DOMAINS = (
    "wikipedia.org",
    "wikiversity.org",
    "wikibooks.org",
    "wiktionary.org",
    "wikisource.org",
    "wikiquote.org",
    "wikinews.org",
    "wikivoyage.org",
    "wikidata.org",
    "wikimedia.org",
    "wikifunctions.org",
    "mediawiki.org",
)


def is_wikimedia(address: str) -> bool:
    """By the host of its API, as meta.wikimedia.org/wiki/Complete_list_of_Wikimedia_projects names them."""
    host = (urlsplit(address).hostname or "").lower()
    return any(host == domain or host.endswith("." + domain) for domain in _DOMAINS)
