"""What a text does to its page beside being read: categories, stored properties.

Categories are `[[Category:…]]` without a colon before (Parser.php, `handleInternalLinks2`); properties are Semantic MediaWiki's
`[[Name::value]]` and `[[Name:=value]]` (InTextAnnotationParser.php) and its functions that store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from capitalise.wikitext.calls import find_calls
from capitalise.wikitext.hidden import COMMENTS, without
from capitalise.wikitext.links import find_links
from capitalise.wikitext.preprocessor import CORE_TAGS

__all__ = ["effects", "inert"]

#: The namespace of categories in English, which every wiki understands, and as wikis of the network and their neighbours call it.
_CATEGORY = re.compile(r"[\s_]*(?:category|cat[ée]gorie|kategorie|categor[ií]a)[\s_]*:", re.IGNORECASE)
_PROPERTY = re.compile(r"[^:|=][^|=]*?(?:::|:=)")
_STORES = re.compile(r"#(?:set|subobject|declare|set_recurring_event|cargo_store|concept)\s*(?::|$)", re.IGNORECASE)


def effects(text: str, tags: Iterable[str] = CORE_TAGS) -> list[str]:
    """The categories and properties of a text, as they are written there; what comments and `<nowiki>` hold is none."""
    tags = frozenset(tags)
    links = [one for one in find_links(text, tags) if one.kind == "wiki"]
    does = [text[one.start : one.end] for one in links if _CATEGORY.match(one.target) or _PROPERTY.match(one.target)]
    calls = [text[one.start : one.end] for one in find_calls(text, tags) if _STORES.match(one.name.strip())]
    return list(dict.fromkeys([*does, *calls]))


LONGEST = 300  # letters before the sign of a property
#: Two brackets before a category or a property, whatever stands inside; the braces of calls, switches and signatures.
_DOES = re.compile(rf"\[\[(?={_CATEGORY.pattern}|[^\[\]|]{{0,{LONGEST}}}?:[:=])", re.IGNORECASE)
_ACTS = re.compile(r"\{\{|__(?=[^\W_]+(?:_[^\W_]+)*__)|~~~+")


def inert(text: str) -> str:
    """A copy of a value that does nothing where it stands: categories, stored properties, calls, `__NOTOC__` and signatures read as they
    were typed; links and emphasis stay, comments go."""
    text = without(text, COMMENTS).replace("<!--", "&lt;!--")  # they could hold two signs apart, or hide what follows
    return _ACTS.sub(_still, _DOES.sub(_still, text))


def _still(found: re.Match[str]) -> str:
    return "".join(f"&#{ord(sign)};" for sign in found[0])
