"""How a bot behaves on a wiki, and what people can tell it: stop page, talk page, {{bots}}, quiet time.

`{{bots}}` and `{{nobots}}` as en.wikipedia's Template:Bots defines them: `{{nobots}}`, `{{bots|deny=all}}`,
`{{bots|deny=A,B}}`, `{{bots|allow=none}}`, `{{bots|allow=A,B}}` (everybody else is denied).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from capitalise.errors import Skip, StoppedByPerson
from capitalise.messages import N_, Message
from capitalise.pages.ports import Store
from capitalise.pages.revisions import Account, Head, Preflight, Revision, who
from capitalise.pages.titles import normal_title
from capitalise.plans.diff import text_diff
from capitalise.plans.model import Finding, Plan
from capitalise.wikitext.calls import Call, find_calls
from capitalise.wikitext.hidden import COMMENTS, without

__all__ = ["Etiquette", "denies", "held_back", "message_of", "obey", "stay_away"]


@dataclass(frozen=True)
class Etiquette:
    """`interval`: seconds between two edits. `stop_page`: "" for the account's own. `quiet`: how long a page is
    left alone after somebody's edit. `signature`: what stands in every summary for whoever runs the bot, in the
    wiki's `language`."""

    interval: float = 0.0
    stop_page: str = ""
    quiet: timedelta = timedelta()
    signature: str = ""
    language: str = "fr"


def obey(found: Preflight, store: Store) -> None:
    """Raises StoppedByPerson, with their words, where somebody stopped the bot."""
    if found.stop:
        raise StoppedByPerson(
            N_(
                "%(user)s stopped the bot on “%(wiki)s” (%(when)s). The page “%(page)s” says: %(text)s\nNothing more is "
                "written until that page is empty.",
                wiki=store.key,
                page=found.stop.title,
                user=who(found.stop.user),
                when=found.stop.timestamp,
                text=_short(found.stop.text or ""),
            )
        )
    if found.message:
        raise StoppedByPerson(message_of(store.talk(), store.key))


def message_of(talk: Sequence[Revision], wiki: str) -> Message:
    """What was written on the bot's talk page lately: every line that its last edit, and those of a week before, added."""
    head = talk[-1] if talk else None
    week = head.timestamp - timedelta(days=7) if head else None
    before = [revision for revision in talk[:-1] if week and revision.timestamp < week]
    lines = text_diff(before[-1].text or "" if before else "", head.text or "" if head else "")
    return N_(
        "Somebody wrote to the bot on “%(wiki)s”, and it waits until that was read. “%(page)s”, last edited by %(user)s:\n"
        "%(text)s\nWhen it is answered: capitalise resume %(wiki)s",
        wiki=wiki,
        page=head.title if head else "?",
        user=who(head.user if head else ""),
        text=_short("\n".join(piece.text for piece in lines if piece.kind == "+")),
    )


def _short(text: str) -> str:
    """The end of a long text: on a talk page what is new stands there."""
    return text if len(text) <= 3000 else "…" + text[-2999:]


def stay_away(head: Head, account: str, now: datetime, quiet: timedelta) -> None:
    """Raises Skip while somebody may still be at work on the page."""
    if quiet and head.at and head.user != account and now - head.at < quiet:
        raise Skip(
            N_(
                "%(user)s edited this page less than %(minutes)d min ago; it is left for the next run",
                user=who(head.user),  # a hidden name is a person's
                minutes=max(1, round(quiet.total_seconds() / 60)),
            )
        )


def held_back(plan: Plan, account: Account, wiki: str = "") -> Plan:
    """A plan less the pages that ask bots to stay away, and those of the interface of its `wiki` that the account may not write on: they become
    findings."""
    findings, away = [], set()
    for change in plan.pages:
        rule, why = "nobots", denies(change.old, account.name) if change.base else None
        if change.wiki == wiki and _is_shut(change.title, account):
            rule, why = "cannot-edit", N_("only the wiki's administrators write there: leave the page out")
        if why:
            findings.append(Finding(rule, why, change.wiki, change.title, at=next(iter(change.rows), None)))
            away.add(change)
    rows = {at for change in away for at in change.rows}
    return replace(
        plan,
        pages=tuple(change for change in plan.pages if change not in away),
        cells=tuple(cell for cell in plan.cells if cell.at not in rows),
        findings=(*plan.findings, *findings),
    )


def _is_shut(title: str, account: Account) -> bool:
    """Whether a page is one of the wiki's interface, which the account may not edit (`editinterface`, NamespaceInfo's namespace 8)."""
    return bool(account.rights) and "editinterface" not in account.rights and title.casefold().startswith("mediawiki:")


def denies(text: str, account: str) -> Message | None:
    """Why this account may not edit a page with this text, or None."""
    for call in find_calls(text):
        word = _denied_by(call, account)
        if word:
            return N_("the page asks bots to stay away ({{%(call)s}})", call=word)
    return None


def _denied_by(call: Call, account: str) -> str:
    """In doubt, no: the names of the template and of its parameters count in any case, with comments and blanks."""
    name = without(call.name, COMMENTS).strip().casefold()
    if name not in ("bots", "nobots"):
        return ""
    values = {key.strip().casefold(): _names(value) for key, value in call.values().items()}
    me, allowed, denied = account.casefold(), values.get("allow"), values.get("deny", set())
    if denied & {"all", me}:
        return f"{name}|deny=…"
    if allowed is not None:
        return "" if allowed & {"all", me} else f"{name}|allow=…"
    return name if name == "nobots" else ""


def _names(text: str) -> set[str]:
    bare = (without(one, COMMENTS).rpartition(":")[2] for one in text.split(","))
    return {normal_title(" ".join(one.split())).casefold() for one in bare if one.strip()}
