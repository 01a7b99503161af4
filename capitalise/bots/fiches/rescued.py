"""The pages of a form as an archive shows them, as rows again: which label is which field, which words are whose value.

An archive holds what templates made of the values, not the values: they are read from their labels, as a person would. What fits no field
is kept apart with its place, never left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any

import lxml.html

from capitalise.archives.elements import plain
from capitalise.archives.page import SavedPage, words_of
from capitalise.archives.shown import INSIDE, TITLE, Entry, LabelOf, read_shown
from capitalise.archives.wikitext import to_wikitext
from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.bots.fiches.placing import SURE, Target, heading_words, nearest_title
from capitalise.bots.fiches.rescued_labels import label_of_form
from capitalise.bots.fiches.rescued_tools import Tool, tools_in
from capitalise.forms.schema import Kind
from capitalise.pages.titles import normal_title, title_problem
from capitalise.wikitext.instances import BREAK

__all__ = ["Left", "Rescued", "RescuedRow", "merged_rows", "read_fiches"]

_BAR = re.compile(r"(\[\[[^\[\]]*\]\]|\{\{[^{}]*\}\})|\|")
#: Values that are no running text: read without markup.
_BARE = (Kind.CHOICE, Kind.DATE, Kind.NUMBER, Kind.BOOLEAN, Kind.EMAIL, Kind.URL)


@dataclass(frozen=True)
class Left:
    """Words that belong to no field: the page and the title they stand under, the label before them ("" for none), as wikitext."""

    page: str
    title: str
    label: str
    text: str


@dataclass
class RescuedRow:
    """A page of the form: cells by the field's name, the archive's page it was read from, and whether that is its own."""

    title: str
    page: str
    own: bool = False
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rescued:
    """What a page of the archive gives."""

    page: SavedPage
    rows: Sequence[RescuedRow]
    left: Sequence[Left]
    unknown: Sequence[str] = ()  # what stands where labels do, and is none that anybody knows
    guessed: Mapping[str, str] = field(default_factory=dict)  # labels that are only like a field's, with its name


# -- pages ------------------------------------------------------------------------------------


class _Pieces:
    """What is to be turned into wikitext: all pieces of many pages at once, known by their numbers."""

    def __init__(self) -> None:
        self.pieces: list[tuple[list[Any], Mapping[str, Any]]] = []

    def add(self, elements: Sequence[Any], notes: Mapping[str, Any]) -> int:
        self.pieces.append((list(elements), notes))
        return len(self.pieces) - 1


@dataclass(frozen=True)
class _Value:
    """A value by the number of its piece, its words without markup, and the tools that it holds."""

    key: str
    piece: int
    words: str = ""
    tools: tuple[Tool[int], ...] = ()


@dataclass
class _Row:
    title: str
    own: bool
    values: list[_Value]


@dataclass
class _Page:
    page: SavedPage
    rows: list[_Row] = field(default_factory=list)
    left: list[tuple[str, str, int]] = field(default_factory=list)
    unknown: Sequence[str] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)
    labels: Sequence[str] = ()
    words: Sequence[str] = ()


def read_fiches(
    pages: Iterable[SavedPage], form: FicheForm, categories: frozenset[str], said: Mapping[str, Target] | None = None
) -> Iterator[Rescued]:
    """What each page gives that the form filled, or that shows several such; pages of no fiche are left out. `categories` are those that the
    form's template puts its pages into, `said` what people said of labels. Raises SheetError, SettingsError where pandoc is missing."""
    label_of, pieces = label_of_form(form, said), _Pieces()
    read = [
        _Reader(page, form, pieces, label_of).read(entries, mine=bool(set(page.categories) & categories))
        for page in pages
        if (entries := _entries(page, label_of, categories))
    ]
    texts = to_wikitext(pieces.pieces)
    for one in read:
        rows = [_settled(row, one.page.title, form, texts) for row in one.rows]
        left = [Left(one.page.title, title, label, texts[piece]) for title, label, piece in one.left if texts[piece]]
        left += [Left(row.page, row.title, label, text) for row, more in rows for label, text in more]
        left += _nowhere(one, [row for row, _more in rows], left)
        yield Rescued(one.page, [row for row, _more in rows], left, one.unknown, one.guessed)


def _nowhere(one: _Page, rows: Sequence[RescuedRow], left: Sequence[Left]) -> list[Left]:
    """The words of a page that stand in no cell, title or label and in nothing that is left: one piece more, so that none is lost."""
    texts = [text for row in rows for text in (row.title, *row.cells.values())] + [
        x for it in left for x in (it.title, it.text)
    ]
    told = Counter(re.findall(r"\w+", " ".join(map(unescape, [*texts, *one.labels, one.page.title]))))
    missing = Counter(one.words) - told
    words = [word for word in dict.fromkeys(one.words) if missing[word]]
    return [Left(one.page.title, "", "", " ".join(words))] if words else []


def _entries(page: SavedPage, label_of: LabelOf, categories: frozenset[str]) -> list[Entry]:
    """What a page shows; nothing where it is no fiche and shows none."""
    entries = [one for entry in read_shown(page.content, label_of) for one in _told_apart(entry)]
    most = max((len(_fields(one)) for one in entries), default=0)
    mine = bool(set(page.categories) & categories) and ":" not in page.title
    return entries if most > 1 or mine else []


def _fields(entry: Entry) -> set[str]:
    return {key for key, _some in entry.values if key != TITLE and INSIDE not in key}


def _told_apart(entry: Entry) -> list[Entry]:
    """Fiches one after the other that only a label for the title tells apart."""
    keys = [key for key, _some in entry.values]
    first = keys[0] if keys else ""
    if entry.title or keys.count(TITLE) < 2 or keys.count(first) != keys.count(TITLE):
        return [entry]
    starts = [n for n, key in enumerate(keys) if key == first]
    parts = [Entry("", entry.values[a:b]) for a, b in zip(starts, [*starts[1:], len(keys)], strict=True)]
    parts[0] = replace(entry, values=parts[0].values)
    return parts


class _Reader:
    """One page: its entries become rows, or are left."""

    def __init__(self, page: SavedPage, form: FicheForm, pieces: _Pieces, label_of: LabelOf) -> None:
        self.page, self.form, self.pieces, self.label_of = page, form, pieces, label_of
        self.fields = {one.name: one for one in form.fields}
        self.made = _Page(page)

    def read(self, entries: Sequence[Entry], *, mine: bool) -> _Page:
        """`mine`: the form's template puts this page into its category."""
        self.made.unknown, self.made.labels = entries[0].unknown, entries[0].labels
        notes = [word for note in self.page.notes.values() for word in words_of(note)]
        self.made.words = [word for word in (*words_of(self.page.content), *notes) if word != "x"]
        self.made.guessed = {words: key.partition(INSIDE)[0] for words, key in entries[0].guessed.items()}
        full = [one for one in entries if len(_fields(one)) > 1]
        titled = [one for one in full if _titled(one)[0]]
        if len(titled) > 1 or (titled and not mine and normal_title(_titled(titled[0])[0]) != self.page.title):
            self.several(entries)
        else:
            self.alone(entries)
        return self.made

    def several(self, entries: Sequence[Entry]) -> None:
        """A page that shows fiches one after the other."""
        for entry in entries:
            title, values = _titled(entry)
            good = bool(title and _fields(entry)) and not title_problem(normal_title(title))
            if good:
                self.row(normal_title(title), values, own=False)
            else:
                self.leave(title, "", [_as_paragraph(title)] if title else [])
                for key, some in values:
                    self.leave(title, self.label(key), some)
            self.leave(title, "", [*entry.rest, *entry.beside])

    def alone(self, entries: Sequence[Entry]) -> None:
        """A page that is one fiche: running words beside its labels are those of its first field for text, where that has no label."""
        values, more = self.bounded([one for entry in entries for one in _titled(entry)[1]])
        rest = [one for one in [*entries[0].rest, *more] if normal_title(plain(one)) != self.page.title]
        text = self.form.first_text.name if self.form.first_text else ""
        if text and rest and text not in {key for key, some in values if some}:
            values.append((text, rest))
            rest = []
        self.row(self.page.title, values, own=True)
        self.leave(self.page.title, "", [*rest, *entries[0].beside])
        for entry in entries[1:]:
            heading = [_as_paragraph(entry.title)] if entry.title else []
            self.leave(self.page.title, "", [*heading, *entry.rest, *entry.beside])

    def bounded(self, values: Sequence[tuple[str, list[Any]]]) -> tuple[list[tuple[str, list[Any]]], list[Any]]:
        """Values, of one that is no running text its first piece only; what else stood under its label."""
        kept, more = [], []
        for key, some in values:
            one = self.fields.get(key)
            bare = one is not None and not one.instances and (one.closed or (one.schema and one.schema.kind in _BARE))
            kept.append((key, some[:1] if bare else some))
            more += some[1:] if bare else []
        return kept, more

    def row(self, title: str, values: Sequence[tuple[str, list[Any]]], *, own: bool) -> None:
        made = [self.value(key, some) for key, some in values]
        self.made.rows.append(_Row(title, own, made))

    def value(self, key: str, some: list[Any]) -> _Value:
        one = self.fields.get(key)
        words = "\n".join(map(plain, some))
        if one is None or not one.instances or len(one.parts) != 3:
            return _Value(key, self.add(some), words)
        read = tools_in([deepcopy(part) for part in some], lambda words: _part_number(self.label_of(words, True), one))
        if _words(tool for t in read for tool in (*t.name, *t.link, *t.phrase)) < _words(some):
            self.leave(self.page.title, one.label, some)  # taken apart, something stayed behind
        tools = [Tool(*map(self.add, (t.name, t.link, t.phrase))) for t in read]
        return _Value(key, self.add(some), words, tuple(tools))

    def add(self, elements: Sequence[Any]) -> int:
        return self.pieces.add(elements, self.page.notes)

    def leave(self, title: str, label: str, some: Sequence[Any]) -> None:
        some = [one for one in some if normal_title(plain(one)) != self.page.title]
        if some:
            self.made.left.append((title or self.page.title, label, self.add(some)))

    def label(self, key: str) -> str:
        return self.fields[key].label if key in self.fields else ""


def _words(elements: Iterable[Any]) -> int:
    return sum(len(words_of(one)) for one in elements)


def _titled(entry: Entry) -> tuple[str, list[tuple[str, list[Any]]]]:
    """The title of an entry and its values: a label for the title says it where no heading does."""
    number = next((n for n, (key, some) in enumerate(entry.values) if key == TITLE and some), None)
    if entry.title or number is None:
        return entry.title, entry.values
    title = " ".join(map(plain, entry.values[number][1]))
    return title, [one for n, one in enumerate(entry.values) if n != number]


def _as_paragraph(words: str) -> Any:
    made = lxml.html.Element("p")
    made.text = words
    return made


# -- cells ------------------------------------------------------------------------------------


def _settled(row: _Row, page: str, form: FicheForm, texts: Sequence[str]) -> tuple[RescuedRow, list[tuple[str, str]]]:
    """A row with its cells; and values that no cell takes, with their labels."""
    made, left = RescuedRow(row.title, page, row.own), []
    holder = next((one for one in form.fields if one.instances and len(one.parts) == 3), None)
    for one in form.fields:
        mine = [value for value in row.values if value.key == one.name]
        if one is holder:
            lines = list(_tool_lines(row.values, one, texts))
            made.cells[one.name] = "\n".join(lines)
        elif one.instances:
            made.cells[one.name] = "\n".join(filter(None, (texts[value.piece] for value in mine)))
        else:
            made.cells[one.name] = _cell(mine, one, texts)
    for value in row.values:
        orphan = value.key == TITLE or INSIDE in value.key
        if orphan and holder is None and texts[value.piece]:
            left.append(("", texts[value.piece]))
    return made, left


def _cell(mine: Sequence[_Value], one: FicheField, texts: Sequence[str]) -> str:
    """The cell of a field."""
    if one.closed:
        return _picked([v.words for v in mine if v.words], one)
    if one.schema and one.schema.kind is Kind.URL:
        return "\n".join(dict.fromkeys(texts[v.piece] for v in mine if texts[v.piece]))
    if one.schema and one.schema.kind in _BARE:
        return "\n".join(dict.fromkeys(v.words for v in mine if v.words))
    return "\n".join(dict.fromkeys(texts[v.piece] for v in mine if texts[v.piece]))


def _picked(said: Sequence[str], one: FicheField) -> str:
    """Values to pick from as the form spells them; what is none of them as people wrote it, all that they gave: the plan says what is wrong."""
    good: list[str] = []
    for words in said:
        items = (
            [words]
            if _value_like(words, one)
            else [item.strip() for item in re.split(f"[{re.escape(one.delimiter)},;\n]", words)]
        )
        good += [_value_like(item, one) or item for item in items if item]
    joint = one.delimiter if one.several else ","
    return f"{joint} ".join(dict.fromkeys(good))


def _value_like(words: str, one: FicheField) -> str:
    return nearest_title(heading_words(words), one.values, SURE)[0]


def _tool_lines(values: Sequence[_Value], one: FicheField, texts: Sequence[str]) -> Iterator[str]:
    """The tools of a fiche, a line each: those of the field itself, and those that labels of their own tell (`Titre :`, `Lien vers l'outil :`)."""
    told = any(INSIDE in value.key or value.key == TITLE for value in values)
    now, labelled = ["", "", ""], False
    for value in values:
        number = _part_number(value.key, one)
        if number is None and value.key != one.name:
            continue
        if number is None and not (told and len(value.tools) == 1 and not texts[value.tools[0].link]):
            yield from (_line(texts[t.name], texts[t.link], texts[t.phrase]) for t in value.tools)
            continue
        tool = value.tools[0] if number is None else None
        if tool and labelled and now[0] and not any(now[1:]):
            now[2] = texts[value.piece]  # a tool that has its name says what it is for
            continue
        filled = [texts[tool.name], "", texts[tool.phrase]] if tool else ["", "", ""]
        if number is not None:
            filled[number] = texts[value.piece]
        if any(old and new for old, new in zip(now, filled, strict=True)):
            yield from _lines_of(now)
            now = ["", "", ""]
        now = [old or new for old, new in zip(now, filled, strict=True)]
        labelled = labelled or number == 0
    yield from _lines_of(now)


def _lines_of(parts: Sequence[str]) -> list[str]:
    return [_line(*parts)] if any(parts) else []


def _part_number(key: str, one: FicheField) -> int | None:
    """Which part of the sub-template a label means; a title beside the fiche's own is the tool's name."""
    if key == TITLE:
        return 0
    mine = f"{one.name}{INSIDE}"
    return int(key.removeprefix(mine)) if key.startswith(mine) else None


def _line(*parts: str) -> str:
    """Parts as a line of a cell: a bar of people's own is written as templates write it."""
    flat = (" ".join(part.replace("\n", f" {BREAK} ").split()) for part in parts)
    return " | ".join(_BAR.sub(lambda found: found[1] or "{{!}}", part) for part in flat).rstrip(" |")


# -- one fiche, shown on several pages --------------------------------------------------------


def merged_rows(rows: Iterable[RescuedRow], form: FicheForm) -> tuple[list[RescuedRow], list[Left]]:
    """One row a title: its own page says what counts, then the pages in their order fill what is empty; what another page says otherwise is
    left."""
    found: list[RescuedRow] = []
    left: list[Left] = []
    labels = {one.name: one.label for one in form.fields}
    for row in sorted(rows, key=lambda row: not row.own):
        there = _same_fiche(row, found)
        if there is None:
            found.append(row)
            continue
        for name, text in row.cells.items():
            if not there.cells.get(name):
                there.cells[name] = text
            elif text and " ".join(text.split()) != " ".join(there.cells[name].split()):
                left.append(Left(row.page, row.title, labels[name], text))
    return found, left


def _same_fiche(row: RescuedRow, found: Sequence[RescuedRow]) -> RescuedRow | None:
    """The row of the same ingredient on another page: of this very title, else the only one that is spelt so but for capitals and what people
    leave out at the end. Two pages of their own, and two rows of one page, are two ingredients, however alike their titles."""
    if row.own:
        return None
    others = [one for one in found if one.page != row.page]
    exact = next((one for one in others if one.title == row.title), None)
    alike = [one for one in others if _folded(one.title) == _folded(row.title)]
    return exact or (alike[0] if len(alike) == 1 else None)


def _folded(title: str) -> str:
    """A title as people spell it twice: `MARCHE`, `Marche :`. An accent counts (`Marché` is another word), but on a capital: `Ecrire`, `Écrire`."""
    bare = "".join(unicodedata.normalize("NFD", sign)[0] if sign.isupper() else sign for sign in title)
    return bare.replace("’", "'").casefold().strip().rstrip(" .:;!?")
