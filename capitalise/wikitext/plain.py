"""Any text shown on a wiki page as it is: nothing in it is wikitext, HTML or a signature any more."""

from __future__ import annotations

import re

__all__ = ["Wikitext", "plain_text", "prose_text"]

#: What MediaWiki gives a meaning to inside a line, and what it does at the start of one (Parser.php, BlockLevelPass.php).
_SCHEMES = "|".join(
    rf"(?<=\b{scheme})"
    for scheme in ("bitcoin", "geo", "magnet", "mailto", "matrix", "news", "sip", "sips", "sms", "tel", "urn", "xmpp")
)  # without slashes (DefaultSettings.php, $wgUrlProtocols)
_ACTIVE = re.compile(
    rf"[&<>\[\]{{}}|~=]|'(?=')|(?<=')'|_(?=_)|(?<=_)_|:(?=//)|(?:{_SCHEMES}):|^[*#:;!-]", re.IGNORECASE
)
#: The same for words that people go on editing on the wiki: a lone `[`, `=` or `|` inside a line is none of its marks.
_IN_PROSE = re.compile(
    r"[&<>]|\[(?=[\[{]|//|[A-Za-z]+:|$)|(?<=\[)\[|^\]|\](?=\])|(?<=\])\]|\{(?=[{|]|$)|(?<=\{)\{|^\}|\}(?=\})|(?<=[}|])\}|\|(?=\})"
    rf"|~(?=~)|(?<=~)~|^'|'(?='|$)|(?<=')'|^~|~$|_(?=_)|(?<=_)_|^_|_$|:(?=//)|(?:{_SCHEMES}):",
    re.IGNORECASE,
)
_AT_START = re.compile(r"^[*#:;!|={ \t-]")


class Wikitext(str):
    """Text that is wikitext already: a template puts it into a page as it is."""

    __slots__ = ()


def plain_text(text: str) -> Wikitext:
    """`text` on one line, every character that would be read as wikitext there as an entity."""
    line = re.sub(r"[^\S\u00a0\u202f]+", " ", text).strip()  # spaces that no line breaks at are meant
    return Wikitext(_entities(_ACTIVE, line))


def prose_text(text: str, *, first: bool = True) -> Wikitext:
    """A piece of a line outside of templates and tables, `first` at its start: only what MediaWiki would take for markup
    becomes an entity, so that people can go on editing it."""
    inside = _entities(_IN_PROSE, text)
    return Wikitext(_entities(_AT_START, inside) if first else inside)


def _entities(active: re.Pattern[str], text: str) -> str:
    return active.sub(lambda found: f"&#{ord(found[0])};", text)
