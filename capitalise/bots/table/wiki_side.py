"""The table as a revision of the page has it: rows by key, each with its cells where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import sort_key
from capitalise.sheets.table import heading_key
from capitalise.wikitext.canonical import canonical
from capitalise.wikitext.wikitable import TableRow, Wikitable, find_tables

__all__ = ["Side", "cell_text", "key_of", "read_side"]


@dataclass(frozen=True)
class Side:
    """What a text of the page says: the `labels` of the columns, the rows by key, and by their first words those that are left
    alone: `spanned` ones, and those there `twice`; `column` is that of the keys."""

    table: Wikitable
    labels: tuple[str, ...]
    rows: Mapping[str, TableRow] = field(default_factory=dict)
    spanned: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    column: int = 0

    def value(self, key: str, label: str) -> str | None:
        """A cell's text; None where there is no such row."""
        row = self.rows.get(key)
        return cell_text(row.cells[self.labels.index(label)].text) if row and label in self.labels else None

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        return {key: tuple(cell_text(cell.text) for cell in row.cells) for key, row in self.rows.items()}


def cell_text(written: str) -> str:
    """A cell as people type it into a sheet: its wikitext, a spelt pipe as a pipe."""
    return canonical(written.replace("&#124;", "|")).strip()


def key_of(text: str) -> str:
    """By what rows are found: the words that readers see, without case, accents and marks."""
    shown = re.sub(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1", text)
    return sort_key(re.sub(r"'{2,}|<[^<>]*>", "", shown))


def read_side(text: str, number: int, key: str, tags: Iterable[str]) -> Side | None:
    """The `number`-th table of a page, None where it has no such one. Raises SettingsError where its headings are none to work with."""
    tables = find_tables(text, tags)
    if len(tables) < number:
        return None
    table = tables[number - 1]
    labels = tuple(_heading(cell) for cell in table.headings)
    keys = [heading_key(label) for label in labels]
    if not all(keys) or len(set(keys)) < len(keys) or not table.header.whole:
        raise SettingsError(
            N_(
                "The table needs a heading of its own above each column, none of them joined; there is: %(there)s.",
                there=", ".join(labels) or "–",
            )
        )
    if key and heading_key(key) not in keys:
        raise SettingsError(
            N_("The table has no column “%(key)s”. There is: %(there)s.", key=key, there=", ".join(labels))
        )
    column = keys.index(heading_key(key)) if key else 0
    rows: dict[str, TableRow] = {}
    spanned: list[str] = []
    twice: list[str] = []
    for row in table.rows:
        words = row.cells[min(column, len(row.cells) - 1)].text if row.cells else ""
        if not row.whole:
            spanned.append(words)
        elif (name := key_of(words)) in rows or name in map(key_of, twice):
            twice.append(words)
            rows.pop(name, None)
        elif name:
            rows[name] = row
    return Side(table, labels, rows, tuple(spanned), tuple(dict.fromkeys(twice)), column)


def _heading(written: str) -> str:
    return " ".join(re.sub(r"'{2,}|<[^<>]*>", "", cell_text(written)).split())


def side_of(revision: Revision | None, number: int, key: str, tags: Iterable[str]) -> Side | None:
    """The table in a revision; None where it cannot be read there."""
    try:
        return read_side(revision.text, number, key, tags) if revision and revision.text is not None else None
    except SettingsError:
        return None
