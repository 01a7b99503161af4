"""What is still missing before a meeting: each field of each page, who wrote it last, what only the sheet has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from capitalise.bots.fiches.form import FicheField, FicheForm, load_form
from capitalise.bots.fiches.page import cells_of, read_cells
from capitalise.bots.fiches.rows import read_rows
from capitalise.bots.fiches.settings import FicheSettings
from capitalise.errors import SettingsError, Skip
from capitalise.messages import N_, Message
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import sort_key
from capitalise.plans.merge import EMPTY
from capitalise.plans.model import Plan
from capitalise.sheets.table import Table

__all__ = ["Cell", "Fiche", "Group", "State", "Status", "find_status", "folded"]


class State(StrEnum):
    """How far a field is. A placeholder never counts as filled; a page that cannot be read may hold anything."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    DELETED = "deleted"
    PLACEHOLDER = "placeholder"
    SHEET = "sheet"
    WIKI = "wiki"
    DECIDE = "decide"


@dataclass(frozen=True)
class Cell:
    """One field of one page: who wrote what stands there (bots left out) and when, where that is known."""

    label: str
    state: State
    user: str = ""
    at: datetime | None = None
    fresh: bool = False  # written since the date that was asked for


@dataclass(frozen=True)
class Fiche:
    """One page, or one row that has no page yet; `no_step` is the label of the field that sorts it, where that is empty."""

    title: str
    cells: tuple[Cell, ...]
    no_step: str = ""

    @property
    def complete(self) -> bool:
        return not self.no_step and all(cell.state == State.WIKI for cell in self.cells)


@dataclass(frozen=True)
class Group:
    """The pages of one step, by title; a page of several steps stands in each."""

    name: str
    fiches: tuple[Fiche, ...]


@dataclass(frozen=True)
class Status:
    """The whole: `labels` are the fields shown, `taken` when the wiki was looked at, `since` the date asked for; `gone` are the values that the
    form does not offer any more."""

    bot: str
    taken: datetime
    labels: tuple[str, ...]
    groups: tuple[Group, ...]
    since: datetime | None = None
    gone: tuple[Message, ...] = ()

    @property
    def fiches(self) -> dict[str, Fiche]:
        """Each page once."""
        return {fiche.title: fiche for group in self.groups for fiche in group.fiches}


def find_status(
    settings: FicheSettings,
    reader: Reader,
    tables: Sequence[Table],
    plan: Plan,
    group_by: str = "",
    placeholders: Sequence[str] = (),
    since: datetime | None = None,
    waiting: Callable[[int], None] = lambda count: None,
    *,
    who: bool = True,
) -> Status:
    """The status of a bot's pages and rows. `plan` is what a run would do now; `waiting` is told how many histories are
    to be read to know `who` wrote what. Raises SettingsError where `group_by` names no field."""
    form = load_form(reader, settings.form, settings.template, settings.form_text, settings.language)
    step = _step(form, group_by)
    shown = [field for field in form.fields if field is not step]
    listing = reader.members(form.template, settings.category)
    pages = _pages(reader, form, listing)
    rows = _rows(tables, form, settings)
    pending = {(c.title, label) for c in plan.pages for label, _before, _after in c.values}
    deciding = {(c.title, c.field) for c in plan.conflicts}
    deleted = {finding.title for finding in plan.findings if finding.rule == "page-deleted"}
    unread = {finding.title for finding in plan.findings if finding.rule == "unreadable-page"}
    writers = _writers(reader, form, listing, pages, waiting) if who else {}
    nothing = frozenset(folded(word) for word in placeholders)

    def cell(title: str, field: FicheField) -> Cell:
        wiki = pages.get(title, {}).get(field.name, "")
        sheet = [row.get(field.name, "") for row in rows.get(title, ())]
        state = _state(wiki, sheet, field, nothing, (title, field.label) in pending)
        if (title, field.label) in deciding:
            state = State.DECIDE
        elif title in deleted:
            state = State.DELETED
        elif title in unread or (title in listing and title not in pages):
            state = State.UNREADABLE
        user, at = writers.get(title, {}).get(field.name, ("", None))
        fresh = bool(since and at and at >= since and state in (State.WIKI, State.DECIDE))
        return Cell(field.label, state, user, at, fresh)

    groups: dict[str, list[Fiche]] = {name: [] for name in (step.values if step else ())}
    for title in sorted({*listing, *rows}, key=sort_key):
        names = _steps(title, step, pages, rows)
        no_step = step.label if step and names == [""] else ""
        fiche = Fiche(title, tuple(cell(title, field) for field in shown), no_step)
        for name in names:
            groups.setdefault(name, []).append(fiche)
    found = tuple(Group(name, tuple(some)) for name, some in groups.items())
    gone = tuple(one.message for one in plan.findings if one.rule == "value-not-offered")
    return Status(settings.bot, reader.now(), tuple(f.label for f in shown), found, since, gone)


def _step(form: FicheForm, group_by: str) -> FicheField | None:
    """The field that sorts the pages: the one that is named, else the first with values to pick from."""
    if not group_by:
        return form.step
    for field in form.fields:
        if folded(group_by) in (folded(field.name), folded(field.label)):
            return field
    there = ", ".join(field.label for field in form.fields)
    raise SettingsError(N_("There is no field “%(field)s”. There is: %(there)s.", field=group_by, there=there))


def _pages(reader: Reader, form: FicheForm, listing: Mapping[str, int]) -> dict[str, Mapping[str, str]]:
    """The cells of every page that can be read: it holds the form's call once."""
    revisions = reader.revisions(listing.values())
    pages: dict[str, Mapping[str, str]] = {}
    for title, number in listing.items():
        with suppress(Skip):
            if number in revisions:
                pages[title] = cells_of(revisions[number], form)
    return pages


def _rows(tables: Sequence[Table], form: FicheForm, settings: FicheSettings) -> dict[str, list[Mapping[str, str]]]:
    rows: dict[str, list[Mapping[str, str]]] = {}
    for table in tables:
        for row in read_rows(table, form, settings.columns).rows:
            rows.setdefault(row.page or row.title, []).append(row.cells)
    return rows


#: What readers of a page do not see.
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<br *\/?>|&nbsp;|&#160;|[\u00a0\u200b]", re.DOTALL | re.IGNORECASE)


def _state(wiki: str, sheet: Sequence[str], field: FicheField, nothing: frozenset[str], pending: bool) -> State:
    def real(text: str) -> bool:
        shown = _UNSEEN.sub("", text)
        return bool(shown.strip()) and folded(shown) not in nothing | {folded(field.label), folded(field.name)}

    if any(map(real, sheet)) and (pending or not real(wiki)):
        return State.SHEET
    if real(wiki):
        return State.WIKI
    return State.PLACEHOLDER if wiki.strip() or any(cell.strip() for cell in sheet) else State.MISSING


def _steps(
    title: str,
    step: FicheField | None,
    pages: Mapping[str, Mapping[str, str]],
    rows: Mapping[str, Sequence[Mapping[str, str]]],
) -> list[str]:
    """The steps a page belongs to; "" for none yet."""
    if step is None:
        return [""]
    texts = [pages.get(title, {}).get(step.name, ""), *(row.get(step.name, "") for row in rows.get(title, ()))]
    shown = (_UNSEEN.sub("", text) for text in texts)
    text = next((one for one in shown if one.strip() and one.strip() != EMPTY), "")
    parts = text.split(step.delimiter) if step.several else [text]
    return list(dict.fromkeys(part.strip() for part in parts if part.strip())) or [""]


def folded(text: str) -> str:
    """Small letters without accents, signs at the ends left out; signs alone stay what they are."""
    plain = text.strip().casefold()
    return sort_key(plain) or plain


# -- who wrote it ---------------------------------------------------------------------------------

Writer = tuple[str, datetime]
_WORD = re.compile(r"\w+")


def _writers(
    reader: Reader,
    form: FicheForm,
    listing: Mapping[str, int],
    pages: Mapping[str, Mapping[str, str]],
    waiting: Callable[[int], None],
) -> dict[str, dict[str, Writer]]:
    """The person who wrote what stands in each field of each page. What was found once is kept with the cells."""
    unknown = [title for title in pages if _key(title, listing[title]) not in form.memo]
    waiting(len(unknown))
    histories = {title: reader.history(title) for title in unknown}
    bots = reader.bots({r.user for history in histories.values() for r in history})
    for title, history in histories.items():
        if not history:
            continue  # offline: nobody knows, which is not the same as nobody
        found = dict(_authors(history, form, bots))
        form.memo[_key(title, listing[title])] = {
            name: f"{at.isoformat()} {user}" for name, (user, at) in found.items()
        }
    return {
        title: {name: _writer(text) for name, text in form.memo[_key(title, listing[title])].items()}
        for title in pages
        if _key(title, listing[title]) in form.memo
    }


def _key(title: str, revision: int) -> str:
    return f"authors {revision} {title}"


def _writer(text: str) -> Writer:
    at, _space, user = text.partition(" ")
    return user, datetime.fromisoformat(at)


def _authors(history: Sequence[Revision], form: FicheForm, bots: frozenset[str]) -> Iterator[tuple[str, Writer]]:
    """Field by field, the person who first wrote the text that stands now: not whoever put it back, nor a bot that only
    changed its spelling. A text that a bot brought from a sheet is nobody's here."""
    before: Mapping[str, str] = {}
    wrote: dict[str, dict[str, Writer | None]] = {}
    for revision in history:
        try:
            cells: Mapping[str, str] = read_cells(revision.text or "", form)
        except Skip:
            cells = {}
        for name, text in cells.items():
            was, known = before.get(name, ""), wrote.setdefault(name, {})
            if text == was or known.get(text):
                continue
            by_bot = known.get(was) if _WORD.findall(text.casefold()) == _WORD.findall(was.casefold()) else None
            known[text] = by_bot if revision.user in bots else (revision.user, revision.timestamp)
        before = cells
    for name, text in before.items():
        if author := wrote.get(name, {}).get(text):
            yield name, author
