"""A wiki in a folder: one `.wiki` file a page, read and written like any wiki, with no server.

What a person changes with a text editor is recorded as a person's revision before anything else
happens, so that it is merged with like any edit on a wiki, and never overwritten.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from filelock import FileLock

from capitalise.errors import Skip, Stale, WikiError
from capitalise.files import FileChanged, reason, write_safely, write_unless_changed
from capitalise.messages import N_
from capitalise.pages.revisions import BY_HAND, Absence, Account, Edit, Head, LogEntry, Preflight, Receipt, Revision
from capitalise.pages.titles import normal_title, title_problem
from capitalise.wikis.journal import Entry, Journal
from capitalise.wikis.page_files import decoded_page, file_name, read_page_file
from capitalise.wikis.serverless import Secluded, belongs, links_to, offered_by
from capitalise.wikis.wikimedia import sister_prefixes
from capitalise.wikitext.canonical import digest
from capitalise.wikitext.preprocessor import CORE_TAGS
from capitalise.wikitext.redirects import redirect_of

__all__ = ["FolderWiki"]

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_DEFINITIONS = {
    "form": ("Formulaire", "Form"),
    "template": ("Modèle", "Template"),
    "property": ("Attribut", "Property", "Propriété"),
}
_NOT_CONTENT = {
    "formulaire",
    "form",
    "modèle",
    "template",
    "catégorie",
    "category",
    "utilisateur",
    "user",
    "attribut",
    "property",
    "mediawiki",
    "discussion",
    "talk",
}


class FolderWiki(Secluded):
    """A Store over the files of one folder. `clock` gives the time in UTC."""

    def __init__(
        self, key: str, folder: Path, user: str = "capitalise", clock: type[datetime] = datetime, address: str = ""
    ) -> None:
        if not folder.is_dir():
            raise WikiError(
                N_("The folder “%(folder)s” of the wiki “%(wiki)s” does not exist.", folder=folder, wiki=key)
            )
        self._key, self.folder, self.user, self.clock, self._address = key, folder, user, clock, address
        (folder / ".capitalise").mkdir(exist_ok=True)
        self.lock = FileLock(folder / ".capitalise" / "lock", timeout=30)
        self._files: dict[str, Path] = {}
        self._held: Journal | None = None
        with self._current():
            pass

    # -- reading ------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        return self._key

    def account(self) -> Account:
        return Account(
            1,
            self.user,
            frozenset({"read", "edit", "createpage", "move", "bot", "editrestrictedfields"}),
            frozenset({"sysop"}),
        )

    def now(self) -> datetime:
        return self.clock.now(UTC)

    def address(self) -> str:
        """Where its pages stand on the web, if they do."""
        return self._address

    def interwiki(self) -> Mapping[str, str]:
        """Of a copy of one of Wikimedia's wikis, the prefixes that they share."""
        return sister_prefixes(urlsplit(self._address).hostname or "")

    def extension_tags(self) -> frozenset[str]:
        return CORE_TAGS

    def parser_functions(self) -> frozenset[str]:
        return frozenset()

    def members(self, template: str, category: str) -> Mapping[str, int]:
        with self._current() as journal:
            return {
                title: entry.id
                for title, entry in journal.heads.items()
                if _is_content(title) and belongs(journal.revision(entry).text or "", template, category)
            }

    def heads(self, titles: Iterable[str]) -> Mapping[str, Head]:
        with self._current() as journal:
            return {title: _head(journal, title) for title in titles}

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        with self._current() as journal:
            entries = (journal.by_id.get(number) for number in ids)
            return {e.id: journal.revision(e) for e in entries if e and e.page in journal.titles}

    def history(self, title: str, back_to: int = 0) -> Sequence[Revision]:
        with self._current() as journal:
            entries = journal.history(title)
            first = next((i for i, entry in enumerate(entries) if entry.id >= back_to), 0) - 1
            return [journal.revision(entry) for entry in entries[max(0, min(first, len(entries) - 50)) :][-500:]]

    def first_revision(self, title: str) -> int:
        with self._current() as journal:
            return next((entry.id for entry in journal.history(title)), 0)

    def deleted_among(self, titles: Iterable[str]) -> frozenset[str]:
        with self._current() as journal:
            return frozenset(titles) & {entry.title for entry in journal.entries if entry.kind == "delete"}

    def definitions(self, kind: str, names: Sequence[str]) -> Mapping[str, Revision]:
        with self._current() as journal:
            titles = {name: [normal_title(f"{p}:{normal_title(name)}") for p in _DEFINITIONS[kind]] for name in names}
            found = {name: next((t for t in some if t in journal.heads), "") for name, some in titles.items()}
            return {name: journal.revision(journal.heads[title]) for name, title in found.items() if title}

    def prefixed(self, beginning: str) -> Mapping[str, int]:
        with self._current() as journal:
            return {
                name: entry.id
                for name, entry in journal.heads.items()
                if name.startswith(beginning) and not _head(journal, name).redirect
            }

    def search(self, words: str) -> Mapping[str, int]:
        """The pages that hold all words."""
        wanted = words.casefold().split()
        with self._current() as journal:
            texts = {n: (n, e.id, journal.revision(e).text or "") for n, e in journal.heads.items() if _is_content(n)}
        return {n: i for n, i, text in texts.values() if all(w in f"{n} {text}".casefold() for w in wanted)}

    def linking(self, title: str) -> Mapping[str, int]:
        with self._current() as journal:
            texts = {n: (e.id, journal.revision(e).text or "") for n, e in journal.heads.items()}
        return {n: i for n, (i, text) in texts.items() if links_to(text, title) and not redirect_of(text)[0]}

    def offered(self, kind: str, name: str) -> Sequence[str] | None:
        with self._current() as journal:
            texts = {title: journal.revision(entry).text or "" for title, entry in journal.heads.items()}
        return offered_by(texts, kind, name)

    def titles_beginning(self, beginning: str) -> Sequence[str]:
        return list(self.prefixed(beginning))

    def absence(self, title: str) -> Absence:
        with self._current() as journal:
            gone = [e for e in reversed(journal.entries) if e.kind == "delete" and e.title == title]
            log = [LogEntry("delete", datetime.fromisoformat(e.time), e.user, e.comment) for e in gone]
        return Absence(log)

    def bots(self, users: Iterable[str]) -> frozenset[str]:
        return frozenset({self.user} & set(users))

    def rendered(self, title: str, text: str) -> str:
        """The wikitext itself: there is no MediaWiki to ask."""
        return f"<pre>{html.escape(text)}</pre>"

    def cells_cache(self, form: str) -> MutableMapping[str, dict[str, str]]:
        """For this session only: reading files is cheap."""
        return {}

    def contributions(self, since: datetime | None = None) -> Sequence[Revision]:
        with self._current() as journal:
            ours = [journal.revision(e) for e in reversed(journal.entries) if e.user == self.user]
            return [r for r in ours if since is None or r.timestamp >= since]

    def preflight(self, titles: Iterable[str], stop_page: str) -> Preflight:
        stop = (stop_page or self.stop_page()).casefold()  # whoever names a file does not know of a wiki's capitals
        with self._current() as journal:
            said = [journal.revision(entry) for title, entry in journal.heads.items() if title.casefold() == stop]
            words = [revision for revision in said if (revision.text or "").strip()]
            return Preflight({title: _head(journal, title) for title in titles}, words[0] if words else None)

    def stop_page(self) -> str:
        return f"Utilisateur:{self.user}/Stop"

    def talk(self) -> Sequence[Revision]:
        """Nobody writes to a program in a folder."""
        return []

    def read_messages(self) -> None:
        pass

    def refuse_without_account(self) -> None:
        """Whoever may write files may write here."""

    def null_revisions(self, title: str, after: int, until: int) -> bool:
        return after == until

    # -- writing ------------------------------------------------------------------------------

    def commit(self, edit: Edit) -> Receipt:
        with self._current() as journal:
            if not edit.meets(_head(journal, edit.title)):
                raise Stale(N_("the page changed since the plan was made: run again"))
            head = journal.heads.get(edit.title)
            if problem := title_problem(edit.move_to or edit.title):
                raise Skip(problem)
            if edit.data:
                raise Skip(N_("a wiki in a folder takes no files"))
            try:
                if edit.move_to and head:
                    return self._move(journal, edit, head)
                if head and head.sha1 == digest(edit.text):
                    return Receipt(edit.title, 0)
                entry = self._entry(journal, edit.title, digest(edit.text), self.user, edit.summary)
                return self._save(journal, entry, edit.text)
            except OSError as error:
                raise Skip(N_("the file cannot be written: %(why)s", why=reason(error))) from error

    def _save(self, journal: Journal, entry: Entry, text: str) -> Receipt:
        """The text by its hash, then the entry as pending, then the file, then the log."""
        journal.keep(entry.sha1, text)
        pending = journal.folder / "pending.json"
        write_safely(pending, json.dumps(asdict(entry)).encode())
        path = self._path(entry.title)
        head = journal.heads.get(entry.title)
        before = path.read_bytes() if path.exists() else None
        try:
            if (digest(decoded_page(before, path)) if before is not None else "") != (head.sha1 if head else ""):
                raise FileChanged(str(path))
            write_unless_changed(path, (text + "\n").encode(), before)
        except FileChanged as changed:
            pending.unlink()
            raise Stale(N_("the file was changed by hand just now")) from changed
        journal.append(entry, None)
        pending.unlink()
        return Receipt(entry.title, entry.id)

    def _move(self, journal: Journal, edit: Edit, head: Entry) -> Receipt:
        """Rename the file, then leave a redirect. A crash in between costs the redirect, nothing else."""
        old, new = self._path(edit.title), self._path(edit.move_to)
        over = journal.heads.get(edit.move_to)
        if new.exists() and not (over and self._redirects_back(journal, over, edit.title)):
            raise Skip(N_("the page “%(title)s” exists already", title=edit.move_to))
        if over:
            journal.append(self._entry(journal, edit.move_to, digest(""), self.user, edit.summary, "delete"), None)
        moved = Entry(
            self._next(journal),
            head.page,
            edit.move_to,
            head.id,
            self.user,
            edit.summary,
            self.now().isoformat(),
            head.sha1,
            "move",
        )
        write_safely(journal.folder / "pending.json", json.dumps(asdict(moved)).encode())
        old.replace(new)
        journal.append(moved, None)
        (journal.folder / "pending.json").unlink()
        self._files = {t: p for t, p in self._files.items() if t not in (edit.title, edit.move_to)}
        text = f"#REDIRECTION [[{edit.move_to}]]"
        self._save(journal, self._entry(journal, edit.title, digest(text), self.user, edit.summary), text)
        return Receipt(edit.move_to, moved.id)

    def _next(self, journal: Journal) -> int:
        """A revision number that no other log of this wiki ever gave: seconds since 2020, or one more than the last."""
        last = journal.entries[-1].id if journal.entries else 0
        return max(last + 1, int((self.now() - _EPOCH).total_seconds()))

    def _path(self, title: str) -> Path:
        return self._files.get(title) or self.folder / file_name(title)

    def _redirects_back(self, journal: Journal, entry: Entry, title: str) -> bool:
        """Whether a page is nothing but the redirect that renaming `title` away from it left behind."""
        return _head(journal, entry.title).redirect == title and len(journal.history(entry.title)) == 1

    def _entry(self, journal: Journal, title: str, sha1: str, user: str, comment: str, kind: str = "") -> Entry:
        head = journal.heads.get(title)
        number = self._next(journal)
        page = head.page if head else number
        kind = kind or ("edit" if head else "create")
        return Entry(number, page, title, head.id if head else 0, user, comment, self.now().isoformat(), sha1, kind)

    # -- what people did with the files -------------------------------------------------------

    @contextmanager
    def _current(self) -> Iterator[Journal]:
        """The log, brought up to the files, while this process alone may touch them."""
        if self._held:
            yield self._held
            return
        with self.lock:
            journal = Journal(self.folder / ".capitalise")
            self._files = self._scan(journal)
            self._finish_pending(journal)
            self._record_hand_edits(journal)
            yield journal

    @contextmanager
    def held(self) -> Iterator[None]:
        """Many edits in one go: the files are read once. What somebody does to one meanwhile is still seen before it is written, by `commit`."""
        with self._current() as journal:
            self._held = journal
            try:
                yield
            finally:
                self._held = None

    def _finish_pending(self, journal: Journal) -> None:
        """An edit of ours that a crash cut between the file and the log is ours, not a person's."""
        pending = journal.folder / "pending.json"
        if pending.exists():
            entry = _pending(pending)
            path = self._files.get(entry.title) if entry else None
            if entry and entry.id not in journal.by_id and path and digest(read_page_file(path) or "") == entry.sha1:
                journal.append(entry, None)
            pending.unlink()

    def _record_hand_edits(self, journal: Journal) -> None:
        texts = {title: text for title, path in self._files.items() if (text := read_page_file(path)) is not None}
        self._files = {title: self._files[title] for title in texts}
        for title, text in texts.items():
            head = journal.heads.get(title)
            if head is None or head.sha1 != digest(text):
                journal.append(self._entry(journal, title, digest(text), BY_HAND, ""), text)
        for title in set(journal.heads) - set(self._files):
            journal.append(self._entry(journal, title, digest(""), BY_HAND, "", "delete"), None)

    def _scan(self, journal: Journal) -> dict[str, Path]:
        """The files by the title of their page. Raises WikiError where two are for one page, or one for none."""
        long = {file_name(title): title for title in journal.titles.values()}
        files: dict[str, Path] = {}
        for path in sorted(self.folder.glob("*.wiki")):
            title = long.get(path.name) or normal_title(unquote(path.stem))
            if path.name.startswith("."):
                continue
            if problem := title_problem(title):
                raise WikiError(
                    N_(
                        "The file “%(file)s” of the wiki has a name that no page can have (%(why)s): rename it, or put it elsewhere.",
                        file=path.name,
                        why=problem,
                    )
                )
            if path.is_symlink() and not path.resolve().is_relative_to(self.folder.resolve()):
                raise WikiError(
                    N_(
                        "The file “%(file)s” of the wiki is a link that leads out of its folder: put the page itself there.",
                        file=path.name,
                    )
                )
            if title in files:
                raise WikiError(
                    N_(
                        "“%(one)s” and “%(two)s” are files for one page; join them into one.",
                        one=files[title].name,
                        two=path.name,
                    )
                )
            files[title] = path
        return files


def _pending(path: Path) -> Entry | None:
    """What an edit had announced; None where the disk was full, say, and nothing can be read: what stands in the files counts."""
    try:
        return Entry(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError):
        return None


def _head(journal: Journal, title: str) -> Head:
    entry = journal.heads.get(title)
    if entry is None:
        return Head(title, 0)
    target, section = redirect_of(journal.revision(entry).text or "")
    at = datetime.fromisoformat(entry.time)
    return Head(title, entry.id, target, sha1=entry.sha1, user=entry.user, at=at, section=section)


def _is_content(title: str) -> bool:
    prefix, colon, _rest = title.partition(":")
    return not colon or prefix.casefold().split(" ")[0] not in _NOT_CONTENT
