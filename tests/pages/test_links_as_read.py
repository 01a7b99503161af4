"""Links are those that MediaWiki makes of a text: each of these stood in somebody's page, or nearly, and the real wiki is asked."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import requests

from capitalise.wikitext.links import find_links
from tests.mediawiki import farm as mediawiki

PIECES = (
    "[[[Page]]]",
    "[[[https://x.exemple/ mots]]]",
    "[[[Page|mots]]]",
    "[[[[Page|mots]]]] [[[[[Autre]]]]]",
    "[[Fichier:A.png|thumb|https://x.exemple/a|légende]]",
    "[[Fichier:A.png|thumb|voir https://x.exemple/a, puis]]",
    "[[Fichier:A.png|thumb|[https://x.exemple/a|b mots]]]",
    "[[Fichier:A.png|thumb|voir [[Page]] et https://x.exemple/a]]",
    "[[Fichier:A.png|link=https://x.exemple/z|légende]]",
    "[[Fichier:A.png|lien=https://x.exemple/y]]",
    "[[Fichier:A.png|alt=https://x.exemple/w|légende]]",
    "[[:Fichier:A.png|voir https://x.exemple/a]]",
    "[[Fichier:A.png|voir https://x.exemple/a|thumb|200px|droite]]",
    "[[Fichier:A.png|voir https://x.exemple/a|upright=1.2]]",
    "[[Fichier:A.png|voir https://x.exemple/a|thumb|truc=chose]]",
    "[[Fichier:A.png|class=a|voir https://x.exemple/a]]",
    "[[Fichier:A.png|vignette|gauche|redresse=1.5|alt=des mots|voir https://x.exemple/a et ''https://x.exemple/b'']]",
    "[[Fichier:A.png|cadre|légende [[Page|https://x.exemple/p]]]]",
    "[[Fichier:A.png]]https://x.exemple/q",
    "<gallery>\nFichier:A.png|https://x.exemple/a|légende\n</gallery>",
    "<gallery>\nFichier:A.png|voir [https://x.exemple/a|b mots] et [[Page|des|mots]]\n</gallery>",
    "<gallery>\nFichier:A.png|link=Page|légende\nA.png|alt=mots|link=https://x.exemple/b\n</gallery>",
    "[[Page|voir https://x.exemple/x ici]]",
    "[[Page|[https://x.exemple/x mots]]]",
    "[[Page|un [[Autre]] mot]]",
    "[[Page|''https://x.exemple/i'']]",
    "[[Spécial:Version|https://x.exemple/s]]",
    "[[Page\n|mots]]",
    "[[Page|des\nmots https://x.exemple/n]]",
    "[[]] [[|https://x.exemple/v]]",
    "[[Page|]] [[a{b]] [[a>b]] [[<!-- c -->]] [[Page<!-- c -->]]",
    "<gallery>\nhttps://x.exemple/a\n https://x.exemple/b mots\nA.png|https://x.exemple/c\n</gallery>",
    "[[https://x.exemple/d]]",
    "[[https://x.exemple/d mots]]",
    "[[https://x.exemple/d|mots]]",
    "[https://x.exemple/a voir https://x.exemple/b]",
    "[https://x.exemple/a voir [[Page]]]",
    "[https://x.exemple/a\nmots]",
    "[https://x.exemple/a",
    "[ https://x.exemple/a mots]",
    "[https://x.exemple/a|b]",
    "[https://x.exemple/a]b",
    "https://x.exemple/a|b",
    "https://x.exemple/a''b''",
    "https://x.exemple/a)",
    "(https://x.exemple/a_(b))",
    "https://x.exemple/a_(b),",
    "https://x.exemple/a&lt;b",
    "https://x.exemple/a&amp;b=c",
    "https://x.exemple/a<b>c</b>",
    "«https://x.exemple/a»",
    "https://x.exemple/a…",
    "voirhttps://x.exemple/a",
    "HTTPS://x.exemple/A",
    "//x.exemple/a [//x.exemple/c mots]",
    "{|\n| https://x.exemple/a|b\n| c\n|}",
    '{|\n| title="https://x.exemple/t" | https://x.exemple/c\n! scope="col" | https://x.exemple/h !! https://x.exemple/i | d\n|}',
    "{|\n| [[Page|mots]] | [https://x.exemple/c e]\n|-\n| [https://x.exemple/a|b mots]\n|}",
    "{|\n|+ title=https://x.exemple/u | https://x.exemple/v\n|- title=https://x.exemple/w\n| a || https://x.exemple/x || b\n|}",
    "| https://x.exemple/hors|table",
    '<span title="https://x.exemple/a">https://x.exemple/b</span>',
    '<span title="[[Page]]">mots</span>',
    "<ref>https://x.exemple/a|b</ref>",
    "== https://x.exemple/a ==",
    " https://x.exemple/a|espace",
    "<pre>https://x.exemple/a</pre>",
    "<!-- https://x.exemple/a --> https://x.exemple/b<!-- c --> d",
    "[https://x.exemple/a<!-- x --> mots]",
    "<nowiki>[[Page]]</nowiki> [[Pa<nowiki/>ge]] [https://x.exemple/<nowiki>a</nowiki> b]",
    "https://x.exemple/[[Page]]",
    "[[Page]]https://x.exemple/a",
    "[[Page|a]]b[[Autre|c]]",
    "[[Page|a|b https://x.exemple/a]]",
    "[[Page|a]b]] [[Page|[a]]]",
    "https://[2001:db8::1]/a [https://[2001:db8::2]/b mots]",
    "https://é.exemple/à",
    "https:// x [https:// y]",
    "mailto:a@x.exemple https://x.exemple/a;b=(c)",
)


class Wiki:
    """The real wiki, asked what it makes of a text."""

    def __init__(self) -> None:
        self.api = mediawiki.address("communs")
        self.http = requests.Session()

    def links(self, text: str) -> tuple[set[str], set[str]]:
        """Titles and addresses."""
        asked: dict[str, Any] = {"action": "parse", "text": text, "title": "Essai", "contentmodel": "wikitext"}
        asked |= {"prop": "links|externallinks", "format": "json", "formatversion": "2"}
        found = self.http.post(self.api, data=asked, timeout=30).json()["parse"]
        return {one["title"] for one in found["links"]}, set(found["externallinks"])


@pytest.fixture
def wiki(farm: mediawiki.Farm) -> Iterator[Wiki]:
    found = Wiki()
    yield found
    found.http.close()


def ours(text: str) -> tuple[set[str], set[str]]:
    links = find_links(text)
    titles = {one.target.lstrip(":") for one in links if one.kind in ("wiki", "image")}
    titles = {re.sub("<!--.*?-->", "", one) for one in titles if not one.startswith(("Fichier:A.png", "Spécial:"))}
    return titles, {one.target.replace("&amp;", "&") for one in links if one.kind in ("external", "bare")}


def as_written(found: tuple[set[str], set[str]]) -> tuple[set[str], set[str]]:
    """Without the picture, without letters; addresses as the wiki keeps them are encoded."""
    titles, addresses = found
    web = {one for one in addresses if not one.startswith("mailto:")}
    return {one for one in titles if not one.startswith("Fichier:A")}, {requests.utils.unquote(one) for one in web}


def read_otherwise(texts: Iterable[str], wiki: Wiki) -> dict[str, object]:
    """What differs, by text: our links, then the wiki's."""
    pairs = ((text, ours(text), as_written(wiki.links(text))) for text in texts)
    return {text: (mine, theirs) for text, mine, theirs in pairs if mine != theirs}


@pytest.mark.mediawiki
def test_a_page_has_the_links_that_mediawiki_makes(wiki: Wiki) -> None:
    assert read_otherwise(PIECES, wiki) == {}


@pytest.mark.mediawiki
def test_so_do_pages_of_many_such_pieces(wiki: Wiki) -> None:
    chance = random.Random(7)
    assert read_otherwise(["\n\n".join(chance.sample(PIECES, 4)) for _ in range(60)], wiki) == {}


def test_a_picture_is_one_in_any_language() -> None:
    """Its namespace is not known here, its file's name ends as those of pictures do."""
    assert ours("[[Mynd:Bær 1832.jpg|thumb|[[Bær]] 1832 https://x.exemple/a]]")[0] >= {"Bær"}
    assert ours("[[Datei:B.png|mini|siehe https://x.exemple/a]]") == ({"Datei:B.png"}, {"https://x.exemple/a"})
    assert ours("[[:Datei:B.png|https://x.exemple/a]]")[1] == set()
    assert ours("[[A:B|un [[C]] d]]") == ({"C"}, set())
