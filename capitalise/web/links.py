"""Whether addresses of other sites answer: asked politely, seldom, and never on a private network.

HEAD, then GET where HEAD is refused; no more of an answer is read than its head. One request at a time and a second for
each machine, several machines at once; redirects are followed by hand, each step under the same rules (guarded.py).
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
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from capitalise.clock import Clock
from capitalise.pages.link_status import OutsideAnswer
from capitalise.web.guarded import (
    MOST_HOPS,
    TIMEOUT,
    PrivateHost,
    guarded_session,
    host_of,
    is_inside,
    redirect_target,
    what_went_wrong,
)
from capitalise.wikis.cache import RevisionCache

__all__ = ["ask_outside"]

PAUSE = 1.0  # seconds between two requests to one machine
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
            by_host[host_of(address)].append(address)
        with ThreadPoolExecutor(MOST_HOSTS) as pool:
            answers = pool.map(self._of_one_host, by_host.values())
        found = {address: answer for some in answers for address, answer in some.items()}
        machines = {host_of(address) for address, answer in found.items() if answer.kind == "silent"}
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
        except Exception as error:  # our own mistake: nobody's bad day
            return OutsideAnswer("later", type(error).__name__)
        kind = "there" if 0 < status < 400 else "gone" if status in (404, 410) else "refuses"
        return OutsideAnswer(kind, f"HTTP {status}") if status else OutsideAnswer("refuses", "HTTP 3xx …")

    def _status(self, session: requests.Session, method: str, address: str) -> int:
        """The answer at the end of the redirects; 0 where they do not end in time. Raises PrivateHost."""
        for _hop in range(MOST_HOPS + 1):
            if not self.private and is_inside(address):
                raise PrivateHost(host_of(address))
            with self._turn(host_of(address)):
                answer = session.request(method, address, timeout=TIMEOUT, allow_redirects=False, stream=True)
                answer.close()
            target = redirect_target(answer)
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


def _failure(error: BaseException, address: str) -> OutsideAnswer:
    """Why nobody answered, in a word or two; an answer that no program understands is none that is missing."""
    if isinstance(error, PrivateHost):
        return OutsideAnswer("private", host_of(address))
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
