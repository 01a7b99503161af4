"""The bot `decision`: threads of Loomio as pages. The exports are written for these tests, in the shape that Loomio's own exporters give."""

from __future__ import annotations

import csv
import html
import io
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.decision.loomio import read_csv, read_json
from capitalise.bots.decision.names import without_names
from capitalise.bots.decision.pasted import read_pasted
from capitalise.bots.decision.thread import Thread
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
    assert "3 fois" in run(place)["notes"][0]
    assert PAGE in place.cli(place.folder, "plan", "decisions", "--page", f"{PAGE}s", code=2).stderr
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


def test_pasted_text_is_never_called_a_decision_and_keeps_its_words() -> None:
    thread = read_pasted(
        "# Rythme\n\nOn se voit le 14/01/21.\n\nProposition : un mardi sur deux\n\n**Décision** : oui, dès février.\n",
        "x.txt",
    )
    (outcome,) = thread.polls[0].outcomes
    assert (thread.title, outcome.heading, outcome.lines) == ("Rythme", "Décision", (Line("oui, dès février."),))
    assert not thread.decided  # nobody knows whether a vote ended: their word stands over their words, and no more
    none = read_pasted("Rythme\n\nDécision : oui.\n", "x.txt")
    assert not none.polls and [one.words for one in none.lines] == ["Décision : oui."]


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


@pytest.mark.parametrize(
    ("text", "form", "lines"),
    [
        ("<table><tr><td>Budget 12</td><td>34 euros</td></tr></table>", "html", ["Budget 12", "34 euros"]),
        ("<dl><dt>Oui</dt><dd>Non</dd></dl><section>fin</section>", "html", ["Oui", "Non", "fin"]),
        ("<p>pu<b>bl</b>ic</p>", "html", ["public"]),
        ("<html><head></head></html>mot", "html", ["mot"]),
        ("<body>a</body><body>b</body>", "html", ["a", "b"]),
        ("15. mai 2026\n3. trois", "md", ["15. mai 2026", "3. trois"]),
        ("2**3**4 et __init__ et **gras**", "md", ["2**3**4 et __init__ et gras"]),
        ("[la note](https://a.b/x_(y)) ici", "md", ["la note ici"]),
        ("+ 33 6 12", "md", ["+ 33 6 12"]),
    ],
)
def test_no_word_is_glued_and_no_number_lost(text: str, form: str, lines: list[str]) -> None:
    assert [word for one in lines_of(text, form) for word in one.words.split()] == " ".join(lines).split()


@pytest.mark.parametrize(
    "piece", ["[", "**a ", "<!--", "<script ", "<b", " ", "__", "https://", "](https://a(", "@a", "# "]
)
def test_long_nonsense_takes_no_longer_than_its_length(piece: str) -> None:
    begun = time.process_time()
    text = piece * (200_000 // len(piece))
    lines_of(text, "md"), lines_of(text, "html"), addresses_in(text), read_pasted(f"T\n{text}1", "x.txt")
    without_names(Thread("x", "T", lines=(Line(text),), names=frozenset({"Camille Exemple"})))
    assert time.process_time() - begun < 8


def test_names_of_a_private_thread_stay_out_in_every_form() -> None:
    said = [
        "@Marie Dupont",
        "Marie  Dupont",
        "marie.dupont@example.org",
        "*Marie* Dupont",
        "Ange\u0301lique Durand",
        "Jo",
        "@angelique",
    ]
    names = frozenset({"Marie  Dupont", "Ang\u00e9lique Durand", "Jo"})
    links = ("https://loomio.example/u/mariedupont", "https://x.org/Marie-Dupont.pdf", "https://x.org/kit")
    thread = Thread("x.json", "Titre", lines=tuple(map(Line, said)), links=links, names=names)
    shown, count = without_names(thread)
    assert {one.words for one in shown.lines} <= {"[…]", "*[…]"} and shown.links == ("https://x.org/kit",)
    assert count == len(said) + 2
    assert without_names(Thread("x.json", "Pour Jo", names=names))[0].title == "Pour […]"


def test_a_result_that_another_one_replaced_and_votes_before_the_end_are_not_shown() -> None:
    old: Record = ("outcomes", {"id": 9, "poll_id": 7, "statement": "Une erreur.", "latest": False})
    (thread,) = read_json(exported(old), "x.json")
    assert len(thread.polls[0].outcomes) == 1
    open_: Record = ("polls", {"id": 8, "topic_id": 10, "title": "Ouvert"})
    (thread,) = read_json(exported(open_, ("poll_options", {"poll_id": 8, "name": "Oui", "voter_count": 3})), "x.json")
    assert thread.polls[1].options == (("Oui", None),)


def test_half_a_character_and_odd_line_ends_are_no_error() -> None:
    record = {"id": 5, "title": "Budget \ud83d", "description": "un\u0085deux\u2028trois", "private": False}
    text = json.dumps({"table": "discussions", "record": record}, ensure_ascii=False).replace("\ud83d", "\\ud83d")
    (thread,) = read_json(text, "x.json")
    assert thread.title == "Budget \ufffd"


def test_titles_lead_to_no_other_namespace_and_not_onto_the_list(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    titles = ["Modèle:Foo", "Décisions", "Bonne"]
    records = [{"id": n, "title": title, "private": False, "description": "x"} for n, title in enumerate(titles)]
    put(place, "\n".join(json.dumps({"table": "discussions", "record": one}) for one in records))
    toml = place.folder / "bots" / "decisions.toml"
    toml.write_text(toml.read_text("utf-8").replace('prefix = "Décision - "\n', ""), "utf-8")
    made = run(place, code=3)
    assert sorted(one["title"] for one in made["changes"]) == ["Bonne", "Décisions"]
    assert sorted(one["rule"] for one in made["findings"]) == ["bad-title", "same-title"]


def test_deep_html_does_not_end_the_program() -> None:
    assert lines_of("<div>" * 3000 + "fin", "html") == [Line("fin")]
