"""The bot `decision`: threads of Loomio as pages. The exports are written for these tests, in the shape that Loomio's own exporters give."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.decision.loomio import read_csv, read_json
from capitalise.bots.decision.pasted import read_pasted
from capitalise.bots.decision.words import Line, addresses_in, lines_of
from capitalise.errors import SettingsError
from tests.conftest import Cli
from tests.place import FolderPlace, Place

Record = tuple[str, dict[str, Any]]
ASKED = "Quelle licence pour le kit"
PAGE = f"Décision - {ASKED}"


def exported(*more: Record, private: bool = False) -> str:
    """A group with one thread: two messages, a vote that ended, its result."""
    page = '<p>Le kit est <b>public</b>. Voir <a href="https://exemple.org/a?b=~~~~">la page</a>.</p><ul><li>CC BY-SA</li><li><p>CC0 {{nul}}</p></li></ul>'
    records: list[Record] = [
        ("groups", {"id": 1, "name": "Réseau fictif"}),
        ("users", {"id": 1, "name": "Camille Exemple"}),
        ("users", {"id": 2, "name": "Sacha Fictif"}),
        ("topics", {"id": 10, "private": private}),
        (
            "discussions",
            {
                "id": 5,
                "topic_id": 10,
                "author_id": 1,
                "title": ASKED,
                "description": page,
                "description_format": "html",
                "created_at": "2021-01-14T09:30:00.000Z",
            },
        ),
        (
            "comments",
            {
                "id": 100,
                "parent_type": "Discussion",
                "parent_id": 5,
                "user_id": 2,
                "body": "D'accord avec Camille Exemple",
                "created_at": "2021-01-15T10:00:00Z",
            },
        ),
        (
            "comments",
            {
                "id": 101,
                "parent_type": "Comment",
                "parent_id": 100,
                "user_id": 1,
                "body": "merci",
                "created_at": "2021-01-20T10:00:00Z",
            },
        ),
        (
            "polls",
            {
                "id": 7,
                "topic_id": 10,
                "author_id": 1,
                "title": "CC BY-SA",
                "details": "Pour ou contre ?",
                "created_at": "2021-01-15T10:00:00Z",
                "closing_at": "2021-01-22T10:00:00Z",
                "closed_at": "2021-01-22T10:00:00Z",
            },
        ),
        ("poll_options", {"id": 1, "poll_id": 7, "name": "D'accord", "voter_count": 8}),
        (
            "outcomes",
            {
                "id": 1,
                "poll_id": 7,
                "author_id": 1,
                "statement": "Le kit est en **CC BY-SA**. Merci @sacha et Sacha Fictif.",
                "created_at": "2021-01-23T10:00:00Z",
            },
        ),
        *more,
    ]
    return "\n".join(json.dumps({"table": table, "record": record}) for table, record in records)


def put(place: FolderPlace | Place, text: str, lines: str = "", name: str = "reseau.json") -> None:
    (place.folder / "loomio").mkdir(exist_ok=True)
    (place.folder / "loomio" / name).write_text(text, "utf-8")
    toml = f'kind = "decision"\nwiki = "communs"\nfiles = ["loomio/*"]\nprefix = "Décision - "\nindex_page = "Décisions"\n{lines}\n'
    (place.folder / "bots" / "decisions.toml").write_text(toml, "utf-8")


def run(place: FolderPlace | Place, *more: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        place.cli(place.folder, "run", "decisions", "--yes", "--json", *more, code=code).stdout
    )
    return found


def test_a_thread_becomes_a_page_and_the_list_names_it(place: Place) -> None:
    put(place, exported())
    run(place)
    text = place.text(PAGE)
    for said in (
        "'''Décision''' – discussion ouverte le 14 janvier 2021 par Camille Exemple",
        "== Décision (23 janvier 2021) ==",
        "Le kit est en CC BY-SA. Merci @sacha et Sacha Fictif.",
        "Le kit est public. Voir la page.\n* CC BY-SA\n* CC0 &#123;&#123;nul&#125;&#125;",
        "Ouvert le 15 janvier 2021, clos le 22 janvier 2021.",
        "* D'accord : 8",
        "2 messages, 2 personnes, le dernier le 20 janvier 2021.",
        "* https://exemple.org/a?b=%7E%7E%7E%7E",
    ):
        assert said in text.replace("&#39;", "'"), text
    assert f"* 23 janvier 2021 : [[:{PAGE}|{ASKED}]] (décision)" in place.text("Décisions")
    assert run(place)["changes"] == []


def test_what_somebody_wrote_on_the_page_stays(place: Place) -> None:
    put(place, exported())
    run(place)
    place.edit(PAGE, f"Une phrase au-dessus.\n\n{place.text(PAGE)}\n\nEt dessous.")
    put(
        place,
        exported(
            ("outcomes", {"id": 2, "poll_id": 7, "statement": "Et la marque.", "created_at": "2021-03-01T10:00:00Z"})
        ),
    )
    run(place)
    text = place.text(PAGE)
    assert (
        text.startswith("Une phrase au-dessus.") and text.rstrip().endswith("Et dessous.") and "Et la marque." in text
    )
    place.edit(PAGE, text.replace("Et la marque.", "Et la marque, à voir."))
    put(place, exported())
    assert [one["title"] for one in run(place, code=3)["conflicts"]] == [PAGE]
    assert "Et la marque, à voir." in place.text(PAGE)


def test_a_thread_that_not_everybody_may_read_is_published_only_when_named_and_without_names(place: Place) -> None:
    put(place, exported(private=True))
    made = run(place)
    assert [one["title"] for one in made["changes"]] == ["Décisions"] and ASKED in made["notes"][0]
    put(place, exported(private=True), f'threads = ["{ASKED}"]')
    assert [one["rule"] for one in run(place, code=3)["findings"]] == ["names-left-out"]
    text = html.unescape(place.text(PAGE))
    assert "Merci […] et […]." in text and "2 personnes" in text
    assert not any(name in text for name in ("Camille", "Sacha", "sacha"))


@pytest.mark.parametrize(
    ("polls", "state"),
    [
        ([], "information, sans vote"),
        (
            [("polls", {"id": 9, "discussion_id": 6, "title": "T", "closed_at": "2021-01-01T00:00:00Z"})],
            "vote sans conclusion écrite",
        ),
        ([("polls", {"id": 9, "discussion_id": 6, "title": "T"})], "vote qui n'est pas fini"),
        (
            [
                ("polls", {"id": 9, "discussion_id": 6, "title": "T"}),
                ("outcomes", {"id": 3, "poll_id": 9, "statement": "Oui."}),
            ],
            "vote qui n'est pas fini",
        ),
    ],
)
def test_without_a_vote_that_ended_and_a_result_it_is_no_decision(
    tmp_path: Path, capitalise: Cli, polls: list[Record], state: str
) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    thread: Record = ("discussions", {"id": 6, "title": "Autre", "private": False, "description": ""})
    put(place, "\n".join(json.dumps({"table": t, "record": r}) for t, r in [thread, *polls]))
    run(place)
    assert "(décision)" not in place.text("Décisions") and state in place.text("Décisions")


def in_csv(tables: Iterable[tuple[str, list[str], list[list[str]]]]) -> str:
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["Export for Réseau fictif"])
    write([])
    for name, headings, rows in tables:
        write([f"{name} ({len(rows)})"])
        write(headings)
        for row in rows:
            write(row)
        write([])
    return out.getvalue()


def test_a_csv_export_says_the_same_and_nothing_in_it_is_taken_to_be_public() -> None:
    text = in_csv(
        [
            ("Memberships", ["Group", "User", "User name"], [["1", "2", "Sacha Fictif"]]),
            (
                "Discussions",
                ["Id", "Topic", "Author", "Author name", "Title", "Description", "Created at"],
                [["5", "10", "1", "Camille Exemple", "Titre", "Un\n\ndeux (3)", "2021-01-14 09:30:00 UTC"]],
            ),
            (
                "Comments",
                ["Id", "Topic", "Author", "Author name", "Body", "Created at"],
                [["1", "10", "2", "Sacha Fictif", "Comments (4)", "2021-01-15 09:30:00 UTC"]],
            ),
            (
                "Polls",
                ["Id", "Key", "Topic", "Title", "Closed at"],
                [["7", "k", "10", "Vote", "2021-01-22 10:00:00 UTC"]],
            ),
            ("Outcomes", ["Id", "Poll", "Statement", "Created at"], [["1", "7", "Oui.", "2021-01-23 10:00:00 UTC"]]),
        ]
    )
    (thread,) = read_csv(text, "x.csv")
    assert (thread.title, thread.public, thread.messages, thread.decided) == ("Titre", False, 1, True)
    assert [one.words for one in thread.lines] == ["Un", "deux (3)"]
    assert thread.names == {"Camille Exemple", "Sacha Fictif"}


def test_pasted_text_is_a_decision_only_where_it_says_so() -> None:
    thread = read_pasted(
        "# Rythme\n\nOn se voit le 14/01/21.\n\nProposition : un mardi sur deux\n\n**Décision** : oui, dès février.\n",
        "x.txt",
    )
    assert thread.title == "Rythme" and thread.decided
    assert thread.polls[0].outcomes[0].lines == (Line("oui, dès février."),)
    none = read_pasted("Rythme\n\nDécision : oui.\n", "x.txt")
    assert not none.decided and not none.polls and none.lines == (Line("oui."),)


@pytest.mark.parametrize("text", ["pas du json", '{"table": "discussions"}', "[1]", "{" * 5000])
def test_what_is_no_export_is_one_sentence(text: str) -> None:
    with pytest.raises(SettingsError, match=r"line 1"):
        read_json(text, "x.json")
    with pytest.raises(SettingsError, match="CSV"):
        read_csv(text, "x.csv")


WORDS = st.text(st.sampled_from("ab é<>[]{}|=*#:;-~'_&\n"), max_size=30)


@given(WORDS, st.sampled_from(["md", "html"]))
def test_every_letter_of_a_text_is_in_its_lines(text: str, form: str) -> None:
    shown = html.escape(text) if form == "html" else text
    kept = "".join(one.words for one in lines_of(shown, form))
    assert [c for c in text if c in "abé"] == [c for c in kept if c in "abé"]


@given(st.text(st.sampled_from("htps:/.a?=&~_[]{}<> |'"), max_size=60))
def test_an_address_holds_nothing_that_is_wikitext(text: str) -> None:
    for one in addresses_in(f"https://{text} "):
        assert not {*"[]{}<>| \n"} & {*one} and "~~~" not in one and "__" not in one


def test_deep_html_does_not_end_the_program() -> None:
    assert lines_of("<div>" * 3000 + "fin", "html") == [Line("fin")]
