"""A story's stage on the real MediaWiki, a proxy in front of it, and the program in processes that can be killed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.chaos.checker import Saved
from tests.chaos.client import Program, has_ended, kill
from tests.chaos.proxy import Asked, Fault, Proxy, Turns
from tests.chaos.stage import BOT_FILES, FORM, TITLES, Run, first_text
from tests.mediawiki import farm as mediawiki
from tests.people import Person

__all__ = ["OnMediaWiki"]


class OnMediaWiki:
    """A Stage. The wiki is kept with its twelve pages, so that every seed starts from it in milliseconds."""

    def __init__(self, farm: mediawiki.Farm, key: str, folder: Path) -> None:
        self.farm, self.key, self.folder = farm, key, folder
        farm.reset(key)
        self.camille, self.admin = Person(key), Person(key, "Admin")
        self.program = Program()
        self.proxy = Proxy(mediawiki.address(key))
        for number, title in enumerate(TITLES):
            self.camille.edit(title, first_text(title, number))
        self.workspace = folder / "kit"
        (self.workspace / "bots").mkdir(parents=True)
        (self.workspace / "form.wiki").write_text(FORM, "utf-8")
        for name, settings in BOT_FILES.items():
            (self.workspace / "bots" / f"{name}.toml").write_text(settings % key, "utf-8")
        self.settings(self.workspace, 0)
        code = self.program.end(self._start(Run(self.workspace, ["run", "fiches", "--yes"])))
        assert code == 0, self.folder.joinpath("out.err").read_text("utf-8")
        farm.keep(key, "chaos")

    def reset(self) -> None:
        self.farm.reset(self.key, "chaos")

    def keep(self) -> None:
        self.farm.keep(self.key, "chaos-kept")

    def restore(self) -> None:
        """The wiki comes back from a backup: everybody logs in anew, numbers are given a second time."""
        self.farm.reset(self.key, "chaos-kept")

    def settings(self, workspace: Path, interval: float, contact: str = "here") -> None:
        (workspace / "capitalise.toml").write_text(
            f'contact = "{contact}"\n[wikis.{self.key}]\napi = "{self.proxy.address}"\nedit_interval = {interval}\n',
            "utf-8",
        )

    def under_fire(
        self,
        runs: Sequence[Run],
        decide: Callable[[Asked], Fault],
        land: Callable[[Asked], None],
        chance: random.Random,
    ) -> list[int]:
        proxy, running = self.proxy, dict[str, int]()

        def still() -> set[str]:
            return {who for who, number in running.items() if not has_ended(number)}

        proxy.decide, proxy.landing = decide, land
        proxy.kill = lambda: kill(next(iter(running.values())))
        proxy.turns = Turns(lambda: still() if len(running) == len(runs) else {"", *still()}, chance.choice)
        for run, who in zip(runs, ("here", "there"), strict=False):
            running[who] = self._start(run)
        codes = [self.program.end(number) for number in running.values()]
        proxy.decide, proxy.turns = lambda asked: Fault.NONE, None
        proxy.land()
        return codes

    def _start(self, run: Run) -> int:
        environment = {
            f"CAPITALISE_{self.key.upper()}_USER": mediawiki.BOT[0],
            f"CAPITALISE_{self.key.upper()}_PASSWORD": mediawiki.BOT[1],
            **{f"XDG_{kind}_HOME": str(self.folder / run.home / kind) for kind in ("STATE", "CONFIG", "CACHE")},
            "CHAOS_RENAMES": self.proxy.address,
        }
        return self.program.start(run.workspace, run.arguments, environment, self.folder / run.out)

    # -- the wiki, and what people do there ---------------------------------------------------

    def titles(self) -> list[str]:
        pages = self.camille.get(list="allpages", aplimit="max", apfilterredir="nonredirects")["allpages"]
        return [page["title"] for page in pages if page["title"] != "Accueil"]

    def text(self, title: str) -> str:
        return self.camille.text(title)

    def history(self, title: str) -> list[Saved]:
        page = self.camille.get(
            prop="revisions", titles=title, rvprop="user|comment|content", rvslots="main", rvlimit="max", rvdir="newer"
        )["pages"][0]
        return [Saved(r["user"], r["comment"], r["slots"]["main"]["content"]) for r in page.get("revisions", ())]

    def owners(self, revision: int) -> list[str]:
        return [page["title"] for page in self.camille.get(prop="info", revids=revision).get("pages", ())]

    def edit(self, title: str, text: str) -> None:
        self.camille.edit(title, text)

    def move(self, title: str, new: str) -> None:
        self.camille.act("move", **{"from": title, "to": new})

    def delete(self, title: str) -> None:
        self.admin.act("delete", title=title)

    def protect(self, title: str) -> None:
        self.admin.act("protect", title=title, protections="edit=sysop")

    def unprotect(self) -> None:
        for title in self.titles():
            with suppress(AssertionError):
                self.admin.act("protect", title=title, protections="edit=all")

    def close(self) -> None:
        self.camille.close()
        self.admin.close()
        self.proxy.close()
        self.program.close()
