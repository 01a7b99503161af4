"""What people can tell a bot, and how it behaves: stop page, talk page, {{bots}}, quiet time, pace, summaries."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.errors import Skip, StoppedByPerson
from capitalise.pages.revisions import Edit
from capitalise.plans.run_ids import run_of, started, summary_with
from capitalise.runs.etiquette import Etiquette, denies
from capitalise.runs.locks import alone
from capitalise.runs.writer import Writer
from capitalise.wikis.folder import FolderWiki
from capitalise.wikis.wikimedia import is_wikimedia
from capitalise.workspace.manners import etiquette
from capitalise.workspace.workspace import Workspace
from tests.conftest import Cli, FakeClock
from tests.mediawiki import farm as mediawiki
from tests.place import FolderPlace, WikiPlace

LIMITS, ROLES = "Délimiter le périmètre de la ressource", "Décrire les rôles"
STOP = "Utilisateur:Robot/Stop"
RUN = "20261122T0148-k3f9"


def stop(place: FolderPlace | WikiPlace, text: str) -> None:
    """Somebody writes on the bot's stop page."""
    if isinstance(place, WikiPlace):
        place.edit(STOP, text)
    else:
        (place.folder / "wiki" / "Utilisateur%3Acapitalise%2FStop.wiki").write_text(text + "\n", "utf-8")


def set_wiki(place: FolderPlace | WikiPlace, line: str) -> None:
    """A line more under [wikis.communs]."""
    settings = place.folder / "capitalise.toml"
    text = settings.read_text("utf-8").replace("[wikis.communs]", f"[wikis.communs]\n{line}")
    settings.write_text(text, "utf-8")


# -- the stop page ----------------------------------------------------------------------------


def test_any_word_on_the_stop_page_stops_the_run(place: FolderPlace | WikiPlace, capitalise: Cli) -> None:
    place.type(LIMITS, Exemple="tout neuf")
    stop(place, "Arrête, s'il te plaît : on range.")
    said = capitalise(place.folder, "run", "ingredients", "--yes", code=5).stderr
    assert "on range" in said
    assert "/Stop" in said
    assert "tout neuf" not in place.text(LIMITS)
    assert "on range" in capitalise(place.folder, "resume", code=5).stdout
    stop(place, "")
    capitalise(place.folder, "resume")
    place.run()
    assert "tout neuf" in place.text(LIMITS)


def test_a_plan_can_be_made_while_the_bot_is_stopped(place: FolderPlace | WikiPlace) -> None:
    place.type(LIMITS, Exemple="tout neuf")
    stop(place, "Arrête.")
    assert [c["title"] for c in place.plan()["changes"] if c["wiki"]] == [LIMITS]


@pytest.mark.parametrize("name", ["Arrêt du robot", "arrêt_du robot", "Arre\u0302t du robot"])
def test_a_stop_page_of_another_name(place: FolderPlace | WikiPlace, capitalise: Cli, name: str) -> None:
    """However its name is typed in the settings."""
    set_wiki(place, f'stop_page = "{name}"')
    place.type(LIMITS, Exemple="tout neuf")
    place.edit("Arrêt du robot", "stop")
    capitalise(place.folder, "run", "ingredients", "--yes", code=5)


def test_the_stop_page_is_read_again_while_a_run_goes_on(tmp_path: Path, clock: FakeClock) -> None:
    wiki = FolderWiki("communs", tmp_path)
    writer = Writer(wiki, clock, Etiquette(interval=16))
    second = Edit("Deux", 0, "b", "essai", wiki.now())
    writer.commit(Edit("Un", 0, "a", "essai", wiki.now()), [second])  # both are looked at
    (tmp_path / "Utilisateur%3Acapitalise%2FStop.wiki").write_text("assez", "utf-8")
    with pytest.raises(StoppedByPerson, match="assez"):
        writer.commit(second)
    assert not (tmp_path / "Deux.wiki").exists()


@pytest.mark.mediawiki
def test_a_message_on_the_talk_page_pauses_the_bot_until_somebody_resumes(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli
) -> None:
    place = WikiPlace(tmp_path / "kit", capitalise)
    place.run()
    place.type(LIMITS, Exemple="tout neuf")
    place.edit(
        "Discussion utilisateur:Robot", "== Bienvenue ==\nBonjour.\n\n== Les étapes ==\nPourquoi ce classement ?"
    )
    said = capitalise(place.folder, "run", "ingredients", "--yes", code=5).stderr
    assert "Pourquoi ce classement ?" in said
    assert "Camille" in said
    assert " resume communs" in said
    assert "tout neuf" not in place.text(LIMITS)
    assert "Pourquoi ce classement ?" in capitalise(place.folder, "resume", "communs").stdout
    place.run()
    assert "tout neuf" in place.text(LIMITS)
    place.close()


# -- {{bots}} ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("rien", False),
        ("{{bots}}", False),
        ("{{nobots}}", True),
        ("{{Nobots}}", True),
        ("{{bots|deny=all}}", True),
        ("{{bots|deny=none}}", False),
        ("{{bots|deny=Autre, robot}}", True),
        ("{{bots|deny=Autre}}", False),
        ("{{bots|allow=all}}", False),
        ("{{bots|allow=none}}", True),
        ("{{bots|allow=Autre,Robot}}", False),
        ("{{bots|allow=Autre}}", True),
        ("<nowiki>{{nobots}}</nowiki>", False),
        ("<!-- {{nobots}} -->", False),
        ("{{Ingrédient|description={{nobots}}}}", True),
        ("{{NoBots}}", True),
        ("{{bots|deny=AWB,\nRobot}}", True),
        ("{{bots|deny=Robot<!-- x -->}}", True),
        ("{{bots|deny=<!--x-->all}}", True),
        ("{{bots|allow=all|deny=Robot}}", True),
        ("{{bots|Deny=User:Robot}}", True),
        ("{{bots|deny=}}", False),
    ],
)
def test_bots_and_nobots(text: str, denied: bool) -> None:
    assert (denies(text, "Robot") is not None) == denied


def test_a_page_that_asks_bots_to_stay_away_is_named_and_the_others_are_written(
    place: FolderPlace | WikiPlace, capitalise: Cli
) -> None:
    place.edit(LIMITS, "{{nobots}}\n" + place.text(LIMITS))
    place.run(code=None)
    place.type(LIMITS, Exemple="tout neuf")
    place.type(ROLES, Exemple="tout neuf")
    done = place.run(code=3)
    assert {c["title"]: c["status"] for c in done["changes"] if c["wiki"]} == {ROLES: "done"}
    assert [(f["rule"], f["title"]) for f in done["findings"]] == [("nobots", LIMITS)]
    assert "tout neuf" not in place.text(LIMITS)
    assert "nobots" in capitalise(place.folder, "plan", "ingredients", code=3).stdout
    assert place.row(LIMITS)["Exemple"] == "tout neuf"


def test_undo_leaves_a_page_alone_that_asks_bots_to_stay_away(place: FolderPlace | WikiPlace, capitalise: Cli) -> None:
    place.type(LIMITS, Exemple="tout neuf")
    made = place.run()["run"]
    place.edit(LIMITS, "{{nobots}}\n" + place.text(LIMITS))
    done = capitalise(place.folder, "undo", made, "--yes", code=3)
    assert "nobots" in done.stdout + done.stderr
    assert "tout neuf" in place.text(LIMITS)


# -- quiet time, pace -------------------------------------------------------------------------


def test_a_page_that_somebody_just_edited_is_left_alone(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "Jardin.wiki").write_text("de Camille", "utf-8")
    wiki = FolderWiki("communs", tmp_path)
    base = wiki.heads(["Jardin"])["Jardin"].revision
    change = Edit("Jardin", base, "de Camille, et du robot", "essai", wiki.now())
    with pytest.raises(Skip, match="next run"):
        Writer(wiki, clock, Etiquette(quiet=timedelta(minutes=10))).commit(change)
    Writer(wiki, clock, Etiquette(quiet=timedelta(microseconds=1))).commit(change)


def test_our_own_edit_is_no_reason_to_wait(tmp_path: Path, clock: FakeClock) -> None:
    wiki = FolderWiki("communs", tmp_path)
    writer = Writer(wiki, clock, Etiquette(quiet=timedelta(minutes=10)))
    first = writer.commit(Edit("Jardin", 0, "un", "essai", wiki.now()))
    assert writer.commit(Edit("Jardin", first.revision, "deux", "essai", wiki.now())).revision > first.revision


@pytest.mark.parametrize(
    ("address", "its"),
    [
        ("https://fr.wikiversity.org/w/api.php", True),
        ("https://fr.m.wikibooks.org/w/api.php", True),
        ("https://wiki.lescommuns.org/api.php", False),
        ("https://wikiversity.org.example.org/w/api.php", False),
        ("https://notwikipedia.org/w/api.php", False),
    ],
)
def test_which_wikis_are_wikimedias(address: str, its: bool) -> None:
    assert is_wikimedia(address) == its


def test_two_edits_keep_their_distance_and_a_stop_ends_the_wait(tmp_path: Path, clock: FakeClock) -> None:
    wiki = FolderWiki("communs", tmp_path)
    stopped: list[bool] = []
    writer = Writer(wiki, clock, Etiquette(interval=15), lambda: bool(stopped))
    writer.commit(Edit("Un", 0, "a", "essai", wiki.now()))
    writer.commit(Edit("Deux", 0, "b", "essai", wiki.now()))
    assert clock.waited == 15
    clock.during = lambda: stopped.append(True)
    with pytest.raises(StoppedByPerson):
        writer.commit(Edit("Trois", 0, "c", "essai", wiki.now()))
    assert clock.waited < 17


def name_operator(settings: Path) -> None:
    text = settings.read_text("utf-8").replace('operator = ""\n', "")
    settings.write_text('operator = "[[Utilisateur:Camille]]"\n' + text, "utf-8")


@pytest.mark.mediawiki
def test_the_pace_is_what_the_settings_say_or_what_the_wiki_asks(
    farm: mediawiki.Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, value in zip(("USER", "PASSWORD"), mediawiki.BOT, strict=True):
        monkeypatch.setenv(f"CAPITALISE_COMMUNS_{name}", value)
    settings = tmp_path / "capitalise.toml"
    for more, seconds in (("", 1.0), ("edit_interval = 7", 7.0), ("edit_interval = 0", 0.0)):
        settings.write_text(
            f'contact = "tests"\n[wikis.communs]\napi = "{mediawiki.address("communs")}"\n{more}\n', "utf-8"
        )
        opened = Workspace.open(tmp_path)
        assert etiquette(opened, "communs").interval == seconds
        opened.least_interval = 60
        assert etiquette(opened, "communs").interval == 60
        opened.store("communs").api.http.close()  # type: ignore[attr-defined]
        opened.store("communs").cache.db.close()  # type: ignore[attr-defined]


def test_the_time_a_run_takes_is_said_before_it_starts(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    set_wiki(place, "edit_interval = 90")
    place.type(LIMITS, Exemple="tout neuf")
    place.type(ROLES, Exemple="tout neuf")
    done = capitalise(place.folder, "run", "ingredients", code=2)  # nobody says yes
    assert "2 minutes" in done.stderr


# -- summaries --------------------------------------------------------------------------------


def test_a_summary_says_what_was_done_by_whom_and_where_to_ask(place: FolderPlace | WikiPlace) -> None:
    settings = place.folder / "capitalise.toml"
    name_operator(settings)
    place.type(LIMITS, Exemple="tout neuf")
    place.run()
    summary = place.history()[0]["edits"][-1]["summary"]
    assert "Exemple" in summary
    assert "[[Utilisateur:Camille]]" in summary
    assert isinstance(place, FolderPlace) or "[[:Utilisateur:Robot|pourquoi\u00a0?]]" in summary
    assert run_of(summary)


@given(st.text(max_size=700), st.text(max_size=300), st.integers(1, 9999))
def test_a_summary_keeps_its_run_whatever_is_cut(what: str, signature: str, number: int) -> None:
    summary = summary_with(what, RUN, number, signature)
    assert len(summary) <= 500
    assert run_of(summary) == (RUN, number)


def test_when_a_run_began_is_in_its_number() -> None:
    assert started(RUN) == datetime(2026, 11, 22, 1, 48, tzinfo=UTC)
    assert started("nimporte") is None


# -- stopping, two at a time ------------------------------------------------------------------


@pytest.fixture
def slow(tmp_path: Path, capitalise: Cli) -> Iterator[FolderPlace]:
    """Two pages to write, half a minute apart."""
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    set_wiki(place, "edit_interval = 30")
    place.type(LIMITS, Exemple="tout neuf")
    place.type(ROLES, Exemple="tout neuf")
    yield place


@pytest.mark.apart("signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_or_a_polite_kill_ends_the_run_after_the_edit_in_flight(
    slow: FolderPlace, environment: dict[str, str], how: int
) -> None:
    command = [str(Path(sys.executable).parent / "capitalise"), "-C", str(slow.folder), "run", "ingredients", "--yes"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    for line in process.stderr:
        if "✓ #1" in line:
            os.kill(process.pid, how)
            break
    begun = time.monotonic()
    out, err = process.communicate(timeout=25)
    assert time.monotonic() - begun < 20
    assert process.returncode == 5, err
    assert "même commande" in err
    written = [t for t in (LIMITS, ROLES) if "tout neuf" in slow.text(t)]
    assert len(written) == 1
    rows = {t: slow.row(t)["revision"] for t in (LIMITS, ROLES)}
    plan = slow.plan()
    assert [c["title"] for c in plan["changes"] if c["wiki"]] == [t for t in (LIMITS, ROLES) if t not in written]
    assert rows[written[0]] != "1"
    assert " undo 2" in out


def test_two_runs_of_one_workspace_do_not_run_over_each_other(slow: FolderPlace, capitalise: Cli) -> None:
    locks = slow.folder / ".capitalise"
    with alone(locks, {"communs": "communs"}):
        said = capitalise(slow.folder, "run", "ingredients", "--yes", code=1).stderr
        assert "communs" in said
        assert "Un autre passage" in said
    assert "tout neuf" not in slow.text(LIMITS) + slow.text(ROLES)
    with alone(locks, {str((slow.folder / "ingredients.csv").resolve()): "la feuille"}):
        assert "ingredients.csv" in capitalise(slow.folder, "run", "ingredients", "--yes", code=1).stderr
    with alone(locks, {"movilab": "movilab"}):
        capitalise(slow.folder, "run", "ingredients", "--yes", "--page", LIMITS)
    assert "tout neuf" in slow.text(LIMITS)


def test_the_history_of_one_run_is_read_from_when_it_began(place: FolderPlace | WikiPlace, capitalise: Cli) -> None:
    place.type(LIMITS, Exemple="tout neuf")
    run = place.run()["run"]
    capitalise(place.folder, "undo", run, "--yes")
    assert "tout neuf" not in place.text(LIMITS)


def test_undoing_an_undo(place: FolderPlace | WikiPlace, capitalise: Cli) -> None:
    place.type(LIMITS, Exemple="tout neuf")
    place.type("Une page neuve", Étape="1 - Qualifier la ressource et ses besoins")
    run = place.run()["run"]
    set_wiki(place, 'deletion_notice = "{{Supprimer}}"')
    before = place.text(LIMITS), place.text("Une page neuve")
    first = json.loads(capitalise(place.folder, "undo", run, "--yes", "--json").stdout)["run"]
    assert place.text("Une page neuve").startswith("{{Supprimer}}")
    assert "tout neuf" not in place.text(LIMITS)
    capitalise(place.folder, "undo", first, "--yes")
    assert (place.text(LIMITS), place.text("Une page neuve")) == before
