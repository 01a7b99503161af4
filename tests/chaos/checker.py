"""What a seed left behind, judged from every page's history and from the sheet.

Words are counted, not parsed: everything that people write in a story is a word of its own (`mot0017`), so
that a lost word is a word that is nowhere. Nothing here is shared with the program.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

__all__ = ["FIELDS", "ROBOT", "WORD", "Deeds", "Faultfinder", "Saved", "answered", "values"]

FIELDS = {
    "etape": "Étape",
    "description": "Description",
    "outils": "Outils",
    "exemple": "Exemple",
    "lieu": "Lieu",
    "niveau": "Niveau",
    "contact": "Contact",
}
ROBOT = "Robot"
_RUN = re.compile(r"(\d{8}T\d{4}-[a-z0-9]{4} #\d+)$")
WORD = re.compile(r"mot\d{4}")


@dataclass
class Deeds:
    """What people did: in which field of which page (on the wiki), of which row (in the sheet)."""

    on_wiki: set[tuple[str, str]] = field(default_factory=set)
    in_sheet: set[tuple[str, str]] = field(default_factory=set)
    undone: set[tuple[str, str]] = field(default_factory=set)  # on the wiki, of what the robot had written
    wiki_words: dict[str, str] = field(default_factory=dict)  # word → page
    sheet_words: dict[str, tuple[str, str]] = field(default_factory=dict)  # word → row, field
    disturbed: set[str] = field(default_factory=set)  # rows whose number was retyped, pages moved, deleted, recreated
    deleted: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)  # old title → new title
    given_up: set[str] = field(default_factory=set)  # words that a person saw, and decided against
    count: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Saved:
    """One revision of a history."""

    user: str
    comment: str
    text: str


def values(text: str) -> dict[str, str]:
    """Fields of a page: a line each."""
    return dict(re.findall(r"(?m)^\|(\w+)=(.*)$", text))


def answered(name: str, revisions: Sequence[Saved]) -> set[str]:
    """Words that the robot brought into a field, a person took back, and a person wrote a third text over: the sheet follows them
    there (docs/safety.md: a revert ends when the wiki says a third thing)."""
    texts = [values(one.text).get(name, "") for one in revisions]
    found: set[str] = set()
    for at, one in enumerate(revisions[1:], start=1):
        if one.user != ROBOT:
            continue
        for word in set(WORD.findall(texts[at])) - set(WORD.findall(texts[at - 1])):
            gone = next((i for i in range(at, len(texts)) if word not in texts[i] and revisions[i].user != ROBOT), None)
            later = zip(texts[gone:], revisions[gone:], strict=True) if gone else ()
            if any(who.user != ROBOT and word not in text and text not in texts[:at] for text, who in later):
                found.add(word)
    return found


class Faultfinder:
    """Collects what went wrong in one story: `lost`, `doubled`, `wrong`."""

    def __init__(self, deeds: Deeds) -> None:
        self.deeds = deeds
        self.lost: list[str] = []
        self.doubled: list[str] = []
        self.wrong: list[str] = []
        self.set_aside: set[str] = set()  # words in files beside the sheet that the last plan names
        self.answered: set[str] = set()  # words that people took back on the wiki, and wrote something else for

    def histories(self, pages: Mapping[str, Sequence[Saved]]) -> None:
        """Every edit of the robot against what stood there before, and the last text of every page."""
        marks: Counter[str] = Counter()
        for title, revisions in pages.items():
            for before, after in pairwise(revisions):
                if after.user == ROBOT:
                    self._edit(title, before.text, after.text)
            marks.update(m[1] for r in revisions if r.user == ROBOT and (m := _RUN.search(r.comment)))
            self._last(title, revisions[-1].text)
            self.answered.update(word for name in FIELDS for word in answered(name, revisions))
        self.doubled += [f"{mark}: saved {times} times" for mark, times in marks.items() if times > 1]
        everywhere = {word for revisions in pages.values() for word in WORD.findall(revisions[-1].text)}
        gone = set(self.deeds.wiki_words) - everywhere - self.deeds.given_up
        self.lost += [f"{word} of {self.deeds.wiki_words[word]} is on no page" for word in sorted(gone)]

    def _edit(self, title: str, before: str, after: str) -> None:
        gone = set(WORD.findall(before)) & set(self.deeds.wiki_words) - set(WORD.findall(after)) - self.deeds.given_up
        self.lost += [f"{title}: the robot's edit took {word} away" for word in sorted(gone)]
        if _around(before) != _around(after):
            self.lost.append(f"{title}: the robot changed what is not its own")
        old, new = values(before), values(after)
        for name in FIELDS:
            if _spelled(old.get(name, "")) != _spelled(new.get(name, "")) and (title, name) not in self.deeds.in_sheet:
                self.lost.append(f"{title}: the robot changed {name}, which nobody changed in the sheet")

    def _last(self, title: str, text: str) -> None:
        for name, times in Counter(re.findall(r"(?m)^\|(\w+)=", text)).items():
            if times > 1:
                self.doubled.append(f"{title}: |{name}= stands {times} times")
        self.doubled += [f"{title}: {w} stands {n} times" for w, n in Counter(WORD.findall(text)).items() if n > 1]

    def sheet(self, rows: Mapping[str, Mapping[str, str]], pages: Mapping[str, str], left: Mapping[str, Any]) -> None:
        """The sheet against the pages, and against what the last plan says is left. `pages`: texts by title."""
        kept = set(self.deeds.sheet_words) - self.answered - self.deeds.given_up - self.set_aside
        for word, (row, name) in self.deeds.sheet_words.items():
            if word in kept and word not in rows.get(self._now(row, rows), {}).get(FIELDS[name], ""):
                self.lost.append(f"sheet, {row}: {word} is gone from {name}")
        said = [*left["conflicts"], *left["findings"]]
        listed = {c["title"] for c in said} | {c["at"]["title"] for c in said if c["at"]}
        asked = {(c["title"], c["field"]) for c in left["conflicts"]}
        fields = asked | {(f["title"], f["field"]) for f in left["findings"] if f["field"]}
        if left["changes"]:
            self.wrong.append(f"not at rest: {[c['title'] for c in left['changes']]}")
        for title, text in pages.items():
            if "{{Fiche" not in text or title in self.deeds.deleted:
                continue
            row = rows.get(title)
            if row is None:
                if title not in listed:
                    self.wrong.append(f"{title} has no row, and nothing is said of it")
                continue
            for name, label in FIELDS.items():
                if values(text).get(name, "") != row[label]:
                    both = f"{title}: {name} is “{values(text).get(name, '')}” on the wiki, “{row[label]}” in the sheet"
                    self._differs(title, name, both, listed, asked, fields)
        for title in rows:
            if title not in pages and title not in listed:
                self.wrong.append(f"row {title} has no page, and nothing is said of it")

    def _differs(
        self,
        title: str,
        name: str,
        both: str,
        listed: set[str],
        asked: set[tuple[str, str]],
        fields: set[tuple[str, str]],
    ) -> None:
        """Only what two sides changed may differ, or what a person is asked about: an editor who writes on in a cell
        that was saved just before a kill is asked, since the same account may have saved it from another sheet."""
        both_sides = {(title, name)} & self.deeds.on_wiki & (self.deeds.in_sheet | self.deeds.undone)
        if (title, FIELDS[name]) not in fields and title not in listed:
            self.wrong.append(f"{both}, and nothing is said of it")
        elif title in self.deeds.disturbed or both_sides:
            return
        elif (title, FIELDS[name]) not in asked or (title, name) not in self.deeds.in_sheet:
            self.wrong.append(f"{both}, though only one side changed it")

    def _now(self, row: str, rows: Mapping[str, object]) -> str:
        return row if row in rows else self.deeds.names.get(row, row)


def _spelled(value: str) -> str:
    """What the normaliser of these stories may change of a value: capitals and accents."""
    return "".join(c for c in unicodedata.normalize("NFD", value.casefold()) if not unicodedata.combining(c))


def _around(text: str) -> tuple[str, str]:
    """What stands before and after the call, which is not the robot's."""
    before, _open, rest = text.partition("{{Fiche\n")
    _inside, _close, after = rest.partition("\n}}")
    return before, after
