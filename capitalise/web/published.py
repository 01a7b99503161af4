"""Sheets that live online and can only be read: the address as it stands in the browser is enough.

Google (docs.google.com), EtherCalc and Framacalc, Nextcloud's shares, and any address that answers with a
CSV, ODS or XLSX file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import requests
import urllib3

from capitalise.errors import SheetError
from capitalise.messages import N_
from capitalise.sheets.file import MOST_BYTES, format_of
from capitalise.sheets.table import Table
from capitalise.web.guarded import Elsewhere, PrivateHost, TooLarge, fetch, is_inside, what_went_wrong

__all__ = ["download_address", "read_published"]


def read_published(address: str, agent: str, tab: str = "") -> Table:
    """The table, read only. Raises SheetError where the address gives no sheet."""
    data, kind = _fetched(download_address(address), address, agent)
    table: Table = format_of(f"x.{kind}").read(data, address, tab)
    return replace(table, readonly=True)


def download_address(address: str) -> str:
    """Where the file behind a sheet's page is."""
    parts = urlsplit(address)
    host, path = parts.hostname or "", parts.path
    if host == "docs.google.com" and (found := re.match(r"/spreadsheets/d/(e/)?([\w-]+)", path)):
        gid = (parse_qs(parts.query) | parse_qs(parts.fragment)).get("gid", ["0"])[0]
        if found[1]:
            return f"https://docs.google.com/spreadsheets/d/e/{found[2]}/pub?output=csv&single=true&gid={gid}"
        return f"https://docs.google.com/spreadsheets/d/{found[2]}/export?format=csv&gid={gid}"
    if re.search(r"(^|\.)(framacalc|ethercalc)\.\w+$", host) and re.fullmatch(r"/=?[^/.]+", path):
        return f"{parts.scheme}://{parts.netloc}/{path[1:].removeprefix('=')}.csv"
    if re.fullmatch(r"(/index\.php)?/s/\w+", path.rstrip("/")):
        return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/download"
    return address


def _fetched(address: str, name: str, agent: str) -> tuple[bytes, str]:
    """The file and its format. A machine of a private network is one that the settings name themselves."""
    try:
        answer = fetch(address, agent, private=is_inside(name), most_bytes=MOST_BYTES)
    except TooLarge as error:
        raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=name, most=MOST_BYTES >> 20)) from error
    except Elsewhere as error:
        raise SheetError(N_("The sheet %(file)s cannot be fetched (%(why)s).", file=name, why=error)) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        cause = what_went_wrong(error)
        if isinstance(cause, PrivateHost):
            raise SheetError(
                N_(
                    "%(file)s leads to a machine of a private network (%(host)s): it is not asked.",
                    file=name,
                    host=cause,
                )
            ) from error
        raise SheetError(
            N_("The sheet %(file)s cannot be fetched (%(why)s).", file=name, why=type(cause).__name__)
        ) from error
    if not answer.ok:
        raise SheetError(N_("The sheet %(file)s cannot be fetched (%(why)s).", file=name, why=f"HTTP {answer.status}"))
    return answer.data, _kind(answer.headers.get("Content-Type", ""), answer.data, name)


def _kind(content_type: str, data: bytes, name: str) -> str:
    if data.startswith(b"PK\x03\x04"):
        return "ods" if b"opendocument.spreadsheet" in data[:200] else "xlsx"
    if data.lstrip()[:1] == b"<" or "html" in content_type:
        raise SheetError(
            N_(
                "%(file)s answers with a web page, not a sheet: share it so that everybody with the link can read it, or "
                "publish it as CSV.",
                file=name,
            )
        )
    return "csv"
