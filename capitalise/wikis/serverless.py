"""A wiki without a server: no Semantic MediaWiki, no address, no other wikis; what its texts alone can say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime

from capitalise.errors import Stop
from capitalise.messages import N_
from capitalise.pages.revisions import (
    Absence,
    Account,
    Edit,
    Expanded,
    FileInfo,
    KeptAnswer,
    Preflight,
    Receipt,
    Revision,
    Shown,
)
from capitalise.pages.titles import normal_title
from capitalise.wikitext.calls import find_calls, same_template
from capitalise.wikitext.preprocessor import CORE_TAGS

__all__ = ["ReadOnly", "Secluded", "belongs", "links_to", "offered_by"]


_LINK = re.compile(r"\[\[\s*:?([^\[\]|#\n]{1,300})[\]|#]")

#: What a page's title may begin with, as French and English wikis call it.
NAMESPACES = frozenset(
    [
        "utilisateur",
        "utilisatrice",
        "user",
        "discussion",
        "talk",
        "projet",
        "project",
        "fichier",
        "file",
        "image",
        "mediawiki",
        "modèle",
        "template",
        "aide",
        "help",
        "catégorie",
        "category",
        "formulaire",
        "form",
        "attribut",
        "property",
        "spécial",
        "special",
        "module",
    ]
)


class Secluded:
    """The part of `Reader` that only a server could answer."""

    def query_smw(self, query: str) -> Sequence[str] | None:
        return None

    def offered(self, kind: str, name: str) -> Sequence[str] | None:
        return None

    def mapped(self, kind: str, name: str, values: Sequence[str]) -> Mapping[str, str]:
        return {}

    def address(self) -> str:
        return ""

    def script(self) -> str:
        return ""

    def namespace_names(self) -> frozenset[str]:
        return NAMESPACES

    def prefixes(self) -> Mapping[str, str]:
        """A new page goes by French names."""
        return {"form": "Formulaire", "template": "Modèle", "property": "Attribut", "category": "Catégorie"}

    def absence(self, title: str) -> Absence:
        return Absence()

    def titles_beginning(self, beginning: str) -> Sequence[str]:
        return ()

    def prefixed(self, beginning: str) -> Mapping[str, int]:
        return {}

    def search(self, words: str) -> Mapping[str, int]:
        return {}

    def linking(self, title: str) -> Mapping[str, int]:
        return {}

    def pictures(self, titles: Iterable[str], width: int) -> Mapping[str, FileInfo]:
        return {}

    def file_hashes(self, titles: Iterable[str]) -> Mapping[str, str]:
        return {}

    def titles_of(self, ids: Iterable[int]) -> Mapping[int, str]:
        return {}

    def expanded_links(self, titles: Iterable[str]) -> Mapping[str, Expanded]:
        return {}

    def html_of(self, title: str, text: str | None = None) -> Shown | None:
        return None

    def subpages(self) -> frozenset[str]:
        return frozenset({""})

    def cached_answers(self, kind: str, names: Iterable[str]) -> Mapping[str, str]:
        return {}

    def cache_answers(self, kind: str, answers: Mapping[str, KeptAnswer]) -> None:
        pass

    def capital_links(self) -> bool:
        return True

    def interwiki(self) -> Mapping[str, str]:
        return {}


class ReadOnly(Secluded):
    """A wiki that nobody can write to, and that says nothing but its pages: no log, no accounts, no forms. `commit` raises Stop."""

    @property
    def key(self) -> str:
        raise NotImplementedError

    def refuse_without_account(self) -> None:
        raise Stop(N_("The wiki “%(key)s” is a copy in a file: nothing can be written there.", key=self.key))

    def commit(self, edit: Edit) -> Receipt:
        self.refuse_without_account()
        raise AssertionError

    def preflight(self, titles: Iterable[str], stop_page: str) -> Preflight:
        return Preflight({})

    def stop_page(self) -> str:
        return ""

    def talk(self) -> Sequence[Revision]:
        return ()

    def read_messages(self) -> None:
        pass

    def null_revisions(self, title: str, after: int, until: int) -> bool:
        return after == until

    def account(self) -> Account:
        return Account(0, "")

    def extension_tags(self) -> frozenset[str]:
        return CORE_TAGS | {"ref", "references"}

    def parser_functions(self) -> frozenset[str]:
        return frozenset()

    def first_revision(self, title: str) -> int:
        return 0

    def deleted_among(self, titles: Iterable[str]) -> frozenset[str]:
        return frozenset()

    def definitions(self, kind: str, names: Sequence[str]) -> Mapping[str, Revision]:
        return {}

    def bots(self, users: Iterable[str]) -> frozenset[str]:
        return frozenset()

    def rendered(self, title: str, text: str) -> str:
        return ""

    def cells_cache(self, form: str) -> MutableMapping[str, dict[str, str]]:
        return {}

    def contributions(self, since: datetime | None = None) -> Sequence[Revision]:
        return ()


def belongs(text: str, template: str, category: str) -> bool:
    """Whether a page's text uses a template, or names the category if one is given."""
    if category:
        pattern = rf"\[\[\s*(?:Category|Catégorie)\s*:\s*{re.escape(category)}\s*[\]|]"
        if re.search(pattern, text, re.IGNORECASE):
            return True
    return any(same_template(call.name, template) for call in find_calls(text))


DEPTH = (
    10  # categories below a category that forms look into (`$wgPageFormsMaxCategoryLevels` and its like are smaller)
)
_CATEGORIES = ("Catégorie:", "Category:")


def offered_by(texts: Mapping[str, str], kind: str, name: str) -> Sequence[str] | None:
    """What a form takes from a category or a namespace of pages (title → text); None for what no text can say."""
    if kind == "namespace":
        return [title.partition(":")[2] for title in texts if title.partition(":")[0].casefold() == name.casefold()]
    if kind != "category":
        return None
    wanted, found = {normal_title(name)}, set[str]()
    for _level in range(DEPTH):
        inside = {title for title, text in texts.items() if any(belongs(text, "", one) for one in wanted)}
        filing = [title.partition(":")[2] for title in inside if title.startswith(("Modèle:", "Template:"))]
        inside |= {title for title, text in texts.items() for one in filing if belongs(text, one, "")}
        found |= {title for title in inside if ":" not in title}
        wanted = {title.partition(":")[2] for title in inside if title.startswith(_CATEGORIES)}
    return sorted(found)


def links_to(text: str, title: str) -> bool:
    """Whether a link to a page is written in a text."""
    return any(normal_title(found[1]) == title for found in _LINK.finditer(text))
