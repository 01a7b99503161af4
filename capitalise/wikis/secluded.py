"""A wiki without a server: no Semantic MediaWiki, no address, no other wikis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["Secluded"]


class Secluded:
    """The part of `Reader` that only a server could answer."""

    def asked(self, query: str) -> Sequence[str] | None:
        return None

    def values_in_use(self, name: str) -> Sequence[str]:
        return ()

    def address(self) -> str:
        return ""

    def capital_links(self) -> bool:
        return True

    def interwiki(self) -> Mapping[str, str]:
        return {}
