"""A plan decided in a browser: what is shown together, what is kept, what is written, and who is let in."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.kind import Facts, Request
from capitalise.messages import render
from capitalise.pages.revisions import Head
from capitalise.plans.merge import Decision
from capitalise.plans.model import Conflict, PageChange, Plan, RowRef, SheetChange
from capitalise.review.checks import Known, doubts_of, lines_of
from capitalise.review.decided import chosen, request_of, subset
from capitalise.review.groups import MOST, entries_of
from capitalise.review.items import Item, items_of
from capitalise.review.journal import Answer, Choice, Journal
from capitalise.review.mailed import read_answers
from capitalise.review.shown import as_read, lines_of_change
from capitalise.review.skip import skip_places
from capitalise.review.words import same_letters
from capitalise.wikitext.canonical import canonical, digest
from tests.conftest import Cli
from tests.place import FolderPlace
from tests.reviewed import axe_violations, browser, call, needs_chromium, review

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def page(title: str, *values: tuple[str, str, str], base: int = 1, more: str = "", after: str = "") -> PageChange:
    """A change of a page that shows all that it does, with `more` words on it before, and others `after`."""
    old = "{{F\n" + "".join(f"|{label}={before}\n" for label, before, _after in values) + "}}" + more
    new = "{{F\n" + "".join(f"|{label}={said}\n" for label, _before, said in values) + "}}" + (after or more)
    labels = tuple(label for label, _before, _after in values)
    return PageChange("w", title, base, old, new, "", labels, values=values)


def entries(plan: Plan, known: Known | None = None) -> list[Any]:
    there = known or Known(lines=lines_of(plan.pages))
    return entries_of(items_of(plan, by_field=True), lambda item: doubts_of(item, there))


def said(item: Item, known: Known | None = None) -> list[str]:
    return [render(one, "en") for one in doubts_of(item, known or Known())]


# -- what is shown together -------------------------------------------------------------------------


def test_the_same_edit_is_decided_once_thirty_at_a_time() -> None:
    plan = Plan("b", "r", NOW, tuple(page(f"P{n}", ("Licence", "cc by-sa", "CC BY-SA 4.0")) for n in range(70)))
    assert [len(one.items) for one in entries(plan)] == [30, 30, 10]
    assert all(one.same and one.whole == 70 for one in entries(plan))


def test_what_differs_in_anything_else_stands_alone() -> None:
    same = [page(f"P{n}", ("Licence", "cc by-sa", "CC BY-SA 4.0"), more="\nUn mot.") for n in range(5)]
    odd = (
        page("Perdu", ("Licence", "cc by-sa", "CC BY-SA 4.0"), more="\nTrois mots perdus", after="\nTrois"),
        page("Lien", ("Licence", "cc by-sa", "CC BY-SA 4.0"), more="\n[[Un lien]]", after="\nUn lien"),
        page("De trop", ("Licence", "cc by-sa", "CC BY-SA 4.0"), more="\nUn mot.", after="\nUn mot. Un de plus."),
    )
    found = entries(Plan("b", "r", NOW, (*same, *odd)))
    assert [(one.first.title, len(one.items)) for one in found if one.doubts] == [
        ("De trop", 1),
        ("Lien", 1),
        ("Perdu", 1),
    ]
    assert [len(one.items) for one in found if not one.doubts] == [5]


def test_the_riskiest_comes_first() -> None:
    conflict = Conflict("w", "Z", "Texte", 1, "feuille", "wiki", "Awa", RowRef("f.csv", 2, "Z"), 3)
    plan = Plan(
        "b",
        "r",
        NOW,
        (
            page("A", ("Nom", "umap", "uMap")),
            page("B", ("Texte", "un", "deux")),
            page("C", ("Texte", "", "neuf"), base=0),
            page("D", ("T", "a b c", "a")),
        ),
        conflicts=(conflict,),
    )
    assert [(one.rank, one.first.title) for one in entries(plan)] == [(0, "Z"), (1, "D"), (2, "C"), (3, "B"), (4, "A")]


def test_a_page_that_is_another_one_by_now_is_looked_at() -> None:
    change = page("A", ("T", "un", "deux"), base=7)
    item = items_of(Plan("b", "r", NOW, (change,)), by_field=True)[0]
    right = Head("A", 7, sha1=digest(canonical(change.old)))
    assert said(item, Known({("w", "A"): right})) == []
    assert "changed on the wiki" in said(item, Known({("w", "A"): Head("A", 9)}))[0]
    assert "another page's text" in said(item, Known({("w", "A"): Head("A", 7, sha1="0" * 40)}))[0]
    moved = Known({("w", "A"): Head("A", 3), ("w", "B"): Head("B", 7)})
    assert "another page's text" in said(item, moved)[0]


def test_a_value_that_the_form_lacks_is_looked_at() -> None:
    facts = Known(facts={"b": Facts({"Étape": (frozenset({"1", "2"}), ""), "Mots": (frozenset({"a", "b"}), ",")})})
    plan = Plan("b", "r", NOW, (page("A", ("Étape", "1", "3"), ("Mots", "a", "a, b")), page("B", ("Étape", "1", "2"))))
    one, two, three = items_of(plan, by_field=True)
    assert said(one, facts) == ["the form does not offer “3”"]
    assert said(two, facts) == said(three, facts) == []


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("cc by-sa", "CC BY-SA", True),
        ("a;b", "a, b", True),
        ("2,5", "25", False),
        ("-5", "5", False),
        ("3 mai 2024", "2024-05-03", False),
        ("non", "", False),
        ("ete", "été", False),
        ("C", "C++", False),
        ("5 €", "5 $", False),
        ("a < b", "a > b", False),
        ("1 2", "12", False),
        ("BY-SA", "by sa", True),
    ],
)
def test_what_readers_hardly_see(before: str, after: str, same: bool) -> None:
    assert same_letters(before, after) is same


WORDS = st.text(st.sampled_from("ab ,;[]'\n"), max_size=12)
CHANGES = st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("TU"), WORDS, WORDS), max_size=12)


@given(CHANGES)
def test_every_change_is_in_one_entry_and_no_doubt_is_in_a_group(changes: list[tuple[str, str, str, str]]) -> None:
    pages = {title: page(title, (label, before, after)) for title, label, before, after in changes}
    plan = Plan("b", "r", NOW, tuple(pages.values()))
    known = Known(lines=lines_of(plan.pages))
    found = entries(plan, known)
    assert sorted(item.key for one in found for item in one.items) == sorted(
        i.key for i in items_of(plan, by_field=True)
    )
    assert all(len(one.items) <= MOST for one in found)
    assert not any(doubts_of(item, known) for one in found if one.is_group for item in one.items)
    assert all(len({item.values for item in one.items}) == 1 for one in found if one.same)


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_lines_of_a_change_hold_both_texts(before: str, after: str) -> None:
    lines = lines_of_change(before, after, context=10**6)
    for text, kinds in ((before, " -~"), (after, " +~")):
        sides = [
            "".join(p.text for p in one.pieces if p.kind != ("+" if text is before else "-"))
            for one in lines
            if one.kind in kinds
        ]
        if before != after:
            assert "\n".join(sides) == text


def test_texts_are_shown_as_readers_see_them() -> None:
    shown = as_read("Un '''mot''' et [[Page|un lien]], [https://exemple.org là]<!-- caché -->, a {{!}} b")
    assert shown == "Un mot et un lien, là, a | b"


# -- what is kept -------------------------------------------------------------------------------------


def test_answers_are_lines_of_a_file_and_a_torn_one_is_none(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.jsonl")
    journal.give(["a", "b"], Answer(Choice.ACCEPT))
    journal.give(["c"], Answer(Choice.TEXT, "deux\nlignes", "Awa"))
    journal.path.write_bytes(journal.path.read_bytes() + b'{"keys": ["d"], "choi')
    again = Journal(journal.path)
    assert again.answers == {
        "a": Answer(Choice.ACCEPT),
        "b": Answer(Choice.ACCEPT),
        "c": Answer(Choice.TEXT, "deux\nlignes", "Awa"),
    }
    again.give(["e"], Answer(Choice.LEAVE))
    again.take_back(["a", "b"])
    third = Journal(journal.path)
    assert set(third.answers) == {"c", "e"}
    assert third.last() == ("e",)
    third.done(["c"], "run", "plan")
    assert set(Journal(journal.path).answers) == {"e"}
    assert Journal(journal.path).applied == {"plan": {"c"}}


def test_an_answer_counts_for_the_words_that_were_shown(tmp_path: Path) -> None:
    one, other = (
        items_of(Plan("b", "r", NOW, (page("A", ("T", "un", new)),)), by_field=True)[0] for new in ("deux", "trois")
    )
    again = items_of(
        Plan("b", "r2", NOW, (page("A", ("T", "un", "deux"), base=5, more="\nAutre chose"),)), by_field=True
    )[0]
    assert one.key != other.key
    assert one.key == again.key  # another revision, the same question


@pytest.mark.parametrize(
    "text", ['kind = "x"\n# mot\n[columns]\na = "b"\n', 'skip = ["A"]\nkind = "x"\n', 'kind = "x"', ""]
)
def test_never_is_written_into_the_bots_file_and_all_else_stays(tmp_path: Path, text: str) -> None:
    file = tmp_path / "b.toml"
    file.write_text(text, "utf-8")
    skip_places(file, ["A", 'Titre "x"#Champ'])
    skip_places(file, ["A"])
    read = tomllib.loads(file.read_text("utf-8"))
    assert read.pop("skip") == ["A", 'Titre "x"#Champ']
    before = tomllib.loads(text)
    before.pop("skip", None)
    assert read == before
    assert "# mot" in file.read_text("utf-8") or "# mot" not in text


# -- what is written ----------------------------------------------------------------------------------


def test_what_nobody_accepted_is_asked_of_the_bot_to_stay() -> None:
    conflict = Conflict("w", "D", "T", 1, "feuille", "wiki", "Awa", RowRef("f.csv", 4, "D"), 9)
    plan = Plan(
        "b",
        "r",
        NOW,
        (page("A", ("T", "un", "deux"), ("U", "a", "b")), page("B", ("T", "x", "y"))),
        conflicts=(conflict,),
    )
    items = {(i.title, i.field): i for i in items_of(plan, by_field=True)}
    answers = {items["A", "T"].key: Answer(Choice.ACCEPT), items["D", "T"].key: Answer(Choice.TEXT, "les deux", "Awa")}
    request = request_of(items.values(), answers, Request(pages=["A", "B", "D"]), by_field=True)
    assert request.leaves == {"A#U", "B#T"}
    assert [(p.page, p.field, p.decision, p.seen, p.text, p.by) for p in request.prefers] == [
        ("D", "T", Decision.SHEET, "wiki", "les deux", "Awa")
    ]


def test_a_plan_that_came_out_otherwise_is_not_written() -> None:
    shown = Plan(
        "b", "r", NOW, (page("A", ("T", "un", "deux")), page("B", ("T", "x", "y")), page("C", ("T", "m", "n")))
    )
    items = items_of(shown, by_field=True)
    answers = {item.key: Answer(Choice.ACCEPT) for item in items}
    row = RowRef("f.csv", 3, "B")
    again = Plan(
        "b",
        "r2",
        NOW,
        (page("A", ("T", "un", "deux")), page("B", ("T", "x", "z")), page("E", ("T", "p", "q"))),
        cells=(SheetChange(row, "revision", "1", None), SheetChange(RowRef("f.csv", 9, "F"), "T", "vieux", "neuf")),
    )
    found = chosen(again, items, answers)
    assert [one.title for one in found.plan.pages] == ["A"]
    assert found.plan.cells == ()
    assert found.otherwise == ("B", "C")


def test_of_a_plan_without_its_bot_whole_pages_are_written_or_left() -> None:
    change = PageChange("w", "A", 1, "un", "deux", "", rows=(RowRef("f.csv", 2, "A"),))
    cells = (
        SheetChange(RowRef("f.csv", 2, "A"), "revision", "1", None),
        SheetChange(RowRef("f.csv", 3, "B"), "T", "a", "b"),
    )
    plan = Plan("b", "r", NOW, (change, PageChange("w", "C", 1, "x", "y", "")), cells)
    items = items_of(plan, by_field=False)
    yes = next(item for item in items if item.title == "A")
    found = subset(plan, items, {yes.key: Answer(Choice.ACCEPT)})
    assert found.pages == (change,)
    assert found.cells == cells[:1]


# -- a kit in a folder ----------------------------------------------------------------------------------


SAME = ("Décrire les rôles", "Documenter au fil de l'eau", "Observer les usages existants")


@pytest.fixture
def kit(tmp_path: Path, capitalise: Cli) -> FolderPlace:
    """A kit with a conflict, a text from the sheet, one from the wiki, three equal steps, a new row."""
    place = FolderPlace(tmp_path / "kit", capitalise)
    for title in SAME:
        place.edit(title, call("3 - Poser les règles", f"Ce que {title} veut dire."))
    place.run()
    place.type("Animer les rencontres", Description="Un texte de la feuille, tout neuf.")
    place.type("Compter le temps donné", Description="La feuille compte.")
    place.edit("Compter le temps donné", call("4 - Trouver des ressources", "Le wiki compte."))
    for title in SAME:
        place.type(title, Étape="2 - Réunir une communauté")
    wiki = place.text("Choisir une licence")
    place.edit("Choisir une licence", wiki.replace("Libre, partagée", "Ouverte, partagée"))
    place.type("<script>alert(1)</script>", Description="Un titre qui ne doit rien faire.")
    place.type("Un nouveau <b>titre</b>", Description="Rien de tel.")
    return place


def test_review_says_what_is_wrong_before_it_starts(kit: FolderPlace, capitalise: Cli) -> None:
    assert "Il n'y a ni robot ni fichier" in capitalise(kit.folder, "review", "absent.json", code=2).stderr
    assert "Il n'y a pas de robot" in capitalise(kit.folder, "review", "absent", code=2).stderr
    file = kit.folder / "x.json"
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in capitalise(kit.folder, "review", str(file), code=2).stderr
    file.write_text("{}", "utf-8")
    assert capitalise(kit.folder, "review", str(file), code=2).stderr.count("\n") < 4


def test_a_skipped_field_is_left_alone_by_every_run(kit: FolderPlace, capitalise: Cli) -> None:
    bot = kit.folder / "bots" / "ingredients.toml"
    bot.write_text(
        bot.read_text("utf-8") + 'skip = ["Animer les rencontres#Description", "Décrire les rôles"]\n', "utf-8"
    )
    before = kit.text("Animer les rencontres"), kit.text("Décrire les rôles")
    plan = kit.plan(code=None)
    titles = [one["title"] for one in plan["changes"] if one["wiki"]]
    assert "Animer les rencontres" not in titles and "Décrire les rôles" not in titles
    assert "Documenter au fil de l'eau" in titles
    assert any("skip" in note for note in plan["notes"])
    kit.run(code=None)
    assert (kit.text("Animer les rencontres"), kit.text("Décrire les rôles")) == before
    assert kit.row("Animer les rencontres")["Description"] == "Un texte de la feuille, tout neuf."
    bot.write_text(
        bot.read_text("utf-8").replace('skip = ["Animer les rencontres#Description", "Décrire les rôles"]\n', ""),
        "utf-8",
    )
    kit.run(code=None)
    assert "tout neuf" in kit.text("Animer les rencontres")
    assert "2 - Réunir" in kit.text("Décrire les rôles")


def test_a_field_that_is_left_keeps_its_base_while_another_of_its_row_is_written(
    kit: FolderPlace, capitalise: Cli
) -> None:
    """Nothing may go back: the wiki's newer text of a field that was left is not what the sheet "changed"."""
    wiki = kit.text("Animer les rencontres")
    kit.edit("Animer les rencontres", wiki.replace("5 - Faire vivre la dynamique", "6 - Transmettre et essaimer"))
    bot = kit.folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8") + 'skip = ["Animer les rencontres#Étape"]\n', "utf-8")
    kit.run(code=None)
    assert "tout neuf" in kit.text("Animer les rencontres")
    assert "6 - Transmettre" in kit.text("Animer les rencontres")
    assert kit.row("Animer les rencontres")["Étape"].startswith("5")
    bot.write_text(bot.read_text("utf-8").rsplit("skip", 1)[0], "utf-8")
    kit.run(code=None)
    assert kit.row("Animer les rencontres")["Étape"].startswith("6")
    assert "6 - Transmettre" in kit.text("Animer les rencontres")


# -- who is let in ---------------------------------------------------------------------------------------


class Door:
    """A review that runs, asked as anybody could."""

    def __init__(self, address: str) -> None:
        found = re.fullmatch(r"http://(127\.0\.0\.1:(\d+))/\?token=(\S+)", address)
        assert found
        self.host, self.port, self.token = found[1], int(found[2]), found[3]
        self.cookie = f"capitalise_{self.port}={self.token}"

    def ask(
        self, method: str = "GET", path: str = "/", body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        usual = {"Host": self.host, "Cookie": self.cookie, "Origin": f"http://{self.host}"}
        length = {"Content-Length": str(len(body)), "Content-Type": "application/x-www-form-urlencoded"} if body else {}
        for name, value in {**usual, **length, **{n.replace("_", "-"): v for n, v in headers.items()}}.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        said = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        connection.close()
        return said


@pytest.fixture
def door(kit: FolderPlace, environment: dict[str, str]) -> Iterator[Door]:
    with review(kit.folder, environment, "ingredients") as (_process, address):
        yield Door(address)


@pytest.mark.apart("a server on loopback")
def test_only_who_holds_the_token_and_comes_by_the_right_name_is_let_in(door: Door) -> None:
    assert door.ask()[0] == 200
    for wrong in ({"Cookie": ""}, {"Cookie": f"capitalise_{door.port}=faux"}, {"Cookie": "capitalise_1=" + door.token}):
        status, headers, text = door.ask(**wrong)
        assert status == 403
        assert "Animer" not in text and "default-src 'none'" in headers["content-security-policy"]
    for host in (
        f"localhost:{door.port}",
        "exemple.org",
        f"exemple.org:{door.port}",
        "127.0.0.1",
        f"[::1]:{door.port}",
        "",
    ):
        assert door.ask(Host=host)[0] in (400, 421), host
    status, headers, _text = door.ask(path=f"/?token={door.token}", Cookie="")
    assert status == 303 and headers["location"] == "/"
    assert "HttpOnly" in headers["set-cookie"] and "SameSite=Strict" in headers["set-cookie"]
    assert door.ask(path="/?token=" + "a" * 43, Cookie="")[0] == 403


@pytest.mark.apart("a server on loopback")
def test_nothing_is_kept_that_another_page_sends(door: Door, kit: FolderPlace) -> None:
    _status, _headers, text = door.ask()
    key = re.search(r'name="key" value="(\w+)"', text)
    assert key
    body = f"key={key[1]}&choice=leave".encode()
    for origin in ("", "null", "http://exemple.org", f"http://localhost:{door.port}", f"https://{door.host}"):
        assert door.ask("POST", "/answer", body, Origin=origin)[0] == 403, origin
    assert door.ask("POST", "/answer", body, Sec_Fetch_Site="cross-site")[0] == 403
    assert door.ask("PUT", "/answer", body)[0] == 405
    assert not (kit.folder / ".capitalise" / "review.jsonl").exists()
    assert door.ask("POST", "/answer", body)[0] == 303
    assert (kit.folder / ".capitalise" / "review.jsonl").exists()


@pytest.mark.apart("a server on loopback")
def test_words_that_cannot_be_kept_are_shown_with_the_reason(kit: FolderPlace, environment: dict[str, str]) -> None:
    with review(kit.folder, environment, "ingredients") as (process, address):
        door = Door(address)
        key = re.search(r'name="key" value="(\w+)"', door.ask()[2])
        assert key
        (kit.folder / ".capitalise" / "review.jsonl").mkdir()  # as a full disk, or one that is read only
        status, _headers, text = door.ask("POST", "/answer", f"key={key[1]}&choice=text&text=Mes+mots".encode())
        assert (status, "Mes mots" in text, "pas marché" in text) == (500, True, True)
        (kit.folder / ".capitalise" / "review.jsonl").rmdir()
        assert door.ask("POST", "/answer", f"key={key[1]}&choice=leave".encode())[0] == 303
        door.ask("POST", "/end")
        assert process.stderr and "Traceback" not in process.stderr.read()


@pytest.mark.apart("a server on loopback")
def test_large_and_slow_requests_keep_nobody_waiting(door: Door) -> None:
    status, _headers, _text = door.ask("POST", "/answer", Content_Length=str(10 * 1024 * 1024))
    assert status == 413
    slow = [socket.create_connection(("127.0.0.1", door.port)) for _one in range(30)]
    for one in slow:
        one.sendall(b"POST /answer HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nkey=")
    chunked = socket.create_connection(("127.0.0.1", door.port))
    chunked.sendall(f"POST /answer HTTP/1.1\r\nHost: {door.host}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    with pytest.raises(OSError):
        for _piece in range(200):
            chunked.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
        raise OSError("it was read and thrown away")
    begun = time.monotonic()
    assert door.ask()[0] == 200
    assert time.monotonic() - begun < 5
    for one in [*slow, chunked]:
        one.close()


@pytest.mark.apart("a server on loopback")
def test_a_title_is_words_and_nothing_runs_from_within_a_page(door: Door) -> None:
    _status, headers, text = door.ask()
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
    assert "http://" not in re.sub(r'href="https?://[^"]*"|value="[^"]*"', "", text)


@pytest.mark.apart("a server on loopback")
def test_nothing_listens_after_it_was_ended(kit: FolderPlace, environment: dict[str, str]) -> None:
    with review(kit.folder, environment, "ingredients") as (process, address):
        door = Door(address)
        other = review(kit.folder, environment, "ingredients")
        with pytest.raises(AssertionError, match="déjà ouverte"):  # one at a time
            other.__enter__()
        assert "gardées" in door.ask("POST", "/end")[2]
        assert process.wait(20) == 3
        with pytest.raises(OSError):
            urllib.request.urlopen(address, timeout=2)


def test_answers_that_are_mailed_back_are_read_or_refused_in_one_sentence(
    tmp_path: Path, kit: FolderPlace, capitalise: Cli
) -> None:
    good = {"format": "capitalise-answers-1", "bot": "ingredients", "writer": "Awa", "answers": []}
    for wrong in (
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        json.dumps({**good, "answers": [{}]}).encode(),
        json.dumps({**good, "format": "x"}).encode(),
    ):
        file = tmp_path / "reponses.json"
        file.write_bytes(wrong)
        done = capitalise(kit.folder, "review", "--answers", str(file), code=2)
        assert len(done.stderr.strip().splitlines()) == 1
    one = {"title": "A", "field": "T", "key": "", "choice": "text", "text": "d\u202eroite\u0007\r\nà gauche"}
    _bot, writer, said_ = read_answers(json.dumps({**good, "answers": [one]}).encode(), "x")
    assert (writer, said_[0].text) == ("Awa", "droite\nà gauche")


# -- in a browser ------------------------------------------------------------------------------------------


def entry(shown: Any, title: str) -> Any:
    return shown.locator("main article", has_text=title).first


def answer(shown: Any, title: str, choice: str) -> None:
    with shown.expect_navigation():
        entry(shown, title).locator(f"button[value={choice}]").first.click()


def apply(shown: Any) -> str:
    shown.keyboard.press("a")
    shown.wait_for_url("**/apply")
    shown.keyboard.press("Enter")
    shown.wait_for_selector(".ended", timeout=60_000)
    return str(shown.locator("main").inner_text())


@pytest.mark.apart("Chromium")
@needs_chromium
def test_one_side_both_edited_accepted_left_and_never(kit: FolderPlace, environment: dict[str, str]) -> None:
    with review(kit.folder, environment, "ingredients") as (process, address), browser() as shown:
        shown.goto(address)
        assert shown.url.endswith("/") and "token" not in shown.url
        assert "Compter le temps donné" in shown.locator("article:focus").inner_text()
        shown.keyboard.press("4")
        area = entry(shown, "Compter le temps donné").locator("textarea")
        assert "La feuille compte." in area.input_value() and "Le wiki compte." in area.input_value()
        area.fill("La feuille et le wiki comptent.")
        shown.keyboard.press("Control+Enter")
        shown.wait_for_selector(".counts strong")
        answer(shown, "Décrire les rôles", "accept")
        assert "Acceptés, 3 fois" in shown.locator(".counts").inner_text()
        answer(shown, "Animer les rencontres", "never")
        answer(shown, "Choisir une licence", "accept")
        said_ = apply(shown)
        assert "Animer les rencontres#Description" in said_
        assert shown.errors == []
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert "La feuille et le wiki comptent." in kit.text("Compter le temps donné")
    assert kit.row("Compter le temps donné")["Description"] == "La feuille et le wiki comptent."
    assert "tout neuf" not in kit.text("Animer les rencontres")
    assert 'skip = ["Animer les rencontres#Description"]' in (kit.folder / "bots" / "ingredients.toml").read_text(
        "utf-8"
    )
    assert "2 - Réunir" in kit.text("Décrire les rôles")
    assert kit.row("Choisir une licence")["Description"].startswith("Ouverte")
    assert not (kit.folder / "wiki" / "Un nouveau <b>titre<").exists()
    last = [one for one in kit.history() if any("Compter" in json.dumps(e, ensure_ascii=False) for e in one["edits"])]
    assert last


@pytest.mark.apart("Chromium")
@needs_chromium
def test_a_reload_a_second_tab_and_a_killed_server_lose_no_answer(
    kit: FolderPlace, environment: dict[str, str]
) -> None:
    with browser() as shown:
        with review(kit.folder, environment, "ingredients") as (process, address):
            shown.goto(address)
            whole = shown.locator("main article").count()
            shown.keyboard.press("2")
            shown.wait_for_selector(".counts strong")
            tab = shown.context.new_page()
            tab.goto(address)
            assert tab.locator("main article").count() == whole - 1
            shown.keyboard.press("1")
            shown.wait_for_function("n => document.querySelectorAll('main article').length == n", arg=whole - 2)
            tab.locator("article").first.locator(
                "button"
            ).first.click()  # what the other tab answered already: the last answer counts
            shown.reload()
            assert shown.locator("main article").count() == whole - 2
            process.kill()
        with review(kit.folder, environment, "ingredients") as (_process, address):
            shown.goto(address)
            assert shown.locator("main article").count() == whole - 2
            shown.goto(shown.url + "?show=answered")
            assert shown.locator("main article").count() == 2


@pytest.mark.apart("Chromium")
@needs_chromium
def test_what_changed_meanwhile_comes_back_and_the_rest_is_written(
    kit: FolderPlace, environment: dict[str, str]
) -> None:
    with review(kit.folder, environment, "ingredients") as (_process, address), browser() as shown:
        shown.goto(address)
        answer(shown, "Animer les rencontres", "accept")
        answer(shown, "Décrire les rôles", "accept")
        kit.edit("Animer les rencontres", call("5 - Faire vivre la dynamique", "Quelqu'un écrit pendant la relecture."))
        said_ = apply(shown)
        assert "Animer les rencontres" in said_.split("Vous attendent encore")[1]
        shown.click("text=Continuer")
        again = entry(shown, "Animer les rencontres")
        assert "Décidez encore une fois" in again.inner_text() and again.locator("button[value=sheet]").count()
    assert "pendant la relecture" in kit.text("Animer les rencontres")
    assert "2 - Réunir" in kit.text("Décrire les rôles")
    assert kit.row("Animer les rencontres")["Description"] == "Un texte de la feuille, tout neuf."


@pytest.mark.apart("Chromium")
@needs_chromium
def test_a_run_is_taken_back_in_one_click_and_a_plan_is_applied_once(
    kit: FolderPlace, environment: dict[str, str], capitalise: Cli
) -> None:
    plan = kit.folder / "plan.json"
    capitalise(kit.folder, "plan", "ingredients", "-o", str(plan), code=None)
    before = kit.text("Animer les rencontres")
    with review(kit.folder, environment, str(plan)) as (_process, address), browser() as shown:
        shown.goto(address)
        answer(shown, "Animer les rencontres", "accept")
        shown.goto(address.split("?")[0] + "apply")
        shown.evaluate(  # twice at once, as two tabs could
            "Promise.all([1, 2].map(() => fetch('/apply', {method: 'POST'})))"
        )
        shown.goto(address.split("?")[0] + "progress")
        shown.wait_for_selector(".ended", timeout=30_000)
        assert "tout neuf" in kit.text("Animer les rencontres")
        assert len(kit.history()[0]["edits"]) == 1
        shown.goto(address.split("?")[0] + "?show=all")
        assert shown.locator("main article", has_text="Animer les rencontres").count() == 0  # carried out once
        shown.goto(address.split("?")[0] + "progress")
        shown.click("text=Annuler le passage")
        shown.wait_for_selector("text=Annulé", timeout=30_000)
        assert kit.text("Animer les rencontres") == before
    with review(kit.folder, environment, str(plan)) as (_process, address), browser() as shown:
        shown.goto(address)
        again = entry(shown, "Animer les rencontres")
        assert "doubt" in (again.get_attribute("class") or "")  # the page has other revisions now


@pytest.mark.apart("Chromium")
@needs_chromium
@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 1000), ("light", 360), ("dark", 360)])
def test_every_page_can_be_read_by_everybody(
    kit: FolderPlace, environment: dict[str, str], tmp_path: Path, scheme: str, width: int, capitalise: Cli
) -> None:
    capitalise(kit.folder, "review", "ingredients", "--static", "-o", str(tmp_path / "mail"))
    mailed = next((tmp_path / "mail").glob("*.html")).as_uri()
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": True}
    with review(kit.folder, environment, "ingredients") as (_process, address), browser(**options) as shown:
        shown.goto(address)
        root = address.split("?")[0]
        key = entry(shown, "Animer les rencontres").get_attribute("id")
        answer(shown, "Décrire les rôles", "accept")
        for place in (
            root,
            f"{root}?show=all",
            f"{root}apply",
            f"{root}progress",
            f"{root}print",
            f"{root}page/{key}",
            f"{root}absent",
            mailed,
        ):
            shown.goto(place)
            for details in shown.locator("details").all():
                details.evaluate("one => { one.open = true }")
            assert axe_violations(shown) == [], place
            wide = shown.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (place, wide)


@pytest.mark.apart("Chromium")
@needs_chromium
def test_a_writer_answers_on_a_page_that_was_mailed(
    kit: FolderPlace, environment: dict[str, str], tmp_path: Path, capitalise: Cli
) -> None:
    rows = kit.rows()
    rows[0].append("rédacteur")
    for row in rows[1:]:
        row.append("Awa <awa@exemple.org>" if row[0] in ("Compter le temps donné", "Décrire les rôles") else "")
    kit.save(rows)
    capitalise(kit.folder, "review", "ingredients", "--static", "--by", "rédacteur", "-o", str(tmp_path / "mail"))
    file = tmp_path / "mail" / "ingredients-Awa.html"
    assert "awa@" not in file.read_text("utf-8")
    with browser(accept_downloads=True) as shown:
        shown.goto(file.as_uri())
        field = shown.locator('fieldset[data-title="Compter le temps donné"][data-field="Description"]')
        field.locator("textarea").fill("Awa compte avec les deux.")
        empty = shown.locator('fieldset[data-title="Décrire les rôles"][data-field="Exemple"]')
        empty.locator("textarea").fill("Un exemple que personne n'avait.")
        with shown.expect_download() as got:
            shown.click("#send")
        got.value.save_as(tmp_path / "reponses.json")
        assert shown.errors == []
    before = kit.text("Compter le temps donné"), kit.rows()
    done = capitalise(kit.folder, "review", "--answers", str(tmp_path / "reponses.json"))
    assert "Awa" in done.stdout and "2 réponses" in done.stdout
    assert (kit.text("Compter le temps donné"), kit.rows()) == before
    with review(kit.folder, environment, "ingredients") as (_process, address), browser() as shown:
        shown.goto(address)
        assert "Awa propose" in entry(shown, "Compter le temps donné").inner_text()
        shown.keyboard.press("5")
        shown.wait_for_selector(".counts strong")
        answer(shown, "Décrire les rôles – Exemple", "accept")
        apply(shown)
    assert "Awa compte avec les deux." in kit.text("Compter le temps donné")
    assert kit.row("Compter le temps donné")["Description"] == "Awa compte avec les deux."
    assert "Un exemple que personne" in kit.text("Décrire les rôles")
    assert kit.row("Décrire les rôles")["Exemple"] == "Un exemple que personne n'avait."


@pytest.mark.apart("Chromium")
@needs_chromium
def test_everything_works_without_a_script(kit: FolderPlace, environment: dict[str, str]) -> None:
    with (
        review(kit.folder, environment, "ingredients") as (_process, address),
        browser(java_script_enabled=False) as shown,
    ):
        shown.goto(address)
        entry(shown, "Compter le temps donné").locator("summary", has_text="les deux").click()
        entry(shown, "Compter le temps donné").locator("textarea").fill("Sans script.")
        answer(shown, "Compter le temps donné", "text")
        shown.click("text=Appliquer ce qui est accepté")
        shown.click("main form button")
        for _look in range(50):
            if shown.locator(".ended").count():
                break
            shown.goto(address.split("?")[0] + "progress")
    assert "Sans script." in kit.text("Compter le temps donné")


@pytest.mark.apart("Chromium")
@needs_chromium
def test_what_a_document_says_is_decided_cell_by_cell(kit: FolderPlace, environment: dict[str, str]) -> None:
    document = kit.folder / "notes.md"
    document.write_text(
        "# Décrire les rôles\n\n## Exemple\n\nUn exemple venu du document.\n\n# Choisir une licence\n\n## Description\n\n"
        "Le document dit autre chose.\n\n# Observer les usages existants\n\n## Exemple\n\nÀ laisser.\n",
        "utf-8",
    )
    command = ("import", str(document), "--bot", "ingredients", "--review")
    before = kit.row("Observer les usages existants")
    with review(kit.folder, environment, command=command) as (_process, address), browser() as shown:
        shown.goto(address)
        assert "notes.md" in entry(shown, "Choisir une licence").inner_text()
        answer(shown, "Choisir une licence", "wiki")
        answer(shown, "Décrire les rôles – Exemple", "accept")
        answer(shown, "Observer les usages existants – Exemple", "leave")
        apply(shown)
        assert shown.errors == []
    assert kit.row("Choisir une licence")["Description"] == "Le document dit autre chose."
    assert kit.row("Décrire les rôles")["Exemple"] == "Un exemple venu du document."
    assert kit.row("Observer les usages existants") == before


@pytest.mark.apart("Chromium")
@needs_chromium
def test_words_that_are_typed_outlive_whatever_happens(kit: FolderPlace, environment: dict[str, str]) -> None:
    title = "Compter le temps donné"
    with review(kit.folder, environment, "ingredients") as (process, address), browser() as shown:
        shown.goto(address)
        shown.keyboard.press("4")
        entry(shown, title).locator("textarea").fill("Mes mots, pas encore gardés.")
        shown.reload()
        assert entry(shown, title).locator("textarea").input_value() == "Mes mots, pas encore gardés."
        answer(shown, "Décrire les rôles", "leave")
        assert entry(shown, title).locator("textarea").input_value() == "Mes mots, pas encore gardés."
        process.kill()
        process.wait()
        entry(shown, title).locator("button[value=text]").click()
        shown.wait_for_selector("#gone:not([hidden])")
        assert entry(shown, title).locator("textarea").input_value() == "Mes mots, pas encore gardés."


@pytest.mark.apart("Chromium")
@needs_chromium
def test_keys_are_where_they_are_on_a_french_keyboard_and_answers_are_taken_back_one_by_one(
    kit: FolderPlace, environment: dict[str, str]
) -> None:
    with review(kit.folder, environment, "ingredients") as (_process, address), browser() as shown:
        shown.goto(address)
        whole = shown.locator("main article").count()

        def press(key: str, code: str) -> None:
            with shown.expect_navigation():
                shown.evaluate(
                    "([key, code]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true}))",
                    [key, code],
                )

        press("é", "Digit2")  # without the shift key
        press("&", "Digit1")
        assert shown.locator("main article").count() < whole
        press("U", "KeyU")
        press("u", "KeyU")
        assert shown.locator("main article").count() == whole


@pytest.mark.apart("Chromium")
@needs_chromium
def test_an_answer_of_ones_own_is_shown_and_can_be_changed(kit: FolderPlace, environment: dict[str, str]) -> None:
    title = "Compter le temps donné"
    with review(kit.folder, environment, "ingredients") as (_process, address), browser() as shown:
        shown.goto(address)
        shown.keyboard.press("4")
        entry(shown, title).locator("textarea").fill("Une première version.")
        shown.keyboard.press("Control+Enter")
        shown.wait_for_selector(".said")
        shown.goto(address.split("?")[0] + "?show=answered")
        assert "Une première version." in entry(shown, title).inner_text()
        assert entry(shown, title).locator("textarea").input_value() == "Une première version."
        shown.goto(address.split("?")[0] + "apply")
        assert "Une première version." in shown.locator("main").inner_text()
