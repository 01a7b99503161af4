"""A workspace on a wiki in a folder, for the tests of people who write kinds of bots: real files, no network, no account."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from capitalise.bots.kind import Request
from capitalise.plans.model import Plan
from capitalise.runs.apply import RunReport
from capitalise.wikis.page_files import file_name
from capitalise.workspace.workspace import Workspace

__all__ = ["Bench"]


class Bench:
    """A new workspace in `folder`, which must not exist. Of `kinds` (.py files) a copy goes into its `bots/`, and exactly these are
    trusted; `bots` are TOML texts by the bot's name, `pages` texts by title."""

    def __init__(
        self,
        folder: Path,
        kinds: Iterable[Path] = (),
        bots: Mapping[str, str] | None = None,
        pages: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.wiki = folder, folder / "wiki"
        (folder / "bots").mkdir(parents=True)
        self.wiki.mkdir()
        (folder / "capitalise.toml").write_text('[wikis.local]\nfolder = "wiki"\n', "utf-8")
        self._trusted = {self._copied(kind).resolve(): kind.read_bytes() for kind in kinds}
        for name, toml in (bots or {}).items():
            (folder / "bots" / f"{name}.toml").write_text(toml, "utf-8")
        for title, text in (pages or {}).items():
            self.write(title, text)

    def _copied(self, kind: Path) -> Path:
        return Path(shutil.copyfile(kind, self.folder / "bots" / kind.name))

    def workspace(self) -> Workspace:
        """The workspace, opened anew: what people did to its files since is seen."""
        return Workspace.open(self.folder, trusts=lambda path, code: self._trusted.get(path.resolve()) == code)

    def plan(self, bot: str, request: Request | None = None) -> Plan:
        """What a bot would do. Raises what `Workspace.plan` does."""
        return self.workspace().plan(bot, request)

    def apply(self, plan: Plan) -> RunReport:
        """Carry out a plan; what ended it is raised."""
        report = self.workspace().apply(plan)
        if report.error:
            raise report.error
        return report

    def text(self, title: str) -> str:
        """A page's text; "" where there is none."""
        path = self.wiki / file_name(title)
        return path.read_text("utf-8").rstrip("\n") if path.exists() else ""

    def write(self, title: str, text: str) -> None:
        """Somebody writes a page."""
        (self.wiki / file_name(title)).write_text(f"{text}\n", "utf-8")
