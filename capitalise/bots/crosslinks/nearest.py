"""Which page a title without a page may have meant: the same letters, one slip of the keyboard, another namespace or wiki.

Titles with other numbers are never near: a page of a series that is not written yet is no typo. Nor is another word: a slip is one letter in one
word that stands in no title of the wiki, and that is no month.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from capitalise.bots.crosslinks.known import Titles
from capitalise.forms.rules.dates import MONTHS
from capitalise.messages import N_, Message
from capitalise.pages.addresses import Place
from capitalise.pages.titles import one_slip, sort_key

__all__ = ["Near", "likeness", "nearest", "nearest_section"]

#: Words of a calendar, of which one letter makes other ones.
_CALENDAR = frozenset(
    [sort_key(name) for names in MONTHS.values() for name in names]
    + ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
)

ALONE = 8  # letters of a word that is a whole title: `Poisson` is no slip of `Poison`
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
Names = Mapping[str, Titles]
NOTHING = Titles(())


@dataclass(frozen=True)
class Near:
    """The single near page, what the difference is, how near of 100, and the rule that says so."""

    place: Place
    why: Message
    score: float
    rule: str


def nearest(place: Place, names: Names) -> Near | None:
    """The one page among those that are known (by wiki) that a place may mean; None where there is none, or
    more than one."""
    return _by_letters(place, names) or _elsewhere(place, names) or _by_slip(place, names) or _below(place, names)


def likeness(title: str, other: str) -> float:
    """How alike two titles are, by letters alone, of 100."""
    return round(fuzz.ratio(sort_key(title), sort_key(other)), 1)


def nearest_section(section: str, others: Iterable[str]) -> tuple[float, str]:
    """The one of some sections that has the same letters, or is a slip away, and how near it is; nothing where there is none, or more."""
    there = list(dict.fromkeys(others))
    words = {word for one in there for word in sort_key(one).split()}
    same = [one for one in there if sort_key(one) == sort_key(section)]
    near = same or [one for one in there if _slipped(sort_key(section), sort_key(one), words)]
    return (likeness(section, near[0]), near[0]) if len(near) == 1 else (0.0, "")


def _by_letters(place: Place, names: Names) -> Near | None:
    known = names.get(place.wiki, NOTHING)
    found = known.of(place.title)
    if len(found) != 1 or (not _is_variant(place.title, found[0]) and known.a_letter_away(sort_key(place.title))):
        return None  # `Le marche` may have meant `Le marché`, or `La marche`
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
    if found := list(_in_namespaces(place.title, names.get(place.wiki, NOTHING))):
        why = N_("“%(near)s” is there", near=found[0])
        return (
            Near(Place(place.wiki, found[0], place.section), why, 100.0, "wrong-namespace") if len(found) == 1 else None
        )
    others = [(wiki, title) for wiki in names if wiki != place.wiki for title in names[wiki].of(place.title)]
    if len(others) != 1:
        return None
    ((wiki, title),) = others
    why = N_("“%(wiki)s” has a page “%(near)s”", wiki=wiki, near=title)
    return Near(Place(wiki, title, place.section), why, 100.0, "wrong-wiki")


def _in_namespaces(title: str, known: Titles) -> Iterator[str]:
    key, prefix = sort_key(title), title.partition(":")[0] if re.match(r"[^:]*[^\s:]:", title) else ""
    if prefix.casefold().split(" ")[0] in _NEVER or "::" in title:
        return
    bare = sort_key(title.partition(":")[2]) if prefix else key
    for name in dict.fromkeys((key, bare)):
        others = known.in_namespaces(name)
        yield from (t for t in others if t.partition(":")[0].casefold().split(" ")[0] not in _NEVER)
    yield from known.by_letters.get(bare, ()) if prefix else ()


def _by_slip(place: Place, names: Names) -> Near | None:
    """The one title that is a slip of the keyboard away, in a word that no title has."""
    key = sort_key(place.title)
    found = names.get(place.wiki, NOTHING).a_slip_away(key)
    near = [title for title in found if not _of_calendar(key, sort_key(title))]
    if " " not in key and len(key) < ALONE:
        near = [title for title in near if " " in sort_key(title)]  # but for a blank, short words alone are other words
    if len(near) != 1 or near[0].count("/") != place.title.count("/"):
        return None
    why = N_("“%(near)s” is near", near=near[0])
    return Near(Place(place.wiki, near[0], place.section), why, likeness(place.title, near[0]), "misspelt-target")


def _of_calendar(key: str, theirs: str) -> bool:
    """Whether a month or a day became another one: no slip."""
    pair = one_slip(key, theirs)
    return pair is not None and {*pair} <= _CALENDAR


def _slipped(key: str, theirs: str, words: Collection[str]) -> bool:
    """Whether a section, by its letters alone, is another one but for a slip, and no word of its own makes it another (`words` are those
    of all)."""
    if key != theirs and key.replace(" ", "") == theirs.replace(" ", ""):
        return True  # a blank too many or too few
    pair = one_slip(key, theirs)
    return pair is not None and not {*pair} <= _CALENDAR and pair[0] not in words


def _below(place: Place, names: Names) -> Near | None:
    """The one subpage of this very name, where somebody left out the page above."""
    key = sort_key(place.title)
    if "/" in place.title or ":" in place.title or not key:
        return None
    found = names.get(place.wiki, NOTHING).below(key)
    if len(found) != 1:
        return None
    why = N_("“%(near)s” is there", near=found[0])
    return Near(Place(place.wiki, found[0], place.section), why, 100.0, "misspelt-target")


def _difference(title: str, other: str) -> Message:
    """In what two titles of the same letters differ."""
    if title.casefold() == other.casefold():
        return N_("capitals")
    if _without_accents(title) == _without_accents(other):
        return N_("accents")
    return N_("signs (apostrophes, dashes, spaces)")


def _without_accents(title: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(c))
