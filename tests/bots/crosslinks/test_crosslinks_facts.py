"""What the bot `crosslinks` asks the wikis: templates that make links and headings, redirects, near titles, and how often."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.crosslinks.anchors import plain_headings
from capitalise.bots.crosslinks.known import Titles
from capitalise.bots.crosslinks.nearest import nearest
from capitalise.bots.crosslinks.quotes import quotes_of
from capitalise.pages.addresses import Place, Site, undotted
from capitalise.pages.revisions import Revision
from capitalise.wikitext.preprocessor import CORE_TAGS
from tests.linked import BOOK, Kit, server
from tests.mediawiki import farm as mediawiki
from tests.people import Person


def rules(found: list[dict[str, object]]) -> list[object]:
    return [one["rule"] for one in found]


@pytest.mark.mediawiki
def test_links_that_only_templates_make_are_checked_and_told_apart(linked: Kit) -> None:
    linked.write("communs", "Modèle:Voir", "[[b:Construire des communs/{{{1}}}]] [[Page qui manque]]")
    linked.write("communs", "Modèle:Peut-être", "{{#ifexist:Page dont on demande|[[Page dont on demande]]|rien}}")
    found = linked.quote("{{Voir|Communs}} {{Voir|Perdu}} {{Peut-être}}")
    messages = [str(one["message"]) for one in found]
    assert rules(found) == ["missing-target", "missing-target"]
    assert any("Page qui manque" in one for one in messages)
    assert any("Perdu" in one for one in messages)
    assert all("modèle" in one for one in messages)
    assert {one["line"] for one in found} == {0}
    (one,) = linked.quote("{{Absent}}")
    assert (one["rule"], "Modèle:Absent" in one["message"]) == ("missing-target", True)


@pytest.mark.mediawiki
def test_ordinary_wikitext_is_not_called_broken(linked: Kit) -> None:
    linked.write("communs", "L'été & nous", "== Quoi ? ==\n== A & B ==")
    linked.write("communs", "KIC/Annexe", "x")
    assert [
        one["message"]
        for one in linked.quote(
            "[[L&#39;été &amp; nous#A &amp; B]] [[L'été & nous#Quoi&nbsp;?]] [[KIC<!-- c -->]] [[{{PAGENAME}}/Annexe]] "
            "{{#if:x|[[KIC]]|[[Jamais lu]]}} [[#haut]] [[KIC{{!}}le kit]]"
        )
    ] == []


def test_properties_of_semantic_mediawiki_are_no_titles() -> None:
    site = Site("communs", "https://communs.exemple", semantic=True)
    revision = Revision(
        1, 0, "KIC", "", "", datetime(2026, 1, 1, tzinfo=UTC), "", "[[A pour auteur::Perdu|le kit]] [[KIC]]"
    )
    found = quotes_of(revision, site, {"communs": site}, CORE_TAGS)
    assert [quote.link.target for quote in found] == ["KIC"]


@pytest.mark.mediawiki
def test_places_of_a_page_that_no_heading_makes(linked: Kit) -> None:
    linked.write("wikilivres", f"{BOOK}/Notes", "x<ref>y</ref>")
    names = ("cite_note-1", "firstHeading", "catlinks", "/media/Fichier:X.png", ":~:text=x")
    assert linked.quote(" ".join(f"[[b:{BOOK}/Notes#{name}]]" for name in names)) == []
    linked.write("wikilivres", "Loin", "#REDIRECTION [[v:Recherche:Financement]]")
    assert "broken-redirect" not in rules(linked.quote("[[b:Loin]]"))


@pytest.mark.mediawiki
def test_a_template_asks_on_one_page_what_it_shows_on_another(linked: Kit) -> None:
    linked.write("communs", "Modèle:Demande", "{{#ifexist:Cible perdue|oui|non}}")
    linked.write("communs", "Modèle:Montre", "[[Cible perdue]]")
    for name, text in (("AAA", "{{Demande}}"), ("BBB", "{{Montre}}")):
        linked.write("communs", name, f"{text} [[Catégorie:Communs]]")
    assert any("Cible perdue" in str(one["message"]) for one in linked.findings())


@pytest.mark.mediawiki
def test_a_page_that_is_transcluded_and_is_no_template_is_looked_at_again(linked: Kit) -> None:
    linked.write("wikilivres", "Bloc", "== Sec ==")
    linked.write("wikilivres", f"{BOOK}/T", "{{:Bloc}}")
    assert linked.quote(f"[[b:{BOOK}/T#Sec]]") == []
    linked.write("wikilivres", "Bloc", "== Autre ==")
    assert rules(linked.quote(f"[[b:{BOOK}/T#Sec]]")) == ["missing-section"]


@pytest.mark.mediawiki
def test_what_a_template_makes_on_many_pages_is_said_once(linked: Kit) -> None:
    linked.write("communs", "Modèle:Pied", "[[Page qui manque]]")
    for name in ("Un", "Deux"):
        linked.write("communs", name, "{{Pied}} [[Catégorie:Communs]]")
    (found,) = [one for one in linked.findings() if "Page qui manque" in str(one["message"])]
    assert (found["title"], found["rule"], "1 page de plus" in found["message"]) == ("Deux", "missing-target", True)


@pytest.mark.mediawiki
def test_sections_that_templates_make_are_there(linked: Kit) -> None:
    linked.write("wikilivres", "Modèle:Partie", "== {{{1}}} ==\n<span id='ancre_{{{1}}}'></span>")
    linked.write("wikilivres", f"{BOOK}/Fait", "{{Partie|Débuter ensemble}}")
    link = f"[[b:{BOOK}/Fait#%s]]"
    assert linked.quote(link % "Débuter ensemble" + link % "ancre_Débuter ensemble") == []
    (found,) = linked.quote(link % "Débuter seul")
    assert found["rule"] == "missing-section"


@pytest.mark.mediawiki
def test_a_page_by_its_number_is_a_page(linked: Kit) -> None:
    book = server("wikilivres")
    number = linked.people["wikilivres"].get(titles=f"{BOOK}/Communs")["pages"][0]["pageid"]
    (found,) = linked.quote(f"[{book}/w/index.php?curid={number} ici]")
    assert (found["rule"], found["suggestion"]) == ("external-link", f"[[b:{BOOK}/Communs|ici]]")
    (found,) = linked.quote(f"[{book}/w/index.php?curid=99999 ici]")
    assert (found["rule"], "99999" in found["message"]) == ("missing-target", True)


@pytest.mark.mediawiki
def test_redirects_to_nowhere_to_each_other_and_to_themselves(linked: Kit) -> None:
    for title, target in (("Un", "Nulle part"), ("Deux", "Trois"), ("Trois", BOOK), ("Soi", "Soi")):
        linked.write("wikilivres", title, f"#REDIRECTION [[{target}]]")
    assert rules(linked.quote("[[b:Un]]")) == ["broken-redirect"]
    assert rules(linked.quote("[[b:Soi]]")) == ["broken-redirect"]
    (found,) = linked.quote("[[b:Deux|x]]")
    assert (found["rule"], found["suggestion"]) == ("broken-redirect", f"[[b:{BOOK}|x]]")


@pytest.mark.mediawiki
@pytest.mark.parametrize(
    ("typed", "rule", "suggestion"),
    [
        ("[[b:Construire des Communs/communs]]", "misspelt-target", "[[b:Construire des communs/Communs]]"),
        (
            "[[b:Construire des communs/Repartir le financement]]",
            "misspelt-target",
            "[[b:Construire des communs/Répartir le financement]]",
        ),
        ("[[Discussion:KIC]]", "missing-target", ""),
        ("[[Projet:KIC]]", "missing-target", ""),
        ("[[b:Construire-des-communs]]", "variant-target", "[[b:Construire des communs]]"),
        ("[[Construire des communs/Communs]]", "wrong-wiki", "[[b:Construire des communs/Communs]]"),
        ("[[v:Financement/Annexe|là]]", "wrong-namespace", "[[v:Recherche:Financement/Annexe|là]]"),
        ("[[b:Construire des communs/Communs 2]]", "missing-target", ""),
    ],
)
def test_what_was_meant(linked: Kit, typed: str, rule: str, suggestion: str) -> None:
    (found,) = linked.quote(typed)
    assert (found["rule"], found["suggestion"]) == (rule, suggestion)


@pytest.mark.mediawiki
def test_a_wiki_that_only_links_lead_to_is_asked_as_well(linked: Kit) -> None:
    toml = linked.folder / "capitalise.toml"
    toml.write_text(
        f'{toml.read_text("utf-8")}[wikis.movilab]\napi = "{mediawiki.address("movilab")}"\nwrite = false\n', "utf-8"
    )
    person = Person("movilab")
    person.edit("Un tiers-lieu", "x")
    movilab = server("movilab")
    (found,) = linked.quote(f"{movilab}/wiki/Un_tiers-lieu {movilab}/wiki/Un_teirs-lieu [[movilab:Un tiers-lieu]]")
    assert (found["rule"], found["suggestion"]) == ("misspelt-target", f"{movilab}/wiki/Un_tiers-lieu")
    person.close()


@pytest.mark.mediawiki
def test_the_second_time_a_wiki_is_asked_what_changed_and_no_more(linked: Kit, farm: mediawiki.Farm) -> None:
    linked.write("communs", "Modèle:Voir", "[[b:Construire des communs/{{{1}}}]]")
    links = "".join(f"[[b:{BOOK}/Perdu {n}]] [[b:{BOOK}/Communs#Définir]]\n" for n in "abcde")
    linked.write("communs", "KIC", f"{links}{{{{Voir|Communs}}}} [[Catégorie:Communs]]")
    first = linked.findings()

    def asked() -> dict[str, int]:
        before = {key: len(farm.requests(key)) for key in linked.people}
        assert [one["message"] for one in linked.findings()] == [one["message"] for one in first]
        return {key: len(farm.requests(key)) - before[key] for key in before}

    asked()
    assert all(count <= 5 for count in asked().values()), asked()
    linked.write("wikilivres", f"{BOOK}/Perdu a", "Retrouvé")
    linked.write("wikilivres", f"{BOOK}/Communs", "== Autre chose ==")
    now = [str(one["message"]) for one in linked.findings()]
    assert not any("Perdu a" in one for one in now)
    assert sum("Définir" in one for one in now) == 5


LETTERS = st.text("abcdeéÉ -'’/", min_size=1, max_size=20)


@given(LETTERS, st.lists(LETTERS, max_size=8))
def test_the_nearest_title_is_one_that_is_there(title: str, others: list[str]) -> None:
    near = nearest(Place("w", title), {"w": Titles(dict.fromkeys(others))})
    assert near is None or near.place.title in others


@given(st.integers(1, 99), st.integers(1, 99))
def test_another_number_is_another_page(one: int, other: int) -> None:
    title, there = f"Séance numéro {one} des communs", f"Séance numéro {other} des communs"
    near = nearest(Place("w", title), {"w": Titles([there])})
    assert (near is not None) == (one == other)


@pytest.mark.parametrize(
    ("title", "there", "meant"),
    [
        ("Construire des comuns", ["Construire des communs", "Construire des communes"], "Construire des communs"),
        ("Construire des commun", ["Construire des communs", "Construire des commune"], ""),
        ("Gestoin des conflits", ["Gestion des conflits", "Question des conflits"], "Gestion des conflits"),
        ("Partie theorique", ["Partie théorique"], "Partie théorique"),
        ("Oeuvre commune", ["Œuvre commune"], "Œuvre commune"),
        ("Tierslieu", ["Tiers lieu"], "Tiers lieu"),
        ("Communs", ["Construire des communs/Communs"], "Construire des communs/Communs"),
        ("Communs", ["Construire des communs/Communs", "Recherche/Communs"], ""),
        # other words: opposites, months, numbers, words that stand in titles of their own
        ("Réunion de mars", ["Réunion de mai"], ""),
        ("Compte rendu de juin 2021", ["Compte rendu de juillet 2021"], ""),
        ("Commun moral", ["Commun amoral"], ""),
        ("Usage légal", ["Usage illégal"], ""),
        ("Gouvernance ouverte", ["Gouvernance couverte"], ""),
        ("Dons et ventes", ["Dons et rentes"], ""),
        ("Inclusion", ["Exclusion"], ""),
        ("Bilan 2016", ["Bilan 2017"], ""),
        ("Chapitre II", ["Chapitre III"], ""),
        ("Porter une idée", ["Portes une idée", "Porter"], ""),
        ("Confiance", ["Confidence"], ""),
        ("Poisson", ["Poison", "Jardin"], ""),
        ("Chapitre 12 : La monnaie", ["Chapitre 11 : La monnaie", "Chapitre 13 : Le don"], ""),
        ("Le marche des communs", ["Le marché des communs", "La marche des communs"], ""),
        ("Le marche des communs", ["Le marché des communs"], "Le marché des communs"),
    ],
)
def test_another_word_is_another_page(title: str, there: list[str], meant: str) -> None:
    near = nearest(Place("w", title), {"w": Titles(there)})
    assert (near.place.title if near else "") == meant


@pytest.mark.parametrize(
    ("section", "read"),
    [
        ("D.C3.A9finir", "Définir"),
        ("v1.20", "v1.20"),
        ("Figure.2E.2F", "Figure.2E.2F"),
        ("a.C3", "a.C3"),
        ("L.E2.80.99eau", "L’eau"),
    ],
)
def test_a_section_as_old_wikis_encoded_it_is_read(section: str, read: str) -> None:
    assert undotted(section) == read


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("== Un ==\n== Deux ==", True),
        ("== Un ==\n== Un ==", True),
        ("<h2>Un</h2>", False),
        ("== <nowiki>''Un''</nowiki> ==", False),
        ("== Un ==\n== Un ==\n== Un 2 ==", False),
        ("== Un\u200e ==", False),
        ("== [[Fichier:X.png]] Un ==", False),
        ("== A &amp; B ==", False),
    ],
)
def test_which_headings_are_plain_words(text: str, plain: bool) -> None:
    assert plain_headings(text) is plain


@pytest.mark.mediawiki
def test_sections_that_are_no_plain_words_are_asked_of_the_wiki(linked: Kit) -> None:
    page = "Construire des communs/Communs"
    headings = (
        "<h2>En HTML</h2>\n== Deux ==\n== Deux ==\n== Deux 2 ==\n== <nowiki>''Cru''</nowiki> ==\n== A &amp; B ==\n"
    )
    linked.write("wikilivres", page, headings)
    good = ("En HTML", "Deux", "Deux 2", "Deux 2 2", "''Cru''", "A & B")
    links = "\n".join(f"[[b:{page}#{one}]]" for one in (*good, "Deux 3", "Cru", "A amp B"))
    found = {one["line"] for one in linked.quote(links) if one["rule"] == "missing-section"}
    assert found == {len(good) + n for n in (1, 2, 3)}
