"""What it costs to read an archive of saved pages and a long shared document, beside pandoc alone on the same words: CPU, memory, pages a second.

python -m benchmarks.rescue                 1,000 saved pages, a document of 300 pages on paper
python -m benchmarks.rescue --pages 50      fewer
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pypandoc

STEPS = ["1 - Qualifier la ressource et ses besoins", "2 - Réunir une communauté", "3 - Poser les règles"]
WORDS = [
    "commun",
    "ressource",
    "règle",
    "atelier",
    "carte",
    "jardin",
    "four",
    "groupe",
    "accès",
    "usage",
    "récit",
    "clé",
    "lieu",
    "tâche",
    "voisin",
    "budget",
    "lettre",
]
#: As Vector shows a page of the kit's template (MediaWiki 1.39), less what its skin repeats.
PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="UTF-8"><title>{title}</title><script>RLCONF={{"wgPageName":"{title}",
"wgRevisionId":{n},"wgCategories":["Ingrédient"]}};</script></head><body class="mediawiki skin-vector"><div class="banner">Ce wiki a fermé.</div>
<h1 id="firstHeading" class="firstHeading">{title}</h1><div id="bodyContent"><div id="siteSub">De Les communs</div>
<div id="mw-content-text" class="mw-body-content"><div class="mw-parser-output"><table class="wikitable"><tbody>
<tr><th>Étape</th><td>{step}</td></tr><tr><th>Description</th><td><p>{text}</p><ul><li>{short}</li><li><b>{short}</b></li></ul></td></tr>
<tr><th>Outils</th><td><ul><li><b>{short}</b> <a class="external free" href="https://exemple.org/{n}">https://exemple.org/{n}</a> {short}</li></ul></td></tr>
<tr><th>Exemple</th><td><p>{short}, <a href="Page_{other}.html" title="Page {other}">Page {other}</a>.</p></td></tr></tbody></table></div>
<div class="printfooter">Récupérée de « https://exemple.org »</div></div><div id="catlinks"><div id="mw-normal-catlinks"><ul>
<li><a href="Cat%C3%A9gorie:Ingr%C3%A9dient">Ingrédient</a></li></ul></div></div></div>{skin}</body></html>
"""
SKIN = '<div id="mw-navigation"><ul>' + '<li><a href="Accueil.html">Accueil du wiki</a></li>' * 120 + "</ul></div>"


def write_archive(folder: Path, pages: int, dice: random.Random) -> None:
    """So many saved pages."""

    def some(count: int) -> str:
        return " ".join(dice.choice(WORDS) for _word in range(count))

    (folder / "wiki").mkdir(parents=True)
    for n in range(pages):
        values = {"title": f"Page {n}", "n": n + 1, "step": dice.choice(STEPS), "text": some(90), "short": some(6)}
        page = PAGE.format(**values, other=dice.randrange(pages), skin=SKIN)
        (folder / "wiki" / f"Page_{n}.html").write_text(page, "utf-8")


def write_document(path: Path, count: int, dice: random.Random) -> None:
    """What people write together: so many ingredients with their five lines."""
    lines: list[str] = []
    for n in range(count):
        text = " ".join(dice.choice(WORDS) for _word in range(80))
        lines += [
            f"## Page {n}",
            "",
            f"Étape : {dice.choice(STEPS)}",
            "",
            f"Description : {text}.",
            "",
            f"Exemple : {text[:60]}",
            "",
        ]
    path.write_text("\n".join(lines), "utf-8")


def measured(command: list[str], folder: Path, codes: tuple[int, ...] = (0,)) -> tuple[float, float, float]:
    """Seconds, seconds of CPU with those of the programs that it starts, and megabytes of the process itself."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in codes:
        raise SystemExit(f"{command}: exit {os.waitstatus_to_exitcode(status)}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    pages = parser.parse_args().pages
    words = max(3, pages * 12 // 10)  # a hundred words each, four hundred on a page of paper
    command, pandoc, dice = (
        str(Path(sys.executable).parent / "capitalise"),
        pypandoc.get_pandoc_path(),
        random.Random(1),
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "kit"
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")  # nothing that another run was told
        subprocess.run([command, "init", str(folder), "--sample"], check=True, capture_output=True)
        subprocess.run([command, "-C", str(folder), "run", "ingredients", "--yes"], check=False, capture_output=True)
        write_archive(folder / "archive", pages, dice)
        with (folder / "capitalise.toml").open("a", encoding="utf-8") as file:
            file.write('\n[wikis.ancien]\narchive = "archive"\n')
        write_document(folder / "parcours.md", words, dice)
        whole = "".join(path.read_text("utf-8") for path in sorted((folder / "archive" / "wiki").glob("*.html")))
        (folder / "tout.html").write_text(whole, "utf-8")
        there_and_back = [
            pandoc,
            "-f",
            "html",
            "-t",
            "mediawiki",
            "--wrap=none",
            "-o",
            "tout.wiki",
            "tout.html",
            "+RTS",
            "-M4g",
            "-RTS",
        ]
        alone = measured(there_and_back, folder)
        rescue = measured([command, "rescue", "ancien", "-o", "kit.ods", "--bot", "ingredients"], folder, (0, 3))
        everything = measured([command, "rescue", "ancien", "--all", "--to", "repris"], folder, (0, 3))
        documents = {}
        for ending, kind in (("docx", "docx"), ("odt", "odt"), ("md", "gfm")):
            path = f"parcours.{ending}"
            if ending != "md":
                subprocess.run([pandoc, "-f", "gfm", "-o", path, "parcours.md"], cwd=folder, check=True)
            alone_too = measured([pandoc, "-f", kind, "-t", "json", "-o", "tout.json", path], folder)
            typed = [command, "import", path, "--bot", "ingredients", "--dry-run", "--yes"]
            documents[ending] = (alone_too, measured(typed, folder, (0, 3)))
    cores, python = os.cpu_count(), platform.python_version()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {cores} cores, Python {python}, {pages} saved pages, {words} ingredients\n"
    )
    print("| | seconds | CPU seconds | MB of memory | pages a second |\n|---|---|---|---|---|")
    rows = [
        ("pandoc alone: the same HTML, skin and all, to wikitext", alone, pages),
        ("`rescue -o kit.ods`", rescue, pages),
        ("`rescue --all`", everything, pages),
        *(
            row
            for ending, (alone_too, ours) in documents.items()
            for row in (
                (f"pandoc alone: the document to its tree, .{ending}", alone_too, words),
                (f"`import --dry-run`, .{ending}", ours, words),
            )
        ),
    ]
    for label, (seconds, cpu, memory), count in rows:
        print(f"| {label} | {seconds:.1f} | {cpu:.1f} | {memory:.0f} | {count / seconds:.0f} |")


if __name__ == "__main__":
    main()
