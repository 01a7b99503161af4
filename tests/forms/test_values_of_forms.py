"""What contributors type, value by value: what becomes of it, by which rule, and what is left to a person."""

from __future__ import annotations

import pytest

from capitalise.bots.normalise.catalogue import ALL
from capitalise.forms.checked import value_doubts
from capitalise.forms.kept import kept_value
from capitalise.forms.rules.choices import same_choice
from capitalise.forms.rules.outcome import World
from capitalise.forms.schema import SchemaField
from capitalise.forms.values import normalise_value
from capitalise.pages.revisions import Head
from tests.schema import field_of

TEXT = field_of("input type=textarea")
CHOICE = field_of("input type=dropdown|values=1 - Qualifier,2 - Qualifier,Très facile,Très difficile,outils")
CLOSED = field_of("input type=tokens|existing values only|values=bois,métal,terre,AC/DC")
SUGGESTED = field_of("input type=tokens|values=bois,métal,terre")
LIST = field_of("list")
SEMICOLONS = field_of("list|delimiter=;|values=Lille, France;Roubaix|existing values only|input type=tokens")
DATE = field_of("input type=date")
NUMBER = field_of("", "[[A le type::Nombre]]")
QUANTITY = field_of("", "[[Has type::Quantity]]")
BOOLEAN = field_of("input type=checkbox")
EMAIL = field_of("", "[[A le type::Adresse électronique]]")
URL = field_of("", "[[A le type::URL]]")
PAGE = field_of("input type=combobox|values from category=Outil")
PAGES = field_of("input type=tokens|values from category=Outil")
NAMED = field_of("", "[[A le type::Page]]")
CALENDAR = field_of("input type=datepicker")
WORLD = World(
    "fr",
    {
        "Ancien": Head("Ancien", 5, redirect="Nouveau"),
        "Loomio": Head("Loomio", 3),
        "Lomio": Head("Lomio", 0),
        "W:Commun": Head("W:Commun", 0, invalid="w"),
        "Umap": Head("Umap", 0),
        "Loomio, Framapad": Head("Loomio, Framapad", 0),
    },
    {"x": ("Loomio", "Framapad")},
    "https://wiki.exemple.org/wiki/$1",
    {"w": "https://fr.wikipedia.org/wiki/$1"},
    prefixes=frozenset({"w", "github"}),
)

CHANGED = [
    (TEXT, "une  idée", "une idée", "spaces"),
    (TEXT, "une idée <br> ", "une idée", "ends"),
    (TEXT, "&nbsp;une idée\u00a0<br/>", "une idée", "ends"),
    (TEXT, "une\u200bidée", "uneidée", "invisible"),
    (TEXT, "e\u0301tape", "étape", "nfc"),
    (TEXT, "une  {{x|a=  b}}  [[c  d]]", "une  {{x|a=  b}}  [[c  d]]", ""),  # beside a construct, spaces may be its own
    (TEXT, "a \nb", "a\nb", "spaces"),
    (CHOICE, "tres facile", "Très facile", "choice"),
    (CHOICE, "1 – qualifier", "1 - Qualifier", "choice"),
    (CHOICE, "outil", "outils", "choice"),
    (CHOICE, "Très  facile", "Très facile", "choice"),  # a form deletes it: no invisible change
    (URL, "HTTPS://exemple.org", "https://exemple.org", "url-typo"),
    (CHOICE, "tres dificile", "Très difficile", "typo"),
    (CHOICE, "2 - Qualifer", "2 - Qualifier", "typo"),
    (CLOSED, "métal;bois", "bois, métal", "list-delimiter list-order"),
    (CLOSED, "Bois et metal", "bois, métal", "list-delimiter choice"),
    (CLOSED, "* bois\n* terre", "bois, terre", "list-delimiter"),
    (CLOSED, "bois / terre", "bois, terre", "list-delimiter"),
    (CLOSED, "bois, bois", "bois", "list-double"),
    (CLOSED, "bois,,métal,", "bois, métal", "list-spacing"),
    (SUGGESTED, "BOIS, liège", "bois, liège", "choice"),
    (LIST, "*args ; **kw", "*args, **kw", "list-delimiter"),
    (LIST, "un; deux\ntrois", "un, deux, trois", "list-delimiter"),
    (SEMICOLONS, "lille, france", "Lille, France", "choice"),
    (DATE, "25 mars 2024", "2024-03-25", "date"),
    (DATE, "Lundi 25 mars 2024", "2024-03-25", "date"),
    (DATE, "1er avril 2024", "2024-04-01", "date"),
    (DATE, "25/03/2024", "2024-03-25", "date"),
    (DATE, "03/03/2024", "2024-03-03", "date"),
    (DATE, "2024/3/5", "2024-03-05", "date"),
    (DATE, "03/2024", "mars 2024", "date"),
    (DATE, "Mars 2024", "mars 2024", "date"),
    (NUMBER, "1 234,5", "1234,5", "number"),
    (NUMBER, "1\u202f000", "1000", "number"),
    (NUMBER, "3.5", "3,5", "number"),
    (QUANTITY, "12\u00a0kg", "12 kg", "number"),
    (BOOLEAN, "x", "Oui", "boolean"),
    (BOOLEAN, "NON", "Non", "boolean"),
    (EMAIL, "mailto:Camille@Exemple.ORG", "Camille@exemple.org", "email"),
    (URL, "http//exemple.org", "http://exemple.org", "url-typo"),
    (URL, "htpp://exemple.org/a", "http://exemple.org/a", "url-typo"),
    (URL, "https:///exemple.org", "https://exemple.org", "url-typo"),
    (URL, "HTTPS://Exemple.ORG/Ab%c3%a9#T", "https://exemple.org/Ab%C3%A9#T", "url-typo url"),
    (URL, "https://exemple.org/?p=1&utm_source=x#t", "https://exemple.org/?p=1#t", "url-tracking"),
    (URL, "https://exemple.org/?fbclid=3", "https://exemple.org/", "url-tracking"),
    (PAGE, "loomio", "Loomio", "page-name"),
    (PAGE, "ancien", "Nouveau", "page-name redirect"),
    (PAGE, "https://wiki.exemple.org/wiki/Gouvernance_partag%C3%A9e", "Gouvernance partagée", "url-page"),
    (PAGE, "https://fr.wikipedia.org/wiki/Commun", "w:Commun", "url-page"),
    (PAGES, "loomio,ancien", "Loomio, Nouveau", "page-name redirect"),
]


@pytest.mark.parametrize(("field", "typed", "meant", "rules"), CHANGED)
def test_a_value_becomes_the_one_that_was_meant(field: SchemaField, typed: str, meant: str, rules: str) -> None:
    found = normalise_value(typed, field, WORLD, ALL)
    assert (found.value, " ".join(found.rules)) == (meant, rules)
    assert normalise_value(meant, field, WORLD, ALL).value == meant


LEFT = [
    (TEXT, "« une  idée » <nowiki>a  b</nowiki>", "", ()),
    (TEXT, "<pre>a  b</pre>", "", ()),
    (TEXT, "le 3 avril 2024, 3,5 kg, HTTP://X.org", "", ()),
    (CHOICE, "3 - Qualifier", "unknown-value", ("1 - Qualifier", "2 - Qualifier")),
    (CHOICE, "ultra facile", "unknown-value", ()),
    (CLOSED, "AC/DC", "", ()),
    (CLOSED, "béton", "unknown-value", ()),
    (SUGGESTED, "béton", "", ()),
    (SUGGESTED, "métall", "typo", ("métal",)),
    (LIST, "Paris, France; Lyon, France", "list-delimiter", ()),
    (LIST, "recherche et développement, x/y", "", ()),
    (LIST, "http://exemple.org/a;b", "", ()),
    (DATE, "03/04/2024", "date", ("2024-04-03", "2024-03-04")),
    (DATE, "mardi 25 mars 2024", "date", ("2024-03-25",)),
    (DATE, "31 février 2024", "date", ()),
    (DATE, "17–18 novembre 2017", "date", ()),
    (DATE, "du 17 au 18 novembre 2017", "date", ()),
    (DATE, "bientôt", "date", ()),
    (DATE, "25/03/24", "date", ()),
    (DATE, "2024", "", ()),
    (NUMBER, "1.234", "number", ()),
    (NUMBER, "12 kg", "number", ()),
    (NUMBER, "une dizaine", "number", ()),
    (BOOLEAN, "peut-être", "boolean", ("Oui", "Non")),
    (EMAIL, "camille(at)exemple.org", "", ()),
    (EMAIL, "camille", "email", ()),
    (URL, "www.exemple.org", "url-typo", ("https://www.exemple.org",)),
    (URL, "https://exemple.org/a : le site", "url", ()),
    (URL, "[https://exemple.org le site]", "url-typo", ("https://exemple.org",)),
    (LIST, "bois, métal, bois", "list-double", ("bois, métal",)),
    (NAMED, "Loomio, Framapad", "redirect", ("Loomio", "Framapad")),
    (NAMED, "Umap", "", ()),  # a page that nobody wrote yet
    (CALENDAR, "mars 2024", "date", ()),
    (PAGE, "Lomio", "redirect", ("Loomio",)),
    (PAGE, "https://exemple.org/autre", "", ()),
    (PAGE, "w:Commun", "", ()),
]

BOXES = field_of("input type=checkboxes|values=5 °C,10 °C,5²,52,1,2,5,12")
JOBS = field_of(
    "input type=dropdown|values=Association politique,Salarié,Président,Prévision,Pour tous,Le contenu moral"
)
OPEN_CHOICE = field_of("values=Fonds,Mois,Marché,Péché,Vers,À venir")
LINES = field_of("list|delimiter=\\n")
BLANKS = field_of("list|delimiter=\\s")
NUMBERS = field_of("list", "[[A le type::Nombre]]")
COUNTED = field_of("", "x", '<templatedata>{"params": {"x": {"type": "boolean"}}}</templatedata>')
ARRAYMAP = field_of("input type=text", "x", "{{#arraymap:{{{x|}}}|,|v|[[P::v]]}}")

#: Each of these was changed by an earlier version, and meant something else then.
MEANT = [
    *((BOXES, text) for text in ("-5 °C", "1/2", "1/5 et 2")),
    *((JOBS, text) for text in ("Association apolitique", "Salariée", "Présidente", "Provision", "Pour toux")),
    (JOBS, "Le contenu amoral"),
    *((OPEN_CHOICE, text) for text in ("fond", "moi", "marche", "pêche", "ver", "avenir")),
    *(
        (TEXT, text)
        for text in ("<\u200b!-- mots --> fin", "[\u200b[lien]]", "_\u200b_NOTOC__", "<mermaid>a  b</mermaid>")
    ),
    *((TEXT, text) for text in ("<br>", "&nbsp;", "<kbd>a  b</kbd>", "&nbsp;to&nbsp;")),
    *((TEXT, text) for text in ("exemple.org/e\u0301te\u0301", "www.exemple.org/a\u200bb")),
    *((LIST, text) for text in ("https://exemple.org/a,b", "3,14", "1,500", "-5 ; 3", "10,10,20", "10,,20")),
    *((LIST, text) for text in ("Vaincre; ou périr", "Bonjour,, nous sommes deux")),
    (NUMBERS, "1,5"),
    *((LINES, text) for text in ("* a\n* b", "a\nb")),
    (BLANKS, "a b"),
    (ARRAYMAP, "Premier point\nDeuxième point"),
    *((PAGE, text) for text in ("github:org/mon_projet", ":Catégorie:Outils", "https://github.com/org/mon_projet")),
    *((DATE, text) for text in ("2010-11", "2003/04", "2001-02", "1² mars 2024", "②5 mars 2024")),
    *((COUNTED, text) for text in ("1", "0", "3.5")),
    (EMAIL, "camille @ exemple.org"),
    *((URL, text) for text in ("https://exemple.org/?utm_source=n;id=3", "https://Exemple.org,Framasoft")),
    (URL, "https://web.archive.org/web/2020/https://exemple.org/a?utm_source=z"),
    (NUMBER, "+5"),
    *((LIST, text) for text in ("merci ;)", "merci ;) Zoé")),
    *((BOXES, text) for text in ("1 2", "1\n2 3")),
    (field_of("input type=dropdown|values=mW,kW"), "MW"),
    *((QUANTITY, text) for text in ("1e5 W", "10-20 kg", "1/2 kg", "5±1 kg", "3×10^5 kg", "5²", "12h30")),
    *((DATE, text) for text in ("2008-12", "2\u03365\u0336 mars 2024")),
    (CLOSED, "b\u0336o\u0336i\u0336s\u0336"),
    *((TEXT, text) for text in ("&nbsp;* Prix sous réserve", "<br>== a ==", "\u00a0{| x")),
    *((field_of("input type=dropdown|values=Poisson,Dessert,Cours"), text) for text in ("Poison", "desert", "cour")),
    (field_of("", "x", "{{#tag:syntaxhighlight|{{{x|}}}}}"), "x = 1  # deux"),
]


@pytest.mark.parametrize(("field", "typed"), MEANT)
def test_what_meant_something_still_does(field: SchemaField, typed: str) -> None:
    assert normalise_value(typed, field, WORLD, ALL).value == typed


def test_a_redirect_to_a_part_of_a_page_is_not_that_page() -> None:
    world = World(heads={"Terme": Head("Terme", 5, redirect="Glossaire", section="Terme")})
    assert normalise_value("Terme", PAGE, world, ALL).value == "Terme"


def test_on_a_wiki_with_small_titles_a_small_letter_stays() -> None:
    assert normalise_value("iPod_nano", PAGE, World(capital=False), ALL).value == "iPod nano"


@pytest.mark.parametrize(("field", "typed", "rule", "candidates"), LEFT)
def test_in_doubt_a_value_stays(field: SchemaField, typed: str, rule: str, candidates: tuple[str, ...]) -> None:
    found = normalise_value(typed, field, WORLD, ALL)
    assert found.value == typed
    doubts = {doubt.rule: doubt.candidates for doubt in found.doubts}
    if rule:
        assert set(candidates) <= set(doubts[rule])
    elif not candidates:
        assert doubts == {}


def test_english_wikis_have_points_and_yes() -> None:
    english = World("en")
    assert normalise_value("1,5", NUMBER, english, ALL).value == "1.5"
    assert normalise_value("1,234", NUMBER, english, ALL).doubts
    assert normalise_value("oui", BOOLEAN, english, ALL).value == "Yes"


def test_a_rule_that_is_off_does_nothing() -> None:
    assert normalise_value("tres facile", CHOICE, WORLD, ALL - {"choice", "typo"}).value == "tres facile"
    assert normalise_value("métal;bois", CLOSED, WORLD, ALL - {"list-delimiter"}).value == "métal;bois"


def test_a_form_and_a_template_that_disagree_leave_the_list_alone() -> None:
    disputed = field_of("list|delimiter=;", "[[A le type::Texte]]", "{{#arraymap:{{{x|}}}|,|v|[[P::v]]}}")
    assert disputed.disputed
    assert normalise_value("a; b ,c", disputed, WORLD, ALL).value == "a; b ,c"


def test_no_case_is_guessed_where_it_means_something() -> None:
    assert same_choice("mw", ("MW", "mW")) == ""
    assert same_choice("mW", ("MW", "kW")) == ""
    assert same_choice("cc0", ("CC0",)) == "CC0"


@pytest.mark.parametrize(
    ("options", "wrong", "right"),
    [
        ("regexp=/^(rouge!vert)$/", ["bleu"], ["rouge", "vert"]),
        ("regexp=/^[a-z]+$/i", ["A1"], ["ABC"]),
        ("regexp=/^(a;b)$/|or char=;", ["c"], ["a", "b"]),
        (r"regexp=/^(\w+\s?)*$/", [], ["mot " * 60 + "!"]),  # would take for ever: nobody looks
        (r"regexp=/(?=x)/", [], ["y"]),
    ],
)
def test_what_a_pattern_of_the_form_refuses(options: str, wrong: list[str], right: list[str]) -> None:
    field = field_of(f"input type=regexp|{options}")
    assert all(any(value_doubts(value, value, field)) for value in wrong)
    assert not any(any(value_doubts(value, value, field)) for value in right)


@pytest.mark.parametrize("options", ["values={{Liste}}", "values=A,{{Liste|b, c}}", "cargo table=T|cargo field=f"])
def test_a_list_that_nobody_here_reads_is_no_list(options: str) -> None:
    field = field_of(f"input type=dropdown|{options}")
    assert (field.values, field.closed, field.unread) == ((), False, True)
    assert kept_value("n'importe quoi", field) == "n'importe quoi"
