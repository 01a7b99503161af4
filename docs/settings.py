"""Write docs/reglages.md: every setting, as the readers of the settings declare it: `python -m docs.settings`. A test fails when it is stale.

The readers are run on a table that has nothing in it and asked what they would have taken: key, form, value of a setting that is
not there. Only the words are written here, and a key without words is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from capitalise.bots.kind import KINDS
from capitalise.errors import SettingsError
from capitalise.settings.read import read_workspace
from capitalise.toml import Check, TomlReader
from tests.catalogues import spaced_page

PAGE = Path(__file__).parent / "reglages.md"

HEAD = """# Tous les réglages

Cette page est écrite par `python -m docs.settings` d'après le programme lui-même : ce qui n'y est pas n'est pas un réglage. Une faute
de frappe dans un nom est dite, avec le nom le plus proche ; rien n'est deviné.

Un espace de travail est un dossier avec `capitalise.toml` (les wikis) et un fichier par robot dans `bots/`. Le nom du fichier est le
nom du robot : `bots/ingredients.toml` se lance par `capitalise run ingredients`.
"""

MAIN: Mapping[str, str] = {
    "contact": "à qui écrire au sujet du robot (une adresse, une page) : dit à tous les serveurs ; demandé pour tout wiki en ligne",
    "operator": "qui s'en occupe : dans chaque résumé de modification, en public",
    "language": "la langue des résumés, des pages et des titres écrits : `fr` ou `en`",
    "wikis": "une table `[wikis.CLÉ]` par wiki ; la clé est le nom court qu'on tape",
    "mail": "par où part le courrier, si `tell` nomme des adresses",
}
MAIL: Mapping[str, str] = {
    "server": "le serveur qui prend le courrier (SMTP)",
    "port": "587 (STARTTLS) ou 465 (TLS)",
    "from": "de la part de qui",
}
WIKI: Mapping[str, str] = {
    "api": "une adresse du wiki, au mieux celle qui finit par `api.php`",
    "folder": "ou : un dossier de l'espace de travail qui tient lieu de wiki",
    "dump": "ou : un fichier XML exporté d'un wiki, en lecture seule",
    "archive": "ou : l'archive d'un wiki fermé (une adresse, un dossier de pages enregistrées), en lecture seule",
    "edit_interval": "secondes entre deux modifications ; sans réglage 1, et 15 sur les wikis de Wikimedia sans statut de bot",
    "write": "`false` : ce wiki n'est que lu",
    "language": "la langue dans laquelle on y écrit ; sans réglage, celle de l'espace de travail",
    "deletion_notice": "ce qui est mis sur une page que le robot avait créée et dont on annule la création (`{{Suppression}}`)",
    "assert": "`bot` : rien n'est écrit si le compte n'est pas (ou plus) un robot",
    "stop_page": "la page par laquelle on arrête le robot ; sans réglage `Utilisateur:<compte>/Stop`",
    "help_page": "la page liée dans chaque résumé ; sans réglage, celle du compte",
    "address": "où les pages d'un dossier ou d'une archive se lisent sur le web, `$1` à la place du titre",
    "http_user": "qui l'on est pour le serveur web, si le wiki est derrière un mot de passe à lui",
}
OWN: Mapping[str, str] = {
    "kind": "ce que fait le robot : un des noms de cette page, ou un programme à vous dans `bots/`",
    "wiki": "la clé de son wiki ; sans réglage, le seul qu'il y ait",
    "skip": "ce qu'il laisse pour de bon : des pages (`Titre`) ou des champs (`Titre#Champ`)",
    "unattended": "`true` : il peut travailler seul, la nuit",
    "most_edits": "seul, au plus tant de pages à écrire d'un coup ; au-delà rien n'est écrit",
    "most_creations": "seul, au plus tant de pages à créer",
    "largest_share": "seul, au plus cette part des pages à changer (comptée à partir de 10 pages)",
    "quiet_minutes": "seul, il laisse jusqu'à la nuit suivante une page modifiée depuis moins longtemps",
    "run_page": "la page du wiki où il dit ce qu'il a fait",
    "run_page_days": "et au moins tous les tant de jours",
    "ping": "une adresse appelée après chaque passage (`…/fail` s'il a échoué)",
    "tell": "qui est prévenu, une fois : des adresses de courrier, des pages du wiki",
    "tell_after_days": "ce qui attend une décision depuis plus longtemps est dit",
    "digest_days": "un bilan tous les tant de jours ; 0 : aucun",
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "fiches": {
        "form": "le formulaire, tel que le wiki le nomme, ou un fichier de l'espace de travail",
        "sheet": "la feuille (ODS, XLSX, CSV), ou une liste : des fichiers, des motifs (`feuilles/*.ods`), des adresses de feuilles publiées",
        "template": "le modèle, si le formulaire en remplit plusieurs",
        "category": "les pages de cette catégorie, au lieu de celles qui ont le modèle",
        "overview": "la page du wiki qui tient un tableau de toutes les fiches",
        "overview_static": "`true` : ce tableau est du texte, sans requête sémantique",
        "tab": "l'onglet de la feuille ; sans réglage, le premier qui convient",
        "columns": 'quel titre de colonne est quel champ : `"Mon titre" = "Description"` ; `capitalise columns` l\'écrit',
        "group_by": "le champ qui range les fiches dans `status` et les exports ; sans réglage, le premier à liste",
        "placeholders": "les mots qui ne comptent pas pour un texte",
        "status_page": "la page du wiki où l'état des lieux est tenu à jour",
        "export": "quel champ est quoi dans un kit imprimé ([exports.md](exports.md))",
        "documents": "les documents que l'on écrit ensemble, où `status` cherche ce qui n'est nulle part ailleurs",
        "writers": "qui s'occupe de quelles pages, quand aucune colonne ne le dit",
        "rédacteurs": "le même réglage, en français",
    },
    "normalise": {
        "form": "le formulaire dont les pages sont mises au propre",
        "template": "le modèle, si le formulaire en remplit plusieurs",
        "category": "les pages de cette catégorie, au lieu de celles qui ont le modèle",
        "query": "les pages que donne cette requête de Semantic MediaWiki",
        "rules": "les règles qui écrivent ([normalisation.md](normalisation.md)) ; les autres proposent",
        "mode": "`propose` : rien n'est écrit ; `write` : les règles nommées écrivent",
        "rest_hours": "une page se repose après le passage d'une personne",
        "lines": "les lignes demandées dans un champ : `{ description = 5 }`",
        "report_page": "la page du wiki qui liste ce qui attend quelqu'un",
        "help_page": "la page qui explique les règles ; sans réglage, la page « Aide » du compte",
    },
    "crosslinks": {
        "pages": "une table `[[pages]]` par lot de pages à relire ([liens.md](liens.md))",
        "files": "des documents à relire aussi",
        "fix": "les corrections que `--fix` peut faire",
        "outside": "`false` : les adresses d'autres sites ne sont pas essayées",
        "outside_minutes": "le temps donné à ces adresses, en minutes",
        "outside_private": "`true` : aussi celles de votre réseau privé",
    },
    "roumics": {
        "folder": "le dossier des éditions",
        "index_page": "la page du wiki qui liste les éditions",
        "annex_wiki": "le wiki des annexes",
        "sections": "les parties d'un compte rendu, dans l'ordre",
        "wiki_templates": "les modèles que le wiki doit avoir",
        "pads_private": "`true` : les pads de votre réseau privé peuvent être lus",
    },
    "table": {
        "page": "la page du wiki qui tient le tableau",
        "sheet": "la feuille",
        "key": "la colonne qui dit quelle ligne est laquelle ; sans réglage, la première",
        "number": "quel tableau de la page, à partir de 1",
        "tab": "l'onglet de la feuille",
        "export": "quelle colonne est quoi dans un kit imprimé",
    },
    "decision": {
        "files": "les exports de Loomio (JSON, CSV) et les textes collés, des motifs aussi : `loomio/*`",
        "threads": "les titres des discussions à publier ; sans réglage, celles que tout le monde peut lire",
        "prefix": "ce qui précède le titre de chaque page",
        "index_page": "la page du wiki qui les liste",
    },
}
NAMES = {
    "fiches": "`fiches` (ou `ingredients`)",
    "normalise": "`normalise`",
    "crosslinks": "`crosslinks`",
    "roumics": "`roumics`",
    "table": "`table`",
    "decision": "`decision`",
}
FORMS = {str: "texte", bool: "`true` ou `false`", int: "nombre entier", float: "nombre", list: "liste", dict: "table"}


@dataclass(frozen=True)
class Taken:
    """One setting as its reader asked for it."""

    key: str
    kind: Any
    default: Any


def page() -> str:
    """The whole page. Raises KeyError for a setting without words."""
    kinds = list({place: name for name, place in reversed(KINDS.items())}.values())[::-1]
    taken = _taken(kinds)
    own = [one for one in taken[f"bots/{kinds[0]}.toml"] if one.key in OWN]
    parts = [HEAD, "## capitalise.toml\n", _table(taken["capitalise.toml"], MAIN)]
    parts += ["### [mail]\n", _table(taken["capitalise.toml [mail]"], MAIL)]
    parts += [
        "### [wikis.CLÉ]\n",
        _table([*taken["capitalise.toml [wikis.a]"], *taken["capitalise.toml [wikis.b]"]], WIKI),
    ]
    parts += ["## Tout robot\n", _table(own, OWN)]
    for name in kinds:
        asked = [one for one in taken[f"bots/{name}.toml"] if one.key not in OWN]
        parts += [f"## kind = {NAMES[name]}\n", _table(asked, WORDS[name])]
    return spaced_page("\n".join(parts))


def _taken(kinds: Iterable[str]) -> dict[str, list[Taken]]:
    """What the readers ask of a workspace that says next to nothing, by the place where they look."""
    found: dict[str, list[Taken]] = {}
    take = TomlReader.take

    def noted(reader: TomlReader, key: str, kind: Any, default: Any, check: Check | None = None) -> Any:
        found.setdefault(reader.name, []).append(Taken(key, kind, default))
        return take(reader, key, kind, default, check)

    with TemporaryDirectory() as folder, patch.object(TomlReader, "take", noted), suppress(SettingsError):
        there = Path(folder)
        (there / "bots").mkdir()
        (there / "capitalise.toml").write_text(
            '[mail]\nserver = "x"\n[wikis.a]\napi = "x"\nedit_interval = 1\n[wikis.b]\nfolder = "x"\n', "utf-8"
        )
        for name in kinds:
            (there / "bots" / f"{name}.toml").write_text(f'kind = "{name}"\nwiki = "a"\n', "utf-8")
        read_workspace(there)
    return found


def _table(taken: Iterable[Taken], words: Mapping[str, str]) -> str:
    lines = ["| réglage | forme | sans réglage | |", "| --- | --- | --- | --- |"]
    asked = {one.key: one for one in taken}
    if unknown := set(words) - set(asked):
        raise KeyError(f"no reader asks for {', '.join(sorted(unknown))}")
    for key, one in asked.items():
        otherwise = "–" if "sans réglage" in words[key] else _default(one.default)  # the words say it
        lines.append(f"| `{key}` | {_form(one.kind)} | {otherwise} | {words[key]} |")
    return "\n".join(lines) + "\n"


def _form(kind: Any) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return "nombre" if float in kinds else " ou ".join(FORMS[one] for one in kinds)


def _default(value: Any) -> str:
    if value is None:
        return "**obligatoire**"
    return "–" if value in ("", [], {}) else "`" + json.dumps(value, ensure_ascii=False) + "`"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
