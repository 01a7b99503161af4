"""The two interfaces of a wiki: what a bot may read with, and what the one writer writes to.

Adapters live in `wikis`; planners see a Reader only, so that a plan can never write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import Protocol

from capitalise.pages.revisions import (
    Absence,
    Account,
    Edit,
    Expanded,
    FileInfo,
    Head,
    KeptAnswer,
    Preflight,
    Receipt,
    Revision,
    Shown,
)

__all__ = ["Reader", "Store"]


class Reader(Protocol):
    """Reads of one wiki, each batched: call it once with everything, not once a page."""

    @property
    def key(self) -> str:
        """The wiki's name in capitalise.toml."""

    def account(self) -> Account:
        """Who is logged in, or the anonymous account (id 0)."""

    def now(self) -> datetime:
        """The server's time, in UTC."""

    def extension_tags(self) -> frozenset[str]:
        """Names of the tags whose inside is not wikitext, lower case."""

    def parser_functions(self) -> frozenset[str]:
        """Names of the functions that pages may call (`ifexpr`), as the wiki says them."""

    def members(self, template: str, category: str) -> Mapping[str, int]:
        """Title → current revision of the pages that use `template`, or are in `category` if one is given."""

    def heads(self, titles: Iterable[str]) -> Mapping[str, Head]:
        """What the wiki holds under each title, by the title as asked for."""

    def file_hashes(self, titles: Iterable[str]) -> Mapping[str, str]:
        """The sha1 of the files (pictures …) that stand under some titles, by the title as asked for."""

    def pictures(self, titles: Iterable[str], width: int) -> Mapping[str, FileInfo]:
        """The pictures under some titles, no wider than so many pixels, by the title as asked for; none where there is no server."""

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        """Revisions with their text; ids that are hidden, deleted or another wiki's are left out."""

    def history(self, title: str, back_to: int = 0) -> Sequence[Revision]:
        """The last 50 revisions of a page with their texts, oldest first; more, up to 500, to reach past `back_to`."""

    def first_revision(self, title: str) -> int:
        """The id of the revision that created the page, 0 if there is none."""

    def deleted_among(self, titles: Iterable[str]) -> frozenset[str]:
        """Those of some titles, as the wiki spells them, of which its log says that a page was deleted, or moved away."""

    def definitions(self, kind: str, names: Sequence[str]) -> Mapping[str, Revision]:
        """The pages of forms, templates or properties (`kind` says which) by name, wherever this wiki keeps them."""

    def query_smw(self, query: str) -> Sequence[str] | None:
        """The pages that a query of Semantic MediaWiki names; None where the wiki has none."""

    def offered(self, kind: str, name: str) -> Sequence[str] | None:
        """The values that a form takes from a "category" (its subcategories too), "namespace" (names without it), "concept", "query" or
        "property" of that name; None where nobody can be asked."""

    def mapped(self, kind: str, name: str, values: Sequence[str]) -> Mapping[str, str]:
        """What a "template" makes of each value, or what the page of that name says of itself in a "property"; values that nothing is
        known of are left out."""

    def address(self) -> str:
        """The address of this wiki's pages, with `$1` where a title stands; "" where they have none."""

    def script(self) -> str:
        """The path of index.php."""

    def namespace_names(self) -> frozenset[str]:
        """Every name that a namespace's prefix goes by, in small letters."""

    def prefixes(self) -> Mapping[str, str]:
        """What titles of a "form", "template", "property" or "category" begin with here; without the kinds that the wiki has no namespace for."""

    def prefixed(self, beginning: str) -> Mapping[str, int]:
        """The pages whose titles begin so, redirects left out: title → current revision."""

    def search(self, words: str) -> Mapping[str, int]:
        """The pages that the wiki's search finds (500 at most): title → current revision."""

    def linking(self, title: str) -> Mapping[str, int]:
        """The pages that have a link to a page, redirects left out: title → current revision."""

    def absence(self, title: str) -> Absence:
        """Why there is no such page."""

    def titles_beginning(self, beginning: str) -> Sequence[str]:
        """The titles that begin so, redirects left out; those of the first 20 answers where there are very many."""

    def titles_of(self, ids: Iterable[int]) -> Mapping[int, str]:
        """The titles of pages by their numbers (`?curid=`); those that are not there are left out."""

    def expanded_links(self, titles: Iterable[str]) -> Mapping[str, Expanded]:
        """Where the links of pages lead once their templates are expanded, by page."""

    def html_of(self, title: str, text: str | None = None) -> Shown | None:
        """A page as readers see it now, or as they would see some `text` on it; None where there is no server to ask."""

    def subpages(self) -> frozenset[str]:
        """The namespaces, in small letters ("" for the first), in which `[[/Name]]` is a subpage."""

    def cached_answers(self, kind: str, names: Iterable[str]) -> Mapping[str, str]:
        """Answers of earlier sessions that still hold, by what they are about: nothing they depend on has changed."""

    def cache_answers(self, kind: str, answers: Mapping[str, KeptAnswer]) -> None:
        """Keep answers on this machine for `cached_answers`."""

    def capital_links(self) -> bool:
        """Whether every title begins with a capital letter."""

    def interwiki(self) -> Mapping[str, str]:
        """The same for the wikis that pages can name by a prefix (`wikipedia` → `https://fr.wikipedia.org/wiki/$1`)."""

    def bots(self, users: Iterable[str]) -> frozenset[str]:
        """Those among some users who are bots, this account included."""

    def rendered(self, title: str, text: str) -> str:
        """HTML of `text` as readers of the page would see it."""

    def cells_cache(self, form: str) -> MutableMapping[str, dict[str, str]]:
        """Where the cells that a form (by its digest) reads in a text are kept, by the text's sha1."""

    def contributions(self, since: datetime | None = None) -> Sequence[Revision]:
        """Edits of the logged-in account, newest first, moves and creations included, without their texts."""


class Store(Reader, Protocol):
    """A wiki that can be written to. Only `runs` calls these."""

    def commit(self, edit: Edit) -> Receipt:
        """Compare and swap. Raises Stale where `edit.base` is not the page's current revision any
        more, Skip where the wiki refuses this page, Stop where it refuses this account."""

    def preflight(self, titles: Iterable[str], stop_page: str) -> Preflight:
        """The pages to come, the first of them always and as many as one request holds, and what people say to the bot. `stop_page` "": `stop_page()`."""

    def stop_page(self) -> str:
        """The page on which people stop the bot, where the settings name none."""

    def talk(self) -> Sequence[Revision]:
        """The history of the bot's talk page, oldest first."""

    def read_messages(self) -> None:
        """Tell the wiki that the messages on the talk page were read."""

    def refuse_without_account(self) -> None:
        """Raises Stop where nobody is logged in who could write."""

    def null_revisions(self, title: str, after: int, until: int) -> bool:
        """Whether all revisions between two ids of a page left its text as it was."""
