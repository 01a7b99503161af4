"""Links written anew on a page, where the workspace may: the words that readers see stay as they are.

A link is left alone where somebody took the bot's earlier repair of it back, where it stands between a bot's marks or in a
gallery, and where the page would be read in another way afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from capitalise.crosslinks.names import RULES
from capitalise.crosslinks.quotes import Quote
from capitalise.crosslinks.sets import FIXABLE
from capitalise.messages import NP_, render
from capitalise.pages.revisions import Revision
from capitalise.plans.model import Finding, PageChange
from capitalise.plans.run_ids import run_of
from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.canonical import canonical, expanded_on_save
from capitalise.wikitext.links import find_links

__all__ = ["refused", "repaired"]

_LABELLED = ("moved-target", "variant-target", "redirect-target", "wrong-namespace", "wrong-wiki")
_LEFT_ALONE = re.compile(
    r"<!--\s*capitalise\b.*?<!--\s*/capitalise\b.*?-->|<(gallery|imagemap|timeline|graph)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)


def repaired(
    revision: Revision,
    found: Sequence[tuple[Quote, Finding]],
    rules: Iterable[str],
    no: frozenset[str],
    tags: frozenset[str],
    language: str,
) -> PageChange | None:
    """The page with its links mended, as far as `rules` go; `no` are links, as written, that somebody wants as they are."""
    text = revision.text or ""
    chosen = _chosen(found, tuple(rule for rule in FIXABLE if rule in set(rules)))
    chosen = {quote: one for quote, one in chosen.items() if quote.written not in no and not _left_alone(text, quote)}
    new, done = text, []
    until = len(text)
    for quote, finding in sorted(chosen.items(), key=lambda pair: -pair[0].link.start):
        start, end = quote.link.start, quote.link.end
        if end <= until and text[start:end] == quote.written:
            new = new[:start] + _written(quote, finding) + new[end:]
            done.append((quote, finding))
            until = start
    if not done or canonical(text) != text or not _reads_alike(text, new, tags) or expanded_on_save(new, tags):
        return None
    values = tuple((_word(f.rule, language), quote.written, _written(quote, f)) for quote, f in reversed(done))
    return PageChange(
        done[0][0].wiki,
        revision.title,
        revision.id,
        text,
        new,
        _summary([f for _q, f in done], language),
        values=values,
    )


def refused(history: Sequence[Revision], account: str) -> frozenset[str]:
    """The links, as they were written, that a run of ours replaced once: where they are back, somebody wants them so.
    `history` is the page's, oldest first."""
    gone: set[str] = set()
    for before, after in pairwise(history):
        if after.user == account and run_of(after.comment) is not None:
            gone |= _links(before.text or "") - _links(after.text or "")
    return frozenset(gone)


def _links(text: str) -> set[str]:
    return {text[link.start : link.end] for link in find_links(text)}


def _chosen(found: Sequence[tuple[Quote, Finding]], rules: Sequence[str]) -> dict[Quote, Finding]:
    """One finding for each link that can be written anew."""
    chosen: dict[Quote, Finding] = {}
    for rule in rules:
        for quote, finding in found:
            if finding.rule == rule and finding.suggestion and _can_be_written(quote, rule):
                chosen.setdefault(quote, finding)
    return chosen


def _can_be_written(quote: Quote, rule: str) -> bool:
    """A picture's link is left to people, and an address without words, which readers see as a number."""
    return quote.link.kind in ("wiki", "bare") or (
        quote.link.kind == "external" and (bool(quote.link.label) or rule != "external-link")
    )


def _written(quote: Quote, finding: Finding) -> str:
    """The new link. A title that readers saw as the link's words stays its words, but for a typo in it."""
    new = finding.suggestion
    if quote.link.kind != "wiki" or quote.link.label or finding.rule not in _LABELLED:
        return new
    return f"{new.removesuffix(']]')}|{quote.link.target.lstrip(':').strip()}]]"


def _left_alone(text: str, quote: Quote) -> bool:
    return any(m.start() < quote.link.end and quote.link.start < m.end() for m in _LEFT_ALONE.finditer(text))


def _reads_alike(text: str, new: str, tags: frozenset[str]) -> bool:
    """Whether there are as many links as before, and the same calls with the same parameters."""
    calls = [[(call.name, tuple(call.values())) for call in find_calls(one, tags)] for one in (text, new)]
    return calls[0] == calls[1] and len(find_links(text, tags)) == len(find_links(new, tags))


def _word(rule: str, language: str) -> str:
    return render(RULES[rule], language)


def _summary(findings: Sequence[Finding], language: str) -> str:
    words = ", ".join(dict.fromkeys(_word(one.rule, language) for one in reversed(findings)))
    return render(NP_("%(count)d link: %(what)s", "%(count)d links: %(what)s", len(findings), what=words), language)
