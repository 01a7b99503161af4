"""Pictures of a wiki's pages, fetched to be printed."""

from __future__ import annotations

from dataclasses import replace

import requests
import urllib3

from capitalise.errors import SettingsError
from capitalise.exports.model import Picture
from capitalise.exports.pictures import MOST_BYTES, data_address
from capitalise.messages import N_, Message
from capitalise.pages.addresses import machine_of
from capitalise.sheets.kept import kept
from capitalise.web.guarded import Elsewhere, TooLarge, fetch, what_went_wrong

__all__ = ["fetched_picture"]


def fetched_picture(picture: Picture, agent: str, home: str, missing: list[Message]) -> Picture | None:
    """The picture with its bytes, kept on this machine by its sha1; None where it cannot be had, which is put among the `missing`.
    `home` is the wiki's own machine: a private network only where the wiki itself is there."""

    def ask() -> bytes:
        private = machine_of(picture.source) == home
        answer = fetch(picture.source, agent, private=private, most_bytes=MOST_BYTES)
        if not answer.ok:
            raise SettingsError(
                N_("%(address)s cannot be fetched (%(why)s).", address=picture.source, why=f"HTTP {answer.status}")
            )
        return answer.data

    try:
        data = kept([b"picture", picture.sha1.encode(), picture.source.encode()], ask)
        return replace(picture, data=data_address(data, picture.source))
    except SettingsError as error:
        missing.append(error.message)
    except (TooLarge, Elsewhere, requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        why = type(what_went_wrong(error)).__name__
        missing.append(N_("%(address)s cannot be fetched (%(why)s).", address=picture.source, why=why))
    return None
