"""Machines that answer otherwise than a wiki, or would like to have what is not theirs: real servers on loopback."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from capitalise.errors import CapitaliseError, WikiError
from capitalise.messages import render
from capitalise.wikis.api import Api
from capitalise.wikis.credentials import Credentials
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


def test_what_is_read_is_followed_on_its_own_machine_only(clock: FakeClock) -> None:
    good = b'{"query": {"general": {}}}'
    with strange(says(good)) as (there, sent), strange(says(b"", 301, Location=there)) as (address, _asked):
        assert Api(address, "tests", clock).call(action="query") == {"query": {"general": {}}}
    assert len(sent) == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": []}',
        b'{"query": {}, "continue": "x"}',
        b'{"error": "nein"}',
        b'{"query": {}, "continue": {"apcontinue": "A"}}',
        gzip.compress(b" " * 200_000_000),
    ],
    ids=["a list", "a word", "an error that is a word", "the same for ever", "a bomb"],
)
def test_an_answer_that_no_mediawiki_gives_is_one_sentence(clock: FakeClock, body: bytes) -> None:
    packed = {"Content-Encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    with strange(says(body, **packed)) as (address, sent), pytest.raises(WikiError):
        list(Api(address, "tests", clock).query(list="allpages"))
    assert len(sent) < 5
