"""`make sentences`: every sentence that people see, in French, with sample values, grouped by where it comes from; kept as a golden text."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

from capitalise.messages import N_, NP_, Message, render
from tests.catalogues import KEYWORDS, PACKAGE

GOLDEN = Path(__file__).parent / "data" / "sentences.fr.txt"
#: What stands in the places of a sentence; a place that is not here shows its name.
SAMPLES: dict[str, object] = {
    "account": "Robot",
    "address": "https://wiki.exemple.org/wiki/Accueil",
    "bot": "ingredients",
    "by": "Camille",
    "column": "Description",
    "contact": "camille@exemple.org",
    "day": "29 novembre 2026",
    "dir": "kit",
    "edition": "2026",
    "field": "Description",
    "fields": "Description, Outils",
    "file": "ingredients.ods",
    "toml": "bots/ingredients.toml",
    "folder": "kit",
    "form": "Ingrédient",
    "heading": "La description",
    "label": "Description",
    "line": 12,
    "names": "ingredients, liens",
    "near": "Choisir une licence",
    "number": 3,
    "page": "Utilisateur:Robot/Stop",
    "row": 7,
    "run": "20261129T0300-abcd",
    "seconds": 5,
    "sheet": "ingredients.ods",
    "template": "Ingrédient",
    "text": "quelques mots",
    "there": "ingredients, liens",
    "title": "Choisir une licence",
    "user": "Camille",
    "value": "une valeur",
    "values": "oui, non",
    "what": "quelque chose",
    "when": "29 novembre, 11 h 37",
    "wiki": "communs",
    "why": "le serveur dit non",
}


def sentences() -> Iterator[str]:
    """The lines of the golden text."""
    found = [
        *extract_from_dir(PACKAGE, [("**.py", "python")], {}, KEYWORDS),
        *extract_from_dir(
            PACKAGE.parent / "templates",
            [("**.jinja", "jinja2.ext:babel_extract")],
            {},
            {"say": None, "several": (1, 2)},
        ),
    ]
    groups = defaultdict(list)
    for file, _line, message, _comments, _context in found:
        groups[file].append(message)
    for file in sorted(groups):
        yield f"## {file}"
        for message in dict.fromkeys(groups[file]):
            yield from (f"- {line}" for line in _shown(message))
        yield ""


def _shown(message: str | tuple[str, ...]) -> Iterator[str]:
    """A sentence; one that counts, for one and for two."""
    for count in (1, 2) if isinstance(message, tuple) else (0,):
        made: Message = N_(message) if isinstance(message, str) else NP_(message[0], message[1], count)
        text = made.text + made.plural
        values = {name: _sample(name, kind) for name, kind in re.findall(r"%\((\w+)\)[^a-z%(]*([a-z])", text)}
        values |= {"count": count} if "count" in values and count else {}
        filled = Message(made.text, values, made.plural, made.count)
        yield render(filled, "fr").replace("\n", " ⏎ ")


def _sample(name: str, kind: str) -> object:
    found = SAMPLES.get(name, name)
    return found if kind == "s" else found if isinstance(found, int) else 3


def main() -> int:
    lines = "".join(f"{line}\n" for line in sentences())
    GOLDEN.write_text(lines, "utf-8")
    sys.stdout.write(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
