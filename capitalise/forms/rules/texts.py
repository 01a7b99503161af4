"""Any value: what nobody sees or meant, outside whatever MediaWiki reads as something else than text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from capitalise.forms.rules.outcome import World
from capitalise.forms.schema import SchemaField
from capitalise.wikitext.calls import SPACE
from capitalise.wikitext.preprocessor import preprocess

__all__ = ["bare_ends", "composed", "single_spaces", "visible"]

#: Left where they are: joiners make letters and emoji, direction marks order words, soft hyphens break lines.
_ZERO_WIDTH = re.compile("(?:(?<=[^\\W_])|(?<= )|\\A)[\u200b\ufeff\u2060]+(?=[^\\W_]|[ .,]|\\Z)")
_END = r"(?:[ \t\n\u00a0]|&nbsp;|&#160;|<br[ \t]*/?>)"
_ENDS = re.compile(rf"\A{_END}+|(?<![ \t\n\u00a0>;]){_END}+\Z", re.IGNORECASE)
_SPACED_ON_PURPOSE = re.compile(r"(?:&nbsp;|&#160;).*(?:&nbsp;|&#160;)", re.DOTALL | re.IGNORECASE)
#: Addresses without a scheme, and keys: runs of signs in which each one counts.
_EXACT = re.compile(r"(?:\b[\w-]+\.)+[a-zA-Z]{2,}/\S*|\bwww\.\S+|\b(?=\w*[0-9])(?=\w*[A-Za-z])[\w-]{20,}\b")
#: What takes whole lines as they are: tables, and lines that start with a space.
_LAID_OUT = re.compile(r"^[ \t]*(?:\{\||\||!)|^[ \t]", re.MULTILINE)
#: Tags between which spaces are only spaces; any other may be an extension's.
_INLINE = {"b", "i", "u", "s", "em", "strong", "small", "big", "sub", "sup", "br", "ref"}
_TAG_NAME = re.compile(r"<([a-z][\w-]*)")
_CONSTRUCT = re.compile(r"[\[{<]")
_MARKED = re.compile(
    r"<(pre|nowiki|math|source|syntaxhighlight|code|poem|score|timeline|templatedata)\b", re.IGNORECASE
)


def composed(value: str, _field: SchemaField, world: World) -> str:
    """Letters and their accents as one character each (NFC)."""
    return _outside(value, world, lambda text: unicodedata.normalize("NFC", text))


def visible(value: str, _field: SchemaField, world: World) -> str:
    """Without zero-width spaces and byte order marks between letters. Beside a sign they may be what keeps `<!--`, `[[` or
    `__` from being read as wikitext."""
    if "://" in value:
        return value
    return _outside(value, world, lambda text: _ZERO_WIDTH.sub("", text)) or value


def bare_ends(value: str, _field: SchemaField, _world: World) -> str:
    """Without no-break spaces and line breaks before the first and after the last word; what is nothing else stays."""
    if _SPACED_ON_PURPOSE.fullmatch(value):
        return value  # somebody typed the blanks of a word that joins others
    bare = value
    while (shorter := _ENDS.sub("", bare).strip(SPACE)) != bare:
        bare = shorter
    if bare[:1] in _STARTS_LINE and value[:1] != bare[:1]:
        return value  # at the start of a line it would be a list, a heading, a table
    return bare or value


_STARTS_LINE = set("*#:;={|!-")


def single_spaces(value: str, _field: SchemaField, world: World) -> str:
    """One space between words, none at the end of a line; lines that layout depends on stay as they are."""
    if _LAID_OUT.search(value) or set(_TAG_NAME.findall(value.lower())) - _INLINE:
        return value
    return _outside(value, world, lambda text: _LINE_ENDS.sub("", _BETWEEN.sub(" ", text)))


_BETWEEN = re.compile(r"(?<=[^ \t\n])(?:[ ]{2,}|[ ]?\t[ \t]*)(?=[^ \t\n])")
_LINE_ENDS = re.compile(r"(?<![ \t])[ \t]+(?=\n)")


def _outside(value: str, world: World, change: Callable[[str], str]) -> str:
    """`value` with its plain text changed: calls, links, tags and comments keep every byte."""
    whole = change(value)
    if whole == value or (not _CONSTRUCT.search(value) and not _EXACT.search(value)):
        return whole
    if _MARKED.search(value):
        return value  # not every wiki knows these as tags of their own
    pieces, at = [], 0
    for node in preprocess(value, world.tags):
        pieces += [_but_exact(value[at : node.start], change), value[node.start : node.end]]
        at = node.end
    return "".join([*pieces, _but_exact(value[at:], change)])


def _but_exact(text: str, change: Callable[[str], str]) -> str:
    """A text changed but for its addresses and keys."""
    pieces, at = [], 0
    for found in _EXACT.finditer(text):
        pieces += [change(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*pieces, change(text[at:])])
