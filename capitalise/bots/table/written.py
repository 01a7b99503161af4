"""The page's text with cells and rows of the table written anew, each proven by reading the table again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from capitalise.bots.table.wiki_side import Side, cell_text, key_of
from capitalise.errors import SettingsError, Skip
from capitalise.messages import N_, Message
from capitalise.wikitext.canonical import expanded_on_save
from capitalise.wikitext.wikitable import with_cell, with_row

__all__ = ["Written"]

_CANNOT = N_("no cell of a wikitable can hold this as it is; write it on the wiki")


@dataclass(frozen=True)
class Written:
    """A text of the page, the table in it, and how that is read."""

    text: str
    side: Side
    read: Callable[[str], Side | None]

    def with_text(self, key: str, label: str, new: str) -> Written | Message:
        """With another text in one cell, and nothing else changed; or why not."""
        number, before = self.side.labels.index(label), self.side.values
        wanted = {**before, key: (*before[key][:number], cell_text(new), *before[key][number + 1 :])}
        return self._proven(lambda: with_cell(self.text, self.side.rows[key].cells[number], new), wanted, new)

    def with_row(self, cells: Sequence[str]) -> Written | Message:
        """With a row more at the end of the table; or why not."""
        wanted = {**self.side.values, key_of(cells[self.side.column]): tuple(map(cell_text, cells))}
        return self._proven(lambda: with_row(self.text, self.side.table, cells), wanted, "\n".join(cells))

    def _proven(self, made: Callable[[], str], wanted: dict[str, tuple[str, ...]], new: str) -> Written | Message:
        if saved := expanded_on_save(new):
            return N_(
                "it holds “%(text)s”, which the wiki would replace on saving; write it in another way", text=saved
            )
        try:
            text = made()
            again = self.read(text)
        except Skip as skip:
            return skip.message
        except SettingsError:
            return _CANNOT
        return Written(text, again, self.read) if again and again.values == wanted else _CANNOT
