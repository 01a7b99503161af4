"""`plan --since`: what is new, what is gone, what is still there."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.crosslinks.report import report_values
from capitalise.exports.templates import render_template
from capitalise.messages import Message
from capitalise.pages.addresses import Site
from capitalise.plans.model import Finding, Plan, RowRef
from capitalise.plans.report import report_lines
from capitalise.plans.since import compare
from tests.linked import BOOK, Kit

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)


@given(
    st.lists(st.tuples(WORDS, WORDS, st.integers(0, 20), st.sampled_from(["", "[[x|y]]", "→ <code>"])), max_size=8),
    st.booleans(),
)
def test_the_report_says_again_what_it_was_made_of(some: list[tuple[str, str, int, str]], online: bool) -> None:
    findings = [
        Finding(
            "missing-target",
            Message(words.replace("%", "%%")),
            "communs",
            title,
            line=line,
            suggestion=instead,
            address=online * "https://x.org/?a=[b]".replace("[b]", "b"),
        )
        for title, words, line, instead in some
        if title and words
    ]
    findings.sort(key=lambda one: one.title)
    plan = Plan("liens", "r", datetime(2026, 1, 1, tzinfo=UTC), findings=tuple(findings))
    sites = {"communs": Site("communs", "https://x.org" if online else "")}
    report = render_template("crosslinks.wiki.jinja", None, "fr", **report_values(plan, (), sites, "fr", "2026-01-01"))
    since = compare(findings, report_lines(report), "fr")
    assert (since.new, since.gone) == ((), ())


def test_a_line_that_moved_down_is_the_same_and_a_file_has_a_name() -> None:
    at = RowRef("notes.md", 3, "")
    before = [("KIC", "a"), ("KIC", "b"), ("notes.md", "c")]
    findings = [
        Finding("permalink", Message("a"), "communs", "KIC", line=90),
        Finding("permalink", Message("d"), "communs", "KIC"),
        Finding("permalink", Message("c"), at=at),
    ]
    since = compare(findings, before, "fr")
    assert ([f.message.text for f in since.new], since.gone, since.still) == (["d"], (("KIC", "b"),), 2)


def test_two_equal_lines_are_two() -> None:
    one = Finding("permalink", Message("a"), "communs", "KIC")
    assert compare([one, one], [("KIC", "a")], "fr").new == (one,)
    assert compare([one], [("KIC", "a"), ("KIC", "a")], "fr").gone == (("KIC", "a"),)


@pytest.mark.mediawiki
def test_since_a_file_and_since_the_report(linked: Kit) -> None:
    linked.may_write("communs")
    linked.settings(report_page="Projet:Liens")
    linked.write("communs", "KIC", "[[b:Perdu un]] [[b:Perdu deux]] [[Catégorie:Communs]]")
    linked.cli(linked.folder, "run", "liens", "--yes", code=3)
    linked.cli(linked.folder, "plan", "liens", "-o", str(linked.folder / "avant.json"), code=3)
    linked.write("communs", "KIC", f"Ligne\n[[b:Perdu deux]] [[b:Perdu trois]] [[b:{BOOK}]] [[Catégorie:Communs]]")
    for source in ("rapport", str(linked.folder / "avant.json")):
        done = linked.cli(linked.folder, "plan", "liens", "--json", "--since", source, code=None)
        since = json.loads(done.stdout)["since"]
        assert [
            ("trois" in one["message"], one["rule"]) for one in since["new"] if one["rule"] == "missing-target"
        ] == [(True, "missing-target")]
        assert any("Perdu un" in one["message"] for one in since["gone"])
        assert not any("Perdu deux" in one["message"] for one in (*since["new"], *since["gone"]))
        shown = linked.cli(linked.folder, "plan", "liens", "--since", source, code=None).stdout
        assert "Nouveau depuis" in shown
        assert "Disparu depuis" in shown


@pytest.mark.mediawiki
@pytest.mark.parametrize(("source", "word"), [("rapport", "report_page"), ("rien.json", "rien.json")])
def test_nothing_to_compare_with_is_one_sentence(linked: Kit, source: str, word: str) -> None:
    assert word in linked.cli(linked.folder, "plan", "liens", "--since", source, code=2).stderr
