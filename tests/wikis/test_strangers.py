"""Machines that answer otherwise than a wiki, or would like to have what is not theirs: real servers on loopback."""

from __future__ import annotations

import gzip
import re
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from capitalise.errors import CapitaliseError, WikiError
from capitalise.exports.plan_page import links_page, plan_page
from capitalise.messages import N_, render
from capitalise.plans.model import Finding, Grid, GridLink, Plan
from capitalise.wikis.api import Api
from capitalise.wikis.credentials import Credentials
from capitalise.wikis.serverless import belongs
from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.canonical import expanded_on_save
from capitalise.wikitext.effects import effects
from capitalise.wikitext.links import find_headings, find_links
from capitalise.wikitext.regions import region_names
from tests.conftest import FakeClock


class Strange(BaseHTTPRequestHandler):
    """A machine that answers what a test says, and remembers what it was sent."""

    answer: Callable[[BaseHTTPRequestHandler], None]
    sent: list[str]

    def do_GET(self) -> None:
        self.sent.append(self.path)
        type(self).answer(self)

    def do_POST(self) -> None:
        self.sent.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        type(self).answer(self)

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def strange(
    answer: Callable[[BaseHTTPRequestHandler], None], host: str = "127.0.0.1"
) -> Iterator[tuple[str, list[str]]]:
    sent: list[str] = []
    server = ThreadingHTTPServer((host, 0), type("Handler", (Strange,), {"answer": staticmethod(answer), "sent": sent}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://{host}:{server.server_port}/w/api.php", sent
    server.shutdown()
    server.server_close()


def says(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        with suppress(OSError):
            handler.wfile.write(body)

    return answer


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_password_goes_to_one_machine_whatever_a_redirect_says(clock: FakeClock, status: int) -> None:
    """The wiki's login is answered by a redirect to somebody else's machine, or to another port of its own."""
    with (
        strange(says(b"{}"), "127.0.0.2") as (elsewhere, sent),
        strange(says(b"", status, Location=elsewhere)) as first,
    ):
        api = Api(first[0], "tests", clock, Credentials("Robot@x", "tres-secret"))
        with pytest.raises(CapitaliseError) as told:
            api.login("jeton")
    assert sent == []
    assert "127.0.0.2" in render(told.value.message, "en")
    assert "tres-secret" not in render(told.value.message, "en")


def test_what_is_read_is_followed_on_its_own_server_only(clock: FakeClock) -> None:
    """Another port is another service, which a password in a header is not for."""
    good = says(b'{"query": {"general": {}}}')

    def moved(handler: BaseHTTPRequestHandler) -> None:
        good(handler) if handler.path.startswith("/new/") else says(b"", 301, Location="/new/api.php")(handler)

    with strange(moved) as (address, _asked):
        api = Api(address, "tests", clock)
        assert api.call(action="query") == {"query": {"general": {}}}
        assert api.moved_to.endswith("/new/api.php")
    with (
        strange(good) as (there, sent),
        strange(says(b"", 301, Location=there)) as (address, _asked),
        pytest.raises(WikiError, match="sends us to"),
    ):
        Api(address, "tests", clock).call(action="query")
    assert sent == []


def test_no_password_goes_to_an_address_that_leads_on(clock: FakeClock) -> None:
    """What was read showed where it leads; a password would have been sent in the open before it was refused."""
    token = says(b'{"query": {"tokens": {"logintoken": "jeton"}}}')

    def moved(handler: BaseHTTPRequestHandler) -> None:
        token(handler) if handler.path.startswith("/new/") else says(b"", 301, Location="/new/api.php")(handler)

    with strange(moved) as (address, sent), pytest.raises(WikiError, match="sends us to"):
        Api(address, "tests", clock, Credentials("Robot@x", "tres-secret")).login()
    assert not any("tres-secret" in one for one in sent)


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": []}',
        b'{"query": {}, "continue": "x"}',
        b'{"error": "nein"}',
        b'{"query": {}, "continue": {"apcontinue": "A"}}',
        gzip.compress(b'{"query": {}}' + b" " * 200_000_000),
    ],
    ids=["a list", "a word", "an error that is a word", "the same for ever", "a bomb"],
)
def test_an_answer_that_no_mediawiki_gives_is_one_sentence(clock: FakeClock, body: bytes) -> None:
    packed = {"Content-Encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    with strange(says(body, **packed)) as (address, sent), pytest.raises(WikiError):
        list(Api(address, "tests", clock).query(list="allpages"))
    assert len(sent) < 5


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)//x", "data:text/html,x", " javascript:x", "//ailleurs.invalid"]
)
def test_what_a_wiki_says_of_its_addresses_becomes_no_link_but_to_the_web(address: str) -> None:
    finding = Finding("broken", N_("…"), "w", "Page", address=address)
    grid = Grid((("w", "A"),), (("w", "B"),), (((GridLink("w", "A", "", 1, "[[B]]", address),),),))
    plan = Plan(
        "liens", "r", datetime.now(UTC), findings=(finding, replace(finding, address="https://w.invalid/x")), grid=grid
    )
    for page in (links_page(plan, {"broken": N_("…")}, "fr"), plan_page(plan, [], {}, "fr")):
        assert set(re.findall(r'href="([^"#]+)"', page)) == {"https://w.invalid/x"}


HOSTILE = [
    "{{",
    "{{a|",
    "{{{",
    "[[",
    "[[a|",
    "{|\n|\n",
    "<!--",
    "<nowiki>",
    "<ref>",
    "''",
    "=\n",
    "http://",
    "*#:\n",
    "-{",
    "{{Fiche|a=",
]
CLOSED = [("{{a|", "}}"), ("[[a|", "]]"), ("{{Fiche|a=[[b", "]]}}"), ("<ref>", "</ref>")]
MOST_SECONDS, MOST_MEGABYTES = 4.0, 200  # 2 s, and a busy machine


def read_whole(text: str) -> None:
    find_calls(text)
    find_links(text)
    find_headings(text)
    effects(text)
    expanded_on_save(text)
    region_names(text)
    belongs(text, "Fiche", "Jardin")


@pytest.mark.parametrize(("sign", "close"), [*((sign, "") for sign in HOSTILE), *CLOSED])
def test_a_hostile_page_costs_seconds_only(sign: str, close: str) -> None:
    """One vandal is enough: 100 kB of one sign, and as many that close it."""
    times = 100_000 // len(sign + close)
    start = time.process_time()
    read_whole(sign * times + close * times)
    assert time.process_time() - start < 7 * MOST_SECONDS  # seven readings


@pytest.mark.parametrize(("sign", "close"), CLOSED)
def test_a_page_of_nested_signs_costs_megabytes_only(sign: str, close: str) -> None:
    times = 40_000 // len(sign + close)  # it took 120 MB without bounds, and 780 MB for 100 kB
    tracemalloc.start()
    read_whole(sign * times + close * times)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST_MEGABYTES / 2 * 1024 * 1024
