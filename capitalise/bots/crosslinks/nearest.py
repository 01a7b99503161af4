"""Which page a title without a page may have meant: the same letters, one slip of the keyboard, another namespace or wiki.

Titles with other numbers are never near: a page of a series that is not written yet is no typo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from capitalise.messages import N_, Message
from capitalise.pages.addresses import Place
from capitalise.pages.titles import sort_key

__all__ = ["Near", "likeness", "nearest", "nearest_section"]

NEAR = 80.0  # of 100, by letters alone
CLEAR = 5.0  # by how much the nearest must be nearer than the next

#: Namespaces whose pages are never meant by a title without them.
_NEVER = {
    "user",
    "utilisateur",
    "utilisatrice",
    "talk",
    "discussion",
    "project",
    "projet",
    "template",
    "modèle",
    "help",
    "aide",
}
_NEVER |= {"file", "fichier", "mediawiki", "module", "category", "catégorie", "special", "spécial"}
Names = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Near:
    """The single near page, what the difference is, how near of 100, and the rule that says so."""

    place: Place
    why: Message
    score: float
    rule: str


def nearest(place: Place, names: Names) -> Near | None:
    """The one page among those that are known (by wiki and letters) that a place may mean; None where there is none, or
    more than one."""
    return _by_letters(place, names) or _elsewhere(place, names) or _by_likeness(place, names)


def likeness(title: str, other: str) -> float:
    """How alike two titles are, by letters alone, of 100."""
    return round(fuzz.ratio(sort_key(title), sort_key(other)), 1)


def nearest_section(section: str, others: Iterable[str]) -> tuple[float, str]:
    """The nearest of some sections and how near it is; nothing where none is near."""
    alike = [one for one in others if _numbers(sort_key(one)) == _numbers(sort_key(section))]
    score, near = max(((likeness(section, one), one) for one in alike), default=(0.0, ""))
    return (score, near) if score >= NEAR else (0.0, "")


def _by_letters(place: Place, names: Names) -> Near | None:
    found = names.get(place.wiki, {}).get(sort_key(place.title), ())
    if len(found) != 1:
        return None
    why = N_("“%(near)s” is there: other %(what)s", near=found[0], what=_difference(place.title, found[0]))
    rule = "variant-target" if _is_variant(place.title, found[0]) else "misspelt-target"
    return Near(Place(place.wiki, found[0], place.section), why, 100.0, rule)


def _is_variant(title: str, other: str) -> bool:
    """Whether two titles differ by nothing that tells words apart: apostrophes, blanks, dashes between letters. `Marche` and
    `Marché`, `SEL` and `Sel`, `Commune` and `commune`, `Niveau 1` and `Niveau -1` are other words."""
    return _plain(title) == _plain(other)


def _plain(title: str) -> str:
    joined = re.sub(r"(?<=[^\W\d_])[-‐‑‒–—−](?=[^\W\d_])", " ", title.replace("_", " "))
    return " ".join(re.sub("[’ʼ‘`´]", "'", joined).split())


def _elsewhere(place: Place, names: Names) -> Near | None:
    """The same name in another namespace, or on another wiki."""
    if found := list(_in_namespaces(place.title, names.get(place.wiki, {}))):
        why = N_("“%(near)s” is there", near=found[0])
        return (
            Near(Place(place.wiki, found[0], place.section), why, 100.0, "wrong-namespace") if len(found) == 1 else None
        )
    key = sort_key(place.title)
    others = [(wiki, title) for wiki in names if wiki != place.wiki for title in names[wiki].get(key, ())]
    if len(others) != 1:
        return None
    ((wiki, title),) = others
    why = N_("“%(wiki)s” has a page “%(near)s”", wiki=wiki, near=title)
    return Near(Place(wiki, title, place.section), why, 100.0, "wrong-wiki")


def _in_namespaces(title: str, known: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    key, prefix = sort_key(title), title.partition(":")[0] if ":" in title else ""
    if prefix.casefold().split(" ")[0] in _NEVER or "::" in title:
        return
    bare = sort_key(title.partition(":")[2]) if prefix else key
    for theirs, titles in known.items():
        if theirs.endswith((key, bare)):
            others = (t for t in titles if ":" in t and t.partition(":")[0].casefold().split(" ")[0] not in _NEVER)
            yield from (t for t in others if sort_key(t.partition(":")[2]) in (key, bare))
            yield from (t for t in titles if prefix and theirs == bare and t)


def _by_likeness(place: Place, names: Names) -> Near | None:
    key = sort_key(place.title)
    found = process.extract(key, names.get(place.wiki, {}).keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=6)
    titles = [title for theirs, _score, _index in found for title in names[place.wiki][theirs]]
    scored = sorted(((_name_likeness(place.title, title), title) for title in titles), reverse=True)
    near = [(score, title) for score, title in scored if score >= NEAR and _numbers(sort_key(title)) == _numbers(key)]
    if not near or (len(near) > 1 and near[0][0] < near[1][0] + CLEAR):
        return None
    score, title = near[0]
    why = N_("“%(near)s” is near", near=title)
    return Near(Place(place.wiki, title, place.section), why, score, "misspelt-target")


def _name_likeness(title: str, other: str) -> float:
    """As alike as their least alike part: pages of one book are not alike for being in it."""
    mine, theirs = title.split("/"), other.split("/")
    if len(mine) != len(theirs):
        return min(likeness(title, other), likeness(mine[-1], theirs[-1]))
    return min(likeness(one, its) for one, its in zip(mine, theirs, strict=True))


def _numbers(words: str) -> list[str]:
    """What tells the pages of a series apart: digits, Roman numerals, single letters."""
    return re.findall(r"[0-9]+|\b(?:[ivxlc]+|\w)\b", words)


def _difference(title: str, other: str) -> Message:
    """In what two titles of the same letters differ."""
    if title.casefold() == other.casefold():
        return N_("capitals")
    if _without_accents(title) == _without_accents(other):
        return N_("accents")
    return N_("signs (apostrophes, dashes, spaces)")


def _without_accents(title: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(c))
