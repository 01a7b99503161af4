"""Which pages the bot looks at: read by the settings, so without anything that is slow to load."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PageSet"]


@dataclass(frozen=True)
class PageSet:
    """Some pages of one wiki and what they are ("research", "book" or "quotes"): a `page` with its subpages, a `category`,
    those that use a `template`, or some `titles`."""

    wiki: str
    role: str
    page: str = ""
    category: str = ""
    template: str = ""
    titles: tuple[str, ...] = ()
