"""A story's stage on a wiki in a folder: all in one process, so that stories can be told by the thousand.

There are no requests here: what can go wrong is the program's end at any file that it renames, and whatever
editors and people save while it does so.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from capitalise.wikis.folder import FolderWiki
from tests.chaos.checker import ROBOT, Saved
from tests.chaos.proxy import Asked, Fault
from tests.chaos.stage import BOT_FILES, FORM, TITLES, Run, first_text
from tests.processes import in_this_process
from tests.slow_files import Rename, renames_through

__all__ = ["OnFolder"]


class Killed(BaseException):
    """Stands for the end of a process: nothing of the program catches it."""


class OnFolder:
    """A Stage. Histories are kept here, by looking at the files before and after whatever anybody does."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workspace = folder, folder / "kit"
        self.wiki = folder / "wiki"
        self.kept: list[tuple[Path, dict[str, list[Saved]]]] = []
        self.saved: dict[str, list[Saved]] = {}
        self.ahead = timedelta()
        self.named_now = ""  # the page whose file gets its name: what stands there may be taken back in the next moment
        self.wiki.mkdir(parents=True)
        (self.workspace / "bots").mkdir(parents=True)
        (self.workspace / "form.wiki").write_text(FORM, "utf-8")
        for name, settings in BOT_FILES.items():
            (self.workspace / "bots" / f"{name}.toml").write_text(settings % "local", "utf-8")
        self.settings(self.workspace, 0)
        for number, title in enumerate(TITLES):
            self.edit(title, first_text(title, number))
        code = self._run(Run(self.workspace, ["run", "fiches", "--yes"]))
        assert code == 0, (folder / "out.err").read_text("utf-8")
        self._look(ROBOT)
        self.keep()

    def reset(self) -> None:
        del self.kept[1:]
        self.restore()

    def keep(self) -> None:
        to = self.folder / f"wiki-{len(self.kept[:1])}"
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.wiki, to)
        self.kept[1:] = [(to, {title: list(saved) for title, saved in self.saved.items()})]

    def restore(self) -> None:
        there, saved = self.kept[-1]
        shutil.rmtree(self.wiki)
        shutil.copytree(there, self.wiki)
        self.saved = {title: list(some) for title, some in saved.items()}

    def settings(self, workspace: Path, interval: float, contact: str = "here") -> None:
        (workspace / "capitalise.toml").write_text(f'contact = "{contact}"\n[wikis.local]\nfolder = "wiki"\n', "utf-8")

    def under_fire(
        self,
        runs: Sequence[Run],
        decide: Callable[[Asked], Fault],
        land: Callable[[Asked], None],
        chance: random.Random,
    ) -> list[int]:
        """One after the other: the wiki's lock lets nobody in between."""

        def event(path: Path) -> Fault:
            self.named_now = path.stem if path.suffix == ".wiki" else ""
            return decide(Asked("RENAME", path.name, {}, b""))

        codes = []
        for run in runs:
            with _renames(event):
                codes.append(self._run(run))
            self.named_now = ""
            self._look(ROBOT)
        return codes

    def _run(self, run: Run) -> int:
        environment = {f"XDG_{kind}_HOME": str(self.folder / run.home / kind) for kind in ("STATE", "CONFIG", "CACHE")}
        self._carry(run.workspace / "wiki")
        self.ahead += timedelta(hours=1)
        try:
            with patch.object(FolderWiki, "now", lambda wiki: datetime.now(UTC) + self.ahead):
                done = in_this_process(["-C", str(run.workspace), *run.arguments], {**os.environ, **environment})
        except Killed:
            return -9
        finally:
            self._carry(self.folder / "wiki")
        (self.folder / run.out).write_text(done.stdout, "utf-8")
        (self.folder / f"{run.out}.err").write_text(done.stderr, "utf-8")
        return done.returncode

    def _carry(self, to: Path) -> None:
        """The folder into the workspace that is at work, where its settings want it, and out of it again."""
        self.wiki = self.wiki.rename(to)

    # -- the wiki, and what people do there ---------------------------------------------------

    def titles(self) -> list[str]:
        names = sorted(path.stem for path in self.wiki.glob("*.wiki"))
        return [n for n in names if ":" not in n and "%" not in n and not self.text(n).startswith("#REDIR")]

    def text(self, title: str) -> str:
        path = self._path(title)
        return path.read_text("utf-8").rstrip("\n") if path.exists() else ""

    def history(self, title: str) -> list[Saved]:
        self._look(ROBOT, title)
        return self.saved.setdefault(title, [])

    def owners(self, revision: int) -> list[str]:
        log = self.wiki / ".capitalise" / "log.jsonl"
        return [one["title"] for one in map(json.loads, log.read_text("utf-8").splitlines()) if one["id"] == revision]

    def edit(self, title: str, text: str) -> None:
        self._look(ROBOT, title)
        self._path(title).write_text(text + "\n", "utf-8")
        self._look("Camille", title)

    def move(self, title: str, new: str) -> None:
        self._look(ROBOT, title)
        self._path(title).rename(self._path(new))
        self.saved[new] = self.saved.pop(title)
        self._path(title).write_text(f"#REDIRECTION [[{new}]]\n", "utf-8")

    def delete(self, title: str) -> None:
        self._path(title).unlink()
        self.saved.pop(title, None)

    def protect(self, title: str) -> None:
        """Nobody can, in a folder."""

    def unprotect(self) -> None:
        pass

    def close(self) -> None:
        pass

    def _path(self, title: str) -> Path:
        return self.wiki / f"{title}.wiki"

    def _look(self, who: str, *titles: str) -> None:
        """What changed since the last look is somebody's. Only what stays counts: an edit of ours that finds the file changed
        is taken back in the next moment."""
        for title in titles or self.titles():
            if who == ROBOT and title == self.named_now:
                continue
            history, text = self.saved.setdefault(title, []), self.text(title)
            if text != (history[-1].text if history else ""):
                history.append(Saved(self._of_whom(who, title, text, history), "", text))

    def _of_whom(self, who: str, title: str, text: str, history: Sequence[Saved]) -> str:
        """A text that the robot put back is its author's still, where what had been saved over it stands beside it as a conflict
        copy: nobody would undo that as an edit of the robot's."""
        beside = [path.read_text("utf-8").rstrip("\n") for path in self.wiki.glob(f"{title} (copie en conflit*).wiki")]
        before = [one.user for one in history if one.text == text]
        return before[-1] if who == ROBOT and before and history[-1].text in beside else who


@contextmanager
def _renames(event: Callable[[Path], Fault]) -> Iterator[None]:
    """A file system that tells before it renames, and lets the program end there."""
    unlink, alive = os.unlink, [True]

    def around(rename: Rename, name: Path) -> object:
        fault = event(name)
        done = None if fault is Fault.KILLED_BEFORE else rename()
        if fault is not Fault.NONE:
            alive[0] = False
            raise Killed
        return done

    def while_alive(path: Path, **more: Any) -> None:
        """Who is killed tidies nothing up."""
        if alive[0]:
            unlink(path, **more)

    with patch("os.unlink", while_alive), renames_through(around):
        yield
