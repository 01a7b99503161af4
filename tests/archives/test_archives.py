"""A wiki that closed: its archive read as people wrote it, whatever the skin, and its kit, its reports and its pages brought to life again.

The pages of tests/data/archive were written by people who had not seen the reader, with what a careful person reads from each; a real
MediaWiki renders them, a crawler of the tests saves them under the archive's names.
"""

from __future__ import annotations

import functools
import html
import http.server
import json
import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.archives.files import FolderFiles
from capitalise.archives.mojibake import mended
from capitalise.archives.naming import Named, named
from capitalise.archives.page import read_saved, words_of
from capitalise.archives.shown import read_shown
from capitalise.archives.wikitext import to_wikitext
from capitalise.bots.fiches.form import FicheForm, fiche_form
from capitalise.bots.fiches.placing import Role, Target, heading_words
from capitalise.bots.fiches.rescued import Rescued, RescuedRow, merged_rows, read_fiches
from capitalise.bots.fiches.rescued_labels import label_of_form
from capitalise.errors import WikiError
from capitalise.forms.definition import read_form
from capitalise.forms.schema import build_schema
from capitalise.forms.template import read_template
from capitalise.wikis.archive import ArchiveWiki
from capitalise.wikitext.preprocessor import CORE_TAGS
from tests import archived
from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import ROOT, use_csv

DATA = ROOT / "tests" / "data" / "archive"


def pages_of(folder: Path) -> dict[str, str]:
    files = sorted((folder / "pages").glob("*.wiki"))
    return {unquote(path.stem): path.read_text("utf-8").rstrip("\n") for path in files}


PAGES = pages_of(DATA)
TRUTH = json.loads((DATA / "truth.json").read_text("utf-8"))
CATEGORIES = frozenset({"Ingrédient", "Ingrédients du kit", "Ingredients"})
KIT = ROOT / "templates" / "kit"


def kit_form() -> FicheForm:
    texts = {path.stem.partition("%3A")[2]: path.read_text("utf-8") for path in KIT.glob("Mod*.wiki")}
    form = read_form((KIT / "Formulaire%3AIngrédient.wiki").read_text("utf-8"))
    schema = build_schema("Ingrédient", form, {name: read_template(text) for name, text in texts.items()}, {})
    return fiche_form(schema, CORE_TAGS)


FORM = kit_form()


class Archives:
    """Pages on a real wiki, saved as an archive in each skin when that is first asked for."""

    def __init__(self, farm: mediawiki.Farm, folder: Path) -> None:
        self.farm, self.folder = farm, folder

    def __call__(self, skin: str = "vector", pages: dict[str, str] = PAGES, name: str = "") -> Path:
        target = self.folder / (name or skin)
        if not target.exists():
            self.farm.reset("movilab")
            person = Person("movilab")
            for title, text in sorted(pages.items(), key=lambda page: not page[0].startswith("Modèle:")):
                person.edit(title, text)
            person.close()
            titles = [title for title in pages if not title.startswith("Modèle:")]
            archived.save("movilab", titles, target, skin, histories=skin == "vector")
            self.farm.reset("movilab")
        return target


@pytest.fixture(scope="session")
def archives(running_farm: mediawiki.Farm, tmp_path_factory: pytest.TempPathFactory) -> Archives:
    return Archives(running_farm, tmp_path_factory.mktemp("archives"))


def wiki_of(folder: Path) -> ArchiveWiki:
    return ArchiveWiki("ancien", FolderFiles(folder, "https://wiki.exemple.org"))


def fiches_of(wiki: ArchiveWiki) -> list[Rescued]:
    pages = [page for title in wiki.titles() if (page := wiki.page(title)) and not page.redirect]
    return list(read_fiches(pages, FORM, CATEGORIES))


# -- what people read there -----------------------------------------------------------------------


def plain(text: str) -> str:
    """A value with what reads the same written the same."""
    text = re.sub(r"<nowiki>(.*?)</nowiki>", r"\1", text.replace("{{{!}}", "{|").replace("{{!}}", "|"))
    text = re.sub(r"<br ?/?>", "\n", html.unescape(text)).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.replace("'''''", "''").split())


def looks(person: Person, text: str) -> tuple[list[str], list[str]]:
    """Words and links of a text as the real wiki shows it."""
    shown = person._post(
        action="parse", text=text.replace("{{!}}", "|"), contentmodel="wikitext", prop="text", title="X"
    )
    tree: Any = lxml.html.fromstring(shown["parse"]["text"])
    return re.findall(r"\w+", tree.text_content()), [a.get("href", "") for a in tree.iter("a")]


def differences(person: Person, found: list[Rescued], truth: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    """The values that are not what a careful person reads: title, field, truth, ours."""
    rows = {(heading_words(row.title), one.page.title): row.cells for one in found for row in one.rows}
    wrong = []
    for one in truth:
        cells = rows.get((heading_words(one["title"]), one["page"]), {})
        tools = "\n".join(" | ".join(tool).rstrip(" |") for tool in one["outils"])
        for name in ("étape", "description", "outils", "exemple"):
            said, mine = tools if name == "outils" else one[name], cells.get(name, "")
            if plain(said) != plain(mine) and looks(person, said) != looks(person, mine):
                wrong.append((one["title"], name, said, mine))
    return wrong


@pytest.mark.mediawiki
@pytest.mark.parametrize("skin", archived.SKINS)
def test_the_values_of_a_form_are_read_from_what_its_templates_show(
    archives: Archives, farm: mediawiki.Farm, skin: str
) -> None:
    person = Person("communs")
    found = fiches_of(wiki_of(archives(skin)))
    wrong = differences(person, found, TRUTH["ingredients"])
    count = 4 * len(TRUTH["ingredients"])
    assert count >= 200
    assert len(wrong) <= count * 0.02, wrong
    person.close()


@pytest.mark.mediawiki
def test_layouts_that_nobody_had_seen_are_read_with_one_answer(archives: Archives, farm: mediawiki.Farm) -> None:
    """Ten layouts by others, and a page of tables; the page `Sommaire` is a list whose items are titles, which a person would import."""
    person = Person("communs")
    held = json.loads((DATA / "held" / "truth.json").read_text("utf-8"))["ingredients"]
    truth = [one for one in held if not one["page"].endswith("Sommaire")]
    wiki = wiki_of(archives("vector", pages_of(DATA / "held"), "held"))
    pages = [page for title in wiki.titles() if (page := wiki.page(title)) and not page.redirect]
    unasked = differences(person, list(read_fiches(pages, FORM, CATEGORIES)), truth)
    said = {
        heading_words(words): Target(Role.FIELD, "Description")
        for words in ("En cinq lignes", "L'ingrédient en cinq lignes")
    }
    wrong = differences(person, list(read_fiches(pages, FORM, CATEGORIES, said)), truth)
    spelled = [one for one in wrong if heading_words(one[2])[:8] == heading_words(one[3])[:8] and one[1] == "étape"]
    count = 4 * len(truth)
    assert len(unasked) <= count * 0.16, unasked
    assert len(wrong) - len(spelled) <= count * 0.04, wrong
    person.close()


@pytest.mark.mediawiki
def test_every_word_of_a_fiche_is_in_a_field_or_in_what_is_left(archives: Archives) -> None:
    wiki = wiki_of(archives("timeless"))
    for one in fiches_of(wiki):
        page = wiki.page(one.page.title)
        assert page
        words = Counter(words_of(page.content)) - Counter(["x"] * 100)
        told = [cell for row in one.rows for cell in (*row.cells.values(), row.title)] + [
            left.text for left in one.left
        ]
        told += [left.title for left in one.left]
        notes = [note.text_content() for note in page.notes.values()]
        here = Counter(re.findall(r"\w+", " ".join(map(html.unescape, [*told, *notes]))))
        missing = words - here
        labels = {"etape", "etapes", "s", "description", "titre", "outils", "outil", "lien", "vers", "l", "exemple", "exemples",
                  "nom", "phrase", "de", "en", "une", "dans", "le", "kit", "déscription", "étape", "étapes", "ingrédient", "les"}  # fmt: skip
        lost = {word for word in missing if word.casefold() not in labels and word not in page.title}
        assert not lost, (one.page.title, lost)


@pytest.mark.mediawiki
@pytest.mark.parametrize("skin", archived.SKINS)
def test_a_page_reads_the_same_once_it_stands_on_a_wiki_again(
    archives: Archives, farm: mediawiki.Farm, skin: str
) -> None:
    person = Person("movilab")
    wiki = wiki_of(archives(skin))
    for title, text in wiki.texts(wiki.titles()):
        if text.startswith("#REDIRECTION"):
            continue
        page = wiki.page(title)
        assert page
        before = words_of(page.content)
        again = read_saved(_as_page(person, page.title, text), "wiki/X")
        assert again
        assert Counter(words_of(again.content)) == Counter(before), title
        assert links_of(again.content) == links_of(page.content), title
        assert len(again.notes) == len(page.notes), title
    person.close()


def links_of(content: Any) -> Counter[str]:
    """Without sections: a link to a page that is not there has none."""
    links = [a.get("href", "") for a in content.iter("a")]
    return Counter(link.partition("%23")[0] for link in links if not link.startswith("x-ref:"))


def _as_page(person: Person, title: str, text: str) -> bytes:
    shown = person._post(action="parse", title=title, text=text, contentmodel="wikitext", prop="text|categorieshtml")
    body = f'<div id="mw-content-text">{shown["parse"]["text"]}</div>{shown["parse"]["categorieshtml"]}'
    page = f'<html><body><h1 id="firstHeading">{title}</h1>{body}</body></html>'
    root = mediawiki.address("movilab").removesuffix("/w/api.php")
    return archived.saved(page, root, 1).encode()


@pytest.mark.mediawiki
def test_redirects_categories_and_authors_are_read(archives: Archives) -> None:
    wiki = wiki_of(archives("vector"))
    for old, target in TRUTH["redirects"].items():
        assert wiki.heads([old])[old].redirect == target
    for title, categories in TRUTH["categories"].items():
        page = wiki.page(title)
        assert page
        assert set(categories) <= set(page.categories), title
    assert wiki.authors("Choisir une licence") == ["Camille"]
    picture = next(title for title in wiki.titles() if title.startswith("Fichier:"))
    assert wiki.page("Photos de l'atelier").pictures  # type: ignore[union-attr]
    assert "banner" not in (wiki.revisions([wiki.heads([picture])[picture].revision]) and "")
    assert "compostage" not in " ".join(text for _title, text in wiki.texts(wiki.titles()))


# -- the whole way --------------------------------------------------------------------------------


def workspace(folder: Path, cli: Cli, archive: Path) -> Path:
    cli(folder.parent, "init", str(folder))
    shutil.copytree(archive, folder / "archive")
    for path in (folder / "wiki").glob("*.wiki"):
        path.unlink()
    use_csv(folder)
    with (folder / "capitalise.toml").open("a", encoding="utf-8") as file:
        file.write('\n[wikis.ancien]\narchive = "archive"\naddress = "https://wiki.exemple.org/wiki/$1"\n')
    return folder


@pytest.mark.mediawiki
def test_the_whole_way_from_the_archive_to_a_living_kit(
    archives: Archives, farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli
) -> None:
    folder = workspace(tmp_path / "kit", capitalise, archives("vector"))
    person = Person("communs")
    settings = (folder / "capitalise.toml").read_text("utf-8").replace('contact = ""', 'contact = "tests"')
    living = f'api = "{mediawiki.address("communs")}"\nedit_interval = 0'
    (folder / "capitalise.toml").write_text(settings.replace('folder = "wiki"', living), "utf-8")
    done = capitalise(folder, "rescue", "ancien", "-o", str(folder / "kit.ods"), "--bot", "ingredients", code=3)
    assert "à classer" in done.stdout
    capitalise(folder, "forms", "put", "communs", "--yes")
    bot = folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8").replace("ingredients.csv", "kit.ods"), "utf-8")
    capitalise(folder, "run", "ingredients", "--yes", code=3)
    text = person.text("Choisir une licence")
    assert "{{Ingrédient" in text
    assert "https://wiki.exemple.org/wiki/" in text
    history = person.get(prop="revisions", titles="Choisir une licence", rvprop="comment")["pages"][0]["revisions"]
    assert "Camille" in history[0]["comment"]
    person.edit("Choisir une licence", text.replace("|description=", "|description=Ajouté par quelqu'un. "))
    capitalise(folder, "run", "ingredients", "--yes", code=3)
    again = json.loads(capitalise(folder, "plan", "ingredients", "--json", code=3).stdout)
    assert again["changes"] == []
    capitalise(folder, "missing", "ingredients", code=None)
    assert "Ajouté par quelqu'un." in _cells_of(folder / "kit.ods")
    person.close()


def _cells_of(path: Path) -> str:
    from capitalise.sheets.ods import read

    return " ".join(cell for row in read(path.read_bytes(), path.name).rows for cell in row)


@pytest.mark.mediawiki
def test_a_report_becomes_the_folder_of_an_edition(archives: Archives, tmp_path: Path, capitalise: Cli) -> None:
    folder = workspace(tmp_path / "kit", capitalise, archives("monobook"))
    done = capitalise(
        folder,
        "rescue",
        "ancien",
        "--pages",
        "ROUMICS 2017*",
        "--to",
        str(folder / "roumics" / "2017"),
        "--json",
        code=3,
    )
    told = json.loads(done.stdout)
    assert told["pages"] >= 8
    from capitalise.bots.roumics.folder import read_event

    sessions = {(one.title, str(one.day)): one for one in read_event(folder / "roumics" / "2017").sessions}
    for one in next(r for r in TRUTH["reports"] if r["page"] == "ROUMICS 2017")["sessions"]:
        mine = sessions[one["title"], one["day"]]
        assert str(mine.start)[:5] == one["start"]
        assert [f"{s.name} ({s.role})" if s.role else s.name for s in mine.speakers] == one["speakers"]
    notes = (folder / "roumics" / "2017" / "notes" / sessions["Financer un commun", "2017-11-17"].notes).read_text(
        "utf-8"
    )
    assert "- **Décidé :** tester le budget contributif" in notes.replace("\u00a0", " ")
    done = capitalise(
        folder, "rescue", "ancien", "--pages", "ROUMICS 2017*", "--to", str(folder / "roumics" / "2017"), code=2
    )
    assert "roumics/2017" in done.stderr


@pytest.mark.mediawiki
def test_everything_goes_into_a_folder_wiki_and_nothing_there_is_replaced(
    archives: Archives, tmp_path: Path, capitalise: Cli
) -> None:
    folder = workspace(tmp_path / "kit", capitalise, archives("vector"))
    capitalise(folder, "rescue", "ancien", "--all", "--to", str(folder / "repris"))
    page = folder / "repris" / "Choisir une licence.wiki"
    text = page.read_text("utf-8")
    assert "https://wiki.exemple.org/wiki/Choisir_une_licence" in text
    assert "Camille" in text
    page.write_text("à nous\n", "utf-8")
    done = capitalise(folder, "rescue", "ancien", "--all", "--to", str(folder / "repris"), code=3)
    assert "Choisir une licence" in done.stdout
    assert page.read_text("utf-8") == "à nous\n"


@pytest.mark.mediawiki
def test_nothing_is_written_into_an_archive(archives: Archives, tmp_path: Path, capitalise: Cli) -> None:
    folder = workspace(tmp_path / "kit", capitalise, archives("vector"))
    bot = folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8").replace('wiki = "communs"', 'wiki = "ancien"'), "utf-8")
    done = capitalise(folder, "forms", "put", "ancien", "--yes", code=None)
    assert done.returncode
    assert "archive" in done.stderr
    assert "archive" in capitalise(folder, "doctor", "--wiki", "ancien", code=None).stdout


# -- on the web -----------------------------------------------------------------------------------


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - one server a test

    def do_GET(self) -> None:
        Quiet.asked.append(self.path)
        super().do_GET()

    def guess_type(self, path: Any) -> str:
        return "text/html; charset=utf-8"

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def served(archives: Archives, tmp_path: Path) -> Iterator[str]:
    """The archive as a web server would show it: names without endings too."""
    shutil.copytree(archives("vector"), tmp_path / "www")
    (tmp_path / "www" / "index.html").write_text('<html><body><a href="wiki/Accueil.html">Accueil</a></body></html>')
    Quiet.asked = []
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path / "www"))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.mediawiki
def test_an_archive_on_the_web_is_read_slowly_once_and_from_where_it_was_left(
    served: str, tmp_path: Path, clock: Any
) -> None:
    from capitalise.web.archive import WebFiles

    def opened() -> WebFiles:
        return WebFiles(served, tmp_path / "kept", "tests", clock, lambda why: None)

    (tmp_path / "kept").mkdir()
    first = opened()
    place = first.place("Choisir une licence")
    assert place
    assert clock.waited >= 0
    count = len(Quiet.asked)
    wiki = ArchiveWiki("ancien", opened())
    assert wiki.page("Choisir une licence")
    assert len(Quiet.asked) == count
    titles = wiki.titles()
    assert {"Choisir une licence", "KIC/Tableau", "Qu'est-ce qu'un commun ?"} <= set(titles)
    assert clock.waited >= 0.9 * (len(Quiet.asked) - 2)
    count = len(Quiet.asked)
    assert ArchiveWiki("ancien", opened()).titles() == titles
    assert len(Quiet.asked) == count
    assert wiki.authors("Choisir une licence") == ["Camille"]


def test_an_archive_that_is_not_there_says_so(tmp_path: Path, clock: Any) -> None:
    from capitalise.web.archive import WebFiles

    files = WebFiles("http://127.0.0.1:9", tmp_path, "tests", clock, lambda why: None)
    with pytest.raises(WikiError):
        files.index()


# -- names, pieces, bad input -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "title", "oldid", "action"),
    [
        ("wiki/Titre", "Titre", 0, ""),
        ("wiki/R%25C3%25A9gler_les_conflits.html", "Régler les conflits", 0, ""),
        ("wiki/ROUMICS_2017/Annexe", "ROUMICS 2017/Annexe", 0, ""),
        ("index.php@title=Qu%2527est-ce_que&oldid=12.html", "Qu'est-ce que", 12, ""),
        ("w/index.php?title=R%26D&action=history", "R&D", 0, "history"),
        ("index.php@title=C%252B%252B.html", "C++", 0, ""),
        ("Public%3AAbout.html", "Public:About", 0, ""),
        ("../wiki/100_%_libre", "100 % libre", 0, ""),
        ("https://wiki.exemple.org/wiki/%C3%89tape#Haut", "Étape", 0, ""),
    ],
)
def test_which_page_a_file_is(path: str, title: str, oldid: int, action: str) -> None:
    assert named(path) == Named(title, oldid, action)


@pytest.mark.parametrize(
    "path",
    ["skins/vector/screen.css", "load.php@modules=site", "images/a/ab/X.png", "index.php@title=X&action=edit&redlink=1.html",
     "index.php@title=X&diff=3.html", "wiki/../../etc/passwd", ""],
)  # fmt: skip
def test_what_is_no_page(path: str) -> None:
    assert named(path) is None


@given(st.text(min_size=1, max_size=40))
def test_a_name_is_a_page_or_none(name: str) -> None:
    found = named(f"wiki/{name}")
    assert found is None or found.title


HOSTS = {
    "MediaWiki 1.17": '<div id="bodyContent"><div id="siteSub">De X</div><p>Les <b>mots</b></p><div id="catlinks"><ul><li><a href="x">A</a></li></ul></div></div>',
    "another program": "<main><p>Les <b>mots</b></p></main><footer>pied</footer>",
    "an article": "<article><p>Les <b>mots</b></p></article>",
}


@pytest.mark.parametrize("host", HOSTS)
def test_other_skins_are_read_by_their_content_element(host: str) -> None:
    """Hand-written samples: no such wiki runs here."""
    page = read_saved(
        f'<!DOCTYPE html><html><body><h1 id="firstHeading">T</h1>{HOSTS[host]}</body></html>'.encode(), "wiki/T"
    )
    assert page
    assert to_wikitext([(page.content, {})]) == ["Les '''mots'''"]


def saved(body: str) -> Any:
    page = read_saved(
        f'<html><body><h1 id="firstHeading">T</h1><div id="mw-content-text">{body}</div></body></html>'.encode(),
        "wiki/T",
    )
    assert page
    return page


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ('<a href="../wiki/A_b#Haut" title="A b">voir</a>', "[[A b#Haut|voir]]"),
        ('<a href="../wiki/A_b" title="A b">a b</a>', "[[a b]]"),
        ('<a href="../wiki/Cat%C3%A9gorie:X" title="Catégorie:X">X</a>', "[[:Catégorie:X|X]]"),
        ('<a href="#Bas">plus bas</a>', "[[#Bas|plus bas]]"),
        ('<a class="mw-selflink selflink">ici</a>', "[[T|ici]]"),
        ('<a class="new" href="../index.php@title=A%2526B&amp;action=edit&amp;redlink=1.html" title="A&amp;B (page inexistante)">x</a>', "[[A&B|x]]"),
        ('<a class="external text" href="https://x.org/a|b">dit [ici]</a>', "[https://x.org/a%7Cb dit &#91;ici&#93;]"),
        ('<a class="external autonumber" href="https://x.org">[1]</a>', "[https://x.org]"),
        ('<a class="external free" href="https://x.org/%C3%A9">https://x.org/é</a>', "https://x.org/é"),
        ('<a class="mw-redirect" href="../wiki/Vieux" title="Vieux">neuf</a>', "[[Vieux|neuf]]"),
    ],
)  # fmt: skip
def test_a_link_leads_where_it_led(link: str, text: str) -> None:
    assert to_wikitext([(saved(f"<p>{link}</p>").content, {})]) == [text]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("<p>[[pas un lien]] {{ni appel}} ~~~~</p>", "&#91;&#91;pas un lien&#93;&#93; &#123;&#123;ni appel&#125;&#125; &#126;&#126;&#126;&#126;"),
        ("<p>* pas une liste</p>", "&#42; pas une liste"),
        ("<p>Décidé&#160;: oui</p>", "Décidé : oui"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "* a\n*# b\n* c"),
        ("<p>un<br>deux\ntrois</p>", "un<br />\ndeux\ntrois"),
        ("<table><tr><td>a|b</td><td><ul><li>c</li></ul></td></tr></table>", '{| class="wikitable"\n|-\n| a&#124;b\n|\n* c\n|}'),
    ],
)  # fmt: skip
def test_what_was_shown_is_written_so_that_it_is_shown_again(shown: str, text: str) -> None:
    (made,) = to_wikitext([(saved(shown).content, {})])
    assert re.sub(r" *\n\s*", "\n", made) == text


def test_a_picture_keeps_its_file_and_what_it_shows() -> None:
    page = saved(
        '<div class="thumb tright"><div class="thumbinner"><a href="../wiki/Fichier:Salle.jpg" class="image"><img alt="" src="x"></a>'
        '<div class="thumbcaption"><div class="magnify"><a href="x"></a></div>La <b>salle</b></div></div></div>'
    )
    assert page.pictures == ("Fichier:Salle.jpg",)
    assert to_wikitext([(page.content, {})]) == ["[[Fichier:Salle.jpg|vignette|La '''salle''']]"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Ã‰valuer lâ€™outil", "Évaluer l’outil"),
        ("dÃ©jÃ\u00a0 vu", "déjà vu"),
        ("SÃO PAULO", None),
        ("Â la bonne heure", None),
        ("déjà", None),
        ("Ã ", None),
    ],
)
def test_mojibake_is_mended_only_where_one_reading_is_possible(text: str, meant: str | None) -> None:
    found = mended(text)
    assert (found.after if found else None) == meant


def test_a_page_that_asks_to_log_in_says_so() -> None:
    with pytest.raises(WikiError):
        saved('<form><input type="password"></form>')


@given(st.lists(st.sampled_from(["<p>", "</p>", "<b>", "</b>", "Étape :", "Outils", " mot ", "<br>", "<table>", "</table>", "<tr>", "<th>",
                                 "<td>", "</td>", "<div>", "</div>", "<u>", "</u>", "<blockquote>", "</blockquote>", "<dl>", "<dt>", "<dd>", "<ul>", "<li>", "</li>", "<i> suite</i> fin", "<h2>", "</h2>", "\n", "lien https://x.org"])))  # fmt: skip
def test_no_word_of_a_page_is_lost_between_labels_and_values(pieces: list[str]) -> None:
    page = saved(f"<div>{''.join(pieces)}</div>")
    before = Counter(words_of(page.content))
    entries = read_shown(page.content, label_of_form(FORM))
    after: Counter[str] = Counter()
    for entry in entries:
        after += Counter(re.findall(r"\w+", entry.title))
        for element in [*(one for _key, some in entry.values for one in some), *entry.rest, *entry.beside]:
            after += Counter(words_of(element))
    after += Counter(
        re.findall(r"\w+", " ".join(entries[0].guessed))
    )  # told, and where it stands once, left for people
    labels = sum(len(entry.values) for entry in entries)
    lost = before - after
    assert set(lost) <= {"Étape", "Outils", "lien"}
    assert sum(lost.values()) <= labels * 3


def test_one_fiche_on_two_pages_is_one_row() -> None:
    one = saved(
        "<table><tr><th>Étape</th><td>3 - Poser les règles</td></tr><tr><th>Description</th><td>Dire qui</td></tr></table>"
    )
    kic = read_saved(
        b'<html><body><h1 id="firstHeading">KIC</h1><div id="mw-content-text"><h2>T</h2><p><b>Etape:</b> 3 - Poser les regles<br>'
        b"<b>Description :</b> Dire autre chose<br><b>Exemple:</b> La serre</p><h2>U</h2><p><b>Etape:</b> 2 - Reunir une communaute<br>"
        b"<b>Description :</b> Mots</p></div></body></html>",
        "wiki/KIC",
    )
    assert kic
    found = list(read_fiches([one, kic], FORM, frozenset()))
    rows, left = merged_rows([row for page in found for row in page.rows], FORM)
    assert {row.title: row.cells["description"] for row in rows} == {"T": "Dire qui", "U": "Mots"}
    assert next(row for row in rows if row.title == "T").cells["exemple"] == "La serre"
    assert [(one.page, one.title, one.text) for one in left] == [("KIC", "T", "Dire autre chose")]


def test_what_cannot_be_read_gets_a_sentence(tmp_path: Path, capitalise: Cli) -> None:
    folder = tmp_path / "kit"
    capitalise(tmp_path, "init", str(folder))
    (folder / "vide").mkdir()
    with (folder / "capitalise.toml").open("a", encoding="utf-8") as file:
        file.write('\n[wikis.ancien]\narchive = "vide"\n[wikis.parti]\narchive = "nulle-part"\n')

    def said(*arguments: str) -> subprocess.CompletedProcess[str]:
        return capitalise(folder, "rescue", *arguments, code=2)

    assert "communs" in said("communs", "-o", "kit.ods", "--bot", "ingredients").stderr
    assert (
        "Étape" in said("ancien", "-o", "kit.ods", "--bot", "ingredients").stderr
        or "étape" in said("ancien", "-o", "kit.ods", "--bot", "ingredients").stderr
    )
    assert ".ods" in said("ancien", "-o", "kit.csv", "--bot", "ingredients").stderr
    assert "--bot" in said("ancien", "-o", "kit.ods").stderr
    assert "ROUMICS" in said("ancien", "--pages", "ROUMICS*", "--to", "x").stderr
    assert not (folder / "kit.ods").exists()
    assert "nulle-part" in capitalise(folder, "rescue", "parti", "--all", "--to", "x", code=None).stderr


# -- what an adversary found ------------------------------------------------------------------------


def texts_of(body: str) -> str:
    page = saved(body)
    return to_wikitext([(page.content, page.notes)])[0]


@pytest.mark.parametrize(
    "body",
    [
        "<p>\ufdd00\ufdd1 mots \ue0200\ue021 encore</p>",
        '<p><a href="x-ref:7">mots</a> <a href="x-wiki:B">autres</a></p>',
        '<span class="x-file" title="X]] {{Supprimer}} [[Catégorie:Evil">mots</span>',
        '<div class="redirectMsg"><p>Redirigé vers <a href="../wiki/B" title="B">B</a> par quelqu\'un qui l\'écrit</p></div>',
        '<h2 id="file"><span class="mw-headline" id="toc">Fichiers</span></h2><p>mots</p>',
        '<div class="mythumbs"><a href="../wiki/Fichier:A.png">x</a> beaucoup de mots ici</div>',
        "<table><tr><td>a<caption>mots du titre</caption></td></tr></table><table><tr><h4>Titre</h4><td>b</td></tr></table>",
        "<ol class='references'><li id='cite_note-1'>jamais appelée</li></ol>",
        '<p class="subpages visualClear smwfact" id="footer">mots</p>',
        "<div>" * 60 + "mots" + "</div>" * 60,
    ],
)
def test_whatever_people_typed_its_words_are_there(body: str) -> None:
    text = html.unescape(texts_of(body))
    for word in (word for word in words_of(lxml.html.fromstring(f"<div>{body}</div>")) if len(word) > 3):
        assert word in text, text


@pytest.mark.parametrize(
    "body",
    [
        '<a href="../wiki/A#]]{{Evil}}">x</a>',
        '<a href="../wiki/A" title="{{Evil}}">x</a>',
        '<a class="new" href="../index.php@title=A%5D%5D%7B%7BEvil%7D%7D&amp;action=edit&amp;redlink=1.html">x</a>',
        '<a href="../index.php@title=X&amp;wpDestFile=a" title="Fichier:{{Evil}}.png">x</a>',
        '<img src="images/a/ab/{{Evil}}.png">',
        '<p>{{Evil}} [[Catégorie:Evil]] ~~~~ __NOTOC__</p>',
        '<p>&lt;ref&gt;{{Evil}}&lt;/ref&gt;</p>',
        '<div class="thumb"><div class="thumbinner"><a href="../wiki/Fichier:A.png"><img src="x"></a><div class="thumbcaption">lieu|200px {{Evil}}</div></div></div>',
    ],
)  # fmt: skip
def test_nothing_in_a_page_becomes_a_call(body: str) -> None:
    from capitalise.wikitext.calls import find_calls
    from capitalise.wikitext.effects import effects

    text = texts_of(body)
    assert not list(find_calls(text)), text
    assert not effects(text), text


@pytest.mark.parametrize("href", ["//[x", "http://[x", "javascript:alert(1)", "../wiki/%00", "x" * 5000])
def test_a_damaged_link_stops_nothing(href: str) -> None:
    assert "mots" in texts_of(f'<p><a href="{href}">mots</a></p>')


def test_two_pages_of_their_own_are_two_ingredients() -> None:
    rows = [
        RescuedRow(title, title, own=True, cells={"exemple": title}) for title in ("Marche", "Marché", "C", "C++", "❤")
    ]
    rows.append(RescuedRow("marché", "KIC", cells={"description": "d"}))
    found, left = merged_rows(rows, FORM)
    assert [row.title for row in found] == ["Marche", "Marché", "C", "C++", "❤"]
    assert not left


def test_one_page_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    for name, body in {"A": "<p>mots</p>", "Profond": "<ul><li>" * 300 + "x", "B": "<p>autres</p>"}.items():
        text = f'<html><body><h1 id="firstHeading">{name}</h1><div id="mw-content-text">{body}</div></body></html>'
        (tmp_path / f"{name}.html").write_text(text, "utf-8")
    (tmp_path / "Sans.html").write_text("<html><body><p>rien d'un wiki</p></body></html>", "utf-8")
    wiki = ArchiveWiki("x", FolderFiles(tmp_path))
    assert dict(wiki.texts(wiki.titles())) == {"A": "mots", "B": "autres"}
    assert set(wiki.unreadable) == {"Profond", "Sans"}


def test_files_for_one_page_and_pages_saved_once_are_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "wiki").mkdir()
    pages = {
        "wiki/Comment faire ?.html": ("Comment faire ?", ""),
        "wiki/Comment faire.html": ("Comment faire", ""),
        "wiki/Vieux nom.html": ("Nouveau nom", '"wgRedirectedFrom":"Vieux nom",'),
        "index.php@title=Ancien&oldid=3.html": ("Ancien", ""),
        "wiki/Index": ("Index", ""),
        "Comment_faire.html": ("Comment faire", ""),
    }
    for place, (title, config) in pages.items():
        head = f'<head><script>RLCONF={{{config}"wgPageName":"{title}"}};</script></head>'
        body = f'<h1 id="firstHeading">{title}</h1><div id="mw-content-text"><p>mots de {title}</p></div>'
        (tmp_path / place).write_text(f"<html>{head}<body>{body}</body></html>", "utf-8")
    wiki = ArchiveWiki("x", FolderFiles(tmp_path))
    texts = dict(wiki.texts(wiki.titles()))
    assert texts["Comment faire ?"] == "mots de Comment faire ?"
    assert texts["Vieux nom"] == "mots de Nouveau nom"
    assert texts["Ancien"] == "mots de Ancien"
    assert texts["Index"] == "mots de Index"
    assert "Comment_faire.html" in wiki.unreadable


def test_no_page_of_an_archive_leads_out_of_its_folder(tmp_path: Path, clock: Any) -> None:
    from capitalise.web.archive import WebFiles

    (tmp_path / "kept").mkdir()
    files = WebFiles("http://127.0.0.1:9", tmp_path / "kept", "tests", clock, lambda why: None)
    for place in (
        "wiki/%2e%2e/%2e%2e/victime",
        "../victime",
        "index.php?title=A&x=/%2e%2e/%2e%2e/v",
        "wiki/A\n-wiki/B",
    ):
        assert files.data(place) is None
    with pytest.raises(WikiError):
        files.data("wiki/A")
    assert files._file("wiki/../../x").parent == tmp_path / "kept" / "pages"


def test_a_hostile_page_costs_little() -> None:
    bodies = ["<div>" * 100 + "<p>x : y</p>" * 5000, "<span>a</span>" * 26000, "a<br>" * 40000, "x<!---->" * 100000]
    bodies.append("<table><tr>" + "<td rowspan=65534 colspan=1000>a" * 50 + "<tr><td>b" * 500 + "</table>")
    for body in bodies:
        start = time.process_time()
        page = saved(body)
        read_shown(page.content, label_of_form(FORM))
        to_wikitext([(page.content, {})])
        assert time.process_time() - start < 12


def test_a_place_that_the_workspace_uses_is_refused(tmp_path: Path, capitalise: Cli) -> None:
    folder = tmp_path / "kit"
    capitalise(tmp_path, "init", str(folder))
    (folder / "vieux").mkdir()
    (folder / "vieux" / "A.html").write_text(
        '<html><body><h1 id="firstHeading">A</h1><div id="mw-content-text">mots</div></body></html>', "utf-8"
    )
    with (folder / "capitalise.toml").open("a", encoding="utf-8") as file:
        file.write('\n[wikis.ancien]\narchive = "vieux"\n')
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    for place in ("vieux", "wiki", "bots", "."):
        capitalise(folder, "rescue", "ancien", "--all", "--to", str(folder / place), code=2)
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before
    (tmp_path / "plein").mkdir()
    (tmp_path / "plein" / "lettre.txt").write_text("à moi", "utf-8")
    capitalise(folder, "rescue", "ancien", "--all", "--to", str(tmp_path / "plein"), code=2)
    capitalise(folder, "rescue", "ancien", "--all", "--to", str(tmp_path / "neuf"))
    (tmp_path / "neuf" / "A.wiki").unlink()
    done = capitalise(folder, "rescue", "ancien", "--all", "--to", str(tmp_path / "neuf"), code=3)
    assert "A :" in done.stdout
    assert not (tmp_path / "neuf" / "A.wiki").exists()
    assert (
        "liens"
        in capitalise(folder, "rescue", "ancien", "-o", str(tmp_path / "x.ods"), "--bot", "liens", code=2).stderr
    )
