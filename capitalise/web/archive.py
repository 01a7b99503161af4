"""An archive on the web, fetched politely: one request a second, each page once, kept on this machine, begun again where it was left."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import requests
import urllib3
from platformdirs import user_cache_path

from capitalise.archives.elements import document_of
from capitalise.archives.files import Places, places_of
from capitalise.archives.naming import named
from capitalise.clock import Clock
from capitalise.errors import WikiError
from capitalise.files import write_safely
from capitalise.messages import N_, Message
from capitalise.web.guarded import Elsewhere, PrivateHost, TooLarge, fetch, host_of, is_inside, what_went_wrong

__all__ = ["PAUSE", "WebFiles", "open_archive"]

PAUSE = 1.0  # seconds between two requests
MOST_PAGES = 20_000
MOST_BYTES = 10 << 20  # of one page
TELL = 20  # pages between two lines that say how far it is


def open_archive(address: str, agent: str, clock: Clock, told: Callable[[Message], None]) -> WebFiles:
    """The archive at an address: its root, or any page of it."""
    parts = urlsplit(address)
    path = re.sub(r"/(?:wiki/.*|index\.php.*)?$", "", parts.path)
    root = f"{parts.scheme}://{parts.netloc}{path}"
    folder = user_cache_path("capitalise") / f"archive-{hashlib.sha256(root.encode()).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return WebFiles(root, folder, agent, clock, told)


class WebFiles:
    """The files of an archive on the web; what was fetched lies in `folder` under the archive's own names."""

    def __init__(self, address: str, folder: Path, agent: str, clock: Clock, told: Callable[[Message], None]) -> None:
        self.address, self.folder, self.agent, self.clock, self.told = address, folder, agent, clock, told
        self._last = -PAUSE
        self._gone: set[str] = set()  # a page that is missing today may be back tomorrow
        self._places = places_of(self._asked())

    # -- as SavedFiles ------------------------------------------------------------------------

    def index(self) -> Places:
        """Every page that links lead to, all of them fetched: some thousand seconds the first time, none later."""
        if not (self.folder / "whole").exists():
            self._crawl()
            if self._places.pages:
                write_safely(self.folder / "whole", b"")
        return self.kept()

    def kept(self) -> Places:
        return self._places

    def place(self, title: str) -> str:
        """Where a page lies: as it is kept, else as archives call it."""
        if there := self._places.pages.get(title):
            return there
        name = title.replace(" ", "_")
        once = quote(name, safe="/:@!$&'()*+,;=~")
        return next(
            (
                place
                for place in (f"wiki/{name}", f"wiki/{once}", f"wiki/{name}.html", f"wiki/{once}.html")
                if self.data(place)
            ),
            "",
        )

    def history(self, title: str) -> str:
        name = quote(title.replace(" ", "_"), safe="")
        place = f"index.php@title={name}&action=history.html"
        return place if self.data(place) else ""

    def data(self, place: str) -> bytes | None:
        """A file, fetched once. Raises WikiError where the archive does not answer."""
        if named(place) is None or ".." in place.split("/"):
            return None  # a name that no page has leads nowhere
        path = self._file(place)
        if path.is_file():
            return path.read_bytes()
        if place in self._gone:
            return None
        data = self._fetched(place)
        if data is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_safely(path, data)
        self._note(place, good=data is not None)
        return data

    def _note(self, place: str, *, good: bool) -> None:
        """Remember what was fetched, a line each: a crash costs the last one. A place holds no end of a line (`named`)."""
        if not good:
            self._gone.add(place)
            return
        with (self.folder / "fetched.txt").open("a", encoding="utf-8") as file:
            file.write(f"{place}\n")
        if found := named(place):
            self._places.add(place, found)

    def _asked(self) -> list[str]:
        path = self.folder / "fetched.txt"
        return [line for line in path.read_text("utf-8", "replace").split("\n") if line] if path.exists() else []

    def _file(self, place: str) -> Path:
        """Where a file is kept, by a name that its own cannot lead astray."""
        return self.folder / "pages" / f"{hashlib.sha256(place.encode()).hexdigest()}.html"

    # -- fetching -----------------------------------------------------------------------------

    def _fetched(self, place: str) -> bytes | None:
        self._pause()
        address = f"{self.address}/{quote(place)}"
        try:
            answer = fetch(
                address,
                self.agent,
                private=is_inside(self.address),
                most_bytes=MOST_BYTES,
                follows=lambda host, before: host.removeprefix("www.") == before.removeprefix("www."),
            )
        except TooLarge as error:
            raise WikiError(N_("%(file)s is larger than %(most)d MB.", file=address, most=MOST_BYTES >> 20)) from error
        except Elsewhere as error:
            why = N_(
                "%(file)s leads to another machine (%(host)s): the archive is not there.",
                file=address,
                host=host_of(str(error)),
            )
            raise WikiError(why) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            cause = what_went_wrong(error)
            what = N_("it is on a private network") if isinstance(cause, PrivateHost) else type(cause).__name__
            raise WikiError(N_("The archive %(file)s does not answer (%(why)s).", file=address, why=what)) from error
        moved = answer.address != address
        if answer.status in (401, 403) or (moved and re.search(r"(?i)login|signin", urlsplit(answer.address).path)):
            raise WikiError(N_("%(file)s asks to log in: what it hides cannot be read.", file=address))
        if answer.status in (404, 410):
            return None
        if not answer.ok:
            raise WikiError(
                N_("The archive %(file)s does not answer (%(why)s).", file=address, why=f"HTTP {answer.status}")
            )
        return answer.data

    def _pause(self) -> None:
        wait = self._last + PAUSE - self.clock.seconds()
        if wait > 0:
            self.clock.sleep(wait)
        self._last = self.clock.seconds()

    def _crawl(self) -> None:
        """Follow links from the archive's first page, pages only; what is kept is not asked for again."""
        queue, seen = deque([""]), {""}
        done = 0
        while queue:
            place = queue.popleft()
            try:
                data = self._root() if not place else self.data(place)
            except WikiError as error:
                if not place:
                    raise
                self.told(error.message)  # one page that does not answer is none of the others
                continue
            done += 1
            if done % TELL == 0:
                self.told(N_("%(done)d pages of the archive read, %(left)d to come", done=done, left=len(queue)))
            for found in self._links(data or b"", place):
                if found not in seen:
                    seen.add(found)
                    queue.append(found)
            if done > MOST_PAGES:
                raise WikiError(
                    N_("The archive has more than %(most)d pages: name those that you want.", most=MOST_PAGES)
                )

    def _root(self) -> bytes | None:
        """The first page: at the root itself, or where archives keep the wiki's."""
        for place in ("", "wiki/", "index.html", "wiki/Accueil", "wiki/Main_Page"):
            if data := self._fetched(place):
                return data
        return None

    def _links(self, data: bytes, place: str) -> Iterator[str]:
        """The pages that a page leads to, as paths below the root: current ones only."""
        base = f"{self.address}/{quote(place)}"
        root = _without_scheme(self.address)
        tree = document_of(data.decode("utf-8", "replace"))
        for link in tree.iter("a") if tree is not None else ():
            try:
                address = urljoin(base, link.get("href", "").strip()).partition("#")[0]
            except ValueError:  # a bracket without its pair
                continue
            if not _without_scheme(address).startswith(root + "/"):
                continue
            found = unquote(_without_scheme(address).removeprefix(root + "/"))
            page = named(found)
            if page and not page.oldid and not page.action:
                yield found


def _without_scheme(address: str) -> str:
    """An archive that moved to https is the same one."""
    return re.sub(r"^https?://(?:www\.)?", "", address)
