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
from capitalise.installed import missing
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
        raise WikiError(missing(N_("Reading .zst files"), "zstandard")) from error
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
    space = None
    for _event, element in parsed:
        if space is None:
            space = _refuse_others(element)
        kind = element.tag[len(space) :]
        if kind == "revision":
            bounded.since = 0
            if newest is None or int(element.findtext(f"{space}id") or 0) > newest[0]:
                newest = _revision(element, len(space))
        elif kind == "page":
            if newest:
                yield _page(element, newest, len(space))
            newest = None
            _forget(element)
            continue
        else:
            yield _site(element)
        element.clear()
    if space is None:
        raise ValueError("no page, no siteinfo")


def _refuse_others(element: etree._Element) -> str:
    """What the names of the file begin with, its namespace in braces."""
    tree = element.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise ValueError("DOCTYPE")
    if etree.QName(tree.getroot()).localname != "mediawiki":
        raise ValueError(f"<{etree.QName(tree.getroot()).localname}>")
    return str(element.tag)[: -len(etree.QName(element).localname)]


def _forget(page: etree._Element) -> None:
    """Take a page that was read out of the tree, and what stands before it."""
    page.clear()
    parent = page.getparent()
    while parent is not None and page.getprevious() is not None:
        del parent[0]


def _said(element: etree._Element, prefix: int) -> dict[str, etree._Element]:
    """The parts of an element by their names."""
    return {part.tag[prefix:]: part for part in element if isinstance(part.tag, str)}


def _text(said: Mapping[str, etree._Element], name: str) -> str:
    return (said[name].text or "") if name in said else ""


def _revision(element: etree._Element, prefix: int) -> tuple[int, int, str, str, str, str]:
    """Number, number of the one before, user, comment, time, text."""
    said = _said(element, prefix)
    people = _said(said["contributor"], prefix) if "contributor" in said else {}
    user = _text(people, "username") or _text(people, "ip")
    time = _text(said, "timestamp").replace("Z", "+00:00")
    return (
        int(_text(said, "id")),
        int(_text(said, "parentid") or 0),
        user,
        _text(said, "comment"),
        time,
        _text(said, "text"),
    )


def _page(element: etree._Element, newest: tuple[int, int, str, str, str, str], prefix: int) -> DumpPage:
    said = _said(element, prefix)
    redirect = said["redirect"].get("title", "") if "redirect" in said else ""
    return DumpPage(_text(said, "title"), int(_text(said, "ns") or 0), int(_text(said, "id") or 0), redirect, *newest)


def _site(element: etree._Element) -> Site:
    spaces = {str(one.get("key")): one.text or "" for one in element.iterfind("{*}namespaces/{*}namespace")}
    return Site(element.findtext("{*}base") or "", element.findtext("{*}case") or "", spaces)
