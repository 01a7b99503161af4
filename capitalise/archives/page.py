"""A saved page of a wiki: its title and what people wrote on it, without what the wiki and its skin put around.

The content element is MediaWiki's own (`#mw-content-text`, OutputPage.php; before 1.18 what stands in `#bodyContent`), whatever the skin;
other programs' pages are read by the element that HTML itself has for it (`main`, `article`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import lxml.html

from capitalise.archives.mojibake import Mended, mended
from capitalise.archives.naming import Named, named
from capitalise.errors import WikiError
from capitalise.messages import N_
from capitalise.pages.titles import normal_title
from capitalise.sheets.encodings import decoded

__all__ = ["FILE", "MOST_BYTES", "REFERENCE", "WIKI", "SavedPage", "read_saved", "words_of"]

MOST_BYTES = 10 << 20  # of one page
#: What stands in the content where a link of the wiki, a picture, or a footnote's mark was.
WIKI, FILE, REFERENCE = "x-wiki:", "x-file", "x-ref:"
_CONTENT = (
    "//*[@id='mw-content-text']",
    "//*[@id='bodyContent']",
    "//*[@id='WikiaArticle' or @id='mw_content' or @id='mw_contentholder']",
    "//main",
    "//article",
    "//*[@id='content']",
)
#: What the wiki puts among people's words.
_CUT_CLASSES = (
    *("mw-editsection", "editsection", "mw-jump-link", "printfooter", "catlinks", "mw-indicators", "mw-empty-elt"),
    *("mw-cite-backlink", "magnify", "mw-redirectedfrom", "subpages", "mw-pt-languages", "mw-revision", "smwfact"),
    *("visualClear", "mw-inputbox-centered", "tocnumber"),
)
_CUT_IDS = (
    *("toc", "siteSub", "contentSub", "contentSub2", "jump-to-nav", "catlinks", "siteNotice", "mw-js-message"),
    *(
        "column-one",
        "p-cactions",
        "footer",
        "firstHeading",
        "mw-navigation",
        "mw-panel",
        "jumpto",
        "mw-page-header-links",
    ),
    *(
        "mw-pages",
        "mw-subcategories",
        "mw-category-media",
        "filetoc",
        "file",
        "filehistory",
        "filelinks",
        "mw_metadata",
    ),
    *("mw-imagepage-section-filehistory", "mw-imagepage-section-linkstoimage", "mw-imagepage-section-metadata"),
    *(
        "mw-imagepage-nofile",
        "mw-imagepage-reupload-link",
        "metadata",
        "mw-normal-catlinks",
        "mw-hidden-catlinks",
        "mw-content-subtitle",
        "mw-revision-info",
        "mw-revision-nav",
    ),
)
_FILES = ("fichier", "file", "image", "média", "media")
_CATEGORIES = ("catégorie", "category")


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
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and not re.match(
        rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|!--|\?xml)", data[:500], re.IGNORECASE
    ):
        return None
    tree: Any = lxml.html.document_fromstring(_text(data), parser=lxml.html.HTMLParser(huge_tree=True))
    content = next((found[0] for path in _CONTENT if (found := tree.xpath(path))), None)
    if content is None:
        return None
    if tree.xpath("//input[@type='password']"):
        raise WikiError(N_("%(file)s asks to log in: what it hides cannot be read.", file=place))
    config = _config(tree)
    here = named(place)
    title = (
        normal_title(config.get("wgPageName", "").replace("_", " ")) or _heading(tree) or (here.title if here else "")
    )
    if not title:
        return None
    redirect = _redirect(content, place, address)
    redirected = config.get("wgRedirectedFrom") or tree.xpath(
        "//*[@id='contentSub']//a[contains(@href, 'redirect=no')]"
    )
    categories = tuple(_categories(tree, config))
    repaired = list(_mend(content))
    _cut(content)
    notes = _notes(content)
    pictures = list(dict.fromkeys(_pictures(content, place, address)))
    for element in (content, *notes.values()):
        _links(element, place, address, title)
    saved_as = here.title if here and not here.oldid else ""
    asked = saved_as if saved_as and saved_as != title and redirected else ""
    number = config.get("wgRevisionId", "")
    return SavedPage(
        title,
        content,
        categories,
        redirect,
        asked,
        int(number) if number.isdecimal() else 0,
        tuple(pictures),
        notes,
        tuple(repaired),
    )


def words_of(element: Any) -> list[str]:
    """The words of an element, as readers see them."""
    text = " ".join(str(piece) for piece in element.itertext() if piece.strip())
    return re.findall(r"\w+", text)


def _text(data: bytes) -> str:
    """As its header says, else UTF-8, else as old pages were written."""
    said = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", data[:4096], re.IGNORECASE)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").replace("\0", "")
    for encoding in dict.fromkeys(("utf-8-sig", said[1].decode() if said else "utf-8")):
        try:
            text = data.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        text = decoded(data, "")[0]
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))


def _config(tree: Any) -> dict[str, str]:
    """What MediaWiki tells its scripts of the page (`RLCONF`, before 1.33 `mw.config.set`): the values that are texts or numbers."""
    for script in tree.xpath("//script[not(@src)]"):
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
    return normal_title(" ".join(found[0].text_content().split())) if found else ""


def _categories(tree: Any, config: dict[str, str]) -> Iterator[str]:
    """The categories that are shown; those that are hidden are the wiki's own business."""
    shown = tree.xpath("//*[@id='mw-normal-catlinks']//li//a") or tree.xpath("//*[@id='catlinks']//li//a")
    if shown:
        yield from (normal_title(" ".join(link.text_content().split())) for link in shown)
        return
    with_names = config.get("wgCategories", "")
    if with_names and not tree.xpath("//*[@id='catlinks']"):
        yield from (normal_title(str(name)) for name in json.loads(with_names))


def _redirect(content: Any, place: str, address: str) -> str:
    found = content.xpath(".//*[contains(@class, 'redirectMsg')]//a | .//*[contains(@class, 'redirectText')]//a")
    target = _title_at(found[0].get("href", ""), place, address) if found else None
    return target.title if target else normal_title(found[0].text_content()) if found else ""


def _mend(content: Any) -> Iterator[Mended]:
    """Mend text that was decoded wrongly once, where that is certain."""
    for element in content.iter():
        for part in ("text", "tail"):
            text = getattr(element, part)
            if text and not text.isascii() and (found := mended(text)):
                setattr(element, part, found.after)
                yield found


def _cut(content: Any) -> None:
    """Take out what the wiki and its skin put there."""
    for element in list(content.iter()):
        if (
            not isinstance(element.tag, str)
            or element.tag in ("script", "style", "link", "meta", "input", "noscript")
            or element.get("id") in _CUT_IDS
            or set((element.get("class") or "").split()) & set(_CUT_CLASSES)
        ):
            _drop(element, content)


def _drop(element: Any, content: Any) -> None:
    if element is not content and element.getparent() is not None:
        element.drop_tree()


def _notes(content: Any) -> dict[str, Any]:
    """The footnotes by number, taken out of the list that they stand in; their marks become links. (Cite.php, `cite_note-` and `cite_ref-`.)"""
    notes: dict[str, Any] = {}
    for item in content.xpath(".//ol[contains(@class, 'references')]/li[starts-with(@id, 'cite_note-')]"):
        inside = item.xpath("./*[contains(@class, 'reference-text')]")
        notes[item.get("id")] = inside[0] if inside else item
    for mark in content.xpath(".//sup[contains(@class, 'reference')]"):
        link = mark.find(".//a")
        key = (link.get("href", "").partition("#")[2]) if link is not None else ""
        key = key if key in notes else unquote(key)
        if key in notes:
            new = lxml.html.Element("a", href=REFERENCE + key)
            new.text, new.tail = "x", mark.tail
            mark.getparent().replace(mark, new)
    for one in content.xpath(".//ol[contains(@class, 'references')]"):
        if any(item.get("id") in notes for item in one):
            one.drop_tree()
    return notes


# -- links and pictures -----------------------------------------------------------------------


def _title_at(href: str, place: str, address: str) -> Named | None:
    """The page of this archive that a link leads to, None for any other place. `#section` is not looked at."""
    href = href.strip()
    if re.match(r"[a-z][a-z0-9+.-]*:", href, re.IGNORECASE) or href.startswith("//"):
        root = urlsplit(address)
        parts = urlsplit(href)
        if not address or not parts.netloc or parts.netloc.removeprefix("www.") != root.netloc.removeprefix("www."):
            return None
        return named(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return named(urljoin("/" + quote(place), href)) if href and not href.startswith("#") else None


def _pictures(content: Any, place: str, address: str) -> Iterator[str]:
    """Pictures with their captions become links of their own kind; the titles of their files."""
    for box in content.xpath(
        ".//figure | .//div[contains(@class, 'thumb') and not(contains(@class, 'thumbinner'))] | .//li[contains(@class, 'gallerybox')]"
    ):
        caption = box.xpath(
            ".//figcaption | .//*[contains(@class, 'thumbcaption')] | .//*[contains(@class, 'gallerytext')]"
        )
        title = next((found for link in box.iter("a") if (found := _file_at(link, place, address))), "") or _named_in(
            box
        )
        if title and box.getparent() is not None:
            yield title
            _set(box, title, "|vignette", caption[0] if caption else None)
    for gallery in content.xpath(".//ul[contains(@class, 'gallery')]"):
        gallery.tag = "div"
        for one in list(gallery):
            holder = lxml.html.Element("p")
            gallery.replace(one, holder)
            holder.append(one)
    for link in content.xpath(".//a[.//img]"):
        if title := _file_at(link, place, address):
            yield title
            alt = (link.xpath(".//img")[0].get("alt") or "").strip()
            shown = lxml.html.Element("span")
            shown.text = alt if alt.partition(".")[0] != title.partition(":")[2].partition(".")[0] else ""
            _set(link, title, "", shown if shown.text else None)
    for link in content.xpath(_NO_FILE):
        if title := _file_at(link, place, address):
            yield title
            _set(link, title, "", None)
    for picture in content.xpath(".//img"):
        name = decoded_name(picture.get("src") or "")
        if name:
            yield name
            _set(picture, name, "", None)


def _named_in(box: Any) -> str:
    """The file of a gallery's place that has no picture to show: its name alone (TraditionalImageGallery::toHTML)."""
    text = " ".join("".join(one.text_content() for one in box.xpath(".//*[contains(@class, 'thumb')]")).split())
    return f"Fichier:{normal_title(text)}" if re.fullmatch(r"[^<>\[\]|#{}]+\.[A-Za-z0-9]{3,4}", text) else ""


#: The place of a file that the wiki does not have (Linker::makeBrokenImageLinkObj).
_NO_FILE = ".//a[contains(@href, 'wpDestFile=')]"


def _file_at(link: Any, place: str, address: str) -> str:
    found = _title_at(link.get("href", ""), place, address)
    title = (
        normal_title(link.get("title") or "") if "wpDestFile=" in link.get("href", "") else found.title if found else ""
    )
    return title if title.partition(":")[0].casefold() in _FILES and ":" in title else ""


def decoded_name(source: str) -> str:
    """The file of a picture that leads nowhere, by its address (`images/a/ab/Nom.png`, `thumb/…/120px-Nom.png`)."""
    found = re.search(r"images/(?:thumb/)?[0-9a-f]/[0-9a-f]{2}/([^/?@]+)", source)
    return "Fichier:" + normal_title(unquote(unquote(found[1]))) if found else ""


def _set(element: Any, title: str, layout: str, caption: Any) -> None:
    """Put a mark of its own where a picture stood, what it says inside: no link, because a caption may hold some."""
    made = lxml.html.Element("span", {"class": FILE, "title": title + layout})
    if caption is not None:
        for block in caption.xpath(".//p | .//div"):
            block.drop_tag()
        made.text = caption.text
        made.extend(list(caption))
    made.tail = element.tail
    element.getparent().replace(element, made)


def _links(content: Any, place: str, address: str, title: str) -> None:
    """Links of the archive become links of the wiki; what leads elsewhere stays."""
    for link in list(content.iter("a")):
        href = link.get("href", "")
        classes = (link.get("class") or "").split()
        if href.startswith(REFERENCE):
            continue
        if "selflink" in classes or "mw-selflink" in classes:
            _rewrite(link, title, "")
        elif found := _target(link, classes, place, address):
            _rewrite(link, found, unquote(href.partition("#")[2]))
        elif href.startswith("#") and len(href) > 1:
            _rewrite(link, "", unquote(href[1:]))
        elif not re.match(r"(?:https?:)?//|mailto:", href, re.IGNORECASE):
            link.drop_tag()


def _target(link: Any, classes: Sequence[str], place: str, address: str) -> str:
    """The title that a link of the wiki leads to. MediaWiki says it in `title`, too, and there as it is; of a page that is missing, with words
    behind it (Linker, LinkRenderer::makeBrokenLink)."""
    href = link.get("href", "")
    if "external" in classes or "extiw" in classes:
        return ""
    if "wpDestFile=" in href:
        said = normal_title(link.text_content())
        return said if said.partition(":")[0].casefold() in _FILES else ""
    if "new" in classes:
        query = re.search(r"title=([^&]+)", unquote(href) if "title=" not in href else href)
        found = named(f"index.php?title={query[1]}") if query else _title_at(href, place, address)
        return found.title if found else ""
    at = _title_at(href, place, address)
    said = normal_title(link.get("title") or "")
    return said if at and said and _same(said, at.title) else at.title if at else ""


def _same(one: str, other: str) -> bool:
    """Whether a title and a file's name mean the same page: names of files may lack signs that a file system refuses."""
    return re.sub(r"[^\w]", "", one).casefold() == re.sub(r"[^\w]", "", other).casefold()


def _rewrite(link: Any, title: str, section: str) -> None:
    prefix = title.partition(":")[0].casefold() if ":" in title else ""
    colon = ":" if prefix in (*_CATEGORIES, *_FILES) else ""
    link.set("href", WIKI + quote(f"{colon}{title}#{section}" if section else f"{colon}{title}"))
