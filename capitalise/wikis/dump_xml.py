"""The pages of an XML dump, one after the other: memory does not grow with the file, and nothing in it is fetched or expanded.

The format is MediaWiki's (docs/export-0.11.xsd): `siteinfo`, then `page` after `page`, each with its revisions. Read by lxml's iterparse; what was read is
taken out of the tree again. A dump has no DOCTYPE: a file that has one is none, so that no entity of it is ever looked at.
"""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from lxml import etree

from capitalise.errors import WikiError
from capitalise.messages import N_

__all__ = ["MOST", "DumpPage", "Site", "opened", "read_dump"]

MOST = 32 << 20  # bytes of one revision: MediaWiki takes 2 MB ($wgMaxArticleSize)


@dataclass(frozen=True, slots=True)
class DumpPage:
    """A page with its newest revision."""

    title: str
    space: int
    id: int
    redirect: str
    revision: int
    parent: int
    user: str
    comment: str
    time: str  # as ISO 8601 writes it, UTC
    text: str


@dataclass(frozen=True)
class Site:
    """What a dump says of its wiki: the address of its main page, how titles begin, the names of its namespaces by number."""

    base: str = ""
    case: str = ""
    spaces: Mapping[str, str] = field(default_factory=dict)


def opened(path: Path) -> IO[bytes]:
    """A dump as XML, however it is packed. Raises WikiError where what unpacks it is not installed, OSError."""
    name = path.name.lower()
    if name.endswith(".zst"):
        return _zstandard(path)
    opener: Any = bz2.open if name.endswith(".bz2") else gzip.open if name.endswith(".gz") else open
    return opener(path, "rb")  # type: ignore[no-any-return]


def _zstandard(path: Path) -> IO[bytes]:
    try:
        import zstandard
    except ImportError as error:
        raise WikiError(
            N_("To read .zst files: pipx inject capitalise zstandard (without pipx: pip install zstandard)")
        ) from error
    stream: IO[bytes] = zstandard.open(path, "rb")
    return stream


class _Bounded:
    """A file of which no more than MOST bytes are read between two revisions: none is as large, but a bomb is."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.since = file, 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.since += len(data)
        if self.since > MOST:
            raise ValueError(f"> {MOST >> 20} MB")
        return data


def read_dump(file: IO[bytes]) -> Iterator[Site | DumpPage]:
    """What the wiki says of itself, then its pages. Raises ValueError for a file that is no dump, what the parser and what unpacks the file raise for a damaged one."""
    bounded = _Bounded(file)
    tags = ("{*}siteinfo", "{*}revision", "{*}page")
    parsed = etree.iterparse(
        bounded, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    newest: tuple[int, int, str, str, str, str] | None = None
    known = False
    for _event, element in parsed:
        if not known:
            known = _refuse_others(element)
        kind = etree.QName(element).localname
        if kind == "revision":
            bounded.since = 0
            one = _revision(element)
            newest = one if newest is None or one[0] > newest[0] else newest
        elif kind == "page":
            if newest:
                yield _page(element, newest)
            newest = None
        else:
            yield _site(element)
        _forget(element)
    if not known:
        raise ValueError("no page, no siteinfo")


def _refuse_others(element: etree._Element) -> bool:
    tree = element.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise ValueError("DOCTYPE")
    if etree.QName(tree.getroot()).localname != "mediawiki":
        raise ValueError(f"<{etree.QName(tree.getroot()).localname}>")
    return True


def _forget(element: etree._Element) -> None:
    """Take what was read out of the tree, and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None and etree.QName(element).localname == "page":
        del parent[0]


def _text(element: etree._Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return (found.text or "") if found is not None else ""


def _revision(element: etree._Element) -> tuple[int, int, str, str, str, str]:
    """Number, number of the one before, user, comment, time, text: one pass over its parts."""
    said = {etree.QName(part).localname: part for part in element if isinstance(part.tag, str)}

    def text(name: str) -> str:
        return (said[name].text or "") if name in said else ""

    contributor = said.get("contributor")
    user = "" if contributor is None else _text(contributor, "username") or _text(contributor, "ip")
    time = text("timestamp").replace("Z", "+00:00")
    return int(text("id")), int(text("parentid") or 0), user, text("comment"), time, text("text")


def _page(element: etree._Element, newest: tuple[int, int, str, str, str, str]) -> DumpPage:
    redirect = element.find("{*}redirect")
    number, parent, user, comment, time, text = newest
    return DumpPage(
        _text(element, "title"),
        int(_text(element, "ns") or 0),
        int(_text(element, "id") or 0),
        "" if redirect is None else redirect.get("title", ""),
        number,
        parent,
        user,
        comment,
        time,
        text,
    )


def _site(element: etree._Element) -> Site:
    spaces = {str(one.get("key")): one.text or "" for one in element.iterfind("{*}namespaces/{*}namespace")}
    return Site(_text(element, "base"), _text(element, "case"), spaces)
