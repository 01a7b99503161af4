"""What a printed kit costs, beside the printing library alone on the very same document: seconds and peak memory of whole processes.

python -m benchmarks.exports                 300 pages of a kit
python -m benchmarks.exports --pages 30      fewer
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ONE = """{{{{Ingrédient
|étape={step}
|description=Dire ce que l'on partage, et ce que l'on ne partage pas, numéro {n}. Un jardin, un logiciel, un four à pain : la ressource a
des bords. On les dessine ensemble, sur une carte ou une grande feuille, puis on note ce qui reste flou. On y revient chaque année, avec
celles et ceux qui sont venus depuis.
|outils={{{{Outil|nom=Carte {n}|lien=https://exemple.org/carte/{n}|phrase=une grande feuille, des feutres}}}}
{{{{Outil|nom=Arpentage|lien=https://exemple.org/arpentage/{n}|phrase=marcher ensemble}}}}
|exemple=Le four à pain de Brindezingue, année {n}
}}}}
"""
STEPS = [
    "1 - Qualifier la ressource et ses besoins",
    "2 - Réunir une communauté",
    "3 - Poser les règles",
    "4 - Trouver des ressources",
]


def write_kit(folder: Path, pages: int) -> None:
    """A workspace with the sample's form and so many pages."""
    command = [str(Path(sys.executable).parent / "capitalise"), "init", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    for n in range(pages):
        text = ONE.format(step=STEPS[n * len(STEPS) // pages], n=n)
        (folder / "wiki" / f"Délimiter la ressource {n}.wiki").write_text(text, "utf-8")


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds and megabytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command}: exit {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    pages = parser.parse_args().pages
    command = str(Path(sys.executable).parent / "capitalise")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "kit"
        write_kit(folder, pages)
        subprocess.run(
            [command, "export", "json"], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )  # what is kept is kept
        subprocess.run(
            [command, "export", "booklet", "-o", "kit.html"], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        alone = "from weasyprint import HTML; HTML('kit.html').write_pdf('alone.pdf', pdf_tags=True)"
        peer = measured([sys.executable, "-c", alone], folder)
        ours = measured([command, "export", "booklet", "--fold", "-o", "kit.pdf"], folder)
        size = (folder / "kit.pdf").stat().st_size / 1e6
        print(
            f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {pages} pages of a kit\n"
        )
        print("| | seconds | MB of memory | |\n|---|---|---|---|")
        print(f"| WeasyPrint alone, the same HTML | {peer[0]:.1f} | {peer[1]:.0f} | |")
        print(
            f"| `export booklet --fold` | {ours[0]:.1f} | {ours[1]:.0f} | {size:.1f} MB; {ours[0] / peer[0]:.2f} × and {ours[1] / peer[1]:.2f} × |"
        )


if __name__ == "__main__":
    main()
