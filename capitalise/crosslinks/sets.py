"""Which pages the bot looks at: read by the settings, so without anything that is slow to load."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FIXABLE", "USUAL", "CrosslinkOptions", "PageSet"]

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
class PageSet:
    """Some pages of one wiki and what they are ("research", "book" or "quotes"): a `page` with its subpages, a `category`,
    those that use a `template`, those whose titles begin with `prefix`, those that a `search` finds, or some `titles`."""

    wiki: str
    role: str
    page: str = ""
    category: str = ""
    template: str = ""
    prefix: str = ""
    search: str = ""
    titles: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """The pages as the TOML says them."""
        ways = ("page", "category", "template", "prefix", "search")
        said = next((f'{way} = "{getattr(self, way)}"' for way in ways if getattr(self, way)), "")
        return said or f"titles = {', '.join(self.titles)}"


@dataclass(frozen=True)
class CrosslinkOptions:
    """What a TOML says of a bot of kind `crosslinks`: the pages, the `documents` (files and patterns), the rules whose
    findings `--fix` writes, and whether addresses of other sites are asked for, for `outside_minutes` a run at most and on
    private networks too where `outside_private`."""

    sets: tuple[PageSet, ...]
    documents: tuple[str, ...] = ()
    report_page: str | None = None  # None: a page of the bot's own, where it may write
    fix: tuple[str, ...] = ()
    outside: bool = True
    outside_minutes: float = 10.0
    outside_private: bool = False
    fixes: bool = False  # whether somebody said --fix
