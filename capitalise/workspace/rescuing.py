"""What an archive holds, brought where people can go on with it: which pages are meant, some at a time; everything into a folder wiki."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capitalise.archives.files import titles_like
from capitalise.archives.mojibake import Mended
from capitalise.archives.page import SavedPage
from capitalise.errors import SettingsError, Skip, Stale
from capitalise.messages import N_, Message, render
from capitalise.pages.revisions import Edit
from capitalise.pages.titles import normal_title
from capitalise.wikis.archive import SOME, ArchiveWiki
from capitalise.wikis.folder import FolderWiki
from capitalise.wikitext.attribution import with_source
from capitalise.wikitext.canonical import canonical

__all__ = ["Taken", "batches_of", "rescue_all", "titles_of"]


def titles_of(archive: ArchiveWiki, patterns: Sequence[str]) -> list[str]:
    """The titles that patterns mean, all for none. Those without a `*` are asked for one by one: an archive on the web is not read whole. Raises
    SettingsError for one that is not there."""
    if not patterns:
        return archive.titles()
    plain = [normal_title(one) for one in patterns if "*" not in one]
    if missing := [title for title in plain if not archive.files.place(title)]:
        raise SettingsError(N_("No page of the archive is called %(title)s.", title=" ; ".join(missing)))
    wide = [one for one in patterns if "*" in one]
    return list(dict.fromkeys([*plain, *(titles_like(archive.titles(), wide) if wide else ())]))


def batches_of(archive: ArchiveWiki, titles: Iterable[str]) -> Iterator[list[SavedPage]]:
    """Pages some at a time, redirects left out; those that cannot be read are remembered by the archive."""
    some: list[SavedPage] = []
    for title in titles:
        page = archive.readable(title)
        if page and not page.redirect and not page.asked:
            some.append(page)
        if len(some) == SOME:
            yield some
            some = []
    if some:
        yield some


@dataclass
class Taken:
    """What was written: how many pages, which files; pages that were there already, and pages that were not taken, with the reason."""

    pages: int = 0
    files: list[Path] = field(default_factory=list)
    same: int = 0
    skipped: list[tuple[str, Message]] = field(default_factory=list)
    mended: list[tuple[str, Mended]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The same for programs."""
        skipped = [{"title": title, "reason": render(why, "fr")} for title, why in self.skipped]
        return {"pages": self.pages, "files": [str(path) for path in self.files], "same": self.same, "skipped": skipped}


def rescue_all(archive: ArchiveWiki, target: Path, language: str) -> Taken:
    """Every page as wikitext into a folder wiki; a page that is there with another text, or that somebody deleted there, stays as it is. Raises
    SettingsError for a folder that is not empty and no such wiki, and for an archive without pages."""
    if target.exists() and any(target.iterdir()) and not (target / ".capitalise").is_dir():
        raise SettingsError(N_("%(dir)s already holds files: nothing was written.", dir=target))
    titles = archive.titles()
    if not titles:
        raise SettingsError(N_("The archive “%(key)s” holds no pages.", key=archive.key))
    target.mkdir(parents=True, exist_ok=True)
    wiki, taken = FolderWiki(archive.key, target, user="archive"), Taken()
    with wiki.held():
        for title, text in archive.texts(titles):
            place, names = archive.address_of(title), ", ".join(archive.authors(title))
            whole = text if text.startswith("#REDIRECTION") else with_source(text, place, names, language)
            why = _put(wiki, title, canonical(whole), f"{place} ({names})" if names else place)
            taken.pages += why is None
            taken.same += why is _SAME
            taken.skipped += [(title, why)] if why and why is not _SAME else []
    taken.mended = archive.mended
    taken.skipped += sorted(archive.unreadable.items())
    return taken


_SAME = N_("there already")


def _put(wiki: FolderWiki, title: str, text: str, summary: str) -> Message | None:
    """Create a page of a folder wiki; why it was not, where it was not."""
    head = wiki.heads([title])[title]
    if head.revision:
        there = wiki.revisions([head.revision])[head.revision].text or ""
        return _SAME if there == text else N_("the folder has another text of this page: it stays as it is")
    if wiki.deleted_among([title]):
        return N_("somebody deleted this page in the folder: it is not made again")
    try:
        wiki.commit(Edit(title, 0, text, summary, wiki.now()))
    except (Skip, Stale) as error:
        return error.message
    return None
