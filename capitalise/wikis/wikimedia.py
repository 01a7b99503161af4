"""Which wikis are the Wikimedia Foundation's, whose rules for bots are stricter, and how they name each other."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["is_wikimedia", "sister_prefixes"]

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


#: The prefixes of the projects, short and long (meta.wikimedia.org/wiki/Interwiki_map).
_PROJECTS = {
    "wikipedia": "w",
    "wikiversity": "v",
    "wikibooks": "b",
    "wiktionary": "wikt",
    "wikisource": "s",
    "wikiquote": "q",
    "wikinews": "n",
    "wikivoyage": "voy",
}
_LANGUAGES = ("fr", "en", "de", "es", "it", "pt", "nl", "oc", "br", "eu", "ca")
_ALONE = {"commons": "commons.wikimedia.org", "c": "commons.wikimedia.org", "meta": "meta.wikimedia.org"}
_ALONE |= {
    "m": "meta.wikimedia.org",
    "d": "www.wikidata.org",
    "wikidata": "www.wikidata.org",
    "mw": "www.mediawiki.org",
}


def sister_prefixes(host: str) -> dict[str, str]:
    """The prefixes by which a Wikimedia wiki (`fr.wikiversity.org`) names others: the projects in its language, its project
    in other languages, and those without a language. None for other wikis."""
    language, _dot, rest = host.partition(".")
    project = rest.removesuffix(".org")
    if project not in _PROJECTS:
        return {}
    hosts = {prefix: f"{language}.{name}.org" for name, short in _PROJECTS.items() for prefix in (short, name)}
    hosts |= {other: f"{other}.{project}.org" for other in _LANGUAGES} | _ALONE
    return {prefix: f"https://{one}/wiki/$1" for prefix, one in hosts.items()}
