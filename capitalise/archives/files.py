"""The files of an archive, wherever they lie: which titles there are, and the bytes of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from capitalise.archives.naming import Named, is_none, named
from capitalise.errors import WikiError
from capitalise.files import reason
from capitalise.messages import N_

__all__ = ["FolderFiles", "Places", "SavedFiles", "places_of", "titles_like"]

MOST_FILES = 200_000


@dataclass
class Places:
    """Where the pages of an archive lie, by title: current pages, histories, old revisions by number; `doubles` are files for a page that another
    file was taken for, `strange` pages by their ending whose name no page can have."""

    pages: dict[str, str] = field(default_factory=dict)
    histories: dict[str, str] = field(default_factory=dict)
    old: dict[str, dict[int, str]] = field(default_factory=dict)
    doubles: list[tuple[str, str]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def add(self, place: str, found: Named) -> None:
        """Of two files for one page the one in `wiki/` counts, then the shorter name."""
        if found.oldid and not found.action:
            self.old.setdefault(found.title, {})[found.oldid] = place
        elif found.action == "history":
            self.histories.setdefault(found.title, place)
        elif not found.action:
            there = self.pages.setdefault(found.title, place)
            if there != place:
                better, other = sorted((there, place), key=_rank)
                self.pages[found.title] = better
                self.doubles.append((found.title, other))

    def whole(self) -> Places:
        """With the newest old revision of each page of which the current one was not saved."""
        for title, some in self.old.items():
            self.pages.setdefault(title, some[max(some)])
        return self


#: What servers answer with where a folder is asked for: the page has a file of its own.
_FRONT = re.compile(r"^(?:w/|wiki/)?index(?:\.php)?(?:\.html?)?$")


_PAGE = re.compile(r"\.html?$", re.IGNORECASE)


def _rank(place: str) -> tuple[bool, int]:
    return "wiki/" not in place, len(place)


def places_of(places: Iterable[str]) -> Places:
    """The index of an archive by the paths of its files."""
    index = Places()
    for place in places:
        found = named(place)
        if found and not _FRONT.search(place):
            index.add(place, found)
        elif not found and _PAGE.search(place) and not is_none(place):
            index.strange.append(place)
    return index.whole()


class SavedFiles(Protocol):
    """What an archive can be asked for. `address` is where it stands on the web, "" where nobody knows."""

    address: str

    def index(self) -> Places:
        """Every page that there is."""

    def kept(self) -> Places:
        """The pages that are on this machine."""

    def place(self, title: str) -> str:
        """Where a page lies, "" for none."""

    def history(self, title: str) -> str:
        """Where a page's list of versions lies, "" for none."""

    def data(self, place: str) -> bytes | None:
        """A file's bytes, None where it is not there."""


class FolderFiles:
    """A folder of saved pages. Raises WikiError where there is none."""

    def __init__(self, folder: Path, address: str = "") -> None:
        if not folder.is_dir():
            raise WikiError(N_("The folder “%(folder)s” of the archive does not exist.", folder=folder))
        self.folder, self.address = folder, address
        self._index: Places | None = None

    def index(self) -> Places:
        if self._index is None:
            self._index = places_of(self._places())
        return self._index

    def kept(self) -> Places:
        return self.index()

    def _places(self) -> Iterator[str]:
        for number, path in enumerate(sorted(self.folder.rglob("*"))):
            if number > MOST_FILES:
                raise WikiError(
                    N_(
                        "%(folder)s holds more than %(most)d files: name a folder inside.",
                        folder=self.folder,
                        most=MOST_FILES,
                    )
                )
            if not _utf8(path.name):
                continue
            if path.is_file() and path.resolve().is_relative_to(self.folder.resolve()):
                yield path.relative_to(self.folder).as_posix()

    def place(self, title: str) -> str:
        return self.index().pages.get(title, "")

    def history(self, title: str) -> str:
        return self.index().histories.get(title, "")

    def data(self, place: str) -> bytes | None:
        try:
            return (self.folder / place).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WikiError(N_("%(file)s cannot be read: %(why)s", file=place, why=reason(error))) from error


def _utf8(name: str) -> bool:
    """Whether a file's name can be written: those of old archives cannot."""
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def titles_like(titles: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """The titles that patterns mean (`ROUMICS 2017*`)."""
    return [title for title in titles if any(fnmatchcase(title.casefold(), pattern.casefold()) for pattern in patterns)]
