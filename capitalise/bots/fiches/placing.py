"""Which piece of a document belongs to which field of which ingredient. Pure; what is only likely is a question, never an answer.

A piece names something by exact words, by what people said of its heading before (`Known.headings`), or by likeness: accents, plurals, order of
words and what is left out of a long title are forgiven. Where some pieces of one kind name ingredients, their sisters do too: new ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from capitalise.bots.fiches.form import FicheForm
from capitalise.forms.rules.choices import bare_words
from capitalise.notes.pieces import LINE, NUMBERED, SHORT, Piece
from capitalise.pages.titles import normal_title, title_problem

__all__ = [
    "Known",
    "Place",
    "Role",
    "Target",
    "by_itself",
    "heading_words",
    "nearest_title",
    "nobody",
    "place_pieces",
    "settled",
    "stems_of",
    "title_of",
]

Shape = frozenset[tuple[str, int, bool]]  # kind, level, and whether words stand behind the title on its line
ALIKE = 85  # of 100, from which it is taken where nobody can be asked
LIKELY = 72  # of 100, from which a title is asked about
SURE = 96  # words that differ by accents, plurals or order only


class Role(StrEnum):
    """What a piece is for."""

    STEP = "step"
    INGREDIENT = "ingredient"
    FIELD = "field"
    CONTENT = "content"
    IGNORED = "ignored"
    ASKED = "asked"  # it is likely something, and somebody has to say so
    UNPLACED = "unplaced"


@dataclass(frozen=True)
class Target:
    """What people said that a heading is: of a `role`, `name` being the step, the ingredient's title or the field's label; `title` is the
    ingredient's new title where the document's is taken."""

    role: Role
    name: str = ""
    title: str = ""


@dataclass(frozen=True)
class Known:
    """What can be named: the titles that there are, and what was said of headings, by `heading_words`. `nothing` are words that stand for words to
    come (`à compléter`)."""

    titles: tuple[str, ...]
    headings: Mapping[str, Target] = field(default_factory=dict)
    nothing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """A piece and where it goes: the ingredient, the field, the step it stands under. Of one that is ASKED, `near` is the ingredient (`like` says
    whether it is a step instead) that it is like, and `score` how much (100: the same); a new ingredient is near to nothing, its score says whether
    a field's label stands under it. `asked` are the words in question where they are not the whole piece. `said`: because somebody said so."""

    piece: Piece
    role: Role
    ingredient: str = ""
    label: str = ""
    step: str = ""
    text: str = ""
    near: str = ""
    score: int = 0
    like: Role = Role.INGREDIENT
    asked: str = ""
    said: bool = False

    @property
    def heading(self) -> str:
        """The words that it is asked by, without a number typed before them."""
        return NUMBERED.sub("", self.asked or self.piece.plain).strip(" :\u00a0")

    @property
    def words(self) -> str:
        """The same as they are compared."""
        return heading_words(self.heading)


@lru_cache(maxsize=1 << 14)
def heading_words(text: str) -> str:
    """A heading as it is compared: small letters, no accents, no number typed before it, no sign at its end."""
    return " ".join(re.findall(r"\w+", bare_words(NUMBERED.sub("", text.strip()))))


def place_pieces(pieces: Sequence[Piece], form: FicheForm, known: Known) -> list[Place]:
    """Every piece with its place, in the document's order."""
    named = [_named(piece, form, known) for piece in pieces]
    shape = _shape(named)
    step = form.step
    here = _Here(
        form.first_text.label if form.first_text else "", step.label if step else "", step.values if step else ()
    )
    return [here.place(_as_sister(named, number, shape, known), shape) for number in range(len(named))]


Answer = Callable[[Place], Target | None]


def settled(
    pieces: Sequence[Piece], form: FicheForm, known: Known, answer: Answer, *, at_once: bool = False
) -> tuple[list[Place], dict[str, Target]]:
    """Every piece with its place once what is only likely was asked, and what was answered, by the heading as it was typed; None is "not now".
    Each answer may settle others: questions come one by one, unless all are answered `at_once`."""
    said: dict[str, Target] = {}
    skipped: set[str] = set()
    while True:
        now = {**known.headings, **{heading_words(heading): target for heading, target in said.items()}}
        places = place_pieces(pieces, form, replace(known, headings=now))
        before = len(said)
        for place in places:
            if place.role is not Role.ASKED or place.words in skipped or place.words in now:
                continue
            target = answer(place)
            if target is None or (at_once and target.name in {one.name for one in said.values()}):
                skipped.add(place.words)  # two headings are one ingredient where a person says so only
                continue
            said[place.heading] = target
            if not at_once:
                break
        if len(said) == before:
            return places, said


def nobody(_place: Place) -> Target | None:
    """The answer where nobody can be asked."""
    return None


def by_itself(place: Place) -> Target | None:
    """The answer where nobody is asked: the same ingredient or step where words are much alike, a new one where a field's label stands under it."""
    if place.score < ALIKE:
        return None
    if place.like is Role.STEP:
        return Target(Role.STEP, place.near)
    title = place.near or title_of(place.asked or place.piece.plain)
    return Target(Role.INGREDIENT, title) if title else None


def title_of(words: str) -> str:
    """A heading as a page's title, "" where it can be none."""
    title = normal_title(NUMBERED.sub("", words).rstrip(" :.\u00a0"))
    return "" if title_problem(title) else title


def _as_sister(named: Sequence[Place], number: int, shape: Shape, known: Known) -> Place:
    """A piece that stands where ingredients are named, with words under it or behind its colon, is likely one too."""
    found = named[number]
    if found.role is not Role.UNPLACED or not _is_sister(found.piece, shape):
        return found
    head, rest = _head(found.piece)
    if rest and (found.piece.kind, found.piece.level, True) in shape:
        near, score = nearest_title(heading_words(head), known.titles, LIKELY)
        return replace(found, role=Role.ASKED, near=near, score=score, asked=head, text=rest)
    if not found.piece.titled or not _holds_something(named, number):
        return found
    near, score = _by_a_word(found.words, known.titles)
    sure = _has_label(named, number) and not NUMBERED.sub("", found.piece.plain)[:1].islower()
    return replace(found, role=Role.ASKED, near=near, score=score or ALIKE * sure)


@dataclass
class _Here:
    """Where a walk through the document is: the step, the ingredient that pieces stand under and how deep that stands, the field; whether people
    said to ignore what stands here; how deep a label with its words behind it stands, which speaks for nothing else as high."""

    first: str
    step_label: str = ""
    steps: tuple[str, ...] = ()
    step: str = ""
    ingredient: str = ""
    level: int = 0
    label: str = ""
    ignores: bool = False
    said_at: int = -1

    def place(self, found: Place, shape: Shape) -> Place:
        """The place of the next piece."""
        depth = _depth(found.piece)
        if found.role is Role.STEP:
            self.enter("", depth)
            self.step = found.step
        elif found.role is Role.INGREDIENT or (
            found.role is Role.ASKED and (found.text or _is_sister(found.piece, shape))
        ):
            self.enter(found.ingredient, depth)
            found = replace(found, label=self.first if found.text else "")
        elif found.role is Role.IGNORED and found.said and (depth <= self.level or not self.ingredient):
            self.enter("", depth)
            self.ignores = True
        elif found.role is Role.FIELD:
            found = self.field(found, depth)
        elif found.role is Role.UNPLACED:
            found = self.content(found, depth)
        return replace(found, step=found.step or self.step)

    def enter(self, ingredient: str, depth: int) -> None:
        self.ingredient, self.level, self.label, self.ignores, self.said_at = ingredient, depth, self.first, False, -1

    def field(self, found: Place, depth: int) -> Place:
        """A label, or with its words behind it."""
        if not self.ingredient:
            return replace(found, role=Role.UNPLACED, text="")
        if found.label == self.step_label:
            step = nearest_title(heading_words(found.text), self.steps, SURE)[0]
            if not step:
                return self.content(replace(found, role=Role.UNPLACED, label="", text=""), depth)
            return replace(found, role=Role.STEP, ingredient=self.ingredient, label="", step=step)
        self.label, self.said_at = found.label, depth if found.text else -1
        return replace(found, ingredient=self.ingredient if found.text else "")

    def content(self, found: Place, depth: int) -> Place:
        """Words that name nothing: they belong to what they stand under."""
        under = depth > self.level or found.piece.kind in ("text", "row")
        if under and self.ignores:
            return replace(found, role=Role.IGNORED)
        if under and self.ingredient and (self.said_at < 0 or depth > self.said_at or found.piece.kind != "text"):
            return replace(
                found, role=Role.CONTENT, ingredient=self.ingredient, label=self.label, text=found.piece.text
            )
        if depth <= self.level and found.piece.kind not in ("text", "row"):
            self.enter("", depth)
        return found


def _named(piece: Piece, form: FicheForm, known: Known) -> Place:
    """What a piece names by its own words; UNPLACED for none."""
    words = heading_words(piece.plain)
    if target := known.headings.get(words):
        return _as_said(piece, target)
    if words in known.nothing:
        return Place(piece, Role.IGNORED)
    if field_ := _labelled(piece, form):
        return field_
    if titled := _titled(piece, known):
        return titled
    if not piece.titled or not words:
        return Place(piece, Role.UNPLACED)
    step = form.step
    for value in step.values if step else ():
        if heading_words(value) == words:
            return Place(piece, Role.STEP, step=value)
    near, score = nearest_title(words, known.titles, LIKELY)
    steps, step_score = nearest_title(words, step.values if step else (), LIKELY)
    if not max(score, step_score):
        return Place(piece, Role.UNPLACED)
    if step_score > score:
        if step_score >= SURE:
            return Place(piece, Role.STEP, step=steps, score=step_score)
        return Place(piece, Role.ASKED, near=steps, score=step_score, like=Role.STEP)
    if score >= SURE:
        return Place(piece, Role.INGREDIENT, ingredient=near, score=score)
    return Place(piece, Role.ASKED, near=near, score=score)


def _as_said(piece: Piece, target: Target) -> Place:
    place = Place(piece, target.role, said=True)
    if target.role is Role.STEP:
        return replace(place, step=target.name)
    if target.role is Role.FIELD:
        return replace(place, label=target.name)
    return replace(place, ingredient=target.name) if target.role is Role.INGREDIENT else place


def _labelled(piece: Piece, form: FicheForm) -> Place | None:
    """A field's label alone, or before a colon with words behind it; there also among few others (`Lien vers l'outil : …`), or shortened."""
    behind = piece.colon and bool(piece.rest)
    head = piece.head if behind else piece.plain
    mine = stems_of(heading_words(head))
    if not mine or len(mine) > 3 or re.search(r"[0-9]", head):
        return None
    for one in form.fields:
        theirs = [stems_of(heading_words(name)) for name in (one.label, one.name)]
        among = behind and any(set(t) <= set(mine) for t in theirs if t)
        short = (
            behind
            and len(mine) == 1
            and len(mine[0]) > 1
            and any(t[0].startswith(mine[0]) for t in theirs if len(t) == 1)
        )
        if among or short or mine in theirs:
            return Place(piece, Role.FIELD, label=one.label, text=piece.rest if behind else "")
    return None


def _head(piece: Piece) -> tuple[str, str]:
    """The words that may be a title, and the others as wikitext; "" for both where the piece says one thing, or a sentence."""
    told = len(piece.rest) > LINE / 2 if piece.kind == "row" else bool(piece.rest)
    sentence = re.search(r"[.!?]\s", NUMBERED.sub("", piece.head))
    return (piece.head, piece.rest) if told and len(piece.head) <= SHORT and not sentence else ("", "")


def _titled(piece: Piece, known: Known) -> Place | None:
    """A title before a colon or in bold, its words behind it: `Choisir une licence : …`."""
    head, rest = _head(piece)
    words = heading_words(head)
    if not words or not rest:
        return None
    target = known.headings.get(words)
    if target:
        return replace(_as_said(piece, target), text=rest if target.role is Role.INGREDIENT else "", asked=head)
    near, score = nearest_title(words, known.titles, LIKELY)
    if score >= SURE:
        return Place(piece, Role.INGREDIENT, ingredient=near, score=score, text=rest)
    bold = not piece.colon and piece.kind != "row"
    return Place(piece, Role.ASKED, near=near, score=score, text=rest, asked=head) if score and bold else None


def nearest_title(words: str, titles: Iterable[str], least: int = 0) -> tuple[str, int]:
    """The title most like some words, and how much; ("", 0) for less than `least`, and where they share no word, typos forgiven."""
    from rapidfuzz import fuzz

    best, score = "", 0.0
    mine = stems_of(words)
    for title in titles:
        theirs = stems_of(heading_words(title))
        if mine == theirs:
            return title, 100
        if not set(mine) & set(theirs) and not any(
            abs(len(a) - len(b)) < 3 and fuzz.ratio(a, b) >= 85 for a in mine for b in theirs
        ):
            continue
        whole = min(94.0, max(fuzz.token_sort_ratio(words, heading_words(title)), _inside(mine, theirs)))
        if whole > score:
            best, score = title, whole
    return (best, round(score)) if score >= least else ("", 0)


def _by_a_word(words: str, titles: Sequence[str]) -> tuple[str, int]:
    """The title that alone has one of these words: likely enough to be asked about, and no more."""
    stems = {title: set(stems_of(heading_words(title))) for title in titles}
    for word in stems_of(words):
        having = [title for title, some in stems.items() if word in some]
        if len(word) >= 6 and len(having) == 1:
            return having[0], LIKELY
    return "", 0


_SMALL = frozenset(
    [
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "des",
        "de",
        "d",
        "du",
        "et",
        "a",
        "au",
        "aux",
        "en",
        "pour",
        "sur",
        "dans",
        "par",
        "son",
        "sa",
        "ses",
        "leur",
        "leurs",
    ]
)


@lru_cache(maxsize=1 << 14)
def stems_of(words: str) -> tuple[str, ...]:
    """The words that say something, without the signs of plurals, in alphabetical order."""
    return tuple(sorted(re.sub(r"(?<=\w{3})(?:s|x)$", "", word) for word in words.split() if word not in _SMALL))


def _inside(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """How much of the shorter title stands in the longer one: what is left out is forgiven, two words at least."""
    short, long = sorted((mine, theirs), key=len)
    both = Counter(short) & Counter(long)
    return 88.0 * sum(both.values()) / len(short) if len(short) >= 2 else 0.0


def _shape(named: Sequence[Place]) -> Shape:
    """How the pieces that name ingredients look; a paragraph only where two do."""
    some = Counter((p.piece.kind, p.piece.level, bool(p.text)) for p in named if p.role is Role.INGREDIENT)
    return frozenset(one for one, times in some.items() if times >= 2 or (len(some) == 1 and one[0] != "text"))


def _is_sister(piece: Piece, shape: Shape) -> bool:
    return any((piece.kind, piece.level, behind) in shape for behind in (False, True))


def _holds_something(named: Sequence[Place], number: int) -> bool:
    """Whether words stand under a piece: a name without any may be anything."""
    after = named[number + 1] if number + 1 < len(named) else None
    if after is not None and after.role is Role.FIELD:
        return True
    under = after is not None and after.role is Role.UNPLACED
    return (
        under
        and after is not None
        and (_depth(after.piece) > _depth(named[number].piece) or after.piece.kind in ("text", "row"))
    )


def _has_label(named: Sequence[Place], number: int) -> bool:
    """Whether a field's label stands under a piece, before the next one of its kind."""
    mine = named[number].piece
    for one in named[number + 1 :]:
        if one.role is Role.FIELD:
            return True
        if (one.piece.kind, one.piece.level) == (mine.kind, mine.level) and one.piece.titled:
            return False
    return False


def _depth(piece: Piece) -> int:
    """Headings stand above everything, items of lists as deep as they are."""
    return piece.level if piece.kind == "heading" else 10 + piece.level
