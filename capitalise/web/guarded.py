"""How anything is fetched from the world outside but a wiki's API: one guarded way for sheets, pads, links and the watchdog.

A name is looked up here and the connection made to an address that was judged, so that no name can lead inside (DNS
rebinding); redirects are followed by hand, each step under the same rules; nobody's passwords from ~/.netrc; so many bytes and
seconds and no more.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

__all__ = [
    "MOST_HOPS",
    "TIMEOUT",
    "Elsewhere",
    "Fetched",
    "PrivateHost",
    "TooLarge",
    "fetch",
    "guarded_session",
    "host_of",
    "is_inside",
    "redirect_target",
    "what_went_wrong",
]

TIMEOUT = (10, 20)  # seconds to connect, and until the answer begins
LONGEST = 60.0  # seconds for one answer, however slowly it comes
MOST_HOPS = 5


class TooLarge(Exception):
    """An answer has more bytes than are read."""


class Elsewhere(Exception):
    """A redirect leads where it may not be followed: the address it names."""


@dataclass(frozen=True)
class Fetched:
    """What came, and from where it came in the end."""

    status: int
    headers: CaseInsensitiveDict[str]
    data: bytes
    address: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def fetch(
    address: str,
    agent: str,
    *,
    private: bool,
    most_bytes: int,
    follows: Callable[[str, str], bool] = lambda host, before: True,
) -> Fetched:
    """GET an address. `follows` says whether a redirect to one host from another is followed.

    Raises PrivateHost, TooLarge, Elsewhere with the redirect's address, requests.RequestException, urllib3's HTTPError, OSError,
    ValueError.
    """
    with guarded_session(agent, private=private) as session:
        for _hop in range(MOST_HOPS + 1):
            if not private and is_inside(address):
                raise PrivateHost(host_of(address))
            with session.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
                target = redirect_target(answer)
                if not target:
                    return Fetched(answer.status_code, answer.headers, _limited(answer, most_bytes), address)
            before, address = address, urljoin(address, target)
            if urlsplit(address).scheme not in ("http", "https") or not follows(host_of(address), host_of(before)):
                raise Elsewhere(address)
    raise requests.TooManyRedirects(address)


def _limited(answer: requests.Response, most: int) -> bytes:
    data, end = bytearray(), time.monotonic() + LONGEST
    while piece := answer.raw.read1(1 << 16, decode_content=True):
        data += piece
        if len(data) > most:
            raise TooLarge
        if time.monotonic() > end:
            raise requests.Timeout
    return bytes(data)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return redirect_target(resp) or None  # requests reads it even where it shall not follow


def guarded_session(agent: str, *, private: bool) -> requests.Session:
    """A session that connects to no private network unless `private`; each answer has LONGEST at most."""
    session = _Session()
    session.auth = lambda request: request  # nobody's passwords from ~/.netrc
    session.headers.update({"User-Agent": agent, "Connection": "close"})
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(private))
    return session


def redirect_target(answer: requests.Response) -> str:
    """Where an answer sends us, "" for nowhere: in UTF-8 or, as old servers write it, in any other encoding, whose bytes are handed on as they
    are."""
    if not answer.is_redirect:
        return ""
    raw = answer.headers["location"].encode("latin-1")  # as http.client reads headers
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote(raw, safe="%/:=&?~+!$,;'@()*[]-._|#")


def is_inside(address: str) -> bool:
    """Whether an address names a machine of a private network by its very host."""
    return _is_inside(host_of(address))


def host_of(address: str) -> str:
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
