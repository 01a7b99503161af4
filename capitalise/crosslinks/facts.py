"""What the wikis say of the pages that links name, asked for in few requests: heads and texts in batches, the log of each
missing title once, lists of titles once for each beginning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from capitalise.crosslinks.anchors import anchors_of
from capitalise.crosslinks.quotes import Quote
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Head, LogEntry

__all__ = ["Facts", "gather"]

Page = tuple[str, str]


@dataclass(frozen=True)
class Facts:
    """`heads`, `logs` and `anchors` by wiki and title, `titles` by wiki and beginning."""

    heads: Mapping[Page, Head] = field(default_factory=dict)
    logs: Mapping[Page, Sequence[LogEntry]] = field(default_factory=dict)
    anchors: Mapping[Page, frozenset[str]] = field(default_factory=dict)
    titles: Mapping[Page, Sequence[str]] = field(default_factory=dict)

    def near(self, wiki: str, title: str) -> Sequence[str]:
        return self.titles.get((wiki, beginning(title)), ())


def gather(quotes: Iterable[Quote], reader_of: Callable[[str], Reader]) -> Facts:
    """Everything that the checks of some links need."""
    places = [quote.place for quote in quotes if quote.place and quote.names_page and not quote.place.oldid]
    heads: dict[Page, Head] = {}
    logs: dict[Page, Sequence[LogEntry]] = {}
    anchors: dict[Page, frozenset[str]] = {}
    titles: dict[Page, Sequence[str]] = {}
    for wiki in dict.fromkeys(place.wiki for place in places):
        reader = reader_of(wiki)
        wanted = dict.fromkeys(place.title for place in places if place.wiki == wiki)
        found = reader.heads(wanted)
        heads |= {(wiki, title): head for title, head in found.items()}
        missing = [title for title, head in found.items() if not head.revision and not head.invalid]
        logs |= {(wiki, title): reader.log_of(title) for title in missing}
        for start in dict.fromkeys(map(beginning, missing)):
            titles[wiki, start] = reader.titles(start)
        anchors |= _anchors(wiki, reader, [p.title for p in places if p.wiki == wiki and p.section], heads)
    return Facts(heads, logs, anchors, titles)


def _anchors(wiki: str, reader: Reader, named: Iterable[str], heads: Mapping[Page, Head]) -> dict[Page, frozenset[str]]:
    """The sections of the pages whose sections are named; of a redirect, those of the page it leads to."""
    there = {title: heads[wiki, title] for title in dict.fromkeys(named) if (wiki, title) in heads}
    targets = reader.heads([head.redirect for head in there.values() if head.redirect])
    numbers = {
        title: targets[head.redirect].revision if head.redirect in targets else head.revision
        for title, head in there.items()
    }
    texts = reader.revisions([number for number in numbers.values() if number])
    return {(wiki, title): anchors_of(texts[number].text or "") for title, number in numbers.items() if number in texts}


def beginning(title: str) -> str:
    """What near titles begin with: the page above a subpage, else three letters."""
    above, slash, _name = title.rpartition("/")
    prefix, colon, name = title.partition(":")
    return f"{above}/" if slash else f"{prefix}:{name[:3]}" if colon else title[:3]
