"""What people read, apart from how it is said: a message is a sentence of the catalogue with its values.

Pure rooms make messages, the command line renders them: no room but `cli` knows a language. The
catalogues are gettext's (`capitalise/messages/LANG/LC_MESSAGES/capitalise.po`).
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

__all__ = ["LANGUAGES", "N_", "Message", "render", "terminal_language", "translations"]

LANGUAGES = ("fr", "en")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Message:
    """A sentence (the English of the catalogue) with `%(name)s` places, and the values for them."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""
    count: int = 0


def N_(text: str, /, **values: object) -> Message:
    """A message to be shown later."""
    return Message(text, values)


def NP_(one: str, several: str, count: int, /, **values: object) -> Message:
    """A message that counts: `one` or `several`, by the rules of the language shown."""
    return Message(one, {"count": count, **values}, several, count)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language (`fr` or `en`); English is the language of the sources."""
    return gettext.translation("capitalise", _HERE, [language], fallback=True)


def render(message: Message, language: str) -> str:
    """The sentence in a language. Values that are messages are rendered with it, a tuple one a line."""
    catalogue = translations(language)
    if message.plural:
        text = catalogue.ngettext(message.text, message.plural, message.count)
    else:
        text = catalogue.gettext(message.text)
    values = {name: _shown(value, language) for name, value in message.values.items()}
    return text % values if values else text


def _shown(value: object, language: str) -> object:
    if isinstance(value, Message):
        return render(value, language)
    if isinstance(value, tuple):
        return "\n".join(str(_shown(one, language)) for one in value)
    return value


def terminal_language(environment: Mapping[str, str] = os.environ) -> str:
    """`fr` where the locale is French, else `en`, in gettext's own order of variables."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        for wanted in environment.get(name, "").split(":"):
            if wanted[:2] in LANGUAGES:
                return wanted[:2]
    return "en"
