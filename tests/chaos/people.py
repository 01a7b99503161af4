"""What people do in a story: on the wiki with their own account, in the sheet with their office program.

Every word that somebody writes is new (`mot0017`) and is put behind what stands there, so that nobody but a
person who reverts, or who answers a question, takes a word away.
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.chaos.checker import FIELDS, ROBOT, WORD, Deeds, Saved, answered, values
from tests.chaos.proxy import Asked
from tests.chaos.stage import NEW, SPELLINGS, TITLES, Stage

__all__ = ["People", "rows_of", "save_rows"]

Rows = list[dict[str, str]]


class People:
    """Editors of a sheet and contributors of a wiki; whatever they do stands in `deeds`."""

    def __init__(self, stage: Stage, deeds: Deeds, chance: random.Random) -> None:
        self.stage, self.deeds, self.random = stage, deeds, chance
        self.words = 0

    def word(self) -> str:
        self.words += 1
        return f"mot{self.words:04}"

    # -- on the wiki --------------------------------------------------------------------------

    def on_the_wiki(self) -> None:
        """Somebody does something on the wiki."""
        deeds = [self._some_field, self._some_field, self._some_field, self._prose, self._prose, self.revert]
        deeds += [self.revert, self._fill_in, self._step, self._spelling, self._rare]
        self.random.choice(deeds)()

    def _rare(self) -> None:
        self.random.choice([self._move, self._protect, self._delete, self._create])()

    def fiche(self) -> str:
        """The title of a page that is still a fiche, or ''."""
        title = self.random.choice(self.stage.titles())
        return title if "{{Fiche" in self.stage.text(title) else ""

    def _some_field(self) -> None:
        if title := self.fiche():
            self.field(title, self.random.choice([n for n in values(self.stage.text(title)) if n in _WORDY]))

    def field(self, title: str, name: str, *, over: bool = False) -> str:
        """A word more in a field, or a word in place of all that stands there."""
        text = self.stage.text(title)
        before = values(text).get(name)
        if before is None:
            return ""
        word = self.word()
        self.deeds.on_wiki.add((title, name))
        if over:
            self.deeds.given_up |= set(WORD.findall(before))
        new = word if over else f"{before} {word}"
        self._save(title, text.replace(f"|{name}={before}", f"|{name}={new}"), "field")
        return word

    def _step(self) -> None:
        """A value that other pages have too."""
        if title := self.fiche():
            text = self.stage.text(title)
            step = values(text).get("etape", "1")
            self.deeds.on_wiki.add((title, "etape"))
            self._save(title, text.replace(f"|etape={step}", f"|etape={int(step) % 3 + 1}"), "step")

    def _spelling(self) -> None:
        """One of the form's values, as people type it."""
        if title := self.fiche():
            text = self.stage.text(title)
            before, new = values(text).get("niveau"), self.random.choice(SPELLINGS)
            if before is not None:
                self.deeds.on_wiki.add((title, "niveau"))
                self._save(title, text.replace(f"|niveau={before}", f"|niveau={new}"), "spelling")

    def _prose(self) -> None:
        if title := self.fiche():
            self._save(title, f"{self.stage.text(title)} {self.word()}", "prose")

    def _fill_in(self) -> None:
        """A field that was missing, at the top of the call: the wiki merges it with ours at the end."""
        texts = {title: self.stage.text(title) for title in self.stage.titles()}
        empty = [title for title, text in texts.items() if "\n|contact=" not in text]
        if empty:
            title = self.random.choice(empty)
            self.deeds.on_wiki.add((title, "contact"))
            new = texts[title].replace("{{Fiche\n", f"{{{{Fiche\n|contact={self.word()}\n")
            self._save(title, new, "missing field")

    def revert(self) -> None:
        """Somebody undoes the robot's last edit of a page."""
        pages = [title for title in self.stage.titles() if title in TITLES]
        self.random.shuffle(pages)
        next(filter(self.revert_of, pages[:4]), None)

    def revert_of(self, title: str) -> bool:
        """Whether the last edit of a page was the robot's, and is undone now."""
        history = self.stage.history(title)
        ours = len(history) > 1 and history[-1].user == ROBOT
        if ours:
            self._undo(title, history)
        return ours

    def _undo(self, title: str, history: list[Saved]) -> None:
        now, before = values(history[-1].text), values(history[-2].text)
        fields = {(title, n) for n in FIELDS if now.get(n) != before.get(n)}
        self.deeds.on_wiki |= fields
        self.deeds.undone |= fields
        self._save(title, history[-2].text, "revert")

    def undo_before_it_lands(self, asked: Asked) -> None:
        """While an edit was on its way the same one was sent again and saved: somebody saw that, and undid it."""
        title = asked.parameters.get("title", "")
        history = self.stage.history(title)
        same = len(history) > 1 and history[-1].user == ROBOT and history[-1].comment == asked.parameters.get("summary")
        if same and self.random.random() < 0.7:
            self._undo(title, history)

    def _save(self, title: str, text: str, what: str) -> None:
        with suppress(AssertionError):  # protected, deleted: people fail too
            self.stage.edit(title, text)
            self.deeds.count["edits by people"] += 1
            self.deeds.log.append(f"wiki: {what} of {title} (word {self.words})")
            self.deeds.count[f"people: {what}"] += 1
            self.deeds.wiki_words |= {w: title for w in [f"mot{self.words:04}"] if w in text and what != "revert"}

    def _move(self) -> None:
        if self.deeds.names:
            return
        title = self.random.choice([t for t in self.stage.titles() if t in TITLES])
        new = f"{title} des champs"
        with suppress(AssertionError):  # protected
            self.stage.move(title, new)
            self.deeds.names[title] = new
            self.deeds.disturbed |= {title, new}
            self.deeds.in_sheet |= {(new, n) for t, n in self.deeds.in_sheet if t == title}
            self.deeds.on_wiki |= {(new, n) for t, n in self.deeds.on_wiki if t == title}
            self.deeds.count["people: move"] += 1
            self.deeds.log.append(f"wiki: {title} moved")

    def _protect(self) -> None:
        self.stage.protect(self.random.choice(self.stage.titles()))
        self.deeds.count["people: protect"] += 1

    def _delete(self) -> None:
        if self.deeds.deleted:
            return
        title = self.random.choice([t for t in self.stage.titles() if t in TITLES])
        history = self.stage.history(title)
        self.deeds.given_up |= {word for name in FIELDS for word in answered(name, history)}
        self.stage.delete(title)
        self.deeds.deleted.add(title)
        self.deeds.disturbed.add(title)
        self.deeds.wiki_words = {w: t for w, t in self.deeds.wiki_words.items() if t != title}
        self.deeds.count["people: delete"] += 1
        self.deeds.log.append(f"wiki: {title} deleted")

    def _create(self) -> None:
        """A page of the name of one that an editor may have in the sheet."""
        title = self.random.choice(NEW)
        if title not in self.stage.titles():
            self.deeds.on_wiki |= {(title, name) for name in FIELDS}
            self.deeds.disturbed.add(title)
            self._save(title, f"De quelqu'un.\n\n{{{{Fiche\n|etape=1\n|description={self.word()}\n}}}}", "page")

    # -- in the sheet -------------------------------------------------------------------------

    def in_the_sheet(self, sheet: Path) -> None:
        """Somebody opens the sheet, does something, saves it and closes it."""
        rows = rows_of(sheet)
        deeds: list[Callable[[Rows], None]] = [self._some_cell, self._some_cell, self._some_cell, self._contact]
        self.random.choice([*deeds, self._new_row, self._drag, self._choose])(rows)
        save_rows(sheet, rows)
        self.deeds.count["edits in the sheet"] += 1

    def cell(self, sheet: Path, title: str, name: str) -> None:
        """A word more in one cell."""
        rows = rows_of(sheet)
        row = next(row for row in rows if row["Titre"] == title)
        self._typed(row, name, f"{row[FIELDS[name]]} {self.word()}".strip())
        save_rows(sheet, rows)
        self.deeds.count["edits in the sheet"] += 1

    def _typed(self, row: dict[str, str], name: str, text: str) -> None:
        row[FIELDS[name]] = text
        self.deeds.log.append(f"sheet: {row['Titre']} {name} = {text}")
        for title in {row["Titre"], self.deeds.names.get(row["Titre"], row["Titre"])}:
            self.deeds.in_sheet.add((title, name))
        for word in text.split():
            if word == f"mot{self.words:04}":
                self.deeds.sheet_words[word] = (row["Titre"], name)

    def _some_cell(self, rows: Rows) -> None:
        row, name = self.random.choice(rows), self.random.choice(["description", "outils", "exemple", "lieu"])
        self._typed(row, name, f"{row[FIELDS[name]]} {self.word()}".strip())

    def _contact(self, rows: Rows) -> None:
        row = self.random.choice([r for r in rows if not r["Contact"]] or rows)
        self._typed(row, "contact", f"{row['Contact']} {self.word()}".strip())

    def _choose(self, rows: Rows) -> None:
        row = self.random.choice(rows)
        self._typed(row, "etape", str(self.random.randint(1, 3)))

    def _new_row(self, rows: Rows) -> None:
        free = [t for t in NEW if t not in {r["Titre"] for r in rows}]
        if free:
            row = dict.fromkeys(rows[0], "") | {"Titre": self.random.choice(free)}
            rows.append(row)
            self._typed(row, "etape", "2")
            self._typed(row, "description", self.word())

    def _drag(self, rows: Rows) -> None:
        """The number of one row dragged down over the next: a spreadsheet counts on."""
        at = self.random.randrange(1, len(rows))
        if rows[at - 1]["revision"].isdecimal() and rows[at]["revision"].isdecimal():
            rows[at]["revision"] = str(int(rows[at - 1]["revision"]) + self.random.randint(0, 1))
            # two rows for one page now
            self.deeds.disturbed |= {rows[at]["Titre"], *self.stage.owners(int(rows[at]["revision"]))}
            self.deeds.log.append(f"sheet: number of {rows[at]['Titre']} dragged")

    def answer(self, sheet: Path, title: str, name: str, side: str, shown: str) -> bool:
        """Whether somebody could answer a question of a row; what the other side said, `shown` on the wiki, is given up."""
        rows = rows_of(sheet)
        row = next((row for row in rows if row["Titre"] == title), {})
        asked = row.get("à décider", "")
        answered = re.sub(rf"{FIELDS[name]}\s: feuille ou wiki\s\?", f"{FIELDS[name]} : {side}", asked)
        if answered == asked:
            return False
        row["à décider"] = answered
        self.deeds.given_up |= set(WORD.findall(shown if side == "feuille" else row[FIELDS[name]]))
        save_rows(sheet, rows)
        self.deeds.log.append(f"sheet: {title} {name} answered: {side}")
        return True


_WORDY = [name for name in FIELDS if name not in ("etape", "niveau")]


def rows_of(sheet: Path) -> Rows:
    """The rows of a CSV sheet."""
    return list(csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig"), newline=""), delimiter=";"))


def save_rows(sheet: Path, rows: Rows) -> None:
    """As an office program saves them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    sheet.write_bytes(out.getvalue().encode("utf-8-sig"))
