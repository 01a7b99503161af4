"""`rescue --pages`: a report and the pages of its sessions out of an archive, as the folder of an edition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from capitalise.archives.markdown import to_markdown
from capitalise.bots.roumics.event import Event, Session
from capitalise.bots.roumics.new_edition import write_edition
from capitalise.bots.roumics.read_back import read_page
from capitalise.errors import SettingsError
from capitalise.files import write_safely
from capitalise.messages import N_, NP_
from capitalise.pages.titles import normal_title
from capitalise.wikis.archive import ArchiveWiki
from capitalise.workspace.rescuing import Taken

__all__ = ["rescue_report"]


def rescue_report(archive: ArchiveWiki, titles: Sequence[str], target: Path) -> Taken:
    """A report's page and those of its sessions as the folder of an edition: programme and notes. Raises SettingsError where it holds files."""
    taken = Taken()
    texts = {
        title: re.sub(r"^\[\[Catégorie:[^\]]*\]\]$", "", text, flags=re.MULTILINE)
        for title, text in archive.texts(titles)
        if not text.startswith("#REDIRECTION")
    }
    reports = {title: read_page(target.name, title, text).event for title, text in texts.items()}
    main = max(reports, key=lambda title: len(reports[title].sessions), default="")
    if not main or not reports[main].sessions:
        raise SettingsError(N_("None of these pages shows a programme: %(titles)s.", titles=" ; ".join(titles)))
    read = read_page(target.name, main, texts[main])
    several = [title for title, one in reports.items() if len(one.sessions) > 2]
    if len(several) > 1:
        raise SettingsError(
            N_(
                "These pages are several reports: %(titles)s. Take one at a time, each into a folder of its own.",
                titles=" ; ".join(several),
            )
        )
    event, notes = _with_notes(replace(read.event, built=True), [title for title in texts if title != main])
    pages = {name: page for name, title in notes.items() if (page := archive.readable(title))}
    texts_of_notes = {name: to_markdown(page, archive.address_of) for name, page in pages.items()}
    taken.files = write_edition(target, event)
    for name, words in texts_of_notes.items():
        write_safely(target / "notes" / name, words.encode())
        taken.files.append(target / "notes" / name)
    taken.mended = [(page.title, mend) for page in pages.values() for mend in page.mended]
    if read.left:
        path = target / "a-relire.txt"
        write_safely(path, "".join(f"{number}: {line}\n" for number, line in read.left).encode())
        taken.files.append(path)
        taken.skipped.append(
            (
                main,
                NP_(
                    "%(count)d line was not understood: a-relire.txt",
                    "%(count)d lines were not understood: a-relire.txt",
                    len(read.left),
                ),
            )
        )
    taken.pages = 1 + len(notes)
    unused = [title for title in texts if title != main and title not in notes.values()]
    taken.skipped += [(title, N_("no session of the programme leads to this page")) for title in unused]
    return taken


def _with_notes(event: Event, titles: Sequence[str]) -> tuple[Event, dict[str, str]]:
    """The edition whose sessions name their notes, and which page becomes which file."""
    notes: dict[str, str] = {}
    sessions: list[Session] = []
    for session in event.sessions:
        mine = normal_title(session.page) if session.page else normal_title(f"{event.title} - {session.title}")
        if mine in titles and mine not in notes.values():
            name = f"{len(notes) + 1:02d}-{_slug(session.title)}.md"
            notes[name] = mine
            sessions.append(replace(session, notes=name))
        else:
            sessions.append(session)
    return replace(event, sessions=tuple(sessions)), notes


def _slug(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.casefold()).strip("-")[:50] or "notes"
