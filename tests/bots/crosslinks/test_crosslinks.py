"""The bot `crosslinks` on four real wikis whose pages quote each other, in every way people write links."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from capitalise.bots.crosslinks.anchors import anchors_of
from capitalise.bots.crosslinks.report import dated
from capitalise.bots.crosslinks.rules import RULES
from capitalise.cli.rules import rule_name
from capitalise.cli.show import Screen
from capitalise.exports.findings_csv import findings_csv
from capitalise.exports.plan_page import links_page
from capitalise.messages import Message
from capitalise.plans.model import Finding, Grid, GridLink, Plan, RowRef
from tests.linked import BOOK, RESEARCH, TOML, Kit, server
from tests.mediawiki import farm as mediawiki
from tests.people import Person


@pytest.mark.mediawiki
def test_good_links_are_nobodys_business(linked: Kit) -> None:
    assert (
        linked.quote(
            "[[b:Construire des communs/Communs#Définir|ici]] [[:b:construire_des_communs/Communs#Définir_2]] [[b:Construire des communs/Communs#Ici]] "
            "https://exemple.org/ [[KIC]] [[#Liens]] [[Fichier:X.png]] <nowiki>[[b:Zut]]</nowiki>\n== Liens =="
        )
        == []
    )


@pytest.mark.mediawiki
def test_a_missing_page_comes_with_the_nearest_title(linked: Kit) -> None:
    (found,) = linked.quote("Ligne une\n== Liens ==\nVoir [[b:Construire des communs/Comuns|le livre]].")
    assert (found["rule"], found["line"], found["section"]) == ("misspelt-target", 3, "Liens")
    assert found["suggestion"] == "[[b:Construire des communs/Communs|le livre]]"
    assert found["score"] > 90
    assert found["address"] == f"{server('communs')}/w/index.php?title=KIC&action=edit&section=1"
    (found,) = linked.quote("[[b:Construire des communs/Tout autre chose]]")
    assert (found["rule"], found["suggestion"]) == ("missing-target", "")


@pytest.mark.mediawiki
def test_moved_deleted_and_redirected_pages_are_told_apart(linked: Kit) -> None:
    admin = Person("wikilivres", "Admin")
    for title in ("Vieux", "Parti"):
        linked.write("wikilivres", title, "x")
    admin.act("move", **{"from": "Vieux", "to": f"{BOOK}/Neuf", "noredirect": True})
    admin.act("delete", title="Parti", reason="hors sujet")
    linked.write("wikilivres", "Détour", f"#REDIRECTION [[{BOOK}/Communs]]")
    admin.close()
    found = {f["rule"]: f for f in linked.quote("[[b:Vieux]] [[b:Parti]] [[b:Détour|x]]")}
    assert found["moved-target"]["suggestion"] == f"[[b:{BOOK}/Neuf]]"
    assert "hors sujet" in found["deleted-target"]["message"]
    assert found["redirect-target"]["suggestion"] == f"[[b:{BOOK}/Communs|x]]"


@pytest.mark.mediawiki
def test_a_section_that_is_not_there(linked: Kit) -> None:
    (found,) = linked.quote("[[b:Construire des communs/Communs#Definir les communs]]")
    assert found["rule"] == "missing-section"
    (found,) = linked.quote("[[b:Construire des communs/Communs#Définire]]")
    assert (found["rule"], found["suggestion"]) == (
        "missing-section",
        "[[b:Construire des communs/Communs#Définir]]",
    )


@pytest.mark.mediawiki
def test_addresses_are_read_like_links(linked: Kit) -> None:
    book = server("wikilivres")
    (found,) = linked.quote(f"[{book}/wiki/Construire_des_communs/R%C3%A9partir_le_financement le financement]")
    assert (found["rule"], found["suggestion"]) == (
        "external-link",
        "[[b:Construire des communs/Répartir le financement|le financement]]",
    )
    (found,) = linked.quote(f"{book}/w/index.php?title=Construire_des_communs/Comuns")
    assert (found["rule"], found["suggestion"]) == ("misspelt-target", f"{book}/wiki/Construire_des_communs/Communs")
    (found,) = linked.quote(f"{book}/w/index.php?title=Construire_des_communs&oldid=1")
    assert (found["rule"], found["suggestion"]) == ("permalink", "")


@pytest.mark.mediawiki
def test_documents_are_read_too_and_named_with_their_line(linked: Kit) -> None:
    notes = linked.folder / "notes"
    notes.mkdir()
    book = server("wikilivres")
    (notes / "parcours.md").write_text(
        f"Le parcours\n\n[le livre]({book}/wiki/Construire_des_communs/Comuns) et https://exemple.org/\n", "utf-8"
    )
    bot = linked.folder / "bots" / "liens.toml"
    bot.write_text(
        TOML.replace('wiki = "communs"\noutside = false\n[[', 'wiki = "communs"\nfiles = ["notes/*.md"]\n[[', 1),
        "utf-8",
    )
    (found,) = [f for f in linked.findings() if f["at"]]
    assert (found["rule"], found["at"]["sheet"], found["at"]["row"]) == ("misspelt-target", "notes/parcours.md", 3)
    assert found["suggestion"] == f"{book}/wiki/Construire_des_communs/Communs"


@pytest.mark.mediawiki
def test_the_report_is_written_once_and_again_only_when_findings_change(linked: Kit) -> None:
    toml = linked.folder / "capitalise.toml"
    toml.write_text(toml.read_text("utf-8").replace("write = false", "edit_interval = 0", 1), "utf-8")
    bot = linked.folder / "bots" / "liens.toml"
    bot.write_text(
        TOML.replace('wiki = "communs"\noutside = false\n[[', 'wiki = "communs"\nreport_page = "Projet:Liens"\n[[', 1),
        "utf-8",
    )
    linked.write("communs", "KIC", "[[b:Construire des communs/Comuns|''<b>livre</b>]] [[Catégorie:Communs]]")
    linked.cli(linked.folder, "run", "liens", "--yes", code=3)
    first = linked.people["communs"].head("Projet:Liens")
    text = linked.people["communs"].text("Projet:Liens")
    assert "Construire des communs/Communs" in text
    assert "<b>" not in text
    assert "wikitable" in text
    head = text.split("\n\n")[1].splitlines()[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d – pages lues\s: 6 – remarques\s: 7 : .*, page absente \(1\)\.", head), text
    linked.cli(linked.folder, "run", "liens", "--yes", code=3)
    assert linked.people["communs"].head("Projet:Liens") == first
    linked.write("communs", "KIC", "[[b:Construire des communs/Communs]] [[Catégorie:Communs]]")
    linked.cli(linked.folder, "run", "liens", "--yes", code=3)
    assert linked.people["communs"].head("Projet:Liens") > first


def test_a_report_keeps_its_date_while_it_says_the_same() -> None:
    def filled(date: str) -> str:
        return f"Le {date} : 3 remarques\n"

    assert dated(filled, "Le 2026-01-02 : 3 remarques", "2026-02-03") == "Le 2026-01-02 : 3 remarques"
    assert dated(filled, "Le 2026-01-02 : 2 remarques", "2026-02-03") == "Le 2026-02-03 : 3 remarques"
    assert dated(filled, "", "2026-02-03") == "Le 2026-02-03 : 3 remarques"


def test_the_matrix_says_which_way_pages_quote_each_other() -> None:
    research, chapters = ("v", "R"), [("b", f"C{n}") for n in range(4)]
    to, back = (GridLink(*page, "", 1, "") for page in (research, ("b", "C")))
    grid = Grid((research,), tuple(chapters), ((((), (to, to), (back,), (to, back))),))
    assert [grid.arrow(0, n) for n in range(4)] == ["", "→ 2", "← 1", "⇄ 2"]
    assert grid.one_sided == [(research, chapters[1]), (chapters[2], research)]


@pytest.mark.mediawiki
def test_pages_that_do_not_know_of_each_other(linked: Kit) -> None:
    found = {(f["rule"], f["title"]) for f in linked.findings()}
    assert ("unbacked-chapter", f"{BOOK}/Répartir le financement") in found
    assert ("unbacked-chapter", f"{BOOK}/Communs") not in found  # the research quotes it
    assert ("unquoted-research", f"{RESEARCH}/Annexe") in found
    assert not any(rule == "one-sided" for rule, _title in found)
    linked.write("communs", "KIC", "[[b:Construire des communs/Communs]] [[Catégorie:Communs]]")
    assert ("one-sided", "KIC") in {(f["rule"], f["title"]) for f in linked.findings()}


@pytest.mark.mediawiki
def test_pages_found_by_the_wikis_own_search(linked: Kit) -> None:
    """By their words, in every namespace that holds content."""
    linked.write("communs", "Jardin", "Des tomates. [[b:Construire des communs/Tomates]]")
    linked.write("wikiversite", "Recherche:Serre", "Des tomates aussi. [[b:Construire des communs/Serres]]")
    for wiki in ("communs", "wikiversite"):
        mediawiki.rebuild_search(wiki)
        bot = linked.folder / "bots" / "liens.toml"
        sets = f'\n[[pages]]\nwiki = "{wiki}"\nrole = "quotes"\nsearch = "tomates"\n'
        bot.write_text(bot.read_text("utf-8") + sets, "utf-8")
    missing = {f["title"] for f in linked.findings() if f["rule"] == "missing-target"}
    assert missing >= {"Jardin", "Recherche:Serre"}


@pytest.mark.mediawiki
def test_few_requests_and_nothing_written(linked: Kit, farm: mediawiki.Farm) -> None:
    links = " ".join(f"[[b:{BOOK}/Communs{n}]]" for n in range(3)) + f" [[b:{BOOK}]]" * 50
    linked.write("communs", "KIC", f"{links} [[Catégorie:Communs]]")
    before = {key: len(farm.requests(key)) for key in ("communs", "wikiversite", "wikilivres")}
    linked.findings()
    after = {key: len(farm.requests(key)) - before[key] for key in before}
    assert after["communs"] <= 12
    assert (
        after["wikilivres"] <= 3 + 12
    )  # a log for each of the three that are missing, the titles that begin as they do
    assert linked.people["communs"].text("KIC").startswith(links[:40])


@pytest.mark.mediawiki
def test_wrong_settings_get_one_clear_sentence(linked: Kit) -> None:
    bot = linked.folder / "bots" / "liens.toml"
    for old, new, word in (
        ('role = "book"', 'role = "livre"', "research, book, quotes"),
        (f'page = "{BOOK}"', 'page = "Nulle part"', "Nulle part"),
        ('category = "Communs"', 'category = "Communs"\ntemplate = "x"', "category"),
    ):
        bot.write_text(TOML.replace(old, new), "utf-8")
        assert word in linked.cli(linked.folder, "plan", "liens", code=2).stderr


def test_anchors_are_mediawikis() -> None:
    text = "== Un ''deux'' ==\n== Un deux ==\n== [[A|Trois]] & <b>4</b> ==\n<span id=\"ici_même\"></span>{{ancre|Là|Et là}}\n<!-- == non == -->"
    assert anchors_of(text) == {"Un deux", "Un deux 2", "Trois & 4", "ici même", "Là", "Et là"}


def test_the_table_for_spreadsheets_holds_no_formula() -> None:
    finding = Finding(
        "missing-target",
        Message("=1+1"),
        "communs",
        "@SUM",
        "-x",
        3,
        suggestion="+[[b]]",
        score=91.5,
        address="https://exemple.org",
    )
    rows = list(
        csv.reader(
            io.StringIO(findings_csv([finding], partial(rule_name, rules=RULES), "fr").decode("utf-8-sig")),
            delimiter=";",
        )
    )
    assert rows[0][:4] == ["wiki", "page", "section", "ligne"]
    assert rows[1] == [
        "communs",
        "'@SUM",
        "'-x",
        "3",
        "",
        "page absente",
        "'=1+1",
        "'+[[b]]",
        "https://exemple.org",
        "91.5",
    ]


def browsed(tmp_path: Path, page: str, fragment: str = "") -> str:
    """The page's HTML after its script ran in Chromium."""
    file = tmp_path / "liens.html"
    file.write_text(page, "utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"file://{file}{fragment}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def plan_of(*findings: Finding) -> Plan:
    links = tuple(GridLink("wikilivres", "C2", "<i>S</i>", n, "[[v:R]]", "https://exemple.org/?a&b") for n in (1, 2, 3))
    grid = Grid((("wikiversite", "<b>R</b>"),), (("wikilivres", "C1"), ("wikilivres", "C2")), (((), links),))
    return Plan("liens", "r", datetime(2026, 11, 22, tzinfo=UTC), findings=findings, grid=grid)


@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed (tests/mediawiki/install does it)")
def test_the_page_filters_its_findings_and_shows_everything_as_text(tmp_path: Path) -> None:
    hostile = Finding(
        "missing-target",
        Message("<script>alert(1)</script>"),
        "communs",
        "<script>alert(2)</script>",
        suggestion="<i>x</i>",
        address="https://exemple.org/?a=b&c=d",
    )
    page = links_page(plan_of(hostile, Finding("permalink", Message("ancienne"), "communs", "KIC")), RULES, "fr")
    assert not re.search(r"<script>alert|<i>x|<b>R", page)
    whole = browsed(tmp_path, page)
    assert "2 / 2" in whole
    filtered = browsed(tmp_path, page, "#rule=permalink")
    assert "1 / 2" in filtered
    assert re.search(r'<tr data-rule="missing-target" hidden', filtered)
    assert "1 / 2" in browsed(tmp_path, page, "#words=kic")


def test_without_its_script_the_page_holds_everything() -> None:
    page = links_page(plan_of(Finding("permalink", Message("ancienne"), "communs", "KIC")), RULES, "fr").partition(
        "<script>"
    )[0]
    assert "ancienne" in page
    assert '<td class="some" title="&lt;b&gt;R&lt;/b&gt; – C2"><a href="#cell-0-1">← 3</a></td>' in page
    assert page.count("<code>[[v:R]]</code>") == 3
    assert "<form hidden" in page


@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed (tests/mediawiki/install does it)")
def test_a_cell_of_the_matrix_is_opened(tmp_path: Path) -> None:
    page = links_page(plan_of(), RULES, "fr")
    assert re.search(r'<details id="cell-0-1">', browsed(tmp_path, page))
    opened = browsed(tmp_path, page, "#cell-0-1")
    assert re.search(r'<details id="cell-0-1" open', opened)
    assert not re.search(r"<i>S", opened)


def test_new_findings_are_marked_and_rules_are_words() -> None:
    old, new = (
        Finding("permalink", Message("ancienne"), "communs", "KIC"),
        Finding("dead-link", Message("morte"), "communs", "KIC"),
    )
    page = links_page(plan_of(old, new), RULES, "fr", (new,))
    assert page.count('class="new">nouveau') == 1
    assert "adresse morte" in page
    assert '<option value="dead-link">adresse morte' in page


def test_a_document_is_quoted_by_its_paragraph(capsys: pytest.CaptureFixture[str]) -> None:
    documents = ("Journal.ODT", "compte rendu.docx", "notes.md")
    found = [Finding("dead-link", Message("morte"), line=12, at=RowRef(name, 12, "")) for name in documents]
    Screen("fr", RULES).plan(plan_of(*found))
    shown = capsys.readouterr().out
    for place in ("Journal.ODT, paragraphe 12", "compte rendu.docx, paragraphe 12", "notes.md, ligne 12"):
        assert place in shown
    assert links_page(plan_of(*found), RULES, "fr").count(">¶ 12</td>") == 2


@pytest.mark.mediawiki
@pytest.mark.parametrize("way", ['prefix = "KI"', 'template = "Rare"', 'titles = ["KIC"]'])
def test_a_set_of_pages_is_said_in_many_ways(linked: Kit, way: str) -> None:
    bot = linked.folder / "bots" / "liens.toml"
    bot.write_text(TOML.replace('category = "Communs"', way), "utf-8")
    linked.write("communs", "Modèle:Rare", "x")
    linked.write("communs", "KIC", "motrare {{Rare}} [[b:Perdu]]")
    linked.write("communs", "Autre", "[[b:Perdu aussi]]")
    found = [one for one in linked.findings() if one["wiki"] == "communs" and one["rule"] == "missing-target"]
    assert [(one["title"], "Perdu" in one["message"]) for one in found] == [("KIC", True)]
