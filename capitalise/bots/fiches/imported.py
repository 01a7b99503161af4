"""What a document says, brought into the bot's own sheet: empty cells are filled, every other difference is a question.

A document cannot be written to, so that it fills empty fields only (docs/safety.md, rule 6); a cell that somebody typed is never
replaced by an import, unless somebody chose the document's text. The question stands in `à décider` (`Description : feuille ou document ?`), the
document's text beside the cell, and the answer counts for the two texts that stood there. The wiki follows by `capitalise run`, as after any
other change of the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.bots.fiches.page import canonical_cell
from capitalise.bots.fiches.placing import Place, Role, heading_words
from capitalise.bots.fiches.rows import DECIDE, TITLE, Row, Rows
from capitalise.forms.schema import Kind
from capitalise.messages import N_, Message, render
from capitalise.plans.decisions import cell_mark, write_document_questions
from capitalise.plans.model import Finding, RowRef, SheetChange
from capitalise.sheets.suggestions import Suggestion

__all__ = [
    "Difference",
    "Imported",
    "answered",
    "asked_key",
    "findings_of",
    "gathered",
    "into_sheet",
    "suggested",
    "with_document_text",
    "with_questions",
]

_LINK = re.compile(r"\[(https?://\S+) ([^\]]+)\]|(https?://[^\s<>\[\]{}|]+)")


@dataclass(frozen=True)
class Difference:
    """A cell and a document that say two things: `mark` stands for both texts. `chosen` is the document where somebody wrote so in `à décider`
    (False: the sheet; None: nothing)."""

    title: str
    label: str
    sheet: str
    document: str
    at: RowRef
    mark: str
    chosen: bool | None = None


@dataclass
class Imported:
    """What an import would do: changes of the sheet, what differs, of which fields (labels) of a row the document says something; and what cannot
    be written: words (title, label, text) for which the sheet has no column, titles that several rows have."""

    cells: list[SheetChange] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    said: dict[RowRef, list[str]] = field(default_factory=dict)
    homeless: list[tuple[str, str, str]] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


def gathered(places: Iterable[Place], form: FicheForm) -> dict[str, dict[str, str]]:
    """The words of each ingredient by field's label, those of its step too, in the document's order; a summary that only names it adds
    nothing."""
    found: dict[str, dict[str, list[Place]]] = {}
    steps: dict[str, dict[str, None]] = {}
    for place in places:
        if place.role in (Role.INGREDIENT, Role.STEP) and place.ingredient:
            found.setdefault(place.ingredient, {})
            steps.setdefault(place.ingredient, {}).update(dict.fromkeys([place.step] if place.step else []))
        if place.ingredient and place.label and place.text:
            found.setdefault(place.ingredient, {}).setdefault(place.label, []).append(place)
    return {title: _texts(some, list(steps.get(title, {})), form) for title, some in found.items()}


def _texts(some: Mapping[str, Sequence[Place]], steps: Sequence[str], form: FicheForm) -> dict[str, str]:
    """The cell of each field. Of a step that takes one value only, the first is meant."""
    texts = {}
    for one in form.fields:
        if one is form.step and steps:
            texts[one.label] = f"{one.delimiter} ".join(steps) if one.several else steps[0]
        elif places := some.get(one.label):
            lines = [line for place in places for line in _lines(place, one, len(places))]
            texts[one.label] = (f"{one.delimiter} " if one.closed else "\n").join(lines)
    return texts


def _lines(place: Place, one: FicheField, count: int) -> Iterable[str]:
    """An item among others stays one; in a field of sub-templates a line is a call."""
    if one.instances and not _is_named_by_a_link(one):
        return place.text.split("\n")
    if one.instances:
        return _from_row(place.text, one) if place.piece.kind == "row" else _as_tools(place.text)
    item = place.role is Role.CONTENT and place.piece.kind == "item" and count > 1 and "\n" not in place.text
    return [f"* {place.text}" if item else place.text]


def _is_named_by_a_link(one: FicheField) -> bool:
    """Whether the field's sub-template holds a name, an address and a sentence, in this order."""
    words = ("lien", "link", "url", "adresse", "address", "site")
    return len(one.parts) == 3 and (one.parts[1].kind == Kind.URL or heading_words(one.parts[1].name) in words)


def _from_row(text: str, one: FicheField) -> Iterator[str]:
    """The row of a table as a call: its first cell, an address, the other words; none for the row of headings."""
    cells = text.split(" | ")
    names = {heading_words(name) for part in one.parts for name in (part.name, part.label)} | {
        heading_words(one.label).rstrip("s")
    }
    if {heading_words(cell) for cell in cells[:2]} <= names:
        return
    links = [found for cell in cells for found in [_LINK.search(cell)] if found]
    address = (links[0][1] or links[0][3]) if links else ""
    words = [_LINK.sub(lambda found: found[2] or "", cell).strip() for cell in cells]
    yield f"{words[0] or address} | {address} | {' '.join(filter(None, words[1:]))}".rstrip(" |")


def _as_tools(text: str) -> Iterator[str]:
    """`nom | lien | phrase`, where a link tells name and sentence apart; else the words as a name."""
    for line in text.split("\n"):
        link = _LINK.search(line)
        if not link:
            head, colon, rest = line.partition(" : ")
            yield f"{head} |  | {rest}" if colon and len(head) <= 40 else line
            continue
        before, after = (part.strip(" :–—-(),.\u00a0") for part in (line[: link.start()], line[link.end() :]))
        name = link[2] or before
        phrase = after if not (link[2] and before) else f"{before} {after}".strip()
        yield f"{name or link[1] or link[3]} | {link[1] or link[3]} | {phrase}".rstrip(" |")


def into_sheet(
    texts: Mapping[str, Mapping[str, str]], rows: Rows, form: FicheForm, kept: frozenset[str], titles: Mapping[str, str]
) -> Imported:
    """What becomes of the sheet. `kept` are differences that are settled, `titles` new titles of ingredients by their old ones."""
    made = Imported()
    for title, cells in texts.items():
        made.homeless += [
            (title, one.label, cells[one.label])
            for one in form.fields
            if cells.get(one.label) and one.name not in rows.columns
        ]
        mine = _rows_of(title, rows)
        if len(mine) > 1:
            made.twice.append(title)
        elif not mine:
            _new_row(made, title, cells, rows, form)
        else:
            _into_row(made, mine[0], cells, rows, form, kept, titles.get(title, ""))
    return made


def _rows_of(title: str, rows: Rows) -> list[Row]:
    """The rows of an ingredient: those that have its title, else those that are called so but for accents and numbers."""
    exact = [row for row in rows.rows if title in (row.page, row.title)]
    words = heading_words(title)
    return exact or [row for row in rows.rows if words in (heading_words(row.page), heading_words(row.title))]


def _into_row(
    made: Imported, row: Row, cells: Mapping[str, str], rows: Rows, form: FicheForm, kept: frozenset[str], title: str
) -> None:
    for one in form.fields:
        if one.name in rows.columns and cells.get(one.label):
            made.said.setdefault(row.at, []).append(one.label)
            _cell(made, row, one, cells[one.label], rows, form, kept)
    mine = [one for one in made.differences if one.at == row.at]
    if len(mine) == 1 and (bare := row.answers.documents.get("")):
        made.differences[-1] = replace(mine[0], chosen=bare.document)
    if title and title != row.title:
        made.cells.append(SheetChange(row.at, rows.columns[TITLE], row.typed.get(TITLE, ""), title))


def _new_row(made: Imported, title: str, cells: Mapping[str, str], rows: Rows, form: FicheForm) -> None:
    at = RowRef(rows.table.path, 0, title)
    labels = {one.name: one.label for one in form.fields}
    texts = {heading: cells.get(labels.get(use, ""), "") for use, heading in rows.columns.items()}
    made.cells += [
        SheetChange(at, heading, "", text) for heading, text in (texts | {rows.columns[TITLE]: title}).items()
    ]


def _cell(
    made: Imported, row: Row, one: FicheField, text: str, rows: Rows, form: FicheForm, kept: frozenset[str]
) -> None:
    said, typed = canonical_cell(text, one, form), row.cells.get(one.name, "")
    if said == typed or not said or _holds(typed, said):
        return
    heading = rows.columns[one.name]
    if not typed:
        made.cells.append(SheetChange(row.at, heading, row.typed.get(one.name, ""), said))
        return
    mark = f"{cell_mark(typed)} {cell_mark(said)}"
    if mark not in kept:
        made.differences.append(Difference(row.title, one.label, typed, said, row.at, mark, _chosen(row, one.label)))


def _chosen(row: Row, label: str) -> bool | None:
    """What somebody wrote in `à décider` of a field."""
    asked = row.answers.documents.get(label)
    return asked.document if asked else None


def _holds(typed: str, said: str) -> bool:
    """Whether the cell says all of it already, line by line, with other lines around."""
    lines = [{" ".join(line.split()) for line in text.split("\n")} for text in (said, typed)]
    return lines[0] <= lines[1]


def answered(
    differences: Sequence[Difference], asked: Mapping[str, str]
) -> tuple[list[Difference], set[str], list[Difference]]:
    """The differences of which `à décider` takes the document's text, the marks of those that it leaves, and the others. An answer counts for the
    texts about which was `asked` (marks by title and label)."""
    told = [one for one in differences if one.chosen is not None and asked.get(asked_key(one)) == one.mark]
    return (
        [one for one in told if one.chosen],
        {one.mark for one in told if not one.chosen},
        [one for one in differences if one not in told],
    )


def asked_key(one: Difference) -> str:
    return f"{one.title} : {one.label}"


def with_questions(
    made: Imported, waits: Sequence[Difference], rows: Rows, form: FicheForm, language: str
) -> list[SheetChange]:
    """What becomes of `à décider`: a question for each field that waits, the document's text beside its cell; questions of before that are settled
    go. Nothing where the sheet has no such column."""
    if DECIDE not in rows.columns:
        return []
    names = {one.label: one.name for one in form.fields}
    found: list[SheetChange] = []
    for row in rows.rows:
        mine = [one for one in waits if one.at == row.at]
        cell, labels = row.typed.get(DECIDE, ""), [one.label for one in mine]
        new = write_document_questions(cell, names, made.said.get(row.at, ()), labels, language=language)
        if new != cell:
            found.append(SheetChange(row.at, rows.columns[DECIDE], cell, new))
            found += [
                _beside(one, row.typed.get(names[one.label], ""), rows.columns[names[one.label]], language)
                for one in mine
            ]
    return found


def _beside(one: Difference, typed: str, heading: str, language: str) -> SheetChange:
    """The document's text, shown beside the cell."""
    words = N_("document:\n%(text)s\n→ write into “à décider”: feuille, or document", text=one.document[:2000])
    return SheetChange(one.at, heading, typed, typed, comment=render(words, language))


def suggested(some: Sequence[Suggestion], places: Sequence[Place]) -> list[tuple[Suggestion, Place | None]]:
    """Each suggestion with the piece in which it stands."""
    found: list[tuple[Suggestion, Place | None]] = []
    longest = sorted(((p.piece.plain.casefold(), p) for p in places), key=lambda pair: -len(pair[0]))
    for one in some:
        wanted = " ".join(one.place.split()).casefold()
        found.append((one, next((p for words, p in longest if words in wanted), None)))
    return found


def suggestion_message(one: Suggestion) -> Message:
    """“Camille (2026-11-03) added: …”."""
    who = " ".join(filter(None, (one.author, f"({one.date})" if one.date else "")))
    words = one.words.strip()
    if one.kind == "colour":
        return N_("in colour (%(colour)s): “%(words)s”", colour=one.colour, words=words)
    if one.kind == "added":
        return N_("%(who)s added: “%(words)s”", who=who or "?", words=words)
    if one.kind == "deleted":
        return N_("%(who)s proposes to delete: “%(words)s”", who=who or "?", words=words)
    return N_("%(who)s remarks: “%(words)s”", who=who or "?", words=words)


def with_document_text(
    imported: Imported, taken: Sequence[Difference], rows: Rows, form: FicheForm
) -> list[SheetChange]:
    """The changes with the document's text in the cells for which somebody took it."""
    names = {one.label: one.name for one in form.fields}
    typed = {row.at: row.typed for row in rows.rows}
    more = [
        SheetChange(one.at, rows.columns[names[one.label]], typed[one.at].get(names[one.label], ""), one.document)
        for one in taken
    ]
    return [*imported.cells, *more]


def findings_of(
    some: Sequence[tuple[Suggestion, Place | None]], differences: Sequence[Difference], made: Imported, wiki: str
) -> list[Finding]:
    """What waits for people: suggestions beside their field, differences beside their cell, and what cannot be written."""
    found = [
        Finding(
            "import-suggestion",
            suggestion_message(one),
            wiki,
            place.ingredient if place else "",
            field=place.label if place else "",
        )
        for one, place in some
    ]
    for one in differences:
        why = N_("the document says something else than the sheet: “%(text)s”", text=_short(one.document))
        found.append(Finding("import-difference", why, wiki, one.title, field=one.label, at=one.at))
    for title, label, text in made.homeless:
        why = N_("the sheet has no column for this: “%(text)s” is written nowhere", text=_short(text))
        found.append(Finding("import-no-column", why, wiki, title, field=label))
    for title in made.twice:
        why = N_("several rows have this title: nothing of the document is written into them; make one of them")
        found.append(Finding("import-two-rows", why, wiki, title))
    return found


def _short(text: str, most: int = 300) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[:most]}…"
