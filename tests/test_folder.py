"""The folder wiki's own: what people do with its files, and what a crash leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from capitalise.errors import WikiError
from capitalise.pages.revisions import Edit
from capitalise.wikis.folder import BY_HAND, FolderWiki, file_name


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
    assert save(again, "Jardin", "deux", first) == 2


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


def test_windows_text_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "A.wiki").write_bytes("été".encode("cp1252"))
    (tmp_path / "B.wiki").write_bytes("été".encode("utf-8-sig"))
    wiki = FolderWiki("w", tmp_path)
    assert [wiki.history(title)[0].text for title in "AB"] == ["été", "été"]


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
