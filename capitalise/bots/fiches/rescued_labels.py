"""Which words of a page are a field's label: the very words, what people said of them, or where only labels stand a few words around. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from capitalise.archives.shown import INSIDE, TITLE, LabelOf
from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.placing import Role, Target, heading_words, stems_of

__all__ = ["label_of_form"]

_SAID = (Role.FIELD, Role.IGNORED)
MOST_WORDS = 5  # of a label that holds the field's own
_TITLES = ("titre", "title", "ingredient", "nom de l ingredient", "titre de l ingredient", "page")


def label_of_form(form: FicheForm, said: Mapping[str, Target] | None = None) -> LabelOf:
    """Which words are the label of a field (its name), of a part of its sub-template, or of the title. `said` is what people said of headings,
    by `heading_words`; the rest is likeness: the very words, or where only labels stand a few words around one field's own."""
    fields = {f.name: _names(f.label, f.name) for f in form.fields}
    parts = {f"{f.name}{INSIDE}{n}": _names(p.label, p.name) for f in form.fields for n, p in enumerate(f.parts)}
    by_label = {f.label: f.name for f in form.fields}
    told = {words: by_label.get(target.name, "") for words, target in (said or {}).items() if target.role in _SAID}

    def label_of(words: str, sure: bool) -> str:
        bare = heading_words(words)
        mine = stems_of(bare) if bare else ()
        if bare in told:
            return told[bare]
        if exact := next((key for key, theirs in {**fields, **parts}.items() if mine and mine in theirs), ""):
            return exact
        if bare in _TITLES:
            return TITLE
        return _among(bare, mine) if sure and 1 < len(bare.split()) <= MOST_WORDS else ""

    def _among(bare: str, mine: Sequence[str]) -> str:
        """The one field, else the one part, of whose names a word is among these; of two the one that is said first."""
        for some in (fields, parts):
            found = [
                (mine_at, key) for key, theirs in some.items() for mine_at in [_where(bare, theirs)] if mine_at >= 0
            ]
            if some is fields and any(_where(bare, theirs) == 0 for theirs in parts.values()):
                continue  # `Lien vers l'outil` is about the link
            if found:
                return min(found)[1]
        return ""

    return label_of


def _where(bare: str, theirs: Iterable[Sequence[str]]) -> int:
    """Where among some words stands a name of one word, -1 for nowhere."""
    stems = [stems_of(word) for word in bare.split()]
    return next(
        (n for n, one in enumerate(stems) if one and any(len(name) == 1 and tuple(name) == one for name in theirs)), -1
    )


def _names(*names: str) -> set[tuple[str, ...]]:
    return {stems for name in names if (stems := stems_of(heading_words(name)))}
