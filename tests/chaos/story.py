"""One seed: twelve pages and their sheet, editors and people at work, runs that are broken off, then peace.

Every word that somebody writes is new (`mot0017`) and is put behind what stands there, so that nobody but a
person who reverts takes a word away.
"""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.chaos.checker import FIELDS, ROBOT, Deeds, Faultfinder, Saved, values
from tests.chaos.client import Program, has_ended, kill
from tests.chaos.proxy import Asked, Fault, Proxy, Turns
from tests.mediawiki import farm as mediawiki
from tests.people import Person

__all__ = ["Story", "Theatre"]

TITLES = ["Amarante", "Bourrache", "Consoude", "Digitale", "Euphorbe", "Fenouil", "Genévrier", "Houblon", "Jonquille"]
TITLES += ["Lavande", "Mélisse", "Nénuphar"]
NEW = ["Origan", "Pissenlit", "Quinoa", "Romarin"]
SHEET = "fiches.csv"
FORM = "{{{for template|Fiche}}}\n" + "".join(f"{label} : {{{{{{field|{name}}}}}}}\n" for name, label in FIELDS.items())
_FORM_END = "{{{end template}}}\n"
_READS = [(Fault.DROPPED, 1), (Fault.UNANSWERED, 1), (Fault.CUT, 1), (Fault.PAGE, 1), (Fault.SLOWER, 1)]
_READS += [(Fault.BUSY, 1), (Fault.LAG, 1), (Fault.INTERNAL, 1), (Fault.LOGGED_OUT, 2), (Fault.NONE, 90)]
_WRITES = [(Fault.DROPPED, 6), (Fault.UNANSWERED, 9), (Fault.LATE, 9), (Fault.CUT, 3), (Fault.PAGE, 2)]
_WRITES += [(Fault.SLOWER, 2), (Fault.BUSY, 2), (Fault.LAG, 2), (Fault.INTERNAL, 2), (Fault.LOGGED_OUT, 3)]
_WRITES += [(Fault.NONE, 60)]
MOST_FAULTS = 12  # in one run: more of them would be one long outage


class Theatre:
    """A wiki with the twelve pages, kept so that every seed starts from it in milliseconds."""

    def __init__(self, farm: mediawiki.Farm, key: str, folder: Path) -> None:
        self.farm, self.key, self.folder = farm, key, folder
        farm.reset(key)
        self.camille, self.admin = Person(key), Person(key, "Admin")
        self.program = Program()
        self.proxy = Proxy(mediawiki.address(key))
        for number, title in enumerate(TITLES):
            self.camille.edit(title, _page(title, number))
        self.workspace = folder / "kit"
        (self.workspace / "bots").mkdir(parents=True)
        (self.workspace / "form.wiki").write_text(FORM + _FORM_END, "utf-8")
        (self.workspace / "bots" / "fiches.toml").write_text(
            f'kind = "fiches"\nwiki = "{key}"\nform = "form.wiki"\nsheet = "{SHEET}"\n', "utf-8"
        )
        self.settings(self.workspace, 0)
        code = self.run(self.workspace, "run", "fiches", "--yes")
        assert code == 0, self.folder.joinpath("out.err").read_text("utf-8")
        farm.keep(key, "chaos")

    def settings(self, workspace: Path, interval: float, contact: str = "here") -> None:
        (workspace / "capitalise.toml").write_text(
            f'contact = "{contact}"\n[wikis.{self.key}]\napi = "{self.proxy.address}"\nedit_interval = {interval}\n',
            "utf-8",
        )

    def run(self, workspace: Path, *arguments: str, home: str = "home") -> int:
        return self.program.end(self.start(workspace, *arguments, home=home))

    def start(self, workspace: Path, *arguments: str, home: str = "home", out: str = "out") -> int:
        environment = {
            f"CAPITALISE_{self.key.upper()}_USER": mediawiki.BOT[0],
            f"CAPITALISE_{self.key.upper()}_PASSWORD": mediawiki.BOT[1],
            **{f"XDG_{kind}_HOME": str(self.folder / home / kind) for kind in ("STATE", "CONFIG", "CACHE")},
        }
        return self.program.start(workspace, arguments, environment, self.folder / out)

    def close(self) -> None:
        self.camille.close()
        self.admin.close()
        self.proxy.close()
        self.program.close()


def _page(title: str, number: int) -> str:
    contact = f"|contact=Maison de {title}\n" if number % 2 else ""
    return (
        f"Début de {title}, écrit à la main.\n\n{{{{Fiche\n|etape={number % 3 + 1}\n|description=Ce qu'est {title}.\n"
        f"|outils=Une bêche.\n|exemple=Le jardin de {title}.\n|lieu=Lille\n{contact}}}}}\n\nFin de {title}."
    )


class Story:
    """What happens in one seed. `tell` returns the faultfinder and what was counted."""

    def __init__(self, theatre: Theatre, seed: int) -> None:
        self.theatre, self.random = theatre, random.Random(seed)
        self.deeds = Deeds()
        self.words = 0
        self.copies: list[tuple[Path, Deeds]] = []
        self.complaints: list[str] = []
        self.here = theatre.folder / "now"
        self.interval = 0

    def tell(self) -> tuple[Faultfinder, Counter[str]]:
        stage = self.theatre
        stage.farm.reset(stage.key, "chaos")
        for name in ("now", "there", "peace", "peace-there", "home", "home-there", "home-peace"):
            shutil.rmtree(stage.folder / name, ignore_errors=True)
        shutil.copytree(stage.workspace, self.here)
        self.interval = self.random.choice([0, 0, 6, 20])
        stage.settings(self.here, self.interval)
        stage.proxy.landing = self._undone_before_it_lands
        for _round in range(3):
            for _deed in range(self.random.randint(2, 5)):
                self._editor()
            for _deed in range(self.random.randint(0, 3)):
                self._person()
            self.random.choice([self._run, self._run, self._run, self._apply_twice, self._two_machines])()
        return self._peace(), self.deeds.count

    # -- runs ---------------------------------------------------------------------------------

    def _run(self) -> None:
        self._under_fire(lambda: [self.theatre.start(self.here, "run", "fiches", "--yes")])

    def _apply_twice(self) -> None:
        """A plan that was saved is applied, somebody disagrees, and it is applied again."""
        plan = self.theatre.folder / "plan.json"
        plan.unlink(missing_ok=True)
        self._under_fire(lambda: [self.theatre.start(self.here, "plan", "fiches", "-o", str(plan))])
        for _time in range(2):
            if plan.exists():
                self._under_fire(lambda: [self.theatre.start(self.here, "apply", str(plan), "--yes")])
                self._revert()

    def _two_machines(self) -> None:
        """The same sheet on two machines, run at the same moment under one account."""
        there = self.theatre.folder / "there"
        if not there.exists():
            shutil.copytree(self.here, there)
            known = Deeds(self.deeds.on_wiki, self.deeds.in_sheet, {}, dict(self.deeds.sheet_words))
            self.copies.append((there, known))
            self.theatre.settings(there, self.interval, "there")
        self._under_fire(
            lambda: [
                self.theatre.start(self.here, "run", "fiches", "--yes"),
                self.theatre.start(there, "run", "fiches", "--yes", home="home-there", out="there-out"),
            ]
        )

    def _under_fire(self, start: Callable[[], list[int]]) -> None:
        proxy, left = self.theatre.proxy, [MOST_FAULTS]
        fatal = self.random.randint(3, 40) if self.random.random() < 0.4 else 0
        asked_so_far = [0]
        running: list[int] = []

        def decide(asked: Asked) -> Fault:
            asked_so_far[0] += 1
            if asked_so_far[0] == fatal and running:
                return self._counted(self.random.choice([Fault.KILLED_BEFORE, Fault.KILLED_AFTER]))
            if self.random.random() < (0.25 if asked.writes else 0.06):
                self._person()
            table = _WRITES if asked.writes else _READS
            fault = self.random.choices([f for f, _w in table], [w for _f, w in table])[0]
            if left[0] <= 0:
                return Fault.NONE
            left[0] -= fault is not Fault.NONE
            return self._counted(fault)

        def still() -> set[str]:
            return {who for who, number in zip(("here", "there"), running, strict=False) if not has_ended(number)}

        proxy.decide = decide
        proxy.kill = lambda: kill(running[0])
        proxy.turns = Turns(lambda: still() if running else {"here", "there"}, self.random.choice)
        running += start()
        codes = [self.theatre.program.end(number) for number in running]
        proxy.decide, proxy.turns = lambda asked: Fault.NONE, None
        proxy.land()
        self.deeds.count["runs"] += len(codes)
        self.deeds.log.append(f"runs ended: {codes}")
        self._read_complaints(codes)

    def _counted(self, fault: Fault) -> Fault:
        if fault is not Fault.NONE:
            self.deeds.log.append(f"fault: {fault.value}")
            self.deeds.count[f"fault: {fault.value}"] += 1
        return fault

    def _read_complaints(self, codes: list[int], fine: tuple[int, ...] = (0, 1, 3, -9)) -> None:
        said = self.theatre.folder.joinpath("out.err").read_text("utf-8", errors="replace")
        if "Traceback" in said or "unexpected" in said or any(code not in fine for code in codes):
            self.complaints.append(f"exit {codes}: {said[-1500:]}")

    def _peace(self) -> Faultfinder:
        """Nothing breaks any more, and another machine without caches goes on from the sheet."""
        stage = self.theatre
        for title in self._titles():
            with suppress(AssertionError):
                stage.admin.act("protect", title=title, protections="edit=all")
        found = Faultfinder(self.deeds)
        found.histories(self._histories())
        rows, left = self._settled(self.here, "peace")
        found.sheet(rows, self._texts(), left)
        for folder, known in self.copies:
            known.disturbed = set(self._titles())
            known.names = self.deeds.names
            other = Faultfinder(known)
            other.answered = found.answered
            rows, left = self._settled(folder, "peace-there")
            other.sheet(rows, self._texts(), left)
            found.lost += [f"second machine: {one}" for one in other.lost]
        found.histories(self._histories())
        found.lost, found.doubled = list(dict.fromkeys(found.lost)), list(dict.fromkeys(found.doubled))
        found.wrong += self.complaints
        return found

    def _settled(self, folder: Path, name: str) -> tuple[dict[str, dict[str, str]], Any]:
        stage = self.theatre
        new = stage.folder / name
        shutil.copytree(folder, new, ignore=shutil.ignore_patterns(".capitalise*"))
        stage.settings(new, 0)
        for _run in range(2):
            code = stage.run(new, "run", "fiches", "--yes", home="home-peace")
            self._read_complaints([code], fine=(0, 3))
        stage.run(new, "plan", "fiches", "--json", home="home-peace")
        printed = stage.folder.joinpath("out").read_text("utf-8")
        return {row["Titre"]: row for row in _rows(new / SHEET)}, json.loads(printed)

    # -- the wiki as it is ----------------------------------------------------------------------

    def _titles(self) -> list[str]:
        pages = self.theatre.camille.get(list="allpages", aplimit="max", apfilterredir="nonredirects")["allpages"]
        return [page["title"] for page in pages if page["title"] not in ("Accueil",)]

    def _histories(self) -> dict[str, list[Saved]]:
        return {title: self._history(title) for title in self._titles()}

    def _history(self, title: str) -> list[Saved]:
        page = self.theatre.camille.get(
            prop="revisions", titles=title, rvprop="user|comment|content", rvslots="main", rvlimit="max", rvdir="newer"
        )["pages"][0]
        return [Saved(r["user"], r["comment"], r["slots"]["main"]["content"]) for r in page.get("revisions", ())]

    def _texts(self) -> dict[str, str]:
        return {title: self.theatre.camille.text(title) for title in self._titles()}

    # -- people -------------------------------------------------------------------------------

    def _word(self) -> str:
        self.words += 1
        return f"mot{self.words:04}"

    def _person(self) -> None:
        """Somebody does something on the wiki."""
        deeds = [self._field, self._field, self._field, self._prose, self._prose, self._revert, self._revert]
        deeds += [self._fill_in, self._step, self._rare]
        self.random.choice(deeds)()

    def _rare(self) -> None:
        self.random.choice([self._move, self._protect, self._delete, self._create])()

    def _some_page(self) -> tuple[str, str] | None:
        title = self.random.choice(self._titles())
        text = self.theatre.camille.text(title)
        return (title, text) if "{{Fiche" in text else None

    def _save(self, title: str, text: str, what: str) -> None:
        with suppress(AssertionError):  # protected, deleted: people fail too
            self.theatre.camille.edit(title, text)
            self.deeds.count["edits by people"] += 1
            self.deeds.log.append(f"wiki: {what} of {title} (word {self.words})")
            self.deeds.count[f"people: {what}"] += 1
            self.deeds.wiki_words |= {w: title for w in [f"mot{self.words:04}"] if w in text and what != "revert"}

    def _field(self) -> None:
        if found := self._some_page():
            title, text = found
            name = self.random.choice([n for n in values(text) if n != "etape"])
            self.deeds.on_wiki.add((title, name))
            self._save(
                title,
                text.replace(f"|{name}={values(text)[name]}", f"|{name}={values(text)[name]} {self._word()}"),
                "field",
            )

    def _step(self) -> None:
        """A value that other pages have too."""
        if found := self._some_page():
            title, text = found
            step = values(text).get("etape", "1")
            self.deeds.on_wiki.add((title, "etape"))
            self._save(title, text.replace(f"|etape={step}", f"|etape={int(step) % 3 + 1}"), "step")

    def _prose(self) -> None:
        if found := self._some_page():
            self._save(found[0], f"{found[1]} {self._word()}", "prose")

    def _fill_in(self) -> None:
        """A field that was missing, at the top of the call: the wiki merges it with ours at the end."""
        empty = [t for t in self._titles() if "\n|contact=" not in self.theatre.camille.text(t)]
        if empty:
            title = self.random.choice(empty)
            text = self.theatre.camille.text(title)
            self.deeds.on_wiki.add((title, "contact"))
            self._save(title, text.replace("{{Fiche\n", f"{{{{Fiche\n|contact={self._word()}\n"), "missing field")

    def _revert(self) -> None:
        """Somebody undoes the robot's last edit of a page."""
        pages = [t for t in self._titles() if t in TITLES]
        self.random.shuffle(pages)
        for title in pages[:4]:
            history = self._history(title)
            if history[-1].user == ROBOT and len(history) > 1:
                self._undo(title, history)
                return

    def _undo(self, title: str, history: list[Saved]) -> None:
        now, before = values(history[-1].text), values(history[-2].text)
        self.deeds.on_wiki |= {(title, n) for n in FIELDS if now.get(n) != before.get(n)}
        self._save(title, history[-2].text, "revert")

    def _undone_before_it_lands(self, asked: Asked) -> None:
        """While an edit was on its way the same one was sent again and saved: somebody saw that, and undid it."""
        title = asked.parameters.get("title", "")
        history = self._history(title)
        same = len(history) > 1 and history[-1].user == ROBOT and history[-1].comment == asked.parameters.get("summary")
        if same and self.random.random() < 0.7:
            self._undo(title, history)

    def _move(self) -> None:
        if self.deeds.names:
            return
        title = self.random.choice([t for t in self._titles() if t in TITLES])
        new = f"{title} des champs"
        try:
            self.theatre.camille.act("move", **{"from": title, "to": new})
        except AssertionError:  # protected
            return
        self.deeds.names[title] = new
        self.deeds.disturbed |= {title, new}
        self.deeds.in_sheet |= {(new, n) for t, n in self.deeds.in_sheet if t == title}
        self.deeds.on_wiki |= {(new, n) for t, n in self.deeds.on_wiki if t == title}
        self.deeds.count["people: move"] += 1
        self.deeds.log.append(f"wiki: {title} moved")

    def _protect(self) -> None:
        self.theatre.admin.act("protect", title=self.random.choice(self._titles()), protections="edit=sysop")
        self.deeds.count["people: protect"] += 1

    def _delete(self) -> None:
        if self.deeds.deleted:
            return
        title = self.random.choice([t for t in self._titles() if t in TITLES])
        self.theatre.admin.act("delete", title=title)
        self.deeds.deleted.add(title)
        self.deeds.disturbed.add(title)
        self.deeds.wiki_words = {w: t for w, t in self.deeds.wiki_words.items() if t != title}
        self.deeds.count["people: delete"] += 1
        self.deeds.log.append(f"wiki: {title} deleted")

    def _create(self) -> None:
        """A page of the name of one that an editor may have in the sheet."""
        title = self.random.choice(NEW)
        if title not in self._titles():
            self.deeds.on_wiki |= {(title, name) for name in FIELDS}
            self.deeds.disturbed.add(title)
            self._save(title, f"De quelqu'un.\n\n{{{{Fiche\n|etape=1\n|description={self._word()}\n}}}}", "page")

    # -- editors ------------------------------------------------------------------------------

    def _editor(self) -> None:
        """Somebody does something in the sheet, which is closed while the program runs."""
        rows = _rows(self.here / SHEET)
        self.random.choice(
            [self._cell, self._cell, self._cell, self._contact, self._new_row, self._drag, self._choose]
        )(rows)
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(rows[0]), delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        (self.here / SHEET).write_bytes(out.getvalue().encode("utf-8-sig"))
        self.deeds.count["edits in the sheet"] += 1

    def _typed(self, row: dict[str, str], name: str, text: str) -> None:
        row[FIELDS[name]] = text
        self.deeds.log.append(f"sheet: {row['Titre']} {name} = {text}")
        for title in {row["Titre"], self.deeds.names.get(row["Titre"], row["Titre"])}:
            self.deeds.in_sheet.add((title, name))
        for word in text.split():
            if word == f"mot{self.words:04}":
                self.deeds.sheet_words[word] = (row["Titre"], name)

    def _cell(self, rows: list[dict[str, str]]) -> None:
        row, name = self.random.choice(rows), self.random.choice(["description", "outils", "exemple", "lieu"])
        self._typed(row, name, f"{row[FIELDS[name]]} {self._word()}".strip())

    def _contact(self, rows: list[dict[str, str]]) -> None:
        row = self.random.choice([r for r in rows if not r["Contact"]] or rows)
        self._typed(row, "contact", f"{row['Contact']} {self._word()}".strip())

    def _choose(self, rows: list[dict[str, str]]) -> None:
        row = self.random.choice(rows)
        self._typed(row, "etape", str(self.random.randint(1, 3)))

    def _new_row(self, rows: list[dict[str, str]]) -> None:
        free = [t for t in NEW if t not in {r["Titre"] for r in rows}]
        if free:
            row = dict.fromkeys(rows[0], "") | {"Titre": self.random.choice(free)}
            rows.append(row)
            self._typed(row, "etape", "2")
            self._typed(row, "description", self._word())

    def _drag(self, rows: list[dict[str, str]]) -> None:
        """The number of one row dragged down over the next: a spreadsheet counts on."""
        at = self.random.randrange(1, len(rows))
        if rows[at - 1]["revision"].isdecimal() and rows[at]["revision"].isdecimal():
            rows[at]["revision"] = str(int(rows[at - 1]["revision"]) + self.random.randint(0, 1))
            owner = self.theatre.camille.get(prop="info", revids=rows[at]["revision"]).get("pages", ())
            self.deeds.disturbed |= {rows[at]["Titre"], *(page["title"] for page in owner)}  # two rows for one page now
            self.deeds.log.append(f"sheet: number of {rows[at]['Titre']} dragged")


def _rows(path: Path) -> list[dict[str, str]]:
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
