"""A word to a watchdog after every run (as healthchecks.io takes it): the address itself, or `/fail` behind it."""

from __future__ import annotations

import requests

from capitalise import __version__
from capitalise.messages import N_, Message

__all__ = ["ping"]


def ping(address: str, *, failed: bool) -> Message | None:
    """Why the watchdog was not reached, or None. The address is a secret of sorts and is not repeated."""
    try:
        requests.get(
            address.rstrip("/") + ("/fail" if failed else ""),
            headers={"User-Agent": f"capitalise/{__version__}"},
            timeout=10,
        ).raise_for_status()
    except requests.RequestException as error:
        return N_("the address in “ping” was not reached (%(why)s)", why=type(error).__name__)
    return None
