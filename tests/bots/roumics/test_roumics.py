"""An edition as people type it: dates, times, rows, what is missing, a page read back; and French as it is written."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.roumics.checks import check_editions, check_event
from capitalise.bots.roumics.event import (
    Event,
    Photo,
    Resource,
    Session,
    Speaker,
    read_day,
    read_speakers,
    read_time,
    usual_title,
)
from capitalise.bots.roumics.french import date_range, day_name, ordinal, slot, spoken_time
from capitalise.bots.roumics.pulled import Layer, laid_over
from capitalise.bots.roumics.read_back import read_dates, read_page
from capitalise.bots.roumics.rows import read_rows
from capitalise.bots.roumics.values import figures, totals
from capitalise.plans.lines import moved_lines
from capitalise.sheets.table import Table

DAY = date(2017, 11, 17)
WHOLE = Session(
    "Un atelier", DAY, time(9, 30), time(12), "Grande salle", (Speaker("Camille Exemple", "facilitatrice"),)
)
EVENT = Event("2017", "ROUMICS 2017", theme="Vivre des communs", dates=(DAY,), place="Roubaix", sessions=(WHOLE,))


def rules(event: Event) -> list[str]:
    return [finding.rule for finding in check_event(event, lambda name: name == "notes/la.md")]


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("9h", 9, 0),
        ("9h30", 9, 30),
        ("9 h 30", 9, 30),
        ("09:30", 9, 30),
        ("09:30:00", 9, 30),
        ("14H", 14, 0),
        ("24h", 0, 0),
    ],
)
def test_times_as_people_type_them(typed: str, hour: int, minute: int) -> None:
    assert read_time(typed) == time(hour, minute)


@pytest.mark.parametrize("typed", ["", "9", "25h", "9h75", "matin", "9h-10h", "9:30 pm"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert read_time(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        *("2017-11-17", "17/11/2017", "17/11/17", "17.11.2017", "17 novembre 2017", "vendredi 17 novembre 2017"),
        *("17 nov. 2017", "17 NOVEMBRE", "le 17 novembre", "2017-11-17 00:00:00"),
    ],
)
def test_days_as_people_type_them(typed: str) -> None:
    assert read_day(typed, [2017]) == DAY


@pytest.mark.parametrize("typed", ["", "31/02/2017", "17 brumaire 2017", "novembre", "17-18 novembre 2017"])
def test_what_is_no_day_is_none(typed: str) -> None:
    assert read_day(typed, [2017]) is None


def test_a_day_without_a_year_needs_an_edition_of_one_year() -> None:
    assert read_day("1er mai", [2016]) == date(2016, 5, 1)
    assert read_day("1er mai", [2016, 2017]) is None
    assert read_day("1er mai") is None


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_a_day_is_read_as_french_writes_it(day: date) -> None:
    assert read_day(day_name(day)) == day
    assert read_dates(f"{date_range([day])}, Lille") == ((day,), "Lille")


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.integers(1, 9))
def test_days_in_a_row_are_read_as_french_writes_them(first: date, more: int) -> None:
    days = tuple(first + timedelta(days=n) for n in range(more + 1))
    assert read_dates(f"{date_range(days)}, Lille") == (days, "Lille")


@given(st.times(), st.times())
def test_a_slot_is_read_as_it_is_written(start: time, end: time) -> None:
    first, last = slot(start, end).split(" - ")
    assert read_time(first) == start.replace(second=0, microsecond=0)
    assert read_time(last) == end.replace(second=0, microsecond=0)
    assert read_time(spoken_time(start).replace("\u00a0", " ")) == start.replace(second=0, microsecond=0)


def test_dates_in_french() -> None:
    days = [date(2017, 5, n) for n in (12, 13, 14)]
    assert date_range(days) == "du 12 au 14 mai 2017"
    assert date_range(days[:2]) == "les 12 et 13 mai 2017"
    assert date_range([date(2016, 9, 16)]) == "le 16 septembre 2016"
    assert date_range([date(2016, 5, 23), date(2016, 9, 16)]) == "le 23 mai et le 16 septembre 2016"
    assert date_range([date(2015, 12, 30), date(2016, 1, 4)]) == "le 30 décembre 2015 et le 4 janvier 2016"
    assert date_range([date(2018, 11, 30), date(2018, 12, 1)]) == "du 30 novembre au 1er décembre 2018"
    assert (ordinal(1), ordinal(12), ordinal(1, feminine=False)) == ("1re", "12e", "1er")
    assert spoken_time(time(9, 30)) == "9\u00a0h\u00a030"


def test_speakers_on_lines_or_after_semicolons() -> None:
    assert read_speakers("Camille Exemple, facilitatrice, ANIS\n• Dominique Fictif ; ") == (
        Speaker("Camille Exemple", "facilitatrice, ANIS"),
        Speaker("Dominique Fictif"),
    )


def test_rows_with_other_headings_a_day_for_several_rows_and_what_cannot_be_read() -> None:
    table = Table(
        "2017/event.csv",
        ("Date", "Heure de début", "Fin", "Atelier", "Intervenant·e·s", "Budget"),
        (
            ("17/11/2017", "9h30", "12h", "Un atelier", "Camille Exemple, facilitatrice", ""),
            ("", "", "", "", "", ""),
            ("", "midi", "14h", "Repas", "", "12 €"),
        ),
    )
    sessions, unknown = read_rows(table, [2017])
    assert unknown == ["Budget"]
    assert [one.title for one in sessions] == ["Un atelier", "Repas"]
    assert [one.day for one in sessions] == [DAY, DAY]
    assert sessions[1].problems == (("début", "midi"),)
    assert sessions[1].at == "2017/event.csv, 4"


# -- what is missing ------------------------------------------------------------------------------


def test_a_whole_edition_misses_nothing() -> None:
    assert rules(EVENT) == []


def with_session(**changes: object) -> Event:
    return replace(EVENT, sessions=(replace(WHOLE, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        (replace(EVENT, dates=(), sessions=(replace(WHOLE, day=None),)), "no-date"),
        (replace(EVENT, place=""), "no-place"),
        (replace(EVENT, sessions=()), "no-session"),
        (with_session(end=None), "no-time"),
        (with_session(title=""), "no-title"),
        (with_session(title="Un [atelier]"), "bad-title"),
        (with_session(day=date(2017, 11, 19)), "other-day"),
        (with_session(start=time(14)), "backwards"),
        (with_session(end=time(9, 30)), "no-length"),
        (with_session(start=time(21), end=time(1)), "midnight"),
        (with_session(pad="le pad de l'atelier"), "no-link"),
        (with_session(notes="notes/ailleurs.md"), "no-file"),
        (replace(EVENT, resources=(Resource("Le film", "sur la clé USB"),)), "no-link"),
        (replace(EVENT, photos=(Photo("salle.jpg", "La salle", "Camille Exemple"),)), "no-licence"),
        (replace(EVENT, photos=(Photo("salle.jpg", "La salle", "", "CC0"),)), "no-author"),
    ],
)
def test_what_is_missing_is_said(event: Event, rule: str) -> None:
    assert rule in rules(event)


def test_sessions_at_the_same_time_in_one_room() -> None:
    other = replace(WHOLE, title="Un autre", start=time(11), end=time(13), room="grande  Salle")
    assert rules(replace(EVENT, sessions=(WHOLE, other))) == ["overlap"]
    assert rules(replace(EVENT, sessions=(WHOLE, replace(other, start=time(12))))) == []
    assert rules(replace(EVENT, sessions=(WHOLE, replace(other, room="Petite salle")))) == []


def test_a_night_that_goes_on_overlaps_with_the_next_day() -> None:
    night = replace(WHOLE, title="Nuit", start=time(22), end=time(2))
    dawn = replace(WHOLE, title="Aube", day=date(2017, 11, 18), start=time(1), end=time(5))
    assert "overlap" in rules(replace(EVENT, dates=(DAY, date(2017, 11, 18)), sessions=(night, dawn)))


@pytest.mark.parametrize("name", ["camille exemple", "Camille Exempel", "Exemple Camille", "Camille Éxemple"])
def test_one_person_named_in_two_ways(name: str) -> None:
    other = replace(WHOLE, title="Un autre", start=time(14), end=time(15), speakers=(Speaker(name),))
    assert rules(replace(EVENT, sessions=(WHOLE, other))) == ["two-names"]


def test_the_hour_that_the_clocks_skip_or_repeat() -> None:
    spring = replace(WHOLE, day=date(2017, 3, 26), start=time(2, 30), end=time(4))
    autumn = replace(WHOLE, day=date(2017, 10, 29), start=time(1), end=time(2, 30))
    event = replace(EVENT, dates=(), sessions=(spring, replace(autumn, title="Un autre")))
    assert rules(event) == ["time-change", "time-change"]


def test_two_editions_with_one_number_or_one_page() -> None:
    other = replace(EVENT, key="2017-bis", number=12)
    assert [f.rule for f in check_editions([replace(EVENT, number=12), other])] == ["same-number", "same-page"]


# -- a page read back -----------------------------------------------------------------------------

PAGE = """17–18 novembre 2017, Roubaix
== Programme ==
=== Vendredi 17 ===
==== Matin ====
'''09h30 - 12h00 : [[ROUMICS 2017 - Un atelier|Un atelier]]''' (Grande salle)
*Camille Exemple, facilitatrice
[[ROUMICS 2017 - Un atelier|Compte-rendu]]

* 14h : Un autre atelier
** Dominique Fictif
** [https://pad.exemple.invalid/p/autre Le pad]
=== Samedi 18 novembre ===
10:00 à 11:30 – [[Notes du samedi|Un budget]]
{{Boîte}}
== Remerciements ==
Merci à toutes.
== Photos ==
[[Fichier:Salle.jpg]]
"""


def test_a_page_in_the_networks_layout_is_read_back() -> None:
    read = read_page("2017", "ROUMICS 2017", PAGE)
    event = read.event
    assert (event.dates, event.place) == ((DAY, date(2017, 11, 18)), "Roubaix")
    first, second, third = event.sessions
    assert first == replace(WHOLE, page="")
    assert (second.title, second.start, second.end, second.pad) == (
        "Un autre atelier",
        time(14),
        None,
        "https://pad.exemple.invalid/p/autre",
    )
    assert second.speakers == (Speaker("Dominique Fictif"),)
    assert (third.title, third.page, third.day, third.end) == (
        "Un budget",
        "Notes du samedi",
        date(2017, 11, 18),
        time(11, 30),
    )
    assert event.thanks == "Merci à toutes."
    assert not event.built
    assert [line for _number, line in read.left] == ["{{Boîte}}", "== Photos ==", "[[Fichier:Salle.jpg]]"]


@given(st.text(st.sampled_from("09h:-–=*'[]|{}<>! \nabé"), max_size=200))
def test_any_text_is_read_without_losing_a_line(text: str) -> None:
    """Every line is understood or listed: the words of one that is understood are in the edition."""
    read = read_page("2017", "ROUMICS 2017", text)
    assert {number for number, _line in read.left} <= set(range(1, text.count("\n") + 2))


# -- what people wrote between the marks ----------------------------------------------------------


def test_layers_are_laid_over_in_turn() -> None:
    first = Layer("a\nb\nc\nd\ne", "A\nb\nc\nd\ne")
    second = Layer("A\nb\nc\nd\ne", "A\nb\nc\nd\nE")
    assert laid_over("a\nb\nc+\nd\ne", [first, second]) == ("A\nb\nc+\nd\nE", None)
    assert laid_over("z\nb\nc\nd\ne", [first]) == ("z\nb\nc\nd\ne", first)


@given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.sampled_from("abcX"), max_size=8))
def test_a_build_that_did_not_change_gives_peoples_words(base: list[str], words: list[str]) -> None:
    layer = Layer("\n".join(base), "\n".join(words))
    assert laid_over(layer.base, [layer]) == (layer.words, None)
    assert laid_over(layer.words, [layer]) == (layer.words, None)


def test_figures_count_a_person_once() -> None:
    other = replace(EVENT, key="2018", participants=60, partners=("Association Exemple",))
    assert figures(EVENT)["participants"] is None
    assert totals([EVENT, other]) == {"editions": 2, "participants": 60, "speakers": 1, "workshops": 0, "partners": 1}


@given(
    lines=st.lists(st.sampled_from([f"séance {n}" for n in range(8)]), unique=True, min_size=1),
    below=st.integers(0, 7),
    seed=st.randoms(use_true_random=False),
)
def test_words_below_a_line_follow_it_wherever_it_moves(lines: list[str], below: int, seed: random.Random) -> None:
    """Nothing else changes, and no line comes twice."""
    line = lines[below % len(lines)]
    words = "\n".join(f"{one}\n* des mots" if one == line else one for one in lines)
    moved = seed.sample(lines, len(lines))
    text, clash = laid_over("\n".join(moved), [Layer("\n".join(lines), words)])
    if clash is None:
        assert sorted(text.split("\n")) == sorted([*moved, "* des mots"])
        assert [one for one in text.split("\n") if one != "* des mots"] == moved
    assert moved_lines("\n".join(lines), "\n".join(moved), words) is not None


def test_words_below_a_line_that_is_there_twice_wait() -> None:
    layer = Layer("a\nb\nc", "a\nb\n* des mots\nc")
    assert laid_over("b\nx\nb\ny", [layer])[1] is layer


def test_words_above_everything_wait_where_the_top_has_changed() -> None:
    layer = Layer("a\nb", "* des mots\na\nb")
    assert laid_over("x\nb\na", [layer])[1] is layer


def test_a_title_does_not_say_roumics_twice() -> None:
    assert [usual_title(key) for key in ("2028", "ROUMICS 2028", "roumics-2028")] == [
        "ROUMICS 2028",
        "ROUMICS 2028",
        "roumics-2028",
    ]
