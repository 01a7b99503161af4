"""How a bot behaves on a wiki, and what people can tell it: stop page, talk page, {{bots}}, quiet time.

`{{bots}}` and `{{nobots}}` as en.wikipedia's Template:Bots defines them: `{{nobots}}`, `{{bots|deny=all}}`,
`{{bots|deny=A,B}}`, `{{bots|allow=none}}`, `{{bots|allow=A,B}}` (everybody else is denied).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from capitalise.errors import Skip, StoppedByPerson
from capitalise.messages import N_, Message
from capitalise.pages.ports import Store
from capitalise.pages.revisions import Head, Preflight
from capitalise.pages.titles import normal_title
from capitalise.wikitext.calls import Call, find_calls, same_template

__all__ = ["Etiquette", "denies", "obey", "stay_away"]


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


def obey(found: Preflight, store: Store, etiquette: Etiquette) -> None:
    """Raises StoppedByPerson, with their words, where somebody stopped the bot."""
    if found.stop:
        page = etiquette.stop_page or store.stop_page()
        raise StoppedByPerson(
            N_(
                "Somebody stopped the bot on “%(wiki)s”. The page “%(page)s” says: %(text)s\nNothing more is written until that "
                "page is empty.",
                wiki=store.key,
                page=page,
                text=_short(found.stop),
            )
        )
    if found.message:
        raise StoppedByPerson(_message(store))


def _message(store: Store) -> Message:
    talk = store.talk()
    return N_(
        "Somebody wrote to the bot on “%(wiki)s”, and it waits until that was read. “%(page)s”, %(user)s: %(text)s\n"
        "When it is answered: capitalise resume %(wiki)s",
        wiki=store.key,
        page=talk.title if talk else "?",
        user=talk.user if talk else "?",
        text=_short(_last_section(talk.text or "" if talk else "")),
    )


def _last_section(text: str) -> str:
    """What was written last is at the end of a talk page."""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if line.startswith("=")]
    return "\n".join(lines[starts[-1] :] if starts else lines)


def _short(text: str) -> str:
    return text if len(text) <= 1000 else text[:999] + "…"


def stay_away(head: Head, account: str, now: datetime, quiet: timedelta) -> None:
    """Raises Skip while somebody may still be at work on the page."""
    if quiet and head.at and head.user != account and now - head.at < quiet:
        minutes = max(0, int((now - head.at).total_seconds() // 60))
        raise Skip(
            N_(
                "%(user)s edited this page %(minutes)d min ago; it is left for the next run",
                user=head.user,
                minutes=minutes,
            )
        )


def denies(text: str, account: str) -> Message | None:
    """Why this account may not edit a page with this text, or None."""
    for call in find_calls(text):
        word = _denied_by(call, account)
        if word:
            return N_("the page asks bots to stay away ({{%(call)s}})", call=word)
    return None


def _denied_by(call: Call, account: str) -> str:
    name = next((n for n in ("Nobots", "Bots") if same_template(call.name, n)), "")
    if not name:
        return ""
    values = call.values()
    if "allow" in values:
        allowed = _names(values["allow"])
        return "" if "all" in allowed or account.casefold() in allowed else f"{name.lower()}|allow={values['allow']}"
    if "deny" in values:
        denied = _names(values["deny"])
        return f"{name.lower()}|deny={values['deny']}" if "all" in denied or account.casefold() in denied else ""
    return "nobots" if name == "Nobots" else ""


def _names(text: str) -> set[str]:
    return {normal_title(one).casefold() for one in text.split(",") if one.strip()}
