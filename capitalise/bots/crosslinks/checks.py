"""One link and what the wikis say: what is wrong with it, and what to write instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from capitalise.bots.crosslinks.facts import Facts
from capitalise.bots.crosslinks.nearest import nearest, nearest_section
from capitalise.bots.crosslinks.quotes import Quote, finding_on, opens
from capitalise.messages import N_, Message
from capitalise.pages.addresses import Place, Site, address_of, prefix_to, same_anchor, undotted
from capitalise.pages.revisions import Absence, Head
from capitalise.pages.titles import title_problem
from capitalise.plans.model import Finding

__all__ = ["check_quote", "rewritten"]

MOST_SHOWN = 200  # signs of a link


def check_quote(quote: Quote, facts: Facts, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """What is wrong with a link, and where to mend it; nothing for one outside the known wikis."""
    yield from (replace(finding, address=opens(quote, sites)) for finding in _checked(quote, facts, sites))


def _checked(quote: Quote, facts: Facts, sites: Mapping[str, Site]) -> Iterator[Finding]:
    place = quote.place
    if place is None:
        return
    if place.oldid and not place.title:
        yield _finding(
            quote, "permalink", N_("the link leads to the old version %(id)d; is that meant?", id=place.oldid)
        )
        return
    if place.page_id and not place.title:
        yield _finding(quote, "missing-target", N_("no page has the number %(id)d", id=place.page_id))
    if not quote.names_page:
        return
    if place.oldid:
        why = N_("the link leads to one old version of “%(title)s”; is that meant?", title=place.title)
        yield _finding(quote, "permalink", why)
        return
    head = facts.heads.get((place.wiki, place.title))
    if head is None:
        return
    if head.invalid:
        reason = title_problem(place.title) or N_("%(why)s", why=head.invalid)
        why = N_("no page can be called “%(title)s” (%(why)s)", title=place.title, why=reason)
        yield _finding(quote, "invalid-target", why)
    elif not head.revision:
        yield from _missing(quote, place, facts, sites)
    elif not quote.made:
        yield from _redirect(quote, place, head, facts, sites)
        missing = list(_section(quote, place, facts, sites))
        yield from missing or _form(quote, place, sites)


def _redirect(quote: Quote, place: Place, head: Head, facts: Facts, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """Through a redirect: to a page, to another redirect, to itself, to nothing."""
    if not head.redirect:
        return
    target = facts.heads.get((place.wiki, head.redirect))
    titles = {"title": place.title, "target": head.redirect}
    if head.redirect in (place.title, head.title):
        yield _finding(quote, "broken-redirect", N_("“%(title)s” is a redirect that leads to itself", **titles))
    elif target and target.invalid:
        return  # a page of another wiki, most likely
    elif target and not target.revision:
        yield _finding(
            quote, "broken-redirect", N_("“%(title)s” is a redirect to “%(target)s”, which is not there", **titles)
        )
    elif target and target.redirect:
        why = N_("“%(title)s” is a redirect to “%(target)s”, a redirect itself", **titles)
        end = rewritten(quote, Place(place.wiki, target.redirect, place.section), sites)
        yield _finding(quote, "broken-redirect", why, end)
    else:
        why = N_("“%(title)s” is a redirect to “%(target)s”", **titles)
        section = place.section or head.section
        yield _finding(
            quote, "redirect-target", why, rewritten(quote, Place(place.wiki, head.redirect, section), sites)
        )


def _missing(quote: Quote, place: Place, facts: Facts, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """Moved, deleted, misspelt, in another place, or never there: the log first, then the titles that are known."""
    if quote.made and place.wiki == quote.wiki and (place.wiki, place.title) not in facts.shown:
        return  # only asked about by the template, no link
    if quote.made and _TEMPLATE.match(place.title):
        why = N_("the page calls “%(title)s”, which is not there", title=place.title)
        yield replace(_finding(quote, "missing-target", why), message=why)
        return
    absence = facts.absences.get((place.wiki, place.title), Absence())
    moved = facts.moves.get((place.wiki, place.title))
    if moved:
        why = N_("“%(title)s” was renamed “%(target)s”", title=place.title, target=moved.title)
        target = Place(place.wiki, moved.title, place.section)
        yield _finding(quote, "moved-target", why, rewritten(quote, target, sites), 100.0)
        return
    near = nearest(place, facts.names)
    suggestion = _led_to(quote, near.place, sites) if near else ""
    score = near.score if near else None
    last = next((entry for entry in absence.log if entry.kind == "delete"), None)
    if last:
        values = {
            "title": place.title,
            "when": last.at.date(),
            "user": last.user,
            "comment": last.comment or "–",
        }
        why = N_("“%(title)s” was deleted on %(when)s by %(user)s: %(comment)s", **values)
        yield _finding(quote, "deleted-target", why, suggestion, score)
    elif near:
        why = N_(
            "there is no page “%(title)s” on “%(wiki)s”, but %(near)s",
            title=place.title,
            wiki=place.wiki,
            near=near.why,
        )
        yield _finding(quote, near.rule, why, suggestion, score)
    else:
        why = N_("there is no page “%(title)s” on “%(wiki)s”", title=place.title, wiki=place.wiki)
        yield _finding(quote, "missing-target", why)


def _led_to(quote: Quote, target: Place, sites: Mapping[str, Site]) -> str:
    """The link, leading to another page, of another wiki too where there is a way to write that."""
    if quote.made:
        return ""
    if quote.place and (target.wiki == quote.place.wiki or quote.link.kind in ("external", "bare")):
        return rewritten(quote, target, sites)
    prefix = prefix_to(quote.wiki, target.wiki, sites)
    return "" if prefix is None else _as_link(quote, target, prefix)


def _section(quote: Quote, place: Place, facts: Facts, sites: Mapping[str, Site]) -> Iterator[Finding]:
    anchors = facts.anchors.get((place.wiki, place.title))
    if not place.section or anchors is None or _NO_HEADING.match(place.section):
        return
    if any(same_anchor(place.section, anchor) for anchor in anchors):
        return
    readable = [anchor for anchor in anchors if not re.search(r"\.[0-9A-F]{2}", anchor)]
    score, near = nearest_section(place.section, readable)
    why = N_("the page “%(title)s” has no section “%(section)s”", title=place.title, section=place.section)
    yield _finding(quote, "missing-section", why, _with_section(quote, near, sites) if near else "", score or None)


#: Places of every page that no heading makes: MediaWiki's own, its skins', of references, of pictures, of words searched.
_NO_HEADING = re.compile(
    r"(?:top|toc|haut|content|bodyContent|firstHeading|catlinks|footer|siteSub)$|(?:mw-|p-|ca-|cite[ _]|:~:|/)",
    re.IGNORECASE,
)


def _with_section(quote: Quote, section: str, sites: Mapping[str, Site]) -> str:
    """The link, leading to another section of its page."""
    place = quote.place
    if place is None or re.search(r"[\[\]{}|<>\n]", section):
        return ""
    if quote.link.kind in ("external", "bare"):
        return rewritten(quote, replace(place, section=section), sites)
    named = quote.link.target.partition("#")[0]
    return quote.written.replace(quote.link.target, f"{named}#{section}", 1)


def _form(quote: Quote, place: Place, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """An address where the wiki has a link for it, a mobile or http address."""
    if quote.link.kind not in ("external", "bare") or place.ways & {"diff", "query"}:
        return
    prefix = prefix_to(quote.wiki, place.wiki, sites) if quote.wiki else None  # a document has addresses only
    if prefix is not None and quote.link.kind == "external":
        why = N_("a link to one of the wikis is written as an address")
        yield _finding(quote, "external-link", why, _as_link(quote, place, prefix))
    elif "mobile" in place.ways:
        why = N_("the address is that of the mobile site")
        yield _finding(quote, "old-address", why, rewritten(quote, place, sites))
    elif "http" in place.ways and sites[place.wiki].server.startswith("https:"):
        yield _finding(quote, "old-address", N_("the address begins with http://"), rewritten(quote, place, sites))


def _as_link(quote: Quote, target: Place, prefix: str) -> str:
    section = f"#{target.section}" if target.section else ""
    name = f"{prefix}:{target.title}" if prefix else target.title
    # without a colon it would be a category, a link between languages, or a subpage
    colon = ":" if len(prefix) > 1 or (not prefix and (":" in name or name.startswith(("/", ".")))) else ""
    if re.search(r"[\[\]{}|<>\n]", f"{name}{section}{quote.link.label}"):
        return ""  # signs that mean something else in a link, a reference, a comment
    if len(re.findall("'{2,}", quote.link.label)) % 2 or "__" in quote.link.label:
        return ""  # italics that go on behind the link, a magic word
    return f"[[{colon}{name}{section}|{quote.link.label}]]" if quote.link.label else f"[[{colon}{name}{section}]]"


def rewritten(quote: Quote, target: Place, sites: Mapping[str, Site]) -> str:
    """The link as it was written, leading to another page of the same wiki; "" for one that a template makes."""
    if quote.made or (quote.place and "query" in quote.place.ways):
        return ""
    if quote.link.kind in ("external", "bare"):
        return quote.written.replace(quote.link.target, address_of(sites[target.wiki], target.title, target.section), 1)
    named, _sign, typed = quote.link.target.partition("#")
    section = undotted(typed) or target.section
    prefix = _prefix(named, quote, sites) or (":" if _LISTED.match(target.title) else "")
    if re.search(r"[\[\]{}|<>\n]", f"{target.title}{'' if typed else section}"):
        return ""
    whole = f"{prefix}{target.title}#{section}" if section else f"{prefix}{target.title}"
    return quote.written.replace(quote.link.target, whole, 1)


_TEMPLATE = re.compile(r"(?:modèle|template)\s*:", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:catégorie|category|fichier|file|image)\s*:", re.IGNORECASE)


def _prefix(named: str, quote: Quote, sites: Mapping[str, Site]) -> str:
    """Everything before the title: colons and prefixes of wikis."""
    site, at = sites[quote.wiki], 0
    while found := re.match(r"\s*:?\s*([^:]+?)\s*:", named[at:]):
        word = found[1].replace("_", " ").casefold()
        if word in site.namespaces or word not in site.interwiki:
            break
        at += found.end()
        url = site.interwiki.get(word, "")
        site = next((one for one in sites.values() if url and re.sub(r"^(?:https?:)?//", "", one.server) in url), site)
    colon = re.match(r"\s*:", named[at:])
    return named[: at + colon.end()] if colon and at == 0 else named[:at]


def _short(written: str) -> str:
    words = " ".join(written.split())
    return words if len(words) <= MOST_SHOWN else f"{words[: MOST_SHOWN - 1]}…"


def _finding(quote: Quote, rule: str, why: Message, suggestion: str = "", score: float | None = None) -> Finding:
    made = N_("%(why)s (a template makes the link)", why=why)
    words = made if quote.made else N_("%(why)s: %(written)s", why=why, written=_short(quote.written))
    return replace(finding_on(quote, rule, words), suggestion=suggestion, score=score)
