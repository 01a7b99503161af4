"""Addresses of other sites: asked for politely, and dead only after three bad days that the report remembers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.bots.crosslinks.outside import OutsideLinks, earlier_days, whole
from capitalise.bots.crosslinks.quotes import Quote
from capitalise.exports.templates import render_template
from capitalise.messages import render
from capitalise.pages import addresses
from capitalise.pages.link_status import OutsideAnswer
from capitalise.web.links import PAUSE, ask_outside
from capitalise.wikis.cache import RevisionCache
from capitalise.wikitext.links import Link
from capitalise.wikitext.regions import find_region, with_region
from tests.conftest import FakeClock
from tests.linked import BOOK, Kit
from tests.people import Person


class Site:
    """A web server on this machine that answers as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answers: dict[str, tuple[int, str]] = {}
        self.no_head: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                site.asked.append((self.command, self.path))
                status, location = site.answers.get(self.path, (200, ""))
                self.send_response(405 if self.command == "HEAD" and self.path in site.no_head else status)
                if location:
                    self.send_header("Location", location)
                self.end_headers()

            do_GET = do_HEAD  # noqa: N815

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


class Desk:
    """Somebody who asks for addresses, day after day."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.cache = clock, RevisionCache(":memory:")

    def ask(
        self, *addresses: str, minutes: float = 10.0, private: bool = True, online: bool = True
    ) -> list[OutsideAnswer]:
        found = ask_outside(addresses, self.cache, self.clock, "essai", minutes=minutes, private=private, online=online)
        return [found[address] for address in addresses]

    def days(self, count: float) -> None:
        self.clock.sleep(count * 86_400)


@pytest.fixture
def desk(clock: FakeClock) -> Desk:
    return Desk(clock)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "there"),
        (204, "there"),
        (404, "gone"),
        (410, "gone"),
        (401, "refuses"),
        (403, "refuses"),
        (429, "refuses"),
        (503, "refuses"),
    ],
)
def test_what_an_answer_means(site: Site, desk: Desk, status: int, kind: str) -> None:
    site.answers["/x"] = (status, "")
    (answer,) = desk.ask(f"{site.address}/x")
    assert (answer.kind, answer.why) == (kind, f"HTTP {status}")


def test_a_machine_that_refuses_head_is_asked_again_by_get(site: Site, desk: Desk) -> None:
    site.no_head.add("/x")
    assert [one.kind for one in desk.ask(f"{site.address}/x")] == ["there"]
    assert site.asked == [("HEAD", "/x"), ("GET", "/x")]


def test_redirects_are_followed_but_not_for_ever(site: Site, desk: Desk) -> None:
    site.answers |= {
        "/a": (301, "/b"),
        "/b": (302, f"{site.address}/c"),
        "/tour": (302, "/tour"),
        "/ftp": (302, "ftp://x/"),
    }
    answers = desk.ask(*(f"{site.address}{path}" for path in ("/a", "/tour", "/ftp")))
    assert [one.kind for one in answers] == ["there", "refuses", "there"]
    assert len(site.asked) < 20


def test_nobody_answers(desk: Desk) -> None:
    closed = Site()
    closed.close()
    (answer,) = desk.ask(f"{closed.address}/x")
    assert answer.kind == "silent"
    assert len(answer.days) == 1


def test_a_machine_without_a_certificate_is_told_apart(site: Site, desk: Desk) -> None:
    (answer,) = desk.ask(site.address.replace("http:", "https:"))
    assert (answer.kind, answer.why) == ("silent", "TLS")


@pytest.mark.parametrize("address", ["http://[::1", "http://exemple..org/", "http://a b/", "http://exemple.org:99999/"])
def test_an_address_that_is_none_is_no_traceback(desk: Desk, address: str) -> None:
    (answer,) = desk.ask(address)
    assert answer.kind == "silent"


def test_a_private_network_is_never_asked(site: Site, desk: Desk) -> None:
    port = site.server.server_port
    answers = desk.ask(site.address, f"http://localhost:{port}/", f"http://[::ffff:127.0.0.1]:{port}/", private=False)
    assert {one.kind for one in answers} <= {"private", "silent"}
    assert answers[0].kind == "private"
    assert site.asked == []


def test_one_machine_is_asked_once_a_second(site: Site, desk: Desk) -> None:
    desk.ask(*(f"{site.address}/{number}" for number in range(4)))
    assert desk.clock.waited == pytest.approx(3 * PAUSE, abs=0.5)


def test_what_the_time_does_not_suffice_for_is_left(site: Site, desk: Desk) -> None:
    answers = desk.ask(*(f"{site.address}/{number}" for number in range(200)), minutes=1)
    kinds = [one.kind for one in answers]
    assert kinds.count("there") in range(50, 70)
    assert kinds.count("later") == 200 - kinds.count("there")
    desk.ask(*(f"{site.address}/{number}" for number in range(200)), minutes=10)
    assert len(site.asked) == 200


def test_good_answers_last_for_days_and_bad_ones_until_tomorrow(site: Site, desk: Desk) -> None:
    site.answers["/mort"] = (404, "")
    both = [f"{site.address}/bon", f"{site.address}/mort"]
    desk.ask(*both)
    desk.ask(*both)
    assert [path for _method, path in site.asked] == ["/bon", "/mort", "/mort"]
    desk.days(1)
    _good, bad = desk.ask(*both)
    assert len(bad.days) == 2
    assert [path for _method, path in site.asked[3:]] == ["/mort", "/mort"]
    desk.days(7)
    desk.ask(*both)
    assert site.asked[5:7] and ("HEAD", "/bon") in site.asked[5:]


def test_an_address_that_is_back_has_no_past(site: Site, desk: Desk) -> None:
    site.answers["/x"] = (404, "")
    desk.ask(f"{site.address}/x")
    desk.days(1)
    site.answers.clear()
    assert desk.ask(f"{site.address}/x")[0].days == ()
    desk.days(8)
    site.answers["/x"] = (404, "")
    assert len(desk.ask(f"{site.address}/x")[0].days) == 1


# -- what the report remembers --------------------------------------------------------------------


TODAY = date(2026, 11, 30)
COMMUNS = addresses.Site("communs", "https://communs.exemple")


def quote(address: str) -> Quote:
    return Quote("communs", "KIC", Link("bare", address, "", 0, 9, 4, "Liens", 1), None, address, address)


def found(report: str, kind: str, *days: date) -> tuple[list[str], OutsideLinks]:
    """The rules of what is found on an address that answers like this, beside an earlier report."""
    links = OutsideLinks(lambda asked: {one: OutsideAnswer(kind, "HTTP 404", days) for one in asked}, report, TODAY)
    one = quote("https://exemple.org/a?b&c#d")
    links.ask([one])
    return [f.rule for f in links.check(one, {"communs": COMMUNS})], links


def report_of(links: OutsideLinks) -> str:
    values = [
        {"address": a, "days": ", ".join(f"{d:%Y-%m-%d}" for d in answer.days), "why": answer.why}
        for a, answer in links.failing()
    ]
    empty: dict[str, Sequence[object]] = {"pages": [], "rules": [], "research": [], "chapters": []}
    return render_template(
        "crosslinks.wiki.jinja", None, "fr", failing=values, more=0, date="1999-12-31", seen=0, count=0, **empty
    )


def test_dead_after_three_days_that_the_report_remembers() -> None:
    report = ""
    for number, expected in ((1, []), (2, []), (3, ["dead-link"]), (4, ["dead-link"])):
        rules, links = found(report, "gone", date(2026, 11, number))
        before, report = report, report_of(links)
        assert rules == expected
    assert before == report  # a fourth day says nothing new
    assert found(report, "refuses")[0] == []
    assert report_of(found(report, "there")[1]).count("2026") == 0


def test_two_runs_on_one_day_are_one_day() -> None:
    report = ""
    for _run in range(4):
        rules, links = found(report, "silent", date(2026, 11, 1))
        report = report_of(links)
        assert rules == []


ADDRESS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1).map(
    lambda text: f"https://exemple.org/{text}"
)


@given(ADDRESS, st.lists(st.dates(date(2026, 1, 1), date(2026, 11, 30)), min_size=1, max_size=3, unique=True))
def test_the_report_gives_back_what_was_written_into_it(address: str, days: list[date]) -> None:
    links = OutsideLinks(None, "", TODAY)
    links.answers = {address: OutsideAnswer("gone", "HTTP 404", tuple(sorted(days)))}
    assert {a: list(one.days) for a, one in earlier_days(report_of(links), TODAY).items()} == {address: sorted(days)}


def test_what_did_not_answer_well_is_counted_and_named() -> None:
    kinds = {
        "https://a.org/": "refuses",
        "https://b.org/": "private",
        "https://c.org/": "later",
        "https://d.org/": "gone",
    }
    links = OutsideLinks(
        lambda asked: {one: OutsideAnswer(kinds[one], "", (date(2026, 1, 1),)) for one in asked}, "", TODAY
    )
    links.ask(quote(address) for address in kinds)
    notes = " ".join(render(note, "fr") for note in links.notes())
    assert all(address in notes for address, kind in kinds.items() if kind != "later")
    assert "robots" in notes
    assert "prochaine fois" in notes


@pytest.mark.mediawiki
def test_the_whole_way(linked: Kit, site: Site) -> None:
    site.answers["/mort"] = (404, "")
    linked.may_write("communs")
    linked.settings(outside=True, outside_private=True, report_page="Projet:Liens")
    linked.write("communs", "KIC", f"[{site.address}/bon b] {site.address}/mort [[b:{BOOK}]] [[Catégorie:Communs]]")
    linked.cli(linked.folder, "run", "liens", "--yes", code=3)
    report = linked.people["communs"].text("Projet:Liens")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert f"{site.address.removeprefix('http:')}/mort" in report.replace("&#58;", ":")
    assert f"|| {today} ||" in report
    head = linked.people["communs"].head("Projet:Liens")
    before = [(datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d") for days in (3, 2)]
    region = find_region(report, "liens-rapport")
    assert region
    past = region.inside.replace(f"|| {today} ||", f"|| {', '.join(before)} ||")
    robot = Person("communs", "Robot")
    robot.edit("Projet:Liens", with_region(report, region, "liens-rapport", past))
    robot.close()
    dead = [one for one in linked.findings() if one["rule"] == "dead-link"]
    assert [(one["title"], one["line"]) for one in dead] == [("KIC", 1)]
    assert head


def test_what_was_not_asked_today_keeps_its_days() -> None:
    days = (date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3))
    _rules, links = found("", "gone", *days)
    report = report_of(links)
    for kind in ("later", "none"):
        nobody = OutsideLinks(
            None if kind == "none" else lambda asked: dict.fromkeys(asked, OutsideAnswer("later")), report, TODAY
        )
        nobody.ask([quote("https://exemple.org/a?b&c#d")])
        assert report_of(nobody) == report
        assert [f.rule for f in nobody.check(quote("https://exemple.org/a?b&c"), {"communs": COMMUNS})] == ["dead-link"]


def test_days_that_cannot_be_are_not_believed() -> None:
    row = "| <code>https://exemple.org/</code> || 1999-01-01, 2026-13-45, 2099-01-01 || x"
    assert earlier_days(row, TODAY) == {}


def test_a_machine_that_says_nothing_to_head_is_asked_by_get(desk: Desk, site: Site) -> None:
    site.answers["/x"] = (599, "")
    handler = site.server.RequestHandlerClass

    def silent(self: BaseHTTPRequestHandler) -> None:
        self.connection.close()

    handler.do_HEAD = silent  # type: ignore[attr-defined]
    assert [one.kind for one in desk.ask(f"{site.address}/y")] == ["there"]


def test_our_own_silence_is_nobodys_death(desk: Desk) -> None:
    ports = []
    for _number in range(2):
        closed = Site()
        closed.close()
        ports.append(closed.server.server_port)
    addresses = [f"http://127.0.0.{number}:{port}/" for number, port in enumerate(ports, 1)]
    assert {one.kind for one in desk.ask(*addresses, online=False)} == {"later"}
    assert {one.kind for one in desk.ask(*addresses)} == {"silent"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "[2002:7f00:1::]",
        "[fec0::1]",
        "[::127.0.0.1]",
        "169.254.169.254",
        "localhost",
        "nas.local",
    ],
)
def test_no_address_inside_is_asked_whatever_its_clothes(desk: Desk, host: str) -> None:
    assert [one.kind for one in desk.ask(f"http://{host}:9/", private=False)] == ["private"]


def test_the_bot_takes_the_proxy_that_it_is_told_and_no_passwords(
    site: Site, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine exemple.invalid login quelquun password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", site.address)
    seen: list[str] = []
    handler = site.server.RequestHandlerClass
    before = handler.do_HEAD  # type: ignore[attr-defined]

    def noted(self: BaseHTTPRequestHandler) -> None:
        seen.append(str(self.headers))
        before(self)

    handler.do_HEAD = noted  # type: ignore[attr-defined]
    assert [one.kind for one in desk.ask("http://exemple.invalid/x", private=False)] == ["there"]
    assert site.asked == [("HEAD", "http://exemple.invalid/x")]
    assert "essai" in seen[0]
    assert "Authorization" not in seen[0]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://café.exemple/é?x=é#là", "https://xn--caf-dma.exemple/%C3%A9?x=%C3%A9"),
        ("https://straße.exemple/", "https://xn--strae-oqa.exemple/"),
        ("https://[2001:db8::1]:8080/é", "https://[2001:db8::1]:8080/%C3%A9"),
        ("//exemple.org/a b", "https://exemple.org/a%20b"),
        ("https://x@café.exemple/", "https://x@xn--caf-dma.exemple/"),
        ("mailto:a@b", ""),
    ],
)
def test_an_address_is_asked_for_as_the_network_knows_it(written: str, asked: str) -> None:
    assert whole(written) == asked


def test_a_redirect_in_an_old_encoding_is_followed_as_it_stands(desk: Desk, site: Site) -> None:
    site.answers["/"] = (302, "/caf\u00e9")  # one byte, Latin-1
    (answer,) = desk.ask(f"{site.address}/")
    assert answer.kind == "there"
    assert ("HEAD", "/caf%E9") in site.asked
