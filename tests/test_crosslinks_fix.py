"""`--fix`: links that are mended on the wikis that may be written to, and what is left as people wrote it."""

from __future__ import annotations

import json

import pytest

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
    assert plan["changes"] == []
    linked.cli(linked.folder, "run", "liens", "--yes", code=3)
    assert linked.people["communs"].text("KIC").startswith(MOVED)


@pytest.mark.mediawiki
def test_a_wiki_that_is_read_only_for_us_is_not_mended(linked: Kit) -> None:
    moved(linked, "rien")
    linked.write("wikiversite", "Recherche:Financement/Annexe", MOVED)
    plan = json.loads(linked.cli(linked.folder, "plan", "liens", "--fix", "--json", code=None).stdout)
    assert plan["changes"] == []
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
    ],
)
def test_what_is_never_touched(linked: Kit, text: str) -> None:
    moved(linked, text)
    assert fixed(linked) == text


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
def test_fix_is_for_links(linked: Kit) -> None:
    (linked.folder / "bots" / "kit.toml").write_text(
        'kind = "fiches"\nwiki = "communs"\nform = "X"\nsheet = "a.ods"\n', "utf-8"
    )
    assert "crosslinks" in linked.cli(linked.folder, "plan", "kit", "--fix", code=2).stderr
