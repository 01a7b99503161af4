"""The columns "à décider" and "revision": which fields of a row wait, what was shown of them, what was decided.

`à décider` is for people and holds words only: a question a field, `Description : feuille ou wiki ?`. They answer with
`Description : wiki`, or with `wiki` alone in the cell where one thing waits in the row. An import asks `Description : feuille ou document ?`
and reads the answer itself; the bots leave these entries as they are. `revision` is for the tool: the row's number with a
short mark of the text that it stands for, and behind it the fields that are not in step with it, each with its base and, where
people were asked, the revision that they were shown and the mark of their own cell then:
`1305#9f3a2c ; description@1201#77ab10?1305#9f3a2c~0d41ee` (`!` where they were told of a revert, `=` between two sheets). `1305#9f3a2c/1300` says
that all pages were looked at when 1300 was the wiki's newest revision: a page made later never had a row. A number without its
mark's text proves nothing (wikis are restored, cells are dragged); an answer counts for the text that was shown, and no other.
Sheets from before hold `Description@1201` there, and numbers without marks: both are understood.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from capitalise.plans.merge import Decision

__all__ = [
    "DECIDE",
    "PAGE",
    "REVISION",
    "Answers",
    "Asked",
    "FromDocument",
    "Number",
    "Prefer",
    "Ref",
    "Waiting",
    "cell_mark",
    "mark_of",
    "read_answers",
    "read_number",
    "write_document_questions",
    "write_questions",
    "write_rest",
]

#: The columns of a sheet that are the tool's: the page of a row, its revision, what waits in it.
PAGE, REVISION, DECIDE = "page", "revision", "à décider"
MARK = 6  # hexadecimal digits of a page's sha1


def mark_of(sha1: str) -> str:
    """The short mark of a text, by its sha1 (hexadecimal)."""
    return sha1[:MARK]


def cell_mark(text: str) -> str:
    """The short mark of a cell's text."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:MARK]


@dataclass(frozen=True)
class Prefer:
    """A decision given on the command line for one field of one page.

    `sheet` names the sheet it is for, where there are several; `seen` is the wiki's text that was shown, where
    one was: another text by now makes it a decision about something else. `text` is what somebody wrote instead of either text:
    both sides get it; `by` is who proposed it, where somebody else did. `cell` is the sheet's text that was shown, and `revision` the page's, where
    they were: a sheet or a page that says something else by now makes it no decision at all.
    """

    page: str
    field: str
    decision: Decision
    sheet: str = ""
    seen: str | None = None
    text: str | None = None
    by: str = ""
    cell: str | None = None
    revision: int = 0

    def is_for(self, title: str, sheet: str, names: Collection[str]) -> bool:
        """Whether it settles a field (by its `names`) of a page in a sheet."""
        return self.page == title and self.sheet in ("", sheet) and self.field in names


@dataclass(frozen=True)
class Ref:
    """A revision (0: none), with the mark of its text ("": none was kept)."""

    revision: int = 0
    mark: str = ""

    def __str__(self) -> str:
        return f"{self.revision}#{self.mark}" if self.mark else str(self.revision)


@dataclass(frozen=True)
class Asked:
    """A field that is not in step with its row's number: its `base`, and the revision that people were `shown`, if they
    were asked, with the mark of the `cell` as it was then. `kind`: "?" asks for a choice, "!" says that the wiki took the bot's
    edit back, "=" asks between two sheets."""

    base: Ref
    shown: Ref | None = None
    kind: str = "?"
    cell: str = ""


@dataclass(frozen=True)
class Number:
    """A row's number, and the fields, by name, that go on from another revision. `seen` is the newest revision that the wiki
    had when all its pages were looked at for the sheet (0: sheets from before do not say)."""

    ref: Ref = field(default_factory=Ref)
    fields: Mapping[str, Asked] = field(default_factory=dict)
    seen: int = 0

    def __str__(self) -> str:
        return f"{self.ref}{write_rest(self.fields, self.seen)}"

    @property
    def refs(self) -> list[Ref]:
        """Every revision that is named."""
        shown = [one.shown for one in self.fields.values() if one.shown]
        return [self.ref, *(one.base for one in self.fields.values()), *shown]


_REF = r"(\d+)(?:#([0-9a-f]{6}))?"
_NUMBER = re.compile(rf"{_REF}(?:/(\d+))?")
_FIELD = re.compile(rf"(.*)@{_REF}(?:([?!=]){_REF}(?:~([0-9a-f]{{6}}))?)?", re.DOTALL)


def read_number(cell: str, names: Iterable[str]) -> Number | None:
    """What the column "revision" says, or None where it is not what this tool writes."""
    first, *rest = (part.strip() for part in cell.split(" ; "))
    if not rest and not first:
        return Number()
    own, fields, known = _NUMBER.fullmatch(first), [_FIELD.fullmatch(part) for part in rest], set(names)
    if not own or not all(found and found[1] in known for found in fields):
        return None
    return Number(
        Ref(int(own[1]), own[2] or ""),
        {
            found[1]: Asked(
                Ref(int(found[2]), found[3] or ""),
                Ref(int(found[5]), found[6] or "") if found[5] else None,
                found[4] or "?",
                found[7] or "",
            )
            for found in fields
            if found
        },
        int(own[3] or 0),
    )


def write_rest(fields: Mapping[str, Asked], seen: int) -> str:
    """What stands behind the row's number."""
    return (f"/{seen}" if seen else "") + "".join(
        f" ; {name}@{one.base}" + (f"{one.kind}{one.shown}{one.cell and '~' + one.cell}" if one.shown else "")
        for name, one in fields.items()
    )


# -- what people write ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """An entry of "à décider": the decision, if any; `revision` is the base that older sheets name in it (None: not said)."""

    decision: Decision | None = None
    revision: int | None = None


@dataclass(frozen=True)
class FromDocument:
    """A question of an import (`Description : feuille ou document ?`) as `written`, and whether the document's text was chosen (None: not yet)."""

    written: str
    document: bool | None = None


@dataclass(frozen=True)
class Answers:
    """What stands in "à décider": entries by label, a `bare` answer that names no field and is all there is, what is not
    understood, as written, and the questions of an import by label ("" for the word
    `document` alone), which wait for the next import. A word beside something else is no answer: it
    may have stood there before the question did."""

    entries: Mapping[str, Waiting] = field(default_factory=dict)
    bare: Decision | None = None
    unknown: tuple[str, ...] = ()
    documents: Mapping[str, FromDocument] = field(default_factory=dict)

    @property
    def imported(self) -> list[str]:
        """The questions of an import, as written."""
        return [one.written for one in self.documents.values()]

    @property
    def decides(self) -> bool:
        """Whether anything was answered."""
        return self.bare is not None or any(entry.decision for entry in self.entries.values())


_WORDS = {
    "feuille": Decision.SHEET,
    "sheet": Decision.SHEET,
    "tableau": Decision.SHEET,
    "wiki": Decision.WIKI,
    "autre page": Decision.OTHER,
    "other page": Decision.OTHER,
}
_QUESTION = re.compile(r"(?:annulé sur le wiki|taken back)?[,\s]*(?:feuille ou wiki|sheet or wiki)\s*\?", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"[\s:=>→-]*(?:(feuille ou document|sheet or document)\s*\?)?[\s:=>→-]*(?:(document)|(feuille|sheet|tableau))?[\s.!]*",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\s*(?:@\s*(\d+))?\s*(?:annulé)?\s*[:=>→-]*\s*(.*?)\s*[.!]*\s*", re.IGNORECASE | re.DOTALL)


def read_answers(cell: str, labels: Iterable[str], headings: Mapping[str, str] | None = None) -> Answers:
    """What people wrote into "à décider", by label; `headings` are what the sheet calls some of them."""
    if word := _word(cell):
        return Answers(bare=word)
    entries: dict[str, Waiting] = {}
    documents: dict[str, FromDocument] = {}
    unknown = []
    names = _names(labels, headings or {})
    by_length = sorted(names, key=len, reverse=True)
    for entry in _entries(cell):
        name = _label(entry, by_length)
        label, said = names.get(name or ""), entry[len(name or "") :]
        asked = _from_document(entry, said)
        if asked is not None:
            same = documents.setdefault(label or "", asked)
            if same.document != asked.document:  # said twice, and not alike
                documents[label or ""] = replace(same, document=None)
            if same is not asked:
                unknown.append(entry)
            continue
        found = _ENTRY.fullmatch(_QUESTION.sub("", said.replace("\u00a0", " "))) if label else None
        if label is None or found is None or (found[2] and not _word(found[2])):
            unknown.append(entry)
            continue
        one = Waiting(_word(found[2]), int(found[1]) if found[1] else None)
        if entries.setdefault(label, one).decision != one.decision:  # said twice, and not alike
            unknown.append(entry)
            entries[label] = replace(one, decision=None)
    return Answers(entries, None, tuple(unknown), documents)


def _names(labels: Iterable[str], headings: Mapping[str, str]) -> dict[str, str | None]:
    """What each name means; None for a heading that is called as another field is: whoever writes it may mean either."""
    names: dict[str, str | None] = {label: label for label in labels}
    known = {label.casefold(): label for label in names}
    for heading, label in headings.items():
        other = known.get(heading.casefold(), label)
        names[other if other != label else heading] = label if other == label else None
    return names


def _label(entry: str, by_length: Iterable[str]) -> str | None:
    return next((label for label in by_length if entry.casefold().startswith(label.casefold())), None)


def _from_document(entry: str, said: str) -> FromDocument | None:
    """An entry as a question of an import, by what is said behind the field's name; None for another."""
    found = _DOCUMENT.fullmatch(said.replace("\u00a0", " "))
    if not found or not (found[1] or found[2]):
        return None
    return FromDocument(entry, bool(found[2]) if found[2] or found[3] else None)


def _word(text: str) -> Decision | None:
    return _WORDS.get(" ".join(text.casefold().strip(" .!:").split()))


def write_questions(labels: Iterable[str], unknown: Iterable[str] = (), *, language: str = "fr") -> str:
    """The cell for fields that wait, by label; what was not understood stays as written."""
    words = "sheet or wiki?" if language == "en" else "feuille ou wiki\u00a0?"
    colon = ":" if language == "en" else "\u00a0:"
    return " ; ".join([*(f"{label}{colon} {words}" for label in labels), *unknown])


def write_document_questions(
    cell: str, labels: Iterable[str], said: Collection[str], waiting: Iterable[str], *, language: str = "fr"
) -> str:
    """The cell with the questions of an import: those about what the document has `said` (labels) are replaced by those that are `waiting`; all
    else stays as written."""
    words = "sheet or document?" if language == "en" else "feuille ou document\u00a0?"
    colon = ":" if language == "en" else "\u00a0:"
    by_length = sorted(labels, key=len, reverse=True)
    entries = list(_entries(cell))
    mine = ["", *said]
    others = [
        one
        for one in entries
        if (label := _label(one, by_length) or "") not in mine or not _from_document(one, one[len(label) :])
    ]
    asked = [f"{label}{colon} {words}" for label in waiting]
    return " ; ".join([*others, *asked]) if asked or others != entries else cell


def _entries(cell: str) -> Iterator[str]:
    """One entry a line or between semicolons; a word of decision on the line below its entry belongs to it."""
    for part in cell.split(";"):
        entry = ""
        for line in filter(None, map(str.strip, part.split("\n"))):
            if entry and (_word(line) or line.casefold().strip(" .!:") == "document"):
                entry += f" {line}"
                continue
            if entry:
                yield entry
            entry = line
        if entry:
            yield entry
