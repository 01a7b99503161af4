"""XML dumps as wikis to read: the same links are found in them, and their size is no matter."""

from __future__ import annotations

import bz2
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import zstandard

from capitalise.errors import WikiError
from capitalise.wikis.dump import open_dump
from tests.mediawiki import farm as mediawiki
from tests.people import Person

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="fr">
  <siteinfo><sitename>Essai</sitename><dbname>essai</dbname><base>https://%s/wiki/Accueil</base>
  <generator>MediaWiki 1.39.0</generator><case>first-letter</case>
  <namespaces><namespace key="0" case="first-letter" /><namespace key="10" case="first-letter">Modèle</namespace>
  <namespace key="104" case="first-letter">Recherche</namespace></namespaces></siteinfo>
"""


def page(number: int, title: str, text: str, space: int = 0, older: str = "") -> str:
    """A page of a dump, after an older revision if there is one."""

    def revision(key: int, words: str) -> str:
        return f"""<revision><id>{key}</id><timestamp>2026-01-0{key % 9 + 1}T00:00:00Z</timestamp>
  <contributor><username>Personne</username><id>1</id></contributor><model>wikitext</model><format>text/x-wiki</format>
  <text xml:space="preserve">{escape(words)}</text></revision>"""

    before = revision(number * 10, older) if older else ""
    return f"<page><title>{title}</title><ns>{space}</ns><id>{number}</id>{before}{revision(number * 10 + 1, text)}</page>\n"


def dump(path: Path, host: str, *pages: str) -> Path:
    data = (HEAD % host + "".join(pages) + "</mediawiki>\n").encode()
    opener: Any = {".bz2": bz2.open, ".gz": gzip.open, ".zst": zstandard.open}.get(path.suffix, open)
    with opener(path, "wb") as file:
        file.write(data)
    return path


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("name", ["a.xml", "a.xml.bz2", "a.xml.gz", "a.xml.zst"])
def test_the_last_revision_of_each_page_is_read(tmp_path: Path, name: str) -> None:
    wiki = open_dump(
        "v",
        dump(
            tmp_path / name,
            "fr.wikiversity.org",
            page(1, "Accueil", "nouveau & <b>", older="ancien"),
            page(2, "Recherche:KIC", "{{Fiche}} [[Catégorie:Communs]]", 104),
            page(3, "Détour", "#REDIRECTION [[Accueil#Là]]"),
        ),
    )
    heads = wiki.heads(["Accueil", "Détour", "Rien"])
    assert wiki.revisions([heads["Accueil"].revision])[11].text == "nouveau & <b>"
    assert (heads["Détour"].redirect, heads["Détour"].section, heads["Rien"].revision) == ("Accueil", "Là", 0)
    assert (
        set(wiki.members("", "Communs"))
        == set(wiki.members("Fiche", ""))
        == set(wiki.prefixed("Rech"))
        == {"Recherche:KIC"}
    )
    assert wiki.address() == "https://fr.wikiversity.org/wiki/$1"
    assert wiki.interwiki()["b"] == "https://fr.wikibooks.org/wiki/$1"
    assert "recherche" in wiki.namespace_names()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-40],
        lambda data: b"<html>non</html>",
        lambda data: b"",
        lambda data: data[: len(data) // 2] + b"\xff<<" + data,
    ],
)
def test_a_damaged_file_is_one_sentence_and_leaves_nothing(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = dump(tmp_path / "a.xml", "fr.wikibooks.org", page(1, "A", "x" * 500), page(2, "B", "y"))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(WikiError, match=r"a\.xml"):
        open_dump("b", path)
    assert not list((tmp_path / "cache").rglob("dump-*"))


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = dump(tmp_path / "a.xml", "fr.wikibooks.org", page(1, "A", "x"))
    assert open_dump("b", path).heads(["B"])["B"].revision == 0
    dump(path, "fr.wikibooks.org", page(1, "A", "x"), page(2, "B", "yy"))
    assert open_dump("b", path).heads(["B"])["B"].revision == 21


def test_a_dump_in_several_parts_is_one_wiki(tmp_path: Path) -> None:
    dump(tmp_path / "a.xml-p1.gz", "fr.wikibooks.org", page(1, "A", "x"))
    dump(tmp_path / "a.xml-p2.gz", "fr.wikibooks.org", page(2, "B", "y"), page(3, "C", "z"))
    wiki = open_dump("b", tmp_path / "a.xml-p*.gz")
    assert set(wiki.prefixed("")) == {"A", "B", "C"}
    with pytest.raises(WikiError, match="p9"):
        open_dump("b", tmp_path / "a.xml-p9*.gz")


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_are_not_looked_at(tmp_path: Path, before: str) -> None:
    path = dump(tmp_path / "a.xml", "fr.wikibooks.org", page(1, "A", "x"))
    path.write_text(before + path.read_text("utf-8").replace(">x<", ">&b;&a;<"), "utf-8")
    with pytest.raises(WikiError, match=r"a\.xml"):
        open_dump("b", path)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = dump(tmp_path / "bombe.xml.gz", "fr.wikibooks.org", page(1, "A", "x" * (80 << 20)))
    assert path.stat().st_size < 200_000
    with pytest.raises(WikiError, match=r"bombe\.xml\.gz"):
        open_dump("b", path)


def workspace(folder: Path) -> Path:
    """The book as a dump, the research as another."""
    (folder / "bots").mkdir(parents=True)
    dump(
        folder / "livre.xml.bz2",
        "fr.wikibooks.org",
        page(1, "Construire des communs", "[[v:Recherche:KIC]] [[v:fr:Recherche:KIC#Rien|x]]"),
        page(2, "Construire des communs/Communs", "== Définir =="),
    )
    dump(
        folder / "recherche.xml",
        "fr.wikiversity.org",
        page(
            1,
            "Recherche:KIC",
            "[[b:Construire des communs/Comuns|ici]] [[b:fr:Construire des communs/Communs#Définir]]",
            104,
        ),
    )
    (folder / "capitalise.toml").write_text(
        'contact = "tests"\n[wikis.wikiversite]\ndump = "recherche.xml"\n[wikis.wikilivres]\ndump = "livre.xml.bz2"\n',
        "utf-8",
    )
    (folder / "bots" / "liens.toml").write_text(
        'kind = "crosslinks"\nwiki = "wikiversite"\noutside = false\n'
        '[[pages]]\nwiki = "wikiversite"\nrole = "research"\nprefix = "Recherche:"\n'
        '[[pages]]\nwiki = "wikilivres"\nrole = "book"\nprefix = "Construire des communs"\n',
        "utf-8",
    )
    return folder


def test_links_between_dumps_are_checked(tmp_path: Path, capitalise: Callable[..., Any]) -> None:
    folder = workspace(tmp_path / "kit")
    found = json.loads(capitalise(folder, "plan", "liens", "--json", code=3).stdout)
    assert [(one["rule"], one["suggestion"]) for one in found["findings"]] == [
        ("missing-section", ""),
        ("misspelt-target", "[[b:Construire des communs/Communs|ici]]"),
    ]
    assert found["grid"]["rows"] == [["wikiversite", "Recherche:KIC"]]


def test_nothing_is_ever_written_to_a_dump(tmp_path: Path, capitalise: Callable[..., Any]) -> None:
    folder = workspace(tmp_path / "kit")
    toml = folder / "bots" / "liens.toml"
    toml.write_text(
        toml.read_text("utf-8").replace("outside = false", 'outside = false\nreport_page = "Projet:Liens"'), "utf-8"
    )
    before = (folder / "recherche.xml").read_bytes()
    assert "write = false" in capitalise(folder, "run", "liens", "--yes", code=3).stdout
    assert (folder / "recherche.xml").read_bytes() == before


MEASURE = """
import resource, sys
from pathlib import Path
from capitalise.wikis.dump import open_dump
wiki = open_dump("b", Path(sys.argv[1]))
print(len(wiki.prefixed("Page")), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.apart("the memory of one process")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        """kB, in a process of its own."""
        pages = (page(number, f"Page {number}", "mot " * 500) for number in range(count))
        path = dump(tmp_path / f"{count}.xml.gz", "fr.wikibooks.org", *pages)
        done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
        found, kilobytes = map(int, done.stdout.split())
        assert found == count
        return kilobytes

    assert peak(8_000) < peak(1_500) + 5_000


@pytest.mark.mediawiki
def test_what_a_real_wiki_exports_is_read(farm: mediawiki.Farm, tmp_path: Path) -> None:
    person = Person("wikilivres")
    person.edit("Construire des communs/É", "Texte & [[lien]]")
    asked = {"action": "query", "titles": "Construire des communs/É", "export": 1, "exportnowrap": 1}
    path = tmp_path / "export.xml"
    path.write_bytes(person.http.get(person.api, params=asked, timeout=30).content)
    wiki = open_dump("wikilivres", path)
    (revision,) = wiki.revisions(wiki.prefixed("Construire des communs").values()).values()
    assert (revision.title, revision.text) == ("Construire des communs/É", "Texte & [[lien]]")
    person.close()
