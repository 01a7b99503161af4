"""`--fix`: links that are mended on the wikis that may be written to, and what is left as people wrote it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.crosslinks.checks import rewritten
from capitalise.bots.crosslinks.quotes import quotes_of
from capitalise.bots.crosslinks.repair import repaired
from capitalise.messages import Message
from capitalise.pages.addresses import Place, Site
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding
from capitalise.wikitext.preprocessor import CORE_TAGS
from tests.linked import BOOK, Kit, server
from tests.people import Person

MOVED = "[[b:Vieux]]"


def moved(linked: Kit, text: str, **settings: object) -> None:
    """A chapter was renamed; `KIC` quotes it under its old name."""
    linked.may_write("communs")
    linked.settings(**settings)
    admin = Person("wikilivres", "Admin")
    linked.write("wikilivres", "Vieux", "x")
    admin.act("move", **{"from": "Vieux", "to": f"{BOOK}/Neuf", "noredirect": True})
    admin.close()
    linked.write("communs", "KIC", f"{text}\n[[Catégorie:Communs]]")
    for wiki in ("wikilivres", "communs"):
        linked.long_ago(wiki)


def fixed(linked: Kit) -> str:
    linked.cli(linked.folder, "run", "liens", "--fix", "--yes", code=None)
    return linked.people["communs"].text("KIC").removesuffix("\n[[Catégorie:Communs]]")


@pytest.mark.mediawiki
def test_links_are_mended_and_their_words_stay(linked: Kit) -> None:
    moved(linked, f"Avant {MOVED} [[b:Vieux#Là|le ''chapitre'']] {{{{x|y=[[b:Vieux|z]]}}}} après [[b:Perdu]]")
    assert fixed(linked) == (
        f"Avant [[b:{BOOK}/Neuf|b:Vieux]] [[b:{BOOK}/Neuf#Là|le ''chapitre'']] {{{{x|y=[[b:{BOOK}/Neuf|z]]}}}} après [[b:Perdu]]"
    )
    summary = linked.people["communs"].get(prop="revisions", titles="KIC", rvprop="comment")["pages"][0]["revisions"][0]
    assert "3 liens" in summary["comment"]


@pytest.mark.mediawiki
def test_nothing_is_mended_where_nobody_said_so(linked: Kit) -> None:
    moved(linked, MOVED)
    plan = json.loads(linked.cli(linked.folder, "plan", "liens", "--json", code=None).stdout)
    assert [one["title"] for one in plan["changes"]] == ["Utilisateur:Robot/Liens"]  # its report
    linked.cli(linked.folder, "run", "liens", "--yes", code=3)
    assert linked.people["communs"].text("KIC").startswith(MOVED)


@pytest.mark.mediawiki
def test_a_wiki_that_is_read_only_for_us_is_not_mended(linked: Kit) -> None:
    moved(linked, "rien")
    linked.write("wikiversite", "Recherche:Financement/Annexe", MOVED)
    plan = json.loads(linked.cli(linked.folder, "plan", "liens", "--fix", "--json", code=None).stdout)
    assert [one["title"] for one in plan["changes"]] == ["Utilisateur:Robot/Liens"]
    assert f"[[b:{BOOK}/Neuf]]" in [one["suggestion"] for one in plan["findings"]]


@pytest.mark.mediawiki
def test_a_link_that_somebody_put_back_stays(linked: Kit) -> None:
    moved(linked, f"{MOVED} et [[b:Vieux|un]]")
    mended = fixed(linked)
    linked.write(
        "communs", "KIC", mended.replace(f"[[b:{BOOK}/Neuf|un]]", "[[b:Vieux|un]]") + "\n[[Catégorie:Communs]]"
    )
    assert fixed(linked) == f"[[b:{BOOK}/Neuf|b:Vieux]] et [[b:Vieux|un]]"


@pytest.mark.mediawiki
def test_redirects_and_typos_only_where_the_toml_says_so(linked: Kit) -> None:
    text = "[[b:Détour|x]] [[b:Construire des communs/Comuns|y]]"
    linked.write("wikilivres", "Détour", f"#REDIRECTION [[{BOOK}/Communs]]")
    moved(linked, text)
    assert fixed(linked) == text
    linked.settings(fix=["redirect-target", "misspelt-target"])
    assert fixed(linked) == f"[[b:{BOOK}/Communs|x]] [[b:{BOOK}/Communs|y]]"


@pytest.mark.mediawiki
@pytest.mark.parametrize(
    "text",
    [
        f"<!-- capitalise autre-table 0123456789ab -->\n{MOVED}\n<!-- /capitalise autre-table -->",
        f"<gallery>\nFichier:X.png|{MOVED}\n</gallery>",
        f"<nowiki>{MOVED}</nowiki> <!-- {MOVED} -->",
        "[[Fichier:X.png|link=b:Vieux]]",
        "[[b:Perdu 3]] [[b:Communs 1]]",
        "<ref>[[b:Vieux|]]</ref>",
        "[[b:Vi%65ux]] [[b:Vieux<!-- là -->]]",
        "[LIVRE/wiki/Construire_des_communs le livre<ref>Note de Marie</ref>]",
        "[LIVRE/wiki/Construire_des_communs le <!-- garder --> livre]",
        "[LIVRE/wiki/Construire_des_communs <nowiki>[a|b]</nowiki>]",
        "[LIVRE/w/index.php?title=Construire_des_communs&action=edit écrire ici]",
        "[LIVRE/wiki/Construire_des_communs?veaction=edit écrire]",
        "[LIVRE/wiki/Construire_des_communs/Communs#a%7Cb le livre]",
        "[LIVRE/wiki/Construire_des_communs éco]nomie",
        "[[KIC|[LIVRE/wiki/Construire_des_communs z]]]",
        f"{{{{#if:|{MOVED}|x}}}}",
        f"[{MOVED}] [[[b:Vieux]]",
        "[[LIVRE/wiki/Construire_des_communs le livre]]",
        '<span title="[[b:Vieux]]">x</span>\n{| title="[[b:Vieux]]"\n| x\n|}',
        "[[::b:Vieux]] [[b:L''eau vieille]]",
        "[LIVRE/wiki/Construire_des_communs ''le livre] de Marie'' suite",
        "[LIVRE/wiki/Construire_des_communs __NOTOC__]",
        "LIVRE/wiki/Construire-des-communs",
    ],
)
def test_what_is_never_touched(linked: Kit, text: str) -> None:
    text = text.replace("LIVRE", server("wikilivres"))
    moved(linked, text)
    assert fixed(linked) == text


def acted(wiki: str, *acts: dict[str, object]) -> None:
    """What an administrator does, one after the other."""
    admin = Person(wiki, "Admin")
    for act in acts:
        kind = str(act.pop("action"))
        if kind == "edit":
            admin.edit(str(act["title"]), str(act["text"]))
        else:
            admin.act(kind, **act)
    admin.close()


def move(title: str, to: str) -> dict[str, object]:
    return {"action": "move", "from": title, "to": to, "noredirect": True}


@pytest.mark.mediawiki
def test_a_rename_is_followed_to_where_the_page_is_and_no_further(linked: Kit) -> None:
    moved(linked, "[[b:V1|a]] [[b:V2|b]] [[b:V3|c]] [[b:V4|d]] [[b:V5|e]] [[b:V6|f]]")
    for title in ("V1", "V2", "V3", "V4", "V5", "V6"):
        linked.write("wikilivres", title, "x")
    acted("wikilivres", move("V1", "Milieu"), move("Milieu", "Bout"))
    acted("wikilivres", move("V2", "Perdu"), {"action": "delete", "title": "Perdu", "reason": "doublon"})
    acted("wikilivres", move("V3", "Loin"), move("Loin", "V3"), {"action": "delete", "title": "V3", "reason": "parti"})
    acted("wikilivres", move("V4", "Ailleurs"), {"action": "edit", "title": "V4", "text": "autre chose"})
    acted("wikilivres", {"action": "delete", "title": "V4", "reason": "autre sujet"})
    with_redirect = {"action": "move", "from": "V6", "to": "Bout six"}
    acted("wikilivres", with_redirect, {"action": "edit", "title": "V6", "text": "autre chose"})
    acted("wikilivres", {"action": "delete", "title": "V6", "reason": "autre sujet"})
    linked.long_ago("wikilivres")
    acted("wikilivres", move("V5", "Titre idiot"))
    assert fixed(linked) == "[[b:Bout|a]] [[b:V2|b]] [[b:V3|c]] [[b:V4|d]] [[b:V5|e]] [[b:V6|f]]"


@pytest.mark.mediawiki
def test_a_link_that_was_typed_after_the_rename_may_mean_a_new_page(linked: Kit) -> None:
    moved(linked, "rien")
    linked.write("communs", "KIC", f"À écrire : {MOVED}\n[[Catégorie:Communs]]")
    assert fixed(linked) == f"À écrire : {MOVED}"


@pytest.mark.mediawiki
def test_a_no_is_remembered_after_sixty_edits(linked: Kit) -> None:
    moved(linked, MOVED)
    fixed(linked)
    for number in range(60):
        linked.write("communs", "KIC", f"{MOVED} {number}\n[[Catégorie:Communs]]")
    assert fixed(linked) == f"{MOVED} 59"


@pytest.mark.mediawiki
def test_a_page_that_went_to_a_draft_or_on_by_a_redirect_is_not_followed(linked: Kit) -> None:
    moved(linked, "[[b:V1|a]] [[b:V2|b]]")
    for title in ("V1", "V2"):
        linked.write("wikilivres", title, "x")
    acted("wikilivres", move("V1", "Utilisateur:Camille/Brouillon"), move("V2", "Bon titre"))
    linked.write("wikilivres", "Bon titre", "#REDIRECTION [[Titre idiot]]")
    linked.long_ago("wikilivres")
    linked.long_ago("communs")
    assert fixed(linked) == "[[b:V1|a]] [[b:V2|b]]"


@pytest.mark.mediawiki
def test_what_was_put_back_in_other_words_stays_too(linked: Kit) -> None:
    moved(linked, f"[[b:Vieux|le V]]\n<gallery>\nFichier:X.png|{MOVED}\n</gallery>")
    mended = fixed(linked)
    assert f"[[b:{BOOK}/Neuf|le V]]" in mended
    again = mended.replace(f"[[b:{BOOK}/Neuf|le V]]", "[[b:Vieux|l'ancien V]]")
    linked.write("communs", "KIC", f"{again}\n[[Catégorie:Communs]]")
    assert fixed(linked) == again


@pytest.mark.mediawiki
@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("Marché", "Marche"),
        ("SEL", "Sel"),
        ("Niveau -1", "Niveau 1"),
        ("C-", "C"),
        ("Histoire de la Commune", "Histoire de la commune"),
        ("C++", "C"),
        ("Droits (textes)", "Droits/textes"),
    ],
)
def test_other_words_are_not_other_spellings(linked: Kit, typed: str, there: str) -> None:
    linked.write("wikilivres", there, "x")
    moved(linked, f"[[b:{typed}]]")
    assert fixed(linked) == f"[[b:{typed}]]"


@pytest.mark.mediawiki
def test_a_redirect_to_a_section_keeps_it(linked: Kit) -> None:
    linked.write("wikilivres", "Détour", f"#REDIRECTION [[{BOOK}/Communs#Définir]]")
    moved(linked, "[[b:Détour|x]] [[b:Détour#Ici|y]]", fix=["redirect-target"])
    assert fixed(linked) == f"[[b:{BOOK}/Communs#Définir|x]] [[b:{BOOK}/Communs#Ici|y]]"


@pytest.mark.mediawiki
def test_the_report_does_not_name_what_the_same_run_mends(linked: Kit) -> None:
    moved(linked, f"{MOVED} [[b:Perdu]]", report_page="Projet:Liens")
    linked.cli(linked.folder, "run", "liens", "--fix", "--yes", code=3)
    report = linked.people["communs"].text("Projet:Liens")
    assert "Perdu" in report
    assert "Vieux" not in report


@pytest.mark.mediawiki
def test_a_run_on_several_wikis_is_taken_back_on_all_of_them(linked: Kit) -> None:
    linked.may_write("wikiversite")
    moved(linked, MOVED)
    linked.write("wikiversite", "Recherche:Financement/Annexe", MOVED)
    linked.long_ago("wikiversite")
    done = linked.cli(linked.folder, "run", "liens", "--fix", "--yes", code=None).stdout
    run = re.search(r" undo (\S+)", done)
    assert run
    linked.cli(linked.folder, "undo", run[1], "--yes", code=None)
    assert linked.people["communs"].text("KIC").startswith(MOVED)
    assert linked.people["wikiversite"].text("Recherche:Financement/Annexe") == MOVED


@pytest.mark.mediawiki
def test_addresses_become_links_where_nothing_is_lost(linked: Kit) -> None:
    book = server("wikilivres")
    moved(
        linked,
        f"[{book}/wiki/Construire_des_communs le livre] [{book}/wiki/Construire_des_communs a|b] [{book}/wiki/Construire_des_communs]\n"
        f"{book}/wiki/Construire_des_communs [{book}/w/index.php?title=Construire_des_communs&diff=1 là]",
    )
    assert fixed(linked) == (
        f"[[b:{BOOK}|le livre]] [{book}/wiki/Construire_des_communs a|b] [{book}/wiki/Construire_des_communs]\n"
        f"{book}/wiki/Construire_des_communs [{book}/w/index.php?title=Construire_des_communs&diff=1 là]"
    )


@pytest.mark.mediawiki
def test_an_address_of_a_page_with_a_slash_is_no_subpage(linked: Kit) -> None:
    linked.write("communs", "/dev", "x")
    moved(linked, f"[{server('communs')}/wiki//dev x]")
    assert fixed(linked) == "[[:/dev|x]]"


@pytest.mark.mediawiki
def test_fix_is_for_links(linked: Kit) -> None:
    (linked.folder / "bots" / "kit.toml").write_text(
        'kind = "fiches"\nwiki = "communs"\nform = "X"\nsheet = "a.ods"\n', "utf-8"
    )
    assert "ne répare rien" in linked.cli(linked.folder, "plan", "kit", "--fix", code=2).stderr


PIECES = st.lists(
    st.sampled_from(
        [
            "[[b:Vieux]]",
            "[[b:Vieux|x]]",
            "[[b:Vieux#s|é ''x'']]",
            "[",
            "]",
            "{{t|",
            "|a=",
            "}}",
            "<ref>",
            "</ref>",
            "''",
            "\n* ",
            "\n| ",
            "mot ",
            "<!-- ",
            " -->",
            "<nowiki>",
            "</nowiki>",
            "[[Autre|",
            "]]",
            "{{#if:x|",
            "\n== T ==\n",
            "é",
            '<span title="',
            '">',
        ]
    ),
    max_size=12,
).map("".join)
COMMUNS = Site("communs", "https://c.org", interwiki={"b": "https://b.org/wiki/$1"})
LIVRE = Site("wikilivres", "https://b.org")


@given(PIECES)
def test_whatever_stands_around_a_link_stays(text: str) -> None:
    sites = {"communs": COMMUNS, "wikilivres": LIVRE}
    revision = Revision(1, 0, "KIC", "", "", datetime(2026, 1, 1, tzinfo=UTC), "", text)
    quotes = [
        one
        for one in quotes_of(revision, COMMUNS, sites, CORE_TAGS | {"ref"})
        if one.place and one.place.title == "Vieux"
    ]
    found = [
        (one, Finding("moved-target", Message("x"), suggestion=rewritten(one, Place("wikilivres", "Neuf"), sites)))
        for one in quotes
    ]
    change, mended = repaired(revision, found, ("moved-target",), frozenset(), CORE_TAGS | {"ref"}, "fr")
    if change is None:
        return
    assert change.new.count("Neuf") == len(mended)
    assert re.sub(r"\[\[b:Neuf(#s)?\|b:Vieux\]\]", "[[b:Vieux]]", change.new).replace("b:Neuf", "b:Vieux") == text
