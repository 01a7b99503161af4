"""Links and pictures of a saved page, marked as what they are on the wiki: which page, which file. Every title is one that a page can have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import lxml.html

from capitalise.archives.naming import Named, named
from capitalise.pages.titles import normal_title, title_problem

__all__ = ["FILE", "REFERENCE", "WIKI", "disarmed", "good_title", "mark_links", "mark_pictures", "title_at"]

#: What stands in the content where a link of the wiki, a picture, or a footnote's mark was.
WIKI, FILE, REFERENCE = "x-wiki:", "x-file", "x-ref:"
_FILES = ("fichier", "file", "image", "média", "media")
_CATEGORIES = ("catégorie", "category")
#: The place of a file that the wiki does not have (Linker::makeBrokenImageLinkObj).
_NO_FILE = ".//a[contains(@href, 'wpDestFile=')]"
_OUTSIDE = re.compile(
    r"(?:https?:|ftps?:|ircs?:|news:|gopher:)?//|(?:mailto|tel|news|urn|geo|magnet|xmpp):", re.IGNORECASE
)


def disarmed(content: Any) -> None:
    """Take away what only looks like a mark of ours: somebody may have written it."""
    for link in content.iter("a"):
        if link.get("href", "").strip().startswith((WIKI, REFERENCE)):
            link.set("href", "#")
    for element in content.xpath(f".//*[contains(@class, '{FILE}')]"):
        del element.attrib["class"]


def good_title(title: str) -> str:
    """A title as the wiki spells it, "" for what no page can be called."""
    title = normal_title(title)
    return "" if title_problem(title) else title


def title_at(href: str, place: str, address: str) -> Named | None:
    """The page of this archive that a link leads to, None for any other place. `#section` is not looked at."""
    href = href.strip()
    try:
        if re.match(r"[a-z][a-z0-9+.-]*:", href, re.IGNORECASE) or href.startswith("//"):
            root, parts = urlsplit(address), urlsplit(href)
            if not address or not parts.netloc or parts.netloc.removeprefix("www.") != root.netloc.removeprefix("www."):
                return None
            return named(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        return named(urljoin("/" + quote(place), href)) if href and not href.startswith("#") else None
    except ValueError:  # a bracket without its pair
        return None


# -- pictures ----------------------------------------------------------------------------------


def mark_pictures(content: Any, place: str, address: str) -> Iterator[str]:
    """Put marks where pictures stand, their captions in them; the titles of their files."""
    for box in content.xpath(
        f".//figure | .//div[{_has('thumb')}][div[{_has('thumbinner')}]] | .//li[{_has('gallerybox')}]"
    ):
        captions = box.xpath(f".//figcaption | .//*[{_has('thumbcaption')}] | .//*[{_has('gallerytext')}]")
        inside = [one for caption in captions for one in caption.iter("a")]
        files = [found for a in box.iter("a") if a not in inside and (found := _file_at(a, place, address))]
        title = next(iter(dict.fromkeys(files)), "") or _named_in(box)
        if (
            title
            and len(set(files)) < 2
            and len(captions) < 2
            and box.getparent() is not None
            and not _words_beside(box, captions)
        ):
            yield title
            _set(box, title, "|vignette", captions[0] if captions else None)
    _galleries(content)
    for link in [*content.xpath(".//a[.//img]"), *content.xpath(_NO_FILE)]:
        if title := _file_at(link, place, address):
            yield title
            _set(
                link, title, "", link if _words(link) and link.find(".//img") is not None else _alternative(link, title)
            )
    for picture in content.xpath(".//img"):
        if title := _named_by_address(picture.get("src") or ""):
            yield title
            _set(picture, title, "", None)


def _has(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def _words_beside(box: Any, captions: Sequence[Any]) -> bool:
    """Whether a picture's box holds words that are neither its caption nor the name of a file that is missing."""
    told = " ".join(_words(one) for one in captions)
    names = [_words(a) for a in box.iter("a")] + [_words(one) for one in box.xpath(f".//*[{_has('thumb')}]")]
    rest = _words(box).replace(told, "", 1).strip() if told else _words(box)
    return bool(rest) and rest not in names


def _galleries(content: Any) -> None:
    for gallery in content.xpath(f".//ul[{_has('gallery')}]"):
        gallery.tag = "div"
        for one in list(gallery):
            holder = lxml.html.Element("p")
            gallery.replace(one, holder)
            holder.append(one)


def _named_in(box: Any) -> str:
    """The file of a gallery's place that has no picture to show: its name alone (TraditionalImageGallery::toHTML)."""
    text = " ".join("".join(one.text_content() for one in box.xpath(f".//*[{_has('thumb')}]")).split())
    return good_title(f"Fichier:{text}") if re.fullmatch(r"[^<>\[\]|#{}]+\.[A-Za-z0-9]{3,4}", text) else ""


def _file_at(link: Any, place: str, address: str) -> str:
    href = link.get("href", "")
    missing = "wpDestFile=" in href
    found = None if missing else title_at(href, place, address)
    if "new" in (link.get("class") or "").split() and not missing:
        title = _target(link, ["new"], place, address)
    else:
        title = good_title(link.get("title") or "") if missing else found.title if found else ""
    return title if title.partition(":")[0].casefold() in _FILES and ":" in title else ""


def _named_by_address(source: str) -> str:
    """The file of a picture that leads nowhere, by its address (`images/a/ab/Nom.png`, `thumb/…/120px-Nom.png`)."""
    found = re.search(r"images/(?:thumb/)?[0-9a-f]/[0-9a-f]{2}/([^/?@]+)", source)
    return good_title(f"Fichier:{unquote(unquote(found[1]))}") if found else ""


def _alternative(link: Any, title: str) -> Any:
    """What a picture's alternative text says, where that is more than its name."""
    pictures = link.xpath(".//img")
    text = (pictures[0].get("alt") or "").strip() if pictures else ""
    if not text or text.partition(".")[0] == title.partition(":")[2].partition(".")[0]:
        return None
    shown = lxml.html.Element("span")
    shown.text = text
    return shown


def _set(element: Any, title: str, layout: str, caption: Any) -> None:
    """Put a mark of its own where a picture stood, what it says inside: no link, because a caption may hold some."""
    made = lxml.html.Element("span", {"class": FILE, "title": title + layout})
    if caption is not None:
        for block in caption.xpath(".//p | .//div"):
            block.drop_tag()
        made.text = caption.text
        made.extend([one for one in caption if one.tag != "img" or one.tail])
    made.tail = element.tail
    element.getparent().replace(element, made)


# -- links -------------------------------------------------------------------------------------


def mark_links(content: Any, place: str, address: str, title: str) -> None:
    """Links of the archive become links of the wiki; what leads elsewhere stays; what leads nowhere is words."""
    for link in list(content.iter("a")):
        href = link.get("href", "").strip()
        classes = (link.get("class") or "").split()
        if href.startswith(REFERENCE):
            continue
        if "selflink" in classes or "mw-selflink" in classes:
            _rewrite(link, title, "")
        elif found := _target(link, classes, place, address):
            _rewrite(link, found, unquote(href.partition("#")[2]))
        elif href.startswith("#") and len(href) > 1:
            _rewrite(link, "", unquote(href[1:]))
        elif not _OUTSIDE.match(href):
            link.drop_tag()


def _target(link: Any, classes: Sequence[str], place: str, address: str) -> str:
    """The title that a link of the wiki leads to. MediaWiki says it in `title`, too, and there as it is; of a page that is missing, with words
    behind it (Linker, LinkRenderer::makeBrokenLink)."""
    href = link.get("href", "")
    if "external" in classes or "extiw" in classes:
        return ""
    if "wpDestFile=" in href:
        said = good_title(link.text_content())
        return said if said.partition(":")[0].casefold() in _FILES else ""
    if "new" in classes:
        query = re.search(r"title=([^&]+)", unquote(href) if "title=" not in href else href)
        found = named(f"index.php?title={query[1]}") if query else title_at(href, place, address)
        return found.title if found else ""
    at = title_at(href, place, address)
    said = good_title(link.get("title") or "")
    return said if at and said and _same(said, at.title) else at.title if at else ""


def _same(one: str, other: str) -> bool:
    """Whether a title and a file's name mean the same page: names of files may lack signs that a file system refuses."""
    return re.sub(r"[^\w]", "", one).casefold() == re.sub(r"[^\w]", "", other).casefold()


def _rewrite(link: Any, title: str, section: str) -> None:
    prefix = title.partition(":")[0].casefold() if ":" in title else ""
    colon = ":" if prefix in (*_CATEGORIES, *_FILES) else ""
    section = re.sub(r"[\[\]{}|<>\x00-\x1f]", lambda found: f".{ord(found[0]):02X}", section)  # as anchors were written
    link.set("href", WIKI + quote(f"{colon}{title}#{section}" if section else f"{colon}{title}"))
