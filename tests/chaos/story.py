"""One seed: twelve pages and their sheet, editors and people at work, runs that are broken off, then peace.

Each round is one of the schedules below. Those with a name are ways in which somebody's words were lost once, or
could have been; `counted` says how often each was really gone through.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.chaos.checker import WORD, Deeds, Faultfinder, values
from tests.chaos.people import People, rows_of
from tests.chaos.proxy import Asked, Fault
from tests.chaos.stage import FORM, SHEET, TITLES, Run, Stage

__all__ = ["Story"]

_READS = [(Fault.DROPPED, 1), (Fault.UNANSWERED, 1), (Fault.CUT, 1), (Fault.PAGE, 1), (Fault.SLOWER, 1)]
_READS += [(Fault.BUSY, 1), (Fault.LAG, 1), (Fault.INTERNAL, 1), (Fault.LOGGED_OUT, 2), (Fault.NONE, 90)]
_WRITES = [(Fault.DROPPED, 6), (Fault.UNANSWERED, 9), (Fault.LATE, 9), (Fault.CUT, 3), (Fault.PAGE, 2)]
_WRITES += [(Fault.SLOWER, 2), (Fault.BUSY, 2), (Fault.LAG, 2), (Fault.INTERNAL, 2), (Fault.LOGGED_OUT, 3)]
_WRITES += [(Fault.NONE, 60)]
MOST_FAULTS = 12  # in one run: more of them would be one long outage
_FINE = (0, 1, 3, -9)  # exit codes of a run under fire
_KILLS = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)


class Story:
    """What happens in one seed. `tell` returns the faultfinder and what was counted."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.random = stage, random.Random(seed)
        self.deeds = Deeds()
        self.people = People(stage, self.deeds, self.random)
        self.elsewhere: Deeds | None = None  # what was known when the second machine's copy was made
        self.complaints: list[str] = []
        self.here, self.there = stage.folder / "now", stage.folder / "there"
        self.sheet = self.here / SHEET
        self.interval = self.random.choice([0, 0, 6, 20])
        self.while_renamed: Callable[[str], None] = lambda name: None

    def tell(self) -> tuple[Faultfinder, Counter[str]]:
        self.stage.reset()
        for name in ("now", "there", "peace", "peace-there", "home", "home-there", "home-peace"):
            shutil.rmtree(self.stage.folder / name, ignore_errors=True)
        shutil.copytree(self.stage.workspace, self.here)
        self.stage.settings(self.here, self.interval)
        schedules = [self._run, self._run, self._apply_twice, self._two_machines, self._answered_in_the_morning]
        schedules += [self._third_text, self._restored, self._relabelled, self._saved_in_the_window]
        schedules += [self._normalised, self._slow_renames]
        for _round in range(3):
            for _deed in range(self.random.randint(2, 5)):
                self.people.in_the_sheet(self.sheet)
            for _deed in range(self.random.randint(0, 3)):
                self.people.on_the_wiki()
            self.random.choice(schedules)()
        return self._peace(), self.deeds.count

    # -- schedules ----------------------------------------------------------------------------

    def _run(self) -> None:
        self._under_fire("run", "fiches", "--yes")

    def _apply_twice(self) -> None:
        """A plan that was saved is applied, somebody disagrees, and it is applied again."""
        plan = self.stage.folder / "plan.json"
        plan.unlink(missing_ok=True)
        self._under_fire("plan", "fiches", "-o", str(plan))
        for _time in range(2):
            if plan.exists():
                self._under_fire("apply", str(plan), "--yes")
                self.people.revert()

    def _two_machines(self) -> None:
        """The same sheet on two machines, run at the same moment under one account."""
        if self.elsewhere is None:
            shutil.copytree(self.here, self.there)
            self.stage.settings(self.there, self.interval, "there")
            self.elsewhere = Deeds(
                on_wiki=self.deeds.on_wiki,
                in_sheet=self.deeds.in_sheet,
                undone=self.deeds.undone,
                sheet_words=dict(self.deeds.sheet_words),
            )
        more = Run(self.there, ["run", "fiches", "--yes"], "home-there", "there-out")
        self._under_fire("run", "fiches", "--yes", more=[more])

    def _answered_in_the_morning(self) -> None:
        """A question, the sheet left open over a night run that finds another text, and the answer to what was shown."""
        title, name = self._row_in_step(), self.random.choice(["outils", "exemple", "lieu"])
        if not title or name not in values(self.stage.text(title)):
            return
        self.people.field(title, name)
        self.people.cell(self.sheet, title, name)
        self._quietly("run", "fiches", "--yes")
        open_in_the_evening = self.sheet.read_bytes()
        shown = values(self.stage.text(title)).get(name, "")
        self.people.field(title, name)
        self._quietly("run", "fiches", "--yes")
        self.sheet.write_bytes(open_in_the_evening)
        if self.people.answer(self.sheet, title, name, self.random.choice(["feuille", "wiki"]), shown):
            self._gone_through("night run between question and answer")
        self._run()

    def _third_text(self) -> None:
        """A revert, somebody's own words, a night run, and a word more in the sheet."""
        title, name = self._row_in_step(), self.random.choice(["outils", "exemple", "lieu"])
        if not title or name not in values(self.stage.text(title)):
            return
        self.people.cell(self.sheet, title, name)
        self._quietly("run", "fiches", "--yes")
        if not self.people.revert_of(title):
            return
        if self.random.random() < 0.5:
            self._quietly("run", "fiches", "--yes")
        self.people.field(title, name, over=True)
        self._quietly("run", "fiches", "--yes")
        if title in {row["Titre"] for row in rows_of(self.sheet)}:
            self.people.cell(self.sheet, title, name)
            self._gone_through("third text after a revert")
        self._run()

    def _restored(self) -> None:
        """The wiki comes back from a backup: what was written since is gone from it, and numbers are given again."""
        self.stage.keep()
        kept = copy.deepcopy(self.deeds)
        self._run()
        self.people.on_the_wiki()
        self.stage.restore()
        self.deeds.wiki_words, self.deeds.deleted, self.deeds.names = kept.wiki_words, kept.deleted, kept.names
        self.deeds.disturbed |= {*TITLES, *self.stage.titles()}
        for _deed in range(self.random.randint(1, 4)):
            self.people.on_the_wiki()
        self.deeds.log.append("wiki: restored from a backup")
        self._gone_through("restored wiki")
        self._run()

    def _relabelled(self) -> None:
        """Somebody exchanges two labels in the form, and later puts them right."""
        form = self.here / "form.wiki"
        one, other = self.random.sample(["Description", "Outils", "Exemple", "Lieu"], 2)
        swapped = {f"{one} :": f"{other} :", f"{other} :": f"{one} :"}
        lines = [
            next((line.replace(a, b, 1) for a, b in swapped.items() if a in line), line) for line in FORM.split("\n")
        ]
        form.write_text("\n".join(lines), "utf-8")
        self.deeds.log.append(f"form: {one} and {other} exchanged")
        self._run()
        form.write_text(FORM, "utf-8")
        self._gone_through("form relabelled")
        self._run()

    def _saved_in_the_window(self) -> None:
        """An editor saves the sheet right when the program puts its own in place."""

        def editor(name: str) -> None:
            if name == SHEET:
                self.while_renamed = lambda name: None
                self.people.in_the_sheet(self.sheet)
                self._gone_through("sheet saved in the window")

        self.while_renamed = editor
        self._run()
        self.while_renamed = lambda name: None

    def _slow_renames(self) -> None:
        """Whenever a file gets its name, the world has gone on meanwhile."""

        def world(name: str) -> None:
            self.deeds.count["schedule: a file system that renames slowly"] += 1
            if self.random.random() < 0.3:
                self.people.on_the_wiki()
            if self.random.random() < 0.3:
                self.people.in_the_sheet(self.sheet)

        self.while_renamed = world
        self._run()
        self.while_renamed = lambda name: None

    def _normalised(self) -> None:
        """The normaliser on the pages that people are just writing."""
        self._under_fire("run", "propre", "--yes")
        self._gone_through("normalise against a person")
        self._run()

    def _row_in_step(self) -> str:
        """A page that has its row, and is nothing special; '' where none was found."""
        rows = {row["Titre"] for row in rows_of(self.sheet)}
        pages = [t for t in self.stage.titles() if t in rows and t in TITLES and t not in self.deeds.disturbed]
        return self.random.choice(pages) if pages else ""

    def _gone_through(self, schedule: str) -> None:
        self.deeds.count[f"schedule: {schedule}"] += 1
        self.deeds.log.append(f"schedule: {schedule}")

    # -- runs ---------------------------------------------------------------------------------

    def _quietly(self, *arguments: str) -> None:
        """A run in which nothing breaks, and nobody does anything."""
        run = Run(self.here, arguments)
        codes = self.stage.under_fire([run], lambda asked: Fault.NONE, lambda asked: None, self.random)
        self.deeds.log.append(f"quiet run ended: {codes}")
        self._read_complaints(codes)

    def _under_fire(self, *arguments: str, more: list[Run] | None = None) -> None:
        left, asked_so_far = [MOST_FAULTS], [0]
        fatal = self.random.randint(3, 40) if self.random.random() < 0.4 else 0

        def decide(asked: Asked) -> Fault:
            asked_so_far[0] += 1
            if asked_so_far[0] == fatal:
                return self._counted(self.random.choice(_KILLS))
            if asked.renamed:
                self.deeds.log.append(f"rename: {asked.renamed}")
                self.while_renamed(asked.renamed)
                return Fault.NONE
            if self.random.random() < (0.25 if asked.writes else 0.06):
                self.people.on_the_wiki()
            table = _WRITES if asked.writes else _READS
            fault = self.random.choices([f for f, _w in table], [w for _f, w in table])[0]
            if left[0] <= 0:
                return Fault.NONE
            left[0] -= fault is not Fault.NONE
            return self._counted(fault)

        runs = [Run(self.here, arguments), *(more or ())]
        codes = self.stage.under_fire(runs, decide, self.people.undo_before_it_lands, self.random)
        self.deeds.count["runs"] += len(codes)
        self.deeds.log.append(f"runs ended: {codes}")
        self._read_complaints(codes)

    def _counted(self, fault: Fault) -> Fault:
        if fault is not Fault.NONE:
            self.deeds.log.append(f"fault: {fault.value}")
            self.deeds.count[f"fault: {fault.value}"] += 1
        return fault

    def _read_complaints(self, codes: list[int], fine: tuple[int, ...] = _FINE) -> None:
        said = self.stage.folder.joinpath("out.err").read_text("utf-8", errors="replace")
        if "Traceback" in said or "unexpected" in said or any(code not in fine for code in codes):
            self.complaints.append(f"exit {codes}: {said[-1500:]}")

    # -- peace --------------------------------------------------------------------------------

    def _peace(self) -> Faultfinder:
        """Nothing breaks any more, and another machine without caches goes on from the sheet."""
        self.stage.unprotect()
        found = Faultfinder(self.deeds)
        found.histories({title: self.stage.history(title) for title in self.stage.titles()})
        self._judge(found, "now", "peace")
        if self.elsewhere:
            self.elsewhere.disturbed, self.elsewhere.names = set(self.stage.titles()), self.deeds.names
            self.elsewhere.given_up = self.deeds.given_up
            other = Faultfinder(self.elsewhere)
            other.answered = found.answered
            self._judge(other, "there", "peace-there")
            found.lost += [f"second machine: {one}" for one in other.lost]
        found.histories({title: self.stage.history(title) for title in self.stage.titles()})
        found.lost, found.doubled = list(dict.fromkeys(found.lost)), list(dict.fromkeys(found.doubled))
        found.wrong += self.complaints
        return found

    def _judge(self, found: Faultfinder, workspace: str, name: str) -> None:
        """Two runs on a new machine, then a plan: the sheet and the pages as they are then, and what is still said."""
        folder, new = self.stage.folder / workspace, self.stage.folder / name
        shutil.copytree(folder, new, ignore=shutil.ignore_patterns(".capitalise*"))
        self.stage.settings(new, 0)
        for _run in range(2):
            self._read_complaints(self._calm(new, "run", "fiches", "--yes"), fine=(0, 1, 3))
        codes = self._calm(new, "plan", "fiches", "--json")
        if codes == [1] and "looks damaged" in (self.stage.folder / "out.err").read_text("utf-8"):
            everything = {*self.stage.titles(), *(row["Titre"] for row in rows_of(new / SHEET))}
            said = [{"rule": "", "title": title, "field": "", "at": {}} for title in everything]
            left: Any = {"changes": [], "conflicts": [], "findings": said}  # all of it waits for a person
            found.deeds.disturbed |= everything
        else:
            left = json.loads((self.stage.folder / "out").read_text("utf-8"))
        rows = {row["Titre"]: row for row in rows_of(new / SHEET)}
        named = [new / one["at"]["sheet"] for one in left["findings"] if one["rule"] == "conflict-copy"]
        found.set_aside = {word for path in named for word in WORD.findall(path.read_text("utf-8"))}
        found.sheet(rows, {title: self.stage.text(title) for title in self.stage.titles()}, left)

    def _calm(self, workspace: Any, *arguments: str) -> list[int]:
        run = Run(workspace, arguments, "home-peace")
        return self.stage.under_fire([run], lambda asked: Fault.NONE, lambda asked: None, self.random)
