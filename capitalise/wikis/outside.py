"""Whether addresses of other sites answer: asked politely, seldom, and never on a private network.

HEAD, then GET where HEAD is refused; no more of an answer is read than its head. One request at a time and a second for
each machine, several machines at once; redirects are followed by hand, each step under the same rules. A name is looked up
here and the connection made to an address that was judged, so that no name can lead inside (DNS rebinding).
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from capitalise.clock import Clock
from capitalise.pages.outside import OutsideAnswer
from capitalise.wikis.cache import RevisionCache

__all__ = ["PrivateHost", "ask_outside", "guarded_session", "is_inside", "what_went_wrong"]

PAUSE = 1.0  # seconds between two requests to one machine
TIMEOUT = (10, 20)  # seconds to connect, and until the answer begins
LONGEST = 60.0  # seconds for one answer, however slowly it comes
MOST_HOPS = 5
MOST_HOSTS = 8  # at once
LASTS = {"there": timedelta(days=7), "refuses": timedelta(days=2), "private": timedelta(days=30)}


def ask_outside(
    addresses: Sequence[str],
    cache: RevisionCache,
    clock: Clock,
    agent: str,
    *,
    minutes: float,
    private: bool,
    online: bool = True,
) -> Mapping[str, OutsideAnswer]:
    """What each address answers, or answered in the last days. Those that `minutes` do not suffice for are left for later, and
    all of them where no machine answers, unless this one is known to be `online`."""
    now = clock.now()
    known = {address: _read(cache.fact(f"outside {address}")) for address in addresses}
    found = {address: answer for address, (answer, at) in known.items() if _lasts(answer, at, now)}
    asked = _Asking(clock, agent, clock.seconds() + minutes * 60, private, online).ask(
        a for a in addresses if a not in found
    )
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

    def __init__(self, clock: Clock, agent: str, until: float, private: bool, online: bool) -> None:
        self.clock, self.agent, self.until, self.private, self.online = clock, agent, until, private, online
        self._turns: dict[str, threading.Lock] = {}
        self._last: dict[str, float] = {}

    def ask(self, addresses: Iterable[str]) -> dict[str, OutsideAnswer]:
        by_host: dict[str, list[str]] = defaultdict(list)
        for address in addresses:
            by_host[_host(address)].append(address)
        with ThreadPoolExecutor(MOST_HOSTS) as pool:
            answers = pool.map(self._of_one_host, by_host.values())
        found = {address: answer for some in answers for address, answer in some.items()}
        machines = {_host(address) for address, answer in found.items() if answer.kind == "silent"}
        if (
            not self.online
            and len(machines) > 1
            and all(answer.kind in ("silent", "later") for answer in found.values())
        ):
            return dict.fromkeys(found, OutsideAnswer("later"))  # it is our own network that is silent
        return found

    def _of_one_host(self, addresses: Sequence[str]) -> dict[str, OutsideAnswer]:
        with guarded_session(self.agent, private=self.private) as session:
            return {address: self._answer(session, address) for address in addresses}

    def _answer(self, session: requests.Session, address: str) -> OutsideAnswer:
        if self.clock.seconds() >= self.until:
            return OutsideAnswer("later")
        answer = self._by("HEAD", session, address)
        # many refuse HEAD with one code or another, or say nothing at all
        return answer if answer.kind in ("there", "private", "later") else self._by("GET", session, address)

    def _by(self, method: str, session: requests.Session, address: str) -> OutsideAnswer:
        try:
            status = self._status(session, method, address)
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError, ValueError, OSError) as error:
            return _failure(what_went_wrong(error), address)
        kind = "there" if 0 < status < 400 else "gone" if status in (404, 410) else "refuses"
        return OutsideAnswer(kind, f"HTTP {status}") if status else OutsideAnswer("refuses", "HTTP 3xx …")

    def _status(self, session: requests.Session, method: str, address: str) -> int:
        """The answer at the end of the redirects; 0 where they do not end in time. Raises PrivateHost."""
        for _hop in range(MOST_HOPS + 1):
            if not self.private and is_inside(address):
                raise PrivateHost(_host(address))
            with self._turn(_host(address)):
                answer = session.request(method, address, timeout=TIMEOUT, allow_redirects=False, stream=True)
                answer.close()
            target = session.get_redirect_target(answer)
            if not target:
                return answer.status_code
            address = urljoin(address, target)
            if urlsplit(address).scheme not in ("http", "https"):
                return answer.status_code
            if self.clock.seconds() >= self.until:
                break
        return 0

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


def guarded_session(agent: str, *, private: bool) -> requests.Session:
    """A session that connects to no private network unless `private`; each answer has LONGEST at most."""
    session = requests.Session()
    session.auth = lambda request: request  # nobody's passwords from ~/.netrc
    session.headers.update({"User-Agent": agent, "Connection": "close"})
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(private))
    return session


def is_inside(address: str) -> bool:
    """Whether an address names a machine of a private network by its very host."""
    return _is_inside(_host(address))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


# -- private networks -----------------------------------------------------------------------------


class PrivateHost(OSError):
    """The machine that a name leads to is inside."""


def _is_inside(host: str) -> bool:
    """Whether a host is said to be inside by its very name: all that can be known where a proxy asks for us."""
    try:
        return not _is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))


def _is_public(address: str) -> bool:
    """Whether an IP address is on the public network, not by way of a translation either. Raises ValueError for none."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip
    inside = isinstance(ip, IPv6Address) and any(ip in one for one in _TRANSLATED)
    return ip.is_global and not ip.is_multicast and not inside


#: IPv4 in other clothes (NAT64, 6to4, Teredo, IPv4-compatible), and site-local addresses of old.
_TRANSLATED = [
    ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10")
]


class _Limited:
    """A connection that is looked at before it is made, and ends after LONGEST seconds."""

    private = False

    def _new_conn(self: Any) -> socket.socket:
        found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        places = [str(place[0]) for *_kind, place in found if self.private or _is_public(str(place[0]))]
        if not places:
            raise PrivateHost(self._dns_host)
        options = {"socket_options": self.socket_options}
        return urllib3.util.connection.create_connection((places[0], self.port), self.timeout, **options)

    def connect(self: Any) -> None:
        super().connect()  # type: ignore[misc]
        end = threading.Timer(LONGEST, _end, [self.sock])
        end.daemon = True
        end.start()
        self.end = end

    def close(self: Any) -> None:
        if hasattr(self, "end"):
            self.end.cancel()
        super().close()  # type: ignore[misc]


def _end(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


class _Connection(_Limited, urllib3.connection.HTTPConnection):
    pass


class _SafeConnection(_Limited, urllib3.connection.HTTPSConnection):
    pass


class _OpenConnection(_Connection):
    private = True


class _OpenSafeConnection(_SafeConnection):
    private = True


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


class _OpenPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _OpenConnection


class _OpenSafePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _OpenSafeConnection


class _Adapter(HTTPAdapter):
    """No retries, and no machine inside unless `private`. A proxy that the environment names is used: it asks for us."""

    def __init__(self, private: bool) -> None:
        self.private = private
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        pools = (_OpenPool, _OpenSafePool) if self.private else (_Pool, _SafePool)
        self.poolmanager.pool_classes_by_scheme = dict(zip(("http", "https"), pools, strict=True))


def what_went_wrong(error: BaseException) -> BaseException:
    """What went wrong first, below what urllib3 and requests make of it."""
    for one in (getattr(error, "reason", None), error.__cause__, error.__context__, *error.args):
        if isinstance(one, BaseException) and one is not error:
            return what_went_wrong(one)
    return error


def _failure(error: BaseException, address: str) -> OutsideAnswer:
    """Why nobody answered, in a word or two; an answer that no program understands is none that is missing."""
    if isinstance(error, PrivateHost):
        return OutsideAnswer("private", _host(address))
    name = type(error).__name__
    if isinstance(error, socket.gaierror):
        return OutsideAnswer("silent", "DNS")
    if isinstance(error, ssl.SSLError):
        return OutsideAnswer("silent", "TLS")
    if isinstance(error, (OSError, UnicodeError, ValueError)) and not isinstance(error, http.client.HTTPException):
        return OutsideAnswer("silent", "timeout" if "imeout" in name else name)
    if isinstance(error, http.client.RemoteDisconnected):
        return OutsideAnswer("silent", name)
    return OutsideAnswer("refuses", name)
