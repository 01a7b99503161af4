"""What a TOML says of a bot that looks at links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from capitalise.messages import N_, Message
from capitalise.pages.page_sets import PageSet
from capitalise.pages.titles import normal_title
from capitalise.sheets.documents import DOCUMENTS
from capitalise.toml import TomlReader, inside_folder, not_negative, one_of, page_title, read_fields

__all__ = ["FIXABLE", "USUAL", "Crosslinks", "RoleSet", "read_crosslinks"]

ROLES = ("research", "book", "quotes")

#: The rules whose findings can be written, the first one that finds something on a link being the one that is.
FIXABLE = (
    "moved-target",
    "variant-target",
    "misspelt-target",
    "wrong-namespace",
    "wrong-wiki",
    "redirect-target",
    "external-link",
    "old-address",
)
#: Those that `--fix` writes where the TOML does not say.
USUAL = ("moved-target", "variant-target", "external-link", "old-address")


@dataclass(frozen=True)
class RoleSet:
    """Some pages of one wiki and what they are: "research", "book" or "quotes"."""

    wiki: str
    role: str
    pages: PageSet


@dataclass(frozen=True)
class Crosslinks:
    """The `sets` of pages, the `files` (documents and patterns), the rules whose findings `--fix` writes, and whether addresses of other
    sites are asked for, for `outside_minutes` a run at most and on private networks too where `outside_private`.
    `report_page` None is a page of the bot's own, where it may write."""

    sets: tuple[RoleSet, ...]
    files: tuple[str, ...] = ()
    report_page: str | None = None
    fix: tuple[str, ...] = USUAL
    outside: bool = True
    outside_minutes: float = 10.0
    outside_private: bool = False


def read_crosslinks(reader: TomlReader, wikis: Sequence[str]) -> Crosslinks:
    if isinstance(reader.table.get("pages"), dict):
        reader.problem(N_("write [[pages]] with two brackets: there can be several"))
        reader.table["pages"] = [reader.table["pages"]]
    tables = reader.take("pages", list, None) or []
    return Crosslinks(
        tuple(_role_set(reader, number, table, wikis) for number, table in enumerate(tables, 1)),
        tuple(reader.take("files", list, [], _documents)),
        normal_title(reader.take("report_page", str, "", _page_or_none)) if "report_page" in reader.table else None,
        tuple(reader.take("fix", list, list(USUAL), _fixable)),
        reader.take("outside", bool, Crosslinks.outside),
        reader.take("outside_minutes", (int, float), Crosslinks.outside_minutes, not_negative),
        reader.take("outside_private", bool, Crosslinks.outside_private),
    )


def _page_or_none(title: str) -> Message | None:
    return page_title(title) if title else None


def _fixable(names: list[Any]) -> Message | None:
    unknown = [str(name) for name in names if name not in FIXABLE]
    there = ", ".join(FIXABLE)
    return N_("names “%(name)s”; it can name: %(there)s", name=unknown[0], there=there) if unknown else None


def _documents(names: list[Any]) -> Message | None:
    good = all(isinstance(n, str) and n.lower().endswith(DOCUMENTS) and inside_folder(n) is None for n in names)
    kinds = ", ".join(DOCUMENTS)
    return None if good else N_("must be a list of files inside the workspace (%(kinds)s), or of patterns", kinds=kinds)


#: Keys of the bot that stand in a `[[pages]]` where they come after it.
_ABOVE = ("files", "report_page", "fix", "outside", "outside_minutes", "outside_private", "unattended", "kind")


def _role_set(of: TomlReader, number: int, table: Any, wikis: Sequence[str]) -> RoleSet:
    """One `[[pages]]`: exactly one way to say which."""
    reader = TomlReader(f"{of.name} [[pages]] {number}", table, of.problems)
    for key in [key for key in reader.table if key in _ABOVE]:
        reader.problem(N_("“%(key)s” belongs to the whole bot: put it above the first [[pages]]", key=key))
        del reader.table[key]
    wiki = reader.take("wiki", str, None, one_of(tuple(wikis))) or ""
    role = reader.take("role", str, None, one_of(ROLES)) or ""
    found = read_fields(reader, PageSet)
    reader.done()
    if len(found.ways) != 1:
        reader.problem(
            N_("give one of “page”, “category”, “template”, “prefix”, “search”, “query”, “linking_to” and “titles”")
        )
    return RoleSet(wiki, role, found)
