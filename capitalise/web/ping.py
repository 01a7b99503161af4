"""A word to a watchdog after every run (as healthchecks.io takes it): the address itself, or `/fail` behind it."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3

from capitalise.messages import N_, Message
from capitalise.web.guarded import Elsewhere, TooLarge, fetch, is_inside

__all__ = ["ping"]

MOST_BYTES = 1 << 20


def ping(address: str, agent: str, *, failed: bool) -> Message | None:
    """Why the watchdog was not reached, or None. The address is a secret of sorts and is not repeated."""
    parts = urlsplit(address)
    there = urlunsplit(parts._replace(path=parts.path.rstrip("/") + ("/fail" if failed else "")))
    try:
        answer = fetch(there, agent, private=is_inside(address), most_bytes=MOST_BYTES, follows=lambda to, by: to == by)
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        why = N_("no answer in 10 s")
    except TooLarge:
        return None
    except (requests.RequestException, urllib3.exceptions.HTTPError, Elsewhere, OSError, ValueError):
        why = N_("no connection, or a wrong address")
    else:
        if answer.ok:
            return None
        why = N_("HTTP %(code)d", code=answer.status)
    return N_("the address in “ping” was not reached (%(why)s); the run itself is not concerned", why=why)
