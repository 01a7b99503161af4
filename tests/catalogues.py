"""`make messages`: bring the French catalogue up to the sources, say what lacks a translation, compile."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parent.parent / "capitalise"
FRENCH = PACKAGE / "messages" / "fr" / "LC_MESSAGES"
FRENCH_PAGES = (
    "decisions",
    "exports",
    "formulaires",
    "guide",
    "importer",
    "liens",
    "normalisation",
    "relecture",
    "robot",
    "roumics",
    "tableau",
)
KEYWORDS = {"N_": None, "_": None, "NP_": (1, 2)}


def sources() -> Catalog:
    """Every message of the package."""
    catalog = Catalog(project="capitalise")
    found = [
        *extract_from_dir(PACKAGE, [("**.py", "python")], {}, KEYWORDS),
        *extract_from_dir(
            PACKAGE.parent / "templates",
            [("**.jinja", "jinja2.ext:babel_extract")],
            {},
            {"say": None, "several": (1, 2)},
        ),
    ]
    for _file, _line, message, _comments, _context in found:
        catalog.add(message)
    return catalog


def french(domain: str = "capitalise") -> Catalog:
    with (FRENCH / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="fr")


def spaced(text: str) -> str:
    """French with the spaces that no line may break at: inside « », before : ; ? ! (Imprimerie nationale, Lexique)."""
    text = re.sub(r"«[ \u00a0]*", "«\u00a0", text)
    return re.sub(r"(?<=\S) +(?=[:;?!»](?!\w))|(?<![\s\u00a0«])(?=»)", "\u00a0", text)


def spaced_page(text: str) -> str:
    """A page of the French docs, what is typed left as it is typed."""
    parts = re.split(r"(^```.*?^```$|^    [^\n]*$|`[^`\n]+`|``.+?``|\]\([^)]*\))", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if number % 2 else spaced(part) for number, part in enumerate(parts))


def _space(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            several = isinstance(message.string, tuple | list)
            message.string = tuple(map(spaced, message.string)) if several else spaced(str(message.string or ""))


def main() -> int:
    catalog = french()
    catalog.update(sources(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    _space(catalog)
    with (FRENCH / "capitalise.po").open("wb") as file:
        write_po(file, catalog, sort_output=True, width=110)
    for name in FRENCH_PAGES:
        page = PACKAGE.parent / "docs" / f"{name}.md"
        page.write_text(spaced_page(page.read_text("utf-8")), "utf-8")
    for domain in ("capitalise", "click"):
        with (FRENCH / f"{domain}.mo").open("wb") as file:
            write_mo(file, french(domain))
    missing = [str(message.id) for message in catalog if message.id and not all(_strings(message.string))]
    print(
        "\n".join(
            ["", *missing, f"{len(missing)} messages lack a French translation: {FRENCH / 'capitalise.po'}"]
            if missing
            else ["French is complete."]
        )
    )
    return bool(missing)


def _strings(string: object) -> list[str]:
    return [string or ""] if isinstance(string, str | None) else [str(one) for one in string]  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
