"""A wiki that closed, as a static archive of HTML pages: read only. What people wrote there is read as wikitext again.

Nothing says what stood in the templates: a page that a form filled reads as its template shows it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

from capitalise.archives.files import SavedFiles
from capitalise.archives.history import authors_in
from capitalise.archives.mojibake import Mended
from capitalise.archives.page import SavedPage, read_saved
from capitalise.archives.wikitext import to_wikitext
from capitalise.errors import SheetError, Stop, WikiError
from capitalise.messages import N_, Message
from capitalise.pages.revisions import Head, Revision
from capitalise.pages.titles import normal_title
from capitalise.wikis.serverless import ReadOnly, links_to
from capitalise.wikitext.canonical import canonical, digest

__all__ = ["ArchiveWiki"]

_DAMAGED = (ValueError, LookupError, TypeError, AssertionError, RecursionError)  # whatever damaged HTML comes to
SOME = 40  # pages that are turned into wikitext at once


@dataclass(frozen=True)
class _Known:
    """What is remembered of a page that was read."""

    title: str
    revision: int
    redirect: str
    categories: tuple[str, ...]


class ArchiveWiki(ReadOnly):
    """Reader over the files of an archive. `unreadable` collects what could not be read, and why, `mended` what was mended."""

    def __init__(self, key: str, files: SavedFiles) -> None:
        self._key, self.files = key, files
        self.unreadable: dict[str, Message] = {}
        self.mended: list[tuple[str, Mended]] = []
        self._seen: dict[str, _Known | None] = {}
        self._numbers: dict[int, str] = {}

    @property
    def key(self) -> str:
        return self._key

    def refuse_without_account(self) -> None:
        raise Stop(
            N_("The wiki “%(key)s” answers only as a read-only archive: nothing can be written there.", key=self._key)
        )

    def now(self) -> datetime:
        return datetime.now(UTC)

    def address(self) -> str:
        return f"{self.files.address.rstrip('/')}/wiki/$1" if self.files.address else ""

    # -- as an archive ------------------------------------------------------------------------

    def titles(self) -> list[str]:
        """Every page that is saved, redirects too; files that another file for the same page was taken for are named as unreadable."""
        index = self.files.index()
        for title, place in index.doubles:
            self.unreadable[place] = N_("another file was read for “%(title)s”", title=title)
        for place in index.strange:
            self.unreadable[place] = N_("no page can have this name: rename the file")
        return sorted(index.pages)

    def page(self, title: str) -> SavedPage | None:
        """A page as it was saved; None where there is none. Raises WikiError for one that cannot be read."""
        found = self._read(title)
        if found and found.asked and found.title != title and not self._can_read(found.title):
            found = replace(found, asked="")  # the page that it leads to can be read under this name only
        self._remember(title, found)
        return found

    def _read(self, title: str) -> SavedPage | None:
        place = self.files.place(title)
        data = self.files.data(place) if place else None
        try:
            return read_saved(data, place, self.files.address) if data is not None else None
        except _DAMAGED as error:
            raise WikiError(N_("it cannot be read (%(why)s)", why=type(error).__name__)) from error

    def _can_read(self, title: str) -> bool:
        try:
            return self._read(title) is not None
        except WikiError:
            return False

    def address_of(self, title: str) -> str:
        """Where people read a page: its address, or its file's path where the archive is a folder of no known address."""
        place = self.files.place(title)
        return f"{self.files.address.rstrip('/')}/{quote(place)}" if self.files.address and place else place

    def authors(self, title: str) -> list[str]:
        """Who wrote a page, where its list of versions was saved with it."""
        place = self.files.history(title)
        data = self.files.data(place) if place else None
        return authors_in(data) if data else []

    def readable(self, title: str) -> SavedPage | None:
        """The same; None for one that cannot be read, which is remembered."""
        try:
            found = self.page(title)
        except WikiError as error:
            self.unreadable[title] = error.message
            return None
        if found is None:
            self.unreadable[title] = N_("no page of a wiki is in this file")
        return found

    def _remember(self, title: str, page: SavedPage | None) -> None:
        known = None
        if page:
            number = page.revision
            if not number or self._numbers.get(number, title) != title:  # two wikis in one archive
                number = (1 << 40) + zlib.crc32(title.encode())
            redirect = page.redirect or (page.title if page.asked else "")
            known = _Known(title if redirect else page.title, number, redirect, page.categories)
            self._numbers[number] = title
        self._seen[title] = known

    def _known(self, title: str) -> _Known | None:
        if title not in self._seen:
            self.page(title)
        return self._seen[title]

    def texts(self, titles: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Pages with their wikitext, some at a time; those that cannot be read are remembered."""
        some: list[tuple[str, SavedPage]] = []
        for title in titles:
            if page := self.readable(title):
                some.append((title, page))
                self.mended += [(page.title, one) for one in page.mended]
            if len(some) == SOME:
                yield from self._written(some)
                some = []
        yield from self._written(some)

    def _written(self, some: Sequence[tuple[str, SavedPage]]) -> Iterator[tuple[str, str]]:
        """Pages with their wikitext: all at once, or where one is too much for that, one by one."""
        try:
            yield from list(_as_wikitext(some))
        except SheetError as error:
            for one in some if len(some) > 1 else ():
                yield from self._written([one])
            if len(some) == 1:
                self.unreadable[some[0][0]] = error.message

    # -- as a Reader --------------------------------------------------------------------------

    def heads(self, titles: Iterable[str]) -> Mapping[str, Head]:
        return {title: self._head(title) for title in titles}

    def _head(self, title: str) -> Head:
        known = self._known(normal_title(title))
        return Head(known.title, known.revision, known.redirect) if known else Head(normal_title(title), 0)

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        wanted = {number: self._numbers[number] for number in ids if number in self._numbers}
        texts = dict(self.texts(wanted.values()))
        return {n: self._revision(n, title, texts[title]) for n, title in wanted.items() if title in texts}

    def _revision(self, number: int, title: str, text: str) -> Revision:
        names = self.authors(title)
        at = datetime(2024, 1, 1, tzinfo=UTC)  # no page of an archive says when it was saved
        return Revision(number, 0, title, names[-1] if names else "", "", at, digest(text), text)

    def members(self, template: str, category: str) -> Mapping[str, int]:
        """The pages of a category: which template made a page nothing says."""
        wanted = normal_title(category)
        return self._those(lambda known: bool(category) and wanted in known.categories)

    def prefixed(self, beginning: str) -> Mapping[str, int]:
        return self._those(lambda known: True, (t for t in self.titles() if t.startswith(beginning)))

    def _those(self, meant: Callable[[_Known], bool], titles: Iterable[str] | None = None) -> dict[str, int]:
        known = (self._known(title) for title in (self.titles() if titles is None else titles))
        return {one.title: one.revision for one in known if one and not one.redirect and meant(one)}

    def search(self, words: str) -> Mapping[str, int]:
        """The pages that hold all words."""
        wanted = words.casefold().split()
        texts = self.texts(self.titles())
        titles = [title for title, text in texts if all(word in f"{title} {text}".casefold() for word in wanted)]
        return self._those(lambda known: True, titles)

    def linking(self, title: str) -> Mapping[str, int]:
        titles = [name for name, text in self.texts(self.titles()) if links_to(text, title)]
        return self._those(lambda known: True, titles)

    def history(self, title: str, back_to: int = 0) -> Sequence[Revision]:
        """The current version only."""
        return list(self.revisions([self._head(title).revision]).values())


def _as_wikitext(some: Sequence[tuple[str, SavedPage]]) -> Iterator[tuple[str, str]]:
    """The text of each page, with its categories; of a redirect, where it leads."""
    texts = to_wikitext([(page.content, page.notes) for _title, page in some]) if some else []
    for (title, page), text in zip(some, texts, strict=True):
        yield title, page_text(page, text)


def page_text(page: SavedPage, text: str) -> str:
    """A page's wikitext whole: its words, then its categories."""
    target = page.redirect or (page.title if page.asked else "")
    if target:
        return f"#REDIRECTION [[{target}]]"
    categories = "\n".join(f"[[Catégorie:{name}]]" for name in page.categories)
    return canonical("\n\n".join(filter(None, (text, categories))))
