"""A review as what its pages show: entries narrowed by what somebody looks for, one after the other, with all that is known of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from capitalise.messages import N_, Message
from capitalise.pages.addresses import address_to
from capitalise.pages.titles import sort_key
from capitalise.plans.merge import EMPTY
from capitalise.review.groups import SAMPLES, Entry
from capitalise.review.items import Item, Sort
from capitalise.review.journal import Choice
from capitalise.review.session import Review
from capitalise.review.shown import Line, as_read, hidden_in, lines_of_change

__all__ = ["Look", "Shown", "choices", "counts", "found", "look_of", "shown"]

PER_PAGE = 20
RANKS = (N_("to be decided"), N_("to look at closely"), N_("new pages, new titles"), N_("texts"), N_("hardly seen"))


@dataclass(frozen=True)
class Look:
    """What somebody looks for; "" for everything. `show` is "open", "answered" or "all", `turn` an entry and the first of its samples."""

    bot: str = ""
    step: str = ""
    field: str = ""
    rule: str = ""
    person: str = ""
    rank: str = ""
    words: str = ""
    show: str = "open"
    page: int = 1
    turn: str = ""

    def query(self, **more: Any) -> str:
        """The address of the same with something else."""
        usual = Look()
        there = {name: value for name, value in vars(replace(self, **more)).items() if value != getattr(usual, name)}
        return "/?" + urlencode(there) if there else "/"


@dataclass(frozen=True)
class Shown:
    """An entry as its page shows it. `samples` are items with who wrote their page last and when, and its address; `values` are label and lines of
    what differs as readers see it, `markup` the same as it is written."""

    entry: Entry
    samples: tuple[tuple[Item, str, datetime | None, str], ...]
    values: tuple[tuple[str, tuple[Line, ...], Message | None], ...]
    markup: tuple[Line, ...]
    choice: Choice | None
    both: str = ""
    own: str = ""
    following: int = 0


def look_of(query: Mapping[str, str]) -> Look:
    """What a page's address says; what it cannot say is left out."""
    names = [name for name in vars(Look()) if name != "page"]
    page = query.get("page", "")
    said = {name: query[name][:200] for name in names if name in query}
    return Look(**said, page=int(page) if page.isdecimal() and len(page) < 6 else 1)


def found(review: Review, look: Look) -> list[Entry]:
    """The entries that somebody looks for, each with its items that are open still (or answered)."""
    kept = (_narrowed(review, entry, look) for entry in review.entries)
    return [entry for entry in kept if entry.items]


def _narrowed(review: Review, entry: Entry, look: Look) -> Entry:
    items = [item for item in entry.items if _matches(review, entry, item, look)]
    return replace(entry, items=tuple(items))


def _matches(review: Review, entry: Entry, item: Item, look: Look) -> bool:
    answered = item.key in review.journal.answers
    if look.show in ("open", "answered") and answered != (look.show == "answered"):
        return False
    pairs = (
        (look.bot, item.bot),
        (look.step, review.steps[item.bot, item.title]),
        (look.field, item.name),
        (look.rule, rule_of(item)),
        (look.person, person_of(review, item)),
        (look.rank, str(entry.rank)),
    )
    if any(wanted and wanted != is_ for wanted, is_ in pairs):
        return False
    words = look.words.casefold().split()
    text = f"{item.title}\n{item.field}\n{item.before}\n{item.after}".casefold()
    return all(word in text for word in words)


def rule_of(item: Item) -> str:
    """The rules that a bot names behind a field's label."""
    return item.field[len(item.name) :].strip(" ()") if item.field != item.name else ""


def person_of(review: Review, item: Item) -> str:
    head = review.head(item)
    return item.conflict.user if item.conflict and item.conflict.user else head.user if head else ""


def choices(review: Review) -> dict[str, list[str]]:
    """What can be picked in each filter: what there is."""
    items = review.items.values()
    found = {
        "bot": {item.bot for item in items},
        "step": {review.steps[item.bot, item.title] for item in items},
        "field": {item.name for item in items},
        "rule": {rule_of(item) for item in items},
        "person": {person_of(review, item) for item in items},
    }
    return {name: sorted(values - {""}, key=sort_key) for name, values in found.items() if len(values - {""}) > 1}


def counts(review: Review) -> Counter[str]:
    """How many items are open, and how many have which answer."""
    said = review.journal.answers
    tally: Counter[str] = Counter()
    for key in review.items:
        answer = said.get(key)
        tally["open" if answer is None else "yes" if answer.choice.writes else answer.choice.value] += 1
    return tally


def shown(review: Review, entry: Entry, look: Look) -> Shown:
    """An entry with all that is known of it."""
    key, _sep, start = look.turn.partition(":")
    first = int(start) % len(entry.items) if key == entry.key and start.isdecimal() and len(start) < 6 else 0
    turned = [*entry.items[first:], *entry.items[:first]]
    samples = turned[:SAMPLES] if entry.same else list(entry.items)
    answer = review.journal.answers.get(entry.key)
    return Shown(
        entry,
        tuple(_sample(review, item) for item in samples),
        tuple(_values(entry)),
        tuple(_markup(entry.first)) if not entry.is_group or entry.same else (),
        answer.choice if answer else None,
        answer.text if answer and answer.text else _both(entry.first),
        answer.text if answer else "",
        (first + SAMPLES) % len(entry.items),
    )


def _sample(review: Review, item: Item) -> tuple[Item, str, datetime | None, str]:
    head = review.head(item)
    return item, person_of(review, item), head.at if head else None, page_address(review, item)


def page_address(review: Review, item: Item) -> str:
    """Where the page stands, "" where it has no address."""
    if item.wiki not in review.workspace.settings.wikis:
        return ""
    return address_to(review.patterns.get(item.wiki, ""), item.title)


_SAME = N_("Readers of the page see no difference; this is how it is written.")
_AS_WRITTEN = N_("Shown as it is written: links or comments change too.")


def _values(entry: Entry) -> Iterable[tuple[str, tuple[Line, ...], Message | None]]:
    """Label, lines of what differs, and why it is shown as it is written where it is."""
    item = entry.first
    if item.sort is Sort.PAGE and item.change and not item.values:
        yield "", tuple(lines_of_change(item.change.old, item.change.new)), None
    for label, before, after in item.values:
        old, new = as_read(before), as_read(after)
        why = _SAME if old == new else _AS_WRITTEN if hidden_in(before) != hidden_in(after) else None
        yield label, tuple(lines_of_change(before, after) if why else lines_of_change(old, new)), why


def _markup(item: Item) -> Sequence[Line]:
    if item.conflict:
        return lines_of_change(item.conflict.theirs, item.conflict.ours)
    if item.change and not item.change.move_to:
        return lines_of_change(item.change.old, item.change.new)
    return ()


def _both(item: Item) -> str:
    """Both texts, one below the other, for somebody to make one of them."""
    if item.conflict:
        texts = [one for one in (item.conflict.ours, item.conflict.theirs) if one and one != EMPTY]
        return ("\n\n" if any("\n" in one or len(one) > 80 for one in texts) else "\n").join(texts)
    return item.after
