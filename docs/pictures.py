"""The pictures of the README, made anew: `make pictures` (needs LibreOffice, Chromium and the MediaWiki of the tests).

The demonstration is made in a folder that goes away; its sheet is printed by LibreOffice, its pages by a real MediaWiki,
its reports by Chromium as they are.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.activities import write_activities
from tests.mediawiki import farm as mediawiki
from tests.people import Person

PICTURES = Path(__file__).parent / "pictures"
COMMAND = str(Path(sys.executable).parent / "capitalise")
INGREDIENT = "Délimiter le périmètre de la ressource"
STYLE = """body{margin:0;font:15px/1.45 'DejaVu Sans',sans-serif;background:#eceff1;display:grid;grid-template-columns:1.25fr .2fr 1fr;
align-items:center;padding:18px;box-sizing:border-box;height:100vh} figure{margin:0;background:#fff;border:1px solid #b0bec5;border-radius:6px;
overflow:hidden} figcaption{background:#37474f;color:#fff;padding:6px 12px} .sheet{height:400px;overflow:hidden} .sheet table{zoom:.72;border-collapse:collapse} .sheet td{border:1px solid #cfd8dc;padding:3px;vertical-align:top} .arrow{text-align:center;font-size:42px;
color:#37474f} .page{padding:4px 18px 14px;height:382px;overflow:hidden} h1{font:24px Georgia,serif;border-bottom:1px solid #a2a9b1}"""


def main() -> None:
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        environment = {**os.environ, "LANGUAGE": "fr"}
        subprocess.run([COMMAND, "demo", str(folder)], env=environment, check=True, stdout=subprocess.DEVNULL)
        try:
            _sheet_and_page(folder, Path(name))
            _report(folder)
        finally:
            for key in mediawiki.WIKIS:
                farm.reset(key)
            farm.stop()
        _shot((folder / "exports" / "liens.html").as_uri(), "liens", 1200, 1500)
        _shot((folder / "exports" / "etat.html").as_uri(), "etat", 1100, 640)
        _printed(Path(name))


def _sheet_and_page(folder: Path, scratch: Path) -> None:
    """Side by side: the rows in LibreOffice, one of the pages on a wiki."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{scratch}/office", "--headless", "--convert-to", "html", "--outdir", str(scratch), str(folder / "ingredients.ods")],
        check=True,
        capture_output=True,
    )  # fmt: skip
    sheet = (scratch / "ingredients.html").read_text("utf-8")
    table = re.sub(
        r"<comment>.*?</comment>", "", sheet[sheet.index("<table") : sheet.rindex("</table>") + 8], flags=re.DOTALL
    )
    text = (folder / "wiki" / f"{INGREDIENT}.wiki").read_text("utf-8")
    person = _typed(folder, "wiki", "communs")
    shown = person.act("parse", title=INGREDIENT, text=text, disableeditsection=True)["parse"]["text"]
    person.close()
    page = scratch / "page.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><figure><figcaption>ingredients.ods</figcaption>"
        f"<div class=sheet>{table}</div></figure><div class=arrow>⇄</div><figure><figcaption>wiki</figcaption>"
        f"<div class=page><h1>{html.escape(INGREDIENT)}</h1>{shown}</div></figure>",
        "utf-8",
    )
    _shot(page.as_uri(), "feuille-et-page", 1280, 480)


def _report(folder: Path) -> None:
    _typed(folder, "wiki", "communs").close()
    _shot(f"{mediawiki.address('communs').removesuffix('/w/api.php')}/wiki/ROUMICS_2017", "roumics", 1100, 1000)


def _printed(scratch: Path) -> None:
    """Pages of a booklet, the group's side of an easel and a sheet of cards, beside each other."""
    folder = write_activities(scratch / "cahier")
    shown = {"booklet": ("livret", (12, 20, 21)), "easel": ("chevalet", (1,)), "cards": ("cartes", (1,))}
    pages = []
    for format, (word, numbers) in shown.items():
        subprocess.run([COMMAND, "-C", str(folder), "export", format], env={**os.environ, "LANGUAGE": "fr"}, check=True)
        for number in numbers:
            file, picture = folder / "exports" / f"cahier-{word}.pdf", scratch / f"{word}{number}"
            where = ["-f", str(number), "-l", str(number), "-singlefile"]
            subprocess.run(["pdftoppm", "-png", "-r", "110", *where, str(file), str(picture)], check=True)
            pages.append(f'<img src="{picture.with_suffix(".png").as_uri()}" alt="">')
    style = (
        "body{margin:0;padding:18px;background:#eceff1;display:flex;gap:14px;align-items:center} "
        "img{height:330px;border:1px solid #b0bec5}"
    )
    page = scratch / "printed.html"
    page.write_text(f"<!doctype html><style>{style}</style>{''.join(pages)}", "utf-8")
    _shot(page.as_uri(), "livret", 1530, 370)


def _typed(folder: Path, wiki: str, key: str) -> Person:
    """The pages of a wiki in a folder, on a wiki of the tests."""
    person = Person(key)
    for path in sorted((folder / wiki).glob("*.wiki")):
        text = re.sub(r"\[\[[^\]|]+::(.*?)\]\]", r"\1", path.read_text("utf-8"))  # no Semantic MediaWiki here
        person.edit(path.stem.replace("%3A", ":").replace("%2F", "/"), text)
    return person


def _shot(address: str, name: str, width: int, height: int) -> None:
    chromium = shutil.which("chromium") or "chromium"
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", f"--user-data-dir={profile}",
             "--virtual-time-budget=9000", f"--window-size={width},{height}", f"--screenshot={PICTURES / name}.png", address],
            check=True,
            capture_output=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
