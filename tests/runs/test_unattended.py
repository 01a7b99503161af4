"""Bots that run by themselves: ceilings, log, run page, watchdog, and what they need around them."""

from __future__ import annotations

import html
import http.server
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.errors import SheetError
from capitalise.messages import N_
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef, SheetChange
from capitalise.runs.apply import PageOutcome, RunReport, Status
from capitalise.runs.ceilings import Ceilings, held
from capitalise.runs.locks import alone as locked
from capitalise.runs.run_page import RunPage, plan_run_page
from capitalise.sheets.file import SheetFile
from capitalise.web.ping import ping
from capitalise.wikis.credentials import Credentials, find_credentials
from capitalise.wikis.folder import FolderWiki
from capitalise.wikitext.plain import plain_text
from capitalise.wikitext.regions import find_region
from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import TITLES, FolderPlace, WikiPlace
from tests.runs.test_etiquette import name_operator

LIMITS, ROLES = "Délimiter le périmètre de la ressource", "Décrire les rôles"
PAGE = "Passages du robot"
RUN = "20261122T0148-k3f9"


def alone(place: FolderPlace | WikiPlace, more: str = "") -> None:
    bot = place.folder / "bots" / "ingredients.toml"
    bot.write_text(f"{bot.read_text('utf-8')}\nunattended = true\nquiet_minutes = 0\n{more}\n", "utf-8")


def night(place: FolderPlace | WikiPlace, *more: str, code: int = 0) -> list[dict[str, Any]]:
    """What the log says of a run that a timer started."""
    done = place.cli(place.folder, "run", "ingredients", "--log-format", "json", *more, code=code)
    return [json.loads(line) for line in done.stdout.splitlines()]


def events(lines: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == event]


# -- the log ----------------------------------------------------------------------------------


def test_a_timer_needs_no_yes_and_gets_a_line_for_each_edit(place: FolderPlace | WikiPlace, capitalise: Cli) -> None:
    place.type(LIMITS, Exemple="tout neuf")
    capitalise(place.folder, "run", "ingredients", code=2)  # a bot that does not run by itself asks
    alone(place)
    old = place.row(LIMITS)["revision"].partition("#")[0]
    lines = night(place)
    (edit,) = events(lines, "edit")
    assert (edit["wiki"], edit["page"], str(edit["old"])) == ("communs", LIMITS, old)
    assert str(edit["new"]) == place.row(LIMITS)["revision"].partition("#")[0]
    assert edit["run"] == place.history()[0]["run"]
    assert edit["time"] and edit["status"] == "done"
    (end,) = events(lines, "end")
    assert (end["written"], end["exit"]) == (1, 0)
    assert events(night(place), "end")[0]["written"] == 0


def test_the_log_as_text_is_one_line_an_event(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place)
    place.type(LIMITS, Exemple="tout neuf")
    edit, end = capitalise(place.folder, "run", "ingredients").stdout.splitlines()
    assert f'page="{LIMITS}"' in edit
    assert " edit ingredients wiki=communs" in edit
    assert "written=1" in end


def test_what_waits_for_somebody_is_in_the_log(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place)
    place.type(LIMITS, Exemple="de la feuille")
    place.edit(LIMITS, place.text(LIMITS).replace("Le four à pain de Brindezingue", "du wiki"))
    (waits,) = events(night(place, code=3), "waits")
    assert (waits["rule"], waits["page"], waits["field"]) == ("conflict", LIMITS, "Exemple")


# -- ceilings ---------------------------------------------------------------------------------


def plan(changed: int, created: int, seen: int) -> Plan:
    pages = [PageChange("communs", f"P{n}", int(n < changed), "", "x", "") for n in range(changed + created)]
    return Plan("b", RUN, datetime.now(UTC), tuple(pages), seen=seen)


@pytest.mark.parametrize(
    ("changed", "created", "seen", "beyond"),
    [
        (5, 0, 100, ""),
        (6, 0, 100, "most_edits"),
        (3, 3, 100, "most_edits"),
        (1, 3, 100, "most_creations"),
        (5, 0, 10, ""),
        (4, 0, 7, ""),
        (5, 0, 9, ""),
        (4, 0, 11, ""),
        (5, 0, 11, ""),
    ],
)
def test_ceilings(changed: int, created: int, seen: int, beyond: str) -> None:
    found = held(plan(changed, created, seen), Ceilings(5, 2, 0.5))
    assert bool(found.findings) == bool(beyond)
    assert bool(found.pages) != bool(beyond)
    assert beyond in str([f.message for f in found.findings])


def test_the_share_counts_from_ten_pages_on() -> None:
    assert held(plan(6, 0, 10), Ceilings(99, 2, 0.5)).findings
    assert not held(plan(9, 0, 9), Ceilings(99, 2, 0.5)).findings
    assert not held(plan(0, 0, 0), Ceilings(0, 0, 0.1)).findings


def test_beyond_a_ceiling_nothing_is_written_and_a_person_is_asked(place: FolderPlace | WikiPlace) -> None:
    alone(place, f'most_edits = 1\nrun_page = "{PAGE}"')
    night(place)
    place.type(LIMITS, Exemple="tout neuf")
    place.type(ROLES, Exemple="tout neuf")
    lines = night(place, code=3)
    assert [w["rule"] for w in events(lines, "waits")] == ["ceiling"]
    assert "tout neuf" not in place.text(LIMITS) + place.text(ROLES)
    assert place.row(LIMITS)["Exemple"] == "tout neuf"
    assert "most_edits &#61; 1" in place.text(PAGE)
    assert len(events(night(place, code=3), "edit")) == 0  # said already


# -- the run page -----------------------------------------------------------------------------


def test_the_run_page_says_what_was_done_and_what_waits(place: FolderPlace | WikiPlace, capitalise: Cli) -> None:
    settings = place.folder / "capitalise.toml"
    name_operator(settings)
    alone(place, f'run_page = "{PAGE}"')
    night(place)
    first = place.text(PAGE)
    assert "Rien n'a été écrit" in first
    assert "[[Utilisateur:Camille]]" in first
    assert "8 jours" in first
    assert len(events(night(place), "edit")) == 0
    assert place.text(PAGE) == first  # nothing happened, and it is not a week ago
    place.type(LIMITS, Exemple="tout neuf")
    run = events(night(place), "edit")[0]["run"]
    assert f"[[:{LIMITS}]]" in place.text(PAGE)
    assert plain_text(run) in place.text(PAGE)
    place.type(ROLES, Exemple="de la feuille")
    place.edit(ROLES, place.text(ROLES).replace("\n}}", "\n|exemple=du wiki\n}}"))
    night(place, code=3)
    waiting = place.text(PAGE).partition("Attend quelqu")[2]
    assert f"[[:{ROLES}]]" in waiting
    assert "Exemple" in waiting


def test_words_of_a_person_on_the_run_page_stay(place: FolderPlace | WikiPlace) -> None:
    alone(place, f'run_page = "{PAGE}"')
    night(place)
    touched = place.text(PAGE).replace("=== Fait ===", "=== Fait ===\nMerci, robot !") + "\n\nCamille suit cette page."
    place.edit(PAGE, touched)
    place.type(LIMITS, Exemple="tout neuf")
    for _night in range(2):  # and it is said as long as it is so
        lines = night(place, code=3)
        assert [w["rule"] for w in events(lines, "waits")] == ["run-page"]
    assert place.text(PAGE) == touched


def test_a_run_page_that_exists_gets_no_marks(place: FolderPlace | WikiPlace) -> None:
    place.edit(PAGE, "Une page de Camille.")
    alone(place, f'run_page = "{PAGE}"')
    (waits,) = events(night(place, code=3), "waits")
    marks = waits["why"].split("\n")[1:]
    assert place.text(PAGE) == "Une page de Camille."
    place.edit(PAGE, "Une page de Camille.\n" + "\n".join(marks) + "\nSuite.")
    night(place)
    assert "Dernières nouvelles" in place.text(PAGE)
    assert place.text(PAGE).startswith("Une page de Camille.")
    place.edit(PAGE, "Une page de Camille.\n" + "\n".join(marks) + "\nSuite.")
    night(place)  # an empty place is an invitation, every time
    assert "Dernières nouvelles" in place.text(PAGE)


def test_a_person_who_takes_the_run_page_back_is_heard(place: FolderPlace | WikiPlace) -> None:
    alone(place, f'run_page = "{PAGE}"')
    night(place)
    before = place.text(PAGE)
    place.type(LIMITS, Exemple="tout neuf")
    night(place)
    place.type(LIMITS, Exemple="encore plus neuf")
    night(place)
    place.edit(PAGE, before)  # a rollback takes back several edits at once
    place.type(LIMITS, Exemple="encore neuf")
    (waits,) = events(night(place, code=3), "waits")
    assert "annulé" in waits["why"]
    assert place.text(PAGE) == before


def test_a_run_page_that_was_deleted_is_not_made_again(place: FolderPlace | WikiPlace) -> None:
    alone(place, f'run_page = "{PAGE}"')
    night(place)
    place.delete(PAGE)
    place.type(LIMITS, Exemple="tout neuf")
    (waits,) = events(night(place, code=3), "waits")
    assert "supprimée" in waits["why"]
    assert place.text(PAGE) == ""


@pytest.mark.mediawiki
def test_a_run_page_under_another_of_its_names(farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli) -> None:
    place = WikiPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place, 'run_page = "User:robot/passages"')
    (edit,) = events(night(place), "edit")
    assert edit["page"] == "Utilisateur:Robot/passages"
    assert events(night(place), "edit") == []  # it does not tell of itself
    bot = place.folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8").replace("User:robot/passages", "user:Robot/Stop"), "utf-8")
    (waits,) = events(night(place, code=3), "waits")
    assert "run_page" in waits["why"]
    place.close()


def test_a_sheet_that_goes_away_during_the_run_leaves_no_stub(tmp_path: Path) -> None:
    at = RowRef("f.csv", 2, "Jardin")
    with pytest.raises(SheetError):
        SheetFile(tmp_path / "f.csv", "f.csv").commit([SheetChange(at, "revision", "1", "2")])
    assert not (tmp_path / "f.csv").exists()


def test_the_locks_of_a_shared_workspace_are_shared(tmp_path: Path) -> None:
    tmp_path.chmod(0o2775)
    with locked(tmp_path / ".capitalise", {"communs": "communs"}):
        (lock,) = (tmp_path / ".capitalise").glob("*.lock")
        assert lock.stat().st_mode & 0o777 == 0o664
        assert (tmp_path / ".capitalise").stat().st_mode & 0o7777 == 0o2775


def test_a_run_that_was_killed_is_told_by_the_next(place: FolderPlace | WikiPlace, capitalise: Cli) -> None:
    """What was done is read from the wiki: here, by a run that an editor made meanwhile."""
    alone(place, f'run_page = "{PAGE}"')
    night(place)
    place.type(LIMITS, Exemple="tout neuf")
    bot = place.folder / "bots" / "ingredients.toml"
    by_night = bot.read_text("utf-8")
    bot.write_text(by_night.replace("unattended = true", ""), "utf-8")
    run = place.run()["run"]
    bot.write_text(by_night, "utf-8")
    night(place)
    assert f"[[:{LIMITS}]]" in place.text(PAGE)
    assert plain_text(run) in place.text(PAGE)
    capitalise(place.folder, "undo", run, "--yes")
    assert plain_text(run) in place.text(PAGE)  # it says what happened


def test_a_sheet_that_is_gone_is_not_made_anew_at_night(place: FolderPlace | WikiPlace, capitalise: Cli) -> None:
    """What waited in it would be gone in silence."""
    alone(place)
    (place.folder / "ingredients.csv").unlink()
    said = capitalise(place.folder, "run", "ingredients", code=1).stdout
    assert "ingredients.csv~" in said
    assert not (place.folder / "ingredients.csv").exists()
    bot = place.folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8").replace("unattended = true", ""), "utf-8")
    place.run()


def test_a_sheet_whose_words_all_give_way_is_a_persons_business(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place)
    before = place.rows()
    for title in TITLES:
        text = place.text(title)
        place.edit(
            title,
            text.replace("|étape=", "|étape=6 - Transmettre et essaimer<!-- ").replace(
                "|description=", "--> |description=v"
            ),
        )
    (waits,) = [w for w in events(night(place, code=3), "waits") if w["rule"] == "ceiling"]
    assert "13" in waits["why"]
    assert place.rows() == before


def shown(values: Mapping[str, Any]) -> str:
    return f"{values['deadline']} {values['waiting']}"


def report(*outcomes: PageOutcome) -> RunReport:
    return RunReport(outcomes, 0, ())


def test_a_quiet_week_still_gives_a_sign_of_life(tmp_path: Path) -> None:
    class Earlier(datetime):
        back = timedelta(days=7)

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) - cls.back

    page, left = RunPage(PAGE, 7, "Camille", "fr"), Plan("b", RUN, datetime.now(UTC))
    for title in ("Un", "Deux"):
        (tmp_path / f"{title}.wiki").write_text("x", "utf-8")
    wiki = FolderWiki("communs", tmp_path, clock=Earlier)
    found = plan_run_page(page, wiki, left, None, shown)
    assert isinstance(found, PageChange)
    from capitalise.pages.revisions import Edit

    wiki.commit(Edit(found.title, 0, found.new, "x", wiki.now()))
    assert plan_run_page(page, wiki, left, None, shown) is None
    Earlier.back = timedelta()
    assert plan_run_page(page, wiki, left, None, shown) is not None


def test_what_waits_and_what_failed_is_on_the_page_and_harmless(tmp_path: Path) -> None:
    wiki = FolderWiki("communs", tmp_path)
    nasty = "}} [[Catégorie:Piège]] <script> ~~~~ {{Supprimer}} <!-- b"
    left = Plan("b", RUN, datetime.now(UTC), conflicts=(Conflict("communs", "A", nasty, 0, "", ""),))
    left = replace(
        left, findings=(Finding("f", N_("%(x)s", x=nasty), "communs", "B"), Finding("f", N_("x"), "", nasty))
    )
    change = PageChange("communs", "C", 1, "", "", "")
    done = report(PageOutcome(change, 1, Status.SKIPPED, reason=N_("%(x)s", x=nasty)))
    from capitalise.exports.templates import render_template

    found = plan_run_page(
        RunPage(PAGE, 7, "Camille", "fr"),
        wiki,
        left,
        done,
        lambda v: render_template("run.wiki.jinja", None, "fr", **v),
    )
    assert isinstance(found, PageChange)
    for title in "ABC":
        assert f"[[:{title}]]" in found.new
    assert find_region(found.new, "b-passages")
    for bad in ("[[Catégorie:Piège", "<script>", "~~~~", "{{Supprimer"):
        assert bad not in found.new


@pytest.mark.mediawiki
def test_the_run_page_turns_red_by_itself(farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli) -> None:
    place = WikiPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place, f'run_page = "{PAGE}"')
    night(place)

    def seen(text: str) -> str:
        answer = place.camille.http.get(
            place.camille.api, params={"action": "parse", "text": text, "contentmodel": "wikitext", "format": "json"}
        ).json()
        return str(answer["parse"]["text"]["*"])

    now = place.text(PAGE)
    assert 'class="error"' not in seen(now)
    assert "8 jours" in seen(now)
    deadline = now.split(" > ")[1][:14]
    late = seen(now.replace(deadline, "20200101000000"))
    assert 'class="error"' in late
    assert "Le robot est arrêté" in late
    place.close()


@given(st.text(max_size=200))
def test_plain_text_holds_nothing_that_a_wiki_reads(text: str) -> None:
    plain = plain_text(text)
    assert not set(plain) & set("<>[]{}|~=")
    assert not any(mark in plain for mark in ("''", "__", "://"))
    assert not plain.startswith(tuple("*#:;!-"))
    assert (
        re.sub("&#(\\d+);", lambda found: chr(int(found[1])), plain) == re.sub(r"[^\S\u00a0\u202f]+", " ", text).strip()
    )


@pytest.mark.mediawiki
def test_plain_text_is_shown_as_it_is(farm: mediawiki.Farm) -> None:
    nasty = "* '''gras''' [[A|b]] {{x|y=z}} <b>c</b> ~~~~ __TOC__ <!-- d --> https://exemple.org &amp; <nowiki>e</nowiki> # f"
    camille = Person("communs")
    data = {"action": "parse", "text": f"* {plain_text(nasty)}", "contentmodel": "wikitext", "format": "json", "pst": 1}
    page = camille.http.post(camille.api, data=data).json()["parse"]["text"]["*"]
    camille.close()
    shown = html.unescape(re.sub("<[^>]*>", "", page.split("<li>")[1].split("</li>")[0]))
    assert shown == nasty
    assert "<a" not in page


# -- the watchdog -----------------------------------------------------------------------------


@pytest.fixture
def watchdog() -> Iterator[tuple[str, list[str]]]:
    """An address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/b1d3c0de", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_watchdog_hears_of_every_night(tmp_path: Path, capitalise: Cli, watchdog: tuple[str, list[str]]) -> None:
    address, asked = watchdog
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place, f'ping = "{address}"')
    night(place)
    assert asked == ["/b1d3c0de"]
    (place.folder / "ingredients.csv").write_bytes(b"\xff\xfe\x00rien")
    done = place.cli(place.folder, "run", "ingredients", code=1)
    assert asked == ["/b1d3c0de", "/b1d3c0de/fail"]
    assert " error " in done.stdout
    assert "b1d3c0de" not in done.stdout + done.stderr


def test_a_watchdog_that_is_away_is_no_reason_to_fail(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place, 'ping = "http://127.0.0.1:9/b1d3c0de"')
    lines = night(place)
    assert "ping" in events(lines, "ping")[0]["why"]
    assert events(lines, "end")[0]["exit"] == 0
    assert "b1d3c0de" not in json.dumps(lines)


def test_a_stopped_bot_tells_the_watchdog(tmp_path: Path, capitalise: Cli, watchdog: tuple[str, list[str]]) -> None:
    address, asked = watchdog
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place, f'ping = "{address}"')
    (place.folder / "wiki" / "Utilisateur%3Acapitalise%2FStop.wiki").write_text("assez", "utf-8")
    assert " stopped " in place.cli(place.folder, "run", "ingredients", code=5).stdout
    assert asked == ["/b1d3c0de/fail"]


def test_a_failure_is_told_behind_the_path_not_behind_the_question(watchdog: tuple[str, list[str]]) -> None:
    address, asked = watchdog
    assert ping(address + "?create=1", "tests", failed=True) is None
    assert ping(address + "/", "tests", failed=False) is None
    assert asked == ["/b1d3c0de/fail?create=1", "/b1d3c0de"]


# -- around it --------------------------------------------------------------------------------


def test_a_page_that_somebody_is_editing_waits_for_the_next_night(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    alone(place, "")
    bot = place.folder / "bots" / "ingredients.toml"
    bot.write_text(bot.read_text("utf-8").replace("quiet_minutes = 0", "quiet_minutes = 10"), "utf-8")
    place.edit(LIMITS, place.text(LIMITS) + "\n\nCamille écrit encore.")
    place.type(LIMITS, Exemple="tout neuf")
    (skip,) = events(night(place, code=3), "skip")
    assert (skip["page"], "prochain passage" in skip["why"]) == (LIMITS, True)
    assert "tout neuf" not in place.text(LIMITS)
    assert place.row(LIMITS)["Exemple"] == "tout neuf"


def test_a_trial_is_thirty_pages_a_minute_apart(tmp_path: Path, capitalise: Cli) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    place.run()
    for title in TITLES[:3]:
        place.type(title, Exemple="tout neuf")
    said = capitalise(place.folder, "run", "ingredients", "--trial", code=2).stderr
    assert "2 minutes" in said


def test_systemd_hands_the_account_over_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    file.write_text('[communs]\nuser = "Robot@nuit"\npassword = "x"\n', "utf-8")
    file.chmod(0o440)  # as systemd shows it where it uses access lists
    found = find_credentials("communs", {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert found == Credentials("Robot@nuit", "x")
    assert find_credentials("movilab", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) is None


@pytest.mark.mediawiki
def test_the_bots_page_and_its_request_are_ready_to_be_pasted(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli
) -> None:
    place = WikiPlace(tmp_path / "kit", capitalise)
    assert "operator" in capitalise(place.folder, "bot-page", "communs", code=2).stderr
    settings = place.folder / "capitalise.toml"
    name_operator(settings)
    text = capitalise(place.folder, "bot-page", "communs").stdout
    for word in (
        "[[Utilisateur:Camille]]",
        "[[:Utilisateur:Robot/Stop]]",
        "200 modifications",
        "--trial",
        "GPL",
        "~~~~",
    ):
        assert word in text
    camille = Person("communs")
    camille.edit("Utilisateur:Robot", text)
    assert "dresseur" in text.lower()
    camille.close()
    place.close()


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("most_edits = 1.5", "most_edits"),
        ("most_edits = -1", "most_edits"),
        ("largest_share = 30", "largest_share"),
        ("run_page_days = 0", "run_page_days"),
        ('run_page = "a[b"', "run_page"),
        ('ping = "hc-ping.com/x"', "ping"),
        ('ping = "http://[::1"', "ping"),
        ("unatended = true", "unattended"),
        ('unattended = "oui"', "unattended"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, capitalise: Cli, line: str, key: str) -> None:
    place = FolderPlace(tmp_path / "kit", capitalise)
    bot = place.folder / "bots" / "ingredients.toml"
    bot.write_text(f"{bot.read_text('utf-8')}\n{line}\n", "utf-8")
    assert f"« {key} »" in capitalise(place.folder, "plan", "ingredients", code=2).stderr
