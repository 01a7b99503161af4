"""`make messages`: bring the French catalogue up to the sources, say what lacks a translation, compile."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parent.parent / "capitalise"
FRENCH = PACKAGE / "messages" / "fr" / "LC_MESSAGES"
KEYWORDS = {"N_": None, "_": None, "NP_": (1, 2)}


def sources() -> Catalog:
    """Every message of the package."""
    catalog = Catalog(project="capitalise")
    found = [
        *extract_from_dir(PACKAGE, [("**.py", "python")], {}, KEYWORDS),
        *extract_from_dir(PACKAGE.parent / "templates", [("**.jinja", "jinja2.ext:babel_extract")], {}, {"say": None}),
    ]
    for _file, _line, message, _comments, _context in found:
        catalog.add(message)
    return catalog


def french(domain: str = "capitalise") -> Catalog:
    with (FRENCH / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="fr")


def compiled(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main() -> int:
    catalog = french()
    catalog.update(sources(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with (FRENCH / "capitalise.po").open("wb") as file:
        write_po(file, catalog, sort_output=True, width=110)
    for domain in ("capitalise", "click"):
        (FRENCH / f"{domain}.mo").write_bytes(compiled(french(domain)))
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
