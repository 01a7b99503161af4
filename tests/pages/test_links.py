"""Links as people write them: found where readers see them, and understood whatever their form."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.crosslinks.anchors import anchors_of, ids_in, red_links
from capitalise.bots.crosslinks.repair import repaired
from capitalise.pages.addresses import (
    Place,
    Site,
    address_of,
    place_of_address,
    place_of_link,
    same_anchor,
    whole_target,
)
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import normal_title
from capitalise.wikitext.links import find_headings, find_links
from capitalise.wikitext.preprocessor import CORE_TAGS

PAGE = """Intro [[b:Construire des communs/Communs|le livre]] et https://exemple.org/X_(y), puis <!-- [[non]] https://non.org -->.
== Un ==
{{T|a=[[:wikibooks:fr:Z#S]] |b=https://exemple.org/b|c=d}} <ref name="x">[http://exemple.org/q quoi] [[R]]</ref>
<nowiki>[[non]] https://non.org</nowiki> [[Fichier:A.png|thumb|link=Page|légende [[dedans]]]] [//exemple.org/y]
=== Deux ===
<gallery>
F.jpg|voir [[G]]
</gallery>
[[a
b]] [[ ]] (https://exemple.org/c). <pre>[[non]]</pre>"""


def test_links_are_found_with_their_place() -> None:
    found = [(link.kind, link.target, link.label, link.line, link.section) for link in find_links(PAGE)]
    assert found == [
        ("wiki", "b:Construire des communs/Communs", "le livre", 1, ""),
        ("bare", "https://exemple.org/X_(y)", "", 1, ""),
        ("wiki", ":wikibooks:fr:Z#S", "", 3, "Un"),
        ("bare", "https://exemple.org/b", "", 3, "Un"),
        ("external", "http://exemple.org/q", "quoi", 3, "Un"),
        ("wiki", "R", "", 3, "Un"),
        ("wiki", "Fichier:A.png", "légende [[dedans]]", 4, "Un"),
        ("image", "Page", "", 4, "Un"),
        ("wiki", "dedans", "", 4, "Un"),
        ("external", "//exemple.org/y", "", 4, "Un"),
        ("wiki", "G", "", 7, "Deux"),
        ("bare", "https://exemple.org/c", "", 10, "Deux"),
    ]


def test_each_link_is_the_text_it_names() -> None:
    for link in find_links(PAGE):
        assert link.target in PAGE[link.start : link.end]


def test_headings_are_those_that_readers_see() -> None:
    text = (
        "== Un ==\n<!-- == non == -->\n=== ''Deux'' ===\n{{T|\n== dans ==\n}}\n=Trois=\n<nowiki>\n== non ==\n</nowiki>"
    )
    assert [(heading.text, heading.level) for heading in find_headings(text)] == [
        ("Un", 2),
        ("''Deux''", 3),
        ("Trois", 1),
    ]


PIECES = st.lists(
    st.sampled_from(
        [
            "[[",
            "]]",
            "|",
            "[",
            "]",
            "https://a.org/b",
            "//c.org",
            " ",
            "\n",
            "==",
            "{{T|",
            "}}",
            "<ref>",
            "</ref>",
            "<!--",
            "-->",
            "é",
            "link=X",
        ]
    ),
    max_size=24,
).map("".join)


@given(PIECES)
def test_any_text_has_links_with_a_place(text: str) -> None:
    for link in find_links(text):
        assert 0 <= link.start < link.end <= len(text)
        assert link.line == text.count("\n", 0, link.start) + 1


@pytest.mark.parametrize(
    "text",
    [
        "[[" * 30_000,
        "[https://a.org " * 10_000,
        "https://a.org/" * 10_000,
        "<ref>" * 20_000,
        "[[a|" * 15_000 + "]]" * 15_000,
    ],
)
def test_a_hostile_page_takes_no_time(text: str) -> None:
    start = time.process_time()
    find_links(text)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("/Sub", "A/B/C/Sub"),
        ("/Sub/", "A/B/C/Sub"),
        ("../Sub", "A/B/Sub"),
        ("../../X#s", "A/X#s"),
        ("../", "A/B"),
        ("../../../X", "../../../X"),
        ("..", ".."),
        ("X<!-- y -->", "X"),
    ],
)
def test_a_subpage_is_named_from_where_the_link_stands(typed: str, means: str) -> None:
    wiki = Site("b", "https://b.org", subpages=frozenset({""}), namespaces=frozenset({"aide"}))
    assert whole_target(typed, "A/B/C", wiki) == means
    assert whole_target("/Sub", "Aide:A", wiki) == "/Sub"  # a namespace without subpages


# -- which page an address means ------------------------------------------------------------------

NAMES = frozenset({"recherche", "utilisateur", "spécial", "catégorie", "wikilivres", "attribut"})
SITES = {
    "wikiversite": Site(
        "wikiversite",
        "https://fr.wikiversity.org",
        namespaces=NAMES,
        interwiki={
            "b": "https://fr.wikibooks.org/wiki/$1",
            "wikibooks": "https://fr.wikibooks.org/wiki/$1",
            "w": "https://fr.wikipedia.org/wiki/$1",
        },
    ),
    "wikilivres": Site(
        "wikilivres",
        "https://fr.wikibooks.org",
        namespaces=NAMES,
        interwiki={"v": "https://fr.wikiversity.org/wiki/$1", "fr": "https://fr.wikibooks.org/wiki/$1"},
    ),
    "communs": Site("communs", "https://wiki.lescommuns.org", script="/index.php", namespaces=NAMES),
    "movilab": Site(
        "movilab", "//movilab.org", script="/index.php", hosts=frozenset({"www.movilab.org"}), namespaces=NAMES
    ),
}

ADDRESSES = [
    (
        "https://fr.wikibooks.org./wiki/Imagine_un_monde/L%27%C3%A9conomie",
        "wikilivres",
        "Imagine un monde/L'économie",
        "",
    ),
    ("http://fr.m.wikibooks.org/wiki/Imagine_un_monde", "wikilivres", "Imagine un monde", "http mobile"),
    ("//fr.wikibooks.org/wiki/X", "wikilivres", "X", ""),
    (
        "https://fr.wikibooks.org/wiki/?oldid=653416&title=Wikilivres%3APrincipes_fondateurs",
        "wikilivres",
        "Wikilivres:Principes fondateurs",
        "permalink",
    ),
    (
        "https://fr.wikiversity.org/w/index.php?title=Recherche:X+y&oldid=12",
        "wikiversite",
        "Recherche:X y",
        "index.php permalink",
    ),
    ("https://movilab.org/index.php/Nuit_du_code", "movilab", "Nuit du code", "index.php"),
    ("https://www.movilab.org/wiki/X", "movilab", "X", ""),
    (
        "https://wiki.lescommuns.org/index.php@title=Assembl%25C3%25A9e_-_2&oldid=22345.html",
        "communs",
        "Assemblée - 2",
        "archive index.php permalink twice",
    ),
    ("https://wiki.lescommuns.org/wiki/Assembl%E9e", "communs", "Assemblée", "latin-1"),
    ("https://movilab.org/wiki/%F0%9F%90%9D_MOVILAB_en_f%C3%AAte_!", "movilab", "🐝 MOVILAB en fête !", ""),
    ("https://fr.wikibooks.org/wiki/fr:v:Recherche:X", "wikiversite", "Recherche:X", ""),
]


@pytest.mark.parametrize(("address", "wiki", "title", "ways"), ADDRESSES)
def test_an_address_is_a_page_however_it_is_written(address: str, wiki: str, title: str, ways: str) -> None:
    found = place_of_address(address, SITES)
    assert found is not None
    assert (found.wiki, found.title, " ".join(sorted(found.ways))) == (wiki, title, ways)


def test_numbers_stand_for_pages_and_versions() -> None:
    assert place_of_address("https://movilab.org/index.php?curid=42", SITES) == Place(
        "movilab", "", page_id=42, ways=frozenset({"index.php"})
    )
    found = place_of_address("https://wiki.lescommuns.org/index.php@title=X&diff=22737&oldid=22735.html", SITES)
    assert found is not None
    assert (found.oldid, found.ways) == (22735, frozenset({"archive", "index.php", "permalink", "diff"}))


@pytest.mark.parametrize(
    "address",
    [
        "https://exemple.org/wiki/X",
        "https://movilab.org/api.php",
        "https://movilab.org/",
        "https://[::1",
        "https://movilab.org/images/a.png",
        "notes",
    ],
)
def test_other_addresses_are_no_pages(address: str) -> None:
    assert place_of_address(address, SITES) is None


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("b:Construire des communs/Communs", Place("wikilivres", "Construire des communs/Communs")),
        (":wikibooks:fr:construire_des_communs#Un_deux", Place("wikilivres", "Construire des communs", "Un deux")),
        (":b:v:Recherche:X", Place("wikiversite", "Recherche:X")),
        ("w:Commun", "https://fr.wikipedia.org/wiki/Commun"),
        ("Recherche:X y", Place("wikiversite", "Recherche:X y")),
        ("Assembl%C3%A9e", Place("wikiversite", "Assemblée")),
        ("#ici", Place("wikiversite", "", "ici")),
        ("Zut:Y", Place("wikiversite", "Zut:Y")),
        ("b:", None),
    ],
)
def test_a_link_is_a_page_of_the_wiki_its_prefixes_name(target: str, where: Place | str | None) -> None:
    assert place_of_link(target, SITES["wikiversite"], SITES) == where


TITLES = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters='#<>[]{}|%:+&?/\\_"'), min_size=1, max_size=20
)


@given(TITLES)
def test_the_address_of_a_page_is_that_page(title: str) -> None:
    title = normal_title(title)
    for key in ("wikiversite", "communs"):
        found = place_of_address(address_of(SITES[key], title, "Un é"), SITES)
        assert found is not None
        assert (found.wiki, found.title, found.section) == (key, title, "Un é")


def test_anchors_in_both_of_mediawikis_encodings() -> None:
    heading = "Implémentation du crible d'Ératosthène"
    assert same_anchor("Impl.C3.A9mentation du crible d.27.C3.89ratosth.C3.A8ne", heading)
    assert same_anchor("Implémentation_du_crible_d'Ératosthène", heading)
    assert not same_anchor("Implémentation", heading)


HOSTILE = {
    "open address": "[https://" + "a" * 200_000,
    "addresses in calls": "{{a|https://a|b}}" * 12_000,
    "heading of brackets": "== " + "[[" * 30_000 + " ==",
    "heading of signs": "== " + "<" * 60_000 + " ==",
    "tags": "<span " * 40_000,
    "brackets": "[[" * 60_000,
    "links": "[[a|" * 30_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_page_made_to_hang_us_takes_no_time(text: str) -> None:
    start = time.process_time()
    find_links(text)
    anchors_of(text)
    ids_in(text)
    red_links(text)
    assert time.process_time() - start < 5


def test_many_marks_of_bots_take_no_time() -> None:
    text = "<!-- capitalise a --> [[Vieux]] " * 5_000
    start = time.process_time()
    revision = Revision(1, 0, "KIC", "", "", datetime(2026, 1, 1, tzinfo=UTC), "", text)
    repaired(revision, [], ("moved-target",), frozenset(), CORE_TAGS, "fr")
    assert time.process_time() - start < 5
