"""What the reports of many editions cost: requests on each wiki, counted in its log, and seconds of whole commands.

    python -m benchmarks.roumics               15 editions with 12 workshops each, notes in Markdown, an annex each
    python -m benchmarks.roumics --editions 3  fewer

The budget is ⌈pages/50⌉ + 6 requests to plan, on every wiki.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from tests.mediawiki import farm as mediawiki
from tests.people import Person

WIKIS = ("communs", "wikiversite")
WORKSHOPS = 12
NOTES = """# Ce qui s'est dit

Un commun imaginaire, *numéro {n}*, et le livre : https://fr.wikibooks.org/wiki/Construire_des_communs

- une idée
- une autre

Décision : garder l'idée {n}
À faire : l'écrire (Camille Exemple) avant le 12 mai

| quoi | combien |
|------|---------|
| pain | {n} |
"""


def write_editions(folder: Path, editions: int) -> None:
    """Folders of editions that nobody ever held."""
    for year in range(2010, 2010 + editions):
        place = folder / str(year)
        (place / "notes").mkdir(parents=True)
        rows = ["jour;début;fin;titre;salle;intervenants;pad;notes;page"]
        for n in range(WORKSHOPS):
            rows.append(
                f"17/11/{year};{8 + n}h;{8 + n}h45;Atelier {n};Salle {n % 3};Camille Exemple, facilitatrice;;notes/{n}.md;"
            )
            (place / "notes" / f"{n}.md").write_text(NOTES.format(n=n), "utf-8")
        (place / "event.csv").write_text("\n".join(rows) + "\n", "utf-8")
        (place / "event.toml").write_text(
            f'theme = "Thème {year}"\ndates = [{year}-11-17]\nplace = "Lille"\nparticipants = {60 + year % 100}\n'
            f'annex = "Recherche:ROUMICS/Annexe {year}"\n',
            "utf-8",
        )


class Bench:
    """A workspace on the wikis of the farm."""

    def __init__(self, folder: Path, editions: int) -> None:
        self.folder = folder / "kit"
        (self.folder / "bots").mkdir(parents=True)
        (self.folder / "bots" / "roumics.toml").write_text(
            'kind = "roumics"\nwiki = "communs"\nindex_page = "ROUMICS"\nannex_wiki = "wikiversite"\n', "utf-8"
        )
        wikis = "".join(f'[wikis.{key}]\napi = "{mediawiki.address(key)}"\nedit_interval = 0\n' for key in WIKIS)
        (self.folder / "capitalise.toml").write_text(f'contact = "bench"\n{wikis}', "utf-8")
        write_editions(self.folder / "roumics", editions)
        home = folder / "home"
        home.mkdir()
        accounts = {
            f"CAPITALISE_{key.upper()}_{name}": value
            for key in WIKIS
            for name, value in zip(("USER", "PASSWORD"), mediawiki.BOT, strict=True)
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CAPITALISE_", "XDG_", "PYTHON"))}
        self.environment = {**kept, **accounts, "HOME": str(home), "LANGUAGE": "en"}

    def counted(self, *arguments: str) -> tuple[dict[str, int], float, dict[str, Any]]:
        """Requests by wiki, seconds, and the plan that was printed."""
        for key in WIKIS:
            (mediawiki.ROOT / f"requests-{key}.jsonl").unlink(missing_ok=True)
        command = [str(Path(sys.executable).parent / "capitalise"), "-C", str(self.folder), *arguments, "--json"]
        start = time.monotonic()
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        took = time.monotonic() - start
        if done.returncode not in (0, 3):
            sys.exit(f"{command}: {done.returncode}\n{done.stderr[-2000:]}")
        logs = {key: mediawiki.ROOT / f"requests-{key}.jsonl" for key in WIKIS}
        requests = {key: len(log.read_text().splitlines()) if log.exists() else 0 for key, log in logs.items()}
        return requests, took, json.loads(done.stdout)

    def new_template(self) -> None:
        """Every page of a session changes."""
        own = self.folder / "templates" / "roumics" / "compte-rendu.wiki.jinja"
        own.parent.mkdir(parents=True)
        own.write_text("== Notes ==\n{{ notes }}\n", "utf-8")


def row(what: str, requests: dict[str, int], took: float, plan: dict[str, Any], pages: dict[str, int]) -> bool:
    budget = {key: math.ceil(pages[key] / 50) + 6 for key in WIKIS}
    cells = " | ".join(f"{requests[key]} of {budget[key]}" for key in WIKIS)
    print(f"| {what} | {len(plan['changes'])} | {cells} | {took:.1f} |", flush=True)
    return all(requests[key] <= budget[key] for key in WIKIS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editions", type=int, default=15)
    editions = parser.parse_args().editions
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    try:
        for key in WIKIS:
            farm.reset(key)
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Path(folder), editions)
            print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
            print(
                "\n| command | pages that change | requests to communs | requests to wikiversite | seconds |\n|---|---|---|---|---|"
            )
            requests, took, plan = bench.counted("plan", "roumics")
            pages = Counter(change["wiki"] for change in plan["changes"])
            good = row("plan, nothing is there yet", requests, took, plan, pages)
            requests, took, done = bench.counted("run", "roumics", "--yes")
            print(
                f"| run | {len(done['changes'])} | {requests['communs']} | {requests['wikiversite']} | {took:.1f} |",
                flush=True,
            )
            good &= row("plan, nothing changed", *bench.counted("plan", "roumics"), pages)
            good &= row("plan again", *bench.counted("plan", "roumics"), pages)
            bench.new_template()
            good &= row("plan, a template changed", *bench.counted("plan", "roumics"), pages)
            person = Person("communs")
            for n in range(3):
                person.edit(
                    f"ROUMICS 2010 - Atelier {n}", person.text(f"ROUMICS 2010 - Atelier {n}") + "\nUn mot de plus."
                )
            person.close()
            good &= row("the same, people wrote on 3 pages", *bench.counted("plan", "roumics"), pages)
    finally:
        farm.stop()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
