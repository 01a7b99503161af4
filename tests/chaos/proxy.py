"""A proxy in front of a wiki that does to requests what a decision says.

`decide` is called for every request before anything happens to it; it may also act as a person, or kill
the client. Everything is forwarded one request at a time, so that a seed tells one story.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

__all__ = ["MOST_LATE", "Asked", "Fault", "Proxy", "Turns"]


class Fault(Enum):
    """What happens to one request."""

    NONE = "none"
    DROPPED = "dropped before the wiki saw it"
    UNANSWERED = "carried out, its answer dropped"
    LATE = "its connection cut, carried out later"
    CUT = "carried out, its answer cut in half"
    PAGE = "answered with a web page"
    SLOWER = "HTTP 429"
    BUSY = "HTTP 503"
    LAG = "maxlag"
    INTERNAL = "internal_api_error"
    LOGGED_OUT = "its session ended"
    KILLED_BEFORE = "the program killed before it was sent"
    KILLED_AFTER = "the program killed after it was carried out"


@dataclass(frozen=True)
class Asked:
    """One request of the program."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode() if self.method == "POST" else urlsplit(self.path).query))

    @property
    def renamed(self) -> str:
        """The name that a file is about to get; '' for a request to the wiki."""
        return self.path.rpartition("/")[2] if self.method == "RENAME" else ""

    @property
    def action(self) -> str:
        return self.parameters.get("action", "")

    @property
    def contact(self) -> str:
        """Of whoever asks, as the program tells every wiki."""
        return self.headers.get("User-Agent", "").partition("(")[2].partition(";")[0]

    @property
    def writes(self) -> bool:
        return self.action in ("edit", "move")


MOST_LATE = 6
Answered = tuple[int, list[tuple[str, str]], bytes]
_SAYS: dict[Fault, Answered] = {
    Fault.PAGE: (200, [("Content-Type", "text/html")], b"<html>bonjour</html>"),
    Fault.SLOWER: (429, [("Content-Type", "text/plain"), ("Retry-After", "2")], b"slower"),
    Fault.BUSY: (503, [("Content-Type", "text/html")], b"<html>busy</html>"),
    Fault.LAG: (
        200,
        [("Content-Type", "application/json"), ("Retry-After", "5")],
        json.dumps({"error": {"code": "maxlag", "info": "Waiting for a replica", "lag": 6}}).encode(),
    ),
    Fault.INTERNAL: (
        200,
        [("Content-Type", "application/json")],
        json.dumps({"error": {"code": "internal_api_error_DBQueryError", "info": "broken"}}).encode(),
    ),
}
_CARRIED_OUT = (Fault.NONE, Fault.UNANSWERED, Fault.CUT, Fault.LOGGED_OUT, Fault.KILLED_AFTER)


class Turns:
    """Whose request goes first where several programs run: chosen when each of them asks or has ended, so that one
    seed tells one story. `running` says who has not ended, by contact."""

    def __init__(self, running: Callable[[], set[str]], choose: Callable[[list[str]], str]) -> None:
        self.running, self.choose = running, choose
        self.asking: set[str] = set()
        self.chosen = ""
        self.changed = threading.Condition()

    def wait(self, who: str) -> None:
        with self.changed:
            self.asking.add(who)
            while self._first() != who:
                self.changed.wait(0.005)
            self.asking.remove(who)
            self.chosen = ""

    def _first(self) -> str:
        if not self.chosen and self.asking >= self.running():
            self.chosen = self.choose(sorted(self.asking))
        return self.chosen


class Proxy:
    """Forwards to `target` (an address ending in api.php). `landing` is called with a late request, right before it
    arrives; that is at most MOST_LATE requests after it was sent."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.decide: Callable[[Asked], Fault] = lambda asked: Fault.NONE
        self.kill: Callable[[], None] = lambda: None
        self.landing: Callable[[Asked], None] = lambda asked: None
        self.turns: Turns | None = None
        self.late: list[list[Any]] = []
        self._ended: set[str] = set()
        self._turn = threading.RLock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{self.target.path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, asked: Asked) -> Answered | None:
        """What the program gets, None for a cut connection."""
        if self.turns:
            self.turns.wait(asked.contact)
        with self._turn:
            if not asked.renamed:
                self._tick()
            fault = self.decide(asked)
            if fault is Fault.LATE:
                self.late.append([1 + len(asked.body) % MOST_LATE, asked])
            if fault is Fault.KILLED_BEFORE:
                self.kill()
            if asked.renamed:
                self.kill() if fault is Fault.KILLED_AFTER else None
                return 204, [], b""
            found = self._forward(asked) if fault in _CARRIED_OUT else _SAYS.get(fault)
            if fault is Fault.KILLED_AFTER:
                self.kill()
            if fault is Fault.LOGGED_OUT:
                self._ended |= set(_cookies(asked))
            if fault is Fault.CUT and found:
                return found[0], found[1], found[2][: len(found[2]) // 2]
            return found if fault in (Fault.NONE, Fault.LOGGED_OUT) or fault in _SAYS else None

    def land(self) -> None:
        """Whatever is still on its way arrives."""
        with self._turn:
            while self.late:
                self._arrive(self.late.pop(0)[1])

    def _tick(self) -> None:
        for one in self.late:
            one[0] -= 1
        due = [one for one in self.late if one[0] <= 0]
        self.late = [one for one in self.late if one[0] > 0]
        for _left, asked in due:
            self._arrive(asked)

    def _arrive(self, asked: Asked) -> None:
        self.landing(asked)
        self._forward(asked)

    def _forward(self, asked: Asked) -> Answered:
        headers = {k: v for k, v in asked.headers.items() if k.lower() not in ("host", "connection", "accept-encoding")}
        if self._ended & set(_cookies(asked)):
            headers = {k: v for k, v in headers.items() if k.lower() != "cookie"}
        there = http.client.HTTPConnection(self.target.hostname or "", self.target.port, timeout=30)
        try:
            there.request(asked.method, asked.path, asked.body or None, {**headers, "Host": self.target.netloc})
            response = there.getresponse()
            body = response.read()
            kept = [(k, v) for k, v in response.getheaders() if k.lower() not in ("transfer-encoding", "connection")]
            return response.status, [(k, v) for k, v in kept if k.lower() != "content-length"], body
        finally:
            there.close()


def _cookies(asked: Asked) -> list[str]:
    """Values of session cookies."""
    pairs = (one.strip().partition("=") for one in asked.headers.get("Cookie", "").split(";"))
    return [value for name, _is, value in pairs if name.lower().endswith("session")]


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do(b"")

        def do_RENAME(self) -> None:
            self._do(b"")

        def do_POST(self) -> None:
            self._do(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _do(self, body: bytes) -> None:
            found = proxy.answer(Asked(self.command, self.path, dict(self.headers.items()), body))
            self.close_connection = True
            if found is None:
                return
            status, headers, content = found
            try:
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:  # the program is gone
                pass

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler
