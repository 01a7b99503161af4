"""What goes wrong between us and a wiki: lost answers, people at the same moment, busy servers, lost sessions.

The wiki is a real one; what a real one will not do on request is played by `responses`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter

from capitalise.errors import Busy, Refused, Skip, Stale, Stop, StoppedByPerson, Unclear, Unexpected, WikiError
from capitalise.messages import N_
from capitalise.pages.revisions import Edit
from capitalise.plans.model import PageChange, Plan, RowRef, SheetChange
from capitalise.plans.run_ids import summary_with
from capitalise.runs.apply import RunReport, Status, apply_plan
from capitalise.runs.etiquette import Etiquette
from capitalise.runs.writer import Writer
from capitalise.sheets.file import SheetFile
from capitalise.wikis.api import Api
from capitalise.wikis.credentials import Credentials
from capitalise.wikis.mediawiki import MediaWiki
from tests.conftest import FakeClock
from tests.mediawiki import farm as mediawiki
from tests.people import Person

RUN = "20261122T0148-k3f9"
TEXT = "{{Ingrédient\n|étape=1\n|description=avant\n}}\n\nfin"


@pytest.fixture
def robot(farm: mediawiki.Farm, clock: FakeClock) -> Iterator[MediaWiki]:
    wiki = MediaWiki("communs", Api(mediawiki.address("communs"), "tests", clock, Credentials(*mediawiki.BOT)))
    yield wiki
    wiki.api.http.close()


@pytest.fixture
def camille(robot: MediaWiki) -> Iterator[Person]:
    person = Person("communs")
    yield person
    person.close()


def edit(title: str, base: int, text: str, number: int = 1, since: datetime | None = None) -> Edit:
    return Edit(title, base, text, summary_with("essai", RUN, number), since or datetime.now(UTC))


def plan(*changes: PageChange) -> Plan:
    return Plan("essai", RUN, datetime.now(UTC), changes)


def change(title: str, base: int, old: str, new: str) -> PageChange:
    return PageChange("communs", title, base, old, new, "essai")


def applied(robot: MediaWiki, clock: FakeClock, *changes: PageChange, interval: float = 0.0) -> RunReport:
    return apply_plan(plan(*changes), {"communs": robot}, {}, clock, {"communs": Etiquette(interval)})


class LosesAnswers(HTTPAdapter):
    """Sends edits on their way, then drops the answer (`after`) or the request itself (`before`)."""

    def __init__(self, before: int = 0, after: int = 0) -> None:
        super().__init__()
        self.before, self.after, self.sent = before, after, 0
        self.then: Callable[[], object] = lambda: None

    def send(self, request, *args, **kwargs):  # type: ignore[no-untyped-def]
        if "action=edit" not in str(request.body):
            return super().send(request, *args, **kwargs)
        if self.before:
            self.before -= 1
            raise requests.ConnectionError("cut before")
        self.sent += 1
        answer = super().send(request, *args, **kwargs)
        if self.after:
            self.after -= 1
            self.then()
            raise requests.ReadTimeout("cut after")
        return answer


def lose(robot: MediaWiki, **how: int) -> LosesAnswers:
    adapter = LosesAnswers(**how)
    robot.api.http.mount("http://", adapter)
    return adapter


# -- lost answers -----------------------------------------------------------------------------


@pytest.mark.mediawiki
def test_an_edit_whose_answer_was_lost_is_found_and_not_sent_again(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    base = camille.edit("Jardin", TEXT)
    lost = lose(robot, after=1)
    receipt = Writer(robot, clock).commit(edit("Jardin", base, TEXT.replace("avant", "après")))
    assert receipt.revision == camille.head("Jardin")
    assert lost.sent == 1
    assert [r.user for r in robot.history("Jardin")] == ["Camille", "Robot"]


@pytest.mark.mediawiki
def test_a_creation_whose_answer_was_lost_is_found(robot: MediaWiki, camille: Person, clock: FakeClock) -> None:
    lost = lose(robot, after=1)
    receipt = Writer(robot, clock).commit(edit("Jardin", 0, TEXT))
    assert receipt.revision == camille.head("Jardin")
    assert lost.sent == 1


@pytest.mark.mediawiki
def test_an_edit_that_never_arrived_is_sent_again_after_a_minute_of_looking(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    base = camille.edit("Jardin", TEXT)
    lost = lose(robot, before=1)
    Writer(robot, clock).commit(edit("Jardin", base, TEXT.replace("avant", "après")))
    assert lost.sent == 1
    assert clock.waited >= 60
    assert "après" in camille.text("Jardin")


@pytest.mark.mediawiki
def test_an_edit_that_never_arrived_is_not_sent_over_a_person(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    base = camille.edit("Jardin", TEXT)
    lost = lose(robot, before=1)
    clock.during = lambda: camille.edit("Jardin", "de Camille") and None  # type: ignore[func-returns-value]
    with pytest.raises(Stale):
        Writer(robot, clock).commit(edit("Jardin", base, TEXT.replace("avant", "après")))
    assert lost.sent == 0
    assert camille.text("Jardin") == "de Camille"


@pytest.mark.mediawiki
def test_an_edit_found_under_a_persons_later_edit_is_done(robot: MediaWiki, camille: Person, clock: FakeClock) -> None:
    base = camille.edit("Jardin", TEXT)
    lost = lose(robot, after=1)
    lost.then = lambda: camille.edit("Jardin", camille.text("Jardin") + " suite")
    receipt = Writer(robot, clock).commit(edit("Jardin", base, TEXT.replace("avant", "après")))
    assert robot.revisions([receipt.revision])[receipt.revision].user == "Robot"
    assert camille.text("Jardin").endswith("suite")


# -- people at the same moment ----------------------------------------------------------------


def meanwhile(clock: FakeClock, act: Callable[[], object]) -> None:
    """Somebody acts once, after the preflight and just before the edit: while we wait our turn."""

    def once() -> None:
        clock.during = lambda: None
        act()

    clock.during = once


@pytest.mark.mediawiki
@pytest.mark.parametrize("diff3", [True, False])
def test_a_person_elsewhere_on_the_page_at_the_same_moment(
    robot: MediaWiki, camille: Person, clock: FakeClock, farm: mediawiki.Farm, diff3: bool
) -> None:
    """With diff3 the wiki merges silently, without it refuses; either way Camille's words stand."""
    if not diff3:
        farm.trouble("communs", diff3="/nonexistent")
    first, other = camille.edit("Accueil du jardin", "x"), camille.edit("Jardin", TEXT)
    meanwhile(clock, lambda: camille.edit("Jardin", TEXT + "\n\nde Camille"))
    report = applied(
        robot,
        clock,
        change("Accueil du jardin", first, "x", "y"),
        change("Jardin", other, TEXT, TEXT.replace("avant", "après")),
        interval=5,
    )
    assert camille.text("Jardin").endswith("de Camille")
    assert report.pages[1].status is (Status.MERGED if diff3 else Status.STALE)
    assert ("après" in camille.text("Jardin")) == diff3


@pytest.mark.mediawiki
def test_a_row_whose_page_the_wiki_merged_keeps_its_number(
    robot: MediaWiki, camille: Person, clock: FakeClock, tmp_path: Path
) -> None:
    """Its other cells have not seen what Camille wrote: with the new number the next run would delete it."""
    first, base = camille.edit("Accueil du jardin", "x"), camille.edit("Jardin", TEXT)
    path = tmp_path / "f.csv"
    path.write_text(f"Titre;revision\nJardin;{base}\n", "utf-8")
    at = RowRef("f.csv", 2, "Jardin")
    meanwhile(clock, lambda: camille.edit("Jardin", TEXT + "\n\nde Camille"))
    changes = (
        change("Accueil du jardin", first, "x", "y"),
        replace(change("Jardin", base, TEXT, TEXT.replace("avant", "après")), rows=(at,)),
    )
    made = replace(plan(*changes), cells=(SheetChange(at, "revision", str(base), None),))
    report = apply_plan(
        made, {"communs": robot}, {"f.csv": SheetFile(path, "f.csv")}, clock, {"communs": Etiquette(5.0)}
    )
    assert report.pages[1].status is Status.MERGED
    assert path.read_text("utf-8") == f"Titre;revision\nJardin;{base}\n"


@pytest.mark.mediawiki
def test_a_merge_by_the_wiki_that_doubles_a_value_is_taken_back(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    """Camille adds |étape=2 at one end of the call, we add |étape=1 at the other: the wiki keeps both."""
    text = "{{Ingrédient\n|a=1\n|b=2\n|c=3\n|d=4\n|e=5\n}}"
    first, base = camille.edit("Accueil du jardin", "x"), camille.edit("Jardin", text)
    theirs = text.replace("{{Ingrédient\n", "{{Ingrédient\n|étape=2\n")
    meanwhile(clock, lambda: camille.edit("Jardin", theirs))
    report = applied(
        robot,
        clock,
        change("Accueil du jardin", first, "x", "y"),
        change("Jardin", base, text, text.replace("\n}}", "\n|étape=1\n}}")),
        interval=5,
    )
    assert camille.text("Jardin") == theirs
    assert report.pages[1].status is Status.UNDONE
    assert [f.rule for f in report.findings] == ["save-broken"]


@pytest.mark.mediawiki
def test_a_text_that_somebody_saved_at_the_same_moment_has_their_number(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    """The row goes on from the revision that holds the text, not from the one before."""
    ours = TEXT.replace("avant", "après")
    first, base = camille.edit("Accueil du jardin", "x"), camille.edit("Jardin", TEXT)
    theirs: list[int] = []
    meanwhile(clock, lambda: theirs.append(camille.edit("Jardin", ours)))
    changes = change("Accueil du jardin", first, "x", "y"), change("Jardin", base, TEXT, ours)
    report = applied(robot, clock, *changes, interval=5)
    assert (report.pages[1].status, report.pages[1].revision) == (Status.DONE, theirs[0])


@pytest.mark.mediawiki
def test_a_page_changed_after_the_plan_is_found_before_the_first_edit(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    """Even a revert, which `baserevid` does not see."""
    base = camille.edit("Jardin", TEXT)
    ours = TEXT.replace("avant", "après")
    assert applied(robot, clock, change("Jardin", base, TEXT, ours)).pages[0].status is Status.DONE
    camille.edit("Jardin", TEXT)
    assert applied(robot, clock, change("Jardin", base, TEXT, ours)).pages[0].status is Status.STALE
    assert camille.text("Jardin") == TEXT


@pytest.mark.mediawiki
def test_a_revert_while_a_long_run_goes_on_is_seen_within_a_minute(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    ours = TEXT.replace("avant", "après")
    base = camille.edit("Jardin", TEXT)
    applied(robot, clock, change("Jardin", base, TEXT, ours))
    first = camille.edit("Accueil du jardin", "x")
    head = camille.head("Jardin")
    meanwhile(clock, lambda: camille.edit("Jardin", TEXT))
    again = ours.replace("fin", "fin.")
    report = applied(
        robot, clock, change("Accueil du jardin", first, "x", "y"), change("Jardin", head, ours, again), interval=61
    )
    assert report.pages[1].status is Status.STALE
    assert camille.text("Jardin") == TEXT


@pytest.mark.mediawiki
def test_a_page_protected_or_moved_in_between_is_still_ours_to_edit(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    """A null revision (here: a protection that lets us through) is nobody's edit."""
    first, base = camille.edit("Accueil du jardin", "x"), camille.edit("Jardin", TEXT)
    admin = Person("communs", "Admin")
    meanwhile(clock, lambda: admin.act("protect", title="Jardin", protections="move=sysop"))
    report = applied(
        robot,
        clock,
        change("Accueil du jardin", first, "x", "y"),
        change("Jardin", base, TEXT, TEXT.replace("avant", "après")),
        interval=5,
    )
    admin.close()
    assert report.pages[1].status is Status.DONE
    assert report.findings == ()


@pytest.mark.mediawiki
def test_a_protected_page_is_skipped_with_the_wikis_reason_and_the_run_goes_on(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    one, two = camille.edit("Jardin", TEXT), camille.edit("Potager", TEXT)
    admin = Person("communs", "Admin")
    admin.act("protect", title="Jardin", protections="edit=sysop")
    one = camille.head("Jardin")
    report = applied(robot, clock, change("Jardin", one, TEXT, "x"), change("Potager", two, TEXT, "y"))
    admin.close()
    assert [o.status for o in report.pages] == [Status.SKIPPED, Status.DONE]
    assert "protected" in str(report.pages[0].reason)


@pytest.mark.mediawiki
def test_a_blocked_account_stops_the_run_at_once(robot: MediaWiki, camille: Person, clock: FakeClock) -> None:
    one, two = camille.edit("Jardin", TEXT), camille.edit("Potager", TEXT)
    admin = Person("communs", "Admin")
    admin.act("block", user="Robot", expiry="never")
    admin.close()
    report = applied(robot, clock, change("Jardin", one, TEXT, "x"), change("Potager", two, TEXT, "y"))
    assert isinstance(report.error, Stop)
    assert [o.status for o in report.pages] == [Status.NOT_REACHED, Status.NOT_REACHED]


@pytest.mark.mediawiki
def test_a_wiki_that_goes_silent_after_the_edit_leaves_the_row_for_the_next_run(
    robot: MediaWiki, camille: Person, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is marked that was not read back; what was saved is in the report."""
    base = camille.edit("Jardin", TEXT)
    path = tmp_path / "f.csv"
    path.write_text(f"Titre;revision\nJardin;{base}\n", "utf-8")
    at = RowRef("f.csv", 2, "Jardin")
    made = plan(replace(change("Jardin", base, TEXT, TEXT.replace("avant", "après")), rows=(at,)))
    made = replace(made, cells=(SheetChange(at, "revision", str(base), None),))

    def silent(ids: object) -> None:
        raise WikiError(N_("%(wiki)s does not answer", wiki="x"))

    monkeypatch.setattr(robot, "revisions", silent)
    report = apply_plan(made, {"communs": robot}, {"f.csv": SheetFile(path, "f.csv")}, clock)
    assert isinstance(report.error, WikiError)
    assert report.pages[0].revision == camille.head("Jardin")
    assert path.read_text("utf-8") == f"Titre;revision\nJardin;{base}\n"


# -- busy servers, lost sessions --------------------------------------------------------------


@pytest.mark.mediawiki
def test_a_lagging_wiki_is_waited_for(robot: MediaWiki, farm: mediawiki.Farm, clock: FakeClock) -> None:
    farm.trouble("communs", maxlag=30)
    assert robot.heads(["Jardin"])["Jardin"].revision == 0
    assert clock.waited >= 5


@pytest.mark.mediawiki
def test_a_rate_limit_is_waited_out(robot: MediaWiki, camille: Person, farm: mediawiki.Farm, clock: FakeClock) -> None:
    base = camille.edit("Jardin", TEXT)
    farm.trouble("communs", limit=[0, 60])
    clock.during = lambda: farm.trouble("communs")
    writer = Writer(robot, clock)
    assert writer.commit(edit("Jardin", base, "x")).revision > base
    assert clock.waited >= 20
    assert writer.interval >= 5  # from now on


@pytest.mark.mediawiki
def test_a_wiki_that_stays_read_only_stops_the_run_with_its_reason(
    robot: MediaWiki, camille: Person, farm: mediawiki.Farm, clock: FakeClock
) -> None:
    base = camille.edit("Jardin", TEXT)
    farm.trouble("communs", readonly="Maintenance de la base")
    waits: list[float] = []
    clock.during = lambda: waits.append(clock.waited)
    with pytest.raises(Stop, match="Maintenance de la base"):
        Writer(robot, clock).commit(edit("Jardin", base, "x"))
    assert 450 < clock.waited <= 600
    assert len(waits) < 10  # each longer than the one before


def forget_sessions() -> None:
    mediawiki.forget("communs")


@pytest.mark.mediawiki
def test_a_lost_session_is_renewed_once(robot: MediaWiki, camille: Person, clock: FakeClock) -> None:
    base = camille.edit("Jardin", TEXT)
    forget_sessions()
    assert robot.commit(edit("Jardin", base, "x")).revision > base
    forget_sessions()
    assert robot.revisions([base])[base].text == TEXT


@pytest.mark.mediawiki
def test_the_session_is_kept_between_runs_in_a_private_file(
    robot: MediaWiki, clock: FakeClock, farm: mediawiki.Farm, tmp_path: Path
) -> None:
    kept = tmp_path / "session.json"
    for _run in range(2):
        wiki = MediaWiki(
            "communs", Api(mediawiki.address("communs"), "tests", clock, Credentials(*mediawiki.BOT), kept)
        )
        assert wiki.account().name == "Robot"
        wiki.api.http.close()
    assert kept.stat().st_mode & 0o077 == 0
    logins = [r for r in farm.requests("communs") if r["action"] == "login"]
    assert len(logins) == 2  # the fixture's own, and the first run's


@pytest.mark.mediawiki
def test_a_wrong_password_is_said_and_not_shown(farm: mediawiki.Farm, clock: FakeClock) -> None:
    password = "".join(["secret", "issime"])
    api = Api(mediawiki.address("communs"), "tests", clock, Credentials("Robot@capitalise", password))
    with pytest.raises(Stop) as error:
        MediaWiki("communs", api)
    api.http.close()
    assert "Robot@capitalise" in str(error.value)
    assert password not in "".join(traceback.format_exception(error.value)) + repr(api.credentials)


@pytest.mark.mediawiki
def test_fifty_titles_a_request_and_five_hundred_with_the_right(
    robot: MediaWiki, camille: Person, farm: mediawiki.Farm
) -> None:
    before = len(farm.requests("communs"))
    assert len(robot.heads([f"Page {n}" for n in range(600)])) == 600
    sent = farm.requests("communs")[before:]
    assert [r["items"] for r in sent] == [500, 100]
    assert sent[0]["method"] == "POST"  # as an address it would be too long for many servers
    assert all("bot" in str(r["agent"]) and "capitalise/" in str(r["agent"]) for r in sent)


@pytest.mark.mediawiki
def test_long_texts_are_all_read_however_the_wiki_cuts_its_answers(robot: MediaWiki, camille: Person) -> None:
    """Eight megabytes is what one answer holds: the rest comes by `continue`."""
    ids = [camille.edit(f"Grande {n}", f"{n} " + "x" * 1_900_000) for n in range(6)]
    found = robot.revisions(ids)
    assert sorted(found) == sorted(ids)
    assert {len(r.text or "") for r in found.values()} == {1_900_002}


# -- what a real server will not do on request ------------------------------------------------

ADDRESS = "https://wiki.example.org/w/api.php"
OK = {"query": {"pages": []}}


def api(clock: FakeClock) -> Api:
    made = Api(ADDRESS, "tests", clock)
    made.user = "Robot"
    made.token = "t+\\"
    return made


def calls(*answers: tuple[int, object, dict[str, str]]) -> None:
    for status, body, headers in answers:
        kind = {"body": body} if isinstance(body, str | Exception) else {"json": body}
        for method in (responses.GET, responses.POST):
            responses.add(method, ADDRESS, status=status, headers=headers, **kind)  # type: ignore[arg-type]


@responses.activate
@pytest.mark.parametrize(
    ("retry_after", "least"),
    [
        ("7", 7),
        ("7.5", 7.5),
        ((datetime.now(UTC) + timedelta(seconds=9)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 0),
        ("bientôt", 10),
        ("", 10),
    ],
    # The date is another in each of the suite's processes: it may not be a test's name.
    ids=["seconds", "fraction", "date", "nonsense", "empty"],
)
def test_retry_after_in_all_its_forms(clock: FakeClock, retry_after: str, least: float) -> None:
    calls((503, "<html>", {"Retry-After": retry_after}), (200, OK, {}))
    assert api(clock).call(action="query") == OK
    assert least <= clock.waited <= 60


@responses.activate
def test_too_many_requests_are_answered_by_patience_even_for_a_write(clock: FakeClock) -> None:
    """Then the page is looked at again: what was seen before the wait is old."""
    calls((429, "slow down", {"Retry-After": "3"}), (200, {"edit": {"result": "Success"}}, {}))
    with pytest.raises(Busy):
        api(clock).write(action="edit")
    assert clock.waited == 3


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        (502, "<html>Bad gateway", {}),
        (200, "<html>", {}),
        (200, '{"edit": {"resu', {}),
        (200, "[]", {}),
        (200, {"error": {"code": "internal_api_error_DBQueryError", "info": "x"}}, {}),
    ],
)
def test_a_write_without_a_clear_answer_is_unclear(
    clock: FakeClock, answer: tuple[int, object, dict[str, str]]
) -> None:
    calls(answer)
    with pytest.raises(Unclear):
        api(clock).write(action="edit")


@responses.activate
def test_a_dead_wiki_gets_one_sentence_in_bounded_time(clock: FakeClock) -> None:
    calls(*[(200, "<html>archive</html>", {})] * 9)
    with pytest.raises(WikiError, match="does not answer as a MediaWiki"):
        api(clock).call(action="query")
    assert clock.waited < 60


@responses.activate
def test_an_unknown_parameter_is_an_error_not_noise(clock: FakeClock) -> None:
    calls((200, {**OK, "warnings": {"main": {"warnings": "Unrecognized parameter: baserevid."}}}, {}))
    with pytest.raises(WikiError, match="baserevid"):
        api(clock).call(action="query")


@responses.activate
def test_a_bad_token_is_renewed_once(clock: FakeClock) -> None:
    bad = {"error": {"code": "badtoken", "info": "Invalid CSRF token."}}
    responses.add(responses.GET, ADDRESS, json={"query": {"tokens": {"csrftoken": "neuf"}}})
    responses.add(responses.POST, ADDRESS, json=bad)
    with pytest.raises(Refused):
        api(clock).write(action="edit")
    edits = [c for c in responses.calls if "action=edit" in str(c.request.body)]
    assert len(edits) == 2


def store(clock: FakeClock, answer: dict[str, object]) -> MediaWiki:
    """A wiki that is fine until the edit, which it answers with `answer`."""
    query = {
        "general": {},
        "namespaces": {},
        "tokens": {"csrftoken": "t"},
        "userinfo": {"id": 4, "name": "Robot", "rights": ["bot"]},
    }
    responses.add(responses.GET, ADDRESS, json={"curtimestamp": "2026-11-22T01:48:00Z", "query": query})
    responses.add(
        responses.GET,
        ADDRESS,
        json={"paraminfo": {"modules": [{"parameters": [{"name": "baserevid"}, {"name": "md5"}]}]}},
    )
    responses.add(responses.POST, ADDRESS, json=answer)
    return MediaWiki("communs", Api(ADDRESS, "tests", clock))


@responses.activate
def test_a_captcha_stops_the_run(clock: FakeClock) -> None:
    with pytest.raises(Stop, match="captcha"):
        store(clock, {"edit": {"result": "Failure", "captcha": {"type": "question"}}}).commit(edit("A", 1, "x"))


@responses.activate
@pytest.mark.parametrize(
    "code",
    ["abusefilter-warning", "abusefilter-disallowed", "spamblacklist", "titleblacklist-forbidden", "cascadeprotected"],
)
def test_a_filter_skips_the_page_and_is_never_insisted_upon(clock: FakeClock, code: str) -> None:
    with pytest.raises(Skip):
        store(clock, {"error": {"code": code, "info": "non"}}).commit(edit("A", 1, "x"))
    assert len([c for c in responses.calls if c.request.method == "POST"]) == 1


@responses.activate
def test_a_wiki_too_old_to_know_our_guard_is_not_written_to(clock: FakeClock) -> None:
    wiki = store(clock, {})
    responses.replace(responses.GET, ADDRESS, json={"paraminfo": {"modules": [{"parameters": [{"name": "text"}]}]}})
    with pytest.raises(WikiError, match="baserevid"):
        wiki.commit(edit("A", 1, "x"))
    assert not [c for c in responses.calls if c.request.method == "POST"]


@responses.activate
def test_an_answer_that_was_cut_without_the_rest_is_an_error_and_with_it_is_none(clock: FakeClock) -> None:
    cut = {**OK, "warnings": {"result": {"warnings": "This result was truncated because it would be larger than …"}}}
    calls((200, cut, {}))
    with pytest.raises(WikiError, match="truncated"):
        api(clock).call(action="query")
    responses.reset()
    calls((200, {**cut, "continue": {"gapcontinue": "B"}}, {}))
    assert api(clock).call(action="query")


@responses.activate
def test_trouble_inside_the_wiki_is_tried_again_a_few_times(clock: FakeClock) -> None:
    broken = {"error": {"code": "internal_api_error_DBQueryError", "info": "x"}}
    calls((200, broken, {}), (200, broken, {}), (200, OK, {}))
    assert api(clock).call(action="query") == OK
    responses.reset()
    calls(*[(200, broken, {})] * 9)
    with pytest.raises(Refused):
        api(clock).call(action="query")
    assert clock.waited < 120


@responses.activate
def test_a_date_to_come_back_at_is_by_the_servers_own_clock(clock: FakeClock) -> None:
    dates = {"Retry-After": "Wed, 01 Jan 2020 00:00:40 GMT", "Date": "Wed, 01 Jan 2020 00:00:00 GMT"}
    calls((503, "<html>", dates), (200, OK, {}))
    api(clock).call(action="query")
    assert clock.waited == 40


@responses.activate
def test_each_wait_in_a_row_is_longer_and_the_budget_ends_them(clock: FakeClock) -> None:
    waits: list[float] = []
    clock.during = lambda: waits.append(clock.waited - sum(waits))
    calls(*[(503, "<html>", {})] * 99)
    with pytest.raises(Stop, match="overloaded"):
        api(clock).call(action="query")
    assert waits == sorted(waits[:-1]) + waits[-1:] or max(waits) <= 150
    assert waits[0] < 13 < 40 < waits[3] <= 150
    assert clock.waited <= 600


@responses.activate
def test_a_server_that_asks_for_hours_is_not_waited_for(clock: FakeClock) -> None:
    calls((429, "later", {"Retry-After": "7200"}))
    with pytest.raises(Stop, match="7200"):
        api(clock).call(action="query")
    assert clock.waited == 0


@responses.activate
def test_an_overloaded_gateway_is_given_its_time_before_an_edit_is_looked_for(clock: FakeClock) -> None:
    calls((503, "<html>", {"Retry-After": "33"}))
    with pytest.raises(Unclear):
        api(clock).write(action="edit")
    assert clock.waited == 33


@pytest.mark.mediawiki
@pytest.mark.parametrize("how", ["stop page", "ctrl-c", "revert"])
def test_nobody_is_overrun_after_a_long_wait(
    robot: MediaWiki, camille: Person, clock: FakeClock, farm: mediawiki.Farm, how: str
) -> None:
    """The wiki is read-only for a while; in the meantime somebody speaks up."""
    base = camille.edit("Jardin", TEXT)
    ours = TEXT.replace("avant", "après")
    done = Writer(robot, clock).commit(edit("Jardin", base, ours))
    farm.trouble("communs", readonly="Maintenance")
    stopped: list[bool] = []

    def meanwhile() -> None:
        farm.trouble("communs")
        clock.during = lambda: None
        if how == "stop page":
            camille.edit("Utilisateur:Robot/Stop", "assez")
        elif how == "ctrl-c":
            stopped.append(True)
        else:
            camille.edit("Jardin", TEXT)

    clock.during = meanwhile
    writer = Writer(robot, clock, stopping=lambda: bool(stopped))
    with pytest.raises(Stale if how == "revert" else StoppedByPerson):
        writer.commit(edit("Jardin", done.revision, ours + "!", 2))
    assert camille.text("Jardin") == (TEXT if how == "revert" else ours)


@pytest.mark.mediawiki
def test_a_word_on_the_stop_page_is_heard_after_a_short_wait_too(
    robot: MediaWiki, camille: Person, clock: FakeClock, farm: mediawiki.Farm
) -> None:
    """The wiki lags for less time than what was looked at stays good."""
    base = camille.edit("Jardin", TEXT)
    robot.check_writable()
    writer = Writer(robot, clock)
    done = writer.commit(edit("Jardin", base, TEXT.replace("avant", "après")))
    farm.trouble("communs", maxlag=6)

    def meanwhile() -> None:
        clock.during = lambda: None
        camille.edit("Utilisateur:Robot/Stop", "assez")

    clock.during = meanwhile
    with pytest.raises(StoppedByPerson):
        writer.commit(edit("Jardin", done.revision, TEXT, 2))
    assert clock.waited < 15


@pytest.mark.mediawiki
def test_an_edit_is_not_sent_again_to_a_wiki_where_somebody_said_stop(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    base = camille.edit("Jardin", TEXT)
    lost = lose(robot, before=1)
    clock.during = lambda: camille.edit("Utilisateur:Robot/Stop", "assez") and None  # type: ignore[func-returns-value]
    with pytest.raises(StoppedByPerson):
        Writer(robot, clock).commit(edit("Jardin", base, "x"))
    assert lost.sent == 0


@pytest.mark.mediawiki
def test_after_a_login_that_failed_nothing_is_written_by_an_address(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    base = camille.edit("Jardin", TEXT)
    robot.check_writable()
    forget_sessions()

    class NoLogin(HTTPAdapter):
        def send(self, request, *args, **kwargs):  # type: ignore[no-untyped-def]
            if "action=login" in str(request.body):
                raise requests.ConnectionError("cut")
            return super().send(request, *args, **kwargs)

    robot.api.http.mount("http://", NoLogin())
    for _time in range(3):
        with pytest.raises((WikiError, Stop, Unclear)):
            robot.commit(edit("Jardin", base, "x"))
    assert camille.text("Jardin") == TEXT


@pytest.mark.mediawiki
def test_an_edit_that_the_wiki_merged_and_did_not_answer_is_judged_all_the_same(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    """Camille adds |étape=2 at one end of the call, we |étape=1 at the other, and the answer is lost."""
    text = "{{Ingrédient\n|a=1\n|b=2\n|c=3\n|d=4\n|e=5\n}}"
    base = camille.edit("Jardin", text)
    theirs = text.replace("{{Ingrédient\n", "{{Ingrédient\n|étape=2\n")
    robot.check_writable()

    class AtTheSameMoment(LosesAnswers):
        def send(self, request, *args, **kwargs):  # type: ignore[no-untyped-def]
            if "action=edit" in str(request.body) and not self.sent:
                camille.edit("Jardin", theirs)
            return super().send(request, *args, **kwargs)

    robot.api.http.mount("http://", AtTheSameMoment(after=1))
    report = applied(robot, clock, change("Jardin", base, text, text.replace("\n}}", "\n|étape=1\n}}")))
    assert report.pages[0].status is Status.UNDONE
    assert camille.text("Jardin") == theirs


@pytest.mark.mediawiki
def test_whatever_breaks_while_telling_what_was_saved_is_read_back(
    robot: MediaWiki, camille: Person, clock: FakeClock
) -> None:
    base = camille.edit("Jardin", TEXT)

    def nobody_reads(outcome: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    made = plan(change("Jardin", base, TEXT, TEXT.replace("avant", "après")), change("Potager", 0, "", "x"))
    report = apply_plan(made, {"communs": robot}, {}, clock, shown=nobody_reads)
    assert [o.status for o in report.pages] == [Status.DONE, Status.NOT_REACHED]
    assert isinstance(report.error, Unexpected)
    assert isinstance(report.error.__cause__, BrokenPipeError)


@pytest.mark.mediawiki
def test_a_title_that_no_page_can_have_is_a_head_like_another(robot: MediaWiki) -> None:
    heads = robot.heads(["Spécial:Recherche", "Arre\u0302t", "Jardin"])
    assert heads["Spécial:Recherche"].invalid
    assert heads["Arre\u0302t"].title == "Arrêt"
    assert heads["Jardin"].revision == 0


@pytest.mark.mediawiki
def test_the_pace_never_comes_to_a_halt(robot: MediaWiki, camille: Person, clock: FakeClock) -> None:
    writer = Writer(robot, clock)
    for _time in range(20):
        writer._slow_down()
    assert writer.interval == 60


@pytest.mark.mediawiki
def test_taking_back_is_no_overruling(robot: MediaWiki, camille: Person, clock: FakeClock) -> None:
    camille.edit("Jardin", "un")
    ours = camille.edit("Jardin", "deux")
    camille.edit("Jardin", "trois")
    last = camille.edit("Jardin", "deux")  # on second thoughts
    with pytest.raises(Stale):
        Writer(robot, clock).take_back(edit("Jardin", ours, "un"))
    assert camille.head("Jardin") == last


@responses.activate
@pytest.mark.parametrize(("value", "waited"), [("inf", 0), ("1e999", 0), ("-5", 10), ("nan", 10)])
def test_nonsense_in_retry_after_is_survived(clock: FakeClock, value: str, waited: float) -> None:
    calls((503, "<html>", {"Retry-After": value}), (200, OK, {}))
    if waited:
        api(clock).call(action="query")
        assert clock.waited >= waited
    else:
        with pytest.raises(Stop):
            api(clock).call(action="query")


@responses.activate
@pytest.mark.parametrize(
    "code",
    ["blocked", "autoblocked", "globalblocking-ipblocked-range", "writeapidenied", "mwoauth-invalid-authorization"],
)
def test_an_account_that_is_refused_ends_the_run(clock: FakeClock, code: str) -> None:
    with pytest.raises(Stop):
        store(clock, {"error": {"code": code, "info": "non"}}).commit(edit("A", 1, "x"))


@responses.activate
@pytest.mark.parametrize("code", ["editconflict", "articleexists", "missingtitle", "pagedeleted"])
def test_a_page_that_changed_meanwhile_goes_back_to_planning(clock: FakeClock, code: str) -> None:
    with pytest.raises(Stale):
        store(clock, {"error": {"code": code, "info": "non"}}).commit(edit("A", 1, "x"))
