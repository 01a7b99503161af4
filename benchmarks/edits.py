"""Random edits of template calls on real pages, read again by MediaWiki's own preprocessor.

    python -m benchmarks.edits --data DATA [--count 2000] [--seed 1]

Each edit gives one parameter of one call another value, puts a new parameter into it or empties one, and writes nothing else. The page is
read again by our reader, which refuses what it would not read as meant, and by the test MediaWiki of this machine (`expandtemplates`,
`prop=parsetree`): exactly the wanted value must have changed. DATA as for benchmarks.normalise.
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.normalise import read_pages
from capitalise.wikitext.calls import SPACE, Call, find_calls, with_values
from capitalise.wikitext.canonical import canonical
from capitalise.wikitext.values import Unwritable, encode
from tests.mediawiki import farm as mediawiki
from tests.people import Person

LONGEST = 60_000  # characters of a page: what one request expands without a limit
VALUES = (
    "simple",
    "deux mots, trois",
    "a | b",
    "x=y",
    "https://exemple.org/?a=b&c=d",
    "== Titre ==",
    "\n== Titre ==\n",
    "* un\n* deux",
    "{{Autre|a=1|b}}",
    "[[Page|mot]]",
    "}}",
    "{{",
    "[[",
    "<nowiki>|}}</nowiki>",
    "<!-- rien --> mot",
    "{|\n| a\n|}",
    "fin}",
    "{début",
    "'''gras'''",
    "",
)
Reading = list[tuple[str, list[tuple[str, str]]]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    pages = [text for text in read_pages(asked.data).values() if len(text) < LONGEST and find_calls(text)]
    print(
        f"{platform.platform()}, Python {platform.python_version()}, {date.today()}; {len(pages)} pages of {asked.data}"
    )
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    try:
        return run(pages, asked.count, random.Random(asked.seed))
    finally:
        farm.stop()


def run(pages: list[str], count: int, chance: random.Random) -> int:
    somebody = Person("wikiversite")
    tags = frozenset(tag.strip("<>") for tag in somebody.get(meta="siteinfo", siprop="extensiontags")["extensiontags"])
    results: Counter[str] = Counter()
    for _edit in range(count):
        text = canonical(chance.choice(pages))
        calls = find_calls(text, tags)
        if not calls:
            results["no call here"] += 1
            continue
        number = chance.randrange(len(calls))
        result, what = one_edit(somebody, text, calls, number, tags, chance)
        results[result] += 1
        if result not in ("exactly as wanted", "value that no spelling can hold"):
            print(f"  {result}: {what}")
    for name, times in results.most_common():
        print(f"{times:6}  {100 * times / count:6.2f} %  {name}")
    return 1 if results["read otherwise"] else 0


def one_edit(
    somebody: Person, text: str, calls: list[Call], number: int, tags: frozenset[str], chance: random.Random
) -> tuple[str, str]:
    call, cell = calls[number], chance.choice(VALUES)
    names = list(call.values())
    name = chance.choice([*names, "nouveau"]) if names else "nouveau"
    try:
        value = encode(cell, tags)
    except Unwritable:
        return "value that no spelling can hold", cell
    new = with_values(text, call, {name: value})
    wanted = reading(text, calls)
    mine = dict(wanted[number][1]) | {name: value}
    shown = f"{name}={value!r} in {text[call.start : call.end][:80]!r}"
    inner = {n for n, c in enumerate(calls) if call.start < c.start and c.end <= call.end}
    again = find_calls(new, tags)
    if not again or len(again) <= number or without_empty(again[number].values()) != without_empty(mine):
        return "refused", shown
    if around(wanted, number, inner) != around(reading(new, again), number, inside(again, number)):
        return "refused", shown
    answer = somebody._post(action="expandtemplates", prop="parsetree", text=new)
    theirs = parsed(ET.fromstring(answer["expandtemplates"]["parsetree"]))
    good = len(theirs) == len(again) and without_empty(dict(theirs[number][1])) == without_empty(mine)
    return ("exactly as wanted" if good else "read otherwise"), shown


def without_empty(values: Any) -> dict[str, str]:
    return {name: value for name, value in dict(values).items() if value}


def inside(calls: list[Call], number: int) -> set[int]:
    call = calls[number]
    return {n for n, c in enumerate(calls) if call.start < c.start and c.end <= call.end}


def around(found: Reading, number: int, inner: set[int]) -> Reading:
    """Every call but the edited one, those inside it, and what holds it."""
    return [(name, values) for n, (name, values) in enumerate(found) if n > number and n not in inner]


def reading(text: str, calls: list[Call]) -> Reading:
    return [(call.name, list(call.values().items())) for call in calls]


def parsed(tree: ET.Element) -> Reading:
    """Calls with their values, as MediaWiki's parse tree has them, in document order."""
    return [(_text(node.find("title")).strip(SPACE), _values(node)) for node in tree.iter("template")]


def _values(node: ET.Element) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for part in node.findall("part"):
        name = part.find("name")
        key = name.get("index") if name is not None and name.get("index") else _text(name).strip(SPACE)
        found[str(key)] = _text(part.find("value")).strip(SPACE)
    return list(found.items())


def _text(node: ET.Element | None) -> str:
    """The wikitext that a node was read from."""
    if node is None:
        return ""
    inner = "".join(filter(None, [node.text, *(piece for child in node for piece in (_text(child), child.tail))]))
    if node.tag in ("template", "tplarg"):
        braces = 2 if node.tag == "template" else 3
        parts = [_text(child) for child in node if child.tag == "part"]
        return "{" * braces + "|".join([_text(node.find("title")), *parts]) + "}" * braces
    if node.tag == "ext":
        head = "<" + (node.findtext("name") or "") + (node.findtext("attr") or "")
        inside_ = node.find("inner")
        return head + ("/>" if inside_ is None else ">" + (inside_.text or "") + (node.findtext("close") or ""))
    return inner


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
