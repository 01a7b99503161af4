"""A word to a watchdog after every run (as healthchecks.io takes it): the address itself, or `/fail` behind it."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import requests

from capitalise import __version__
from capitalise.messages import N_, Message

__all__ = ["ping"]


def ping(address: str, *, failed: bool) -> Message | None:
    """Why the watchdog was not reached, or None. The address is a secret of sorts and is not repeated."""
    parts = urlsplit(address)
    there = urlunsplit(parts._replace(path=parts.path.rstrip("/") + ("/fail" if failed else "")))
    try:
        answer = requests.get(there, headers={"User-Agent": f"capitalise/{__version__}"}, timeout=10)
    except requests.Timeout:
        why = N_("no answer in 10 s")
    except (requests.RequestException, ValueError):
        why = N_("no connection, or a wrong address")
    else:
        if answer.ok:
            return None
        why = N_("HTTP %(code)d", code=answer.status_code)
    return N_("the address in “ping” was not reached (%(why)s); the run itself is not concerned", why=why)
