"""Addresses of other sites: which of them are dead. One bad day is none: it takes three, which the report remembers."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from capitalise.crosslinks.addresses import Site, edit_address
from capitalise.crosslinks.quotes import Quote
from capitalise.messages import N_, NP_, Message
from capitalise.pages.outside import OutsideAnswer
from capitalise.plans.model import Finding, RowRef

__all__ = ["DAYS", "OutsideLinks", "earlier_days"]

DAYS = 3  # on which an address must have failed before it is called dead
MOST_NAMED = 5

#: A line of the report's table: an address and the days on which it did not answer.
_ROW = re.compile(r"^\| <code>(.*?)</code> \|\| ((?:\d{4}-\d\d-\d\d(?:, )?)+)", re.MULTILINE)


def earlier_days(report: str) -> dict[str, list[date]]:
    """The addresses of a report's table (templates/crosslinks.wiki.jinja), each with its days; oldest first."""
    return {
        html.unescape(address): sorted(date.fromisoformat(day) for day in days.split(", ") if _is_day(day))
        for address, days in _ROW.findall(report)
    }


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class OutsideLinks:
    """What addresses answered, together with what the report of earlier days says of them."""

    def __init__(self, asking: Callable[[Sequence[str]], Mapping[str, OutsideAnswer]] | None, report: str) -> None:
        self._asking, self._earlier = asking, earlier_days(report)
        self.answers: dict[str, OutsideAnswer] = {}

    def ask(self, quotes: Iterable[Quote]) -> None:
        """Ask for every address once. Without anybody to ask, nothing is known of any."""
        addresses = dict.fromkeys(address for quote in quotes if (address := whole(quote.address)))
        if self._asking:
            found = self._asking(list(addresses))
            self.answers = {address: self._with_earlier(address, answer) for address, answer in found.items()}

    def _with_earlier(self, address: str, answer: OutsideAnswer) -> OutsideAnswer:
        """The first days stay, so that a dead address does not change the report every day."""
        days = sorted({*answer.days, *self._earlier.get(address, ())})[:DAYS]
        return replace(answer, days=tuple(days)) if answer.fails else answer

    def check(self, quote: Quote, sites: Mapping[str, Site]) -> Iterator[Finding]:
        answer = self.answers.get(whole(quote.address))
        if answer is None or not answer.fails or len(answer.days) < DAYS:
            return
        days = ", ".join(f"{day:%Y-%m-%d}" for day in answer.days)
        why = N_(
            "the address did not answer on %(days)s (%(why)s): %(address)s",
            days=days,
            why=answer.why,
            address=quote.address,
        )
        where = edit_address(sites[quote.wiki], quote.title, quote.link.number) if quote.wiki and not quote.made else ""
        yield Finding(
            "dead-link",
            why,
            quote.wiki,
            quote.title if quote.wiki else "",
            quote.link.section,
            quote.link.line,
            at=None if quote.wiki else RowRef(quote.title, quote.link.line, ""),
            address=where,
        )

    def failing(self) -> list[tuple[str, OutsideAnswer]]:
        """The addresses that fail today, dead or not yet: what the report remembers."""
        return sorted((address, answer) for address, answer in self.answers.items() if answer.fails)

    def notes(self) -> Iterator[Message]:
        """What was asked, what answered otherwise than well, and what was left."""
        if self._asking is None:
            return
        kinds = Counter(answer.kind for answer in self.answers.values())
        waiting = sum(answer.fails and len(answer.days) < DAYS for answer in self.answers.values())
        said = (
            (
                kinds.total(),
                NP_("%(count)d address of other sites.", "%(count)d addresses of other sites.", kinds.total()),
            ),
            (
                waiting,
                NP_(
                    "%(count)d address does not answer, but not for three days yet: %(named)s.",
                    "%(count)d addresses do not answer, but not for three days yet: %(named)s.",
                    waiting,
                    named=self._named(lambda one: one.fails and len(one.days) < DAYS),
                ),
            ),
            (
                kinds["refuses"],
                NP_(
                    "%(count)d address refuses robots or is busy, which does not make it dead: %(named)s.",
                    "%(count)d addresses refuse robots or are busy, which does not make them dead: %(named)s.",
                    kinds["refuses"],
                    named=self._named(lambda one: one.kind == "refuses"),
                ),
            ),
            (
                kinds["private"],
                NP_(
                    "%(count)d address of a private network was not asked for: %(named)s.",
                    "%(count)d addresses of a private network were not asked for: %(named)s.",
                    kinds["private"],
                    named=self._named(lambda one: one.kind == "private"),
                ),
            ),
            (
                kinds["later"],
                NP_(
                    "%(count)d address is left for the next run.",
                    "%(count)d addresses are left for the next run.",
                    kinds["later"],
                ),
            ),
        )
        yield from (message for count, message in said if count)

    def _named(self, which: Callable[[OutsideAnswer], bool]) -> str:
        found = [address for address, answer in self.answers.items() if which(answer)]
        return ", ".join(found[:MOST_NAMED]) + (" …" if len(found) > MOST_NAMED else "")


def whole(address: str) -> str:
    """An address as it is asked for: with a scheme, without the part that names a place on the page."""
    address = f"https:{address}" if address.startswith("//") else address
    return address.partition("#")[0] if re.match("https?://", address, re.IGNORECASE) else ""
