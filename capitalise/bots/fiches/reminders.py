"""What each writer still has to do, as a short message to paste into a mail: what is missing, where to write it, what is to be decided. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape
from urllib.parse import urlencode

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.rows import Row
from capitalise.bots.fiches.status import Fiche, State, Status
from capitalise.messages import N_, Message, render
from capitalise.notes.private import private
from capitalise.pages.addresses import address_to
from capitalise.plans.model import Conflict

__all__ = ["Gap", "Reminder", "find_reminders", "form_address", "people_in", "reminder_text"]

LONGEST = 1_800  # letters of an address: what mail programs and servers take
_MISSING = (State.MISSING, State.PLACEHOLDER)


@dataclass(frozen=True)
class Gap:
    """A page and what it misses; `address` opens its form ("" for none), `copies` are texts that a document has for fields that the form does
    not fill by itself."""

    title: str
    labels: tuple[str, ...]
    address: str = ""
    copies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reminder:
    """What waits for one writer ("" for nobody's pages): pages that miss something, and fields that are to be decided."""

    writer: str
    gaps: tuple[Gap, ...]
    deciding: tuple[tuple[str, str], ...]


def find_reminders(
    found: Status,
    rows: Iterable[Row],
    conflicts: Sequence[Conflict],
    opens: Callable[[str, Mapping[str, str]], tuple[str, frozenset[str]]],
    in_documents: Mapping[str, Mapping[str, str]],
) -> list[Reminder]:
    """A reminder for each writer whose pages wait for something. `opens` gives the form's address of a title with values filled in, and the
    labels of those it took; `in_documents` are words by title and label that stand in documents only."""
    writers: dict[str, list[str]] = {}
    for row in rows:
        writers.setdefault(row.page or row.title, []).extend(people_in(row.writer))
    waits = {(one.title, one.field) for one in conflicts}
    gaps: dict[str, list[Gap]] = {}
    deciding: dict[str, list[tuple[str, str]]] = {}
    for title, fiche in found.fiches.items():
        names = dict.fromkeys(writers.get(title) or [""])
        gap = _gap(fiche, opens, in_documents.get(title, {}))
        for name in names:
            if gap:
                gaps.setdefault(name, []).append(gap)
            deciding.setdefault(name, []).extend(one for one in sorted(waits) if one[0] == title)
    people = sorted({*gaps, *(name for name, some in deciding.items() if some)}, key=lambda name: (not name, name))
    return [Reminder(name, tuple(gaps.get(name, ())), tuple(deciding.get(name, ()))) for name in people]


def people_in(writer: str) -> list[str]:
    """The names in a cell, without addresses of theirs; an address alone is nobody."""
    bare = (re.sub(r"<[^>]*>|\S+@\S+|https?://\S+|\(\s*\)", "", name).strip() for name in re.split(r"[,;]", writer))
    return list(filter(None, bare))


def _gap(
    fiche: Fiche, opens: Callable[[str, Mapping[str, str]], tuple[str, frozenset[str]]], known: Mapping[str, str]
) -> Gap | None:
    labels = [cell.label for cell in fiche.cells if cell.state in _MISSING]
    labels = [*([fiche.no_step] if fiche.no_step else []), *labels]
    if not labels:
        return None
    said = {label: unescape(known[label]) for label in labels if known.get(label)}
    address, taken = opens(fiche.title, said)
    return Gap(fiche.title, tuple(labels), address, tuple((k, v) for k, v in said.items() if k not in taken))


def form_address(
    pages: str, form: FicheForm, name: str, there: Callable[[str], bool]
) -> Callable[[str, Mapping[str, str]], tuple[str, frozenset[str]]]:
    """The address of Page Forms' form for a title (`pages` holds `$1`), with values that it fills in: on new pages surely, on pages that are `there`
    where the call lacks the field, so that these are given to be copied too. `name` is the form's, "" where it is on no wiki."""
    fields = {one.label: one for one in form.fields}

    def opens(title: str, values: Mapping[str, str]) -> tuple[str, frozenset[str]]:
        if not pages:
            return "", frozenset()
        if not name:
            edit = address_to(pages, title)
            return f"{edit}{'&' if '?' in edit else '?'}action=edit", frozenset()
        good = {k: v for k, v in values.items() if not fields[k].instances and not any(map(private, v.split("\n")))}
        query = {
            f"{fields[k].template or form.template}[{fields[k].parameter or fields[k].name}]": v
            for k, v in good.items()
        }
        place = address_to(pages, f"Special:FormEdit/{name}/{title}")
        address = f"{place}{'&' if '?' in place else '?'}{urlencode(query)}" if query else place
        return (
            (address, frozenset() if there(title) else frozenset(good))
            if len(address) <= LONGEST
            else (place, frozenset())
        )

    return opens


def reminder_text(one: Reminder, language: str, deadline: date | None) -> str:
    """The message, without a name that is not the writer's own."""
    return "\n".join(
        render(line, language) if isinstance(line, Message) else line for line in _lines(one, language, deadline)
    )


def _lines(one: Reminder, language: str, deadline: date | None) -> Iterator[Message | str]:
    yield N_("Hello %(name)s,", name=one.writer) if one.writer else N_("Hello,")
    yield ""
    if one.gaps:
        yield N_("These pages still miss something:")
        for gap in one.gaps:
            yield N_("- %(title)s: %(labels)s", title=gap.title, labels=", ".join(gap.labels))
            if gap.address:
                yield f"  {gap.address}"
            for label, text in gap.copies:
                yield N_("  a shared document has words for “%(label)s”, to be copied:", label=label)
                yield from (f"    {line}" for line in text.split("\n"))
    if one.deciding:
        yield N_("To be decided, because the sheet and the wiki say different things:")
        yield from (N_("- %(title)s: %(label)s", title=title, label=label) for title, label in one.deciding)
    yield ""
    if deadline:
        yield N_("For %(day)s, please.", day=deadline)
    yield N_("Thank you!")
