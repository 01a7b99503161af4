"""The kit's pages as MediaWiki imports them: Special:Import, importDump.php (https://www.mediawiki.org/xml/export-0.11.xsd)."""

from __future__ import annotations

from datetime import UTC

from lxml import etree

from capitalise.exports.cleaned import CONTROL
from capitalise.exports.formats import Wanted
from capitalise.exports.model import Kit
from capitalise.pages.revisions import Revision

__all__ = ["make"]

_SPACE = "{http://www.mediawiki.org/xml/export-0.11/}"


def make(kit: Kit, wanted: Wanted) -> bytes:
    """One revision of each page: who saved it, when, with which words. What XML cannot say (U+0000 …) no wiki holds either."""
    root = etree.Element(f"{_SPACE}mediawiki", nsmap={None: _SPACE.strip("{}")}, version="0.11")  # type: ignore[dict-item]
    root.set("{http://www.w3.org/XML/1998/namespace}lang", kit.language)
    for revision in wanted.revisions:
        _page(root, revision)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=False)
    return made


def _page(root: etree._Element, revision: Revision) -> None:
    page = etree.SubElement(root, f"{_SPACE}page")
    etree.SubElement(page, f"{_SPACE}title").text = revision.title
    saved = etree.SubElement(page, f"{_SPACE}revision")
    etree.SubElement(saved, f"{_SPACE}timestamp").text = revision.timestamp.astimezone(UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    contributor = etree.SubElement(saved, f"{_SPACE}contributor")
    etree.SubElement(contributor, f"{_SPACE}username").text = revision.user
    etree.SubElement(saved, f"{_SPACE}comment").text = revision.comment
    etree.SubElement(saved, f"{_SPACE}model").text = "wikitext"
    etree.SubElement(saved, f"{_SPACE}format").text = "text/x-wiki"
    text = etree.SubElement(saved, f"{_SPACE}text")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = (revision.text or "").translate(CONTROL)  # no wiki keeps them either
