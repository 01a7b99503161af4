"""Who wrote a page, by its archived list of versions (HistoryPager.php: one `li` a version, the name in `mw-userlink`)."""

from __future__ import annotations

import re

from capitalise.archives.elements import document_of

__all__ = ["authors_in"]


#: Accounts of MediaWiki itself (includes/user/User.php, reserved names).
_PROGRAMS = ("MediaWiki default", "Maintenance script", "Redirect fixer", "Conversion script", "ScriptImporter")


def authors_in(data: bytes) -> list[str]:
    """The names of a page's authors, the first one first; none where the file is no list of versions."""
    tree = document_of(data.decode("utf-8", "replace"))
    if tree is None:
        return []
    names = [
        " ".join(re.sub(r"[^\w\s.,'’()@-]", " ", link.text_content()).split())
        for item in tree.xpath("//*[@id='pagehistory']//li")
        for link in item.xpath(".//*[contains(concat(' ', @class, ' '), ' mw-userlink ')]")[:1]
    ]
    return [name for name in dict.fromkeys(reversed(names)) if name not in _PROGRAMS]
