"""What printed pages share: colours and shapes of chapters, QR codes, typeset HTML, fonts that are shipped."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from babel.dates import format_date
from markupsafe import Markup

from capitalise.errors import SettingsError
from capitalise.exports.cleaned import typeset
from capitalise.exports.model import Kit, Tool
from capitalise.exports.templates import shipped
from capitalise.installed import missing
from capitalise.messages import N_

__all__ = [
    "TONES",
    "Tone",
    "front",
    "licence_address",
    "qr",
    "readable",
    "shape",
    "shortened",
    "shown_day",
    "size_of",
    "tones",
    "tool_values",
    "typeset_markup",
    "unprintable",
    "with_fonts",
]


class Tone(NamedTuple):
    """A chapter's colour for text and lines (≥ 4.5 : 1 on white and on its own light one), and the light one for areas."""

    dark: str
    light: str


#: Told apart by colour-blind readers and in grey too: each has a shape of its own beside it.
TONES = (
    Tone("#0b5c8a", "#e6f1f7"),
    Tone("#9c4a00", "#fbeee2"),
    Tone("#1c6b4a", "#e5f3ec"),
    Tone("#7b2d6b", "#f6e8f3"),
    Tone("#8a1c2b", "#fae8ea"),
    Tone("#4a4a9c", "#ebebf8"),
    Tone("#5c5200", "#f5f1da"),
    Tone("#2f4f4f", "#e7efef"),
)
_SHAPES = (
    '<circle cx="12" cy="12" r="11"/>',
    '<rect x="2" y="2" width="20" height="20"/>',
    '<path d="M12 1 23.5 22H.5z"/>',
    '<path d="M12 .5 23.5 12 12 23.5 .5 12z"/>',
    '<path d="M12 1 23 9.4 18.8 22H5.2L1 9.4z"/>',
    '<path d="M6.5 2h11L23 12l-5.500 10h-11L1 12z"/>',
    '<path d="m12 .8 3.300 7.500 8.200.800-6.200 5.400 1.800 8-7.100-4.200-7.100 4.200 1.800-8L.5 9.100l8.200-.8z"/>',
    '<path d="M8 1h8v7h7v8h-7v7H8v-7H1V8h7z"/>',
)
LONG, LONGEST = 55, 110  # characters of a title
LEAST = 30  # characters of a first paragraph that stands for itself
MOST_IN_QR = 300  # characters: more are too fine to be read on paper


@cache
def shape(number: int, *, pale: bool = False) -> Markup:
    """The shape of a chapter in its colour, or in its light one."""
    drawn, tone = _SHAPES[number % len(_SHAPES)], TONES[number % len(TONES)]
    fill = tone.light if pale else tone.dark
    return Markup(f'<svg class="shape" viewBox="0 0 24 24" fill="{fill}" aria-hidden="true">{drawn}</svg>')  # noqa: S704


@cache
def qr(address: str) -> str:
    """A QR code as an address (`data:`), "" for an address that none holds. Raises SettingsError where the extra is missing."""
    try:
        import segno
    except ImportError as error:
        raise SettingsError(missing(N_("An export to print"), "capitalise[print]")) from error
    if not address or len(address) > MOST_IN_QR:
        return ""
    try:
        made = segno.make(address, error="m", micro=False)
    except segno.DataOverflowError:
        return ""
    return str(made.svg_data_uri(border=2, svgclass=None, lineclass=None, nl=False))


def readable(address: str) -> str:
    """An address as people read and type it: without its scheme, letters in the place of their codes."""
    shown = re.sub(r"(?:%[89A-Fa-f][0-9A-Fa-f]|%27)+", lambda found: _letters(found[0]), address)
    return re.sub(r"^https?://", "", shown)


def _letters(codes: str) -> str:
    try:
        return unquote(codes, errors="strict")
    except UnicodeDecodeError:
        return codes


def shown_day(day: datetime, language: str) -> str:
    """A day in words: `1er novembre 2026`."""
    return (
        re.sub(r"^1 ", "1er ", format_date(day, "long", locale=language))
        if language == "fr"
        else format_date(day, "long", locale=language)
    )


def typeset_markup(html: str, language: str) -> Markup:
    """Cleaned HTML with the language's spaces, for a template."""
    return Markup(typeset(html, language))  # noqa: S704 - cleaned by exports/cleaned.py


def tool_values(tool: Tool, language: str) -> Mapping[str, Any]:
    """A tool as templates show it."""
    return {
        "name": tool.name,
        "html": typeset_markup(tool.html, language),
        "address": tool.address,
        "qr": qr(tool.address),
    }


def shortened(text: str, most: int) -> str:
    """The beginning of a text, to the end of a sentence or a word."""
    first, _line, _rest = text.strip().partition("\n")  # a table or a list below is no sentence
    text = " ".join((first if len(first) >= LEAST else text).split())
    if len(text) <= most:
        return text
    cut = text[:most]
    sentence = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    return cut[: sentence + 1] if sentence > most // 3 else cut[: cut.rfind(" ")] + "…"


def size_of(title: str) -> str:
    """The class that makes a title small enough for its place."""
    return "longest" if len(title) > LONGEST else "long" if len(title) > LONG else ""


def licence_address(licence: str) -> str:
    """Where a Creative Commons licence is to be read, "" for others."""
    found = re.fullmatch(r"CC (BY(?:-[A-Z]{2})*) (\d\.\d)", licence.strip())
    return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/deed.fr" if found else ""


def with_fonts(html: str) -> str:
    """The document with the fonts that its styles name inside it."""
    return re.sub(r"kit-fonts:([\w.-]+)", lambda found: _font(found[1]), html)


@cache
def _font(name: str) -> str:
    data = (shipped("templates") / "print" / "fonts" / name).read_bytes()
    return f"data:font/woff2;base64,{base64.b64encode(data).decode()}"


def front(kit: Kit) -> Mapping[str, Any]:
    """What stands on the cover and in the credits."""
    day = shown_day(kit.taken, kit.language) if kit.taken else ""
    return {
        "language": kit.language,
        "title": kit.title,
        "title_size": size_of(kit.title),
        "running": " · ".join(filter(None, (kit.title[:70], kit.version))),
        "version": kit.version,
        "audience": kit.audience,
        "publisher": kit.publisher,
        "licence": kit.licence,
        "licence_address": licence_address(kit.licence),
        "foreword": typeset_markup(kit.foreword, kit.language),
        "people": kit.people,
        "address": kit.address,
        "day": day,
        "taken": f"{kit.taken:%Y-%m-%dT%H:%M:%SZ}" if kit.taken else "",
        "tones": tones(),
    }


@cache
def _covered() -> frozenset[int]:
    """The characters of the fonts that come along."""
    from fontTools.ttLib import TTFont

    fonts = sorted((shipped("templates") / "print" / "fonts").glob("*400-normal.woff2"))
    return frozenset(code for path in fonts for code in TTFont(path).getBestCmap())


def unprintable(kit: Kit) -> str:
    """The characters of a kit that those fonts have not, each once: they show where this machine has another font for them."""
    words = [text for one in kit for text in (one.title, *(w.text for w in (*one.body, one.question, *one.sections)))]
    words += [text for one in kit for tool in one.tools for text in (tool.name, tool.text)]
    found = dict.fromkeys(sign for text in words for sign in text if ord(sign) > 126 and sign.isprintable())
    return "".join(sign for sign in found if ord(sign) not in _covered() and not sign.isspace())[:40]


def tones() -> list[Mapping[str, Any]]:
    return [one._asdict() for one in TONES]
