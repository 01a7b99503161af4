"""What a TOML says of a bot that keeps a sheet and a form's pages in step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from capitalise.exports.model import Roles
from capitalise.exports.roles import read_roles
from capitalise.messages import N_, Message
from capitalise.pages.titles import normal_title
from capitalise.toml import TomlReader, a_list_of_texts, as_tuple, document_names, only_texts, page_title, sheet_names

__all__ = ["PLACEHOLDERS", "FicheSettings", "Fiches", "StatusOptions", "read_fiches"]

#: What people type so that a form lets them go on.
PLACEHOLDERS = (
    "plop",
    "xxx",
    "xx",
    "à compléter",
    "à remplir",
    "à faire",
    "todo",
    "test",
    "...",
    "…",
    "?",
    "-",
    "lorem ipsum",
)


@dataclass(frozen=True)
class StatusOptions:
    """What `capitalise status` needs to know: the field that sorts the pages ("" for the first one with values to pick
    from), the words that count as nothing yet, and the wiki page that is kept up to date with it ("" for none)."""

    group_by: str = ""
    placeholders: tuple[str, ...] = PLACEHOLDERS
    page: str = ""


@dataclass(frozen=True)
class Fiches:
    """`form` is a page of the wiki or a file of the workspace, `sheets` are files, patterns (feuilles/*.ods) or addresses of
    published sheets; `columns` says which heading is which field, `export` which field is what in a printed kit; `documents` are files or
    addresses of what people write together, in which `status` looks for words that stand nowhere else; `writers` says whose pages are whose, where no column does."""

    form: str
    sheets: tuple[str, ...]
    template: str = ""
    category: str = ""
    overview: str = ""
    overview_static: bool = False
    tab: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    status: StatusOptions = field(default_factory=StatusOptions)
    export: Roles = field(default_factory=Roles)
    documents: tuple[str, ...] = ()
    writers: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class FicheSettings:
    """One bot of kind `fiches`. `form_text` is set where the form is a file of the workspace. `alone`: nobody looks at the plan before it
    is carried out, and a cell is spelled as the form writes it by the rules only that are `switched_on` for the wiki."""

    bot: str
    wiki: str
    form: str
    sheet: str  # the one that is made where there is none
    template: str = ""
    category: str = ""
    form_text: str | None = None
    language: str = "fr"
    columns: Mapping[str, str] = field(default_factory=dict)
    overview: str = ""
    overview_static: bool = False
    alone: bool = False
    switched_on: frozenset[str] = frozenset()
    placeholders: frozenset[str] = frozenset()  # words that are nothing yet, as `status.folded` gives them


def read_fiches(reader: TomlReader, _wikis: Sequence[str]) -> Fiches:
    return Fiches(
        reader.take("form", str, None) or "",
        as_tuple(reader.take("sheet", (str, list), None, sheet_names) or ()),
        reader.take("template", str, ""),
        reader.take("category", str, ""),
        reader.take("overview", str, ""),
        reader.take("overview_static", bool, False),
        reader.take("tab", str, ""),
        reader.take("columns", dict, {}, only_texts),
        StatusOptions(
            reader.take("group_by", str, ""),
            tuple(reader.take("placeholders", list, list(PLACEHOLDERS), a_list_of_texts)),
            normal_title(reader.take("status_page", str, "", page_title)),
        ),
        read_roles(reader),
        as_tuple(reader.take("documents", (str, list), [], document_names) or ()),
        {**reader.take("writers", dict, {}, _titles_by_name), **reader.take("rédacteurs", dict, {}, _titles_by_name)},
    )


def _titles_by_name(table: Mapping[str, Any]) -> Message | None:
    good = all(isinstance(some, list) and all(isinstance(one, str) for one in some) for some in table.values())
    return None if good else N_('must hold titles by name, as in "Awa" = ["Choisir une licence"]')
