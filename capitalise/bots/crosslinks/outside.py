"""Addresses of other sites: which of them are dead. One bad day is none: it takes three, which the report remembers."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote

import idna

from capitalise.bots.crosslinks.quotes import Quote, finding_on, opens
from capitalise.messages import N_, NP_, Message
from capitalise.pages.addresses import Site, machine_of
from capitalise.pages.link_status import OutsideAnswer
from capitalise.plans.model import Finding

__all__ = ["DAYS", "OutsideLinks", "earlier_days"]

DAYS = 3  # on which an address must have failed before it is called dead
MOST_NAMED = 5

#: A line of the report's table: an address and the days on which it did not answer.
_ROW = re.compile(r"^\| <code>(.*?)</code> \|\| ((?:\d{4}-\d\d-\d\d(?:, )?)+) \|\| (.*)$", re.MULTILINE)
LONGEST = timedelta(days=400)  # a day that is longer ago counts no more


def earlier_days(report: str, today: date) -> dict[str, OutsideAnswer]:
    """The addresses of a report's table (templates/crosslinks.wiki.jinja), each with its days and its answer."""
    found = {}
    for address, listed, why in _ROW.findall(report):
        days = sorted(date.fromisoformat(day) for day in listed.split(", ") if _is_day(day))
        days = [day for day in days if today - LONGEST < day <= today]
        if days:
            found[html.unescape(address)] = OutsideAnswer("later", html.unescape(why), tuple(days))
    return found


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class OutsideLinks:
    """What addresses answered, together with what the report of earlier days says of them."""

    def __init__(
        self,
        asking: Callable[[Sequence[str]], Mapping[str, OutsideAnswer]] | None,
        report: str,
        today: date,
        wikis: Collection[str] = (),
    ) -> None:
        """`wikis` are machines of wikis that did not answer: their pages are not asked for one by one."""
        self._today = today
        self._asking, self._earlier, self._not_here = asking, earlier_days(report, today), frozenset(wikis)
        self.answers: dict[str, OutsideAnswer] = {}

    def ask(self, quotes: Iterable[Quote]) -> None:
        """Ask for every address once. Of one that is not asked today, what the report says stands."""
        if not self._asking and not self._earlier:
            return
        wanted = (one.address for one in quotes if machine_of(one.address) not in self._not_here)
        addresses = dict.fromkeys(address for one in wanted if (address := whole(one)))
        found = self._asking(list(addresses)) if self._asking else {}
        self.answers = {address: self._earlier[address] for address in addresses if address in self._earlier}
        self.answers |= {
            address: self._with_earlier(address, answer)
            for address, answer in found.items()
            if answer.kind != "later" or address not in self._earlier
        }

    def _with_earlier(self, address: str, answer: OutsideAnswer) -> OutsideAnswer:
        """The first days stay, so that a dead address does not change the report every day."""
        earlier = self._earlier.get(address, OutsideAnswer("later"))
        days = sorted(day for day in {*answer.days, *earlier.days} if self._today - day < LONGEST)[:DAYS]
        return replace(answer, days=tuple(days)) if answer.fails else answer

    def check(self, quote: Quote, sites: Mapping[str, Site]) -> Iterator[Finding]:
        answer = self.answers.get(whole(quote.address)) if self.answers else None
        if answer is None or len(answer.days) < DAYS:
            return
        why = N_(
            "the address did not answer on %(count)d days, from %(first)s to %(last)s (%(why)s): %(address)s",
            count=len(answer.days),
            first=answer.days[0],
            last=answer.days[-1],
            why=answer.why,
            address=quote.address,
        )
        yield replace(finding_on(quote, "dead-link", why), address=opens(quote, sites))

    def failing(self) -> list[tuple[str, OutsideAnswer]]:
        """The addresses that fail, dead or not yet: what the report remembers."""
        return sorted(((address, one) for address, one in self.answers.items() if one.days), key=lambda pair: pair[0])

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
    """An address as it is asked for: with a scheme, encoded, without the part that names a place on the page; "" for others."""
    address = f"https:{address}" if address.startswith("//") else address
    encoded = _encoded(address.partition("#")[0])
    return encoded if re.match("https?://", address, re.IGNORECASE) else ""


def _encoded(address: str) -> str:
    """Signs that an address cannot hold, percent-encoded, and a machine's name as the network's registers know it (IDNA, UTS 46); what is encoded
    already stays."""
    found = _HOST.match(address)
    if found and not found[2].isascii():
        with suppress(idna.IDNAError):
            address = f"{found[1]}{idna.encode(found[2], uts46=True).decode()}{address[found.end() :]}"
    return quote(address, safe="%/:=&?~+!$,;'@()*[]-._|")


_HOST = re.compile(r"(https?://(?:[^/?#@]*@)?)([^/?#:@\[\]]+)", re.IGNORECASE)
