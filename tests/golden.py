"""What each template of the reports makes of the sample editions: `python -m tests.golden` writes the files anew, to be read in a
diff before they are committed."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from capitalise.bots.roumics.build import build_pages
from capitalise.bots.roumics.edition import RoumicsSettings
from capitalise.bots.roumics.event import Photo
from capitalise.bots.roumics.folder import read_edition
from capitalise.bots.roumics.sections import SECTIONS
from capitalise.exports.templates import wikitext_filler
from capitalise.pages.addresses import Site
from capitalise.sheets.pandoc import read_notes, tree_to_wikitext
from capitalise.wikis.folder import FolderWiki
from tests.place import ROOT
from tests.reports import ATELIER, SAMPLE

__all__ = ["GOLDEN", "made"]

GOLDEN = ROOT / "tests" / "data" / "roumics"


def made(folder: Path) -> dict[str, str]:
    """The text that each template makes, by its name."""
    for key in ("communs", "wikiversite"):
        (folder / key).mkdir()
    readers = {key: FolderWiki(key, folder / key) for key in ("communs", "wikiversite")}
    settings = RoumicsSettings(
        "roumics",
        "communs",
        "ROUMICS",
        "wikiversite",
        SECTIONS,
        sites={key: Site(key, f"https://{key}.invalid") for key in ("wikiversite", "wikilivres")},
        writable=frozenset(readers),
    )
    editions = [read_edition(SAMPLE / key, read_notes) for key in ("2016", "2017")]
    photos = (Photo("salle.jpg", "La salle", "Camille Exemple", "CC BY-SA 4.0"), Photo("sans.jpg"))
    event = replace(editions[1].event, number=12, participants=1200, photos=photos, introduction="Un *mot*.\n\nDeux.")
    editions[1] = replace(editions[1], event=event)
    fill = wikitext_filler(None, "fr")
    built = build_pages(settings, readers.__getitem__, editions, fill, tree_to_wikitext)
    by_title = {page.title: page.regions for page in built.pages}
    texts = {**by_title[ATELIER], **by_title["ROUMICS 2017"], "index": by_title["ROUMICS"]["editions"]}
    texts["annexe"] = next(page.regions["annexe"] for page in built.pages if page.wiki == "wikiversite")
    texts["fichier"] = fill("roumics/fichier.wiki.jinja", {"photo": photos[0], "event": event.title}).strip()
    return texts


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in made(Path(folder)).items():
            (GOLDEN / f"{name}.wiki").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
