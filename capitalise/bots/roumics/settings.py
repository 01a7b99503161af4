"""What a TOML says of a bot that makes the reports of an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from capitalise.bots.roumics.sections import SECTIONS, USUAL_SECTIONS
from capitalise.messages import N_, Message
from capitalise.pages.titles import normal_title
from capitalise.toml import TomlReader, a_list_of_texts, inside_folder, one_of, page_title

__all__ = ["Roumics", "read_roumics"]


@dataclass(frozen=True)
class Roumics:
    """Where the editions are (a folder of the workspace, in it a folder for each), the page that lists them all ("" for none),
    the wiki of the annexes, the sections of a report in their order, the wiki's templates that are used where there are any.
    `pads_private` lets notes be fetched from machines of one's own network."""

    folder: str = "roumics"
    index_page: str = ""
    annex_wiki: str = ""
    sections: tuple[str, ...] = USUAL_SECTIONS
    templates: tuple[str, ...] = ("Navigation ROUMICS",)
    pads_private: bool = False


def read_roumics(reader: TomlReader, wikis: Sequence[str]) -> Roumics:
    usual = Roumics()
    return Roumics(
        reader.take("folder", str, usual.folder, inside_folder),
        normal_title(reader.take("index_page", str, "", page_title)),
        reader.take("annex_wiki", str, "", one_of(("", *wikis))),
        tuple(reader.take("sections", list, list(usual.sections), _sections)),
        tuple(reader.take("wiki_templates", list, list(usual.templates), a_list_of_texts)),
        reader.take("pads_private", bool, False),
    )


def _sections(names: list[Any]) -> Message | None:
    unknown = [str(name) for name in names if name not in SECTIONS]
    there = ", ".join(SECTIONS)
    return N_("names “%(name)s”; it can name: %(there)s", name=unknown[0], there=there) if unknown else None
