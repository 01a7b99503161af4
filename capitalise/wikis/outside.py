"""Whether addresses of other sites answer: asked politely, seldom, and never on a private network.

HEAD, then GET where HEAD is refused; no more of an answer is read than its head. One request at a time and a second for
each machine, several machines at once; redirects are followed by hand, each step under the same rules. The machine that
answers is looked at once the connection stands, so that no name can lead inside (DNS rebinding).
"""

from __future__ import annotations

import json
import socket
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from capitalise.clock import Clock
from capitalise.pages.outside import OutsideAnswer
from capitalise.wikis.cache import RevisionCache

__all__ = ["ask_outside"]

PAUSE = 1.0  # seconds between two requests to one machine
TIMEOUT = (10, 20)  # seconds to connect, and until the answer begins
LONGEST = 60.0  # seconds for one answer, however slowly it comes
MOST_HOPS = 5
MOST_HOSTS = 8  # at once
LASTS = {"there": timedelta(days=7), "refuses": timedelta(days=2), "private": timedelta(days=30)}


def ask_outside(
    addresses: Sequence[str], cache: RevisionCache, clock: Clock, agent: str, *, minutes: float, private: bool
) -> Mapping[str, OutsideAnswer]:
    """What each address answers, or answered in the last days. Those that `minutes` do not suffice for are left for later."""
    now = clock.now()
    known = {address: _read(cache.fact(f"outside {address}")) for address in addresses}
    found = {address: answer for address, (answer, at) in known.items() if _lasts(answer, at, now)}
    asked = _Asking(clock, agent, clock.seconds() + minutes * 60, private).ask(a for a in addresses if a not in found)
    for address, answer in asked.items():
        earlier = known[address][0].days if answer.fails else ()
        whole = OutsideAnswer(answer.kind, answer.why, tuple(dict.fromkeys([*earlier, *_today(answer, now)])))
        found[address] = whole
        if answer.kind != "later":
            cache.learn(f"outside {address}", _written(whole, now))
    return {address: found[address] for address in addresses}


def _today(answer: OutsideAnswer, now: datetime) -> list[date]:
    return [now.date()] if answer.fails else []


def _lasts(answer: OutsideAnswer, at: datetime, now: datetime) -> bool:
    """A failure is looked at again on the next day, everything else after some."""
    return at.date() == now.date() if answer.fails else now - at < LASTS.get(answer.kind, timedelta())


def _written(answer: OutsideAnswer, now: datetime) -> str:
    return json.dumps([answer.kind, answer.why, [day.isoformat() for day in answer.days], now.isoformat()])


def _read(text: str) -> tuple[OutsideAnswer, datetime]:
    if not text:
        return OutsideAnswer("later"), datetime(1970, 1, 1, tzinfo=UTC)
    kind, why, days, at = json.loads(text)
    return OutsideAnswer(kind, why, tuple(map(date.fromisoformat, days))), datetime.fromisoformat(at)


class _Asking:
    """One round of questions."""

    def __init__(self, clock: Clock, agent: str, until: float, private: bool) -> None:
        self.clock, self.agent, self.until, self.private = clock, agent, until, private
        self._turns: dict[str, threading.Lock] = {}
        self._last: dict[str, float] = {}

    def ask(self, addresses: Iterable[str]) -> dict[str, OutsideAnswer]:
        by_host: dict[str, list[str]] = defaultdict(list)
        for address in addresses:
            by_host[_host(address)].append(address)
        with ThreadPoolExecutor(MOST_HOSTS) as pool:
            answers = pool.map(self._of_one_host, by_host.values())
        return {address: answer for some in answers for address, answer in some.items()}

    def _of_one_host(self, addresses: Sequence[str]) -> dict[str, OutsideAnswer]:
        with requests.Session() as session:
            session.trust_env = False  # a proxy would look where we must not
            session.headers.update({"User-Agent": self.agent, "Connection": "close"})  # each answer has LONGEST at most
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Adapter(self.private))
            return {address: self._answer(session, address) for address in addresses}

    def _answer(self, session: requests.Session, address: str) -> OutsideAnswer:
        if self.clock.seconds() >= self.until:
            return OutsideAnswer("later")
        try:
            status = self._status(session, "HEAD", address)
            if status >= 400:  # many refuse HEAD with one code or another
                status = self._status(session, "GET", address)
        except _Private:
            return OutsideAnswer("private", _host(address))
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError, ValueError) as error:
            inside = _inside(error)
            return OutsideAnswer("private", _host(address)) if isinstance(inside, _Private) else _silent(inside)
        kind = "there" if status < 400 else "gone" if status in (404, 410) else "refuses"
        return OutsideAnswer(kind, f"HTTP {status}")

    def _status(self, session: requests.Session, method: str, address: str) -> int:
        """The answer at the end of the redirects; the code of the last one where they do not end."""
        for _hop in range(MOST_HOPS + 1):
            with self._turn(_host(address)):
                answer = session.request(method, address, timeout=TIMEOUT, allow_redirects=False, stream=True)
                answer.close()
            if not answer.is_redirect:
                return answer.status_code
            address = urljoin(address, answer.headers["Location"])
            if urlsplit(address).scheme not in ("http", "https"):
                return answer.status_code
        return 404 if method == "GET" else 400

    def _turn(self, host: str) -> _Turn:
        return _Turn(self, host)


class _Turn:
    """A machine for oneself, a second after whoever had it before."""

    def __init__(self, asking: _Asking, host: str) -> None:
        self.asking, self.host = asking, host

    def __enter__(self) -> None:
        self.asking._turns.setdefault(self.host, threading.Lock()).acquire()
        last = self.asking._last.get(self.host)
        if last is not None:
            self.asking.clock.sleep(max(0.0, last + PAUSE - self.asking.clock.seconds()))

    def __exit__(self, *_error: object) -> None:
        self.asking._last[self.host] = self.asking.clock.seconds()
        self.asking._turns[self.host].release()


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


# -- private networks -----------------------------------------------------------------------------


class _Private(OSError):
    """The machine that a name leads to is inside."""


class _Connection(urllib3.connection.HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _outside_only(super()._new_conn())


class _SafeConnection(urllib3.connection.HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _outside_only(super()._new_conn())


def _outside_only(connected: socket.socket) -> socket.socket:
    peer = ip_address(connected.getpeername()[0].partition("%")[0])
    peer = getattr(peer, "ipv4_mapped", None) or peer
    if not peer.is_global or peer.is_multicast:
        connected.close()
        raise _Private(str(peer))
    end = threading.Timer(LONGEST, _end, [connected])
    end.daemon = True
    end.start()
    return connected


def _end(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


class _Adapter(HTTPAdapter):
    """No retries, and no machine inside unless `private`."""

    def __init__(self, private: bool) -> None:
        self.private = private
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        if not self.private:
            self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}


def _inside(error: BaseException) -> BaseException:
    """What went wrong first, below what urllib3 and requests make of it."""
    for one in (getattr(error, "reason", None), error.__cause__, error.__context__, *error.args):
        if isinstance(one, BaseException):
            return _inside(one)
    return error


def _silent(error: BaseException) -> OutsideAnswer:
    """Why nobody answered, in a word or two."""
    known = {"gaierror": "DNS", "NameResolutionError": "DNS", "SSLError": "TLS", "SSLCertVerificationError": "TLS"}
    name = type(error).__name__
    return OutsideAnswer("silent", known.get(name, "timeout" if "imeout" in name else name))
