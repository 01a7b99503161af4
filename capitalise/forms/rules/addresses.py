"""Web addresses: mistyped schemes, hosts in capitals, parameters that only follow people."""

from __future__ import annotations

import re

from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.schema import SchemaField
from capitalise.messages import N_

__all__ = ["mended_scheme", "plain_address", "untracked"]

#: Mistypings of a scheme that can be nothing else.
_TYPOS = re.compile(
    r"(?P<s>h{1,2}t{1,3}p{1,2}|htpp|hhttp|thtp|ttp|htp)(?P<t>s?)(?P<sep>:/{1,3}|//:?|:/?/?(?=www\.)|;//|:://|/:/)(?=[^/\s:])",
    re.IGNORECASE,
)
#: Scheme, user, and a host that is one to its end.
_PLACE = re.compile(
    r"(https?://)([^\s/?#@]*@)?((?:[\w-]+(?:\.[\w-]+)*\.?|\[[0-9a-f:.]+\])(?::[0-9]+)?)(?=[/?#]|$)", re.IGNORECASE
)
_LINKED = re.compile(r"\[(https?://[^\s\]]+)(?: [^\[\]]*)?\]", re.IGNORECASE)
_RIGHT = re.compile(r"https?://", re.IGNORECASE)
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok)=[^&#;]*",
    re.IGNORECASE,
)


def mended_scheme(value: str, _field: SchemaField, _world: World) -> str | Doubt:
    """`http//`, `htpp://`, `https:///` and their like; an address without a scheme is a doubt."""
    if _RIGHT.match(value) and not value.lower().startswith(("http:///", "https:///")):
        scheme, colon, rest = value.partition(":")
        return f"{scheme.lower()}{colon}{rest}"  # Semantic MediaWiki refuses HTTPS:
    if link := _LINKED.fullmatch(value):
        why = N_("“%(value)s” is a link with words: the field holds an address alone", value=value)
        return Doubt("url-typo", why, (link[1],))
    if found := _TYPOS.match(value):
        secure = "s" if found["t"] else ""
        return f"http{secure}://{value[found.end() :]}"
    if re.match(
        r"(?:mailto|ftp|ftps|irc|ircs|news|tel|sip|xmpp|git|ssh|magnet|geo|urn|matrix):|//", value, re.IGNORECASE
    ):
        return value
    if re.match(r"[\w-]+(?:\.[\w-]+)+(?:[/?#:]\S*)?$", value):
        why = N_("“%(value)s” has no https://", value=value)
        return Doubt("url-typo", why, (f"https://{value}",))
    return Doubt("url-typo", N_("“%(value)s” is no address", value=value))


def plain_address(value: str, _field: SchemaField, _world: World) -> str | Doubt:
    """Scheme and host in small letters, `%c3` as `%C3`."""
    if not _RIGHT.match(value):
        return value
    if re.search(r"\s", value):
        return Doubt("url", N_("“%(value)s” holds a space: is it an address and something else?", value=value))
    place = _PLACE.match(value)
    if not place:
        return Doubt("url", N_("“%(value)s” is no address", value=value))
    rest = re.sub(r"%[0-9a-fA-F]{2}", lambda found: found[0].upper(), value[place.end() :])
    return place[1].lower() + (place[2] or "") + place[3].lower() + rest


def untracked(value: str, _field: SchemaField, _world: World) -> str:
    """Without parameters that tell where somebody clicked (utm_…, fbclid, …); every other one stays."""
    address, question, query = value.partition("?")
    if not _RIGHT.match(value) or not question or re.search(r"\s|;", value) or value.count("://") > 1:
        return value  # an archive's address holds another one
    query, sign, fragment = query.partition("#")
    kept = [part for part in query.split("&") if not _TRACKING.fullmatch(part)]
    if len(kept) == len(query.split("&")):
        return value
    return address + ("?" + "&".join(kept) if kept else "") + sign + fragment
