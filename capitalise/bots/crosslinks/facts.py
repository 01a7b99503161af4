"""What the wikis say of the pages that links name, asked for in few requests and only once: heads and texts in batches, why a
page is missing once for each, the page as readers see it only where its templates must have their say."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from capitalise.bots.crosslinks.anchors import anchors_of, ids_in, plain_headings
from capitalise.bots.crosslinks.cached import heads_of
from capitalise.bots.crosslinks.known import Titles
from capitalise.bots.crosslinks.missing import Moved, moved, red_on, rename_of, titles_near, why_missing
from capitalise.bots.crosslinks.quotes import Quote
from capitalise.bots.crosslinks.seen import Seen
from capitalise.pages.addresses import same_anchor
from capitalise.pages.answers import recalled
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Absence, Head, KeptAnswer
from capitalise.wikitext.calls import find_calls

__all__ = ["Facts", "gather"]

#: Pages that are looked at as readers see them, to know whether a template's link to a missing page shows on any.
MOST_LOOKED_AT = 5
Page = tuple[str, str]


@dataclass(frozen=True)
class Facts:
    """By wiki and title: `heads`, `absences` (why there is no page), `moves` (where it went), `anchors` (the sections; None
    where only a server could say them all). `shown`: missing pages to which a template's link really leads. `ids`: titles by wiki and number.
    `near`: pages that missing ones may have meant. `names`: the titles that are known of each wiki."""

    heads: Mapping[Page, Head] = field(default_factory=dict)
    absences: Mapping[Page, Absence] = field(default_factory=dict)
    moves: Mapping[Page, Moved] = field(default_factory=dict)
    anchors: Mapping[Page, frozenset[str] | None] = field(default_factory=dict)
    shown: frozenset[Page] = frozenset()
    ids: Mapping[tuple[str, int], str] = field(default_factory=dict)
    names: Mapping[str, Titles] = field(default_factory=dict)
    near: frozenset[Page] = frozenset()


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
    parts = [_on_wiki(reader_of(wiki), wanted) for wiki in wanted.sections]
    heads = {page: head for part in parts for page, head in part.heads.items()}
    absences = {page: absence for part in parts for page, absence in part.absences.items()}
    known = {*listed, *((wiki, head.title) for (wiki, _title), head in heads.items() if head.revision)}
    known |= {page for part in parts for page in part.near}
    return Facts(
        heads,
        absences,
        {page: one for part in parts for page, one in part.moves.items()},
        {page: one for part in parts for page, one in part.anchors.items()},
        frozenset(page for part in parts for page in part.shown),
        ids,
        {
            key: Titles(sorted(title for wiki, title in known if wiki == key))
            for key in {wiki for wiki, _title in known}
        },
    )


def _on_wiki(reader: Reader, wanted: _Wanted) -> Facts:
    """What one wiki says of the titles that are wanted of it."""
    key, sections = reader.key, wanted.sections[reader.key]
    heads = heads_of(reader, sections)
    targets = heads_of(reader, sorted({head.redirect for head in heads.values() if head.redirect} - heads.keys()))
    missing = [title for title, head in heads.items() if not head.revision and not head.invalid]
    gone = why_missing(reader, [title for title in missing if title in wanted.written[key]])
    heads_of(reader, [entry.target for absence in gone.values() if (entry := rename_of(absence))])  # in one request
    moves = {(key, title): one for title, absence in gone.items() if (one := moved(reader, title, absence))}
    made = {title: wanted.made[key].get(title, ()) for title in missing}
    shown = {(key, title) for title, pages in made.items() if any(title in red_on(reader, page) for page in pages)}
    named = {title: some for title, some in sections.items() if some and title in heads}
    anchors = _anchors(reader, named, heads | targets)
    return Facts(
        {(key, title): head for title, head in (heads | targets).items()},
        {(key, title): absence for title, absence in gone.items()},
        moves,
        {(key, title): some for title, some in anchors.items()},
        frozenset(shown),
        near=frozenset((key, title) for title in titles_near(reader, gone)),
    )


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
    """By the wikitext; where its headings are no plain words, or a section is not there and templates may make it, by the page as
    readers see it."""
    anchors, plain = anchors_of(text), plain_headings(text)
    found = all(any(same_anchor(one, anchor) for anchor in anchors) for one in named)
    if plain and (found or not find_calls(text)):
        return Seen(sorted(anchors))
    shown = reader.html_of(head.title)
    if shown is None:
        return Seen(sorted(anchors)) if found else Seen(None)
    ids = ids_in(shown.html)
    return Seen(sorted(anchors | ids if plain else ids), shown.transcluded)
