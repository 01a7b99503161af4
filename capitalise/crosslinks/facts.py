"""What the wikis say of the pages that links name, asked for in few requests and only once: heads and texts in batches, why a
page is missing once for each, the page as readers see it only where its templates must have their say."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from capitalise.crosslinks.addresses import same_anchor
from capitalise.crosslinks.anchors import anchors_of, ids_in, red_links
from capitalise.crosslinks.quotes import Quote
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Absence, Head, KeptAnswer, LogEntry, Shown
from capitalise.pages.titles import sort_key
from capitalise.wikitext.calls import find_calls

__all__ = ["Facts", "gather", "recalled"]

#: Pages that are looked at as readers see them, to know whether a template's link to a missing page shows on any.
MOST_LOOKED_AT = 5
MOST_RENAMES = 5
Page = tuple[str, str]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Moved:
    """Where a page that was renamed is now, after all its renames, and when the last of them was."""

    title: str
    at: datetime


@dataclass(frozen=True)
class Facts:
    """By wiki and title: `heads`, `absences` (why there is no page), `moves` (where it went), `anchors` (the sections; None where only a server could
    say them all). `shown`: missing pages to which a template's link really leads. `ids`: titles by wiki and number.
    `names`: the titles that are known of each wiki, by their letters alone."""

    heads: Mapping[Page, Head] = field(default_factory=dict)
    absences: Mapping[Page, Absence] = field(default_factory=dict)
    moves: Mapping[Page, Moved] = field(default_factory=dict)
    anchors: Mapping[Page, frozenset[str] | None] = field(default_factory=dict)
    shown: frozenset[Page] = frozenset()
    ids: Mapping[tuple[str, int], str] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


def gather(quotes: Iterable[Quote], reader_of: Callable[[str], Reader], listed: Iterable[Page]) -> Facts:
    """Everything that the checks of some links need. `listed` are pages known to be there."""
    wanted = _Wanted()
    for quote in quotes:
        wanted.add(quote)
    ids = {
        (wiki, number): title
        for wiki, numbers in wanted.ids.items()
        for number, title in reader_of(wiki).titles_of(numbers).items()
    }
    for (wiki, number), title in ids.items():
        wanted.name(wiki, title, wanted.ids[wiki][number])
    heads: dict[Page, Head] = {}
    absences: dict[Page, Absence] = {}
    moves: dict[Page, Moved] = {}
    anchors: dict[Page, frozenset[str] | None] = {}
    shown: set[Page] = set()
    for wiki, sections in wanted.sections.items():
        reader = reader_of(wiki)
        mine = recalled(reader, "head", sections, reader.heads, _keep_head, _head)
        heads |= {(wiki, title): head for title, head in mine.items()}
        further = {head.redirect for head in mine.values() if head.redirect} - mine.keys()
        targets = recalled(reader, "head", sorted(further), reader.heads, _keep_head, _head)
        heads |= {(wiki, title): head for title, head in targets.items()}
        missing = [title for title, head in mine.items() if not head.revision and not head.invalid]
        gone = _absences(reader, [title for title in missing if title in wanted.written[wiki]])
        absences |= {(wiki, title): absence for title, absence in gone.items()}
        moves |= {(wiki, title): moved for title in gone if (moved := _moved(reader, title, gone[title]))}
        made = {title: wanted.made[wiki].get(title, ()) for title in missing}
        shown |= {(wiki, title) for title, pages in made.items() if any(title in _red(reader, page) for page in pages)}
        named = {title: some for title, some in sections.items() if some and title in mine}
        anchors |= {(wiki, title): one for title, one in _anchors(reader, named, mine | targets).items()}
    known = {*listed, *((wiki, head.title) for (wiki, _title), head in heads.items() if head.revision)}
    return Facts(heads, absences, moves, anchors, frozenset(shown), ids, _by_letters(known, absences))


class Seen(NamedTuple):
    """Words read on a page (None: nobody could), and the pages that were transcluded into it meanwhile."""

    what: Sequence[str] | None
    transcluded: Sequence[str] = ()


class _Wanted:
    """What some links name: by wiki, the titles with the sections of them."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, set[str]]] = defaultdict(dict)
        self.written: dict[str, set[str]] = defaultdict(set)
        self.made: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.ids: dict[str, dict[int, set[str]]] = defaultdict(dict)

    def add(self, quote: Quote) -> None:
        place = quote.place
        if place is None or place.oldid:
            return
        section = {place.section} if place.section else set()
        if place.page_id and not place.title:
            self.ids[place.wiki].setdefault(place.page_id, set()).update(section)
        elif quote.names_page:
            self.name(place.wiki, place.title, section)
            if quote.made and place.wiki == quote.wiki:
                pages = self.made[place.wiki].setdefault(place.title, [])
                pages += [quote.title] if len(pages) < MOST_LOOKED_AT else []
            else:
                self.written[place.wiki].add(place.title)

    def name(self, wiki: str, title: str, sections: set[str]) -> None:
        self.sections[wiki].setdefault(title, set()).update(sections)


def recalled(
    reader: Reader,
    kind: str,
    names: Iterable[str],
    ask: Callable[[list[str]], Mapping[str, Answer]],
    kept: Callable[[str, Answer], KeptAnswer],
    read: Callable[[Any], Answer],
) -> dict[str, Answer]:
    """Answers by name: those that are kept and still hold, and those that the wiki is asked for, which are kept."""
    names = list(names)
    found = {name: read(json.loads(text)) for name, text in reader.recall(kind, names).items()}
    left = [name for name in names if name not in found]
    fresh = ask(left) if left else {}
    reader.keep(kind, {name: kept(name, one) for name, one in fresh.items()})
    return {**found, **fresh}


def _keep_head(title: str, head: Head) -> KeptAnswer:
    data = [head.title, head.revision, head.redirect, head.invalid, head.section]
    return KeptAnswer(json.dumps(data), tuple({title, head.title, head.redirect} - {""}))


def _head(data: Any) -> Head:
    title, revision, redirect, invalid, section = data
    return Head(title, revision, redirect, invalid, section=section)


# -- pages that are not there ---------------------------------------------------------------------


def _absences(reader: Reader, missing: Iterable[str]) -> dict[str, Absence]:
    """Why some pages are not there: one request for each, the first time."""

    def ask(titles: list[str]) -> dict[str, Absence]:
        return {title: reader.absence(title, beginning(title)) for title in titles}

    return recalled(reader, "absence", missing, ask, _keep_absence, _absence)


def _moved(reader: Reader, title: str, absence: Absence) -> Moved | None:
    """Where a page is now, rename after rename; None where it was not renamed, or the last place is empty."""
    seen = {title}
    for _rename in range(MOST_RENAMES):
        entry = _rename_of(absence)
        if entry is None or entry.target in seen:
            return None
        seen.add(entry.target)
        head = recalled(reader, "head", [entry.target], reader.heads, _keep_head, _head)[entry.target]
        if head.revision:
            return Moved(head.redirect or head.title, entry.at)
        absence = _absences(reader, [entry.target])[entry.target]
    return None


def _rename_of(absence: Absence) -> LogEntry | None:
    """The rename that explains why nothing is there: the last entry, or the last but for the redirect that went after it."""
    newest = [entry for entry in absence.log if entry.kind in ("move", "delete", "create")]
    if newest[:1] and newest[0].kind == "delete":
        newest = newest[1:]
    return newest[0] if newest[:1] and newest[0].kind == "move" and newest[0].target else None


def _keep_absence(title: str, absence: Absence) -> KeptAnswer:
    log = [[e.kind, e.at.isoformat(), e.user, e.comment, e.target] for e in absence.log]
    return KeptAnswer(json.dumps([log, list(absence.near)]), (title,), beginning(title))


def _absence(data: Any) -> Absence:
    log, near = data
    entries = tuple(LogEntry(kind, datetime.fromisoformat(at), *rest) for kind, at, *rest in log)
    return Absence(entries, tuple(near))


def _red(reader: Reader, page: str) -> list[str]:
    """The missing pages to which a page leads as readers see it: `#ifexist` asks about pages without a link to them."""

    def ask(_titles: list[str]) -> dict[str, Seen]:
        shown = reader.shown(page) or Shown("")
        return {page: Seen(sorted(red_links(shown.html)), shown.transcluded)}

    def kept(title: str, red: Seen) -> KeptAnswer:
        return KeptAnswer(json.dumps(red), (title, *(red.what or ()), *red.transcluded))

    return list(recalled(reader, "red", [page], ask, kept, lambda data: Seen(*data))[page].what or ())


def beginning(title: str) -> str:
    """What near titles begin with: the page above a subpage, else three letters."""
    above, slash, _name = title.rpartition("/")
    prefix, colon, name = title.partition(":")
    return f"{above}/" if slash else f"{prefix}:{name[:3]}" if colon else title[:3]


def _by_letters(known: Iterable[Page], absences: Mapping[Page, Absence]) -> dict[str, dict[str, tuple[str, ...]]]:
    pages = {*known, *((wiki, title) for (wiki, _title), absence in absences.items() for title in absence.near)}
    names: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for wiki, title in sorted(pages):
        key = sort_key(title)
        names[wiki][key] = (*names[wiki].get(key, ()), title)
    return names


# -- sections -------------------------------------------------------------------------------------


def _anchors(
    reader: Reader, named: Mapping[str, set[str]], heads: Mapping[str, Head]
) -> dict[str, frozenset[str] | None]:
    """The sections of pages whose sections are named; of a redirect, those of the page it leads to."""
    there = {title: heads.get(heads[title].redirect, heads[title]) for title in named}
    questions = {"#".join([title, *sorted(some)]): title for title, some in named.items()}

    def ask(left: list[str]) -> dict[str, Seen]:
        pages = {question: there[questions[question]] for question in left if there[questions[question]].revision}
        texts = reader.revisions(page.revision for page in pages.values())
        found = {
            question: texts[page.revision].text or "" for question, page in pages.items() if page.revision in texts
        }
        return {q: _sections(reader, text, pages[q], named[questions[q]]) for q, text in found.items()}

    def kept(question: str, seen: Seen) -> KeptAnswer:
        title = questions[question]
        return KeptAnswer(json.dumps(seen), (title, there[title].title, *seen.transcluded))

    found = recalled(reader, "anchors", questions, ask, kept, lambda data: Seen(*data))
    return {questions[q]: None if seen.what is None else frozenset(seen.what) for q, seen in found.items()}


def _sections(reader: Reader, text: str, head: Head, named: Iterable[str]) -> Seen:
    """By the wikitext; where a section is not there and templates may make it, by the page as readers see it."""
    anchors = anchors_of(text)
    if all(any(same_anchor(one, anchor) for anchor in anchors) for one in named) or not find_calls(text):
        return Seen(sorted(anchors))
    shown = reader.shown(head.title)
    return Seen(None) if shown is None else Seen(sorted(anchors | ids_in(shown.html)), shown.transcluded)
