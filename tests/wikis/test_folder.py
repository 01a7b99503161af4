"""The folder wiki's own: what people do with its files, and what a crash leaves."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from capitalise.errors import Stale, WikiError
from capitalise.pages.revisions import BY_HAND, Edit
from capitalise.wikis.folder import FolderWiki
from capitalise.wikis.journal import Journal
from capitalise.wikis.page_files import file_name
from capitalise.wikitext.canonical import digest


def save(wiki: FolderWiki, title: str, text: str, base: int = 0) -> int:
    return wiki.commit(Edit(title, base, text, "essai", wiki.now())).revision


def test_a_file_changed_by_hand_is_a_persons_revision(tmp_path: Path) -> None:
    wiki = FolderWiki("w", tmp_path)
    first = save(wiki, "Jardin", "un")
    (tmp_path / "Jardin.wiki").write_text("à la main\r\n", "utf-8")
    newest = FolderWiki("w", tmp_path).history("Jardin")[-1]
    assert (newest.user, newest.text, newest.parent) == (BY_HAND, "à la main", first)


def test_a_crash_between_the_file_and_the_log_leaves_our_edit_ours(tmp_path: Path) -> None:
    wiki = FolderWiki("w", tmp_path)
    first = save(wiki, "Jardin", "un")
    save(wiki, "Jardin", "deux", first)
    log = tmp_path / ".capitalise" / "log.jsonl"
    lines = log.read_text("utf-8").splitlines(keepends=True)
    log.write_text("".join(lines[:-1]), "utf-8")
    (tmp_path / ".capitalise" / "pending.json").write_text(lines[-1], "utf-8")
    newest = FolderWiki("w", tmp_path).history("Jardin")[-1]
    assert (newest.user, newest.text, newest.comment) == ("capitalise", "deux", "essai")
    assert not (tmp_path / ".capitalise" / "pending.json").exists()


def test_a_crash_before_the_file_leaves_nothing_of_the_edit(tmp_path: Path) -> None:
    wiki = FolderWiki("w", tmp_path)
    first = save(wiki, "Jardin", "un")
    entry = json.loads((tmp_path / ".capitalise" / "log.jsonl").read_text("utf-8"))
    (tmp_path / ".capitalise" / "pending.json").write_text(
        json.dumps({**entry, "id": 2, "parent": 1, "sha1": "0" * 40}), "utf-8"
    )
    assert [r.id for r in FolderWiki("w", tmp_path).history("Jardin")] == [first]


def test_a_line_cut_short_by_a_crash_is_dropped(tmp_path: Path) -> None:
    wiki = FolderWiki("w", tmp_path)
    first = save(wiki, "Jardin", "un")
    with (tmp_path / ".capitalise" / "log.jsonl").open("ab") as log:
        log.write(b'{"id": 2, "pa')
    again = FolderWiki("w", tmp_path)
    assert save(again, "Jardin", "deux", first) > first


def test_a_damaged_log_is_said_with_its_line(tmp_path: Path) -> None:
    save(FolderWiki("w", tmp_path), "Jardin", "un")
    (tmp_path / ".capitalise" / "log.jsonl").write_text("zorglub\n", "utf-8")
    with pytest.raises(WikiError, match="line 1"):
        FolderWiki("w", tmp_path)


def test_a_page_deleted_by_hand_and_made_again_is_another_page(tmp_path: Path) -> None:
    wiki = FolderWiki("w", tmp_path)
    first = save(wiki, "Jardin", "un")
    (tmp_path / "Jardin.wiki").unlink()
    assert wiki.heads(["Jardin"])["Jardin"].revision == 0
    (tmp_path / "Jardin.wiki").write_text("neuf", "utf-8")
    assert wiki.first_revision("Jardin") > first
    assert wiki.revisions([first]) == {}


def test_a_byte_order_mark_is_no_text_and_other_encodings_are_refused(tmp_path: Path) -> None:
    """Read as Windows' own and written back, one bad byte would garble the whole page."""
    (tmp_path / "B.wiki").write_bytes("été".encode("utf-8-sig"))
    assert FolderWiki("w", tmp_path).history("B")[0].text == "été"
    (tmp_path / "A.wiki").write_bytes("été".encode("cp1252"))
    with pytest.raises(WikiError, match=r"A\.wiki"):
        FolderWiki("w", tmp_path)


def test_files_may_be_named_as_people_spell_titles(tmp_path: Path) -> None:
    (tmp_path / "faire_un_pain.wiki").write_text("de la farine", "utf-8")
    (tmp_path / ".#brouillon.wiki").write_text("un verrou d'éditeur", "utf-8")
    wiki = FolderWiki("w", tmp_path)
    head = wiki.heads(["Faire un pain"])["Faire un pain"]
    assert head.revision
    save(wiki, "Faire un pain", "et de l'eau", head.revision)
    assert (tmp_path / "faire_un_pain.wiki").read_text("utf-8") == "et de l'eau\n"
    assert len(wiki.history("Faire un pain")) == 2
    (tmp_path / "Faire un pain.wiki").write_text("un autre", "utf-8")
    with pytest.raises(WikiError, match="one page"):
        wiki.heads([])


def test_a_file_that_can_be_no_page_is_named_not_skipped(tmp_path: Path) -> None:
    (tmp_path / "Faire un pain [1].wiki").write_text("des mots de quelqu'un", "utf-8")
    with pytest.raises(WikiError) as told:
        FolderWiki("w", tmp_path).heads([])
    assert "Faire un pain [1].wiki" in str(told.value) and "[" in str(told.value)


def test_revision_numbers_are_never_given_twice(tmp_path: Path) -> None:
    """Not even when the log is lost: an old number must not name another text."""
    wiki = FolderWiki("w", tmp_path)
    numbers = {save(wiki, "Jardin", "un")}
    numbers |= {save(wiki, "Potager", str(n), base) for n, base in enumerate([0])}
    for file in sorted((tmp_path / ".capitalise").rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(minutes=1)

    again = FolderWiki("w", tmp_path, clock=Later)
    assert not numbers & {r.id for title in ("Jardin", "Potager") for r in again.history(title)}


def test_a_base_with_another_text_is_no_base(tmp_path: Path) -> None:
    """A plan made on another wiki may name the same number."""
    wiki = FolderWiki("w", tmp_path)
    first = save(wiki, "Jardin", "un")
    with pytest.raises(Stale):
        wiki.commit(Edit("Jardin", first, "deux", "essai", wiki.now(), base_sha1=digest("autre")))


def test_a_file_changed_by_hand_during_the_very_commit_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wiki = FolderWiki("w", tmp_path)
    first = save(wiki, "Jardin", "un")
    keep = Journal.keep

    def keep_while_somebody_types(journal: Journal, sha1: str, text: str) -> None:
        keep(journal, sha1, text)
        (tmp_path / "Jardin.wiki").write_text("de Camille", "utf-8")

    monkeypatch.setattr(Journal, "keep", keep_while_somebody_types)
    with pytest.raises(Stale):
        save(wiki, "Jardin", "deux", first)
    monkeypatch.undo()
    assert wiki.history("Jardin")[-1].text == "de Camille"


def test_line_separators_in_texts_do_not_cut_the_log(tmp_path: Path) -> None:
    wiki = FolderWiki("w", tmp_path)
    wiki.commit(Edit("Jardin", 0, "un\u2028deux", "résumé\u2028\x85 long", wiki.now()))
    assert FolderWiki("w", tmp_path).history("Jardin")[0].text == "un\u2028deux"


@pytest.mark.parametrize(
    "title", ["Formulaire:Ingrédient", "A/B", 'C "d" <', ".caché", "x" * 255, "é" * 127, "100%", "a*b?"]
)
def test_file_names_that_every_file_system_takes(title: str) -> None:
    name = file_name(title)
    assert len(name.encode()) < 250
    assert not set(name) & set('/\\:*?"<>|')
    assert not name.startswith(".")


def test_no_folder_no_wiki(tmp_path: Path) -> None:
    with pytest.raises(WikiError, match="does not exist"):
        FolderWiki("w", tmp_path / "absent")


def test_a_redirect_to_a_part_of_a_page_says_which(tmp_path: Path) -> None:
    (tmp_path / "Terme.wiki").write_text("#REDIRECTION [[Glossaire#Ancien terme|x]]", "utf-8")
    (tmp_path / "Autre.wiki").write_text("#REDIRECT [[Glossaire]]", "utf-8")
    heads = FolderWiki("w", tmp_path).heads(["Terme", "Autre"])
    assert [(heads[t].redirect, heads[t].section) for t in ("Terme", "Autre")] == [
        ("Glossaire", "Ancien terme"),
        ("Glossaire", ""),
    ]
