"""A wiki without a server: no Semantic MediaWiki, no address, no other wikis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from capitalise.pages.revisions import LogEntry

__all__ = ["Secluded"]

#: What a page's title may begin with, as French and English wikis call it.
NAMESPACES = frozenset(
    [
        "utilisateur",
        "utilisatrice",
        "user",
        "discussion",
        "talk",
        "projet",
        "project",
        "fichier",
        "file",
        "image",
        "mediawiki",
        "modèle",
        "template",
        "aide",
        "help",
        "catégorie",
        "category",
        "formulaire",
        "form",
        "attribut",
        "property",
        "spécial",
        "special",
        "module",
    ]
)


class Secluded:
    """The part of `Reader` that only a server could answer."""

    def asked(self, query: str) -> Sequence[str] | None:
        return None

    def values_in_use(self, name: str) -> Sequence[str]:
        return ()

    def address(self) -> str:
        return ""

    def script(self) -> str:
        return ""

    def namespace_names(self) -> frozenset[str]:
        return NAMESPACES

    def log_of(self, title: str) -> Sequence[LogEntry]:
        return ()

    def under(self, title: str) -> Mapping[str, int]:
        return {}

    def titles(self, beginning: str) -> Sequence[str]:
        return ()

    def capital_links(self) -> bool:
        return True

    def interwiki(self) -> Mapping[str, str]:
        return {}
