"""A wiki that says no: filters, lists of spam and titles, blocks, protections, a flag that is taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capitalise.errors import Skip, Stop
from capitalise.pages.revisions import Edit
from capitalise.runs.writer import Writer
from capitalise.wikis.api import Api
from capitalise.wikis.credentials import Credentials
from capitalise.wikis.mediawiki import MediaWiki
from tests.conftest import FakeClock
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.wikis.test_faults import LosesAnswers

pytestmark = pytest.mark.mediawiki


@pytest.fixture
def admin(farm: mediawiki.Farm) -> Iterator[Person]:
    person = Person("movilab", "Admin")
    yield person
    person.close()


def open_robot(clock: FakeClock, cookies: Path) -> MediaWiki:
    return MediaWiki("movilab", Api(mediawiki.address("movilab"), "tests", clock, Credentials(*mediawiki.BOT), cookies))


@pytest.fixture
def robot(admin: Person, clock: FakeClock, tmp_path: Path) -> Iterator[MediaWiki]:
    wiki = open_robot(clock, tmp_path / "session.json")
    yield wiki
    wiki.api.http.close()


def add_filter(admin: Person, rules: str, action: str) -> None:
    """As an administrator does it: on the special page, where the API has nothing."""
    page = admin.api.replace("api.php", "index.php") + "?title=Special:AbuseFilter/new"
    token = re.search(r'value="([^"]+)" name="wpEditToken"', admin.http.get(page, timeout=30).text)
    assert token
    fields = {"wpFilterDescription": "essai", "wpFilterRules": rules, "wpFilterEnabled": "1"}
    fields |= {"wpFilterGroup": "default", "wpEditToken": token[1].replace("&#43;", "+").replace("&#92;", "\\")}
    fields[f"wpFilterAction{action}"] = "1"
    fields[f"wpFilter{action}Message"] = "abusefilter-warning" if action == "Warn" else "abusefilter-disallowed"
    done = admin.http.post(page, data=fields, timeout=30)
    assert "new" not in done.url.rpartition("/")[2], done.text


def create(title: str, text: str) -> Edit:
    return Edit(title, 0, text, "essai", datetime.now(UTC))


def test_a_filters_warning_is_never_accepted_by_sending_again(
    admin: Person, robot: MediaWiki, clock: FakeClock, tmp_path: Path
) -> None:
    """AbuseFilter keeps its warning in the session, and the session is kept between two nights."""
    add_filter(admin, 'added_lines contains "gros mot"', "Warn")
    for _night in range(3):
        with pytest.raises(Skip):
            robot.commit(create("Jardin", "un gros mot"))
        again = open_robot(clock, tmp_path / "session.json")
        with pytest.raises(Skip):
            again.commit(create("Jardin", "un gros mot"))
        again.api.http.close()
    assert admin.text("Jardin") == ""
    assert robot.commit(create("Jardin", "un mot")).revision == admin.head("Jardin")


def test_a_warning_whose_answer_was_lost_is_not_accepted_either(
    admin: Person, robot: MediaWiki, clock: FakeClock
) -> None:
    add_filter(admin, 'added_lines contains "gros mot"', "Warn")
    robot.check_writable()
    robot.api.http.mount("http://", LosesAnswers(after=1))
    with pytest.raises(Skip, match="abusefilter-warning"):
        Writer(robot, clock).commit(create("Jardin", "un gros mot"))
    assert admin.text("Jardin") == ""


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("Jardin", "c'est interdit", "abusefilter-disallowed"),
        ("Jardin", "voir http://mauvais.example/", "mauvais.example"),
        ("Zut alors", "un", "titleblacklist-forbidden"),
        ("Jardin", "x" * 2_200_000, "contenttoobig"),
        ("Module[", "un", "invalidtitle"),
    ],
)
def test_a_page_that_the_wiki_refuses_is_left_with_its_reason(
    admin: Person, robot: MediaWiki, title: str, text: str, reason: str
) -> None:
    add_filter(admin, 'added_lines contains "interdit"', "Disallow")
    admin.edit("MediaWiki:Spam-blacklist", r"mauvais\.example")
    admin.edit("MediaWiki:Titleblacklist", ".*Zut.*")
    with pytest.raises(Skip) as refused:
        robot.commit(create(title, text))
    assert reason in str(refused.value)
    assert robot.commit(create("Potager", "un")).revision  # the others go on


@pytest.mark.parametrize("protection", ["edit=sysop", "cascade"])
def test_a_protected_page_is_left(admin: Person, robot: MediaWiki, protection: str) -> None:
    base = admin.edit("Jardin", "un")
    if protection == "cascade":
        admin.edit("Accueil du jardin", "{{:Jardin}}")
        admin.act("protect", title="Accueil du jardin", protections="edit=sysop", cascade=1)
    else:
        admin.act("protect", title="Jardin", protections=protection)
        base = admin.head("Jardin")
    with pytest.raises(Skip):
        robot.commit(Edit("Jardin", base, "deux", "essai", datetime.now(UTC)))


def test_a_block_for_one_page_skips_that_page_only(admin: Person, robot: MediaWiki) -> None:
    base = admin.edit("Jardin", "un")
    admin.act("block", user="Robot", expiry="never", partial=1, pagerestrictions="Jardin", allowusertalk=1)
    with pytest.raises(Skip, match="blocked"):
        robot.commit(Edit("Jardin", base, "deux", "essai", datetime.now(UTC)))
    assert robot.commit(create("Potager", "un")).revision


def test_a_flag_that_is_taken_away_ends_the_run(admin: Person, robot: MediaWiki) -> None:
    base = admin.edit("Jardin", "un")
    token = admin.get(meta="tokens", type="userrights")["tokens"]["userrightstoken"]
    done = admin.http.post(
        admin.api, data={"action": "userrights", "user": "Robot", "remove": "bot", "token": token, "format": "json"}
    ).json()
    assert done["userrights"]["removed"] == ["bot"]
    with pytest.raises(Stop, match="as a bot"):
        robot.commit(Edit("Jardin", base, "deux", "essai", datetime.now(UTC)))
    assert admin.text("Jardin") == "un"


def test_renaming_without_the_right_is_a_reason_and_no_end(admin: Person, robot: MediaWiki) -> None:
    base = admin.edit("Jardin", "un")
    admin.act("protect", title="Jardin", protections="move=sysop")
    with pytest.raises(Skip):
        robot.commit(Edit("Jardin", admin.head("Jardin"), "un", "essai", datetime.now(UTC), move_to="Verger"))
    assert robot.commit(Edit("Jardin", base, "deux", "essai", datetime.now(UTC))).revision
