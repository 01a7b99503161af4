"""A saved page of a wiki: its title and what people wrote on it, without what the wiki and its skin put around.

The content element is MediaWiki's own (`#mw-content-text`, OutputPage.php; before 1.18 what stands in `#bodyContent`), whatever the skin;
other programs' pages are read by the element that HTML itself has for it (`main`, `article`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import lxml.html
from lxml import etree

from capitalise.archives.elements import HEADINGS, document_of
from capitalise.archives.links import REFERENCE, disarmed, good_title, mark_links, mark_pictures, title_at
from capitalise.archives.mojibake import Mended, mended
from capitalise.archives.naming import named
from capitalise.errors import WikiError
from capitalise.messages import N_
from capitalise.sheets.encodings import decoded

__all__ = ["MOST_BYTES", "SavedPage", "read_saved", "words_of"]

MOST_BYTES = 5 << 20  # of one page
_CONTENT = (
    "//*[@id='mw-content-text']",
    "//*[@id='bodyContent']",
    "//*[@id='WikiaArticle' or @id='mw_content' or @id='mw_contentholder']",
    "//main",
    "//article",
    "//*[@id='content']",
)
#: What the wiki puts among people's words: by class, and by the number that it has once on a page. No heading is cut, nor a word inside one.
_CUT_CLASSES = frozenset(
    (
        *(
            "mw-editsection",
            "editsection",
            "mw-jump-link",
            "printfooter",
            "mw-empty-elt",
            "mw-cite-backlink",
        ),
        *("mw-redirectedfrom", "mw-pt-languages", "mw-revision"),
    )
)
_AROUND_IDS = frozenset(
    (
        *("siteSub", "contentSub", "contentSub2", "jump-to-nav", "jumpto", "catlinks", "siteNotice", "mw-js-message"),
        *("column-one", "p-cactions", "firstHeading", "mw-navigation", "mw-panel", "mw-page-header-links"),
        *("mw-normal-catlinks", "mw-hidden-catlinks", "mw-content-subtitle", "mw-revision-info", "mw-revision-nav"),
    )
)
_CUT_IDS = frozenset(
    (
        "toc",
        *("mw-pages", "mw-subcategories", "mw-category-media", "filetoc", "file", "mw_metadata", "mw-imagepage-nofile"),
        *("mw-imagepage-section-filehistory", "mw-imagepage-section-linkstoimage", "mw-imagepage-section-metadata"),
        "mw-imagepage-reupload-link",
    )
)
_SAYS_REDIRECT = re.compile(r"\W*(?:(?:rediriger|redirection|redirect|page|de|vers|to)\W*)*", re.IGNORECASE)
#: Signs that no XML holds, and those that mark places in a text on its way through pandoc.
_GONE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF))


@dataclass(frozen=True)
class SavedPage:
    """A page as it was saved: `content` is lxml's element, its links rewritten (WIKI, FILE, REFERENCE); `redirect` the title that it leads to,
    `asked` the title under which it was saved where that is a redirect; `pictures` the titles of its files; `notes` its footnotes by the number
    in their marks; `mended` what was mended in it."""

    title: str
    content: Any
    categories: tuple[str, ...] = ()
    redirect: str = ""
    asked: str = ""
    revision: int = 0
    pictures: tuple[str, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)
    mended: tuple[Mended, ...] = ()


def read_saved(data: bytes, place: str, address: str = "") -> SavedPage | None:
    """The page in a file that lies at `place` below the archive's root; `address` is the root's. None for what is no page of a wiki. Raises
    WikiError for one that is too large, or asks to log in."""
    if len(data) > MOST_BYTES:
        raise WikiError(N_("%(file)s is larger than %(most)d MB.", file=place, most=MOST_BYTES >> 20))
    if not _LOOKS.match(data.lstrip()[:200]) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    tree = document_of(_text(data))
    content = _content(tree) if tree is not None else None
    if content is None:
        return None
    if tree.xpath("//input[@type='password']"):
        raise WikiError(N_("%(file)s asks to log in: what it hides cannot be read.", file=place))
    config, here = _config(tree), named(place)
    title = good_title(config.get("wgPageName", "")) or _heading(tree) or (here.title if here else "")
    if not title:
        return None
    redirected = config.get("wgRedirectedFrom") or tree.xpath(
        "//*[@id='contentSub']//a[contains(@href, 'redirect=no')]"
    )
    categories = tuple(filter(None, map(good_title, _categories(tree, config))))
    etree.strip_elements(content, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    repaired = list(_mend(content))
    disarmed(content)
    _cut(content, _CUT_IDS if content.get("id") == "mw-content-text" else _CUT_IDS | _AROUND_IDS)
    redirect = _redirect(content, place, address)
    notes = _notes(content)
    pictures = list(dict.fromkeys(mark_pictures(content, place, address)))
    for element in (content, *notes.values()):
        mark_links(element, place, address, title)
    saved_as = here.title if here and not here.oldid else ""
    asked = saved_as if saved_as and saved_as != title and redirected else ""
    number = config.get("wgRevisionId", "")
    revision = int(number) if number.isdecimal() and len(number) < 15 else 0
    return SavedPage(title, content, categories, redirect, asked, revision, tuple(pictures), notes, tuple(repaired))


_LOOKS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|meta|title|!--|\?xml)", re.IGNORECASE)


def _content(tree: Any) -> Any:
    """What people wrote: the first of the elements that hold it, several of one kind as one."""
    found: list[Any] = next((some for path in _CONTENT if (some := tree.xpath(path))), [])
    if len(found) < 2:
        return found[0] if found else None
    whole = lxml.html.Element("div", id=found[0].get("id", "content"))
    whole.extend([one for one in found if not any(other in found for other in one.iterancestors())])
    return whole


def words_of(element: Any) -> list[str]:
    """The words of an element, as readers see them."""
    text = " ".join(str(piece) for piece in element.itertext() if piece.strip())
    return re.findall(r"\w+", text)


def _text(data: bytes) -> str:
    """As its header says, else UTF-8, else as old pages were written."""
    said = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", data[:4096], re.IGNORECASE)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").translate(_GONE)
    for encoding in dict.fromkeys(("utf-8-sig", said[1].decode() if said else "utf-8")):
        try:
            text = data.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        text = decoded(data, "")[0]
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text.translate(_GONE))


def _config(tree: Any) -> dict[str, str]:
    """What MediaWiki tells its scripts of the page (`RLCONF`, before 1.33 `mw.config.set`): the values that are texts or numbers."""
    for script in tree.xpath("//head//script[not(@src)]"):
        text = script.text or ""
        if "wgPageName" in text:
            pairs = re.findall(r'"(wg\w+)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(\d+)|(\[[^\]]*\]))', text)
            return {key: _unescaped(words) or number or items for key, words, number, items in pairs}
    return {}


def _unescaped(words: str) -> str:
    try:
        return str(json.loads(f'"{words}"'))
    except ValueError:
        return words


def _heading(tree: Any) -> str:
    """The title that stands above the content; that of an old revision has no other words in MediaWiki's skins."""
    found = tree.xpath("//*[@id='firstHeading']")
    return good_title(" ".join(found[0].text_content().split())) if found else ""


def _categories(tree: Any, config: dict[str, str]) -> Iterator[str]:
    """The categories that are shown; those that are hidden are the wiki's own business."""
    shown = tree.xpath("//*[@id='mw-normal-catlinks']//li//a") or tree.xpath("//*[@id='catlinks']//li//a")
    if shown:
        yield from (" ".join(link.text_content().split()) for link in shown)
        return
    with_names = config.get("wgCategories", "")
    if with_names and not tree.xpath("//*[@id='catlinks']"):
        yield from re.findall(r'"((?:[^"\\]|\\.)*)"', with_names)


def _redirect(content: Any, place: str, address: str) -> str:
    """Where a page that is nothing but a redirect leads to (RedirectContent, Article::getRedirectHeaderHtml)."""
    found = content.xpath(".//*[@class='redirectMsg']//a | .//ul[@class='redirectText']//a")
    beside = content.text_content().replace(found[0].text_content(), "", 1) if found else ""
    if not found or not _SAYS_REDIRECT.fullmatch(beside):
        return ""
    target = title_at(found[0].get("href", ""), place, address)
    return target.title if target else good_title(found[0].text_content())


def _mend(content: Any) -> Iterator[Mended]:
    """Mend text that was decoded wrongly once, where that is certain."""
    for element in content.iter():
        for part in ("text", "tail"):
            text = getattr(element, part)
            if text and text != (clean := text.translate(_GONE)):
                setattr(element, part, clean)  # `&#11;` and its like
                text = clean
            if text and not text.isascii() and (found := mended(text)):
                setattr(element, part, found.after)
                yield found


_BLOCKS = ("div", "table", "ul", "ol", "form", "section", "h1")


def _cut(content: Any, ids: frozenset[str]) -> None:
    """Take out what the wiki and its skin put there: blocks by the number that they have once on a page, pieces by their class."""
    etree.strip_elements(content, "script", "style", "link", "meta", "input", with_tail=False)
    for element in list(content.iter()):
        known = element.get("id") in ids and element.tag in _BLOCKS
        cut = known or _is_magnifier(element) or not _CUT_CLASSES.isdisjoint((element.get("class") or "").split())
        if cut and element is not content and element.getparent() is not None and not _is_heading(element):
            element.drop_tree()


def _is_magnifier(element: Any) -> bool:
    """The button that enlarges a picture, in its caption."""
    parent = element.getparent()
    inside = parent is not None and "thumbcaption" in (parent.get("class") or "").split()
    return inside and "magnify" in (element.get("class") or "").split()


def _is_heading(element: Any) -> bool:
    """Whether an element is a heading, or the words of one: MediaWiki names them by what people wrote."""
    return element.tag in HEADINGS or "mw-headline" in (element.get("class") or "").split()


def _notes(content: Any) -> dict[str, Any]:
    """The footnotes by number, taken out of the list that they stand in; their marks become links. (Cite.php, `cite_note-` and `cite_ref-`.)"""
    notes: dict[str, Any] = {}
    called = {
        unquote(a.get("href", "").partition("#")[2]) for a in content.xpath(".//sup[contains(@class, 'reference')]//a")
    }
    for item in content.xpath(".//ol[contains(@class, 'references')]/li[starts-with(@id, 'cite_note-')]"):
        if item.get("id") not in called or not re.fullmatch(r"[\w.:-]+", item.get("id")):
            continue  # nobody calls it: it stays where it is
        inside = item.xpath("./*[contains(@class, 'reference-text')]")
        notes[item.get("id")] = inside[0] if inside and _same_words(inside[0], item) else item
    for mark in content.xpath(".//sup[contains(@class, 'reference')]"):
        link = mark.find(".//a")
        key = (link.get("href", "").partition("#")[2]) if link is not None else ""
        key = key if key in notes else unquote(key)
        if key in notes:
            new = lxml.html.Element("a", href=REFERENCE + key)
            new.text, new.tail = "x", mark.tail
            mark.getparent().replace(mark, new)
    for item in content.xpath(".//ol[contains(@class, 'references')]/li"):
        if item.get("id") in notes:
            item.drop_tree()
    return notes


def _same_words(one: Any, other: Any) -> bool:
    return words_of(one) == words_of(other)
