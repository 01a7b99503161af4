"""400 links that somebody judged without knowing this program (`judged.jsonl` and `judged2.jsonl`, the reason beside each), and what it reads.

Of the second two hundred, 80 are titles that name no page, beside those that are there: which one did they mean, if any? Of the others 64 are addresses of the network's wikis as people wrote them: which page do they mean? 256 stand on real pages of other
communities, which are read from a folder and not part of this project: is it a link, of which kind, and where does it lead?
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from capitalise.bots.crosslinks.known import Titles
from capitalise.bots.crosslinks.nearest import nearest
from capitalise.pages.addresses import Place, Site, place_of_address, same_anchor
from capitalise.wikitext.links import find_links
from capitalise.wikitext.preprocessor import CORE_TAGS

__all__ = ["judge"]

#: Extensions whose tags are known on the wikis that these pages come from.
TAGS = CORE_TAGS | {
    "ref",
    "references",
    "poem",
    "syntaxhighlight",
    "source",
    "math",
    "imagemap",
    "timeline",
    "templatedata",
}
OWN = frozenset({"catégorie", "category", "aide", "utilisateur", "modèle", "fichier", "spécial", "projet"})
SITES = {
    "wikiversite": Site(
        "wikiversite",
        "https://fr.wikiversity.org",
        namespaces=OWN | {"recherche", "faculté", "département", "projet", "wikiversité"},
    ),
    "wikilivres": Site("wikilivres", "https://fr.wikibooks.org", namespaces=OWN | {"wikilivres", "wikijunior"}),
    "communs": Site("communs", "https://wiki.lescommuns.org"),
    "movilab": Site(
        "movilab", "https://movilab.org", article="/wiki/$1", script="/index.php", hosts=frozenset({"www.movilab.org"})
    ),
}


def judge(data: Path) -> None:
    """Print how many of the 200 are read as they were judged, and every other one."""
    names = ("judged.jsonl", "judged2.jsonl")
    links = [
        json.loads(line) for name in names for line in Path(__file__).with_name(name).read_text("utf-8").splitlines()
    ]
    pages = _pages(data / "pages.jsonl.gz")
    asked = [one for one in links if one["from"] != "page" or one["file"] in pages]
    wrong = [(one, said) for one in asked if (said := _difference(one, pages))]
    left = len(links) - len(asked)
    print(
        f"judged by hand: {len(asked) - len(wrong)} of {len(asked)} links read alike"
        + f" ({left} not asked: no {data})" * bool(left)
    )
    for one, said in wrong:
        what = one.get("written") or one.get("address") or one["title"]
        print(f"<!-- {one['id']}: {what}: {said}; judged: {one['reason']} -->")
    titles = [one for one in links if one["from"] == "title"]
    offered = [one for one in titles if _suggested(one)]
    right = sum(_suggested(one) == one["meant"] for one in offered)
    print(
        f"of {len(titles)} titles that name no page, {sum(bool(one['meant']) for one in titles)} mean one: "
        f"{right} found, {len(offered) - right} wrongly"
    )


def _pages(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {one["file"]: one["text"] for one in map(json.loads, file)}


def _difference(one: Mapping[str, Any], pages: Mapping[str, str]) -> str:
    if one["from"] == "title":
        found = _suggested(one)
        return "" if found == one["meant"] else f"“{found}” instead of “{one['meant']}”"
    return _address(one) if one["from"] == "address" else "; ".join(_on_page(one, pages[one["file"]]))


def _suggested(one: Mapping[str, Any]) -> str:
    near = nearest(Place("w", one["title"]), {"w": Titles(one["there"])})
    return near.place.title if near else ""


def _address(one: Mapping[str, Any]) -> str:
    place = place_of_address(one["address"], SITES)
    if place and place.title.endswith(":") and place.title[:-1].casefold() in SITES[place.wiki].namespaces:
        place = None  # MediaWiki's “Bad title”
    said = (place.wiki, place.title, place.section) if place else ("", "", "")
    expected = (one["wiki"], one["title"], one["section"]) if one["wiki"] else ("", "", "")
    alike = said[:2] == expected[:2] and same_anchor(said[2], expected[2])
    return "" if alike else f"{said} instead of {expected}"


def _on_page(one: Mapping[str, Any], text: str) -> Iterator[str]:
    found = find_links(text, TAGS)
    if not one["is_link"]:
        start = sum(len(line) + 1 for line in text.split("\n")[: one["line"] - 1])
        at = text.find(one["written"], start)
        inside = [link for link in found if at <= link.start < at + len(one["written"])]
        yield from (f"a link to {link.target}" for link in inside)
    elif not any((link.line, link.kind, link.target) == (one["line"], one["kind"], one["target"]) for link in found):
        near = [(link.kind, link.target) for link in found if link.line == one["line"]]
        yield f"not found; on the line: {near[:4]}"
