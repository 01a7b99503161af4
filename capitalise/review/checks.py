"""What keeps a change from being accepted together with others: lost words, a link that goes, another page's text, a value that the form
lacks, a page that is another one by now. Pure, and on the safe side: a doubt costs one look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from capitalise.bots.kind import Facts
from capitalise.messages import N_, Message
from capitalise.pages.revisions import Head
from capitalise.plans.diff import text_diff
from capitalise.plans.model import PageChange
from capitalise.review.items import Item, Sort
from capitalise.review.shown import as_read, comments_in
from capitalise.review.words import words_in
from capitalise.wikitext.canonical import canonical, digest

__all__ = ["Known", "doubts_of", "lines_of"]

_LINK = re.compile(r"\[\[|https?://", re.IGNORECASE)
_CALL = re.compile(r"\{\{\s*([^|{}#\n]{1,100}?)\s*(?=[|}\n])")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_NAMES = re.compile(r"\{\{([^|{}]*)|\|([^=|{}\n]*)=|<[^<>]*>")
LONG = 40  # characters of a line that two pages do not share by chance
REWRITTEN = 5  # words: who writes anew what was there may drop some


class Known:
    """What is known beside the plans: the pages as they are now (by wiki and title), what the forms say (by bot), and which page a long line stands on."""

    def __init__(
        self,
        heads: Mapping[tuple[str, str], Head] | None = None,
        facts: Mapping[str, Facts] | None = None,
        lines: Mapping[str, str] | None = None,
    ) -> None:
        self.heads, self.facts, self.lines = heads or {}, facts or {}, lines or {}
        self.pages = {(wiki, head.revision): title for (wiki, title), head in self.heads.items() if head.revision}


def lines_of(changes: Iterable[PageChange]) -> dict[str, str]:
    """The long lines that stand on one page only, as it was, and on which."""
    there: dict[str, set[str]] = {}
    for one in changes:
        for line in one.old.split("\n"):
            if len(line) >= LONG:
                there.setdefault(line, set()).add(one.title)
    return {line: titles.pop() for line, titles in there.items() if len(titles) == 1}


def doubts_of(item: Item, known: Known) -> tuple[Message, ...]:
    """Why somebody has to look at this change itself."""
    if item.conflict:
        empty = not (item.conflict.ours.strip() and item.conflict.theirs.strip())
        return (N_("one of the two is empty: choosing it empties the field on the other side too"),) if empty else ()
    doubts = [*_of_values(item, known.facts.get(item.bot, Facts()))]
    if change := item.change:
        doubts += [*_of_page(change, known), *_elsewhere(item, change, known.lines)]
    return tuple(doubts)


def _of_values(item: Item, facts: Facts) -> Iterator[Message]:
    for label, before, after in item.values if item.sort not in (Sort.MOVE, Sort.ROW) else ():
        allowed, delimiter = facts.values.get(item.name or label, (frozenset(), ""))
        items = [one.strip() for one in (after.split(delimiter) if delimiter else [after])]
        strange = [one for one in items if one and one not in allowed] if allowed else []
        if item.sort is not Sort.CELL and not (allowed and after) and (words := _lost(before, after)):
            telling = [word for word in words if len(word) > 3] or words
            yield N_("words go: %(words)s", words=", ".join(telling[:8]) + ("…" if len(telling) > 8 else ""))
        if _links(before) > _links(after):
            yield N_("a link goes")
        if Counter(comments_in(before)) - Counter(comments_in(after)):
            yield N_("a comment goes, which readers do not see and editors do")
        if strange:
            yield N_("the form does not offer “%(value)s”", value=", ".join(strange))


def _lost(before: str, after: str) -> list[str]:
    """Words that go: where no other comes, or many more go than come. What goes into a sheet stood on the wiki, and stays in its history."""
    gone, come = (Counter(words_in(_ADDRESS.sub(" ", as_read(text)))) for text in (before, after))
    lost, new = gone - come, come - gone
    much = lost.total() > 2 * new.total() + REWRITTEN
    return list(dict.fromkeys(lost)) if lost and (not new or much) else []


def _of_page(change: PageChange, known: Known) -> Iterator[Message]:
    head = known.heads.get((change.wiki, change.title))
    other = known.pages.get((change.wiki, change.base), change.title)
    text = head.sha1 if head and head.revision == change.base and change.base else ""
    if other != change.title or text not in ("", _sha1(change.old)):
        yield N_("the plan was made from another page's text")
    elif head and head.revision != change.base:
        yield N_("the page changed on the wiki since this plan was made")
    if change.base and change.values and not change.move_to and _otherwise(change):
        yield N_("more of the page changes than what is shown: open “wikitext”")


def _elsewhere(item: Item, change: PageChange, lines: Mapping[str, str]) -> Iterator[Message]:
    """Words that stand on another page."""
    old = set(change.old.split("\n"))
    new = change.new.split("\n")
    come = (
        line for line in new if len(line) >= LONG and line not in old and lines.get(line, change.title) != change.title
    )
    for line in come:
        if item.sort is not Sort.FIELD or any(part in line for part in item.after.split("\n") if len(part) >= LONG):
            yield N_("the same words stand on “%(title)s”", title=lines[line])
            return


def _sha1(text: str) -> str:
    return digest(canonical(text))


def _otherwise(change: PageChange) -> bool:
    """Whether words or links of the page come or go that none of the values shows."""
    pieces = list(text_diff(change.old, change.new, 0))
    removed = "\n".join(one.text for one in pieces if one.kind == "-")
    added = "\n".join(one.text for one in pieces if one.kind == "+")
    befores, afters = ("\n".join(value[i] for value in change.values) for i in (1, 2))
    if _links(removed) - _links(added) > max(0, _links(befores) - _links(afters)):
        return True
    gone = Counter(words_in(removed)) - Counter(words_in(added))
    come = Counter(words_in(added)) - Counter(words_in(removed))
    shown = _within(gone, befores, removed) and _within(come, afters, added)
    return not shown or _around(removed, befores) != _around(added, afters) or _unshown_signs(change, befores, afters)


def _unshown_signs(change: PageChange, befores: str, afters: str) -> bool:
    """Whether a comment or a call comes or goes that no value shows; what a row holds is written as calls of its own."""
    for found in (comments_in,) if change.rows else (comments_in, _CALL.findall):
        old, new = set(found(change.old)), set(found(change.new))
        if any(one not in befores and one not in afters for one in old ^ new):
            return True
    return False


def _around(lines: str, values: str) -> list[str]:
    """The words of some lines, in their order, less those of the values that they hold and the names of parameters."""
    names = Counter(words_in(" ".join("".join(found) for found in _NAMES.findall(lines))))
    mine, rest = Counter(words_in(values)) + names, []
    for word in words_in(lines):
        if mine[word] > 0:
            mine[word] -= 1
        else:
            rest.append(word)
    return rest


def _links(text: str) -> int:
    return len(_LINK.findall(text))


def _within(words: Counter[str], shown: str, lines: str) -> bool:
    """Whether words are among those that are shown, or name templates and parameters of these lines."""
    names = " ".join("".join(map(str, found)) for found in _NAMES.findall(lines))
    return not words - Counter(words_in(shown)) - Counter(words_in(names))
