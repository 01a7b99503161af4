"""Links written anew on a page, where the workspace may: the words that readers see stay as they are.

A link is left alone where somebody took the bot's earlier repair of it back, where it stands between a bot's marks or in a
gallery, and where the page would be read in another way afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from urllib.parse import unquote

from capitalise.bots.crosslinks.quotes import Quote
from capitalise.bots.crosslinks.rules import RULES
from capitalise.bots.crosslinks.settings import FIXABLE
from capitalise.messages import NP_, render
from capitalise.pages.revisions import Revision
from capitalise.pages.titles import sort_key
from capitalise.plans.model import Finding, PageChange
from capitalise.plans.run_ids import run_of
from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.canonical import canonical, expanded_on_save
from capitalise.wikitext.links import Link, find_links
from capitalise.wikitext.preprocessor import preprocess, walk

__all__ = ["refused", "repaired", "stood_before"]

_LABELLED = ("moved-target", "variant-target", "redirect-target", "wrong-namespace", "wrong-wiki")
_FILE = re.compile(r"\s*(?:fichier|file|image)\s*:", re.IGNORECASE)
_MARK = re.compile(r"<!--\s*/?capitalise\b", re.IGNORECASE)
_LISTS = re.compile(r"<(?:gallery|imagemap|timeline|graph)\b", re.IGNORECASE)


def repaired(
    revision: Revision,
    found: Sequence[tuple[Quote, Finding]],
    rules: Iterable[str],
    no: frozenset[str],
    tags: frozenset[str],
    language: str,
) -> tuple[PageChange | None, list[Finding]]:
    """The page with its links mended, as far as `rules` go, and the findings that this mends; `no` are targets, as typed, that
    somebody wants as they are."""
    text = revision.text or ""
    alone = _left_alone(text, tags)
    chosen = _chosen(found, tuple(rule for rule in FIXABLE if rule in set(rules)))
    new, done = text, []
    until = len(text)
    for quote, finding in sorted(chosen.items(), key=lambda pair: -pair[0].link.start):
        start, end = quote.link.start, quote.link.end
        free = not any(a < end and start < b for a, b in alone) and not _glued(text, quote, finding)
        if free and target_of(quote.link) not in no and end <= until and text[start:end] == quote.written:
            new = new[:start] + _written(quote, finding) + new[end:]
            done.append((quote, finding))
            until = start
    if not done or canonical(text) != text or not _reads_alike(text, new, tags) or expanded_on_save(new, tags):
        return None, []
    values = tuple((_word(f.rule, language), quote.written, _written(quote, f)) for quote, f in reversed(done))
    summary = _summary([f for _q, f in done], language)
    change = PageChange(done[0][0].wiki, revision.title, revision.id, text, new, summary, values=values)
    return change, [finding for _quote, finding in done]


def refused(history: Sequence[Revision]) -> frozenset[str]:
    """The targets, as typed, that a run of this program replaced once, whatever its account: where they are back, somebody
    wants them so. `history` is the page's, oldest first."""
    gone: set[str] = set()
    for before, after in pairwise(history):
        if run_of(after.comment) is not None:
            gone |= set(_targets(before.text or "") - _targets(after.text or ""))
    return frozenset(gone)


def stood_before(history: Sequence[Revision], quote: Quote, at: datetime) -> bool:
    """Whether a link to this target stood on the page before a time: one that was typed after a page was renamed may mean a new
    page."""
    older = [revision for revision in history if revision.timestamp < at]
    return bool(older) and target_of(quote.link) in _targets(older[-1].text or "")


def target_of(link: Link) -> str:
    """What tells links to one target from others, by its letters alone and without its section."""
    return sort_key(unquote(link.target.partition("#")[0]))


def _targets(text: str) -> Counter[str]:
    return Counter(target_of(link) for link in find_links(text))


def _chosen(found: Sequence[tuple[Quote, Finding]], rules: Sequence[str]) -> dict[Quote, Finding]:
    """One finding for each link that can be written anew."""
    chosen: dict[Quote, Finding] = {}
    for rule in rules:
        for quote, finding in found:
            if finding.rule == rule and finding.suggestion and _can_be_written(quote, rule):
                chosen.setdefault(quote, finding)
    return chosen


def _can_be_written(quote: Quote, rule: str) -> bool:
    """Not a picture's link, an address without words (readers see a number, or the address itself: of that only the host is
    brought up to date), nor a link whose shown words only MediaWiki knows: with an empty label, encoded signs, a comment."""
    link = quote.link
    if link.kind == "bare":
        return rule == "old-address"
    if link.kind == "external":
        return bool(link.label) or rule != "external-link"
    odd = not link.label and ("|" in quote.written or "{{!}}" in quote.written or re.search(_ODD, link.target))
    return link.kind == "wiki" and not odd and "<!--" not in link.target


_ODD = r"%[0-9a-fA-F]{2}|&#?\w+;|^\.*/|''|^[_:]{2}|^_"


def _written(quote: Quote, finding: Finding) -> str:
    """The new link. A title that readers saw as the link's words stays its words, but for a typo in it."""
    new = finding.suggestion
    if quote.link.kind != "wiki" or quote.link.label or finding.rule not in _LABELLED:
        return new
    return f"{new.removesuffix(']]')}|{quote.link.target.lstrip(':').strip()}]]"


def _glued(text: str, quote: Quote, finding: Finding) -> bool:
    """Whether letters follow an address that becomes a link (MediaWiki would draw them into it), or more brackets stand around."""
    start, end = quote.link.start, quote.link.end
    if text.startswith("[", max(start - 1, 0), start) or text.startswith("]", end):
        return True
    return finding.suggestion.endswith("]]") and quote.link.kind != "wiki" and text[end : end + 1].isalpha()


def _left_alone(text: str, tags: frozenset[str]) -> list[tuple[int, int]]:
    """The places where nothing is mended: between a bot's marks, in galleries, in the words of another link."""
    nodes = [(n.start, n.end) for n in walk(preprocess(text, tags)) if n.kind in ("comment", "tag")]
    marks = [(a, b) for a, b in nodes if _MARK.match(text[a:b].lstrip())]
    held = [(marks[0][0], marks[-1][1])] if marks else []
    held += [(a, b) for a, b in nodes if _LISTS.match(text, a)]
    inside = [link for link in find_links(text, tags) if link.kind == "wiki" and not _FILE.match(link.target)]
    return held + [(link.start + 2, link.end - 2) for link in inside if re.search(r"\[|//", link.label)]


def _reads_alike(text: str, new: str, tags: frozenset[str]) -> bool:
    """Whether there are as many links as before, the same calls with the same parameters, and every tag and comment."""
    calls = [[(call.name, tuple(call.values())) for call in find_calls(one, tags)] for one in (text, new)]
    held = [
        [one[n.start : n.end] for n in walk(preprocess(one, tags)) if n.kind in ("comment", "ignored")]
        for one in (text, new)
    ]
    kinds = [Counter(n.kind for n in walk(preprocess(one, tags)) if n.kind != "link") for one in (text, new)]
    same = calls[0] == calls[1] and held[0] == held[1] and kinds[0] == kinds[1]
    return same and len(find_links(text, tags)) == len(find_links(new, tags))


def _word(rule: str, language: str) -> str:
    return render(RULES[rule], language)


def _summary(findings: Sequence[Finding], language: str) -> str:
    words = ", ".join(dict.fromkeys(_word(one.rule, language) for one in reversed(findings)))
    return render(NP_("%(count)d link: %(what)s", "%(count)d links: %(what)s", len(findings), what=words), language)
