"""The folder of a new edition: an `event.toml` that says what goes where, and a sheet ready to fill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import tomlkit
from tomlkit import TOMLDocument

from capitalise.bots.roumics.event import Event
from capitalise.bots.roumics.rows import COLUMNS, HEADINGS, sessions_table
from capitalise.errors import SettingsError
from capitalise.files import reason, write_safely
from capitalise.messages import N_
from capitalise.plans.model import SheetLook
from capitalise.sheets import ods
from capitalise.sheets.table import Comments

__all__ = ["write_edition"]

_NARROW = tuple(HEADINGS[key] for key in ("day", "start", "end", "room"))


def write_edition(folder: Path, event: Event) -> list[Path]:
    """Write the folder of an edition; returns its files. Raises SettingsError where it holds one already."""
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(N_("%(dir)s already holds files: nothing was written.", dir=folder))
    table = sessions_table("event.ods", event.sessions)
    look = SheetLook(narrow=_NARROW)
    sheet = ods.write(table, None, "", "", look, Comments())
    files = {folder / "event.toml": tomlkit.dumps(_settings(event)).encode(), folder / "event.ods": sheet}
    try:
        (folder / "notes").mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            write_safely(path, data)
    except OSError as error:
        raise SettingsError(N_("%(file)s cannot be written: %(why)s", file=folder, why=reason(error))) from error
    return sorted(files)


def _settings(event: Event) -> TOMLDocument:
    document = tomlkit.document()
    for line in (
        f"{event.title}. Les séances : event.ods, une ligne chacune ({', '.join(COLUMNS)}).",
        "Les notes d'un atelier : un fichier (.md, .txt, .docx, .odt) dans notes/, ou l'adresse du pad.",
        "Ce qui n'est pas su reste vide. « capitalise roumics check » dit ce qui manque.",
    ):
        document.add(tomlkit.comment(line))
    document["title"] = event.title
    _put(document, "number", event.number, "le numéro de l'édition : 12")
    _put(document, "theme", event.theme, "")
    _put(document, "dates", list(event.dates), "[2027-11-19, 2027-11-20]")
    _put(document, "place", event.place, "")
    _put(document, "introduction", event.introduction, "un ou plusieurs paragraphes, entre trois guillemets")
    _put(document, "participants", event.participants, "combien de personnes sont venues")
    _put(document, "partners", list(event.partners), "")
    _put(document, "thanks", event.thanks, "")
    if not event.built:
        build = tomlkit.item(False)
        build.comment("la page du wiki est écrite à la main : le robot la cite, et n'y touche pas")
        document["build"] = build
    _examples(document, event)
    return document


def _put(document: TOMLDocument, key: str, value: str | int | Sequence[object], hint: str) -> None:
    item = (
        tomlkit.string(f"{value}\n", multiline=True)
        if isinstance(value, str) and "\n" in value
        else tomlkit.item(value)
    )
    if hint:
        item.comment(hint)
    document[key] = item


def _examples(document: TOMLDocument, event: Event) -> None:
    """What is there as tables, and commented examples of what is not."""
    document.add(
        tomlkit.comment('annex = "Recherche:…/Annexe/Compte rendu"   # une page de plus, sur le wiki des annexes')
    )
    document.add(
        tomlkit.comment('related = ["wikilivres:Construire des communs/Communs"]   # les pages dont on a parlé')
    )
    if event.resources:
        resources = tomlkit.aot()
        for one in event.resources:
            table = tomlkit.table()
            table.update(
                {
                    "title": one.title,
                    "address": one.address,
                    "kind": one.kind,
                    "author": one.author,
                    "licence": one.licence,
                }
            )
            resources.append(table)
        document["resources"] = resources
    lines = (
        "[[resources]]",
        'title = "Le diaporama"',
        'address = "https://…"',
        'kind = "diaporama"   # author, licence',
        "",
        "[[photos]]",
        'file = "photos/salle.jpg"',
        'caption = "La salle"',
        'author = "…"',
        'licence = "CC BY-SA 4.0"',
    )
    document.add(tomlkit.nl())
    for line in lines:
        document.add(tomlkit.comment(line) if line else tomlkit.nl())
