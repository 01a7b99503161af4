"""What people said of a document's headings, kept in a TOML beside the bots: `imports/BOT.toml`.

[headings]
"réguler les accès" = "ingrédient: Réguler les usages et définir les accès"
"mode d'emploi" = "champ: Outils"
"2 réunir" = "étape: 2 - Réunir une communauté"
"sommaire" = "ignorer"

[kept]          # a difference about which somebody said: leave the sheet's text
"…" = "feuille"

[asked]         # what stands in `à décider`, with a mark of the two texts that were shown
"Choisir une licence : Description" = "…"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import tomlkit

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.placing import Known, Role, Target, heading_words, title_of
from capitalise.errors import SettingsError
from capitalise.files import write_safely
from capitalise.messages import N_

__all__ = ["Answers", "known_from", "new_titles", "read_answers", "write_answers"]

_ROLES = {"ingrédient": Role.INGREDIENT, "champ": Role.FIELD, "étape": Role.STEP, "ignorer": Role.IGNORED}
_ALSO = {
    "ingredient": Role.INGREDIENT,
    "field": Role.FIELD,
    "step": Role.STEP,
    "ignore": Role.IGNORED,
    "etape": Role.STEP,
}
_TITLED = " (titre du document)"


@dataclass
class Answers:
    """`headings` by their words; `kept` are differences (a mark of both texts) about which somebody said that the sheet is right; `asked` are
    those that stand in `à décider`, by title and label."""

    headings: dict[str, Target] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    asked: dict[str, str] = field(default_factory=dict)


def read_answers(path: Path) -> Answers:
    """The answers of before, none where there is no file. Raises SettingsError for what cannot be read."""
    if not path.is_file():
        return Answers()
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(N_("%(file)s cannot be read: %(why)s", file=path.name, why=str(error))) from error
    headings = {heading_words(name): _target(str(said), name, path) for name, said in table.get("headings", {}).items()}
    asked = {name: str(mark) for name, mark in table.get("asked", {}).items()}
    return Answers(headings, set(table.get("kept", {})), asked)


def _target(said: str, name: str, path: Path) -> Target:
    role, _colon, rest = said.partition(":")
    found = _ROLES.get(role.strip().casefold()) or _ALSO.get(role.strip().casefold())
    if found is None or (found is not Role.IGNORED and not rest.strip()):
        why = N_(
            "%(file)s, “%(heading)s”: “%(said)s” is none of “ingrédient: …”, “champ: …”, “étape: …”, “ignorer”.",
            file=path.name,
            heading=name,
            said=said,
        )
        raise SettingsError(why)
    title = title_of(name) if rest.endswith(_TITLED) else ""
    return Target(found, rest.removesuffix(_TITLED).strip(), title)


def known_from(
    answers: Answers, titles: Iterable[str], placeholders: Iterable[str], form: FicheForm, file: str
) -> Known:
    """What can be named: titles of rows and pages, and what was said. An ingredient that has the document's title by now goes by that.
    Raises SettingsError for a field or a step that the form does not have."""
    there = dict.fromkeys(titles)
    names = {Role.FIELD: [f.label for f in form.fields], Role.STEP: list(form.step.values if form.step else ())}
    for target in answers.headings.values():
        if target.role in names and target.name not in names[target.role]:
            some = " ; ".join(names[target.role])
            raise SettingsError(
                N_("%(file)s: there is no “%(name)s”. There is: %(there)s.", file=file, name=target.name, there=some)
            )
    named = {
        words: replace(target, name=target.title, title="")
        if target.title in there and target.name not in there
        else target
        for words, target in answers.headings.items()
    }
    return Known(tuple(there), named, frozenset(map(heading_words, placeholders)))


def new_titles(known: Known, said: Mapping[str, Target]) -> dict[str, str]:
    """The titles of ingredients of which somebody said that the document's is the better one."""
    targets = [*known.headings.values(), *said.values()]
    return {target.name: target.title for target in targets if target.title}


def write_answers(path: Path, headings: Mapping[str, Target], kept: set[str], asked: Mapping[str, str]) -> None:
    """Put new answers into the file; what stands there stays, its comments too."""
    document = tomlkit.parse(path.read_text("utf-8")) if path.is_file() else tomlkit.document()
    if headings:
        table = document.setdefault("headings", tomlkit.table())
        words = {role: word for word, role in _ROLES.items()}
        for heading, target in headings.items():
            said = words[target.role] + (f": {target.name}" if target.name else "")
            table[heading] = said + (_TITLED if target.title else "")
    if kept:
        table = document.setdefault("kept", tomlkit.table())
        for mark in sorted(kept):
            table[mark] = "feuille"
    if asked:
        document.setdefault("asked", tomlkit.table()).update(asked)
    path.parent.mkdir(exist_ok=True)
    write_safely(path, tomlkit.dumps(document).encode())
