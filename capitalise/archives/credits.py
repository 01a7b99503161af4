"""Whose a picture is, by the archived page of its file: author and licence as people wrote them there."""

from __future__ import annotations

import unicodedata

from capitalise.archives.elements import plain
from capitalise.archives.page import SavedPage
from capitalise.archives.shown import read_shown

__all__ = ["credit_of"]

_AUTHOR = (
    "auteur",
    "auteurs",
    "auteur(s)",
    "author",
    "authors",
    "credit",
    "credits",
    "photographe",
    "creator",
    "createur",
)
_LICENCE = ("licence", "licences", "license", "permission", "conditions d'utilisation", "droits", "rights", "licensing")


def credit_of(page: SavedPage) -> tuple[str, str]:
    """Author and licence, "" for what the page does not say."""

    def label_of(words: str, colon: bool) -> str:
        bare = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode().strip()
        return "author" if bare in _AUTHOR else "licence" if bare in _LICENCE else ""

    said = {"author": "", "licence": ""}
    for entry in read_shown(page.content, label_of):
        for key, some in entry.values:
            said[key] = said.get(key) or " ".join(filter(None, map(plain, some)))
    return said["author"], said["licence"]
