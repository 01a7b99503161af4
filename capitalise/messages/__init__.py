"""What people read, apart from how it is said: a message is a sentence of the catalogue with its values.

Pure rooms make messages, the command line renders them: no room but `cli` knows a language. The
catalogues are gettext's (`capitalise/messages/LANG/LC_MESSAGES/capitalise.po`).
"""

from __future__ import annotations

import gettext
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path

from capitalise.messages.times import day, moment

__all__ = ["LANGUAGES", "N_", "THE_TOML", "Message", "named", "render", "terminal_language", "translations"]

LANGUAGES = ("fr", "en")
#: What people type where the program is installed for them.
COMMAND = "capitalise"
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


#: What a sentence calls the file of a bot's settings where it does not know which: `named` says it.
THE_TOML = N_("the bot's TOML")


def named(message: Message, toml: str) -> Message:
    """The sentence with the name of the bot's file in it, where it speaks of that."""
    values = {key: named(one, toml) if isinstance(one, Message) else one for key, one in message.values.items()}
    if values.get("toml") == THE_TOML:
        values["toml"] = toml
    return replace(message, values=values)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language (`fr` or `en`); English is the language of the sources."""
    return gettext.translation("capitalise", _HERE, [language], fallback=True)


def render(message: Message, language: str, command: str = COMMAND) -> str:
    """The sentence in a language. Values that are messages are rendered with it, days and times said in it, a tuple one a line.

    Where a sentence says what to type, `command` is how the reader starts the program, and what stands behind it is
    quoted for the shell.
    """
    catalogue = translations(language)
    if message.plural:
        text = catalogue.ngettext(message.text, message.plural, message.count)
    else:
        text = catalogue.gettext(message.text)
    text, typed = _with_commands(text, command)
    values = {name: _shown(value, language, command) for name, value in message.values.items()}
    values |= {f"{name} typed": shlex.quote(str(values[name])) for name in typed if name in values}
    return text % values if values else text


def _shown(value: object, language: str, command: str) -> object:
    if isinstance(value, Message):
        return render(value, language, command)
    if isinstance(value, datetime):
        return moment(value, language)
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, tuple):
        return "\n".join(str(_shown(one, language, command)) for one in value)
    return value


#: The command's name where a sentence says what to type, with the words and values behind it.
_TYPED = re.compile(r"\bcapitalise((?: (?:-{0,2}[A-Za-z][\w-]*|%\(\w+\)s))+)")
_VALUE = re.compile(r"%\((\w+)\)s")


@lru_cache(maxsize=4096)
def _with_commands(text: str, command: str) -> tuple[str, tuple[str, ...]]:
    """A sentence with the program's name as the reader types it, and the values in it that are typed too."""
    if "capitalise " not in text:
        return text, ()
    typed = tuple(name for found in _TYPED.finditer(text) for name in _VALUE.findall(found[1]))
    program = command.replace("%", "%%") if "%(" in text else command
    return _TYPED.sub(lambda found: program + _VALUE.sub(r"%(\1 typed)s", found[1]), text), typed


def terminal_language(environment: Mapping[str, str] = os.environ) -> str:
    """`fr` where the locale is French, else `en`, in gettext's own order of variables."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        for wanted in environment.get(name, "").split(":"):
            if wanted[:2] in LANGUAGES:
                return wanted[:2]
    return "en"
